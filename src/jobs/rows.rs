//! The table `jobs` and the rows that a job goes through: what enqueues, shows, cancels and retries them. What a worker does
//! with them stands in [`lease`](crate::jobs::lease).

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use serde::Serialize;

use crate::db::schema::{job_items, jobs};
use crate::db::{Cell, Connection, Id, Moment, MultiBackend, Sql, Uid};
use crate::jobs::{Job, Registry};
use crate::problem::{Code, Outcome, Problem};

/// What became of a job so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Waiting,
    Running,
    Done,
    Failed,
    Cancelled,
}

impl State {
    pub const ALL: [State; 5] = [State::Waiting, State::Running, State::Done, State::Failed, State::Cancelled];

    /// As it is stored.
    pub fn name(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Running => "running",
            State::Done => "done",
            State::Failed => "failed",
            State::Cancelled => "cancelled",
        }
    }

    pub fn is_finished(self) -> bool {
        !matches!(self, State::Waiting | State::Running)
    }
}

/// A job as its row holds it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = jobs, check_for_backend(MultiBackend))]
pub struct JobRow {
    pub id: Id,
    pub name: String,
    state: String,
    pub input: String,
    /// JSON of the cursor: the last row that is done.
    pub position: Option<String>,
    pub(super) token: i64,
    /// Leases since the last whole chunk.
    pub attempts: i64,
    /// Rows that are still taken one at a time.
    pub(super) careful: i64,
    /// The row that was being worked on, while rows are taken one at a time.
    pub at_row: Option<String>,
    pub due_at: Moment,
    pub leased_until: Option<Moment>,
    pub worker: Option<String>,
    /// Whether it ends after the present chunk.
    pub cancelling: bool,
    /// Rows done …
    pub done: i64,
    /// … and in all.
    pub total: Option<i64>,
    reason: Option<String>,
    #[diesel(embed)]
    pub owner: Owner,
    pub created_at: Moment,
    pub started_at: Option<Moment>,
    pub finished_at: Option<Moment>,
}

impl JobRow {
    pub fn state(&self) -> State {
        State::ALL.into_iter().find(|state| state.name() == self.state).unwrap_or(State::Failed)
    }

    /// Why it failed, or was tried again, in the language with this tag.
    pub fn reason(&self, language: &str) -> Option<String> {
        let all: serde_json::Value = serde_json::from_str(self.reason.as_deref()?).ok()?;
        Some(all.get(language)?.as_str()?.to_owned())
    }
}

/// Whose job it is; nobody's when the service or its operator caused it.
#[derive(Debug, Clone, Default, Queryable, Selectable)]
#[diesel(table_name = jobs, check_for_backend(MultiBackend))]
pub struct Owner {
    pub client_id: Option<Id>,
    pub client: Option<String>,
    pub org_id: Option<Id>,
    pub province: Option<String>,
    pub request_id: Option<Id>,
}

/// A job to be enqueued.
pub struct NewJob {
    name: &'static str,
    input: String,
    owner: Owner,
    only_one: Option<String>,
    pause: Duration,
}

impl NewJob {
    pub fn of<J: Job>(input: &J::Input) -> Outcome<NewJob> {
        let input = serde_json::to_string(input).map_err(Problem::internal)?;
        Ok(NewJob { input, ..NewJob::named(J::NAME) })
    }

    pub(super) fn named(name: &'static str) -> NewJob {
        NewJob { name, input: "null".to_owned(), owner: Owner::default(), only_one: None, pause: Duration::ZERO }
    }

    pub fn owned_by(mut self, owner: Owner) -> Self {
        self.owner = owner;
        self
    }

    /// While one with this key is unfinished there is no second.
    pub fn only_one(mut self, key: impl Into<String>) -> Self {
        self.only_one = Some(key.into());
        self
    }

    /// It is not begun before.
    pub fn after(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }
}

/// Writes a job, to be done when this transaction is committed; `None` when there is one of its key already.
pub fn enqueue(new: NewJob, conn: &mut Connection) -> Outcome<Option<Id>> {
    let id = Id::new();
    let NewJob { name, input, owner, only_one, pause } = new;
    let mut insert: Sql<Uid> = Sql::new(
        "INSERT INTO jobs (id, name, input, state, only_one, client_id, client, org_id, province, request_id, due_at, \
         created_at) SELECT ",
    );
    insert.bind_all([Cell::id(id), Cell::text(name), Cell::text(input), Cell::text(State::Waiting.name())]);
    insert.push(", ").bind_all([
        Cell::Text(only_one.clone()),
        Cell::Id(owner.client_id),
        Cell::Text(owner.client),
        Cell::Id(owner.org_id),
        Cell::Text(owner.province),
        Cell::Id(owner.request_id),
    ]);
    insert.push(", ").push_now(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX)).push(", ").push_now(0);
    insert.push(" WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE finished_at IS NULL AND only_one = ");
    insert.bind(Cell::Text(only_one)).push(") ON CONFLICT DO NOTHING RETURNING id");
    Ok(insert.get_result::<Id>(conn).optional()?)
}

/// Fixes the rows that a job goes through: those that `select` (one column of ids) finds now. Answers how many there are.
pub fn add_items(job: Id, select: Sql<Uid>, conn: &mut Connection) -> Outcome<usize> {
    let mut insert: Sql = Sql::new("INSERT INTO job_items (job_id, item_id) SELECT ");
    insert.bind(Cell::id(job)).push(", found.id FROM (").append(select).push(") found");
    Ok(insert.execute(conn)?)
}

/// How many rows a job goes through, where they are fixed.
pub fn count_items(job: Id, conn: &mut Connection) -> Outcome<i64> {
    Ok(job_items::table.filter(job_items::job_id.eq(job)).count().get_result(conn)?)
}

/// Up to `limit` of a job's rows after one of them, in their order.
pub fn items_after(job: Id, after: Option<Id>, limit: i64, conn: &mut Connection) -> Outcome<Vec<Id>> {
    let mut query = job_items::table.filter(job_items::job_id.eq(job)).select(job_items::item_id).into_boxed();
    if let Some(after) = after {
        query = query.filter(job_items::item_id.gt(after));
    }
    Ok(query.order(job_items::item_id).limit(limit).load(conn)?)
}

/// 404 when there is no such job.
pub fn find(id: Id, conn: &mut Connection) -> Outcome<JobRow> {
    let found = jobs::table.find(id).select(JobRow::as_select()).get_result(conn).optional()?;
    found.ok_or_else(|| Problem::new(Code::NotFound).arg("kind", "jobs").arg("ref", id))
}

/// The unfinished job with this key.
pub(super) fn unfinished(key: &str, conn: &mut Connection) -> Outcome<Id> {
    let one = jobs::table.filter(jobs::only_one.eq(key)).filter(jobs::finished_at.is_null());
    Ok(one.select(jobs::id).first(conn)?)
}

/// The newest jobs, of these states or of all when there are none.
pub fn list(states: &[State], limit: i64, conn: &mut Connection) -> Outcome<Vec<JobRow>> {
    let mut query = jobs::table.select(JobRow::as_select()).into_boxed();
    if !states.is_empty() {
        query = query.filter(jobs::state.eq_any(states.iter().map(|state| state.name()).collect::<Vec<_>>()));
    }
    Ok(query.order((jobs::created_at.desc(), jobs::id.desc())).limit(limit).load(conn)?)
}

/// How long work may wait, or a worker be silent after its lease, before that is told.
const LATE_AFTER: Duration = Duration::from_secs(60);

/// Whether a job of this name waits or runs.
pub fn is_unfinished<J: Job>(conn: &mut Connection) -> Outcome<bool> {
    let mut sql: Sql<BigInt> = Sql::new("SELECT COUNT(*) FROM jobs WHERE state IN ('waiting', 'running') AND name = ");
    sql.bind(Cell::text(J::NAME));
    Ok(sql.get_result::<i64>(conn)? > 0)
}

/// Whether a worker died and none took over, or work is due and nobody does any.
pub fn is_late(conn: &mut Connection) -> Outcome<bool> {
    let before = -(LATE_AFTER.as_millis() as i64);
    let mut sql: Sql<Uid> = Sql::new("SELECT id FROM jobs WHERE (state = 'running' AND leased_until < ");
    sql.push_now(before).push(") OR (state = 'waiting' AND due_at < ").push_now(before);
    sql.push(" AND NOT EXISTS (SELECT 1 FROM jobs b WHERE b.state = 'running' AND b.leased_until >= ").push_now(0);
    sql.push(")) LIMIT 1");
    Ok(sql.get_result::<Id>(conn).optional()?.is_some())
}

/// Cancels a job: one that runs ends after its present chunk, and what it did stays. `false` when it is finished.
pub fn cancel(id: Id, conn: &mut Connection) -> Outcome<(JobRow, bool)> {
    let mut waiting: Sql = Sql::new("UPDATE jobs SET state = 'cancelled', finished_at = ");
    waiting.push_now(0).push(" WHERE state = 'waiting' AND id = ").bind(Cell::id(id));
    if waiting.execute(conn)? == 0 {
        let running = jobs::table.find(id).filter(jobs::state.eq(State::Running.name()));
        let is_running = diesel::update(running).set(jobs::cancelling.eq(true)).execute(conn)? > 0;
        return Ok((find(id, conn)?, is_running));
    }
    Ok((find(id, conn)?, true))
}

/// Lets a job that failed or was cancelled go on behind the last row that it did. `false` when it is neither, or when another
/// one does the same.
pub fn retry(id: Id, conn: &mut Connection) -> Outcome<(JobRow, bool)> {
    let mut update: Sql = Sql::new(
        "UPDATE jobs SET state = 'waiting', finished_at = NULL, attempts = 0, cancelling = false, reason = NULL, due_at = ",
    );
    update.push_now(0).push(" WHERE state IN ('failed', 'cancelled') AND id = ").bind(Cell::id(id));
    update.push(
        " AND NOT EXISTS (SELECT 1 FROM jobs other WHERE other.only_one = jobs.only_one AND other.finished_at IS NULL)",
    );
    let goes_on = update.execute(conn)? > 0;
    Ok((find(id, conn)?, goes_on))
}

/// Lets a failed job go on behind the row at which it failed, which stays undone; answers the name of that row, or `None` when the
/// job has not failed at a row or [`retry`] refuses.
pub fn skip(id: Id, registry: &Registry, conn: &mut Connection) -> Outcome<(JobRow, Option<String>)> {
    let row = find(id, conn)?;
    let Some(job) = registry.named(&row.name).filter(|_| row.state() == State::Failed) else { return Ok((row, None)) };
    let Some(next) = job.next_row(&row, conn)? else { return Ok((row, None)) };
    let (row, goes_on) = retry(id, conn)?;
    if !goes_on {
        return Ok((row, None));
    }
    let behind = (jobs::position.eq(next.cursor), jobs::done.eq(jobs::done + 1), jobs::at_row.eq(None::<String>));
    diesel::update(jobs::table.find(id)).set(behind).execute(conn)?;
    Ok((find(id, conn)?, Some(next.name)))
}

/// What is stored of why a job failed.
pub(super) fn reason_of(say: impl Fn(crate::api::Language) -> String) -> String {
    #[derive(Serialize)]
    struct Both {
        #[serde(rename = "zh-CN")]
        zh: String,
        en: String,
    }
    use crate::api::Language::{En, Zh};
    serde_json::to_string(&Both { zh: say(Zh), en: say(En) }).unwrap_or_default()
}
