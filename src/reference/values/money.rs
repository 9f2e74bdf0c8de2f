//! Money in yuan: `{"amount":"320700000.00","currency":"CNY"}` (`docs/rules.md` §7).
//!
//! Inside an amount is a whole number of fen. It is read with none, one or two places and written with exactly two.
//! Amounts are never negative (`docs/domain.md` §d5), and never in 万元: that unit is converted where texts are read.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::reference::values::{decimal, text_schema};

/// Whole digits of an amount: a thousand times the yearly output of the country.
const DIGITS: usize = 15;

/// A non-negative amount of Chinese yuan, exact to the fen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Money(i64);

impl Money {
    /// The largest amount: fifteen digits of yuan.
    pub const MAX: Money = Money(99_999_999_999_999_999);

    /// What [`Money::parse`] accepts.
    pub const PATTERN: &'static str = r"^(0|[1-9][0-9]{0,14})(\.[0-9]{1,2})?$";

    /// `None` for a negative amount or one above [`Money::MAX`].
    pub fn from_fen(fen: i64) -> Option<Money> {
        (0..=Money::MAX.0).contains(&fen).then_some(Money(fen))
    }

    pub fn fen(self) -> i64 {
        self.0
    }

    /// Reads an amount in yuan such as `678100`, `678100.5` or `678100.00`. Fails with `money-amount`.
    pub fn parse(amount: &str) -> Result<Money, &'static str> {
        decimal::hundredths(amount, DIGITS).map(Money).ok_or("money-amount")
    }

    /// The sum; `None` above [`Money::MAX`].
    pub fn checked_add(self, other: Money) -> Option<Money> {
        Money::from_fen(self.0.checked_add(other.0)?)
    }

    /// The sum of many amounts; `None` above [`Money::MAX`].
    pub fn sum(amounts: impl IntoIterator<Item = Money>) -> Option<Money> {
        amounts.into_iter().try_fold(Money::default(), Money::checked_add)
    }
}

/// The amount alone, with two places.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal::write(self.0, f)
    }
}

impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Money", 2)?;
        object.serialize_field("amount", &self.to_string())?;
        object.serialize_field("currency", "CNY")?;
        object.end()
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        enum Currency {
            #[serde(rename = "CNY")]
            Cny,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Raw {
            amount: String,
            currency: Currency,
        }
        let Raw { amount, currency: Currency::Cny } = Raw::deserialize(deserializer)?;
        Money::parse(&amount).map_err(serde::de::Error::custom)
    }
}

impl PartialSchema for Money {
    fn schema() -> RefOr<Schema> {
        let amount = text_schema(
            "Amount in yuan as a decimal string; always written with two places.",
            Money::PATTERN,
            (1, 18),
            "320700000.00",
        );
        let currency = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("ISO 4217 code; every amount of this register is in Chinese yuan."))
            .enum_values(Some(["CNY"]));
        ObjectBuilder::new()
            .description(Some("Money in yuan, exact to the fen; never in units of ten thousand."))
            .property("amount", amount)
            .property("currency", currency)
            .required("amount")
            .required("currency")
            .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
            .examples([serde_json::json!({"amount": "320700000.00", "currency": "CNY"})])
            .into()
    }
}

impl ToSchema for Money {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn amounts_are_exact_decimal_strings() {
        for (raw, fen) in [("0", 0), ("0.05", 5), ("1.5", 150), ("999999999999999.99", Money::MAX.fen())] {
            assert_eq!(Money::parse(raw).map(Money::fen), Ok(fen));
        }
        for raw in ["", "-1", "+1", "01", ".5", "1.", "1.005", "1e3", "1,000", " 1", "1000000000000000", "１"] {
            assert_eq!(Money::parse(raw), Err("money-amount"), "{raw}");
        }
    }

    #[test]
    fn only_the_two_members_are_read() {
        let read = |value| serde_json::from_value::<Money>(value);
        assert_eq!(read(json!({"amount": "1.5", "currency": "CNY"})).unwrap().to_string(), "1.50");
        for bad in [
            json!({"amount": 1.5, "currency": "CNY"}),
            json!({"amount": "1.5"}),
            json!({"amount": "1.5", "currency": "USD"}),
            json!({"amount": "1.5", "currency": "CNY", "unit": "万元"}),
        ] {
            assert!(read(bad).is_err());
        }
    }

    #[test]
    fn sums_stop_at_the_largest_amount() {
        let fen = |fen| Money::from_fen(fen).unwrap();
        assert_eq!(Money::sum([fen(1), fen(2), fen(3)]), Some(fen(6)));
        assert_eq!(Money::MAX.checked_add(fen(1)), None);
        assert_eq!(Money::from_fen(-1), None);
    }

    proptest! {
        #[test]
        fn money_comes_back_as_it_was_written(fen in 0i64..=99_999_999_999_999_999) {
            let money = Money::from_fen(fen).unwrap();
            prop_assert_eq!(Money::parse(&money.to_string()), Ok(money));
            let json = serde_json::to_string(&money).unwrap();
            prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
        }
    }
}
