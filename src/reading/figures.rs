//! What statistics count, before it is written.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::db::Id;

/// The figures of a cell or of all: how many records, and for each member that is measured what it adds up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    pub count: i64,
    pub measured: Vec<Measured>,
}

/// A member over several records, in whole units of its column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measured {
    /// How many records give it.
    pub given: i64,
    pub sum: i128,
    pub least: i64,
    pub most: i64,
}

/// A cell: one value of each dimension, none where it is not given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub values: Vec<Option<String>>,
    pub figures: Figures,
}

/// The answer, before it is written.
pub struct Counted {
    pub as_of_seq: i64,
    pub all: Figures,
    pub cells: Vec<Cell>,
}

/// What a record is called.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Label {
    pub code: String,
    pub name: Name,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Name {
    pub zh: String,
    pub en: Option<String>,
}

/// Names of the records that are values, as far as the caller sees them.
pub type Names = BTreeMap<Id, Label>;
