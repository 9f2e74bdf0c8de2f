//! Yes or no: a BOOLEAN column.

use serde_json::{Value, json};

use crate::api::openapi::parameter;
use crate::api::query::Query;
use crate::db::Cell;
use crate::kind::condition::{Condition, Wanted};
use crate::kind::dimension::{Dimension, Values};
use crate::kind::{Member, Shape};

/// Yes or no.
#[derive(Debug)]
pub struct Flag;

impl Shape for Flag {
    fn cell(&self, value: Option<&Value>) -> Cell {
        Cell::Flag(value.and_then(Value::as_bool))
    }

    fn filter(&self, member: &Member, query: &Query) -> Vec<Wanted> {
        let flag = query.take_bool(member.name).map(|flag| Cell::Flag(Some(flag)));
        flag.map(|flag| Wanted::Ready(Condition::Own(member.name.into(), "=", flag))).into_iter().collect()
    }

    fn dimensions(&self, member: &Member) -> Vec<Dimension> {
        vec![Dimension::own(member, member.name, Values::Flags)]
    }

    fn parameters(&self, member: &Member) -> Vec<Value> {
        vec![parameter("query", member.name, &member.about(), json!({"type": "boolean"}))]
    }

    fn diversity(&self, _condition: &Condition) -> usize {
        2
    }
}
