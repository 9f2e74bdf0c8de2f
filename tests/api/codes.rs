//! Codes of records: six digits, a seventh from the millionth on, taken one by one or in blocks.

use std::collections::BTreeSet;

use chuanyu::db::Moment;
use chuanyu::db::schema::serials;
use chuanyu::kinds::register;
use chuanyu::records::commit;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use futures_util::future::join_all;
use serde_json::json;

use crate::support::contents::*;
use crate::support::flows::path;
use crate::support::*;

/// Sets the last serial of a kind.
fn used_up_to(app: &TestApp, prefix: &str, last: i64) {
    let row = serials::table.filter(serials::prefix.eq(prefix));
    app.database(|conn| assert!(diesel::update(row).set(serials::last.eq(last)).execute(conn).unwrap() > 0));
}

#[apply(api_test)]
async fn the_millionth_record_of_a_year_gets_a_seventh_digit_that_is_read_everywhere(app: TestApp) {
    let cq = app.client("cq-agency");
    app.published("organizations", organization()).await; // this year's row is there
    used_up_to(&app, "ORG", 999_998);
    let last_of_six = app.published("organizations", organization()).await;
    let first_of_seven = app.published("organizations", organization()).await;
    assert_eq!(last_of_six["code"].as_str().unwrap().len(), 17);
    let code = first_of_seven["code"].as_str().unwrap();
    assert_eq!(&code[8..16], "-1000000", "{code}");

    let shown = app.anonymous().get(&format!("/api/v1/organizations/{code}")).await;
    assert_eq!(shown.header("content-location"), path("organizations", &first_of_seven));
    let hosted = cq.post("/api/v1/instruments", instrument().with("/host", json!({"code": code}))).await.expect(201);
    assert_eq!(hosted["host"]["id"], first_of_seven["id"]);
    let listed = app.anonymous().get(&format!("/api/v1/organizations?code={code}")).await.items();
    assert_eq!(listed.len(), 1);
    let wrong = format!("{}{}", &code[..code.len() - 1], (code.as_bytes()[code.len() - 1] - b'0' + 1) % 10);
    assert_eq!(cq.get(&format!("/api/v1/organizations/{wrong}")).await.problem(400).code(), "invalid-code");
    invariants::is_whole(&app.database);
}

#[apply(api_test)]
async fn blocks_of_codes_that_are_taken_at_once_do_not_overlap(app: TestApp) {
    let kind = register().kind("instruments").unwrap();
    let at = Moment::now();
    let takes = (0..8).map(|number| {
        let count = if number % 2 == 0 { 1000 } else { 1 };
        let db = app.services.db.clone();
        async move { db.write(move |conn| commit::take_codes(kind, at, count, conn)).await.unwrap() }
    });
    let blocks: Vec<Vec<String>> = join_all(takes).await;
    let all: BTreeSet<&String> = blocks.iter().flatten().collect();
    assert_eq!(all.len(), 4 * 1000 + 4);
    for block in &blocks {
        let serials: Vec<u32> = block.iter().map(|code| code[9..15].parse().unwrap()).collect();
        assert!(serials.windows(2).all(|pair| pair[1] == pair[0] + 1), "a block is without a gap");
    }
    // The first block of a kind and year creates its row.
    let early: Moment = "2001-05-01T00:00:00Z".parse().unwrap();
    let first = app.services.db.write(move |conn| commit::take_codes(kind, early, 1000, conn)).await.unwrap();
    assert_eq!((first[0].as_str(), first.len()), ("INS-2001-000001-4", 1000));
}
