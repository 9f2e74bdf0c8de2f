//! The published contract: it is the committed one, it follows our rules, its examples work, and the service answers
//! nothing else. Everything is driven by the document, so that a new operation is covered the day it is written.

mod access;
mod bad_requests;
pub mod document;
mod examples;
mod limits;
mod lint;
mod methods;
mod nulls;
mod patterns;
mod punctuation;
mod served;
mod sight;

use chuanyu::contract;
use serde_json::Value;

use crate::support::*;

/// The committed document is the served one: `just openapi` regenerates it.
#[test]
fn the_committed_document_is_the_served_one() {
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json")).unwrap();
    let served = contract::published(None);
    assert!(
        committed == served,
        "openapi/openapi.json differs from what is served: run `just openapi` and review the diff"
    );
}

/// Tools look for both in the first kilobytes.
#[test]
fn the_document_begins_with_its_version_and_what_it_is_about() {
    let text = contract::published(None);
    assert!(text.starts_with("{\n\"openapi\":\"3.1.0\",\n\"info\":{"), "{}", &text[..80]);
}

#[apply(api_test)]
async fn the_operators_address_stands_in_the_document_that_is_served(engine: Engine) {
    for (contact, member) in [("register@example.org", "email"), ("https://register.example.org/help", "url")] {
        let app = TestApp::with(engine, &[("contact", contact)]).await;
        let served = app.anonymous().get("/openapi.json").await.expect(200);
        assert_eq!(served["info"]["contact"][member], contact);
    }
    let app = TestApp::start(engine).await;
    let served = app.anonymous().get("/openapi.json").await.expect(200);
    assert_eq!(served["info"]["contact"], contract::document()["info"]["contact"], "no address is invented");
}

/// Resolving the references yields the whole document again.
#[test]
fn nothing_is_lost_where_the_published_document_refers() {
    let whole = contract::document();
    let published: Value = serde_json::from_str(&contract::published(None)).unwrap();
    let mut again = in_full(&published, &published, &whole);
    let components = again["components"].as_object_mut().unwrap();
    for (sort, members) in components.iter_mut() {
        let known = whole["components"][sort].as_object();
        members.as_object_mut().unwrap().retain(|name, _| known.is_some_and(|known| known.contains_key(name)));
    }
    components.retain(|_, members| !members.as_object().unwrap().is_empty());
    for (path, operations) in whole["paths"].as_object().unwrap() {
        assert_eq!(&again["paths"][path], operations, "{path}");
    }
    assert_eq!(again, whole);
}

/// A value of the published document, with what only its components have back where it is referred to.
fn in_full(value: &Value, published: &Value, whole: &Value) -> Value {
    let pointer = value["$ref"].as_str().map(|path| path.trim_start_matches('#'));
    if let Some(pointer) = pointer.filter(|pointer| whole.pointer(pointer).is_none()) {
        let target = published.pointer(pointer).unwrap_or_else(|| panic!("{pointer} leads nowhere"));
        return in_full(target, published, whole);
    }
    match value {
        Value::Object(members) => {
            members.iter().map(|(name, member)| (name.clone(), in_full(member, published, whole))).collect()
        }
        Value::Array(items) => items.iter().map(|item| in_full(item, published, whole)).collect(),
        other => other.clone(),
    }
}

/// Partners' tools make names of them, so that they must not change with what comes beside them.
#[test]
fn shared_parts_have_names_that_say_what_they_are() {
    let whole = contract::document();
    let published: Value = serde_json::from_str(&contract::published(None)).unwrap();
    for (sort, name) in [
        ("parameters", "Limit"),
        ("parameters", "IfMatch"),
        ("parameters", "IdempotencyKey"),
        ("parameters", "JointLabsRef"),
        ("responses", "NotModified"),
        ("responses", "TransitionList"),
        ("requestBodies", "TransitionRequest"),
        ("schemas", "DayFilter"),
        ("schemas", "ReferencesFilter"),
    ] {
        assert!(whole["components"][sort].get(name).is_none(), "{sort}/{name} is not made by sharing");
        assert!(published["components"][sort].get(name).is_some(), "{sort}/{name}");
    }
    for (sort, parts) in published["components"].as_object().unwrap() {
        let new = parts.as_object().unwrap().keys().filter(|name| whole["components"][sort].get(name).is_none());
        for name in new {
            let is_plain = name.starts_with(|letter: char| letter.is_ascii_uppercase())
                && name.chars().all(|letter| letter.is_ascii_alphabetic());
            assert!(is_plain, "{sort}/{name}");
        }
    }
}

#[test]
fn the_document_follows_every_rule() {
    let findings = lint::lint(&contract::document());
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
}
