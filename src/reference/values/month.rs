//! Calendar months, `YYYY-MM`: where work on something began and ended, as achievement registration asks for it
//! (`docs/domain.md` §b6).

use std::fmt;

use chrono::NaiveDate;

use crate::reference::values::{Day, text_schema, with_format};

/// A month between 1800-01 and 2200-12, as [`Day`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Month(Day);

impl Month {
    /// The form of a month.
    pub const PATTERN: &'static str = "^(1[89][0-9]{2}|2[01][0-9]{2}|2200)-(0[1-9]|1[0-2])$";

    /// Accepts exactly seven characters `YYYY-MM`.
    ///
    /// Fails with `month-shape` or, outside the years 1800 to 2200, with `month-range`.
    pub fn parse(raw: &str) -> Result<Month, &'static str> {
        match Day::parse(&format!("{raw}-01")) {
            Ok(day) => Ok(Month(day)),
            Err("day-range") => Err("month-range"),
            Err(_) => Err("month-shape"),
        }
    }

    pub fn first_day(self) -> NaiveDate {
        self.0.date()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first_day().format("%Y-%m"))
    }
}

impl From<Month> for String {
    fn from(month: Month) -> String {
        month.to_string()
    }
}

text_value!(
    Month,
    with_format(
        text_schema("Calendar month in Asia/Shanghai, 1800-01 to 2200-12.", Month::PATTERN, (7, 7), "2023-03"),
        "month"
    )
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_strict_form_of_real_months_is_accepted() {
        for raw in ["", "2024", "2024-6", "202406", "2024/06", " 2024-06", "2024-06-01", "2024-00", "2024-13", "甲"] {
            assert_eq!(Month::parse(raw), Err("month-shape"), "{raw}");
        }
        assert_eq!(Month::parse("1799-12"), Err("month-range"));
        assert_eq!(Month::parse("2201-01"), Err("month-range"));
        assert!(Month::parse("1800-01").is_ok() && Month::parse("2200-12").is_ok());
    }

    #[test]
    fn months_are_in_the_order_of_their_texts() {
        let month = |raw| Month::parse(raw).unwrap();
        assert!(month("2023-09") < month("2023-10") && month("2023-12") < month("2024-01"));
        assert_eq!(month("2023-03").first_day(), NaiveDate::from_ymd_opt(2023, 3, 1).unwrap());
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_written_back_unchanged(raw in "[0-9]{1,4}-[0-9]{1,2}") {
            if let Ok(month) = Month::parse(&raw) {
                prop_assert_eq!(month.to_string(), raw);
            }
        }
    }
}
