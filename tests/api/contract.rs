//! The published contract: it is the committed one, it follows our rules, its examples work, and the service answers
//! nothing else. Everything is driven by the document, so that a new operation is covered the day it is written.

mod access;
mod bad_requests;
mod document;
mod examples;
mod limits;
mod lint;
mod nulls;
mod punctuation;
mod sight;

use chuanyu::contract;

/// The committed document is the served one: `just openapi` regenerates it.
#[test]
fn the_committed_document_is_the_served_one() {
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json")).unwrap();
    let served = format!("{:#}\n", contract::document());
    assert!(
        committed == served,
        "openapi/openapi.json differs from what is served: run `just openapi` and review the diff"
    );
}

#[test]
fn the_document_follows_every_rule() {
    let findings = lint::lint(&contract::document());
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
}
