//! The language of an answer's sentences, chosen by `Accept-Language` (RFC 9110 §12.5.4).
//!
//! Only error texts and vocabulary labels are translated; data is always bilingual (`name: {zh, en}`).
//! Sentences live in `locales/*.ftl`, one file a language, compiled in.

use std::sync::LazyLock;

use actix_web::http::header::HeaderMap;
use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use fluent_langneg::{LanguageIdentifier, NegotiationStrategy, accepted_languages, negotiate_languages};

use crate::reference::labels;

/// A language this service speaks. Chinese is the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    Zh,
    En,
}

impl Language {
    pub const ALL: [Language; 2] = [Language::Zh, Language::En];

    /// The BCP 47 tag written in `Content-Language`.
    pub fn tag(self) -> &'static str {
        match self {
            Language::Zh => "zh-CN",
            Language::En => "en",
        }
    }

    /// The best language for these request headers; Chinese when none fits or none was asked for.
    pub fn of(headers: &HeaderMap) -> Language {
        static AVAILABLE: LazyLock<[LanguageIdentifier; 2]> =
            LazyLock::new(|| Language::ALL.map(|language| language.tag().parse().expect("a valid tag")));
        let Some(accepted) = headers.get("accept-language").and_then(|value| value.to_str().ok()) else {
            return Language::Zh;
        };
        let wanted: Vec<&str> = accepted.split(',').filter(|range| !is_refused(range)).collect();
        let requested = accepted_languages::parse(&wanted.join(","));
        let chosen = negotiate_languages(&requested, AVAILABLE.as_slice(), None, NegotiationStrategy::Filtering);
        match chosen.first() {
            Some(tag) if tag.language.as_str() == "en" => Language::En,
            _ => Language::Zh,
        }
    }

    /// The sentence `cli-{key}` for the terminal.
    pub fn tell(key: &str, args: &[(&'static str, String)]) -> String {
        Language::of_environment().say(&format!("cli-{key}"), args).unwrap_or_else(|| key.to_owned())
    }

    /// The language of the command line: Chinese where the environment's locale (`LC_ALL`, `LC_MESSAGES`, `LANG`) is Chinese,
    /// else English, which every terminal can show.
    pub fn of_environment() -> Language {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Language::of_locale(&["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set).unwrap_or_default())
    }

    fn of_locale(locale: &str) -> Language {
        if locale.starts_with("zh") { Language::Zh } else { Language::En }
    }

    /// The sentence `key` in this language, with its arguments filled in; `None` when no file has it.
    ///
    /// Codes among the arguments are called by their labels where the sentence asks for it ([`labels`]).
    ///
    /// A sentence that needs an argument nobody gave is replaced by its attribute `.plain`, so that a reader never
    /// meets a placeholder. The argument `count` is a number, so that English can choose between one and many.
    pub fn say(self, key: &str, args: &[(&'static str, String)]) -> Option<String> {
        let bundle = &BUNDLES[self as usize];
        let message = bundle.get_message(key)?;
        let mut values = FluentArgs::new();
        for (name, value) in args {
            match value.parse::<i64>() {
                Ok(count) if *name == "count" => values.set(*name, count),
                _ => values.set(*name, value.as_str()),
            }
        }
        let mut gaps = Vec::new();
        let sentence = bundle.format_pattern(message.value()?, Some(&values), &mut gaps);
        if gaps.is_empty() {
            return Some(sentence.into_owned());
        }
        let plain = message.get_attribute("plain")?;
        Some(bundle.format_pattern(plain.value(), None, &mut Vec::new()).into_owned())
    }
}

/// `q=0` means "not this one" (RFC 9110 §12.4.2); the parser would take it as a last choice.
fn is_refused(range: &str) -> bool {
    let weight = range.split(';').skip(1).find_map(|part| part.trim().strip_prefix("q="));
    weight.and_then(|weight| weight.parse::<f32>().ok()).is_some_and(|weight| weight <= 0.0)
}

static BUNDLES: LazyLock<[FluentBundle<FluentResource>; 2]> = LazyLock::new(|| {
    [(Language::Zh, include_str!("../../locales/zh-CN.ftl")), (Language::En, include_str!("../../locales/en.ftl"))].map(
        |(language, text)| {
            let mut bundle = FluentBundle::new_concurrent(vec![language.tag().parse().expect("a valid tag")]);
            bundle.set_use_isolating(false); // the marks would show up inside JSON strings
            labels::teach(&mut bundle, language);
            let resource = FluentResource::try_new(text.to_owned()).expect("locales/*.ftl parse: tested");
            bundle.add_resource(resource).expect("locales/*.ftl name each message once: tested");
            bundle
        },
    )
});

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::api::Code;
    use crate::api::render;

    const FILES: [&str; 2] = [include_str!("../../locales/zh-CN.ftl"), include_str!("../../locales/en.ftl")];

    fn keys(text: &str) -> BTreeSet<&str> {
        let starts = |line: &&str| line.starts_with(|c: char| c.is_ascii_lowercase());
        text.lines().filter(starts).filter_map(|line| Some(line.split_once(" =")?.0)).collect()
    }

    #[test]
    fn both_files_parse_and_say_the_same_things() {
        for text in FILES {
            assert!(FluentResource::try_new(text.to_owned()).is_ok());
        }
        assert_eq!(keys(FILES[0]), keys(FILES[1]));
    }

    #[test]
    fn every_code_has_title_detail_and_help_in_both() {
        for language in Language::ALL {
            for code in Code::ALL {
                for part in ["title", "detail", "help"] {
                    let key = format!("problem-{}-{part}", code.name());
                    assert!(language.say(&key, &[]).is_some_and(|text| !text.is_empty()), "{key} {language:?}");
                }
            }
        }
    }

    #[test]
    fn a_sentence_without_its_arguments_shows_no_placeholder() {
        for language in Language::ALL {
            for key in FILES.iter().flat_map(|text| keys(text)) {
                let text = language.say(key, &[]).unwrap_or_else(|| panic!("{key} needs .plain in {language:?}"));
                assert!(!text.contains('{') && !text.contains('$'), "{key}: {text}");
            }
        }
    }

    #[test]
    fn arguments_are_filled_in_and_numbers_agree() {
        let detail =
            |language, count: &str| render::detail(Code::ValidationFailed, language, &[("count", count.into())]);
        assert_eq!(detail(Language::Zh, "2"), "2 个字段有误。");
        assert_eq!(detail(Language::En, "1"), "One field is wrong.");
        assert_eq!(detail(Language::En, "12000"), "12000 fields are wrong.");
    }

    #[test]
    fn a_chinese_locale_has_a_chinese_command_line() {
        for (locale, language) in
            [("zh_CN.UTF-8", Language::Zh), ("zh_TW", Language::Zh), ("en_GB.UTF-8", Language::En), ("C", Language::En)]
        {
            assert_eq!(Language::of_locale(locale), language, "{locale}");
        }
        assert_eq!(Language::of_locale(""), Language::En);
    }

    #[test]
    fn a_client_without_a_province_is_told_so() {
        let detail = |language, province: &str| {
            render::detail(Code::OtherProvince, language, &[("province", province.to_owned())])
        };
        assert_eq!(detail(Language::Zh, "none"), "您的客户端没有绑定省市，不能代表任何一方办理。");
        assert_eq!(detail(Language::En, "none"), "Your client stands for no province and cannot act for one.");
        assert_eq!(detail(Language::Zh, "510000"), "该事项由四川省办理，您的客户端只能代表本省市。");
        assert!(detail(Language::En, "500000").starts_with("This is up to Chongqing"));
    }

    #[test]
    fn the_header_chooses_and_chinese_is_the_default() {
        let of = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("accept-language".parse().unwrap(), value.parse().unwrap());
            Language::of(&headers)
        };
        assert_eq!(of("en-GB,en;q=0.9,zh;q=0.8"), Language::En);
        assert_eq!(of("zh-TW, en;q=0.5"), Language::Zh);
        for odd in ["fr", "", "*", ";;;q=", "en;q=0", &"x-".repeat(3000)] {
            assert_eq!(of(odd), Language::Zh, "{odd}");
        }
    }
}
