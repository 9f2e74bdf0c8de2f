//! The job that purges data with a limited life: answers under idempotency keys, and old finished jobs.

use std::time::Duration;

use diesel::prelude::*;

use crate::api::idempotency;
use crate::db::schema::{job_items, jobs};
use crate::db::{Cell, Connection, Id, Moment, Sql};
use crate::jobs::{Chunk, Job, NextRow, Work};
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
        let is_more = answers == limit || some.len() as i64 == limit;
        let (items, finished) = (purge_items(&some, limit, conn)?, purge_emptied(&some, conn)?);
        Ok(Chunk { rows: answers + items + finished, next: (is_more || items == limit).then_some(()) })
    }

    fn next_row(&self, _: &Work<Purge>, _: &mut Connection) -> Outcome<Option<NextRow<()>>> {
        Ok(None)
    }

    fn every(&self) -> Option<Duration> {
        Some(self.every)
    }
}

/// Deletes up to `limit` rows that these jobs went through: one job may have had thousands, too many for one transaction.
fn purge_items(of: &[Id], limit: i64, conn: &mut Connection) -> Outcome<i64> {
    if of.is_empty() {
        return Ok(0);
    }
    let mut delete: Sql = Sql::new(
        "DELETE FROM job_items WHERE (job_id, item_id) IN (SELECT job_id, item_id FROM job_items WHERE job_id IN (",
    );
    delete.bind_ids(of).push(") ORDER BY job_id, item_id LIMIT ").bind(Cell::Integer(Some(limit))).push(")");
    Ok(delete.execute(conn)? as i64)
}

/// Deletes those of the jobs whose rows are all gone.
fn purge_emptied(jobs: &[Id], conn: &mut Connection) -> Outcome<i64> {
    let items = job_items::table.filter(job_items::job_id.eq(jobs::id));
    let emptied = jobs::table.filter(jobs::id.eq_any(jobs)).filter(diesel::dsl::not(diesel::dsl::exists(items)));
    Ok(diesel::delete(emptied).execute(conn)? as i64)
}
