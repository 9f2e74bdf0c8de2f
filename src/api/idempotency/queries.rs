//! The stored answers, table `idempotency_keys`.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use serde_json::Value;

use crate::api::Answer;
use crate::api::idempotency::{Idempotency, KEPT_SECONDS};
use crate::db::schema::idempotency_keys as keys;
use crate::db::{Cell, Connection, Id, Moment, Sql};
use crate::problem::{Outcome, Problem};

#[derive(Queryable)]
pub(super) struct Stored {
    pub request_hash: String,
    pub status: i32,
    pub headers: String,
    pub body: String,
    pub created_at: Moment,
}

pub(super) fn find(conn: &mut Connection, client_id: Id, key: &str) -> QueryResult<Option<Stored>> {
    keys::table
        .filter(keys::client_id.eq(client_id).and(keys::key.eq(key)))
        .select((keys::request_hash, keys::status, keys::headers, keys::body, keys::created_at))
        .get_result(conn)
        .optional()
}

pub(super) fn delete(conn: &mut Connection, client_id: Id, key: &str) -> QueryResult<usize> {
    diesel::delete(keys::table.filter(keys::client_id.eq(client_id).and(keys::key.eq(key)))).execute(conn)
}

/// Stores an answer; `false` when another process stored one for this key meanwhile. The transaction is then void.
pub(super) fn insert(conn: &mut Connection, client_id: Id, of: &Idempotency, answer: &Answer) -> Outcome<bool> {
    let headers = serde_json::to_string(&answer.headers).map_err(Problem::internal)?;
    let row = (
        keys::client_id.eq(client_id),
        keys::key.eq(&of.key),
        keys::request_hash.eq(&of.hash),
        keys::status.eq(i32::from(answer.status)),
        keys::headers.eq(headers),
        keys::body.eq(&answer.body),
        keys::created_at.eq(Moment::now()),
    );
    match diesel::insert_into(keys::table).values(row).execute(conn) {
        Ok(_) => Ok(true),
        Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Rewrites the stored answers that contain `needle` by `change`, which tells whether it changed anything; returns how
/// many it did.
pub fn rewrite(needle: &str, change: impl Fn(&mut Value) -> bool, conn: &mut Connection) -> Outcome<usize> {
    let holding = keys::table.filter(keys::body.like(format!("%{needle}%")));
    let rows: Vec<(Id, String, String)> = holding.select((keys::client_id, keys::key, keys::body)).load(conn)?;
    let mut count = 0;
    for (client, key, body) in rows {
        let Ok(mut body) = serde_json::from_str::<Value>(&body) else { continue };
        if change(&mut body) {
            let row = keys::table.find((client, key));
            diesel::update(row).set(keys::body.eq(body.to_string())).execute(conn)?;
            count += 1;
        }
    }
    Ok(count)
}

/// Deletes up to `limit` of the answers that are older than 24 hours; returns how many. Called by the job `purge`.
pub fn purge(limit: i64, conn: &mut Connection) -> Outcome<usize> {
    let oldest = Moment::now().plus_seconds(-KEPT_SECONDS);
    let mut delete: Sql = Sql::new(
        "DELETE FROM idempotency_keys WHERE (client_id, key) IN (SELECT client_id, key FROM idempotency_keys WHERE created_at <= ",
    );
    delete.bind(Cell::Moment(Some(oldest))).push(format!(" ORDER BY created_at LIMIT {limit})"));
    Ok(delete.execute(conn)?)
}
