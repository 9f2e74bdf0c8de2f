//! What must hold between the members of a target (`docs/domain.md` §b8, `docs/rules.md` §28).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value;

use super::content::Target;
use crate::db::Id;
use crate::kind::Content;
use crate::kind::findings::Findings;
use crate::kinds::shared::figures::{self, check_parties, check_quantity, check_units};

/// A target that is set takes the place of its scope and year.
pub fn with_slot(content: Value) -> Value {
    let is_set = content.get("lifecycle").is_some_and(|state| state == "set");
    let year = content.get("target_year").and_then(Value::as_f64).filter(|_| is_set);
    figures::with_slot(content, year.map(|year| year.to_string()))
}

/// Its quantities have the indicator's unit.
pub fn units(content: &Value, referred: &BTreeMap<Id, Value>, findings: &mut Findings) {
    check_units(content, referred, &["/quantity", "/baseline/quantity"], findings);
}

impl Content for Target {
    fn check(&self, findings: &mut Findings) {
        let over = super::KIND.lifecycle.is_over(self.lifecycle.as_str());
        check_parties(&self.scope, &self.parties, over, findings);
        // The places of a target that is past are those of its year.
        let end = NaiveDate::from_ymd_opt(self.target_year, 12, 31).filter(|_| self.target_year > 0);
        self.scope.check(end.map_or(findings.today, |end| end.min(findings.today)), findings);
        check_quantity("/quantity", &self.quantity, findings);
        let before = |pointer: &str, year: Option<i32>, last: i32, findings: &mut Findings| {
            if year.is_some_and(|year| year > last) && self.target_year != 0 {
                findings.fault(pointer, "after-other-date").args.push(("other", "#/target_year".to_owned()));
            }
        };
        before("/period_from", self.period_from, self.target_year, findings);
        if let Some(baseline) = &self.baseline {
            before("/baseline/year", Some(baseline.year), self.target_year - 1, findings);
            check_quantity("/baseline/quantity", &baseline.quantity, findings);
        }
        if let Some(origin) = &self.origin {
            origin.check("/origin", findings);
        }
        if self.policy.is_none() && self.origin.is_none() {
            findings.fault("/origin", "source-missing");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kinds::shared::rules::tests::{faults_of, found_by};
    use crate::reference::Term;

    fn target() -> Target {
        serde_json::from_value((super::super::KIND.example)()).unwrap()
    }

    fn faults(change: impl FnOnce(&mut Target)) -> Vec<String> {
        let mut target = target();
        change(&mut target);
        faults_of(|findings| target.check(findings))
    }

    #[test]
    fn years_are_in_order() {
        assert!(faults(|it| it.period_from = Some(2030)).is_empty());
        assert_eq!(faults(|it| it.period_from = Some(2031)), ["#/period_from after-other-date"]);
        assert_eq!(faults(|it| it.baseline.as_mut().unwrap().year = 2030), ["#/baseline/year after-other-date"]);
    }

    #[test]
    fn a_target_says_where_it_is_written() {
        assert_eq!(faults(|it| it.origin = None), ["#/origin source-missing"]);
        assert!(faults(|it| (it.origin, it.policy) = (None, Some(Default::default()))).is_empty());
    }

    #[test]
    fn a_part_of_an_enterprise_is_wanted_of_nobody() {
        let half =
            |it: &mut Target| it.quantity.value = crate::reference::values::quantity::Decimal::parse("0.5").unwrap();
        assert_eq!(faults(half), ["#/quantity/value quantity-inexact"]);
    }

    #[test]
    fn words_that_say_something_else_are_refused_or_worth_a_warning() {
        let mut target = target();
        target.quantity.comparator = Term::parse("eq").unwrap();
        let contradicts = vec!["#/quantity/comparator quantity-quote-contradicts".to_owned()];
        assert_eq!(found_by(|findings| target.check(findings)), (contradicts, vec![]));
        // Words of two numbers may be about the other one.
        target.quantity.quote = Some("力争达到1.2万家和8000家以上".to_owned());
        let (faults, warnings) = found_by(|findings| target.check(findings));
        assert_eq!((faults, warnings), (vec![], Vec::<String>::new()));
        target.quantity.quote = Some("力争翻一番".to_owned());
        let (faults, warnings) = found_by(|findings| target.check(findings));
        assert_eq!((faults, warnings), (vec![], vec!["#/quantity/quote quantity-quote-differs".to_owned()]));
    }

    #[test]
    fn only_a_target_that_is_set_takes_a_place() {
        let slot = |state: &str| {
            let content = json!({"lifecycle": state, "target_year": 2027, "scope": {"divisions": ["500000"]}});
            with_slot(content).get("slot").cloned()
        };
        assert_eq!(slot("set"), Some(json!("500000@2027")));
        assert_eq!(["proposed", "replaced", "dropped"].map(slot), [None, None, None]);
    }
}
