//! Quantities as the words of a policy or report give them, and the interval that the words leave open (`docs/rules.md` §7).
//!
//! “联盟40余个” is not 40: it is more than 40. So a quantity keeps the number, how the words relate to it, to which step the
//! number was rounded and the words themselves; the interval in `bounds` is computed from these and never sent.
//!
//! - `number`: exact decimals;
//! - `interval`: what may be meant;
//! - `reading`: the quantities that stand in a sentence;
//! - `wordings`: which words say which relation (`data/reference/quantity-wordings.csv`).

mod interval;
mod number;
mod reading;
mod wordings;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

pub use interval::Bounds;
pub use number::Decimal;
pub use reading::{Agreement, Reading, read};

use crate::reference::Term;
use crate::reference::term::{QuantityCommitments, QuantityComparators, QuantityUnits};

/// 文件或报道中的数量：数值、单位，以及用语所表示的关系。A quantity of a policy or report: the number, its unit, and how the words
/// relate to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Quantity {
    /// 数值，十进制字符串；金额以元计，百分数按原文（10 即 10%）。comparator 为 tens、class 时为数量级（10、1000000000000）。The number, a
    /// decimal string: money in yuan, percentages as printed (10 is 10 %); with the comparators `tens` and `class` the order of
    /// magnitude, such as 10 or 1000000000000.
    #[schema(required = true)]
    pub value: Decimal,
    /// 单位。Unit.
    #[schema(required = true)]
    pub unit: Term<QuantityUnits>,
    /// 关系：等于、以上、超过（余）、不超过、低于、约、近、数十、量级。Relation to the number: equal, at least, more than, at most, less
    /// than, about, close to but below, several times it, its order of magnitude only.
    #[schema(required = true)]
    pub comparator: Term<QuantityComparators>,
    /// 数值所精确到的单位：1.2万为 1000，不填为精确值。Step to which the number is rounded: 1000 for 1.2万; an exact number without it.
    pub precision: Option<Decimal>,
    /// 承诺程度：确定、力争；不填为确定。Whether it is committed or aspired (力争); committed unless told.
    pub commitment: Option<Term<QuantityCommitments>>,
    /// 原文用语。The words of the source.
    #[schema(min_length = 1, max_length = 500, pattern = r"^\S(.*\S)?$", example = "联盟40余个")]
    pub quote: Option<String>,
    /// 该数量可能的取值区间，由服务计算，所填内容不予采用；用语没有界限时无此项。The interval that the words leave open, computed by the
    /// service (what is sent is not looked at); absent where the words set no limit.
    #[schema(read_only)]
    pub bounds: Option<Bounds>,
}

impl Quantity {
    /// Whether the unit is one of things that are counted.
    pub fn is_counted(&self) -> bool {
        !["CNY", "percent", "percent_per_year", ""].contains(&self.unit.as_str())
    }

    /// Faults between its members, as (member, fault code).
    pub fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let whole = |number: Decimal| match (self.is_counted(), self.unit.is("CNY")) {
            (true, _) => number.has_places(0),
            (_, true) => number.has_places(2),
            _ => number.has_places(4),
        };
        let of_order = ["tens", "class"].contains(&self.comparator.as_str());
        let step = self.precision.unwrap_or(Decimal::ONE);
        [
            (!whole(self.value), ("value", "quantity-inexact")),
            (of_order && !self.value.is_power_of_ten(), ("value", "quantity-order")),
            (step <= Decimal::ZERO, ("precision", "quantity-precision")),
            (!whole(step), ("precision", "quantity-inexact")),
        ]
        .into_iter()
        .filter_map(|(broken, fault)| broken.then_some(fault))
        .collect()
    }

    /// Whether the quoted words say the same as the members; nothing where none are quoted.
    pub fn agreement(&self) -> Option<Agreement> {
        self.quote.as_deref().map(|quote| Agreement::of(self, quote))
    }
}

/// Reads a quantity and computes its interval: for `#[serde(deserialize_with)]` of contents.
pub fn with_bounds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Quantity, D::Error> {
    let mut quantity = Quantity::deserialize(deserializer)?;
    quantity.bounds = Bounds::of(&quantity);
    Ok(quantity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_places_than_half_a_step_can_be_told_in_are_refused() {
        let sent = |value: &str, precision: &str| {
            let quantity =
                serde_json::json!({"value": value, "unit": "percent", "comparator": "eq", "precision": precision});
            serde_json::from_value::<Quantity>(quantity).unwrap().faults()
        };
        assert_eq!(sent("1.2345", "0.0001"), []);
        assert_eq!(sent("1", "0.000001"), [("precision", "quantity-inexact")]);
        assert_eq!(sent("1.00001", "0.0001"), [("value", "quantity-inexact")]);
    }
}
