//! Finding one record, by id, by code or by its key in the source system.

use std::sync::Arc;

use actix_web::web::Bytes;
use diesel::prelude::*;
use serde_json::json;

use super::expand::Expansion;
use super::kind::Kind;
use super::list;
use super::model::{Head, state};
use super::register::Registered;
use super::routes::not_found;
use super::shelf::{self, Kept, Shelf};
use super::store;
use super::succession;
use super::view::Sight;
use super::write::{self, Loaded, SourceKey};
pub use crate::api::RecordRef;
use crate::api::{Code, Outcome, Problem, Query};
use crate::db::schema::records;
use crate::db::{Connection, Id, Moment};
use crate::reference::RecordCode;

/// What a read may ask for beside the record.
#[derive(Debug, Clone, Default)]
pub struct Options {
    fields: Vec<String>,
    expansion: Expansion,
}

/// What a reader gets.
pub enum Reading {
    Found(Found),
    /// It was merged into this record.
    Moved(Id),
}

/// An answer found.
pub struct Found {
    pub id: Id,
    pub revision: i64,
    /// JSON in UTF-8.
    pub text: Bytes,
}

impl Found {
    /// What the caller gets.
    pub(super) fn of(record: &Kept, sight: &Sight) -> Found {
        Found { id: record.standing.id, revision: record.standing.revision, text: record.text(sight) }
    }
}

impl RecordRef {
    /// Reads a path segment. A code with a wrong check digit is 400; what is neither id nor code of this kind is 404.
    pub fn parse(kind: &Kind, text: &str) -> Outcome<RecordRef> {
        if let Ok(id) = text.parse() {
            return Ok(RecordRef::Id(id));
        }
        match RecordCode::parse(text) {
            Ok(code) if code.prefix() == kind.prefix => Ok(RecordRef::Code(text.to_owned())),
            Err("record-code-check") => Err(Problem::new(Code::InvalidCode).arg("ref", text)),
            _ => Err(not_found(kind, text)),
        }
    }
}

impl Options {
    pub fn take(kind: &Registered, query: &Query) -> Outcome<Options> {
        let fields = list::take_fields(kind, query);
        let expansion = Expansion::take(kind, query);
        query.finish(&["fields", "expand", "as_of"])?;
        Ok(Options { fields, expansion })
    }

    /// The whole record and nothing beside it: the answer that has an entity tag.
    pub fn is_plain(&self) -> bool {
        self.fields.is_empty() && self.expansion.is_empty()
    }
}

/// The answer for a record, or why there is none: 404, or 410 with what is said of a withdrawn one.
pub fn find(
    kind: &'static Kind,
    wanted: &RecordRef,
    options: &Options,
    sight: &Sight,
    shelf: &Shelf,
    conn: &mut Connection,
) -> Outcome<Reading> {
    let record = match wanted {
        RecordRef::Id(id) => {
            let position = shelf.follow(conn)?;
            shelf.fetch(&[(*id, None)], Some(position), conn)?.pop().flatten()
        }
        RecordRef::Code(code) => shelf::by_code(code, conn)?,
    };
    let record = visible(kind, wanted, sight, record)?;
    if record.standing.state == state::WITHDRAWN {
        return match succession::successor_of(record.standing.id, conn)? {
            Some((id, _, true)) => Ok(Reading::Moved(id)),
            _ => Err(withdrawn(conn, record.standing.id)?),
        };
    }
    let mut found = Found::of(&record, sight);
    if !options.expansion.is_empty() {
        found.text = options.expansion.apply(kind, &[found.text], sight, conn)?.remove(0).into();
    }
    if !options.fields.is_empty() {
        found.text = list::picked(&found.text, &options.fields)?.into();
    }
    Ok(Reading::Found(found))
}

/// A record, unless there is none for the caller: 404.
pub(super) fn visible(kind: &Kind, wanted: &RecordRef, sight: &Sight, record: Option<Arc<Kept>>) -> Outcome<Arc<Kept>> {
    let record = record.filter(|record| record.standing.kind == kind.name && sight.sees(&record.standing));
    record.ok_or_else(|| not_found(kind, &wanted.to_string()))
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

/// A record with its content, withdrawn or not: whoever may see it reads on what it was.
pub fn known(kind: &Kind, wanted: &RecordRef, sight: &Sight, conn: &mut Connection) -> Outcome<Loaded> {
    let id = match wanted {
        RecordRef::Id(id) => Some(*id),
        RecordRef::Code(code) => id_of_code(code, conn)?,
    };
    let loaded = id.map(|id| write::load(kind, id, sight, conn)).transpose()?.flatten();
    loaded.ok_or_else(|| not_found(kind, &wanted.to_string()))
}

/// The record that a source system knows under this key, whoever owns it.
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
        // Sending it again brings nothing back: whoever withdrew it had a reason. The way is told.
        return Err(match succession::came_from(&head, conn)? {
            Some(to) => {
                let href = format!("/api/v1/{}/{}/transitions", head.kind, head.id);
                problem.member("bring_back", json!({"href": href, "to": to}))
            }
            None => problem,
        });
    }
    // The key belongs to the client's own system: it may look whatever the state.
    let sight = Sight::Client { client_id: head.created_by, org: None, province: None };
    write::load(kind, head.id, &sight, conn)
}

/// 410 with what is said of a withdrawn record.
pub fn withdrawn(conn: &mut Connection, id: Id) -> Outcome<Problem> {
    let row =
        records::table.find(id).select((records::kind, records::code, records::withdrawn_at, records::state_reason));
    let (kind, code, at, reason): (String, String, Option<Moment>, Option<String>) = row.get_result(conn)?;
    let problem = gone(&code, at, reason);
    Ok(match succession::successor_of(id, conn)? {
        Some((id, code, _)) => problem.member("superseded_by", store::shown(&kind, id, &code)),
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
