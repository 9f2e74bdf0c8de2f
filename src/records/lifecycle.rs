//! The state machine: which moves are legal from a state, for this caller (`docs/rules.md` §3).
//!
//! `submitted → active` of a joint record is made by the second confirmation and by nothing else.

use crate::auth::scopes::WriteRecords;
use crate::kind::Kind;
use crate::problem::{Code, Outcome, Problem};
use crate::records::action::Action;
use crate::records::actor::Actor;
use crate::records::rows::{Head, Loaded, state};

/// A move that the caller may make now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    pub to: &'static str,
    /// The action recorded in the history.
    pub action: Action,
    pub needs_reason: bool,
    /// On a joint record it takes effect when both provinces have asked for it.
    pub needs_both: bool,
}

/// Who may make a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// The owner's clients and the trusted clients of its province.
    Owner,
    /// The trusted clients (`records:publish`) of the owner's province, on single-owner records.
    Publisher,
    /// Either side of a joint record alone; the owner of a single one.
    OneSide,
    /// Trusted clients: of both provinces, one after the other, on a joint record; of the owner's on a single one.
    Provinces,
}

/// `(from, to, action, reason needed, who)`.
const MOVES: [(&str, &str, Action, bool, Who); 15] = [
    (state::DRAFT, state::SUBMITTED, Action::Submitted, false, Who::Owner),
    (state::DRAFT, state::ACTIVE, Action::Activated, false, Who::Publisher),
    (state::DRAFT, state::WITHDRAWN, Action::Withdrawn, true, Who::Owner),
    (state::SUBMITTED, state::DRAFT, Action::Returned, true, Who::Owner),
    (state::SUBMITTED, state::ACTIVE, Action::Activated, false, Who::Publisher),
    (state::SUBMITTED, state::WITHDRAWN, Action::Withdrawn, true, Who::Owner),
    (state::ACTIVE, state::SUSPENDED, Action::Suspended, true, Who::OneSide),
    (state::SUSPENDED, state::ACTIVE, Action::Resumed, false, Who::Provinces),
    (state::ACTIVE, state::CLOSED, Action::Closed, true, Who::Provinces),
    (state::SUSPENDED, state::CLOSED, Action::Closed, true, Who::Provinces),
    (state::ACTIVE, state::WITHDRAWN, Action::Withdrawn, true, Who::Provinces),
    (state::SUSPENDED, state::WITHDRAWN, Action::Withdrawn, true, Who::Provinces),
    // Withdrawn by mistake: back to the state it had, by those who may withdraw it from there.
    (state::WITHDRAWN, state::DRAFT, Action::Reinstated, true, Who::Owner),
    (state::WITHDRAWN, state::ACTIVE, Action::Reinstated, true, Who::Provinces),
    (state::WITHDRAWN, state::SUSPENDED, Action::Reinstated, true, Who::Provinces),
];

/// The moves that are legal for this caller in the record's present state; none for a token that may not write.
pub fn legal(loaded: &Loaded, actor: &Actor) -> Vec<Move> {
    let head = &loaded.head;
    let principal = &actor.principal;
    if !principal.scopes.contains::<WriteRecords>() {
        return Vec::new();
    }
    let trusted = principal.province_wide() && head.concerns(principal.province.as_deref());
    let may = |who| match who {
        Who::Owner => actor.may_write(head).is_ok(),
        Who::Publisher => !head.joint && trusted,
        Who::OneSide => actor.may_write(head).is_ok() || actor.is_side_of(loaded),
        Who::Provinces => trusted,
    };
    let leads_back = |to: &str| head.state != state::WITHDRAWN || loaded.came_from.as_deref() == Some(to);
    MOVES
        .iter()
        .filter(|(from, to, _, _, who)| *from == head.state && leads_back(to) && may(*who))
        .map(|(_, to, action, needs_reason, who)| Move {
            to,
            action: *action,
            needs_reason: *needs_reason,
            needs_both: head.joint && *who == Who::Provinces,
        })
        .collect()
}

/// The action recorded for a move between these states, if there is one.
pub fn action(from: &str, to: &str) -> Option<Action> {
    MOVES.iter().find(|(before, after, ..)| *before == from && *after == to).map(|(_, _, action, ..)| *action)
}

/// 409 for a move that is not legal for the caller: it names the right that is missing where the record would allow the move.
pub fn refusal(kind: &Kind, loaded: &Loaded, to: &str) -> Problem {
    let head = &loaded.head;
    let leads_back = head.state != state::WITHDRAWN || loaded.came_from.as_deref() == Some(to);
    let known = MOVES.iter().find(|(from, target, ..)| *from == head.state && *target == to && leads_back);
    let needs = match known.map(|(.., who)| *who) {
        None => "none",
        Some(Who::Publisher) if head.joint => "confirmations",
        Some(Who::Publisher | Who::Provinces) => "publish",
        Some(Who::Owner | Who::OneSide) => "owner",
    };
    not_legal(kind, head, to, needs)
}

/// 409 that names the state and the move that is not possible from it.
pub fn illegal(kind: &Kind, head: &Head, to: &str) -> Problem {
    not_legal(kind, head, to, "none")
}

fn not_legal(kind: &Kind, head: &Head, to: &str, needs: &str) -> Problem {
    Problem::new(Code::IllegalTransition)
        .arg("needs", needs)
        .arg("kind", kind.singular)
        .arg("from", &head.state)
        .arg("to", to)
        .member("state", head.state.clone())
}

/// 409 for a record whose content cannot change in its state: a submitted one is under review and must be recalled
/// first; a closed one has ended.
pub fn stays_as_it_is(kind: &Kind, head: &Head, to: &str) -> Outcome<()> {
    match head.state.as_str() {
        state::SUBMITTED => Err(Problem::new(Code::TakeBackFirst).member("state", head.state.clone())),
        state::CLOSED | state::WITHDRAWN => Err(illegal(kind, head, to)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_needs_the_provinces_can_be_asked_for() {
        for (.., action, _, _) in MOVES.iter().filter(|(.., who)| *who == Who::Provinces) {
            assert!(action.asked().is_some(), "{action:?}");
        }
    }
}
