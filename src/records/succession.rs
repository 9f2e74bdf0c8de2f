//! What takes the place of a withdrawn record: another one supersedes it, or it was a duplicate and is merged into it.
//!
//! A merge moves every reference: what other records' lists, filters and constraints know of the merged record is said of
//! the other one from then on. Signed contents are never rewritten; a reader who follows an old reference in one of them
//! is answered 301 (`api-conventions` §2).

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::Value;

use super::actor::Actor;
use super::kind::{Kind, Reference, Shape};
use super::model::{Head, Proposal, Standing, outcome, state};
use super::register::{Register, Registered};
use super::store::{self, Step};
use crate::api::{Fault, Outcome, Problem};
use crate::auth::agencies;
use crate::db::schema::{clients, contents, proposals, records, successions};
use crate::db::{Cell, Connection, Id, Lock, Sql, Uid};

/// The record that takes the place of a withdrawn one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Succession {
    pub id: Id,
    /// Whether the withdrawn record is the same thing registered twice.
    pub merged: bool,
}

impl Succession {
    /// What a proposal to withdraw says of it.
    pub fn of(proposal: &Proposal) -> Option<Succession> {
        proposal.successor_id.map(|id| Succession { id, merged: proposal.merges })
    }

    /// Looks up what a request names; it must be another official record of the same kind, and for a merge be kept by the
    /// same side.
    pub fn find(
        kind: &Kind,
        head: &Head,
        superseded_by: Option<&Reference>,
        merged_into: Option<&Reference>,
        conn: &mut Connection,
    ) -> Outcome<Option<Succession>> {
        let (reference, at, merged) = match (superseded_by, merged_into) {
            (None, None) => return Ok(None),
            (Some(one), None) => (one, "/superseded_by", false),
            (None, Some(one)) => (one, "/merged_into", true),
            (Some(_), Some(_)) => return Err(refused("/merged_into", "one-successor")),
        };
        let mut query = records::table.filter(records::kind.eq(kind.name)).select(Standing::as_select()).into_boxed();
        query = match (reference.id, &reference.code) {
            (Some(id), _) => query.filter(records::id.eq(id)),
            (None, Some(code)) => query.filter(records::code.eq(code)),
            (None, None) => return Err(refused(at, "reference-empty")),
        };
        let found = query.get_result(conn).optional()?.filter(|found| state::PUBLIC.contains(&found.state.as_str()));
        let Some(found) = found else {
            let shown = reference.id.map(|id| id.to_string()).or(reference.code.clone()).unwrap_or_default();
            let fault = Fault::at(at, "reference-not-found").arg("ref", shown).arg("kind", kind.name);
            return Err(Problem::invalid(vec![fault]));
        };
        if found.id == head.id {
            return Err(refused(at, "reference-to-itself"));
        }
        if merged && !head.joint && found.province != head.province {
            return Err(refused(at, "merge-across-provinces"));
        }
        Ok(Some(Succession { id: found.id, merged }))
    }
}

impl Succession {
    /// Locks both records, and what a merged one owns, before anything is moved: whoever refers to them meanwhile waits,
    /// and two merges that cross do not both happen. The other record must still be official.
    fn hold(&self, head: &Head, conn: &mut Connection) -> Outcome<()> {
        let mut lock: Sql<(Uid, Text, Text)> = Sql::new("SELECT r.id, r.code, r.state FROM records r WHERE r.id IN (");
        lock.bind_all([Cell::id(head.id), Cell::id(self.id)]).push(")");
        if self.merged {
            lock.push(" OR r.owner_id = ").bind(Cell::id(head.id));
        }
        lock.push(" ORDER BY r.id").push_lock(Lock::Update);
        let rows: Vec<(Id, String, String)> = lock.load(conn)?;
        let ended = rows.iter().find(|(id, _, state)| *id == self.id && !state::PUBLIC.contains(&state.as_str()));
        ended.map_or(Ok(()), |(_, code, _)| {
            let at = if self.merged { "/merged_into" } else { "/superseded_by" };
            Err(Problem::invalid(vec![Fault::at(at, "reference-ended").arg("ref", code)]))
        })
    }
}

fn refused(at: &str, code: &'static str) -> Problem {
    Problem::invalid(vec![Fault::at(at, code)])
}

/// Lets go of what a withdrawn record holds, and gives it to the record that takes its place.
pub fn release(
    register: &Register,
    kind: &Registered,
    head: &Head,
    actor: &Actor,
    succession: Option<Succession>,
    conn: &mut Connection,
) -> Outcome<()> {
    if let Some(succession) = &succession {
        succession.hold(head, conn)?;
    }
    store::release(head.id, conn)?;
    let Some(Succession { id, merged }) = succession else { return Ok(()) };
    let row = (successions::record_id.eq(head.id), successions::successor_id.eq(id), successions::merged.eq(merged));
    diesel::insert_into(successions::table).values(row).execute(conn)?;
    if merged {
        // What was merged into this one before goes on to the other.
        let earlier = successions::table.filter(successions::successor_id.eq(head.id)).filter(successions::merged);
        diesel::update(earlier).set(successions::successor_id.eq(id)).execute(conn)?;
        let waiting = proposals::table.filter(proposals::state.eq(outcome::OPEN)).filter(proposals::org_id.eq(head.id));
        diesel::update(waiting).set(proposals::org_id.eq(id)).execute(conn)?;
        move_references(register, kind, head.id, id, conn)?;
        move_ownership(register, actor, head.id, id, conn)?;
    }
    Ok(())
}

/// Says of `to` what the projections of all other records said of `from`; what `to` itself said of it is dropped.
fn move_references(register: &Register, kind: &Kind, from: Id, to: Id, conn: &mut Connection) -> Outcome<()> {
    let mut columns = vec![
        ("links", "target_id".to_owned(), Some("DELETE FROM links".to_owned())),
        ("parties", "org_id".to_owned(), None), // organizations have none
    ];
    for other in register.kinds() {
        let own = other.members.iter().filter(|member| member.shape == Shape::Reference(kind.name));
        columns.extend(own.map(|member| {
            let column = format!("{}_id", member.name);
            let dropped = format!("UPDATE {} SET {column} = NULL", other.table);
            (other.table, column, Some(dropped))
        }));
    }
    for (table, column, dropped) in columns {
        if let Some(dropped) = dropped {
            let mut own: Sql = Sql::new(dropped);
            own.push(format!(" WHERE {column} = ")).bind(Cell::id(from)).push(" AND record_id = ").bind(Cell::id(to));
            own.execute(conn)?;
        }
        let mut update: Sql = Sql::new(format!("UPDATE {table} SET {column} = "));
        update.bind(Cell::id(to)).push(format!(" WHERE {column} = ")).bind(Cell::id(from));
        update.execute(conn)?;
    }
    Ok(())
}

/// Gives the records and clients of a merged organization to the other one: readers see the new owner.
fn move_ownership(register: &Register, actor: &Actor, from: Id, to: Id, conn: &mut Connection) -> Outcome<()> {
    agencies::follow_merge(from, to, conn)?;
    diesel::update(clients::table.filter(clients::org_id.eq(from))).set(clients::org_id.eq(to)).execute(conn)?;
    let owned: Vec<(Head, String)> = records::table
        .inner_join(
            contents::table.on(contents::record_id.eq(records::id).and(contents::number.eq(records::content_number))),
        )
        .filter(records::owner_id.eq(from))
        .filter(records::id.ne(from))
        .filter(records::state.ne(state::WITHDRAWN))
        .select((Head::as_select(), contents::text))
        .load(conn)?;
    for (mut head, text) in owned {
        let Some(kind) = register.kind(&head.kind) else { continue };
        let content: Value = serde_json::from_str(&text).map_err(Problem::internal)?;
        head.owner_id = to;
        let warnings = super::moves::warnings_of(kind, &content, actor);
        let step = Step { action: "owner_merged", reason: None };
        store::standing(kind, actor, &mut head, &content, &warnings, step, conn)?;
    }
    Ok(())
}

/// What takes the place of a withdrawn record: its id and code, and whether the record was merged into it.
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
    if targets.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(Id, Id)> = successions::table
        .filter(successions::merged)
        .filter(successions::record_id.eq_any(targets))
        .select((successions::record_id, successions::successor_id))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}
