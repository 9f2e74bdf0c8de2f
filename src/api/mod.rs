//! What every endpoint shares: problems, languages, paging, conditions, idempotency.

pub mod language;
pub mod problem;
pub mod render;

pub use language::Language;
pub use problem::{Code, Fault, Outcome, Place, Problem};
