//! The entries of a vocabulary for reconciliation tools.

use super::protocol::{Entity, EntityType, Manifest, Queries, Query, QueryResult, Results, Suggestion, Suggestions};
use crate::db::Moment;
use crate::kind::search::normal_name;
use crate::language::Language;
use crate::reference::vocabularies::{Entry, Vocabulary};

pub fn manifest(list: &Vocabulary, base: &str) -> Manifest {
    let (zh, en) = (list.title(Language::Zh), list.title(Language::En));
    Manifest::new(
        format!("{zh} / {en}"),
        base,
        &format!("vocabularies/{}", list.name),
        &format!("/reconciliation/vocabularies/{}/preview?id={{{{id}}}}", list.name),
        vec![r#type(list)],
    )
}

fn r#type(list: &Vocabulary) -> EntityType {
    EntityType { id: list.name.to_owned(), name: list.title(Language::Zh).to_owned() }
}

pub fn answer(list: &'static Vocabulary, queries: &Queries) -> Results {
    let all: Vec<Labeled> = list.entries.iter().map(Labeled::of).collect();
    Results(queries.0.iter().map(|(name, query)| (name.clone(), result(list, &all, query))).collect())
}

/// An entry with what it is compared by.
struct Labeled {
    entry: &'static Entry,
    labels: Vec<String>,
}

impl Labeled {
    fn of(entry: &'static Entry) -> Labeled {
        let labels = [Some(entry.zh.as_str()), entry.en.as_deref()].into_iter().flatten().map(normal_name);
        Labeled { entry, labels: labels.collect() }
    }
}

/// What kind of place a division is, which people leave out.
const KINDS_OF_PLACES: [char; 4] = ['省', '市', '区', '县'];

/// Scores, from 0 to 100.
const SAME: u8 = 100;
const WITHOUT_KIND: u8 = 95;
const HAS_IT: u8 = 60;
const LIKE_IT: u8 = 50;

fn result(list: &'static Vocabulary, all: &[Labeled], query: &Query) -> QueryResult {
    let text = query.query.trim();
    let normal = normal_name(text);
    if normal.is_empty() {
        return QueryResult { result: Vec::new() };
    }
    let score = |one: &Labeled| -> Option<u8> {
        let is_stem = |label: &String| {
            let stem = label.strip_suffix(KINDS_OF_PLACES).filter(|stem| stem.chars().nth(1).is_some());
            stem == Some(normal.as_str()) && list.name == "divisions"
        };
        match () {
            _ if one.entry.code == text || one.labels.contains(&normal) => Some(SAME),
            _ if one.labels.iter().any(is_stem) => Some(WITHOUT_KIND),
            _ if one.labels.iter().any(|label| label.contains(&normal)) => Some(HAS_IT),
            _ => None,
        }
    };
    let mut found: Vec<(u8, &'static Entry)> = all.iter().filter_map(|one| Some((score(one)?, one.entry))).collect();
    if found.is_empty() {
        let near = list.suggest(text).and_then(|code| list.get(code));
        found.extend(near.map(|entry| (LIKE_IT, entry)));
    }
    found.sort_by(|(one, entry), (other, another)| other.cmp(one).then_with(|| entry.code.cmp(&another.code)));
    let today = Moment::now().day_in_shanghai();
    let sure: Vec<&(u8, &Entry)> = found.iter().filter(|(score, _)| *score >= WITHOUT_KIND).collect();
    // 阿坝 is a prefecture and a county of it.
    let is_short = found.iter().any(|(score, entry)| *score == HAS_IT && normal_name(&entry.zh).starts_with(&normal));
    let may_be = |score: u8, entry: &Entry| {
        entry.valid_on(today) && entry.attribute("level") != Some("group") && (score == SAME || !is_short)
    };
    let chosen = match sure.as_slice() {
        [(score, entry)] if may_be(*score, entry) => Some(&entry.code),
        [(SAME, entry), (next, _), ..] if *next < SAME && may_be(SAME, entry) => Some(&entry.code),
        _ => None,
    };
    let entity = |(score, entry): &(u8, &'static Entry)| Entity {
        score: *score,
        r#match: chosen == Some(&entry.code),
        ..of_entry(list, entry)
    };
    QueryResult { result: found.iter().take(query.most()).map(entity).collect() }
}

fn of_entry(list: &Vocabulary, entry: &Entry) -> Entity {
    Entity {
        id: entry.code.clone(),
        name: entry.zh.clone(),
        description: described(entry),
        score: SAME,
        r#match: true,
        r#type: vec![r#type(list)],
    }
}

/// Its English name, and since when it is no more.
fn described(entry: &Entry) -> Option<String> {
    let ended = entry.valid_to.map(|day| match &entry.successor {
        Some(code) => format!("{day} 起停用，由 {code} 承接 withdrawn, followed by {code}"),
        None => format!("{day} 起停用 withdrawn"),
    });
    let parts: Vec<String> = entry.en.clone().into_iter().chain(ended).collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// The entry of a code.
pub fn entity(list: &'static Vocabulary, code: &str) -> Option<Entity> {
    list.get(code).map(|entry| of_entry(list, entry))
}

/// Entries that have this in their code or labels: first those that begin with it.
pub fn suggest(list: &'static Vocabulary, prefix: &str) -> Suggestions {
    let normal = normal_name(prefix);
    let mut found: Vec<(bool, &Entry)> = list
        .entries
        .iter()
        .map(Labeled::of)
        .filter_map(|one| {
            let texts = || one.labels.iter().map(String::as_str).chain([one.entry.code.as_str()]);
            let begins = texts().any(|text| text.starts_with(&normal) || text.starts_with(prefix));
            (begins || texts().any(|text| text.contains(&normal))).then_some((!begins, one.entry))
        })
        .filter(|_| !normal.is_empty())
        .collect();
    found.sort_by_key(|(later, entry)| (*later, entry.code.clone()));
    let suggestion = |(_, entry): (bool, &Entry)| Suggestion {
        id: entry.code.clone(),
        name: entry.zh.clone(),
        description: described(entry),
        notable: vec![r#type(list)],
    };
    Suggestions { result: found.into_iter().take(20).map(suggestion).collect() }
}
