//! A member of a content that the database knows, and what its shape says of it.
//!
//! A shape says in one file of [`shapes`](crate::kind::shapes) how a member is stored, filtered, paged, expanded, counted and described;
//! records, lists and the API reference only ask.

use std::fmt::Debug;

use serde_json::Value;

use crate::api::query::Query;
use crate::db::Cell;
use crate::kind::Label;
use crate::kind::condition::{Condition, Wanted};
use crate::kind::dimension::Dimension;
use crate::reference::vocabulary;

/// A member of the content that the database knows, and how lists may use it.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    /// The filter parameter and the column (`{name}_id` for references), for example `share_mode`.
    pub name: &'static str,
    /// RFC 6901 pointers into the content; `*` stands for every element of an array. A member with one value takes it
    /// from the first pointer that leads to one, and of an array from the last element.
    pub at: &'static [&'static str],
    pub shape: &'static dyn Shape,
    /// What the filter selects, for the API reference.
    pub about: Label,
    /// May stand in `sort`; the column must then be NOT NULL.
    pub sort: bool,
}

impl Member {
    /// The member elsewhere than at its own name.
    pub const fn at(self, at: &'static [&'static str]) -> Member {
        Member { at, ..self }
    }

    /// Its column in the kind's own table, if it has one.
    pub fn column(&self) -> Option<String> {
        self.shape.column(self)
    }

    /// Whether lists take `has_{name}=true|false`.
    pub fn has_presence(&self) -> bool {
        self.shape.presence(self, true).is_some()
    }

    /// What the filter selects, in both languages.
    pub fn about(&self) -> String {
        format!("{}。{}.", self.about.zh, self.about.en)
    }
}

/// How a member is stored, filtered, paged, expanded, counted and described.
///
/// What a shape does not say is that of a text in a column of the member's name.
pub trait Shape: Debug + Sync {
    /// Its column in the kind's own table, if it has one there.
    fn column(&self, member: &Member) -> Option<String> {
        Some(member.name.to_owned())
    }

    /// The value of the column, from the member of a content.
    fn cell(&self, value: Option<&Value>) -> Cell {
        Cell::Text(value.and_then(Value::as_str).map(str::to_owned))
    }

    /// The vocabulary that its codes are from.
    fn vocabulary(&self) -> Option<&'static str> {
        None
    }

    /// The codes under which `classifications` knows a value, for shapes that are stored there.
    fn codes(&self, _value: &str) -> Option<Vec<String>> {
        None
    }

    /// The kind of the records that it refers to.
    fn target(&self) -> Option<&'static str> {
        None
    }

    /// The name by which `expand` knows it; only shapes with a target have one.
    fn expands_as(&self, member: &Member) -> Option<&'static str> {
        self.target().map(|_| member.name)
    }

    /// What its filter parameters ask for, taken out of the query; what cannot be a value is refused there.
    fn filter(&self, member: &Member, query: &Query) -> Vec<Wanted>;

    /// What `has_{name}` asks for, if lists take it.
    fn presence(&self, member: &Member, present: bool) -> Option<Condition> {
        Some(Condition::OwnPresent(self.column(member)?, present))
    }

    /// Its filter parameters for the API reference, without `has_{name}`.
    fn parameters(&self, member: &Member) -> Vec<Value>;

    /// Whether its filter takes `_gte _gt _lte _lt`.
    fn has_range(&self) -> bool {
        false
    }

    /// How many different values the column of a condition has, as far as the declaration tells.
    fn diversity(&self, _condition: &Condition) -> usize {
        self.vocabulary().map_or(usize::MAX, |name| vocabulary(name).map_or(2, |list| list.entries.len()))
    }

    /// By what statistics group it: most shapes by nothing.
    fn dimensions(&self, _member: &Member) -> Vec<Dimension> {
        Vec::new()
    }

    /// Whether statistics add it up, and how many decimal places a whole number in its column has.
    fn measure(&self) -> Option<u32> {
        None
    }

    /// The value at which a page ended, from the text in its cursor.
    fn cursor(&self, text: &str) -> Option<Cell> {
        Some(Cell::text(text))
    }
}
