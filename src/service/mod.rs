//! The HTTP of every kind of record, written once.

pub mod agreement;
pub mod asking;
pub mod audit_events;
pub mod change_requests;
pub mod describe;
pub mod edit;
pub mod figures_proof;
pub mod history;
pub mod openapi;
pub mod read;
pub mod routes;
pub mod search;
pub mod shown;
pub mod statistics;
pub mod vocabularies;
pub mod writing;
