//! What the HTTP library refuses before the service is called has a full body like every error; over a bare socket.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crate::support::*;

/// The whole answer to these bytes: head and body, until the server closes the connection.
fn ask(app: &TestApp, request: &[u8]) -> (String, Value) {
    let mut socket = TcpStream::connect(app.address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // The server may answer and close before it has read everything.
    let _ = socket.write_all(request);
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no head in {answer:?}"));
    (head.to_owned(), serde_json::from_str(body).unwrap_or_else(|_| panic!("no problem in {answer:?}")))
}

fn get(address: &str) -> Vec<u8> {
    format!("GET {address} HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n").into_bytes()
}

#[apply(api_test)]
async fn what_the_http_library_refuses_is_a_problem_too(app: TestApp) {
    let long = |length: usize| format!("/api/v1/instruments?model={}", "x".repeat(length));
    for (request, status, code) in [
        (get("/api/v1/instruments?manufacturer=上海"), 400, "malformed-request"),
        (get(&long(70_000)), 400, "malformed-request"),
        (get(&long(133_000)), 431, "headers-too-large"),
        (b"no request at all\r\n\r\n".to_vec(), 400, "malformed-request"),
    ] {
        let (head, problem) = ask(&app, &request);
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
        let field = |name: &str| {
            head.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name} in {head}"))
        };
        assert_eq!(field("content-type: "), "application/problem+json");
        assert_eq!(field("connection: "), "close");
        assert_eq!((&problem["status"], &problem["code"]), (&status.into(), &code.into()));
        assert_eq!(problem["request_id"], field("x-request-id: "));
        assert!(!problem["detail"].as_str().unwrap().is_empty());
    }
    // One that the service itself can read is answered as before.
    let (head, problem) = ask(&app, &get(&long(20_000)));
    assert!(head.starts_with("HTTP/1.1 414 "), "{head}");
    assert_eq!(problem["code"], "uri-too-long");
}
