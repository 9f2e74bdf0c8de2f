//! The two lists matched: what may help a demand, and which demands a capability may serve.

use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

/// A demand for bearings in Chongqing.
fn demand() -> Content {
    content_of("demands")
        .with("/name/zh", "电驱系统高温轴承寿命提升（示例）")
        .with("/problem_text", "高温工况下轴承材料疲劳剥落（示例）。")
        .with("/fields", json!(["F2"]))
        .with("/industry", "36")
        .with("/division", "500106")
        .with("/cooperation_modes", json!(["commissioned"]))
        .with("/deadline_on", "2029-12-31")
}

/// A capability that goes with it.
fn capability() -> Content {
    content_of("capabilities")
        .with("/name/zh", "高温轴承材料疲劳评价（示例）")
        .with("/description", "电驱轴承寿命评价（示例）。")
        .with("/fields", json!(["F2"]))
        .with("/industry", "36")
        .with("/cooperation_modes", json!(["commissioned"]))
        .with("/divisions_served", json!(["500000"]))
        .with("/valid_until", "2030-12-31")
        .without("evidence")
}

async fn matches(caller: &Caller, kind: &str, record: &Value, query: &str) -> Value {
    caller.get(&format!("{}/matches?{query}", path(kind, record))).await.expect(200)
}

/// The item about a record.
fn about(list: &Value, record: &Value) -> Option<Value> {
    let items = list["items"].as_array().unwrap();
    items.iter().find(|item| item["record"]["id"] == record["id"]).cloned()
}

#[apply(api_test)]
async fn what_goes_together_is_found_from_both_sides_with_one_score_and_its_reasons(app: TestApp) {
    let anyone = app.anonymous();
    let wanted = app.published("demands", demand()).await;
    let offered = app.published("capabilities", capability()).await;
    let other = capability()
        .with("/name/zh", "口腔材料（示例）")
        .with("/description", "口腔修复（示例）")
        .with("/industry", "73");
    let other = app.published("capabilities", other.with("/fields", json!(["F3"]))).await;
    let list = matches(&anyone, "demands", &wanted, "limit=200&min_score=0").await;
    let best = &list["items"][0];
    assert_eq!((&best["record"]["id"], &list["formula"]), (&offered["id"], &json!("pairing-1")), "{list}");
    let full = ["field", "industry", "region", "availability"];
    assert!(full.iter().all(|part| best["parts"][part] == "1.00"), "{best}");
    assert!(best["evidence"]["keywords"].as_array().unwrap().contains(&json!("轴承")), "{best}");
    assert_eq!(best["evidence"]["region"], json!(["500106", "500000"]));
    assert_eq!(best["evidence"]["availability"], json!(["commissioned", "2029-12-31", "2030-12-31"]));
    // The weighted parts are the score.
    for item in list["items"].as_array().unwrap() {
        let of = if item["record"]["kind"] == "instruments" { "instruments" } else { "capabilities" };
        let number = |value: &Value| value.as_str().unwrap().replace('.', "").parse::<u64>().unwrap();
        let parts = item["parts"].as_object().unwrap();
        let sum: u64 = parts.iter().map(|(part, value)| number(&list["weights"][of][part]) * number(value)).sum();
        assert_eq!(number(&item["score"]), (sum + 50) / 100, "{item}");
    }
    let scores: Vec<&str> =
        list["items"].as_array().unwrap().iter().map(|item| item["score"].as_str().unwrap()).collect();
    assert!(scores.is_sorted_by(|one, next| one >= next), "{scores:?}");
    let weak = about(&list, &other).unwrap();
    assert_eq!(weak["what_would_help"].as_array().unwrap().len(), 2, "{weak}");
    // From the other side the same.
    let back = matches(&anyone, "capabilities", &offered, "limit=200").await;
    let back = about(&back, &wanted).unwrap();
    for member in ["score", "parts", "what_would_help"] {
        assert_eq!(back[member], best[member], "{member}");
    }
    assert!(about(&matches(&anyone, "demands", &wanted, "min_score=0.5").await, &other).is_none());
}

#[apply(api_test)]
async fn conditions_keep_apart_what_cannot_be_brought_together(app: TestApp) {
    let (agency, anyone) = (app.client("cq-agency"), app.anonymous());
    let wanted = app.published("demands", demand()).await;
    let elsewhere = app.published("capabilities", capability().with("/divisions_served", json!(["510100"]))).await;
    let paused = app.published("capabilities", capability().with("/lifecycle", "paused")).await;
    let draft = agency.create("capabilities", capability()).await;
    let shown = matches(&anyone, "demands", &wanted, "limit=200&min_score=0").await;
    for hidden in [&elsewhere, &paused, &draft] {
        assert!(about(&shown, hidden).is_none());
    }
    let all = matches(&anyone, "demands", &wanted, "limit=200&min_score=0&excluded=true").await;
    assert_eq!(about(&all, &elsewhere).unwrap()["excluded_by"], json!(["region"]));
    assert_eq!(about(&all, &paused).unwrap()["excluded_by"], json!(["state"]));
    // What is not official is nobody's match, not even its owner's.
    let own = matches(&agency, "demands", &wanted, "limit=200&min_score=0&excluded=true").await;
    assert!(about(&own, &draft).is_none());
    // But its owner may ask for it.
    assert!(about(&matches(&agency, "capabilities", &draft, "limit=200").await, &wanted).is_some());
    assert_eq!(anyone.get(&format!("{}/matches", path("capabilities", &draft))).await.status(), 404);
}

#[apply(api_test)]
async fn a_change_is_seen_at_once(app: TestApp) {
    let (agency, anyone) = (app.client("cq-agency"), app.anonymous());
    let wanted = app.published("demands", demand()).await;
    let offered = app.published("capabilities", capability()).await;
    let before = about(&matches(&anyone, "demands", &wanted, "").await, &offered).unwrap();
    let patch = json!({"industry": "37"});
    agency.patch(&path("capabilities", &offered), patch).if_match(revision(&offered)).await.expect(200);
    let after = about(&matches(&anyone, "demands", &wanted, "").await, &offered).unwrap();
    assert_eq!((&before["parts"]["industry"], &after["parts"]["industry"]), (&json!("1.00"), &json!("0.50")));
}

#[apply(api_test)]
async fn instruments_are_found_by_what_they_are_called(app: TestApp) {
    let anyone = app.anonymous();
    let wanted = demand().with("/name/zh", "透射电子显微镜检测（示例）").with("/division", "500106");
    let wanted = app.published("demands", wanted).await;
    let list = matches(&anyone, "demands", &wanted, "offers=instruments&limit=50&min_score=0").await;
    let items = list["items"].as_array().unwrap();
    assert!(!items.is_empty() && items.iter().all(|item| item["record"]["kind"] == "instruments"), "{list}");
    assert_eq!(items[0]["parts"].as_object().unwrap().len(), 3);
    assert!(items[0]["evidence"]["keywords"].as_array().unwrap().contains(&json!("显微")), "{}", items[0]);
    for query in ["offers=projects", "limit=0", "min_score=2", "excluded=1", "sort=score"] {
        assert_eq!(anyone.get(&format!("{}/matches?{query}", path("demands", &wanted))).await.status(), 400, "{query}");
    }
}

#[apply(api_test)]
async fn nothing_of_a_hidden_owner_is_told_or_counted(app: TestApp) {
    let anyone = app.anonymous();
    let hidden = app.published("demands", demand().with("/name_disclosure", "hide")).await;
    let offered = app.published("capabilities", capability()).await;
    let list = matches(&anyone, "capabilities", &offered, "limit=200").await;
    let item = about(&list, &hidden).unwrap().to_string();
    let owner = hidden["organization"]["id"].as_str().unwrap();
    assert!(!item.contains(owner) && !item.contains("owner"), "{item}");
    let of_public = about(&matches(&anyone, "demands", &hidden, "").await, &offered).unwrap();
    let of_owner = about(&matches(&app.client("cq-agency"), "demands", &hidden, "").await, &offered).unwrap();
    assert_eq!(of_public, of_owner);
}
