//! Leases: which worker has a job, the fencing token, and the commit of each chunk.
//!
//! The token rises with every lease. A worker writes to a job only while the token is still its own; a chunk whose
//! worker has lost the lease is rolled back as a whole. All times are the database's.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::api::{Language, render};
use crate::db::schema::jobs;
use crate::db::{Cell, Connection, Db, Id, Lock, Sql, Uid};
use crate::jobs::rows::{self, JobRow, NewJob, State};
use crate::jobs::{ATTEMPTS, AnyJob, Registry};
use crate::problem::{Code, Outcome, Problem};

/// Every wait of the workers, from the settings.
#[derive(Debug, Clone)]
pub struct Times {
    /// How often a lease is renewed.
    pub heartbeat: Duration,
    /// After how long without that another worker takes over.
    pub lease: Duration,
    /// How often an idle worker looks for work.
    pub poll: Duration,
    /// Minimum pause between two chunks, which leaves room for other writers.
    pub pause: Duration,
    /// The wait before a failed job is retried; doubled with every attempt.
    pub retry: Duration,
    /// Maximum number of rows per chunk.
    pub chunk: i64,
}

/// A job that this worker may write to until another takes it over.
pub struct Lease {
    pub row: JobRow,
}

/// Outcome of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Rows are left.
    Onward,
    Ended(State),
}

/// Another worker has the job now.
#[derive(Debug)]
struct Lost;

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the job was taken over by another worker")
    }
}

impl std::error::Error for Lost {}

/// Whether a chunk was refused because another worker has the job.
pub fn is_lost(problem: &Problem) -> bool {
    problem.said().source.as_deref().is_some_and(|source| source.is::<Lost>())
}

/// What may be leased: `(id, token, state, attempts)`.
type Due = (Id, i64, String, i64);

/// Leases a job that is due or whose worker is dead, among those of the registry, or exactly the given one. A job whose
/// workers died too often has failed and is not leased.
pub fn take(db: &Db, registry: &Registry, only: Option<Id>, worker: &str, times: &Times) -> Outcome<Option<Lease>> {
    // Usually nothing is due: checked without a write transaction.
    while let Some((id, token, state, attempts)) = db.read_here(|conn| due(registry, only, conn))? {
        let died = state == State::Running.name();
        let leased = db.write_here(|conn| {
            if died && (!is_dead((id, token), conn)? || end_if_over((id, token), attempts, registry, conn)?) {
                return Ok(None);
            }
            lease((id, token), worker, times, conn)
        });
        match leased {
            Ok(None) => {}
            // Another worker settled it meanwhile.
            Err(problem) if is_lost(&problem) => {}
            leased => return leased,
        }
    }
    Ok(None)
}

fn due(registry: &Registry, only: Option<Id>, conn: &mut Connection) -> Outcome<Option<Due>> {
    let mut sql: Sql<(Uid, BigInt, Text, BigInt)> =
        Sql::new("SELECT id, token, state, attempts FROM jobs WHERE ((state = 'waiting' AND due_at <= ");
    sql.push_now(0).push(") OR (state = 'running' AND leased_until < ").push_now(0).push(")) AND name IN (");
    sql.bind_all(registry.names().into_iter().map(Cell::text)).push(")");
    if let Some(id) = only {
        sql.push(" AND id = ").bind(Cell::id(id));
    }
    sql.push(" ORDER BY due_at, id LIMIT 1");
    Ok(sql.get_result(conn).optional()?)
}

/// Whether the lease of a running job has still expired, now that its row is locked: its worker may have renewed it while this
/// one waited for its turn to write.
fn is_dead((id, token): (Id, i64), conn: &mut Connection) -> Outcome<bool> {
    let mut sql: Sql<Uid> = Sql::new("SELECT r.id FROM jobs r WHERE r.state = 'running' AND r.leased_until < ");
    sql.push_now(0).push(" AND r.id = ").bind(Cell::id(id)).push(" AND r.token = ").bind(Cell::Integer(Some(token)));
    sql.push_lock(Lock::Update);
    Ok(sql.get_result::<Id>(conn).optional()?.is_some())
}

/// Ends a job whose worker died if it was being cancelled or had its last attempt.
fn end_if_over(which: (Id, i64), attempts: i64, registry: &Registry, conn: &mut Connection) -> Outcome<bool> {
    let row = rows::find(which.0, conn)?;
    if row.cancelling {
        return end(which, State::Cancelled, None, registry, conn);
    }
    if attempts < ATTEMPTS {
        return Ok(false);
    }
    let reason = rows::reason_of(|language| told(language, "job-workers-died", attempts, row.at_row.as_deref(), ""));
    end(which, State::Failed, Some(reason), registry, conn)
}

fn lease((id, token): (Id, i64), worker: &str, times: &Times, conn: &mut Connection) -> Outcome<Option<Lease>> {
    let mut update: Sql = Sql::new(
        "UPDATE jobs SET state = 'running', token = token + 1, attempts = attempts + 1, careful = CASE WHEN attempts > 0 THEN ",
    );
    update.bind(Cell::Integer(Some(times.chunk))).push(" ELSE 0 END, worker = ").bind(Cell::text(worker));
    update
        .push(", leased_until = ")
        .push_now(millis(times.lease))
        .push(", started_at = COALESCE(started_at, ")
        .push_now(0);
    update.push(") WHERE finished_at IS NULL AND id = ").bind(Cell::id(id));
    update.push(" AND token = ").bind(Cell::Integer(Some(token)));
    match update.execute(conn)? {
        0 => Ok(None),
        _ => Ok(Some(Lease { row: rows::find(id, conn)? })),
    }
}

impl Lease {
    fn key(&self) -> (Id, i64) {
        (self.row.id, self.row.token)
    }

    /// Does one chunk and stores the cursor in one transaction. Fails with a problem for which [`is_lost`] holds when
    /// another worker has the job; everything is rolled back then.
    pub fn step(&mut self, db: &Db, registry: &Registry, limit: i64, times: &Times) -> Outcome<Step> {
        let job = registry.named(&self.row.name).ok_or_else(|| Problem::internal("a job that nobody registered"))?;
        if self.row.careful > 0 {
            self.note_row(db, job)?;
        }
        let limit = if self.row.careful > 0 { 1 } else { limit };
        let (row, step) = db.write_here(|conn| {
            let row = held(self.key(), conn)?;
            if row.cancelling {
                end(self.key(), State::Cancelled, None, registry, conn)?;
                return Ok((row, Step::Ended(State::Cancelled)));
            }
            let total = if row.total.is_none() { job.total(&row, conn)? } else { row.total };
            let chunk = job.chunk(&row, limit, conn)?;
            let ended = chunk.next.is_none();
            advance(&row, chunk, total, times, conn)?;
            if ended {
                end(self.key(), State::Done, None, registry, conn)?;
            }
            let step = if ended { Step::Ended(State::Done) } else { Step::Onward };
            Ok((rows::find(row.id, conn)?, step))
        })?;
        self.row = row;
        Ok(step)
    }

    /// Stores which row is next in a transaction of its own, so that it is known even if the process dies at that row.
    fn note_row(&self, db: &Db, job: &dyn AnyJob) -> Outcome<()> {
        let next = db.read_here(|conn| job.next_row(&self.row, conn))?.map(|next| next.name);
        if next == self.row.at_row {
            return Ok(());
        }
        db.write_here(|conn| {
            let mut update: Sql = Sql::new("UPDATE jobs SET at_row = ");
            update.bind(Cell::Text(next.clone())).append(mine(self.key()));
            only_if_mine(update.execute(conn)?)
        })
    }

    /// Renews the lease.
    pub fn beat(db: &Db, key: (Id, i64), times: &Times) -> Outcome<()> {
        db.write_here(|conn| {
            let mut update: Sql = Sql::new("UPDATE jobs SET leased_until = ");
            update.push_now(millis(times.lease)).append(mine(key));
            only_if_mine(update.execute(conn)?)
        })
    }

    pub fn token(&self) -> (Id, i64) {
        self.key()
    }

    /// Returns the job before its end: it does not count as an attempt, and a free worker continues at once, or after a
    /// pause.
    pub fn release(&self, db: &Db, pause: Duration) -> Outcome<()> {
        db.write_here(|conn| {
            let mut update: Sql = Sql::new(
                "UPDATE jobs SET state = 'waiting', leased_until = NULL, worker = NULL, attempts = attempts - 1, due_at = ",
            );
            update.push_now(millis(pause)).append(mine(self.key()));
            only_if_mine(update.execute(conn)?)
        })
    }

    /// Records a failed chunk: it is retried later, unless that was the last attempt.
    pub fn fail(&self, db: &Db, registry: &Registry, problem: &Problem, times: &Times) -> Outcome<State> {
        db.write_here(|conn| {
            let row = held(self.key(), conn)?;
            let reason = rows::reason_of(|language| {
                let why = render::lines(problem, language);
                told(language, "job-failed", row.attempts, row.at_row.as_deref(), &why)
            });
            if row.attempts >= ATTEMPTS {
                end(self.key(), State::Failed, Some(reason), registry, conn)?;
                return Ok(State::Failed);
            }
            let mut update: Sql =
                Sql::new("UPDATE jobs SET state = 'waiting', leased_until = NULL, worker = NULL, reason = ");
            let pause = times.retry * 2u32.pow(row.attempts.clamp(1, 16) as u32 - 1);
            update.bind(Cell::text(reason)).push(", due_at = ").push_now(millis(pause)).append(mine(self.key()));
            only_if_mine(update.execute(conn)?)?;
            Ok(State::Waiting)
        })
    }
}

/// The sentence of a job that failed, with the row where that is known.
fn told(language: Language, key: &str, attempts: i64, row: Option<&str>, why: &str) -> String {
    let row = row.map_or_else(|| "-".to_owned(), str::to_owned);
    let args = [("attempts", attempts.to_string()), ("row", row), ("why", why.to_owned())];
    language.say(key, &args).unwrap_or_default()
}

/// The job, if it is still this worker's.
fn held((id, token): (Id, i64), conn: &mut Connection) -> Outcome<JobRow> {
    let mine = jobs::table.find(id).filter(jobs::token.eq(token)).filter(jobs::state.eq(State::Running.name()));
    mine.select(JobRow::as_select()).get_result(conn).optional()?.ok_or_else(|| Problem::internal(Lost))
}

fn mine((id, token): (Id, i64)) -> Sql {
    let mut sql = Sql::new(" WHERE state = 'running' AND id = ");
    sql.bind(Cell::id(id)).push(" AND token = ").bind(Cell::Integer(Some(token)));
    sql
}

fn only_if_mine(rows: usize) -> Outcome<()> {
    if rows == 0 { Err(Problem::internal(Lost)) } else { Ok(()) }
}

/// Stores the cursor of a chunk and renews the lease: the last statement of the chunk, so that a slow worker that lost
/// the lease loses the whole chunk.
fn advance(
    row: &JobRow,
    chunk: crate::jobs::Chunk<String>,
    total: Option<i64>,
    times: &Times,
    conn: &mut Connection,
) -> Outcome<()> {
    let careful = (row.careful - chunk.rows.max(1)).max(0);
    let attempts = if careful == 0 { 1 } else { row.attempts };
    let mut update: Sql = Sql::new("UPDATE jobs SET position = ");
    update.bind(Cell::Text(chunk.next)).push(", done = done + ").bind(Cell::Integer(Some(chunk.rows)));
    update.push(", total = ").bind(Cell::Integer(total)).push(", careful = ").bind(Cell::Integer(Some(careful)));
    update.push(", attempts = ").bind(Cell::Integer(Some(attempts))).push(", at_row = ");
    update.bind(Cell::Text(row.at_row.clone().filter(|_| careful > 0))).push(", leased_until = ");
    update.push_now(millis(times.lease)).append(mine((row.id, row.token)));
    only_if_mine(update.execute(conn)?)
}

/// Ends a job, and enqueues the next run of a periodic one.
fn end(
    (id, token): (Id, i64),
    state: State,
    reason: Option<String>,
    registry: &Registry,
    conn: &mut Connection,
) -> Outcome<bool> {
    let mut update: Sql<Text> = Sql::new("UPDATE jobs SET leased_until = NULL, worker = NULL, state = ");
    update.bind(Cell::text(state.name())).push(", reason = ").bind(Cell::Text(reason)).push(", finished_at = ");
    update.push_now(0).append(mine((id, token))).push(" RETURNING name");
    let name: Option<String> = update.get_result(conn).optional()?;
    let name = name.ok_or_else(|| Problem::internal(Lost))?;
    if let Some((name, every)) = registry.periodic().find(|(one, _)| *one == name) {
        rows::enqueue(NewJob::named(name).only_one(name).after(every), conn)?;
    }
    Ok(true)
}

/// Enqueues the first run of every periodic job.
pub fn begin_periodic(registry: &Registry, conn: &mut Connection) -> Outcome<()> {
    for (name, every) in registry.periodic() {
        let pause = Duration::from_secs(rand::random_range(0..60)).min(every);
        rows::enqueue(NewJob::named(name).only_one(name).after(pause), conn)?;
    }
    Ok(())
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Whether a failure passes by itself and does not count as an attempt.
pub fn will_pass(problem: &Problem) -> bool {
    problem.code() == Code::Unavailable || problem.code() == Code::RevisionConflict
}
