//! How a change gets its position in the feed.

use diesel::prelude::*;

use crate::api::restores;
use crate::db::{Cell, Connection, Id, Sql};
use crate::problem::Outcome;
use crate::records::actor::Actor;

/// What the feed keeps of a change: who may be told is decided by what it concerned then.
pub struct Item<'a> {
    pub id: Id,
    pub kind: &'a str,
    pub code: &'a str,
    pub revision: i64,
    /// The word behind the dot of its type.
    pub action: &'a str,
    pub state: &'a str,
    pub joint: bool,
    pub province: &'a str,
    pub owner_id: Id,
    pub created_by: Id,
    /// Whether it was ever official.
    pub published: bool,
}

/// Takes the next feed position under a lock held to commit. Only the audit event is written after it; its lock is
/// always taken second.
///
/// A write whose precondition was read for another number of restores is refused: its tag may be of before.
pub fn announce(item: &Item, actor: &Actor, conn: &mut Connection) -> Outcome<()> {
    let mut next: Sql = Sql::new("UPDATE feed SET seq = seq + 1 WHERE one = 1");
    if let Some(restores) = actor.restores {
        next.push(" AND restores = ").bind(Cell::Integer(Some(restores)));
    }
    let mut insert: Sql = Sql::default();
    let from = match conn {
        Connection::Postgres(_) => {
            insert.push("WITH next AS (").append(next).push(" RETURNING seq) ");
            " FROM next"
        }
        Connection::Sqlite(_) => {
            if next.execute(conn)? == 0 {
                return Err(restores::refused("tag", 0));
            }
            " FROM feed"
        }
    };
    insert.push(
        "INSERT INTO changes (seq, record_id, kind, code, revision, action, state, joint, province, owner_id, created_by, \
         published, at) SELECT seq, ",
    );
    insert.bind_all([
        Cell::id(item.id),
        Cell::text(item.kind),
        Cell::text(item.code),
        Cell::Integer(Some(item.revision)),
        Cell::text(item.action),
        Cell::text(item.state),
        Cell::Flag(Some(item.joint)),
        Cell::text(item.province),
        Cell::id(item.owner_id),
        Cell::id(item.created_by),
        Cell::Flag(Some(item.published)),
        Cell::Moment(Some(actor.at)),
    ]);
    insert.push(from);
    match insert.execute(conn)? {
        0 => Err(restores::refused("tag", 0)),
        _ => Ok(()),
    }
}
