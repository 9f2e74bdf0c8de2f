//! Threads that block on the database, so that those that serve requests do not.
//!
//! As many as there are connections: jobs wait in one queue, first come first served, and occupy no thread or
//! connection while they do. A full queue and a job that is not started in time are 503.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::problem::{Outcome, Problem};

pub(super) type Job = Box<dyn FnOnce() + Send>;

/// The threads; they end when this is dropped.
pub(super) struct Threads {
    shared: Arc<Shared>,
    most: usize,
    /// Jobs that may wait for a thread.
    waiting: usize,
    patience: Duration,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    work: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    threads: usize,
    idle: usize,
    closed: bool,
}

/// For the answer to a caller that waits.
pub(super) struct Ticket<T> {
    turn: Turn,
    answer: oneshot::Sender<Outcome<T>>,
}

impl<T> Ticket<T> {
    /// Whether the caller still waits; it waits for its answer from then on.
    pub fn take(&self) -> bool {
        self.turn.take()
    }

    pub fn answer(self, result: Outcome<T>) {
        let _ = self.answer.send(result); // a caller that disconnected needs none
    }
}

/// Claimed by the thread that runs a job or by the caller that gave up, whichever comes first.
#[derive(Clone, Default)]
struct Turn(Arc<AtomicBool>);

impl Turn {
    fn take(&self) -> bool {
        !self.0.swap(true, Ordering::AcqRel)
    }
}

impl Threads {
    /// At most `most` threads, which are started when they are needed.
    pub fn new(most: usize, waiting: usize, patience: Duration) -> Threads {
        Threads { shared: Arc::default(), most, waiting, patience }
    }

    /// Runs a job on one of the threads. Once started it is awaited, and it goes on when the caller disconnects.
    pub async fn run<T: Send + 'static>(&self, job: impl FnOnce() -> Outcome<T> + Send + 'static) -> Outcome<T> {
        let start = |ticket: Ticket<T>| {
            self.queue(Box::new(move || {
                if ticket.take() {
                    let result = catch_unwind(AssertUnwindSafe(job));
                    ticket.answer(result.unwrap_or_else(|_| Err(Problem::internal("a database job panicked"))));
                }
            }))
        };
        self.wait(start).await
    }

    /// Waits for what `start` queued, which takes the ticket when it begins.
    pub async fn wait<T>(&self, start: impl FnOnce(Ticket<T>) -> Outcome<()>) -> Outcome<T> {
        let (answer, mut answered) = oneshot::channel();
        let turn = Turn::default();
        start(Ticket { turn: turn.clone(), answer })?;
        let result = match tokio::time::timeout(self.patience, &mut answered).await {
            Ok(result) => result,
            Err(_) if turn.take() => return Err(Problem::unavailable("no database connection came free in time")),
            Err(_) => answered.await,
        };
        result.unwrap_or_else(|_| Err(Problem::internal("a database job was lost")))
    }

    /// Queues a job, which must not panic.
    pub fn queue(&self, job: Job) -> Outcome<()> {
        let mut state = self.shared.lock();
        if state.jobs.len() >= self.waiting + state.idle {
            return Err(Problem::unavailable("too many requests wait for a database connection"));
        }
        state.jobs.push_back(job);
        if state.jobs.len() <= state.idle {
            self.shared.work.notify_one();
        } else if state.threads < self.most {
            state.threads += 1;
            drop(state);
            return self.start();
        }
        Ok(())
    }

    fn start(&self) -> Outcome<()> {
        let shared = self.shared.clone();
        let started = std::thread::Builder::new().name("database".to_owned()).spawn(move || shared.work());
        if let Err(error) = started {
            let mut state = self.shared.lock();
            state.threads -= 1;
            // The job stays queued for the other threads; without any it would wait for ever.
            if state.threads == 0 {
                state.jobs.clear();
                return Err(Problem::unavailable(error));
            }
        }
        Ok(())
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                drop(state);
                job();
                state = self.lock();
            } else if state.closed {
                return;
            } else {
                state.idle += 1;
                state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.idle -= 1;
            }
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.work.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Code;
    use std::sync::mpsc;

    /// Holds a thread until the sender is dropped.
    fn hold(threads: &Threads) -> (mpsc::Sender<()>, impl Future<Output = Outcome<()>>) {
        let (held, release) = mpsc::channel::<()>();
        let job = move || {
            let _ = release.recv();
            Ok(())
        };
        (held, threads.run(job))
    }

    #[actix_web::test]
    async fn jobs_run_in_the_order_in_which_they_came() {
        let threads = Threads::new(1, 100, Duration::from_secs(10));
        let order: Arc<Mutex<Vec<usize>>> = Arc::default();
        let jobs = (0..50).map(|number| {
            let order = order.clone();
            threads.run(move || {
                order.lock().unwrap().push(number);
                Ok(())
            })
        });
        futures_util::future::join_all(jobs).await;
        assert_eq!(*order.lock().unwrap(), (0..50).collect::<Vec<_>>());
    }

    #[actix_web::test]
    async fn a_full_queue_and_a_turn_that_does_not_come_are_503() {
        let threads = Threads::new(1, 1, Duration::from_millis(50));
        let (held, running) = hold(&threads);
        let others = async {
            let (late, refused) = futures_util::future::join(threads.run(|| Ok(1)), threads.run(|| Ok(2))).await;
            assert_eq!(late.unwrap_err().code(), Code::Unavailable);
            assert_eq!(refused.unwrap_err().code(), Code::Unavailable);
            drop(held);
        };
        let (ended, ()) = futures_util::future::join(running, others).await;
        assert!(ended.is_ok(), "what began is waited for");
        // A job whose caller gave up stays queued until a thread comes to it.
        for _ in 0..500 {
            if threads.run(|| Ok(())).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it works again");
    }

    #[actix_web::test]
    async fn a_panic_costs_one_answer_and_no_thread() {
        let threads = Threads::new(1, 10, Duration::from_secs(10));
        let problem = threads.run::<()>(|| panic!("for a test")).await.unwrap_err();
        assert_eq!(problem.code(), Code::Internal);
        assert_eq!(threads.run(|| Ok(1)).await.unwrap(), 1);
    }
}
