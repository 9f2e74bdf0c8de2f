//! What must hold between the members of a policy (`docs/domain.md` §b7, §c, §d4, §d10, §d15).

use serde_json::Value;

use crate::kind::findings::Findings;
use crate::kind::{Content, Owner};
use crate::kinds::policies::content::Policy;
use crate::kinds::shared::Membership;
use crate::kinds::shared::parties::{check_both_provinces, first_of};
use crate::kinds::shared::rules::{
    check_division, check_precision, date, expected_if, latest, warn_if_over, warn_steps_in_order,
};
use crate::reference::division::{CHONGQING, SICHUAN};

const MEMBERSHIP: Membership = Membership { roles: &["issuer"], with_rank: false, with_share: false };

/// The owner of a policy: both provinces, or the first issuer of its side.
pub fn owner(content: &Value) -> Owner {
    match content.get("policy_kind").and_then(Value::as_str) {
        Some("joint") => Owner::Parties,
        Some(word) => {
            let own = side(word).and_then(|side| Some((first_of(content, side)?, side)));
            own.map_or(Owner::Unknown, |(issuer, side)| Owner::For(issuer, side))
        }
        None => Owner::Unknown,
    }
}

/// The province of a policy of one side.
fn side(policy_kind: &str) -> Option<&'static str> {
    [("chongqing", CHONGQING), ("sichuan", SICHUAN)].into_iter().find(|(word, _)| *word == policy_kind).map(|it| it.1)
}

impl Content for Policy {
    fn check(&self, findings: &mut Findings) {
        self.check_issuers(findings);
        self.check_issue(findings);
        self.check_force(findings);
        self.check_days(findings);
        self.check_places(findings);
    }
}

impl Policy {
    fn is_any(&self, states: &[&str]) -> bool {
        states.iter().any(|state| self.lifecycle.is(state))
    }

    fn check_issuers(&self, findings: &mut Findings) {
        MEMBERSHIP.check_each(&self.parties, findings);
        for (at, issuer) in self.parties.iter().enumerate() {
            // An issuer never leaves: it remains the issuer.
            for (member, given) in [("joined_on", issuer.joined_on.is_some()), ("left_on", issuer.left_on.is_some())] {
                if given {
                    let fault = findings.fault(format!("/parties/{at}/{member}"), "not-of-this-kind");
                    fault.args.push(("member", member.to_owned()));
                }
            }
        }
        if self.policy_kind.is("joint") {
            check_both_provinces(&self.parties, true, findings);
        } else if let Some(own) = side(self.policy_kind.as_str()) {
            self.check_side(own, findings);
        }
    }

    /// A document that an agency of the other side issued as well is a joint one.
    fn check_side(&self, own: &str, findings: &mut Findings) {
        if !self.parties.iter().any(|issuer| issuer.province.0 == own) {
            findings.fault("/parties", "own-issuer-missing").args.push(("province", own.to_owned()));
        }
        let is_other = |province: &str| province != own && [CHONGQING, SICHUAN].contains(&province);
        for (at, issuer) in self.parties.iter().enumerate() {
            if is_other(&issuer.province.0) {
                findings.fault(format!("/parties/{at}/province"), "issuer-of-other-side");
            }
        }
    }

    fn check_issue(&self, findings: &mut Findings) {
        let issued = self.is_any(&["issued", "in_force", "expired", "repealed"]);
        findings.required_if(issued, self.document_no.is_some(), "/document_no", "lifecycle>=issued");
        findings.required_if(issued, self.issued_on.is_some(), "/issued_on", "lifecycle>=issued");
        let consulting = self.is_any(&["consulting"]);
        expected_if(findings, consulting, self.consultation_from.is_some(), "/consultation_from");
    }

    fn check_force(&self, findings: &mut Findings) {
        let (from, to) = (date(self.effective_from), date(self.effective_to));
        let in_force = self.is_any(&["in_force", "expired"]);
        findings.required_if(in_force, from.is_some(), "/effective_from", "lifecycle>=in_force");
        let expired = self.is_any(&["expired"]);
        findings.required_if(expired, to.is_some(), "/effective_to", "policy-lifecycles=expired");
        let repealed = self.is_any(&["repealed"]);
        findings.required_if(repealed, self.replaced_by.is_some(), "/replaced_by", "policy-lifecycles=repealed");
        expected_if(findings, repealed, to.is_some(), "/effective_to");
        if in_force {
            findings.not_in_future("/effective_from", from);
        }
        if expired || repealed {
            findings.not_in_future("/effective_to", to);
        }
        warn_if_over(findings, self.is_any(&["issued"]), from);
        warn_if_over(findings, self.is_any(&["in_force"]), to);
    }

    fn check_days(&self, findings: &mut Findings) {
        check_precision(findings, "/drafted_on", self.drafted_on, self.drafted_on_precision);
        check_precision(findings, "/issued_on", self.issued_on, self.issued_on_precision);
        findings.not_in_future("/drafted_on", date(self.drafted_on));
        findings.not_in_future("/issued_on", date(self.issued_on));
        let from = ("/consultation_from", date(self.consultation_from));
        findings.in_order(from, ("/consultation_to", date(self.consultation_to)));
        let effective = ("/effective_from", date(self.effective_from));
        findings.in_order(("/issued_on", date(self.issued_on)), effective);
        findings.in_order(effective, ("/effective_to", date(self.effective_to)));
        let issued = latest(self.issued_on, self.issued_on_precision);
        let steps = [("/drafted_on", self.drafted_on), (from.0, self.consultation_from), ("/issued_on", issued)];
        warn_steps_in_order(findings, &steps);
    }

    /// Codes must be valid on the day of issue; before it, today.
    fn check_places(&self, findings: &mut Findings) {
        let places = &self.applies_to;
        if places.divisions.is_empty() && places.zones.is_empty() {
            findings.fault("/applies_to", "place-missing");
        }
        let on = latest(self.issued_on, self.issued_on_precision).map(|day| day.date().min(findings.today));
        for (at, code) in places.divisions.iter().enumerate() {
            check_division(findings, &format!("/applies_to/divisions/{at}"), &code.0, on.or(Some(findings.today)));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::forms::envelope::Reference;
    use crate::kinds::shared::rules::tests::{day, found_by};
    use crate::kinds::shared::{DivisionCode, Party, Precision, ProvinceCode, demo_org_id};
    use crate::reference::Term;

    fn found(change: impl FnOnce(&mut Policy)) -> (Vec<String>, Vec<String>) {
        let mut policy: Policy = serde_json::from_value((crate::kinds::policies::KIND.example)()).unwrap();
        change(&mut policy);
        found_by(|findings| policy.check(findings))
    }

    fn faults(change: impl FnOnce(&mut Policy)) -> Vec<String> {
        found(change).0
    }

    fn of_kind(kind: &'static str, issuers: &'static [(u32, &'static str)]) -> impl Fn(&mut Policy) {
        move |policy| {
            policy.policy_kind = Term::parse(kind).unwrap();
            let issuer = |(row, province): &(u32, &str)| Party {
                org_id: demo_org_id(*row),
                province: ProvinceCode((*province).to_owned()),
                role: Term::parse("issuer").unwrap(),
                ..Party::default()
            };
            policy.parties = issuers.iter().map(issuer).collect();
        }
    }

    fn in_state(state: &'static str) -> impl Fn(&mut Policy) {
        move |policy| policy.lifecycle = Term::parse(state).unwrap()
    }

    #[test]
    fn a_joint_policy_has_an_issuer_of_each_province() {
        assert!(faults(|_| ()).is_empty());
        assert!(faults(of_kind("joint", &[(132, "110000"), (119, SICHUAN), (53, CHONGQING)])).is_empty());
        assert_eq!(faults(of_kind("joint", &[(53, CHONGQING)])), ["#/parties missing-counterparty"]);
    }

    #[test]
    fn a_policy_of_one_side_has_issuers_of_that_side_and_none_of_the_other() {
        assert!(faults(of_kind("chongqing", &[(132, "110000"), (53, CHONGQING)])).is_empty());
        assert!(faults(of_kind("sichuan", &[(119, SICHUAN)])).is_empty());
        let other = ["#/parties own-issuer-missing", "#/parties/0/province issuer-of-other-side"];
        assert_eq!(faults(of_kind("sichuan", &[(53, CHONGQING)])), other);
        assert_eq!(faults(of_kind("sichuan", &[(132, "110000")])), ["#/parties own-issuer-missing"]);
    }

    #[test]
    fn it_belongs_to_both_provinces_or_to_the_first_issuer_of_its_side() {
        let content = |kind: &str| {
            let issuer = |row, province| json!({"org_id": demo_org_id(row), "province": province});
            json!({"policy_kind": kind, "parties": [issuer(119, SICHUAN), issuer(53, CHONGQING), issuer(1, CHONGQING)]})
        };
        assert_eq!(owner(&content("joint")), Owner::Parties);
        assert_eq!(owner(&content("chongqing")), Owner::For(demo_org_id(53), CHONGQING));
        assert_eq!(owner(&content("sichuan")), Owner::For(demo_org_id(119), SICHUAN));
        assert_eq!(owner(&content("nonsense")), Owner::Unknown);
        assert_eq!(owner(&json!({"policy_kind": "sichuan"})), Owner::Unknown);
        assert_eq!(owner(&json!({})), Owner::Unknown);
    }

    #[test]
    fn an_issuer_has_that_role_and_no_dates() {
        let dated = |policy: &mut Policy| policy.parties[0].joined_on = Some(day("2023-01-01"));
        assert_eq!(faults(dated), ["#/parties/0/joined_on not-of-this-kind"]);
        let leading = |policy: &mut Policy| policy.parties[1].role = Term::parse("lead").unwrap();
        assert_eq!(faults(leading), ["#/parties/1/role role-not-here"]);
    }

    #[test]
    fn an_issued_policy_has_number_and_day_and_one_in_force_its_first_day() {
        let bare = |state: &'static str| {
            faults(move |policy| {
                in_state(state)(policy);
                (policy.document_no, policy.issued_on, policy.effective_from) = (None, None, None);
                policy.replaced_by = Some(Reference::default());
                policy.effective_to = Some(day("2024-01-01"));
            })
        };
        assert!(bare("drafting").is_empty() && bare("consulting").is_empty() && bare("abandoned").is_empty());
        let issued = ["#/document_no required-here", "#/issued_on required-here"];
        assert_eq!(bare("issued"), issued);
        assert_eq!(bare("repealed"), issued);
        let forced = ["#/document_no required-here", "#/effective_from required-here", "#/issued_on required-here"];
        assert_eq!(bare("in_force"), forced);
        assert_eq!(bare("expired"), forced);
    }

    #[test]
    fn the_end_of_a_policy_says_when_or_by_what() {
        assert_eq!(faults(in_state("expired")), ["#/effective_to required-here"]);
        assert_eq!(faults(in_state("repealed")), ["#/replaced_by required-here"]);
        let expired = |on: &str| {
            let on = day(on);
            faults(move |policy| {
                in_state("expired")(policy);
                policy.effective_to = Some(on);
            })
        };
        assert!(expired("2026-11-22").is_empty());
        assert_eq!(expired("2026-11-23"), ["#/effective_to in-the-future"]);
        assert_eq!(expired("2023-05-31"), ["#/effective_to before-other-date"]);
    }

    #[test]
    fn a_policy_is_in_force_from_its_day_on() {
        let from = |state: &'static str, on: &str| {
            let on = day(on);
            found(move |policy| {
                in_state(state)(policy);
                policy.effective_from = Some(on);
            })
        };
        assert_eq!(from("in_force", "2026-11-23").0, ["#/effective_from in-the-future"]);
        assert_eq!(from("issued", "2026-11-23"), (vec![], vec![]));
        assert_eq!(from("issued", "2026-11-22"), (vec![], vec!["#/lifecycle lifecycle-behind-date".to_owned()]));
        assert_eq!(from("issued", "2023-05-09").0, ["#/effective_from before-other-date"]);
        let over = found(|policy| policy.effective_to = Some(day("2026-11-22")));
        assert_eq!(over, (vec![], vec!["#/lifecycle lifecycle-behind-date".to_owned()]));
    }

    #[test]
    fn a_day_known_to_the_month_is_its_first_and_may_be_any_of_its_days() {
        let drafted = |on: &str, precision| {
            let on = day(on);
            found(move |policy| (policy.drafted_on, policy.drafted_on_precision) = (Some(on), precision))
        };
        assert_eq!(drafted("2022-12-02", Some(Precision::Month)).0, ["#/drafted_on not-first-day"]);
        assert_eq!(drafted("2022-12-01", Some(Precision::Year)).0, ["#/drafted_on not-first-day"]);
        assert!(drafted("2022-01-01", Some(Precision::Year)).0.is_empty());
        assert!(drafted("2022-12-02", Some(Precision::Day)).0.is_empty());
        let undated = |policy: &mut Policy| policy.drafted_on = None;
        assert_eq!(faults(undated), ["#/drafted_on required-here"]);
        let issued = |precision| {
            found(move |policy| (policy.issued_on, policy.issued_on_precision) = (Some(day("2023-01-01")), precision)).1
        };
        assert_eq!(issued(None), ["#/issued_on steps-out-of-order"]);
        assert_eq!(issued(Some(Precision::Month)), ["#/issued_on steps-out-of-order"]);
        assert!(issued(Some(Precision::Year)).is_empty());
    }

    #[test]
    fn a_consultation_ends_after_it_began_and_one_that_runs_says_since_when() {
        let ended = faults(|policy| policy.consultation_to = Some(day("2023-01-31")));
        assert_eq!(ended, ["#/consultation_to before-other-date"]);
        let undated = found(|policy| {
            in_state("consulting")(policy);
            policy.consultation_from = None;
        });
        assert_eq!(undated, (vec![], vec!["#/consultation_from expected-here".to_owned()]));
    }

    #[test]
    fn it_applies_somewhere_whose_code_was_valid_when_it_was_issued() {
        assert_eq!(faults(|policy| policy.applies_to = Default::default()), ["#/applies_to place-missing"]);
        let at = |code: &str, on: &str| {
            let (code, on) = (DivisionCode(code.to_owned()), day(on));
            faults(move |policy| {
                in_state("issued")(policy);
                policy.applies_to.divisions = vec![code];
                (policy.issued_on, policy.effective_from) = (Some(on), None);
                (policy.drafted_on, policy.drafted_on_precision, policy.consultation_from) = (None, None, None);
            })
        };
        assert!(at("500234", "2010-01-01").is_empty());
        assert_eq!(at("500234", "2023-05-10"), ["#/applies_to/divisions/0 division-withdrawn"]);
    }
}
