//! Machine hours and the two rates reported from them: utilisation 利用率 and sharing 共享率.
//!
//! Hours are exact to the hundredth. Sources: evaluation table for valuable instruments of the Ministry of Education
//! (rated hours 定额机时 1,400 a year, 800 for special purposes) and `docs/domain.md` §d6, §g4, §g5.

use std::fmt;

use chrono::NaiveDate;

use crate::reference::values::{decimal, text_schema};

/// A number of hours with two places, at most 999999.99.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Hours(i64);

impl Hours {
    /// Reads `1400`, `1400.5` or `1400.50`. Fails with `hours-amount`.
    pub fn parse(raw: &str) -> Result<Hours, &'static str> {
        decimal::hundredths(raw, 6).map(Hours).ok_or("hours-amount")
    }

    /// `None` for a negative number or more than 999999.99 hours.
    pub fn from_hundredths(hundredths: i64) -> Option<Hours> {
        (0..=99_999_999).contains(&hundredths).then_some(Hours(hundredths))
    }

    pub fn hundredths(self) -> i64 {
        self.0
    }

    /// All hours of a year: 8,784 in a leap year, 8,760 otherwise.
    pub fn of_year(year: i32) -> Hours {
        let leap = NaiveDate::from_ymd_opt(year, 2, 29).is_some();
        Hours(if leap { 878_400 } else { 876_000 })
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal::write(self.0, f)
    }
}

text_value!(
    Hours,
    text_schema(
        "Hours as a decimal string; always written with two places.",
        "^(0|[1-9][0-9]{0,5})(\\.[0-9]{1,2})?$",
        (1, 9),
        "1400.00",
    )
);

/// Effective hours ÷ rated hours of one instrument in one year, four places. Above 1 is legal: the national mean of 2019 was
/// 1,440 h against 1,400.
///
/// Fails with `rated-hours-zero`, or `hours-beyond-year` when the effective hours exceed those of the year.
pub fn utilisation(effective: Hours, rated: Hours, year: i32) -> Result<String, &'static str> {
    if rated.0 == 0 {
        return Err("rated-hours-zero");
    }
    if effective > Hours::of_year(year) {
        return Err("hours-beyond-year");
    }
    Ok(rate(effective.0, rated.0))
}

/// External hours ÷ effective hours, four places; 0 when the instrument was not used at all, as the national tables do.
///
/// Fails with `external-above-effective`: external hours are a part of the effective ones.
pub fn sharing_rate(external: Hours, effective: Hours) -> Result<String, &'static str> {
    if external > effective {
        return Err("external-above-effective");
    }
    Ok(rate(external.0, effective.0))
}

/// The quotient of two non-negative sums with four places, rounded half up; 0 for a denominator of 0.
pub fn rate(numerator: i64, denominator: i64) -> String {
    let (numerator, denominator) = (i128::from(numerator.max(0)), i128::from(denominator.max(0)));
    let rounded = (numerator * 20_000 + denominator).checked_div(denominator * 2).unwrap_or(0);
    format!("{}.{:04}", rounded / 10_000, rounded % 10_000)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::reference::values::vectors::group;

    fn hours(value: &Value) -> Hours {
        Hours::parse(value.as_str().unwrap()).unwrap()
    }

    fn assert_answer(answer: Result<String, &'static str>, case: &Value) {
        let answer = answer.unwrap_or_else(|_| "error".to_owned());
        assert_eq!(answer, case["expect"].as_str().unwrap(), "{case}");
    }

    #[test]
    fn the_published_utilisations_come_out() {
        for case in group("/utilisation") {
            assert_answer(utilisation(hours(&case["effective_hours"]), hours(&case["rated_hours"]), 2023), &case);
        }
    }

    #[test]
    fn the_published_sharing_rates_come_out() {
        for case in group("/sharing_rate") {
            assert_answer(sharing_rate(hours(&case["external_hours"]), hours(&case["effective_hours"])), &case);
        }
    }

    #[test]
    fn a_leap_year_has_a_day_more() {
        let all = Hours::parse("8784").unwrap();
        let rated = Hours::parse("1400").unwrap();
        assert!(utilisation(all, rated, 2024).is_ok());
        assert_eq!(utilisation(all, rated, 2023), Err("hours-beyond-year"));
        assert_eq!(Hours::parse("1400").unwrap().to_string(), "1400.00");
        assert_eq!(Hours::parse("-1"), Err("hours-amount"));
        assert_eq!(rate(i64::MAX, 1), "9223372036854775807.0000");
    }
}
