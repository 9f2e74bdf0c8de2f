//! The organizations at `/parties/*/org_id`: rows of `parties` and `links`.

use serde_json::Value;

use crate::api::query::Query;
use crate::kind::condition::{Condition, Wanted};
use crate::kind::dimension::{Dimension, Source, Values};
use crate::kind::shapes::parameters::{any_record, by_references};
use crate::kind::{Member, Shape};

/// The parties of a joint record; the filter takes an organization's id or code.
#[derive(Debug)]
pub struct Parties;

impl Shape for Parties {
    fn column(&self, _member: &Member) -> Option<String> {
        None
    }

    fn target(&self) -> Option<&'static str> {
        Some("organizations")
    }

    fn expands_as(&self, _member: &Member) -> Option<&'static str> {
        Some("parties")
    }

    fn filter(&self, member: &Member, query: &Query) -> Vec<Wanted> {
        any_record(query, member, |ids| Condition::Party("org_id", ids))
    }

    fn dimensions(&self, member: &Member) -> Vec<Dimension> {
        vec![Dimension::many(member, Source::Party("org_id"), Values::Records)]
    }

    fn parameters(&self, member: &Member) -> Vec<Value> {
        vec![by_references(member)]
    }
}
