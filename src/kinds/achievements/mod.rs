//! Achievements (科技成果) and their transformation.
//!
//! An achievement is no joint record (`docs/domain.md` §f lists those): its completing units are ranked, and the first
//! of them (第一完成单位) registers it. So that unit owns the record, and its province confirms it.

pub mod content;
mod rules;

pub use content::{Achievement, AchievementEvaluation, IpRight, SecurityLevel, Transformation};

use serde_json::{Value, json};

use crate::kind::shapes::{Code, Month, Reference, References, Term, Terms, Texts};
use crate::kind::{Kind, Lifecycle, Member, Ownership, Unique};
use crate::kinds::example_id;
use crate::kinds::shared::declare::{declare, filter, sortable};
use crate::kinds::shared::demo_org_id;
use crate::kinds::shared::members::{label, owned_by};

pub static KIND: Kind = Kind {
    about: label(
        "两地单位完成的科技成果及其转化；只登记公开成果。",
        "Scientific and technological achievements of units of both provinces, and their transformation; public ones only.",
    ),
    ownership: Ownership::Single(|content| owned_by(content, "/completing_units/0")),
    sets: &["/aliases", "/keywords"],
    // A second contract does not move the state back (`docs/domain.md` §c).
    lifecycle: Lifecycle {
        vocabulary: "achievement-lifecycles",
        steps: &[
            ("registered", "offered"),
            ("registered", "withdrawn"),
            ("offered", "contracted"),
            ("offered", "registered"),
            ("offered", "withdrawn"),
            ("contracted", "transformed"),
            ("contracted", "offered"),
        ],
        ended: &["withdrawn"],
        successor: None,
        predecessors: None,
    },
    searched: &[
        "/registration_no",
        "/keywords/*",
        "/ip_rights/*/number",
        "/evaluation/conclusion",
        "/source_project_text",
    ],
    members: MEMBERS,
    uniques: &[
        Unique { scheme: "registration_no", at: &["/registration_no"] },
        // The same contract number is counted once for both provinces (`docs/domain.md` §d14).
        Unique { scheme: "contract_no", at: &["/transformations/*/contract_no"] },
    ],
    vary: "/transformations/0/contract_no",
    example,
    ..declare!(Achievement, "achievements")
};

const MEMBERS: &[Member] = &[
    sortable!("lifecycle", &Term("achievement-lifecycles"), ("生命周期", "Lifecycle")),
    sortable!("achievement_type", &Term("achievement-types"), ("成果类型", "Type of achievement")),
    filter!("origin", &Term("achievement-origins"), ("成果属性", "Origin")),
    sortable!("stage", &Term("achievement-stages"), ("成果阶段", "Stage")),
    filter!("registration_no", &Code(None), ("成果登记号", "Registration number")),
    filter!("keyword", &Texts, ("关键词", "Keyword")).at(&["/keywords/*"]),
    filter!("completing_unit", &References("organizations"), ("完成单位", "Completing unit"))
        .at(&["/completing_units/*"]),
    filter!("completer_organization", &References("organizations"), ("完成人所在单位", "Organization of a completer"))
        .at(&["/completers/*/organization"]),
    filter!("start_month", &Month, ("研究起始月份", "Month the research began")),
    filter!("end_month", &Month, ("研究终止月份", "Month the research ended")),
    filter!("ip_kind", &Terms("ip-right-kinds"), ("知识产权类别", "Kind of right")).at(&["/ip_rights/*/kind"]),
    filter!("ip_status", &Terms("ip-right-statuses"), ("知识产权状态", "Status of a right"))
        .at(&["/ip_rights/*/status"]),
    filter!("ip_number", &Texts, ("知识产权编号", "Number of a right")).at(&["/ip_rights/*/number"]),
    filter!("source_project", &Reference("projects"), ("来源项目", "Project it comes from")),
    filter!("transfer_mode", &Terms("transfer-modes"), ("转化方式", "Mode of transformation"))
        .at(&["/transformations/*/mode"]),
    filter!("contract_no", &Texts, ("合同编号", "Contract number")).at(&["/transformations/*/contract_no"]),
    filter!("transferor", &References("organizations"), ("转出单位", "Transferor"))
        .at(&["/transformations/*/transferor"]),
    filter!("transferee", &References("organizations"), ("受让单位", "Transferee"))
        .at(&["/transformations/*/transferee"]),
];

/// An invented achievement of real organizations, marked as an example. It has no registration number, because an
/// invented one might exist, and no completers, because these are persons.
fn example() -> Value {
    json!({
        "name": {"zh": "智能网联汽车跨域测试方法（示例）", "en": "Method of cross-region testing of connected vehicles (example)"},
        "lifecycle": "contracted",
        "achievement_type": "applied",
        "origin": "original",
        "stage": "middle",
        "completing_units": [{"id": demo_org_id(1)}, {"id": demo_org_id(65)}],
        "start_month": "2022-07",
        "end_month": "2024-06",
        "keywords": ["智能网联汽车", "跨域测试"],
        "evaluation": {"mode": "会议评价（示例）", "conclusion": "国内先进（示例）"},
        "ip_rights": [{"kind": "invention_patent", "number": "示例-ZL-0001", "status": "granted"}],
        "security_level": "public",
        "source_project": {"id": example_id("projects")},
        "transformations": [{
            "mode": "licence",
            "transferor": {"id": demo_org_id(1)},
            "transferee": {"id": demo_org_id(45)},
            "contract_no": "示例合同-2024-0001",
            "signed_on": "2024-09-20",
            "amount": {"amount": "1200000.00", "currency": "CNY"},
            "received": {"amount": "400000.00", "currency": "CNY"}
        }],
        "remarks": "示例数据，非真实成果。Example data, not a real achievement."
    })
}
