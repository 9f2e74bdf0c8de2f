//! The state machine: which moves are legal from a state, for this caller (`api-conventions` §3).
//!
//! `submitted → active` of a joint record is made by the second confirmation and by nothing else.

use super::model::{Head, state};
use super::write::Actor;

/// A move that the caller may make now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    pub to: &'static str,
    /// The word in the record's history.
    pub action: &'static str,
    pub needs_reason: bool,
}

/// Who may make a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// The owner's clients and the trusted clients of its province.
    Owner,
    /// The trusted clients (`records:publish`) of the owner's province, on single-owner records.
    Publisher,
    /// Either side of a joint record: owner, or trusted client of a province concerned; the owner of a single one.
    EitherSide,
}

/// `(from, to, action, reason needed, who)`.
const MOVES: [(&str, &str, &str, bool, Who); 12] = [
    (state::DRAFT, state::SUBMITTED, "submitted", false, Who::Owner),
    (state::DRAFT, state::ACTIVE, "activated", false, Who::Publisher),
    (state::DRAFT, state::WITHDRAWN, "withdrawn", true, Who::Owner),
    (state::SUBMITTED, state::DRAFT, "returned", true, Who::Owner),
    (state::SUBMITTED, state::ACTIVE, "activated", false, Who::Publisher),
    (state::SUBMITTED, state::WITHDRAWN, "withdrawn", true, Who::Owner),
    (state::ACTIVE, state::SUSPENDED, "suspended", true, Who::EitherSide),
    (state::SUSPENDED, state::ACTIVE, "resumed", false, Who::Publisher),
    (state::ACTIVE, state::CLOSED, "closed", true, Who::Publisher),
    (state::SUSPENDED, state::CLOSED, "closed", true, Who::Publisher),
    (state::ACTIVE, state::WITHDRAWN, "withdrawn", true, Who::Publisher),
    (state::SUSPENDED, state::WITHDRAWN, "withdrawn", true, Who::Publisher),
];

/// The moves that are legal for this caller in the record's present state.
pub fn legal(head: &Head, actor: &Actor) -> Vec<Move> {
    let may = |who| match who {
        Who::Owner => actor.may_write(head).is_ok(),
        Who::Publisher => {
            !head.joint
                && actor.principal.province_wide()
                && actor.principal.province.as_deref() == Some(head.province.as_str())
        }
        Who::EitherSide => {
            actor.may_write(head).is_ok()
                || (actor.principal.province_wide() && head.concerns(actor.principal.province.as_deref()))
        }
    };
    MOVES
        .iter()
        .filter(|(from, _, _, _, who)| *from == head.state && may(*who))
        .map(|(_, to, action, needs_reason, _)| Move { to, action, needs_reason: *needs_reason })
        .collect()
}
