//! What an organization owns follows it: to the organization that it was merged into, and to the other province.
//!
//! After a merge everything belongs to the other organization at once, in the transaction of the merge: who may see and change
//! it is never in doubt. What readers are told of it, the revision with the new owner, its feed position and its audit event,
//! follows record by record: the first ones in the same transaction, the rest by a job in batches, so that no other writer
//! waits for thousands of records. Until its turn comes a record shows its old owner. After a move each record goes to
//! the other province with its batch and is kept by the old one until then.
//!
//! A batch takes records as it finds them: one that was changed meanwhile is told already, one that was given away or deleted is
//! no longer of interest, and one whose owner was merged or moved again follows to where that is now.

use std::collections::BTreeMap;
use std::sync::Arc;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::auth::{Principal, Scopes};
use crate::db::schema::{changes, contents, records};
use crate::db::{Cell, Connection, Id, Lock, Moment, Sql, Uid};
use crate::jobs::{self, Chunk, Job, NewJob, NextRow, Work};
use crate::kind::Owner;
use crate::kind::register::Register;
use crate::problem::{Outcome, Problem};
use crate::records::action::Action;
use crate::records::actor::Actor;
use crate::records::commit::Step;
use crate::records::desk::Desk;
use crate::records::rebase;
use crate::records::rows::{self, Head};

/// Records that follow in the transaction of the merge or the move itself: as many as other writers do not notice.
const AT_ONCE: usize = 20;

/// Why records follow their owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    Merge,
    Move,
}

impl Cause {
    /// The action in the records' history.
    fn action(self) -> Action {
        match self {
            Cause::Merge => Action::OwnerMerged,
            Cause::Move => Action::OwnerMoved,
        }
    }
}

/// The records that an organization owns beside its own, withdrawn ones too.
pub struct Belongings {
    owner: Id,
    records: Vec<Id>,
}

impl Belongings {
    /// Locks an organization and all it owns, before anything is announced, so that no transaction waiting for the feed
    /// lock holds one of these rows. A transaction that adds another record to the organization waits, then reads the
    /// new owner.
    pub fn hold(owner: Id, conn: &mut Connection) -> Outcome<Belongings> {
        rows::hold(&[owner], conn)?;
        // A statement of its own: a statement that waited for a lock does not see what was written meanwhile.
        let mut owned: Sql<Uid> = Sql::new("SELECT r.id FROM records r WHERE r.owner_id = ");
        owned.bind(Cell::id(owner)).push(" AND r.id <> ").bind(Cell::id(owner));
        owned.push(" ORDER BY r.id").push_lock(Lock::Update);
        Ok(Belongings { owner, records: owned.load(conn)? })
    }

    /// Gives them to another owner.
    pub fn give_to(self, owner: Id, desk: &mut Desk) -> Outcome<()> {
        self.enqueue_rest(Cause::Merge, desk.actor, desk.conn)?;
        let all = records::table.filter(records::owner_id.eq(self.owner)).filter(records::id.ne(self.owner));
        diesel::update(all).set(records::owner_id.eq(owner)).execute(desk.conn)?;
        follow(Cause::Merge, self.first(), desk.register, desk.actor, desk.conn)
    }

    /// Moves the single-owner records to their owner's new province. Joint records have both sides anyway, and
    /// documents issued for one side stay with that side.
    pub fn move_along(self, desk: &mut Desk) -> Outcome<()> {
        self.enqueue_rest(Cause::Move, desk.actor, desk.conn)?;
        follow(Cause::Move, self.first(), desk.register, desk.actor, desk.conn)
    }

    fn first(&self) -> &[Id] {
        &self.records[..self.records.len().min(AT_ONCE)]
    }

    /// Leaves what is more than a few to the job.
    fn enqueue_rest(&self, cause: Cause, actor: &Actor, conn: &mut Connection) -> Outcome<()> {
        let Some(last) = self.first().last().filter(|_| self.records.len() > AT_ONCE) else { return Ok(()) };
        let new = NewJob::of::<FollowOwner>(&cause)?.owned_by(owner_of_job(actor));
        let Some(job) = jobs::enqueue(new, conn)? else { return Ok(()) };
        let mut rest: Sql<Uid> = Sql::new("SELECT r.id FROM records r WHERE r.owner_id = ");
        rest.bind(Cell::id(self.owner)).push(" AND r.id <> ").bind(Cell::id(self.owner));
        rest.push(" AND r.id > ").bind(Cell::id(*last));
        jobs::add_items(job, rest, conn).map(drop)
    }
}

fn owner_of_job(actor: &Actor) -> jobs::Owner {
    let principal = &actor.principal;
    jobs::Owner {
        client_id: Some(principal.client_id),
        client: Some(principal.client.clone()),
        org_id: principal.org,
        province: principal.province.clone(),
        request_id: Some(actor.request_id),
    }
}

/// Tells of these records where they belong now, unless that was told already. The caller holds them.
fn follow(cause: Cause, ids: &[Id], register: &'static Register, actor: &Actor, conn: &mut Connection) -> Outcome<()> {
    type Row = (Head, String, Option<String>, Option<Id>);
    let rows: Vec<Row> = records::table
        .inner_join(
            contents::table.on(contents::record_id.eq(records::id).and(contents::number.eq(records::content_number))),
        )
        .left_join(changes::table.on(changes::record_id.eq(records::id).and(changes::revision.eq(records::revision))))
        .filter(records::id.eq_any(ids))
        .order(records::id)
        .select((Head::as_select(), contents::text, changes::province.nullable(), changes::owner_id.nullable()))
        .load(conn)?;
    let owners: Vec<Id> = rows.iter().map(|(head, ..)| head.owner_id).collect();
    let seats: BTreeMap<Id, String> = records::table
        .filter(records::id.eq_any(owners))
        .select((records::id, records::province))
        .load::<(Id, String)>(conn)?
        .into_iter()
        .collect();
    for (mut head, text, province, owner) in rows {
        let Some(kind) = register.kind(&head.kind) else { continue };
        let content: Value = serde_json::from_str(&text).map_err(Problem::internal)?;
        let seat = seats.get(&head.owner_id).filter(|_| matches!(kind.owner(&content), Owner::Organization(_)));
        if let Some(seat) = seat.filter(|_| cause == Cause::Move) {
            head.province.clone_from(seat);
            rebase::follow_side(kind, &head, actor.at, conn)?;
        }
        if province.as_ref() != Some(&head.province) || owner != Some(head.owner_id) {
            let step = Step { action: cause.action(), reason: None };
            Desk { register, kind, actor, conn }.commit_standing(&mut head, &content, step)?;
        }
    }
    Ok(())
}

/// The job that lets the rest of an organization's records follow it.
pub struct FollowOwner {
    pub register: &'static Register,
}

/// Who merged or moved the organization; what is allowed was judged then.
fn author(owner: &jobs::Owner) -> Outcome<Actor> {
    let (Some(client_id), Some(client), Some(request_id)) = (owner.client_id, &owner.client, owner.request_id) else {
        return Err(Problem::internal("a job that nobody caused"));
    };
    let principal = Principal {
        client_id,
        client: client.clone(),
        org: owner.org_id,
        province: owner.province.clone(),
        scopes: Scopes::NONE,
        source_system: client.clone(),
    };
    Ok(Actor { principal: Arc::new(principal), request_id, at: Moment::now(), restores: None })
}

impl Job for FollowOwner {
    const NAME: &'static str = "follow-owner";
    type Input = Cause;
    type Cursor = Id;

    fn total(&self, work: &Work<FollowOwner>, conn: &mut Connection) -> Outcome<Option<i64>> {
        jobs::count_items(work.id, conn).map(Some)
    }

    fn chunk(&self, work: &Work<FollowOwner>, conn: &mut Connection) -> Outcome<Chunk<Id>> {
        let ids = jobs::items_after(work.id, work.after, work.limit, conn)?;
        let Some(last) = ids.last() else { return Ok(Chunk { rows: 0, next: None }) };
        let held = rows::hold(&ids, conn)?;
        follow(work.input, &held, self.register, &author(&work.owner)?, conn)?;
        Ok(Chunk { rows: ids.len() as i64, next: (ids.len() as i64 == work.limit).then_some(*last) })
    }

    fn next_row(&self, work: &Work<FollowOwner>, conn: &mut Connection) -> Outcome<Option<NextRow<Id>>> {
        let Some(id) = jobs::items_after(work.id, work.after, 1, conn)?.pop() else { return Ok(None) };
        let code = records::table.find(id).select(records::code).first(conn).optional()?;
        Ok(Some(NextRow { name: code.unwrap_or_else(|| id.to_string()), cursor: id }))
    }
}
