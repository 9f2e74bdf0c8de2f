use super::*;
use crate::db::Id;
use crate::kinds::shared::DivisionCode;
use crate::reference::Term;

fn id(number: u128) -> Id {
    Id(uuid::Uuid::from_u128(number))
}

fn scope(divisions: &[&str], zones: &[&str]) -> Scope {
    Scope {
        divisions: divisions.iter().map(|code| DivisionCode((*code).to_owned())).collect(),
        zones: zones.iter().map(|code| Term::parse(code).unwrap()).collect(),
        open_ended: None,
    }
}

/// Observations of one indicator, numbered from one.
fn observed(slots: &[(&str, &str, bool)]) -> AllObserved {
    let one = |(at, (scope, period, is_ambiguous)): (usize, &(&str, &str, bool))| Observed {
        id: id(at as u128 + 1),
        slot: Slot { scope: (*scope).to_owned(), period: (*period).to_owned() },
        is_ambiguous: *is_ambiguous,
    };
    AllObserved(BTreeMap::from([(id(0), slots.iter().enumerate().map(one).collect())]))
}

fn chosen(slots: &[(&str, &str, bool)], scope: &Scope, year: i32) -> Result<Vec<u128>, (NoAnswer, usize)> {
    found(slots, scope, &Sought { year, sums_up: true, since: None })
}

fn found(slots: &[(&str, &str, bool)], scope: &Scope, sought: &Sought) -> Result<Vec<u128>, (NoAnswer, usize)> {
    match observed(slots).choose(id(0), scope, sought) {
        Choice::Found(_, ids) => Ok(ids.iter().map(|id| id.0.as_u128()).collect()),
        Choice::None(reason, missing) => Err((reason, missing.len())),
    }
}

#[test]
fn periods_end_with_their_last_day_or_on_some_day() {
    let ends = |period: &str| Ends::of(period).map(|ends| (ends.first.to_string(), ends.last.to_string()));
    let days = |first: &str, last: &str| Some((first.to_owned(), last.to_owned()));
    assert_eq!(ends("2023"), days("2023-12-31", "2023-12-31"));
    assert_eq!(ends("2023Q1"), days("2023-03-31", "2023-03-31"));
    assert_eq!(ends("2023-03-30"), days("2023-03-30", "2023-03-30"));
    assert_eq!(ends("2021-01-01/2023-02-XX"), days("2023-02-01", "2023-02-28"));
    assert_eq!(ends("2023-XX-XX"), days("2023-01-01", "2023-12-31"));
    assert_eq!(ends("soon"), None);
}

#[test]
fn the_latest_observation_up_to_the_target_year_is_taken() {
    let one = scope(&["500000"], &[]);
    let slots = [
        ("500000", "2025", false),
        ("500000", "2026-06-30", false),
        ("500000", "2027Q4", false),
        ("500000", "2027", false),
        ("500000", "2027-01-01/2027", false),
        ("500000", "2021-01-01/2027", false),
        ("500000", "2028", false),
        ("510000", "2027", false),
    ];
    assert_eq!(chosen(&slots, &one, 2027), Ok(vec![4]));
    assert_eq!(chosen(&slots, &one, 2026), Ok(vec![2]));
    assert_eq!(chosen(&slots, &one, 2024), Err((NoAnswer::NoObservation, 0)));
    assert_eq!(chosen(&[("500000", "2027", true)], &one, 2027), Err((NoAnswer::AmbiguousObservation, 0)));
}

#[test]
fn what_ends_on_one_day_is_told_apart_whatever_the_order() {
    let one = scope(&["500000"], &[]);
    let slots = [
        ("500000", "2027-01-01/2027", false),
        ("500000", "2027-02-01/2027", false),
        ("500000", "2027-XX-XX", false),
        ("500000", "2027-12-XX", false),
        ("500000", "2027-12-31", false),
    ];
    for first in 0..slots.len() {
        let mut turned = slots;
        turned.rotate_left(first);
        let period = chosen(&turned, &one, 2027).map(|ids| turned[ids[0] as usize - 1].1);
        assert_eq!(period, Ok("2027-01-01/2027"));
        let days: Vec<_> = turned.into_iter().filter(|(_, period, _)| !period.contains('/')).collect();
        assert_eq!(chosen(&days, &one, 2027).map(|ids| days[ids[0] as usize - 1].1), Ok("2027-12-31"));
    }
}

#[test]
fn quarters_of_what_adds_up_are_taken_from_the_first_on() {
    let one = scope(&["500000"], &[]);
    let slots = [("500000", "2027Q3", false), ("500000", "2027Q1", false), ("500000", "2027Q2", false)];
    assert_eq!(chosen(&slots, &one, 2027), Ok(vec![2, 3, 1]));
    assert_eq!(chosen(&slots[1..], &one, 2027), Ok(vec![1, 2]));
    for some in [&slots[..2], &slots[..1]] {
        assert_eq!(chosen(some, &one, 2027), Err((NoAnswer::NoObservation, 0)), "the second quarter is missing");
    }
    let last = Sought { year: 2027, sums_up: false, since: None };
    assert_eq!(found(&slots, &one, &last), Ok(vec![1]));
}

#[test]
fn a_target_that_counts_since_a_year_is_compared_with_what_was_counted_since_then() {
    let one = scope(&["500000"], &[]);
    let slots = [("500000", "2027", false), ("500000", "2023-01-01/2026", false), ("500000", "2021-01-01/2027", false)];
    let since = |year: i32| found(&slots, &one, &Sought { year: 2027, sums_up: true, since: Some(year) });
    assert_eq!((since(2023), since(2022)), (Ok(vec![2]), Err((NoAnswer::NoObservation, 0))));
    // And one that does not, with none of several years.
    assert_eq!(chosen(&slots[1..], &one, 2027), Err((NoAnswer::NoObservation, 0)));
}

#[test]
fn parts_add_up_where_they_do_not_overlap_and_are_of_one_period() {
    let both = scope(&["500000", "510000"], &[]);
    let slots = [("500000", "2026", false), ("510000", "2026", false), ("500000", "2027-06-30", false)];
    assert_eq!(chosen(&slots, &both, 2027), Ok(vec![1, 2]));
    assert_eq!(chosen(&slots[..1], &both, 2027), Err((NoAnswer::NoObservation, 1)));
    assert_eq!(chosen(&[slots[1], slots[2]], &both, 2027), Err((NoAnswer::NoCommonPeriod, 0)));
    let with_zone = scope(&["500000"], &["Z-CQ-LJNA"]);
    assert_eq!(chosen(&slots, &with_zone, 2027), Err((NoAnswer::OverlappingScopes, 0)));
    // What was found of the whole is taken whatever its parts are.
    assert_eq!(chosen(&[("500000+Z-CQ-LJNA", "2027", false)], &with_zone, 2027), Ok(vec![1]));
    let alone = Sought { year: 2027, sums_up: false, since: None };
    assert_eq!(found(&slots, &both, &alone), Err((NoAnswer::NoObservation, 0)));
}

#[test]
fn a_division_is_the_sum_of_those_below_it_in_that_year() {
    let count = |code: &str, year: i32| parts(&scope(&[code], &[]), year).0.len();
    assert_eq!((count("500000", 2023), count("500000", 2025), count("500000", 2027)), (38, 38, 37));
    assert_eq!(count("510000", 2027), 21);
    assert!(count("510100", 2027) > 10);
    assert_eq!(count("500106", 2027), 0);
    let (some, _) = parts(&scope(&["510000"], &[]), 2027);
    let slots: Vec<(&str, &str, bool)> = some.iter().map(|code| (code.as_str(), "2027", false)).collect();
    assert_eq!(chosen(&slots, &scope(&["510000"], &[]), 2027).unwrap().len(), 21);
    assert_eq!(chosen(&slots[2..], &scope(&["510000"], &[]), 2027), Err((NoAnswer::NoObservation, 2)));
}
