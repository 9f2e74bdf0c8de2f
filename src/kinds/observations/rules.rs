//! What must hold between the members of an observation (`docs/domain.md` §b8, `docs/rules.md` §28).

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use serde_json::Value;

use super::content::{Observation, Period};
use crate::db::Id;
use crate::kind::Content;
use crate::kind::findings::Findings;
use crate::kinds::shared::figures::{self, check_parties, check_quantity, check_units};
use crate::kinds::shared::rules::{check_precision, date};

/// A preferred observation takes the place of its scope and period, unless it was retracted. A figure of the year or month that a day
/// stands for is another one than that of the day itself, and a cumulative figure another one than that of its last period: `2023-03-XX`
/// is some day of March, `2021-01-01/2023` is from 2021 to the end of 2023.
pub fn with_slot(content: Value) -> Value {
    let is = |member: &str, code: &str| content.get(member).is_some_and(|value| value == code);
    let period = content.get("period").and_then(|period| {
        let number = |member: &str| period.get(member).and_then(Value::as_f64);
        let quarter = number("quarter").map(|quarter| format!("Q{quarter}")).unwrap_or_default();
        Some(format!("{}{quarter}", number("year")?))
    });
    let text = |member: &str| content.get(member).and_then(Value::as_str);
    let day = text("as_of_on").map(|day| match text("as_of_on_precision") {
        Some("year") => format!("{}-XX-XX", day.get(..4).unwrap_or(day)),
        Some("month") => format!("{}-XX", day.get(..7).unwrap_or(day)),
        _ => day.to_owned(),
    });
    let competes = is("rank", "preferred") && is("lifecycle", "recorded");
    let since = text("cumulative_since").map(|since| format!("{since}/")).unwrap_or_default();
    let period = period.or(day).filter(|_| competes).map(|period| format!("{since}{period}"));
    figures::with_slot(content, period)
}

/// Its quantity has the indicator's unit.
pub fn units(content: &Value, referred: &BTreeMap<Id, Value>, findings: &mut Findings) {
    check_units(content, referred, &["/quantity"], findings);
}

impl Content for Observation {
    fn check(&self, findings: &mut Findings) {
        let over = super::KIND.lifecycle.is_over(self.lifecycle.as_str());
        check_parties(&self.scope, &self.parties, over, findings);
        self.check_days(findings);
        let on =
            date(self.as_of_on).or_else(|| self.period.as_ref().and_then(Period::last_day)).unwrap_or(findings.today);
        self.scope.check(on.min(findings.today), findings);
        check_quantity("/quantity", &self.quantity, findings);
        self.origin.check("/origin", findings);
        let deprecated = self.rank.is("deprecated");
        findings.required_if(deprecated, self.rank_reason.is_some(), "/rank_reason", "observation-ranks=deprecated");
    }
}

impl Observation {
    fn check_days(&self, findings: &mut Findings) {
        match (&self.period, self.as_of_on) {
            (None, None) if !findings.is_broken("/period") && !findings.is_broken("/as_of_on") => {
                findings.fault("/as_of_on", "period-or-day");
            }
            (Some(_), Some(_)) => {
                findings.fault("/as_of_on", "period-or-day");
            }
            _ => {}
        }
        if self.period.as_ref().is_some_and(|period| period.first_day().is_some_and(|day| day > findings.today)) {
            findings.fault("/period/year", "in-the-future");
        }
        let ends = self.period.as_ref().and_then(Period::last_day);
        let is_open = ["provisional", "ambiguous"].contains(&self.quality.as_str());
        let has_begun = self.period.as_ref().and_then(Period::first_day).is_some_and(|day| day <= findings.today);
        if has_begun && ends.is_some_and(|end| end > findings.today) && !is_open {
            findings.fault("/quality", "period-not-ended");
        }
        let as_of = ("/as_of_on", date(self.as_of_on));
        findings.not_in_future(as_of.0, as_of.1);
        check_precision(findings, "/as_of_on", self.as_of_on, self.as_of_on_precision);
        findings.in_order(("/cumulative_since", date(self.cumulative_since)), as_of);
        let since = date(self.cumulative_since);
        let end = self.period.as_ref().and_then(Period::last_day);
        if since.zip(end).is_some_and(|(since, end)| since > end) {
            findings.fault("/cumulative_since", "before-other-date").args.push(("other", "#/period".to_owned()));
        }
    }
}

impl Period {
    fn first_day(&self) -> Option<NaiveDate> {
        let month = self.quarter.map_or(1, |quarter| quarter as u32 * 3 - 2);
        NaiveDate::from_ymd_opt(self.year, month, 1)
    }

    pub fn last_day(&self) -> Option<NaiveDate> {
        let months = if self.quarter.is_some() { 3 } else { 12 };
        self.first_day()?.checked_add_months(Months::new(months))?.pred_opt()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kinds::shared::rules::tests::{day, faults_of};
    use crate::reference::Term;

    fn faults(change: impl FnOnce(&mut Observation)) -> Vec<String> {
        let mut observation: Observation = serde_json::from_value((super::super::KIND.example)()).unwrap();
        change(&mut observation);
        faults_of(|findings| observation.check(findings))
    }

    fn of_period(it: &mut Observation, year: i32, quarter: Option<i32>) {
        (it.as_of_on, it.period) = (None, Some(Period { year, quarter }));
    }

    #[test]
    fn a_value_is_of_a_period_or_as_of_a_day_that_is_not_to_come() {
        assert!(faults(|_| {}).is_empty());
        assert!(faults(|it| of_period(it, 2025, Some(4))).is_empty());
        assert_eq!(faults(|it| of_period(it, 2026, None)), ["#/quality period-not-ended"]);
        let provisional = |it: &mut Observation| {
            of_period(it, 2026, Some(4));
            it.quality = Term::parse("provisional").unwrap();
        };
        assert!(faults(provisional).is_empty());
        assert_eq!(faults(|it| it.as_of_on = None), ["#/as_of_on period-or-day"]);
        assert_eq!(faults(|it| it.period = Some(Period { year: 2022, quarter: None })), ["#/as_of_on period-or-day"]);
        assert_eq!(faults(|it| of_period(it, 2027, None)), ["#/period/year in-the-future"]);
        assert_eq!(faults(|it| it.as_of_on = Some(day("2026-11-23"))), ["#/as_of_on in-the-future"]);
    }

    #[test]
    fn it_is_counted_from_a_day_before_its_end() {
        assert!(faults(|it| it.cumulative_since = Some(day("2020-01-01"))).is_empty());
        assert_eq!(faults(|it| it.cumulative_since = Some(day("2023-04-01"))), ["#/as_of_on before-other-date"]);
        let after = |it: &mut Observation| {
            of_period(it, 2022, None);
            it.cumulative_since = Some(day("2023-04-01"));
        };
        assert_eq!(faults(after), ["#/cumulative_since before-other-date"]);
        // A period ends with its last day.
        let of = |year, quarter, since: &str| {
            let since = day(since);
            faults(move |it| {
                of_period(it, year, quarter);
                it.cumulative_since = Some(since);
            })
        };
        assert!(of(2022, None, "2022-12-31").is_empty());
        assert!(of(2022, Some(1), "2022-03-31").is_empty());
        assert_eq!(of(2022, Some(1), "2022-04-01"), ["#/cumulative_since before-other-date"]);
    }

    #[test]
    fn what_is_not_used_says_why() {
        let deprecated = |it: &mut Observation| it.rank = Term::parse("deprecated").unwrap();
        assert_eq!(faults(deprecated), ["#/rank_reason required-here"]);
    }

    #[test]
    fn only_a_preferred_value_that_stands_takes_a_place() {
        let slot = |rank: &str, state: &str, when: Value| {
            let mut content = json!({"rank": rank, "lifecycle": state, "scope": {"zones": ["Z-CY"]}});
            content.as_object_mut().unwrap().extend(when.as_object().unwrap().clone());
            with_slot(content).get("slot").cloned()
        };
        let day = json!({"as_of_on": "2023-03-30"});
        assert_eq!(slot("preferred", "recorded", day.clone()), Some(json!("Z-CY@2023-03-30")));
        assert_eq!(
            slot("preferred", "recorded", json!({"period": {"year": 2023, "quarter": 1}})),
            Some(json!("Z-CY@2023Q1"))
        );
        assert_eq!(slot("preferred", "recorded", json!({"period": {"year": 2023.0}})), Some(json!("Z-CY@2023")));
        let month = json!({"as_of_on": "2023-03-01", "as_of_on_precision": "month"});
        assert_eq!(slot("preferred", "recorded", month), Some(json!("Z-CY@2023-03-XX")));
        let year = json!({"as_of_on": "2023-01-01", "as_of_on_precision": "year"});
        assert_eq!(slot("preferred", "recorded", year), Some(json!("Z-CY@2023-XX-XX")));
        let since = |when: Value| {
            let mut when = when;
            when["cumulative_since"] = json!("2021-01-01");
            slot("preferred", "recorded", when)
        };
        assert_eq!(since(day.clone()), Some(json!("Z-CY@2021-01-01/2023-03-30")));
        assert_eq!(since(json!({"period": {"year": 2023}})), Some(json!("Z-CY@2021-01-01/2023")));
        assert_eq!(slot("preferred", "retracted", day.clone()), None);
        assert_eq!(slot("normal", "recorded", day), None);
    }
}
