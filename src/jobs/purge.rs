//! The job that purges data with a limited life: answers under idempotency keys, and old finished jobs.

use std::time::Duration;

use diesel::prelude::*;

use crate::api::idempotency;
use crate::db::schema::jobs;
use crate::db::{Connection, Id, Moment};
use crate::jobs::{Chunk, Job, Work};
use crate::problem::Outcome;

/// How long a finished job is kept.
const FINISHED_KEPT_SECONDS: i64 = 90 * 24 * 3600;

/// Runs again and again.
pub struct Purge {
    pub every: Duration,
}

impl Job for Purge {
    const NAME: &'static str = "purge";
    type Input = ();
    type Cursor = ();

    fn chunk(&self, work: &Work<Purge>, conn: &mut Connection) -> Outcome<Chunk<()>> {
        let limit = work.limit;
        let answers = idempotency::purge(limit, conn)? as i64;
        let old = jobs::finished_at.lt(Moment::now().plus_seconds(-FINISHED_KEPT_SECONDS));
        let some: Vec<Id> =
            jobs::table.filter(old).select(jobs::id).order(jobs::finished_at).limit(limit).load(conn)?;
        let finished = diesel::delete(jobs::table.filter(jobs::id.eq_any(&some))).execute(conn)? as i64;
        let is_more = answers == limit || finished == limit;
        Ok(Chunk { rows: answers + finished, next: is_more.then_some(()) })
    }

    fn next_row(&self, _: &Work<Purge>, _: &mut Connection) -> Outcome<Option<String>> {
        Ok(None)
    }

    fn every(&self) -> Option<Duration> {
        Some(self.every)
    }
}
