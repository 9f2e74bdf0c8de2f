//! Chinese texts have Chinese punctuation: what stands beside a Chinese character is full-width.
//!
//! The texts of the document are bilingual, sentence by sentence; only the Chinese ones are looked at. Code in backticks and
//! what a locale fills in are left alone.

use serde_json::{Value, json};

const FULL: &str = "，。；：！？、（）“”《》〔〕…";
const HALF: &str = ",;:!?()";

fn is_chinese(c: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&c) || FULL.contains(c)
}

/// The sentences of a text that are Chinese. One without an end is what most of its words are.
fn chinese_sentences(text: &str) -> Vec<String> {
    let (mut sentences, mut sentence, mut in_code) = (Vec::new(), String::new(), false);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        sentence.push(c);
        in_code ^= c == '`';
        let english_end = c == '.' && rest.peek().is_none_or(|next| next.is_whitespace());
        match c {
            '。' if !in_code => sentences.push(std::mem::take(&mut sentence)),
            _ if english_end && !in_code => sentence.clear(),
            _ => {}
        }
    }
    let words = sentence.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 1).count();
    if sentence.chars().filter(|c| is_chinese(*c)).count() > words {
        sentences.push(sentence);
    }
    sentences
}

/// The sentence without code in backticks and without what a locale fills in, which are not its punctuation.
fn plain(sentence: &str) -> Vec<char> {
    let (mut in_code, mut depth) = (false, 0);
    let mut keep = |c: char| {
        in_code ^= c == '`';
        depth += i32::from(c == '{') - i32::from(c == '}');
        !in_code && depth == 0 && !matches!(c, '`' | '}')
    };
    sentence.chars().map(|c| if keep(c) { c } else { 'x' }).collect()
}

/// Where half-width punctuation stands beside a Chinese character.
pub fn half_width(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for sentence in chinese_sentences(text) {
        let characters = plain(&sentence);
        for (place, c) in characters.iter().enumerate() {
            let before = characters[..place].iter().rev().find(|c| !c.is_whitespace());
            let after = characters[place + 1..].iter().find(|c| !c.is_whitespace());
            let beside = |c: Option<&char>| c.is_some_and(|c| is_chinese(*c));
            if HALF.contains(*c) && (beside(before) || beside(after)) {
                let from = place.saturating_sub(8);
                found.push(characters[from..characters.len().min(place + 8)].iter().collect());
            }
        }
    }
    found
}

/// Summaries, titles and descriptions of a document.
pub fn lint(value: &Value, place: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let place = format!("{place}/{name}");
                match member {
                    Value::String(text) if ["summary", "title", "description"].contains(&name.as_str()) => {
                        found.extend(half_width(text).into_iter().map(|part| format!("{place}: {part}")));
                    }
                    _ if ["example", "examples"].contains(&name.as_str()) => {}
                    _ => lint(member, &place, found),
                }
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| lint(item, &format!("{place}/{index}"), found))
        }
        _ => {}
    }
}

#[test]
fn half_width_punctuation_is_found_in_chinese_and_left_in_english() {
    for wrong in ["代码(六位)。", "先到,先得。", "说明:见下", "共 3 项,见 `a`。A, b.", "修订 (412)。"]
    {
        assert!(!half_width(wrong).is_empty(), "{wrong}");
    }
    for right in [
        "代码（GB/T 2260，六位）。Code (six digits, such as 市辖区), as told.",
        "RFC 7396 合并补丁：null 删除。Merge patch: null removes, arrays replace.",
        "由{ LABEL($province, \"divisions\") }办理。",
        "待办与变更申请 / Inbox: change requests",
        "`只:新建`的请求。",
    ] {
        assert_eq!(half_width(right), Vec::<String>::new(), "{right}");
    }
    let mut found = Vec::new();
    lint(&json!({"paths": {"/x": {"get": {"summary": "列出,全部", "example": {"title": "甲,乙"}}}}}), "#", &mut found);
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn the_document_has_chinese_punctuation_in_chinese() {
    let mut found = Vec::new();
    lint(&super::document::document(), "#", &mut found);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_locale_has_chinese_punctuation() {
    let lines = include_str!("../../../locales/zh-CN.ftl").lines();
    let texts = lines.filter_map(|line| line.split_once(" = ").map_or(Some(line), |(_, text)| Some(text)));
    let found: Vec<String> = texts.flat_map(half_width).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn labels_and_titles_have_chinese_punctuation() {
    for list in chuanyu::reference::all() {
        let names = list.entries.iter().map(|entry| entry.zh.as_str());
        let found: Vec<String> = names.chain([list.title_zh]).flat_map(half_width).collect();
        assert!(found.is_empty(), "{}: {found:?}", list.name);
    }
}

#[test]
fn english_articles_go_with_their_words() {
    let text = super::document::document().to_string().to_lowercase();
    let wrong: Vec<&str> = ["achievement", "alliance", "instrument", "organization", "agency"]
        .into_iter()
        .filter(|word| text.contains(&format!(" a {word}")))
        .collect();
    assert!(wrong.is_empty(), "“a” before {wrong:?}");
}
