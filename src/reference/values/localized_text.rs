//! The bilingual name (`docs/rules.md` §8): Chinese required, English optional, both always in the answer.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::language::Language;
use crate::reference::formats::text_is_clean;

/// A name in Chinese and, if there is one, in English.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LocalizedText {
    /// The Chinese name: one line without spaces at its ends.
    #[schema(min_length = 1, max_length = 200, pattern = r"^\S(.*\S)?$", examples("金凤实验室"))]
    pub zh: String,
    /// The English name, if there is one.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200, pattern = r"^\S(.*\S)?$", examples("Jinfeng Laboratory"))]
    pub en: Option<String>,
}

impl LocalizedText {
    /// A name in Chinese only.
    pub fn zh(zh: impl Into<String>) -> LocalizedText {
        LocalizedText { zh: zh.into(), en: None }
    }

    /// A name in both languages.
    pub fn both(zh: impl Into<String>, en: impl Into<String>) -> LocalizedText {
        LocalizedText { zh: zh.into(), en: Some(en.into()) }
    }

    /// The name in this language; the Chinese one where there is no English one.
    pub fn label(&self, language: Language) -> &str {
        match (language, &self.en) {
            (Language::En, Some(en)) => en,
            _ => &self.zh,
        }
    }

    /// What is wrong with the name, member by member: `name-empty`, `name-too-long`, `name-spaces` or a code of
    /// [`text_is_clean`]. For names that did not pass the body validator, such as imported ones.
    pub fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let english = self.en.as_deref().map(|en| ("en", en));
        let members = [Some(("zh", self.zh.as_str())), english];
        members.into_iter().flatten().filter_map(|(name, text)| Some((name, judge(text).err()?))).collect()
    }
}

fn judge(text: &str) -> Result<(), &'static str> {
    match text {
        "" => Err("name-empty"),
        _ if text.chars().count() > 200 => Err("name-too-long"),
        _ if text != text.trim() || text.contains(['\n', '\t']) => Err("name-spaces"),
        _ => text_is_clean(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_schema_is_closed_and_bounded() {
        let schema = serde_json::to_value(<LocalizedText as utoipa::PartialSchema>::schema()).unwrap();
        assert_eq!(schema["additionalProperties"], false);
        assert_eq!(schema["required"], serde_json::json!(["zh"]));
        let validator = jsonschema::validator_for(&schema).unwrap();
        for good in [serde_json::json!({"zh": "金凤实验室"}), serde_json::json!({"zh": "甲 乙", "en": null})] {
            assert!(validator.is_valid(&good), "{good}");
        }
        for bad in ["", " 甲", "甲 ", "甲\n乙", "　"] {
            assert!(!validator.is_valid(&serde_json::json!({"zh": bad})), "{bad:?}");
        }
    }

    #[test]
    fn names_are_judged_member_by_member() {
        assert!(LocalizedText::both("重庆大学", "Chongqing University").faults().is_empty());
        assert_eq!(LocalizedText::both("", "a\u{0}").faults(), [("zh", "name-empty"), ("en", "control-character")]);
        assert_eq!(LocalizedText::both(" 甲", "e\u{301}").faults(), [("zh", "name-spaces"), ("en", "not-nfc")]);
        assert_eq!(serde_json::to_string(&LocalizedText::zh("甲")).unwrap(), r#"{"zh":"甲","en":null}"#);
        assert_eq!(LocalizedText::zh("甲").label(Language::En), "甲");
    }
}
