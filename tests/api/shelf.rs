//! Cached records: they save work and are never served when stale.

use std::sync::Arc;

use chuanyu::db::schema::{feed, records};
use chuanyu::db::{Connection, Id};
use chuanyu::reading::cache::Shelf;
use chuanyu::records::sight::Sight;
use diesel::prelude::*;
use futures_util::future::{join_all, join3};
use serde_json::{Value, json};

use crate::support::contents::instrument;
use crate::support::database::Database;
use crate::support::flows::{path, revision};
use crate::support::*;

#[apply(api_test!)]
async fn what_was_read_before_is_never_shown_for_what_another_process_wrote(engine: Engine) {
    for room in ["32", "0"] {
        let database = Arc::new(Database::with_demo_data(engine));
        let writing = TestApp::on(engine, database.clone(), &[]);
        let reading = TestApp::on(engine, database, &[("answers_mib", room)]);
        let (owner, everybody, agency) =
            (writing.client("cq-agency"), reading.anonymous(), reading.client("cq-agency"));
        let head = agency.get("/api/v1/changes?after=now").await.expect(200)["next_after"].clone();
        let content = instrument().with("/contact", json!({"name": "设备处"}));
        let mut record = writing.published("instruments", content).await;
        let list = format!("/api/v1/instruments?code={}", record["code"].as_str().unwrap());
        let feed = format!("/api/v1/changes?after={head}&include=record");
        for round in 0..3 {
            for _ in 0..2 {
                let shown = everybody.show("instruments", &record).await.expect(200);
                assert_eq!(shown["revision"], record["revision"]);
                assert!(shown.get("contact").is_none());
                assert_eq!(everybody.get(&list).await.items(), [shown]);
                let whole = agency.show("instruments", &record).await.expect(200);
                assert!(whole.get("contact").is_some());
                assert_eq!(agency.get(&list).await.items(), std::slice::from_ref(&whole));
                let changes = agency.get(&feed).await.items();
                assert!(changes.len() > round, "one for each revision that is seen");
                for change in changes {
                    assert_eq!(change["record"], whole, "every change comes with the record as it is now");
                }
            }
            let patch = json!({"model": format!("次 {round}")});
            record = owner.patch(&path("instruments", &record), patch).if_match(revision(&record)).await.expect(200);
        }
        owner.transition("instruments", &record, "withdrawn", Some("重复")).await.expect(200);
        assert!(everybody.get(&list).await.items().is_empty());
        let last = agency.get(&feed).await.items().pop().unwrap();
        assert_eq!((&last["tombstone"], last.get("record")), (&json!(true), None));
    }
}

#[apply(api_test!)]
async fn a_record_is_fetched_once_in_a_revision_when_there_is_room(engine: Engine) {
    for (room, kept) in [("32", true), ("0", false)] {
        let app = TestApp::on(engine, Database::with_demo_data(engine).into(), &[("answers_mib", room)]);
        let agency = app.client("cq-agency");
        let head = agency.get("/api/v1/changes?after=now").await.expect(200)["next_after"].clone();
        let record = app.published("instruments", instrument()).await;
        let list = format!("/api/v1/instruments?code={}", record["code"].as_str().unwrap());
        let feed = format!("/api/v1/changes?after={head}&include=record");
        assert_eq!(agency.get(&list).await.items()[0]["model"], record["model"]);
        app.database(|conn| alter(&record, conn));
        let shown = if kept { &record["model"] } else { &json!("另一型号") };
        assert_eq!(&agency.get(&list).await.items()[0]["model"], shown, "{room} MiB");
        assert_eq!(&agency.get(&feed).await.items().pop().unwrap()["record"]["model"], shown, "{room} MiB");
    }
}

#[apply(api_test!)]
async fn nobody_reads_less_than_was_acknowledged_however_many_read_and_write_at_once(engine: Engine) {
    const RECORDS: usize = 6;
    const CHANGES: usize = 12;
    let database = Arc::new(Database::with_demo_data(engine));
    let writing = TestApp::on(engine, database.clone(), &[]);
    let reading = TestApp::on(engine, database, &[]);
    let head = reading.client("reader").get("/api/v1/changes?after=now").await.expect(200)["next_after"].clone();
    let mut records = Vec::new();
    for _ in 0..RECORDS {
        records.push(writing.published("instruments", instrument()).await);
    }
    let feed = format!("/api/v1/changes?after={head}&include=record&limit=1000");
    let write_and_look = |mut record: Value| {
        let (owner, everybody, reader) = (writing.client("cq-agency"), reading.anonymous(), reading.client("reader"));
        let list = format!("/api/v1/instruments?code={}", record["code"].as_str().unwrap());
        let feed = &feed;
        async move {
            for change in 0..CHANGES {
                let patch = json!({"model": format!("第 {change} 次")});
                record =
                    owner.patch(&path("instruments", &record), patch).if_match(revision(&record)).await.expect(200);
                let (alone, listed, changes) =
                    join3(everybody.show("instruments", &record), everybody.get(&list).send(), reader.get(feed).send())
                        .await;
                let told = changes.items().into_iter().rfind(|item| item["ref"]["id"] == record["id"]).unwrap();
                let public = |mut whole: Value| {
                    whole.as_object_mut().unwrap().remove("contact");
                    whole
                };
                assert_eq!(told["record"], record);
                assert_eq!(alone.expect(200), public(record.clone()));
                assert_eq!(listed.items(), [public(record.clone())]);
            }
        }
    };
    join_all(records.into_iter().map(write_and_look)).await;
}

/// Changes the stored answer of a record behind the service's back, without a new revision.
fn alter(record: &Value, conn: &mut Connection) {
    let mut other = record.clone();
    other["model"] = json!("另一型号");
    let row = records::table.filter(records::code.eq(record["code"].as_str().unwrap()));
    diesel::update(row).set(records::document.eq(other.to_string())).execute(conn).unwrap();
}

/// Whether a cache that follows the feed now serves the altered answer of a record.
fn is_fetched_anew(shelf: &Shelf, record: &Value, conn: &mut Connection) -> bool {
    let position = shelf.follow(conn).unwrap();
    let wanted = [(record["id"].as_str().unwrap().parse().unwrap(), None)];
    let found = shelf.fetch(&wanted, Some(position), conn).unwrap().pop().flatten().expect("the record");
    let shown: Value = serde_json::from_slice(&found.text(&Sight::Public)).unwrap();
    shown["model"] == "另一型号"
}

#[apply(api_test)]
async fn what_was_read_before_others_followed_further_is_not_kept(app: TestApp) {
    let owner = app.client("cq-agency");
    let record = app.published("instruments", instrument()).await;
    let other = app.published("instruments", instrument()).await;
    let shelf = Shelf::new(1 << 20, chuanyu::api::Restores::default());
    let id: Id = record["id"].as_str().unwrap().parse().unwrap();
    let early = app.database(|conn| shelf.follow(conn).unwrap());
    owner.patch(&path("instruments", &other), json!({"model": "新"})).if_match(revision(&other)).await.expect(200);
    app.database(|conn| {
        shelf.follow(conn).unwrap();
        assert!(shelf.fetch(&[(id, None)], Some(early), conn).unwrap()[0].is_some());
        alter(&record, conn);
        assert!(is_fetched_anew(&shelf, &record, conn), "it was not kept");
        assert!(is_fetched_anew(&shelf, &record, conn));
    });
}

#[apply(api_test)]
async fn all_begins_anew_after_many_changes_and_when_the_feed_went_back(app: TestApp) {
    for leap in [2001, -1] {
        let record = app.published("instruments", instrument()).await;
        let shelf = Shelf::new(1 << 20, chuanyu::api::Restores::default());
        app.database(|conn| {
            assert!(!is_fetched_anew(&shelf, &record, conn));
            alter(&record, conn);
            assert!(!is_fetched_anew(&shelf, &record, conn), "it is kept");
            diesel::update(feed::table).set(feed::seq.eq(feed::seq + leap)).execute(conn).unwrap();
            assert!(is_fetched_anew(&shelf, &record, conn), "after {leap}");
            diesel::update(feed::table).set(feed::seq.eq(feed::seq - leap.min(0))).execute(conn).unwrap();
        });
    }
}

#[apply(api_test)]
async fn what_is_kept_for_one_is_not_shown_to_another(app: TestApp) {
    let (owner, stranger, everybody) = (app.client("cq-university"), app.client("reader"), app.anonymous());
    let head = stranger.get("/api/v1/changes?after=now").await.expect(200)["next_after"].clone();
    let feed = format!("/api/v1/changes?after={head}&include=record");
    let draft = owner.create("instruments", instrument()).await;
    for _ in 0..2 {
        owner.show("instruments", &draft).await.expect(200);
        assert_eq!(owner.get(&feed).await.items()[0]["record"], draft);
        stranger.show("instruments", &draft).await.problem(404);
        everybody.show("instruments", &draft).await.problem(404);
        assert!(stranger.get(&feed).await.items().is_empty());
    }
}
