use std::time::Duration;

use actix_web::test::TestRequest;
use diesel::{ExpressionMethods, RunQueryDsl};

use crate::api::idempotency::*;
use crate::db::schema::idempotency_keys as keys;
use crate::db::{Db, PoolSettings, Target, migrate};

struct Scratch {
    db: Db,
    path: std::path::PathBuf,
}

impl Scratch {
    fn new() -> Scratch {
        let path = std::env::temp_dir().join(format!("chuanyu-{}.db", Id::new()));
        let target = Target::Sqlite(path.clone());
        migrate::run(&target).unwrap();
        let settings = PoolSettings { size: 1, patience: Duration::from_secs(2), waiting: 10 };
        Scratch { db: Db::open(target, settings), path }
    }

    /// Sends a request with this key whose work answers `answer`; tells also whether the work was done.
    fn send(&self, client: Id, key: &str, body: &str, answer: Outcome<Answer>) -> (Outcome<Answer>, bool) {
        let idempotency = Idempotency { key: key.into(), hash: hash("POST", "/x", body.as_bytes()) };
        let answer = std::cell::RefCell::new(Some(answer));
        let result =
            self.db.write_here(|conn| run(conn, client, Some(&idempotency), |_| answer.borrow_mut().take().unwrap()));
        let done = answer.borrow().is_none();
        (result, done)
    }

    fn age(&self, seconds: i64) {
        let moment = Moment::now().plus_seconds(-seconds);
        let update =
            |conn: &mut Connection| Ok(diesel::update(keys::table).set(keys::created_at.eq(moment)).execute(conn)?);
        self.db.write_here(update).unwrap();
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.path.display()));
        }
    }
}

fn created() -> Outcome<Answer> {
    Ok(Answer::new(201, "{\"id\":1}".into()).header("Location", "/x/1"))
}

#[test]
fn the_same_request_twice_has_its_effect_once() {
    let (scratch, client) = (Scratch::new(), Id::new());
    let (first, done) = scratch.send(client, "k", "{}", created());
    assert!(done && first.is_ok());
    let (second, done) = scratch.send(client, "k", "{}", created());
    assert!(!done);
    assert_eq!(second.unwrap(), created().unwrap().header("Idempotency-Replayed", "true"));
    assert!(scratch.send(Id::new(), "k", "{}", created()).1, "another client's key is another key");
}

#[test]
fn another_request_with_the_same_key_is_refused() {
    let (scratch, client) = (Scratch::new(), Id::new());
    scratch.send(client, "k", "{}", created()).0.unwrap();
    let (result, done) = scratch.send(client, "k", "{\"a\":1}", created());
    assert!(!done);
    assert_eq!(result.unwrap_err().code(), Code::IdempotencyKeyReused);
}

#[test]
fn a_failure_is_not_kept() {
    let (scratch, client) = (Scratch::new(), Id::new());
    assert!(scratch.send(client, "k", "{}", Err(Problem::new(Code::InUse))).0.is_err());
    assert!(scratch.send(client, "k", "{}", Ok(Answer::new(302, String::new()))).1);
    assert!(scratch.send(client, "k", "{}", created()).1);
}

#[test]
fn a_key_is_forgotten_after_a_day() {
    let (scratch, client) = (Scratch::new(), Id::new());
    scratch.send(client, "k", "{}", created()).0.unwrap();
    scratch.age(KEPT_SECONDS - 60);
    assert_eq!(scratch.db.write_here(|conn| purge(100, conn)).unwrap(), 0);
    assert!(!scratch.send(client, "k", "{}", created()).1);
    scratch.age(KEPT_SECONDS + 60);
    assert!(scratch.send(client, "k", "{\"other\":1}", created()).1);
    scratch.age(KEPT_SECONDS + 60);
    assert_eq!(scratch.db.write_here(|conn| purge(100, conn)).unwrap(), 1);
}

#[test]
fn an_answer_that_another_process_stored_first_is_a_conflict_not_a_failure() {
    let (scratch, client) = (Scratch::new(), Id::new());
    let of = Idempotency { key: "k".into(), hash: "h".into() };
    let result = scratch.db.write_here(|conn| {
        run(conn, client, Some(&of), |conn| {
            queries::insert(conn, client, &of, &created().unwrap())?;
            created()
        })
    });
    assert_eq!(result.unwrap_err().code(), Code::RequestInProgress);
}

#[test]
fn a_key_runs_once_at_a_time() {
    let (set, client) = (InFlight::default(), Id::new());
    let of = Idempotency { key: "k".into(), hash: "h".into() };
    let running = set.enter(client, Some(&of)).unwrap();
    let problem = set.enter(client, Some(&of)).unwrap_err();
    assert_eq!(problem.code(), Code::RequestInProgress);
    assert_eq!(problem.said().headers, [("Retry-After", "1".to_owned())]);
    assert!(set.enter(Id::new(), Some(&of)).is_ok());
    assert!(set.enter(client, None).unwrap().is_none());
    drop(running);
    assert!(set.enter(client, Some(&of)).is_ok());
}

#[test]
fn a_key_is_quoted_or_bare() {
    let key = |text: &str| {
        let request = TestRequest::post().uri("/x?a=1").insert_header((HEADER, text)).to_http_request();
        Idempotency::of(&request, b"{}").map(|of| of.unwrap().key)
    };
    assert_eq!(key("cq-20260901-0007").unwrap(), "cq-20260901-0007");
    assert_eq!(key("\"cq 1\"").unwrap(), "cq 1");
    assert_eq!(key(r#""a\"b\\""#).unwrap(), r#"a"b\"#);
    assert_eq!(key(&"k".repeat(255)).unwrap().len(), 255);
    for bad in ["", "\"\"", "\"a", "a\"", "\"a\"b\"", r#""a\x""#, r#""a\""#, "重", &"k".repeat(256)] {
        assert_eq!(key(bad).unwrap_err().code(), Code::InvalidHeader, "{bad}");
    }
    let request = TestRequest::post().to_http_request();
    assert!(Idempotency::of(&request, b"").unwrap().is_none());
}

#[test]
fn the_hash_covers_method_target_and_body() {
    let hashes =
        [hash("POST", "/a", b"b"), hash("PUT", "/a", b"b"), hash("POST", "/a?b", b"b"), hash("POST", "/a", b"c")];
    assert_eq!(hashes.iter().collect::<HashSet<_>>().len(), 4);
    assert_eq!(hashes[0].len(), 64);
}
