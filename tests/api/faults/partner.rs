//! A partner system as `docs/api.md` describes it: it retries a write until it is answered, and remembers what was
//! acknowledged.

use chuanyu::forms::envelope;
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chuanyu::db::Connection;
use chuanyu::reference::canonical;
use futures_util::future::join;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::support::callers::Request;
use crate::support::contents::*;
use crate::support::database::Database;
use crate::support::dump::lines;
use crate::support::flows::{path, revision};
use crate::support::*;

/// Everything acknowledged to partners, as lines that [`stored`] must have.
#[derive(Default)]
pub struct Ledger {
    pub acknowledged: usize,
    pub created: usize,
    pub deleted: usize,
    lines: HashSet<String>,
    /// The records as they were last shown.
    pub last: Vec<(&'static str, Value)>,
}

/// How long a partner waits before it sends a write again.
const PAUSE: Duration = Duration::from_millis(20);

/// Waits for something, and fails if it takes too long.
pub async fn within<T>(what: impl Future<Output = Result<T, watch::error::RecvError>>) {
    let came = tokio::time::timeout(Duration::from_secs(180), what).await;
    assert!(came.expect("what partners wait for comes").is_ok());
}

/// Shared state of partners and the test.
pub struct World {
    /// Address of the service; empty while it is down.
    pub base: watch::Sender<String>,
    /// Odd while what the service needs is away.
    pub away: watch::Sender<u32>,
    /// Writes that were refused with 503.
    pub refused: watch::Sender<usize>,
    /// Writes that were acknowledged.
    pub count: watch::Sender<usize>,
    pub ledger: Mutex<Ledger>,
}

/// One client of a partner system.
#[derive(Clone)]
pub struct Partner {
    caller: Caller,
    world: Arc<World>,
}

impl World {
    pub fn at(base: &str) -> Arc<World> {
        Arc::new(World {
            base: watch::Sender::new(base.to_owned()),
            away: watch::Sender::new(0),
            refused: watch::Sender::new(0),
            count: watch::Sender::new(0),
            ledger: Mutex::default(),
        })
    }

    pub fn partner(self: &Arc<World>, caller: Caller) -> Partner {
        Partner { caller, world: self.clone() }
    }

    /// Records what was acknowledged.
    fn note(&self, lines: impl IntoIterator<Item = String>) {
        let mut ledger = self.ledger.lock().unwrap();
        ledger.acknowledged += 1;
        ledger.lines.extend(lines);
        self.count.send_replace(ledger.acknowledged);
    }

    pub async fn acknowledged(&self, number: usize) {
        within(self.count.subscribe().wait_for(|count| *count >= number)).await;
    }

    /// Fails unless everything that was acknowledged is in the database.
    #[track_caller]
    pub fn is_stored_in(&self, database: &Database) {
        let stored = stored(&mut database.connect());
        let ledger = self.ledger.lock().unwrap();
        let lost: Vec<&String> = ledger.lines.difference(&stored).collect();
        assert!(lost.is_empty(), "{} of {} are lost: {lost:#?}", lost.len(), ledger.lines.len());
    }
}

/// The changes, the contents and the decisions of a database.
fn stored(conn: &mut Connection) -> HashSet<String> {
    let id = match conn {
        Connection::Sqlite(_) => "lower(hex(record_id))",
        Connection::Postgres(_) => "replace(CAST(record_id AS text), '-', '')",
    };
    let queries = [
        format!("SELECT {id} || ' ' || revision || ' ' || action AS line FROM changes"),
        format!("SELECT {id} || ' ' || number || ' ' || text AS line FROM contents"),
        format!("SELECT {id} || ' ' || province || ' ' || decision || ' ' || digest AS line FROM confirmations"),
    ];
    queries.iter().flat_map(|query| lines(conn, query)).collect()
}

fn plain_id(record: &Value) -> String {
    record["id"].as_str().unwrap().replace('-', "")
}

fn change(record: &Value, revision: i64, action: &str) -> String {
    format!("{} {revision} {action}", plain_id(record))
}

/// The content that a record shows, as it must be stored.
fn content(record: &Value) -> String {
    let mut content = record.clone();
    content.as_object_mut().unwrap().retain(|name, _| !envelope::ENVELOPE.contains(&name.as_str()));
    format!("{} {} {}", plain_id(record), revision(record), canonical::text(&content).unwrap())
}

impl Partner {
    /// Sends what `request` makes until the service answers with anything but 503, which it may only while [`World::away`].
    async fn send(&self, request: impl Fn(&Caller) -> Request) -> Answer {
        let mut place = self.world.base.subscribe();
        loop {
            let base = place.wait_for(|base| !base.is_empty()).await.unwrap().clone();
            let away = *self.world.away.borrow();
            match request(&self.caller.at(&base)).try_send().await {
                Ok(answer) if answer.status() == 503 => {
                    assert_eq!(answer.problem(503).code(), "unavailable");
                    assert!(answer.has_header("retry-after"));
                    let since = *self.world.away.borrow();
                    assert!(away % 2 == 1 || since != away, "503 while nothing is wrong: {}", answer.text());
                    self.world.refused.send_modify(|count| *count += 1);
                }
                Ok(answer) => return answer,
                Err(_) => {}
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// A POST with its own key: however often it is sent, it takes effect once.
    async fn post(&self, path: &str, body: impl Into<Value>, if_match: Option<i64>, status: u16) -> Value {
        let (key, body) = (format!("key-{}", next()), body.into());
        let answer = self.send(|caller| {
            let request = caller.post(path, body.clone()).header("idempotency-key", &key);
            match if_match {
                Some(revision) => request.if_match(revision),
                None => request,
            }
        });
        answer.await.expect(status)
    }

    pub async fn create(&self, kind: &str, content_of_it: Content) -> Value {
        let record = self.post(&format!("/api/v1/{kind}"), content_of_it, None, 201).await;
        self.world.ledger.lock().unwrap().created += 1;
        self.world.note([change(&record, 1, "created"), content(&record)]);
        record
    }

    pub async fn patch(&self, kind: &str, record: &Value, patch: Value) -> Value {
        let (place, before) = (path(kind, record), revision(record));
        let answer = self.send(|caller| caller.patch(&place, patch.clone()).if_match(before)).await;
        let record = match answer.status() {
            // It was done, and the answer lost.
            412 => {
                assert_eq!(answer.problem(412)["current_revision"], before + 1);
                self.send(|caller| caller.get(&place)).await.expect(200)
            }
            _ => answer.expect(200),
        };
        self.world.note([change(&record, before + 1, "updated"), content(&record)]);
        record
    }

    pub async fn delete(&self, kind: &str, record: &Value) {
        let (place, id) = (path(kind, record), plain_id(record));
        // Its contents are gone, whether the answer arrives or not.
        let is_content = |line: &String| line.starts_with(&id) && line.ends_with('}');
        self.world.ledger.lock().unwrap().lines.retain(|line| !is_content(line));
        let answer = self.send(|caller| caller.delete(&place).if_match(revision(record))).await;
        assert!(matches!(answer.status(), 204 | 404), "{}", answer.text());
        self.world.ledger.lock().unwrap().deleted += 1;
        self.world.note([change(record, revision(record) + 1, "deleted")]);
    }

    pub async fn transition(&self, kind: &str, record: &Value, to: &str, action: &str) -> Value {
        let body = json!({"to": to, "reason": "示例"});
        let place = format!("{}/transitions", path(kind, record));
        let moved = self.post(&place, body, Some(revision(record)), 200).await;
        self.world.note([change(record, revision(record) + 1, action)]);
        moved
    }

    pub async fn propose(&self, kind: &str, record: &Value, patch: Value) -> Value {
        let body = json!({"patch": patch, "reason": "双方商定"});
        let place = format!("{}/change-requests", path(kind, record));
        let request = self.post(&place, body, Some(revision(record)), 201).await;
        self.world.note([change(record, revision(record) + 1, "change_proposed")]);
        request
    }

    /// Confirms at `place` what shows this digest.
    pub async fn confirm(&self, place: &str, record: &Value, digest: &Value, province: &str) {
        let body = json!({"decision": "confirm", "digest": digest});
        self.post(&format!("{place}/confirmations"), body, None, 201).await;
        let digest = digest.as_str().unwrap();
        self.world.note([format!("{} {province} confirm {digest}", plain_id(record))]);
    }

    pub async fn show(&self, kind: &str, record: &Value) -> Value {
        self.send(|caller| caller.get(&path(kind, record))).await.expect(200)
    }
}

/// An organization of Chongqing and the agencies of both provinces.
#[derive(Clone)]
pub struct Partners {
    pub university: Partner,
    pub cq: Partner,
    pub sc: Partner,
}

impl Partners {
    pub fn of(app: &TestApp, world: &Arc<World>) -> Partners {
        let [university, cq, sc] =
            ["cq-university", "cq-agency", "sc-agency"].map(|name| world.partner(app.client(name)));
        Partners { university, cq, sc }
    }

    /// Takes records through their lives until `writes` were acknowledged in all.
    pub async fn work(self, world: Arc<World>, writes: usize) {
        while *world.count.borrow() < writes {
            let instrument = self.instrument().await;
            let lab = self.lab().await;
            world.ledger.lock().unwrap().last.extend([("instruments", instrument), ("joint-labs", lab)]);
        }
    }

    async fn instrument(&self) -> Value {
        const KIND: &str = "instruments";
        let gone = self.university.create(KIND, instrument()).await;
        let gone = self.university.patch(KIND, &gone, json!({"remarks": "将删除"})).await;
        self.university.delete(KIND, &gone).await;
        let mut record = self.university.create(KIND, instrument()).await;
        for model in ["甲型", "乙型"] {
            record = self.university.patch(KIND, &record, json!({"model": model})).await;
        }
        record = self.university.transition(KIND, &record, "submitted", "submitted").await;
        self.cq.confirm(&path(KIND, &record), &record, &record["digest"], CHONGQING).await;
        let active = self.cq.show(KIND, &record).await;
        self.cq.patch(KIND, &active, json!({"remarks": "已核对"})).await
    }

    async fn lab(&self) -> Value {
        const KIND: &str = "joint-labs";
        let draft = self.university.create(KIND, joint_lab()).await;
        let draft = self.university.patch(KIND, &draft, json!({"remarks": "说明"})).await;
        let submitted = self.university.transition(KIND, &draft, "submitted", "submitted").await;
        self.both_confirm(&path(KIND, &submitted), &submitted, &submitted["digest"]).await;
        let active = self.sc.show(KIND, &submitted).await;
        assert_eq!(active["state"], "active");
        let request = self.university.propose(KIND, &active, json!({"fixed_staff": 1000 + next() % 500})).await;
        let place = format!("/api/v1/change-requests/{}", request["id"].as_str().unwrap());
        self.both_confirm(&place, &active, &request["digest"]).await;
        let changed = self.university.show(KIND, &active).await;
        assert_eq!(changed["digest"], request["digest"]);
        let asked = self.cq.transition(KIND, &changed, "closed", "closed_asked").await;
        self.sc.transition(KIND, &asked, "closed", "closed").await
    }

    /// Both provinces at once.
    async fn both_confirm(&self, place: &str, record: &Value, digest: &Value) {
        let (cq, sc) =
            (self.cq.confirm(place, record, digest, CHONGQING), self.sc.confirm(place, record, digest, SICHUAN));
        join(cq, sc).await;
    }
}
