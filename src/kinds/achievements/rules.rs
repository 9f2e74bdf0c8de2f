//! What must hold between the members of an achievement (`docs/domain.md` §b6, §c, §d4, §d5, §d14).

use chrono::Datelike;

use crate::forms::envelope::Reference;
use crate::kind::Content;
use crate::kind::findings::Findings;
use crate::kinds::achievements::content::{Achievement, Transformation};
use crate::kinds::shared::rules::{date, expected_if};
use crate::reference::Month;

/// The unit uses its own achievement: there is neither contract nor partner.
const OWN_USE: &str = "self";

impl Content for Achievement {
    fn check(&self, findings: &mut Findings) {
        self.check_registration(findings);
        self.check_units(findings);
        self.check_months(findings);
        self.check_source(findings);
        for (at, transformation) in self.transformations.iter().enumerate() {
            transformation.check(&format!("/transformations/{at}"), findings);
        }
        self.check_contracts(findings);
    }
}

impl Achievement {
    fn check_registration(&self, findings: &mut Findings) {
        let year = self.registration_no.as_deref().and_then(|number| number.get(3..7)?.parse::<i32>().ok());
        if year.is_some_and(|year| year > findings.today.year()) {
            findings.fault("/registration_no", "in-the-future");
        }
    }

    fn check_units(&self, findings: &mut Findings) {
        let same = |one: &Reference, other: &Reference| {
            (one.id.is_some() && one.id == other.id) || (one.code.is_some() && one.code == other.code)
        };
        for (at, unit) in self.completing_units.iter().enumerate() {
            if self.completing_units[..at].iter().any(|other| same(other, unit)) {
                findings.fault(format!("/completing_units/{at}"), "unit-repeated");
            }
        }
    }

    fn check_months(&self, findings: &mut Findings) {
        let (start, end) = (self.start_month.map(Month::first_day), self.end_month.map(Month::first_day));
        findings.not_in_future("/start_month", start);
        findings.not_in_future("/end_month", end);
        findings.in_order(("/start_month", start), ("/end_month", end));
    }

    fn check_source(&self, findings: &mut Findings) {
        if self.source_project.is_some() && self.source_project_text.is_some() {
            findings.fault("/source_project_text", "either-or").args.push(("other", "#/source_project".to_owned()));
        }
    }

    /// Contracted and transformed achievements have a contract, or are used by their unit itself; no contract is listed
    /// twice.
    fn check_contracts(&self, findings: &mut Findings) {
        let contracts: Vec<Option<&String>> = self.transformations.iter().map(|one| one.contract_no.as_ref()).collect();
        for (at, number) in contracts.iter().enumerate() {
            if number.is_some() && contracts[..at].contains(number) {
                findings.fault(format!("/transformations/{at}/contract_no"), "contract-repeated");
            }
        }
        let has_contract = contracts.iter().any(Option::is_some);
        let is_used = self.transformations.iter().any(|one| one.mode.is(OWN_USE));
        let contracted = self.lifecycle.is("contracted");
        findings.required_if(contracted, has_contract, "/transformations", "achievement-lifecycles=contracted");
        let transformed = self.lifecycle.is("transformed");
        findings.required_if(
            transformed,
            has_contract || is_used,
            "/transformations",
            "achievement-lifecycles=transformed",
        );
    }
}

impl Transformation {
    fn check(&self, at: &str, findings: &mut Findings) {
        let (contract, signed) = (format!("{at}/contract_no"), format!("{at}/signed_on"));
        let has_contract = self.contract_no.is_some();
        // An amount belongs to one contract (`docs/domain.md` §d14).
        let has_amount = self.amount.is_some() || self.received.is_some();
        findings.required_if(has_amount, has_contract, &contract, "amount, received");
        findings.required_if(has_contract, self.signed_on.is_some(), &signed, "contract_no");
        findings.not_in_future(&signed, date(self.signed_on));
        let with_partner = has_contract && !self.mode.is(OWN_USE);
        expected_if(findings, with_partner, self.transferor.is_some(), &format!("{at}/transferor"));
        expected_if(findings, with_partner, self.transferee.is_some(), &format!("{at}/transferee"));
        if self.transferor.is_some() && self.transferor == self.transferee {
            findings.fault(format!("{at}/transferee"), "transferred-to-itself");
        }
        // Running royalties may exceed what the contract names.
        if let (Some(amount), Some(received)) = (self.amount, self.received)
            && received > amount
        {
            findings.warn(format!("{at}/received"), "received-above-amount");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::shared::demo_org_id;
    use crate::kinds::shared::rules::tests::{day, found_by};
    use crate::reference::{Money, Term};

    fn found(change: impl FnOnce(&mut Achievement)) -> (Vec<String>, Vec<String>) {
        let mut achievement: Achievement =
            serde_json::from_value((crate::kinds::achievements::KIND.example)()).unwrap();
        change(&mut achievement);
        found_by(|findings| achievement.check(findings))
    }

    fn faults(change: impl FnOnce(&mut Achievement)) -> Vec<String> {
        found(change).0
    }

    #[test]
    fn the_year_of_a_registration_number_has_begun() {
        let numbered = |number: &'static str| faults(move |it| it.registration_no = Some(number.to_owned()));
        assert!(numbered("9992026Y0001").is_empty());
        assert_eq!(numbered("9992027Y0001"), ["#/registration_no in-the-future"]);
    }

    #[test]
    fn a_unit_completes_it_once() {
        assert!(faults(|_| ()).is_empty());
        let again = |it: &mut Achievement| it.completing_units.push(it.completing_units[0].clone());
        assert_eq!(faults(again), ["#/completing_units/2 unit-repeated"]);
        let by_code = |it: &mut Achievement| {
            let unit = Reference { id: None, code: Some("ORG-2026-000001-1".to_owned()) };
            it.completing_units = vec![unit.clone(), Reference { id: Some(demo_org_id(1)), ..unit }];
        };
        assert_eq!(faults(by_code), ["#/completing_units/1 unit-repeated"]);
    }

    #[test]
    fn research_ends_after_it_began_and_not_in_the_future() {
        let month = |raw: &str| Some(Month::parse(raw).unwrap());
        assert!(faults(|it| it.end_month = it.start_month).is_empty());
        assert_eq!(faults(|it| it.end_month = month("2022-06")), ["#/end_month before-other-date"]);
        assert_eq!(faults(|it| it.end_month = month("2026-12")), ["#/end_month in-the-future"]);
        assert!(faults(|it| it.end_month = month("2026-11")).is_empty());
    }

    #[test]
    fn the_source_is_a_project_of_the_register_or_a_text() {
        let text = |it: &mut Achievement| it.source_project_text = Some("示例计划".to_owned());
        assert_eq!(faults(text), ["#/source_project_text either-or"]);
        let alone = |it: &mut Achievement| {
            text(it);
            it.source_project = None;
        };
        assert!(faults(alone).is_empty());
    }

    #[test]
    fn amounts_belong_to_a_contract_that_was_signed() {
        let without = |it: &mut Achievement| {
            it.lifecycle = Term::parse("offered").unwrap();
            it.transformations[0].contract_no = None;
        };
        assert_eq!(faults(without), ["#/transformations/0/contract_no required-here"]);
        let free = |it: &mut Achievement| {
            without(it);
            (it.transformations[0].amount, it.transformations[0].received) = (None, None);
        };
        assert!(faults(free).is_empty());
        let signed = |on: Option<&str>| {
            let on = on.map(day);
            faults(move |it| it.transformations[0].signed_on = on)
        };
        assert_eq!(signed(None), ["#/transformations/0/signed_on required-here"]);
        assert_eq!(signed(Some("2026-11-23")), ["#/transformations/0/signed_on in-the-future"]);
    }

    #[test]
    fn a_contract_stands_once() {
        let again = |it: &mut Achievement| it.transformations.push(it.transformations[0].clone());
        assert_eq!(faults(again), ["#/transformations/1/contract_no contract-repeated"]);
    }

    #[test]
    fn a_contracted_achievement_has_a_contract_and_a_transformed_one_may_be_used_by_its_unit() {
        let bare = |state: &'static str| {
            faults(move |it| {
                it.lifecycle = Term::parse(state).unwrap();
                it.transformations.clear();
            })
        };
        assert!(bare("registered").is_empty() && bare("offered").is_empty() && bare("withdrawn").is_empty());
        assert_eq!(bare("contracted"), ["#/transformations required-here"]);
        assert_eq!(bare("transformed"), ["#/transformations required-here"]);
        let used = |state: &'static str| {
            faults(move |it| {
                it.lifecycle = Term::parse(state).unwrap();
                it.transformations =
                    vec![Transformation { mode: Term::parse(OWN_USE).unwrap(), ..Transformation::default() }];
            })
        };
        assert!(used("transformed").is_empty());
        assert_eq!(used("contracted"), ["#/transformations required-here"]);
    }

    #[test]
    fn nobody_transfers_to_themselves_and_both_partners_are_expected() {
        let itself = |it: &mut Achievement| it.transformations[0].transferee = it.transformations[0].transferor.clone();
        assert_eq!(faults(itself), ["#/transformations/0/transferee transferred-to-itself"]);
        let unnamed = |it: &mut Achievement| it.transformations[0].transferee = None;
        assert_eq!(found(unnamed), (vec![], vec!["#/transformations/0/transferee expected-here".to_owned()]));
    }

    #[test]
    fn more_received_than_agreed_is_worth_a_warning() {
        let more = |it: &mut Achievement| it.transformations[0].received = Money::from_fen(120_000_001);
        assert_eq!(found(more), (vec![], vec!["#/transformations/0/received received-above-amount".to_owned()]));
    }
}
