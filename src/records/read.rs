//! Finding one record, by id, by code or by its key in the source system.

use diesel::prelude::*;

use super::expand::Expansion;
use super::kind::Kind;
use super::list;
use super::model::{Head, state};
use super::routes::not_found;
use super::view::Sight;
use super::write::{self, Loaded, SourceKey};
use crate::api::query::Query;
use crate::api::{Code, Outcome, Problem};
use crate::db::schema::records;
use crate::db::{Connection, Id};
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
        let fields: Vec<String> =
            query.take("fields").map(|text| text.split(',').map(str::to_owned).collect()).unwrap_or_default();
        list::check_fields(kind, &fields)?;
        let expansion = Expansion::take(kind, query)?;
        query.finish(&["fields", "expand"])?;
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
    conn: &mut Connection,
) -> Outcome<Found> {
    type Row = (Head, String, Option<String>);
    let columns = (Head::as_select(), records::document, records::public_document);
    let row: Option<Row> = match wanted {
        RecordRef::Id(id) => records::table.filter(records::id.eq(id)).select(columns).first(conn).optional()?,
        RecordRef::Code(code) => {
            records::table.filter(records::code.eq(code)).select(columns).first(conn).optional()?
        }
    };
    let Some((head, document, public)) = row.filter(|(head, ..)| head.kind == kind.name && sight.sees(head)) else {
        return Err(not_found(kind, &wanted.to_string()));
    };
    if head.state == state::WITHDRAWN {
        return Err(withdrawn(&head));
    }
    let mut document = if sight.is_public() { public.unwrap_or(document) } else { document };
    if !options.expansion.is_empty() {
        document = options.expansion.apply(kind, &[document], sight, conn)?.remove(0);
    }
    if !options.fields.is_empty() {
        let mut fields = options.fields.clone();
        fields.push("expanded".to_owned());
        document = list::picked(&document, &fields)?;
    }
    Ok(Found { id: head.id, revision: head.revision, document })
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
        return Err(withdrawn(&loaded.head));
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
        return Err(withdrawn(&head));
    }
    // The key belongs to the client's own system: it may look whatever the state.
    let sight = Sight::Client { client_id: head.created_by, org: None, province: None };
    write::load(kind, head.id, &sight, conn)
}

fn withdrawn(head: &Head) -> Problem {
    Problem::new(Code::Withdrawn)
        .arg("ref", &head.code)
        .member("withdrawn_at", head.withdrawn_at.map(|at| at.to_string()))
        .member("reason", head.state_reason.clone())
}
