//! What of a text stands in the index: pairs of Chinese characters, and whole runs of letters.
//!
//! The index only names candidates; the stored normal form decides. A term is made of letters, digits and characters beyond
//! ASCII only, which the tokenizers of both engines leave as they are.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::kind::search::normal::{Run, runs};
use crate::kind::search::sounds;
use crate::reference::canonical::hex;

/// Letters of a run that stand in the index.
const LONGEST: usize = 32;

/// Before a term: it is of a name; of the beginning of a name; a whole name; a kind. NFKC leaves none of them in a text.
const OF_NAME: char = '³';
const BEGINS: char = '²';
const WHOLE: char = '¹';
const KIND: char = '⁴';
/// Before what the spellings of a name have in common.
const KEY: char = '⁵';
/// Before how a name sounds.
const SOUND: char = '⁶';

/// A term that must be there: itself, or any that begins with it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    pub text: String,
    pub begins: bool,
}

impl Term {
    fn whole(text: String) -> Term {
        Term { text, begins: false }
    }

    fn marked(&self, mark: char) -> Term {
        Term { text: format!("{mark}{}", self.text), begins: self.begins }
    }

    /// The same in a name.
    pub fn in_name(&self) -> Term {
        self.marked(OF_NAME)
    }

    /// The same where a name begins.
    pub fn beginning(&self) -> Term {
        self.marked(BEGINS)
    }

    /// A kind.
    pub fn of_kind(singular: &str) -> Term {
        Term::whole(kind_term(singular))
    }

    /// How a name sounds, if it is one of Chinese characters.
    pub fn of_sound(normal: &str) -> Option<Term> {
        sound_term(normal).map(Term::whole)
    }

    /// What the spellings of a name have in common.
    pub fn of_key(key: &str) -> Term {
        Term::whole(key_term(key))
    }

    /// A whole name.
    pub fn of_name(normal: &str) -> Term {
        Term::whole(name_term(normal))
    }
}

fn kind_term(singular: &str) -> String {
    let letters: String = singular.chars().filter(|c| *c != '_').collect();
    format!("{KIND}{letters}")
}

fn name_term(normal: &str) -> String {
    format!("{WHOLE}{}", short(normal))
}

fn sound_term(name: &str) -> Option<String> {
    sounds::of(name).map(|sound| format!("{SOUND}{}", short(&sound)))
}

fn key_term(key: &str) -> String {
    format!("{KEY}{}", short(key))
}

/// Names are long, and terms are not.
fn short(name: &str) -> String {
    hex(&Sha256::digest(name)[..8])
}

/// All terms of a record: names and other texts in normal form, and the keys of its names where two records of one name are told
/// from each other.
pub fn of_record(singular: &str, names: &[String], texts: &[String], keys: &[String]) -> BTreeSet<String> {
    let mut terms = BTreeSet::from([kind_term(singular)]);
    terms.extend(keys.iter().map(|key| key_term(key)));
    for name in names {
        terms.insert(name_term(name));
        terms.extend(sound_term(name));
        terms.extend(first(name).map(|term| format!("{BEGINS}{}", term.text)));
        for term in of_text(name) {
            terms.insert(format!("{OF_NAME}{term}"));
            terms.insert(term);
        }
    }
    terms.extend(texts.iter().flat_map(|text| of_text(text)));
    terms
}

fn of_text(normal: &str) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    for run in runs(normal) {
        match run {
            Run::Letters(letters, _) => drop(terms.insert(cut(letters).to_owned())),
            Run::Chinese(run) => {
                terms.extend(pairs(run));
                // The last character by itself, so that one character alone is the beginning of a term wherever it stands.
                terms.extend(run.chars().next_back().map(String::from));
            }
        }
    }
    terms
}

/// The terms that every text with this piece of a normal form has.
pub fn of_piece(piece: &str) -> Vec<Term> {
    let mut terms: Vec<Term> = runs(piece).flat_map(of_run).collect();
    terms.sort();
    terms.dedup();
    terms
}

fn of_run(run: Run<'_>) -> Vec<Term> {
    match run {
        Run::Letters(letters, is_closed) => {
            // One that was cut begins nothing longer in the index.
            let begins = !is_closed && letters.chars().count() < LONGEST;
            vec![Term { text: cut(letters).to_owned(), begins }]
        }
        Run::Chinese(run) => {
            let pairs: Vec<String> = pairs(run).collect();
            match pairs.is_empty() {
                true => vec![Term { text: run.to_owned(), begins: true }],
                false => pairs.into_iter().map(Term::whole).collect(),
            }
        }
    }
}

/// The first term of a name, as [`of_record`] writes it and as a query that is its beginning asks for it.
pub fn first(normal: &str) -> Option<Term> {
    of_run(runs(normal).next()?).into_iter().next()
}

/// Whether a text that has all terms of this piece certainly has the piece.
pub fn tell_all(piece: &str) -> bool {
    let mut runs = runs(piece);
    let is_short = match runs.next() {
        Some(Run::Letters(letters, _)) => letters.chars().count() < LONGEST,
        Some(Run::Chinese(run)) => run.chars().count() <= 2,
        None => false,
    };
    is_short && runs.next().is_none()
}

fn pairs(run: &str) -> impl Iterator<Item = String> {
    run.chars().zip(run.chars().skip(1)).map(|(one, next)| String::from_iter([one, next]))
}

fn cut(letters: &str) -> &str {
    letters.char_indices().nth(LONGEST).map_or(letters, |(end, _)| &letters[..end])
}
