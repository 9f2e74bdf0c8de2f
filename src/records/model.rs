//! The rows of the pipeline's own tables, and the words they use.

use diesel::prelude::*;

use crate::db::schema::{agreements, confirmations, records, revisions};
use crate::db::{Id, Moment};

/// The two provinces that keep the register (GB/T 2260).
pub const CHONGQING: &str = "500000";
pub const SICHUAN: &str = "510000";
pub const PROVINCES: [&str; 2] = [CHONGQING, SICHUAN];

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
}

/// A record without its texts.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = records, treat_none_as_null = true, treat_none_as_default_value = false)]
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
}

/// As much of a record as decides who may see it: all that a read needs beside the stored answer.
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
}

/// A province's wish to move an official joint record, until the other one has the same.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = agreements, treat_none_as_default_value = false)]
pub struct Agreement {
    pub record_id: Id,
    pub to_state: String,
    pub province: String,
    pub client_id: Id,
    pub client: String,
    pub reason: Option<String>,
    pub request_id: Id,
    pub at: Moment,
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

    pub fn concerns(&self, province: Option<&str>) -> bool {
        province.is_some_and(|province| self.provinces().contains(&province))
    }
}

/// How many records there are.
pub fn count(conn: &mut crate::db::Connection) -> crate::api::Outcome<i64> {
    Ok(records::table.count().get_result(conn)?)
}

/// Whether there is a record with this identifier.
pub fn exists(conn: &mut crate::db::Connection, id: Id) -> crate::api::Outcome<bool> {
    Ok(records::table.find(id).select(records::id).get_result::<Id>(conn).optional()?.is_some())
}
