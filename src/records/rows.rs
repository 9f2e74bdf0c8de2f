//! The rows of the pipeline's own tables, and the words they use.

use diesel::prelude::*;
use serde_json::Value;

use crate::db::schema::{confirmations, proposals, records, revisions};
use crate::db::{Cell, Connection, Id, Lock, Moment, Sql, Uid};
use crate::forms::signatory::Signatory;
use crate::problem::Outcome;

pub use crate::reference::{CHONGQING, PROVINCES, SICHUAN};

/// Where a record stands on its way to being official.
pub mod state {
    pub const DRAFT: &str = "draft";
    pub const SUBMITTED: &str = "submitted";
    pub const ACTIVE: &str = "active";
    pub const SUSPENDED: &str = "suspended";
    pub const CLOSED: &str = "closed";
    pub const WITHDRAWN: &str = "withdrawn";
    pub const ALL: [&str; 6] = [DRAFT, SUBMITTED, ACTIVE, SUSPENDED, CLOSED, WITHDRAWN];
    /// States that readers without a token see.
    pub const PUBLIC: [&str; 3] = [ACTIVE, SUSPENDED, CLOSED];

    /// Whether a record in this state reserves its identifiers. A draft, invisible to others, does not.
    pub fn holds_identifiers(state: &str) -> bool {
        state != DRAFT && state != WITHDRAWN
    }
}

/// A record without its texts.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = records, treat_none_as_default_value = false)]
pub struct Head {
    pub id: Id,
    pub kind: String,
    pub code: String,
    pub state: String,
    pub revision: i64,
    /// Number of the content in force: the revision that brought it.
    pub content_number: i64,
    pub digest: String,
    pub joint: bool,
    /// The side that keeps the record.
    pub province: String,
    pub owner_id: Id,
    pub created_by: Id,
    /// The revision at which it was last submitted.
    pub submission: Option<i64>,
    /// The client that submitted it and therefore cannot confirm it.
    pub submitted_by: Option<Id>,
    pub source_system: Option<String>,
    pub source_id: Option<String>,
    pub name_zh: String,
    pub name_en: Option<String>,
    pub created_at: Moment,
    pub updated_at: Moment,
    /// When it first became active.
    pub published_at: Option<Moment>,
    pub withdrawn_at: Option<Moment>,
    /// Why it is in this state: returned, suspended, closed, withdrawn.
    pub state_reason: Option<String>,
    /// The sides it concerned when it was read.
    #[diesel(embed, skip_insertion)]
    pub before: Sides,
    /// What its row has, of what most changes leave alone.
    #[diesel(embed, skip_insertion)]
    pub stored: Lasting,
}

/// What most changes of a record leave alone. An update does not name it then: SQLite writes every index of a column that is
/// named, whether its value differs or not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = records)]
pub struct Lasting {
    pub joint: bool,
    pub province: String,
    #[diesel(select_expression = records::owner_id.nullable())]
    pub owner_id: Option<Id>,
    pub state: String,
    pub submission: Option<i64>,
    pub submitted_by: Option<Id>,
    pub published_at: Option<Moment>,
    pub withdrawn_at: Option<Moment>,
    pub state_reason: Option<String>,
    pub source_system: Option<String>,
    pub source_id: Option<String>,
    pub name_zh: String,
    pub name_en: Option<String>,
}

/// The sides that a record concerns: comparing those before and after a change tells which side lost or gained it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = records)]
pub struct Sides {
    pub joint: bool,
    pub province: String,
}

/// What decides who may see a record: all that a read needs beside the stored answer.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = records)]
pub struct Standing {
    pub id: Id,
    pub kind: String,
    pub state: String,
    pub revision: i64,
    pub joint: bool,
    pub province: String,
    pub owner_id: Id,
    pub created_by: Id,
    pub published_at: Option<Moment>,
}

/// One step of a record's history.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = revisions, treat_none_as_default_value = false)]
pub struct Revision {
    pub record_id: Id,
    pub number: i64,
    pub content_number: i64,
    pub state: String,
    pub action: String,
    pub client_id: Id,
    pub client: String,
    pub org_id: Option<Id>,
    pub province: Option<String>,
    pub reason: Option<String>,
    pub request_id: Id,
    pub at: Moment,
}

/// A province's decision on a submission.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = confirmations, treat_none_as_default_value = false)]
pub struct Confirmation {
    pub record_id: Id,
    /// [`Proposal::number`] of what was decided on.
    pub submission: i64,
    pub province: String,
    pub decision: String,
    pub digest: String,
    pub revision: i64,
    pub client_id: Id,
    pub client: String,
    pub org_id: Option<Id>,
    pub signatory_zh: Option<String>,
    pub signatory_en: Option<String>,
    pub reason: Option<String>,
    pub request_id: Id,
    pub at: Moment,
    /// The organization of the register that signed; without one the names are as stated by the client.
    pub signatory_id: Option<Id>,
}

/// Something that awaits or awaited confirmation by the provinces: a submission, a change of official content, or a
/// move.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = proposals, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Proposal {
    pub id: Id,
    pub record_id: Id,
    /// The revision that opened it; decisions on it are kept under this number. A proposal that must be confirmed again
    /// gets a new number.
    pub number: i64,
    /// The record's kind.
    pub kind: String,
    /// [`purpose`]
    pub purpose: String,
    /// [`outcome`]
    pub state: String,
    pub client_id: Id,
    pub client: String,
    /// Changed only by a merge of its organization, independently of the record's writers.
    #[diesel(skip_update)]
    pub org_id: Option<Id>,
    /// The side for which it was proposed.
    pub province: String,
    pub reason: Option<String>,
    pub request_id: Id,
    /// The revision that its author saw.
    pub base_revision: i64,
    /// Number of the content that the change is based on now.
    pub base_number: i64,
    /// RFC 7396 merge patch from that content to the proposed one.
    pub patch: Option<String>,
    /// RFC 8785 text of the proposed content.
    pub content: Option<String>,
    /// Target state of a move.
    pub to_state: Option<String>,
    /// Successor of a withdrawn record.
    pub successor_id: Option<Id>,
    /// Whether the withdrawn record is merged into it.
    pub merges: bool,
    /// The digest to be confirmed.
    pub digest: String,
    /// Which provinces must confirm it.
    pub concerns_chongqing: bool,
    pub concerns_sichuan: bool,
    /// Which of them have not decided yet.
    pub awaits_chongqing: bool,
    pub awaits_sichuan: bool,
    /// Where a conflicted one collides with what changed meanwhile: a JSON array of RFC 6901 pointers.
    pub conflicts: Option<String>,
    pub opened_at: Moment,
    pub settled_at: Option<Moment>,
    pub settled_reason: Option<String>,
}

/// What a proposal is about.
pub mod purpose {
    pub const SUBMISSION: &str = "submission";
    pub const CHANGE: &str = "change";
    pub const MOVE: &str = "move";
    pub const ALL: [&str; 3] = [SUBMISSION, CHANGE, MOVE];
}

/// States of a proposal.
pub mod outcome {
    pub const OPEN: &str = "open";
    /// All provinces concerned confirmed it, and it took effect.
    pub const ACCEPTED: &str = "accepted";
    pub const DECLINED: &str = "declined";
    /// Its author took it back.
    pub const RECALLED: &str = "recalled";
    /// The same members were changed otherwise meanwhile.
    pub const CONFLICTED: &str = "conflicted";
    /// The record moved to a state in which it no longer applies.
    pub const LAPSED: &str = "lapsed";
    pub const ALL: [&str; 6] = [OPEN, ACCEPTED, DECLINED, RECALLED, CONFLICTED, LAPSED];
}

impl Proposal {
    pub fn is_open(&self) -> bool {
        self.state == outcome::OPEN
    }

    /// The provinces that have not decided yet.
    pub fn awaited(&self) -> Vec<&'static str> {
        let both = [(self.awaits_chongqing, CHONGQING), (self.awaits_sichuan, SICHUAN)];
        both.into_iter().filter(|(awaits, _)| *awaits && self.is_open()).map(|(_, province)| province).collect()
    }

    /// The provinces that must confirm it.
    pub fn concerned(&self) -> Vec<&'static str> {
        let both = [(self.concerns_chongqing, CHONGQING), (self.concerns_sichuan, SICHUAN)];
        both.into_iter().filter(|(concerns, _)| *concerns).map(|(_, province)| province).collect()
    }

    pub fn await_word_of(&mut self, provinces: &[&str]) {
        self.awaits_chongqing = provinces.contains(&CHONGQING);
        self.awaits_sichuan = provinces.contains(&SICHUAN);
    }
}

impl From<&Head> for Standing {
    fn from(head: &Head) -> Standing {
        Standing {
            id: head.id,
            kind: head.kind.clone(),
            state: head.state.clone(),
            revision: head.revision,
            joint: head.joint,
            province: head.province.clone(),
            owner_id: head.owner_id,
            created_by: head.created_by,
            published_at: head.published_at,
        }
    }
}

impl Head {
    /// The provinces whose confirmation makes the record official.
    pub fn provinces(&self) -> Vec<&str> {
        if self.joint { PROVINCES.to_vec() } else { vec![&self.province] }
    }

    pub fn sides(&self) -> Sides {
        Sides { joint: self.joint, province: self.province.clone() }
    }

    fn lasting(&self) -> Lasting {
        Lasting {
            joint: self.joint,
            province: self.province.clone(),
            owner_id: Some(self.owner_id),
            state: self.state.clone(),
            submission: self.submission,
            submitted_by: self.submitted_by,
            published_at: self.published_at,
            withdrawn_at: self.withdrawn_at,
            state_reason: self.state_reason.clone(),
            source_system: self.source_system.clone(),
            source_id: self.source_id.clone(),
            name_zh: self.name_zh.clone(),
            name_en: self.name_en.clone(),
        }
    }

    /// Writes it over its row, with the answers (the public one where it is another), if that has still the revision
    /// `before`; else returns false.
    pub fn update(
        &mut self,
        before: i64,
        (full, public): (&str, Option<&str>),
        conn: &mut Connection,
    ) -> QueryResult<bool> {
        let (now, stored) = (self.lasting(), &self.stored);
        let mut columns = vec![
            ("revision", Cell::Integer(Some(self.revision))),
            ("content_number", Cell::Integer(Some(self.content_number))),
            ("digest", Cell::text(&self.digest)),
            ("updated_at", Cell::Moment(Some(self.updated_at))),
            ("document", Cell::text(full)),
            ("public_document", Cell::Text(public.map(str::to_owned))),
        ];
        // In groups, so that there are few different statements, all of which stay prepared.
        if (now.joint, &now.province, now.owner_id) != (stored.joint, &stored.province, stored.owner_id) {
            columns.push(("joint", Cell::Flag(Some(now.joint))));
            columns.push(("province", Cell::text(&now.province)));
            columns.push(("owner_id", Cell::Id(now.owner_id)));
        }
        if now.state != stored.state
            || (now.submission, now.submitted_by) != (stored.submission, stored.submitted_by)
            || (now.published_at, now.withdrawn_at) != (stored.published_at, stored.withdrawn_at)
            || now.state_reason != stored.state_reason
        {
            columns.push(("state", Cell::text(&now.state)));
            columns.push(("submission", Cell::Integer(now.submission)));
            columns.push(("submitted_by", Cell::Id(now.submitted_by)));
            columns.push(("published_at", Cell::Moment(now.published_at)));
            columns.push(("withdrawn_at", Cell::Moment(now.withdrawn_at)));
            columns.push(("state_reason", Cell::Text(now.state_reason.clone())));
        }
        if (&now.source_system, &now.source_id) != (&stored.source_system, &stored.source_id) {
            columns.push(("source_system", Cell::Text(now.source_system.clone())));
            columns.push(("source_id", Cell::Text(now.source_id.clone())));
        }
        if (&now.name_zh, &now.name_en) != (&stored.name_zh, &stored.name_en) {
            columns.push(("name_zh", Cell::text(&now.name_zh)));
            columns.push(("name_en", Cell::Text(now.name_en.clone())));
        }
        let mut update: Sql = Sql::new("UPDATE records SET ");
        for (place, (column, value)) in columns.into_iter().enumerate() {
            update.push(if place == 0 { "" } else { ", " }).push(column).push(" = ").bind(value);
        }
        update.push(" WHERE id = ").bind(Cell::id(self.id));
        update.push(" AND revision = ").bind(Cell::Integer(Some(before)));
        let is_done = update.execute(conn)? > 0;
        self.stored = now;
        Ok(is_done)
    }

    pub fn concerns(&self, province: Option<&str>) -> bool {
        province.is_some_and(|province| self.provinces().contains(&province))
    }
}

/// Locks records to the end of the transaction, in the order of their ids; returns those that there are. A statement that waited for
/// a lock does not see what was written meanwhile: what depends on it is read by the next one.
pub fn hold(ids: &[Id], conn: &mut Connection) -> Outcome<Vec<Id>> {
    let mut lock: Sql<Uid> = Sql::new("SELECT r.id FROM records r WHERE r.id IN (");
    lock.bind_ids(ids).push(") ORDER BY r.id").push_lock(Lock::Update);
    Ok(lock.load(conn)?)
}

/// How many records there are.
pub fn count(conn: &mut Connection) -> Outcome<i64> {
    Ok(records::table.count().get_result(conn)?)
}

/// How many records of a kind there are.
pub fn count_of(kind: &str, conn: &mut Connection) -> Outcome<i64> {
    Ok(records::table.filter(records::kind.eq(kind)).count().get_result(conn)?)
}

/// Whether there is a record with this identifier.
pub fn exists(conn: &mut Connection, id: Id) -> Outcome<bool> {
    Ok(records::table.find(id).select(records::id).get_result::<Id>(conn).optional()?.is_some())
}

/// A record and its content, as read before a change.
pub struct Loaded {
    pub head: Head,
    pub content: Value,
    /// The organizations that lead a joint record now (`Kind::leading`); merged ones are replaced by those they were
    /// merged into.
    pub parties: Vec<Id>,
    /// The state of a withdrawn record before; `None` for a merged one.
    pub came_from: Option<String>,
}

/// The record's own key in the system that sends it.
#[derive(Clone)]
pub struct SourceKey {
    pub system: String,
    pub id: String,
}

impl Confirmation {
    /// The signatory.
    pub fn signatory(&self) -> Option<Signatory> {
        let (en, org_id) = (self.signatory_en.clone(), self.signatory_id);
        Some(Signatory { zh: self.signatory_zh.clone()?, en, org_id, stated: org_id.is_none() })
    }
}

/// The record that takes the place of a withdrawn one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Succession {
    pub id: Id,
    /// Whether the withdrawn record is the same thing registered twice.
    pub merged: bool,
}
