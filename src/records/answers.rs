//! The stored answer of one record, as everybody asks for it: by its id, whole.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use super::kind::Kind;
use super::model::{Standing, state};
use super::read::{self, Found, Options, Reading, RecordRef};
use super::view::Sight;
use crate::api::Outcome;
use crate::db::gather::{Gather, TOGETHER};
use crate::db::{Cell, Connection, Db, Id, Instant, Sql, Stored, StoredText, Uid};

/// What decides who may see a record, and its answer.
pub type Row = (Standing, StoredText);

/// The columns of [`Standing`] in SQL, in its order.
type StandingColumns = (Uid, Text, Text, BigInt, Bool, Text, Uid, Uid, Nullable<Instant>);

/// Questions for answers, gathered: for readers without and with a token.
pub struct Answers {
    public: Gather<Id, Row>,
    full: Gather<Id, Row>,
}

impl Default for Answers {
    fn default() -> Answers {
        let public = Gather::new(|ids, conn| of_all(ids, &Sight::Public, conn));
        let full = Gather::new(|ids, conn| of_all(ids, &Sight::trusted(), conn));
        Answers { public, full }
    }
}

/// [`read::find`], gathered with what others ask for at the same time where a round trip is dear.
pub async fn find(
    db: &Db,
    answers: &Answers,
    kind: &'static Kind,
    wanted: RecordRef,
    options: Options,
    sight: Sight,
) -> Outcome<Reading> {
    if let (RecordRef::Id(id), true, false) = (&wanted, options.is_plain(), db.is_near()) {
        let gather = if sight.is_public() { &answers.public } else { &answers.full };
        let (standing, StoredText(document)) = read::visible(kind, &wanted, &sight, gather.get(db, *id).await?)?;
        if standing.state != state::WITHDRAWN {
            return Ok(Reading::Found(Found { id: standing.id, revision: standing.revision, document }));
        }
    }
    db.peek(move |conn| read::find(kind, &wanted, &options, &sight, conn)).await
}

/// One record by its unique key, with the answer that the caller may see.
pub(super) fn of_one(wanted: &RecordRef, sight: &Sight, conn: &mut Connection) -> Outcome<Option<Row>> {
    let mut sql = select(sight);
    match wanted {
        RecordRef::Id(id) => sql.push("r.id = ").bind(Cell::id(*id)),
        RecordRef::Code(code) => sql.push("r.code = ").bind(Cell::text(code)),
    };
    Ok(sql.get_result(conn).optional()?)
}

fn of_all(ids: &[Id], sight: &Sight, conn: &mut Connection) -> Outcome<Vec<(Id, Row)>> {
    let Some(last) = ids.last() else { return Ok(Vec::new()) };
    // Few statements are kept prepared for any number of ids: the last one is repeated up to the next power of two.
    let places = ids.len().next_power_of_two().min(TOGETHER.max(ids.len()));
    let ids = ids.iter().chain(std::iter::repeat(last)).take(places);
    let mut sql = select(sight);
    sql.push("r.id IN (").bind_all(ids.map(|id| Cell::id(*id))).push(")");
    let rows: Vec<Row> = sql.load(conn)?;
    Ok(rows.into_iter().map(|row| (row.0.id, row)).collect())
}

fn select(sight: &Sight) -> Sql<(StandingColumns, Stored)> {
    let mut sql = Sql::new(
        "SELECT r.id, r.kind, r.state, r.revision, r.joint, r.province, r.owner_id, r.created_by, r.published_at, ",
    );
    sql.push_stored(sight.answer()).push(" FROM records r WHERE ");
    sql
}
