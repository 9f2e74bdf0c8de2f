//! Examples that work on a freshly loaded demo register without editing: which record each operation is tried on, and
//! what it answered there.
//!
//! The records are loaded by `demo` after everything else; one each to change, move, delete and confirm, so that trying
//! one operation does not spoil another. The answers in `openapi/examples.json` were recorded by the contract tests.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::db::Id;
use crate::{demo, kinds};

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
}

/// All of them, in the order they are loaded.
pub fn records() -> &'static [Example] {
    static ALL: LazyLock<Vec<Example>> =
        LazyLock::new(|| serde_json::from_str(RECORDS).expect("data/demo/examples.json is well-formed: tested"));
    &ALL
}

/// The record that an operation of a kind is tried on; without one of its own, the kind's first published record.
pub fn id(kind: &str, purpose: &str) -> String {
    find(kind, purpose).map_or_else(|| kinds::example_id(kind), Example::id).to_string()
}

/// The digest that the example of a confirmation names.
pub fn digest(kind: &str) -> String {
    digest_for(kind, "confirm")
}

pub fn digest_for(kind: &str, purpose: &str) -> String {
    find(kind, purpose).and_then(|example| example.digest.clone()).unwrap_or_default()
}

/// The revision that an operation of a kind is tried on.
pub fn revision(kind: &str, purpose: &str) -> i64 {
    find(kind, purpose).map_or_else(first, |example| example.revision)
}

/// The merge patch that the example of a proposal holds.
pub fn change(kind: &str, purpose: &str) -> Value {
    find(kind, purpose).and_then(|example| example.change.clone()).unwrap_or_default()
}

/// The change request that an operation is tried on: the change of this record.
pub fn change_id(kind: &str, purpose: &str) -> String {
    let proposed = |example: &Example| {
        let at = demo::LOADED_AT.parse().ok()?;
        Some(Id::of_event(at, example.id(), example.revision).to_string())
    };
    find(kind, purpose).and_then(proposed).unwrap_or_default()
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
