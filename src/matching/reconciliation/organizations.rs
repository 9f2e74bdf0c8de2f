//! Organizations for reconciliation tools.

use serde_json::Value;

use super::protocol::{Entity, EntityType, Manifest, Queries, Query, QueryResult, Results, Suggestion, Suggestions};
use crate::api;
use crate::db::Connection;
use crate::kind::search::Search;
use crate::language::Language;
use crate::matching::{Candidate, KIND, LONGEST, Settled, Verdict, matched_for};
use crate::problem::{Outcome, Problem};
use crate::reading::search::everywhere::Everywhere;
use crate::reference::vocabularies::vocabulary;
use crate::service::asking::{Around, Asking};

const TYPES: &str = "organization-types";

pub fn manifest(base: &str) -> Manifest {
    let all = EntityType { id: KIND.to_owned(), name: "单位 Organization".to_owned() };
    let codes = vocabulary(TYPES).into_iter().flat_map(|types| types.codes()).map(r#type);
    Manifest::new(
        "川渝科技合作登记：单位 / Sichuan–Chongqing register: organizations".to_owned(),
        base,
        KIND,
        "/api/v1/organizations/{{id}}",
        std::iter::once(all).chain(codes).collect(),
    )
}

fn r#type(code: &str) -> EntityType {
    let label = vocabulary(TYPES).and_then(|types| types.get(code)).map(|entry| entry.label(Language::Zh));
    EntityType { id: code.to_owned(), name: label.unwrap_or(code).to_owned() }
}

/// An identifier among the properties, which comes before the name.
fn identifier(query: &Query) -> Option<&str> {
    ["uscc", "ror_id"].iter().find_map(|pid| query.property(pid)).filter(|text| text.chars().count() <= LONGEST)
}

/// The name; one that is too long is none.
fn name(query: &Query) -> &str {
    if query.query.chars().count() <= LONGEST { &query.query } else { "" }
}

pub async fn answer(asking: &Asking, queries: Queries) -> Outcome<Results> {
    let names: Vec<&str> = queries.0.values().map(name).collect();
    let identifiers: Vec<&str> = queries.0.values().map(|query| identifier(query).unwrap_or_default()).collect();
    let all = identifiers.iter().chain(&names).map(|text| (*text).to_owned()).collect();
    let mut identified = matched_for(asking, all).await?;
    let named = identified.split_off(names.len());
    let verdicts: Vec<Verdict> = identified
        .into_iter()
        .zip(named)
        .map(|(identified, named)| {
            let is_identified = identified.candidates.first().is_some_and(Candidate::is_identified);
            if is_identified { identified } else { named }
        })
        .collect();
    let queries = queries.0.into_iter().zip(verdicts);
    queries.map(|((name, query), verdict)| Ok((name, result(&query, &verdict)?))).collect::<Outcome<_>>().map(Results)
}

fn result(query: &Query, verdict: &Verdict) -> Outcome<QueryResult> {
    let is_of = |one: &&Candidate| {
        query.r#type.is_empty() || query.r#type.iter().any(|wanted| *wanted == KIND || *wanted == one.r#type)
    };
    let best = verdict.candidates.first().map(|one| one.id);
    let candidates = verdict.candidates.iter().filter(is_of).take(query.most());
    let result = candidates.map(|one| entity(one, verdict.settled == Settled::Chosen && best == Some(one.id)));
    Ok(QueryResult { result: result.collect::<Outcome<_>>()? })
}

fn entity(candidate: &Candidate, is_chosen: bool) -> Outcome<Entity> {
    let summary: Value = serde_json::from_slice(&candidate.summary).map_err(Problem::internal)?;
    let text = |pointer: &str| summary.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    Ok(Entity {
        id: text("/code").unwrap_or_default(),
        name: text("/name/zh").unwrap_or_default(),
        description: text("/name/en"),
        score: candidate.score,
        r#match: is_chosen,
        r#type: vec![r#type(&candidate.r#type)],
    })
}

/// The organization with this identifier.
pub async fn identified(asking: &Asking, id: &str) -> Outcome<Option<Entity>> {
    let verdicts = matched_for(asking, vec![id.to_owned()]).await?;
    let candidate = verdicts.iter().flat_map(|verdict| &verdict.candidates).find(|one| one.is_identified());
    candidate.map(|one| entity(one, true)).transpose()
}

/// Characters that are typed before names are suggested.
const MOST_TYPED: usize = 100;

/// Organizations that have this in their names, as the search finds them.
pub fn suggest(around: &Around, prefix: &str, conn: &mut Connection) -> Outcome<Suggestions> {
    let Around { register, ref lens, .. } = *around;
    let is_search = |search: Search| search.words().len() <= Search::MOST_WORDS && prefix.chars().count() <= MOST_TYPED;
    if !Search::of(prefix).is_some_and(is_search) {
        return Ok(Suggestions { result: Vec::new() });
    }
    let query = format!("q={}&kinds={KIND}&limit=20", api::query::encoded(prefix));
    let search = Everywhere::read(register, &api::Query::parse(&query)?)?;
    let page = search.run(lens.sight, lens.shelf, conn)?.pieces.concat();
    let page: Value = serde_json::from_slice(&page).map_err(Problem::internal)?;
    let records = page["items"].as_array().into_iter().flatten().map(|item| &item["record"]);
    let text = |record: &Value, pointer: &str| record.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let suggestion = |record: &Value| Suggestion {
        id: text(record, "/code").unwrap_or_default(),
        name: text(record, "/name/zh").unwrap_or_default(),
        description: text(record, "/name/en"),
        notable: vec![EntityType { id: KIND.to_owned(), name: "单位".to_owned() }],
    };
    Ok(Suggestions { result: records.map(suggestion).collect() })
}
