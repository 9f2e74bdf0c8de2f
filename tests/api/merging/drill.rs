//! The process that lets records follow their owner is killed at any moment.

use std::time::Duration;

use chuanyu::jobs::{State, list};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;

use super::{MANY, with_instruments};
use crate::succession::merge_in_use;
use crate::support::contents::organization;
use crate::support::processes::Service;
use crate::support::*;

#[apply(api_test)]
async fn every_record_follows_exactly_once_whenever_the_process_is_killed(app: TestApp) {
    let settings = [
        ("database_url", app.database.url.as_str()),
        ("job_heartbeat_seconds", "1"),
        ("job_lease_seconds", "3"),
        ("job_poll_ms", "20"),
        ("job_pause_ms", "10"),
        ("job_chunk_rows", "2"),
        ("pool_patience_ms", "10000"),
    ];
    let mut chance = StdRng::seed_from_u64(31);
    let (mut owner, mine) = with_instruments(&app, MANY + 40).await;
    let told = |record: &Value| -> usize {
        let code = record["code"].as_str().unwrap();
        let query = format!(
            "SELECT CAST(COUNT(*) AS text) AS line FROM changes WHERE code = '{code}' AND action = 'owner_merged'"
        );
        app.database(|conn| dump::lines(conn, &query))[0].parse().unwrap()
    };
    let mut service = Service::start(&settings);
    for moment in 1..=moments() {
        let kept = app.published("organizations", organization()).await;
        merge_in_use(&app, &owner, &kept).await;
        std::thread::sleep(Duration::from_micros(chance.random_range(0..1_500_000)));
        service.kill();
        // A process that SQLite was killed in leaves its log to the next one; nobody may be in the middle of it.
        service = Service::start(&settings);
        let row = loop {
            let row =
                app.database(|conn| list(&[], 50, conn).unwrap()).into_iter().find(|row| row.name == "follow-owner");
            match row {
                Some(row) if row.state().is_finished() => break row,
                _ => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        assert_eq!((row.state(), row.done, row.total), (State::Done, 50, Some(50)), "moment {moment}");
        for record in &mine {
            let now = app.anonymous().show("instruments", record).await.expect(200);
            assert_eq!(now["owner"]["id"], kept["id"], "moment {moment}");
            assert_eq!(told(record), moment, "{}", record["code"]);
        }
        owner = kept;
    }
    drop(service);
    invariants::is_whole(&app.database);
}

#[apply(api_test)]
async fn a_service_that_is_told_to_end_gives_its_job_back(app: TestApp) {
    let settings = [
        ("database_url", app.database.url.as_str()),
        ("job_poll_ms", "20"),
        ("job_pause_ms", "50"),
        ("job_chunk_rows", "1"),
        ("drain_seconds", "0"),
        ("pool_patience_ms", "10000"),
    ];
    let (owner, _) = with_instruments(&app, MANY + 40).await;
    let kept = app.published("organizations", organization()).await;
    let service = Service::start(&settings);
    merge_in_use(&app, &owner, &kept).await;
    let job = || {
        app.database(|conn| list(&[], 50, conn).unwrap()).into_iter().find(|row| row.name == "follow-owner").unwrap()
    };
    while job().done == 0 {
        std::thread::sleep(Duration::from_millis(10));
    }
    let pid = service.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let ends = std::time::Instant::now() + Duration::from_secs(20);
    while job().state() == State::Running {
        assert!(std::time::Instant::now() < ends, "{:?}", job());
        std::thread::sleep(Duration::from_millis(10));
    }
    let row = job();
    assert_eq!((row.state(), row.attempts, row.worker), (State::Waiting, 0, None), "long before its lease would end");
    assert!(row.done < 50);
    assert_eq!(super::work(&app), 1);
    invariants::is_whole(&app.database);
}
