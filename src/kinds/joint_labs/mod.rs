//! Joint labs (共建实验室) and other joint platforms: one lead unit in each province, approved together.

pub mod content;
mod rules;

pub use content::{BaseLab, JointLab};

use serde_json::{Value, json};

use crate::kind::shapes::{Day, Divisions, Integer, Money, Parties, Reference, References, Term, Terms, Text};
use crate::kind::{Kind, Lifecycle, Member};
use crate::kinds::shared::declare::{declare, filter, sortable};
use crate::kinds::shared::members::label;
use crate::kinds::shared::{demo_org_id, parties};

pub static KIND: Kind = Kind {
    about: label(
        "川渝共建重点实验室及其他共建创新平台。",
        "Laboratories and other innovation platforms that both provinces build together.",
    ),
    leading: &["lead"],
    unsigned: &["funding", "remarks"],
    sets: &[
        "/aliases",
        "/directions",
        "/fields",
        "/disciplines",
        "/research_topics",
        "/approving_agencies",
        "/divisions",
    ],
    lifecycle: Lifecycle {
        vocabulary: "joint-lab-lifecycles",
        steps: &[
            ("planned", "under_construction"),
            ("planned", "cancelled"),
            ("under_construction", "operating"),
            ("under_construction", "closed"),
            ("operating", "rectifying"),
            ("operating", "reorganised"),
            ("operating", "closed"),
            ("rectifying", "operating"),
            ("rectifying", "closed"),
        ],
        ended: &["reorganised", "closed", "cancelled"],
        successor: Some("successor"),
        predecessors: None,
    },
    namesakes: &["/name/zh"],
    searched: &["/research_topics/*", "/base_labs/*/name/zh", "/base_labs/*/name/en", "/approval_no"],
    members: MEMBERS,
    vary: "/approval_no",
    example,
    review: Some(parties::leads_are_legal_persons),
    ..declare!(JointLab, "joint-labs")
};

const MEMBERS: &[Member] = &[
    sortable!("lifecycle", &Term("joint-lab-lifecycles"), ("生命周期", "Lifecycle")),
    sortable!("platform_type", &Term("platform-types"), ("平台类型", "Type of platform")),
    filter!("direction", &Terms("research-directions"), ("主攻方向", "Main direction")).at(&["/directions/*"]),
    filter!("field", &Terms("research-fields"), ("重点领域", "Key field")).at(&["/fields/*"]),
    filter!("discipline", &Terms("disciplines"), ("学科", "Discipline")).at(&["/disciplines/*"]),
    filter!("division", &Divisions, ("实验室地址，含下级", "Division of its premises, with all below"))
        .at(&["/divisions/*"]),
    filter!("party", &Parties, ("参与单位", "Organization that takes part")).at(&["/parties/*/org_id"]),
    filter!("base_lab", &References("organizations"), ("所依托的实验室或其单位", "Laboratory or host it is built on"))
        .at(&["/base_labs/*/organization"]),
    filter!("director_organization", &References("organizations"), ("主任所在单位", "Organization of a director"))
        .at(&["/director_cq/organization", "/director_sc/organization"]),
    filter!("approval_no", &Text, ("批准文号", "Number of the approval")),
    filter!("approving_agency", &References("organizations"), ("批准部门", "Agency that approved it"))
        .at(&["/approving_agencies/*"]),
    filter!("agreement_signed_on", &Day, ("协议签署日期", "Day the agreement was signed")),
    filter!("approved_on", &Day, ("批准日期", "Day of the approval")),
    filter!("build_start_on", &Day, ("建设开始日期", "First day of building")),
    filter!("build_end_planned_on", &Day, ("建设期满日期（计划）", "Planned last day of building")),
    filter!("operating_since", &Day, ("投入运行日期", "In operation since")),
    filter!("fixed_staff", &Integer, ("固定人员", "Permanent staff")),
    filter!("instrument_value", &Money, ("仪器设备总值", "Total value of instruments")),
    filter!("successor", &Reference("joint-labs"), ("承继实验室", "Lab that took over")),
];

/// An invented lab of real organizations, marked as an example; the agencies are those of both provinces.
fn example() -> Value {
    json!({
        "name": {"zh": "川渝智能制造共建重点实验室（示例）", "en": "Sichuan-Chongqing Joint Key Laboratory of Intelligent Manufacturing (example)"},
        "lifecycle": "operating",
        "platform_type": "joint_key_lab",
        "directions": ["D1"],
        "fields": ["F2"],
        "disciplines": ["460", "520"],
        "research_topics": ["高性能机电传动", "轨道交通装备智能运维"],
        "parties": [
            {"org_id": demo_org_id(1), "province": "500000", "role": "lead", "rank": 1, "joined_on": "2023-03-01"},
            {"org_id": demo_org_id(66), "province": "510000", "role": "lead", "rank": 2, "joined_on": "2023-03-01"},
            {"org_id": demo_org_id(7), "province": "500000", "role": "co_building", "rank": 3, "joined_on": "2023-03-01"},
            {"org_id": demo_org_id(64), "province": "510000", "role": "co_building", "rank": 4, "joined_on": "2023-03-01"}
        ],
        "base_labs": [
            {"name": {"zh": "机械传动国家重点实验室", "en": "State Key Laboratory of Mechanical Transmission"},
             "organization": {"id": demo_org_id(57)}}
        ],
        "agreement_signed_on": "2023-03-01",
        "agreement_ref": "川渝共建协议〔2023〕示例1号",
        "approval_no": "示例发〔2023〕1号",
        "approving_agencies": [{"id": demo_org_id(53)}, {"id": demo_org_id(119)}],
        "approved_on": "2023-06-30",
        "build_start_on": "2023-07-01",
        "build_end_planned_on": "2026-06-30",
        "operating_since": "2025-09-01",
        "fixed_staff": 120,
        "area_m2": "5600.00",
        "instrument_value": {"amount": "58000000.00", "currency": "CNY"},
        "funding": [
            {"year": 2023, "source": "2", "province": "500000", "amount": {"amount": "2000000.00", "currency": "CNY"}},
            {"year": 2023, "source": "2", "province": "510000", "amount": {"amount": "2000000.00", "currency": "CNY"}}
        ],
        "divisions": ["500106", "510106"],
        "remarks": "示例数据，非真实记录。Example data, not a real record."
    })
}
