//! Exact decimals, as text outside and as whole numbers inside. No floating point (`docs/domain.md` §d5).
//!
//! A decimal has one form: sent in another one (`5600` for `5600.00`, `5.0` for `5`) it is written in its own, as money is.

use std::fmt;

use crate::reference::values::text_schema;

/// Reads a plain decimal of at most `digits` whole digits and two places into hundredths.
///
/// No sign, no exponent, no leading zero, no empty part: `1`, `1.5` and `1.50` are fine, `01`, `.5`, `1.` and `1.505` are
/// not.
pub(super) fn hundredths(raw: &str, digits: usize) -> Option<i64> {
    let (whole, places) = raw.split_once('.').unwrap_or((raw, "0"));
    let numeric = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    if !numeric(whole) || !numeric(places) || leading_zero || whole.len() > digits || places.len() > 2 {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let places: i64 = format!("{places:0<2}").parse().ok()?;
    whole.checked_mul(100)?.checked_add(places)
}

/// Writes hundredths with exactly two places.
pub(super) fn write(hundredths: i64, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    let sign = if hundredths < 0 { "-" } else { "" };
    write!(f, "{sign}{}.{:02}", hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100)
}

/// An area in square metres with two places, at most 999999999.99.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Area(i64);

impl Area {
    /// Reads `5600`, `5600.5` or `5600.50`. Fails with `area-amount`.
    pub fn parse(raw: &str) -> Result<Area, &'static str> {
        hundredths(raw, 9).map(Area).ok_or("area-amount")
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(self.0, f)
    }
}

text_value!(
    Area,
    text_schema(
        "面积（平方米），十进制字符串，总写作两位小数。Area in square metres, a decimal string; always written with two places.",
        r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,2})?$",
        (1, 12),
        "5600.00",
    )
);

/// Places of a [`Measure`].
const PLACES: usize = 6;

/// A value that is measured, of at most twelve whole digits and six places; it may be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Measure(i64);

impl Measure {
    /// Reads `20000`, `-0.5` or `3.140000`. Fails with `measure-amount`.
    pub fn parse(raw: &str) -> Result<Measure, &'static str> {
        let (sign, amount) = raw.strip_prefix('-').map_or((1, raw), |amount| (-1, amount));
        let (whole, places) = amount.split_once('.').unwrap_or((amount, "0"));
        let numeric = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if !numeric(whole) || !numeric(places) || leading_zero || whole.len() > 12 || places.len() > PLACES {
            return Err("measure-amount");
        }
        let millionths: i64 = format!("{whole}{places:0<PLACES$}").parse().map_err(|_| "measure-amount")?;
        Ok(Measure(sign * millionths))
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, size) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        let places = format!("{:06}", size % 1_000_000);
        match places.trim_end_matches('0') {
            "" => write!(f, "{sign}{}", size / 1_000_000),
            places => write!(f, "{sign}{}.{places}", size / 1_000_000),
        }
    }
}

text_value!(
    Measure,
    text_schema(
        "数值，十进制字符串，总写作最短形式（末尾的零不写）。A value, a decimal string; always written without zeros at its end.",
        r"^-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$",
        (1, 20),
        "20000",
    )
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_decimal_has_one_form_however_it_is_sent() {
        for (raw, written) in
            [("5600", "5600.00"), ("5600.5", "5600.50"), ("0", "0.00"), ("999999999.99", "999999999.99")]
        {
            assert_eq!(Area::parse(raw).unwrap().to_string(), written);
        }
        let forms = [
            ("20000", "20000"),
            ("20000.0", "20000"),
            ("0.50", "0.5"),
            ("-0", "0"),
            ("-0.000", "0"),
            ("-0.5", "-0.5"),
            ("0.000001", "0.000001"),
            ("-999999999999.999999", "-999999999999.999999"),
        ];
        for (raw, written) in forms {
            assert_eq!(Measure::parse(raw).unwrap().to_string(), written);
        }
        for raw in ["", "-", "01", ".5", "1.", "1e3", "+1", "1.0000000", "1000000000000", "--1", "１"] {
            assert_eq!(Measure::parse(raw), Err("measure-amount"), "{raw}");
        }
        for raw in ["-1", "1.001", "1000000000"] {
            assert_eq!(Area::parse(raw), Err("area-amount"), "{raw}");
        }
    }

    proptest! {
        #[test]
        fn a_written_decimal_is_read_as_itself(millionths in -999_999_999_999_999_999i64..=999_999_999_999_999_999) {
            let written = Measure(millionths).to_string();
            prop_assert_eq!(Measure::parse(&written), Ok(Measure(millionths)));
        }
    }
}
