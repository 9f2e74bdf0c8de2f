//! Calendar days, `YYYY-MM-DD`, in the time zone Asia/Shanghai (`docs/rules.md` §7).

use std::fmt;

use chrono::{Datelike, NaiveDate};

use crate::reference::values::{text_schema, with_format};

/// A day between 1800-01-01 and 2200-12-31: older than any institution registered here, later than any plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Day(NaiveDate);

impl Day {
    /// The form of a day, as far as a pattern can express it.
    pub const PATTERN: &'static str = "^(1[89][0-9]{2}|2[01][0-9]{2}|2200)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";

    /// Accepts exactly ten characters `YYYY-MM-DD` (RFC 3339 `full-date`); chrono alone would also take `2024-6-1`.
    ///
    /// Fails with `day-shape`, `day-impossible` (2023-02-29) or `day-range` (year outside 1800 to 2200).
    pub fn parse(raw: &str) -> Result<Day, &'static str> {
        let right = |(at, byte): (usize, &u8)| if matches!(at, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() };
        if raw.len() != 10 || !raw.as_bytes().iter().enumerate().all(right) {
            return Err("day-shape");
        }
        let date = raw.parse().map_err(|_| "day-impossible")?;
        Day::new(date).ok_or("day-range")
    }

    /// `None` outside the years 1800 to 2200.
    pub fn new(date: NaiveDate) -> Option<Day> {
        (1800..=2200).contains(&date.year()).then_some(Day(date))
    }

    pub fn date(self) -> NaiveDate {
        self.0
    }
}

impl From<Day> for NaiveDate {
    fn from(day: Day) -> NaiveDate {
        day.0
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

text_value!(
    Day,
    with_format(
        text_schema("Calendar day in Asia/Shanghai, 1800 to 2200.", Day::PATTERN, (10, 10), "2023-03-30"),
        "date",
    )
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_strict_form_of_real_days_is_accepted() {
        for raw in
            ["", "2024-6-1", "20240601", "2024/06/01", " 2024-06-01", "2024-06-01T00:00:00Z", "+2024-06-1", "２０２４"]
        {
            assert_eq!(Day::parse(raw), Err("day-shape"), "{raw}");
        }
        assert_eq!(Day::parse("2023-02-29"), Err("day-impossible"));
        assert_eq!(Day::parse("2023-13-01"), Err("day-impossible"));
        assert_eq!(Day::parse("1799-12-31"), Err("day-range"));
        assert_eq!(Day::parse("2201-01-01"), Err("day-range"));
        assert!(Day::parse("2024-02-29").is_ok());
    }

    proptest! {
        #[test]
        fn a_day_comes_back_as_it_was_written(year in 1800i32..=2200, ordinal in 1u32..=365) {
            let day = Day::new(NaiveDate::from_yo_opt(year, ordinal).unwrap()).unwrap();
            prop_assert_eq!(Day::parse(&day.to_string()), Ok(day));
        }

        #[test]
        fn what_is_accepted_is_written_back_unchanged(raw in "[0-9]{1,4}-[0-9]{1,2}-[0-9]{1,2}") {
            if let Ok(day) = Day::parse(&raw) {
                prop_assert_eq!(day.to_string(), raw);
            }
        }
    }
}
