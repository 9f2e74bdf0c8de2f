//! Lists: one query for all kinds, keyset paging, and pages made by copying stored text.

mod fields;
mod order;
mod route;
mod statement;

use diesel::prelude::*;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::canonical::hex;
use super::expand::Expansion;
use super::filters::{Filters, parameter_names};
use super::kind::Kind;
use super::register::Registered;
use super::view::Sight;
use crate::api::query::Query;
use crate::api::{Outcome, Problem};
use crate::db::{Connection, StoredText};

pub use fields::{check_fields, picked};
pub use order::{Cursor, SORTS, sort_names};
use order::{SortKey, sort_keys};

/// Bounds of `limit`.
pub const MAX_LIMIT: i64 = 200;
pub const DEFAULT_LIMIT: i64 = 50;

/// Parameters of every list that are no filters.
pub const PARAMETERS: [&str; 6] = ["limit", "cursor", "include_total", "sort", "fields", "expand"];

/// A list as it was asked for.
pub struct Listing {
    filters: Filters,
    limit: i64,
    sort: Vec<SortKey>,
    cursor: Option<Cursor>,
    include_total: bool,
    fields: Vec<String>,
    expansion: Expansion,
    /// Hash of everything that decides which rows come in which order; a cursor belongs to one.
    fingerprint: String,
    /// The query string without `cursor`, for the next link.
    link: String,
}

/// One page, ready to be sent.
pub struct Page {
    /// Its JSON in UTF-8, in pieces.
    pub pieces: Vec<Vec<u8>>,
    pub next: Option<String>,
}

impl Listing {
    /// Reads the query of a list; everything unknown is refused.
    pub fn read(kind: &Registered, query: &Query, query_string: &str) -> Outcome<Listing> {
        let limit = query.take_int("limit", 1, MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
        let include_total = query.take_bool("include_total")?.unwrap_or(false);
        let cursor = query.take("cursor");
        let sort = sort_keys(kind, query.take("sort"))?;
        let fields: Vec<String> =
            query.take("fields").map(|text| text.split(',').map(str::to_owned).collect()).unwrap_or_default();
        check_fields(kind, &fields)?;
        let expansion = Expansion::take(kind, query)?;
        let filters = Filters::take(kind, query)?;
        query.finish_or_guess(|| {
            parameter_names(kind).into_iter().chain(PARAMETERS.map(str::to_owned)).collect::<Vec<_>>()
        })?;
        let (link, fingerprint) = fingerprint(kind.name, query_string);
        let cursor = cursor.map(|text| Cursor::read(&text, &fingerprint, sort.len())).transpose()?;
        Ok(Listing { filters, limit, sort, cursor, include_total, fields, expansion, fingerprint, link })
    }

    /// Runs the list for a caller and writes the page.
    pub fn run(&self, kind: &Kind, sight: &Sight, conn: &mut Connection) -> Outcome<Page> {
        let conditions = self.filters.resolve(kind, sight, conn)?;
        let route = self.route(kind, &conditions, conn)?;
        let mut rows: Vec<StoredText> = self.rows(kind, &conditions, sight, &route)?.load(conn)?;
        let total = match self.include_total {
            true => Some(self.count(kind, &conditions, sight).get_result::<i64>(conn)?),
            false => None,
        };
        let has_more = rows.len() as i64 > self.limit;
        rows.truncate(self.limit as usize);
        let next = match rows.last().filter(|_| has_more) {
            Some(last) => Some(self.cursor_after(&last.0)?),
            None => None,
        };
        if !self.expansion.is_empty() {
            rows = self.expansion.apply(kind, rows, sight, conn)?;
        }
        let mut pieces = Vec::with_capacity(rows.len() + 2);
        pieces.push(b"{\"items\":[".to_vec());
        let last = rows.len().saturating_sub(1);
        for (index, StoredText(row)) in rows.into_iter().enumerate() {
            let mut piece = if self.fields.is_empty() { row } else { picked(&row, &self.fields)? };
            if index < last {
                piece.push(b',');
            }
            pieces.push(piece);
        }
        pieces.push(self.end(has_more, next.as_deref(), total).into_bytes());
        Ok(Page { pieces, next })
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

    fn cursor_after(&self, row: &[u8]) -> Outcome<String> {
        let id = || std::str::from_utf8(row.get(ID_PLACE)?).ok()?.parse().ok();
        let id = id().ok_or_else(|| Problem::internal("an answer that does not begin with its id"))?;
        let mut keys = Vec::with_capacity(self.sort.len());
        if !self.sort.is_empty() {
            let answer: Value = serde_json::from_slice(row).map_err(Problem::internal)?;
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            keys.extend(self.sort.iter().map(|key| answer.pointer(&key.at).map(text).unwrap_or_default()));
        }
        Cursor::after(keys, id, &self.fingerprint).text()
    }
}

/// Where the id stands in every stored answer: after `{"id":"`.
const ID_PLACE: std::ops::Range<usize> = 7..43;

/// The query string of the page after `cursor`.
pub fn next_query(link: &str, cursor: &str) -> String {
    if link.is_empty() { format!("cursor={cursor}") } else { format!("{link}&cursor={cursor}") }
}

/// The query string of a list without `cursor`, for the next link, and the hash of all that decides which rows come in
/// which order: neither the page's size nor what is shown of a row does.
pub fn fingerprint(list: &str, query_string: &str) -> (String, String) {
    let mut parameters: Vec<&str> = query_string.split('&').filter(|pair| !pair.is_empty()).collect();
    parameters.retain(|pair| !pair.starts_with("cursor="));
    let link = parameters.join("&");
    parameters
        .retain(|pair| !["limit=", "include_total=", "fields=", "expand="].iter().any(|name| pair.starts_with(name)));
    parameters.sort_unstable();
    (link, hex(&Sha256::digest(format!("{list}?{}", parameters.join("&")))[..8]))
}
