use proptest::prelude::*;
use serde_json::json;

use super::*;

fn number(number: i64) -> Decimal {
    Decimal::parse(&number.to_string()).unwrap()
}

fn between(from: i64, to: i64) -> Bounds {
    Bounds { from: Some(number(from)), to: Some(number(to)), ..Bounds::default() }
}

fn goal(value: &str, unit: &str, comparator: &str, precision: Option<&str>, higher: bool) -> Goal {
    let sent = json!({"value": value, "unit": unit, "comparator": comparator, "precision": precision});
    Goal::of(&serde_json::from_value(sent).unwrap(), higher)
}

fn observed(value: &str, unit: &str, comparator: &str, precision: Option<&str>) -> Bounds {
    let sent = json!({"value": value, "unit": unit, "comparator": comparator, "precision": precision});
    Bounds::of(&serde_json::from_value(sent).unwrap()).unwrap_or_default()
}

#[test]
fn a_target_is_met_only_if_every_possible_value_meets_it() {
    use Verdict::*;
    for (seen, wanted, verdict) in [
        (("40", "gt", None), ("41", "eq", None), Met),
        (("40", "gt", None), ("42", "eq", None), Undecidable),
        (("40", "gt", None), ("40", "gt", None), Met),
        (("40", "eq", None), ("40", "gt", None), NotMet),
        (("12000", "eq", Some("1000")), ("12000", "ge", None), Undecidable),
        (("12000", "eq", Some("1000")), ("11500", "ge", None), Met),
        (("12000", "eq", Some("1000")), ("12500", "ge", None), NotMet),
        (("12700", "eq", None), ("12700", "eq", Some("100")), Undecidable),
        (("12749", "eq", None), ("12700", "eq", Some("100")), Met),
        (("12649", "eq", None), ("12700", "eq", Some("100")), NotMet),
        (("200", "near_below", None), ("200", "ge", None), NotMet),
        (("10", "tens", None), ("100", "ge", None), NotMet),
        (("10", "tens", None), ("20", "ge", None), Met),
        (("50", "about", None), ("1", "ge", None), Undecidable),
        (("30", "eq", None), ("30", "le", None), Met),
        (("31", "eq", None), ("30", "le", None), NotMet),
        (("30", "eq", None), ("30", "lt", None), NotMet),
    ] {
        let goal = goal(wanted.0, "count", wanted.1, wanted.2, true);
        assert_eq!(goal.verdict(observed(seen.0, "count", seen.1, seen.2)), verdict, "{seen:?} {wanted:?}");
    }
    // Where the words leave the side open, the direction decides.
    let lower = goal("3", "percent", "eq", None, false);
    assert_eq!(lower.verdict(observed("2.9", "percent", "eq", None)), Met);
    assert_eq!(lower.verdict(observed("3.1", "percent", "eq", None)), NotMet);
    // More than 80 % may be 80.0001 %.
    let share = goal("81", "percent", "ge", None, true);
    assert_eq!(share.verdict(observed("80", "percent", "gt", None)), Undecidable);
}

#[test]
fn shares_are_rounded_outwards_and_named_where_there_are_none() {
    let show = |share: Result<Bounds, NoAnswer>| share.map(|share| share.to_string());
    assert_eq!(show(ratio(between(6300, 6300), between(12650, 12749))), Ok("[0.4941, 0.4981]".to_owned()));
    assert_eq!(show(ratio(Bounds { to: None, ..between(6300, 0) }, between(12600, 12600))), Ok("[0.5, ∞)".to_owned()));
    assert_eq!(show(ratio(between(-1, 1), between(3, 4))), Ok("[-0.3334, 0.3334]".to_owned()));
    assert_eq!(show(ratio(between(5, 5), between(0, 0))), Err(NoAnswer::TargetZero));
    assert_eq!(show(ratio(Bounds::default(), between(5, 5))), Err(NoAnswer::NoLimits));
    assert_eq!(show(ratio(between(5, 5), Bounds::default())), Err(NoAnswer::NoLimits));
    assert_eq!(show(way(between(75, 75), between(50, 50), between(100, 100))), Ok("[0.5, 0.5]".to_owned()));
    assert_eq!(show(way(between(4, 4), between(6, 6), between(3, 3))), Ok("[0.6666, 0.6667]".to_owned()));
    assert_eq!(show(way(between(4, 4), between(3, 3), between(3, 3))), Err(NoAnswer::BaselineEqualsTarget));
}

#[test]
fn paths_ask_for_these_values() {
    let asked = |rule, months| expected(rule, between(100, 100), between(400, 400), months).unwrap().to_string();
    assert_eq!(asked("linear", Months { from: 12, to: 12, of: 24 }), "[250, 250]");
    assert_eq!(asked("linear", Months { from: 2, to: 3, of: 60 }), "[110, 115]");
    assert_eq!(asked("constant_growth", Months { from: 12, to: 12, of: 24 }), "[200, 200]");
    assert_eq!(asked("constant_growth", Months { from: 12, to: 12, of: 36 }), "[158.740105, 158.740106]");
    assert_eq!(asked("constant_growth", Months { from: 0, to: 36, of: 36 }), "[100, 400]");
    let none = |base: i64, target: i64, of: u32| {
        expected("constant_growth", between(base, base), between(target, target), Months { from: 1, to: 1, of })
    };
    assert_eq!(none(0, 5, 2), Err(NoAnswer::BaselineZero));
    assert_eq!(none(5, 0, 2), Err(NoAnswer::TargetZero));
    assert_eq!(none(5, 6, 601), Err(NoAnswer::PathTooLong));
}

fn interval() -> impl Strategy<Value = Bounds> {
    let end = || prop::option::weighted(0.8, (-50_i64..50, any::<bool>()));
    (end(), end()).prop_filter_map("an interval has something in it", |(from, to)| {
        let bounds = Bounds {
            from: from.map(|(at, _)| number(at)),
            from_open: from.and_then(|(_, open)| open.then_some(true)),
            to: to.map(|(at, _)| number(at)),
            to_open: to.and_then(|(_, open)| open.then_some(true)),
        };
        bounds.from.zip(bounds.to).is_none_or(|(from, to)| from < to).then_some(bounds)
    })
}

/// Numbers in an interval, quarters among them.
fn within(bounds: Bounds) -> Vec<Decimal> {
    let quarters = (-240_i128..240).map(|quarter| Decimal::of_micro(quarter * 250_000));
    quarters.filter(|number| bounds.contains(*number)).collect()
}

proptest! {
    #[test]
    fn a_verdict_is_what_holds_for_all_values(observed in interval(), threshold in interval(), upwards: bool, strict: bool) {
        let goal = Goal { threshold, upwards, strict, whole: false };
        let meets = |value: Decimal, wanted: Decimal| match (upwards, strict) {
            (true, false) => value >= wanted,
            (true, true) => value > wanted,
            (false, false) => value <= wanted,
            (false, true) => value < wanted,
        };
        let (values, wanted) = (within(observed), within(threshold));
        let all = values.iter().all(|value| wanted.iter().all(|wanted| meets(*value, *wanted)));
        let none = values.iter().all(|value| wanted.iter().all(|wanted| !meets(*value, *wanted)));
        // Beyond what was tried an interval without an end has more values.
        match goal.verdict(observed) {
            Verdict::Met => prop_assert!(all),
            Verdict::NotMet => prop_assert!(none),
            Verdict::Undecidable => {
                let unlimited = [observed.from, observed.to, threshold.from, threshold.to].contains(&None);
                prop_assert!(unlimited || (!all && !none));
            }
        }
    }

    #[test]
    fn to_know_more_never_turns_a_verdict_round(
        observed in interval(), threshold in interval(), narrower in interval(), upwards: bool, strict: bool, whole: bool,
    ) {
        let goal = Goal { threshold: sharpened(threshold, whole), upwards, strict, whole };
        let narrowed = Bounds {
            from: observed.from.max(narrower.from.filter(|end| observed.contains(*end))),
            to: narrower.to.filter(|end| observed.contains(*end)).or(observed.to),
            ..observed
        };
        prop_assume!(narrowed.from.zip(narrowed.to).is_none_or(|(from, to)| from < to));
        let (before, after) = (goal.verdict(observed), goal.verdict(narrowed));
        prop_assert!(before == Verdict::Undecidable || before == after);
    }

    #[test]
    fn shares_hold_every_share_that_may_be_true(
        value in 0_i64..2000, base in 1_i64..2000, target in 1_i64..2000, wide in 0_i64..20,
    ) {
        let around = |at: i64| between((at - wide).max(1), at + wide);
        // a/b in [from, to] ⟺ from × b ≤ a ≤ to × b
        let holds = |share: Bounds, dividend: i64, divisor: i64| {
            let times = |end: Decimal| end.micro() * i128::from(divisor);
            let wanted = i128::from(dividend) * 1_000_000;
            let (least, most) = (share.from.map(times).unwrap(), share.to.map(times).unwrap());
            if divisor > 0 { least <= wanted && wanted <= most } else { most <= wanted && wanted <= least }
        };
        prop_assert!(holds(ratio(around(value), around(target)).unwrap(), value, target) || value == 0);
        if let Ok(share) = way(around(value), around(base), around(target)) {
            prop_assert!(holds(share, value - base, target - base) || value == 0);
        }
    }

    #[test]
    fn a_path_begins_at_the_base_ends_at_the_target_and_does_not_turn(
        base in 1_i64..100_000, target in 1_i64..100_000, of in 1_u32..200, month in 0_u32..200,
        rule in prop::sample::select(vec!["linear", "constant_growth"]),
    ) {
        let at = |month: u32| expected(rule, between(base, base), between(target, target), Months { from: month, to: month, of }).unwrap();
        prop_assert_eq!((at(0), at(of)), (between(base, base), between(target, target)));
        let month = month.min(of - 1);
        let (one, next) = (at(month), at(month + 1));
        let keeps_on = if base <= target { one.from <= next.to } else { one.to >= next.from };
        prop_assert!(keeps_on);
        prop_assert!(one.to.unwrap().micro() - one.from.unwrap().micro() <= 1);
    }
}
