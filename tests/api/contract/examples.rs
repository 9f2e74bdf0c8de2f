//! Every example is valid, and does on a fresh demo register what it promises.

use std::collections::BTreeMap;

use base64::Engine as _;
use chuanyu::auth::clients;
use chuanyu::auth::secrets::Secret;
use chuanyu::demo::examples;
use serde_json::{Map, Value, json};

use super::document::{self, Operation, assert_documented, faults, operations, resolved};
use crate::support::*;

#[test]
fn every_example_is_valid() {
    let document = document::document();
    let mut wrong = Vec::new();
    let mut count = 0;
    walk(&document, "#", &mut |place, schema, example| {
        count += 1;
        wrong.extend(faults(&document, schema, example).into_iter().map(|fault| format!("{place}: {fault}")));
    });
    assert!(count > 200, "only {count} examples were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Visits every example with the schema it must fit: of media types, parameters, headers and schemas.
fn walk(value: &Value, place: &str, visit: &mut impl FnMut(&str, &Value, &Value)) {
    match value {
        Value::Object(members) => {
            let is_map = place.ends_with("/properties");
            if let Some(example) = members.get("example").filter(|_| !is_map) {
                visit(place, members.get("schema").unwrap_or(value), example);
            }
            for example in members.get("examples").filter(|_| !is_map).and_then(Value::as_array).into_iter().flatten() {
                visit(place, value, example);
            }
            let data = ["example", "examples", "default", "enum"];
            let inner = members.iter().filter(|(name, _)| is_map || !data.contains(&name.as_str()));
            inner.for_each(|(name, member)| walk(member, &format!("{place}/{name}"), visit));
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, place, visit)),
        _ => {}
    }
}

/// Secret of the demo clients in these tests.
const SECRET: &str = "a-demo-secret-that-is-long-enough";

/// The order in which a reader would try them: read, create, change, move, confirm, delete.
fn turn(operation: &Operation) -> usize {
    let verbs = [
        "issue", "list", "show", "create", "upsert", "patch", "restore", "move", "propose", "confirm", "recall",
        "delete",
    ];
    verbs.iter().position(|verb| operation.id().starts_with(verb)).unwrap_or(verbs.len())
}

#[apply(api_test)]
async fn every_example_works_on_a_fresh_demo_register(engine: Engine) {
    let app = TestApp::with(engine, &[("read_per_minute", "6000"), ("write_per_minute", "6000")]).await;
    let secret = Secret::given(SECRET.to_owned()).unwrap();
    app.database(|conn| clients::rotate_secret(conn, "cq-agency", 0, &secret).unwrap());
    let document = document::document();
    let mut all = operations(&document);
    all.sort_by_key(turn);
    let mut answers = BTreeMap::<String, Map<String, Value>>::new();
    for operation in &all {
        let caller = caller(&app, operation);
        let basic = format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(format!("cq-agency:{SECRET}")));
        let is_token = operation.id() == "issue_token";
        let answer = operation
            .send(&document, &caller, |sent| {
                if is_token {
                    sent.headers.insert("Authorization".into(), basic);
                }
            })
            .await;
        assert!(answer.status() < 300, "{}: {} {}", operation.id(), answer.status(), answer.text());
        assert_documented(&document, operation, &answer);
        assert_eq!(answer.has_header("ratelimit"), operation.path.starts_with("/api/"), "{}", operation.id());
        if operation.value["responses"].get("201").is_some() {
            assert_eq!(answer.status(), 201, "{}", operation.id());
        }
        if operation.statuses().contains(&304) {
            let tag = answer.header("etag");
            let again = operation.send(&document, &caller, |sent| {
                sent.headers.insert("If-None-Match".into(), tag.to_owned());
            });
            let again = again.await;
            assert_eq!(again.status(), 304, "{}", operation.id());
            assert_documented(&document, operation, &again);
        }
        if operation.id().starts_with("upsert") {
            let again = operation.send(&document, &caller, |_| {}).await;
            assert_eq!(again.status(), 200);
            assert_documented(&document, operation, &again);
        }
        if !answer.bytes().is_empty() {
            answers
                .entry(operation.id().to_owned())
                .or_default()
                .insert(answer.status().to_string(), shortened(answer.json(), is_token));
        }
    }
    record_or_compare(&answers);
}

/// Reads are tried by the university, writes and the audit log by the agency, which may do all of them.
fn caller(app: &TestApp, operation: &Operation) -> Caller {
    match (operation.scope(), operation.method.as_str()) {
        (None, _) => app.anonymous(),
        (Some(("audit:read", _)), _) => app.client("cq-agency"),
        (Some(_), "get") => app.client("cq-university"),
        (Some(_), _) => app.client("cq-agency"),
    }
}

/// One item is enough of a list, and a token is never shown.
fn shortened(mut answer: Value, is_token: bool) -> Value {
    if let Some(items) = answer.get_mut("items").and_then(Value::as_array_mut) {
        // What was done by the command line has other times in every register.
        items.retain(|item| item["actor"] != "operator");
        items.truncate(1);
        // And its clients have other ids.
        for event in items.iter_mut().filter(|item| item.get("prev_hash").is_some()) {
            event["client_id"] = json!("019abf00-0000-7000-8ffe-000000000001");
            event["prev_hash"] = json!(format!("sha-256:{}", "0123456789abcdef".repeat(4)));
            event["hash"] = json!(format!("sha-256:{}", "fedcba9876543210".repeat(4)));
        }
    }
    // Judged by the day of the run.
    if answer.get("on").is_some() {
        answer["on"] = json!("2026-09-01");
    }
    if is_token {
        answer["access_token"] = json!("eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl");
    }
    if answer.get("jws").is_some() {
        // What differs from run to run.
        answer["jws"] = json!("eyJhbGciOiJSUzI1NiIsImtpZCI6Ik56YiIsInR5cCI6InByb29mK2p3cyJ9.e30.c2lnbmF0dXJl");
        answer["issuer"] = json!("https://register.example.org");
        answer["issued_at"] = json!("2026-09-02T01:00:00.000Z");
    }
    for key in answer.get_mut("keys").and_then(Value::as_array_mut).into_iter().flatten() {
        if key.get("signs_from").is_some() {
            key["signs_from"] = json!("2026-09-01T01:00:00.000Z");
        }
        key["kid"] = json!("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
        key["n"] = json!(
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
        );
    }
    answer
}

const RECORDED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/examples.json");

const DIGESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/digests.json");

/// The published answers of reads are the real ones; `CHUANYU_RECORD_EXAMPLES=1` records them again.
fn record_or_compare(answers: &BTreeMap<String, Map<String, Value>>) {
    if std::env::var_os("CHUANYU_RECORD_EXAMPLES").is_some() {
        std::fs::write(RECORDED, format!("{:#}\n", json!(answers))).unwrap();
        return;
    }
    let recorded: BTreeMap<String, Map<String, Value>> =
        serde_json::from_str(&std::fs::read_to_string(RECORDED).unwrap()).unwrap();
    let hint = "record them anew with CHUANYU_RECORD_EXAMPLES=1, then `just openapi`";
    let names = |all: &BTreeMap<String, Map<String, Value>>| all.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(answers), names(&recorded), "{hint}");
    for (id, answer) in answers {
        // Newly created records have other identifiers and times.
        let is_read = id.starts_with("show_") || id.starts_with("list_");
        if is_read && !["show_server_metadata", "list_vocabularies"].contains(&id.as_str()) {
            assert_eq!(answer, &recorded[id], "{id}: {hint}");
        }
    }
}

#[apply(api_test)]
async fn examples_name_revision_and_digest_of_their_records(app: TestApp) {
    let mut digests = BTreeMap::<&str, BTreeMap<&str, Value>>::new();
    for example in examples::records() {
        let path = format!("/api/v1/{}/{}", example.kind, example.id());
        let record = app.client("cq-agency").get(&path).await.expect(200);
        assert_eq!(record["state"], example.state, "{path}");
        if example.purpose != "confirm" {
            assert_eq!(record["revision"], example.revision, "{path}");
        }
        let mut confirmed = record;
        if let Some(proposed) = confirmed["pending_changes"]["links"][0].as_str() {
            assert!(proposed.ends_with(&example.change_id().unwrap().to_string()), "{path}");
            confirmed = app.client("cq-agency").get(proposed).await.expect(200);
        }
        if example.purpose.starts_with("confirm") {
            digests.entry(example.kind).or_default().insert(example.purpose, confirmed["digest"].clone());
        }
    }
    if std::env::var_os("CHUANYU_RECORD_EXAMPLES").is_some() {
        std::fs::write(DIGESTS, format!("{:#}\n", json!(digests))).unwrap();
        return;
    }
    let recorded: Value = serde_json::from_str(&std::fs::read_to_string(DIGESTS).unwrap()).unwrap();
    assert_eq!(
        json!(digests),
        recorded,
        "record them anew with CHUANYU_RECORD_EXAMPLES=1, build, and record the examples"
    );
}

#[test]
fn no_content_has_a_member_of_the_envelope() {
    let document = document::document();
    for kind in chuanyu::kinds::register().kinds() {
        let content = &document["components"]["schemas"][kind.schema]["properties"];
        for member in
            ["id", "code", "revision", "state", "owner", "province", "source_system", "source_id", "digest", "expanded"]
        {
            assert!(content.get(member).is_none(), "{} has its own {member}", kind.schema);
        }
        assert!(
            resolved(&document, &json!({"$ref": format!("#/components/schemas/{}Record", kind.schema)})).is_object()
        );
    }
}
