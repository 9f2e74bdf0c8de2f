//! Over a real socket: what the test harness of actix does not show.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use actix_web::middleware::Condition;
use actix_web::{App, HttpResponse, dev::ServerHandle, get, post, rt, web};

use super::*;
use crate::api::{JsonBody, PathTable, Shell, ShellSettings, fallback};

#[get("/panics")]
async fn panics() -> HttpResponse {
    panic!("on purpose")
}

#[post("/things")]
async fn create(body: JsonBody) -> HttpResponse {
    HttpResponse::Created().json(body.value)
}

fn start() -> (SocketAddr, ServerHandle) {
    let server = HttpServer::new(|| {
        let settings = ShellSettings { public_url: "http://x".into(), hsts: false, access_log: true };
        let origins = vec!["https://portal.example.org".to_owned()];
        App::new()
            .app_data(web::Data::new(PathTable::new([("/things", vec![actix_web::http::Method::POST])])))
            .service((panics, create))
            .default_service(web::to(fallback::answer))
            .wrap(Condition::new(!origins.is_empty(), cors(&origins)))
            .wrap(Shell::new(Arc::new(settings)))
    });
    let settings = ServerSettings { workers: 1, ..ServerSettings::default() };
    let server = limited(server, &settings).disable_signals().bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    let running = server.run();
    let handle = running.handle();
    rt::spawn(running);
    (address, handle)
}

/// Sends these bytes and reads one answer: to the end of its JSON, or until the server closes the connection.
async fn talk(address: SocketAddr, bytes: impl Into<Vec<u8>>) -> String {
    let bytes = bytes.into();
    let talk = move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(14))).unwrap();
        let _ = stream.write_all(&bytes);
        let (mut answer, mut buffer) = (Vec::new(), [0; 4096]);
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            answer.extend_from_slice(&buffer[..count]);
            if answer.ends_with(b"}") {
                break;
            }
        }
        String::from_utf8_lossy(&answer).into_owned()
    };
    web::block(talk).await.unwrap()
}

fn request(line: &str, fields: &str, body: &str) -> String {
    format!("{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{fields}\r\n{body}")
}

#[actix_web::test]
async fn nothing_a_client_sends_goes_unanswered_or_fails() {
    let (address, handle) = start();
    let json = "Content-Type: application/json\r\n";
    let head = talk(address, request("HEAD /nothing", "", "")).await;
    assert!(head.starts_with("HTTP/1.1 404") && head.ends_with("\r\n\r\n"), "{head}");
    assert!(head.contains("application/problem+json"));
    let panic = talk(address, request("GET /panics", "", "")).await;
    assert!(panic.starts_with("HTTP/1.1 500") && panic.contains("\"code\":\"internal\""), "{panic}");
    assert!(panic.contains("x-request-id") && !panic.contains("on purpose"));
    for line in ["CONNECT x:1", "TRACE /things", "BREW /things", "OPTIONS *", "GET http://x/things", "GET //", "GET /%"]
    {
        let answer = talk(address, request(line, "", "")).await;
        assert!(answer.starts_with("HTTP/1.1 4") && answer.contains("problem+json"), "{line}: {answer}");
    }
    let large = format!("{json}Content-Length: 2000000\r\n");
    let answer = talk(address, request("POST /things", &large, "{")).await;
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("connection: close"), "{answer}");
    let chunked = format!("{json}Transfer-Encoding: chunked\r\n");
    let answer = talk(address, request("POST /things", &chunked, "zz\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    let body = format!("100001\r\n{}\r\n0\r\n\r\n", " ".repeat(0x100001));
    let answer = talk(address, request("POST /things", &chunked, &body)).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    handle.stop(false).await;
}

#[actix_web::test]
async fn a_body_that_never_comes_is_a_timeout() {
    let (address, handle) = start();
    let fields = "Content-Type: application/json\r\nContent-Length: 10\r\n";
    let answer = talk(address, request("POST /things", fields, "{")).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("request-timeout"), "{answer}");
    handle.stop(false).await;
}

#[actix_web::test]
async fn only_the_named_origin_may_read() {
    let (address, handle) = start();
    let ours = "Origin: https://portal.example.org\r\n";
    let preflight = format!("{ours}Access-Control-Request-Method: POST\r\n");
    let answer = talk(address, request("OPTIONS /things", &preflight, "")).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("access-control-max-age: 600"), "{answer}");
    assert!(!answer.contains("access-control-allow-credentials"));
    let answer = talk(address, request("GET /nothing", ours, "")).await;
    assert!(answer.contains("access-control-allow-origin: https://portal.example.org"), "{answer}");
    assert!(answer.to_lowercase().contains("x-request-id") && answer.contains("access-control-expose-headers"));
    let other = talk(address, request("GET /nothing", "Origin: https://evil.example\r\n", "")).await;
    assert!(!other.contains("access-control-allow-origin"), "{other}");
    handle.stop(false).await;
}
