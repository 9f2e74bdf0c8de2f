//! What must hold between the members of a joint project (`docs/domain.md` §b5, §c, §d1, §d3, §d4, §d5).
//!
//! That lead and participants are legal persons needs their records: `shared::parties::units_are_legal_persons`.

use std::collections::BTreeSet;

use crate::kind::Content;
use crate::kind::findings::Findings;
use crate::kinds::projects::content::{AcceptanceResult, Project};
use crate::kinds::shared::parties::check_lead;
use crate::kinds::shared::rules::{date, expected_if};
use crate::kinds::shared::{Membership, Party};
use crate::reference::Money;

const MEMBERSHIP: Membership = Membership { roles: &["lead", "participant"], with_rank: false, with_share: true };

impl Content for Project {
    fn check(&self, findings: &mut Findings) {
        let over = self.is_any(&["completed", "rejected", "terminated", "revoked"]);
        MEMBERSHIP.check(&self.parties, over, findings);
        check_lead(&self.parties, over, findings);
        self.check_units(findings);
        self.check_approval(findings);
        self.check_days(findings);
        self.check_extensions(findings);
        self.check_end(findings);
        self.check_budget(findings);
    }
}

impl Project {
    fn is_any(&self, states: &[&str]) -> bool {
        states.iter().any(|state| self.lifecycle.is(state))
    }

    fn check_units(&self, findings: &mut Findings) {
        let units: BTreeSet<_> = self.parties.iter().map(|party| party.org_id).collect();
        if units.len() < 2 {
            findings.fault("/parties", "two-organizations-needed");
        }
    }

    fn check_approval(&self, findings: &mut Findings) {
        let approved = !self.is_any(&["", "proposed", "rejected"]);
        findings.required_if(approved, self.project_no.is_some(), "/project_no", "lifecycle>=approved");
        findings.required_if(approved, self.agreement_ref.is_some(), "/agreement_ref", "lifecycle>=approved");
        let under_way = approved && !self.is_any(&["approved", "revoked"]);
        expected_if(findings, under_way, self.task_book_no.is_some(), "/task_book_no");
    }

    fn check_days(&self, findings: &mut Findings) {
        let start = ("/start_on", date(self.start_on));
        findings.in_order(start, ("/end_planned_on", date(self.end_planned_on)));
        findings.in_order(start, ("/end_actual_on", date(self.end_actual_on)));
        findings.not_in_future("/end_actual_on", date(self.end_actual_on));
        if self.is_any(&["in_progress", "suspended", "in_acceptance", "completed", "terminated"]) {
            findings.not_in_future(start.0, start.1);
        }
    }

    /// In the order of their decisions, each after the planned end. The last one counts; one that ends earlier than the
    /// one before it may be intended, and gets a warning.
    fn check_extensions(&self, findings: &mut Findings) {
        for (at, extension) in self.extensions.iter().enumerate() {
            let (decided, end) = (format!("/extensions/{at}/decided_on"), format!("/extensions/{at}/end_on"));
            findings.not_in_future(&decided, date(extension.decided_on));
            findings.in_order(("/start_on", date(self.start_on)), (&decided, date(extension.decided_on)));
            findings.in_order(("/end_planned_on", date(self.end_planned_on)), (&end, date(extension.end_on)));
        }
        for (at, pair) in self.extensions.windows(2).enumerate() {
            let [earlier, later] = pair else { continue };
            let (first, second) = (format!("/extensions/{at}"), format!("/extensions/{}", at + 1));
            let (before, after) = (format!("{first}/decided_on"), format!("{second}/decided_on"));
            findings.in_order((&before, date(earlier.decided_on)), (&after, date(later.decided_on)));
            if later.end_on < earlier.end_on {
                findings
                    .warn(format!("{second}/end_on"), "extension-shortens")
                    .args
                    .push(("other", format!("#{first}/end_on")));
            }
        }
    }

    fn check_end(&self, findings: &mut Findings) {
        let completed = self.is_any(&["completed"]);
        for (state, concerned) in [
            ("project-lifecycles=completed", completed),
            ("project-lifecycles=terminated", self.is_any(&["terminated"])),
        ] {
            findings.required_if(concerned, self.end_actual_on.is_some(), "/end_actual_on", state);
        }
        findings.required_if(completed, self.acceptance.is_some(), "/acceptance", "project-lifecycles=completed");
        if let Some(acceptance) = &self.acceptance {
            let accepted = ("/acceptance/accepted_on", date(acceptance.accepted_on));
            findings.not_in_future(accepted.0, accepted.1);
            findings.in_order(("/start_on", date(self.start_on)), accepted);
            if completed && acceptance.result == AcceptanceResult::Fail {
                findings.fault("/acceptance/result", "completed-without-pass");
            }
        }
    }

    /// Parts never exceed the total, and equal it when all three are given; the units share no more than the total. A
    /// sum that overflows exceeds any total.
    fn check_budget(&self, findings: &mut Findings) {
        let Some(total) = self.budget_total else { return };
        let members = ["/budget_cq", "/budget_sc", "/budget_own"];
        let parts = [self.budget_cq, self.budget_sc, self.budget_own];
        if members.iter().any(|member| findings.is_broken(member)) {
            return;
        }
        match Money::sum(parts.into_iter().flatten()) {
            Some(sum) if sum > total => say_amounts(findings, "/budget_total", "budget-exceeded", sum, total),
            Some(sum) if sum < total && parts.iter().all(Option::is_some) => {
                say_amounts(findings, "/budget_total", "budget-sum-differs", sum, total);
            }
            Some(_) => {}
            None => say_amounts(findings, "/budget_total", "budget-exceeded", Money::MAX, total),
        }
        let shares = self.parties.iter().filter_map(|Party { share, .. }| *share);
        match Money::sum(shares) {
            Some(sum) if sum <= total => {}
            sum => say_amounts(findings, "/parties", "shares-exceed-budget", sum.unwrap_or(Money::MAX), total),
        }
    }
}

fn say_amounts(findings: &mut Findings, pointer: &str, code: &'static str, sum: Money, total: Money) {
    findings.fault(pointer, code).args.extend([("sum", sum.to_string()), ("total", total.to_string())]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::projects::Extension;
    use crate::kinds::shared::rules::tests::{day, found_by};
    use crate::reference::Term;

    fn found(change: impl FnOnce(&mut Project)) -> (Vec<String>, Vec<String>) {
        let mut project: Project = serde_json::from_value((crate::kinds::projects::KIND.example)()).unwrap();
        change(&mut project);
        found_by(|findings| project.check(findings))
    }

    fn faults(change: impl FnOnce(&mut Project)) -> Vec<String> {
        found(change).0
    }

    fn in_state(state: &'static str) -> impl Fn(&mut Project) {
        move |project| project.lifecycle = Term::parse(state).unwrap()
    }

    fn yuan(amount: &str) -> Option<Money> {
        Some(Money::parse(amount).unwrap())
    }

    #[test]
    fn a_project_of_one_organization_is_refused() {
        assert!(faults(|_| ()).is_empty());
        let alone = |project: &mut Project| {
            let org = project.parties[0].org_id;
            project.parties.iter_mut().for_each(|party| party.org_id = org);
        };
        assert_eq!(faults(alone)[0], "#/parties two-organizations-needed");
    }

    #[test]
    fn an_approved_project_has_its_number_and_agreement_and_a_proposed_one_need_not() {
        let bare = |state: &'static str| {
            faults(move |project| {
                in_state(state)(project);
                (project.project_no, project.agreement_ref) = (None, None);
            })
        };
        assert!(bare("proposed").is_empty() && bare("rejected").is_empty());
        let missing = ["#/agreement_ref required-here", "#/project_no required-here"];
        assert_eq!(bare("approved"), missing);
        assert_eq!(bare("in_progress"), missing);
        assert_eq!(found(|project| project.task_book_no = None).1, ["#/task_book_no expected-here"]);
    }

    #[test]
    fn a_project_ends_after_it_starts() {
        assert_eq!(
            faults(|project| project.end_planned_on = Some(day("2021-01-01"))),
            ["#/end_planned_on before-other-date"]
        );
        assert_eq!(
            faults(|project| project.end_actual_on = Some(day("2021-01-01"))),
            ["#/end_actual_on before-other-date"]
        );
        assert_eq!(
            faults(|project| project.end_actual_on = Some(day("2026-11-23"))),
            ["#/end_actual_on in-the-future"]
        );
    }

    #[test]
    fn a_running_project_has_started_and_an_approved_one_may_not_have() {
        let starting = |state: &'static str| {
            faults(move |project| {
                in_state(state)(project);
                project.start_on = Some(day("2027-01-01"));
                project.end_planned_on = Some(day("2029-01-01"));
                project.extensions.clear();
            })
        };
        assert!(starting("approved").is_empty());
        assert_eq!(starting("in_progress"), ["#/start_on in-the-future"]);
    }

    #[test]
    fn an_extension_ends_later_and_was_decided_during_the_project() {
        let extended = |decided: &'static str, end: &'static str| {
            faults(move |project| {
                let reason = "示例".to_owned();
                project.extensions = vec![Extension { decided_on: Some(day(decided)), end_on: Some(day(end)), reason }];
            })
        };
        assert!(extended("2025-01-01", "2027-12-31").is_empty());
        let expected = ["#/extensions/0/decided_on before-other-date", "#/extensions/0/end_on before-other-date"];
        assert_eq!(extended("2020-01-01", "2024-01-01"), expected);
        assert_eq!(extended("2026-12-01", "2027-12-31"), ["#/extensions/0/decided_on in-the-future"]);
    }

    #[test]
    fn extensions_stand_in_the_order_of_their_decisions_and_one_that_shortens_is_told() {
        let extended = |list: [(&'static str, &'static str); 2]| {
            found(move |project| {
                let extension = |(decided, end)| Extension {
                    decided_on: Some(day(decided)),
                    end_on: Some(day(end)),
                    reason: "示例".to_owned(),
                };
                project.extensions = list.map(extension).to_vec();
            })
        };
        let none: (Vec<String>, Vec<String>) = (vec![], vec![]);
        assert_eq!(extended([("2025-01-01", "2026-06-30"), ("2026-01-01", "2027-06-30")]), none);
        assert_eq!(extended([("2025-01-01", "2026-06-30"), ("2025-01-01", "2026-06-30")]), none);
        let turned = extended([("2026-01-01", "2026-06-30"), ("2025-01-01", "2027-06-30")]);
        assert_eq!(turned.0, ["#/extensions/1/decided_on before-other-date"]);
        let shorter = extended([("2025-01-01", "2027-06-30"), ("2026-01-01", "2026-06-30")]);
        assert_eq!(shorter, (vec![], vec!["#/extensions/1/end_on extension-shortens".to_owned()]));
        let planned = faults(|project| project.end_planned_on = Some(day("2030-01-01")));
        assert_eq!(planned, ["#/extensions/0/end_on before-other-date"]);
    }

    #[test]
    fn a_completed_project_has_passed_its_acceptance() {
        let expected = ["#/acceptance required-here", "#/end_actual_on required-here"];
        assert_eq!(faults(in_state("completed")), expected);
        let completed = |result: &'static str| {
            faults(move |project| {
                in_state("completed")(project);
                project.end_actual_on = Some(day("2025-06-30"));
                let acceptance = serde_json::json!({"accepted_on": "2025-07-30", "result": result});
                project.acceptance = serde_json::from_value(acceptance).unwrap();
            })
        };
        assert!(completed("pass").is_empty());
        assert_eq!(completed("fail"), ["#/acceptance/result completed-without-pass"]);
        assert_eq!(faults(in_state("terminated")), ["#/end_actual_on required-here"]);
    }

    #[test]
    fn parts_of_the_budget_stay_within_the_total_and_all_of_them_make_it_up() {
        let parts = |cq: Option<Money>, sc: Option<Money>, own: Option<Money>| {
            faults(move |project| {
                project.budget_total = Some(Money::parse("3000000.00").unwrap());
                (project.budget_cq, project.budget_sc, project.budget_own) = (cq, sc, own);
            })
        };
        assert!(parts(None, None, None).is_empty());
        assert!(parts(yuan("1000000"), None, None).is_empty());
        assert!(parts(yuan("1000000"), yuan("1000000"), yuan("1000000.00")).is_empty());
        assert_eq!(parts(yuan("1000000"), yuan("1000000"), yuan("999999.99")), ["#/budget_total budget-sum-differs"]);
        assert_eq!(parts(yuan("3000000.01"), None, None), ["#/budget_total budget-exceeded"]);
        assert_eq!(parts(Some(Money::MAX), Some(Money::MAX), None), ["#/budget_total budget-exceeded"]);
    }

    #[test]
    fn the_units_share_no_more_than_the_budget() {
        assert_eq!(faults(|project| project.parties[0].share = yuan("2500000")), ["#/parties shares-exceed-budget"]);
        assert!(faults(|project| project.parties[0].share = None).is_empty());
    }
}
