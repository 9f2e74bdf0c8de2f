mod app;

use actix_web::body::to_bytes;
use actix_web::http::header::HeaderName;
use actix_web::test::{self, TestRequest};
use serde_json::{Value, json};

use crate::api::shell::tests::app::app;
use crate::api::shell::*;

struct Got {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        let name: HeaderName = name.parse().unwrap();
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The problem body, with what every one must have checked.
    fn problem(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/problem+json");
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(body["status"], self.status);
        assert_eq!(body["type"], format!("https://api.example.org/problems/{}", body["code"].as_str().unwrap()));
        assert_eq!(body["request_id"], self.header("x-request-id"));
        assert!(body["title"].is_string() && body["detail"].is_string() && body["instance"].is_string());
        assert!(self.header("vary").contains("Accept-Language"));
        body
    }

    fn code(&self) -> String {
        self.problem()["code"].as_str().unwrap().to_owned()
    }
}

async fn send(request: TestRequest) -> Got {
    let app = test::init_service(app()).await;
    let response = match test::try_call_service(&app, request.to_request()).await {
        Ok(response) => response.into_parts().1.map_into_boxed_body(),
        Err(error) => error.error_response(),
    };
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let Ok(body) = to_bytes(response.into_body()).await else { panic!("a body") };
    Got { status, headers, body: body.to_vec() }
}

async fn get(path: &str) -> Got {
    send(TestRequest::get().uri(path)).await
}

#[actix_web::test]
async fn every_answer_has_an_id_and_the_security_fields() {
    for path in ["/ok", "/nothing", "/invalid", "/panics", "/a%zz"] {
        let got = get(path).await;
        assert_eq!(got.header("x-request-id").parse::<Id>().unwrap().0.get_version_num(), 7, "{path}");
        assert_eq!(got.header("x-content-type-options"), "nosniff");
        assert_eq!(got.header("referrer-policy"), "no-referrer");
        assert_eq!(got.header("strict-transport-security"), "max-age=31536000");
        assert_eq!(got.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
        assert_eq!(got.header("cache-control"), "no-store");
    }
    let own = get("/own").await;
    assert_eq!(own.header("content-security-policy"), "default-src 'self'");
    assert_eq!(own.header("cache-control"), "private, no-cache");
}

#[actix_web::test]
async fn a_request_id_is_kept_when_it_is_a_uuid() {
    let given = "0198f3a2-7c1e-7d4b-9a53-2f0c6b1e8d11";
    let got = send(TestRequest::get().uri("/ok").insert_header(("x-request-id", given))).await;
    assert_eq!((got.header("x-request-id"), &got.body[..]), (given, given.as_bytes()));
    let got = send(TestRequest::get().uri("/ok").insert_header(("x-request-id", "42"))).await;
    assert_ne!(got.header("x-request-id"), "42");
}

#[actix_web::test]
async fn a_problem_shows_every_fault_in_the_readers_language() {
    let got = get("/invalid").await;
    let body = got.problem();
    assert_eq!((got.status, got.header("content-language")), (422, "zh-CN"));
    assert_eq!((&body["title"], &body["extra"]), (&json!("数据校验未通过"), &json!(7)));
    assert_eq!(body["errors"][0], json!({"pointer": "#/name/zh", "code": "required", "detail": "此项必填。"}));
    assert_eq!(body["errors"][1]["did_you_mean"], "province");
    let english = send(TestRequest::get().uri("/invalid").insert_header(("accept-language", "en"))).await;
    assert_eq!(english.header("content-language"), "en");
    assert_eq!(english.problem()["detail"], "2 fields are wrong.");
}

#[actix_web::test]
async fn our_failures_show_nothing_of_their_cause() {
    for path in ["/broken", "/panics", "/status/500"] {
        let got = get(path).await;
        assert_eq!((got.status, got.code().as_str()), (500, "internal"), "{path}");
        assert!(!String::from_utf8_lossy(&got.body).contains("secret"));
    }
    let english = send(TestRequest::get().uri("/panics").insert_header(("accept-language", "en"))).await;
    assert_eq!(english.problem()["instance"], "/panics");
    assert_eq!(english.header("content-language"), "en");
}

#[actix_web::test]
async fn errors_of_the_framework_become_problems() {
    let expected = [
        ("/nothing", 404, "unknown-path"),
        ("/ok/", 404, "unknown-path"),
        ("//ok", 404, "unknown-path"),
        ("/problems/nothing", 404, "not-found"),
        ("/a%zz", 400, "malformed-request"),
        ("/a%FF", 400, "malformed-request"),
        ("/a%00b", 400, "malformed-request"),
        ("/status/x", 404, "unknown-path"),
        ("/status/408", 408, "request-timeout"),
        ("/status/413", 413, "body-too-large"),
        ("/status/418", 400, "malformed-request"),
        ("/status/431", 431, "headers-too-large"),
        ("/status/502", 500, "internal"),
        ("/status/503", 503, "unavailable"),
    ];
    for (path, status, code) in expected {
        let got = get(path).await;
        assert_eq!((got.status, got.code().as_str()), (status, code), "{path}");
    }
    let long = get(&format!("/ok?{}", "a".repeat(20_000))).await;
    assert_eq!((long.status, long.code().as_str()), (414, "uri-too-long"));
    assert_eq!(get("/status/401").await.header("www-authenticate"), "Bearer");
}

#[actix_web::test]
async fn a_wrong_method_learns_the_right_ones() {
    let got = send(TestRequest::delete().uri("/things")).await;
    assert_eq!((got.status, got.code().as_str()), (405, "method-not-allowed"));
    assert_eq!(got.header("allow"), "POST, PATCH, OPTIONS");
    let framework = send(TestRequest::post().uri("/resource")).await;
    assert_eq!((framework.status, framework.headers.contains_key("allow")), (405, true));
    let options = send(TestRequest::default().method(Method::OPTIONS).uri("/ok")).await;
    assert_eq!((options.status, options.header("allow")), (204, "GET, HEAD, OPTIONS"));
}

#[actix_web::test]
async fn a_body_that_is_meant_as_it_is_passes_and_other_errors_of_the_token_endpoint_are_oauths() {
    let got = send(TestRequest::post().uri("/oauth2/token")).await;
    assert_eq!((got.status, got.body), (400, b"{\"error\":\"invalid_grant\"}".to_vec()));
    let got = get("/readyz").await;
    assert_eq!((got.status, got.body), (503, b"{\"status\":\"not_ready\"}".to_vec()));
    let wrong = send(TestRequest::get().uri("/oauth2/token")).await;
    assert_eq!((wrong.status, wrong.header("content-type")), (404, "application/json"));
    let body: Value = serde_json::from_slice(&wrong.body).unwrap();
    assert_eq!((&body["code"], &body["error"]), (&"unknown-path".into(), &"invalid_request".into()));
    assert!(body["title"].is_string() && body["error_description"].is_string());
}

#[actix_web::test]
async fn a_wrong_token_wins_over_a_wrong_body_in_any_order() {
    for (method, kind) in [(Method::POST, "application/json"), (Method::PATCH, "text/plain")] {
        let bad = || TestRequest::default().method(method.clone()).uri("/things").insert_header(("content-type", kind));
        let got = send(bad().set_payload("{")).await;
        assert_eq!((got.status, got.header("www-authenticate")), (401, "Bearer realm=\"register\""));
        assert_eq!(got.code(), "unauthenticated");
        let got = send(bad().set_payload("{").insert_header(("authorization", "x"))).await;
        assert!(got.status == 400 || got.status == 415, "{}", got.status);
    }
}

#[actix_web::test]
async fn a_limited_answer_says_what_is_left_and_then_refuses() {
    let app = test::init_service(app()).await;
    let call = async || test::call_service(&app, TestRequest::get().uri("/limited").to_request()).await;
    let first = call().await;
    assert_eq!(first.headers().get("ratelimit-policy").unwrap(), "\"read\";q=1;w=60");
    assert_eq!(first.headers().get("ratelimit").unwrap(), "\"read\";r=0;t=60");
    let second = call().await;
    assert_eq!(second.status(), 429);
    assert_eq!(second.headers().get("retry-after").unwrap(), "60");
    assert_eq!(second.headers().get("ratelimit").unwrap(), "\"read\";r=0;t=60");
}
