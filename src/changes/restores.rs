//! The feed and restores (`docs/rules.md` §31): the register is set back to a backup, positions that were given since are not
//! true any more, and whoever follows is told.
//!
//! A restore takes its position far behind every one that was ever given, `number` × 10¹²: a position between the last true one
//! and that belongs to what was lost, whoever holds it.

use diesel::prelude::*;

use crate::audit::{self, ActorKind, NewEvent};
use crate::db::schema::{changes, feed, restores};
use crate::db::{Connection, Id, Moment, Sql};
use crate::problem::{Outcome, Problem};
use crate::reference::RecordCode;

/// What stands for the register itself where the feed names a kind.
pub const KIND: &str = "register";

/// Positions between one restore and the next.
const APART: i64 = 1_000_000_000_000;

/// What codes of restores begin with; no kind has it.
const PREFIX: &str = "REG";

/// A restore that was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    pub number: i64,
    /// The last position that is still true.
    pub true_until: i64,
    /// The position of its item in the feed.
    pub position: i64,
}

/// Counts a restore: the one after `known`, the most that is known outside the database, or after the last one that it has.
pub fn count(known: i64, conn: &mut Connection) -> Outcome<Restored> {
    use chrono::Datelike;
    // The lock that every change takes.
    Sql::<()>::new("UPDATE feed SET seq = seq WHERE one = 1").execute(conn)?;
    let (true_until, counted): (i64, i64) = feed::table.select((feed::seq, feed::restores)).get_result(conn)?;
    let (number, at) = (counted.max(known) + 1, Moment::now());
    let position = number.saturating_mul(APART).max(true_until + 1);
    let year = u16::try_from(at.day_in_shanghai().year()).map_err(Problem::internal)?;
    let code = RecordCode::of_other(PREFIX, year, u32::try_from(number).map_err(Problem::internal)?);
    diesel::update(feed::table).set((feed::seq.eq(position), feed::restores.eq(number))).execute(conn)?;
    let row = (
        restores::number.eq(number),
        restores::true_until.eq(true_until),
        restores::position.eq(position),
        restores::at.eq(at),
    );
    diesel::insert_into(restores::table).values(row).execute(conn)?;
    let nobody = Id::default();
    let item = (
        changes::seq.eq(position),
        changes::record_id.eq(Id::new()),
        changes::kind.eq(KIND),
        changes::code.eq(code),
        changes::revision.eq(number),
        changes::action.eq("restored"),
        // Everybody sees it.
        changes::state.eq("active"),
        changes::joint.eq(true),
        changes::province.eq(""),
        changes::owner_id.eq(nobody),
        changes::created_by.eq(nobody),
        changes::published.eq(true),
        changes::at.eq(at),
    );
    diesel::insert_into(changes::table).values(item).execute(conn)?;
    let detail = Some(format!("number {number}, true until {true_until}"));
    audit::append(NewEvent { at, detail, ..NewEvent::of(ActorKind::Operator, "register.restored") }, conn)?;
    Ok(Restored { number, true_until, position })
}

/// The end of a page that would end among lost positions: with the item of the restore.
pub(super) fn whole(end: i64, conn: &mut Connection) -> Outcome<i64> {
    let over = restores::true_until.lt(end).and(restores::position.gt(end));
    let item = restores::table.filter(over).select(restores::position).order(restores::position).first(conn);
    Ok(item.optional()?.unwrap_or(end))
}
