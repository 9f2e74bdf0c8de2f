//! The change feed: nothing missed, nothing twice, nothing out of order, and a copy built from it is exact.

mod proof;
mod replica;
mod writers;

use serde_json::{Value, json};

use crate::support::contents::{instrument, joint_lab};
use crate::support::*;

#[apply(api_test)]
async fn the_head_is_given_and_an_empty_page_returns_the_same_cursor(app: TestApp) {
    let reader = app.client("reader");
    let head = reader.get("/api/v1/changes?after=now").await.expect(200)["next_after"].as_i64().unwrap();
    assert!(head > 0);
    let page = reader.get(&format!("/api/v1/changes?after={head}")).await.expect(200);
    assert_eq!(page, json!({"items": [], "next_after": head, "has_more": false}));
    app.published("instruments", instrument()).await;
    let page = reader.get(&format!("/api/v1/changes?after={head}&include=record")).await.expect(200);
    // Its draft is invisible to the reader.
    let items = page["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["type"], "instrument.activated");
    assert_eq!(items[0]["record"]["state"], "active");
    let other = format!("/api/v1/changes?after={head}&kinds=projects");
    assert!(reader.get(&other).await.expect(200)["items"].as_array().unwrap().is_empty());
    let wrong = reader.get("/api/v1/changes?kinds=project").await;
    assert_eq!(wrong.problem(400).code(), "unknown-parameter");
    let beyond = reader.get(&format!("/api/v1/changes?after={}", head + 1_000_000)).await.problem(400);
    assert_eq!(beyond.faults(), [("after".to_owned(), "maximum".to_owned())]);
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
async fn a_page_is_capped_by_its_number_of_items(app: TestApp) {
    let agency = app.client("cq-agency");
    let mut after = agency.get("/api/v1/changes?after=now").await.expect(200)["next_after"].as_i64().unwrap();
    let made: Vec<Value> =
        futures_util::future::join_all((0..7).map(|_| agency.create("instruments", instrument()))).await;
    let mut sizes = Vec::new();
    let mut seen = Vec::new();
    loop {
        let page = agency.get(&format!("/api/v1/changes?after={after}&limit=3")).await.expect(200);
        let items = page["items"].as_array().unwrap();
        sizes.push((items.len(), page["has_more"].as_bool().unwrap()));
        seen.extend(items.iter().map(|item| item["seq"].as_i64().unwrap()));
        assert_eq!(page["next_after"].as_i64(), seen.last().copied());
        after = page["next_after"].as_i64().unwrap();
        if page["has_more"] == false {
            break;
        }
    }
    assert_eq!(sizes, [(3, true), (3, true), (1, false)]);
    assert_eq!(seen.len(), made.len());
    assert_eq!(agency.get("/api/v1/changes").await.items().len(), 100, "unless told otherwise");
    for limit in ["0", "1001", "x"] {
        let problem = agency.get(&format!("/api/v1/changes?limit={limit}")).await.problem(400);
        assert_eq!(problem.faults()[0].0, "limit");
    }
}

#[apply(api_test)]
async fn a_page_is_capped_by_its_bytes_and_the_next_one_goes_on(app: TestApp) {
    use diesel::connection::SimpleConnection;
    const MEGABYTE: usize = 1024 * 1024;
    let agency = app.client("cq-agency");
    let head = agency.get("/api/v1/changes?after=now").await.expect(200)["next_after"].as_i64().unwrap();
    for _ in 0..10 {
        agency.create("instruments", instrument()).await;
    }
    // As large as the largest body that is taken in.
    let large = format!("'{{\"pad\":\"' || '{}' || '\"}}'", "x".repeat(MEGABYTE));
    let update = format!("UPDATE records SET document = {large} WHERE kind = 'instruments' AND state = 'draft'");
    app.database(|conn| conn.batch_execute(&update).unwrap());
    let (mut after, mut sizes) = (head, Vec::new());
    while sizes.last() != Some(&0) {
        let page = agency.get(&format!("/api/v1/changes?after={after}&limit=1000&include=record")).await;
        assert!(page.bytes().len() < 5 * MEGABYTE);
        let page = page.expect(200);
        let items = page["items"].as_array().unwrap();
        assert!(items.iter().all(|item| item["record"]["pad"].as_str().unwrap().len() == MEGABYTE));
        sizes.push(items.len());
        assert_eq!(page["has_more"], items.len() == 4);
        after = page["next_after"].as_i64().unwrap();
    }
    assert_eq!(sizes, [4, 4, 2, 0]);
    let without = agency.get(&format!("/api/v1/changes?after={head}&limit=1000")).await.items();
    assert_eq!(without.len(), 10, "positions alone are small");
}
