//! Calendar days: a DATE column.

use serde_json::{Value, json};

use super::{Quantity, take};
use crate::db::Cell;
use crate::reference::Day;

pub static DAY: Quantity = Quantity {
    stored: |value| Cell::Day(value.and_then(Value::as_str).and_then(|text| text.parse().ok())),
    wanted: |query, parameter| take(query, parameter, |text| Day::parse(text).map(|day| Cell::Day(Some(day.date())))),
    cursor: |text| Some(Cell::Day(Some(Day::parse(text).ok()?.date()))),
    schema: || json!({"type": "string", "format": "date", "pattern": Day::PATTERN, "maxLength": 10}),
};
