//! Adding events, and the pages of the API.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::api::RecordRef;
use crate::audit::chain::{self, Tip};
use crate::audit::events::{AuditEvent, AuditSubject, BOTH, NewEvent};
use crate::db::schema::{audit_events, audit_head, records};
use crate::db::{Connection, Id, Moment, MultiBackend, Sql};
use crate::problem::{Outcome, Problem};

/// An event as its row holds it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_events, treat_none_as_default_value = false)]
pub(super) struct Row {
    seq: i64,
    at: Moment,
    action: String,
    actor: String,
    kind: Option<String>,
    record_id: Option<Id>,
    code: Option<String>,
    client_id: Option<Id>,
    client: Option<String>,
    org_id: Option<Id>,
    province: Option<String>,
    concerns: String,
    request_id: Option<Id>,
    from_revision: Option<i64>,
    to_revision: Option<i64>,
    from_digest: Option<String>,
    to_digest: Option<String>,
    changed: String,
    detail: Option<String>,
    reason: Option<String>,
    prev_hash: String,
    hash: String,
}

impl From<Row> for AuditEvent {
    fn from(row: Row) -> AuditEvent {
        // Anything but a list of names was tampered with; its hash will not match.
        let changed = serde_json::from_str(&row.changed).unwrap_or_else(|_| vec![row.changed.clone()]);
        let subject = row.record_id.zip(row.code).map(|(id, code)| AuditSubject { id, code });
        AuditEvent {
            seq: row.seq,
            at: row.at,
            action: row.action,
            actor: row.actor,
            kind: row.kind,
            r#ref: subject,
            client: row.client,
            client_id: row.client_id,
            org_id: row.org_id,
            province: row.province,
            concerns: row.concerns,
            request_id: row.request_id,
            from_revision: row.from_revision,
            to_revision: row.to_revision,
            from_digest: row.from_digest,
            to_digest: row.to_digest,
            changed,
            detail: row.detail,
            reason: row.reason,
            prev_hash: row.prev_hash,
            hash: row.hash,
        }
    }
}

impl Row {
    fn new(tip: Tip, new: NewEvent) -> Outcome<Row> {
        let (kind, record_id, code) = match new.subject {
            Some(subject) => (Some(subject.kind), Some(subject.id), Some(subject.code)),
            None => (None, None, None),
        };
        let side = |version: Option<crate::audit::Version>| version.map(|one| (one.revision, one.digest)).unzip();
        let ((from_revision, from_digest), (to_revision, to_digest)) = (side(new.from), side(new.to));
        Ok(Row {
            seq: tip.seq,
            at: new.at,
            action: new.action,
            actor: new.actor.name().to_owned(),
            kind,
            record_id,
            code,
            client_id: new.client_id,
            client: new.client,
            org_id: new.org_id,
            province: new.province,
            concerns: new.concerns,
            request_id: new.request_id,
            from_revision,
            to_revision,
            from_digest,
            to_digest,
            changed: serde_json::to_string(&new.changed).map_err(Problem::internal)?,
            detail: new.detail,
            reason: new.reason,
            prev_hash: tip.hash,
            hash: String::new(),
        })
    }
}

/// Adds an event. The last statement of its transaction, after the feed position: it takes the lock of the log, which
/// is held to commit. A trigger refuses the event unless it follows the head, and advances the head's hash.
pub fn append(event: NewEvent, conn: &mut Connection) -> Outcome<()> {
    // Written as text, because diesel never caches the prepared statement of its own UPDATE.
    let next: Sql<(BigInt, Text)> = Sql::new("UPDATE audit_head SET seq = seq + 1 WHERE one = 1 RETURNING seq, hash");
    let (seq, hash): (i64, String) = next.get_result(conn)?;
    let mut row = Row::new(Tip { seq, hash }, event)?;
    row.hash = chain::hash(&row.clone().into())?;
    diesel::insert_into(audit_events::table).values(&row).execute(conn)?;
    Ok(())
}

/// Fails when the log cannot be added to: for effects that no transaction can take back.
pub fn ready(conn: &mut Connection) -> Outcome<()> {
    diesel::update(audit_head::table.filter(audit_head::one.eq(1)))
        .set(audit_head::seq.eq(audit_head::seq))
        .execute(conn)?;
    Ok(())
}

/// Filters of events; an absent one does not restrict, several values of one mean any of them.
#[derive(Debug, Clone, Default)]
pub struct Filters {
    pub subject: Option<RecordRef>,
    pub client: Option<Vec<String>>,
    pub action: Option<Vec<String>>,
    pub org: Option<RecordRef>,
    pub province: Option<String>,
    pub request_id: Option<Id>,
    pub at_gte: Option<Moment>,
    pub at_lt: Option<Moment>,
}

/// Where a page begins and which way it goes.
#[derive(Debug, Clone, Copy)]
pub enum Start {
    /// From the newest event back.
    Newest,
    /// From the event before this one back.
    Before(i64),
    /// From the event after this one on.
    After(i64),
}

/// A page of events and the position of the last event of the log when it was read.
pub struct Page {
    pub items: Vec<AuditEvent>,
    pub has_more: bool,
    pub head: i64,
}

type Query<'q> = audit_events::BoxedQuery<'q, MultiBackend>;

/// The events that an auditor of this province may see: of records and clients that concern it, or done by its clients.
pub fn page(
    filters: &Filters,
    start: Start,
    limit: i64,
    province: Option<&str>,
    conn: &mut Connection,
) -> Outcome<Page> {
    // The head first: what is committed afterwards belongs to the next page.
    let head: i64 = audit_head::table.select(audit_head::seq).first(conn)?;
    let query = narrowed(filters, audit_events::table.into_boxed());
    let query = match province {
        Some(province) => query.filter(
            audit_events::concerns
                .eq_any([BOTH.to_owned(), province.to_owned()])
                .or(audit_events::province.eq(province.to_owned())),
        ),
        None => query.filter(audit_events::concerns.eq(BOTH)),
    };
    let query = match start {
        Start::Newest => query.filter(audit_events::seq.le(head)).order(audit_events::seq.desc()),
        Start::Before(seq) => query.filter(audit_events::seq.lt(seq)).order(audit_events::seq.desc()),
        Start::After(seq) => {
            query.filter(audit_events::seq.gt(seq)).filter(audit_events::seq.le(head)).order(audit_events::seq.asc())
        }
    };
    let mut rows: Vec<Row> = query.limit(limit + 1).select(Row::as_select()).load(conn)?;
    let has_more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    Ok(Page { items: rows.into_iter().map(AuditEvent::from).collect(), has_more, head })
}

fn narrowed<'q>(filters: &Filters, mut query: Query<'q>) -> Query<'q> {
    let wanted = filters.clone();
    query = match wanted.subject {
        None => query,
        Some(RecordRef::Id(id)) => query.filter(audit_events::record_id.eq(id)),
        Some(RecordRef::Code(code)) => query.filter(audit_events::code.eq(code)),
    };
    query = match wanted.org {
        None => query,
        Some(RecordRef::Id(id)) => query.filter(audit_events::org_id.eq(id)),
        Some(RecordRef::Code(code)) => {
            let ids = records::table.filter(records::code.eq(code)).select(records::id.nullable());
            query.filter(audit_events::org_id.eq_any(ids))
        }
    };
    if let Some(clients) = wanted.client {
        query = query.filter(audit_events::client.eq_any(clients));
    }
    if let Some(actions) = wanted.action {
        query = query.filter(audit_events::action.eq_any(actions));
    }
    if let Some(province) = wanted.province {
        query = query.filter(audit_events::province.eq(province));
    }
    if let Some(id) = wanted.request_id {
        query = query.filter(audit_events::request_id.eq(id));
    }
    if let Some(at) = wanted.at_gte {
        query = query.filter(audit_events::at.ge(at));
    }
    if let Some(at) = wanted.at_lt {
        query = query.filter(audit_events::at.lt(at));
    }
    query
}
