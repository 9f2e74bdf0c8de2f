//! A job that writes a line for each of its rows, so that a row done twice or not at all is noticed.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use chuanyu::db::{Connection, Db, Id, PoolSettings, Sql, Target, Uid};
use chuanyu::jobs::{Chunk, Job, NewJob, NextRow, Registry, Stop, Work, Worker, add_items, enqueue, items_after};
use chuanyu::problem::{Code, Outcome, Problem};
use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use serde::{Deserialize, Serialize};

use super::times;

use crate::support::database::Database;
use crate::support::dump::lines;

#[derive(Serialize, Deserialize, Default)]
pub struct Told {
    /// The row, counted from 0, that cannot be done.
    pub poisonous: Option<i64>,
    /// Whether that row ends the process instead of being refused.
    pub deadly: bool,
    /// What each row takes.
    pub row_ms: u64,
}

/// Writes every row of its own into `tally`.
pub struct Tally;

impl Job for Tally {
    const NAME: &'static str = "tally";
    type Input = Told;
    type Cursor = (i64, Id);

    fn total(&self, work: &Work<Tally>, conn: &mut Connection) -> Outcome<Option<i64>> {
        Ok(Some(items_after(work.id, None, 100_000, conn)?.len() as i64))
    }

    fn chunk(&self, work: &Work<Tally>, conn: &mut Connection) -> Outcome<Chunk<(i64, Id)>> {
        let (mut number, mut last) = work.after.map_or((0, None), |(number, last)| (number, Some(last)));
        let items = items_after(work.id, last, work.limit, conn)?;
        for item in &items {
            std::thread::sleep(Duration::from_millis(work.input.row_ms));
            if work.input.poisonous == Some(number) {
                if work.input.deadly {
                    std::process::abort();
                }
                return Err(Problem::new(Code::RuleViolated));
            }
            let mut insert: Sql = Sql::new("INSERT INTO tally (item) VALUES (");
            insert.bind(chuanyu::db::Cell::id(*item)).push(")");
            insert.execute(conn)?;
            (number, last) = (number + 1, Some(*item));
        }
        let is_more = items.len() as i64 == work.limit;
        Ok(Chunk { rows: items.len() as i64, next: last.filter(|_| is_more).map(|last| (number, last)) })
    }

    fn next_row(&self, work: &Work<Tally>, conn: &mut Connection) -> Outcome<Option<NextRow<(i64, Id)>>> {
        let (number, last) = work.after.map_or((0, None), |(number, last)| (number, Some(last)));
        let next = items_after(work.id, last, 1, conn)?.pop();
        Ok(next.map(|item| NextRow { name: format!("row {number}"), cursor: (number + 1, item) }))
    }
}

pub fn registry() -> &'static Registry {
    static REGISTRY: std::sync::LazyLock<Registry> = std::sync::LazyLock::new(|| Registry::default().with(Tally));
    &REGISTRY
}

pub fn open(target: Target) -> Db {
    Db::open(target, PoolSettings { size: 4, patience: Duration::from_secs(10), waiting: 64 })
}

pub fn worker(db: &Db) -> Worker {
    Worker::new(db.clone(), registry(), times(), Stop::default())
}

/// Enqueues a tally of as many rows as there are records in the demo data.
pub fn begin(database: &Database, told: &Told) -> Id {
    let mut conn = database.connect();
    let kind = if matches!(conn, Connection::Sqlite(_)) { "blob" } else { "uuid" };
    conn.batch_execute(&format!("CREATE TABLE IF NOT EXISTS tally (item {kind} NOT NULL)")).unwrap();
    // One transaction: a worker finds the job with its rows, or not at all.
    let db = open(database.target());
    let begun = db.write_here(|conn| {
        let id = enqueue(NewJob::of::<Tally>(told)?, conn)?.expect("a job");
        let rows: Sql<Uid> = Sql::new("SELECT id FROM records");
        Ok((id, add_items(id, rows, conn)?))
    });
    let (id, rows) = begun.unwrap();
    assert!(rows >= 60, "enough rows to be interrupted");
    id
}

/// Every row was done once, and none twice.
pub fn is_complete(database: &Database, id: Id) {
    let mut conn = database.connect();
    let (all, items) = (done(&mut conn), items_after(id, None, 100_000, &mut conn).unwrap());
    let mut once = all.clone();
    once.dedup();
    assert_eq!((all.len(), once.len()), (items.len(), items.len()));
    let row = chuanyu::jobs::find(id, &mut conn).unwrap();
    assert_eq!((row.done, row.total), (items.len() as i64, Some(items.len() as i64)));
}

/// The rows that were done, sorted.
pub fn done(conn: &mut Connection) -> Vec<String> {
    match conn {
        Connection::Sqlite(_) => lines(conn, "SELECT hex(item) AS line FROM tally ORDER BY 1"),
        Connection::Postgres(_) => lines(conn, "SELECT item::text AS line FROM tally ORDER BY 1"),
    }
}

const DATABASE: &str = "CHUANYU_TEST_TALLY";

/// A process that works on tallies; killed with the test.
pub struct Process(pub Child);

impl Process {
    pub fn start(database: &Database) -> Process {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "jobs::tally::works_on_tallies", "--ignored"]).env(DATABASE, &database.url);
        Process(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[ignore = "the process that other tests start"]
fn works_on_tallies() {
    let url = std::env::var(DATABASE).expect("started by another test");
    let db = open(Target::parse(&url).unwrap());
    let worker = worker(&db);
    loop {
        // Retried when the database is busy.
        if !matches!(worker.turn(None, &mut |_| {}), Ok(chuanyu::jobs::Turn::Worked)) {
            std::thread::sleep(times().poll);
        }
    }
}
