//! What codes are called inside sentences.
//!
//! Sentences name things as people do: 草稿 and not `draft`, 参与单位 and not `parties`. The locales call functions for it,
//! so that a fault is reported with the code alone:
//!
//! - `LABEL($state, "record-states")`: the label of a code, or of several (`draft, active`), from a vocabulary or from one of
//!   the lists of `labels.csv`: `members` (a member's name or pointer), `kinds` (singular or plural, those of records from
//!   `kinds.csv`), `decisions`;
//! - `CODES($allowed, $list)`: codes that a program has to send, each with its label: `2（外部共享）、3（不共享）`;
//! - `WHEN($because)`: a condition, `project-lifecycles=completed`, `customs_supervised=true` or the name of a member.
//!
//! What is in no list stays as it is: a code is better than nothing.

use std::collections::HashMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentResource, FluentValue};

use crate::language::Language;
use crate::reference::kind_names;
use crate::reference::sources::rows;
use crate::reference::vocabularies::{Entry, vocabulary};

/// The lists that are no vocabularies; the entry without a code is a list's title.
static LISTS: LazyLock<HashMap<String, HashMap<String, Entry>>> = LazyLock::new(|| {
    let mut lists: HashMap<String, HashMap<String, Entry>> = HashMap::new();
    for row in rows(include_str!("../../data/reference/labels.csv")) {
        let mut entry = Entry::new(row["code"].as_str(), row["name_zh"].as_str());
        entry.en = Some(row["name_en"].clone());
        lists.entry(row["list"].clone()).or_default().insert(row["code"].clone(), entry);
    }
    let kinds = lists.entry("kinds".to_owned()).or_default();
    for names in kind_names::all() {
        for word in [names.singular, names.name] {
            let mut entry = Entry::new(word, names.zh);
            entry.en = Some(names.en.to_owned());
            kinds.insert(word.to_owned(), entry);
        }
    }
    lists
});

/// The label of one code of a list; `None` when no list of this name has it. Of `members` also pointers have one, that of the
/// last name in them.
pub fn label(list: &str, code: &str, language: Language) -> Option<&'static str> {
    let entry = match LISTS.get(list) {
        Some(labels) if list == "members" => code
            .rsplit(['/', '#'])
            .find(|step| !step.is_empty() && !step.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|name| labels.get(name)),
        Some(labels) => labels.get(code),
        None => vocabulary(list)?.get(code),
    };
    entry.map(|entry| entry.label(language))
}

/// The title of a list.
fn title(list: &str, language: Language) -> Option<&'static str> {
    let own = LISTS.get(list).and_then(|labels| labels.get("")).map(|entry| entry.label(language));
    own.or_else(|| vocabulary(list).map(|list| list.title(language)))
}

/// Several codes, separated by commas, each as `show` has it.
fn each(codes: &str, language: Language, show: impl Fn(&str) -> String) -> String {
    if codes.is_empty() {
        return if language == Language::Zh { "无" } else { "none" }.to_owned();
    }
    let shown: Vec<String> = codes.split(',').map(|code| show(code.trim())).collect();
    shown.join(if language == Language::Zh { "、" } else { ", " })
}

fn labels(list: &str, codes: &str, language: Language) -> String {
    each(codes, language, |code| label(list, code, language).unwrap_or(code).to_owned())
}

fn codes_with_labels(list: &str, codes: &str, language: Language) -> String {
    each(codes, language, |code| match (label(list, code, language), language) {
        (Some(label), _) if label == code => code.to_owned(),
        (Some(label), Language::Zh) => format!("{code}（{label}）"),
        (Some(label), Language::En) => format!("{code} ({label})"),
        (None, _) => code.to_owned(),
    })
}

fn condition(text: &str, language: Language) -> String {
    let member = |name: &str| label("members", name, language).map(str::to_owned);
    let (about, value) = match text.split_once('=') {
        None => {
            let name = member(text).unwrap_or_else(|| text.to_owned());
            return match language {
                Language::Zh => format!("已填写“{name}”"),
                Language::En => format!("{name} is given"),
            };
        }
        Some((name, "true")) => (member(name), Some(if language == Language::Zh { "是" } else { "true" })),
        Some((list, code)) => (title(list, language).map(str::to_owned), label(list, code, language)),
    };
    match (about, value, language) {
        (Some(about), Some(value), Language::Zh) => format!("{about}为“{value}”"),
        (Some(about), Some(value), Language::En) => format!("{about}: {value}"),
        _ => text.to_owned(),
    }
}

/// Teaches a bundle of sentences the functions of this module.
pub fn teach(bundle: &mut FluentBundle<FluentResource>, language: Language) {
    type Said = fn(&str, &str, Language) -> String;
    let functions: [(&str, Said); 3] = [
        ("LABEL", |codes, list, language| labels(list, codes, language)),
        ("CODES", |codes, list, language| codes_with_labels(list, codes, language)),
        ("WHEN", |text, _, language| condition(text, language)),
    ];
    for (name, function) in functions {
        let added = bundle.add_function(name, move |positional, _| match positional {
            [FluentValue::String(codes)] => function(codes, "", language).into(),
            [FluentValue::String(codes), FluentValue::String(list)] => function(codes, list, language).into(),
            _ => FluentValue::Error, // an argument is missing: the sentence's `.plain` is used instead
        });
        added.expect("each function is added once");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_called_by_their_labels_in_the_language_of_the_sentence() {
        assert_eq!(labels("record-states", "draft", Language::Zh), "草稿");
        assert_eq!(labels("record-states", "draft, active", Language::Zh), "草稿、生效");
        assert_eq!(labels("record-states", "draft, active", Language::En), "Draft, Active");
        assert_eq!(labels("divisions", "510000", Language::En), "Sichuan");
        assert_eq!(labels("members", "#/transformations/0/signed_on", Language::Zh), "签订日期");
        assert_eq!(labels("members", "parties", Language::Zh), "参与单位");
        assert_eq!(labels("kinds", "joint-labs", Language::Zh), "共建实验室");
        for (list, code) in [("record-states", "odd"), ("no-such-list", "x"), ("members", "#/")] {
            assert_eq!(labels(list, code, Language::Zh), code, "what no list has stays as it is");
        }
    }

    #[test]
    fn codes_to_be_sent_stand_beside_their_labels() {
        assert_eq!(codes_with_labels("share-modes", "2, 3", Language::Zh), "2（外部共享）、3（不共享）");
        assert_eq!(codes_with_labels("record-states", "draft", Language::En), "draft (Draft)");
        assert_eq!(codes_with_labels("", "x, y", Language::Zh), "x、y");
        assert_eq!(codes_with_labels("record-states", "", Language::Zh), "无");
    }

    #[test]
    fn conditions_read_as_such() {
        assert_eq!(condition("project-lifecycles=completed", Language::Zh), "项目生命周期为“结题”");
        assert_eq!(condition("project-lifecycles=completed", Language::En), "Project lifecycle: Completed");
        assert_eq!(condition("customs_supervised=true", Language::Zh), "是否海关监管为“是”");
        assert_eq!(condition("decisions=decline", Language::Zh), "处理意见为“不同意”");
        assert_eq!(condition("contract_no", Language::En), "technology contract number is given");
        assert_eq!(condition("odd=odd", Language::Zh), "odd=odd");
    }
}
