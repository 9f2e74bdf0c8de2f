//! A reference to one record: a column `{name}_id`, and a row of `links`.

use serde_json::Value;

use crate::api::query::Query;
use crate::db::Cell;
use crate::kind::condition::{Condition, Wanted};
use crate::kind::dimension::{Dimension, Values};
use crate::kind::pointers::reference_id;
use crate::kind::shapes::parameters::{any_record, by_references};
use crate::kind::{Member, Shape};

/// One record of this kind; the filter takes its id or code.
#[derive(Debug)]
pub struct Reference(pub &'static str);

impl Shape for Reference {
    fn column(&self, member: &Member) -> Option<String> {
        Some(format!("{}_id", member.name))
    }

    fn cell(&self, value: Option<&Value>) -> Cell {
        Cell::Id(value.and_then(reference_id))
    }

    fn target(&self) -> Option<&'static str> {
        Some(self.0)
    }

    fn filter(&self, member: &Member, query: &Query) -> Vec<Wanted> {
        let name = member.name;
        any_record(query, member, move |ids| Condition::OwnIn(format!("{name}_id"), ids))
    }

    fn dimensions(&self, member: &Member) -> Vec<Dimension> {
        vec![Dimension::own(member, format!("{}_id", member.name), Values::Records)]
    }

    fn parameters(&self, member: &Member) -> Vec<Value> {
        vec![by_references(member)]
    }
}
