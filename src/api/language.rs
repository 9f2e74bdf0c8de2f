//! The language of an answer's sentences, chosen by `Accept-Language` (RFC 9110 §12.5.4).
//!
//! Only error texts and vocabulary labels are translated; data is always bilingual (`name: {zh, en}`).
//! Sentences live in `locales/*.ftl`, one file a language, compiled in.

use std::sync::LazyLock;

use actix_web::http::header::HeaderMap;
use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use fluent_langneg::{LanguageIdentifier, NegotiationStrategy, accepted_languages, negotiate_languages};

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
        let requested = accepted_languages::parse(accepted);
        let chosen = negotiate_languages(&requested, AVAILABLE.as_slice(), None, NegotiationStrategy::Filtering);
        match chosen.first() {
            Some(tag) if tag.language.as_str() == "en" => Language::En,
            _ => Language::Zh,
        }
    }

    /// The sentence `key` in this language, with its arguments filled in; `None` when no file has it.
    pub fn say(self, key: &str, args: &[(&'static str, String)]) -> Option<String> {
        let bundle = &BUNDLES[self as usize];
        let pattern = bundle.get_message(key)?.value()?;
        let mut values = FluentArgs::new();
        for (name, value) in args {
            values.set(*name, value.as_str());
        }
        let mut faults = Vec::new();
        Some(bundle.format_pattern(pattern, Some(&values), &mut faults).into_owned())
    }
}

static BUNDLES: LazyLock<[FluentBundle<FluentResource>; 2]> = LazyLock::new(|| {
    [(Language::Zh, include_str!("../../locales/zh-CN.ftl")), (Language::En, include_str!("../../locales/en.ftl"))].map(
        |(language, text)| {
            let mut bundle = FluentBundle::new_concurrent(vec![language.tag().parse().expect("a valid tag")]);
            bundle.set_use_isolating(false); // the marks would show up inside JSON strings
            let resource = FluentResource::try_new(text.to_owned()).expect("locales/*.ftl parse: tested");
            bundle.add_resource(resource).expect("locales/*.ftl name each message once: tested");
            bundle
        },
    )
});
