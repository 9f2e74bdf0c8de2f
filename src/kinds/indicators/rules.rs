//! What must hold between the members of an indicator (`docs/domain.md` §b8).

use super::content::Indicator;
use crate::kind::Content;
use crate::kind::findings::Findings;

impl Content for Indicator {
    fn check(&self, findings: &mut Findings) {
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
    use crate::kinds::shared::rules::tests::faults_of;
    use crate::reference::Term;

    fn faults(unit: &str, value_type: &str) -> Vec<String> {
        let mut indicator: Indicator = serde_json::from_value((super::super::KIND.example)()).unwrap();
        (indicator.unit, indicator.value_type) = (Term::parse(unit).unwrap(), Term::parse(value_type).unwrap());
        faults_of(|findings| indicator.check(findings))
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
