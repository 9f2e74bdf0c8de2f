//! Reading the feed as one caller sees it.

use diesel::connection::DefaultLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::chunks::Pieces;
use crate::api::{Chunks, Outcome, Problem};
use crate::db::schema::feed;
use crate::db::{Cell, Connection, Id, Instant, Moment, Sql, Stored, StoredText, Uid};
use crate::records::expand::RecordRef;
use crate::records::model::state;
use crate::records::view::{RecordState, Sight};

/// A page ends with the item that takes it over this many bytes, so that many readers at once do not fill the memory.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// What is asked of the feed.
pub struct Wanted {
    /// Positions after this one.
    pub after: i64,
    /// Kinds; all when empty.
    pub kinds: Vec<String>,
    pub limit: i64,
    pub with_records: bool,
}

/// 变更流中的一项。One change, as the caller may see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Change {
    /// 位置,按提交次序递增。Position; rises in commit order.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    pub seq: i64,
    /// 时间 (UTC)。When (UTC).
    #[schema(value_type = String, format = "date-time", max_length = 24)]
    pub at: Moment,
    /// 种类.动作;removed 表示该记录离开了调用方的视野。`{kind}.{action}`; `removed` when it left the caller's view.
    #[schema(max_length = 80, pattern = "^[a-z_]+\\.[a-z_]+$")]
    pub r#type: String,
    /// 记录种类。Kind of the record.
    #[schema(max_length = 40, pattern = "^[a-z-]+$")]
    pub kind: String,
    /// 记录。The record.
    pub r#ref: RecordRef,
    /// 修订号。Revision that it brought.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    pub revision: i64,
    /// 变更后的状态;墓碑没有。State after it; absent on tombstones of records that left the view.
    #[schema(value_type = Option<RecordState>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// 副本应删除该记录。True when a copy must drop the record.
    pub tombstone: bool,
}

/// One page of the feed.
pub struct Page {
    /// The items as JSON in UTF-8 with commas between, each with its record when that was asked for, in pieces.
    items: Pieces,
    next_after: i64,
    has_more: bool,
}

impl Page {
    pub fn empty(next_after: i64) -> Page {
        Page { items: Page::begun(), next_after, has_more: false }
    }

    fn begun() -> Pieces {
        let mut items = Pieces::default();
        items.room().extend_from_slice(b"{\"items\":[");
        items
    }

    /// Its JSON.
    pub fn into_chunks(mut self) -> Chunks {
        let (next, more) = (self.next_after, self.has_more);
        let end = format!("],\"next_after\":{next},\"has_more\":{more}}}");
        self.items.room().extend_from_slice(end.as_bytes());
        self.items.into()
    }
}

/// Positions that one page looks at: a caller who sees little of a long stretch gets an empty page and goes on.
const WINDOW: i64 = 20_000;

type Row = (i64, Id, String, String, i64, String, String, Moment, bool, Option<StoredText>);
type RowTypes = (BigInt, Uid, Text, Text, BigInt, Text, Text, Instant, Bool, Nullable<Stored>);

/// The last position of the feed.
pub fn head(conn: &mut Connection) -> Outcome<i64> {
    Ok(feed::table.select(feed::seq).get_result(conn)?)
}

/// The changes after a position that the caller may see, in commit order; `singular` names a kind in feed types.
pub fn page(
    wanted: &Wanted,
    sight: &Sight,
    singular: impl Fn(&str) -> &'static str,
    conn: &mut Connection,
) -> Outcome<Page> {
    // The head first: what is committed after this look belongs to the next page.
    let head = head(conn)?;
    let end = head.min(wanted.after.saturating_add(WINDOW));
    if end <= wanted.after {
        return Ok(Page::empty(wanted.after));
    }
    let (mut items, mut count, mut last) = (Page::begun(), 0, wanted.after);
    // Row by row: a page of records goes through the memory once.
    for row in statement(wanted, end, sight).load_iter::<Row, DefaultLoadingMode>(conn)? {
        if count == wanted.limit || (count > 0 && items.length() > MOST_BYTES) {
            return Ok(Page { items, next_after: last, has_more: true });
        }
        let row = row?;
        last = row.0;
        let item = items.room();
        if count > 0 {
            item.push(b',');
        }
        write(row, &singular, item)?;
        count += 1;
    }
    Ok(Page { items, next_after: end, has_more: end < head })
}

fn statement(wanted: &Wanted, end: i64, sight: &Sight) -> Sql<RowTypes> {
    let mut sql = Sql::new("SELECT c.seq, c.record_id, c.kind, c.code, c.revision, c.action, c.state, c.at, ");
    sql.append(visible(sight, "c")).push(", ");
    sql.push_stored(if wanted.with_records { sight.answer() } else { "CAST(NULL AS text)" });
    sql.push(" FROM changes c");
    if wanted.with_records {
        sql.push(" LEFT JOIN records r ON r.id = c.record_id AND ").append(sight.condition("r"));
    }
    sql.push(" WHERE c.seq > ").bind(Cell::Integer(Some(wanted.after)));
    sql.push(" AND c.seq <= ").bind(Cell::Integer(Some(end)));
    if !wanted.kinds.is_empty() {
        sql.push(" AND c.kind IN (").bind_all(wanted.kinds.iter().map(Cell::text)).push(")");
    }
    sql.push(" AND (").append(visible(sight, "c"));
    // What the caller cannot see now but saw before has left its view.
    sql.push(
        " OR EXISTS (SELECT 1 FROM changes p WHERE p.seq = (SELECT MAX(q.seq) FROM changes q \
         WHERE q.record_id = c.record_id AND q.seq < c.seq) AND ",
    );
    sql.append(visible(sight, "p")).push(format!(")) ORDER BY c.seq LIMIT {}", wanted.limit + 1));
    sql
}

/// Whether the caller saw a record when this change was made; a withdrawn one is seen as a tombstone by all who saw it.
fn visible(sight: &Sight, alias: &'static str) -> Sql {
    let mut sql: Sql = Sql::new("(");
    sql.append(sight.condition(alias));
    sql.push(format!(" OR ({alias}.state = 'withdrawn' AND {alias}.published))"));
    sql
}

fn write(row: Row, singular: &impl Fn(&str) -> &'static str, item: &mut Vec<u8>) -> Outcome<()> {
    let (seq, id, kind, code, revision, action, after, at, is_visible, document) = row;
    let tombstone = !is_visible || action == "deleted" || after == state::WITHDRAWN;
    let action = if is_visible { action.as_str() } else { "removed" };
    let change = Change {
        seq,
        at,
        r#type: format!("{}.{action}", singular(&kind)),
        kind,
        r#ref: RecordRef { id, code },
        revision,
        state: is_visible.then_some(after),
        tombstone,
    };
    serde_json::to_writer(&mut *item, &change).map_err(Problem::internal)?;
    if let Some(StoredText(record)) = document.filter(|_| !tombstone) {
        item.pop();
        item.extend_from_slice(b",\"record\":");
        item.extend_from_slice(&record);
        item.push(b'}');
    }
    Ok(())
}
