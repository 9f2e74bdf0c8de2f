//! Examples that work on a freshly loaded demo register without editing: which record each operation is tried on, and
//! what it answered there.
//!
//! The records are loaded by `demo` after everything else; one each to change, move, delete and confirm, so that trying
//! one operation does not spoil another. The answers in `openapi/examples.json` were recorded by the contract tests.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

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
    /// The operation it is for: `patch`, `move`, `delete` or `confirm`.
    #[serde(rename = "use")]
    pub purpose: String,
    /// The demo client that makes it.
    pub by: String,
    /// `draft` or `submitted`.
    pub state: String,
    /// Digest of its content, for those that wait for confirmation.
    pub digest: Option<String>,
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
    find(kind, "confirm").and_then(|example| example.digest.clone()).unwrap_or_default()
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
