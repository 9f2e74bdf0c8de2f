//! The records that a content refers to, as looked up by [`resolve`](super::resolve).

use std::collections::BTreeMap;

use crate::db::Id;

/// What is known of a referenced record.
#[derive(Debug, Clone)]
pub struct Target {
    pub id: Id,
    pub code: String,
    pub state: String,
    /// The province of the record that takes its place, or its own.
    pub province: String,
    pub lifecycle: String,
    /// The record it was merged into, or itself.
    pub stands_for: Id,
    /// The code of the record that it was merged into.
    pub merged_into: Option<String>,
}

/// The targets of one content, by id.
pub type Targets = BTreeMap<Id, Target>;
