//! The one pipeline that every kind of record goes through.

pub mod findings;
pub mod kind;

pub use findings::Findings;
pub use kind::{Content, Kind, Label, Lifecycle, Member, Owner, Ownership, Reference, Shape, Unique};
