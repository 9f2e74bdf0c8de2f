//! Indicators, targets and observations: one figure for a scope and period, whose it is, and what its words leave open.

use chuanyu::kinds::shared::demo_org_id;
use serde_json::{Value, json};

use crate::succession::ask;
use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

fn lead(row: u32, province: &str) -> Value {
    json!({"org_id": demo_org_id(row), "province": province, "role": "lead"})
}

/// A figure of both provinces.
fn of_both(kind: &str) -> Content {
    content_of(kind)
        .with("/scope", json!({"divisions": ["500000", "510000"]}))
        .with("/parties", json!([lead(53, CHONGQING), lead(119, SICHUAN)]))
}

#[apply(api_test)]
async fn an_indicator_has_one_target_that_is_set_for_a_scope_and_year(app: TestApp) {
    let agency = app.client("cq-agency");
    let indicator = app.published("indicators", content_of("indicators")).await;
    let target = |state: &str| {
        content_of("targets").with("/indicator", json!({"id": indicator["id"]})).with("/lifecycle", state)
    };
    let first = app.published("targets", target("set")).await;
    assert_eq!(first["slot"], "500000@2030");
    let second = app.published("targets", target("proposed")).await;
    assert_eq!(second.get("slot"), None);
    let patch = json!({"lifecycle": "set"});
    let problem = agency.patch(&path("targets", &second), patch.clone()).if_match(revision(&second)).await.problem(409);
    assert_eq!(problem.code(), "duplicate-identifier");
    assert_eq!(problem["existing"]["code"], first["code"]);
    let other_year = json!({"lifecycle": "set", "target_year": 2026});
    agency.patch(&path("targets", &second), other_year).if_match(revision(&second)).await.expect(200);
    // The place is free once the first was replaced.
    let replaced = json!({"lifecycle": "replaced"});
    agency.patch(&path("targets", &first), replaced).if_match(revision(&first)).await.expect(200);
    app.published("targets", target("set")).await;
}

#[apply(api_test)]
async fn an_indicator_has_one_preferred_observation_of_a_scope_and_period(app: TestApp) {
    let agency = app.client("cq-agency");
    let indicator = app.published("indicators", content_of("indicators")).await;
    let observation =
        |rank: &str| content_of("observations").with("/indicator", json!({"id": indicator["id"]})).with("/rank", rank);
    let first = app.published("observations", observation("preferred")).await;
    assert_eq!(first["slot"], "500000@2023-03-30");
    app.published("observations", observation("normal")).await;
    // What is as of some day of the month, or cumulated, is another figure.
    let other = |member: &str, value: Value| observation("preferred").with(&format!("/{member}"), value);
    for (other, slot) in [
        (other("as_of_on_precision", json!("month")).with("/as_of_on", "2023-03-01"), "500000@2023-03-XX"),
        (other("cumulative_since", json!("2021-01-01")), "500000@2021-01-01/2023-03-30"),
    ] {
        assert_eq!(app.published("observations", other).await["slot"], slot);
    }
    let draft = agency.create("observations", observation("normal")).await;
    let patch = json!({"rank": "preferred"});
    let problem = agency.patch(&path("observations", &draft), patch.clone()).if_match(1).await.problem(409);
    assert_eq!(problem["existing"]["code"], first["code"]);
    let retracted = json!({"lifecycle": "retracted"});
    agency.patch(&path("observations", &first), retracted).if_match(revision(&first)).await.expect(200);
    let now = agency.patch(&path("observations", &draft), patch).if_match(1).await.expect(200);
    agency.transition("observations", &now, "active", None).await.expect(200);
}

#[apply(api_test)]
async fn a_figure_of_both_provinces_is_confirmed_by_both(app: TestApp) {
    let (clerk, cq, sc) = (app.client("cq-clerk"), app.client("cq-agency"), app.client("sc-agency"));
    for kind in ["targets", "observations"] {
        let alone = of_both(kind).with("/parties", json!([lead(53, CHONGQING)]));
        let problem = cq.post(&format!("/api/v1/{kind}"), alone).await.problem(422);
        assert!(problem.has("#/parties", "missing-counterparty"), "{kind}: {:?}", problem.faults());
        let submitted = clerk.submit(kind, of_both(kind)).await;
        let half = cq.confirm(kind, &submitted).await.expect(201);
        assert_eq!(half["state"], "submitted", "{kind}");
        assert_eq!(sc.confirm(kind, &submitted).await.expect(201)["state"], "active", "{kind}");
        // Whose it is cannot change any more.
        let now = clerk.show(kind, &submitted).await.expect(200);
        let narrowed = json!({"scope": {"divisions": ["500000"]}, "parties": [lead(53, CHONGQING)]});
        assert_eq!(clerk.propose(kind, &now, narrowed).await.status(), 422, "{kind}");
    }
}

#[apply(api_test)]
async fn bounds_follow_the_words_whatever_is_sent(app: TestApp) {
    let agency = app.client("cq-agency");
    let sent = content_of("observations").with("/quantity/bounds", json!({"from": "1"}));
    let draft = agency.create("observations", sent).await;
    assert_eq!(draft["quantity"]["bounds"], json!({"from": "6300", "from_open": true}));
    let patch = json!({"quantity": {"value": "12000.0", "comparator": "eq", "precision": "1000", "quote": "1.2万家"}});
    let rounded = agency.patch(&path("observations", &draft), patch).if_match(1).await.expect(200);
    assert_eq!(rounded["quantity"]["value"], "12000");
    assert_eq!(rounded["quantity"]["bounds"], json!({"from": "11500", "to": "12500", "to_open": true}));
    assert_eq!(rounded["warnings"], json!([]));
    let patch = json!({"quantity": {"quote": "企业若干"}});
    let other = agency.patch(&path("observations", &draft), patch).if_match(2).await.expect(200);
    assert_eq!(other["warnings"][0]["code"], "quantity-quote-differs");
    let patch = json!({"quantity": {"quote": "1.2万余家"}});
    let problem = agency.patch(&path("observations", &draft), patch).if_match(3).await.problem(422);
    assert_eq!(problem.faults(), [("#/quantity/comparator".to_owned(), "quantity-quote-contradicts".to_owned())]);
    assert_eq!(problem["errors"][0]["did_you_mean"], "gt");
}

#[apply(api_test)]
async fn a_quantity_has_the_unit_of_its_indicator_and_no_part_of_what_is_counted(app: TestApp) {
    let agency = app.client("cq-agency");
    for (kind, at) in [("targets", "/quantity"), ("targets", "/baseline/quantity"), ("observations", "/quantity")] {
        let place = format!("/api/v1/{kind}");
        let other = content_of(kind).with(&format!("{at}/unit"), "set");
        let problem = agency.post(&place, other).await.problem(422);
        assert_eq!(problem.faults(), [(format!("#{at}/unit"), "unit-of-indicator".to_owned())]);
        let half = content_of(kind).with(&format!("{at}/value"), "0.5");
        let problem = agency.post(&place, half).await.problem(422);
        assert_eq!(problem.faults(), [(format!("#{at}/value"), "quantity-inexact".to_owned())]);
    }
}

#[apply(api_test)]
async fn the_figures_of_the_report_are_found_by_indicator_place_and_rank(app: TestApp) {
    let anybody = app.anonymous();
    let alliances = anybody.get("/api/v1/observations?division=510000&rank=preferred&limit=200").await.items();
    let forty = alliances.iter().find(|it| it["quantity"]["value"] == "40").expect("联盟40余个");
    assert_eq!(forty["quantity"]["bounds"], json!({"from": "40", "from_open": true}));
    assert_eq!(forty["origin"]["quote"], "川渝两地已成立高校、高新区、产业园区、创新基地等联盟40余个");
    let indicator = forty["indicator"]["code"].as_str().unwrap();
    let same = anybody.get(&format!("/api/v1/observations?indicator={indicator}")).await.items();
    assert_eq!(same.len(), 1);
    let zone = anybody.get("/api/v1/targets?zone=Z-CQ-LJNA&target_year=2027&lifecycle=set&limit=200").await.items();
    assert_eq!(zone.len(), 8);
    let aspired = anybody.get("/api/v1/targets?commitment=aspired&lifecycle=set").await.items();
    assert_eq!(aspired.len(), 2);
}

#[apply(api_test)]
async fn an_indicator_keeps_its_unit_while_figures_refer_to_it(app: TestApp) {
    let agency = app.client("cq-agency");
    let indicator = app.published("indicators", content_of("indicators")).await;
    let place = path("indicators", &indicator);
    let figure = |kind: &str| content_of(kind).with("/indicator", json!({"id": indicator["id"]}));
    let draft = agency.create("observations", figure("observations")).await;
    let unit = |unit: &str| json!({"unit": unit});
    let set = agency.patch(&place, unit("set")).if_match(revision(&indicator)).await.expect(200);
    let problem = agency.transition("observations", &draft, "active", None).await.problem(422);
    assert!(problem.has("#/quantity/unit", "unit-of-indicator"), "a draft is judged again: {:?}", problem.faults());
    let back = agency.patch(&place, unit("enterprise")).if_match(revision(&set)).await.expect(200);
    let observation = agency.transition("observations", &draft, "active", None).await.expect(200);

    let change = json!({"unit": "CNY", "value_type": "amount"});
    let problem = agency.patch(&place, change).if_match(revision(&back)).await.problem(422);
    let kept = |member: &str| (format!("#/{member}"), "kept-in-use".to_owned());
    assert_eq!(problem.faults(), [kept("unit"), kept("value_type")]);
    let other = json!({"definition": "另一种说法。", "unit": "enterprise"});
    let now = agency.patch(&place, other).if_match(revision(&back)).await.expect(200);
    // Once nothing official depends on it, it is free.
    let withdrawn = json!({"to": "withdrawn", "reason": "误登"});
    ask(&agency, "observations", &observation, withdrawn).await.expect(200);
    agency.patch(&place, unit("set")).if_match(revision(&now)).await.expect(200);
}
