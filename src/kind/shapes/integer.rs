//! Whole numbers: a BIGINT column.

use serde_json::{Value, json};

use super::Quantity;
use crate::api::query::GREATEST;
use crate::db::Cell;

pub static INTEGER: Quantity = Quantity {
    stored: |value| Cell::Integer(value.and_then(Value::as_i64)),
    wanted: |query, parameter| query.take_int(parameter, 0, GREATEST).map(|number| Cell::Integer(Some(number))),
    cursor: |text| Some(Cell::Integer(Some(text.parse().ok()?))),
    schema: || json!({"type": "integer", "format": "int64", "minimum": 0, "maximum": GREATEST}),
};
