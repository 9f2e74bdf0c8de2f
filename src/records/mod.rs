//! The one pipeline that every kind of record goes through: examine, resolve, write, project, announce, audit, read.
//!
//! It names no kind: what differs between them is in their declaration ([`Kind`]).

pub mod actor;
pub mod answers;
mod audited;
mod belongings;
pub mod canonical;
pub mod chains;
pub mod change_requests;
pub mod components;
pub mod decisions;
pub mod diff;
pub mod expand;
pub mod eyes;
pub mod filters;
pub mod findings;
mod forgiveness;
mod forms;
pub mod history;
mod history_openapi;
mod history_routes;
pub mod kind;
pub mod lifecycle;
pub mod list;
pub mod model;
pub mod moves;
pub mod official;
pub mod openapi;
mod outline;
pub mod past;
pub mod projection;
pub mod proof;
pub mod proposals;
pub mod read;
pub mod rebuild;
pub mod redact;
pub mod register;
pub mod requests;
pub mod resolve;
pub mod routes;
pub mod schema;
pub mod shelf;
pub mod signatory;
pub mod store;
pub mod succession;
pub mod usage;
pub mod view;
pub mod write;
mod writing;

pub use findings::Findings;
pub use kind::{Anonymity, Content, Kind, Label, Lifecycle, Member, Owner, Ownership, Reference, Shape, Unique};
pub use register::{Register, Registered};
