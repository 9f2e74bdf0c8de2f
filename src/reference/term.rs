//! Coded values of record contents: a string whose list is part of its type.
//!
//! `Term<ResearchFields>` is one of the codes of the vocabulary `research-fields`. The published schema of the type is
//! that list (`enum`), and the body validator checks requests against the published schema; so a term read from JSON is
//! not checked a second time, and old records keep codes that have been withdrawn since (`docs/domain.md` §d10).

use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Serialize};
use utoipa::__dev::ComposeSchema;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

use crate::reference::vocabularies::{Entry, vocabulary};

/// The extension of a schema of codes that names their list.
pub const VOCABULARY: &str = "x-vocabulary";

/// The list a [`Term`] is taken from.
pub trait List {
    /// Name of the vocabulary, as in [`vocabulary`].
    const VOCABULARY: &'static str;
    /// Only entries of this `level` may be used; `None`: all.
    const LEVEL: Option<&'static str>;
}

/// Declares the lists that terms are taken from: `terms!(Zones = "zones");`, with `level "division"` after the name where a
/// record may use the codes of one level only. A list of one kind is declared in the kind, what several use is below.
macro_rules! terms {
    ($($marker:ident = $vocabulary:literal $(level $level:literal)?),+ $(,)?) => {
        $(
            #[doc = concat!("The list of the vocabulary `", $vocabulary, "`.")]
            #[derive(Debug, Clone, Copy)]
            pub struct $marker;

            impl $crate::reference::List for $marker {
                const VOCABULARY: &'static str = $vocabulary;
                const LEVEL: Option<&'static str> = [$(Some($level),)? None][0];
            }

            // The derive of a content asks the arguments of a generic type for their schema and name: `Term_PartyRoles`.
            impl utoipa::PartialSchema for $marker {
                fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                    <$crate::reference::Term<$marker> as utoipa::PartialSchema>::schema()
                }
            }

            impl utoipa::ToSchema for $marker {}
        )+
    };
}
pub(crate) use terms;

terms! {
    Zones = "zones",
    Disciplines = "disciplines",
    // A record names the two-digit division, never the section (`docs/domain.md` §b1).
    Industries = "industries" level "division",
    ResearchFields = "research-fields",
    OrganizationTypes = "organization-types",
    EvaluationGrades = "evaluation-grades",
    FundingSources = "funding-sources",
    CooperationModes = "cooperation-modes",
    RecordStates = "record-states",
    PartyRoles = "party-roles",
    QuantityUnits = "quantity-units",
    QuantityComparators = "quantity-comparators",
    QuantityCommitments = "quantity-commitments",
}

/// A code of the list `L`. The default is the empty string, which no list contains.
pub struct Term<L> {
    code: String,
    list: PhantomData<fn() -> L>,
}

impl<L: List> Term<L> {
    /// The term of this code, if the list has it.
    pub fn parse(code: &str) -> Option<Term<L>> {
        allowed::<L>().any(|entry| entry.code == code).then(|| Term { code: code.to_owned(), list: PhantomData })
    }

    pub fn as_str(&self) -> &str {
        &self.code
    }

    /// Whether this is the given code.
    pub fn is(&self, code: &str) -> bool {
        self.code == code
    }

    /// Name, parent and validity of the code; `None` for the default and for codes the list has lost.
    pub fn entry(&self) -> Option<&'static Entry> {
        vocabulary(L::VOCABULARY)?.get(&self.code)
    }
}

/// The entries of the list that a record may use.
fn allowed<L: List>() -> impl Iterator<Item = &'static Entry> {
    let entries = vocabulary(L::VOCABULARY).map(|list| list.entries.as_slice()).unwrap_or_default();
    entries.iter().filter(|entry| L::LEVEL.is_none_or(|level| entry.attribute("level") == Some(level)))
}

// Written out because derives would ask the same of `L`, which is never a value.
impl<L> Default for Term<L> {
    fn default() -> Self {
        Term { code: String::new(), list: PhantomData }
    }
}

impl<L> Clone for Term<L> {
    fn clone(&self) -> Self {
        Term { code: self.code.clone(), list: PhantomData }
    }
}

impl<L> PartialEq for Term<L> {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

impl<L> Eq for Term<L> {}

impl<L> fmt::Debug for Term<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.code)
    }
}

impl<L> fmt::Display for Term<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)
    }
}

impl<L> Serialize for Term<L> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.code)
    }
}

impl<'de, L> Deserialize<'de> for Term<L> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Term { code: String::deserialize(deserializer)?, list: PhantomData })
    }
}

// utoipa derives reach generic field types through this trait; `PartialSchema` follows from it.
impl<L: List> ComposeSchema for Term<L> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        let codes: Vec<&str> = allowed::<L>().map(|entry| entry.code.as_str()).collect();
        let title = vocabulary(L::VOCABULARY).map_or("", |list| list.title_en);
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(format!("{title}: a code of the vocabulary `{}`.", L::VOCABULARY)))
            .examples(codes.first().copied())
            .enum_values(Some(codes))
            .extensions(Some(Extensions::builder().add(VOCABULARY, L::VOCABULARY).build()))
            .into()
    }
}

impl<L: List> ToSchema for Term<L> {}

#[cfg(test)]
mod tests {
    use utoipa::PartialSchema;

    use super::*;

    #[test]
    fn industries_are_two_digit_divisions() {
        assert!(Term::<Industries>::parse("01").is_some());
        assert_eq!(Term::<Industries>::parse("A"), None);
        let schema = serde_json::to_value(Term::<Industries>::schema()).unwrap();
        assert_eq!(schema["enum"].as_array().map(Vec::len), Some(97));
    }

    #[test]
    fn a_term_is_a_plain_string_in_json() {
        let term: Term<PartyRoles> = serde_json::from_str("\"lead\"").unwrap();
        assert_eq!(serde_json::to_string(&term).unwrap(), "\"lead\"");
        assert!(term.is("lead") && term.entry().is_some() && Term::<PartyRoles>::default().entry().is_none());
        let schema = serde_json::to_value(Term::<RecordStates>::schema()).unwrap();
        assert_eq!(schema["type"], "string");
        assert_eq!(
            schema["enum"],
            serde_json::json!(["draft", "submitted", "active", "suspended", "closed", "withdrawn"])
        );
        assert!(schema["description"].as_str().unwrap().contains("`record-states`"));
        assert_eq!(schema[VOCABULARY], "record-states");
    }
}
