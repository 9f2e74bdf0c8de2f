//! What must hold between the members of an organization (`docs/domain.md` §b1, §b11, §c, §d4, §d10).

use crate::kind::Content;
use crate::kind::findings::Findings;
use crate::kinds::organizations::content::Organization;
use crate::kinds::shared::rules::{check_division, date};
use crate::reference::Uscc;

impl Content for Organization {
    fn check(&self, findings: &mut Findings) {
        self.check_days(findings);
        if self.lifecycle.is("withdrawn") {
            return; // registered in error: it need not be complete
        }
        self.check_end(findings);
        self.check_seat(findings);
        self.warn_of_gaps(findings);
    }
}

impl Organization {
    fn check_days(&self, findings: &mut Findings) {
        findings.not_in_future("/established_on", date(self.established_on));
        findings.in_order(("/established_on", date(self.established_on)), ("/ended_on", date(self.ended_on)));
        for (at, former) in self.former_names.iter().enumerate() {
            findings.not_in_future(&format!("/former_names/{at}/ended_on"), date(former.ended_on));
        }
    }

    fn check_end(&self, findings: &mut Findings) {
        let (merged, ended) = (self.lifecycle.is("merged"), self.lifecycle.is("ended"));
        findings.required_if(merged, self.successor.is_some(), "/successor", "organization-lifecycles=merged");
        findings.required_if(ended, self.ended_on.is_some(), "/ended_on", "organization-lifecycles=ended");
        if merged || ended {
            findings.not_in_future("/ended_on", date(self.ended_on));
        } else if date(self.ended_on).is_some_and(|day| day <= findings.today) {
            findings.warn("/lifecycle", "ended-but-active");
        }
    }

    /// Codes must be valid today, or on the last day of an organization that no longer exists.
    fn check_seat(&self, findings: &mut Findings) {
        let gone_undated = !self.lifecycle.is("active") && self.ended_on.is_none();
        let last_day = date(self.ended_on).filter(|day| *day <= findings.today);
        let on = last_day.or(Some(findings.today)).filter(|_| !gone_undated);
        let seats = [
            ("/division_registered", Some(&self.division_registered)),
            ("/division_located", self.division_located.as_ref()),
        ];
        for (pointer, code) in seats.into_iter().filter_map(|(pointer, code)| Some((pointer, code?))) {
            check_division(findings, pointer, &code.0, on);
        }
    }

    /// Warnings and not faults: most legal persons' codes are not published, and codes in use break the rule of GB
    /// 11714.
    fn warn_of_gaps(&self, findings: &mut Findings) {
        let mainland = !["71", "81", "82"].iter().any(|code| self.division_registered.0.starts_with(code));
        if self.uscc.is_none() && self.legal_person == Some(true) && mainland {
            findings.warn("/uscc", "uscc-missing");
        }
        if self.uscc.as_ref().is_some_and(Uscc::category_is_unlisted) {
            findings.warn("/uscc", "uscc-category");
        }
        if self.uscc.as_ref().is_some_and(Uscc::inner_code_is_odd) {
            findings.warn("/uscc", "uscc-inner-check");
        }
        if self.legal_person == Some(false) && self.parent.is_none() {
            findings.warn("/parent", "parent-missing");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::envelope::Reference;
    use crate::kinds::shared::DivisionCode;
    use crate::kinds::shared::rules::tests::{day, found_by};
    use crate::reference::Term;

    fn organization() -> Organization {
        serde_json::from_value((crate::kinds::organizations::KIND.example)()).unwrap()
    }

    fn found(change: impl FnOnce(&mut Organization)) -> (Vec<String>, Vec<String>) {
        let mut organization = organization();
        change(&mut organization);
        found_by(|findings| organization.check(findings))
    }

    #[test]
    fn a_legal_person_without_uscc_is_accepted_with_a_warning() {
        assert_eq!(found(|_| ()), (vec![], vec!["#/uscc uscc-missing".to_owned()]));
        let with_code = |code: &'static str| found(move |it| it.uscc = Some(Uscc::parse(code).unwrap())).1;
        assert!(with_code("9150000020286320X6").is_empty());
        assert!(found(|it| it.division_registered = DivisionCode("810000".into())).1.is_empty());
    }

    #[test]
    fn a_uscc_whose_inner_check_is_odd_is_accepted_with_a_warning() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/vectors/test-vectors.json")).unwrap();
        let odd = vectors.pointer("/uscc/warning/0/code").and_then(|code| code.as_str()).unwrap().to_owned();
        let (faults, warnings) = found(|it| it.uscc = Some(Uscc::parse(&odd).unwrap()));
        assert_eq!((faults, warnings), (vec![], vec!["#/uscc uscc-inner-check".to_owned()]));
    }

    #[test]
    fn a_uscc_of_a_category_that_our_list_lacks_is_accepted_with_a_warning() {
        let (faults, warnings) = found(|it| it.uscc = Some(Uscc::parse("145000000000000191").unwrap()));
        assert!(faults.is_empty() && warnings.contains(&"#/uscc uscc-category".to_owned()), "{faults:?} {warnings:?}");
    }

    #[test]
    fn a_part_of_another_organization_should_name_it() {
        let part = |it: &mut Organization| it.legal_person = Some(false);
        assert_eq!(found(part).1, ["#/parent parent-missing"]);
        let named = |it: &mut Organization| {
            part(it);
            it.parent = Some(Reference::default());
        };
        assert!(found(named).1.is_empty());
    }

    #[test]
    fn a_merged_organization_needs_its_successor() {
        let merged = |it: &mut Organization| it.lifecycle = Term::parse("merged").unwrap();
        assert_eq!(found(merged).0, ["#/successor required-here"]);
        let succeeded = |it: &mut Organization| {
            merged(it);
            it.successor = Some(Reference::default());
        };
        assert!(found(succeeded).0.is_empty());
    }

    #[test]
    fn an_ended_organization_needs_its_day_after_the_first_and_not_after_today() {
        let ended = |on: Option<&'static str>| {
            found(move |it| {
                it.lifecycle = Term::parse("ended").unwrap();
                it.established_on = Some(day("2000-01-01"));
                it.ended_on = on.map(day);
            })
            .0
        };
        assert!(ended(Some("2020-01-01")).is_empty());
        assert_eq!(ended(None), ["#/ended_on required-here"]);
        assert_eq!(ended(Some("1999-12-31")), ["#/ended_on before-other-date"]);
        assert_eq!(ended(Some("2026-11-23")), ["#/ended_on in-the-future"]);
    }

    #[test]
    fn an_active_organization_that_has_ended_is_worth_a_warning() {
        assert!(
            found(|it| it.ended_on = Some(day("2020-01-01"))).1.contains(&"#/lifecycle ended-but-active".to_owned())
        );
        assert_eq!(found(|it| it.ended_on = Some(day("2030-01-01"))).1, ["#/uscc uscc-missing"]);
    }

    #[test]
    fn the_seat_has_a_code_of_today_unless_the_organization_is_no_more() {
        let renamed = |it: &mut Organization| it.division_located = Some(DivisionCode("500234".into()));
        assert_eq!(found(renamed).0, ["#/division_located division-withdrawn"]);
        let ended = |it: &mut Organization| {
            renamed(it);
            it.lifecycle = Term::parse("ended").unwrap();
            it.ended_on = Some(day("2010-01-01"));
            it.established_on = None;
            it.division_registered = DivisionCode("500000".into());
        };
        assert!(found(ended).0.is_empty());
    }

    #[test]
    fn past_events_are_not_in_the_future() {
        assert_eq!(found(|it| it.established_on = Some(day("2026-11-23"))).0, ["#/established_on in-the-future"]);
        assert!(found(|it| it.established_on = Some(day("2026-11-22"))).0.is_empty());
        let renamed = |it: &mut Organization| {
            it.former_names = vec![crate::kinds::organizations::FormerName {
                ended_on: Some(day("2027-01-01")),
                ..Default::default()
            }];
        };
        assert_eq!(found(renamed).0, ["#/former_names/0/ended_on in-the-future"]);
    }
}
