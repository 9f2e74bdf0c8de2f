//! Reference data: the code lists and the values that every record is made of.
//!
//! Two provinces can only count the same things if they write them the same way. So this module holds, once for all kinds:
//!
//! - `vocabularies`: the closed lists, from the national standards and the national instrument platform to our own states
//!   and roles, each with validity dates, served to partners under `/api/v1/vocabularies`;
//! - `term`: a coded value whose type names its list;
//! - `kind_names`: what the kinds of record are called;
//! - `values`: identifiers, days, money, hours and names that cannot be wrong once they exist;
//! - `characters`: the characters that texts may not have, and the patterns that say so;
//! - `formats`: the same judgements by name, for the body validator.
//!
//! Everything is pure: no database, no clock. What depends on a day (is this division still one?) takes the day.
//! Nothing is repaired; a text is accepted as it was sent or refused with a fault code whose sentence stands in the
//! locales. Sources of the rules are named at each rule; they are collected in `docs/domain.md` §i.

pub mod canonical;
pub mod characters;
mod divisions;
pub mod formats;
pub mod guess;
pub mod kind_names;
pub mod labels;
mod sources;
pub mod term;
pub mod values;
pub mod vocabularies;

pub use kind_names::KindNames;
pub use term::{List, Term};
pub use values::{
    Area, Day, Hours, LocalizedText, Measure, Money, Month, Orcid, Quantity, RecordCode, Ror, Uscc, division,
};
pub use vocabularies::{Entry, Vocabulary, all, vocabulary};

/// The two provinces that keep the register (GB/T 2260).
pub const CHONGQING: &str = "500000";
pub const SICHUAN: &str = "510000";
pub const PROVINCES: [&str; 2] = [CHONGQING, SICHUAN];

#[cfg(test)]
mod messages {
    use std::collections::BTreeSet;
    use std::path::Path;

    use fluent_bundle::FluentResource;

    const ZH: &str = include_str!("../../locales/zh-CN.ftl");
    const EN: &str = include_str!("../../locales/en.ftl");

    fn keys(text: &str) -> BTreeSet<&str> {
        assert!(FluentResource::try_new(text.to_owned()).is_ok(), "the file parses");
        let keys: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()))
            .filter_map(|line| Some(line.split_once('=')?.0.trim()))
            .collect();
        let unique: BTreeSet<&str> = keys.iter().copied().collect();
        assert_eq!(keys.len(), unique.len(), "each key once");
        unique
    }

    #[test]
    fn both_languages_have_the_same_messages() {
        assert_eq!(keys(ZH), keys(EN));
    }

    #[test]
    fn every_fault_of_this_module_has_a_sentence() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/reference");
        let files = ["", "values", "values/quantity"]
            .into_iter()
            .flat_map(|inner| std::fs::read_dir(folder.join(inner)).unwrap());
        let sources =
            files.map(|file| file.unwrap().path()).filter(|path| path.extension().is_some_and(|it| it == "rs"));
        let known = keys(ZH);
        let (mut told, own) = (0, folder.join("mod.rs"));
        for path in sources.filter(|path| *path != own) {
            let source = std::fs::read_to_string(&path).unwrap();
            for opening in ["Err(\"", "ok_or(\"", "map_err(|_| \""] {
                for code in source.split(opening).skip(1).filter_map(|rest| rest.split('"').next()) {
                    assert!(known.contains(format!("fault-{code}").as_str()), "no sentence for {code}");
                    told += 1;
                }
            }
        }
        assert!(told > 20, "{told}");
    }
}

#[cfg(test)]
mod contents {
    use serde::{Deserialize, Serialize};
    use utoipa::ToSchema;

    use super::{term::*, *};

    /// A record content as the kinds declare it.
    #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
    #[serde(default, deny_unknown_fields)]
    struct Content {
        name: LocalizedText,
        uscc: Option<Uscc>,
        fields: Vec<Term<ResearchFields>>,
        role: Option<Term<PartyRoles>>,
        /// What it is.
        kind: Term<OrganizationTypes>,
        budget: Money,
        hours: Hours,
        started_on: Day,
    }

    #[test]
    fn values_and_terms_stand_in_contents_and_their_schema() {
        let mut found = Vec::new();
        <Content as ToSchema>::schemas(&mut found);
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        for name in ["LocalizedText", "Uscc", "Term_ResearchFields", "Term_PartyRoles", "Money", "Hours", "Day"] {
            assert!(names.contains(&name), "{name} in {names:?}");
        }
        let schema = serde_json::to_value(<Content as utoipa::PartialSchema>::schema()).unwrap();
        assert_eq!(schema["properties"]["fields"]["items"]["$ref"], "#/components/schemas/Term_ResearchFields");
        assert_eq!(schema["properties"]["kind"]["$ref"], "#/components/schemas/Term_OrganizationTypes");
        assert_eq!(schema["properties"]["kind"]["description"], "What it is.");
        let content: Content = serde_json::from_str(r#"{"name":{"zh":"甲"},"fields":["F1"]}"#).unwrap();
        assert_eq!(serde_json::from_value::<Content>(serde_json::to_value(&content).unwrap()).unwrap(), content);
    }
}
