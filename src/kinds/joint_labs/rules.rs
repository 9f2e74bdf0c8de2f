//! What must hold between the members of a joint lab (`docs/domain.md` §b2, §c, §d1, §d2, §d4).
//!
//! That lead units are legal persons needs their records: `shared::parties::leads_are_legal_persons`.

use crate::kind::Content;
use crate::kind::findings::Findings;
use crate::kinds::joint_labs::content::JointLab;
use crate::kinds::shared::Membership;
use crate::kinds::shared::parties::current_in;
use crate::kinds::shared::rules::{check_division, check_years, date, expected_if, warn_steps_in_order};
use crate::reference::division::{CHONGQING, SICHUAN};

/// 渝科局发〔2023〕128号: co-building units 一般不超过6个.
const USUAL_CO_BUILDING: usize = 6;

const MEMBERSHIP: Membership =
    Membership { roles: &["lead", "co_building", "supporting"], with_rank: true, with_share: false };

impl Content for JointLab {
    fn check(&self, findings: &mut Findings) {
        MEMBERSHIP.check(&self.parties, self.is_over(), findings);
        self.check_leads(findings);
        self.check_approval(findings);
        self.check_days(findings);
        let key_lab = self.platform_type.is("joint_key_lab");
        findings.required_if(key_lab, !self.base_labs.is_empty(), "/base_labs", "platform-types=joint_key_lab");
        let reorganised = self.lifecycle.is("reorganised");
        findings.required_if(reorganised, self.successor.is_some(), "/successor", "joint-lab-lifecycles=reorganised");
        check_years(findings, "/evaluations", "year", self.evaluations.iter().map(|evaluation| evaluation.year));
        let on = Some(findings.today).filter(|_| !self.is_over());
        for (at, code) in self.divisions.iter().enumerate() {
            check_division(findings, &format!("/divisions/{at}"), &code.0, on);
        }
    }
}

impl JointLab {
    fn is_over(&self) -> bool {
        super::KIND.lifecycle.is_over(self.lifecycle.as_str())
    }

    fn is_approved(&self) -> bool {
        !["planned", "cancelled", ""].iter().any(|state| self.lifecycle.is(state))
    }

    fn runs(&self) -> bool {
        self.lifecycle.is("operating") || self.lifecycle.is("rectifying")
    }

    /// A province without any party is reported as `missing-counterparty` and not a second time for its lead.
    fn check_leads(&self, findings: &mut Findings) {
        let today = findings.today;
        let co_building = current_in(&self.parties, "co_building", today).count();
        if co_building > USUAL_CO_BUILDING {
            findings.warn("/parties", "many-co-building-units").args.push(("count", co_building.to_string()));
        }
        if self.is_over() {
            return;
        }
        for province in [CHONGQING, SICHUAN] {
            let takes_part = self.parties.iter().any(|party| party.province.0 == province && party.is_current(today));
            let leads = current_in(&self.parties, "lead", today).filter(|party| party.province.0 == province).count();
            if takes_part && leads != 1 {
                let args = [("province", province.to_owned()), ("count", leads.to_string())];
                findings.fault("/parties", "one-lead-per-province").args.extend(args);
            }
        }
    }

    fn check_approval(&self, findings: &mut Findings) {
        let approved = self.is_approved();
        for (pointer, present) in [
            ("/agreement_signed_on", self.agreement_signed_on.is_some()),
            ("/approval_no", self.approval_no.is_some()),
            ("/approving_agencies", !self.approving_agencies.is_empty()),
            ("/approved_on", self.approved_on.is_some()),
        ] {
            findings.required_if(approved, present, pointer, "lifecycle>=under_construction");
        }
        expected_if(findings, approved, self.agreement_ref.is_some(), "/agreement_ref");
        expected_if(findings, approved, self.build_start_on.is_some(), "/build_start_on");
        expected_if(findings, self.runs(), self.operating_since.is_some(), "/operating_since");
    }

    fn check_days(&self, findings: &mut Findings) {
        let (start, end) = (date(self.build_start_on), date(self.build_end_planned_on));
        findings.in_order(("/build_start_on", start), ("/build_end_planned_on", end));
        findings.in_order(("/build_start_on", start), ("/operating_since", date(self.operating_since)));
        findings.not_in_future("/agreement_signed_on", date(self.agreement_signed_on));
        findings.not_in_future("/approved_on", date(self.approved_on));
        findings.not_in_future("/operating_since", date(self.operating_since));
        if self.is_approved() {
            findings.not_in_future("/build_start_on", start);
        }
        warn_steps_in_order(
            findings,
            &[
                ("/agreement_signed_on", self.agreement_signed_on),
                ("/approved_on", self.approved_on),
                ("/build_start_on", self.build_start_on.or(self.operating_since)),
            ],
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::envelope::Reference;
    use crate::kinds::shared::rules::tests::{day, found_by};
    use crate::kinds::shared::{DivisionCode, Evaluation, Party, ProvinceCode, demo_org_id};
    use crate::reference::Term;

    fn found(change: impl FnOnce(&mut JointLab)) -> (Vec<String>, Vec<String>) {
        let mut lab: JointLab = serde_json::from_value((crate::kinds::joint_labs::KIND.example)()).unwrap();
        change(&mut lab);
        found_by(|findings| lab.check(findings))
    }

    fn faults(change: impl FnOnce(&mut JointLab)) -> Vec<String> {
        found(change).0
    }

    fn in_state(state: &'static str) -> impl Fn(&mut JointLab) {
        move |lab| lab.lifecycle = Term::parse(state).unwrap()
    }

    fn unit(row: u32, province: &str, role: &str) -> Party {
        let (org_id, province) = (demo_org_id(row), ProvinceCode(province.to_owned()));
        Party { org_id, province, role: Term::parse(role).unwrap(), ..Party::default() }
    }

    #[test]
    fn each_province_has_exactly_one_current_lead() {
        assert!(faults(|_| ()).is_empty());
        assert_eq!(faults(|lab| lab.parties.push(unit(2, CHONGQING, "lead"))), ["#/parties one-lead-per-province"]);
        let changed_hands = |lab: &mut JointLab| {
            lab.parties[0].left_on = Some(day("2025-01-01"));
            lab.parties.push(Party { joined_on: Some(day("2025-01-01")), ..unit(2, CHONGQING, "lead") });
        };
        assert!(faults(changed_hands).is_empty());
        let nobody = |lab: &mut JointLab| lab.parties[0].role = Term::parse("co_building").unwrap();
        assert_eq!(faults(nobody), ["#/parties one-lead-per-province"]);
    }

    #[test]
    fn a_lab_without_a_sichuan_party_is_refused_once() {
        let alone = |lab: &mut JointLab| lab.parties.retain(|party| party.province.0 == CHONGQING);
        assert_eq!(faults(alone), ["#/parties missing-counterparty"]);
    }

    #[test]
    fn more_than_six_co_building_units_are_worth_a_warning() {
        let with = |count: u32| {
            found(move |lab| {
                lab.parties.truncate(2);
                lab.parties.extend((10..10 + count).map(|row| unit(row, CHONGQING, "co_building")));
            })
        };
        assert_eq!(with(6), (vec![], vec![]));
        assert_eq!(with(7), (vec![], vec!["#/parties many-co-building-units".to_owned()]));
    }

    #[test]
    fn an_approved_lab_shows_its_approval_and_a_planned_one_need_not() {
        let bare = |state: &'static str| {
            faults(move |lab| {
                in_state(state)(lab);
                lab.approval_no = None;
                lab.approved_on = None;
                lab.approving_agencies.clear();
                lab.agreement_signed_on = None;
            })
        };
        assert!(bare("planned").is_empty() && bare("cancelled").is_empty());
        let missing = ["agreement_signed_on", "approval_no", "approved_on", "approving_agencies"];
        let missing = missing.map(|member| format!("#/{member} required-here"));
        assert_eq!(bare("under_construction"), missing);
        assert_eq!(bare("operating"), missing);
    }

    #[test]
    fn a_joint_key_lab_names_what_it_is_built_on() {
        assert_eq!(faults(|lab| lab.base_labs.clear()), ["#/base_labs required-here"]);
        let other = |lab: &mut JointLab| {
            lab.base_labs.clear();
            lab.platform_type = Term::parse("engineering_centre").unwrap();
        };
        assert!(faults(other).is_empty());
    }

    #[test]
    fn a_reorganised_lab_names_its_successor() {
        assert_eq!(faults(in_state("reorganised")), ["#/successor required-here"]);
        let succeeded = |lab: &mut JointLab| {
            in_state("reorganised")(lab);
            lab.successor = Some(Reference::default());
        };
        assert!(faults(succeeded).is_empty());
    }

    #[test]
    fn building_ends_after_it_starts_and_precedes_operation() {
        assert_eq!(
            faults(|lab| lab.build_end_planned_on = Some(day("2020-01-01"))),
            ["#/build_end_planned_on before-other-date"]
        );
        assert_eq!(
            faults(|lab| lab.operating_since = Some(day("2020-01-01"))),
            ["#/operating_since before-other-date"]
        );
    }

    #[test]
    fn approval_steps_out_of_order_are_a_warning() {
        let (faults, warnings) = found(|lab| lab.agreement_signed_on = Some(day("2026-01-01")));
        assert_eq!((faults, warnings), (vec![], vec!["#/approved_on steps-out-of-order".to_owned()]));
    }

    #[test]
    fn what_has_happened_is_not_in_the_future() {
        assert_eq!(faults(|lab| lab.approved_on = Some(day("2026-11-23"))), ["#/approved_on in-the-future"]);
        let start = |state: &'static str| {
            faults(move |lab| {
                in_state(state)(lab);
                lab.build_start_on = Some(day("2027-01-01"));
                lab.build_end_planned_on = None;
                lab.operating_since = None;
            })
        };
        assert!(start("planned").is_empty());
        assert_eq!(start("under_construction"), ["#/build_start_on in-the-future"]);
        assert_eq!(
            faults(|lab| lab.evaluations = vec![Evaluation { year: 2027, ..Default::default() }]),
            ["#/evaluations/0/year in-the-future"]
        );
    }

    #[test]
    fn premises_of_a_lab_at_work_have_codes_of_today() {
        let moved = |lab: &mut JointLab| lab.divisions.push(DivisionCode("510122".into()));
        assert_eq!(faults(moved), ["#/divisions/2 division-withdrawn"]);
        let closed = |lab: &mut JointLab| {
            moved(lab);
            in_state("closed")(lab);
        };
        assert!(faults(closed).is_empty());
    }

    #[test]
    fn a_running_lab_should_say_since_when() {
        assert_eq!(found(|lab| lab.operating_since = None).1, ["#/operating_since expected-here"]);
    }
}
