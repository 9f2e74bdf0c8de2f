//! The HTTP of every kind of record, written once.

pub mod audit_events;
pub mod change_requests;
pub mod change_requests_openapi;
pub mod history_openapi;
pub mod history_routes;
pub mod openapi;
pub mod routes;
pub mod vocabularies;
pub mod writing;
