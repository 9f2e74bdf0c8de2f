//! Processes that are killed, stopped and told to end while they work: every row is done exactly once.

use std::time::Duration;

use chuanyu::jobs::State;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::tally::{Process, Told, begin, done, is_complete};
use super::{finished, times};

use crate::support::database::Database;
use crate::support::*;

#[apply(api_test)]
async fn every_row_is_done_once_whenever_a_worker_is_killed(engine: Engine) {
    let mut chance = StdRng::seed_from_u64(11);
    for moment in 0..moments() {
        let database = Database::with_demo_data(engine);
        let id = begin(&database, &Told { row_ms: 5, ..Told::default() });
        let doomed = Process::start(&database);
        while done(&mut database.connect()).is_empty() {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_micros(chance.random_range(0..400_000)));
        doomed.kill();
        database.is_left();
        let _other = Process::start(&database);
        let row = finished(&database, id);
        assert_eq!(row.state(), State::Done, "moment {moment}: {row:?}");
        is_complete(&database, id);
    }
}

#[apply(api_test)]
async fn two_processes_share_the_work_and_do_nothing_twice(engine: Engine) {
    let database = Database::with_demo_data(engine);
    let _both = [Process::start(&database), Process::start(&database)];
    let first = begin(&database, &Told { row_ms: 1, ..Told::default() });
    assert_eq!(finished(&database, first).state(), State::Done);
    is_complete(&database, first);
}

#[apply(api_test)]
async fn a_process_that_sleeps_beyond_its_lease_comes_back_to_nothing(engine: Engine) {
    let database = Database::with_demo_data(engine);
    let id = begin(&database, &Told { row_ms: 5, ..Told::default() });
    let sleeper = Process::start(&database);
    while done(&mut database.connect()).is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    sleeper.signal("STOP");
    let _other = Process::start(&database);
    std::thread::sleep(times().lease * 2);
    sleeper.signal("CONT");
    assert_eq!(finished(&database, id).state(), State::Done);
    is_complete(&database, id);
}

#[apply(api_test)]
async fn a_row_that_kills_its_process_ends_the_job_and_is_named(engine: Engine) {
    let database = Database::with_demo_data(engine);
    let id = begin(&database, &Told { poisonous: Some(23), deadly: true, row_ms: 0 });
    let mut deaths = 0;
    let mut process = Process::start(&database);
    let row = loop {
        let row = chuanyu::jobs::find(id, &mut database.connect()).unwrap();
        if row.state().is_finished() {
            break row;
        }
        if process.0.try_wait().unwrap().is_some() {
            deaths += 1;
            process = Process::start(&database);
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!((row.state(), row.at_row.as_deref(), deaths), (State::Failed, Some("row 23"), 5));
    assert_eq!(done(&mut database.connect()).len(), 23);
    let reason = row.reason("en").unwrap();
    assert!(reason.contains("5 times") && reason.contains("row 23"), "{reason}");
}
