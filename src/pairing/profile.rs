//! What of a demand, a capability or an instrument is compared.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::NaiveDate;
use serde_json::Value;

use crate::db::{Id, Moment};
use crate::kind::pointers::matches;
use crate::kind::search::pieces;
use crate::problem::{Outcome, Problem};
use crate::reference::division::with_parents;

/// Words that stand in names of every kind, and those that only join others: they tell nothing.
const COMMON: [&str; 31] = [
    "技术", "研究", "开发", "能力", "服务", "应用", "系统", "关键", "示例", "测试", "分析", "工程", "项目", "平台",
    "需求", "创新", "of", "and", "for", "the", "in", "on", "to", "with", "by", "from", "at", "an", "or", "example",
    "research",
];

/// Which list a record is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Demand,
    Capability,
    Instrument,
}

impl Side {
    pub fn of(kind: &str) -> Option<Side> {
        match kind {
            "demands" => Some(Side::Demand),
            "capabilities" => Some(Side::Capability),
            "instruments" => Some(Side::Instrument),
            _ => None,
        }
    }

    /// Pointers of the texts that say what it is about: its names, and the rest.
    fn texts(self) -> (&'static [&'static str], &'static [&'static str]) {
        const NAMES: &[&str] = &["/name/zh", "/name/en", "/aliases/*/value"];
        match self {
            Side::Demand => (NAMES, &["/problem_text", "/technical_targets/*/indicator"]),
            Side::Capability => (NAMES, &["/description"]),
            Side::Instrument => (NAMES, &["/functions", "/technical", "/service_content", "/measured_variables/*"]),
        }
    }
}

/// A division with all that it lies in, itself first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub code: String,
    above: Vec<String>,
}

impl Place {
    pub fn of(code: String) -> Place {
        let above = with_parents(&code);
        Place { code, above }
    }

    /// Whether one of the two lies in the other.
    pub fn meets(&self, other: &Place) -> bool {
        self.above.contains(&other.code) || other.above.contains(&self.code)
    }

    /// The city or prefecture, of a municipality the province.
    pub fn city(&self) -> Option<&String> {
        self.above.iter().find(|code| code.ends_with("00"))
    }

    pub fn province(&self) -> Option<&String> {
        self.above.iter().find(|code| code.ends_with("0000"))
    }
}

/// A record as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub id: Id,
    pub revision: i64,
    pub side: Side,
    /// Whether it is official, or not yet: neither suspended nor closed.
    pub stands: bool,
    pub lifecycle: String,
    /// Day of its last change, in Asia/Shanghai.
    pub changed_on: NaiveDate,
    /// Last day of a demand or capability.
    pub until: Option<NaiveDate>,
    pub fields: BTreeSet<String>,
    pub industry: Option<String>,
    pub modes: BTreeSet<String>,
    /// Where a demand is, what a capability serves, where an instrument stands.
    pub places: Vec<Place>,
    /// Whether others than its host may use an instrument, whether it works, and whether it waits for repair or disposal.
    pub is_shared: bool,
    pub works: bool,
    pub is_broken: bool,
    /// Terms of its names, and of all its texts, in order: by a hash without a seed, which builds of one version have in common. It is
    /// compared and counted only, never told.
    pub named: Vec<u64>,
    pub all: Vec<u64>,
}

impl Profile {
    /// Of a record's answer.
    pub fn of(side: Side, answer: &Value) -> Outcome<Profile> {
        let text = |member: &str| answer.get(member).and_then(Value::as_str);
        let codes = |pattern: &str| -> Vec<String> {
            matches(answer, pattern).into_iter().filter_map(|(_, value)| value.as_str().map(str::to_owned)).collect()
        };
        let until = if side == Side::Demand { "deadline_on" } else { "valid_until" };
        let changed_at: Moment = text("updated_at").unwrap_or_default().parse().map_err(Problem::internal)?;
        let (names, texts) = side.texts();
        let named = terms(names, answer);
        let all: BTreeSet<String> = named.iter().cloned().chain(terms(texts, answer)).collect();
        let places = if side == Side::Capability { codes("/divisions_served/*") } else { codes("/division") };
        Ok(Profile {
            id: text("id").unwrap_or_default().parse().map_err(Problem::internal)?,
            revision: answer.get("revision").and_then(Value::as_i64).unwrap_or_default(),
            side,
            stands: !["suspended", "closed"].contains(&text("state").unwrap_or_default()),
            lifecycle: text("lifecycle").unwrap_or_default().to_owned(),
            changed_on: changed_at.day_in_shanghai(),
            until: text(until).and_then(|day| day.parse().ok()),
            fields: codes("/fields/*").into_iter().collect(),
            industry: text("industry").map(str::to_owned),
            modes: codes("/cooperation_modes/*").into_iter().collect(),
            places: places.into_iter().map(Place::of).collect(),
            is_shared: text("share_mode") == Some("2"),
            works: text("running_status") == Some("1"),
            is_broken: ["6", "7"].contains(&text("running_status").unwrap_or_default()),
            named: hashes(&named),
            all: hashes(&all),
        })
    }
}

/// The terms of what stands at these pointers, but for those that stand everywhere.
fn terms(patterns: &[&str], answer: &Value) -> BTreeSet<String> {
    let found = patterns.iter().flat_map(|pattern| matches(answer, pattern));
    let pieces = found.filter_map(|(_, value)| value.as_str()).flat_map(pieces);
    pieces.filter(|piece| piece.chars().count() > 1 && !COMMON.contains(&piece.as_str())).collect()
}

/// The terms that two answers have in common as `score` counts them: one side's names in all of the other.
pub fn shared_terms(one: (Side, &Value), other: (Side, &Value)) -> BTreeSet<String> {
    let all = |(side, answer): (Side, &Value)| -> (BTreeSet<String>, BTreeSet<String>) {
        let (names, texts) = side.texts();
        let named = terms(names, answer);
        let all = named.iter().cloned().chain(terms(texts, answer)).collect();
        (named, all)
    };
    let ((one_named, one_all), (other_named, other_all)) = (all(one), all(other));
    one_named.intersection(&other_all).chain(other_named.intersection(&one_all)).cloned().collect()
}

/// Terms of an answer's names, by which instruments are looked for.
pub fn name_terms(side: Side, answer: &Value) -> BTreeSet<String> {
    terms(side.texts().0, answer)
}

fn hashes(terms: &BTreeSet<String>) -> Vec<u64> {
    let mut hashes: Vec<u64> = terms
        .iter()
        .map(|term| {
            let mut hasher = DefaultHasher::new();
            term.hash(&mut hasher);
            hasher.finish()
        })
        .collect();
    hashes.sort_unstable();
    hashes
}
