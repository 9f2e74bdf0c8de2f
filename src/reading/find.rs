//! Finding one record, by id, by code or by its key in the source system.

use std::sync::Arc;

use actix_web::web::Bytes;

use crate::api::Query;
use crate::db::{Connection, Id};
use crate::kind::Kind;
use crate::kind::naming::not_found;
use crate::kind::register::Registered;
use crate::problem::Outcome;
use crate::reading::cache::{self, Kept, Shelf};
use crate::reading::expand::{Expansion, Lens};
use crate::records::loading::withdrawn;
use crate::records::merges;
use crate::records::rows::state;
use crate::records::sight::Sight;

pub use crate::api::RecordRef;

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

/// What was asked for of a record.
pub fn take(kind: &Registered, query: &Query) -> Outcome<Expansion> {
    let expansion = Expansion::take(kind, query);
    query.finish(&["fields", "expand", "as_of"])?;
    Ok(expansion)
}

/// The answer when the record and these, which it refers to, are all that it takes.
pub fn at_once(
    kind: &Kind,
    record: &Kept,
    expansion: &Expansion,
    sight: &Sight,
    targets: &[Arc<Kept>],
) -> Option<Found> {
    if record.standing.state == state::WITHDRAWN {
        return None;
    }
    expansion.at_once(kind, record, sight, targets).map(|text| found(record, text))
}

/// The answer for a record, else 404, or 410 with the details of its withdrawal.
#[expect(clippy::too_many_arguments, reason = "a read: of what, for whom, through which cache")]
pub fn find(
    kind: &'static Kind,
    wanted: &RecordRef,
    expansion: &Expansion,
    sight: &Sight,
    shelf: &Shelf,
    conn: &mut Connection,
) -> Outcome<Reading> {
    let (position, record) = match wanted {
        RecordRef::Id(id) => {
            let position = Some(shelf.follow(conn)?);
            (position, shelf.fetch(&[(*id, None)], position, conn)?.pop().flatten())
        }
        RecordRef::Code(code) => (None, cache::by_code(code, conn)?),
    };
    let record = visible(kind, wanted, sight, record)?;
    if record.standing.state == state::WITHDRAWN {
        return match merges::successor_of(record.standing.id, conn)? {
            Some((id, _, true)) => Ok(Reading::Moved(id)),
            _ => Err(withdrawn(conn, record.standing.id)?),
        };
    }
    let lens = Lens { sight, shelf, position };
    let text = expansion.apply(kind, std::slice::from_ref(&record), &lens, conn)?.remove(0);
    Ok(Reading::Found(found(&record, text)))
}

fn found(record: &Kept, text: Bytes) -> Found {
    Found { id: record.standing.id, revision: record.standing.revision, text }
}

/// A record that is visible to the caller, else 404.
pub fn visible(kind: &Kind, wanted: &RecordRef, sight: &Sight, record: Option<Arc<Kept>>) -> Outcome<Arc<Kept>> {
    let record = record.filter(|record| record.standing.kind == kind.name && sight.sees(&record.standing));
    record.ok_or_else(|| not_found(kind, &wanted.to_string()))
}
