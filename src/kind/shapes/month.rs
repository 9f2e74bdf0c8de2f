//! Months: a text column with `YYYY-MM`, whose order is that of time.

use serde_json::{Value, json};

use super::{Quantity, take};
use crate::db::Cell;
use crate::reference::Month;

pub static MONTH: Quantity = Quantity {
    stored: |value| Cell::Text(value.and_then(Value::as_str).map(str::to_owned)),
    wanted: |query, parameter| take(query, parameter, |text| Month::parse(text).map(Cell::text)),
    cursor: |text| Some(Cell::text(text)),
    schema: || json!({"type": "string", "format": "month", "pattern": Month::PATTERN, "maxLength": 7}),
};
