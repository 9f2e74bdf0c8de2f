//! One code of a vocabulary: a text column.

use serde_json::Value;

use crate::api::query::Query;
use crate::kind::condition::{Condition, Wanted};
use crate::kind::dimension::{Dimension, Values};
use crate::kind::shapes::parameters::{any_of, by_terms, terms};
use crate::kind::{Member, Shape};

/// One code of this vocabulary; the filter takes several codes.
#[derive(Debug)]
pub struct Term(pub &'static str);

impl Shape for Term {
    fn vocabulary(&self) -> Option<&'static str> {
        Some(self.0)
    }

    fn filter(&self, member: &Member, query: &Query) -> Vec<Wanted> {
        any_of(terms(query, member.name, self.0), |values| Condition::own_in(member.name, values))
    }

    fn dimensions(&self, member: &Member) -> Vec<Dimension> {
        vec![Dimension::own(member, member.name, Values::Codes(self.0))]
    }

    fn parameters(&self, member: &Member) -> Vec<Value> {
        vec![by_terms(member.name, &member.about(), self.0)]
    }
}
