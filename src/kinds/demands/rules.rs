//! What must hold between the members of a technology demand (`docs/domain.md` §b9, §c, §d10).

use crate::kind::Content;
use crate::kind::findings::Findings;
use crate::kinds::demands::content::{Demand, TechnicalTarget};
use crate::kinds::shared::rules::{check_division, check_last_day, date};

impl Content for Demand {
    fn check(&self, findings: &mut Findings) {
        let (open, expired) = (self.lifecycle.is("open"), self.lifecycle.is("expired"));
        check_last_day(findings, open, expired, ("/deadline_on", date(self.deadline_on)));
        self.check_targets(findings);
        let last_day = date(self.deadline_on).filter(|day| *day <= findings.today);
        check_division(findings, "/division", &self.division.0, last_day.or(Some(findings.today)));
    }
}

impl Demand {
    /// One target for an indicator and a unit; two would be ambiguous.
    fn check_targets(&self, findings: &mut Findings) {
        for (at, target) in self.technical_targets.iter().enumerate() {
            let same = |other: &TechnicalTarget| other.indicator == target.indicator && other.unit == target.unit;
            if self.technical_targets[..at].iter().any(same) {
                findings.fault(format!("/technical_targets/{at}"), "target-repeated");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::shared::DivisionCode;
    use crate::kinds::shared::rules::tests::{day, faults_of};
    use crate::reference::{Measure, Term};

    fn faults(change: impl FnOnce(&mut Demand)) -> Vec<String> {
        let mut demand: Demand = serde_json::from_value((crate::kinds::demands::KIND.example)()).unwrap();
        change(&mut demand);
        faults_of(|findings| demand.check(findings))
    }

    fn until(state: &'static str, on: &'static str) -> Vec<String> {
        faults(move |demand| {
            demand.lifecycle = Term::parse(state).unwrap();
            demand.deadline_on = Some(day(on));
        })
    }

    #[test]
    fn an_open_demand_has_not_passed_its_deadline_and_an_expired_one_has() {
        assert!(until("open", "2026-11-22").is_empty());
        assert_eq!(until("open", "2026-11-21"), ["#/deadline_on last-day-passed"]);
        assert!(until("expired", "2026-11-21").is_empty());
        assert_eq!(until("expired", "2026-11-22"), ["#/deadline_on last-day-to-come"]);
        for state in ["matching", "matched", "solved", "closed"] {
            assert!(until(state, "2026-01-01").is_empty() && until(state, "2027-01-01").is_empty(), "{state}");
        }
    }

    #[test]
    fn a_target_is_given_once() {
        let again = |demand: &mut Demand| {
            let same = TechnicalTarget { value: Measure::parse("1").unwrap(), ..demand.technical_targets[0].clone() };
            demand.technical_targets.push(same);
        };
        assert_eq!(faults(again), ["#/technical_targets/2 target-repeated"]);
    }

    #[test]
    fn the_division_is_valid_today_or_was_on_the_last_day() {
        let moved = |demand: &mut Demand| demand.division = DivisionCode("500234".into());
        assert_eq!(faults(moved), ["#/division division-withdrawn"]);
        let old = |demand: &mut Demand| {
            moved(demand);
            demand.lifecycle = Term::parse("solved").unwrap();
            demand.deadline_on = Some(day("2010-01-01"));
        };
        assert!(faults(old).is_empty());
    }
}
