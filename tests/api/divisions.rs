//! Divisions with a history: 两江新区 in place of two districts, and codes that only older records may carry.

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::dump::projections;
use crate::support::*;

/// An organization that ended on this day and sat in this division.
fn ended(division: &str, on: &str) -> Content {
    organization()
        .without("established_on")
        .with("/lifecycle", "ended")
        .with("/ended_on", on)
        .with("/division_registered", division)
}

async fn published_by_sichuan(app: &TestApp, content: Content) -> Value {
    let agency = app.client("sc-agency");
    let draft = agency.create("organizations", content).await;
    agency.transition("organizations", &draft, "active", None).await.expect(200)
}

async fn found(app: &TestApp, division: &str) -> BTreeSet<String> {
    let list = format!("/api/v1/organizations?division={division}&limit=200");
    let items = app.anonymous().get(&list).await.items();
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

#[apply(api_test)]
async fn an_organization_of_the_new_district_has_a_code(app: TestApp) {
    let content = organization().with("/division_registered", "500157");
    let record = app.published("organizations", content).await;
    assert_eq!((&record["province"], &record["division_registered"]), (&json!("500000"), &json!("500157")));
    for division in ["500157", "500000"] {
        assert!(found(&app, division).await.contains(id(&record)), "{division}");
    }
    assert!(!found(&app, "500112").await.contains(id(&record)));
    let entry = app.anonymous().get("/api/v1/vocabularies/divisions?valid_on=2026-06-01").await.expect(200);
    let codes: Vec<&str> =
        entry["items"].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"500157") && !codes.contains(&"500105") && !codes.contains(&"500112"));
}

#[apply(api_test)]
async fn records_of_the_old_codes_are_found_by_the_new_one_and_keep_their_own(app: TestApp) {
    let new = app.published("organizations", organization().with("/division_registered", "500157")).await;
    let old = app.published("organizations", ended("500112", "2024-05-01")).await;
    let moved = published_by_sichuan(&app, ended("512081", "2014-05-01").with("/division_located", "500105")).await;
    assert_eq!(old["division_registered"], "500112");
    let with_new = found(&app, "500157").await;
    assert!([&new, &old, &moved].iter().all(|record| with_new.contains(id(record))));
    assert_eq!(found(&app, "500112").await, BTreeSet::from([id(&old).to_owned()]));
    assert!(found(&app, "510100").await.contains(id(&moved)), "简阳 lies in 成都 now");
    assert!(!found(&app, "512000").await.contains(id(&moved)));
}

#[apply(api_test)]
async fn an_old_code_is_refused_today_and_names_its_successor(app: TestApp) {
    let agency = app.client("cq-agency");
    let refused = agency.post("/api/v1/organizations", organization().with("/division_registered", "500105")).await;
    assert!(refused.problem(422).has("#/division_registered", "division-withdrawn"));
    assert_eq!(refused.json()["errors"][0]["did_you_mean"], "500157");
    let never = organization().with("/division_registered", "500199");
    let problem = agency.post("/api/v1/organizations", never).await.problem(422);
    assert!(problem.has("#/division_registered", "division-unknown"));
}

#[apply(api_test)]
async fn codes_abolished_before_2013_are_accepted_of_records_that_ended_before(app: TestApp) {
    let agency = app.client("cq-agency");
    let record = app.published("organizations", ended("500222", "2010-05-01")).await;
    assert!(found(&app, "500110").await.contains(id(&record)));
    let problem = agency.post("/api/v1/organizations", ended("500222", "2012-05-01")).await.problem(422);
    assert!(problem.has("#/division_registered", "division-withdrawn"));
    // Older than our table, which cannot know it.
    let draft = agency.create("organizations", ended("500291", "1999-05-01")).await;
    let codes: Vec<&Value> = draft["warnings"].as_array().unwrap().iter().map(|warning| &warning["code"]).collect();
    assert!(codes.contains(&&json!("division-before-tables")), "{codes:?}");
    let problem = agency.post("/api/v1/organizations", ended("500291", "2004-05-01")).await.problem(422);
    assert!(problem.has("#/division_registered", "division-unknown"));
}

#[apply(api_test)]
async fn records_of_before_the_upgrade_are_found_by_the_new_codes(app: TestApp) {
    app.published("organizations", ended("500112", "2024-05-01")).await;
    published_by_sichuan(&app, ended("512081", "2014-05-01").with("/division_located", "500234")).await;
    let expected = projections(&app.database);
    let as_before = "DELETE FROM classifications WHERE scheme = 'division' AND code IN ('500154', '510185', '510100')
            AND record_id IN (SELECT record_id FROM classifications WHERE code = '512081');
        DELETE FROM classifications WHERE scheme = 'division' AND code = '500157'
            AND record_id IN (SELECT record_id FROM classifications WHERE code = '500112');
        INSERT INTO classifications (scheme, code, record_id)
            SELECT scheme, '512000', record_id FROM classifications WHERE code = '512081'";
    app.database(|conn| conn.batch_execute(as_before).unwrap());
    assert_ne!(projections(&app.database), expected);
    let upgrade = include_str!("../../migrations/postgres/2026-11-29-000070_division_successors/up.sql");
    assert_eq!(upgrade, include_str!("../../migrations/sqlite/2026-11-29-000070_division_successors/up.sql"));
    app.database(|conn| conn.batch_execute(upgrade).unwrap());
    assert_eq!(projections(&app.database), expected);
}

#[apply(api_test)]
async fn a_uscc_of_a_category_that_our_list_lacks_is_accepted_with_a_warning(app: TestApp) {
    for code in USCC_OF_UNLISTED_CATEGORIES {
        let record = app.published("organizations", organization().with("/uscc", code)).await;
        let warnings = record["warnings"].as_array().unwrap();
        let told = warnings.iter().any(|warning| warning["code"] == "uscc-category" && warning["pointer"] == "#/uscc");
        assert!(told, "{code}: {warnings:?}");
    }
}

/// Invented codes with right check characters.
const USCC_OF_UNLISTED_CATEGORIES: [&str; 3] = ["54510100MJ00000010", "N9510100MF0000001Q", "55500000MJ0000001K"];
