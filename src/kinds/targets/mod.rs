//! Targets (目标): which value of an indicator is wanted of a scope in a year.
//!
//! Whose a target is follows from its scope: one with a part of both provinces is a joint record, any other belongs to the
//! first responsible agency of its side.

pub mod content;
mod rules;

pub use content::{Baseline, Target};

use serde_json::{Value, json};

use crate::kind::findings::Findings;
use crate::kind::shapes::{Divisions, Integer, Parties, Reference, Term, Terms};
use crate::kind::{self, Kind, Lifecycle, Member, Ownership, Unique};
use crate::kinds::example_id;
use crate::kinds::shared::declare::{declare, filter, sortable};
use crate::kinds::shared::members::label;
use crate::kinds::shared::{demo_org_id, figures};

pub static KIND: Kind = Kind {
    about: label(
        "川渝科技合作的目标：某一范围在某年应达到的指标数值，及其出处。",
        "Targets of the cooperation: which value of an indicator is wanted of a scope in a year, and where that is written.",
    ),
    ownership: Ownership::ByContent("scope", figures::owner),
    leading: &["lead"],
    sets: &["/aliases", "/scope/divisions", "/scope/zones"],
    lifecycle: Lifecycle {
        vocabulary: "target-lifecycles",
        steps: &[("proposed", "set"), ("proposed", "dropped"), ("set", "replaced"), ("set", "dropped")],
        ended: &["replaced", "dropped"],
        successor: None,
        predecessors: None,
    },
    searched: &["/quantity/quote", "/origin/document"],
    members: MEMBERS,
    uniques: &[Unique { scheme: "target", at: &["/slot", "/indicator/id"] }],
    example,
    review: Some(rules::units),
    check,
    ..declare!(Target, "targets")
};

fn check(content: Value, findings: &mut Findings) -> Value {
    kind::check::<Target>(rules::with_slot(content), findings)
}

const MEMBERS: &[Member] = &[
    sortable!("lifecycle", &Term("target-lifecycles"), ("生命周期", "Lifecycle")),
    filter!("indicator", &Reference("indicators"), ("指标", "Indicator")),
    filter!("division", &Divisions, ("范围内的行政区划，含下级", "Division of the scope, with all below"))
        .at(&["/scope/divisions/*"]),
    filter!("zone", &Terms("zones"), ("范围内的功能区", "Functional zone of the scope")).at(&["/scope/zones/*"]),
    filter!("party", &Parties, ("责任单位", "Responsible agency")).at(&["/parties/*/org_id"]),
    sortable!("target_year", &Integer, ("目标年", "Target year")),
    filter!("period_from", &Integer, ("目标期首年", "First year of the period")),
    sortable!("comparator", &Term("quantity-comparators"), ("数量关系", "Comparator")).at(&["/quantity/comparator"]),
    filter!("commitment", &Term("quantity-commitments"), ("承诺程度", "Commitment")).at(&["/quantity/commitment"]),
    filter!("path", &Term("target-paths"), ("路径", "Path")),
    filter!("policy", &Reference("policies"), ("政策文件", "Policy that set it")),
];

/// The example is invented; figures that were published stand in the demo data.
fn example() -> Value {
    json!({
        "name": {"zh": "2030年高新技术企业总量目标（示例）", "en": "High-tech enterprises in 2030 (example)"},
        "lifecycle": "proposed",
        "indicator": {"id": example_id("indicators")},
        "scope": {"divisions": ["500000"]},
        "parties": [{"org_id": demo_org_id(53), "province": "500000", "role": "lead"}],
        "target_year": 2030,
        "quantity": {
            "value": "12000", "unit": "enterprise", "comparator": "ge", "precision": "1000", "commitment": "aspired",
            "quote": "力争达到1.2万家以上（示例）"
        },
        "baseline": {"year": 2022, "quantity": {"value": "6000", "unit": "enterprise", "comparator": "eq"}},
        "path": "linear",
        "origin": {
            "producer": "示例单位", "document": "示例规划", "published_on": "2023-01-01",
            "published_on_precision": "year", "place": "第一章", "quote": "力争达到1.2万家以上（示例）"
        },
        "remarks": "示例数据，非真实目标。Example data, not a real target."
    })
}
