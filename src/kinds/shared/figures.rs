//! What targets and observations have in common: the places that a figure is about, where it comes from, and whose it is
//! (`docs/rules.md` §28).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::parties::{Membership, Party, check_both_provinces, first_of};
use super::rules::{check_division, check_precision, date};
use super::types::{DivisionCode, Precision};
use crate::db::Id;
use crate::kind::Owner;
use crate::kind::findings::Findings;
use crate::reference::division::{CHONGQING, SICHUAN, province_of, with_parents};
use crate::reference::term::Zones;
use crate::reference::values::quantity::Agreement;
use crate::reference::{Day, Quantity, Term, vocabulary};

const MEMBERSHIP: Membership = Membership { roles: &["lead"], with_rank: false, with_share: false };

/// 范围：行政区划或功能区，合计至少一个。The places that a figure is about: divisions or functional zones, at least one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Scope {
    /// 行政区划（GB/T 2260）。Divisions.
    #[schema(max_items = 20)]
    pub divisions: Vec<DivisionCode>,
    /// 功能区。Functional zones.
    #[schema(max_items = 20)]
    pub zones: Vec<Term<Zones>>,
    /// 原文是否还包括未列出的地方（“等”），不填为否。Whether the source means places that it does not list (等); no unless told.
    pub open_ended: Option<bool>,
}

impl Scope {
    /// Those of the two provinces that it has a part of.
    pub fn sides(&self) -> Vec<&'static str> {
        let of_zones =
            self.zones.iter().filter_map(|zone| vocabulary("zones")?.get(zone.as_str())?.attribute("provinces"));
        let of_divisions = self.divisions.iter().filter_map(|division| province_of(&division.0));
        let all: Vec<&str> = of_zones.flat_map(|provinces| provinces.split(';')).chain(of_divisions).collect();
        [CHONGQING, SICHUAN].into_iter().filter(|side| all.contains(side)).collect()
    }

    /// The same text for the same places, in whatever order they are given: `500000+Z-CY`, with `…` where others are meant too.
    pub fn key(&self) -> String {
        let zones = self.zones.iter().map(Term::as_str);
        let mut codes: Vec<&str> = self.divisions.iter().map(|division| division.0.as_str()).chain(zones).collect();
        codes.sort_unstable();
        format!("{}{}", codes.join("+"), if self.open_ended == Some(true) { "…" } else { "" })
    }

    /// Divisions must be valid on the day.
    pub fn check(&self, on: chrono::NaiveDate, findings: &mut Findings) {
        self.check_at("/scope", on, findings);
    }

    /// The same of a scope that stands at this pointer.
    pub fn check_at(&self, pointer: &str, on: chrono::NaiveDate, findings: &mut Findings) {
        if self.divisions.is_empty() && self.zones.is_empty() {
            findings.fault(pointer, "place-missing");
        } else if self.sides().is_empty() {
            findings.fault(pointer, "scope-outside");
        }
        for (at, code) in self.divisions.iter().enumerate() {
            check_division(findings, &format!("{pointer}/divisions/{at}"), &code.0, Some(on));
        }
    }
}

/// 数值的来源：谁发布、载于何处、原文如何。Where a figure comes from: who produced it, where it stands, and in which words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Origin {
    /// 发布单位。Who produced the figure.
    #[schema(
        required = true,
        min_length = 1,
        max_length = 200,
        pattern = r"^\S(.*\S)?$",
        example = "重庆市科学技术局"
    )]
    pub producer: String,
    /// 载有该数值的文件或报道。Document or report that has it.
    #[schema(
        required = true,
        min_length = 1,
        max_length = 300,
        pattern = r"^\S(.*\S)?$",
        example = "加快建设具有全国影响力的科技创新中心"
    )]
    pub document: String,
    /// 网址。Address of the document.
    #[schema(
        format = "uri",
        min_length = 10,
        max_length = 2048,
        pattern = r"^https?://[!-~]+$",
        example = "https://report.example.org/2023/1"
    )]
    pub url: Option<String>,
    /// 发布日期；精度为年或月时填该年、月的首日。Day of publication; of a year or month its first day.
    pub published_on: Option<Day>,
    /// 发布日期的精度，不填为日。How exactly that day is known; to the day unless told.
    pub published_on_precision: Option<Precision>,
    /// 查阅日期。Day on which it was read.
    pub accessed_on: Option<Day>,
    /// 在文件中的位置。Place inside the document.
    #[schema(min_length = 1, max_length = 200, pattern = r"^\S(.*\S)?$", example = "核心提示")]
    pub place: Option<String>,
    /// 原文，逐字照录。The exact words.
    #[schema(
        required = true,
        min_length = 1,
        max_length = 1000,
        pattern = r"^\S(.*\S)?$",
        example = "川渝两地已成立联盟40余个"
    )]
    pub quote: String,
}

impl Origin {
    pub fn check(&self, at: &str, findings: &mut Findings) {
        let (published, accessed) = (format!("{at}/published_on"), format!("{at}/accessed_on"));
        check_precision(findings, &published, self.published_on, self.published_on_precision);
        findings.not_in_future(&published, date(self.published_on));
        findings.not_in_future(&accessed, date(self.accessed_on));
        findings.in_order((&published, date(self.published_on)), (&accessed, date(self.accessed_on)));
    }
}

/// Whom a figure belongs to: both provinces where its scope has a part of each, else the first party of the side it is about.
pub fn owner(content: &Value) -> Owner {
    match scope_of(content).sides()[..] {
        [side] => first_of(content, side).map_or(Owner::Unknown, |lead| Owner::For(lead, side)),
        [_, _] => Owner::Parties,
        _ => Owner::Unknown,
    }
}

/// A figure of both provinces has parties of both; one of a single side has one of that side and none of the other.
pub fn check_parties(scope: &Scope, parties: &[Party], over: bool, findings: &mut Findings) {
    MEMBERSHIP.check_each(parties, findings);
    match scope.sides()[..] {
        [_, _] => check_both_provinces(parties, over, findings),
        [side] => {
            if !parties.iter().any(|party| party.province.0 == side) {
                findings.fault("/parties", "missing-counterparty").args.push(("province", side.to_owned()));
            }
            for (at, party) in parties.iter().enumerate().filter(|(_, party)| party.province.0 != side) {
                let fault = findings.fault(format!("/parties/{at}/province"), "party-outside-scope");
                fault.args.push(("province", party.province.0.clone()));
            }
        }
        _ => {}
    }
}

/// Reports what is wrong inside a quantity: its quotation says something else of the same number. A quotation in which the number
/// is not found, or others with it, is worth a warning only: no table has all words.
pub fn check_quantity(at: &str, quantity: &Quantity, findings: &mut Findings) {
    for (member, code) in quantity.faults() {
        findings.fault(format!("{at}/{member}"), code);
    }
    match quantity.agreement() {
        Some(Agreement::Contradicts(said)) => {
            let fault = findings.fault(format!("{at}/comparator"), "quantity-quote-contradicts");
            fault.args.push(("value", quantity.comparator.to_string()));
            fault.args.push(("said", said.to_owned()));
            fault.did_you_mean = Some(said.to_owned());
        }
        Some(Agreement::OtherPrecision(step)) => {
            let warning = findings.warn(format!("{at}/precision"), "quantity-precision-differs");
            warning.args.push(("value", step.to_string()));
            warning.did_you_mean = Some(step.to_string());
        }
        Some(Agreement::Unclear) => {
            findings.warn(format!("{at}/quote"), "quantity-quote-differs");
        }
        Some(Agreement::Agrees) | None => {}
    }
}

/// The quantities at these pointers have the unit of the indicator: judged on its content.
pub fn check_units(content: &Value, referred: &BTreeMap<Id, Value>, at: &[&str], findings: &mut Findings) {
    let indicator = content.pointer("/indicator/id").and_then(|id| id.as_str()?.parse::<Id>().ok());
    let Some(unit) = indicator.and_then(|id| referred.get(&id)?.get("unit")?.as_str()) else { return };
    for pointer in at {
        let given = content.pointer(pointer).and_then(|quantity| quantity.get("unit")?.as_str());
        if given.is_some_and(|given| given != unit) {
            let fault = findings.fault(format!("{pointer}/unit"), "unit-of-indicator");
            fault.args.push(("unit", unit.to_owned()));
        }
    }
}

/// What a `slot` says: of which places, and for which period.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    pub scope: String,
    pub period: String,
}

impl Slot {
    /// Reads `500000+510000@2021-01-01/2023/…`, as it stands in `identifiers`: the id of the indicator is at the end.
    pub fn parse(text: &str) -> Option<Slot> {
        let (scope, period) = text.rsplit_once('/')?.0.split_once('@')?;
        Some(Slot { scope: scope.to_owned(), period: period.to_owned() })
    }
}

/// Whether two places may have a part in common. Of a zone the districts in which it lies are known at best; where they are not, it may
/// overlap with all of its province.
pub fn may_overlap(one: &str, other: &str) -> bool {
    let (one, other) = (districts(one), districts(other));
    one.iter()
        .any(|one| other.iter().any(|other| with_parents(one).contains(other) || with_parents(other).contains(one)))
}

/// The divisions in which a place lies.
fn districts(place: &str) -> Vec<String> {
    match vocabulary("zones").and_then(|zones| zones.get(place)) {
        None => vec![place.to_owned()],
        Some(zone) => {
            let known = zone.attribute("related_divisions").or(zone.attribute("provinces")).unwrap_or_default();
            known.split(';').map(str::to_owned).collect()
        }
    }
}

/// Sets the member `slot`: the scope and the period, which only one figure of an indicator may have; nothing where this one
/// does not compete for it (`period` is `None`).
pub fn with_slot(mut content: Value, period: Option<String>) -> Value {
    let slot = period.map(|period| format!("{}@{period}", scope_of(&content).key()));
    if let Some(members) = content.as_object_mut() {
        members.remove("slot");
        members.extend(slot.map(|slot| ("slot".to_owned(), json!(slot))));
    }
    content
}

fn scope_of(content: &Value) -> Scope {
    content.get("scope").and_then(|scope| Scope::deserialize(scope).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::shared::rules::tests::{day, faults_of};
    use crate::kinds::shared::{ProvinceCode, demo_org_id};

    fn scope(divisions: &[&str], zones: &[&str]) -> Scope {
        Scope {
            divisions: divisions.iter().map(|code| DivisionCode((*code).to_owned())).collect(),
            zones: zones.iter().map(|code| Term::parse(code).unwrap()).collect(),
            open_ended: None,
        }
    }

    fn party(row: u32, province: &str) -> Party {
        let role = Term::parse("lead").unwrap();
        Party { org_id: demo_org_id(row), province: ProvinceCode(province.to_owned()), role, ..Party::default() }
    }

    #[test]
    fn a_figure_belongs_to_the_sides_that_its_scope_has_a_part_of() {
        assert_eq!(scope(&["500112"], &[]).sides(), [CHONGQING]);
        assert_eq!(scope(&["500000", "510100"], &[]).sides(), [CHONGQING, SICHUAN]);
        assert_eq!(scope(&[], &["Z-CY"]).sides(), [CHONGQING, SICHUAN]);
        assert_eq!(scope(&[], &["Z-SC-SCI"]).sides(), [SICHUAN]);
        assert!(scope(&["110000"], &[]).sides().is_empty());
        let content = |scope: &Scope| json!({"scope": scope, "parties": [party(119, SICHUAN), party(53, CHONGQING)]});
        assert_eq!(owner(&content(&scope(&["500000"], &[]))), Owner::For(demo_org_id(53), CHONGQING));
        assert_eq!(owner(&content(&scope(&[], &["Z-CY"]))), Owner::Parties);
        assert_eq!(owner(&content(&Scope::default())), Owner::Unknown);
    }

    #[test]
    fn parties_are_of_the_sides_of_the_scope_and_of_no_other() {
        let (cq, sc) = (party(53, CHONGQING), party(119, SICHUAN));
        let faults = |scope: &Scope, parties: &[Party]| faults_of(|found| check_parties(scope, parties, false, found));
        assert!(faults(&scope(&["500000"], &[]), std::slice::from_ref(&cq)).is_empty());
        assert!(faults(&scope(&[], &["Z-CY"]), &[cq.clone(), sc.clone()]).is_empty());
        assert_eq!(faults(&scope(&[], &["Z-CY"]), std::slice::from_ref(&cq)), ["#/parties missing-counterparty"]);
        assert_eq!(faults(&scope(&["510000"], &[]), &[cq, sc]), ["#/parties/0/province party-outside-scope"]);
    }

    #[test]
    fn a_scope_names_a_place_of_one_of_the_provinces() {
        let faults = |scope: Scope| faults_of(|findings| scope.check(day("2026-11-22").date(), findings));
        assert!(faults(scope(&["500000"], &["Z-CY"])).is_empty());
        assert_eq!(faults(Scope::default()), ["#/scope place-missing"]);
        assert_eq!(faults(scope(&["110000"], &[])), ["#/scope scope-outside"]);
        assert_eq!(faults(scope(&["500112"], &[])), ["#/scope/divisions/0 division-withdrawn"]);
    }

    #[test]
    fn the_slot_is_the_same_for_the_same_places_in_another_order() {
        let slot = |divisions: [&str; 2], open: bool| {
            let mut scope = scope(&divisions, &["Z-CY"]);
            scope.open_ended = open.then_some(true);
            with_slot(json!({"scope": scope, "slot": "sent"}), Some("2027".into()))["slot"].clone()
        };
        assert_eq!(slot(["510000", "500000"], false), "500000+510000+Z-CY@2027");
        assert_eq!(slot(["510000", "500000"], false), slot(["500000", "510000"], false));
        assert_eq!(slot(["510000", "500000"], true), "500000+510000+Z-CY…@2027");
        assert_eq!(with_slot(json!({"slot": "sent"}), None), json!({}));
    }

    #[test]
    fn places_overlap_where_one_lies_in_the_other_or_both_in_one_district() {
        for (one, other, overlap) in [
            ("500000", "500000", true),
            ("500000", "500112", true),
            ("500000", "510000", false),
            ("500112", "500157", true),
            ("500000", "Z-CQ-LJNA", true),
            ("510000", "Z-CQ-LJNA", false),
            ("500108", "Z-CQ-LJNA", false),
            ("Z-CQ-SCI", "Z-CQ-SCI-CORE", true),
            ("Z-CQ-SCI", "Z-CQ-LJCIZ", false),
            ("Z-CY", "510100", true),
            ("Z-SC-SCI", "Z-SC-TFNA", true),
            ("Z-SC-SCI", "Z-CQ-SCI", false),
        ] {
            assert_eq!((may_overlap(one, other), may_overlap(other, one)), (overlap, overlap), "{one} {other}");
        }
    }

    #[test]
    fn quantities_have_the_unit_of_their_indicator() {
        let id = demo_org_id(1);
        let content = json!({"indicator": {"id": id}, "quantity": {"unit": "set"}});
        let indicator = |unit: &str| BTreeMap::from([(id, json!({"unit": unit}))]);
        let faults =
            |unit| faults_of(|found| check_units(&content, &indicator(unit), &["/quantity", "/baseline"], found));
        assert!(faults("set").is_empty());
        assert_eq!(faults("count"), ["#/quantity/unit unit-of-indicator"]);
    }
}
