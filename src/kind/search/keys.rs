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

/// Characters that are a name by themselves without what stands before it.
const SHORTEST_LEFT: usize = 5;

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
            // What is left must be a name by itself: 总医院 is none.
            if self.starts_with(army) && self.chars.len() >= army.chars().count() + SHORTEST_LEFT {
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
        for _ in 0..2 {
            let Some(place) = PLACES.iter().find(|place| self.is_at(at, place)) else { return };
            at += place.chars().count() - 1;
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
        let is_first = span.start == 0;
        let mut part = Key { chars: self.chars[span].to_vec() };
        // At the beginning they are forgotten already.
        if !is_first {
            part.forget_kinds_of_places();
        }
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
    let entries = vocabulary("divisions").into_iter().flat_map(|divisions| &divisions.entries);
    let is_high = |level: Option<&str>| matches!(level, Some("province" | "prefecture"));
    let names = entries.filter(|entry| is_high(entry.attribute("level"))).map(|entry| entry.zh.as_str());
    names.filter(|name| name.ends_with(['省', '市'])).collect()
});

/// The cities of 四川省, without what kind of place they are.
static CITIES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let entries = vocabulary("divisions").into_iter().flat_map(|divisions| &divisions.entries);
    let own = entries.filter(|entry| entry.attribute("level") == Some("prefecture") && entry.code.starts_with("51"));
    own.filter_map(|entry| entry.zh.strip_suffix('市')).collect()
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
    forms.extend(without_province(key));
    forms
}

/// A key that begins with a province and a city of it, without the province.
fn without_province(key: &str) -> Option<String> {
    let rest = key.strip_prefix("四川")?;
    CITIES.iter().any(|city| rest.starts_with(city)).then(|| rest.to_owned())
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

/// Whether a name of letters that was sent is this one, perhaps with words cut short, in another order, or one mistyped.
pub fn likeness(sent: &[String], name: &[String]) -> Option<Likeness> {
    if sent.concat() == name.concat() {
        return Some(Likeness::Same);
    }
    // A name of one word is not cut short or mistyped: that would be another acronym.
    if sent.len() != name.len() || sent.len() < 2 {
        return None;
    }
    let mut different = sent.iter().zip(name).enumerate().filter(|(_, (sent, name))| !is_cut_short(sent, name));
    match (different.next(), different.next()) {
        (None, _) => return Some(Likeness::Same),
        // The first word tells where it is: Chengde is not Chengdu.
        (Some((at, (sent, name))), None) if at > 0 && is_mistyped(sent, name) => return Some(Likeness::Mistyped),
        _ => {}
    }
    let sorted = |words: &[String]| {
        let mut words = words.to_vec();
        words.sort();
        words
    };
    let is_reordered = sorted(sent).iter().zip(&sorted(name)).all(|(sent, name)| is_cut_short(sent, name));
    is_reordered.then_some(Likeness::Reordered)
}

/// Whether a word that was sent is this one, or its beginning.
fn is_cut_short(sent: &str, word: &str) -> bool {
    sent == word || (sent.chars().count() >= CUT && word.starts_with(sent))
}

fn is_mistyped(sent: &str, word: &str) -> bool {
    sent.len().min(word.len()) >= 5 && strsim::osa_distance(sent, word) == 1
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

/// A name that was sent without the province before its city: the register may have it so. It is not made shorter otherwise, because
/// a group is not the company that bears its name.
pub fn shortened(key: &Key) -> Option<String> {
    without_province(&key.text())
}
