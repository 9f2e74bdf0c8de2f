//! Lists: one query for all kinds, keyset paging, and pages made of stored texts.

mod order;
pub mod route;
mod statement;

use std::sync::{Arc, OnceLock};

use actix_web::web::Bytes;
use diesel::prelude::*;
use serde_json::Value;

use crate::api::paging::{DEFAULT_LIMIT, MAX_LIMIT, end_of_page, fingerprint, next_query};
use crate::api::query::Query;
use crate::db::{Connection, Id};
use crate::kind::Kind;
use crate::kind::condition::{Condition, Wanted};
use crate::kind::pointers::value_at;
use crate::kind::register::Registered;
use crate::kind::search::Search;
use crate::problem::{Outcome, Problem};
use crate::reading::cache::{Kept, Shelf};
use crate::reading::expand::{Expansion, Lens};
use crate::reading::filled::{Filled, filled};
use crate::reading::filters::{Filters, parameter_names};
use crate::reading::list::order::{SortKey, take_sort};
use crate::reading::list::route::{FEW, MANY, least};
use crate::reading::pages::{Asked, Matched};
use crate::reading::search::place::place;
use crate::reading::search::{self, Ranked, Row};
use crate::reading::selection::Selection;
use crate::records::sight::Sight;

pub use crate::api::paging::Cursor;
pub use order::{SORTS, sort_names};

/// Parameters of every list that are no filters.
pub const PARAMETERS: [&str; 6] = ["limit", "cursor", "include_total", "sort", "fields", "expand"];

/// A list request.
pub struct Listing {
    filters: Filters,
    limit: i64,
    sort: Vec<SortKey>,
    cursor: Option<Cursor>,
    include_total: bool,
    expansion: Expansion,
    /// Hash of everything that determines rows and order; a cursor is valid for one such hash.
    fingerprint: String,
    /// What the query means, but for the members that are shown: what determines the page.
    meaning: String,
    /// The query string without `cursor`, for the next link.
    link: String,
}

/// One page, ready to be sent.
pub struct Page {
    /// Its JSON in UTF-8, in pieces.
    pub pieces: Vec<Bytes>,
    pub next: Option<String>,
}

impl Listing {
    /// Reads the query of a list; everything unknown is refused.
    pub fn read(kind: &Registered, query: &Query) -> Outcome<Listing> {
        Listing::read_narrowed(kind.name, kind, query, Vec::new())
    }

    /// The same of a list of its own name that has only records which meet these conditions.
    pub fn read_narrowed(name: &str, kind: &Registered, query: &Query, conditions: Vec<Condition>) -> Outcome<Listing> {
        let limit = query.take_int("limit", 1, MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
        let include_total = query.take_bool("include_total").unwrap_or(false);
        let cursor = Cursor::take(query);
        let sort = take_sort(kind, query);
        let expansion = Expansion::take(kind, query);
        let mut filters = Filters::take(kind, query);
        query.finish_or_guess(|| {
            parameter_names(kind).into_iter().chain(PARAMETERS.map(str::to_owned)).collect::<Vec<_>>()
        })?;
        filters.wanted.extend(conditions.into_iter().map(Wanted::Ready));
        let (link, fingerprint) = fingerprint(name, query);
        // Without sort keys what is searched comes by its class.
        let keys = if filters.search.is_some() && sort.is_empty() { 1 } else { sort.len() };
        let cursor = cursor.map(|cursor| cursor.check(&fingerprint, keys)).transpose()?;
        let meaning = format!("{name}?{}", query.meaning(&["fields", "expand"]));
        Ok(Listing { filters, limit, sort, cursor, include_total, expansion, fingerprint, meaning, link })
    }

    /// Runs the list for a caller and writes the page.
    pub fn run(&self, kind: &'static Kind, sight: &Sight, shelf: &Shelf, conn: &mut Connection) -> Outcome<Page> {
        let lens = Lens { sight, shelf, position: None };
        self.run_as(kind, &lens, |rows, lens, conn| self.expansion.apply(kind, rows, lens, conn), conn)
    }

    /// The same with items that `write` makes of the records, with a lens at their position.
    pub fn run_as(
        &self,
        kind: &'static Kind,
        lens: &Lens,
        write: impl FnOnce(&[Arc<Kept>], &Lens, &mut Connection) -> Outcome<Vec<Bytes>>,
        conn: &mut Connection,
    ) -> Outcome<Page> {
        let Lens { sight, shelf, .. } = *lens;
        if let Some(cursor) = &self.cursor {
            cursor.check_restores(conn)?;
        }
        let asked = Asked { kind: kind.name, query: self.meaning.clone(), sight: sight.clone() };
        let select = |conn: &mut Connection| self.select(kind, sight, conn);
        let Filled { matched, records: rows, position } =
            filled(asked, self.filters.search.is_some(), shelf, select, conn)?;
        let (has_more, total) = (matched.has_more || rows.len() < matched.rows.len(), matched.total);
        let next = match rows.last().filter(|_| has_more) {
            Some(last) => Some(self.cursor_after(last, matched.classes.get(rows.len() - 1), sight)?),
            None => None,
        };
        let places = self.places(kind, &matched, &rows, sight)?;
        let mut pieces = Vec::with_capacity(3 * rows.len() + 2);
        pieces.push(Bytes::from_static(b"{\"items\":["));
        let answers = write(&rows, &Lens { sight, shelf, position: Some(position) }, conn)?;
        for (index, answer) in answers.into_iter().enumerate() {
            if index > 0 {
                pieces.push(Bytes::from_static(b","));
            }
            match places.get(index) {
                Some(place) => pieces.extend([answer.slice(..answer.len() - 1), place.clone()]),
                None => pieces.push(answer),
            }
        }
        pieces.push(end_of_page(self.limit, has_more, next.as_deref(), total, &matched.near).into());
        Ok(Page { pieces, next })
    }

    /// Asks the database which records match.
    fn select(&self, kind: &Kind, sight: &Sight, conn: &mut Connection) -> Outcome<Matched> {
        let selection = Selection::of(&self.filters, kind, sight, conn)?;
        let (mut rows, mut classes): (Vec<(Id, i64)>, Vec<i64>) = match self.searched() {
            Some(search) => {
                let rows = self.ranked(search, &selection, conn)?;
                rows.into_iter().map(|(class, id, revision)| ((id, revision), class)).unzip()
            }
            None => {
                let route = self.route(&selection, conn)?;
                (self.rows(&selection, &route)?.load::<(Id, i64)>(conn)?, Vec::new())
            }
        };
        let has_more = rows.len() as i64 > self.limit;
        rows.truncate(self.limit as usize);
        classes.truncate(self.limit as usize);
        let total = if self.include_total { Some(selection.count(conn)?) } else { None };
        let near = match &self.filters.search {
            Some(search) if rows.is_empty() && self.cursor.is_none() => search::near(search, &[kind], sight, conn)?,
            _ => Vec::new(),
        };
        Ok(Matched { rows, has_more, total, near, classes, places: OnceLock::new() })
    }

    /// What is searched, if the best come first.
    fn searched(&self) -> Option<&Search> {
        self.filters.search.as_ref().filter(|_| self.sort.is_empty())
    }

    fn ranked(&self, search: &Search, selection: &Selection, conn: &mut Connection) -> Outcome<Vec<Row>> {
        let found = search::found_up_to(FEW, search, &[selection.kind], conn)?;
        let least = if found < FEW { None } else { least(selection, conn)? };
        let by_filter = least.filter(|(matches, _)| *matches < MANY).map(|(_, column)| column);
        let ranked = Ranked { search, after: search::after(self.cursor.as_ref())?, limit: self.limit, by_filter };
        ranked.rows(found, &|route, sql| selection.push_from(route, sql), conn)
    }

    /// For every record of a search the end of its item, which says where it was matched.
    fn places(&self, kind: &Kind, matched: &Matched, rows: &[Arc<Kept>], sight: &Sight) -> Outcome<Vec<Bytes>> {
        let Some(search) = &self.filters.search else { return Ok(Vec::new()) };
        matched.places_of(|| rows.iter().map(|row| place(search, kind, &row.text(sight))).collect())
    }

    /// The query string of the next page.
    pub fn next_query(&self, cursor: &str) -> String {
        next_query(&self.link, cursor)
    }

    /// The cursor behind a record, which is of this class if it was searched for.
    fn cursor_after(&self, last: &Kept, class: Option<&i64>, sight: &Sight) -> Outcome<String> {
        let mut keys: Vec<String> = class.into_iter().map(i64::to_string).collect();
        if !self.sort.is_empty() {
            let answer: Value = serde_json::from_slice(&last.text(sight)).map_err(Problem::internal)?;
            let text = |value: &Value| {
                let plain = value.get("amount").unwrap_or(value);
                plain.as_str().map_or_else(|| plain.to_string(), str::to_owned)
            };
            keys.extend(self.sort.iter().map(|key| value_at(&key.at, &answer).map(text).unwrap_or_default()));
        }
        Cursor::after(keys, last.standing.id, &self.fingerprint).text()
    }
}
