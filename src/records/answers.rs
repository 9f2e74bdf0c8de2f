//! The stored answer of one record, as everybody asks for it: by its id, whole.

use std::sync::Arc;

use actix_web::web::Bytes;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use super::kind::Kind;
use super::model::{Standing, state};
use super::read::{self, Found, Options, Reading, RecordRef};
use super::shelf::Shelf;
use super::view::Sight;
use crate::api::Outcome;
use crate::db::gather::Gather;
use crate::db::{Cell, Connection, Db, Id, Instant, Sql, Stored, StoredText, Uid};

/// What decides who may see a record, and its answer.
pub type Row = (Standing, Bytes);

/// The columns of [`Standing`], and their SQL types.
const STANDING: &str =
    "r.id, r.kind, r.state, r.revision, r.joint, r.province, r.owner_id, r.created_by, r.published_at";
type StandingColumns = (Uid, Text, Text, BigInt, Bool, Text, Uid, Uid, Nullable<Instant>);

/// Questions for answers, gathered: for readers without and with a token.
pub struct Answers {
    public: Gather<Id, Row>,
    full: Gather<Id, Row>,
}

impl Answers {
    pub fn new(shelf: Arc<Shelf>) -> Answers {
        let gather = |sight: Sight, shelf: Arc<Shelf>| {
            Gather::new(move |ids, conn| {
                let rows = of_all(ids, &sight, &shelf, conn)?;
                Ok(rows.into_iter().map(|row| (row.0.id, row)).collect())
            })
        };
        Answers { public: gather(Sight::Public, shelf.clone()), full: gather(Sight::trusted(), shelf) }
    }

    /// [`read::find`], gathered with what others ask for at the same time where a round trip is dear.
    pub async fn find(
        &self,
        db: &Db,
        kind: &'static Kind,
        wanted: RecordRef,
        options: Options,
        sight: Sight,
    ) -> Outcome<Reading> {
        if let (RecordRef::Id(id), true, false) = (&wanted, options.is_plain(), db.is_near()) {
            let gather = if sight.is_public() { &self.public } else { &self.full };
            let (standing, text) = read::visible(kind, &wanted, &sight, gather.get(db, *id).await?)?;
            if standing.state != state::WITHDRAWN {
                return Ok(Reading::Found(Found { id: standing.id, revision: standing.revision, text }));
            }
        }
        db.peek(move |conn| read::find(kind, &wanted, &options, &sight, conn)).await
    }
}

/// One record by its unique key, with the answer that the caller may see. SQLite reads it where it finds who may see it.
pub(super) fn of_one(wanted: &RecordRef, sight: &Sight, conn: &mut Connection) -> Outcome<Option<Row>> {
    let mut sql = with_texts(sight);
    match wanted {
        RecordRef::Id(id) => sql.push("r.id = ").bind(Cell::id(*id)),
        RecordRef::Code(code) => sql.push("r.code = ").bind(Cell::text(code)),
    };
    let row: Option<(Standing, StoredText)> = sql.get_result(conn).optional()?;
    Ok(row.map(|(standing, StoredText(text))| (standing, text.into())))
}

/// Some records, in any order. One whose answer is not kept is read anew as a whole: it may have changed meanwhile.
fn of_all(ids: &[Id], sight: &Sight, shelf: &Shelf, conn: &mut Connection) -> Outcome<Vec<Row>> {
    let mut sql: Sql<StandingColumns> = Sql::new("SELECT ");
    sql.push(STANDING).push(" FROM records r WHERE r.id IN (").bind_ids(ids).push(")");
    let (mut rows, mut missing) = (Vec::with_capacity(ids.len()), Vec::new());
    for standing in sql.load::<Standing>(conn)? {
        match shelf.kept(standing.id, standing.revision, sight) {
            Some(text) => rows.push((standing, text)),
            None => missing.push(standing.id),
        }
    }
    if !missing.is_empty() {
        let mut sql = with_texts(sight);
        sql.push("r.id IN (").bind_ids(&missing).push(")");
        for (standing, StoredText(text)) in sql.load::<(Standing, StoredText)>(conn)? {
            let text = Bytes::from(text);
            shelf.keep(standing.id, standing.revision, sight, &text);
            rows.push((standing, text));
        }
    }
    Ok(rows)
}

fn with_texts(sight: &Sight) -> Sql<(StandingColumns, Stored)> {
    let mut sql = Sql::new("SELECT ");
    sql.push(STANDING).push(", ").push_stored(sight.answer()).push(" FROM records r WHERE ");
    sql
}
