//! Whole numbers of a content. JSON Schema accepts `120.0` as an integer and RFC 8785 writes it as `120`, so it is read
//! as one.

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Number;

/// For `#[serde(deserialize_with)]` of an `i32`.
pub fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    whole(&Number::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("not a whole number"))
}

/// For `#[serde(deserialize_with)]` of an `Option<i32>`.
pub fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i32>, D::Error> {
    let number = Option::<Number>::deserialize(deserializer)?;
    number.map(|number| whole(&number).ok_or_else(|| D::Error::custom("not a whole number"))).transpose()
}

fn whole(number: &Number) -> Option<i32> {
    let exact = || number.as_f64().filter(|value| value.fract() == 0.0 && value.abs() <= f64::from(i32::MAX));
    number.as_i64().and_then(|value| value.try_into().ok()).or_else(|| exact().map(|value| value as i32))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_without_a_fraction_is_whole_however_it_is_written() {
        for (written, read) in [(json!(120), 120), (json!(120.0), 120), (json!(1.2e2), 120), (json!(-0.0), 0)] {
            assert_eq!(number(&written).ok(), Some(read));
            assert_eq!(optional(&written).ok(), Some(Some(read)));
        }
        for written in [json!(1.5), json!(1e300), json!(i64::MAX), json!("1")] {
            assert!(number(&written).is_err() && optional(&written).is_err(), "{written}");
        }
        assert_eq!(optional(json!(null)).ok(), Some(None));
    }
}
