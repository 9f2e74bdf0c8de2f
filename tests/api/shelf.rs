//! Texts that a process read before: they spare work and are never shown for what is.

use std::sync::Arc;

use serde_json::json;

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
                for change in agency.get(&feed).await.items() {
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
