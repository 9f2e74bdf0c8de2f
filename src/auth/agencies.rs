//! Agencies: the organizations that the operator marks as acting for their province (`docs/rules.md` §3).
//!
//! A client bound to an agency may be given `records:confirm`; one bound to any other organization only where the
//! operator says so (`--for-province`). What belongs to an agency itself is confirmed by another client of it. Marks
//! are read from the database each time, so that they count at once. Every change is written to the audit log in the
//! same transaction.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::audit::{self, ActorKind, NewEvent};
use crate::auth::clients;
use crate::db::schema::{agencies, records};
use crate::db::{Connection, Id, Moment};
use crate::problem::{Code, Fault, Outcome, Problem};

/// An organization that acts for its province.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
    pub id: Id,
    /// Code of the organization's record.
    pub code: String,
    pub name_zh: String,
    /// `500000` or `510000`.
    pub province: String,
    /// When it was marked.
    pub since: Moment,
}

type Row = (Id, String, String, String, Moment);

impl From<Row> for Agency {
    fn from((id, code, name_zh, province, since): Row) -> Agency {
        Agency { id, code, name_zh, province, since }
    }
}

/// Marks the organization with this id or code; it must be official. 409 when it is marked already.
pub fn add(reference: &str, conn: &mut Connection) -> Outcome<Agency> {
    let org_id = clients::find_organization(conn, reference)?;
    let official = records::published_at.is_not_null().and(records::withdrawn_at.is_null());
    if !records::table.find(org_id).select(official).get_result::<bool>(conn)? {
        return Err(Problem::invalid(vec![Fault::at("/org", "reference-not-published")]));
    }
    let row = (agencies::org_id.eq(org_id), agencies::since.eq(Moment::now()));
    match diesel::insert_into(agencies::table).values(row).execute(conn) {
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            return Err(Problem::new(Code::AlreadyExists).arg("kind", "agencies").arg("key", reference));
        }
        other => other?,
    };
    let agency = get(org_id, reference, conn)?;
    note("agency.added", &agency, conn)?;
    Ok(agency)
}

/// Removes the mark; earlier confirmations by its clients stay. 404 when there is none.
pub fn remove(reference: &str, conn: &mut Connection) -> Outcome<Agency> {
    let agency = get(clients::find_organization(conn, reference)?, reference, conn)?;
    diesel::delete(agencies::table.find(agency.id)).execute(conn)?;
    note("agency.removed", &agency, conn)?;
    Ok(agency)
}

/// Every agency by province and code.
pub fn list(conn: &mut Connection) -> Outcome<Vec<Agency>> {
    let rows: Vec<Row> = agencies::table
        .inner_join(records::table.on(records::id.eq(agencies::org_id)))
        .order((records::province, records::code))
        .select((records::id, records::code, records::name_zh, records::province, agencies::since))
        .load(conn)?;
    Ok(rows.into_iter().map(Agency::from).collect())
}

/// The agencies among these organizations.
pub fn among(orgs: &[Id], conn: &mut Connection) -> Outcome<BTreeSet<Id>> {
    let marked = agencies::table.filter(agencies::org_id.eq_any(orgs)).select(agencies::org_id);
    Ok(marked.load::<Id>(conn)?.into_iter().collect())
}

/// Moves the mark of an organization to the one it was merged into; returns whether it had one. The caller writes the
/// audit event (`agency.followed`) once it holds all locks of the merge.
pub fn follow_merge(from: Id, to: Id, conn: &mut Connection) -> Outcome<bool> {
    let marked = among(&[from, to], conn)?;
    if !marked.contains(&from) {
        return Ok(false);
    }
    let own = agencies::table.find(from);
    match marked.contains(&to) {
        true => diesel::delete(own).execute(conn)?,
        false => diesel::update(own).set(agencies::org_id.eq(to)).execute(conn)?,
    };
    Ok(true)
}

fn get(org_id: Id, reference: &str, conn: &mut Connection) -> Outcome<Agency> {
    let row: Option<Row> = agencies::table
        .inner_join(records::table.on(records::id.eq(agencies::org_id)))
        .filter(agencies::org_id.eq(org_id))
        .select((records::id, records::code, records::name_zh, records::province, agencies::since))
        .get_result(conn)
        .optional()?;
    row.map(Agency::from).ok_or_else(|| Problem::new(Code::NotFound).arg("kind", "agencies").arg("ref", reference))
}

/// The event names the organization as its actor's: a subject without a revision would look like a deletion.
fn note(action: &str, agency: &Agency, conn: &mut Connection) -> Outcome<()> {
    let event = NewEvent {
        org_id: Some(agency.id),
        province: Some(agency.province.clone()),
        concerns: agency.province.clone(),
        detail: Some(agency.code.clone()),
        ..NewEvent::of(ActorKind::Operator, action)
    };
    audit::append(event, conn)
}
