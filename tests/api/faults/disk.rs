//! The disk is full, or the database may only be read: writing is refused with 503, reading goes on, nothing is damaged.

use std::fs;

use chuanyu::db::migrate;
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use crate::support::contents::instrument;
use crate::support::database::{Database, administer, scratch};
use crate::support::flows::{path, revision};
use crate::support::machine::{Machine, SmallDisk, through};
use crate::support::processes::{Server, Service, give};
use crate::support::*;

/// Refusals after which a disk counts as full.
const ENOUGH: usize = 20;
/// Writes that a full disk may still take where there is room in files.
const MOST: usize = 3000;

/// Writes; `stop` makes writing impossible, which is refused while reading goes on; `go_on` makes it possible, and it
/// writes again. Returns what was acknowledged.
async fn refused_and_then_done(caller: &Caller, stop: impl Fn(), go_on: impl Fn()) -> Vec<Value> {
    let mut acknowledged = vec![caller.create("instruments", instrument()).await];
    let first = path("instruments", &acknowledged[0]);
    stop();
    let mut refused = 0;
    for attempt in 0.. {
        assert!(attempt < MOST, "it never fills");
        let answer = match attempt % 3 {
            0 => {
                caller
                    .patch(&first, json!({"model": format!("M-{attempt}")}))
                    .if_match(revision(&acknowledged[0]))
                    .await
            }
            _ => caller.post("/api/v1/instruments", instrument()).await,
        };
        match answer.status() {
            201 => acknowledged.push(answer.json()),
            200 => acknowledged[0] = answer.json(),
            _ => {
                assert_eq!(answer.problem(503).code(), "unavailable");
                assert!((1..=60).contains(&answer.header("retry-after").parse::<u64>().unwrap()));
                refused += 1;
                assert_eq!(&caller.get(&first).await.expect(200), &acknowledged[0]);
                assert_eq!(caller.get("/api/v1/instruments?limit=3&include_total=true").await.status(), 200);
                assert_eq!(caller.get("/api/v1/changes?limit=3").await.status(), 200);
                assert_eq!(caller.get("/healthz").await.status(), 200);
            }
        }
        if refused == ENOUGH {
            break;
        }
    }
    go_on();
    for _ in 0..8 {
        // A request with a connection from the bad time may still fail; that connection is then replaced.
        let answer = caller.post("/api/v1/instruments", instrument()).await;
        match answer.status() {
            201 => acknowledged.push(answer.json()),
            _ => assert_eq!(answer.problem(503).code(), "unavailable"),
        }
    }
    acknowledged.push(caller.create("instruments", instrument()).await);
    let last = caller.patch(&first, json!({"model": "M-last"})).if_match(revision(&acknowledged[0])).await;
    acknowledged[0] = last.expect(200);
    for record in &acknowledged {
        assert_eq!(&caller.show("instruments", record).await.expect(200), record);
    }
    acknowledged
}

/// Nothing is damaged or half done, and nothing that was refused exists.
fn is_whole(database: &Database, before: usize, acknowledged: &[Value]) {
    invariants::is_whole(database);
    assert_eq!(count(database), before + acknowledged.len());
}

fn count(database: &Database) -> usize {
    let query = "SELECT CAST(COUNT(*) AS text) AS line FROM records WHERE kind = 'instruments'";
    dump::lines(&mut database.connect(), query)[0].parse().unwrap()
}

#[test]
fn a_full_disk_under_sqlite_refuses_writes_until_there_is_room_again() {
    run(async {
        let app = TestApp::start(Engine::Sqlite).await;
        let before = count(&app.database);
        let disk = SmallDisk::new(12);
        let filled = Database::with_demo_data(Engine::Sqlite);
        let url = format!("sqlite:{}/register.db", disk.folder().display());
        let public = format!("http://{}", app.address);
        let settings = [
            ("database_url", url.as_str()),
            ("public_url", &public),
            ("write_per_minute", "0"),
            ("read_per_minute", "0"),
        ];
        let seed = filled.file();
        let copying = ["sh", "-c", "cp \"$0\" \"$1\" && shift && exec \"$@\"", seed.to_str().unwrap(), &url[7..]];
        let mut command = through(&copying, &Service::command(&settings));
        disk.give(&mut command);
        let service = Service::run(command);
        let caller = service.called_by(&app.client("cq-agency"));
        let done = refused_and_then_done(&caller, || disk.fill(service.id()), || disk.free(service.id())).await;
        // Nothing is being written now: the file is the whole database.
        let copy = Database::elsewhere(format!("sqlite:{}", scratch().join("after-full.db").display()));
        for ending in ["", "-wal"] {
            let file = disk.seen_through(service.id()).join(format!("register.db{ending}"));
            fs::copy(file, format!("{}{ending}", copy.file().display())).unwrap();
        }
        is_whole(&copy, before, &done);
    });
}

#[test]
fn a_full_disk_under_postgres_refuses_writes_until_there_is_room_again() {
    run(async {
        let server = Server::with("full", Some(SmallDisk::new(64)));
        let (disk, process) = server.disk();
        let space = disk.seen_through(process).join("space");
        fs::create_dir(&space).unwrap();
        give(&space);
        let mut conn = Database::elsewhere(server.url()).connect();
        let space = disk.folder().join("space");
        conn.batch_execute(&format!("CREATE TABLESPACE small LOCATION '{}'", space.display())).unwrap();
        conn.batch_execute("CREATE DATABASE register TABLESPACE small").unwrap();
        let database = Database::elsewhere(server.url().replace("/postgres", "/register"));
        migrate::run(&database.target()).unwrap();
        let app = TestApp::on(Engine::Postgres, database.into(), &[]);
        chuanyu::demo::load(&app.services.db, None).unwrap().expect("an empty database");
        app.refresh_clients().await;
        let before = count(&app.database);
        let caller = app.client("cq-agency");
        let done = refused_and_then_done(&caller, || disk.fill(process), || disk.free(process)).await;
        is_whole(&app.database, before, &done);
    });
}

#[test]
fn a_file_system_that_turns_read_only_under_sqlite_refuses_writes_until_it_is_mended() {
    run(async {
        let app = TestApp::start(Engine::Sqlite).await;
        let before = count(&app.database);
        let machine = Machine::new();
        let public = format!("http://{}", app.address);
        let mut command = Service::command(&[("database_url", &app.database.url), ("public_url", &public)]);
        machine.run(&mut command);
        let service = Service::run(command);
        let caller = service.called_by(&app.client("cq-agency"));
        let done =
            refused_and_then_done(&caller, || machine.set_read_only(true), || machine.set_read_only(false)).await;
        is_whole(&app.database, before, &done);
    });
}

#[test]
fn a_postgres_database_that_is_set_read_only_refuses_writes_until_it_is_set_back() {
    run(async {
        let app = TestApp::start(Engine::Postgres).await;
        let before = count(&app.database);
        let name = app.database.url.rsplit('/').next().unwrap();
        let set =
            |value: &str| administer(&format!("ALTER DATABASE {name} SET default_transaction_read_only = {value}"));
        let end_sessions = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let stop = || {
            set("on");
            app.database(|conn| conn.batch_execute(end_sessions).unwrap());
        };
        // The read-only sessions are not ended by the server: the service must replace them.
        let done = refused_and_then_done(&app.client("cq-agency"), stop, || set("off")).await;
        is_whole(&app.database, before, &done);
    });
}
