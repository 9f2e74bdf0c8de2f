//! The service as partners meet it: the real application behind a real socket, each test on a database of its own, once
//! on SQLite and once on PostgreSQL.
//!
//! ```ignore
//! #[apply(api_test)]
//! async fn an_unknown_record_is_not_found(app: TestApp) {
//!     let answer = app.anonymous().get("/api/v1/projects/PRJ-2026-999999-0").await;
//!     assert_eq!(answer.problem(404).code(), "not-found");
//! }
//! ```
//!
//! `./scripts/test --quick` starts a PostgreSQL and runs them; without one they fail and say so.
#![cfg(test)]

#[macro_use]
mod support;

mod access;
mod achievements;
mod audit;
mod audit_damage;
mod chains;
mod change_requests;
mod codes;
mod contract;
mod craft;
mod databases;
mod differences;
mod divisions;
mod eyes;
mod faults;
mod feed;
mod figures;
mod figures_of_the_past;
mod forms;
mod idempotency;
mod identifiers;
mod introductions;
mod jobs;
mod law;
mod lists;
mod matching;
mod merging;
mod moving;
mod outages;
mod pairing;
mod parties;
mod past;
mod policies;
mod progress;
mod projects;
mod proofs;
mod races;
mod reasons;
mod reconciliation;
mod records;
mod redact;
mod refusals;
mod restores;
mod search;
mod shelf;
mod smoke;
mod states;
mod statistics;
mod succession;
mod two_lists;
mod visibility;
mod withdrawals;
mod words;
