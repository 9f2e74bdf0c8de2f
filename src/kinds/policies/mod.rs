//! Policies (政策): documents of both provinces together, or of one side that concern the cooperation.
//!
//! A joint document is a joint record: its issuers are the parties, of both provinces, and both confirm it. A document
//! of one side belongs to the first of its issuers from that side, and that side confirms it. `policy_kind` says which
//! of the two it is; a draft may change it, a record that was official once may not (`docs/domain.md` §b7, §d15).

pub mod content;
mod rules;

pub use content::{AppliesTo, Policy};

use serde_json::{Value, json};

use crate::kind::shapes::{Day, Divisions, Parties, Reference, References, Term, Terms, Text, Texts};
use crate::kind::{Kind, Lifecycle, Member, Ownership, Unique};
use crate::kinds::shared::declare::{declare, filter, sortable};
use crate::kinds::shared::demo_org_id;
use crate::kinds::shared::members::label;

pub static KIND: Kind = Kind {
    about: label(
        "川渝联合印发的政策，以及一方印发、与合作有关的政策。",
        "Policy documents that both provinces issued together, and those of one side that concern the cooperation.",
    ),
    ownership: Ownership::ByContent("policy_kind", rules::owner),
    leading: &["issuer"],
    sets: &["/aliases", "/topics", "/applies_to/divisions", "/applies_to/zones", "/replaces"],
    lifecycle: Lifecycle {
        vocabulary: "policy-lifecycles",
        steps: &[
            ("drafting", "consulting"),
            ("drafting", "issued"),
            ("drafting", "abandoned"),
            ("consulting", "drafting"),
            ("consulting", "issued"),
            ("consulting", "abandoned"),
            ("issued", "in_force"),
            ("issued", "repealed"),
            ("in_force", "expired"),
            ("in_force", "repealed"),
        ],
        // A document that replaces an expired or repealed one is recorded after the end of that one.
        ended: &["abandoned"],
        successor: Some("replaced_by"),
        predecessors: Some("replaces"),
    },
    namesakes: &["/document_no"],
    searched: &["/document_no", "/index_no", "/topics/*"],
    members: MEMBERS,
    uniques: &[Unique { scheme: "document_no", at: &["/document_no", "/parties/*/org_id"] }],
    vary: "/document_no",
    example,
    ..declare!(Policy, "policies")
};

const MEMBERS: &[Member] = &[
    sortable!("lifecycle", &Term("policy-lifecycles"), ("生命周期", "Lifecycle")),
    sortable!("policy_kind", &Term("policy-kinds"), ("类别", "Kind of policy")),
    filter!("document_no", &Text, ("发文字号", "Document number")),
    filter!("index_no", &Text, ("索引号", "Index number")),
    filter!("party", &Parties, ("发文机关", "Issuer")).at(&["/parties/*/org_id"]),
    filter!("recognition", &Term("policy-recognitions"), ("互认", "Recognition")),
    filter!("topic", &Texts, ("主题", "Topic")).at(&["/topics/*"]),
    filter!("division", &Divisions, ("适用的行政区划，含下级", "Division it applies to, with all below"))
        .at(&["/applies_to/divisions/*"]),
    filter!("zone", &Terms("zones"), ("适用的功能区", "Functional zone it applies to")).at(&["/applies_to/zones/*"]),
    filter!("drafted_on", &Day, ("起草日期", "Day it was drafted")),
    filter!("consultation_from", &Day, ("征求意见开始日期", "First day of the consultation")),
    filter!("consultation_to", &Day, ("征求意见截止日期", "Last day of the consultation")),
    filter!("issued_on", &Day, ("印发日期", "Day of issue")),
    filter!("effective_from", &Day, ("施行日期", "First day in force")),
    filter!("effective_to", &Day, ("失效日期", "Day on which it is no longer in force")),
    filter!("replaces", &References("policies"), ("所替代或废止的文件", "Document that it replaces or repeals"))
        .at(&["/replaces/*"]),
    filter!("replaced_by", &Reference("policies"), ("替代或废止它的文件", "Document that replaces or repeals it")),
];

/// An invented joint document of the two agencies, marked as an example.
fn example() -> Value {
    json!({
        "name": {"zh": "川渝科研仪器开放共享互认办法（示例）", "en": "Measures for mutual recognition in instrument sharing (example)"},
        "lifecycle": "in_force",
        "policy_kind": "joint",
        "document_no": "示例科发〔2023〕1号",
        "index_no": "示例/2023-00001",
        "parties": [
            {"org_id": demo_org_id(53), "province": "500000", "role": "issuer"},
            {"org_id": demo_org_id(119), "province": "510000", "role": "issuer"}
        ],
        "recognition": "mutual",
        "topics": ["仪器共享", "资质互认"],
        "applies_to": {"divisions": ["500000", "510000"], "zones": ["Z-CY"]},
        "drafted_on": "2022-12-01",
        "drafted_on_precision": "month",
        "consultation_from": "2023-02-01",
        "consultation_to": "2023-03-01",
        "issued_on": "2023-05-10",
        "effective_from": "2023-06-01",
        "text_url": "https://policy.example.org/2023/1",
        "interpretation_url": "https://policy.example.org/2023/1/notes",
        "remarks": "示例数据，非真实文件。Example data, not a real document."
    })
}
