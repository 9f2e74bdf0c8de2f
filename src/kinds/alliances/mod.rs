//! Alliances (联盟) of universities, high-tech zones, parks and bases of both provinces.

pub mod content;
mod rules;

pub use content::Alliance;

use serde_json::{Value, json};

use crate::kind::shapes::{Day, Parties, Reference, Term, Terms, Text};
use crate::kind::{Kind, Lifecycle, Member};
use crate::kinds::shared::declare::{declare, filter, sortable};
use crate::kinds::shared::demo_org_id;
use crate::kinds::shared::members::label;

pub static KIND: Kind = Kind {
    about: label(
        "川渝两地的高校、高新区、产业园区、创新基地等联盟。",
        "Alliances of universities, high-tech zones, industrial parks and innovation bases of both provinces.",
    ),
    leading: &["lead", "co_lead"],
    sets: &["/aliases", "/fields", "/industries"],
    lifecycle: Lifecycle {
        vocabulary: "alliance-lifecycles",
        steps: &[
            ("preparing", "active"),
            ("preparing", "dissolved"),
            ("active", "suspended"),
            ("suspended", "active"),
            ("active", "dissolved"),
            ("suspended", "dissolved"),
        ],
        ended: &["dissolved"],
        successor: None,
        predecessors: None,
    },
    namesakes: &["/name/zh"],
    searched: &["/filing_no"],
    members: MEMBERS,
    example,
    ..declare!(Alliance, "alliances")
};

const MEMBERS: &[Member] = &[
    sortable!("lifecycle", &Term("alliance-lifecycles"), ("生命周期", "Lifecycle")),
    sortable!("alliance_type", &Term("alliance-types"), ("联盟类型", "Type of alliance")),
    filter!("field", &Terms("research-fields"), ("重点领域", "Key field")).at(&["/fields/*"]),
    filter!("industry", &Terms("industries"), ("行业大类", "Industry division")).at(&["/industries/*"]),
    filter!("party", &Parties, ("参与单位", "Organization that takes part")).at(&["/parties/*/org_id"]),
    filter!("charter_signed_on", &Day, ("章程签署日期", "Day the charter was signed")),
    filter!("filing_agency", &Reference("organizations"), ("备案部门", "Agency it is filed with")),
    filter!("filing_no", &Text, ("备案号", "Number of the filing")),
    filter!("filed_on", &Day, ("备案日期", "Day of the filing")),
];

/// A real alliance: its founding day, its leads and the members that public reports name; the rest is left out.
fn example() -> Value {
    json!({
        "name": {"zh": "成渝地区双城经济圈高校联盟", "en": "University Alliance of the Chengdu–Chongqing Twin-City Economic Circle"},
        "lifecycle": "active",
        "alliance_type": "university",
        "parties": [
            {"org_id": demo_org_id(64), "province": "510000", "role": "lead", "joined_on": "2020-05-12"},
            {"org_id": demo_org_id(1), "province": "500000", "role": "co_lead", "joined_on": "2020-05-12"},
            {"org_id": demo_org_id(11), "province": "500000", "role": "member", "joined_on": "2020-05-12"},
            {"org_id": demo_org_id(4), "province": "500000", "role": "member", "joined_on": "2020-05-12"},
            {"org_id": demo_org_id(65), "province": "510000", "role": "member", "joined_on": "2020-05-12"}
        ],
        "charter_signed_on": "2020-05-12",
        "remarks": "仅列公开报道点名的成员；章程签署日期按成立大会日期示例填写。Only the members named in public reports; the founding day stands for the day of the charter (example)."
    })
}
