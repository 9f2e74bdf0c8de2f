//! Division codes (GB/T 2260): rows of `classifications`, with all that they are part of.

use serde_json::Value;

use crate::api::query::Query;
use crate::kind::condition::{Condition, Wanted};
use crate::kind::dimension::{Dimension, Level, Source, Values};
use crate::kind::shapes::parameters::{any_of, by_terms, terms};
use crate::kind::{Member, Shape};
use crate::reference::division;

/// Division codes; the filter selects a division and all below.
#[derive(Debug)]
pub struct Divisions;

/// The levels of divisions.
const LEVELS: [(&str, Level); 3] =
    [("province", Level::Province), ("prefecture", Level::Prefecture), ("county", Level::County)];

impl Shape for Divisions {
    fn vocabulary(&self) -> Option<&'static str> {
        Some("divisions")
    }

    fn column(&self, _member: &Member) -> Option<String> {
        None
    }

    fn codes(&self, value: &str) -> Option<Vec<String>> {
        Some(division::with_parents(value))
    }

    fn filter(&self, member: &Member, query: &Query) -> Vec<Wanted> {
        any_of(terms(query, member.name, "divisions"), |values| Condition::Classified(member.name, values))
    }

    fn presence(&self, member: &Member, present: bool) -> Option<Condition> {
        Some(Condition::HasClassification(member.name, present))
    }

    /// By level: what lies in a county lies in its prefecture and province too.
    fn dimensions(&self, member: &Member) -> Vec<Dimension> {
        let level = |(part, level)| {
            let source = Source::Classified(member.name, level);
            Dimension::many(member, source, Values::Divisions).part(part, Values::Divisions)
        };
        LEVELS.into_iter().map(level).collect()
    }

    fn parameters(&self, member: &Member) -> Vec<Value> {
        vec![by_terms(
            member.name,
            &format!(
                "{} 含其下级；填现行代码时，也查到仍填其原代码的记录；填已废止的代码时，只查到填该代码的记录。Includes all below. A code of \
                 today also finds records that carry a code it took over from; a withdrawn one finds those that carry it.",
                member.about()
            ),
            "divisions",
        )]
    }

    fn diversity(&self, condition: &Condition) -> usize {
        match condition {
            // A province has half of everything.
            Condition::Classified(_, codes) if codes.iter().all(|code| code.ends_with("0000")) => 2,
            _ => usize::MAX,
        }
    }
}
