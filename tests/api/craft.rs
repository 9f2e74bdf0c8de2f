//! HTTP as it goes over the wire: what cannot be read, what is not there, and the fields that every answer has.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::path;
use crate::support::*;

const JSON: &str = "application/json";

/// The answer to bytes sent as they are; the connection is read to its end.
fn raw(app: &TestApp, bytes: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(app.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(bytes).unwrap();
    read(stream)
}

fn read(mut stream: TcpStream) -> (u16, String) {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    (status, answer)
}

#[apply(api_test)]
async fn a_path_that_does_not_exist_is_not_found_in_problem_form(app: TestApp) {
    let reader = app.client("reader");
    for place in [
        "/nothing",
        "/api",
        "/api/v1",
        "/api/v1/nothing",
        "/api/v1/instruments/",
        "/api//v1/instruments",
        "/API/v1/instruments",
        "/api/v1/instruments/x/y",
        "/api/v1/instruments/by-source",
        "/api/v2/instruments",
    ] {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let answer = reader.request(method.clone(), place).await;
            assert!(matches!(answer.status(), 403..=405), "{method} {place} {}", answer.status());
            answer.problem(answer.status());
        }
    }
    assert_eq!(reader.get("/api/v1/nothing").await.problem(404).code(), "unknown-path");
}

#[apply(api_test)]
async fn a_method_that_a_path_does_not_have_names_those_it_has(app: TestApp) {
    let reader = app.client("reader");
    let id = "0198f3a2-7c1e-7d4b-9a53-2f0c6b1e8d11";
    for (method, place, allowed) in [
        (Method::DELETE, "/api/v1/instruments".to_owned(), "GET, HEAD, OPTIONS, POST"),
        (Method::PUT, format!("/api/v1/instruments/{id}"), "DELETE, GET, HEAD, OPTIONS, PATCH"),
        (Method::POST, "/api/v1/instruments/by-source/x".to_owned(), "OPTIONS, PUT"),
        (Method::PATCH, format!("/api/v1/instruments/{id}/transitions"), "GET, HEAD, OPTIONS, POST"),
        (Method::POST, format!("/api/v1/instruments/{id}/revisions"), "GET, HEAD, OPTIONS"),
        (Method::POST, "/healthz".to_owned(), "GET, HEAD, OPTIONS"),
        (Method::from_bytes(b"BREW").unwrap(), "/api/v1/instruments".to_owned(), "GET, HEAD, OPTIONS, POST"),
        (Method::TRACE, "/api/v1/instruments".to_owned(), "GET, HEAD, OPTIONS, POST"),
    ] {
        let answer = reader.request(method.clone(), &place).await;
        assert_eq!(answer.problem(405).code(), "method-not-allowed", "{method} {place}");
        assert_eq!(sorted(answer.header("allow")), allowed, "{method} {place}");
    }
    let token = reader.get("/oauth2/token").await;
    assert_eq!(
        (token.status(), token.json()["error"].clone()),
        (405, json!("invalid_request")),
        "RFC 6749 has its own form"
    );
    let options = reader.request(Method::OPTIONS, "/api/v1/instruments").await;
    assert_eq!((options.status(), sorted(options.header("allow")).as_str()), (204, "GET, HEAD, OPTIONS, POST"));
}

fn sorted(allow: &str) -> String {
    let mut methods: Vec<&str> = allow.split(", ").collect();
    methods.sort_unstable();
    methods.join(", ")
}

#[apply(api_test)]
async fn a_body_of_another_type_is_refused_with_the_type_that_fits(app: TestApp) {
    let agency = app.client("cq-agency");
    let draft = agency.create("instruments", instrument()).await;
    let body = json!({"model": "x"}).to_string();
    for kind in
        ["text/plain", "application/jsonx", "application/json-patch+json", "application/x-www-form-urlencoded", ""]
    {
        let answer = agency
            .request(Method::PATCH, &path("instruments", &draft))
            .header("content-type", kind)
            .if_match(1)
            .text(body.clone())
            .await;
        assert_eq!(answer.problem(415).code(), "unsupported-media-type", "{kind}");
        assert_eq!(answer.header("accept-patch"), "application/merge-patch+json, application/json");
    }
    for kind in ["text/plain", "application/merge-patch+json", "application/json; charset=gbk"] {
        let answer =
            agency.request(Method::POST, "/api/v1/instruments").header("content-type", kind).text(body.clone()).await;
        assert_eq!((answer.problem(415).code(), answer.header("accept")), ("unsupported-media-type", JSON));
    }
    let encoded = agency.post("/api/v1/instruments", instrument()).header("content-encoding", "gzip").await;
    assert_eq!(encoded.status(), 415);
    let good =
        agency.request(Method::POST, "/api/v1/instruments").header("content-type", "Application/JSON; charset=UTF-8");
    assert_eq!(good.text(instrument().0.to_string()).await.status(), 201);
}

#[apply(api_test)]
async fn a_body_that_cannot_be_read_is_a_bad_request_that_says_where(app: TestApp) {
    let agency = app.client("cq-agency");
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"".to_vec(), "required"),
        (b"  ".to_vec(), "required"),
        (b"{".to_vec(), "syntax"),
        (b"{\"name\": }".to_vec(), "syntax"),
        (b"{} {}".to_vec(), "syntax"),
        (b"[]".to_vec(), "wrong-type"),
        (b"null".to_vec(), "wrong-type"),
        (b"{\"name\":{\"zh\":\"a\",\"zh\":\"b\"}}".to_vec(), "duplicate-member"),
        (format!("{{\"name\":{deep}}}").into_bytes(), "too-deep"),
        (b"{\"name\":\"\\ud800\"}".to_vec(), "lone-surrogate"),
        (b"{\"name\":\"\xff\"}".to_vec(), "invalid-utf8"),
        (b"{\"name\":\"\xed\xa0\x80\"}".to_vec(), "invalid-utf8"),
        (b"\xef\xbb\xbf{}".to_vec(), "syntax"),
        (b"{\"rated_hours\":1e999}".to_vec(), "number-out-of-range"),
        (b"{\"rated_hours\":NaN}".to_vec(), "syntax"),
    ];
    for (body, fault) in cases {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let answer = agency.request(Method::POST, "/api/v1/instruments").header("content-type", JSON).text(body).await;
        let problem = answer.problem(400);
        assert_eq!(problem.code(), "malformed-body", "{shown}");
        let faults = problem.faults();
        assert!(
            faults.iter().any(|(_, code)| code == fault) || fault == "too-deep" || fault == "duplicate-member",
            "{shown} {faults:?}"
        );
    }
    for text in ["\u{0}", "a\u{0}b", "\u{1}", "\u{7f}", "\u{fffe}"] {
        let problem = agency.post("/api/v1/instruments", instrument().with("/model", text)).await;
        assert!(matches!(problem.status(), 400 | 422), "{text:?} {}", problem.text());
        problem.problem(problem.status());
    }
    for query in ["%00", "%FF", "a%ED%A0%80", "%"] {
        let answer = agency.get(&format!("/api/v1/instruments?manufacturer={query}")).await;
        assert_eq!(answer.status(), 400, "{query}");
        let answer = agency.get(&format!("/api/v1/instruments/{query}")).await;
        assert!(matches!(answer.status(), 400 | 404), "{query} {}", answer.status());
        answer.problem(answer.status());
    }
}

#[apply(api_test)]
async fn a_body_over_one_mebibyte_is_too_large(app: TestApp) {
    let agency = app.client("cq-agency");
    let large = |bytes: usize| format!("{{\"remarks\":\"{}\"}}", "x".repeat(bytes - 14));
    let post =
        |body: String| agency.request(Method::POST, "/api/v1/instruments").header("content-type", JSON).text(body);
    assert_eq!(post(large(1024 * 1024)).await.status(), 422);
    assert_eq!(post(large(1024 * 1024 + 1)).await.problem(413).code(), "body-too-large");
    let token = agency.token.clone().unwrap();
    let head = format!(
        "POST /api/v1/instruments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: {JSON}\r\n"
    );
    let (status, _) = raw(&app, format!("{head}Content-Length: 99999999999\r\nConnection: close\r\n\r\n").as_bytes());
    assert_eq!(status, 413, "at once, without the body");
    let chunk = "x".repeat(64 * 1024);
    let mut body = format!("{head}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
    (0..20).for_each(|_| body.push_str(&format!("{:x}\r\n{chunk}\r\n", chunk.len())));
    let mut stream = TcpStream::connect(app.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let _ = stream.write_all(body.as_bytes());
    assert_eq!(read(stream).0, 413, "announced or not");
}

#[test]
fn a_body_that_trickles_is_given_up_after_ten_seconds() {
    run(async {
        let app = TestApp::start(Engine::Sqlite).await;
        let token = app.client("cq-agency").token.unwrap();
        let head = format!(
            "POST /api/v1/instruments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: {JSON}\r\nContent-Length: 1000\r\n\r\n{{\"na"
        );
        let began = Instant::now();
        let slow_head = TcpStream::connect(app.address).unwrap();
        (&slow_head).write_all(b"GET /healthz HTTP/1.1\r\nHost:").unwrap();
        let mut stream = TcpStream::connect(app.address).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut answer = [0; 4096];
        let length = stream.read(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
        assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("request-timeout"), "{answer}");
        assert!((9..18).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
        slow_head.set_read_timeout(Some(Duration::from_secs(8))).unwrap();
        let (status, _) = read(slow_head);
        assert!(matches!(status, 408 | 0), "a head that trickles is given up as well: {status}");
        assert_eq!(app.anonymous().get("/healthz").await.status(), 200);
    });
}

#[apply(api_test)]
async fn requests_that_are_no_http_do_no_harm(app: TestApp) {
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /api/v1/instruments HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v1/instruments HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /api/v1/instruments\r\n\r\n",
        b"GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /api/v1/instruments HTTP/1.1\r\nHost: x\r\nX-A: \x00\r\nConnection: close\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(app.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(1500))).unwrap();
        stream.write_all(bytes).unwrap();
        let mut answer = [0; 512];
        let length = stream.read(&mut answer).unwrap_or_default();
        let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
        assert!(answer.is_empty() || answer.contains(" 4"), "{:?} {answer}", String::from_utf8_lossy(bytes));
    }
    let many: String = (0..200).map(|number| format!("X-{number}: {}\r\n", "y".repeat(1000))).collect();
    let (status, _) = raw(&app, format!("GET / HTTP/1.1\r\nHost: x\r\n{many}Connection: close\r\n\r\n").as_bytes());
    assert!(matches!(status, 431 | 400 | 0), "{status}");
    let long = format!("/api/v1/instruments?manufacturer={}", "x".repeat(40_000));
    let status = raw(&app, format!("GET {long} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes()).0;
    assert!(matches!(status, 400 | 414 | 431), "{status}");
    assert_eq!(app.anonymous().get("/healthz").await.status(), 200);
}

#[apply(api_test)]
async fn head_answers_like_get_without_the_body(app: TestApp) {
    let record = app.published("instruments", instrument()).await;
    let place = path("instruments", &record);
    for caller in [app.anonymous(), app.client("cq-agency")] {
        for place in [
            place.as_str(),
            "/api/v1/instruments?limit=2",
            "/api/v1/vocabularies",
            "/openapi.json",
            "/healthz",
            "/api/v1/nothing",
            "/api/v1/instruments?x=1",
        ] {
            let (get, head) = (caller.get(place).await, caller.head(place).await);
            assert_eq!((head.status(), head.bytes().len()), (get.status(), 0), "{place}");
            for name in ["content-type", "etag", "cache-control", "link", "vary", "content-language", "allow"] {
                assert_eq!(head.header(name), get.header(name), "{name} of {place}");
            }
            if get.status() == 200 {
                assert_eq!(head.header("content-length"), get.header("content-length"), "{place}");
            }
        }
    }
}

#[apply(api_test)]
async fn problems_speak_chinese_and_english(app: TestApp) {
    let agency = app.client("cq-agency");
    let say = async |language: &str| {
        agency.post("/api/v1/instruments", json!({"nam": 1})).header("accept-language", language).await
    };
    let (zh, en) = (say("zh-CN").await, say("en").await);
    assert_eq!((zh.header("content-language"), en.header("content-language")), ("zh-CN", "en"));
    let (chinese, english) = (zh.problem(422), en.problem(422));
    assert_eq!(chinese["title"], "数据校验未通过");
    assert!(english["title"].as_str().unwrap().is_ascii());
    assert_eq!(chinese.faults(), english.faults());
    for (one, other) in chinese["errors"].as_array().unwrap().iter().zip(english["errors"].as_array().unwrap()) {
        let is_chinese = |fault: &Value| {
            fault["detail"].as_str().unwrap().chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
        };
        assert!(is_chinese(one) && !is_chinese(other), "{one} {other}");
    }
    for (asked, got) in [
        ("", "zh-CN"),
        ("fr", "zh-CN"),
        ("fr, en;q=0.5", "en"),
        ("en;q=0, *", "zh-CN"),
        ("zh-TW, en;q=0.1", "zh-CN"),
        ("en-GB", "en"),
        ("x;;q=9", "zh-CN"),
    ] {
        let answer = app.anonymous().get("/api/v1/nothing").header("accept-language", asked).await;
        assert_eq!(answer.header("content-language"), got, "{asked}");
        assert!(answer.header("vary").to_lowercase().contains("accept-language"));
    }
    assert_eq!(app.anonymous().get("/api/v1/nothing").await.header("content-language"), "zh-CN");
}

#[apply(api_test)]
async fn the_request_id_is_kept_when_it_is_one(app: TestApp) {
    let id = "0198f3a2-7c1e-7d4b-9a53-2f0c6b1e8d11";
    let reader = app.client("reader");
    for place in ["/api/v1/instruments?limit=1", "/api/v1/nothing", "/healthz"] {
        assert_eq!(reader.get(place).header("x-request-id", id).await.header("x-request-id"), id);
        let first = reader.get(place).header("x-request-id", "<script>").await;
        let second = reader.get(place).await;
        assert_eq!(first.header("x-request-id").len(), 36);
        assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
    }
    assert_eq!(reader.get("/api/v1/nothing").header("x-request-id", id).await.problem(404)["request_id"], id);
    let record =
        app.client("cq-agency").post("/api/v1/instruments", instrument()).header("x-request-id", id).await.expect(201);
    let history = app.client("cq-agency").get(&format!("{}/revisions/1", path("instruments", &record))).await;
    assert_eq!(history.expect(200)["request_id"], id, "it is found again in the history");
}

#[apply(api_test)]
async fn every_answer_has_the_fields_that_protect_its_reader(app: TestApp) {
    let (reader, anonymous) = (app.client("reader"), app.anonymous());
    let record = app.published("instruments", instrument()).await;
    let answers = [
        reader.get("/api/v1/instruments").await,
        anonymous.get(&path("instruments", &record)).await,
        anonymous.get("/api/v1/nothing").await,
        reader.with_token("x").get("/api/v1/instruments").await,
        reader.post("/api/v1/instruments", json!({})).await,
        anonymous.get("/healthz").await,
        anonymous.get("/readyz").await,
        anonymous.get("/openapi.json").await,
        anonymous.get("/docs/").await,
        anonymous.get("/problems/not-found").await,
        anonymous.get("/.well-known/jwks.json").await,
        anonymous.get("/").await,
        anonymous.request(Method::POST, "/oauth2/token").await,
        anonymous.request(Method::OPTIONS, "/api/v1/instruments").await,
    ];
    for answer in &answers {
        let at =
            format!("{} {}", answer.status(), String::from_utf8_lossy(&answer.bytes()[..answer.bytes().len().min(80)]));
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{at}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{at}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{at}");
        assert!(answer.has_header("cache-control"), "{at}");
        assert_eq!(answer.header("x-request-id").len(), 36, "{at}");
        assert!(!answer.has_header("server") && !answer.has_header("x-powered-by"));
        assert!(!answer.has_header("access-control-allow-origin"));
        assert!(!answer.has_header("strict-transport-security"), "TLS does not end in front of this one");
    }
    assert_eq!(answers[0].header("cache-control"), "no-store");
}

#[apply(api_test)]
async fn lists_are_compressed_and_single_records_never(app: TestApp) {
    let reader = app.client("reader");
    let record = app.published("instruments", instrument()).await;
    let get = |place: &str| reader.get(place).header("accept-encoding", "gzip, br");
    let list = get("/api/v1/instruments?limit=20").await;
    assert!(["gzip", "br"].contains(&list.header("content-encoding")), "{:?}", list.headers());
    assert!(list.header("vary").to_lowercase().contains("accept-encoding"));
    let plain = reader.get("/api/v1/instruments?limit=20").await;
    assert!(!plain.has_header("content-encoding"));
    assert!(list.bytes().len() * 2 < plain.bytes().len());
    assert!(plain.header("vary").to_lowercase().contains("accept-encoding"));
    let long = reader.get("/api/v1/changes?include=record").header("accept-encoding", "br").await;
    assert_eq!((long.status(), long.header("content-encoding")), (200, "br"));
    let agency = app.client("cq-agency");
    for (caller, place) in [
        (&reader, "/api/v1/vocabularies/disciplines"),
        (&reader, "/api/v1/vocabularies"),
        (&agency, "/api/v1/change-requests"),
        (&agency, "/api/v1/audit-events"),
    ] {
        let answer = caller.get(place).header("accept-encoding", "br").await;
        assert_eq!((answer.status(), answer.header("content-encoding")), (200, "br"), "{place}");
        assert!(answer.header("vary").to_lowercase().contains("accept-encoding"), "{place}");
    }
    for place in [
        path("instruments", &record),
        format!("{}/revisions/1", path("instruments", &record)),
        "/api/v1/instruments?limit=1&fields=code".into(),
    ] {
        let answer = get(&place).await;
        assert!(matches!(answer.status(), 200 | 404));
        assert!(!answer.has_header("content-encoding"), "{place}");
        assert!(serde_json::from_slice::<Value>(answer.bytes()).is_ok());
    }
}

#[apply(api_test)]
async fn a_merge_patch_may_be_called_json(app: TestApp) {
    let agency = app.client("cq-agency");
    for kind in chuanyu::kinds::register().kinds() {
        let draft = agency.post(&format!("/api/v1/{}", kind.name), content_of(kind.name)).await.expect(201);
        let place = path(kind.name, &draft);
        let patch = |media_type: &str, revision: i64, remarks: Value| {
            let request = agency.request(Method::PATCH, &place).header("content-type", media_type).if_match(revision);
            request.text(json!({"remarks": remarks}).to_string())
        };
        let said = patch("application/json; charset=utf-8", 1, json!("说明 note")).await.expect(200);
        assert_eq!(said["remarks"], "说明 note", "{}", kind.name);
        assert_eq!(said["name"], draft["name"], "what is not named stays");
        let gone = patch(JSON, 2, Value::Null).await.expect(200);
        assert!(gone.get("remarks").is_none(), "{}", kind.name);
    }
}
