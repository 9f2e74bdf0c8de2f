//! What is found by `q`: the texts of a record in which is searched, and what a query asks of them (`docs/rules.md` §6).
//!
//! Only what everybody may read is searched, so that no search tells what the public view hides. A query is cut into words;
//! a record is found when each of them stands in one of its names, or in another of its texts: a word of Chinese characters
//! anywhere in a segment, a word of letters where one begins. What stands in quotes must stand there as it is.

pub mod keys;
mod near;
mod normal;
pub mod sounds;
mod terms;

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::Value;

use crate::kind::Kind;
use crate::kind::pointers::matches;
use crate::reference::RecordCode;

use normal::Normal;
pub use terms::Term;

/// The pieces of a text that stand in the index: pairs of Chinese characters, single ones that stand alone, runs of letters.
pub fn pieces(text: &str) -> Vec<String> {
    terms::of_piece(&normal_name(text)).into_iter().map(|term| term.text).collect()
}

/// The names of every kind, and of organizations those of before.
pub const NAMES: [&str; 5] =
    ["/name/zh", "/name/en", "/aliases/*/value", "/former_names/*/name/zh", "/former_names/*/name/en"];

/// Between the texts of one column, and around them.
const LINE: &str = "\n";

/// The code of a record is searched like a name.
pub const CODE: &str = "/code";

/// A record's texts in which is searched, as they stand in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Searched {
    names: Vec<String>,
    texts: Vec<String>,
    /// What tells records apart.
    told_apart: Vec<String>,
}

impl Searched {
    pub fn of(kind: &Kind, content: &Value) -> Searched {
        let all = |patterns: &[&str]| -> Vec<String> {
            let found = patterns.iter().flat_map(|pattern| matches(content, pattern));
            found.filter_map(|(_, value)| value.as_str().map(str::to_owned)).collect()
        };
        Searched { names: all(&NAMES), texts: all(kind.searched), told_apart: all(kind.namesakes) }
    }

    /// The columns as the database keeps them: names (with the code) and other texts in normal form, and the terms of the index with
    /// blanks between.
    pub fn columns(&self, kind: &Kind, code: &str) -> [String; 3] {
        let mut names = normals(&self.names);
        names.push(normal_name(code));
        let texts = normals(&self.texts);
        let keys: Vec<String> = self.told_apart.iter().flat_map(|text| keys::of_name(&normal_name(text))).collect();
        let terms = terms::of_record(kind.singular, &names, &texts, &keys);
        [lines(&names), lines(&texts), Vec::from_iter(terms).join(" ")]
    }
}

/// Texts in normal form, in order, each once.
fn normals(texts: &[String]) -> Vec<String> {
    let normals: BTreeSet<String> = texts.iter().map(|text| normal_name(text)).collect();
    normals.into_iter().filter(|text| !text.is_empty()).collect()
}

fn lines(texts: &[String]) -> String {
    match texts.is_empty() {
        true => String::new(),
        false => format!("{LINE}{}{LINE}", texts.join(LINE)),
    }
}

/// How well a record is matched, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// The query is one of its names.
    Whole,
    /// One of its names begins with it.
    Begins,
    /// All words stand in its names.
    InNames,
    /// Some stand in other texts.
    Elsewhere,
}

impl Class {
    pub const ALL: [Class; 4] = [Class::Whole, Class::Begins, Class::InNames, Class::Elsewhere];
}

/// What a content is called by which another record may be the same: pointers and keys of the whole texts, without short forms.
pub fn told_apart_by(kind: &Kind, content: &Value) -> Vec<(String, Term)> {
    let present = |pattern: &&&str| !pattern.contains('*');
    let found = kind.namesakes.iter().filter(present).flat_map(|pattern| matches(content, pattern));
    let texts =
        found.filter_map(|(pointer, value)| Some((pointer, keys::of_name(&normal_name(value.as_str()?)).pop()?)));
    texts.map(|(pointer, key)| (pointer, Term::of_key(&key))).collect()
}

/// A name in normal form: equal for spellings that differ in width, case, blanks between scripts and kinds of punctuation.
pub fn normal_name(name: &str) -> String {
    Normal::of(name).text
}

/// What `q` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// The whole query in normal form, as a name would be.
    whole: Normal,
    /// What must be found, in normal form: the end of an unquoted word is open.
    words: Vec<String>,
    /// Whether it is the code of a record, which is looked up as a whole: its parts stand in every code.
    is_code: bool,
}

/// Opening and closing quotes.
const QUOTES: [char; 6] = ['"', '“', '”', '„', '‟', '＂'];

impl Search {
    /// Words of one query: each costs a look into the index.
    pub const MOST_WORDS: usize = 10;

    /// None when there is nothing to look for: only blanks and punctuation.
    pub fn of(query: &str) -> Option<Search> {
        let parts: Vec<&str> = query.split(QUOTES).collect();
        let mut words: Vec<String> = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let is_quoted = index % 2 == 1 && index + 1 < parts.len();
            if is_quoted {
                words.extend(Some(Normal::of(part).text).filter(|text| !text.is_empty()));
                continue;
            }
            for piece in part.split_whitespace().map(Normal::of) {
                words.extend(normal::words(&piece.text).map(|word| normal::open(word).to_owned()));
            }
        }
        words.sort();
        words.dedup();
        let is_code = RecordCode::parse(query.trim()).is_ok();
        (!words.is_empty()).then_some(Search { whole: Normal::of(query), is_code, words })
    }

    /// Terms that every record has which is of this class: those that have them are candidates.
    pub fn terms(&self, class: Option<Class>) -> Vec<Term> {
        if self.is_code {
            return vec![Term::of_name(&self.whole.text)];
        }
        let all = self.words.iter().flat_map(|word| terms::of_piece(word));
        let mut terms: Vec<Term> = match class {
            Some(Class::Whole) => all.chain([Term::of_name(&self.whole.text)]).collect(),
            Some(Class::Begins) => all.chain(terms::first(self.whole.open()).map(|term| term.beginning())).collect(),
            Some(Class::InNames) => all.map(|term| term.in_name()).collect(),
            Some(Class::Elsewhere) | None => all.collect(),
        };
        terms.sort();
        terms.dedup();
        terms
    }

    /// What the names of a record have whose name the query is.
    pub fn whole_name(&self) -> String {
        format!("{LINE}{}{LINE}", self.whole.text)
    }

    /// What the names of a record have whose name begins with the query.
    pub fn beginning(&self) -> String {
        format!("{LINE}{}", self.whole.open())
    }

    /// What must be found, at most [`Search::MOST_WORDS`] of a query that is read.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether the terms of a word do not tell for certain that it is there.
    pub fn is_doubtful(&self, word: &str) -> bool {
        self.is_code || !terms::tell_all(word)
    }

    /// Whether a record is found that has these names and other texts in its [columns](Searched::columns).
    pub fn finds(&self, names: &str, texts: &str) -> bool {
        let is_there = |word: &String| names.contains(word.as_str()) || texts.contains(word.as_str());
        self.words.iter().all(is_there) && (!self.is_code || names.contains(&self.whole_name()))
    }

    /// Groups of terms, one of which every name has that is the query but for one character.
    pub fn near(&self) -> Vec<Vec<Term>> {
        near::groups(&self.whole.text)
    }

    /// Those of the names in a [column](Searched::columns) that are the query but for one character.
    pub fn near_names<'n>(&self, names: &'n str) -> impl Iterator<Item = &'n str> {
        names.lines().filter(|name| near::is_near(name, &self.whole.text))
    }

    /// Where a record was matched: the pointer of the member and the code points in it. Of the first name, or else of the first
    /// other text, that has the whole query, or else its longest word.
    pub fn place(&self, kind: &Kind, answer: &Value) -> Option<(String, Range<u32>)> {
        let longest = self.words.iter().max_by_key(|word| word.chars().filter(|c| c.is_alphanumeric()).count())?;
        let patterns = || NAMES.iter().chain([&CODE]).chain(kind.searched);
        let place_of = |needle: &str| {
            patterns()
                .flat_map(|pattern| matches(answer, pattern))
                .find_map(|(pointer, value)| Some((pointer, Normal::of(value.as_str()?).find(needle)?)))
        };
        place_of(self.whole.open()).or_else(|| place_of(longest))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kinds::ALL;

    #[test]
    fn a_query_is_cut_into_words_and_quotes_close_them() {
        let words = |query: &str| Search::of(query).map(|search| search.words);
        let some = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(words("重庆大学"), some(&["重庆大学"]));
        assert_eq!(words(" chongqing  Univ"), some(&["<chongqing", "<univ"]));
        assert_eq!(words("“Chongqing University”激光"), some(&["<chongqing> <university>", "激光"]));
        assert_eq!(words("TOF-SIMS"), some(&["<sims", "<tof"]));
        assert_eq!(words("C919大型 5G"), some(&["<5g", "<c919>大型"]));
        assert_eq!(words("AI 芯片 “AI 芯片”"), some(&["<ai", "<ai>芯片", "芯片"]));
        assert_eq!(words("\"激光"), some(&["激光"]), "a quote that is not closed is punctuation");
        for nothing in ["", "  ", "。、（）", "\"\"", "——", "\u{200B}"] {
            assert_eq!(words(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn what_the_public_view_hides_is_not_searched() {
        for kind in ALL {
            for pattern in NAMES.iter().chain(kind.searched) {
                let member = pattern.split('/').nth(1).unwrap();
                let hidden = kind.anonymity.map_or(&[][..], |wish| wish.hides);
                assert!(!kind.private.contains(&member) && !hidden.contains(&member), "{} {pattern}", kind.name);
            }
        }
    }

    #[test]
    fn a_place_is_of_a_name_before_other_texts() {
        let kind = ALL.iter().find(|kind| kind.name == "instruments").unwrap();
        let answer =
            json!({"code": "INS-2026-000001-5", "name": {"zh": "激光共聚焦显微镜"}, "functions": "显微镜成像"});
        let place = |query: &str| Search::of(query).and_then(|search| search.place(kind, &answer));
        assert_eq!(place("显微镜"), Some(("/name/zh".to_owned(), 5..8)));
        assert_eq!(place("成像"), Some(("/functions".to_owned(), 3..5)));
        assert_eq!(place("成像 激光共"), Some(("/name/zh".to_owned(), 0..3)));
        assert_eq!(place("INS-2026-000001-5"), Some(("/code".to_owned(), 0..17)));
    }
}
