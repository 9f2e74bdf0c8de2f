//! Lists: one query for all kinds, keyset paging, and pages made of stored texts.

mod order;
pub mod route;
mod statement;

use std::sync::Arc;

use actix_web::web::Bytes;
use diesel::prelude::*;
use serde_json::Value;

use crate::api::paging::{DEFAULT_LIMIT, MAX_LIMIT, fingerprint, next_query};
use crate::api::query::Query;
use crate::db::{Connection, Id};
use crate::kind::Kind;
use crate::kind::pointers::value_at;
use crate::kind::register::Registered;
use crate::problem::{Outcome, Problem};
use crate::reading::cache::{Fill, Kept, Shelf};
use crate::reading::expand::{Expansion, Lens};
use crate::reading::filters::{Filters, parameter_names};
use crate::reading::list::order::{SortKey, take_sort};
use crate::reading::pages::{Asked, Mark, Matched};
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

/// The records of a page, up to the one that fills it.
struct Filled {
    matched: Arc<Matched>,
    records: Vec<Arc<Kept>>,
    /// The position of the feed that they are as new as.
    position: i64,
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
        let limit = query.take_int("limit", 1, MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
        let include_total = query.take_bool("include_total").unwrap_or(false);
        let cursor = Cursor::take(query);
        let sort = take_sort(kind, query);
        let expansion = Expansion::take(kind, query);
        let filters = Filters::take(kind, query);
        query.finish_or_guess(|| {
            parameter_names(kind).into_iter().chain(PARAMETERS.map(str::to_owned)).collect::<Vec<_>>()
        })?;
        let (link, fingerprint) = fingerprint(kind.name, query);
        let cursor = cursor.map(|cursor| cursor.check(&fingerprint, sort.len())).transpose()?;
        let meaning = query.meaning(&["fields", "expand"]);
        Ok(Listing { filters, limit, sort, cursor, include_total, expansion, fingerprint, meaning, link })
    }

    /// Runs the list for a caller and writes the page.
    pub fn run(&self, kind: &'static Kind, sight: &Sight, shelf: &Shelf, conn: &mut Connection) -> Outcome<Page> {
        if let Some(cursor) = &self.cursor {
            cursor.check_restores(conn)?;
        }
        let Filled { matched, records: rows, position } = self.records(kind, sight, shelf, conn)?;
        let (has_more, total) = (matched.has_more || rows.len() < matched.rows.len(), matched.total);
        let next = match rows.last().filter(|_| has_more) {
            Some(last) => Some(self.cursor_after(last.standing.id, &last.text(sight))?),
            None => None,
        };
        let mut pieces = Vec::with_capacity(2 * rows.len() + 1);
        pieces.push(Bytes::from_static(b"{\"items\":["));
        let answers = self.expansion.apply(kind, &rows, &Lens { sight, shelf, position: Some(position) }, conn)?;
        for (index, answer) in answers.into_iter().enumerate() {
            if index > 0 {
                pieces.push(Bytes::from_static(b","));
            }
            pieces.push(answer);
        }
        pieces.push(self.end(has_more, next.as_deref(), total).into_bytes().into());
        Ok(Page { pieces, next })
    }

    /// The records of one page. When records changed after they were selected, they are selected again, so that every record
    /// matches the request.
    fn records(&self, kind: &'static Kind, sight: &Sight, shelf: &Shelf, conn: &mut Connection) -> Outcome<Filled> {
        let asked = Asked { kind: kind.name, query: self.meaning.clone(), sight: sight.clone() };
        for _ in 0..TRIES {
            // Taken before the records are selected, so that these are at least as new.
            let database = shelf.pages.database();
            let position = shelf.follow(conn)?;
            let matched = match shelf.pages.get(&asked) {
                Some(matched) => matched,
                None => {
                    let matched = Arc::new(self.select(kind, sight, conn)?);
                    shelf.pages.keep(asked.clone(), Mark { position, database }, matched.clone());
                    matched
                }
            };
            if let Some(records) = filled(&matched.rows, sight, shelf, position, conn)? {
                return Ok(Filled { matched, records, position });
            }
            shelf.pages.remove(&asked);
        }
        Err(Problem::unavailable("the records of a page changed whenever they were read"))
    }

    /// Asks the database which records match.
    fn select(&self, kind: &Kind, sight: &Sight, conn: &mut Connection) -> Outcome<Matched> {
        let selection = Selection::of(&self.filters, kind, sight, conn)?;
        let route = self.route(&selection, conn)?;
        let mut rows: Vec<(Id, i64)> = self.rows(&selection, &route)?.load(conn)?;
        let has_more = rows.len() as i64 > self.limit;
        rows.truncate(self.limit as usize);
        let total = if self.include_total { Some(selection.count(conn)?) } else { None };
        Ok(Matched { rows, has_more, total })
    }

    /// What follows the last item.
    fn end(&self, has_more: bool, next: Option<&str>, total: Option<i64>) -> String {
        let mut end = format!("],\"page\":{{\"limit\":{},\"has_more\":{has_more}", self.limit);
        if let Some(next) = next {
            end.push_str(&format!(",\"next_cursor\":\"{next}\""));
        }
        if let Some(total) = total {
            end.push_str(&format!(",\"total\":{total}"));
        }
        end.push_str("}}");
        end
    }

    /// The query string of the next page.
    pub fn next_query(&self, cursor: &str) -> String {
        next_query(&self.link, cursor)
    }

    fn cursor_after(&self, id: Id, row: &[u8]) -> Outcome<String> {
        let mut keys = Vec::with_capacity(self.sort.len());
        if !self.sort.is_empty() {
            let answer: Value = serde_json::from_slice(row).map_err(Problem::internal)?;
            let text = |value: &Value| {
                let plain = value.get("amount").unwrap_or(value);
                plain.as_str().map_or_else(|| plain.to_string(), str::to_owned)
            };
            keys.extend(self.sort.iter().map(|key| value_at(&key.at, &answer).map(text).unwrap_or_default()));
        }
        Cursor::after(keys, id, &self.fingerprint).text()
    }
}

/// The records of these rows, up to the one that fills the page; `None` when one of them has another revision by now.
fn filled(
    rows: &[(Id, i64)],
    sight: &Sight,
    shelf: &Shelf,
    position: i64,
    conn: &mut Connection,
) -> Outcome<Option<Vec<Arc<Kept>>>> {
    let (mut records, mut fill, mut rest) = (Vec::with_capacity(rows.len()), Fill::starting_with(FIRST), rows);
    while !rest.is_empty() && !fill.is_full() {
        let part;
        (part, rest) = rest.split_at(fill.room().min(rest.len()));
        let wanted: Vec<(Id, Option<i64>)> = part.iter().map(|(id, revision)| (*id, Some(*revision))).collect();
        for ((_, revision), record) in part.iter().zip(shelf.fetch(&wanted, Some(position), conn)?) {
            let Some(record) = record.filter(|record| record.standing.revision == *revision) else { return Ok(None) };
            if fill.is_full() {
                break;
            }
            fill.add(record.text(sight).len());
            records.push(record);
        }
    }
    Ok(Some(records))
}

/// Records that are fetched first: those of an ordinary page.
const FIRST: usize = DEFAULT_LIMIT as usize;

/// How often a page is read again because its records changed while they were read.
const TRIES: usize = 10;
