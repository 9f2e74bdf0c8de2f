//! Technology demands (技术需求): the first of the two lists, owned by the organization that has the demand.
//!
//! An organization may ask not to be named (`name_disclosure`): the public view then shows nothing of it.

pub mod content;
mod rules;

pub use content::{Demand, TechnicalTarget};

use serde_json::{Value, json};

use crate::kind::shapes::{Day, Divisions, Flag, Money, Reference, Term, Terms};
use crate::kind::{Anonymity, Kind, Lifecycle, Member, Ownership};
use crate::kinds::shared::declare::{declare, filter, sortable};
use crate::kinds::shared::demo_org_id;
use crate::kinds::shared::members::{label, owned_by};

pub static KIND: Kind = Kind {
    about: label(
        "产业技术需求清单：企业等单位寻求合作解决的技术难题。",
        "The list of industrial technology demands: problems that enterprises and others want to solve in cooperation.",
    ),
    ownership: Ownership::Single(|content| owned_by(content, "/organization")),
    unsigned: &["contact", "remarks"],
    private: &["contact"],
    sets: &["/aliases", "/fields", "/cooperation_modes"],
    anonymity: Some(Anonymity { member: "name_disclosure", code: "hide", hides: &["organization"] }),
    // `expired` goes back to `open` with a new deadline.
    lifecycle: Lifecycle {
        vocabulary: "demand-lifecycles",
        steps: &[
            ("open", "matching"),
            ("open", "expired"),
            ("open", "closed"),
            ("matching", "open"),
            ("matching", "matched"),
            ("matching", "closed"),
            ("matched", "solved"),
            ("matched", "open"),
            ("expired", "open"),
        ],
        // A solved demand is what the project that solved it refers to.
        ended: &["closed"],
        successor: None,
        predecessors: None,
    },
    searched: &["/problem_text", "/technical_targets/*/indicator"],
    members: MEMBERS,
    example,
    ..declare!(Demand, "demands")
};

const MEMBERS: &[Member] = &[
    sortable!("lifecycle", &Term("demand-lifecycles"), ("生命周期", "Lifecycle")),
    filter!("organization", &Reference("organizations"), ("需求单位", "Organization")),
    filter!(
        "name_disclosure",
        &Term("name-disclosures"),
        ("是否公开单位", "Whether the organization is named in public")
    ),
    sortable!("demand_type", &Term("demand-types"), ("需求类型", "Type of demand")),
    sortable!("industry", &Term("industries"), ("行业大类", "Industry division")),
    filter!("field", &Terms("research-fields"), ("重点领域", "Key field")).at(&["/fields/*"]),
    filter!("division", &Divisions, ("所在地区，含下级", "Division, with all below")),
    filter!("cooperation_mode", &Terms("cooperation-modes"), ("合作方式", "Mode of cooperation"))
        .at(&["/cooperation_modes/*"]),
    sortable!("deadline_on", &Day, ("截止日期", "Last day")),
    filter!("intended_investment", &Money, ("拟投入", "Intended investment")),
    filter!("bottleneck", &Flag, ("是否“卡脖子”难题", "Whether it is a bottleneck")),
];

/// An invented demand of a real organization, marked as an example.
fn example() -> Value {
    json!({
        "name": {"zh": "电驱系统高温轴承技术（示例）", "en": "High-temperature bearings for electric drives (example)"},
        "lifecycle": "open",
        "organization": {"id": demo_org_id(45)},
        "name_disclosure": "show",
        "demand_type": "key_technology",
        "problem_text": "高温工况下电驱系统轴承寿命不足，需要新的材料与润滑方案（示例）。",
        "technical_targets": [
            {"indicator": "轴承寿命", "unit": "h", "value": "20000", "benchmark": "国际先进（示例）"},
            {"indicator": "最高工作温度", "unit": "℃", "value": "180"}
        ],
        "industry": "36",
        "fields": ["F2"],
        "division": "500000",
        "intended_investment": {"amount": "3000000.00", "currency": "CNY"},
        "cooperation_modes": ["joint_rd", "challenge"],
        "deadline_on": "2035-12-31",
        "bottleneck": false,
        "ip_terms": "成果归双方共有（示例）",
        "contact": {"name": "技术中心（示例）", "phone": "023-65100000", "email": "office@example.org"},
        "remarks": "示例数据，非真实需求。Example data, not a real demand."
    })
}
