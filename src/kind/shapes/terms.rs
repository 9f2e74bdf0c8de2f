//! Several codes of a vocabulary: rows of `classifications` under the member's name.

use serde_json::Value;

use crate::api::query::Query;
use crate::kind::condition::{Condition, Wanted};
use crate::kind::dimension::{Dimension, Level, Source, Values};
use crate::kind::shapes::parameters::{any_of, by_terms, terms};
use crate::kind::{Member, Shape};

/// Several codes of this vocabulary; the filter takes several of them.
#[derive(Debug)]
pub struct Terms(pub &'static str);

impl Shape for Terms {
    fn vocabulary(&self) -> Option<&'static str> {
        Some(self.0)
    }

    fn column(&self, _member: &Member) -> Option<String> {
        None
    }

    fn codes(&self, value: &str) -> Option<Vec<String>> {
        Some(vec![value.to_owned()])
    }

    fn filter(&self, member: &Member, query: &Query) -> Vec<Wanted> {
        any_of(terms(query, member.name, self.0), |values| Condition::Classified(member.name, values))
    }

    fn presence(&self, member: &Member, present: bool) -> Option<Condition> {
        Some(Condition::HasClassification(member.name, present))
    }

    fn dimensions(&self, member: &Member) -> Vec<Dimension> {
        vec![Dimension::many(member, Source::Classified(member.name, Level::All), Values::Codes(self.0))]
    }

    fn parameters(&self, member: &Member) -> Vec<Value> {
        vec![by_terms(member.name, &member.about(), self.0)]
    }
}
