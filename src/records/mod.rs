//! How a record is kept: who makes a change, how its content is judged and resolved, and how it is committed with its
//! revision, projection, feed position and audit event.
//!
//! What differs between kinds is in their declaration ([`crate::kind::Kind`]). Only organizations are known by name, because
//! they own records and are parties.

pub mod action;
pub mod actor;
pub mod chains;
pub mod commit;
pub mod desk;
pub mod documents;
pub mod edit;
pub mod feed;
pub mod judge;
pub mod lifecycle;
pub mod loading;
pub mod merges;
pub mod official;
pub mod projection;
pub mod proposals;
pub mod rebase;
pub mod rebuild;
pub mod redact;
pub mod resolve;
pub mod rows;
pub mod searched;
pub mod sight;
pub mod targets;
pub mod trail;
