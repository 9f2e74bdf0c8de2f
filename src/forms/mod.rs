//! The published shapes of requests and answers: data and nothing else.

pub mod bodies;
pub mod change_request;
pub mod envelope;
pub mod introduction;
pub mod introduction_figures;
pub mod introduction_requests;
pub mod matching;
pub mod proposals;
pub mod signatory;
pub mod summary;
