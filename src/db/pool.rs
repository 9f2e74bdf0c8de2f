//! The only way to a connection: `db.read` and `db.write`.
//!
//! Both run on threads of their own. `write` is one transaction that is committed when the closure succeeds; on SQLite all
//! writes go through one connection with `BEGIN IMMEDIATE`, so that writers queue instead of failing; on PostgreSQL a
//! serialization failure or deadlock is retried. When no connection comes free in time the answer is 503, never a hang.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};
use diesel::result::Error as DieselError;

use crate::db::Connection;
use crate::db::connection::{Purpose, Target};
use crate::db::failures::{database_error, may_only_read, tries_for};
use crate::db::group::Group;
use crate::db::kept::Kept;
use crate::db::threads::Threads;
use crate::problem::{Outcome, Problem};

/// A query that took longer than this must not run on a thread that serves requests.
const SLOW: Duration = Duration::from_millis(50);
/// How long, after such a query, all reads go to the database threads.
const SLOW_FOR: Duration = Duration::from_secs(10);

/// Sizes and patience of the pools.
#[derive(Debug, Clone)]
pub struct PoolSettings {
    /// Connections for reading (SQLite) or for everything (PostgreSQL).
    pub size: u32,
    /// How long a request waits for a connection before it is answered with 503.
    pub patience: Duration,
    /// How many requests may wait at the same time; further ones get 503 at once.
    pub waiting: usize,
}

/// A handle to the database; cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    target: Target,
    readers: Pool<Manager>,
    /// SQLite's single writer; PostgreSQL writes on the connections of `readers`.
    writer: Option<Pool<Manager>>,
    reading: Threads,
    /// For `writer`.
    writing: Option<Threads>,
    /// What waits for it.
    group: Group,
    patience: Duration,
    generation: Arc<AtomicU64>,
    /// When a query last blocked its calling thread for too long, in milliseconds after `opened`.
    slow_at: AtomicU64,
    opened: Instant,
}

struct Manager {
    target: Target,
    purpose: Purpose,
    generation: Arc<AtomicU64>,
}

/// A pooled connection. When one turns out dead, all of its generation are replaced instead of failing one by one.
struct Member {
    conn: Connection,
    kept: Kept,
    generation: u64,
}

impl Member {
    /// The connection, for the next use.
    fn ready(&mut self) -> &mut Connection {
        self.kept.limit(&mut self.conn);
        &mut self.conn
    }
}

impl ManageConnection for Manager {
    type Connection = Member;
    type Error = diesel::ConnectionError;

    fn connect(&self) -> Result<Member, diesel::ConnectionError> {
        let generation = self.generation.load(Ordering::Acquire);
        let mut conn = self.target.open(self.purpose)?;
        let kept = Kept::of(&mut conn);
        Ok(Member { conn, kept, generation })
    }

    fn is_valid(&self, _: &mut Member) -> Result<(), diesel::ConnectionError> {
        Ok(())
    }

    fn has_broken(&self, member: &mut Member) -> bool {
        member.generation < self.generation.load(Ordering::Acquire)
            || std::thread::panicking()
            || member.conn.is_in_transaction()
    }
}

impl Db {
    /// Opens the pools lazily: a database that is away does not stop the start, requests get 503 until it is back.
    pub fn open(target: Target, settings: PoolSettings) -> Db {
        let generation = Arc::new(AtomicU64::new(0));
        let pool = |purpose, size: u32| {
            Pool::builder()
                .max_size(size)
                .min_idle(Some(0))
                .test_on_check_out(false)
                .idle_timeout(Some(Duration::from_secs(300)))
                .max_lifetime(None)
                .connection_timeout(settings.patience)
                .error_handler(Box::new(LogFailure))
                .build_unchecked(Manager { target: target.clone(), purpose, generation: generation.clone() })
        };
        let (readers, writer) = if target.is_sqlite() {
            (pool(Purpose::Read, settings.size), Some(pool(Purpose::Write, 1)))
        } else {
            (pool(Purpose::Write, settings.size), None)
        };
        let threads = |most: u32| Threads::new(most as usize, settings.waiting, settings.patience);
        let (reading, writing) = (threads(settings.size), writer.as_ref().map(|_| threads(1)));
        let (slow_at, opened) = (AtomicU64::new(u64::MAX), Instant::now());
        Db(Arc::new(Inner {
            target,
            readers,
            writer,
            reading,
            writing,
            group: Group::new(settings.waiting),
            patience: settings.patience,
            generation,
            slow_at,
            opened,
        }))
    }

    pub fn target(&self) -> &Target {
        &self.0.target
    }

    /// Whether the database is embedded, so that a row is found without a round trip.
    pub fn is_near(&self) -> bool {
        self.0.target.is_sqlite()
    }

    /// How long a request waits for a connection.
    pub fn patience(&self) -> Duration {
        self.0.patience
    }

    /// Runs a query on a connection of its own, outside a transaction. A connection that died is replaced once.
    pub async fn read<T: Send + 'static>(
        &self,
        query: impl Fn(&mut Connection) -> Outcome<T> + Send + 'static,
    ) -> Outcome<T> {
        let db = self.clone();
        self.0.reading.run(move || db.read_here(&query)).await
    }

    /// [`Db::read`] of few rows along an index. SQLite answers that from its page cache faster than threads are
    /// switched, so it is queried on the calling thread; PostgreSQL on another.
    pub async fn peek<T: Send + 'static>(
        &self,
        query: impl Fn(&mut Connection) -> Outcome<T> + Send + 'static,
    ) -> Outcome<T> {
        // Only with a free connection: a thread that serves requests must not wait for one.
        if self.0.target.is_sqlite()
            && !self.was_slow()
            && let Some(mut member) = self.0.readers.try_get()
        {
            let began = Instant::now();
            let result = query(member.ready());
            if began.elapsed() > SLOW {
                self.0.slow_at.store(self.0.opened.elapsed().as_millis() as u64, Ordering::Relaxed);
            }
            return result;
        }
        self.read(query).await
    }

    /// Whether a query was slow lately: the disk is slow, or there are many rows after all.
    fn was_slow(&self) -> bool {
        let at = self.0.slow_at.load(Ordering::Relaxed);
        at != u64::MAX && self.0.opened.elapsed() < Duration::from_millis(at) + SLOW_FOR
    }

    /// [`Db::read`] on the calling thread: for the command line and for threads that may block.
    pub fn read_here<T>(&self, query: impl Fn(&mut Connection) -> Outcome<T>) -> Outcome<T> {
        let mut member = self.checkout(&self.0.readers)?;
        let result = query(member.ready());
        if let Err(problem) = &result
            && self.note_if_dead(problem, &mut member)
        {
            drop(member);
            let mut fresh = self.checkout(&self.0.readers)?;
            return query(&mut fresh.conn);
        }
        result
    }

    /// Runs `work` in one transaction: committed when it succeeds, rolled back when it fails.
    ///
    /// `work` may run more than once and must have no effect outside the connection it is given.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Connection) -> Outcome<T> + Send + 'static,
    ) -> Outcome<T> {
        if let Some(writing) = &self.0.writing {
            return self.0.group.write(self, writing, work).await;
        }
        let db = self.clone();
        self.0.reading.run(move || db.write_here(&work)).await
    }

    /// Commits the changes that wait for SQLite's writer.
    pub(super) fn write_waiting(&self) {
        self.0.group.serve(self);
    }

    /// Runs `work` in one transaction of SQLite's writer, which is committed when it says so; whether it was, and if not, nothing
    /// of it stands. Fails when the transaction could not begin.
    pub(super) fn in_one_commit(&self, work: impl FnOnce(&mut Connection) -> bool) -> Outcome<bool> {
        let mut member = self.checkout(self.0.writer.as_ref().unwrap_or(&self.0.readers))?;
        if let Err(error) = begin(member.ready()) {
            let problem = Problem::from(error);
            self.note_if_dead(&problem, &mut member);
            return Err(problem);
        }
        let conn = &mut member.conn;
        let is_done = work(conn) && Transactions::commit_transaction(conn).is_ok();
        if !is_done {
            // What cannot be rolled back is given up with its connection.
            let _ = Transactions::rollback_transaction(conn);
        }
        Ok(is_done)
    }

    /// [`Db::write`] on the calling thread.
    pub fn write_here<T>(&self, work: impl Fn(&mut Connection) -> Outcome<T>) -> Outcome<T> {
        let pool = self.0.writer.as_ref().unwrap_or(&self.0.readers);
        let mut tries = 0;
        loop {
            let mut member = self.checkout(pool)?;
            tries += 1;
            match transaction(member.ready(), &work) {
                Err(problem) if tries < tries_for(&problem) => {
                    drop(member);
                    // A short random pause lets one of the conflicting transactions finish.
                    std::thread::sleep(Duration::from_millis(rand::random_range(1..10) * tries as u64));
                }
                Err(problem) => {
                    self.note_if_dead(&problem, &mut member);
                    return Err(problem);
                }
                done => return done,
            }
        }
    }

    fn checkout(&self, pool: &Pool<Manager>) -> Outcome<PooledConnection<Manager>> {
        loop {
            let member = pool.get().map_err(Problem::unavailable)?;
            if member.generation >= self.0.generation.load(Ordering::Acquire) {
                return Ok(member);
            }
        }
    }

    /// After a failure: marks a dead connection, and all that are as old, for replacement.
    fn note_if_dead(&self, problem: &Problem, member: &mut Member) -> bool {
        let Some(error) = database_error(problem) else { return false };
        let dead = match &mut member.conn {
            // It was opened while the database was read-only, and stays so afterwards.
            _ if may_only_read(error) => true,
            Connection::Postgres(conn) => conn.batch_execute("SELECT 1").is_err(),
            Connection::Sqlite(_) => false,
        };
        if dead {
            let _ = self.0.generation.compare_exchange(
                member.generation,
                member.generation + 1,
                Ordering::AcqRel,
                Ordering::Acquire,
            );
        }
        dead
    }
}

fn transaction<T>(conn: &mut Connection, work: &impl Fn(&mut Connection) -> Outcome<T>) -> Outcome<T> {
    begin(conn)?;
    match work(conn) {
        Ok(value) => {
            Transactions::commit_transaction(conn)?;
            Ok(value)
        }
        Err(problem) => {
            // A rollback fails only when the connection is lost, and then the server has rolled back already.
            let _ = Transactions::rollback_transaction(conn);
            Err(problem)
        }
    }
}

type Transactions = <Connection as diesel::Connection>::TransactionManager;

fn begin(conn: &mut Connection) -> Result<(), DieselError> {
    match conn {
        // Take the write lock at BEGIN, so that no transaction fails half way for lack of it.
        Connection::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE"),
        Connection::Postgres(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN"),
    }
}

#[derive(Debug)]
struct LogFailure;

impl<E: std::error::Error> diesel::r2d2::HandleError<E> for LogFailure {
    fn handle_error(&self, error: E) {
        tracing::warn!(%error, "database connection failed");
    }
}
