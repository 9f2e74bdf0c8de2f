//! Calendar days: a DATE column.

use serde_json::{Value, json};

use crate::api::query::Query;
use crate::db::Cell;
use crate::kind::condition::Wanted;
use crate::kind::dimension::{Dimension, Values};
use crate::kind::shapes::ranges;
use crate::kind::{Member, Shape};
use crate::reference;

/// A calendar day; the filter takes a range too.
#[derive(Debug)]
pub struct Day;

impl Shape for Day {
    fn cell(&self, value: Option<&Value>) -> Cell {
        Cell::Day(value.and_then(Value::as_str).and_then(|text| text.parse().ok()))
    }

    fn filter(&self, member: &Member, query: &Query) -> Vec<Wanted> {
        ranges::filter(member, |parameter| {
            ranges::take(query, parameter, |text| Ok(Cell::Day(Some(reference::Day::parse(text)?.date()))))
        })
    }

    fn dimensions(&self, member: &Member) -> Vec<Dimension> {
        let part = |part, values| Dimension::own(member, member.name, values).part(part, values);
        vec![part("year", Values::Years), part("quarter", Values::Quarters), part("month", Values::Months)]
    }

    fn parameters(&self, member: &Member) -> Vec<Value> {
        ranges::parameters(
            member,
            &json!({"type": "string", "format": "date", "pattern": reference::Day::PATTERN, "maxLength": 10}),
        )
    }

    fn has_range(&self) -> bool {
        true
    }

    fn cursor(&self, text: &str) -> Option<Cell> {
        Some(Cell::Day(Some(reference::Day::parse(text).ok()?.date())))
    }
}
