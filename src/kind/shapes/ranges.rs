//! What the shapes with an order have in common: a filter takes a value or ranges of them.

use serde_json::Value;

use crate::api::openapi::parameter;
use crate::api::query::{Query, shown};
use crate::db::Cell;
use crate::kind::Member;
use crate::kind::condition::{Condition, RANGES, Wanted};
use crate::problem::Fault;

/// The parameters of a member: `{name}` and `{name}_gte _gt _lte _lt`, each with its operator.
fn each(member: &Member) -> impl Iterator<Item = (String, &'static str)> {
    std::iter::once(("", "=")).chain(RANGES).map(|(suffix, operator)| (format!("{}{suffix}", member.name), operator))
}

/// The conditions on a member; `value` takes one parameter out of the query.
pub fn filter(member: &Member, value: impl Fn(&str) -> Option<Cell>) -> Vec<Wanted> {
    let asked = each(member).filter_map(|(parameter, operator)| Some((value(&parameter)?, operator)));
    asked.map(|(cell, operator)| Wanted::Ready(Condition::Own(member.name.into(), operator, cell))).collect()
}

/// The descriptions of the parameters, all with this schema.
pub fn parameters(member: &Member, schema: &Value) -> Vec<Value> {
    let about = member.about();
    let described =
        |(name, operator): (String, &str)| parameter("query", &name, &format!("{about} {operator}"), schema.clone());
    each(member).map(described).collect()
}

/// Takes a parameter that `read` understands; its refusal is a fault's code.
pub fn take(query: &Query, parameter: &str, read: impl Fn(&str) -> Result<Cell, &'static str>) -> Option<Cell> {
    query.take_as(parameter, |text| {
        read(text).map_err(|code| Fault::parameter(parameter, code).arg("value", shown(text)))
    })
}
