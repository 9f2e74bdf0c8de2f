//! A search over the records of all kinds.

use std::sync::{Arc, OnceLock};

use actix_web::web::Bytes;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::api::Query;
use crate::api::paging::{Cursor, DEFAULT_LIMIT, MAX_LIMIT, end_of_page, fingerprint, next_query};
use crate::db::{Connection, Id, Sql};
use crate::kind::Kind;
use crate::kind::register::Register;
use crate::kind::search::Search;
use crate::problem::{Fault, Outcome, Problem};
use crate::reading::cache::{Kept, Shelf};
use crate::reading::expand::summarize;
use crate::reading::filled::{Filled, filled};
use crate::reading::filters::take_search;
use crate::reading::list::Page;
use crate::reading::list::route::{FEW, Route};
use crate::reading::pages::{Asked, EVERY, Matched};
use crate::reading::search::{self, Engine, Ranked, RowTypes, place};
use crate::records::sight::Sight;

/// The parameters of a search.
const PARAMETERS: [&str; 5] = ["q", "kinds", "limit", "cursor", "include_total"];

/// A request for a page of what is found in all kinds, or in some.
pub struct Everywhere {
    register: &'static Register,
    search: Search,
    /// None for all.
    kinds: Vec<&'static Kind>,
    limit: i64,
    cursor: Option<Cursor>,
    include_total: bool,
    fingerprint: String,
    meaning: String,
    link: String,
}

impl Everywhere {
    /// Reads the query; everything unknown is refused.
    pub fn read(register: &'static Register, query: &Query) -> Outcome<Everywhere> {
        let is_asked = query.has("q");
        let search = take_search(query);
        if !is_asked {
            query.refuse(Fault::parameter("q", "required"));
        }
        let names: Vec<&str> = register.kinds().iter().map(|kind| kind.name).collect();
        let kinds = query.take_words("kinds", &names).unwrap_or_default();
        let kinds = kinds.iter().filter_map(|name| register.kind(name)).map(|kind| kind.kind).collect();
        let limit = query.take_int("limit", 1, MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
        let include_total = query.take_bool("include_total").unwrap_or(false);
        let cursor = Cursor::take(query);
        query.finish(&PARAMETERS)?;
        let search = search.ok_or_else(|| Problem::internal("a search without words passed"))?;
        let (link, fingerprint) = fingerprint("search", query);
        let cursor = cursor.map(|cursor| cursor.check(&fingerprint, 1)).transpose()?;
        let meaning = query.meaning(&[]);
        Ok(Everywhere { register, search, kinds, limit, cursor, include_total, fingerprint, meaning, link })
    }

    /// Runs the search for a caller and writes the page.
    pub fn run(&self, sight: &Sight, shelf: &Shelf, conn: &mut Connection) -> Outcome<Page> {
        if let Some(cursor) = &self.cursor {
            cursor.check_restores(conn)?;
        }
        let asked = Asked { kind: EVERY, query: self.meaning.clone(), sight: sight.clone() };
        let Filled { matched, records, .. } = filled(asked, true, shelf, |conn| self.select(sight, conn), conn)?;
        summarize(&records, conn)?;
        let has_more = matched.has_more || records.len() < matched.rows.len();
        let next = match records.last().zip(matched.classes.get(records.len().wrapping_sub(1))) {
            Some((last, class)) if has_more => {
                Some(Cursor::after(vec![class.to_string()], last.standing.id, &self.fingerprint).text()?)
            }
            _ => None,
        };
        let mut pieces = Vec::with_capacity(4 * records.len() + 2);
        pieces.push(Bytes::from_static(b"{\"items\":["));
        let places = self.places(&matched, &records, sight)?;
        for (index, record) in records.iter().enumerate() {
            let place = places.get(index).cloned().unwrap_or_else(|| Bytes::from_static(b"}"));
            let summary = record.extras.summary.get().cloned().unwrap_or_else(|| Bytes::from_static(b"{}"));
            let begin: &[u8] = if index == 0 { b"{\"record\":" } else { b",{\"record\":" };
            pieces.extend([Bytes::from_static(begin), summary, place]);
        }
        pieces.push(end_of_page(self.limit, has_more, next.as_deref(), matched.total, &matched.near).into());
        Ok(Page { pieces, next })
    }

    /// The query string of the next page.
    pub fn next_query(&self, cursor: &str) -> String {
        next_query(&self.link, cursor)
    }

    fn select(&self, sight: &Sight, conn: &mut Connection) -> Outcome<Matched> {
        let Everywhere { search, limit, .. } = self;
        let found = search::found_up_to(FEW, search, &self.kinds, conn)?;
        let engine = Engine::of(conn);
        let ranked = Ranked { search, after: search::after(self.cursor.as_ref())?, limit: *limit, by_filter: None };
        let from = |route: &Route, sql: &mut Sql<RowTypes>| self.from(route, sight, engine, sql);
        let rows = ranked.rows(found, &from, conn)?;
        let has_more = rows.len() as i64 > *limit;
        let (rows, classes) =
            rows.into_iter().take(*limit as usize).map(|(class, id, revision)| ((id, revision), class)).unzip();
        let total = match self.include_total {
            true => {
                let mut sql: Sql<BigInt> = Sql::new("SELECT COUNT(*)");
                self.from(&Route::Found(None), sight, engine, &mut sql);
                Some(sql.planned_by_values().get_result(conn)?)
            }
            false => None,
        };
        let rows: Vec<(Id, i64)> = rows;
        let near = match rows.is_empty() && self.cursor.is_none() {
            true => search::near(search, &self.kinds, sight, conn)?,
            false => Vec::new(),
        };
        Ok(Matched { rows, has_more, total, near, classes, places: OnceLock::new() })
    }

    fn from<ST>(&self, route: &Route, sight: &Sight, engine: Engine, sql: &mut Sql<ST>) {
        sql.push(" FROM ");
        search::push_found(sql);
        sql.push_join().push("records r").push_indexed_by("records_standing").push(" ON r.id = s.record_id WHERE ");
        search::push_conditions(sql, &self.search, &self.kinds, route, engine);
        sql.push(" AND ").append(sight.condition("r"));
    }

    fn places(&self, matched: &Matched, records: &[Arc<Kept>], sight: &Sight) -> Outcome<Vec<Bytes>> {
        matched.places_of(|| {
            let place = |record: &Arc<Kept>| match self.register.kind(&record.standing.kind) {
                Some(kind) => place::place(&self.search, kind, &record.text(sight)),
                None => Ok(Bytes::from_static(b"}")),
            };
            records.iter().map(place).collect()
        })
    }
}
