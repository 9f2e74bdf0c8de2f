//! Whole numbers: a BIGINT column.

use serde_json::{Value, json};

use crate::api::query::{GREATEST, Query};
use crate::db::Cell;
use crate::kind::condition::Wanted;
use crate::kind::dimension::{Dimension, Values};
use crate::kind::shapes::ranges;
use crate::kind::{Member, Shape};

/// A whole number from 0; the filter takes a range too.
#[derive(Debug)]
pub struct Integer;

impl Shape for Integer {
    fn cell(&self, value: Option<&Value>) -> Cell {
        Cell::Integer(value.and_then(Value::as_i64))
    }

    fn filter(&self, member: &Member, query: &Query) -> Vec<Wanted> {
        ranges::filter(member, |parameter| {
            query.take_int(parameter, 0, GREATEST).map(|number| Cell::Integer(Some(number)))
        })
    }

    fn dimensions(&self, member: &Member) -> Vec<Dimension> {
        vec![Dimension::own(member, member.name, Values::Numbers)]
    }

    fn measure(&self) -> Option<u32> {
        Some(0)
    }

    fn parameters(&self, member: &Member) -> Vec<Value> {
        ranges::parameters(member, &json!({"type": "integer", "format": "int64", "minimum": 0, "maximum": GREATEST}))
    }

    fn has_range(&self) -> bool {
        true
    }

    fn cursor(&self, text: &str) -> Option<Cell> {
        Some(Cell::Integer(Some(text.parse().ok()?)))
    }
}
