//! The Reconciliation Service API 0.2, as OpenRefine and its like speak it.

use chuanyu::api::query::encoded;
use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::*;

const ORGANIZATIONS: &str = "/reconciliation/organizations";
const DIVISIONS: &str = "/reconciliation/vocabularies/divisions";

/// Sends a batch as tools do.
async fn ask(caller: &Caller, service: &str, queries: Value) -> Answer {
    let form = format!("queries={}", encoded(&queries.to_string()));
    let request = caller.request(reqwest::Method::POST, service);
    request.header("content-type", "application/x-www-form-urlencoded").text(form).await
}

/// What the specification's schemas ask of an answer, in our own words.
fn check(schema: Value, answer: &Value) {
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(answer).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?} in {answer}");
}

fn a_type() -> Value {
    let object = json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "name": {"type": "string"}}});
    json!({"oneOf": [object, {"type": "string"}]})
}

fn manifest() -> Value {
    let template = json!({"type": "string", "pattern": r".*\{\{id\}\}.*"});
    json!({
        "type": "object",
        "required": ["versions", "name", "identifierSpace", "schemaSpace"],
        "properties": {
            "versions": {"type": "array", "items": {"type": "string"}, "contains": {"const": "0.2"}},
            "name": {"type": "string"}, "identifierSpace": {"type": "string"}, "schemaSpace": {"type": "string"},
            "documentation": {"type": "string"}, "serviceVersion": {"type": "string"},
            "defaultTypes": {"type": "array", "uniqueItems": true, "items": a_type()},
            "view": {"type": "object", "required": ["url"], "properties": {"url": template}},
            "preview": {
                "type": "object", "required": ["url", "width", "height"],
                "properties": {"url": template, "width": {"type": "integer"}, "height": {"type": "integer"}},
            },
            "suggest": {"type": "object", "properties": {"entity": {
                "type": "object", "properties": {"service_url": {"type": "string"}, "service_path": {"type": "string"}},
            }}},
        },
    })
}

fn results() -> Value {
    json!({
        "type": "object",
        "additionalProperties": {
            "type": "object", "required": ["result"],
            "properties": {"result": {"type": "array", "items": {
                "type": "object", "required": ["id", "name", "score"],
                "properties": {
                    "id": {"type": "string"}, "name": {"type": "string"}, "description": {"type": "string"},
                    "score": {"type": "number"}, "match": {"type": "boolean"}, "type": {"type": "array", "items": a_type()},
                },
            }}},
        },
    })
}

fn suggestions() -> Value {
    json!({
        "type": "object", "required": ["result"],
        "properties": {"result": {"type": "array", "items": {
            "type": "object", "required": ["id", "name"],
            "properties": {
                "id": {"type": "string"}, "name": {"type": "string"}, "description": {"type": "string"},
                "notable": {"type": "array", "items": a_type()},
            },
        }}},
    })
}

fn matched(result: &Value) -> Vec<&str> {
    let all = result["result"].as_array().unwrap().iter();
    all.filter(|one| one["match"] == true).map(|one| one["name"].as_str().unwrap()).collect()
}

#[apply(api_test)]
async fn names_are_reconciled_as_they_are_matched(app: TestApp) {
    let anyone = app.anonymous();
    let answer = anyone.get(ORGANIZATIONS).await.expect(200);
    check(manifest(), &answer);
    let queries = json!({
        "q0": {"query": "重庆大学材料学院"},
        "q1": {"query": "四川大学", "type": "university", "limit": 3, "type_strict": "should"},
        "q2": {"query": "四川大学", "type": ["enterprise"]},
        "q3": {"query": "没有这样的单位"},
        "q4": {"query": "", "properties": [{"pid": "ror_id", "v": "https://ror.org/023rhb549"}]},
        "q6": {"query": "四川大学", "properties": [{"pid": "uscc", "v": "12100000450416793X"}]},
        "q7": {"query": "重庆大学".repeat(60)},
        "q5": {"query": "不管叫什么", "properties": [{"pid": "ror_id", "v": [{"id": "x"}]}, {"pid": "uscc", "v": 3}]},
    });
    let answer = ask(&anyone, ORGANIZATIONS, queries.clone()).await.expect(200);
    check(results(), &answer);
    assert_eq!(matched(&answer["q0"]), ["重庆大学"]);
    assert_eq!(matched(&answer["q1"]), ["四川大学"]);
    assert_eq!(answer["q1"]["result"][0]["score"], 100);
    assert_eq!(answer["q1"]["result"][0]["type"][0]["id"], "university");
    // An identifier that is not registered does not hide the name.
    assert_eq!(matched(&answer["q6"]), ["四川大学"]);
    for empty in ["q2", "q3", "q5", "q7"] {
        assert_eq!(answer[empty]["result"], json!([]), "{empty}");
    }
    assert_eq!(matched(&answer["q4"]), ["重庆大学"]);
    // The same by GET.
    let by_get = anyone.get(ORGANIZATIONS).query(&[("queries", &queries.to_string())]).await.expect(200);
    assert_eq!(by_get, answer);
}

#[apply(api_test)]
async fn what_is_typed_is_suggested_and_shown(app: TestApp) {
    let name = "<b>新所</b>预览";
    let one = app.published("organizations", organization().with("/name/zh", name)).await;
    let anyone = app.anonymous();
    // Tools send more than the specification names.
    let place = format!("{ORGANIZATIONS}/suggest/entity");
    let answer = anyone.get(&place).query(&[("prefix", "新所"), ("callback", "x"), ("cursor", "0")]).await.expect(200);
    check(suggestions(), &answer);
    assert_eq!(answer["result"][0]["id"], one["code"]);
    let shown = anyone.get(&format!("{ORGANIZATIONS}/preview?id={}", one["code"].as_str().unwrap())).await;
    assert_eq!((shown.status(), shown.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(shown.text().contains("&lt;b&gt;新所&lt;/b&gt;预览") && !shown.text().contains("<b>"), "{}", shown.text());
    assert!(shown.header("content-security-policy").contains("frame-ancestors *"));
    // Who has a token sees more: nobody keeps it for others.
    assert_eq!((shown.header("cache-control"), shown.header("vary")), ("no-store", "Authorization"));
    let further = anyone.get(&place).query(&[("prefix", "新所"), ("cursor", "20")]).await.expect(200);
    assert_eq!(further, json!({"result": []}));
    assert_eq!(anyone.get(&place).query(&[("prefix", "。")]).await.expect(200), json!({"result": []}));
    for (place, status) in [
        (format!("{ORGANIZATIONS}/preview?id=ORG-2026-999999-1"), 404),
        (format!("{ORGANIZATIONS}/preview?id={}", encoded("重庆大学")), 404),
        (format!("{ORGANIZATIONS}/preview"), 400),
        (format!("{ORGANIZATIONS}/suggest/entity"), 400),
        ("/reconciliation/vocabularies/none".to_owned(), 404),
        ("/reconciliation/vocabularies/divisions/preview?id=none".to_owned(), 404),
    ] {
        anyone.get(&place).await.problem(status);
    }
    let draft = app.client("cq-agency").create("organizations", organization()).await;
    anyone.get(&format!("{ORGANIZATIONS}/preview?id={}", draft["code"].as_str().unwrap())).await.problem(404);
}

#[apply(api_test)]
async fn labels_are_reconciled_with_codes(app: TestApp) {
    let anyone = app.anonymous();
    check(manifest(), &anyone.get(DIVISIONS).await.expect(200));
    let answer = ask(
        &anyone,
        DIVISIONS,
        json!({
            "a": {"query": "渝中区"}, "b": {"query": "渝中"}, "c": {"query": "500103"}, "d": {"query": "渝"}, "e": {"query": "。"},
            "f": {"query": "成都"}, "g": {"query": "渝北区"}, "h": {"query": "阿坝"}, "i": {"query": "市辖区"},
        }),
    )
    .await
    .expect(200);
    check(results(), &answer);
    for name in ["a", "b", "c"] {
        assert_eq!(matched(&answer[name]), ["渝中区"], "{name}");
    }
    assert_eq!((matched(&answer["d"]).len(), answer["d"]["result"].as_array().unwrap().len()), (0, 2));
    assert_eq!(answer["e"]["result"], json!([]));
    assert_eq!(matched(&answer["f"]), ["成都市"]);
    assert!(matched(&answer["h"]).is_empty() && matched(&answer["i"]).is_empty(), "{answer}");
    // A division that is no more is told and not chosen.
    assert!(matched(&answer["g"]).is_empty());
    let described = answer["g"]["result"][0]["description"].as_str().unwrap();
    assert!(described.contains("停用") && described.contains("withdrawn"), "{described}");
    let suggested = anyone.get(&format!("{DIVISIONS}/suggest/entity")).query(&[("prefix", "渝中")]).await.expect(200);
    check(suggestions(), &suggested);
    assert_eq!(suggested["result"][0]["id"], "500103");
    let shown = anyone.get(&format!("{DIVISIONS}/preview?id=500103")).await;
    assert!(shown.text().contains("渝中区"), "{}", shown.text());
}

#[apply(api_test)]
async fn what_is_no_batch_is_refused(app: TestApp) {
    let anyone = app.anonymous();
    let many: serde_json::Map<String, Value> =
        (0..501).map(|number| (format!("q{number}"), json!({"query": "x"}))).collect();
    for (queries, code) in [
        ("[]".to_owned(), "wrong-type"),
        ("{".to_owned(), "wrong-type"),
        ("{\"q\": 3}".to_owned(), "wrong-query"),
        ("{\"q\": {\"query\": [1]}, \"r\": {\"query\": \"x\"}}".to_owned(), "wrong-query"),
        (Value::Object(many).to_string(), "too-many-items"),
    ] {
        let form = format!("queries={}", encoded(&queries));
        for service in [ORGANIZATIONS, DIVISIONS] {
            let request = anyone.request(reqwest::Method::POST, service);
            let request = request.header("content-type", "application/x-www-form-urlencoded").text(form.clone());
            assert!(request.await.problem(400).has("queries", code), "{queries}");
        }
    }
    let bare = anyone.request(reqwest::Method::POST, ORGANIZATIONS);
    let bare = bare.header("content-type", "application/x-www-form-urlencoded").text("extend=1").await;
    assert!(bare.problem(400).has("queries", "required"));
    assert_eq!(anyone.post(ORGANIZATIONS, json!({"q0": {"query": "x"}})).await.status(), 415);
}

#[apply(api_test)]
async fn a_closed_register_reconciles_for_clients_only(engine: Engine) {
    let app = TestApp::with(engine, &[("public_read", "false")]).await;
    let university = app.client("cq-university");
    for place in [
        ORGANIZATIONS.to_owned(),
        format!("{ORGANIZATIONS}/suggest/entity?prefix=x"),
        format!("{ORGANIZATIONS}/preview?id=ORG-2026-000001-1"),
        DIVISIONS.to_owned(),
        format!("{DIVISIONS}/suggest/entity?prefix=x"),
        format!("{DIVISIONS}/preview?id=500103"),
    ] {
        app.anonymous().get(&place).await.problem(401);
        app.anonymous().with_token("no.token.at-all").get(&place).await.problem(401);
        assert_eq!(university.get(&place).await.status(), 200, "{place}");
        assert_eq!(university.head(&place).await.status(), 200, "{place}");
    }
    assert_eq!(ask(&app.anonymous(), ORGANIZATIONS, json!({"q0": {"query": "x"}})).await.status(), 401);
    let options = university.request(reqwest::Method::OPTIONS, ORGANIZATIONS).await;
    assert!(options.header("allow").contains("POST"), "{}", options.header("allow"));
    assert!(university.delete(ORGANIZATIONS).await.problem(405).code() == "method-not-allowed");
}

#[apply(api_test)]
async fn what_a_manifest_names_is_there(app: TestApp) {
    let anyone = app.anonymous();
    for (service, id) in [(ORGANIZATIONS, "ORG-2026-000001-1"), (DIVISIONS, "500103")] {
        let manifest = anyone.get(service).await.expect(200);
        let entity = &manifest["suggest"]["entity"];
        let suggest =
            format!("{}{}?prefix=1", entity["service_url"].as_str().unwrap(), entity["service_path"].as_str().unwrap());
        let [view, preview] =
            ["view", "preview"].map(|name| manifest[name]["url"].as_str().unwrap().replace("{{id}}", id));
        for address in [view, preview, suggest] {
            // The public address of a test is not where it listens.
            let (_, path) = address.split_once("://").unwrap().1.split_once('/').unwrap();
            assert_eq!(anyone.get(&format!("/{path}")).await.status(), 200, "{address}");
        }
    }
}
