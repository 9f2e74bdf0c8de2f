//! The desk at which one change is made.
//!
//! Its methods are defined where they belong: drafts and edits in [`edit`](super::edit), what needs confirmation in
//! `agreement`. HTTP, the command line, the demo register and tests make their changes here.

use crate::db::Connection;
use crate::kind::register::{Register, Registered};
use crate::records::actor::Actor;

/// The kind and the caller of a change, and the transaction that it happens in.
pub struct Desk<'d> {
    pub register: &'static Register,
    pub kind: &'static Registered,
    pub actor: &'d Actor,
    pub conn: &'d mut Connection,
}
