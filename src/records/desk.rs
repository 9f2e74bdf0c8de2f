//! The desk at which one change is made.
//!
//! What can be done at it is written where it belongs: drafts and edits in [`edit`](super::edit), what needs the provinces
//! in `agreement`. HTTP, the command line, the demo register and tests all make their changes here.

use crate::db::Connection;
use crate::kind::register::{Register, Registered};
use crate::records::actor::Actor;

/// Who changes records of which kind, in one transaction.
pub struct Desk<'d> {
    pub register: &'static Register,
    pub kind: &'static Registered,
    pub actor: &'d Actor,
    pub conn: &'d mut Connection,
}

impl Desk<'_> {
    /// The same actor and transaction at the desk of another kind.
    pub fn of_kind(&mut self, kind: &'static Registered) -> Desk<'_> {
        Desk { register: self.register, kind, actor: self.actor, conn: self.conn }
    }
}
