//! What is done to a record, by the one word that history, feed (`joint_lab.submitted`) and audit log have for it.

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident $word:literal,)+) => {
        /// What is done to a record.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Action { $($(#[$doc])* $variant,)+ }

        impl Action {
            pub const ALL: &'static [Action] = &[$(Action::$variant,)+];

            /// Its word in history, feed and audit log: never changed, because partners' systems read it.
            pub const fn word(self) -> &'static str {
                match self { $(Action::$variant => $word,)+ }
            }
        }
    };
}

actions! {
    // drafts and edits
    Created "created",
    Updated "updated",
    /// An edit by the content of an earlier revision.
    Restored "restored",
    Deleted "deleted",
    ContactRedacted "contact_redacted",
    // moves between states
    Submitted "submitted",
    Returned "returned",
    Activated "activated",
    Suspended "suspended",
    Resumed "resumed",
    Closed "closed",
    Withdrawn "withdrawn",
    Reinstated "reinstated",
    // decisions on a submission
    Confirmed "confirmed",
    Declined "declined",
    /// A change request took effect.
    Changed "changed",
    // what an owner takes along
    OwnerMerged "owner_merged",
    OwnerMoved "owner_moved",
    // proposals: change requests, and moves that need both provinces
    ChangeProposed "change_proposed",
    ChangeConfirmed "change_confirmed",
    ChangeDeclined "change_declined",
    ChangeRecalled "change_recalled",
    ChangeConflicted "change_conflicted",
    MoveConfirmed "move_confirmed",
    MoveDeclined "move_declined",
    MoveRecalled "move_recalled",
    ResumptionAsked "resumed_asked",
    ClosureAsked "closed_asked",
    WithdrawalAsked "withdrawn_asked",
    ReinstatementAsked "reinstated_asked",
}

impl Action {
    /// Whether it is a step of a proposal, visible to the sides concerned only, like the proposal itself
    /// (`docs/rules.md` §18). A new action has to be sorted here: the match has no default.
    pub const fn is_of_proposal(self) -> bool {
        use Action::*;
        match self {
            ChangeProposed | ChangeConfirmed | ChangeDeclined | ChangeRecalled | ChangeConflicted | MoveConfirmed
            | MoveDeclined | MoveRecalled | ResumptionAsked | ClosureAsked | WithdrawalAsked | ReinstatementAsked => {
                true
            }
            Created | Updated | Restored | Deleted | ContactRedacted | Submitted | Returned | Activated | Suspended
            | Resumed | Closed | Withdrawn | Reinstated | Confirmed | Declined | Changed | OwnerMerged | OwnerMoved => {
                false
            }
        }
    }

    /// Asking for this move where it needs both provinces; `None` for what no province has to be asked for.
    pub const fn asked(self) -> Option<Action> {
        match self {
            Action::Resumed => Some(Action::ResumptionAsked),
            Action::Closed => Some(Action::ClosureAsked),
            Action::Withdrawn => Some(Action::WithdrawalAsked),
            Action::Reinstated => Some(Action::ReinstatementAsked),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_word_of_its_own() {
        let mut words: Vec<&str> = Action::ALL.iter().map(|action| action.word()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Action::ALL.len());
        assert!(words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
    }

    #[test]
    fn asking_for_a_move_is_a_step_of_a_proposal() {
        for asked in Action::ALL.iter().filter_map(|action| action.asked()) {
            assert!(asked.is_of_proposal(), "everybody would see {asked:?}");
        }
    }
}
