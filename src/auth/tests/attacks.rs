//! Tokens that must not open anything (RFC 8725 §2).

use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use crate::auth::tests::{World, base64url, claims};
use crate::auth::tokens::{LEEWAY_SECONDS, MAX_LENGTH};
use crate::db::Moment;

fn with(mut object: Value, name: &str, value: impl Into<Value>) -> Value {
    object[name] = value.into();
    object
}

fn without(mut object: Value, name: &str) -> Value {
    object.as_object_mut().unwrap().remove(name);
    object
}

#[actix_web::test]
async fn a_good_token_is_let_in_first_and_again() {
    let world = World::start().await;
    let client = world.reader();
    let token = world.token(&client);
    for _ in 0..2 {
        let checked = world.access.tokens().verify(&token).unwrap();
        assert_eq!((checked.principal.client_id, checked.principal.client.as_str()), (client.id, "cq-reader"));
        assert_eq!(checked.principal.province.as_deref(), Some("500000"));
    }
    let forged = world.forge(&world.header(), &claims(&client));
    assert!(world.access.tokens().verify(&forged).is_ok(), "what the attacks below change is good in itself");
    let long_type = with(world.header(), "typ", "Application/AT+JWT");
    assert!(world.access.tokens().verify(&world.forge(&long_type, &claims(&client))).is_ok());
}

#[actix_web::test]
async fn a_header_that_says_anything_else_is_refused() {
    let world = World::start().await;
    let claims = claims(&world.reader());
    let jwk = serde_json::to_value(&world.access.keys().published().keys[0]).unwrap();
    let headers = [
        with(world.header(), "alg", "none"),
        with(world.header(), "alg", "None"),
        with(world.header(), "alg", "RS512"),
        with(world.header(), "alg", "PS256"),
        with(world.header(), "kid", "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"),
        with(world.header(), "kid", "../../etc/passwd"),
        without(world.header(), "kid"),
        with(world.header(), "jku", "https://evil.example/jwks.json"),
        with(world.header(), "jwk", jwk),
        with(world.header(), "x5u", "https://evil.example/cert.pem"),
        with(world.header(), "x5c", json!(["MIIB"])),
        with(world.header(), "crit", json!(["exp"])),
        with(world.header(), "crit", json!([])),
        with(world.header(), "zip", "DEF"),
        with(world.header(), "typ", "JWT"),
        with(world.header(), "typ", "id+jwt"),
        without(world.header(), "typ"),
        without(world.header(), "alg"),
    ];
    for header in headers {
        assert!(world.access.tokens().verify(&world.forge(&header, &claims)).is_err(), "{header}");
    }
    let twice =
        format!(r#"{{"alg":"RS256","alg":"RS256","typ":"at+jwt","kid":"{}"}}"#, world.access.keys().signer().kid);
    let token = world.forge(&serde_json::from_str(&twice).unwrap(), &claims);
    let header = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, twice);
    let twice = format!("{header}.{}", token.split_once('.').unwrap().1);
    assert!(world.access.tokens().verify(&twice).is_err(), "a repeated member");
}

#[actix_web::test]
async fn claims_of_another_time_service_or_issuer_are_refused() {
    let world = World::start().await;
    let good = claims(&world.reader());
    let now = Moment::now().seconds();
    let bad = [
        with(good.clone(), "exp", now - LEEWAY_SECONDS - 2),
        with(good.clone(), "exp", (now + 900).to_string()),
        without(good.clone(), "exp"),
        with(good.clone(), "iat", now + LEEWAY_SECONDS + 5),
        without(good.clone(), "iat"),
        with(good.clone(), "nbf", now + LEEWAY_SECONDS + 5),
        with(good.clone(), "aud", "https://other.example.org/api/v1"),
        with(good.clone(), "aud", json!(["https://other.example.org/api/v1"])),
        without(good.clone(), "aud"),
        with(good.clone(), "iss", "https://evil.example"),
        with(good.clone(), "iss", json!([crate::auth::tests::ISSUER, "https://evil.example"])),
        without(good.clone(), "iss"),
        without(good.clone(), "sub"),
        with(good.clone(), "sub", "cq-reader"),
    ];
    for claims in bad {
        assert!(world.access.tokens().verify(&world.forge(&world.header(), &claims)).is_err(), "{claims}");
    }
    let older = with(good.clone(), "scope", "records:read records:rule");
    let checked = world.access.tokens().verify(&world.forge(&world.header(), &older)).unwrap();
    assert_eq!(checked.principal.scopes.to_string(), "records:read", "a scope that went with an update allows nothing");
    let just_expired = with(good, "exp", now - 5);
    assert!(world.access.tokens().verify(&world.forge(&world.header(), &just_expired)).is_ok(), "within the leeway");
}

#[actix_web::test]
async fn a_public_key_used_as_a_shared_secret_is_refused() {
    let world = World::start().await;
    let claims = claims(&world.reader());
    let public = &world.access.keys().published().keys[0];
    let header = with(world.header(), "alg", "HS256");
    let message = format!("{}.{}", base64url(&header), base64url(&claims));
    for secret in [public.n.clone(), serde_json::to_string(public).unwrap()] {
        let key = EncodingKey::from_secret(secret.as_bytes());
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
        assert!(world.access.tokens().verify(&format!("{message}.{signature}")).is_err());
    }
}

#[actix_web::test]
async fn a_token_that_was_touched_is_refused() {
    let world = World::start().await;
    let client = world.reader();
    let token = world.token(&client);
    assert!(world.access.tokens().verify(&token).is_ok());
    let parts: Vec<&str> = token.split('.').collect();
    let (header, payload, signature) = (parts[0], parts[1], parts[2]);
    let other = base64url(&with(claims(&client), "scope", "records:read records:publish"));
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let unsigned = base64url(&with(world.header(), "alg", "none"));
    let padding = "x".repeat(MAX_LENGTH);
    let touched = [
        format!("{header}.{payload}."),
        format!("{header}.{payload}"),
        format!("{unsigned}.{payload}."),
        format!("{header}.{other}.{signature}"),
        format!("{header}.{payload}.{flipped}{}", &signature[1..]),
        format!("{header}.{payload}.{}", &signature[..signature.len() - 4]),
        format!("{token}="),
        format!("{token}.{signature}"),
        format!("{header}.{payload}.{signature}{padding}"),
        String::new(),
        "..".to_owned(),
    ];
    for token in touched {
        assert!(world.access.tokens().verify(&token).is_err(), "{}", &token[..token.len().min(80)]);
    }
}

#[actix_web::test]
async fn a_token_ends_also_when_it_is_remembered() {
    let world = World::start().await;
    let client = world.reader();
    let dying = with(claims(&client), "exp", Moment::now().seconds() - LEEWAY_SECONDS + 1);
    let token = world.forge(&world.header(), &dying);
    assert!(world.access.tokens().verify(&token).is_ok());
    actix_web::rt::time::sleep(std::time::Duration::from_millis(2100)).await;
    assert!(world.access.tokens().verify(&token).is_err());
}
