//! Organizations (单位): who takes part, hosts, leads, approves. The record belongs to the organization itself.

pub mod content;
mod rules;

pub use content::{FormerName, Organization};

use serde_json::{Value, json};

use crate::kind::search::NAMES;
use crate::kind::shapes::{Code, Day, Divisions, Flag, Reference, Term, Terms, Text};
use crate::kind::{Kind, Lifecycle, Member, Owner, Ownership, Unique};
use crate::kinds::shared::declare::{declare, filter, sortable};
use crate::kinds::shared::members::label;
use crate::reference::division;

pub static KIND: Kind = Kind {
    about: label(
        "参与川渝科技合作的高校、科研院所、企业、医院、部门和实验室。",
        "Universities, institutes, enterprises, hospitals, agencies and laboratories that take part in the cooperation.",
    ),
    ownership: Ownership::Single(|content| {
        Owner::Itself(content["division_registered"].as_str().and_then(division::province_of))
    }),
    unsigned: &["contact", "remarks"],
    private: &["contact"],
    sets: &["/aliases", "/zones", "/disciplines"],
    parent: Some("parent"),
    // Back to `active` only as a correction; `withdrawn`: registered in error (`docs/domain.md` §c).
    lifecycle: Lifecycle {
        vocabulary: "organization-lifecycles",
        steps: &[
            ("active", "merged"),
            ("active", "ended"),
            ("active", "withdrawn"),
            ("merged", "active"),
            ("merged", "withdrawn"),
            ("ended", "active"),
            ("ended", "withdrawn"),
        ],
        ended: &["merged", "ended", "withdrawn"],
        successor: Some("successor"),
        predecessors: None,
    },
    namesakes: &NAMES,
    searched: &["/uscc", "/ror_id", "/nrii_unit_code"],
    members: MEMBERS,
    uniques: &[
        Unique { scheme: "uscc", at: &["/uscc"] },
        Unique { scheme: "ror", at: &["/ror_id"] },
        Unique { scheme: "nrii", at: &["/nrii_unit_code"] },
    ],
    example,
    ..declare!(Organization, "organizations")
};

const MEMBERS: &[Member] = &[
    sortable!("lifecycle", &Term("organization-lifecycles"), ("生命周期", "Lifecycle")),
    sortable!("type", &Term("organization-types"), ("单位类型", "Type of organization")),
    filter!("legal_person", &Flag, ("是否独立法人", "Whether it is a legal person")),
    filter!("uscc", &Code(Some("uscc")), ("统一社会信用代码", "Unified social credit code")),
    filter!("ror_id", &Code(Some("ror")), ("ROR 标识（完整网址）", "ROR id in its URL form")),
    filter!("nrii_unit_code", &Text, ("国家平台单位标识", "Unit code of the national platform")),
    filter!("parent", &Reference("organizations"), ("依托或上级单位", "Host or parent organization")),
    filter!("successor", &Reference("organizations"), ("承继单位", "Successor")),
    filter!("division", &Divisions, ("注册地或所在地，含下级", "Registered or actual seat, with all below"))
        .at(&["/division_registered", "/division_located"]),
    filter!("zone", &Terms("zones"), ("功能区", "Functional zone")).at(&["/zones/*"]),
    filter!("industry", &Term("industries"), ("行业大类", "Industry division")),
    filter!("discipline", &Terms("disciplines"), ("学科", "Discipline")).at(&["/disciplines/*"]),
    filter!("established_on", &Day, ("成立日期", "Day of establishment")),
    filter!("ended_on", &Day, ("终止日期", "Day it ended")),
];

/// An invented institute: a real organization's identifiers would be taken by its own record.
fn example() -> Value {
    json!({
        "name": {"zh": "示例新材料研究院", "en": "Example Institute of New Materials"},
        "aliases": [{"lang": "zh", "value": "示例材料院"}, {"lang": "en", "value": "EINM"}],
        "lifecycle": "active",
        "type": "research_institute",
        "legal_person": true,
        "division_registered": "500106",
        "zones": ["Z-CQ-UT"],
        "industry": "73",
        "disciplines": ["430", "460"],
        "established_on": "2015-06-01",
        "contact": {"name": "科研处", "phone": "023-65100000", "email": "office@example.org"},
        "remarks": "示例数据，非真实单位。Example data, not a real organization."
    })
}
