//! Withdrawn records: their successors, and the states that they had.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::db::schema::{records, revisions, successions};
use crate::db::{Connection, Id, Lock, Sql, Uid};
use crate::problem::Outcome;
use crate::records::rows::{Head, state};

/// The state that a withdrawn record had before; `None` for a merged one, because a merge is not undone: what it had
/// belongs to the other record.
pub fn came_from(head: &Head, conn: &mut Connection) -> Outcome<Option<String>> {
    if head.state != state::WITHDRAWN || successor_of(head.id, conn)?.is_some_and(|(_, _, merged)| merged) {
        return Ok(None);
    }
    if head.published_at.is_none() {
        return Ok(Some(state::DRAFT.to_owned()));
    }
    Ok(revisions::table
        .filter(revisions::record_id.eq(head.id))
        .filter(revisions::state.ne(state::WITHDRAWN))
        .order(revisions::number.desc())
        .select(revisions::state)
        .first(conn)
        .optional()?)
}

/// The successor of a withdrawn record: its id and code, and whether the record was merged into it.
pub fn successor_of(id: Id, conn: &mut Connection) -> Outcome<Option<(Id, String, bool)>> {
    Ok(successions::table
        .inner_join(records::table.on(records::id.eq(successions::successor_id)))
        .filter(successions::record_id.eq(id))
        .select((records::id, records::code, successions::merged))
        .get_result(conn)
        .optional()?)
}

/// The records that some of `targets` were merged into, by the id of the merged one.
pub fn merges_of(targets: &[Id], conn: &mut Connection) -> Outcome<BTreeMap<Id, Id>> {
    Ok(merges_named(targets, None, conn)?.into_iter().map(|(id, (into, ..))| (id, into)).collect())
}

/// [`merges_of`] with the codes and the provinces of the records that they were merged into, which are locked on
/// request.
pub fn merges_named(
    targets: &[Id],
    lock: Option<Lock>,
    conn: &mut Connection,
) -> Outcome<BTreeMap<Id, (Id, String, String)>> {
    if targets.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut sql: Sql<(Uid, Uid, Text, Text)> = Sql::new(
        "SELECT s.record_id, r.id, r.code, r.province FROM successions s JOIN records r ON r.id = s.successor_id \
         WHERE s.merged AND s.record_id IN (",
    );
    sql.bind_ids(targets).push(")");
    if let Some(lock) = lock {
        sql.push_lock(lock);
    }
    let rows: Vec<(Id, Id, String, String)> = sql.load(conn)?;
    Ok(rows.into_iter().map(|(id, into, code, province)| (id, (into, code, province))).collect())
}
