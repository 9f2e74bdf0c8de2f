//! What an organization owns goes where it goes: to the one that it was merged into, and with it to the other province.
//!
//! Every record that moves gets a revision, a feed position and an audit event of its own, in the transaction of what moves
//! it, some hundreds at a time so that memory does not grow with their number. Readers of the feed see all of it or nothing;
//! other writers wait meanwhile, about a second for a thousand records.

use diesel::prelude::*;
use serde_json::Value;

use crate::db::schema::{contents, records};
use crate::db::{Cell, Connection, Id, Lock, Sql, Uid};
use crate::kind::Owner;
use crate::problem::{Outcome, Problem};
use crate::records::action::Action;
use crate::records::commit::Step;
use crate::records::desk::Desk;
use crate::records::rebase;
use crate::records::rows::Head;

/// Records read per batch.
const BATCH: usize = 200;

/// The records that an organization owns beside its own, withdrawn ones too.
pub struct Belongings(Vec<Id>);

impl Belongings {
    /// Locks an organization and all it owns, before anything is announced, so that no transaction waiting for the feed
    /// lock holds one of these rows. A transaction that adds another record to the organization waits, then reads the
    /// new owner.
    pub fn hold(owner: Id, conn: &mut Connection) -> Outcome<Belongings> {
        let mut lock: Sql<Uid> = Sql::new("SELECT r.id FROM records r WHERE r.id = ");
        lock.bind(Cell::id(owner)).push_lock(Lock::Update);
        let _: Id = lock.get_result(conn)?;
        // A statement of its own: a statement that waited for a lock does not see what was written meanwhile.
        let mut owned: Sql<Uid> = Sql::new("SELECT r.id FROM records r WHERE r.owner_id = ");
        owned.bind(Cell::id(owner)).push(" AND r.id <> ").bind(Cell::id(owner));
        owned.push(" ORDER BY r.id").push_lock(Lock::Update);
        Ok(Belongings(owned.load(conn)?))
    }

    /// Gives them to another owner.
    pub fn give_to(self, owner: Id, desk: &mut Desk) -> Outcome<()> {
        self.each(desk, |desk, mut head, content| {
            head.owner_id = owner;
            keep(desk, head, &content, Action::OwnerMerged)
        })
    }

    /// Moves the single-owner records to their owner's new province. Joint records have both sides anyway, and
    /// documents issued for one side stay with that side.
    pub fn move_to(self, province: &str, desk: &mut Desk) -> Outcome<()> {
        self.each(desk, |desk, mut head, content| {
            if !matches!(desk.kind.owner(&content), Owner::Organization(_)) || head.province == province {
                return Ok(());
            }
            head.province = province.to_owned();
            rebase::follow_side(desk.kind, &head, desk.actor.at, desk.conn)?;
            keep(desk, head, &content, Action::OwnerMoved)
        })
    }

    fn each(self, desk: &mut Desk, mut change: impl FnMut(&mut Desk, Head, Value) -> Outcome<()>) -> Outcome<()> {
        for batch in self.0.chunks(BATCH) {
            let rows: Vec<(Head, String)> = records::table
                .inner_join(
                    contents::table
                        .on(contents::record_id.eq(records::id).and(contents::number.eq(records::content_number))),
                )
                .filter(records::id.eq_any(batch))
                .order(records::id)
                .select((Head::as_select(), contents::text))
                .load(desk.conn)?;
            for (head, text) in rows {
                let Some(kind) = desk.register.kind(&head.kind) else { continue };
                change(&mut desk.of_kind(kind), head, serde_json::from_str(&text).map_err(Problem::internal)?)?;
            }
        }
        Ok(())
    }
}

fn keep(desk: &mut Desk, mut head: Head, content: &Value, action: Action) -> Outcome<()> {
    desk.commit_standing(&mut head, content, Step { action, reason: None }).map(drop)
}
