//! Indicators (指标): what the targets and observations of the cooperation are about.
//!
//! A definition is the duty of one agency (责任单位), which owns the record; what is wanted and found of it for both provinces is
//! confirmed by both, in targets and observations.

pub mod content;
mod rules;

pub use content::Indicator;

use serde_json::{Value, json};

use crate::kind::shapes::{Reference, References, Term, Terms};
use crate::kind::{Kind, Lifecycle, Member, Ownership};
use crate::kinds::shared::declare::{declare, filter, sortable};
use crate::kinds::shared::demo_org_id;
use crate::kinds::shared::members::{label, owned_by};

pub static KIND: Kind = Kind {
    about: label(
        "衡量川渝科技合作的指标：定义、单位、方向与汇总方式。",
        "Indicators of the cooperation: definition, unit, direction and how values are put together.",
    ),
    ownership: Ownership::Single(|content| owned_by(content, "/responsible_agency")),
    sets: &["/aliases", "/counterpart_kinds", "/reporting/*/scope/divisions", "/reporting/*/scope/zones"],
    kept_in_use: &["unit", "value_type"],
    lifecycle: Lifecycle {
        vocabulary: "indicator-lifecycles",
        steps: &[("in_use", "retired"), ("retired", "in_use")],
        ended: &["retired"],
        successor: None,
        predecessors: None,
    },
    searched: &["/definition"],
    members: MEMBERS,
    example,
    ..declare!(Indicator, "indicators")
};

const MEMBERS: &[Member] = &[
    sortable!("lifecycle", &Term("indicator-lifecycles"), ("生命周期", "Lifecycle")),
    filter!("responsible_agency", &Reference("organizations"), ("责任单位", "Agency responsible for it")),
    sortable!("unit", &Term("quantity-units"), ("单位", "Unit")),
    sortable!("value_type", &Term("indicator-value-types"), ("数值类型", "Type of value")),
    filter!("direction", &Term("indicator-directions"), ("方向", "Direction")),
    filter!("aggregation", &Term("indicator-aggregations"), ("汇总方式", "Aggregation")),
    filter!(
        "counterpart_kind",
        &Terms("record-kinds"),
        ("总览中并列的记录种类", "Kind of record beside it in the overview")
    )
    .at(&["/counterpart_kinds/*"]),
    filter!("reporting_agency", &References("organizations"), ("填报责任单位", "Agency that owes observations"))
        .at(&["/reporting/*/agency"]),
    filter!("frequency", &Term("indicator-frequencies"), ("频率", "Frequency")),
];

/// An indicator of the report of 2023-03-30; its definition is invented and marked as an example.
fn example() -> Value {
    json!({
        "name": {"zh": "高新技术企业总量", "en": "Number of high-tech enterprises"},
        "lifecycle": "in_use",
        "definition": "经认定且在有效期内的高新技术企业数量（示例口径）。",
        "responsible_agency": {"id": demo_org_id(53)},
        "unit": "enterprise",
        "value_type": "count",
        "direction": "higher",
        "aggregation": "sum",
        "frequency": "year",
        "remarks": "示例口径，非官方定义。Example definition, not an official one."
    })
}
