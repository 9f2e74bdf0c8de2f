//! Codes that are in no vocabulary of the register: a text column.

use serde_json::{Value, json};

use crate::api::query::Query;
use crate::kind::condition::{Condition, Wanted};
use crate::kind::dimension::{Dimension, Values};
use crate::kind::shapes::parameters::{by_words, check_format, words};
use crate::kind::{Member, Shape};
use crate::reference::formats;

/// A code that has no comma, checked by this format where there is one; the filter takes several codes.
#[derive(Debug)]
pub struct Code(pub Option<&'static str>);

impl Shape for Code {
    fn filter(&self, member: &Member, query: &Query) -> Vec<Wanted> {
        let Some(values) = words(query, member.name) else { return Vec::new() };
        if let Some(format) = self.0 {
            check_format(query, member.name, &values, |value| formats::check(format, value));
        }
        vec![Wanted::Ready(Condition::own_in(member.name, values))]
    }

    fn dimensions(&self, member: &Member) -> Vec<Dimension> {
        vec![Dimension::own(member, member.name, Values::Plain)]
    }

    fn parameters(&self, member: &Member) -> Vec<Value> {
        let items = match self.0 {
            Some(format) => json!({"type": "string", "format": format, "minLength": 1, "maxLength": 40}),
            None => json!({"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[^\x00-\x1f\x7f,]+$"}),
        };
        vec![by_words(member.name, &member.about(), items)]
    }
}
