//! The endpoints of the authorization server, over HTTP.

use actix_web::App;
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::test::{TestRequest, call_service, init_service, read_body, read_body_json};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::auth::limits::{FAILURES, GUESSES};
use crate::auth::scopes::{self, ConfirmRecords, ReadRecords, Scopes};
use crate::auth::secrets::Secret;
use crate::auth::tests::{ISSUER, SECRET, World};
use crate::auth::{clients, openapi, routes};

const GRANT: &str = "grant_type=client_credentials";

async fn send(world: &World, request: TestRequest) -> ServiceResponse {
    from("192.0.2.1:5000", world, request).await
}

async fn from(peer: &str, world: &World, request: TestRequest) -> ServiceResponse {
    let app = init_service(App::new().configure(|cfg| world.add_app_data(cfg)).configure(routes::configure)).await;
    call_service(&app, request.peer_addr(peer.parse().unwrap()).to_request()).await.map_into_boxed_body()
}

fn form(body: &str) -> TestRequest {
    TestRequest::post()
        .uri("/oauth2/token")
        .insert_header(("content-type", "application/x-www-form-urlencoded; charset=utf-8"))
        .set_payload(body.to_owned())
}

fn basic(body: &str, id: &str, secret: &str) -> TestRequest {
    form(body).insert_header(("authorization", format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))))
}

async fn assert_error(answer: ServiceResponse, status: u16, error: &str) {
    assert_eq!(answer.status(), status);
    assert_eq!(answer.headers().get("cache-control").unwrap(), "no-store");
    let challenged =
        answer.headers().get("www-authenticate").is_some_and(|value| value.as_bytes().starts_with(b"Basic "));
    assert_eq!(challenged, status == 401);
    let body: Value = read_body_json(answer).await;
    assert_eq!(body["error"], error, "{body}");
    let members: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["code", "error", "error_description", "title"]);
}

#[actix_web::test]
async fn credentials_give_a_token_with_what_was_asked_for() {
    let world = World::start().await;
    world.client("cq-stb", Scopes::only::<ReadRecords>().with::<ConfirmRecords>());
    let answer = send(&world, basic(&format!("{GRANT}&scope=records%3Aread"), "cq-stb", SECRET)).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers().get("cache-control").unwrap(), "no-store");
    assert_eq!(answer.headers().get("pragma").unwrap(), "no-cache");
    let body: Value = read_body_json(answer).await;
    assert_eq!(
        (&body["token_type"], &body["expires_in"], &body["scope"]),
        (&"Bearer".into(), &900.into(), &"records:read".into())
    );
    let checked = world.access.tokens().verify(body["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(checked.principal.scopes, Scopes::only::<ReadRecords>());

    let post = form(&format!("{GRANT}&client_id=cq-stb&client_secret={SECRET}&scope=&resource=ignored"));
    let body: Value = read_body_json(send(&world, post).await).await;
    assert_eq!(body["scope"], "records:read records:confirm");
}

/// Everything but letters, digits and `keep`, escaped.
fn escaped(text: &str, keep: &str) -> String {
    let escape = |c: char| match c.is_ascii_alphanumeric() || keep.contains(c) {
        true => c.to_string(),
        false => format!("%{:02X}", c as u32),
    };
    text.chars().map(escape).collect()
}

#[actix_web::test]
async fn basic_credentials_are_taken_as_they_are_and_form_encoded() {
    let world = World::start().await;
    let secrets = [
        "a b+c:d%&=ee",
        "100%25+20%2B/=pure",
        "plain-and_simple",
        "c29tZSBzZWNyZXQ+/w==",
        "%%%%%%%%%%%%zz",
        "+ + + + + + +",
    ];
    for (number, plain) in secrets.into_iter().enumerate() {
        let name = format!("cq-odd-{number}");
        let secret = Secret::given(plain.to_owned()).unwrap();
        let new = crate::auth::tests::new_client(&name, Scopes::only::<ReadRecords>());
        world.db.write_here(|conn| clients::add(conn, &new, &secret)).unwrap();
        let sent = [
            // curl -u, requests-oauthlib, Authlib
            (name.clone(), plain.to_owned()),
            // openid-client: encodeURIComponent, then also - _ . ! ~ * ' ( ), and + for a blank
            (escaped(&name, ""), escaped(plain, " ").replace(' ', "+")),
            // the form encoding of WHATWG (URLSearchParams, Java's URLEncoder)
            (name.clone(), escaped(plain, "*-._ ").replace(' ', "+")),
            // encodeURIComponent alone
            (name.clone(), escaped(plain, "-_.!~*'()")),
        ];
        for (number, (name, secret)) in sent.into_iter().enumerate() {
            // Each from another place: nothing is known there yet.
            let peer = format!("192.0.2.{}:5000", number + 10);
            assert_eq!(from(&peer, &world, basic(GRANT, &name, &secret)).await.status(), 200, "{plain} as {secret}");
            assert_eq!(from(&peer, &world, basic(GRANT, &name, &secret)).await.status(), 200, "{plain} again");
        }
        let twice = escaped(&escaped(plain, ""), "");
        if plain.contains(|c: char| !c.is_ascii_alphanumeric()) {
            assert_error(send(&world, basic(GRANT, &name, &twice)).await, 401, "invalid_client").await;
        }
    }
}

#[actix_web::test]
async fn a_secret_that_reads_two_ways_is_two_guesses() {
    let world = World::start().await;
    world.reader();
    for _ in 0..FAILURES / 2 {
        assert_eq!(send(&world, basic(GRANT, "cq-reader", "a+wrong+one")).await.status(), 401);
    }
    assert_error(send(&world, basic(GRANT, "cq-reader", "a+wrong+one")).await, 429, "temporarily_unavailable").await;
    assert_error(send(&world, basic(GRANT, "cq-reader", SECRET)).await, 429, "temporarily_unavailable").await;
}

#[actix_web::test]
async fn of_the_scopes_asked_for_a_client_gets_those_it_has_and_is_told_which() {
    let world = World::start().await;
    world.client("cq-stb", Scopes::only::<ReadRecords>().with::<ConfirmRecords>());
    let granted = async |scope: &str| {
        let answer = send(&world, basic(&format!("{GRANT}&scope={scope}"), "cq-stb", SECRET)).await;
        assert_eq!(answer.status(), 200, "{scope}");
        let body: Value = read_body_json(answer).await;
        let token = world.access.tokens().verify(body["access_token"].as_str().unwrap()).unwrap();
        assert_eq!(token.principal.scopes.to_string(), body["scope"], "{scope}");
        body["scope"].as_str().unwrap().to_owned()
    };
    let all = scopes::Scopes::all().to_string().replace(' ', "+");
    assert_eq!(granted(&all).await, "records:read records:confirm", "Postman and Bruno tick them all");
    assert_eq!(granted("records:write+records:confirm+openid+%E4%B8%AD").await, "records:confirm");
    assert_eq!(granted("++records:read++").await, "records:read");
    assert_eq!(granted("+").await, "records:read records:confirm");
    for none in ["records:write", "openid", "openid+records:write", "RECORDS:READ", "records"] {
        let answer = send(&world, basic(&format!("{GRANT}&scope={none}"), "cq-stb", SECRET)).await;
        assert_error(answer, 400, "invalid_scope").await;
    }
}

#[actix_web::test]
async fn wrong_credentials_are_invalid_client_whatever_is_wrong() {
    let world = World::start().await;
    world.reader();
    assert_error(send(&world, form(GRANT)).await, 401, "invalid_client").await;
    assert_error(send(&world, basic(GRANT, "cq-reader", "wrong")).await, 401, "invalid_client").await;
    assert_error(send(&world, basic(GRANT, "nobody", SECRET)).await, 401, "invalid_client").await;
    assert_error(send(&world, basic(GRANT, "cq-reader", &"x".repeat(5000))).await, 401, "invalid_client").await;
    let bearer = form(GRANT).insert_header(("authorization", "Bearer x"));
    assert_error(send(&world, bearer).await, 401, "invalid_client").await;
    world.db.write_here(|conn| clients::disable(conn, "cq-reader")).unwrap();
    assert_error(send(&world, basic(GRANT, "cq-reader", SECRET)).await, 401, "invalid_client").await;
}

#[actix_web::test]
async fn malformed_requests_say_what_is_wrong() {
    let world = World::start().await;
    world.reader();
    let ask = |body: &str| basic(body, "cq-reader", SECRET);
    assert_error(send(&world, ask("scope=records:read")).await, 400, "invalid_request").await;
    assert_error(send(&world, ask("grant_type=password")).await, 400, "unsupported_grant_type").await;
    assert_error(send(&world, ask(&format!("{GRANT}&scope=records:write"))).await, 400, "invalid_scope").await;
    assert_error(send(&world, ask(&format!("{GRANT}&scope=a%22b%E4%B8%AD"))).await, 400, "invalid_scope").await;
    assert_error(send(&world, ask(&format!("{GRANT}&{GRANT}"))).await, 400, "invalid_request").await;
    let both = format!("{GRANT}&client_id=cq-reader&client_secret={SECRET}");
    assert_error(send(&world, ask(&both)).await, 400, "invalid_request").await;
    assert_error(send(&world, ask(&format!("{GRANT}&client_id=other"))).await, 400, "invalid_request").await;
    assert_eq!(send(&world, ask(&format!("{GRANT}&client_id=cq-reader"))).await.status(), 200);
    let two = ask(GRANT).append_header(("authorization", "Basic eDp5"));
    assert_error(send(&world, two).await, 400, "invalid_request").await;
    assert_error(send(&world, ask(&"x".repeat(9000))).await, 413, "invalid_request").await;
    let json = ask("{}").insert_header(("content-type", "application/json"));
    assert_error(send(&world, json).await, 415, "invalid_request").await;
    let get = send(&world, TestRequest::get().uri("/oauth2/token")).await;
    assert_eq!(get.headers().get("allow").unwrap(), "POST, OPTIONS");
    assert_error(get, 405, "invalid_request").await;
}

#[actix_web::test]
async fn failed_logins_are_limited_per_client_and_address() {
    let world = World::start().await;
    world.reader();
    world.client("cq-other", Scopes::only::<ReadRecords>());
    for _ in 0..FAILURES {
        assert_eq!(send(&world, basic(GRANT, "cq-reader", "a wrong one")).await.status(), 401);
    }
    let limited = send(&world, basic(GRANT, "cq-reader", SECRET)).await;
    let wait: u64 = limited.headers().get("retry-after").unwrap().to_str().unwrap().parse().unwrap();
    assert!((1..=61).contains(&wait));
    assert_error(limited, 429, "temporarily_unavailable").await;
    assert_eq!(send(&world, basic(GRANT, "cq-other", SECRET)).await.status(), 200, "others are not punished");
    let elsewhere = from("192.0.2.2:5000", &world, basic(GRANT, "cq-reader", SECRET)).await;
    assert_eq!(elsewhere.status(), 200, "nor is it elsewhere");
}

#[actix_web::test]
async fn where_an_address_guesses_names_its_guesses_are_refused_and_its_clients_are_not() {
    let world = World::start().await;
    world.reader();
    world.client("cq-other", Scopes::only::<ReadRecords>());
    let mut statuses = Vec::new();
    for guess in 0..FAILURES + 3 {
        statuses.push(send(&world, basic(GRANT, &format!("guess-{guess}"), "a wrong one")).await.status().as_u16());
    }
    let (heard, refused) = statuses.split_at(FAILURES as usize);
    assert!(heard.iter().all(|status| *status == 401) && refused.iter().all(|status| *status == 429), "{statuses:?}");
    assert_eq!(send(&world, basic(GRANT, "cq-reader", SECRET)).await.status(), 200);
    assert_eq!(send(&world, basic(GRANT, "cq-other", "a wrong one")).await.status(), 401, "heard, and wrong");
}

#[actix_web::test]
async fn a_client_that_signed_in_lately_is_never_held_whoever_guesses_in_its_name() {
    let world = World::start().await;
    world.reader();
    assert_eq!(send(&world, basic(GRANT, "cq-reader", SECRET)).await.status(), 200);
    for _ in 0..FAILURES {
        assert_eq!(send(&world, basic(GRANT, "cq-reader", "a wrong one")).await.status(), 401);
    }
    assert_eq!(send(&world, basic(GRANT, "cq-reader", "a wrong one")).await.status(), 429);
    for _ in 0..3 {
        assert_eq!(send(&world, basic(GRANT, "cq-reader", SECRET)).await.status(), 200);
    }
    world.db.write_here(|conn| clients::disable(conn, "cq-reader")).unwrap();
    assert_eq!(send(&world, basic(GRANT, "cq-reader", SECRET)).await.status(), 401, "unless it was disabled");
    world.db.write_here(|conn| clients::enable(conn, "cq-reader")).unwrap();
    let new = Secret::random().unwrap();
    world.db.write_here(|conn| clients::rotate_secret(conn, "cq-reader", 0, &new)).unwrap();
    let old = from("192.0.2.2:5000", &world, basic(GRANT, "cq-reader", SECRET)).await;
    assert_eq!(old.status(), 401, "or its secret has ended");
}

#[actix_web::test]
async fn who_guesses_from_another_address_learns_nothing_past_the_limit() {
    let world = World::start().await;
    world.reader();
    assert_eq!(send(&world, basic(GRANT, "cq-reader", SECRET)).await.status(), 200);
    for _ in 0..FAILURES {
        let guess = from("192.0.2.2:5000", &world, basic(GRANT, "cq-reader", "a wrong one")).await;
        assert_eq!(guess.status(), 401);
    }
    for secret in ["a wrong one", SECRET] {
        let held = from("192.0.2.2:5000", &world, basic(GRANT, "cq-reader", secret)).await;
        assert_error(held, 429, "temporarily_unavailable").await;
    }
    assert_eq!(send(&world, basic(GRANT, "cq-reader", SECRET)).await.status(), 200, "where it signed in");
}

#[actix_web::test]
async fn who_guesses_beside_a_client_learns_nothing_past_a_greater_limit() {
    let world = World::start().await;
    world.reader();
    assert_eq!(send(&world, basic(GRANT, "cq-reader", SECRET)).await.status(), 200);
    for guess in 1..=GUESSES {
        let answer = send(&world, basic(GRANT, "cq-reader", "a wrong one")).await.status();
        assert_eq!(answer, if guess <= FAILURES { 401 } else { 429 });
    }
    assert_eq!(send(&world, basic(GRANT, "cq-reader", SECRET)).await.status(), 429);
    let elsewhere = from("192.0.2.2:5000", &world, basic(GRANT, "cq-reader", SECRET)).await;
    assert_eq!(elsewhere.status(), 200, "nor does that keep it out elsewhere");
}

#[actix_web::test]
async fn keys_and_metadata_are_public_and_cacheable() {
    let world = World::start().await;
    let answer = send(&world, TestRequest::get().uri("/.well-known/jwks.json")).await;
    assert_eq!(answer.headers().get("cache-control").unwrap(), "public, max-age=300");
    let set: Value = read_body_json(answer).await;
    assert_eq!(set["keys"][0]["kid"], world.access.keys().signer().kid);
    let members: Vec<&String> = set["keys"][0].as_object().unwrap().keys().collect();
    assert_eq!(members.len(), 6, "no private part: {members:?}");
    let answer = send(&world, TestRequest::get().uri("/.well-known/oauth-authorization-server")).await;
    let metadata: Value = read_body_json(answer).await;
    assert_eq!(metadata["issuer"], ISSUER);
    assert_eq!(metadata["token_endpoint"], format!("{ISSUER}/oauth2/token"));
    assert_eq!(metadata["scopes_supported"].as_array().unwrap().len(), scopes::ALL.len());
    let head = send(&world, TestRequest::default().method(Method::HEAD).uri("/.well-known/jwks.json")).await;
    assert_eq!(head.status(), 200);
    drop(read_body(head).await);
}

#[test]
fn the_document_describes_every_endpoint() {
    use utoipa::OpenApi;
    let document = serde_json::to_value(openapi::Document::openapi()).unwrap();
    let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(
        paths,
        [
            "/.well-known/jwks.json",
            "/.well-known/oauth-authorization-server",
            "/.well-known/proof-keys.json",
            "/oauth2/token"
        ]
    );
    let token = &document["paths"]["/oauth2/token"]["post"];
    assert_eq!(token["summary"], "取得访问令牌 / Get an access token");
    assert!(token["requestBody"]["content"]["application/x-www-form-urlencoded"].is_object());
    let schemes = serde_json::to_value(openapi::security_schemes().map(|(_, scheme)| scheme)).unwrap();
    assert_eq!(schemes[0]["flows"]["clientCredentials"]["tokenUrl"], "/oauth2/token");
}
