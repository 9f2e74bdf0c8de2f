//! Long work: rows in the same database, enqueued in the transaction of what causes them, done in chunks.
//!
//! A [`Job`] says what one chunk is; everything else stands here, once. A worker leases a job by the database's clock and renews
//! the lease while it works ([`lease`]). Each chunk and the new cursor are one transaction, which is refused when another worker
//! has taken the job over meanwhile: every chunk counts exactly once, whoever is killed when. A job that fails is tried again;
//! after a failure its rows are taken one at a time until the chunk that failed is passed, so that the fifth failure names the
//! row that is to blame. Cancelling, and the end of a process, wait for the end of a chunk.
//!
//! This room knows no record: the jobs themselves stand where their work belongs, and `app::jobs` registers them.

pub mod cli;
pub mod lease;
mod purge;
mod rows;
mod worker;

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use lease::Times;
pub use purge::Purge;
pub use rows::{
    JobRow, NewJob, Owner, State, add_items, cancel, count_items, enqueue, find, is_late, is_unfinished, items_after,
    list, retry, skip,
};
pub use worker::{Runners, Stop, Turn, Worker};

use crate::db::{Connection, Id};
use crate::problem::{Outcome, Problem};

/// How often a job is tried before it has failed.
pub const ATTEMPTS: i64 = 5;

/// One kind of long work.
pub trait Job: Send + Sync + 'static {
    /// What the table and operators call it. It never changes: rows outlive versions of the program.
    const NAME: &'static str;
    /// What is to be done; written when the job is enqueued.
    type Input: Serialize + DeserializeOwned;
    /// The last row that is done.
    type Cursor: Serialize + DeserializeOwned;

    /// How many rows there are in all, as far as that is known when it begins.
    fn total(&self, _: &Work<Self>, _: &mut Connection) -> Outcome<Option<i64>> {
        Ok(None)
    }

    /// Does up to `limit` rows after the cursor. It runs in the transaction that keeps the new cursor, may run more than once,
    /// and has no effect outside its connection.
    fn chunk(&self, work: &Work<Self>, conn: &mut Connection) -> Outcome<Chunk<Self::Cursor>>;

    /// The row after the cursor, where the job has failed when it fails again and again; `None` where there is none to name.
    fn next_row(&self, work: &Work<Self>, conn: &mut Connection) -> Outcome<Option<NextRow<Self::Cursor>>>;

    /// For a job that runs again and again: the time from the end of one run to the next one.
    fn every(&self) -> Option<Duration> {
        None
    }
}

/// What a job is to do next.
pub struct Work<J: Job + ?Sized> {
    /// The job's own id: that of its rows, where they are fixed ([`add_items`]).
    pub id: Id,
    /// Who caused it.
    pub owner: Owner,
    pub input: J::Input,
    /// The last row that is done; `None` before the first one.
    pub after: Option<J::Cursor>,
    pub limit: i64,
}

/// What a chunk did.
pub struct Chunk<Cursor> {
    pub rows: i64,
    /// Where the next one begins; `None` when nothing is left.
    pub next: Option<Cursor>,
}

/// A row that is next.
pub struct NextRow<Cursor> {
    /// What people call it.
    pub name: String,
    /// The cursor behind it.
    pub cursor: Cursor,
}

/// A [`Job`] whose input and cursor are the JSON of its row.
trait AnyJob: Send + Sync {
    fn name(&self) -> &'static str;
    fn every(&self) -> Option<Duration>;
    fn total(&self, row: &JobRow, conn: &mut Connection) -> Outcome<Option<i64>>;
    fn chunk(&self, row: &JobRow, limit: i64, conn: &mut Connection) -> Outcome<Chunk<String>>;
    fn next_row(&self, row: &JobRow, conn: &mut Connection) -> Outcome<Option<NextRow<String>>>;
}

impl<J: Job> AnyJob for J {
    fn name(&self) -> &'static str {
        J::NAME
    }

    fn every(&self) -> Option<Duration> {
        Job::every(self)
    }

    fn total(&self, row: &JobRow, conn: &mut Connection) -> Outcome<Option<i64>> {
        Job::total(self, &work(row, 1)?, conn)
    }

    fn chunk(&self, row: &JobRow, limit: i64, conn: &mut Connection) -> Outcome<Chunk<String>> {
        let Chunk { rows, next } = Job::chunk(self, &work(row, limit)?, conn)?;
        let next = next.map(|cursor| serde_json::to_string(&cursor)).transpose();
        Ok(Chunk { rows, next: next.map_err(Problem::internal)? })
    }

    fn next_row(&self, row: &JobRow, conn: &mut Connection) -> Outcome<Option<NextRow<String>>> {
        let Some(NextRow { name, cursor }) = Job::next_row(self, &work(row, 1)?, conn)? else { return Ok(None) };
        Ok(Some(NextRow { name, cursor: serde_json::to_string(&cursor).map_err(Problem::internal)? }))
    }
}

fn work<J: Job>(row: &JobRow, limit: i64) -> Outcome<Work<J>> {
    let after = row.position.as_deref().map(read).transpose()?;
    Ok(Work { id: row.id, owner: row.owner.clone(), input: read(&row.input)?, after, limit })
}

fn read<T: DeserializeOwned>(text: &str) -> Outcome<T> {
    serde_json::from_str(text).map_err(Problem::internal)
}

/// The jobs that this program knows; others in the table are left to processes of another version.
#[derive(Default)]
pub struct Registry(Vec<Box<dyn AnyJob>>);

impl Registry {
    pub fn with(mut self, job: impl Job) -> Registry {
        self.0.push(Box::new(job));
        self
    }

    fn named(&self, name: &str) -> Option<&dyn AnyJob> {
        self.0.iter().find(|job| job.name() == name).map(|job| &**job)
    }

    fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|job| job.name()).collect()
    }

    fn periodic(&self) -> impl Iterator<Item = (&'static str, Duration)> {
        self.0.iter().filter_map(|job| Some((job.name(), job.every()?)))
    }
}
