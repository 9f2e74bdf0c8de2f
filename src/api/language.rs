//! The language of an answer's sentences, chosen by `Accept-Language` (RFC 9110 §12.5.4).
//!
//! Only error texts and vocabulary labels are translated; data is always bilingual (`name: {zh, en}`).
//! Sentences live in `locales/*.ftl`, one file a language, compiled in.

use std::cmp::Reverse;
use std::sync::LazyLock;

use actix_web::http::header::{HeaderMap, Quality, QualityItem, from_comma_delimited};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

use crate::language::Language;
use crate::reference::labels;

impl Language {
    /// The language that these request headers weigh most; Chinese when they weigh both alike, or accept neither.
    pub fn of(headers: &HeaderMap) -> Language {
        let fields = headers.get_all("accept-language");
        let ranges: Vec<QualityItem<String>> = from_comma_delimited(fields).unwrap_or_default();
        let wish = |language: Language| Some((language, language.wish(&ranges)?));
        let wishes = Language::ALL.into_iter().filter_map(wish);
        let best = wishes.reduce(|first, second| if second.1 > first.1 { second } else { first });
        best.map_or(Language::Zh, |(language, _)| language)
    }

    /// The tags that a range may name to mean this language exactly: what we write is simplified Chinese, and English of no
    /// country.
    fn tags(self) -> &'static [&'static str] {
        match self {
            Language::Zh => &["zh", "zh-cn", "zh-hans", "zh-hans-cn", "cmn", "cmn-hans"],
            Language::En => &["en"],
        }
    }

    /// How much this language is wanted; `None` when it is not, or refused.
    ///
    /// Ranges are looked up (RFC 4647 §3.4): `en-GB` and `zh-TW` are content with `en` and `zh-CN`. A weight of 0
    /// refuses what the range means exactly; a longer range takes precedence over a shorter one, and any over `*`.
    fn wish(self, ranges: &[QualityItem<String>]) -> Option<Wish> {
        let place = |name: &str| ranges.iter().rposition(|range| range.item.eq_ignore_ascii_case(name));
        let exact = self.tags().iter().filter_map(|tag| Some((tag.len(), place(tag)?))).max();
        if exact.is_some_and(|(_, place)| ranges[place].quality == Quality::ZERO) {
            return None;
        }
        let means = |range: &QualityItem<String>| {
            let primary = range.item.split('-').next().unwrap_or_default();
            self.tags().iter().any(|tag| tag.eq_ignore_ascii_case(primary))
        };
        let wishes = |fits: &dyn Fn(&QualityItem<String>) -> bool| {
            let fitting = ranges.iter().enumerate().filter(|(_, range)| fits(range) && range.quality > Quality::ZERO);
            fitting.map(|(place, range)| Wish { quality: range.quality, place: Reverse(place) }).max()
        };
        wishes(&means).or_else(|| wishes(&|range| range.item == "*"))
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
    /// Codes among the arguments are shown by their labels where the sentence asks for it ([`labels`]).
    ///
    /// A sentence with a missing argument is replaced by its attribute `.plain`, so that a reader never sees a
    /// placeholder. The argument `count` is a number, so that English can choose between one and many.
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

/// How much a language is wanted: the greater weight, then what was named first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Wish {
    quality: Quality,
    place: Reverse<usize>,
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
    use crate::api::render;
    use crate::problem::Code;

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

    fn of(fields: &[&str]) -> Language {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append("accept-language".parse().unwrap(), field.parse().unwrap());
        }
        Language::of(&headers)
    }

    #[test]
    fn the_greatest_weight_chooses() {
        let english = [
            "en-GB,en;q=0.9,zh;q=0.8",
            "zh-CN;q=0.1, en;q=1.000",
            "EN;Q=0.2, zh;q=0.1",
            "zh;q=0.8 , en-US ; q=0.9",
            "zh;q=0.001,en;q=0.002",
            "en-US, zh;q=0.9, en;q=0.5",
            "de, en;q=0.5",
            "en, zh",
            "zh-Hant-HK;q=0.3, en-x-plain;q=0.4",
        ];
        let chinese = [
            "en;q=0.8,zh-CN;q=0.9",
            "*,en;q=0.5",
            "zh-TW, en;q=0.5",
            "zh-Hans;q=0.9,en;q=0.8",
            "cmn, en;q=0.9",
            "zh, en",
            "fr;q=1, zh;q=0.2, en;q=0.1",
            "en;q=0.1, *;q=0.7",
        ];
        assert!(english.iter().all(|field| of(&[field]) == Language::En), "{:?}", english.map(|field| of(&[field])));
        assert!(chinese.iter().all(|field| of(&[field]) == Language::Zh), "{:?}", chinese.map(|field| of(&[field])));
    }

    #[test]
    fn a_weight_of_zero_refuses_what_the_range_means() {
        for (field, language) in [
            ("en;q=0", Language::Zh),
            ("zh;q=0", Language::Zh),
            ("zh;q=0, *", Language::En),
            ("*;q=0, en", Language::En),
            ("zh-CN;q=0, zh, en;q=0.3", Language::En),
            ("zh;q=0, zh-CN, en;q=0.3", Language::Zh),
            ("zh-TW;q=0, zh, en;q=0.9", Language::Zh),
            ("en;q=0.000, en-GB;q=1, zh;q=0.1", Language::Zh),
            ("zh;q=0, en;q=0", Language::Zh),
        ] {
            assert_eq!(of(&[field]), language, "{field}");
        }
    }

    #[test]
    fn several_fields_count_as_one_list() {
        assert_eq!(of(&["fr", "en"]), Language::En);
        assert_eq!(of(&["en;q=0.3", "de, zh;q=0.5"]), Language::Zh);
        assert_eq!(of(&["zh;q=0.3", "en;q=0.5"]), Language::En);
    }

    #[test]
    fn what_is_no_range_or_no_weight_is_left_out_and_chinese_is_the_default() {
        for odd in ["fr", "", "*", ";;;q=", "en;q=", "en;q=1.5", "en;q=x", "english", "-en", &"x-".repeat(3000)] {
            assert_eq!(of(&[odd]), Language::Zh, "{odd}");
        }
        assert_eq!(of(&["zh;q=x, en;q=0.1"]), Language::En);
        assert_eq!(of(&[]), Language::Zh);
    }
}
