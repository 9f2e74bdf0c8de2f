//! Months: a text column with `YYYY-MM`, whose order is that of time.

use serde_json::{Value, json};

use crate::api::query::Query;
use crate::db::Cell;
use crate::kind::condition::Wanted;
use crate::kind::dimension::{Dimension, Values};
use crate::kind::shapes::ranges;
use crate::kind::{Member, Shape};
use crate::reference;

/// A month; the filter takes a range too.
#[derive(Debug)]
pub struct Month;

impl Shape for Month {
    fn filter(&self, member: &Member, query: &Query) -> Vec<Wanted> {
        ranges::filter(member, |parameter| {
            ranges::take(query, parameter, |text| reference::Month::parse(text).map(Cell::text))
        })
    }

    fn dimensions(&self, member: &Member) -> Vec<Dimension> {
        let (years, values) = (Values::YearsOfMonths, Values::Plain);
        vec![
            Dimension::own(member, member.name, years).part("year", years),
            Dimension::own(member, member.name, values),
        ]
    }

    fn parameters(&self, member: &Member) -> Vec<Value> {
        ranges::parameters(
            member,
            &json!({"type": "string", "format": "month", "pattern": reference::Month::PATTERN, "maxLength": 7}),
        )
    }

    fn has_range(&self) -> bool {
        true
    }
}
