//! What must hold between the members of an indicator (`docs/domain.md` §b8).

use super::content::Indicator;
use crate::kind::Content;
use crate::kind::findings::Findings;

/// Kinds that say what is wanted or was found: nothing is counted beside them.
const UNCOUNTED: [&str; 3] = ["indicators", "targets", "observations"];

impl Content for Indicator {
    fn check(&self, findings: &mut Findings) {
        for (at, kind) in self.counterpart_kinds.iter().enumerate() {
            if UNCOUNTED.contains(&kind.as_str()) {
                findings
                    .fault(format!("/counterpart_kinds/{at}"), "kind-not-counted")
                    .args
                    .push(("value", kind.to_string()));
            }
        }
        for (at, duty) in self.reporting.iter().enumerate() {
            let pointer = format!("/reporting/{at}");
            duty.scope.check_at(&format!("{pointer}/scope"), findings.today, findings);
            if self.reporting[..at].iter().any(|other| other.scope.key() == duty.scope.key()) {
                findings.fault(pointer, "duty-repeated");
            }
        }
        if self.frequency.is("once") && !self.reporting.is_empty() {
            findings.fault("/reporting", "nothing-periodic");
        }
        if ["percent", "growth"].contains(&self.value_type.as_str()) && self.aggregation.is("sum") {
            findings.fault("/aggregation", "aggregation-of-ratio");
        }
        let fits = match self.value_type.as_str() {
            "amount" => self.unit.is("CNY"),
            "percent" => self.unit.is("percent"),
            "growth" => ["percent", "percent_per_year"].contains(&self.unit.as_str()),
            "count" => !["CNY", "percent", "percent_per_year"].contains(&self.unit.as_str()),
            // Refused by the schema, which said so.
            _ => true,
        };
        if !fits && !self.unit.is("") {
            findings.fault("/unit", "unit-of-other-type").args.push(("value_type", self.value_type.to_string()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::indicators::content::ReportingDuty;
    use crate::kinds::shared::rules::tests::faults_of;
    use crate::reference::Term;

    fn faults(unit: &str, value_type: &str) -> Vec<String> {
        let mut indicator: Indicator = serde_json::from_value((super::super::KIND.example)()).unwrap();
        (indicator.unit, indicator.value_type) = (Term::parse(unit).unwrap(), Term::parse(value_type).unwrap());
        indicator.aggregation = Term::parse("none").unwrap();
        faults_of(|findings| indicator.check(findings))
    }

    #[test]
    fn what_is_owed_of_a_place_is_said_once_and_is_periodic() {
        let faults = |frequency: &str, divisions: &[&str]| {
            let mut indicator: Indicator = serde_json::from_value((super::super::KIND.example)()).unwrap();
            indicator.frequency = Term::parse(frequency).unwrap();
            let of = |code: &&str| ReportingDuty {
                scope: serde_json::from_value(serde_json::json!({"divisions": [code]})).unwrap(),
                ..ReportingDuty::default()
            };
            indicator.reporting = divisions.iter().map(of).collect();
            faults_of(|findings| indicator.check(findings))
        };
        assert_eq!(faults("year", &["500000", "510000"]), [""; 0]);
        assert_eq!(faults("quarter", &["500000", "500000"]), ["#/reporting/1 duty-repeated"]);
        assert_eq!(faults("once", &["500000"]), ["#/reporting nothing-periodic"]);
        assert_eq!(faults("year", &["110000"]), ["#/reporting/0/scope scope-outside"]);
    }

    #[test]
    fn ratios_do_not_add_up() {
        let faults = |unit: &str, value_type: &str, aggregation: &str| {
            let mut indicator: Indicator = serde_json::from_value((super::super::KIND.example)()).unwrap();
            (indicator.unit, indicator.value_type) = (Term::parse(unit).unwrap(), Term::parse(value_type).unwrap());
            indicator.aggregation = Term::parse(aggregation).unwrap();
            faults_of(|findings| indicator.check(findings))
        };
        assert_eq!(faults("percent", "percent", "sum"), ["#/aggregation aggregation-of-ratio"]);
        assert_eq!(faults("percent", "growth", "sum"), ["#/aggregation aggregation-of-ratio"]);
        assert_eq!((faults("percent", "percent", "last"), faults("set", "count", "sum")), (vec![], vec![]));
    }

    #[test]
    fn only_what_the_overview_counts_stands_beside_an_indicator() {
        let faults = |kind: &str| {
            let mut indicator: Indicator = serde_json::from_value((super::super::KIND.example)()).unwrap();
            indicator.counterpart_kinds = vec![Term::parse("instruments").unwrap(), Term::parse(kind).unwrap()];
            faults_of(|findings| indicator.check(findings))
        };
        assert_eq!(faults("projects"), [""; 0]);
        assert_eq!(faults("targets"), ["#/counterpart_kinds/1 kind-not-counted"]);
    }

    #[test]
    fn the_unit_is_one_of_the_type_of_value() {
        for (unit, value_type) in [
            ("CNY", "amount"),
            ("percent", "percent"),
            ("percent", "growth"),
            ("percent_per_year", "growth"),
            ("set", "count"),
        ] {
            assert_eq!(faults(unit, value_type), [""; 0], "{unit} {value_type}");
        }
        for (unit, value_type) in [
            ("set", "amount"),
            ("percent_per_year", "percent"),
            ("CNY", "growth"),
            ("percent", "count"),
            ("CNY", "count"),
        ] {
            assert_eq!(faults(unit, value_type), ["#/unit unit-of-other-type"], "{unit} {value_type}");
        }
    }
}
