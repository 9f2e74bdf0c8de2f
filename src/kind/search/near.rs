//! Names that differ from a query by one character, or sound like it: for whoever mistyped one.

use crate::kind::search::normal::{Run, runs};
use crate::kind::search::sounds;
use crate::kind::search::terms::{self, Term};

/// The shortest query that is compared, in characters: shorter ones are near to too much.
const SHORTEST: usize = 3;
const LONGEST: usize = 40;

/// Of a query that is one run of Chinese: groups of terms, one of which every name has that is the query but for one character, which
/// is another, missing, or one too many, or that sounds like it.
pub fn groups(whole: &str) -> Vec<Vec<Term>> {
    let chars: Vec<char> = match runs(whole).collect::<Vec<_>>().as_slice() {
        [Run::Chinese(run)] => run.chars().collect(),
        _ => return Vec::new(),
    };
    if !(SHORTEST..=LONGEST).contains(&chars.len()) {
        return Vec::new();
    }
    let text = |chars: &[char]| chars.iter().collect::<String>();
    let mut groups = Vec::new();
    for at in 0..=chars.len() {
        // One is missing here.
        groups.push(around(&text(&chars[..at]), &text(&chars[at..])));
        if at < chars.len() {
            let (before, after) = (text(&chars[..at]), text(&chars[at + 1..]));
            // Another stands here, or one too many.
            groups.push(around(&before, &after));
            groups.push(vec![Term::of_name(&format!("{before}{after}"))]);
        }
    }
    groups.extend(Term::of_sound(whole).map(|term| vec![term]));
    groups.retain(|group| !group.is_empty());
    groups
}

/// What a name has that begins with one text and ends with the other.
fn around(before: &str, after: &str) -> Vec<Term> {
    let mut group: Vec<Term> = terms::first(before).into_iter().map(|term| term.beginning()).collect();
    if before.chars().nth(1).is_some() {
        group.extend(terms::of_piece(before).iter().map(Term::in_name));
    }
    let ends = match after.chars().nth(1) {
        Some(_) => terms::of_piece(after),
        // The last character of a run stands in the index by itself.
        None => terms::of_piece(after).into_iter().map(|term| Term { begins: false, ..term }).collect(),
    };
    group.extend(ends.iter().map(Term::in_name));
    group.sort();
    group.dedup();
    group
}

/// Whether one text becomes the other by one character that is another, missing, or one too many, or sounds like it.
pub fn is_near(one: &str, other: &str) -> bool {
    strsim::levenshtein(one, other) == 1
        || (one != other && sounds::of(one).is_some_and(|sound| sounds::of(other) == Some(sound)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn near_is_one_character_apart() {
        for (one, other, expected) in [
            ("重庆大学", "重亲大学", true),
            ("重庆大学", "重庆大", true),
            ("重庆大学", "重庆市大学", true),
            ("重庆大学", "庆大学", true),
            ("重庆大学", "重庆大学", false),
            ("重庆大学", "重庆学大", false),
            ("重庆大学", "重亲太学", false),
            ("aa", "a", true),
            ("西南交通大学", "西男焦同大雪", true),
        ] {
            assert_eq!((is_near(one, other), is_near(other, one)), (expected, expected), "{one} {other}");
        }
    }

    #[test]
    fn every_near_name_has_the_terms_of_a_group() {
        let found = |query: &str, name: &str| {
            let has = terms::of_record("organization", &[name.to_owned()], &[], &[]);
            let has = |term: &Term| match term.begins {
                true => has.iter().any(|one: &String| one.starts_with(&term.text)),
                false => has.contains(&term.text),
            };
            groups(query).iter().any(|group| group.iter().all(has))
        };
        let name: Vec<char> = "四川大学华西医院".chars().collect();
        let text: String = name.iter().collect();
        let mut queries = BTreeSet::new();
        for at in 0..=name.len() {
            let (before, after) = (&name[..at], &name[at..]);
            let with =
                |middle: &[char], after: &[char]| [before, middle, after].concat().into_iter().collect::<String>();
            queries.insert(with(&['庆'], after));
            if let [_, rest @ ..] = after {
                queries.extend([with(&[], rest), with(&['庆'], rest)]);
            }
        }
        assert_eq!(queries.len(), 25);
        for query in &queries {
            assert!(is_near(query, &text) && found(query, &text), "{query}");
        }
        assert!(!found("重庆大学", "四川大学") && groups("重庆").is_empty() && groups("重庆 大学").is_empty());
    }
}
