//! Keys of names: what the spellings of one name have in common (`docs/rules.md` §6.1).
//!
//! A name with Chinese characters is these and its letters without blanks, brackets and punctuation, with what is written in full
//! or short made alike: `重庆市科学技术局` is `重庆科技局`. A name of letters is a bag of words, each cut to three letters in the index
//! and compared in full afterwards: `Univ Elect Sci & Technol China` is `University of Electronic Science and Technology of China`.

use std::ops::Range;
use std::sync::LazyLock;

use crate::kind::search::normal::{Normal, Run, is_bound, runs};
use crate::reference::vocabularies::vocabulary;

/// What is written in full or short. Laboratories of the state were renamed from 2022 on, one after the other.
const ALIKE: [(&str, &str); 5] = [
    ("科学技术", "科技"),
    ("有限责任公司", "有限公司"),
    ("股份有限公司", "股份公司"),
    ("全国重点实验室", "国家重点实验室"),
    ("校本部", ""),
];

/// Before the names of military bodies, or not.
const ARMY: [&str; 2] = ["中国人民解放军", "解放军"];

/// The legal forms that a company's name ends with and that people leave out.
const LEGAL_FORMS: [&str; 5] = ["股份公司", "集团有限公司", "有限公司", "集团公司", "公司"];

/// How names of universities are shortened.
const SHORT: [(&str, &str); 9] = [
    ("师范大学", "师大"),
    ("交通大学", "交大"),
    ("科技大学", "科大"),
    ("医科大学", "医大"),
    ("农业大学", "农大"),
    ("财经大学", "财大"),
    ("工业大学", "工大"),
    ("理工大学", "理工"),
    ("石油大学", "石大"),
];

/// Words that a name of letters has or has not.
const LOOSE: [&str; 8] = ["the", "of", "and", "for", "at", "in", "s", "a"];

/// Short forms that are not the beginning of what they mean (Web of Science, ISO 4).
const IRREGULAR: [(&str, &str); 13] = [
    ("engn", "engineering"),
    ("dept", "department"),
    ("natl", "national"),
    ("ctr", "center"),
    ("centre", "center"),
    ("intl", "international"),
    ("govt", "government"),
    ("mgmt", "management"),
    ("grp", "group"),
    ("peoples", "people"),
    ("1st", "first"),
    ("2nd", "second"),
    ("3rd", "third"),
];

/// Letters of a word that stand in the index.
const CUT: usize = 3;

/// A name with Chinese characters without what its spellings differ in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Each character with the code points of the original that it stands for.
    chars: Vec<(char, Range<u32>)>,
}

impl Key {
    /// None where there is no Chinese character.
    pub fn of(original: &str) -> Option<Key> {
        let normal = Normal::of(original);
        has_chinese(&normal.text).then(|| Key::reduced(normal.signs().collect()))
    }

    /// Of a normal form, whose original is not known.
    fn of_text(normal: &str) -> Key {
        Key::reduced(normal.chars().filter(|c| !is_bound(*c)).map(|c| (c, 0..0)).collect())
    }

    fn reduced(chars: Vec<(char, Range<u32>)>) -> Key {
        let mut key = Key { chars };
        key.reduce();
        key
    }

    fn reduce(&mut self) {
        for army in ARMY {
            if self.starts_with(army) && self.chars.len() > army.chars().count() + 1 {
                self.chars.drain(..army.chars().count());
            }
        }
        self.forget_kinds_of_places();
        for (full, short) in ALIKE {
            self.replace(full, short);
        }
    }

    /// Takes from the places that a name begins with, one or two, what kind of place they are: 四川省成都市 is 四川成都.
    fn forget_kinds_of_places(&mut self) {
        let mut at = 0;
        while let Some(length) = PLACES.iter().find(|place| self.is_at(at, place)).map(|place| place.chars().count()) {
            at += length - 1;
            self.chars.remove(at);
        }
    }

    fn is_at(&self, at: usize, text: &str) -> bool {
        let length = text.chars().count();
        let part = self.chars.get(at..at + length);
        part.is_some_and(|part| part.iter().map(|(c, _)| *c).eq(text.chars()))
    }

    fn starts_with(&self, text: &str) -> bool {
        self.is_at(0, text)
    }

    fn replace(&mut self, full: &str, short: &str) {
        let length = full.chars().count();
        let mut at = 0;
        while at + length <= self.chars.len() {
            if self.is_at(at, full) {
                let place = self.place(at..at + length);
                self.chars.splice(at..at + length, short.chars().map(|c| (c, place.clone())));
            }
            at += 1;
        }
    }

    pub fn text(&self) -> String {
        self.chars.iter().map(|(c, _)| *c).collect()
    }

    /// A part of it as it would be by itself.
    pub fn part(&self, span: Range<usize>) -> String {
        let mut part = Key { chars: self.chars[span].to_vec() };
        part.forget_kinds_of_places();
        part.text()
    }

    /// The code points of the original behind some of its characters.
    pub fn place(&self, span: Range<usize>) -> Range<u32> {
        let places = &self.chars[span];
        match (places.first(), places.last()) {
            (Some((_, first)), Some((_, last))) => first.start..last.end,
            _ => 0..0,
        }
    }
}

/// The municipality, the province, and the cities of the province: 重庆市, 四川省, 成都市 …
static PLACES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let entries = vocabulary("divisions").into_iter();
    let entries = entries.flat_map(|divisions| divisions.codes().filter_map(|code| divisions.get(code)));
    let is_high = |level: Option<&str>| matches!(level, Some("province" | "prefecture"));
    let names = entries.filter(|entry| is_high(entry.attribute("level"))).map(|entry| entry.zh.as_str());
    names.filter(|name| name.ends_with(['省', '市'])).collect()
});

/// Whether a text in normal form has Chinese characters.
pub fn has_chinese(normal: &str) -> bool {
    runs(normal).any(|run| matches!(run, Run::Chinese(_)))
}

/// What people make of a name: without the legal form, a short form of a university, a city without its province.
fn short_forms(key: &str) -> Vec<String> {
    let long_enough = |text: &&str| text.chars().count() >= 4;
    let mut forms: Vec<String> = Vec::new();
    forms.extend(LEGAL_FORMS.iter().filter_map(|form| key.strip_suffix(form)).filter(long_enough).map(str::to_owned));
    for (full, short) in SHORT {
        if let Some(begin) = key.strip_suffix(full).filter(|begin| begin.chars().nth(1).is_some()) {
            forms.push(format!("{begin}{short}"));
        }
    }
    let places = PLACES.iter().filter_map(|place| place.strip_suffix(['省', '市']));
    for province in ["四川", "重庆"] {
        if let Some(rest) = key.strip_prefix(province).filter(|rest| places.clone().any(|city| rest.starts_with(city)))
        {
            forms.push(rest.to_owned());
        }
    }
    forms
}

/// Words of a name of letters that count, in lower case.
pub fn words(original: &str) -> Vec<String> {
    words_of_normal(&Normal::of(original).text)
}

fn words_of_normal(normal: &str) -> Vec<String> {
    let letters = runs(normal).filter_map(|run| match run {
        Run::Letters(letters, _) => Some(letters),
        Run::Chinese(_) => None,
    });
    let words = letters.filter(|word| !LOOSE.contains(word));
    words
        .map(|word| IRREGULAR.iter().find(|(short, _)| *short == word).map_or(word, |(_, full)| full).to_owned())
        .collect()
}

/// A bag of words as it stands in the index.
pub fn bag(words: &[String]) -> Option<String> {
    let mut cut: Vec<String> = words.iter().map(|word| word.chars().take(CUT).collect()).collect();
    cut.sort();
    (!cut.is_empty()).then(|| cut.join(" "))
}

/// The letters of a name without blanks: 上海交通大学 is written Jiao Tong and Jiaotong.
pub fn joined(words: &[String]) -> Option<String> {
    (words.len() > 1).then(|| words.concat())
}

/// How two bags of words are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// Each word of one is a word of the other, or the beginning of it, in the same order.
    Same,
    /// The same in another order.
    Reordered,
    /// Two letters of a word are exchanged, or one is another, missing or one too many.
    Mistyped,
}

/// Whether two names of letters are the same, perhaps with words cut short, in another order, or one mistyped.
pub fn likeness(one: &[String], other: &[String]) -> Option<Likeness> {
    if one.concat() == other.concat() {
        return Some(Likeness::Same);
    }
    // A name of one word is not cut short or mistyped: that would be another acronym.
    if one.len() != other.len() || one.len() < 2 {
        return None;
    }
    if one.iter().zip(other).all(|(one, other)| is_cut_short(one, other)) {
        return Some(Likeness::Same);
    }
    let sorted = |words: &[String]| {
        let mut words = words.to_vec();
        words.sort();
        words
    };
    let (one, other) = (sorted(one), sorted(other));
    let mut different = one.iter().zip(&other).filter(|(one, other)| !is_cut_short(one, other));
    match (different.next(), different.next()) {
        (None, _) => Some(Likeness::Reordered),
        (Some((one, other)), None) if is_mistyped(one, other) => Some(Likeness::Mistyped),
        _ => None,
    }
}

/// Whether one word is the other, or its beginning.
fn is_cut_short(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short == long || (short.chars().count() >= CUT && long.starts_with(short))
}

fn is_mistyped(one: &str, other: &str) -> bool {
    one.len().min(other.len()) >= 5 && strsim::osa_distance(one, other) == 1
}

/// What the index has of a name in normal form, beside its terms.
pub fn of_name(normal: &str) -> Vec<String> {
    if !has_chinese(normal) {
        let words = words_of_normal(normal);
        return joined(&words).into_iter().chain(bag(&words)).collect();
    }
    let key = Key::of_text(normal).text();
    let mut keys = short_forms(&key);
    keys.push(key);
    keys
}

/// The short forms of a key.
pub fn shortened(key: &Key) -> Vec<String> {
    short_forms(&key.text())
}
