//! What must hold between the members of an R&D capability (`docs/domain.md` §b10, §c, §d10).

use crate::kind::Content;
use crate::kind::findings::Findings;
use crate::kinds::capabilities::content::Capability;
use crate::kinds::shared::rules::{check_division, check_last_day, date};

impl Content for Capability {
    fn check(&self, findings: &mut Findings) {
        let last_day = date(self.valid_until);
        let (available, expired) = (self.lifecycle.is("available"), self.lifecycle.is("expired"));
        check_last_day(findings, available, expired, ("/valid_until", last_day));
        let on = last_day.filter(|day| *day <= findings.today).unwrap_or(findings.today);
        for (at, code) in self.divisions_served.iter().enumerate() {
            check_division(findings, &format!("/divisions_served/{at}"), &code.0, Some(on));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::shared::DivisionCode;
    use crate::kinds::shared::rules::tests::{day, faults_of};
    use crate::reference::Term;

    fn faults(change: impl FnOnce(&mut Capability)) -> Vec<String> {
        let mut capability: Capability = serde_json::from_value((crate::kinds::capabilities::KIND.example)()).unwrap();
        change(&mut capability);
        faults_of(|findings| capability.check(findings))
    }

    #[test]
    fn what_is_available_has_not_passed_its_last_day_and_what_expired_has() {
        let until = |state: &'static str, on: &'static str| {
            faults(move |capability| {
                capability.lifecycle = Term::parse(state).unwrap();
                capability.valid_until = Some(day(on));
            })
        };
        assert!(until("available", "2026-11-22").is_empty());
        assert_eq!(until("available", "2026-11-21"), ["#/valid_until last-day-passed"]);
        assert!(until("expired", "2026-11-21").is_empty());
        assert_eq!(until("expired", "2026-11-22"), ["#/valid_until last-day-to-come"]);
        for state in ["paused", "closed"] {
            assert!(until(state, "2026-01-01").is_empty() && until(state, "2027-01-01").is_empty(), "{state}");
        }
    }

    #[test]
    fn the_divisions_served_have_codes_of_today() {
        let moved = |capability: &mut Capability| capability.divisions_served.push(DivisionCode("500234".into()));
        assert_eq!(faults(moved), ["#/divisions_served/2 division-withdrawn"]);
    }
}
