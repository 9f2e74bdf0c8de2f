//! Statistics of a position of the feed: what was counted then is counted again, whatever happened since, and can be signed.

use chuanyu::db::Sql;
use diesel::RunQueryDsl;
use serde_json::{Value, json};

use crate::succession::merge_in_use;
use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

/// Kinds and questions: every source of values, and every kind of condition.
const QUESTIONS: &[(&str, &str)] = &[
    ("instruments", "group_by=share_mode,state"),
    ("instruments", "group_by=division.prefecture,discipline&sum=original_value&avg=rated_hours"),
    ("instruments", "group_by=host,commissioned_on.quarter"),
    ("instruments", "group_by=province&min=original_value&max=original_value,rated_hours"),
    ("instruments", "group_by=commissioned_on.month,origin_country&share_mode=1,2&commissioned_on_gte=2012-01-01"),
    ("instruments", "group_by=customs_supervised,owner&has_commissioned_on=true&original_value_lt=900000000"),
    ("instruments", "q=显微镜&group_by=updated_at.month"),
    ("instruments", "q=INS-2026-000001-1"),
    ("instruments", "state=active,draft&discipline=430&group_by=published_at.year,created_at.quarter"),
    ("instruments", "source_system=cq-university&group_by=state"),
    ("joint-labs", "group_by=province,state"),
    ("joint-labs", "group_by=party&province=500000"),
    ("projects", "group_by=state,start_on.year&sum=budget_total"),
    ("demands", "group_by=industry,field"),
    ("demands", "group_by=organization"),
    ("organizations", "group_by=province,state"),
];

/// An answer without the addresses of lists, which what is past does not have.
fn bare(mut answer: Value) -> Value {
    for item in answer.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten() {
        item.as_object_mut().unwrap().remove("href");
    }
    answer
}

fn place(kind: &str, question: &str) -> String {
    format!("/api/v1/statistics/{kind}?{question}")
}

/// What was answered, and whom.
struct Told {
    caller: Caller,
    place: String,
    answer: Value,
}

/// Asks everything. What follows the feed is what is counted anew.
async fn ask(callers: &[Caller], told: &mut Vec<Told>) {
    for (kind, question) in QUESTIONS {
        for caller in callers {
            let place = place(kind, question);
            let answer = bare(caller.get(&place).await.expect(200));
            let position = answer["as_of_seq"].as_i64().unwrap();
            let anew = caller.get(&format!("{place}&as_of_seq={position}")).await.expect(200);
            assert_eq!(answer, anew, "{place}");
            told.push(Told { caller: caller.clone(), place, answer });
        }
    }
}

#[apply(api_test)]
async fn figures_follow_the_feed_and_those_of_any_position_are_found_again(engine: Engine) {
    let app = TestApp::with(engine, &[("read_per_minute", "100000")]).await;
    let (cq, sc, university) = (app.client("cq-agency"), app.client("sc-agency"), app.client("cq-university"));
    let callers = [cq.clone(), sc.clone(), university.clone()];
    let mut told = Vec::new();
    ask(&callers, &mut told).await;
    let draft = university.create("instruments", instrument().with("/commissioned_on", "2013-05-01")).await;
    ask(&callers, &mut told).await;
    let change =
        json!({"share_mode": "1", "disciplines": ["430", "150"], "origin_country": null, "name": {"zh": "显微镜"}});
    university.patch(&path("instruments", &draft), change).if_match(1).await.expect(200);
    let other = app.published("instruments", instrument().with("/original_value/amount", "12345678.90")).await;
    ask(&callers, &mut told).await;
    let changed = json!({"original_value": {"amount": "0.01", "currency": "CNY"}, "rated_hours": 77});
    cq.patch(&path("instruments", &other), changed).if_match(revision(&other)).await.expect(200);
    let other = cq.show("instruments", &other).await.json();
    cq.transition("instruments", &other, "suspended", Some("检修")).await.expect(200);
    let lab = university.submit("joint-labs", joint_lab()).await;
    app.published("demands", demand().with("/name_disclosure", "hide")).await;
    ask(&callers, &mut told).await;
    for agency in [&cq, &sc] {
        agency.confirm("joint-labs", &lab).await.expect(201);
    }
    app.active_joint("projects", project()).await;
    let other = cq.show("instruments", &other).await.json();
    cq.transition("instruments", &other, "withdrawn", Some("误录")).await.expect(200);
    ask(&callers, &mut told).await;
    // A merge moves what others refer to.
    let (double, kept) =
        (app.published("organizations", organization()).await, app.published("organizations", organization()).await);
    app.published("instruments", instrument().with("/host", json!({"id": double["id"]}))).await;
    ask(&callers, &mut told).await;
    merge_in_use(&app, &double, &kept).await;
    ask(&callers, &mut told).await;
    for Told { caller, place, answer } in &told {
        let again = caller.get(&format!("{place}&as_of_seq={}", answer["as_of_seq"])).await.expect(200);
        assert_eq!(again["total"], answer["total"], "{place}");
        assert_eq!(unnamed(again), unnamed(answer.clone()), "{place}");
    }
}

/// Names are those of now.
fn unnamed(mut answer: Value) -> Value {
    for item in answer.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten() {
        item.as_object_mut().unwrap().remove("labels");
    }
    answer
}

#[apply(api_test)]
async fn what_is_past_is_for_those_with_a_token_and_within_the_history(app: TestApp) {
    let (public, agency) = (app.anonymous(), app.client("cq-agency"));
    let place = |position: i64| format!("/api/v1/statistics/instruments?group_by=state&as_of_seq={position}");
    let last = public.get("/api/v1/statistics/instruments").await.json()["as_of_seq"].as_i64().unwrap();
    let refused = public.get(&place(last)).await;
    assert!(refused.status() == 401 && refused.header("www-authenticate").starts_with("Bearer"));
    assert!(agency.get(&place(0)).await.problem(400).has("as_of_seq", "minimum"));
    let late = agency.get(&place(last + 1000)).await.problem(422);
    assert_eq!((late.code(), late["last"].as_i64() >= Some(last)), ("position-to-come", true));
    assert!(agency.get(&format!("{}x", place(1))).await.problem(400).has("as_of_seq", "wrong-type"));
    assert_eq!(agency.get(&place(1)).await.expect(200)["total"], 0, "organizations came first");
    let table = agency.get(&format!("{}&format=csv", place(last))).await;
    assert!(table.status() == 200 && table.text().starts_with('\u{FEFF}'));
    // A register whose feed begins later, as one that took over from another.
    app.database(|conn| Sql::<()>::new("DELETE FROM changes WHERE seq < 4").execute(conn).unwrap());
    let early = agency.get(&place(3)).await.problem(422);
    assert_eq!((early.code(), &early["first"]), ("before-history", &json!(4)));
    agency.get(&place(4)).await.expect(200);
}

#[apply(api_test)]
async fn signed_figures_are_the_same_bytes_for_ever_and_are_verified_offline(app: TestApp) {
    let (agency, other) = (app.client("cq-agency"), app.client("sc-university"));
    let last = agency.get("/api/v1/statistics/instruments").await.json()["as_of_seq"].as_i64().unwrap();
    let query = "state=active&group_by=province";
    let question = |position: i64, query: &str| {
        let query = query.replace('&', "%26").replace('=', "%3D");
        format!("/api/v1/statistics/instruments/proof?query={query}&as_of_seq={position}")
    };
    let proof = agency.get(&question(last, query)).await;
    let document = proof.expect(200);
    let figures: Value = serde_json::from_str(document["figures"].as_str().unwrap()).unwrap();
    let open = app.anonymous().get(&place("instruments", query)).await.expect(200);
    assert_eq!(bare(figures.clone()), bare(open), "what everybody sees");
    assert_eq!(
        (&document["view"], &document["as_of_seq"], &document["query"]),
        (&json!("public"), &json!(last), &json!(query))
    );
    app.published("instruments", instrument()).await;
    let again = other.get(&question(last, "group_by=province&state=active")).await;
    assert_eq!(again.text(), agency.get(&question(last, query)).await.text(), "however it is asked, by whom and when");
    let now = agency.get(&question(last, query).replace(&format!("&as_of_seq={last}"), "")).await.expect(200);
    assert!(now["as_of_seq"].as_i64().unwrap() > last);
    assert_ne!(now["digest"], document["digest"]);
    let keys = app.anonymous().get("/.well-known/proof-keys.json").await.json();
    let keys = serde_json::from_value(keys).unwrap();
    let verify = |document: &Value| {
        chuanyu::reading::proof::verify::verify(document.to_string().as_bytes(), &keys, chuanyu::kinds::register())
            .map(|verified| verified.to_string())
    };
    assert!(verify(&document).unwrap().contains("instruments"));
    for (pointer, value) in [
        ("/as_of_seq", json!(1)),
        ("/figures", json!("{}")),
        ("/query", json!("")),
        ("/format", json!("chuanyu-proof-1")),
    ] {
        let mut forged = document.clone();
        *forged.pointer_mut(pointer).unwrap() = value;
        assert!(verify(&forged).is_err(), "{pointer}");
    }
    let faults = agency.get(&question(last, "group_by=nothing&format=csv")).await.problem(400);
    assert!(faults.has("group_by", "not-in-list") && faults.has("format", "not-in-query"));
    assert_eq!(agency.get("/api/v1/statistics/nothing/proof").await.status(), 404);
    assert_eq!(app.anonymous().get(&question(last, query)).await.status(), 401);
}

#[apply(api_test)]
async fn what_would_tell_whose_a_demand_is_is_not_signed_and_nor_are_too_many_cells(app: TestApp) {
    let agency = app.client("cq-agency");
    for query in ["group_by%3Downer", "group_by%3Dorganization", "owner%3D019abf00-0000-7000-8000-000000000001"] {
        let refused = agency.get(&format!("/api/v1/statistics/demands/proof?query={query}")).await.problem(400);
        assert!(refused.has("query", "owner-not-signed"), "{query}");
    }
    agency.get("/api/v1/statistics/demands/proof?query=group_by%3Dindustry").await.expect(200);
    agency.get("/api/v1/statistics/instruments/proof?query=group_by%3Downer").await.expect(200);
}

#[apply(api_test)]
async fn what_was_merged_into_what_is_merged_later_still_stood_there_in_between(app: TestApp) {
    let cq = app.client("cq-agency");
    let mut all = Vec::new();
    for _ in 0..3 {
        all.push(app.published("organizations", organization()).await);
    }
    let [first, second, third] = &all[..] else { unreachable!() };
    app.published("instruments", instrument().with("/host", json!({"id": first["id"]}))).await;
    let ask = async |position: Option<i64>| {
        let position = position.map(|position| format!("&as_of_seq={position}")).unwrap_or_default();
        let answer = cq.get(&format!("/api/v1/statistics/instruments?group_by=host{position}")).await.expect(200);
        let of = |organization: &Value| {
            let mut items = answer["items"].as_array().unwrap().iter();
            items.find(|item| item["host"] == organization["id"]).map_or(0, |item| item["count"].as_i64().unwrap())
        };
        (answer["as_of_seq"].as_i64().unwrap(), [of(first), of(second), of(third)])
    };
    let (before, counts) = ask(None).await;
    assert_eq!(counts, [1, 0, 0]);
    merge_in_use(&app, first, second).await;
    let (between, counts) = ask(None).await;
    assert_eq!(counts, [0, 1, 0]);
    let second = cq.show("organizations", second).await.json();
    merge_in_use(&app, &second, third).await;
    assert_eq!(ask(None).await.1, [0, 0, 1]);
    assert_eq!((ask(Some(before)).await.1, ask(Some(between)).await.1), ([1, 0, 0], [0, 1, 0]));
}

#[apply(api_test)]
async fn signed_figures_count_among_the_writes_however_the_path_is_written(engine: Engine) {
    let app = TestApp::with(engine, &[("write_per_minute", "2")]).await;
    let reader = app.client("reader");
    for place in ["instruments/proof", "instruments/%70roof"] {
        reader.get(&format!("/api/v1/statistics/{place}?as_of_seq=100")).await.expect(200);
    }
    assert_eq!(reader.get("/api/v1/statistics/instruments/proof?as_of_seq=100").await.status(), 429);
    reader.get("/api/v1/statistics/instruments?as_of_seq=100").await.expect(200);
}
