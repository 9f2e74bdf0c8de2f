//! What every endpoint shares: problems, languages, reading a request strictly, conditions, idempotency, limits.
//!
//! [`Shell`] is wrapped around the whole application. Handlers read a request with
//! [`JsonBody`], [`MergePatch`], [`Query`], [`IfMatch`] and [`Idempotency`], and answer an [`Answer`] or a
//! [`Problem`](crate::problem::Problem).

pub mod answer;
pub mod body;
pub mod chunks;
pub mod coding;
pub mod compression;
pub mod conditional;
pub mod cors;
pub mod fallback;
mod headers;
pub mod idempotency;
pub mod language;
pub mod oauth;
pub mod openapi;
pub mod pages;
pub mod paging;
pub mod prepared;
pub mod query;
pub mod rate;
mod record_ref;
pub mod render;
pub mod restores;
mod safety;
pub mod shell;
pub mod strict_json;

pub use crate::language::Language;
pub use answer::Answer;
pub use body::{JsonBody, MergePatch};
pub use chunks::Chunks;
pub use compression::compressed;
pub use conditional::IfMatch;
pub use fallback::PathTable;
pub use idempotency::{Idempotency, InFlight};
pub use query::Query;
pub use rate::{Limiter, RateState};
pub use record_ref::RecordRef;
pub use restores::Restores;
pub use safety::LONGEST_FIELD;
pub use shell::{ClientName, RequestId, Shell, ShellSettings};
