//! What a name that somebody sent might be: itself, a short form, something inside it, or a slip of the keyboard.

use std::ops::{Range, RangeInclusive};

use crate::kind::search::keys::{self, Key};

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
}

/// A name that was sent.
#[derive(Debug)]
pub struct Asked {
    pub text: String,
    pub spans: Vec<Span>,
}

/// Characters of a Chinese name inside a longer one: shorter ones are abbreviations, which stand in words by chance.
const INSIDE: RangeInclusive<usize> = 4..=30;

/// Characters of a text in which names are looked for: what is longer is no name, and each place costs a look into the index.
const LOOKED_AT: usize = 60;

/// Parts between commas, semicolons and brackets that are looked at, and that make a name together.
const MOST_PARTS: usize = 12;
const TOGETHER: usize = 3;

/// What stands between the parts of an address or of a list.
pub const SEPARATORS: [char; 22] = [
    ',', ';', '，', '；', '、', '/', '／', '|', '(', ')', '（', '）', '[', ']', '【', '】', '〔', '〕', '\n', '\t',
    '·', '•',
];

impl Asked {
    pub fn of(text: &str) -> Asked {
        let text = text.trim().to_owned();
        let mut spans = Vec::new();
        match Key::of(&text) {
            Some(key) => of_chinese(&key, &mut spans),
            None => of_letters(&text, &mut spans),
        }
        if spans.iter().all(|span| span.words.is_empty()) {
            of_letters_between(&text, &mut spans);
        }
        Asked { text, spans }
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.spans.iter().map(|span| span.key.as_str())
    }

    /// How many code points it has.
    pub fn length(&self) -> u32 {
        self.text.chars().count() as u32
    }
}

fn of_chinese(key: &Key, spans: &mut Vec<Span>) {
    let chars: Vec<char> = key.text().chars().collect();
    let all = key.place(0..chars.len());
    let mut add = |how: How, key: String, place: Range<u32>| spans.push(Span { how, key, words: Vec::new(), place });
    add(How::Whole, key.text(), all.clone());
    for short in keys::shortened(key) {
        add(How::Shortened, short, all.clone());
    }
    if chars.len() >= *INSIDE.start() && chars.len() <= *INSIDE.end() {
        for at in 0..chars.len() - 1 {
            let mut slip = chars.clone();
            match chars[at] == chars[at + 1] {
                true => drop(slip.remove(at)),
                false => slip.swap(at, at + 1),
            }
            add(How::Mistyped, slip.into_iter().collect(), all.clone());
        }
    }
    let length = chars.len().min(LOOKED_AT);
    for start in 0..length {
        if is_in_run(&chars, start) {
            continue;
        }
        let most = (start + INSIDE.end()).min(length);
        for end in (start + INSIDE.start()..=most).filter(|end| !is_in_run(&chars, *end)) {
            if end - start < chars.len() {
                add(How::Inside, key.part(start..end), key.place(start..end));
            }
        }
    }
}

/// Whether a run of letters would be cut here.
fn is_in_run(chars: &[char], at: usize) -> bool {
    let is_letter = |c: Option<&char>| c.is_some_and(char::is_ascii_alphanumeric);
    at > 0 && is_letter(chars.get(at - 1)) && is_letter(chars.get(at))
}

fn of_letters(text: &str, spans: &mut Vec<Span>) {
    let mut add = |how: How, text: &str, place: Range<u32>| {
        let words = keys::words(text);
        for key in keys::bag(&words).into_iter().chain(keys::joined(&words)) {
            spans.push(Span { how, key, words: words.clone(), place: place.clone() });
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

/// What of a Chinese text is letters: 四川大学 Sichuan University.
fn of_letters_between(text: &str, spans: &mut Vec<Span>) {
    let chars: Vec<char> = text.chars().collect();
    let is_between = |c: char| SEPARATORS.contains(&c) || (!c.is_ascii() && c.is_alphanumeric());
    for place in parts(text, is_between).into_iter().take(MOST_PARTS) {
        let part: String = chars[place.start as usize..place.end as usize].iter().collect();
        let words = keys::words(&part);
        if let Some(key) = keys::bag(&words) {
            spans.push(Span { how: How::Inside, key, words, place });
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
