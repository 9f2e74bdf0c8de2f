//! Several short texts: rows of `classifications` under the member's name.

use serde_json::Value;

use crate::api::query::Query;
use crate::kind::condition::{Condition, Wanted};
use crate::kind::shapes::parameters::{any_of, by_texts, texts};
use crate::kind::{Member, Shape};

/// Several short texts; the filter matches one of them exactly. Commas are part of the text.
#[derive(Debug)]
pub struct Texts;

impl Shape for Texts {
    fn column(&self, _member: &Member) -> Option<String> {
        None
    }

    fn codes(&self, value: &str) -> Option<Vec<String>> {
        Some(vec![value.to_owned()])
    }

    fn filter(&self, member: &Member, query: &Query) -> Vec<Wanted> {
        any_of(texts(query, member.name), |values| Condition::Classified(member.name, values))
    }

    fn presence(&self, member: &Member, present: bool) -> Option<Condition> {
        Some(Condition::HasClassification(member.name, present))
    }

    fn parameters(&self, member: &Member) -> Vec<Value> {
        vec![by_texts(member.name, &member.about())]
    }
}
