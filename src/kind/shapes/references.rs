//! References to several records: rows of `links` only.

use serde_json::Value;

use crate::api::query::Query;
use crate::kind::condition::{Condition, Wanted};
use crate::kind::dimension::{Dimension, Source, Values};
use crate::kind::shapes::parameters::{any_record, by_references};
use crate::kind::{Member, Shape};

/// Several records of this kind; the filter takes the id or code of one of them.
#[derive(Debug)]
pub struct References(pub &'static str);

impl Shape for References {
    fn column(&self, _member: &Member) -> Option<String> {
        None
    }

    fn target(&self) -> Option<&'static str> {
        Some(self.0)
    }

    fn filter(&self, member: &Member, query: &Query) -> Vec<Wanted> {
        let at = member.at;
        any_record(query, member, move |ids| Condition::Linked(at, ids))
    }

    fn dimensions(&self, member: &Member) -> Vec<Dimension> {
        vec![Dimension::many(member, Source::Linked(member.at), Values::Records)]
    }

    fn parameters(&self, member: &Member) -> Vec<Value> {
        vec![by_references(member)]
    }
}
