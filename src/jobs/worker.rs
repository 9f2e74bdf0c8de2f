//! Threads that work on jobs: inside the server, and inside a command that waits for its own job.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::db::{Db, Id};
use crate::jobs::Registry;
use crate::jobs::lease::{self, Lease, Step, Times};
use crate::jobs::rows::{JobRow, State};
use crate::problem::{Outcome, Problem};

/// How long a chunk may block other writers: it gets fewer rows when it takes longer.
const CHUNK_SHOULD_TAKE: Duration = Duration::from_millis(40);

/// Tells workers to end after their present chunk; all clones are one.
#[derive(Clone, Default)]
pub struct Stop(Arc<(AtomicBool, Mutex<()>, Condvar)>);

impl Stop {
    pub fn begin(&self) {
        let _guard = self.0.1.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.0.store(true, Ordering::Release);
        self.0.2.notify_all();
    }

    pub fn has_begun(&self) -> bool {
        self.0.0.load(Ordering::Acquire)
    }

    /// Waits for `pause`, or until the stop begins.
    fn wait(&self, pause: Duration) {
        let guard = self.0.1.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.has_begun() {
            let _ = self.0.2.wait_timeout(guard, pause);
        }
    }
}

/// Outcome of one look for work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    Nothing,
    /// A job was worked on until it ended, failed, or was returned.
    Worked,
}

/// Works on one job at a time.
#[derive(Clone)]
pub struct Worker {
    db: Db,
    registry: &'static Registry,
    times: Times,
    name: String,
    stop: Stop,
}

/// How often a worker makes sure that every periodic job waits for its next run: an operator may have cancelled one.
const AGAIN: Duration = Duration::from_secs(60 * 60);

impl Worker {
    pub fn new(db: Db, registry: &'static Registry, times: Times, stop: Stop) -> Worker {
        let name = format!("{}-{:08x}", std::process::id(), rand::random::<u32>());
        Worker { db, registry, times, name, stop }
    }

    /// Works until it is stopped.
    fn run(&self) {
        let mut begun: Option<Instant> = None;
        while !self.stop.has_begun() {
            if begun.is_none_or(|at| at.elapsed() >= AGAIN) && self.begin_periodic() {
                begun = Some(Instant::now());
            }
            match self.turn(None, &mut |_| {}) {
                Ok(Turn::Worked) => {}
                Ok(Turn::Nothing) => self.stop.wait(self.times.poll),
                Err(problem) => {
                    tracing::warn!(%problem, "no work can be looked for");
                    self.stop.wait(self.times.poll.max(Duration::from_secs(1)));
                }
            }
        }
    }

    fn begin_periodic(&self) -> bool {
        self.db.write_here(|conn| lease::begin_periodic(self.registry, conn)).is_ok()
    }

    /// Leases a job, this one if it is given, and works on it until it ends or has to wait.
    pub fn turn(&self, only: Option<Id>, told: &mut dyn FnMut(&JobRow)) -> Outcome<Turn> {
        match lease::take(&self.db, self.registry, only, &self.name, &self.times)? {
            None => Ok(Turn::Nothing),
            Some(lease) => {
                self.work(lease, told)?;
                Ok(Turn::Worked)
            }
        }
    }

    fn work(&self, mut lease: Lease, told: &mut dyn FnMut(&JobRow)) -> Outcome<()> {
        let (token, name) = (lease.token(), lease.row.name.clone());
        let (done, is_done) = channel::<()>();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                // Ends when the other end of the channel is dropped.
                while is_done.recv_timeout(self.times.heartbeat) == Err(RecvTimeoutError::Timeout) {
                    if let Err(problem) = Lease::beat(&self.db, token, &self.times) {
                        tracing::warn!(%problem, job = %token.0, "a lease could not be renewed");
                    }
                }
            });
            let result = self.go_through(&mut lease, told);
            drop(done);
            result
        })
        .or_else(|problem| match lease::is_lost(&problem) {
            true => {
                tracing::warn!(job = %token.0, name, "another worker took the job over");
                Ok(())
            }
            false => Err(problem),
        })
    }

    fn go_through(&self, lease: &mut Lease, told: &mut dyn FnMut(&JobRow)) -> Outcome<()> {
        let mut limit = (self.times.chunk / 4).max(1);
        loop {
            if self.stop.has_begun() {
                return lease.release(&self.db, Duration::ZERO);
            }
            let began = Instant::now();
            let step = match self.step(lease, limit) {
                Ok(step) => step,
                Err(problem) if lease::is_lost(&problem) => return Err(problem),
                Err(problem) if lease::will_pass(&problem) => {
                    tracing::warn!(%problem, job = %lease.row.id, "a job waits");
                    return lease.release(&self.db, self.times.poll);
                }
                Err(problem) => return self.fail(lease, &problem),
            };
            told(&lease.row);
            if let Step::Ended(state) = step {
                tracing::info!(job = %lease.row.id, name = lease.row.name, state = state.name(), "a job ended");
                return Ok(());
            }
            let took = began.elapsed();
            limit = match took {
                took if took > CHUNK_SHOULD_TAKE => (limit / 2).max(1),
                took if took < CHUNK_SHOULD_TAKE / 2 => (limit * 2).min(self.times.chunk),
                _ => limit,
            };
            // As long as the chunk blocked others, so that they have half of the time.
            self.stop.wait(self.times.pause.max(took.min(CHUNK_SHOULD_TAKE)));
        }
    }

    /// A panic in a chunk is a failure of the job, not the end of the worker.
    fn step(&self, lease: &mut Lease, limit: i64) -> Outcome<Step> {
        let step = AssertUnwindSafe(|| lease.step(&self.db, self.registry, limit, &self.times));
        catch_unwind(step).unwrap_or_else(|_| Err(Problem::internal("a panic; the log has its message")))
    }

    fn fail(&self, lease: &Lease, problem: &Problem) -> Outcome<()> {
        let state = lease.fail(&self.db, self.registry, problem, &self.times)?;
        let (job, name, attempt) = (lease.row.id, &lease.row.name, lease.row.attempts);
        match state {
            State::Failed => tracing::error!(%problem, %job, name, attempt, "a job failed for good"),
            _ => tracing::warn!(%problem, %job, name, attempt, "a job failed and will be tried again"),
        }
        Ok(())
    }
}

/// The worker threads of a process.
pub struct Runners {
    stop: Stop,
    threads: Vec<JoinHandle<()>>,
}

impl Runners {
    /// Starts `count` workers like this one.
    pub fn start(count: usize, like: &Worker) -> Runners {
        let threads = (0..count).map(|_| {
            let worker = Worker::new(like.db.clone(), like.registry, like.times.clone(), like.stop.clone());
            std::thread::spawn(move || worker.run())
        });
        Runners { threads: threads.collect(), stop: like.stop.clone() }
    }
}

impl Drop for Runners {
    /// Waits for running chunks.
    fn drop(&mut self) {
        self.stop.begin();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
