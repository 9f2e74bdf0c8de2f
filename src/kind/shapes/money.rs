//! Amounts: a BIGINT column of fen; filters and cursors have yuan with at most two decimals.

use serde_json::json;

use super::{Quantity, take};
use crate::api::query::Query;
use crate::db::Cell;
use crate::reference::Money;

pub static MONEY: Quantity = Quantity {
    stored: |value| {
        let amount = value.and_then(|value| value.get("amount").unwrap_or(value).as_str());
        Cell::Integer(amount.and_then(|amount| Money::parse(amount).ok()).map(|money| money.fen()))
    },
    wanted,
    cursor: |text| Some(Cell::Integer(Some(Money::parse(text).ok()?.fen()))),
    schema: || json!({"type": "string", "pattern": Money::PATTERN, "maxLength": 18}),
};

fn wanted(query: &Query, parameter: &str) -> Option<Cell> {
    let cell = take(query, parameter, |text| {
        Money::parse(text).map(|money| Cell::Integer(Some(money.fen()))).map_err(|_| "not-decimal")
    })?;
    if let Cell::Integer(Some(fen)) = cell {
        query.note(parameter, &fen.to_string());
    }
    Some(cell)
}
