//! The code lists, parsed once from the compiled-in CSV files and looked up by hash.
//!
//! Codes are kept exactly as their source writes them: national standards (GB/T 2260, 4754, 13745, GB 32100), the
//! values the national instrument platform exchanges (column `basis` = N), and our own lists. `sources` says which file
//! feeds which vocabulary; this module defines what a vocabulary is and how it is looked up.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use chrono::NaiveDate;

use crate::language::Language;
use crate::reference::guess::closest;
use crate::reference::sources;

/// One code of a vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The code, verbatim from its source.
    pub code: String,
    /// The Chinese name; every entry has one.
    pub zh: String,
    /// The English name. Of divisions only provinces have one: our sources give only the Chinese ones.
    pub en: Option<String>,
    /// The code one level up, in the same vocabulary.
    pub parent: Option<String>,
    /// First day the code may be used; `None`: since before our tables begin.
    pub valid_from: Option<NaiveDate>,
    /// First day the code may no longer be used (exclusive end); `None`: still valid.
    pub valid_to: Option<NaiveDate>,
    /// The code that took over, if its number is known.
    pub successor: Option<String>,
    /// Further columns of the source worth showing: level, group, kind and provinces of a zone, confidence.
    pub attributes: BTreeMap<&'static str, String>,
}

impl Entry {
    pub(super) fn new(code: impl Into<String>, zh: impl Into<String>) -> Entry {
        Entry {
            code: code.into(),
            zh: zh.into(),
            en: None,
            parent: None,
            valid_from: None,
            valid_to: None,
            successor: None,
            attributes: BTreeMap::new(),
        }
    }

    /// Whether the code may be used on this day: `valid_from <= day < valid_to`.
    pub fn valid_on(&self, day: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day < to)
    }

    /// The name in this language; the Chinese one where no English one is known.
    pub fn label(&self, language: Language) -> &str {
        match (language, &self.en) {
            (Language::En, Some(en)) => en,
            _ => &self.zh,
        }
    }

    /// The attribute of this name, such as `level`.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

/// A closed list of codes, served at `/api/v1/vocabularies/{name}`.
#[derive(Debug)]
pub struct Vocabulary {
    /// Kebab-case plural, the last part of the path.
    pub name: &'static str,
    pub title_zh: &'static str,
    pub title_en: &'static str,
    /// In the order of the source.
    pub entries: Vec<Entry>,
    by_code: HashMap<String, usize>,
}

impl Vocabulary {
    fn new(name: &'static str, title_zh: &'static str, title_en: &'static str, entries: Vec<Entry>) -> Vocabulary {
        let by_code = entries.iter().enumerate().map(|(at, entry)| (entry.code.clone(), at)).collect();
        Vocabulary { name, title_zh, title_en, entries, by_code }
    }

    /// The title in this language.
    pub fn title(&self, language: Language) -> &'static str {
        match language {
            Language::Zh => self.title_zh,
            Language::En => self.title_en,
        }
    }

    /// The entry of exactly this code; neither case nor spaces are forgiven.
    pub fn get(&self, code: &str) -> Option<&Entry> {
        self.by_code.get(code).map(|at| &self.entries[*at])
    }

    pub fn contains(&self, code: &str) -> bool {
        self.by_code.contains_key(code)
    }

    /// The codes in the order of the source.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.code.as_str())
    }

    /// The code most like this one, for `did_you_mean`: a similar code, or the code of exactly this name. Of numbers only one
    /// that begins with it: others that look alike mean something else.
    pub fn suggest(&self, word: &str) -> Option<&str> {
        let named = self.entries.iter().find(|entry| entry.zh == word || entry.en.as_deref() == Some(word));
        if let Some(entry) = named {
            return Some(&entry.code);
        }
        match !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()) {
            true => self.codes().find(|code| code.starts_with(word)),
            false => closest(word, self.codes()),
        }
    }
}

static ALL: LazyLock<(Vec<Vocabulary>, HashMap<&'static str, usize>)> = LazyLock::new(|| {
    let all: Vec<Vocabulary> = sources::read()
        .into_iter()
        .map(|(title, entries)| Vocabulary::new(title.name, title.zh, title.en, entries))
        .collect();
    let by_name = all.iter().enumerate().map(|(at, vocabulary)| (vocabulary.name, at)).collect();
    (all, by_name)
});

/// Every vocabulary, in the order they are listed to readers.
pub fn all() -> &'static [Vocabulary] {
    &ALL.0
}

/// The vocabulary of this kebab-case name, such as `research-fields`.
pub fn vocabulary(name: &str) -> Option<&'static Vocabulary> {
    ALL.1.get(name).map(|at| &ALL.0[*at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_read_and_every_code_is_listed_once() {
        for (name, count) in [("divisions", 246 + 1 + 31 + 32), ("zones", 14), ("disciplines", 62), ("industries", 117)]
        {
            assert_eq!(vocabulary(name).map(|list| list.entries.len()), Some(count), "{name}");
        }
        for list in all() {
            assert!(!list.entries.is_empty(), "{}", list.name);
            assert_eq!(list.entries.len(), list.by_code.len(), "{} lists a code twice", list.name);
            assert!(list.name.chars().all(|c| c.is_ascii_lowercase() || c == '-') && list.name.ends_with('s'));
            for entry in &list.entries {
                assert!(!entry.zh.is_empty() && entry.en.as_deref() != Some(""), "{} {}", list.name, entry.code);
                assert!(entry.parent.as_deref().is_none_or(|parent| list.contains(parent)), "{:?}", entry);
                assert!(entry.successor.as_deref().is_none_or(|next| list.contains(next)), "{:?}", entry);
            }
        }
        assert_eq!(
            vocabulary("industries").and_then(|list| list.get("A")?.en.as_deref()?.split(',').next()),
            Some("Agriculture")
        );
    }

    #[test]
    fn codes_are_matched_exactly() {
        let types = vocabulary("organization-types").unwrap();
        assert!(types.contains("university"));
        assert!(!types.contains("University") && !types.contains(" university") && !types.contains(""));
        assert_eq!(
            vocabulary("instrument-categories").unwrap().get("010100").unwrap().parent.as_deref(),
            Some("010000")
        );
    }

    #[test]
    fn a_guess_is_close_or_absent() {
        let names = || all().iter().map(|list| list.name);
        assert_eq!(closest("research-field", names()), Some("research-fields"));
        assert_eq!(closest("evaluation", names()), Some("evaluation-grades"));
        assert_eq!(closest("xyzzy", names()), None);
        assert_eq!(closest("", names()), None);
        assert_eq!(closest("q", ["x", "y"]), None);
        assert_eq!(closest(&"a".repeat(10_000), names()), None);
        assert_eq!(vocabulary("organization-types").unwrap().suggest("univeristy"), Some("university"));
        assert_eq!(vocabulary("research-fields").unwrap().suggest("人工智能"), Some("F1"));
    }
}
