//! Figures of another position of the feed: what changed in between is taken out as it was at the one and put in as it was at the other.
//!
//! So figures of before follow the feed without a look at all records, and figures of the past are those of today less what happened
//! since. Only where that does not do (the least and the most cannot be taken away; a merge moves what others refer to) are all records
//! looked at as they were.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use crate::api::restores;
use crate::db::{Cell, Connection, Id, Sql, Uid};
use crate::problem::{Code, Outcome, Problem};
use crate::reading::figures::Counted;
use crate::reading::selection::Selection;
use crate::reading::statistics::statement;
use crate::reading::statistics::tally::{Sign, Tally};
use crate::reading::statistics::then::each_at;
use crate::reading::statistics::{Measure, Statistics};
use crate::records::rebuild;
use crate::records::sight::Sight;

/// More records that changed are not followed one by one: to count all is as fast then.
const MOST_FOLLOWED: i64 = 100;

/// Records whose ids are read at once.
const IDS_AT_ONCE: i64 = 4096;

/// The figures of a later position than those of `before`; none where counting anew is the way.
pub fn followed(
    asked: &Statistics,
    selection: &Selection,
    before: &Counted,
    position: i64,
    conn: &mut Connection,
) -> Outcome<Option<Counted>> {
    if asked.needs_all() || before.as_of_seq > position {
        return Ok(None);
    }
    let mut sql: Sql<(Uid, Text)> = Sql::new("SELECT c.record_id, c.action FROM changes c WHERE c.seq > ");
    sql.bind(Cell::Integer(Some(before.as_of_seq))).push(" AND c.seq <= ").bind(Cell::Integer(Some(position)));
    sql.push(" AND c.kind = ").bind(Cell::text(asked.kind.name)).push(format!(" LIMIT {}", MOST_FOLLOWED + 1));
    let changed: Vec<(Id, String)> = sql.load(conn)?;
    if changed.len() as i64 > MOST_FOLLOWED || changed.iter().any(|(_, action)| action == "deleted") {
        return Ok(None);
    }
    let ids = each_once(changed.into_iter().map(|(id, _)| id).collect());
    let counted = moved(Tally::of(asked, before), &ids, (selection, before.as_of_seq, position), conn)?;
    // Of a draft that was deleted meanwhile nothing is known any more.
    Ok(if was_deleted_since(asked, before.as_of_seq, conn)? { None } else { Some(counted) })
}

/// The figures at a position of the past; 422 for one before the history begins, or to come; 409 for one that a restore took back.
pub fn at(asked: &Statistics, position: i64, sight: &Sight, conn: &mut Connection) -> Outcome<Counted> {
    known(position, conn)?;
    let selection = Selection::of(&asked.filters, asked.kind.kind, sight, conn)?;
    // What is projected may be of before, until the rebuild has come to it.
    if asked.needs_all() || was_merged_since(position, conn)? || rebuild::is_unfinished(conn)? {
        return whole(asked, &selection, position, conn);
    }
    let now = statement::counted(asked, &selection, conn)?;
    let mut changed: Sql<Uid> = Sql::new("SELECT DISTINCT c.record_id FROM changes c WHERE c.seq > ");
    changed.bind(Cell::Integer(Some(position))).push(" AND c.kind = ").bind(Cell::text(asked.kind.name));
    let ids = each_once(changed.load(conn)?);
    let counted = moved(Tally::of(asked, &now), &ids, (&selection, now.as_of_seq, position), conn)?;
    match was_deleted_since(asked, now.as_of_seq, conn)? {
        true => whole(asked, &selection, position, conn),
        false => Ok(counted),
    }
}

fn was_deleted_since(asked: &Statistics, position: i64, conn: &mut Connection) -> Outcome<bool> {
    let mut sql: Sql<Uid> = Sql::new("SELECT c.record_id FROM changes c WHERE c.action = 'deleted' AND c.seq > ");
    sql.bind(Cell::Integer(Some(position))).push(" AND c.kind = ").bind(Cell::text(asked.kind.name)).push(" LIMIT 1");
    Ok(sql.get_result::<Id>(conn).optional()?.is_some())
}

fn each_once(mut ids: Vec<Id>) -> Vec<Id> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Takes out what these records were at the one position and puts in what they were at the other.
fn moved(
    mut tally: Tally,
    ids: &[Id],
    (selection, from, to): (&Selection, i64, i64),
    conn: &mut Connection,
) -> Outcome<Counted> {
    for (position, sign) in [(from, Sign::Minus), (to, Sign::Plus)] {
        each_at(position, ids, selection.kind, conn, |then| {
            if then.is_in(selection) {
                tally.count(then, sign);
            }
        })?;
    }
    tally.counted(to)
}

/// Looks at all records as they were.
fn whole(asked: &Statistics, selection: &Selection, position: i64, conn: &mut Connection) -> Outcome<Counted> {
    let mut tally = Tally::empty(asked);
    let mut after = Id::default();
    loop {
        let mut sql: Sql<Uid> = Sql::new("SELECT r.id FROM records r WHERE r.kind = ");
        sql.bind(Cell::text(asked.kind.name)).push(" AND r.id > ").bind(Cell::id(after));
        sql.push(format!(" ORDER BY r.id LIMIT {IDS_AT_ONCE}"));
        let ids: Vec<Id> = sql.load(conn)?;
        let Some(last) = ids.last().copied() else { return tally.counted(position) };
        after = last;
        each_at(position, &ids, selection.kind, conn, |then| {
            if then.is_in(selection) {
                tally.count(then, Sign::Plus);
            }
        })?;
    }
}

/// Refuses a position that the register never had or lost by a restore, or of which nothing is known.
fn known(position: i64, conn: &mut Connection) -> Outcome<()> {
    let sql: Sql<(BigInt, Nullable<BigInt>)> = Sql::new("SELECT f.seq, (SELECT MIN(c.seq) FROM changes c) FROM feed f");
    let (last, first): (i64, Option<i64>) = sql.get_result(conn)?;
    if position > last {
        return Err(Problem::new(Code::PositionToCome).arg("last", last).member("last", last));
    }
    if let Some(read_from) = restores::lost(position, conn)? {
        return Err(restores::refused("position", restores::counted(conn)?).member("read_from", read_from));
    }
    match first.filter(|first| position >= *first) {
        Some(_) => Ok(()),
        None => Err(Problem::new(Code::BeforeHistory).arg("first", first.unwrap_or_default()).member("first", first)),
    }
}

fn was_merged_since(position: i64, conn: &mut Connection) -> Outcome<bool> {
    let mut sql: Sql<Uid> = Sql::new("SELECT s.record_id FROM successions s");
    sql.push_join()
        .push("changes c ON c.record_id = s.record_id WHERE s.merged AND c.state = 'withdrawn' AND c.seq > ");
    sql.bind(Cell::Integer(Some(position))).push(" LIMIT 1");
    Ok(sql.get_result::<Id>(conn).optional()?.is_some())
}

impl Statistics {
    /// Whether it asks for what cannot be taken away again.
    fn needs_all(&self) -> bool {
        self.measures.iter().any(|(_, measure, _)| matches!(measure, Measure::Min | Measure::Max))
    }
}
