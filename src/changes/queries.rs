//! Reading the feed as one caller sees it.

use actix_web::web::{BufMut, Bytes, BytesMut};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::api::{Chunks, restores};
use crate::auth::Principal;
use crate::db::{Cell, Connection, Id, Instant, Moment, Sql, Uid, Word};
use crate::forms::envelope::{Envelope, RecordState};
use crate::introductions;
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::reading::cache::{Fill, Shelf};
use crate::records::rows::state;
use crate::records::sight::Sight;

/// A request for a page of the feed.
pub struct Wanted {
    /// Positions after this one.
    pub after: i64,
    /// Kinds; all when empty.
    pub kinds: Vec<String>,
    pub limit: i64,
    pub with_records: bool,
}

/// 变更流中的一项。One change, as the caller may see it.
#[derive(Serialize, ToSchema)]
pub struct Change<'a> {
    /// 位置，按提交次序递增。Position; rises in commit order.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    pub seq: i64,
    /// 时间（UTC）。When (UTC).
    #[schema(value_type = String, format = "date-time", max_length = 24)]
    pub at: Moment,
    /// 种类.动作；register.restored 表示登记簿已从备份恢复；merged 表示并入 merged_into,removed 表示调用方不再可见该记录。`{kind}.{action}`; `register.restored`
    /// when the register was set back to a backup; `merged` when it was merged into
    /// `merged_into`, `removed` when it left the caller's view.
    #[schema(value_type = String, max_length = 80, pattern = "^[a-z_]+\\.[a-z_]+$")]
    pub r#type: Type<'a>,
    /// 记录种类。Kind of the record.
    #[schema(max_length = 40, pattern = "^[a-z-]+$")]
    pub kind: &'a str,
    /// 记录。The record.
    pub r#ref: Reference<'a>,
    /// 修订号。Revision that it brought.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    pub revision: i64,
    /// 变更后的状态；删除标记没有，对接的状态见 type。State after it; absent on tombstones of records that left the view, and of introductions,
    /// whose type says it.
    #[schema(value_type = Option<RecordState>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'a str>,
    /// 副本应删除该记录。True when a copy must drop the record.
    pub tombstone: bool,
    /// 登记簿从备份恢复（register.restored）：恢复之前仍然有效的最后位置。副本应删去在其后得到的内容并重新读取。On `register.restored`: the last
    /// position of before that is still true. A copy drops what it learned behind it, and reads that again.
    #[schema(minimum = 0, maximum = 9007199254740991_i64)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub true_until: Option<i64>,
    /// 登记簿从备份恢复的累计次数（register.restored）。On `register.restored`: how often that was done in all.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restores: Option<i64>,
    /// 并入的记录：副本中对本记录的引用应转至该记录。What the record was merged into: a copy's references to it lead there now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<Reference<'a>>,
    /// 记录现状（`include=record`；删除标记与对接没有）：此处为各种类共有的成员，其余成员见该种类的记录，如 InstrumentRecord。The record as it is now
    /// (`include=record`; none on tombstones and of introductions): these members are common to all kinds, the others are those of the kind's record,
    /// such as InstrumentRecord.
    #[schema(value_type = Option<Envelope>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<&'a RawValue>,
}

/// `{kind}.{action}`.
pub struct Type<'a>(&'a str, &'a str);

impl Serialize for Type<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}.{}", self.0, self.1))
    }
}

/// 记录的标识与编号。Id and code of a record.
#[derive(Serialize, ToSchema)]
#[schema(as = RecordRef)]
pub struct Reference<'a> {
    /// 记录标识。Identifier.
    #[schema(value_type = String, format = "uuid", max_length = 36)]
    pub id: Id,
    /// 记录编号。Code.
    #[schema(pattern = "^[A-Z]{3}-[1-9][0-9]{3}-([0-9]{6}|[1-9][0-9]{6})-[0-9]$", max_length = 18)]
    pub code: &'a str,
}

/// One page of the feed.
pub struct Page {
    /// Its JSON in UTF-8 up to the last item, in pieces.
    pieces: Vec<Bytes>,
    next_after: i64,
    has_more: bool,
}

impl Page {
    pub fn empty(next_after: i64) -> Page {
        Page { pieces: Written::default().end(), next_after, has_more: false }
    }

    /// Its JSON.
    pub fn into_chunks(mut self) -> Chunks {
        let (next, more) = (self.next_after, self.has_more);
        let end = format!("],\"next_after\":{next},\"has_more\":{more}}}");
        self.pieces.push(end.into());
        Chunks::new(self.pieces)
    }
}

/// Records that are fetched first.
const FIRST: usize = 16;

/// Positions scanned for one page: a caller that sees little of a long range gets an empty page and goes on.
const WINDOW: i64 = 20_000;

type Row = (i64, Id, Word, Word, i64, Word, Word, Moment, Option<Id>, Option<Word>, Option<i64>, bool);
type RowTypes =
    (BigInt, Uid, Text, Text, BigInt, Text, Text, Instant, Nullable<Uid>, Nullable<Text>, Nullable<BigInt>, Bool);

/// The changes after a position that the caller may see, in commit order; `singular` names a kind in feed types.
pub fn page(
    wanted: &Wanted,
    principal: &Principal,
    singular: impl Fn(&str) -> &'static str,
    shelf: &Shelf,
    conn: &mut Connection,
) -> Outcome<Page> {
    let sight = &Sight::of(Some(principal));
    // The head first: what is committed afterwards belongs to the next page.
    let head = shelf.follow(conn)?;
    let lost = match shelf.restores() {
        0 => None,
        _ => restores::lost(wanted.after, conn)?,
    };
    if let Some(read_from) = lost {
        return Err(restores::refused("position", shelf.restores()).member("read_from", read_from));
    }
    if wanted.after > head {
        // This register never returned such a position: a reader that continued from it would miss everything up to
        // there.
        let fault = Fault::parameter("after", "maximum").arg("limit", head);
        return Err(Problem::of_faults(Code::InvalidParameter, vec![fault]));
    }
    let end = head.min(wanted.after.saturating_add(WINDOW));
    let end = if shelf.restores() > 0 { super::restores::whole(end, conn)? } else { end };
    if end <= wanted.after {
        return Ok(Page::empty(wanted.after));
    }
    let mut rows: Vec<Row> = statement(wanted, end, (sight, principal)).load(conn)?;
    let cut = rows.len() as i64 > wanted.limit;
    rows.truncate(wanted.limit as usize);
    let mut written = Written::default();
    let mut rest = &rows[..];
    while !rest.is_empty() && !written.fill.is_full() {
        let part;
        (part, rest) = rest.split_at(written.fill.room().min(rest.len()));
        let shown =
            |row: &&Row| wanted.with_records && !is_tombstone(row) && row.10.is_none() && !is_introduction(&row.2);
        let records: Vec<(Id, Option<i64>)> = part.iter().filter(shown).map(|row| (row.1, None)).collect();
        let mut records = shelf.fetch(&records, Some(head), conn)?.into_iter();
        for row in part {
            if written.fill.is_full() {
                return Ok(Page { next_after: written.last, pieces: written.end(), has_more: true });
            }
            let record = if shown(&row) { records.next().flatten() } else { None };
            let record = record.filter(|record| record.is_for(sight));
            written.add(row, &singular, record.map(|record| record.text(sight)))?;
        }
    }
    let cut = cut || !rest.is_empty();
    let next_after = if cut { written.last } else { end };
    Ok(Page { pieces: written.end(), next_after, has_more: cut || end < head })
}

/// The items of a page so far, with commas between, each with its record when that was asked for.
struct Written {
    pieces: Vec<Bytes>,
    open: BytesMut,
    fill: Fill,
    is_empty: bool,
    /// The position of the last one.
    last: i64,
}

impl Default for Written {
    fn default() -> Written {
        let (open, fill) = (BytesMut::from(&b"{\"items\":["[..]), Fill::starting_with(FIRST));
        Written { pieces: Vec::new(), open, fill, is_empty: true, last: 0 }
    }
}

impl Written {
    fn add(&mut self, row: &Row, singular: &impl Fn(&str) -> &'static str, record: Option<Bytes>) -> Outcome<()> {
        if !std::mem::take(&mut self.is_empty) {
            self.open.put_u8(b',');
        }
        self.last = row.0;
        let before = self.open.len();
        write(row, singular, &mut self.open)?;
        let mut length = self.open.len() - before;
        if let Some(record) = record {
            self.open.truncate(self.open.len() - 1);
            self.open.extend_from_slice(b",\"record\":");
            self.pieces.push(self.open.split().freeze());
            length += record.len();
            self.pieces.push(record);
            self.open.put_u8(b'}');
        }
        self.fill.add(length);
        Ok(())
    }

    fn end(mut self) -> Vec<Bytes> {
        self.pieces.push(self.open.freeze());
        self.pieces
    }
}

fn is_tombstone((.., action, after, _, _, _, _, is_visible): &Row) -> bool {
    !is_visible || &**action == "deleted" || &**after == state::WITHDRAWN
}

/// An introduction is no record: its item says what happened, and it is read at its own address.
fn is_introduction(kind: &str) -> bool {
    kind == introductions::NAME
}

fn statement(wanted: &Wanted, end: i64, asked: Asked) -> Sql<RowTypes> {
    let mut sql = Sql::new("SELECT c.seq, c.record_id, c.kind, c.code, c.revision, c.action, c.state, c.at, ");
    // The record that a merged one went to, looked up for merged ones only. A withdrawal that was taken back was no
    // merge.
    for column in ["id", "code"] {
        sql.push(format!(
            "CASE WHEN c.state = 'withdrawn' THEN (SELECT m.{column} FROM successions s JOIN records m ON m.id = \
             s.successor_id WHERE s.record_id = c.record_id AND s.merged AND NOT EXISTS (SELECT 1 FROM changes b WHERE \
             b.record_id = c.record_id AND b.seq > c.seq AND b.state <> 'withdrawn')) END, "
        ));
    }
    sql.push(
        "CASE WHEN c.kind = 'register' THEN (SELECT x.true_until FROM restores x WHERE x.number = c.revision) END, ",
    );
    sql.append(visible(asked, "c")).push(" FROM changes c");
    sql.push(" WHERE c.seq > ").bind(Cell::Integer(Some(wanted.after)));
    sql.push(" AND c.seq <= ").bind(Cell::Integer(Some(end)));
    if !wanted.kinds.is_empty() {
        // That the register was restored is told whatever is asked for.
        let kinds = wanted.kinds.iter().map(String::as_str).chain([super::restores::KIND]);
        sql.push(" AND c.kind IN (").bind_all(kinds.map(Cell::text)).push(")");
    }
    sql.push(" AND (").append(visible(asked, "c"));
    // A record that was visible before and is not now has left the caller's view; before its first revision there was
    // nothing to see.
    sql.push(
        " OR (c.revision > 1 AND EXISTS (SELECT 1 FROM changes p WHERE p.seq = (SELECT MAX(q.seq) FROM changes q \
         WHERE q.record_id = c.record_id AND q.seq < c.seq) AND ",
    );
    sql.append(visible(asked, "p")).push(format!("))) ORDER BY c.seq LIMIT {}", wanted.limit + 1));
    sql
}

/// Who reads, and what it sees of records.
type Asked<'a> = (&'a Sight, &'a Principal);

/// Whether the caller saw a record when this change was made; a withdrawn one is seen as a tombstone by all who saw it. An
/// introduction is told to those who see it now.
fn visible((sight, principal): Asked, alias: &'static str) -> Sql {
    let name = introductions::NAME;
    let mut sql: Sql = Sql::new(format!("(({alias}.kind <> '{name}' AND ("));
    sql.append(sight.condition(alias));
    sql.push(format!(" OR ({alias}.state = 'withdrawn' AND {alias}.published))) OR ({alias}.kind = '{name}' AND "));
    let column = if alias == "p" { "p.record_id" } else { "c.record_id" };
    sql.append(introductions::sight::sees_item(column, principal)).push("))");
    sql
}

fn write(row: &Row, singular: &impl Fn(&str) -> &'static str, item: &mut BytesMut) -> Outcome<()> {
    let (seq, id, kind, code, revision, action, after, at, successor, successor_code, true_until, is_visible) = row;
    let merged_into = successor.zip(successor_code.as_ref()).filter(|_| *is_visible);
    let action = match merged_into {
        // Later changes of it have types of their own.
        Some(_) if &**action == "withdrawn" => "merged",
        _ if *is_visible => action,
        _ => "removed",
    };
    let change = Change {
        seq: *seq,
        at: *at,
        r#type: Type(if true_until.is_some() { super::restores::KIND } else { singular(kind) }, action),
        kind,
        r#ref: Reference { id: *id, code },
        revision: *revision,
        state: (*is_visible && true_until.is_none() && !is_introduction(kind)).then_some(&**after),
        true_until: *true_until,
        restores: true_until.map(|_| *revision),
        tombstone: is_tombstone(row),
        merged_into: merged_into.map(|(id, code)| Reference { id, code }),
        // Appended by `Written::add`, which does not copy it.
        record: None,
    };
    serde_json::to_writer(item.writer(), &change).map_err(Problem::internal)
}
