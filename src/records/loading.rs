//! Loading a record with its content for a write or for what only its sides may see.

use diesel::prelude::*;
use serde_json::json;

use crate::api::RecordRef;
use crate::db::schema::{contents, parties, records};
use crate::db::{Connection, Id, Moment};
use crate::kind::Kind;
use crate::kind::naming::not_found;
use crate::problem::{Code, Outcome, Problem};
use crate::records::rows::{Head, Loaded, SourceKey, state};
use crate::records::sight::Sight;
use crate::records::{commit, merges};

/// A record of this kind with its content, if the caller may see it; withdrawn ones too.
pub fn by_id(kind: &Kind, id: Id, sight: &Sight, conn: &mut Connection) -> Outcome<Option<Loaded>> {
    let row: Option<(Head, String)> = records::table
        .inner_join(
            contents::table.on(contents::record_id.eq(records::id).and(contents::number.eq(records::content_number))),
        )
        .filter(records::id.eq(id))
        .filter(records::kind.eq(kind.name))
        .select((Head::as_select(), contents::text))
        .get_result(conn)
        .optional()?;
    row.filter(|(head, _)| sight.sees(&head.into()))
        .map(|(head, text)| {
            let parties = match head.joint {
                true => leading_parties(kind, id, conn)?,
                false => Vec::new(),
            };
            let came_from = merges::came_from(&head, conn)?;
            Ok(Loaded { head, content: serde_json::from_str(&text).map_err(Problem::internal)?, parties, came_from })
        })
        .transpose()
}

/// The organizations that act for their side today.
fn leading_parties(kind: &Kind, id: Id, conn: &mut Connection) -> Outcome<Vec<Id>> {
    let today = crate::kind::today();
    let here = parties::left_on.is_null().or(parties::left_on.gt(today));
    let joined = parties::joined_on.is_null().or(parties::joined_on.le(today));
    let leads = parties::role.eq_any(kind.leading);
    let of_record = parties::table.filter(parties::record_id.eq(id));
    Ok(of_record.filter(here).filter(joined).filter(leads).select(parties::org_id).load(conn)?)
}

/// A record with its content for a write, under the same rules.
pub fn load(kind: &Kind, wanted: &RecordRef, sight: &Sight, conn: &mut Connection) -> Outcome<Loaded> {
    let loaded = known(kind, wanted, sight, conn)?;
    if loaded.head.state == state::WITHDRAWN {
        return Err(withdrawn(conn, loaded.head.id)?);
    }
    Ok(loaded)
}

/// [`load`] of a record that may be withdrawn, if it can be brought back.
pub fn load_with_withdrawn(kind: &Kind, wanted: &RecordRef, sight: &Sight, conn: &mut Connection) -> Outcome<Loaded> {
    let loaded = known(kind, wanted, sight, conn)?;
    if loaded.head.state == state::WITHDRAWN && loaded.came_from.is_none() {
        return Err(withdrawn(conn, loaded.head.id)?);
    }
    Ok(loaded)
}

/// A record with its content, also a withdrawn one, whose history stays readable.
pub fn known(kind: &Kind, wanted: &RecordRef, sight: &Sight, conn: &mut Connection) -> Outcome<Loaded> {
    let id = match wanted {
        RecordRef::Id(id) => Some(*id),
        RecordRef::Code(code) => id_of_code(code, conn)?,
    };
    let loaded = id.map(|id| by_id(kind, id, sight, conn)).transpose()?.flatten();
    loaded.ok_or_else(|| not_found(kind, &wanted.to_string()))
}

/// The record that a source system knows under this key, regardless of its owner.
pub fn by_source(kind: &Kind, source: &SourceKey, conn: &mut Connection) -> Outcome<Option<Loaded>> {
    let head: Option<Head> = records::table
        .filter(records::kind.eq(kind.name))
        .filter(records::source_system.eq(&source.system))
        .filter(records::source_id.eq(&source.id))
        .select(Head::as_select())
        .get_result(conn)
        .optional()?;
    let Some(head) = head else { return Ok(None) };
    if head.state == state::WITHDRAWN {
        let problem = withdrawn(conn, head.id)?;
        // Sending a withdrawn record again does not restore it; the problem says how to.
        return Err(match merges::came_from(&head, conn)? {
            Some(to) => {
                let href = format!("/api/v1/{}/{}/transitions", head.kind, head.id);
                problem.member("bring_back", json!({"href": href, "to": to}))
            }
            None => problem,
        });
    }
    // The key belongs to the client's own system: it may look whatever the state.
    let sight = Sight::Client { client_id: head.created_by, org: None, province: None };
    by_id(kind, head.id, &sight, conn)
}

/// 410 with the details of a withdrawal.
pub fn withdrawn(conn: &mut Connection, id: Id) -> Outcome<Problem> {
    let row =
        records::table.find(id).select((records::kind, records::code, records::withdrawn_at, records::state_reason));
    let (kind, code, at, reason): (String, String, Option<Moment>, Option<String>) = row.get_result(conn)?;
    let problem = gone(&code, at, reason);
    Ok(match merges::successor_of(id, conn)? {
        Some((id, code, _)) => problem.member("superseded_by", commit::shown(&kind, id, &code)),
        None => problem,
    })
}

/// 410 with when and why a record was withdrawn.
pub fn gone(code: &str, at: Option<Moment>, reason: Option<String>) -> Problem {
    let problem = Problem::new(Code::Withdrawn).arg("ref", code).member("withdrawn_at", at.map(|at| at.to_string()));
    problem.member("reason", reason)
}

/// The id of the record with this code.
pub fn id_of_code(code: &str, conn: &mut Connection) -> Outcome<Option<Id>> {
    Ok(records::table.filter(records::code.eq(code)).select(records::id).get_result(conn).optional()?)
}
