//! A project's end as agreed now: of its last extension, else as planned. Lists filter and sort by it; no content
//! contains it.

use chuanyu::db::migrate;
use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::dump::lines;
use crate::support::flows::path;
use crate::support::*;

fn extension(decided: &str, end: &str) -> Value {
    json!({"decided_on": decided, "end_on": end, "reason": "示例"})
}

fn ending(planned: &str, extensions: Value) -> Content {
    project().with("/end_planned_on", planned).with("/extensions", extensions)
}

async fn codes(caller: &Caller, query: &str) -> Vec<String> {
    let items = caller.get(&format!("/api/v1/projects?{query}&fields=code")).await.items();
    items.iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
}

#[apply(api_test)]
async fn projects_are_found_and_sorted_by_the_end_that_is_agreed_now(app: TestApp) {
    let university = app.client("cq-university");
    let mut made = Vec::new();
    for content in [
        ending("2091-06-30", json!([extension("2025-01-01", "2093-01-01"), extension("2026-01-01", "2094-01-01")])),
        ending("2092-06-30", json!([])),
        ending("2091-06-30", json!([extension("2025-01-01", "2096-01-01"), extension("2026-01-01", "2095-01-01")])),
    ] {
        made.push(university.create("projects", content).await["code"].as_str().unwrap().to_owned());
    }
    let [extended, planned, shortened] = &made[..] else { unreachable!() };
    assert_eq!(codes(&university, "end_current_on=2094-01-01").await, [extended.as_str()]);
    assert_eq!(
        codes(&university, "end_current_on_gte=2092-06-30&end_current_on_lt=2094-01-01").await,
        [planned.as_str()]
    );
    let sorted = codes(&university, "end_current_on_gt=2091-12-31&sort=end_current_on").await;
    assert_eq!(sorted, [planned, extended, shortened].map(String::as_str));
    let mut paged = Vec::new();
    let mut next = "/api/v1/projects?end_current_on_gt=2091-12-31&sort=-end_current_on&limit=1".to_owned();
    while !next.is_empty() {
        let answer = university.get(&next).await;
        paged.extend(answer.items().iter().map(|item| item["code"].as_str().unwrap().to_owned()));
        let page = &answer.expect(200)["page"];
        next = page["next_cursor"].as_str().map_or(String::new(), |cursor| {
            format!("/api/v1/projects?end_current_on_gt=2091-12-31&sort=-end_current_on&limit=1&cursor={cursor}")
        });
    }
    assert_eq!(paged, [shortened, extended, planned].map(String::as_str));
}

#[apply(api_test)]
async fn the_end_follows_every_change_and_is_there_for_projects_of_before(engine: Engine) {
    let app = TestApp::start(engine).await;
    let university = app.client("cq-university");
    let content =
        ending("2091-06-30", json!([extension("2025-01-01", "2093-01-01"), extension("2026-01-01", "2094-01-01")]));
    let draft = university.create("projects", content).await;
    let plain = university.create("projects", ending("2092-06-30", json!([]))).await;
    let patch = json!({"extensions": [extension("2025-01-01", "2093-01-01")]});
    university.patch(&path("projects", &draft), patch).if_match(1).await.expect(200);
    let code = [draft["code"].as_str().unwrap()];
    assert_eq!(codes(&university, "end_current_on=2093-01-01").await, code);
    // The migration updates older rows to the same.
    let query = "SELECT CAST(end_current_on AS text) AS line FROM projects ORDER BY record_id";
    let before = app.database(|conn| lines(conn, query));
    assert!(before.len() > 2 && before.contains(&"2093-01-01".to_owned()) && before.contains(&"2092-06-30".to_owned()));
    let target = app.database.target();
    while !migrate::revert(&target).unwrap().contains("20261129000020") {}
    migrate::run(&target).unwrap();
    assert_eq!(app.database(|conn| lines(conn, query)), before);
    assert!(plain["code"].is_string());
}

#[apply(api_test)]
async fn extensions_out_of_order_are_refused_and_one_that_shortens_is_told(app: TestApp) {
    let university = app.client("cq-university");
    let turned =
        ending("2025-06-30", json!([extension("2026-01-01", "2026-06-30"), extension("2025-01-01", "2027-06-30")]));
    let problem = university.post("/api/v1/projects", turned).await.problem(422);
    assert_eq!(problem.faults(), [("#/extensions/1/decided_on".to_owned(), "before-other-date".to_owned())]);
    let late = ending("2030-01-01", json!([extension("2025-01-01", "2027-06-30")]));
    let problem = university.post("/api/v1/projects", late).await.problem(422);
    assert_eq!(problem.faults(), [("#/extensions/0/end_on".to_owned(), "before-other-date".to_owned())]);
    let shorter =
        ending("2025-06-30", json!([extension("2025-01-01", "2027-06-30"), extension("2026-01-01", "2026-06-30")]));
    let draft = university.create("projects", shorter).await;
    let warnings: Vec<&Value> = draft["warnings"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
    assert!(warnings.contains(&&json!("extension-shortens")), "{warnings:?}");
}
