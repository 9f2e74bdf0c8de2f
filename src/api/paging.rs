//! Keyset paging (RFC 8288 §3): cursors, the query string of the next page, and limits.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::restores;
use crate::api::query::Query;
use crate::db::{Connection, Id};
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::reference::canonical::hex;

/// Parameters that do not determine rows and order: the size and place of the page, and the choice of members.
const OF_PAGES: [&str; 5] = ["limit", "cursor", "include_total", "fields", "expand"];

/// The query string of a list without `cursor`, for the next link, and the hash of all that determines rows and order, in
/// whatever spelling it came. To be called after every parameter was taken.
pub fn fingerprint(list: &str, query: &Query) -> (String, String) {
    let meaning = format!("{list}?{}", query.meaning(&OF_PAGES));
    let (link, hash) = (query.written_without("cursor"), hex(&Sha256::digest(meaning)[..8]));
    match query.restores() {
        0 => (link, hash),
        restores => (link, format!("{hash}.r{restores}")),
    }
}

/// The query string of the page after `cursor`.
pub fn next_query(link: &str, cursor: &str) -> String {
    if link.is_empty() { format!("cursor={cursor}") } else { format!("{link}&cursor={cursor}") }
}

/// What follows the last item of a page.
pub fn end_of_page(limit: i64, has_more: bool, next: Option<&str>, total: Option<i64>, near: &[String]) -> String {
    let mut end = format!("],\"page\":{{\"limit\":{limit},\"has_more\":{has_more}");
    if let Some(next) = next {
        end.push_str(&format!(",\"next_cursor\":\"{next}\""));
    }
    if let Some(total) = total {
        end.push_str(&format!(",\"total\":{total}"));
    }
    if !near.is_empty() {
        end.push_str(&format!(",\"did_you_mean\":{}", json!(near)));
    }
    end.push_str("}}");
    end
}

/// Bounds of `limit`.
pub const MAX_LIMIT: i64 = 200;

pub const DEFAULT_LIMIT: i64 = 50;

/// The longest cursor.
pub const LONGEST: usize = 4096;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Cursor {
    v: u8,
    /// Values of the sort keys of the last row.
    pub k: Vec<String>,
    /// Its id.
    pub i: Id,
    /// Fingerprint of the list.
    f: String,
}

impl Cursor {
    /// The cursor behind a row: the values of its sort keys, its id, and the fingerprint of the list.
    pub fn after(keys: Vec<String>, id: Id, fingerprint: &str) -> Cursor {
        Cursor { v: 1, k: keys, i: id, f: fingerprint.to_owned() }
    }

    /// The id of the row that it stands behind.
    pub fn id(&self) -> Id {
        self.i
    }

    pub fn text(&self) -> Outcome<String> {
        Ok(BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).map_err(Problem::internal)?))
    }

    /// Takes `cursor` out of a query. Whether it [fits](Cursor::check) the list is checked when the whole query has
    /// been read.
    pub fn take(query: &Query) -> Option<Cursor> {
        let read = |text: &str| {
            let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok().filter(|_| text.len() <= LONGEST)?;
            let cursor: Cursor = serde_json::from_slice(&bytes).ok()?;
            (cursor.v == 1 && cursor.k.iter().all(|key| !key.contains('\0'))).then_some(cursor)
        };
        query.take_as("cursor", |text| read(text).ok_or_else(|| Fault::parameter("cursor", "invalid-value")))
    }

    /// Refuses a cursor of another list: `cursor-mismatch`.
    pub fn check(self, fingerprint: &str, keys: usize) -> Outcome<Cursor> {
        match list_and_restores(&self.f).0 == list_and_restores(fingerprint).0 && self.k.len() == keys {
            true => Ok(self),
            false => Err(Problem::new(Code::CursorMismatch)),
        }
    }

    /// Refuses a cursor of before a restore: `register-restored`. The database is asked, because another process may have heard
    /// of it first.
    pub fn check_restores(&self, conn: &mut Connection) -> Outcome<()> {
        let count = restores::counted(conn)?;
        match list_and_restores(&self.f).1 == count {
            true => Ok(()),
            false => Err(restores::refused("cursor", count)),
        }
    }
}

/// The hash of a list, and the number of restores when it was read.
fn list_and_restores(fingerprint: &str) -> (&str, i64) {
    let (list, restores) = fingerprint.split_once(".r").unwrap_or((fingerprint, "0"));
    (list, restores.parse().unwrap_or_default())
}
