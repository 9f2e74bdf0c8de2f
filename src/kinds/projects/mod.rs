//! Joint R&D projects (联合研发项目): units of both provinces, budgets of both sides.

pub mod content;
mod rules;

pub use content::{Acceptance, AcceptanceResult, Deliverable, Extension, Linked, Project};

use serde_json::{Value, json};

use crate::kind::shapes::{Day, Money, Parties, Reference, References, Term, Terms, Text};
use crate::kind::{Kind, Lifecycle, Member, Unique};
use crate::kinds::shared::declare::{declare, filter, sortable};
use crate::kinds::shared::members::label;
use crate::kinds::shared::{demo_org_id, parties};

pub static KIND: Kind = Kind {
    about: label("川渝两地单位共同承担的研发项目。", "R&D projects that units of both provinces carry out together."),
    leading: &["lead", "participant"],
    sets: &["/aliases", "/fields", "/disciplines", "/linked/labs", "/linked/instruments", "/linked/achievements"],
    lifecycle: Lifecycle {
        vocabulary: "project-lifecycles",
        steps: &[
            ("proposed", "approved"),
            ("proposed", "rejected"),
            ("approved", "in_progress"),
            ("approved", "revoked"),
            ("in_progress", "suspended"),
            ("in_progress", "in_acceptance"),
            ("in_progress", "terminated"),
            ("in_progress", "revoked"),
            ("suspended", "in_progress"),
            ("suspended", "terminated"),
            ("in_acceptance", "completed"),
            ("in_acceptance", "in_progress"),
            ("in_acceptance", "terminated"),
        ],
        // A completed project is what achievements refer to; only what never ran may not be referred to.
        ended: &["rejected", "revoked"],
        successor: None,
        predecessors: None,
    },
    namesakes: &["/name/zh", "/project_no"],
    searched: &["/project_no", "/objectives", "/deliverables/*/indicator"],
    members: MEMBERS,
    uniques: &[Unique { scheme: "project_no", at: &["/project_no", "/plan"] }],
    vary: "/project_no",
    example,
    review: Some(parties::units_are_legal_persons),
    ..declare!(Project, "projects")
};

const MEMBERS: &[Member] = &[
    sortable!("lifecycle", &Term("project-lifecycles"), ("生命周期", "Lifecycle")),
    sortable!("plan", &Term("project-plans"), ("计划类别", "Plan")),
    filter!("project_no", &Text, ("项目编号", "Project number")),
    filter!("field", &Terms("research-fields"), ("重点领域", "Key field")).at(&["/fields/*"]),
    filter!("discipline", &Terms("disciplines"), ("学科", "Discipline")).at(&["/disciplines/*"]),
    filter!("industry", &Term("industries"), ("行业大类", "Industry division")),
    filter!("activity_type", &Term("activity-types"), ("研发活动类型", "Type of R&D activity")),
    filter!("party", &Parties, ("参与单位", "Organization that takes part")).at(&["/parties/*/org_id"]),
    filter!("principal_organization", &Reference("organizations"), ("负责人所在单位", "Organization of the principal"))
        .at(&["/principal/organization"]),
    sortable!("start_on", &Day, ("开始日期", "First day")),
    sortable!("end_planned_on", &Day, ("计划结束日期", "Planned last day")),
    // Derived: the last day as agreed now is no member of the content, which lists the extensions.
    sortable!(
        "end_current_on",
        &Day,
        (
            "现行计划结束日期，即最后一次延期后的，无延期时为原计划",
            "Last day as agreed now: that of the last extension, or else the planned one",
        )
    )
    .at(&["/extensions/*/end_on", "/end_planned_on"]),
    filter!("end_actual_on", &Day, ("实际结束日期", "Actual last day")),
    filter!("accepted_on", &Day, ("验收日期", "Day of the acceptance")).at(&["/acceptance/accepted_on"]),
    sortable!("budget_total", &Money, ("总经费", "Total budget")),
    filter!("budget_cq", &Money, ("重庆财政经费", "Public funds of Chongqing")),
    filter!("budget_sc", &Money, ("四川财政经费", "Public funds of Sichuan")),
    filter!("budget_own", &Money, ("自筹经费", "Own funds")),
    filter!("lab", &References("joint-labs"), ("关联实验室", "Related joint lab")).at(&["/linked/labs/*"]),
    filter!("instrument", &References("instruments"), ("关联仪器", "Related instrument"))
        .at(&["/linked/instruments/*"]),
    filter!("achievement", &References("achievements"), ("关联成果", "Related achievement"))
        .at(&["/linked/achievements/*"]),
    filter!("demand", &References("demands"), ("来源技术需求", "Technology demand it answers")).at(&["/linked/demand"]),
];

/// An invented project of real organizations, marked as an example; no person is named.
fn example() -> Value {
    json!({
        "name": {"zh": "智能网联汽车跨域测试关键技术研究（示例）", "en": "Key technologies for cross-region testing of connected vehicles (example)"},
        "lifecycle": "in_progress",
        "plan": "joint_key_rd",
        "project_no": "示例-2022-0001",
        "parties": [
            {"org_id": demo_org_id(1), "province": "500000", "role": "lead", "joined_on": "2022-07-01",
             "share": {"amount": "1600000.00", "currency": "CNY"}},
            {"org_id": demo_org_id(65), "province": "510000", "role": "participant", "joined_on": "2022-07-01",
             "share": {"amount": "1400000.00", "currency": "CNY"}}
        ],
        "principal": {"name": {"zh": "项目负责人（示例）", "en": "Principal (example)"}, "organization": {"id": demo_org_id(1)}},
        "fields": ["F1", "F2"],
        "disciplines": ["520", "580"],
        "industry": "36",
        "activity_type": "applied",
        "start_on": "2022-07-01",
        "end_planned_on": "2025-06-30",
        "budget_total": {"amount": "3000000.00", "currency": "CNY"},
        "budget_cq": {"amount": "1000000.00", "currency": "CNY"},
        "budget_sc": {"amount": "1000000.00", "currency": "CNY"},
        "budget_own": {"amount": "1000000.00", "currency": "CNY"},
        "objectives": "形成川渝协同的智能网联汽车测试方法和平台（示例）。",
        "deliverables": [{"indicator": "发明专利申请", "unit": "项", "value": "5"}],
        "agreement_ref": "合作协议（示例）",
        "task_book_no": "任务书〔2022〕示例1号",
        "extensions": [{"decided_on": "2025-05-20", "end_on": "2026-12-31", "reason": "道路测试推迟（示例）"}],
        "remarks": "示例数据，非真实项目。Example data, not a real project."
    })
}
