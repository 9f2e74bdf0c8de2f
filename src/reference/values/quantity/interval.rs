//! Intervals: the numbers that the words of a quantity allow.

use std::fmt;
use std::ops::Add;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Decimal, Quantity};

/// 取值区间；没有的一端不受限制。An interval; an end that is absent has no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Bounds {
    /// 下限。Lower end.
    pub from: Option<Decimal>,
    /// 下限本身是否不在其内，不填为在内。Whether the lower end itself is left out; it is in unless told.
    pub from_open: Option<bool>,
    /// 上限。Upper end.
    pub to: Option<Decimal>,
    /// 上限本身是否不在其内，不填为在内。Whether the upper end itself is left out; it is in unless told.
    pub to_open: Option<bool>,
}

impl Bounds {
    /// The interval of a quantity; `None` where its words set no limit.
    ///
    /// - `eq`: the number itself, or what is rounded to it at the step given: 1.2万 is 11,500 to below 12,500;
    /// - `ge` `gt` `le` `lt`: as they say; `near_below` (近200) is anything below;
    /// - `about`: up to one step to either side; words such as 约 name no width of their own, so without a step nothing is known;
    /// - `tens` (数十): from twice the order of magnitude to the next order, itself left out: 20 to 99 of what is counted;
    /// - `class` (万亿级): a label, no number.
    pub fn of(quantity: &Quantity) -> Option<Bounds> {
        let value = quantity.value;
        // What is counted comes in whole numbers, so a step of one or less leaves nothing open.
        let step = quantity.precision.filter(|step| !quantity.is_counted() || *step > Decimal::ONE);
        let closed = |from, to| Bounds { from: Some(from), to: Some(to), ..Bounds::default() };
        let below = |from, to| Bounds { to_open: Some(true), ..closed(from, to) };
        match quantity.comparator.as_str() {
            "eq" => Some(step.map_or(closed(value, value), |step| below(value - step.half(), value + step.half()))),
            "ge" => Some(Bounds { from: Some(value), ..Bounds::default() }),
            "gt" => Some(Bounds { from: Some(value), from_open: Some(true), ..Bounds::default() }),
            "le" => Some(Bounds { to: Some(value), ..Bounds::default() }),
            "lt" | "near_below" => Some(Bounds { to: Some(value), to_open: Some(true), ..Bounds::default() }),
            "about" => quantity.precision.map(|step| closed(value - step, value + step)),
            "tens" if quantity.is_counted() => Some(closed(value.times(2), value.times(10) - Decimal::ONE)),
            "tens" => Some(below(value.times(2), value.times(10))),
            _ => None,
        }
    }

    /// Exactly this number.
    pub fn at(number: Decimal) -> Bounds {
        Bounds { from: Some(number), to: Some(number), ..Bounds::default() }
    }

    /// The same with ends that can be reached, of what comes in whole numbers only: above 40 is at least 41.
    pub fn whole(self) -> Bounds {
        let up = |end: Decimal| match end.whole_above() {
            above if self.from_open == Some(true) && above == end => end + Decimal::ONE,
            above => above,
        };
        let down = |end: Decimal| match end.whole_below() {
            below if self.to_open == Some(true) && below == end => end - Decimal::ONE,
            below => below,
        };
        Bounds { from: self.from.map(up), to: self.to.map(down), from_open: None, to_open: None }
    }

    /// Whether a number lies inside.
    pub fn contains(&self, number: Decimal) -> bool {
        let above = |end| if self.from_open == Some(true) { number > end } else { number >= end };
        let below = |end| if self.to_open == Some(true) { number < end } else { number <= end };
        self.from.is_none_or(above) && self.to.is_none_or(below)
    }
}

/// What two amounts add up to, each of which is anywhere in its interval.
impl Add for Bounds {
    type Output = Bounds;

    fn add(self, other: Bounds) -> Bounds {
        let open = |one: Option<bool>, two: Option<bool>| (one == Some(true) || two == Some(true)).then_some(true);
        let (from, to) = (self.from.zip(other.from), self.to.zip(other.to));
        Bounds {
            from: from.map(|(one, two)| one + two),
            from_open: from.and(open(self.from_open, other.from_open)),
            to: to.map(|(one, two)| one + two),
            to_open: to.and(open(self.to_open, other.to_open)),
        }
    }
}

/// As mathematics writes it: `[11500, 12500)`, `(40, ∞)`.
impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.from {
            Some(from) => write!(f, "{}{from}, ", if self.from_open == Some(true) { '(' } else { '[' })?,
            None => f.write_str("(-∞, ")?,
        }
        match self.to {
            Some(to) => write!(f, "{to}{}", if self.to_open == Some(true) { ')' } else { ']' }),
            None => f.write_str("∞)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn quantity(value: &str, unit: &str, comparator: &str, precision: Option<&str>) -> Quantity {
        let sent = json!({"value": value, "unit": unit, "comparator": comparator, "precision": precision});
        serde_json::from_value(sent).unwrap()
    }

    fn bounds(value: &str, unit: &str, comparator: &str, precision: Option<&str>) -> serde_json::Value {
        let mut bounds = json!(Bounds::of(&quantity(value, unit, comparator, precision)));
        if let Some(members) = bounds.as_object_mut() {
            members.retain(|_, member| !member.is_null());
        }
        bounds
    }

    #[test]
    fn the_words_of_policies_leave_these_intervals() {
        assert_eq!(bounds("40", "count", "gt", Some("1")), json!({"from": "40", "from_open": true}));
        assert_eq!(bounds("10", "percent_per_year", "ge", None), json!({"from": "10"}));
        assert_eq!(bounds("200", "person", "near_below", None), json!({"to": "200", "to_open": true}));
        assert_eq!(bounds("10", "institution", "tens", None), json!({"from": "20", "to": "99"}));
        assert_eq!(bounds("10", "CNY", "tens", None), json!({"from": "20", "to": "100", "to_open": true}));
        let rounded = json!({"from": "11500", "to": "12500", "to_open": true});
        assert_eq!(bounds("12000", "set", "eq", Some("1000")), rounded);
        assert_eq!(bounds("9", "count", "eq", Some("1")), json!({"from": "9", "to": "9"}));
        assert_eq!(bounds("5.5", "percent", "eq", Some("0.1")), json!({"from": "5.45", "to": "5.55", "to_open": true}));
        assert_eq!(bounds("2.35", "percent", "about", Some("0.01")), json!({"from": "2.34", "to": "2.36"}));
        assert_eq!(bounds("50", "institution", "about", None), json!(null));
        assert_eq!(bounds("1000000000000", "CNY", "class", None), json!(null));
        assert_eq!(bounds("3", "percent", "le", None), json!({"to": "3"}));
        assert_eq!(bounds("3", "percent", "lt", None), json!({"to": "3", "to_open": true}));
    }

    #[test]
    fn what_is_counted_comes_in_whole_numbers() {
        let whole = |value: &str, comparator, precision| {
            Bounds::of(&quantity(value, "count", comparator, precision)).unwrap().whole().to_string()
        };
        assert_eq!(whole("40", "gt", None), "[41, ∞)");
        assert_eq!(whole("200", "near_below", None), "(-∞, 199]");
        assert_eq!(whole("12000", "eq", Some("1000")), "[11500, 12499]");
        assert_eq!(whole("10", "eq", Some("5")), "[8, 12]");
        assert_eq!(whole("9", "eq", None), "[9, 9]");
    }

    proptest! {
        #[test]
        fn a_sum_lies_in_the_sum_of_the_intervals(
            one in -1000_i64..1000, two in -1000_i64..1000, below in 0_i64..50, above in 0_i64..50, open: bool, unlimited: bool,
        ) {
            let number = |number: i64| Decimal::parse(&number.to_string()).unwrap();
            let around = |at: i64| Bounds {
                from: (!unlimited).then(|| number(at - below - i64::from(open))),
                from_open: (open && !unlimited).then_some(true),
                to: Some(number(at + above)),
                to_open: None,
            };
            let sum = around(one) + around(two);
            prop_assert!(sum.contains(number(one + two)));
            prop_assert_eq!(sum.from.is_none(), unlimited);
            prop_assert_eq!(sum.contains(number(one + two + 2 * above + 1)), false);
        }

        #[test]
        fn the_number_lies_in_its_interval_exactly_where_the_words_say_so(
            value in 1_i64..1_000_000, step in 1_i64..1000, comparator in prop::sample::select(vec!["eq", "ge", "gt", "le", "lt", "about", "near_below", "tens"]),
            unit in prop::sample::select(vec!["count", "percent"]), rounded: bool,
        ) {
            let (text, step) = (value.to_string(), step.to_string());
            let quantity = quantity(&text, unit, comparator, rounded.then_some(step.as_str()));
            let Some(bounds) = Bounds::of(&quantity) else {
                prop_assert!(comparator == "about" && !rounded);
                return Ok(());
            };
            let inside = ["eq", "ge", "le", "about"].contains(&comparator);
            prop_assert_eq!(bounds.contains(quantity.value), inside);
            prop_assert!(bounds.from.zip(bounds.to).is_none_or(|(from, to)| from <= to));
        }

        #[test]
        fn a_rounded_number_holds_exactly_what_is_rounded_to_it(exact in 0_i64..10_000_000, step in prop::sample::select(vec![10_i64, 100, 1000, 10000])) {
            let nearest = (exact + step / 2) / step * step;
            for (value, inside) in [(nearest, true), (nearest + step, false), (nearest - step, false)] {
                let quantity = quantity(&value.to_string(), "count", "eq", Some(&step.to_string()));
                let exact = Decimal::parse(&exact.to_string()).unwrap();
                prop_assert_eq!(Bounds::of(&quantity).unwrap().contains(exact), inside);
            }
        }
    }
}
