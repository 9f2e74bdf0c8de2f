//! The database layer: one set of queries for SQLite (embedded) and PostgreSQL (production). It knows no domain word.

mod clock;
pub mod connection;
mod failures;
pub mod gather;
mod group;
mod kept;
pub mod migrate;
pub mod pool;
pub mod postgres;
pub mod schema;
pub mod sql;
pub mod stored;
mod threads;
pub mod together;
pub mod types;

pub use connection::{AnyConnection as Connection, MultiBackend, Target};
pub use pool::{Db, PoolSettings};
pub use sql::{Cell, Lock, Sql};
pub use stored::{Stored, StoredText};
pub use together::Together;
pub use types::{Id, Instant, Moment, Uid, Word};
