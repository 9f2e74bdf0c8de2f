//! Moves between states (`api-conventions` §3).
//!
//! A submission becomes official when every province concerned confirmed its digest. An official joint record resumes,
//! closes or is withdrawn when both provinces agreed: the first asking opens a proposal, and is its province's word when it
//! comes from a client that may confirm; the other province asks for exactly the same, or confirms or declines the proposal.

use crate::agreement::decisions::{self, Decided};
use crate::agreement::succession;
use crate::auth::scopes::ConfirmRecords;
use crate::db::Connection;
use crate::forms::change_request::Usage;
use crate::kind::register::{Register, Registered};
use crate::kind::{Kind, Owner};
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::records::actor::Actor;
use crate::records::commit::{self, Saved, Step};
use crate::records::judge::{ready, warnings_of};
use crate::records::lifecycle::{self, Move, illegal};
use crate::records::rows::Succession;
use crate::records::rows::{Head, Loaded, purpose, state};
use crate::records::{official, proposals};

/// A move that is asked for.
#[derive(Debug, Clone, Default)]
pub struct Wish<'a> {
    pub to: &'a str,
    pub reason: Option<&'a str>,
    /// What takes the place of a record that is withdrawn.
    pub succession: Option<Succession>,
}

/// Moves a record to another state, by the table of [`lifecycle`].
pub fn transition(
    register: &Register,
    kind: &Registered,
    actor: &Actor,
    loaded: Loaded,
    wish: Wish,
    conn: &mut Connection,
) -> Outcome<Saved> {
    let Wish { to, reason, succession } = wish;
    let (head, content) = (&loaded.head, &loaded.content);
    let legal = lifecycle::legal(&loaded, actor);
    let Some(step) = legal.iter().find(|step| step.to == to) else {
        // The caller who may do nothing at all with it is told why.
        let of_a_side = actor.principal.province_wide() && head.concerns(actor.principal.province.as_deref());
        if legal.is_empty() && !of_a_side {
            actor.may_write(head)?;
        }
        let legal: Vec<&str> = legal.iter().map(|step| step.to).collect();
        return Err(illegal(kind, head, to).member("legal", legal));
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
        ready(register, kind, actor, head, content, conn)?;
        if head.state == state::DRAFT {
            commit::claim(kind, head, actor, content, conn)?;
        }
    }
    if step.needs_both || needs_second(kind, &loaded, to, succession.as_ref(), conn)? {
        return agree(register, kind, actor, loaded, step, Wish { to, reason, succession }, conn);
    }
    let Loaded { mut head, content, .. } = loaded;
    let warnings = warnings_of(kind, &content, actor);
    head.state_reason = reason.map(str::to_owned);
    enter(register, kind, &mut head, actor, to, succession, conn)?;
    let step = Step { action: step.action, reason };
    commit::standing(kind, actor, &mut head, &content, &warnings, step, conn)
}

/// Whether a move of a record that one side keeps needs a second pair of eyes on that side: an organization that others use
/// is withdrawn by two clients, and comes back as it went.
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
            // Whoever has begun to refer to it is waited for, and then counted.
            succession::hold(head, succession, conn)?;
            Ok(Usage::of(head.id, conn)?.is_used())
        }
        (state::WITHDRAWN, _) => proposals::was_agreed(head, conn),
        _ => Ok(false),
    }
}

/// What a record takes on with a state, and what ends with the one before.
pub fn enter(
    register: &Register,
    kind: &Registered,
    head: &mut Head,
    actor: &Actor,
    to: &str,
    succession: Option<Succession>,
    conn: &mut Connection,
) -> Outcome<()> {
    let from = std::mem::replace(&mut head.state, to.to_owned());
    let reason = head.state_reason.clone();
    if from == state::WITHDRAWN {
        // Why it comes back is said in its history; what it was suspended or returned for it is still.
        head.state_reason = official::reason_to_come_back(head.id, to, conn)?;
        succession::bring_back(kind, head, actor, conn)?;
    }
    if from != state::DRAFT {
        proposals::follow_state(head, &from, actor, reason.as_deref(), conn)?;
    }
    match to {
        state::DRAFT => commit::release(head.id, conn)?,
        state::SUBMITTED => {
            head.submission = Some(head.revision + 1);
            head.submitted_by = Some(actor.principal.client_id);
            let mut submission =
                proposals::draw(head, actor, purpose::SUBMISSION, head.digest.clone(), &head.provinces());
            submission.reason = reason;
            proposals::open(&submission, conn)?;
        }
        state::ACTIVE => head.published_at = head.published_at.or(Some(actor.at)),
        state::WITHDRAWN => {
            head.withdrawn_at = Some(actor.at);
            succession::release(register, kind, head, actor, succession, conn)?;
        }
        _ => {}
    }
    Ok(())
}

/// A province asks for a move that needs both: the first opens a proposal, the other's asking for exactly the same confirms
/// it. Where one side needs two clients, the second one's asking does.
fn agree(
    register: &Register,
    kind: &Registered,
    actor: &Actor,
    loaded: Loaded,
    step: &Move,
    wish: Wish,
    conn: &mut Connection,
) -> Outcome<Saved> {
    let province = actor.province()?;
    // Who may speak for the province gives its word by asking; anybody else only asks.
    let speaks = actor.principal.scopes.contains::<ConfirmRecords>();
    let same =
        proposals::open_on(loaded.head.id, conn)?.into_iter().find(|one| one.to_state.as_deref() == Some(wish.to));
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
        // Another reason or successor is another wish: that one must be read, and confirmed by its digest.
        let is_same = Succession::of(&proposal) == wish.succession && proposal.reason.as_deref() == wish.reason;
        if !is_same || !speaks {
            return Err(proposals::waits(proposal.id));
        }
        let decided = word(&proposal.digest);
        return decisions::decide(register, kind, actor, loaded, proposal, decided, conn);
    }
    if let Some(succession) = &wish.succession {
        succession.check(kind, &loaded.head, actor, conn)?;
    }
    let Loaded { mut head, content, .. } = loaded;
    let mut proposal = proposals::draw(&head, actor, purpose::MOVE, String::new(), &head.provinces());
    proposal.to_state = Some(wish.to.to_owned());
    proposal.reason = wish.reason.map(str::to_owned);
    (proposal.successor_id, proposal.merges) = wish.succession.map_or((None, false), |one| (Some(one.id), one.merged));
    proposal.digest = proposals::digest_of_move(&proposal, &head.digest)?;
    if speaks && head.joint {
        let others: Vec<&str> = head.provinces().into_iter().filter(|one| *one != province).collect();
        proposal.await_word_of(&others);
        decisions::keep(&head, &proposal, actor, &word(&proposal.digest), conn)?;
    }
    proposals::open(&proposal, conn)?;
    let warnings = warnings_of(kind, &content, actor);
    let action = lifecycle::asking_for(step.action);
    let step = Step { action: &action, reason: wish.reason };
    commit::standing(kind, actor, &mut head, &content, &warnings, step, conn)
}
