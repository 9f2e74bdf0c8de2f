//! What the shapes with an order say of themselves, one file each; records, lists and the API reference only ask.

mod day;
mod integer;
mod money;
mod month;

use serde_json::Value;

use crate::api::query::{Query, shown};
use crate::db::Cell;
use crate::kind::Shape;
use crate::problem::Fault;

/// A shape whose values have an order: its filter takes ranges.
pub struct Quantity {
    /// The value of its column, from the member of a content.
    pub stored: fn(Option<&Value>) -> Cell,
    /// The value of a filter parameter, taken out of the query; what cannot be one is refused there.
    pub wanted: fn(&Query, &str) -> Option<Cell>,
    /// The value at which a page ended, from the text in its cursor.
    pub cursor: fn(&str) -> Option<Cell>,
    /// The JSON Schema of its filter parameters.
    pub schema: fn() -> Value,
}

impl Shape {
    /// What the shape says of its values, when they have an order.
    pub fn quantity(self) -> Option<&'static Quantity> {
        Some(match self {
            Shape::Integer => &integer::INTEGER,
            Shape::Money => &money::MONEY,
            Shape::Day => &day::DAY,
            Shape::Month => &month::MONTH,
            _ => return None,
        })
    }
}

/// Takes a parameter that `read` understands; its refusal is a fault's code.
fn take(query: &Query, parameter: &str, read: fn(&str) -> Result<Cell, &'static str>) -> Option<Cell> {
    query.take_as(parameter, |text| {
        read(text).map_err(|code| Fault::parameter(parameter, code).arg("value", shown(text)))
    })
}
