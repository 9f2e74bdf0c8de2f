//! The steps of an introduction as data: which there are, who may make them, and what each needs (`docs/domain.md` §c).

use crate::forms::introduction::{IntroductionParty as Party, IntroductionSide as Side};
use crate::introductions::state::{ACCEPTED, ACCEPTED_ONE_SIDE, CONTRACTED, DECLINED, FAILED, FINISHED, PROPOSED};

/// Who may make a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A side that has not accepted yet.
    Awaited,
    /// Either side.
    Either,
    /// Either side; and the proposer, who takes it back.
    EitherOrProposer,
}

/// What a step needs beside its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    Nothing,
    Reason,
    /// A contract number or a project, and the day of signing.
    Contract,
    Result,
}

/// A legal step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    pub from: &'static str,
    pub to: &'static str,
    pub who: Who,
    pub needs: Needs,
}

const fn step(from: &'static str, to: &'static str, who: Who, needs: Needs) -> Step {
    Step { from, to, who, needs }
}

/// Every step that there is; whatever is not here is refused.
pub const STEPS: [Step; 9] = [
    step(PROPOSED, ACCEPTED_ONE_SIDE, Who::Awaited, Needs::Nothing),
    step(PROPOSED, DECLINED, Who::EitherOrProposer, Needs::Reason),
    step(ACCEPTED_ONE_SIDE, ACCEPTED, Who::Awaited, Needs::Nothing),
    step(ACCEPTED_ONE_SIDE, DECLINED, Who::EitherOrProposer, Needs::Reason),
    step(ACCEPTED, CONTRACTED, Who::Either, Needs::Contract),
    step(ACCEPTED, DECLINED, Who::Either, Needs::Reason),
    step(ACCEPTED, FAILED, Who::Either, Needs::Reason),
    step(CONTRACTED, FINISHED, Who::Either, Needs::Result),
    step(CONTRACTED, FAILED, Who::Either, Needs::Reason),
];

/// What of an introduction and its caller decides who may make a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// Whether the side of the demand accepted, and that of the offer.
    pub accepted: [bool; 2],
    pub proposed_by: Party,
    /// Whether the caller speaks for the side of the demand, and for that of the offer.
    pub speaks: [bool; 2],
    /// Whether the caller is its proposer: that client, its organization, or who speaks for the side that proposed it.
    pub is_proposer: bool,
}

pub const SIDES: [Side; 2] = [Side::Demand, Side::Offer];

impl From<Side> for Party {
    fn from(side: Side) -> Party {
        match side {
            Side::Demand => Party::Demand,
            Side::Offer => Party::Offer,
        }
    }
}

impl Party {
    /// As it is stored and published.
    pub fn word(self) -> &'static str {
        match self {
            Party::Demand => "demand",
            Party::Offer => "offer",
            Party::Broker => "broker",
        }
    }

    /// What is stored; the database has no other words.
    pub fn stored(word: &str) -> Party {
        match word {
            "demand" => Party::Demand,
            "offer" => Party::Offer,
            _ => Party::Broker,
        }
    }
}

impl Case {
    /// The sides for which the caller may make this step.
    pub fn sides(&self, step: &Step) -> Vec<Side> {
        let may = |place: &usize| self.speaks[*place] && (step.who != Who::Awaited || !self.accepted[*place]);
        (0..2).filter(may).map(|place| SIDES[place]).collect()
    }

    /// Whether the caller may make this step by taking its own proposal back.
    pub fn may_recall(&self, step: &Step) -> bool {
        step.who == Who::EitherOrProposer && self.is_proposer
    }

    /// The sides that have not accepted yet.
    pub fn awaited(&self) -> Vec<Side> {
        (0..2).filter(|place| !self.accepted[*place]).map(|place| SIDES[place]).collect()
    }
}

/// The step between these states, if there is one.
pub fn find(from: &str, to: &str) -> Option<&'static Step> {
    STEPS.iter().find(|step| step.from == from && step.to == to)
}

/// The steps from a state.
pub fn from(state: &str) -> impl Iterator<Item = &'static Step> {
    STEPS.iter().filter(move |step| step.from == state)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::introductions::state;

    /// `docs/domain.md` §c in other words: the states behind each, and what they ask for.
    fn reference(from: &str, to: &str) -> Option<Needs> {
        let live_before_contract = ["proposed", "accepted_one_side", "accepted"].contains(&from);
        match (from, to) {
            ("proposed", "accepted_one_side") | ("accepted_one_side", "accepted") => Some(Needs::Nothing),
            ("accepted", "contracted") => Some(Needs::Contract),
            ("contracted", "finished") => Some(Needs::Result),
            (_, "declined") if live_before_contract => Some(Needs::Reason),
            ("accepted" | "contracted", "failed") => Some(Needs::Reason),
            _ => None,
        }
    }

    /// Who may: a side gives its own word once; either ends or goes on; the proposer takes back what is not agreed on.
    fn may(from: &str, to: &str, case: &Case, side: Side) -> bool {
        let place = usize::from(side == Side::Offer);
        let word = to == "accepted_one_side" || to == "accepted";
        reference(from, to).is_some() && case.speaks[place] && !(word && case.accepted[place])
    }

    proptest! {
        #[test]
        fn the_table_and_who_may_are_what_the_design_says(
            (from, to) in (0..7usize, 0..7usize),
            accepted in any::<[bool; 2]>(),
            speaks in any::<[bool; 2]>(),
            is_proposer in any::<bool>(),
            proposer in 0..3usize,
        ) {
            let (from, to) = (state::ALL[from], state::ALL[to]);
            let proposed_by = [Party::Demand, Party::Offer, Party::Broker][proposer];
            let case = Case { accepted, proposed_by, speaks, is_proposer };
            let found = find(from, to);
            prop_assert_eq!(found.map(|step| step.needs), reference(from, to));
            let sides = found.map(|step| case.sides(step)).unwrap_or_default();
            for side in SIDES {
                prop_assert_eq!(sides.contains(&side), may(from, to, &case, side));
            }
            let recall = to == "declined" && (from == "proposed" || from == "accepted_one_side") && is_proposer;
            prop_assert_eq!(found.is_some_and(|step| case.may_recall(step)), recall);
        }
    }

    #[test]
    fn no_state_is_reached_twice_and_every_one_is_reached() {
        let reached = |state: &str| STEPS.iter().any(|step| step.to == state);
        assert!(state::ALL.into_iter().all(|state| state == PROPOSED || reached(state)));
        // The order of the states is that of time: no step leads back.
        let place = |state: &str| state::ALL.iter().position(|one| *one == state);
        assert!(STEPS.iter().all(|step| place(step.from) < place(step.to)));
        let ended = state::ALL.into_iter().filter(|state| from(state).next().is_none());
        assert_eq!(ended.collect::<Vec<_>>(), [FINISHED, DECLINED, FAILED]);
        assert!(state::LIVE.into_iter().all(|state| from(state).next().is_some()));
    }
}
