//! Organizations for reconciliation tools.

use std::sync::Arc;

use actix_web::web::Data;
use serde_json::Value;

use super::protocol::{Entity, EntityType, Manifest, Queries, Query, QueryResult, Results, Suggestion, Suggestions};
use crate::api;
use crate::auth::Reader;
use crate::db::{Connection, Db};
use crate::kind::register::Register;
use crate::kind::search::Search;
use crate::language::Language;
use crate::matching::{Around, Candidate, KIND, LONGEST, Settled, Verdict, matched};
use crate::problem::{Outcome, Problem};
use crate::reading::cache::Shelf;
use crate::reading::expand::Lens;
use crate::reading::search::everywhere::Everywhere;
use crate::records::sight::Sight;
use crate::reference::vocabularies::vocabulary;
use crate::reference::{Ror, Uscc};

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
fn identifier(query: &Query) -> Option<String> {
    let uscc = query.property("uscc").and_then(|text| Uscc::parse(text).ok()).map(|uscc| uscc.as_str().to_owned());
    uscc.or_else(|| query.property("ror_id").and_then(|text| Ror::parse(text).ok()).map(|ror| ror.as_str().to_owned()))
}

/// The name; one that is too long is none.
fn name(query: &Query) -> String {
    let is_short = query.query.chars().count() <= LONGEST;
    if is_short { query.query.clone() } else { String::new() }
}

pub async fn answer(
    reader: &Reader,
    register: &Data<&'static Register>,
    db: &Db,
    shelf: &Data<Shelf>,
    queries: Queries,
) -> Outcome<Results> {
    let asked: Vec<(Option<String>, String)> = queries.0.values().map(|one| (identifier(one), name(one))).collect();
    let (sight, register, shelf) = (Sight::from(reader), *register.get_ref(), shelf.clone());
    let system = reader.principal().map(|principal| principal.source_system.clone());
    let found: Vec<Verdict> = db
        .read(move |conn| {
            let lens = Lens { sight: &sight, shelf: &shelf, position: Some(shelf.follow(conn)?) };
            let around = Around { register, lens, system: system.as_deref() };
            let identifiers: Vec<String> = asked.iter().filter_map(|(identifier, _)| identifier.clone()).collect();
            let mut identified = matched(&identifiers, &around, conn)?.into_iter();
            let names: Vec<String> = asked.iter().map(|(_, name)| name.clone()).collect();
            let named = matched(&names, &around, conn)?;
            let choose = |((identifier, _), named): (&(Option<String>, String), Verdict)| {
                let identified = identifier.as_ref().and_then(|_| identified.next());
                identified.filter(|verdict| verdict.settled == Settled::Chosen).unwrap_or(named)
            };
            Ok(asked.iter().zip(named).map(choose).collect())
        })
        .await?;
    let queries = queries.0.into_iter().zip(found);
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
pub fn identified(
    register: &'static Register,
    names: &[String],
    sight: &Sight,
    shelf: &Arc<Shelf>,
    conn: &mut Connection,
) -> Outcome<Option<Entity>> {
    let lens = Lens { sight, shelf, position: Some(shelf.follow(conn)?) };
    let verdicts = matched(names, &Around { register, lens, system: None }, conn)?;
    let candidate = verdicts.iter().flat_map(|verdict| &verdict.candidates).find(|one| one.is_identified());
    candidate.map(|one| entity(one, true)).transpose()
}

/// Characters that are typed before names are suggested.
const MOST_TYPED: usize = 100;

/// Organizations that have this in their names, as the search finds them.
pub fn suggest(
    register: &'static Register,
    prefix: &str,
    sight: &Sight,
    shelf: &Shelf,
    conn: &mut Connection,
) -> Outcome<Suggestions> {
    let is_search = |search: Search| search.words().len() <= Search::MOST_WORDS && prefix.chars().count() <= MOST_TYPED;
    if !Search::of(prefix).is_some_and(is_search) {
        return Ok(Suggestions { result: Vec::new() });
    }
    let query = format!("q={}&kinds={KIND}&limit=20", api::query::encoded(prefix));
    let search = Everywhere::read(register, &api::Query::parse(&query)?)?;
    let page = search.run(sight, shelf, conn)?.pieces.concat();
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
