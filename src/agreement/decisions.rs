//! The provinces' decisions on what waits for them: submissions, changes and moves alike (`docs/rules.md` §3).
//!
//! A province confirms only for itself, once, exactly the digest that it read, and never through a client that worked
//! on the content ([`eyes`](crate::agreement::eyes)). When the last one has confirmed, the proposal takes effect in the
//! same transaction.

use diesel::prelude::*;

use crate::agreement::changes::Prospect;
use crate::agreement::eyes::Eyes;
use crate::db::Connection;
use crate::db::schema::confirmations;
use crate::forms::bodies::ConfirmationRequest;
use crate::forms::signatory::Signatory;
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::records::action::Action;
use crate::records::actor::Actor;
use crate::records::commit::{self, Saved, Step};
use crate::records::desk::Desk;
use crate::records::lifecycle::{self, illegal};
use crate::records::proposals;
use crate::records::rows::Succession;
use crate::records::rows::{Confirmation, Head, Loaded, Proposal, outcome, purpose, state};

/// A province's decision, checked.
#[derive(Clone, Default)]
pub struct Decided {
    /// `confirm` or `decline`.
    pub word: &'static str,
    pub digest: String,
    pub signatory: Option<Signatory>,
    pub reason: Option<String>,
}

impl Desk<'_> {
    /// Records a province's decision on the submission of a record.
    pub fn decide_submission(&mut self, loaded: Loaded, decided: Decided) -> Outcome<Saved> {
        let Desk { actor, .. } = *self;
        let head = &loaded.head;
        let province = actor.province()?;
        if !head.concerns(Some(province)) {
            return Err(Problem::new(Code::OtherProvince).arg("province", &head.province));
        }
        let waiting =
            proposals::open_on(head.id, self.conn)?.into_iter().find(|one| one.purpose == purpose::SUBMISSION);
        let Some(submission) = waiting else {
            return Err(nothing_waits(head));
        };
        self.decide(loaded, submission, decided)
    }

    /// Records a province's decision on a proposal; the last confirmation puts it into effect.
    pub fn decide(&mut self, loaded: Loaded, mut proposal: Proposal, decided: Decided) -> Outcome<Saved> {
        let actor = self.actor;
        self.check_decision(&loaded.head, &proposal, &decided)?;
        let prospect = match decided.word {
            "confirm" => match self.check_still_right(&loaded, &proposal) {
                // An impossible change is settled: it must not stay open.
                Err(why) if proposal.purpose == purpose::CHANGE && why.is_refusal() => {
                    return Err(self.give_up(loaded, proposal, &why)?);
                }
                prospect => prospect?,
            },
            _ => None,
        };
        let province = actor.province()?;
        let rest: Vec<&str> = proposal.awaited().into_iter().filter(|one| *one != province).collect();
        let completes = decided.word == "confirm" && rest.is_empty();
        keep(&loaded.head, &proposal, actor, &decided, self.conn)?;
        if completes && let Some(prospect) = prospect {
            return self.apply(loaded, proposal, prospect);
        }
        let Loaded { mut head, content, parties, came_from } = loaded;
        proposal.await_word_of(&rest);
        let action = action(&proposal, decided.word);
        let reason = decided.reason.as_deref();
        if decided.word == "decline" {
            if proposal.purpose == purpose::SUBMISSION {
                head.state = state::DRAFT.to_owned();
                head.state_reason = decided.reason.clone();
                commit::release(head.id, self.conn)?;
            }
            proposals::settle(proposal, outcome::DECLINED, reason, actor.at, self.conn)?;
        } else if completes {
            return self.take_effect(Loaded { head, content, parties, came_from }, proposal);
        } else {
            proposals::save(&proposal, self.conn)?;
        }
        self.commit_standing(&mut head, &content, Step { action, reason })
    }

    /// Puts a submission or move into effect that all provinces concerned have confirmed.
    fn take_effect(&mut self, loaded: Loaded, proposal: Proposal) -> Outcome<Saved> {
        let Desk { kind, actor, .. } = *self;
        let Loaded { mut head, content, .. } = loaded;
        let to = proposal.to_state.clone().unwrap_or_else(|| state::ACTIVE.to_owned());
        let action = lifecycle::action(&head.state, &to).ok_or_else(|| illegal(kind, &head, &to))?;
        let reason = proposal.reason.clone();
        // A submission's reason belongs to the submission; an active record has none.
        head.state_reason = reason.clone().filter(|_| proposal.purpose == purpose::MOVE);
        let succession = Succession::of(&proposal);
        proposals::settle(proposal, outcome::ACCEPTED, None, actor.at, self.conn)?;
        self.enter(&mut head, &to, succession)?;
        let step = Step { action, reason: reason.as_deref() };
        self.commit_standing(&mut head, &content, step)
    }

    /// Judges the proposal again before it is confirmed: a party may have ended since, rules may be stricter, the record
    /// may have changed. Returns what a change results in.
    fn check_still_right(&mut self, loaded: &Loaded, proposal: &Proposal) -> Outcome<Option<Prospect>> {
        match proposal.purpose.as_str() {
            purpose::SUBMISSION => self.check_ready(&loaded.head, &loaded.content).map(|()| None),
            purpose::CHANGE => self.foresee(loaded, proposal).map(Some),
            _ => Ok(None), // a move leaves the content as it is
        }
    }

    /// Checks that this caller may decide now, on exactly this digest.
    fn check_decision(&mut self, head: &Head, proposal: &Proposal, decided: &Decided) -> Outcome<()> {
        let Desk { kind, actor, .. } = *self;
        let province = actor.province()?;
        if !proposal.is_open() {
            return Err(nothing_waits(head).member("change_request", proposals::href(proposal.id)));
        }
        let made = commit::decisions_on(proposal.record_id, proposal.number, self.conn)?;
        let earlier = made.iter().find(|one| one.province == province);
        if earlier.is_none() && !proposal.awaited().contains(&province) {
            return Err(Problem::new(Code::OtherProvince).arg("province", &head.province));
        }
        Eyes::on(kind, head, proposal, self.conn)?.allow(actor.principal.client_id, actor.principal.org)?;
        if decided.digest != proposal.digest {
            return Err(Problem::new(Code::DigestMismatch).member("current_digest", proposal.digest.clone()));
        }
        if let Some(earlier) = earlier {
            let problem = Problem::new(Code::AlreadyConfirmed).arg("province", province);
            return Err(problem.member("decision", earlier.decision.clone()));
        }
        Ok(())
    }
}

/// The action recorded in the history.
fn action(proposal: &Proposal, word: &str) -> Action {
    match (proposal.purpose.as_str(), word) {
        (purpose::CHANGE, "confirm") => Action::ChangeConfirmed,
        (purpose::CHANGE, _) => Action::ChangeDeclined,
        (purpose::MOVE, "confirm") => Action::MoveConfirmed,
        (purpose::MOVE, _) => Action::MoveDeclined,
        (_, "confirm") => Action::Confirmed,
        _ => Action::Declined,
    }
}

fn nothing_waits(head: &Head) -> Problem {
    Problem::new(Code::NotAwaitingConfirmation).arg("state", &head.state).member("state", head.state.clone())
}

/// Stores the decision, for good.
pub fn keep(head: &Head, proposal: &Proposal, actor: &Actor, decided: &Decided, conn: &mut Connection) -> Outcome<()> {
    let (zh, en, id) = match decided.signatory.clone() {
        Some(one) => (Some(one.zh), one.en, one.org_id),
        None => (None, None, None),
    };
    let row = Confirmation {
        record_id: head.id,
        submission: proposal.number,
        province: actor.province()?.to_owned(),
        decision: decided.word.to_owned(),
        digest: proposal.digest.clone(),
        revision: head.revision + 1,
        client_id: actor.principal.client_id,
        client: actor.principal.client.clone(),
        org_id: actor.principal.org,
        signatory_zh: zh,
        signatory_en: en,
        signatory_id: id,
        reason: decided.reason.clone(),
        request_id: actor.request_id,
        at: actor.at,
    };
    diesel::insert_into(confirmations::table).values(&row).execute(conn)?;
    Ok(())
}

/// A province's decision as sent; declining needs a reason.
pub fn decided(wish: ConfirmationRequest, actor: &Actor, conn: &mut Connection) -> Outcome<Decided> {
    let word = if wish.decision == "confirm" { "confirm" } else { "decline" };
    if word == "decline" && wish.reason.is_none() {
        return Err(Problem::invalid(vec![
            Fault::at("/reason", "required-here").arg("because", format!("decisions={word}")),
        ]));
    }
    let signatory = wish.signatory.map(|one| one.find(actor.province()?, conn)).transpose()?;
    Ok(Decided { word, digest: wish.digest, signatory, reason: wish.reason })
}
