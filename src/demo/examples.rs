//! The contract's examples: they work on a freshly loaded demo register without editing. Which record each operation is tried on, and
//! what it answered there.
//!
//! The records are loaded after everything else; one each to change, move, delete and confirm, so that trying
//! one operation does not spoil another. The answers in `openapi/examples.json` were recorded by the contract tests.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::api::openapi::Tried;
use crate::db::Id;
use crate::kinds;

const RECORDS: &str = include_str!("../../data/demo/examples.json");
const ANSWERS: &str = include_str!("../../openapi/examples.json");

/// A demo record that exists for the examples.
#[derive(Debug, Deserialize)]
pub struct Example {
    pub kind: String,
    /// Place among the demo records of its kind.
    pub number: u32,
    /// The operation it is for: `patch`, `move`, `delete`, `confirm`, `restore`, `propose`, or `confirm-change` and
    /// `recall-change`, whose change is proposed.
    #[serde(rename = "use")]
    pub purpose: String,
    /// The demo client that makes it.
    pub by: String,
    /// `draft`, `submitted` or `active`.
    pub state: String,
    /// Its revision when everything is loaded.
    #[serde(default = "first")]
    pub revision: i64,
    /// Digest of what waits for confirmation: its content, or the change that is proposed.
    pub digest: Option<String>,
    /// The merge patch that is proposed of it, or may be.
    pub change: Option<Value>,
    /// Merge patch over the kind's example.
    pub content: Value,
}

impl Example {
    pub fn id(&self) -> Id {
        kinds::shared::demo_record_id(kinds::place(&self.kind), self.number)
    }

    /// The change request that is made of it, if one is.
    pub fn change_id(&self) -> Option<Id> {
        let at = super::LOADED_AT.parse().ok()?;
        Some(Id::of_event(at, self.id(), self.revision))
    }
}

/// All of them, in the order they are loaded.
pub fn records() -> &'static [Example] {
    static ALL: LazyLock<Vec<Example>> =
        LazyLock::new(|| serde_json::from_str(RECORDS).expect("data/demo/examples.json is well-formed: tested"));
    &ALL
}

/// What a description asks for of the record that it is tried on, see [`crate::api::openapi::tried`].
pub fn tried(kind: &str, purpose: &str, what: Tried) -> Value {
    let example = find(kind, purpose);
    match what {
        // Without a record of its own an operation is tried on the first of the kind, in its first revision.
        Tried::Id => json!(example.map_or_else(|| kinds::example_id(kind), Example::id)),
        Tried::Tag => json!(format!("\"{}\"", example.map_or_else(first, |example| example.revision))),
        Tried::Digest => json!(example.and_then(|example| example.digest.as_deref()).unwrap_or_default()),
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

/// What an operation answered on the demo register.
pub fn answer(operation: &str, status: &str) -> Option<Value> {
    static ALL: LazyLock<Map<String, Value>> =
        LazyLock::new(|| serde_json::from_str(ANSWERS).expect("openapi/examples.json is well-formed: tested"));
    ALL.get(operation)?.get(status).cloned()
}
