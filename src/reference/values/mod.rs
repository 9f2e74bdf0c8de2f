//! Values that cannot be wrong once they exist: identifiers, days, money, hours, names.
//!
//! Each type has one `parse` that says by a short kebab-case code why a text is refused; the sentence for the code is
//! `fault-{code}` of the locales. Nothing is trimmed, upper-cased or otherwise repaired: a value is right as it was sent or
//! it is refused, so that both provinces sign the same characters. Each type also publishes its own JSON schema.
//!
//! `Default` exists because record contents are read with `#[serde(default)]`; a default identifier is the empty string,
//! which no schema here accepts.

/// `Serialize`, `Deserialize` and `ToSchema` for a type that has `parse` and `Display`.
macro_rules! text_value {
    ($type:ty, $schema:expr) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let raw = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&raw).map_err(serde::de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                $schema.into()
            }
        }

        impl utoipa::ToSchema for $type {}
    };
}

mod day;
mod decimal;
pub mod division;
mod hours;
mod localized_text;
mod money;
mod month;
mod orcid;
mod parties;
pub mod quantity;
mod record_code;
mod ror;
pub mod uscc;

pub use day::Day;
pub use decimal::{Area, Measure};
pub use hours::{Hours, rate, sharing_rate, utilisation};
pub use localized_text::LocalizedText;
pub use money::Money;
pub use month::Month;
pub use orcid::Orcid;
pub use parties::two_provinces;
pub use quantity::Quantity;
pub use record_code::RecordCode;
pub use ror::Ror;
pub use uscc::Uscc;

use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};

/// The JSON schema of a text: anchored pattern, bounds of its length, description and an example.
fn text_schema(description: &str, pattern: &str, length: (usize, usize), example: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description))
        .pattern(Some(pattern))
        .min_length(Some(length.0))
        .max_length(Some(length.1))
        .examples([example])
}

/// Adds the name of a format that `formats::check` knows.
fn with_format(schema: ObjectBuilder, format: &str) -> ObjectBuilder {
    schema.format(Some(SchemaFormat::Custom(format.to_owned())))
}

/// The published examples and counterexamples, shared by the tests of the values.
#[cfg(test)]
mod vectors {
    use serde_json::Value;

    /// A group of `tests/vectors/test-vectors.json`, such as `/uscc/valid`.
    pub fn group(pointer: &str) -> Vec<Value> {
        let all: Value = serde_json::from_str(include_str!("../../../tests/vectors/test-vectors.json")).unwrap();
        let cases = all.pointer(pointer).and_then(Value::as_array).cloned().unwrap();
        assert!(!cases.is_empty());
        cases
    }
}
