//! What readers ask for: one record, lists, history, the state of a past day, proofs.

pub mod answers;
pub mod cache;
pub mod expand;
mod fields;
pub mod figures;
mod filled;
pub mod filters;
pub mod find;
pub mod history;
pub mod list;
pub mod namesakes;
pub mod pages;
pub mod past;
pub mod proof;
pub mod search;
pub mod selection;
pub mod settled;
pub mod statistics;
