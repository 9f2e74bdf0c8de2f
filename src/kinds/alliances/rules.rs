//! What must hold between the members of an alliance (`docs/domain.md` §b3, §c, §d1, §d4).
//!
//! Alliances inside one province exist too; this register keeps only those of both (`docs/rules.md` §3).

use crate::kind::Content;
use crate::kind::findings::Findings;
use crate::kinds::alliances::content::Alliance;
use crate::kinds::shared::Membership;
use crate::kinds::shared::parties::check_lead;
use crate::kinds::shared::rules::{check_years, date, expected_if, warn_steps_in_order};

const MEMBERSHIP: Membership = Membership {
    roles: &["lead", "co_lead", "chair", "vice_chair", "secretariat", "member"],
    with_rank: false,
    with_share: false,
};

impl Content for Alliance {
    fn check(&self, findings: &mut Findings) {
        let over = self.lifecycle.is("dissolved");
        MEMBERSHIP.check(&self.parties, over, findings);
        check_lead(&self.parties, over, findings);
        self.check_founding(findings);
        self.check_filing(findings);
        check_years(findings, "/reviews", "year", self.reviews.iter().map(|review| review.year));
    }
}

impl Alliance {
    fn check_founding(&self, findings: &mut Findings) {
        let founded = self.lifecycle.is("active") || self.lifecycle.is("suspended");
        findings.required_if(founded, self.charter_signed_on.is_some(), "/charter_signed_on", "lifecycle>=active");
        expected_if(findings, founded, self.charter_ref.is_some(), "/charter_ref");
        findings.not_in_future("/charter_signed_on", date(self.charter_signed_on));
    }

    fn check_filing(&self, findings: &mut Findings) {
        let filed = self.filing_no.is_some() || self.filed_on.is_some();
        findings.required_if(filed, self.filing_agency.is_some(), "/filing_agency", "filing_no, filed_on");
        findings.not_in_future("/filed_on", date(self.filed_on));
        let steps = [("/charter_signed_on", self.charter_signed_on), ("/filed_on", self.filed_on)];
        warn_steps_in_order(findings, &steps);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::envelope::Reference;
    use crate::kinds::shared::Review;
    use crate::kinds::shared::rules::tests::{day, found_by};
    use crate::reference::Term;

    fn found(change: impl FnOnce(&mut Alliance)) -> (Vec<String>, Vec<String>) {
        let mut alliance: Alliance = serde_json::from_value((crate::kinds::alliances::KIND.example)()).unwrap();
        change(&mut alliance);
        found_by(|findings| alliance.check(findings))
    }

    fn faults(change: impl FnOnce(&mut Alliance)) -> Vec<String> {
        found(change).0
    }

    #[test]
    fn a_founded_alliance_has_a_signed_charter_and_one_in_preparation_need_not() {
        let without = |state: &'static str| {
            faults(move |alliance| {
                alliance.charter_signed_on = None;
                alliance.lifecycle = Term::parse(state).unwrap();
            })
        };
        assert!(without("preparing").is_empty());
        assert_eq!(without("active"), ["#/charter_signed_on required-here"]);
        assert_eq!(without("suspended"), ["#/charter_signed_on required-here"]);
    }

    #[test]
    fn two_leads_are_fine_and_none_is_refused() {
        assert!(faults(|_| ()).is_empty());
        let nobody = |alliance: &mut Alliance| {
            alliance.parties.iter_mut().for_each(|party| party.role = Term::parse("member").unwrap());
        };
        assert_eq!(faults(nobody), ["#/parties lead-missing"]);
    }

    #[test]
    fn a_dissolved_alliance_may_have_lost_everybody() {
        let dissolved = |state: &'static str| {
            faults(move |alliance| {
                alliance.lifecycle = Term::parse(state).unwrap();
                alliance.parties.iter_mut().for_each(|party| party.left_on = Some(day("2025-01-01")));
            })
        };
        assert!(dissolved("dissolved").is_empty());
        let gone = ["#/parties lead-missing", "#/parties missing-counterparty", "#/parties missing-counterparty"];
        assert_eq!(dissolved("active"), gone);
    }

    #[test]
    fn a_filing_names_its_agency() {
        let filed = |alliance: &mut Alliance| alliance.filing_no = Some("示例备1号".into());
        assert_eq!(faults(filed), ["#/filing_agency required-here"]);
        let complete = |alliance: &mut Alliance| {
            filed(alliance);
            alliance.filing_agency = Some(Reference::default());
        };
        assert!(faults(complete).is_empty());
    }

    #[test]
    fn filing_before_the_charter_is_worth_a_warning_and_the_future_is_refused() {
        let filed = |on: &'static str| {
            found(move |alliance| {
                alliance.filing_agency = Some(Reference::default());
                alliance.filed_on = Some(day(on));
            })
        };
        assert_eq!(filed("2021-01-01").0, Vec::<String>::new());
        assert!(filed("2020-01-01").1.contains(&"#/filed_on steps-out-of-order".to_owned()));
        assert_eq!(filed("2027-01-01").0, ["#/filed_on in-the-future"]);
        assert_eq!(
            faults(|alliance| alliance.charter_signed_on = Some(day("2027-01-01"))),
            ["#/charter_signed_on in-the-future"]
        );
        let reviewed = |alliance: &mut Alliance| alliance.reviews = vec![Review { year: 2027, ..Default::default() }];
        assert_eq!(faults(reviewed), ["#/reviews/0/year in-the-future"]);
    }
}
