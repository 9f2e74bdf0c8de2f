//! Moves between states (`docs/rules.md` §3).
//!
//! A submission becomes official when every province concerned confirmed its digest. An official joint record resumes,
//! closes or is withdrawn when both provinces agreed: the first request opens a proposal, and counts as its province's
//! confirmation when the client may confirm; the other province makes exactly the same request, or confirms or declines
//! the proposal.

use crate::agreement::decisions::{self, Decided};
use crate::agreement::succession;
use crate::auth::scopes::ConfirmRecords;
use crate::db::Connection;
use crate::forms::change_request::Usage;
use crate::kind::{Kind, Owner};
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::records::commit::{self, Saved, Step};
use crate::records::desk::Desk;
use crate::records::lifecycle::{self, Move};
use crate::records::rows::Succession;
use crate::records::rows::{Head, Loaded, purpose, state};
use crate::records::{official, proposals};

/// A requested move.
#[derive(Debug, Clone, Default)]
pub struct Wish<'a> {
    pub to: &'a str,
    pub reason: Option<&'a str>,
    /// What takes the place of a record that is withdrawn.
    pub succession: Option<Succession>,
}

impl Desk<'_> {
    /// Moves a record to another state, by the table of [`lifecycle`].
    pub fn move_to(&mut self, loaded: Loaded, wish: Wish) -> Outcome<Saved> {
        let Desk { kind, actor, .. } = *self;
        let Wish { to, reason, succession } = wish;
        let (head, content) = (&loaded.head, &loaded.content);
        let legal = lifecycle::legal(&loaded, actor);
        let Some(step) = legal.iter().find(|step| step.to == to) else {
            // A caller without any right to the record gets the reason.
            let of_a_side = actor.principal.province_wide() && head.concerns(actor.principal.province.as_deref());
            if legal.is_empty() && !of_a_side {
                actor.may_write(head)?;
            }
            let legal: Vec<&str> = legal.iter().map(|step| step.to).collect();
            return Err(lifecycle::refusal(kind, &loaded, to).member("legal", legal));
        };
        if step.needs_reason && reason.is_none_or(|reason| reason.trim().is_empty()) {
            return Err(Problem::invalid(vec![
                Fault::at("/reason", "required-here").arg("because", format!("record-states={to}")),
            ]));
        }
        if succession.is_some() && (to != state::WITHDRAWN || head.published_at.is_none()) {
            return Err(Problem::invalid(vec![Fault::at("", "succession-of-withdrawn")]));
        }
        if matches!(to, state::SUBMITTED | state::ACTIVE) && head.published_at.is_none() {
            self.check_ready(head, content)?;
            if head.state == state::DRAFT {
                self.claim(head, content)?;
            }
        }
        if step.needs_both || needs_second(kind, &loaded, to, succession.as_ref(), self.conn)? {
            return self.agree(loaded, step, Wish { to, reason, succession });
        }
        let Loaded { mut head, content, .. } = loaded;
        head.state_reason = reason.map(str::to_owned);
        self.enter(&mut head, to, succession)?;
        let step = Step { action: step.action, reason };
        self.commit_standing(&mut head, &content, step)
    }

    /// What entering a state sets on a record, and what leaving the previous one ends.
    pub fn enter(&mut self, head: &mut Head, to: &str, succession: Option<Succession>) -> Outcome<()> {
        let Desk { actor, .. } = *self;
        let from = std::mem::replace(&mut head.state, to.to_owned());
        let reason = head.state_reason.clone();
        if from == state::WITHDRAWN {
            // The reason for bringing it back is in its history; `state_reason` is again that of its suspension or return.
            head.state_reason = official::reason_to_come_back(head.id, to, self.conn)?;
            self.bring_back(head)?;
        }
        if from != state::DRAFT {
            proposals::follow_state(head, &from, actor, reason.as_deref(), self.conn)?;
        }
        match to {
            state::DRAFT => commit::release(head.id, self.conn)?,
            state::SUBMITTED => {
                head.submission = Some(head.revision + 1);
                head.submitted_by = Some(actor.principal.client_id);
                let mut submission =
                    proposals::draw(head, actor, purpose::SUBMISSION, head.digest.clone(), &head.provinces());
                submission.reason = reason;
                proposals::open(&submission, self.conn)?;
            }
            state::ACTIVE => head.published_at = head.published_at.or(Some(actor.at)),
            state::WITHDRAWN => {
                head.withdrawn_at = Some(actor.at);
                self.release(head, succession)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// A province requests a move that needs both: the first request opens a proposal, the same request by the other
    /// province confirms it. Where one side needs two clients, the second client's request does.
    fn agree(&mut self, loaded: Loaded, step: &Move, wish: Wish) -> Outcome<Saved> {
        let actor = self.actor;
        let province = actor.province()?;
        // A client that may confirm confirms by asking; any other only opens the proposal.
        let speaks = actor.principal.scopes.contains::<ConfirmRecords>();
        let same = proposals::open_on(loaded.head.id, self.conn)?
            .into_iter()
            .find(|one| one.to_state.as_deref() == Some(wish.to));
        let word = |digest: &str| Decided {
            word: "confirm",
            digest: digest.to_owned(),
            reason: wish.reason.map(str::to_owned),
            ..Decided::default()
        };
        if let Some(proposal) = same {
            if !proposal.awaited().contains(&province) {
                return Err(Problem::new(Code::AlreadyConfirmed).arg("province", province));
            }
            // Another reason or successor makes it another request: the waiting one must be read and confirmed by its
            // digest.
            let is_same = Succession::of(&proposal) == wish.succession && proposal.reason.as_deref() == wish.reason;
            if !is_same || !speaks {
                return Err(proposals::waits(proposal.id));
            }
            let decided = word(&proposal.digest);
            return self.decide(loaded, proposal, decided);
        }
        if let Some(succession) = &wish.succession {
            succession.check(self, &loaded.head)?;
        }
        let Loaded { mut head, content, .. } = loaded;
        let mut proposal = proposals::draw(&head, actor, purpose::MOVE, String::new(), &head.provinces());
        proposal.to_state = Some(wish.to.to_owned());
        proposal.reason = wish.reason.map(str::to_owned);
        (proposal.successor_id, proposal.merges) =
            wish.succession.map_or((None, false), |one| (Some(one.id), one.merged));
        proposal.digest = proposals::digest_of_move(&proposal, &head.digest)?;
        if speaks && head.joint {
            let others: Vec<&str> = head.provinces().into_iter().filter(|one| *one != province).collect();
            proposal.await_word_of(&others);
            decisions::keep(&head, &proposal, actor, &word(&proposal.digest), self.conn)?;
        }
        proposals::open(&proposal, self.conn)?;
        let asked =
            step.action.asked().ok_or_else(|| Problem::internal(format!("{:?} is not asked for", step.action)))?;
        let step = Step { action: asked, reason: wish.reason };
        self.commit_standing(&mut head, &content, step)
    }
}

/// Whether a move of a single-owner record needs a second client of its side: an organization in use is withdrawn by
/// two clients, and one that was withdrawn by two is brought back by two.
fn needs_second(
    kind: &Kind,
    Loaded { head, content, .. }: &Loaded,
    to: &str,
    succession: Option<&Succession>,
    conn: &mut Connection,
) -> Outcome<bool> {
    if head.joint || head.published_at.is_none() || !matches!(kind.owner(content), Owner::Itself(_)) {
        return Ok(false);
    }
    match (head.state.as_str(), to) {
        (_, state::WITHDRAWN) => {
            // Waits for transactions that are adding references to it, so that these are counted.
            succession::hold(head, succession, conn)?;
            Ok(Usage::of(head.id, conn)?.is_used())
        }
        (state::WITHDRAWN, _) => proposals::was_agreed(head, conn),
        _ => Ok(false),
    }
}
