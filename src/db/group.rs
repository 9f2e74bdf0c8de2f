//! Changes that wait for SQLite's one writer are committed together.
//!
//! What a commit costs, writing pages and waiting for the disk, is then shared: the more wait, the less each costs. Each change has a
//! savepoint of its own, so one that fails takes nothing with it. Nobody is answered before the commit, so what was acknowledged is
//! on disk. When the transaction itself fails, nothing of it stands, and each change is tried again in a transaction of its own.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::TransactionManager;

use crate::db::failures::{database_error, may_only_read, tries_for};
use crate::db::threads::{Threads, Ticket};
use crate::db::{Connection, Db};
use crate::problem::{Code, Outcome, Problem};

/// Most changes in one commit.
const TOGETHER: usize = 32;

/// No change begins later in a commit: as long as it takes, other processes wait to write.
const LONGEST: Duration = Duration::from_millis(100);

/// The changes that wait, at most so many.
pub(super) struct Group {
    state: Mutex<State>,
    most: usize,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Box<dyn Change>>,
    /// Whether the writer's thread is at them, or about to be.
    is_served: bool,
}

/// One change and the caller that waits for it.
trait Change: Send {
    /// Whether the caller still waits.
    fn is_wanted(&self) -> bool;

    /// Does it inside the transaction of the group.
    fn join(&mut self, conn: &mut Connection) -> Joined;

    /// Does it in a transaction of its own and answers the caller; why the database was not there, if it was not.
    fn alone(self: Box<Self>, db: &Db) -> Option<String>;

    /// Answers the caller, after the commit.
    fn answer(self: Box<Self>);

    /// Answers the caller that the database is not there.
    fn refuse(self: Box<Self>, why: String);
}

/// How a change went inside the transaction of its group.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joined {
    /// It is in the transaction, or was refused and left nothing there.
    Settled,
    /// It left nothing there, and may succeed when it is tried once more.
    Again,
    /// The transaction is no more, or nobody knows its state.
    Broken,
}

struct Waiting<T, W> {
    work: W,
    ticket: Ticket<T>,
    result: Option<Outcome<T>>,
    panicked: bool,
}

impl Group {
    pub fn new(most: usize) -> Group {
        Group { state: Mutex::default(), most }
    }

    /// [`Db::write`] through the writer's thread.
    pub async fn write<T: Send + 'static>(
        &self,
        db: &Db,
        writing: &Threads,
        work: impl Fn(&mut Connection) -> Outcome<T> + Send + 'static,
    ) -> Outcome<T> {
        let start = |ticket| {
            let mut state = self.lock();
            if state.waiting.len() >= self.most {
                return Err(Problem::unavailable("too many changes wait for the database"));
            }
            if !state.is_served {
                let db = db.clone();
                // It waits for this lock, so that it finds the change; a change that is refused was never there.
                writing.queue(Box::new(move || db.write_waiting()))?;
                state.is_served = true;
            }
            state.waiting.push_back(Box::new(Waiting { work, ticket, result: None, panicked: false }));
            Ok(())
        };
        writing.wait(start).await
    }

    /// Commits the changes that wait, until none does.
    pub fn serve(&self, db: &Db) {
        loop {
            // A panic of ours costs the changes at hand; those that come later must still be served.
            if catch_unwind(AssertUnwindSafe(|| self.commit(db))).is_err() {
                tracing::error!("the commit of waiting changes panicked");
            }
            let mut state = self.lock();
            if state.waiting.is_empty() {
                state.is_served = false;
                return;
            }
        }
    }

    /// Commits some of them together.
    fn commit(&self, db: &Db) {
        let Some(first) = self.next() else { return };
        if self.lock().waiting.is_empty() {
            first.alone(db);
            return;
        }
        let mut changes = vec![(first, Joined::Broken)];
        let committed = db.in_one_commit(|conn| {
            let began = Instant::now();
            loop {
                if let Some((change, joined)) = changes.last_mut() {
                    *joined = change.join(conn);
                    if *joined == Joined::Broken {
                        return false;
                    }
                }
                if changes.len() == TOGETHER || began.elapsed() > LONGEST {
                    return true;
                }
                // Claimed only now, so that its caller does not wait longer than it would have for its turn.
                let Some(next) = self.next() else { return true };
                changes.push((next, Joined::Broken));
            }
        });
        let committed = match committed {
            Ok(committed) => committed,
            // There is only the first: the transaction did not begin.
            Err(problem) => {
                changes.into_iter().for_each(|(change, _)| change.refuse(problem.to_string()));
                return;
            }
        };
        let mut failure = None;
        for (change, joined) in changes {
            failure = match (committed && joined == Joined::Settled, failure) {
                (true, failure) => {
                    change.answer();
                    failure
                }
                (false, None) => change.alone(db),
                // Each would wait as long as the one before it.
                (false, Some(failure)) => {
                    change.refuse(failure.clone());
                    Some(failure)
                }
            };
        }
    }

    /// The one that came first and whose caller still waits.
    fn next(&self) -> Option<Box<dyn Change>> {
        let mut state = self.lock();
        std::iter::from_fn(|| state.waiting.pop_front()).find(|change| change.is_wanted())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Send, W: Fn(&mut Connection) -> Outcome<T> + Send> Change for Waiting<T, W> {
    fn is_wanted(&self) -> bool {
        self.ticket.take()
    }

    fn join(&mut self, conn: &mut Connection) -> Joined {
        type Savepoints = <Connection as diesel::Connection>::TransactionManager;
        if Savepoints::begin_transaction(conn).is_err() {
            return Joined::Broken;
        }
        match catch_unwind(AssertUnwindSafe(|| (self.work)(conn))) {
            Ok(Ok(value)) => {
                if Savepoints::commit_transaction(conn).is_err() {
                    return Joined::Broken;
                }
                self.result = Some(Ok(value));
                Joined::Settled
            }
            // SQLite gives up the whole transaction after some failures, such as a full disk: there is no savepoint then.
            Ok(Err(problem)) => {
                let is_for_another_try = tries_for(&problem) > 1 || database_error(&problem).is_some_and(may_only_read);
                if Savepoints::rollback_transaction(conn).is_err() {
                    return Joined::Broken;
                }
                self.result = Some(Err(problem));
                if is_for_another_try { Joined::Again } else { Joined::Settled }
            }
            Err(_) => {
                self.panicked = true;
                Joined::Broken
            }
        }
    }

    fn alone(self: Box<Self>, db: &Db) -> Option<String> {
        let Waiting { work, ticket, panicked: has_panicked, .. } = *self;
        let result = match has_panicked {
            true => Err(panicked()),
            false => catch_unwind(AssertUnwindSafe(|| db.write_here(&work))).unwrap_or_else(|_| Err(panicked())),
        };
        let failure = result.as_ref().err().filter(|problem| problem.code() == Code::Unavailable);
        let failure = failure.map(|problem| database_error(problem).map(ToString::to_string).unwrap_or_default());
        answer(work, ticket, result);
        failure
    }

    fn answer(self: Box<Self>) {
        let Waiting { work, ticket, result, .. } = *self;
        if let Some(result) = result {
            answer(work, ticket, result);
        }
    }

    fn refuse(self: Box<Self>, why: String) {
        let Waiting { work, ticket, .. } = *self;
        answer(work, ticket, Err(Problem::unavailable(why)));
    }
}

/// The work is given up first: what it holds, such as the key of a request, is free when its caller hears of it.
fn answer<T, W>(work: W, ticket: Ticket<T>, result: Outcome<T>) {
    drop(work);
    ticket.answer(result);
}

fn panicked() -> Problem {
    Problem::internal("a database job panicked")
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, mpsc};

    use diesel::connection::SimpleConnection;
    use diesel::{QueryableByName, RunQueryDsl};
    use futures_util::future::join_all;

    use super::*;
    use crate::db::{PoolSettings, Target};

    struct Scratch {
        db: Db,
        path: std::path::PathBuf,
    }

    impl Scratch {
        fn new(waiting: usize) -> Scratch {
            let path = std::env::temp_dir().join(format!("group-{}.db", crate::db::Id::new()));
            let settings = PoolSettings { size: 1, patience: Duration::from_secs(10), waiting };
            let db = Db::open(Target::Sqlite(path.clone()), settings);
            db.write_here(|conn| Ok(conn.batch_execute("CREATE TABLE numbers (number BIGINT NOT NULL UNIQUE)")?))
                .unwrap();
            Scratch { db, path }
        }

        fn numbers(&self) -> Vec<i64> {
            self.db.read_here(numbers).unwrap()
        }

        /// Sends changes that come to wait together, because the writer is held until all are there.
        async fn together(&self, changes: Vec<Work>) -> Vec<Outcome<i64>> {
            let (held, release) = mpsc::channel::<()>();
            let release = Mutex::new(release);
            let first = self.send(Box::new(move |_| {
                let _ = release.lock().unwrap().recv();
                Ok(0)
            }));
            tokio::time::sleep(Duration::from_millis(50)).await; // the writer has taken it
            let waiting: Vec<_> = changes.into_iter().map(|change| self.send(change)).collect();
            tokio::time::sleep(Duration::from_millis(50)).await;
            drop(held);
            first.await.unwrap().unwrap();
            join_all(waiting).await.into_iter().map(Result::unwrap).collect()
        }

        fn send(&self, change: Work) -> actix_web::rt::task::JoinHandle<Outcome<i64>> {
            let db = self.db.clone();
            actix_web::rt::spawn(async move { db.write(change).await })
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            for end in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{end}", self.path.display()));
            }
        }
    }

    #[derive(QueryableByName)]
    struct Number {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        number: i64,
    }

    fn numbers(conn: &mut Connection) -> Outcome<Vec<i64>> {
        let Connection::Sqlite(conn) = conn else { unreachable!() };
        let rows = diesel::sql_query("SELECT number FROM numbers ORDER BY number").load::<Number>(conn)?;
        Ok(rows.into_iter().map(|row| row.number).collect())
    }

    type Work = Box<dyn Fn(&mut Connection) -> Outcome<i64> + Send>;

    fn insert(number: i64) -> Work {
        Box::new(move |conn| {
            conn.batch_execute(&format!("INSERT INTO numbers VALUES ({number})"))?;
            Ok(numbers(conn)?.len() as i64)
        })
    }

    #[actix_web::test]
    async fn changes_that_wait_are_each_done_once_and_in_order() {
        let scratch = Scratch::new(100);
        let answers = scratch.together((0..80).map(insert).collect()).await;
        let answers: Vec<i64> = answers.into_iter().map(Result::unwrap).collect();
        assert_eq!(answers, (1..=80).collect::<Vec<_>>(), "each sees what came before it");
        assert_eq!(scratch.numbers(), (0..80).collect::<Vec<_>>());
    }

    #[actix_web::test]
    async fn a_change_that_fails_takes_nothing_with_it() {
        let scratch = Scratch::new(100);
        let refused: Work = Box::new(|conn| {
            conn.batch_execute("INSERT INTO numbers VALUES (100)")?;
            Err(Problem::new(Code::InUse))
        });
        let panics: Work = Box::new(|conn| {
            conn.batch_execute("INSERT INTO numbers VALUES (200)")?;
            panic!("for a test")
        });
        let answers = scratch.together(vec![insert(1), refused, insert(2), panics, insert(1), insert(3)]).await;
        let codes: Vec<Option<Code>> = answers.iter().map(|one| one.as_ref().err().map(Problem::code)).collect();
        let taken = Some(Code::AlreadyExists);
        assert_eq!(codes, [None, Some(Code::InUse), None, Some(Code::Internal), taken, None]);
        assert_eq!(scratch.numbers(), [1, 2, 3]);
        assert!(scratch.db.write_here(insert(4)).is_ok(), "the writer is there again");
    }

    #[actix_web::test]
    async fn when_the_transaction_is_lost_each_change_is_done_on_its_own() {
        let scratch = Scratch::new(100);
        // As SQLite does by itself when the disk is full.
        let loses: Work = Box::new(|conn| {
            conn.batch_execute("INSERT INTO numbers VALUES (100)")?;
            conn.batch_execute("ROLLBACK")?;
            Ok(0)
        });
        let answers = scratch.together(vec![insert(1), insert(2), loses, insert(3)]).await;
        let failed: Vec<bool> = answers.iter().map(Result::is_err).collect();
        assert_eq!(failed, [false, false, true, false]);
        assert_eq!(scratch.numbers(), [1, 2, 3]);
    }

    #[actix_web::test]
    async fn what_waits_together_is_committed_together() {
        let scratch = Scratch::new(100);
        let db = scratch.db.clone();
        // What others see while it is under way.
        let look: Work = Box::new(move |_| Ok(db.read_here(numbers)?.len() as i64));
        let answers = scratch.together(vec![insert(1), insert(2), look]).await;
        assert_eq!(*answers[2].as_ref().unwrap(), 0, "nothing is committed before the last");
        assert_eq!(scratch.numbers(), [1, 2]);
    }

    #[actix_web::test]
    async fn what_finds_the_queue_full_is_refused_and_not_done() {
        let scratch = Scratch::new(2);
        let answers = scratch.together((0..5).map(insert).collect()).await;
        let done: Vec<i64> = (0..5).filter(|number| answers[*number as usize].is_ok()).collect();
        assert_eq!((done.len(), scratch.numbers()), (2, done));
        let codes = answers.iter().filter_map(|answer| answer.as_ref().err().map(Problem::code));
        assert!(codes.into_iter().all(|code| code == Code::Unavailable));
    }

    #[actix_web::test]
    async fn what_a_change_holds_is_free_before_its_caller_is_answered() {
        let scratch = Scratch::new(100);
        for alone in [true, false] {
            let held = Arc::new(());
            let hold = |number: i64| -> Work {
                let held = held.clone();
                let insert = insert(number);
                Box::new(move |conn| {
                    let _held = &held;
                    insert(conn)
                })
            };
            let first = i64::from(alone) * 10;
            let changes = if alone { vec![hold(first)] } else { vec![hold(first), hold(first + 1), hold(first)] };
            scratch.together(changes).await;
            assert_eq!(Arc::strong_count(&held), 1);
        }
    }
}
