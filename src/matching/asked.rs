//! What a name that somebody sent might be: itself, a short form, something inside it, or a slip of the keyboard.

use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};

use crate::kind::search::keys::{self, Key};
use crate::kind::search::sounds;

/// What is looked for of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// All of it.
    Whole,
    /// A short form of all of it.
    Shortened,
    /// All of it, with two characters exchanged or one of a pair left out.
    Mistyped,
    /// A part of it.
    Inside,
}

/// A part of a name by whose key organizations are looked up.
#[derive(Debug)]
pub struct Span {
    pub how: How,
    pub key: String,
    /// The words of a part of letters; empty for Chinese.
    pub words: Vec<String>,
    /// Its code points in the name.
    pub place: Range<u32>,
    /// Where it ends in the key of a Chinese name.
    end: usize,
}

/// A name that was sent.
#[derive(Debug)]
pub struct Asked {
    pub text: String,
    pub spans: Vec<Span>,
    key: Option<Key>,
}

/// Characters of a Chinese name inside a longer one: shorter ones are abbreviations, which stand in words by chance.
const INSIDE: RangeInclusive<usize> = 4..=30;

/// Characters of a text in which names are looked for, and spans of it: what is longer is no name, and each costs a look into the
/// index.
const LOOKED_AT: usize = 60;
const MOST_SPANS: usize = 250;

/// Characters that a name begins with and that tell where it is: there another one may be another place.
pub const PLACE: usize = 2;

/// Letters of a name of one word inside a text: shorter ones are acronyms of many.
const ACRONYM: usize = 6;

/// Parts between commas, semicolons and brackets that are looked at, and that make a name together.
const MOST_PARTS: usize = 12;
const TOGETHER: usize = 3;

/// What stands between the parts of an address or of a list.
pub const SEPARATORS: [char; 22] = [
    ',', ';', '，', '；', '、', '/', '／', '|', '(', ')', '（', '）', '[', ']', '【', '】', '〔', '〕', '\n', '\t',
    '·', '•',
];

/// What stands between names that are listed, beside [`AND`].
const LISTED: [char; 6] = ['、', ';', '；', '/', '／', '&'];

/// What stands between two names in a text.
const AND: [char; 5] = ['与', '和', '及', '暨', '同'];

impl Asked {
    pub fn of(text: &str) -> Asked {
        let text = text.trim().to_owned();
        let mut asked = Asked { key: Key::of(&text), text, spans: Vec::new() };
        match &asked.key {
            Some(key) => {
                of_chinese(key, &asked.text, &mut asked.spans);
                of_letters_between(&asked.text, &mut asked.spans);
            }
            None => of_letters(&asked.text, &mut asked.spans),
        }
        asked
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.spans.iter().map(|span| span.key.as_str())
    }

    /// Whether something between these places says that names are listed.
    pub fn is_list(&self, places: &[&Range<u32>]) -> bool {
        let is_beside = |at: usize| !places.iter().any(|place| place.contains(&(at as u32)));
        let first = places.iter().map(|place| place.end).min().unwrap_or_default() as usize;
        let last = places.iter().map(|place| place.start).max().unwrap_or_default() as usize;
        let between = self.text.chars().enumerate().skip(first).take_while(|(at, _)| *at < last);
        between.filter(|(at, _)| is_beside(*at)).any(|(_, c)| LISTED.contains(&c) || AND.contains(&c))
    }

    /// Whether a part has others inside: of an address, whose order is free.
    pub fn is_joined(&self, place: &Range<u32>) -> bool {
        let part = self.text.chars().skip(place.start as usize).take(place.len());
        part.into_iter().any(|c| SEPARATORS.contains(&c))
    }

    /// How many code points it has.
    pub fn length(&self) -> u32 {
        self.text.chars().count() as u32
    }

    /// Also looks for names that begin where others end: of a hospital beside its university.
    pub fn look_behind(&mut self, is_found: impl Fn(&Span) -> bool) {
        let Some(key) = &self.key else { return };
        let found = self.spans.iter().filter(|span| span.how == How::Inside && span.end > 0 && is_found(span));
        let ends: BTreeSet<usize> = found.map(|span| span.end).collect();
        let chars: Vec<char> = key.text().chars().collect();
        let new: Vec<Span> = ends.into_iter().flat_map(|start| beginning(key, &chars, start)).collect();
        self.spans.extend(new);
    }
}

fn of_chinese(key: &Key, text: &str, spans: &mut Vec<Span>) {
    let chars: Vec<char> = key.text().chars().collect();
    let all = key.place(0..chars.len());
    let mut add = |how: How, key: String| spans.push(Span { how, key, words: Vec::new(), place: all.clone(), end: 0 });
    add(How::Whole, key.text());
    if let Some(short) = keys::shortened(key) {
        add(How::Shortened, short);
    }
    if INSIDE.contains(&chars.len()) {
        for at in 0..chars.len() - 1 {
            let mut slip = chars.clone();
            match chars[at] == chars[at + 1] {
                true => drop(slip.remove(at)),
                // What tells places and numbers apart is not exchanged: 华西 is not 西华, 三十 not 十三.
                false if at < PLACE || chars[at..at + 2].iter().any(|c| sounds::is_numeral(*c)) => continue,
                false => slip.swap(at, at + 1),
            }
            add(How::Mistyped, slip.into_iter().collect());
        }
    }
    // A name in a text begins or ends a part of it.
    let length = chars.len().min(LOOKED_AT);
    let original: Vec<char> = text.chars().collect();
    let is_bound = |at: &usize| {
        let (before, after) = (key.place(*at - 1..*at), key.place(*at..*at + 1));
        let between = original.get(before.end as usize..after.start as usize).unwrap_or_default();
        between.iter().any(|c| !c.is_whitespace())
    };
    let bounds: Vec<usize> = (1..length).filter(is_bound).collect();
    let ands: Vec<usize> = (0..length).filter(|at| AND.contains(&chars[*at])).collect();
    let starts: BTreeSet<usize> = [0].into_iter().chain(bounds.clone()).chain(ands.iter().map(|at| at + 1)).collect();
    let ends: BTreeSet<usize> = bounds.into_iter().chain(ands).chain([length]).collect();
    let mut inside: Vec<Span> = starts.iter().flat_map(|start| beginning(key, &chars, *start)).collect();
    for end in ends {
        let first = end.saturating_sub(*INSIDE.end());
        let last = end.saturating_sub(INSIDE.start() - 1);
        let rest = (first..last).filter(|start| !starts.contains(start));
        inside.extend(rest.filter_map(|start| span(key, &chars, start..end)));
    }
    inside.truncate(MOST_SPANS);
    spans.extend(inside);
}

/// The parts of a Chinese name that begin here.
fn beginning(key: &Key, chars: &[char], start: usize) -> Vec<Span> {
    let length = chars.len().min(LOOKED_AT);
    let most = (start + INSIDE.end()).min(length);
    (start + INSIDE.start()..=most).filter_map(|end| span(key, chars, start..end)).collect()
}

fn span(key: &Key, chars: &[char], part: Range<usize>) -> Option<Span> {
    let is_all = part.len() == chars.len();
    if is_all || is_in_run(chars, part.start) || is_in_run(chars, part.end) {
        return None;
    }
    let (end, place) = (part.end, key.place(part.clone()));
    Some(Span { how: How::Inside, key: key.part(part), words: Vec::new(), place, end })
}

/// Whether a run of letters would be cut here.
fn is_in_run(chars: &[char], at: usize) -> bool {
    let is_letter = |c: Option<&char>| c.is_some_and(char::is_ascii_alphanumeric);
    at > 0 && is_letter(chars.get(at - 1)) && is_letter(chars.get(at))
}

fn of_letters(text: &str, spans: &mut Vec<Span>) {
    let mut add = |how: How, text: &str, place: Range<u32>| {
        let words = keys::words(text);
        if how == How::Inside && !is_name(&words) {
            return;
        }
        for key in keys::bag(&words).into_iter().chain(keys::joined(&words)) {
            spans.push(Span { how, key, words: words.clone(), place: place.clone(), end: 0 });
        }
    };
    add(How::Whole, text, 0..text.chars().count() as u32);
    let parts = parts(text, |c| SEPARATORS.contains(&c));
    if parts.len() < 2 {
        return;
    }
    let chars: Vec<char> = text.chars().collect();
    for first in 0..parts.len().min(MOST_PARTS) {
        for last in first..(first + TOGETHER).min(parts.len()).min(MOST_PARTS) {
            let place = parts[first].start..parts[last].end;
            let part: String = chars[place.start as usize..place.end as usize].iter().collect();
            add(How::Inside, &part, place);
        }
    }
}

/// Whether words inside a text may be a name by themselves.
fn is_name(words: &[String]) -> bool {
    words.len() > 1 || words.iter().any(|word| word.chars().count() >= ACRONYM)
}

/// What of a Chinese text is letters: 四川大学 Sichuan University.
fn of_letters_between(text: &str, spans: &mut Vec<Span>) {
    let chars: Vec<char> = text.chars().collect();
    let is_between = |c: char| SEPARATORS.contains(&c) || (!c.is_ascii() && c.is_alphanumeric());
    for place in parts(text, is_between).into_iter().take(MOST_PARTS) {
        let part: String = chars[place.start as usize..place.end as usize].iter().collect();
        let words = keys::words(&part);
        if let Some(key) = keys::bag(&words).filter(|_| is_name(&words)) {
            spans.push(Span { how: How::Inside, key, words, place, end: 0 });
        }
    }
}

/// The parts of a text between such characters, without blanks around them, in code points.
fn parts(text: &str, is_between: impl Fn(char) -> bool) -> Vec<Range<u32>> {
    let chars: Vec<char> = text.chars().collect();
    let mut parts = Vec::new();
    let mut start = 0;
    for at in 0..=chars.len() {
        if at < chars.len() && !is_between(chars[at]) {
            continue;
        }
        let is_full = |index: &usize| !chars[*index].is_whitespace();
        if let (Some(first), Some(last)) = ((start..at).find(is_full), (start..at).rev().find(is_full)) {
            parts.push(first as u32..last as u32 + 1);
        }
        start = at + 1;
    }
    parts
}
