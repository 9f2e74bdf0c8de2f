//! The parties of a joint record and the rules about them (`docs/domain.md` §d1, §d2, §d3; `docs/rules.md` §3).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::db::Id;
use crate::kind::findings::Findings;
use crate::kinds::shared::types::ProvinceCode;
use crate::reference::division::{CHONGQING, SICHUAN};
use crate::reference::term::PartyRoles;
use crate::reference::{Day, Money, Term};

/// 参与单位及其角色、起止日期。An organization that takes part: in which role, since when and until when.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Party {
    /// 单位记录的标识。Id of the organization's record.
    #[schema(required = true, value_type = String, format = "uuid", min_length = 36, max_length = 36,
             example = "019abf00-0000-7000-8000-000000000001")]
    pub org_id: Id,
    /// 单位代表的省市：注册地或所在地的省级代码。Province the organization stands for: that of its registered or actual seat.
    #[schema(required = true)]
    pub province: ProvinceCode,
    /// 角色。实验室：lead、co_building、supporting；联盟：lead、co_lead、chair、vice_chair、secretariat、member；项目：lead、
    /// participant；政策：issuer。Role. Joint labs: lead, co_building, supporting; alliances: lead, co_lead, chair, vice_chair,
    /// secretariat, member; projects: lead, participant; policies: issuer.
    #[schema(required = true)]
    pub role: Term<PartyRoles>,
    /// 排序（仅共建实验室）。Rank among the parties (joint labs only).
    #[schema(minimum = 1, maximum = 100, example = 1)]
    pub rank: Option<i32>,
    /// 承担经费（仅项目）。Share of the budget (projects only).
    pub share: Option<Money>,
    /// 加入日期，可在将来；自该日起为参与单位。Day of joining, which may be one to come: from this day on a party.
    pub joined_on: Option<Day>,
    /// 退出日期，自该日起不再是参与单位。Day of leaving: from this day on no longer a party.
    pub left_on: Option<Day>,
}

impl Party {
    /// Whether the organization takes part on this day: it has joined and not left.
    pub fn is_current(&self, today: NaiveDate) -> bool {
        self.joined_on.is_none_or(|joined| joined.date() <= today)
            && self.left_on.is_none_or(|left| left.date() > today)
    }

    fn overlaps(&self, other: &Party) -> bool {
        let ends_before =
            |left: Option<Day>, joined: Option<Day>| matches!((left, joined), (Some(a), Some(b)) if a <= b);
        !ends_before(self.left_on, other.joined_on) && !ends_before(other.left_on, self.joined_on)
    }
}

/// What a kind allows of its parties.
pub struct Membership {
    pub roles: &'static [&'static str],
    pub with_rank: bool,
    pub with_share: bool,
}

impl Membership {
    /// Checks every party alone and all together. `over`: the cooperation has ended, so that no current party is
    /// needed.
    pub fn check(&self, parties: &[Party], over: bool, findings: &mut Findings) {
        self.check_each(parties, findings);
        check_both_provinces(parties, over, findings);
    }

    /// The same where the parties need not be of both provinces.
    pub fn check_each(&self, parties: &[Party], findings: &mut Findings) {
        for (at, party) in parties.iter().enumerate() {
            self.check_one(&format!("/parties/{at}"), party, findings);
        }
        check_provinces_of_each(parties, findings);
        check_repetitions(parties, findings);
    }

    fn check_one(&self, at: &str, party: &Party, findings: &mut Findings) {
        if !self.roles.contains(&party.role.as_str()) {
            let args = [("role", party.role.to_string()), ("allowed", self.roles.join(", "))];
            findings.fault(format!("{at}/role"), "role-not-here").args.extend(args);
        }
        for (member, unexpected) in
            [("rank", party.rank.is_some() && !self.with_rank), ("share", party.share.is_some() && !self.with_share)]
        {
            if unexpected {
                findings.fault(format!("{at}/{member}"), "not-of-this-kind").args.push(("member", member.to_owned()));
            }
        }
        let (joined, left) = (party.joined_on.map(Day::date), party.left_on.map(Day::date));
        findings.in_order((&format!("{at}/joined_on"), joined), (&format!("{at}/left_on"), left));
    }
}

/// At least one current party of each province; once it is `over`, any party of each. A side that is or will be without
/// one gets a warning as well, because on an official record a fault that came with time is forgiven.
pub fn check_both_provinces(parties: &[Party], over: bool, findings: &mut Findings) {
    let counted = |party: &&Party| over || party.is_current(findings.today);
    let present: BTreeSet<&str> = parties.iter().filter(counted).map(|party| party.province.0.as_str()).collect();
    for province in [CHONGQING, SICHUAN] {
        if !present.contains(province) {
            findings.fault("/parties", "missing-counterparty").args.push(("province", province.to_owned()));
        }
        let left = left_without(parties, province, findings.today).filter(|_| !over);
        if let Some(day) = left {
            let args = [("province", province.to_owned()), ("day", day.to_string())];
            findings.warn("/parties", "side-leaves").args.extend(args);
        }
    }
}

/// The day on which the last of a province's parties leaves, or left. A gap before another one joins counts too.
fn left_without(parties: &[Party], province: &str, today: NaiveDate) -> Option<NaiveDate> {
    let own: Vec<&Party> = parties.iter().filter(|party| party.province.0 == province).collect();
    let mut leaving: Vec<NaiveDate> = own.iter().filter_map(|party| party.left_on.map(Day::date)).collect();
    leaving.sort();
    let nobody_on = |day: &NaiveDate| !own.iter().any(|party| party.is_current(*day));
    match nobody_on(&today) {
        true => leaving.into_iter().rfind(|day| *day <= today),
        false => leaving.into_iter().find(|day| *day > today && nobody_on(day)),
    }
}

/// The first party of a content that stands for this province.
pub fn first_of(content: &Value, province: &str) -> Option<Id> {
    let parties = content.get("parties")?.as_array()?;
    let own = parties.iter().find(|party| party.get("province").is_some_and(|own| own == province))?;
    own.get("org_id")?.as_str()?.parse().ok()
}

/// An organization stands for one province: counted for both, it would defeat the two-province rule.
fn check_provinces_of_each(parties: &[Party], findings: &mut Findings) {
    let mut stands_for: BTreeMap<Id, &str> = BTreeMap::new();
    for (at, party) in parties.iter().enumerate() {
        if *stands_for.entry(party.org_id).or_insert(&party.province.0) != party.province.0 {
            findings.fault(format!("/parties/{at}/province"), "party-in-two-provinces");
        }
    }
}

fn check_repetitions(parties: &[Party], findings: &mut Findings) {
    for (at, party) in parties.iter().enumerate() {
        let same = |other: &&Party| other.org_id == party.org_id && other.role == party.role && other.overlaps(party);
        if parties[..at].iter().any(|other| same(&other)) {
            findings.fault(format!("/parties/{at}"), "party-repeated");
        }
    }
}

/// The parties in this role on this day.
pub fn current_in<'a>(parties: &'a [Party], role: &'a str, today: NaiveDate) -> impl Iterator<Item = &'a Party> {
    parties.iter().filter(move |party| party.role.is(role) && party.is_current(today))
}

/// At least one current lead, unless it is over.
pub fn check_lead(parties: &[Party], over: bool, findings: &mut Findings) {
    if !over && current_in(parties, "lead", findings.today).next().is_none() {
        findings.fault("/parties", "lead-missing");
    }
}

/// Lead units are legal persons (`docs/domain.md` §d2): judged on the contents of the organizations named, by id.
pub fn leads_are_legal_persons(content: &Value, organizations: &BTreeMap<Id, Value>, findings: &mut Findings) {
    check_legal_persons(content, organizations, &["lead"], findings);
}

/// Lead and participants are legal persons (`docs/domain.md` §d3).
pub fn units_are_legal_persons(content: &Value, organizations: &BTreeMap<Id, Value>, findings: &mut Findings) {
    check_legal_persons(content, organizations, &["lead", "participant"], findings);
}

fn check_legal_persons(content: &Value, organizations: &BTreeMap<Id, Value>, roles: &[&str], findings: &mut Findings) {
    let parties = content.get("parties").cloned().unwrap_or_default();
    let parties: Vec<Party> = serde_json::from_value(parties).unwrap_or_default();
    for (at, party) in parties.iter().enumerate() {
        let legal_person = organizations.get(&party.org_id).and_then(|content| content.get("legal_person")?.as_bool());
        let concerned = roles.contains(&party.role.as_str()) && party.is_current(findings.today);
        if concerned && legal_person == Some(false) {
            findings.fault(format!("/parties/{at}/org_id"), "not-a-legal-person");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::shared::demo_org_id;
    use crate::kinds::shared::rules::tests::{day, faults_of};

    const ANY: Membership = Membership { roles: &["lead", "member"], with_rank: false, with_share: false };

    pub fn party(row: u32, province: &str, role: &str) -> Party {
        Party {
            org_id: demo_org_id(row),
            province: ProvinceCode(province.to_owned()),
            role: Term::parse(role).unwrap(),
            ..Party::default()
        }
    }

    fn two() -> Vec<Party> {
        vec![party(1, CHONGQING, "lead"), party(64, SICHUAN, "lead")]
    }

    fn faults(parties: &[Party]) -> Vec<String> {
        faults_of(|findings| ANY.check(parties, false, findings))
    }

    #[test]
    fn both_provinces_take_part_and_others_may_join() {
        assert!(faults(&two()).is_empty());
        let mut three = two();
        three.push(party(132, "110000", "member"));
        assert!(faults(&three).is_empty());
        assert_eq!(faults(&two()[..1]), ["#/parties missing-counterparty"]);
        assert_eq!(faults(&[]), ["#/parties missing-counterparty", "#/parties missing-counterparty"]);
    }

    #[test]
    fn who_has_left_does_not_count_unless_all_is_over() {
        let mut parties = two();
        parties[1].left_on = Some(day("2026-01-01"));
        assert_eq!(faults(&parties), ["#/parties missing-counterparty"]);
        assert!(faults_of(|findings| ANY.check(&parties, true, findings)).is_empty());
        parties[1].left_on = Some(day("2030-01-01"));
        assert!(faults(&parties).is_empty());
    }

    #[test]
    fn one_organization_stands_for_one_province() {
        let mut parties = two();
        parties.push(party(1, SICHUAN, "member"));
        assert_eq!(faults(&parties), ["#/parties/2/province party-in-two-provinces"]);
        parties[2].province = ProvinceCode(CHONGQING.to_owned());
        assert!(faults(&parties).is_empty());
    }

    #[test]
    fn the_same_role_twice_at_a_time_is_refused_and_one_after_the_other_is_fine() {
        let mut parties = two();
        parties.push(party(1, CHONGQING, "lead"));
        assert_eq!(faults(&parties), ["#/parties/2 party-repeated"]);
        parties[0].left_on = Some(day("2024-01-01"));
        parties[2].joined_on = Some(day("2024-01-01"));
        assert!(faults(&parties).is_empty());
    }

    #[test]
    fn roles_and_extras_of_other_kinds_are_refused() {
        let mut parties = two();
        parties[0].role = Term::parse("secretariat").unwrap();
        parties[1].rank = Some(1);
        parties[1].share = Money::from_fen(1);
        let expected = [
            "#/parties/0/role role-not-here",
            "#/parties/1/rank not-of-this-kind",
            "#/parties/1/share not-of-this-kind",
        ];
        assert_eq!(faults(&parties), expected);
    }

    #[test]
    fn nobody_leaves_before_joining_and_who_will_join_takes_no_part_yet() {
        let mut parties = two();
        parties[0].joined_on = Some(day("2024-01-02"));
        parties[0].left_on = Some(day("2024-01-01"));
        let expected = ["#/parties missing-counterparty", "#/parties/0/left_on before-other-date"];
        assert_eq!(faults(&parties), expected);
        parties[0] = Party { joined_on: Some(day("2026-11-23")), ..party(1, CHONGQING, "lead") };
        assert_eq!(faults(&parties), expected[..1]);
        parties[0].joined_on = Some(day("2026-11-22"));
        assert!(faults(&parties).is_empty());
    }

    #[test]
    fn a_side_whose_last_party_leaves_is_told_with_the_day_before_and_after() {
        let told = |parties: &[Party]| {
            let mut findings = Findings::new(day("2026-11-22").date());
            check_both_provinces(parties, false, &mut findings);
            let warnings = findings.warnings().iter().map(|warning| format!("{} {}", warning.code, warning.args[1].1));
            (warnings.collect::<Vec<_>>(), findings.has_faults())
        };
        let mut parties = two();
        parties.push(party(65, SICHUAN, "member"));
        assert_eq!(told(&parties), (vec![], false));
        parties[1].left_on = Some(day("2026-12-31"));
        assert_eq!(told(&parties), (vec![], false));
        parties[2].left_on = Some(day("2027-01-31"));
        assert_eq!(told(&parties), (vec!["side-leaves 2027-01-31".to_owned()], false));
        parties[1].left_on = Some(day("2026-11-01"));
        parties[2].left_on = Some(day("2026-11-22"));
        assert_eq!(told(&parties), (vec!["side-leaves 2026-11-22".to_owned()], true));
        // A successor joins on that day, or only later.
        parties.push(Party { joined_on: Some(day("2026-11-22")), ..party(66, SICHUAN, "lead") });
        assert_eq!(told(&parties), (vec![], false));
        parties[2].left_on = Some(day("2027-01-31"));
        parties[3].joined_on = Some(day("2027-02-01"));
        assert_eq!(told(&parties), (vec!["side-leaves 2027-01-31".to_owned()], false));
    }

    #[test]
    fn somebody_leads() {
        assert!(faults_of(|findings| check_lead(&two(), false, findings)).is_empty());
        let parties = [party(1, CHONGQING, "member")];
        assert_eq!(faults_of(|findings| check_lead(&parties, false, findings)), ["#/parties lead-missing"]);
        assert!(faults_of(|findings| check_lead(&parties, true, findings)).is_empty());
    }

    #[test]
    fn leads_are_legal_persons_and_other_units_of_a_lab_need_not_be() {
        let content =
            serde_json::json!({"parties": [party(1, CHONGQING, "lead"), party(57, CHONGQING, "co_building")]});
        let organizations = |first: bool| {
            let person = |legal: bool| serde_json::json!({"legal_person": legal});
            BTreeMap::from([(demo_org_id(1), person(first)), (demo_org_id(57), person(false))])
        };
        let judged = |first| faults_of(|findings| leads_are_legal_persons(&content, &organizations(first), findings));
        assert!(judged(true).is_empty());
        assert_eq!(judged(false), ["#/parties/0/org_id not-a-legal-person"]);
        assert!(faults_of(|findings| units_are_legal_persons(&content, &BTreeMap::new(), findings)).is_empty());
    }
}
