//! Observations (数值): which value of an indicator was found of a scope, when, and by whom.
//!
//! Several may say different things of the same: one of them may be preferred. Whose an observation is follows from its
//! scope, as with targets.

pub mod content;
mod rules;

pub use content::{Observation, Period};

use serde_json::{Value, json};

use crate::kind::findings::Findings;
use crate::kind::shapes::{Day, Divisions, Integer, Parties, Reference, Term, Terms};
use crate::kind::{self, Kind, Lifecycle, Member, Ownership, Unique};
use crate::kinds::example_id;
use crate::kinds::shared::declare::{declare, filter, sortable};
use crate::kinds::shared::members::label;
use crate::kinds::shared::{demo_org_id, figures};

pub static KIND: Kind = Kind {
    about: label(
        "指标的数值：某一范围在某一期间或截至某日的数值，及其来源和原文。",
        "Values of indicators: what was found of a scope in a period or as of a day, with its origin and exact words.",
    ),
    ownership: Ownership::ByContent("scope", figures::owner),
    leading: &["lead"],
    sets: &["/aliases", "/scope/divisions", "/scope/zones"],
    lifecycle: Lifecycle {
        vocabulary: "observation-lifecycles",
        steps: &[("recorded", "retracted"), ("retracted", "recorded")],
        ended: &["retracted"],
        successor: None,
        predecessors: None,
    },
    searched: &["/quantity/quote", "/origin/document"],
    members: MEMBERS,
    uniques: &[Unique { scheme: "observation", at: &["/slot", "/indicator/id"] }],
    example,
    review: Some(rules::units),
    check,
    ..declare!(Observation, "observations")
};

fn check(content: Value, findings: &mut Findings) -> Value {
    kind::check::<Observation>(rules::with_slot(content), findings)
}

const MEMBERS: &[Member] = &[
    sortable!("lifecycle", &Term("observation-lifecycles"), ("生命周期", "Lifecycle")),
    filter!("indicator", &Reference("indicators"), ("指标", "Indicator")),
    filter!("division", &Divisions, ("范围内的行政区划，含下级", "Division of the scope, with all below"))
        .at(&["/scope/divisions/*"]),
    filter!("zone", &Terms("zones"), ("范围内的功能区", "Functional zone of the scope")).at(&["/scope/zones/*"]),
    filter!("party", &Parties, ("责任单位", "Responsible agency")).at(&["/parties/*/org_id"]),
    filter!("year", &Integer, ("期间的年份", "Year of the period")).at(&["/period/year"]),
    filter!("as_of_on", &Day, ("截至日期", "As-of day")),
    filter!("cumulative_since", &Day, ("累计起点", "First day of a cumulative figure")),
    sortable!("comparator", &Term("quantity-comparators"), ("数量关系", "Comparator")).at(&["/quantity/comparator"]),
    sortable!("rank", &Term("observation-ranks"), ("采用程度", "Rank")),
    sortable!("quality", &Term("observation-qualities"), ("质量", "Quality")),
    filter!("published_on", &Day, ("发布日期", "Day of publication")).at(&["/origin/published_on"]),
];

/// The example is invented; figures that were published stand in the demo data.
fn example() -> Value {
    json!({
        "name": {"zh": "高新技术企业总量（示例数值）", "en": "Number of high-tech enterprises (example value)"},
        "lifecycle": "recorded",
        "indicator": {"id": example_id("indicators")},
        "scope": {"divisions": ["500000"]},
        "parties": [{"org_id": demo_org_id(53), "province": "500000", "role": "lead"}],
        "as_of_on": "2023-03-30",
        "quantity": {"value": "6300", "unit": "enterprise", "comparator": "gt", "precision": "100", "quote": "超过6300家（示例）"},
        "origin": {
            "producer": "示例单位", "document": "示例报道", "published_on": "2023-04-01", "accessed_on": "2026-09-01",
            "place": "第一段", "quote": "高新技术企业超过6300家（示例）"
        },
        "rank": "normal",
        "quality": "final",
        "remarks": "示例数据，非真实数值。Example data, not a real value."
    })
}
