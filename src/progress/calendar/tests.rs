use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn what_came_until_the_due_day_is_timely() {
    let status = |came: Option<&str>, today: &str| ReportingStatus::of(day("2026-03-01"), came.map(day), day(today));
    assert_eq!(status(Some("2026-03-01"), "2026-06-01"), ReportingStatus::Timely);
    assert_eq!(status(Some("2026-03-02"), "2026-06-01"), ReportingStatus::Late);
    assert_eq!(status(None, "2026-03-01"), ReportingStatus::NotDue);
    assert_eq!(status(None, "2026-03-02"), ReportingStatus::Overdue);
}

#[test]
fn periods_are_owed_once_they_have_ended() {
    let duty = ReportingDuty { since: 2024, ..ReportingDuty::default() };
    let count = |frequency: &str, year: i32, today: &str| {
        periods(frequency, &duty, &Wanted { year, agency: None, status: None, today: day(today) }).len()
    };
    assert_eq!(count("year", 2023, "2026-11-30"), 0);
    assert_eq!(count("year", 2025, "2026-11-30"), 1);
    assert_eq!(count("year", 2026, "2026-12-31"), 0);
    assert_eq!(count("year", 2026, "2027-01-01"), 1);
    assert_eq!(count("quarter", 2026, "2026-11-30"), 3);
    assert_eq!(count("once", 2025, "2026-11-30"), 0);
}

#[test]
fn rates_are_of_what_is_due() {
    assert_eq!(share(1, 3).as_deref(), Some("0.3333"));
    assert_eq!(share(2, 3).as_deref(), Some("0.6667"));
    assert_eq!((share(3, 3).as_deref(), share(0, 0)), (Some("1.0000"), None));
}
