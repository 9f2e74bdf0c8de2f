//! The published contract: it is the committed one, it follows our rules, its examples work, and the service answers
//! nothing else. Everything is driven by the document, so that a new operation is covered the day it is written.

mod access;
mod bad_requests;
mod document;
mod examples;
mod limits;
mod lint;
mod methods;
mod nulls;
mod punctuation;
mod sight;

use chuanyu::contract;

use crate::support::*;

/// The committed document is the served one: `just openapi` regenerates it.
#[test]
fn the_committed_document_is_the_served_one() {
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json")).unwrap();
    let served = contract::text(&contract::document());
    assert!(
        committed == served,
        "openapi/openapi.json differs from what is served: run `just openapi` and review the diff"
    );
}

/// Tools look for both in the first kilobytes.
#[test]
fn the_document_begins_with_its_version_and_what_it_is_about() {
    let document = contract::document();
    let text = contract::text(&document);
    assert!(text.starts_with("{\n  \"openapi\": \"3.1.0\",\n  \"info\": {"), "{}", &text[..80]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), document, "nothing else differs");
}

#[apply(api_test)]
async fn the_operators_address_stands_in_the_document_that_is_served(engine: Engine) {
    for (contact, member) in [("register@example.org", "email"), ("https://register.example.org/help", "url")] {
        let app = TestApp::with(engine, &[("contact", contact)]).await;
        let served = app.anonymous().get("/openapi.json").await.expect(200);
        assert_eq!(served["info"]["contact"][member], contact);
    }
    let app = TestApp::start(engine).await;
    assert_eq!(app.anonymous().get("/openapi.json").await.expect(200), contract::document(), "no address is invented");
}

#[test]
fn the_document_follows_every_rule() {
    let findings = lint::lint(&contract::document());
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
}
