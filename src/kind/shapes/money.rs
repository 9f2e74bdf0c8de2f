//! Amounts: a BIGINT column of fen; filters and cursors have yuan with at most two decimals.

use serde_json::{Value, json};

use crate::api::query::Query;
use crate::db::Cell;
use crate::kind::condition::Wanted;
use crate::kind::shapes::ranges;
use crate::kind::{Member, Shape};
use crate::reference;

/// An amount of money; the filter takes a range too.
#[derive(Debug)]
pub struct Money;

impl Shape for Money {
    fn cell(&self, value: Option<&Value>) -> Cell {
        let amount = value.and_then(|value| value.get("amount").unwrap_or(value).as_str());
        Cell::Integer(amount.and_then(|amount| fen(amount).ok()))
    }

    fn filter(&self, member: &Member, query: &Query) -> Vec<Wanted> {
        ranges::filter(member, |parameter| wanted(query, parameter))
    }

    /// In the column are whole fen.
    fn measure(&self) -> Option<u32> {
        Some(2)
    }

    fn parameters(&self, member: &Member) -> Vec<Value> {
        ranges::parameters(member, &json!({"type": "string", "pattern": reference::Money::PATTERN, "maxLength": 18}))
    }

    fn has_range(&self) -> bool {
        true
    }

    fn cursor(&self, text: &str) -> Option<Cell> {
        Some(Cell::Integer(Some(fen(text).ok()?)))
    }
}

fn wanted(query: &Query, parameter: &str) -> Option<Cell> {
    let cell = ranges::take(query, parameter, |text| Ok(Cell::Integer(Some(fen(text).map_err(|_| "not-decimal")?))))?;
    if let Cell::Integer(Some(fen)) = cell {
        query.note(parameter, &fen.to_string());
    }
    Some(cell)
}

fn fen(yuan: &str) -> Result<i64, &'static str> {
    Ok(reference::Money::parse(yuan)?.fen())
}
