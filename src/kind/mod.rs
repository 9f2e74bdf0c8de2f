//! One kind of cooperation record: all that differs between a joint lab and an instrument, as data.
//!
//! A kind says what its content is (a Rust type, which is also the published schema and the check of every body), which
//! rules JSON Schema cannot carry, and which members are projected for lists, filters, references and uniqueness. From
//! that follow the endpoints and their OpenAPI operations (`service`), the projections (`records`) and the lists
//! (`reading`); none of them is written per kind.

pub mod components;
pub mod condition;
pub mod diff;
pub mod dimension;
pub mod equivalence;
pub mod findings;
pub mod forgiveness;
pub mod member;
pub mod naming;
pub mod outline;
pub mod patches;
pub mod pointers;
pub mod register;
pub mod schema;
pub mod search;
pub mod shapes;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::db::Id;

pub use findings::Findings;
pub use member::{Member, Shape};
pub use register::{Register, Registered};

/// A text in the two languages of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    pub zh: &'static str,
    pub en: &'static str,
}

impl Label {
    /// The English text with its article: “an organization”.
    pub fn one(&self) -> String {
        let article = if self.en.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
        format!("{article} {}", self.en)
    }
}

/// The content of a kind: what an agency sends, what is signed, what readers get.
///
/// Every struct inside has `#[serde(default)]`: the schema has judged the body before, and members that it refused are
/// left at their default so that the rules can still report everything else.
pub trait Content: Serialize + DeserializeOwned + Default + ToSchema + 'static {
    /// Reports every fault and warning that the schema cannot: dates in order, sums, conditions between members.
    fn check(&self, findings: &mut Findings);
}

/// Who owns a record and who must confirm it.
#[derive(Debug, Clone, Copy)]
pub enum Ownership {
    /// Both provinces confirm the same digest; the content has `parties`.
    Joint,
    /// The province of the owner confirms; the function reads the owner from the content.
    Single(fn(&Value) -> Owner),
    /// Either, depending on this top-level member; the content has `parties`, and the function returns
    /// [`Owner::Parties`] or the owner. Settled once the record was official.
    ByContent(&'static str, fn(&Value) -> Owner),
}

/// The owner of a record, as its content says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The record owns itself: an organization, with the province of its seat.
    Itself(Option<&'static str>),
    /// The organization with this id.
    Organization(Id),
    /// The organization with this id, acting for this province wherever its own record is kept.
    For(Id, &'static str),
    /// Its parties: the record is joint.
    Parties,
    /// Unknown, because the content is faulty.
    Unknown,
}

/// An owner's request not to be named in public, a member of the content.
///
/// While it holds, callers without a token get neither the named members nor anything else that reveals the owner:
/// `owner`, the source system and key, and the digest (every organization could be tried against it). Lists filtered by
/// any of these leave the record out.
#[derive(Debug, Clone, Copy)]
pub struct Anonymity {
    /// The top-level member that requests it (a code, with a NOT NULL column of the same name); the next one is the
    /// code that does.
    pub member: &'static str,
    pub code: &'static str,
    /// Top-level members that would name the owner.
    pub hides: &'static [&'static str],
}

/// A value, or a combination of values, that only one record may have.
#[derive(Debug, Clone, Copy)]
pub struct Unique {
    /// The scheme in `identifiers`, for example `uscc`.
    pub scheme: &'static str,
    /// The pointers whose values together are unique; a fault is reported at the first. With `*` each combination is
    /// unique. A record that lacks one of them is exempt.
    pub at: &'static [&'static str],
}

/// The lifecycle of a kind (`docs/domain.md` §c): its legal steps; everything else is refused.
#[derive(Debug, Clone, Copy)]
pub struct Lifecycle {
    pub vocabulary: &'static str,
    /// `(from, to)` pairs.
    pub steps: &'static [(&'static str, &'static str)],
    /// States in which new records may no longer refer to this one (retired, ended, closed).
    pub ended: &'static [&'static str],
    /// The top-level member that names the record which came after this one, if the kind has such a member.
    pub successor: Option<&'static str>,
    /// The top-level member that names the records which this one came after.
    pub predecessors: Option<&'static str>,
}

impl Lifecycle {
    /// Whether a record in this state has come to its end.
    pub fn is_over(&self, state: &str) -> bool {
        self.ended.contains(&state)
    }
}

/// A rule over a content and the contents of the records it refers to, by id.
pub type Review = fn(&Value, &BTreeMap<Id, Value>, &mut Findings);

/// Everything that the pipeline must know of a kind.
pub struct Kind {
    /// Path and feed word, kebab-case plural: `joint-labs`.
    pub name: &'static str,
    /// snake_case singular of operation ids and feed types: `joint_lab`.
    pub singular: &'static str,
    /// Schema name of the content: `JointLab`.
    pub schema: &'static str,
    /// What people call one of them.
    pub label: Label,
    /// What it is, for the API reference.
    pub about: Label,
    /// The projection's table: `joint_labs`.
    pub table: &'static str,
    /// Prefix of the code: `LAB`.
    pub prefix: &'static str,
    pub ownership: Ownership,
    /// Roles of parties that act for their side (`docs/domain.md` §b): parties in other roles take part but are no
    /// side.
    pub leading: &'static [&'static str],
    /// Members one side may change alone; they are outside the digest.
    pub unsigned: &'static [&'static str],
    /// Members left out of the public view.
    pub private: &'static [&'static str],
    /// Pointers (with `*`) of unordered lists: another order is no change.
    pub sets: &'static [&'static str],
    /// Members that do not change while other records refer to this one, because what those say depends on them.
    pub kept_in_use: &'static [&'static str],
    /// The top-level member that names the record above this one, if the kind has such a member.
    pub parent: Option<&'static str>,
    /// How an owner may stay unnamed in public, if the kind allows it.
    pub anonymity: Option<Anonymity>,
    pub lifecycle: Lifecycle,
    pub members: &'static [Member],
    /// Pairs of a filter and a sort key that are usually asked for together: an index over both, and the record's id, serves them.
    pub orders: &'static [(&'static str, &'static str)],
    pub uniques: &'static [Unique],
    /// Pointers (with `*`) of texts in which `q` searches, beside names, aliases and the code, which weigh more.
    pub searched: &'static [&'static str],
    /// Pointers (with `*`) of texts of which two records that have the same are probably one: they have [keys](search::keys). For
    /// organizations all names, by which they are matched.
    pub namesakes: &'static [&'static str],
    /// Pointer to a text of the example that may be any other: where records of one kind have to differ, they differ in it.
    pub vary: &'static str,
    /// A complete content that the demo data accepts as it stands (organizations by their stable ids).
    pub example: fn() -> Value,
    /// Component schemas of the content, itself first.
    pub schemas: fn() -> Vec<(String, RefOr<Schema>)>,
    /// Rules that look at the referenced records' contents, by id; most kinds have none.
    pub review: Option<Review>,
    /// Typed check of a content whose refused members were removed; returns the content in normal form.
    pub check: fn(Value, &mut Findings) -> Value,
}

/// Component schemas of a content type: for [`Kind::schemas`].
pub fn schemas<C: Content>() -> Vec<(String, RefOr<Schema>)> {
    let mut all = vec![(C::name().into_owned(), C::schema())];
    C::schemas(&mut all);
    all
}

/// The typed check of a content type: for [`Kind::check`].
pub fn check<C: Content>(mut content: Value, findings: &mut Findings) -> Value {
    write_whole(&mut content);
    match serde_json::from_value::<C>(content) {
        Ok(typed) => {
            typed.check(findings);
            let mut normal = serde_json::to_value(&typed).unwrap_or_default();
            drop_nulls(&mut normal);
            normal
        }
        // The schema lets nothing through that the type refuses (tested for every kind); report it if it ever does.
        Err(error) => {
            findings.fault("", "invalid-value").args.push(("value", error.to_string()));
            Value::Null
        }
    }
}

/// Whole numbers as such: JSON Schema accepts `120.0` as an integer, and RFC 8785 writes it as `120`. Contents have no other numbers:
/// what has a fraction is a decimal text.
fn write_whole(value: &mut Value) {
    match value {
        Value::Number(number) => {
            let whole = number.as_f64().filter(|_| number.is_f64()).filter(|float| float.fract() == 0.0);
            if let Some(whole) = whole.filter(|float| float.abs() <= EXACT) {
                *number = (whole as i64).into();
            }
        }
        Value::Object(members) => members.values_mut().for_each(write_whole),
        Value::Array(items) => items.iter_mut().for_each(write_whole),
        _ => {}
    }
}

/// Up to here every whole number is a double of its own.
const EXACT: f64 = 9_007_199_254_740_991.0;

/// An absent member and a null one are the same; the stored form has neither.
pub fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

impl Kind {
    /// Whether its records may be joint: they have `parties` then.
    pub fn has_parties(&self) -> bool {
        !matches!(self.ownership, Ownership::Single(_))
    }

    /// Whether its records may have one owner.
    pub fn has_owner(&self) -> bool {
        !matches!(self.ownership, Ownership::Joint)
    }

    /// The owner of a record with this content.
    pub fn owner(&self, content: &Value) -> Owner {
        match self.ownership {
            Ownership::Joint => Owner::Parties,
            Ownership::Single(owner) | Ownership::ByContent(_, owner) => owner(content),
        }
    }

    /// Whether the public view hides the owner of a record with this content.
    pub fn is_anonymous(&self, content: &Value) -> bool {
        self.anonymity.is_some_and(|wish| content.get(wish.member).is_some_and(|code| code == wish.code))
    }

    /// Whether the public view of this content leaves out its top-level member `name`.
    pub fn is_private(&self, name: &str, content: &Value) -> bool {
        let hidden = || self.anonymity.is_some_and(|wish| wish.hides.contains(&name)) && self.is_anonymous(content);
        self.private.contains(&name) || hidden()
    }

    pub fn lifecycle_of(content: &Value) -> &str {
        content.get("lifecycle").and_then(Value::as_str).unwrap_or_default()
    }

    /// The states that may follow `from` in the kind's lifecycle.
    pub fn next_lifecycles(&self, from: &str) -> Vec<&'static str> {
        self.lifecycle.steps.iter().filter(|(before, _)| *before == from).map(|(_, after)| *after).collect()
    }
}

/// Today in Asia/Shanghai: the day against which rules are checked.
pub fn today() -> NaiveDate {
    crate::db::Moment::now().day_in_shanghai()
}
