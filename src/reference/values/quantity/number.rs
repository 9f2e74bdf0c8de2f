//! Exact decimal numbers of any sign, with at most 18 whole digits; no floating point (`docs/domain.md` §d5).

use std::fmt;
use std::ops::{Add, Sub};

use super::super::text_schema;

/// Places that are kept. Two more than may be sent, so that half a step is exact too.
const PLACES: usize = 6;
const ONE: i128 = 1_000_000;

/// A decimal number. It has one form: sent as `40.0` it is written `40`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Decimal(i128);

impl Decimal {
    pub const ZERO: Decimal = Decimal(0);
    pub const ONE: Decimal = Decimal(ONE);

    /// Reads `40`, `-0.5` or `2.3500`. Fails with `decimal-shape`.
    pub fn parse(raw: &str) -> Result<Decimal, &'static str> {
        let (sign, number) = raw.strip_prefix('-').map_or((1, raw), |number| (-1, number));
        let (whole, places) = number.split_once('.').unwrap_or((number, "0"));
        let numeric = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if !numeric(whole) || !numeric(places) || leading_zero || whole.len() > 18 || places.len() > PLACES {
            return Err("decimal-shape");
        }
        let digits: i128 = format!("{whole}{places:0<PLACES$}").parse().map_err(|_| "decimal-shape")?;
        Ok(Decimal(sign * digits))
    }

    /// A whole number times a power of ten; nothing where it has too many digits or places.
    pub fn scaled(number: i128, exponent: i32) -> Option<Decimal> {
        let exponent = u32::try_from(exponent + PLACES as i32).ok()?;
        let micro = number.checked_mul(10_i128.checked_pow(exponent)?)?;
        (micro.abs() < 10_i128.pow(18) * ONE).then_some(Decimal(micro))
    }

    /// Whether it can be written with this many places.
    pub fn has_places(self, places: u32) -> bool {
        self.0 % (ONE / 10_i128.pow(places.min(PLACES as u32))) == 0
    }

    /// 10, 100, 1000 and so on.
    pub fn is_power_of_ten(self) -> bool {
        let mut whole = self.0 / ONE;
        while whole >= 10 && whole % 10 == 0 {
            whole /= 10;
        }
        whole == 1 && self > Decimal::ONE && self.has_places(0)
    }

    pub fn times(self, factor: i32) -> Decimal {
        Decimal(self.0.saturating_mul(i128::from(factor)))
    }

    pub fn half(self) -> Decimal {
        Decimal(self.0 / 2)
    }

    /// Its millionths.
    pub fn micro(self) -> i128 {
        self.0
    }

    pub fn of_micro(micro: i128) -> Decimal {
        Decimal(micro)
    }

    /// The whole number at or below it, and the one at or above it.
    pub fn whole_below(self) -> Decimal {
        Decimal(self.0.div_euclid(ONE) * ONE)
    }

    pub fn whole_above(self) -> Decimal {
        Decimal(-(-self.0).div_euclid(ONE) * ONE)
    }
}

impl Add for Decimal {
    type Output = Decimal;

    fn add(self, other: Decimal) -> Decimal {
        Decimal(self.0.saturating_add(other.0))
    }
}

impl Sub for Decimal {
    type Output = Decimal;

    fn sub(self, other: Decimal) -> Decimal {
        Decimal(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, digits) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        let (whole, places) = (digits / ONE as u128, format!("{:06}", digits % ONE as u128));
        match places.trim_end_matches('0') {
            "" => write!(f, "{sign}{whole}"),
            places => write!(f, "{sign}{whole}.{places}"),
        }
    }
}

text_value!(
    Decimal,
    text_schema(
        "十进制数，字符串，至多四位小数（服务计算的至多六位）；不含多余的零。A decimal number as a string, of at most four places (six in what \
         the service computes); written without needless zeros.",
        r"^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,6})?$",
        (1, 26),
        "40",
    )
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_has_one_form() {
        for (raw, written) in
            [("40.0", "40"), ("2.3500", "2.35"), ("-0", "0"), ("-0.5", "-0.5"), ("0.000001", "0.000001")]
        {
            assert_eq!(Decimal::parse(raw).unwrap().to_string(), written);
        }
        for raw in ["", "-", ".5", "1.", "01", "+1", "1e3", "1.0000001", "1000000000000000000", "１", " 1"] {
            assert_eq!(Decimal::parse(raw), Err("decimal-shape"), "{raw}");
        }
    }

    #[test]
    fn orders_of_magnitude_are_powers_of_ten() {
        for (raw, is_one) in [
            ("10", true),
            ("1000000000000", true),
            ("1", false),
            ("20", false),
            ("0.1", false),
            ("10.5", false),
            ("-10", false),
        ] {
            assert_eq!(Decimal::parse(raw).unwrap().is_power_of_ten(), is_one, "{raw}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(number in -10_i128.pow(24)..10_i128.pow(24)) {
            let decimal = Decimal(number);
            prop_assert_eq!(Decimal::parse(&decimal.to_string()), Ok(decimal));
        }

        #[test]
        fn two_halves_of_what_may_be_sent_are_the_whole(number in -10_i128.pow(20)..10_i128.pow(20)) {
            let decimal = Decimal(number * 100);
            prop_assert_eq!(decimal.half() + decimal.half(), decimal);
        }
    }
}
