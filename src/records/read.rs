//! Finding one record, by id, by code or by its key in the source system.

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};

use super::expand::Expansion;
use super::kind::Kind;
use super::list;
use super::model::{Head, Standing, state};
use super::routes::not_found;
use super::view::Sight;
use super::write::{self, Loaded, SourceKey};
use crate::api::query::Query;
use crate::api::{Code, Outcome, Problem};
use crate::db::schema::records;
use crate::db::{Connection, Id, Moment};
use crate::reference::RecordCode;

/// `{ref}` in a path: the id or the code of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordRef {
    Id(Id),
    Code(String),
}

/// What a read may ask for beside the record.
#[derive(Debug, Clone, Default)]
pub struct Options {
    fields: Vec<String>,
    expansion: Expansion,
}

/// An answer found.
pub struct Found {
    pub id: Id,
    pub revision: i64,
    pub document: String,
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

    pub fn is_code(&self) -> bool {
        matches!(self, RecordRef::Code(_))
    }
}

impl std::fmt::Display for RecordRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RecordRef::Id(id) => id.fmt(f),
            RecordRef::Code(code) => f.write_str(code),
        }
    }
}

impl Options {
    pub fn take(kind: &Kind, query: &Query) -> Outcome<Options> {
        let fields = take_fields(kind, query)?;
        let expansion = Expansion::take(kind, query)?;
        query.finish(&["fields", "expand", "as_of"])?;
        Ok(Options { fields, expansion })
    }

    /// The whole record and nothing beside it: the answer that has an entity tag.
    pub fn is_plain(&self) -> bool {
        self.fields.is_empty() && self.expansion.is_empty()
    }
}

/// The members named in `fields`.
pub(super) fn take_fields(kind: &Kind, query: &Query) -> Outcome<Vec<String>> {
    let fields: Vec<String> =
        query.take("fields").map(|text| text.split(',').map(str::to_owned).collect()).unwrap_or_default();
    list::check_fields(kind, &fields)?;
    Ok(fields)
}

diesel::define_sql_function! {
    /// The first that is not NULL.
    fn coalesce(first: Nullable<Text>, second: Text) -> Text;
}

/// The answer for a record, or why there is none: 404, or 410 with what is said of a withdrawn one.
pub fn find(
    kind: &'static Kind,
    wanted: &RecordRef,
    options: &Options,
    sight: &Sight,
    conn: &mut Connection,
) -> Outcome<Found> {
    let row: Option<(Standing, String)> = match (wanted, sight.is_public()) {
        (RecordRef::Id(id), false) => {
            records::table.find(id).select((Standing::as_select(), records::document)).first(conn).optional()?
        }
        (RecordRef::Id(id), true) => {
            let document = coalesce(records::public_document, records::document);
            records::table.find(id).select((Standing::as_select(), document)).first(conn).optional()?
        }
        (RecordRef::Code(code), is_public) => {
            let row = records::table.filter(records::code.eq(code));
            let columns = (Standing::as_select(), records::document, records::public_document);
            let found: Option<(Standing, String, Option<String>)> = row.select(columns).first(conn).optional()?;
            found.map(|(standing, full, public)| (standing, public.filter(|_| is_public).unwrap_or(full)))
        }
    };
    let Some((standing, mut document)) = row.filter(|(row, _)| row.kind == kind.name && sight.sees(row)) else {
        return Err(not_found(kind, &wanted.to_string()));
    };
    if standing.state == state::WITHDRAWN {
        return Err(withdrawn(conn, standing.id)?);
    }
    if !options.expansion.is_empty() {
        document = options.expansion.apply(kind, &[document], sight, conn)?.remove(0);
    }
    if !options.fields.is_empty() {
        document = list::picked(&document, &options.fields)?;
    }
    Ok(Found { id: standing.id, revision: standing.revision, document })
}

/// A record with its content for a write, under the same rules.
pub fn load(kind: &Kind, wanted: &RecordRef, sight: &Sight, conn: &mut Connection) -> Outcome<Loaded> {
    let id = match wanted {
        RecordRef::Id(id) => Some(*id),
        RecordRef::Code(code) => {
            records::table.filter(records::code.eq(code)).select(records::id).first(conn).optional()?
        }
    };
    let loaded = id.map(|id| write::load(kind, id, sight, conn)).transpose()?.flatten();
    let loaded = loaded.ok_or_else(|| not_found(kind, &wanted.to_string()))?;
    if loaded.head.state == state::WITHDRAWN {
        return Err(withdrawn(conn, loaded.head.id)?);
    }
    Ok(loaded)
}

/// The record that a source system knows under this key, whoever owns it.
pub fn by_source(kind: &Kind, source: &SourceKey, conn: &mut Connection) -> Outcome<Option<Loaded>> {
    let head: Option<Head> = records::table
        .filter(records::kind.eq(kind.name))
        .filter(records::source_system.eq(&source.system))
        .filter(records::source_id.eq(&source.id))
        .select(Head::as_select())
        .first(conn)
        .optional()?;
    let Some(head) = head else { return Ok(None) };
    if head.state == state::WITHDRAWN {
        return Err(withdrawn(conn, head.id)?);
    }
    // The key belongs to the client's own system: it may look whatever the state.
    let sight = Sight::Client { client_id: head.created_by, org: None, province: None };
    write::load(kind, head.id, &sight, conn)
}

/// 410 with what is said of a withdrawn record.
pub(super) fn withdrawn(conn: &mut Connection, id: Id) -> Outcome<Problem> {
    let row = records::table.find(id).select((records::code, records::withdrawn_at, records::state_reason));
    let (code, at, reason): (String, Option<Moment>, Option<String>) = row.first(conn)?;
    let problem = Problem::new(Code::Withdrawn).arg("ref", code).member("withdrawn_at", at.map(|at| at.to_string()));
    Ok(problem.member("reason", reason))
}
