//! R&D capabilities (研发能力): the second of the two lists, owned by the organization that offers them.

pub mod content;
mod rules;

pub use content::{Capability, Evidence};

use serde_json::{Value, json};

use crate::kind::shapes::{Day, Divisions, Reference, References, Term, Terms};
use crate::kind::{Kind, Lifecycle, Member, Ownership};
use crate::kinds::example_id;
use crate::kinds::shared::declare::{declare, filter, sortable};
use crate::kinds::shared::demo_org_id;
use crate::kinds::shared::members::{label, owned_by};

pub static KIND: Kind = Kind {
    about: label(
        "研发能力供给清单：两地单位可对外提供的研发能力。",
        "The list of R&D capabilities that units of both provinces offer to others.",
    ),
    ownership: Ownership::Single(|content| owned_by(content, "/organization")),
    unsigned: &["contact", "remarks"],
    private: &["contact"],
    sets: &[
        "/aliases",
        "/disciplines",
        "/fields",
        "/evidence/achievements",
        "/evidence/projects",
        "/evidence/labs",
        "/evidence/instruments",
        "/cooperation_modes",
        "/divisions_served",
    ],
    lifecycle: Lifecycle {
        vocabulary: "capability-lifecycles",
        steps: &[
            ("available", "paused"),
            ("available", "expired"),
            ("available", "closed"),
            ("paused", "available"),
            ("paused", "closed"),
            ("expired", "available"),
            ("expired", "closed"),
        ],
        ended: &["closed"],
        successor: None,
        predecessors: None,
    },
    searched: &["/description"],
    members: MEMBERS,
    example,
    ..declare!(Capability, "capabilities")
};

const MEMBERS: &[Member] = &[
    sortable!("lifecycle", &Term("capability-lifecycles"), ("生命周期", "Lifecycle")),
    filter!("organization", &Reference("organizations"), ("供给单位", "Organization")),
    filter!(
        "team_leader_organization",
        &Reference("organizations"),
        ("团队负责人所在单位", "Organization of the team's leader")
    )
    .at(&["/team_leader/organization"]),
    filter!("discipline", &Terms("disciplines"), ("学科", "Discipline")).at(&["/disciplines/*"]),
    filter!("field", &Terms("research-fields"), ("重点领域", "Key field")).at(&["/fields/*"]),
    filter!("industry", &Term("industries"), ("行业大类", "Industry division")),
    sortable!("maturity", &Term("maturities"), ("成熟度", "Maturity")),
    filter!("cooperation_mode", &Terms("cooperation-modes"), ("合作方式", "Mode of cooperation"))
        .at(&["/cooperation_modes/*"]),
    filter!("division", &Divisions, ("服务地区，含下级", "Division that it serves, with all below"))
        .at(&["/divisions_served/*"]),
    sortable!("valid_until", &Day, ("有效期", "Last day")),
    filter!("achievement", &References("achievements"), ("支撑成果", "Achievement that supports it"))
        .at(&["/evidence/achievements/*"]),
    filter!("project", &References("projects"), ("支撑项目", "Project that supports it")).at(&["/evidence/projects/*"]),
    filter!("lab", &References("joint-labs"), ("支撑实验室", "Lab that supports it")).at(&["/evidence/labs/*"]),
    filter!("instrument", &References("instruments"), ("支撑仪器", "Instrument that supports it"))
        .at(&["/evidence/instruments/*"]),
];

/// An invented capability of a real organization, marked as an example; no person is named.
fn example() -> Value {
    json!({
        "name": {"zh": "智能网联汽车测试评价能力（示例）", "en": "Testing and evaluation of connected vehicles (example)"},
        "lifecycle": "available",
        "organization": {"id": demo_org_id(1)},
        "description": "封闭场地与道路场景下的感知、决策与通信性能测试评价（示例）。",
        "disciplines": ["520", "580"],
        "fields": ["F1", "F2"],
        "industry": "36",
        "maturity": "trl7",
        "evidence": {
            "achievements": [{"id": example_id("achievements")}],
            "projects": [{"id": example_id("projects")}],
            "labs": [{"id": example_id("joint-labs")}],
            "instruments": [{"id": example_id("instruments")}]
        },
        "cooperation_modes": ["commissioned", "consulting"],
        "price_note": "按项目面议（示例）",
        "divisions_served": ["500000", "510000"],
        "valid_until": "2035-12-31",
        "contact": {"name": "科研院（示例）", "phone": "023-65100000", "email": "office@example.org"},
        "remarks": "示例数据，非真实供给。Example data, not a real offer."
    })
}
