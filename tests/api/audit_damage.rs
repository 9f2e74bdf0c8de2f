//! The audit log against those who can write to the database: triggers refuse changes, and `audit verify` finds those
//! made in spite of them.

use std::sync::Arc;

use chuanyu::audit::chain::{Break, Tip};
use chuanyu::audit::verify;
use chuanyu::audit::verify::{Report, Wanted};
use chuanyu::db::{Connection, Db, PoolSettings, migrate};
use diesel::connection::SimpleConnection;

use crate::support::contents::*;
use crate::support::database::Database;
use crate::support::processes::program;
use crate::support::*;

fn open(database: &Database) -> Db {
    Db::open(database.target(), PoolSettings { size: 2, patience: std::time::Duration::from_secs(10), waiting: 8 })
}

fn check(database: &Database, wanted: &Wanted) -> Result<Report, Break> {
    verify::run(&open(database), wanted).unwrap()
}

fn sound(database: &Database) -> Report {
    check(database, &Wanted::default()).unwrap()
}

fn execute(database: &Database, sql: &str) -> Result<(), diesel::result::Error> {
    database.connect().batch_execute(sql)
}

/// As a database administrator can.
fn without_triggers(database: &Database) {
    let sql = match database.connect() {
        Connection::Sqlite(_) => {
            "PRAGMA foreign_keys = OFF; DROP TRIGGER audit_events_changed; DROP TRIGGER audit_events_deleted; \
             DROP TRIGGER audit_events_added; DROP TRIGGER audit_head_changed; DROP TRIGGER audit_head_deleted"
        }
        Connection::Postgres(_) => {
            "ALTER TABLE audit_events DISABLE TRIGGER USER; ALTER TABLE audit_head DISABLE TRIGGER USER"
        }
    };
    execute(database, sql).unwrap();
}

/// A row that copies event `of` with another position and hashes.
fn copy(of: i64, seq: i64, prev: &str, hash: &str) -> String {
    format!(
        "INSERT INTO audit_events SELECT {seq}, at, action, actor, NULL, NULL, NULL, client_id, client, org_id, province, \
         concerns, request_id, NULL, NULL, NULL, NULL, changed, detail, reason, '{prev}', '{hash}' \
         FROM audit_events WHERE seq = {of}"
    )
}

fn hash_like(letter: char) -> String {
    format!("sha-256:{}", letter.to_string().repeat(64))
}

/// The damage, the SQL that does it, and what must be found.
type RevisionDamage = (&'static str, String, fn(&Break) -> bool);

#[apply(api_test)]
async fn events_are_neither_changed_nor_deleted_nor_put_in_by_sql(engine: Engine) {
    let database = Database::with_demo_data(engine);
    let before = sound(&database);
    let (seq, hash) = (before.head.seq, before.head.hash.clone());
    let mut refused = vec![
        "UPDATE audit_events SET reason = 'x' WHERE seq = 5".to_owned(),
        "UPDATE audit_events SET seq = 100000 WHERE seq = 5".to_owned(),
        "DELETE FROM audit_events WHERE seq = 5".to_owned(),
        "DELETE FROM audit_events".to_owned(),
        "DELETE FROM audit_head".to_owned(),
        "UPDATE audit_head SET seq = seq - 1".to_owned(),
        "UPDATE audit_head SET seq = seq + 2".to_owned(),
        format!("UPDATE audit_head SET hash = '{}'", hash_like('a')),
        "UPDATE audit_head SET began_after = 1000000".to_owned(),
        copy(5, seq + 1, &hash, &hash_like('a')),
        copy(5, seq + 9, &hash, &hash_like('a')),
        format!("UPDATE audit_head SET seq = seq + 1; {}", copy(5, seq + 1, &hash_like('b'), &hash_like('a'))),
    ];
    match engine {
        Engine::Postgres => refused.extend(["TRUNCATE audit_events".to_owned(), "TRUNCATE audit_head".to_owned()]),
        Engine::Sqlite => {
            refused.push(copy(5, 5, &hash, &hash_like('a')).replacen("INSERT", "INSERT OR REPLACE", 1));
        }
    }
    for sql in refused {
        let all = format!("BEGIN; {sql}");
        let mut conn = database.connect();
        let error = conn.batch_execute(&all).expect_err(&sql).to_string();
        assert!(error.contains("audit"), "{sql}: {error}");
        conn.batch_execute("ROLLBACK").unwrap();
    }
    assert_eq!(sound(&database), before);
}

type Damage = (&'static str, fn(i64) -> String, fn(i64) -> Break);

/// Damage possible after the triggers were dropped, and what is found; each gets the position of the last event.
const DAMAGES: [Damage; 12] = [
    ("a reason altered", |_| "UPDATE audit_events SET reason = 'x' WHERE seq = 40".into(), |_| Break::Altered(40)),
    (
        "a client altered",
        |_| "UPDATE audit_events SET client = 'cq-clerk' WHERE seq = 41".into(),
        |_| Break::Altered(41),
    ),
    ("no list of names", |_| "UPDATE audit_events SET changed = 'x' WHERE seq = 42".into(), |_| Break::Altered(42)),
    (
        "a hash altered",
        |_| format!("UPDATE audit_events SET hash = '{}' WHERE seq = 43", hash_like('a')),
        |_| Break::Altered(43),
    ),
    (
        "an event deleted",
        |_| "DELETE FROM audit_events WHERE seq = 50".into(),
        |_| Break::Missing { first: 50, last: 50 },
    ),
    (
        "events deleted",
        |_| "DELETE FROM audit_events WHERE seq BETWEEN 1 AND 7".into(),
        |_| Break::Missing { first: 1, last: 7 },
    ),
    (
        "the tail cut",
        |last| format!("DELETE FROM audit_events WHERE seq > {}", last - 3),
        |last| Break::Cut { last: last - 3, head: last },
    ),
    (
        "an event behind the head",
        |last| copy(5, last + 1, &hash_like('a'), &hash_like('b')),
        |last| Break::Beyond { seq: last + 1, head: last },
    ),
    (
        "an event in place of another",
        |_| format!("DELETE FROM audit_events WHERE seq = 60; {}", copy(5, 60, &hash_like('a'), &hash_like('b'))),
        |_| Break::Altered(60),
    ),
    ("the head's hash altered", |_| format!("UPDATE audit_head SET hash = '{}'", hash_like('a')), Break::Head),
    (
        "the head set back",
        |last| format!("UPDATE audit_head SET seq = {}", last - 1),
        |last| Break::Beyond { seq: last, head: last - 1 },
    ),
    ("no head", |_| "DELETE FROM audit_head".into(), |_| Break::NoHead),
];

#[apply(api_test)]
async fn whatever_was_done_to_the_log_is_found(engine: Engine) {
    let whole = sound(&Database::with_demo_data(engine));
    assert!(whole.events == whole.head.seq && whole.revisions > 300 && whole.uncovered == 0, "{whole}");
    for (name, damage, expected) in DAMAGES {
        let database = Database::with_demo_data(engine);
        without_triggers(&database);
        execute(&database, &damage(whole.head.seq)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(check(&database, &Wanted::default()), Err(expected(whole.head.seq)), "{name}");
    }
}

#[apply(api_test)]
async fn whatever_was_done_to_the_revisions_is_found(engine: Engine) {
    let an = "(SELECT record_id FROM audit_events WHERE seq = 40)";
    let damages: [RevisionDamage; 5] = [
        ("a reason", format!("UPDATE revisions SET reason = 'x' WHERE record_id = {an}"), |found| {
            matches!(found, Break::Differs { .. })
        }),
        ("a client", format!("UPDATE revisions SET client = 'cq-clerk' WHERE record_id = {an}"), |found| {
            matches!(found, Break::Differs { .. })
        }),
        ("a digest", format!("UPDATE contents SET digest = '{}' WHERE record_id = {an}", hash_like('a')), |found| {
            matches!(found, Break::Differs { .. })
        }),
        ("one deleted", format!("DELETE FROM revisions WHERE number = 1 AND record_id = {an}"), |found| {
            matches!(found, Break::EventWithoutRevision { number: 1, .. })
        }),
        (
            "one inserted",
            format!(
                "INSERT INTO revisions SELECT record_id, 99, content_number, state, action, client_id, client, org_id, province, \
                 reason, request_id, at FROM revisions WHERE number = 1 AND record_id = {an}"
            ),
            |found| matches!(found, Break::RevisionWithoutEvent { number: 99, .. }),
        ),
    ];
    for (name, damage, is_found) in damages {
        let database = Database::with_demo_data(engine);
        execute(&database, &damage).unwrap_or_else(|error| panic!("{name}: {error}"));
        let found = check(&database, &Wanted::default()).unwrap_err();
        assert!(is_found(&found), "{name}: {found}");
    }
}

#[test]
fn a_value_that_cannot_be_read_is_found() {
    let database = Database::with_demo_data(Engine::Sqlite);
    without_triggers(&database);
    execute(&database, "UPDATE audit_events SET client_id = x'00' WHERE seq = 70").unwrap();
    assert_eq!(check(&database, &Wanted::default()), Err(Break::Unreadable(70)));
}

#[apply(api_test)]
async fn the_command_names_the_first_bad_place_and_compares_with_what_was_noted(engine: Engine) {
    let database = Database::with_demo_data(engine);
    let run = |words: &[&str]| {
        let words: Vec<&str> = ["audit", "verify"].into_iter().chain(words.iter().copied()).collect();
        let output = program(&words, &[("database_url", &database.url)]).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, printed, _) = run(&[]);
    assert_eq!(code, Some(0));
    let noted = printed.lines().find_map(|line| line.strip_prefix("head: ")).unwrap().to_owned();
    let tip: Tip = noted.parse().unwrap();
    assert_eq!(tip, sound(&database).head);
    assert!(printed.contains(&format!("verified: {} events", tip.seq)), "{printed}");
    let (code, printed, _) = run(&["--from", "100", "--expect", &noted]);
    assert_eq!(code, Some(0));
    assert!(printed.contains(&format!("verified: {} events", tip.seq - 99)), "{printed}");
    let other = Tip { seq: tip.seq - 1, hash: hash_like('a') }.to_string();
    let (code, _, said) = run(&["--expect", &other]);
    assert_eq!(code, Some(1));
    assert!(said.contains(&format!("rewritten: event {} has the hash", tip.seq - 1)), "{said}");
    let (code, _, said) = run(&["--expect", &format!("{}:{}", tip.seq + 1, hash_like('a'))]);
    assert_eq!(code, Some(1));
    assert!(said.contains("was noted, but the log ends at"), "{said}");
    assert_eq!(run(&["--expect", "5"]).0, Some(2));
    assert_eq!(run(&["--from", "0"]).0, Some(2));
    without_triggers(&database);
    execute(&database, "DELETE FROM audit_events WHERE seq = 120").unwrap();
    let (code, printed, said) = run(&[]);
    assert_eq!((code, printed.as_str()), (Some(1), ""));
    assert!(said.contains("missing: the events 120 to 120 are not there"), "{said}");
    // Events before `--from` are not checked.
    assert_eq!(run(&["--from", "130"]).0, Some(1), "a revision has lost its event");
}

#[apply(api_test)]
async fn revisions_from_before_the_log_are_not_asked_for_but_later_ones_are(engine: Engine) {
    let database = Arc::new(Database::with_demo_data(engine));
    let all = sound(&database).revisions;
    while migrate::revert(&database.target()).unwrap() != "20261124000002" {}
    migrate::run(&database.target()).unwrap();
    let empty = sound(&database);
    assert_eq!((empty.events, empty.revisions, empty.uncovered), (0, 0, all));
    assert_eq!(empty.head, Tip::start());
    let app = TestApp::on(engine, database.clone(), &[]);
    app.published("instruments", instrument()).await;
    let after = sound(&database);
    assert_eq!((after.events, after.revisions, after.uncovered), (2, 2, all));
    execute(&database, "UPDATE revisions SET reason = 'x' WHERE number = 2 AND action = 'activated'").unwrap();
    assert!(matches!(check(&database, &Wanted::default()), Err(Break::Differs { .. })));
}

#[apply(api_test)]
async fn many_writers_at_once_leave_one_sound_chain(app: TestApp) {
    const WRITERS: i64 = 24;
    let before = sound(&app.database);
    let agency = app.client("cq-agency");
    let writers = (0..WRITERS).map(|number| {
        let (app, agency) = (&app, agency.clone());
        async move {
            if number % 4 == 0 {
                let form = format!("grant_type=client_credentials&client_id=guess-{number}&client_secret=x");
                let answer = app
                    .anonymous()
                    .request(reqwest::Method::POST, "/oauth2/token")
                    .header("content-type", "application/x-www-form-urlencoded")
                    .text(form)
                    .await;
                assert_eq!(answer.status(), 401);
            } else {
                agency.create("instruments", instrument()).await;
            }
        }
    });
    futures_util::future::join_all(writers).await;
    let after = sound(&app.database);
    assert_eq!(after.events, before.events + WRITERS);
    assert_eq!(after.revisions, before.revisions + WRITERS * 3 / 4);
}

/// The statements of the manual, as an operator would run them.
fn grants() -> String {
    let manual = include_str!("../../docs/operations.md");
    let block = manual.split("```sql\n").find(|part| part.starts_with("GRANT")).expect("the manual has the grants");
    block.split("```").next().unwrap().to_owned()
}

#[test]
fn the_grants_of_the_manual_let_the_service_work_and_protect_the_log() {
    run(async {
        let database = Database::with_demo_data(Engine::Postgres);
        execute(
            &database,
            "DO $$ BEGIN CREATE ROLE chuanyu_service; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        )
        .unwrap();
        execute(&database, &grants()).unwrap();
        let as_service = format!("{}?options=-c%20role%3Dchuanyu_service", database.url);
        let limited = Arc::new(Database::elsewhere(as_service.clone()));
        let before = sound(&limited);
        let done = program(&["client", "disable", "reader"], &[("database_url", &as_service)]).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let app = TestApp::on(Engine::Postgres, limited.clone(), &[]);
        app.published("instruments", instrument()).await;
        assert_eq!(sound(&limited).events, before.events + 3);
        for sql in [
            "UPDATE audit_events SET reason = 'x'",
            "DELETE FROM audit_events",
            "TRUNCATE audit_events",
            "TRUNCATE audit_head",
            "DELETE FROM audit_head",
            "INSERT INTO audit_head SELECT 1, 0, hash, 0 FROM audit_head",
            "ALTER TABLE audit_events DISABLE TRIGGER USER",
            "DROP TRIGGER audit_events_changed ON audit_events",
            "DROP FUNCTION audit_refused CASCADE",
            "DROP TABLE audit_events",
        ] {
            let error = execute(&limited, sql).expect_err(sql).to_string();
            assert!(error.contains("permission denied") || error.contains("must be owner"), "{sql}: {error}");
        }
    });
}
