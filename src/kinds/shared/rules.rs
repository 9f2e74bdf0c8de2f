//! Rules that several kinds use: divisions on a day, the order of steps, years, amounts.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::kind::findings::Findings;
use crate::kinds::shared::types::Precision;
use crate::reference::{Day, division};

/// The date inside an optional day.
pub fn date(day: Option<Day>) -> Option<NaiveDate> {
    day.map(Day::date)
}

/// A division must be valid on the given day, which for a record that is over is its last one (`docs/domain.md` §d10);
/// without a day it must have been valid at some time. A withdrawn code is refused with its successor. A code that our
/// tables never had may be right for a record that ended before they begin, and gets a warning then.
pub fn check_division(findings: &mut Findings, pointer: &str, code: &str, on: Option<NaiveDate>) {
    let checked = on.map_or_else(|| division::known(code), |day| division::check(code, day));
    let Err(fault) = checked else { return };
    let before_our_tables = on.is_some_and(|day| day < division::BEGINS) && division::is_of_the_two_provinces(code);
    let said = match fault {
        "division-unknown" if before_our_tables => findings.warn(pointer, "division-before-tables"),
        _ => findings.fault(pointer, fault),
    };
    said.args.push(("value", code.to_owned()));
    if said.code == fault {
        let guess = division::suggestion(code).or_else(|| division::province_of(code));
        said.did_you_mean = guess.filter(|guess| *guess != code).map(str::to_owned);
    }
}

/// Steps of an approval in their order; a wrong order is a warning, because old records have it (`docs/domain.md` §d4).
/// Absent steps are skipped.
pub fn warn_steps_in_order(findings: &mut Findings, steps: &[(&str, Option<Day>)]) {
    let known: Vec<(&str, Day)> = steps.iter().filter_map(|(pointer, day)| Some((*pointer, (*day)?))).collect();
    for pair in known.windows(2) {
        let [(earlier, first), (later, second)] = pair else { continue };
        if first > second && !findings.is_broken(earlier) {
            findings.warn(later, "steps-out-of-order").args.push(("other", format!("#{earlier}")));
        }
    }
}

/// A member that should be there by now, though old records may lack it.
pub fn expected_if(findings: &mut Findings, needed: bool, present: bool, pointer: &str) {
    if needed && !present {
        findings.warn(pointer, "expected-here");
    }
}

/// Years of past events must not lie in the future.
pub fn check_years(findings: &mut Findings, list: &str, member: &str, years: impl IntoIterator<Item = i32>) {
    for (at, year) in years.into_iter().enumerate() {
        if year > findings.today.year() {
            findings.fault(format!("{list}/{at}/{member}"), "in-the-future");
        }
    }
}

/// An `open` record must not have passed its last day, an `expired` one must have.
pub fn check_last_day(findings: &mut Findings, open: bool, expired: bool, last: (&str, Option<NaiveDate>)) {
    let (pointer, Some(day)) = last else { return };
    let code = match day < findings.today {
        true if open => "last-day-passed",
        false if expired => "last-day-to-come",
        _ => return,
    };
    findings.fault(pointer, code).args.push(("other", "#/lifecycle".to_owned()));
}

/// The day has come on which the lifecycle should have changed, which may just not have been entered yet.
pub fn warn_if_over(findings: &mut Findings, concerned: bool, day: Option<NaiveDate>) {
    if concerned && day.is_some_and(|day| day <= findings.today) {
        findings.warn("/lifecycle", "lifecycle-behind-date");
    }
}

/// A day known to the month or the year only is given as the first of it (`docs/rules.md` §7).
pub fn check_precision(findings: &mut Findings, pointer: &str, day: Option<Day>, precision: Option<Precision>) {
    let Some(precision) = precision else { return };
    let Some(day) = date(day) else {
        findings.required_if(true, false, pointer, "precision");
        return;
    };
    let is_first = match precision {
        Precision::Year => day.ordinal() == 1,
        Precision::Month => day.day() == 1,
        Precision::Day => true,
    };
    if !is_first {
        findings.fault(pointer, "not-first-day");
    }
}

/// The last day covered by a day of this precision.
pub fn latest(day: Option<Day>, precision: Option<Precision>) -> Option<Day> {
    let months = match precision {
        Some(Precision::Year) => 12,
        Some(Precision::Month) => 1,
        Some(Precision::Day) | None => return day,
    };
    let end = date(day)?.checked_add_months(Months::new(months))?.checked_sub_days(Days::new(1))?;
    Day::new(end).or(day)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::problem::{Fault, Place};

    pub fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn shown(list: &[Fault]) -> Vec<String> {
        let mut shown: Vec<String> = list
            .iter()
            .map(|fault| match &fault.place {
                Place::Pointer(pointer) => format!("{pointer} {}", fault.code),
                other => panic!("{other:?}"),
            })
            .collect();
        shown.sort();
        shown
    }

    /// Faults that a check reports on 2026-11-22, as `pointer code`.
    pub fn faults_of(check: impl FnOnce(&mut Findings)) -> Vec<String> {
        found_by(check).0
    }

    /// Faults and warnings that a check reports on 2026-11-22.
    pub fn found_by(check: impl FnOnce(&mut Findings)) -> (Vec<String>, Vec<String>) {
        let mut findings = Findings::new(NaiveDate::from_ymd_opt(2026, 11, 22).unwrap());
        check(&mut findings);
        (shown(findings.faults()), shown(findings.warnings()))
    }

    #[test]
    fn a_withdrawn_division_names_its_successor_or_what_it_lies_in() {
        let guess = |code: &str, on: &str| {
            let mut findings = Findings::new(day("2026-11-22").date());
            check_division(&mut findings, "/division", code, Some(day(on).date()));
            assert!(findings.warnings().is_empty());
            findings.faults().first().map(|fault| (fault.code, fault.did_you_mean.clone()))
        };
        let withdrawn = |guess: &str| Some(("division-withdrawn", Some(guess.to_owned())));
        assert_eq!(guess("500106", "2026-11-22"), None);
        assert_eq!(guess("500157", "2026-11-22"), None);
        assert_eq!(guess("500112", "2025-01-01"), None);
        assert_eq!(guess("500112", "2026-11-22"), withdrawn("500157"));
        assert_eq!(guess("500234", "2026-11-22"), withdrawn("500154"));
        assert_eq!(guess("510902", "2026-11-22"), withdrawn("510900"));
        assert_eq!(guess("500100", "2026-11-22"), Some(("division-aggregation", Some("500000".to_owned()))));
        assert_eq!(guess("510299", "2026-11-22").map(|(code, _)| code), Some("division-unknown"));
    }

    #[test]
    fn a_code_older_than_our_tables_is_accepted_with_a_warning_where_the_record_ended_before_them() {
        let found = |code: &str, on: Option<&str>| {
            found_by(|findings| check_division(findings, "/division", code, on.map(|on| day(on).date())))
        };
        let warned = (vec![], vec!["#/division division-before-tables".to_owned()]);
        let refused = |code: &str| (vec![format!("#/division {code}")], vec![]);
        assert_eq!(found("510200", Some("1996-12-31")), warned);
        assert_eq!(found("510200", Some("2003-01-01")), refused("division-unknown"));
        assert_eq!(found("510200", None), refused("division-unknown"));
        assert_eq!(found("110108", Some("1996-12-31")), refused("division-outside"));
        assert_eq!(found("500222", Some("1996-12-31")), (vec![], vec![]));
        assert_eq!(found("500222", None), (vec![], vec![]));
    }

    #[test]
    fn approval_steps_out_of_order_are_worth_a_warning_only() {
        let steps = |first: &str, last: &str| {
            found_by(|findings| {
                let steps = [("/a", Some(day(first))), ("/b", None), ("/c", Some(day(last)))];
                warn_steps_in_order(findings, &steps);
            })
        };
        assert_eq!(steps("2024-01-01", "2024-01-01"), (vec![], vec![]));
        assert_eq!(steps("2024-01-02", "2024-01-01"), (vec![], vec!["#/c steps-out-of-order".to_owned()]));
    }

    #[test]
    fn years_to_come_are_refused() {
        let check = |year| faults_of(|findings| check_years(findings, "/reviews", "year", [2020, year]));
        assert!(check(2026).is_empty());
        assert_eq!(check(2027), ["#/reviews/1/year in-the-future"]);
    }
}
