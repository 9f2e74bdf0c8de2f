//! `jobs …`: the command line of long work, and commands that wait for their own job.

use clap::Subcommand;

use crate::api::Language;
use crate::audit::{self, ActorKind, NewEvent};
use crate::auth::cli::{heading, table};
use crate::db::{Connection, Db, Id};
use crate::jobs::rows::{self, JobRow, State};
use crate::jobs::worker::{Turn, Worker};
use crate::jobs::{Job, NewJob, Registry, Times};
use crate::problem::Outcome;

/// What can be done with jobs.
#[derive(Debug, Clone, Subcommand)]
pub enum JobsCommand {
    /// List the unfinished jobs, or all, the newest first
    List {
        /// Finished ones too
        #[arg(long)]
        all: bool,
    },
    /// Show a job: its progress, who works on it, why it failed
    Show {
        /// Its id
        id: Id,
    },
    /// End a job after its present chunk; what it did stays
    Cancel {
        /// Its id
        id: Id,
    },
    /// Let a job that failed or was cancelled go on where it ended
    Retry {
        /// Its id
        id: Id,
    },
    /// Let a job that failed at a row go on behind it; that row stays undone
    Skip {
        /// Its id
        id: Id,
    },
}

/// Maximum number of jobs listed.
const MOST: i64 = 200;

impl JobsCommand {
    /// Runs the command; the inner error says why it cannot be done.
    pub fn run(self, db: &Db, registry: &Registry) -> Outcome<Result<String, String>> {
        match self {
            JobsCommand::List { all } => {
                let states: &[State] = if all { &[] } else { &[State::Waiting, State::Running, State::Failed] };
                Ok(Ok(listed(&db.read_here(|conn| rows::list(states, MOST, conn))?)))
            }
            JobsCommand::Show { id } => Ok(Ok(shown(&db.read_here(|conn| rows::find(id, conn))?))),
            JobsCommand::Cancel { id } => {
                let (row, done) = db.write_here(|conn| noted("job.cancelled", rows::cancel(id, conn)?, conn))?;
                let key = if row.state().is_finished() { "job-cancelled" } else { "job-cancelling" };
                Ok(if done { Ok(said(key, &row)) } else { Err(said("job-not-cancelled", &row)) })
            }
            JobsCommand::Retry { id } => {
                let (row, done) = db.write_here(|conn| noted("job.retried", rows::retry(id, conn)?, conn))?;
                Ok(if done { Ok(said("job-retried", &row)) } else { Err(said("job-not-retried", &row)) })
            }
            JobsCommand::Skip { id } => skipped(id, db, registry),
        }
    }
}

fn skipped(id: Id, db: &Db, registry: &Registry) -> Outcome<Result<String, String>> {
    let (row, skipped) = db.write_here(|conn| {
        let (row, skipped) = rows::skip(id, registry, conn)?;
        if let Some(name) = &skipped {
            note("job.skipped", format!("{} {}: {name}", row.name, row.id), conn)?;
        }
        Ok((row, skipped))
    })?;
    let Some(skipped) = skipped else { return Ok(Err(said("job-not-skipped", &row))) };
    Ok(Ok(Language::tell("job-skipped", &[("id", row.id.to_string()), ("name", row.name), ("row", skipped)])))
}

/// Records what the operator did in the audit log.
fn noted(action: &str, (row, done): (JobRow, bool), conn: &mut Connection) -> Outcome<(JobRow, bool)> {
    if done {
        note(action, format!("{} {}", row.name, row.id), conn)?;
    }
    Ok((row, done))
}

fn note(action: &str, detail: String, conn: &mut Connection) -> Outcome<()> {
    audit::append(NewEvent { detail: Some(detail), ..NewEvent::of(ActorKind::Operator, action) }, conn)?;
    Ok(())
}

fn said(key: &str, row: &JobRow) -> String {
    Language::tell(key, &[("id", row.id.to_string()), ("name", row.name.clone()), ("state", state(row))])
}

fn state(row: &JobRow) -> String {
    Language::tell(&format!("job-state-{}", row.state().name()), &[])
}

fn progress(row: &JobRow) -> String {
    row.total.map_or_else(|| row.done.to_string(), |total| format!("{}/{total}", row.done))
}

fn listed(jobs: &[JobRow]) -> String {
    if jobs.is_empty() {
        return Language::tell("job-none", &[]);
    }
    let head = ["id", "job", "state", "progress", "created"].map(heading);
    let rows = jobs
        .iter()
        .map(|row| [row.id.to_string(), row.name.clone(), state(row), progress(row), row.created_at.to_string()]);
    table(std::iter::once(head).chain(rows).collect())
}

fn shown(row: &JobRow) -> String {
    let or = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let time = |moment: Option<crate::db::Moment>| or(moment.map(|moment| moment.to_string()));
    let lines = [
        ("id", row.id.to_string()),
        ("job", row.name.clone()),
        ("state", state(row)),
        ("progress", progress(row)),
        ("attempts", row.attempts.to_string()),
        ("row", or(row.at_row.clone())),
        ("worker", or(row.worker.clone())),
        ("leased-until", time(row.leased_until)),
        ("created", row.created_at.to_string()),
        ("started", time(row.started_at)),
        ("finished", time(row.finished_at)),
        ("client", or(row.owner.client.clone())),
        ("input", row.input.clone()),
        ("reason", or(row.reason(Language::of_environment().tag()))),
    ];
    table(lines.into_iter().map(|(name, value)| [heading(name), value]).collect())
}

/// Enqueues a unique job, or finds the unfinished one, and works on it until it ends, or follows the process that does.
/// Reports its progress.
pub fn see_through<J: Job>(
    db: &Db,
    worker: &Worker,
    times: &Times,
    input: &J::Input,
    told: &mut dyn FnMut(&JobRow),
) -> Outcome<JobRow> {
    let id = db.write_here(|conn| match rows::enqueue(NewJob::of::<J>(input)?.only_one(J::NAME), conn)? {
        Some(id) => Ok(id),
        None => rows::unfinished(J::NAME, conn),
    })?;
    loop {
        let turn = worker.turn(Some(id), told)?;
        let row = db.read_here(|conn| rows::find(id, conn))?;
        told(&row);
        if row.state().is_finished() {
            return Ok(row);
        }
        if turn == Turn::Nothing {
            std::thread::sleep(times.poll);
        }
    }
}
