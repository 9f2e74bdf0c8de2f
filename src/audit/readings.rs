//! Queries of `audit verify`: the head, ranges of the log, and revisions with their events.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable};

use crate::audit::chain::Tip;
use crate::audit::events::AuditEvent;
use crate::audit::queries::Row;
use crate::db::schema::{audit_events, audit_head};
use crate::db::{Cell, Connection, Id, Sql, Uid};
use crate::problem::Outcome;

/// The stored head, and the last event that exists.
pub(super) struct Head {
    pub tip: Tip,
    pub began_after: i64,
    pub last: i64,
}

/// The head and the last event, seen at one moment; `None` when the head is gone.
pub(super) fn head(conn: &mut Connection) -> Outcome<Option<Head>> {
    let last = diesel::dsl::sql::<BigInt>("(SELECT COALESCE(MAX(seq), 0) FROM audit_events)");
    let found: Option<(i64, String, i64, i64)> = audit_head::table
        .select((audit_head::seq, audit_head::hash, audit_head::began_after, last))
        .first(conn)
        .optional()?;
    Ok(found.map(|(seq, hash, began_after, last)| Head { tip: Tip { seq, hash }, began_after, last }))
}

/// Up to `limit` events after `after`, up to `last`, in order.
pub(super) fn events(after: i64, last: i64, limit: i64, conn: &mut Connection) -> QueryResult<Vec<AuditEvent>> {
    let rows: Vec<Row> = audit_events::table
        .filter(audit_events::seq.gt(after))
        .filter(audit_events::seq.le(last))
        .order(audit_events::seq)
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(AuditEvent::from).collect())
}

/// The hash of one event, as it is stored.
pub(super) fn hash_of(seq: i64, conn: &mut Connection) -> Outcome<Option<String>> {
    Ok(audit_events::table.find(seq).select(audit_events::hash).first(conn).optional()?)
}

/// The first event of a range that names a missing revision although its record was not deleted.
pub(super) fn event_without_revision(after: i64, last: i64, conn: &mut Connection) -> Outcome<Option<(i64, Id, i64)>> {
    let mut sql: Sql<(BigInt, Uid, BigInt)> = Sql::new(
        "SELECT e.seq, e.record_id, e.to_revision FROM audit_events e \
         LEFT JOIN revisions r ON r.record_id = e.record_id AND r.number = e.to_revision \
         WHERE e.to_revision IS NOT NULL AND r.number IS NULL AND NOT EXISTS (SELECT 1 FROM audit_events d \
         WHERE d.record_id = e.record_id AND d.to_revision IS NULL AND d.seq > e.seq) AND e.seq > ",
    );
    sql.bind(Cell::Integer(Some(after))).push(" AND e.seq <= ");
    sql.bind(Cell::Integer(Some(last))).push(" ORDER BY e.seq LIMIT 1");
    Ok(sql.get_result(conn).optional()?)
}

/// A revision beside its event.
pub(super) struct Compared {
    pub record: Id,
    pub number: i64,
    /// The event of this revision.
    pub event: Option<i64>,
    /// It is newer than the log and yet has no event.
    pub missing: bool,
    /// It differs from its event.
    pub differs: bool,
}

/// Up to `limit` revisions after `after`, in order of record and number, each beside its event.
pub(super) fn compared(
    after: Option<(Id, i64)>,
    began_after: i64,
    limit: i64,
    conn: &mut Connection,
) -> Outcome<Vec<Compared>> {
    let mut sql: Sql<(Uid, BigInt, Nullable<BigInt>, Bool, Bool)> = Sql::new(
        "SELECT r.record_id, r.number, e.seq, (e.seq IS NULL AND NOT EXISTS (SELECT 1 FROM changes f \
         WHERE f.record_id = r.record_id AND f.revision = r.number AND f.seq <= ",
    );
    sql.bind(Cell::Integer(Some(began_after)));
    sql.push(
        ")), (e.seq IS NOT NULL AND (e.client_id IS DISTINCT FROM r.client_id OR e.client IS DISTINCT FROM r.client \
         OR e.org_id IS DISTINCT FROM r.org_id OR e.province IS DISTINCT FROM r.province \
         OR e.request_id IS DISTINCT FROM r.request_id OR e.reason IS DISTINCT FROM r.reason \
         OR e.at IS DISTINCT FROM r.at OR e.to_digest IS DISTINCT FROM c.digest OR e.action NOT LIKE '%.' || r.action)) \
         FROM (SELECT * FROM revisions",
    );
    if let Some((record, number)) = after {
        sql.push(" WHERE (record_id, number) > (").bind(Cell::id(record)).push(", ");
        sql.bind(Cell::Integer(Some(number))).push(")");
    }
    sql.push(" ORDER BY record_id, number LIMIT ").bind(Cell::Integer(Some(limit)));
    sql.push(
        ") r LEFT JOIN contents c ON c.record_id = r.record_id AND c.number = r.content_number \
         LEFT JOIN audit_events e ON e.record_id = r.record_id AND e.to_revision = r.number \
         ORDER BY r.record_id, r.number",
    );
    let rows: Vec<(Id, i64, Option<i64>, bool, bool)> = sql.load(conn)?;
    let compared = |(record, number, event, missing, differs)| Compared { record, number, event, missing, differs };
    Ok(rows.into_iter().map(compared).collect())
}
