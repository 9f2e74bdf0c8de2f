//! What happens when the database is slow, full, killed or back again.

use std::time::{Duration, Instant};

use chuanyu::db::connection::Purpose;
use chuanyu::db::{Connection, Target, migrate, postgres};
use diesel::connection::SimpleConnection;
use futures_util::future::join_all;
use serde_json::json;

use crate::support::contents::*;
use crate::support::database::{Database, administer, server};
use crate::support::dump::lines;
use crate::support::flows::path;
use crate::support::processes::{Server, Service};
use crate::support::*;

/// Holds the lock that writers need until it is dropped.
fn lock(app: &TestApp) -> Connection {
    let mut conn = app.database.connect();
    let statement = match conn {
        Connection::Sqlite(_) => "BEGIN IMMEDIATE",
        Connection::Postgres(_) => "BEGIN; LOCK TABLE records IN ACCESS EXCLUSIVE MODE",
    };
    conn.batch_execute(statement).unwrap();
    conn
}

#[apply(api_test)]
async fn more_requests_than_connections_are_answered_with_503_and_then_it_goes_on(engine: Engine) {
    let settings = [("pool_size", "2"), ("pool_patience_ms", "300"), ("pool_waiting", "4")];
    let app = TestApp::with(engine, &settings).await;
    let agency = app.client("cq-agency");
    let held = lock(&app);
    let began = Instant::now();
    let writes = (0..20).map(|_| agency.post("/api/v1/instruments", instrument()).send());
    let waiting = join_all(writes);
    let release = async {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        drop(held);
    };
    let (answers, ()) = futures_util::future::join(waiting, release).await;
    let refused: Vec<&Answer> = answers.iter().filter(|answer| answer.status() != 201).collect();
    assert!(refused.len() >= 12, "{:?}", answers.iter().map(Answer::status).collect::<Vec<_>>());
    for answer in refused {
        assert_eq!(answer.problem(503).code(), "unavailable");
        assert!((1..=60).contains(&answer.header("retry-after").parse::<u64>().unwrap()));
    }
    assert!(began.elapsed() < Duration::from_secs(12), "never a hang");
    let patience = Instant::now() + Duration::from_secs(5);
    while agency.post("/api/v1/instruments", instrument()).await.status() != 201 {
        assert!(Instant::now() < patience, "it recovers");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[test]
fn reading_goes_on_in_sqlite_while_a_writer_is_stuck() {
    run(async {
        let app = TestApp::with(Engine::Sqlite, &[("pool_patience_ms", "300")]).await;
        let reader = app.client("reader");
        let _held = lock(&app);
        assert_eq!(reader.get("/api/v1/instruments?limit=5").await.items().len(), 5);
    });
}

#[test]
fn a_killed_postgres_gives_503_and_the_service_goes_on_when_it_is_back() {
    run(async {
        let server = Server::start("killed");
        let database = Database::elsewhere(server.url());
        migrate::run(&database.target()).unwrap();
        let app = TestApp::on(Engine::Postgres, database.into(), &[("pool_patience_ms", "1000")]);
        chuanyu::demo::load(&app.services.db, None).unwrap().expect("an empty database");
        app.refresh_clients().await;
        let agency = app.client("cq-agency");
        let record = agency.create("instruments", instrument()).await;
        let place = path("instruments", &record);
        // Every connection of the pool is in use before the server goes.
        join_all((0..12).map(|_| agency.get("/api/v1/instruments?limit=1").send())).await;
        server.kill();
        for _ in 0..4 {
            let answers = [
                agency.get(&place).await,
                agency.get("/api/v1/instruments").await,
                agency.post("/api/v1/instruments", instrument()).await,
                agency.patch(&place, json!({"model": "x"})).if_match(1).await,
            ];
            for answer in answers {
                assert_eq!(answer.problem(503).code(), "unavailable");
                assert!(answer.has_header("retry-after"));
            }
        }
        assert_eq!(agency.get("/healthz").await.status(), 200);
        tokio::time::sleep(Duration::from_millis(1100)).await;
        assert_eq!(agency.get("/readyz").await.status(), 503);
        server.resume();
        let back = Instant::now();
        while agency.get(&place).await.status() != 200 {
            assert!(back.elapsed() < Duration::from_secs(10), "it recovers");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let answers = join_all((0..12).map(|_| agency.get("/api/v1/instruments?limit=1").send())).await;
        assert!(answers.iter().all(|answer| answer.status() == 200));
        assert_eq!(agency.post("/api/v1/instruments", instrument()).await.status(), 201);
        let patched = agency.patch(&place, json!({"model": "x"})).if_match(1).await.expect(200);
        assert_eq!(patched["revision"], 2);
    });
}

#[test]
fn a_postgres_that_drops_every_connection_is_hardly_noticed() {
    run(async {
        let app = TestApp::start(Engine::Postgres).await;
        let agency = app.client("cq-agency");
        join_all((0..12).map(|_| agency.get("/api/v1/instruments?limit=1").send())).await;
        let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        app.database(|conn| conn.batch_execute(others).unwrap());
        let answers = join_all((0..12).map(|_| agency.get("/api/v1/instruments?limit=1").send())).await;
        assert!(answers.iter().all(|answer| answer.status() == 200), "reads are tried again on a new connection");
        app.database(|conn| conn.batch_execute(others).unwrap());
        let first = agency.post("/api/v1/instruments", instrument()).await;
        assert!(matches!(first.status(), 201 | 503), "{}", first.text());
        assert_eq!(agency.post("/api/v1/instruments", instrument()).await.status(), 201);
    });
}

#[test]
fn a_start_waits_for_a_postgres_that_comes_up_later_but_not_for_ever() {
    let server = Server::start("late");
    server.kill();
    let url = server.url();
    let impatient = Service::command(&[("database_url", &url), ("database_wait_seconds", "0")]).output().unwrap();
    assert_eq!(impatient.status.code(), Some(1));
    let starting = std::thread::spawn(move || Service::start(&[("database_url", &url)]));
    std::thread::sleep(Duration::from_millis(1500));
    assert!(!starting.is_finished());
    server.resume();
    let service = starting.join().unwrap();
    run(async move {
        assert_eq!(reqwest::get(format!("{}/readyz", service.base)).await.unwrap().status(), 200);
    });
}

/// A role of the test's own; dropped with it.
struct Role(String);

impl Role {
    fn new(word: &str, options: &str) -> Role {
        let role = Role(format!("chuanyu_test_{word}_{}", std::process::id()));
        administer(&format!("CREATE ROLE {} LOGIN {options}", role.0));
        role
    }

    /// Gives it Chinese messages, where the server's machine has that locale.
    fn speaks_chinese(&self) -> bool {
        let mut conn = Target::parse(&server()).unwrap().open(Purpose::Write).unwrap();
        match conn.batch_execute(&format!("ALTER ROLE {} SET lc_messages = 'zh_CN.UTF-8'", self.0)) {
            Ok(()) => true,
            Err(error) => {
                assert!(error.to_string().contains("invalid value"), "{error}");
                eprintln!("this machine has no Chinese locale: only the way of English messages is tested");
                false
            }
        }
    }

    /// The `lc_messages` of one of our connections, or why there is none.
    fn lc_messages(&self) -> Result<Vec<String>, String> {
        let mut url = reqwest::Url::parse(&server()).unwrap();
        url.set_username(&self.0).unwrap();
        let conn = Target::parse(url.as_str()).unwrap().open(Purpose::Write);
        conn.map_err(|error| error.to_string())
            .map(|mut conn| lines(&mut conn, "SELECT current_setting('lc_messages') AS line"))
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        administer(&format!("DROP ROLE IF EXISTS {}", self.0));
    }
}

#[test]
fn failures_are_told_in_english_where_the_role_may_say_so_and_else_the_cure_is() {
    let (mighty, plain) = (Role::new("mighty", "SUPERUSER"), Role::new("plain", ""));
    assert_eq!(mighty.lc_messages().unwrap(), plain.lc_messages().unwrap(), "English already: left as it is");
    if mighty.speaks_chinese() && plain.speaks_chinese() {
        assert_eq!(mighty.lc_messages().unwrap(), ["C"]);
        match plain.lc_messages() {
            Err(refusal) => assert!(refusal.contains("SET lc_messages = 'C'"), "{refusal}"),
            Ok(setting) => assert_eq!(setting, ["zh_CN.UTF-8"], "without a catalogue it speaks English all the same"),
        }
    }
}

#[test]
fn a_database_whose_character_type_knows_no_chinese_is_told_with_the_cure() {
    let made = |name: &str, ctype: &str| {
        let name = format!("chuanyu_test_{name}_{}", std::process::id());
        administer(&format!("CREATE DATABASE {name} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE '{ctype}'"));
        let mut url = reqwest::Url::parse(&server()).unwrap();
        url.set_path(&name);
        let mut conn = Target::parse(url.as_str()).unwrap().open(Purpose::Write).unwrap();
        let warning = postgres::warning(&mut conn).unwrap();
        drop(conn);
        administer(&format!("DROP DATABASE {name} WITH (FORCE)"));
        warning
    };
    assert!(made("blind", "C").unwrap().contains("LC_CTYPE 'C.UTF-8'"));
    assert_eq!(made("seeing", "C.UTF-8"), None);
    let sqlite = Database::empty(Engine::Sqlite);
    assert_eq!(postgres::warning(&mut sqlite.connect()).unwrap(), None);
}
