//! What an observed interval says of a wanted one: exact, and never more than the words allow (`docs/indicators.md`).
//!
//! All that is computed with is in the answer, in the precision that is shown there, so that a reader can do it again by hand. Derived
//! intervals are rounded outwards: what may be true lies in them.

use num_bigint::BigInt;
use num_integer::Integer;
use serde::Serialize;
use utoipa::ToSchema;

use crate::progress::answer::NoAnswer;
use crate::reference::Quantity;
use crate::reference::values::quantity::{Bounds, Decimal};

/// 判断：达到、未达到、无法判断。Whether the target is met: by every value that the words leave open, by none, or by some.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Met,
    NotMet,
    Undecidable,
}

/// What is wanted: a value on one side of a threshold, which itself may be anywhere in an interval.
#[derive(Debug, Clone, Copy)]
pub struct Goal {
    pub threshold: Bounds,
    /// Whether the value is to be above the threshold, not below.
    pub upwards: bool,
    /// Whether the threshold itself does not do.
    strict: bool,
    whole: bool,
}

impl Goal {
    /// The words decide on which side of the number the value is to be; where they do not, the indicator's direction.
    pub fn of(target: &Quantity, higher_is_better: bool) -> Goal {
        let (upwards, strict, threshold) = match target.comparator.as_str() {
            "ge" => (true, false, Some(Bounds::at(target.value))),
            "gt" => (true, true, Some(Bounds::at(target.value))),
            "le" => (false, false, Some(Bounds::at(target.value))),
            "lt" => (false, true, Some(Bounds::at(target.value))),
            _ => (higher_is_better, false, Bounds::of(target)),
        };
        let whole = target.is_counted();
        Goal { threshold: sharpened(threshold.unwrap_or_default(), whole), upwards, strict, whole }
    }

    pub fn verdict(&self, observed: Bounds) -> Verdict {
        let observed = sharpened(observed, self.whole);
        match self.upwards {
            true => reaches(observed, self.threshold, self.strict),
            false => reaches(self.threshold, observed, self.strict),
        }
    }
}

/// What is counted comes in whole numbers.
pub fn sharpened(bounds: Bounds, whole: bool) -> Bounds {
    if whole { bounds.whole() } else { bounds }
}

/// Whether `one` is at least `other`, or above it if `strict`: for all of their values, for none, or for some.
pub fn reaches(one: Bounds, other: Bounds, strict: bool) -> Verdict {
    let open = |end: Option<bool>| end == Some(true);
    let touches = |lower: Option<bool>, upper: Option<bool>| !open(lower) && !open(upper);
    let always = one.from.zip(other.to).is_some_and(|(least, most)| {
        least > most || (least == most && (!strict || !touches(one.from_open, other.to_open)))
    });
    let never = one.to.zip(other.from).is_some_and(|(most, least)| {
        most < least || (most == least && (strict || !touches(other.from_open, one.to_open)))
    });
    match (always, never) {
        (true, _) => Verdict::Met,
        (_, true) => Verdict::NotMet,
        _ => Verdict::Undecidable,
    }
}

/// Parts of one, to four places.
const SHARE: i128 = 10_000;

/// Millionths in a ten-thousandth.
const MICRO_OF_SHARE: i128 = 100;

/// The greatest share that can be written.
const GREATEST: i128 = 999_999_999_999_999_999_000_000;

/// A quotient to four places, rounded down or up, nothing where it is too great to be an upper end; the divisor is not zero.
fn quotient(dividend: Decimal, divisor: Decimal, up: bool) -> Option<Decimal> {
    let (mut dividend, mut divisor) = (dividend.micro() * SHARE, divisor.micro());
    if divisor < 0 {
        (dividend, divisor) = (-dividend, -divisor);
    }
    let down = if up { -(-dividend).div_euclid(divisor) } else { dividend.div_euclid(divisor) };
    match down * MICRO_OF_SHARE {
        great if up && great > GREATEST => None,
        small if !up && small < -GREATEST => None,
        share => Some(Decimal::of_micro(share.clamp(-GREATEST, GREATEST))),
    }
}

/// The observed value as a share of the target.
pub fn ratio(observed: Bounds, target: Bounds) -> Result<Bounds, NoAnswer> {
    if target.from.is_some_and(|least| least <= Decimal::ZERO) || target.to.is_some_and(|most| most <= Decimal::ZERO) {
        return Err(NoAnswer::TargetZero);
    }
    if target.from.is_none() && target.to.is_none() {
        return Err(NoAnswer::NoLimits);
    }
    // Divided by the end that makes it least or most; by an end without limit it comes down to nothing.
    let share = |value: Option<Decimal>, up: bool| {
        let value = value?;
        let by_far_end = (value >= Decimal::ZERO) != up;
        match if by_far_end { target.to } else { target.from } {
            Some(end) => quotient(value, end, up),
            None if by_far_end => Some(Decimal::ZERO),
            None => None,
        }
    };
    let share = Bounds { from: share(observed.from, false), to: share(observed.to, true), ..Bounds::default() };
    if share == Bounds::default() { Err(NoAnswer::NoLimits) } else { Ok(share) }
}

/// How much of the way from the base to the target was gone.
pub fn way(observed: Bounds, base: Bounds, target: Bounds) -> Result<Bounds, NoAnswer> {
    let (Some(bases), Some(targets)) = (base.from.zip(base.to), target.from.zip(target.to)) else {
        return Err(NoAnswer::NoLimits);
    };
    let (least, most) = (targets.0 - bases.1, targets.1 - bases.0);
    if least <= Decimal::ZERO && most >= Decimal::ZERO {
        return Err(NoAnswer::BaselineEqualsTarget);
    }
    let rises = least > Decimal::ZERO;
    // In each of the three it rises or falls all along, so that the ends are at the ends.
    let corners = |value: Decimal, up: bool| {
        let all = [bases.0, bases.1].into_iter().flat_map(|base| [(base, targets.0), (base, targets.1)]);
        let all: Option<Vec<Decimal>> = all.map(|(base, target)| quotient(value - base, target - base, up)).collect();
        if up { all?.into_iter().max() } else { all?.into_iter().min() }
    };
    let (nearest, farthest) = if rises { (observed.from, observed.to) } else { (observed.to, observed.from) };
    let share = Bounds {
        from: nearest.and_then(|value| corners(value, false)),
        to: farthest.and_then(|value| corners(value, true)),
        ..Bounds::default()
    };
    if share == Bounds::default() { Err(NoAnswer::NoLimits) } else { Ok(share) }
}

/// Months since the end of the base year: the least and the most that may have passed, and how many there are up to the end of the
/// target year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Months {
    pub from: u32,
    pub to: u32,
    pub of: u32,
}

/// The longest path, in months: the roots of longer ones cost too much.
const LONGEST_PATH: u32 = 600;

/// The value that the path asks for by then.
pub fn expected(rule: &str, base: Bounds, target: Bounds, months: Months) -> Result<Bounds, NoAnswer> {
    let (Some(bases), Some(targets)) = (base.from.zip(base.to), target.from.zip(target.to)) else {
        return Err(NoAnswer::NoLimits);
    };
    if months.of > LONGEST_PATH {
        return Err(NoAnswer::PathTooLong);
    }
    if rule == "constant_growth" && targets.0 <= Decimal::ZERO {
        return Err(NoAnswer::TargetZero);
    }
    let at = |base: Decimal, target: Decimal, month: u32, up: bool| match rule {
        "constant_growth" => compound(base, target, (month, months.of), up),
        _ => Some(linear(base, target, (month, months.of), up)),
    };
    let ends = [months.from, months.to];
    let least = ends.map(|month| at(bases.0, targets.0, month, false));
    let most = ends.map(|month| at(bases.1, targets.1, month, true));
    let (Some(least), Some(most)) = (least[0].zip(least[1]), most[0].zip(most[1])) else {
        return Err(NoAnswer::BaselineZero);
    };
    Ok(Bounds { from: Some(least.0.min(least.1)), to: Some(most.0.max(most.1)), ..Bounds::default() })
}

/// `base + (target − base) × month ÷ of`, to millionths.
fn linear(base: Decimal, target: Decimal, (month, of): (u32, u32), up: bool) -> Decimal {
    let (month, of) = (i128::from(month), i128::from(of));
    let sum = base.micro() * (of - month) + target.micro() * month;
    Decimal::of_micro(if up { -(-sum).div_euclid(of) } else { sum.div_euclid(of) })
}

/// `base × (target ÷ base)^(month ÷ of)`, to millionths; nothing where one of them is not above zero.
fn compound(base: Decimal, target: Decimal, (month, of): (u32, u32), up: bool) -> Option<Decimal> {
    if base <= Decimal::ZERO || target <= Decimal::ZERO {
        return None;
    }
    let shared = month.gcd(&of).max(1);
    let (month, of) = (month / shared, of / shared);
    let product = BigInt::from(base.micro()).pow(of - month) * BigInt::from(target.micro()).pow(month);
    let root = product.nth_root(of);
    let is_exact = root.pow(of) == product;
    let root = i128::try_from(root).ok()?;
    Some(Decimal::of_micro(root + i128::from(up && !is_exact)))
}

#[cfg(test)]
mod tests;
