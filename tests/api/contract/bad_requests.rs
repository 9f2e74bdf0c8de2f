//! Whatever a client sends, every operation answers one of its documented statuses, in the documented form.

use serde_json::Value;

use super::document::{self, Operation, Sent, assert_documented, operations};
use crate::support::*;

type Spoil = fn(&mut Sent);

/// Ways to spoil a good request; the names are for messages.
const SPOILS: [(&str, Spoil); 22] = [
    ("an unknown parameter", |sent| query(sent, "nonsense=1")),
    ("a repeated parameter", |sent| query(sent, "limit=1&limit=2&limit=1")),
    ("a parameter of a wrong type", |sent| query(sent, "limit=x&cursor=!&include_total=perhaps&valid_on=yesterday")),
    ("a broken percent sign", |sent| query(sent, "q=%zz&limit=%ff")),
    ("a very long query", |sent| query(sent, &format!("sort={}", "a".repeat(9000)))),
    ("a foreign cursor", |sent| query(sent, "cursor=eyJ2IjoxLCJrIjpbXSwiaSI6IiIsImYiOiIifQ")),
    ("another media type", |sent| drop(sent.headers.insert("Content-Type".into(), "text/plain".into()))),
    ("no media type", |sent| drop(sent.headers.remove("Content-Type"))),
    ("an unknown encoding", |sent| drop(sent.headers.insert("Content-Encoding".into(), "zstd".into()))),
    ("a media type nobody has", |sent| drop(sent.headers.insert("Accept".into(), "image/png".into()))),
    ("no JSON", |sent| body(sent, b"{")),
    ("bytes", |sent| body(sent, b"\xff\xfe\x00")),
    ("an array", |sent| body(sent, b"[]")),
    ("null", |sent| body(sent, b"null")),
    ("an empty object", |sent| body(sent, b"{}")),
    ("a member twice", |sent| body(sent, br#"{"name":1,"name":2}"#)),
    ("members of wrong types", |sent| {
        body(sent, br#"{"name":7,"parties":{},"to":[],"digest":null,"nonsense":"\u0000"}"#)
    }),
    ("a deep body", |sent| body(sent, format!("{}{}", "[".repeat(5000), "]".repeat(5000)).as_bytes())),
    ("no precondition", |sent| drop(sent.headers.remove("If-Match"))),
    ("a stale precondition", |sent| drop(sent.headers.insert("If-Match".into(), "\"999999\"".into()))),
    ("a long header field", |sent| drop(sent.headers.insert("Accept-Language".into(), "a".repeat(9000)))),
    ("odd header fields", |sent| {
        for (name, value) in [
            ("If-Match", "W/\"1\", x"),
            ("If-None-Match", "\"\",,"),
            ("Idempotency-Key", "\""),
            ("Accept-Language", ";;q=9"),
            ("X-Request-Id", "not a uuid"),
            ("Range", "bytes=0-1"),
        ] {
            sent.headers.insert(name.into(), value.into());
        }
    }),
];

/// Path parameters that name nothing, or are no names at all.
const REFS: [&str; 8] = [
    "019abf00-0000-7000-8000-00000000ffff",
    "ORG-2026-999999-0",
    "PRJ-2026-000001-1",
    "export",
    "%00",
    "..%2f..",
    "%E9%87%8D%E5%BA%86",
    "99999999999999999999",
];

fn query(sent: &mut Sent, text: &str) {
    let joint = if sent.path.contains('?') { '&' } else { '?' };
    sent.path = format!("{}{joint}{text}", sent.path);
}

fn body(sent: &mut Sent, bytes: &[u8]) {
    if sent.body.is_some() {
        sent.body = Some(bytes.to_vec());
    }
}

#[apply(api_test)]
async fn spoiled_requests_get_documented_answers(app: TestApp) {
    let document = document::document();
    let agency = app.client("cq-agency");
    for operation in operations(&document) {
        for (name, spoil) in SPOILS {
            let answer = operation.send(&document, &agency, spoil).await;
            assert!(
                operation.statuses().contains(&answer.status()),
                "{} with {name}: {}",
                operation.id(),
                answer.status()
            );
            assert_documented(&document, &operation, &answer);
        }
        for parameter in operation.parameters().filter(|parameter| parameter["in"] == "path") {
            let place = format!("{{{}}}", parameter["name"].as_str().unwrap());
            for wrong in REFS {
                let mut other = operation.clone();
                other.path = operation.path.replace(&place, wrong);
                let answer = other.send(&document, &agency, |_| {}).await;
                assert!(other.statuses().contains(&answer.status()), "{} of {wrong}: {}", other.id(), answer.status());
                assert_documented(&document, &other, &answer);
            }
        }
    }
}

#[apply(api_test)]
async fn bodies_over_the_limit_are_refused(app: TestApp) {
    let document = document::document();
    let agency = app.client("cq-agency");
    for operation in operations(&document).iter().filter(|operation| operation.value.get("requestBody").is_some()) {
        let answer = operation.send(&document, &agency, |sent| sent.body = Some(vec![b' '; 2 << 20])).await;
        assert_eq!(answer.status(), 413, "{}", operation.id());
        assert_documented(&document, operation, &answer);
    }
}

#[apply(api_test)]
async fn other_methods_are_refused_with_those_that_work(app: TestApp) {
    let document = document::document();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in ["GET", "PUT", "POST", "PATCH", "DELETE", "TRACE", "PROPFIND"] {
            let known: Vec<String> = methods.as_object().unwrap().keys().map(|name| name.to_uppercase()).collect();
            if known.iter().any(|name| name == method) {
                continue;
            }
            let operation = operations(&document).into_iter().find(|operation| operation.path == *path).unwrap();
            let answer =
                app.client("cq-agency").request(method.parse().unwrap(), &operation.example_path()).send().await;
            assert_eq!(answer.status(), 405, "{method} {path}");
            assert!(known.iter().all(|name| answer.header("allow").contains(name.as_str())), "{method} {path}");
            assert_documented(&document, &operation, &answer);
        }
        if methods.get("get").is_some() {
            let operation =
                operations(&document).into_iter().find(|one| one.path == *path && one.method == "get").unwrap();
            let agency = app.client("cq-agency");
            let get = agency.get(&operation.example_path()).await;
            let head = agency.head(&operation.example_path()).await;
            assert_eq!((head.status(), head.bytes().len()), (get.status(), 0), "HEAD {path}");
            assert_eq!(head.header("etag"), get.header("etag"), "HEAD {path}");
        }
    }
}

#[apply(api_test)]
async fn optional_parameters_with_their_least_values_work(app: TestApp) {
    let document = document::document();
    let agency = app.client("cq-agency");
    for operation in operations(&document).iter().filter(|operation| operation.method == "get") {
        for parameter in operation
            .parameters()
            .filter(|one| one["in"] == "query" && one["name"] != "cursor" && one["required"] != true)
        {
            let value = match parameter["name"].as_str() {
                // The lowest revision is a draft, invisible to others and without a proof.
                Some("revision" | "to") => present_revision(operation, &agency).await,
                // A question of its own.
                Some("query") => "state%3Dactive".to_owned(),
                _ => sample(document::resolved(&document, &parameter["schema"]), &document),
            };
            let pair = format!("{}={value}", parameter["name"].as_str().unwrap());
            let answer = operation.send(&document, &agency, |sent| query(sent, &pair)).await;
            assert_eq!(answer.status(), 200, "{} {pair}: {}", operation.id(), answer.text());
            assert_documented(&document, operation, &answer);
        }
    }
}

/// The revision that the record of an operation's example has now.
async fn present_revision(operation: &Operation, caller: &Caller) -> String {
    let path = operation.example_path();
    let record = path.split('/').take(5).collect::<Vec<_>>().join("/");
    caller.get(&record).await.expect(200)["revision"].to_string()
}

/// A value that a parameter's schema allows.
fn sample(schema: &Value, document: &Value) -> String {
    if schema["type"] == "array" {
        return sample(document::resolved(document, &schema["items"]), document);
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.as_str().unwrap().to_owned();
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("integer"), _) => schema["minimum"].to_string(),
        (Some("boolean"), _) => "true".into(),
        (_, Some(format @ ("uscc" | "ror"))) => document::identifier(format, 1),
        (_, Some("date")) => "2024-02-29".into(),
        (_, Some("month")) => "2024-02".into(),
        // The demo records are official since the day before.
        (_, Some("date-time")) => "2026-09-02T00:00:00%2B08:00".into(),
        _ if schema["maxLength"] == 36 => "019abf00-0000-7000-8000-000000000001".into(),
        _ if schema["pattern"].as_str().is_some_and(|pattern| pattern.contains("[A-Z]{3}-")) => {
            "ORG-2026-000001-1".into()
        }
        _ if schema["maxLength"] == 63 => "cq-agency".into(),
        _ if schema["maxLength"] == 80 => "joint_lab.created".into(),
        _ if schema["maxLength"] == 64 => "F1".into(),
        _ => "1".into(),
    }
}
