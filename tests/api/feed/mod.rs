//! The change feed: nothing missed, nothing twice, nothing out of order, and a copy built from it is exact.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chuanyu::app::register;
use serde_json::{Value, json};

use crate::support::contents::{instrument, joint_lab};
use crate::support::*;

const WRITERS: usize = 50;
const EVENTS: usize = 8;

/// A copy of the register as one caller builds it from the feed.
#[derive(Default)]
struct Replica {
    after: i64,
    seen: Vec<i64>,
    records: BTreeMap<String, Value>,
}

impl Replica {
    /// Reads on to the head.
    async fn follow(&mut self, caller: &Caller, limit: usize) {
        loop {
            let path = format!("/api/v1/changes?after={}&limit={limit}&include=record", self.after);
            let page = caller.get(&path).await.expect(200);
            for item in page["items"].as_array().unwrap() {
                self.seen.push(item["seq"].as_i64().unwrap());
                let id = item["ref"]["id"].as_str().unwrap().to_owned();
                match item["tombstone"].as_bool().unwrap() {
                    true => drop(self.records.remove(&id)),
                    // A record that left the view again meanwhile comes without content; its tombstone follows.
                    false => drop(item.get("record").map(|record| self.records.insert(id, record.clone()))),
                }
            }
            self.after = page["next_after"].as_i64().unwrap();
            if !page["has_more"].as_bool().unwrap() {
                return;
            }
        }
    }
}

/// Everything the caller sees now, of all kinds.
async fn live(caller: &Caller) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for kind in register().kinds() {
        let mut path = format!("/api/v1/{}?limit=200", kind.name);
        loop {
            let page = caller.get(&path).await.expect(200);
            for record in page["items"].as_array().unwrap() {
                all.insert(record["id"].as_str().unwrap().to_owned(), record.clone());
            }
            let Some(cursor) = page["page"]["next_cursor"].as_str() else { break };
            path = format!("/api/v1/{}?limit=200&cursor={cursor}", kind.name);
        }
    }
    all
}

async fn unlimited(engine: Engine) -> TestApp {
    TestApp::with(engine, &[("read_per_minute", "0"), ("write_per_minute", "0"), ("pool_patience_ms", "30000")]).await
}

/// One record's way through the states, of length `EVENTS` or less.
async fn write_some([university, agency, other]: [Caller; 3], number: usize) {
    if number.is_multiple_of(2) {
        let mut record = university.create("instruments", instrument()).await;
        for step in 0..EVENTS - 4 {
            let patch = json!({"remarks": format!("示例{step}")});
            let path = flows::path("instruments", &record);
            record = university.patch(&path, patch).if_match(flows::revision(&record)).await.expect(200);
        }
        record = university.transition("instruments", &record, "submitted", None).await.expect(200);
        agency.confirm("instruments", &record).await.expect(201);
        record = agency.show("instruments", &record).await.expect(200);
        record = agency.transition("instruments", &record, "suspended", Some("检修")).await.expect(200);
        if number.is_multiple_of(4) {
            agency.transition("instruments", &record, "withdrawn", Some("误录")).await.expect(200);
        }
    } else {
        let record = university.submit("joint-labs", joint_lab()).await;
        let record = other.show("joint-labs", &record).await.expect(200);
        other.decline("joint-labs", &record, "名称有误").await.expect(201);
        let record = university.show("joint-labs", &record).await.expect(200);
        if number.is_multiple_of(3) {
            let path = flows::path("joint-labs", &record);
            assert_eq!(university.delete(&path).if_match(flows::revision(&record)).await.status(), 204);
            return;
        }
        let record = university.transition("joint-labs", &record, "submitted", None).await.expect(200);
        other.confirm("joint-labs", &record).await.expect(201);
        agency.confirm("joint-labs", &record).await.expect(201);
    }
}

#[apply(api_test)]
async fn the_head_is_given_and_an_empty_page_returns_the_same_cursor(app: TestApp) {
    let reader = app.client("reader");
    let head = reader.get("/api/v1/changes?after=now").await.expect(200)["next_after"].as_i64().unwrap();
    assert!(head > 0);
    let page = reader.get(&format!("/api/v1/changes?after={head}")).await.expect(200);
    assert_eq!(page, json!({"items": [], "next_after": head, "has_more": false}));
    app.published("instruments", instrument()).await;
    let page = reader.get(&format!("/api/v1/changes?after={head}&include=record")).await.expect(200);
    // Its draft is not the reader's to see.
    let items = page["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["type"], "instrument.activated");
    assert_eq!(items[0]["record"]["state"], "active");
    let other = format!("/api/v1/changes?after={head}&kinds=projects");
    assert!(reader.get(&other).await.expect(200)["items"].as_array().unwrap().is_empty());
    let wrong = reader.get("/api/v1/changes?kinds=project").await;
    assert_eq!(wrong.problem(400).code(), "invalid-parameter");
}

#[apply(api_test)]
async fn a_record_that_leaves_the_view_gives_a_tombstone(app: TestApp) {
    let agency = app.client("sc-agency");
    let submitted = app.client("cq-university").submit("joint-labs", joint_lab()).await;
    let head = agency.get("/api/v1/changes?after=now").await.expect(200)["next_after"].as_i64().unwrap();
    agency.decline("joint-labs", &submitted, "名称有误").await.expect(201);
    let page = agency.get(&format!("/api/v1/changes?after={head}")).await.expect(200);
    assert_eq!(page["items"][0]["type"], "joint_lab.removed");
    assert_eq!(page["items"][0]["tombstone"], true);
    assert!(page["items"][0].get("state").is_none());
    let owner = app.client("cq-university");
    let page = owner.get(&format!("/api/v1/changes?after={head}")).await.expect(200);
    assert_eq!(page["items"][0]["type"], "joint_lab.declined");
    let reader = app.client("reader").get(&format!("/api/v1/changes?after={head}")).await.expect(200);
    assert_eq!(reader["items"], json!([]));
}

#[apply(api_test)]
async fn the_feed_needs_its_scope(app: TestApp) {
    assert_eq!(app.anonymous().get("/api/v1/changes").await.status(), 401);
    assert_eq!(app.client_with("reader", "records:read").get("/api/v1/changes").await.status(), 403);
}

#[apply(api_test)]
async fn readers_miss_nothing_while_many_write_and_their_copies_are_exact(engine: Engine) {
    let app = unlimited(engine).await;
    // Tokens before anything runs: making them keeps the test's only thread from serving.
    let writing = ["cq-university", "cq-agency", "sc-agency"].map(|name| app.client(name));
    let done = Arc::new(AtomicBool::new(false));
    let mut readers = Vec::new();
    for (place, name) in ["reader", "cq-university", "cq-agency", "sc-agency", "sc-university"].into_iter().enumerate()
    {
        let (caller, done) = (app.client(name), done.clone());
        readers.push(actix_web::rt::spawn(async move {
            let mut replica = Replica::default();
            while !done.load(Ordering::Acquire) {
                replica.follow(&caller, 7 + place * 40).await;
            }
            replica.follow(&caller, 500).await;
            (caller, replica)
        }));
    }
    let writers: Vec<_> =
        (0..WRITERS).map(|number| actix_web::rt::spawn(write_some(writing.clone(), number))).collect();
    for writer in writers {
        writer.await.unwrap();
    }
    done.store(true, Ordering::Release);
    for reader in readers {
        let (caller, replica) = reader.await.unwrap();
        assert!(replica.seen.is_sorted_by(|one, next| one < next), "a position came twice or out of order");
        let mut again = Replica::default();
        again.follow(&caller, 1000).await;
        assert_eq!(replica.seen, again.seen, "what is read at the end is what was read on the way");
        assert_eq!(replica.records, live(&caller).await);
    }
}
