//! Free text and outside keys: a text column.

use serde_json::Value;

use crate::api::query::Query;
use crate::kind::condition::{Condition, Wanted};
use crate::kind::shapes::parameters::{any_of, by_texts, texts};
use crate::kind::{Member, Shape};

/// A text; the filter matches it exactly. Commas are part of the text.
#[derive(Debug)]
pub struct Text;

impl Shape for Text {
    fn filter(&self, member: &Member, query: &Query) -> Vec<Wanted> {
        any_of(texts(query, member.name), |values| Condition::own_in(member.name, values))
    }

    fn parameters(&self, member: &Member) -> Vec<Value> {
        vec![by_texts(member.name, &member.about())]
    }
}
