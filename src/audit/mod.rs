//! The audit log: who did what to which record, client or key, when, in which request and why (`docs/rules.md` §25).
//!
//! Every change calls [`append`] in its own transaction: `records::commit` for every revision, `auth` for refused
//! logins, clients and keys. An event is never changed and never deleted (triggers of the database refuse it) and holds
//! the hash of the one before, so that `chuanyu audit verify` finds events that were altered, removed or inserted
//! behind the service's back. Events name members and digests, never contents or secrets.
//!
//! The log's lock is always taken after the feed's and held to commit: positions are gap-free in commit order.

pub mod chain;
pub mod cli;
pub mod events;
pub mod queries;
mod readings;
pub mod verify;

pub use events::{ActorKind, BOTH, NewEvent, Subject, Version};
pub use queries::{append, ready};
