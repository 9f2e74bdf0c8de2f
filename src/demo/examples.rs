//! The contract's examples: they work on a freshly loaded demo register without editing. Which record each operation is tried on, and
//! what it answered there.
//!
//! The records are loaded after everything else; one each to change, move, delete and confirm, so that trying one
//! operation does not spoil another. They are made from the example of each kind; `data/demo/examples.json` has the
//! exceptions of a kind. The answers in `openapi/examples.json` and the digests in `openapi/digests.json` were recorded
//! by the contract tests.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::api::openapi::Tried;
use crate::db::Id;
use crate::kind::{Kind, Owner};
use crate::kinds;

const WISHES: &str = include_str!("../../data/demo/examples.json");
const ANSWERS: &str = include_str!("../../openapi/examples.json");
const DIGESTS: &str = include_str!("../../openapi/digests.json");

/// How the examples of a kind differ from the default.
#[derive(Debug, Clone, Deserialize)]
struct Wish {
    kind: String,
    /// Their names, before what each is for.
    zh: String,
    en: String,
    /// The demo client that makes those which others confirm or change.
    by: String,
    /// The merge patch that is proposed of them, or may be.
    change: Option<Value>,
    /// Merge patch over the kind's example.
    #[serde(default)]
    content: Map<String, Value>,
}

/// What an example is for: the operation, its place among the demo records of its kind, and words for its name.
struct Use {
    purpose: &'static str,
    number: u32,
    zh: &'static str,
    en: &'static str,
    state: &'static str,
}

const fn one(purpose: &'static str, number: u32, zh: &'static str, en: &'static str, state: &'static str) -> Use {
    Use { purpose, number, zh, en, state }
}

const USES: [Use; 6] = [
    one("patch", 901, "供修改", "to change", "draft"),
    one("move", 902, "供提交", "to submit", "draft"),
    one("delete", 903, "供删除", "to delete", "draft"),
    one("confirm", 904, "供确认", "to confirm", "submitted"),
    one("restore", 905, "供恢复", "to restore", "draft"),
    one("propose", 906, "供变更", "to change when official", "active"),
];

/// The operations on change requests, which belong to no kind, are tried on a record of this one.
const OF_CHANGES: &str = "joint-labs";
const USES_OF_CHANGES: [Use; 2] = [
    one("confirm-change", 907, "供确认变更", "with a change to confirm", "active"),
    one("recall-change", 908, "供收回变更", "with a change to take back", "active"),
];

/// A demo record that exists for the examples.
#[derive(Debug)]
pub struct Example {
    pub kind: &'static str,
    /// Place among the demo records of its kind.
    pub number: u32,
    /// The operation it is for: `patch`, `move`, `delete`, `confirm`, `restore`, `propose`, or `confirm-change` and
    /// `recall-change`, whose change is proposed.
    pub purpose: &'static str,
    /// The demo client that makes it.
    pub by: String,
    /// `draft`, `submitted` or `active`.
    pub state: &'static str,
    /// Its revision when everything is loaded.
    pub revision: i64,
    /// The merge patch that is proposed of it, or may be.
    pub change: Option<Value>,
    pub content: Value,
}

impl Example {
    pub fn id(&self) -> Id {
        kinds::shared::demo_record_id(kinds::place(self.kind), self.number)
    }

    /// Digest of what waits for confirmation: its content, or the change that is proposed.
    pub fn digest(&self) -> Option<&'static str> {
        static ALL: LazyLock<BTreeMap<String, BTreeMap<String, String>>> =
            LazyLock::new(|| serde_json::from_str(DIGESTS).expect("openapi/digests.json is well-formed: tested"));
        ALL.get(self.kind)?.get(self.purpose).map(String::as_str)
    }

    /// The change request that is made of it, if one is.
    pub fn change_id(&self) -> Option<Id> {
        let at = super::LOADED_AT.parse().ok()?;
        Some(Id::of_event(at, self.id(), self.revision))
    }
}

/// All of them, in the order they are loaded.
pub fn records() -> &'static [Example] {
    static ALL: LazyLock<Vec<Example>> = LazyLock::new(|| {
        let wishes: Vec<Wish> = serde_json::from_str(WISHES).expect("data/demo/examples.json is well-formed: tested");
        kinds::ALL.iter().flat_map(|kind| of_kind(kind, &wishes)).collect()
    });
    &ALL
}

fn of_kind(kind: &'static Kind, wishes: &[Wish]) -> Vec<Example> {
    let wish = wishes.iter().find(|wish| wish.kind == kind.name).cloned().unwrap_or_else(|| Wish {
        kind: kind.name.to_owned(),
        zh: format!("示例{}", kind.label.zh),
        en: format!("Example {}", kind.label.en),
        by: "cq-clerk".to_owned(),
        change: None,
        content: Map::new(),
    });
    let of_changes = USES_OF_CHANGES.iter().filter(|_| kind.name == OF_CHANGES);
    USES.iter().chain(of_changes).map(|purpose| example(kind, &wish, purpose)).collect()
}

fn example(kind: &'static Kind, wish: &Wish, Use { purpose, number, zh, en, state }: &'static Use) -> Example {
    let mut content = (kind.example)();
    json_patch::merge(&mut content, &json!(wish.content));
    content["name"] = json!({"zh": format!("{}（{zh}）", wish.zh), "en": format!("{} ({en})", wish.en)});
    if kind.uniques.iter().any(|unique| unique.at.contains(&kind.vary)) {
        content.pointer_mut(kind.vary).map(|text| *text = json!(format!("示例-{number}"))).unwrap_or_default();
    }
    let joint = kind.owner(&content) == Owner::Parties;
    let next = kind.next_lifecycles(Kind::lifecycle_of(&content)).first().map(|state| json!({"lifecycle": state}));
    let usual = if joint { Some(json!({"name": {"en": "Example, renamed"}})) } else { next };
    // Submitted, then confirmed by each province; the proposal of a change is a revision too.
    let official = if joint { 4 } else { 3 };
    let (revision, with_change) = match *purpose {
        "propose" => (official, true),
        "confirm-change" | "recall-change" => (official + 1, true),
        _ => (1, false),
    };
    Example {
        kind: kind.name,
        number: *number,
        purpose,
        by: if *state == "draft" { "cq-agency".to_owned() } else { wish.by.clone() },
        state,
        revision,
        change: wish.change.clone().or(usual).filter(|_| with_change),
        content,
    }
}

/// A value of the record that an operation is tried on, see [`crate::api::openapi::tried`].
pub fn tried(kind: &str, purpose: &str, what: Tried) -> Value {
    let example = find(kind, purpose);
    match what {
        // Without a record of its own an operation is tried on the first of the kind, in its first revision.
        Tried::Id => json!(example.map_or_else(|| kinds::example_id(kind), Example::id)),
        Tried::Tag => json!(format!("\"{}\"", example.map_or_else(first, |example| example.revision))),
        Tried::Digest => json!(example.and_then(Example::digest).unwrap_or_default()),
        Tried::Change => example.and_then(|example| example.change.clone()).unwrap_or_default(),
        Tried::ChangeId => json!(example.and_then(Example::change_id)),
    }
}

fn first() -> i64 {
    1
}

fn find(kind: &str, purpose: &str) -> Option<&'static Example> {
    records().iter().find(|example| example.kind == kind && example.purpose == purpose)
}

/// The recorded answer of an operation on the demo register.
pub fn answer(operation: &str, status: &str) -> Option<Value> {
    static ALL: LazyLock<Map<String, Value>> =
        LazyLock::new(|| serde_json::from_str(ANSWERS).expect("openapi/examples.json is well-formed: tested"));
    ALL.get(operation)?.get(status).cloned()
}
