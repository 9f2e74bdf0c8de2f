//! Long work: every chunk exactly once, whichever process is killed.

mod killed;
mod leases;
mod tally;

use chuanyu::jobs::{State, Times};
use std::time::Duration;

/// The waits of the tests.
pub fn times() -> Times {
    Times {
        heartbeat: Duration::from_millis(300),
        lease: Duration::from_secs(1),
        poll: Duration::from_millis(20),
        pause: Duration::from_millis(2),
        retry: Duration::from_millis(20),
        chunk: 10,
    }
}

/// Waits until a job is finished.
pub fn finished(database: &crate::support::database::Database, id: chuanyu::db::Id) -> chuanyu::jobs::JobRow {
    let ends = std::time::Instant::now() + Duration::from_secs(180);
    loop {
        let row = chuanyu::jobs::find(id, &mut database.connect()).unwrap();
        if row.state().is_finished() {
            return row;
        }
        assert!(std::time::Instant::now() < ends, "{row:?}");
        assert!(row.state() == State::Waiting || row.leased_until.is_some());
        std::thread::sleep(Duration::from_millis(20));
    }
}
