//! Moves between states, and the provinces' decisions (`api-conventions` §3).
//!
//! A submission becomes official when every province concerned confirmed its digest. An official joint record resumes,
//! closes or is withdrawn when both provinces asked for the same: the first asking is kept as an agreement, the second
//! makes the move.

use diesel::prelude::*;
use serde_json::Value;

use super::actor::Actor;
use super::findings::Findings;
use super::lifecycle::{self, Move};
use super::model::{Agreement, Confirmation, Head, state};
use super::projection;
use super::register::{Register, Registered};
use super::resolve::{self, Referring};
use super::store::{self, Saved, Step};
use super::write::{self, Loaded, illegal};
use crate::api::{Code, Fault, Outcome, Problem};
use crate::db::Connection;
use crate::db::schema::{agreements, confirmations, identifiers};

/// What a province says to a submission.
pub struct Decided {
    /// `confirm` or `decline`.
    pub word: &'static str,
    pub digest: String,
    pub signatory_zh: Option<String>,
    pub signatory_en: Option<String>,
    pub reason: Option<String>,
}

/// Moves a record to another state, by the table of [`lifecycle`].
pub fn transition(
    register: &Register,
    kind: &Registered,
    actor: &Actor,
    loaded: Loaded,
    to: &str,
    reason: Option<&str>,
    conn: &mut Connection,
) -> Outcome<Saved> {
    let Loaded { mut head, content } = loaded;
    let legal = lifecycle::legal(&head, &content, actor);
    let Some(step) = legal.iter().find(|step| step.to == to) else {
        // The caller who may do nothing at all with it is told why.
        let of_a_side = actor.principal.province_wide() && head.concerns(actor.principal.province.as_deref());
        if legal.is_empty() && !of_a_side {
            actor.may_write(&head)?;
        }
        let legal: Vec<&str> = legal.iter().map(|step| step.to).collect();
        return Err(illegal(kind, &head, to).member("legal", legal));
    };
    if step.needs_reason && reason.is_none_or(|reason| reason.trim().is_empty()) {
        return Err(Problem::invalid(vec![Fault::at("/reason", "required-here").arg("because", to)]));
    }
    if matches!(to, state::SUBMITTED | state::ACTIVE) && head.published_at.is_none() {
        ready(register, kind, actor, &head, &content, conn)?;
    }
    let warnings = warnings_of(kind, &content, actor);
    if step.needs_both && !agree(&head, actor, step, reason, conn)? {
        let asked = format!("{}_asked", step.action);
        let step = Step { action: &asked, reason };
        return store::standing(kind, actor, &mut head, &content, &warnings, step, conn);
    }
    enter(&mut head, actor, to, conn)?;
    head.state_reason = reason.map(str::to_owned);
    let step = Step { action: step.action, reason };
    store::standing(kind, actor, &mut head, &content, &warnings, step, conn)
}

/// What a record takes on with a state.
fn enter(head: &mut Head, actor: &Actor, to: &str, conn: &mut Connection) -> Outcome<()> {
    head.state = to.to_owned();
    match to {
        state::SUBMITTED => {
            head.submission = Some(head.revision + 1);
            head.submitted_by = Some(actor.principal.client_id);
        }
        state::ACTIVE => head.published_at = head.published_at.or(Some(actor.at)),
        state::WITHDRAWN => {
            head.withdrawn_at = Some(actor.at);
            // What was registered in error must not keep the identifier from the right record.
            diesel::delete(identifiers::table.filter(identifiers::record_id.eq(head.id))).execute(conn)?;
        }
        _ => {}
    }
    if head.joint {
        diesel::delete(agreements::table.filter(agreements::record_id.eq(head.id))).execute(conn)?;
    }
    Ok(())
}

/// Keeps that a province asks for a move; true when the other one asked for the same before.
fn agree(head: &Head, actor: &Actor, step: &Move, reason: Option<&str>, conn: &mut Connection) -> Outcome<bool> {
    let province = actor.province()?;
    let asked: Vec<String> = agreements::table
        .filter(agreements::record_id.eq(head.id))
        .filter(agreements::to_state.eq(step.to))
        .select(agreements::province)
        .load(conn)?;
    if asked.iter().any(|one| one == province) {
        return Err(Problem::new(Code::AlreadyConfirmed).arg("province", province));
    }
    if !asked.is_empty() {
        return Ok(true);
    }
    let row = Agreement {
        record_id: head.id,
        to_state: step.to.to_owned(),
        province: province.to_owned(),
        client_id: actor.principal.client_id,
        client: actor.principal.client.clone(),
        reason: reason.map(str::to_owned),
        request_id: actor.request_id,
        at: actor.at,
    };
    diesel::insert_into(agreements::table).values(&row).execute(conn)?;
    Ok(false)
}

/// Records a province's decision on the submission whose digest it read; the last confirmation makes the record active.
pub fn decide(
    register: &Register,
    kind: &Registered,
    actor: &Actor,
    loaded: Loaded,
    decided: Decided,
    conn: &mut Connection,
) -> Outcome<Saved> {
    let Loaded { mut head, content } = loaded;
    let (submission, made) = check_decision(&head, actor, &decided, conn)?;
    let province = actor.province()?.to_owned();
    let confirmed = made.iter().filter(|one| one.decision == "confirm").count() + 1;
    let completes = decided.word == "confirm" && confirmed == head.provinces().len();
    if completes {
        // A party may have ended since it was submitted.
        ready(register, kind, actor, &head, &content, conn)?;
    }
    let row = Confirmation {
        record_id: head.id,
        submission,
        province,
        decision: decided.word.to_owned(),
        digest: head.digest.clone(),
        revision: head.revision + 1,
        client_id: actor.principal.client_id,
        client: actor.principal.client.clone(),
        org_id: actor.principal.org,
        signatory_zh: decided.signatory_zh,
        signatory_en: decided.signatory_en,
        reason: decided.reason.clone(),
        request_id: actor.request_id,
        at: actor.at,
    };
    diesel::insert_into(confirmations::table).values(&row).execute(conn)?;
    let action = match decided.word {
        "decline" => {
            head.state = state::DRAFT.to_owned();
            head.state_reason = decided.reason.clone();
            "declined"
        }
        _ if completes => {
            enter(&mut head, actor, state::ACTIVE, conn)?;
            head.state_reason = None;
            "activated"
        }
        _ => "confirmed",
    };
    let warnings = warnings_of(kind, &content, actor);
    let step = Step { action, reason: decided.reason.as_deref() };
    store::standing(kind, actor, &mut head, &content, &warnings, step, conn)
}

/// Whether this caller may decide now on exactly this: the submission, and what was decided on it before.
fn check_decision(
    head: &Head,
    actor: &Actor,
    decided: &Decided,
    conn: &mut Connection,
) -> Outcome<(i64, Vec<Confirmation>)> {
    let province = actor.province()?;
    if !head.concerns(Some(province)) {
        return Err(Problem::new(Code::OtherProvince).arg("province", &head.province));
    }
    let Some(submission) = head.submission.filter(|_| head.state == state::SUBMITTED) else {
        return Err(Problem::new(Code::NotAwaitingConfirmation)
            .arg("state", &head.state)
            .member("state", head.state.clone()));
    };
    if head.submitted_by == Some(actor.principal.client_id) {
        return Err(Problem::new(Code::FourEyes));
    }
    if decided.digest != head.digest {
        return Err(Problem::new(Code::DigestMismatch).member("current_digest", head.digest.clone()));
    }
    let made = store::confirmations_of(head, conn)?;
    if let Some(earlier) = made.iter().find(|one| one.province == province) {
        let problem = Problem::new(Code::AlreadyConfirmed).arg("province", province);
        return Err(problem.member("decision", earlier.decision.clone()));
    }
    Ok((submission, made))
}

/// The full check again, before a record is submitted or becomes official: references may have ended, rules may have become
/// stricter since the draft was written, and what it refers to must be official itself.
fn ready(
    register: &Register,
    kind: &Registered,
    actor: &Actor,
    head: &Head,
    content: &Value,
    conn: &mut Connection,
) -> Outcome<()> {
    let mut findings = Findings::new(actor.at.day_in_shanghai());
    let mut again = content.clone();
    kind.checker.check(&mut again, &mut findings);
    let mut again = (kind.check)(again, &mut findings);
    let sight = actor.sight();
    let referring = Referring { own: head.id, before: &[] };
    let targets = resolve::resolve(register, kind, referring, &mut again, &sight, &mut findings, conn)?;
    for (pointer, _, value) in projection::references(kind, content) {
        let target = projection::reference_id(value).and_then(|id| targets.get(&id));
        if target.is_some_and(|target| !state::PUBLIC.contains(&target.state.as_str())) {
            findings.fault(&pointer, "reference-not-published");
        }
    }
    write::review(kind, content, &targets, &mut findings, conn)?;
    write::accept(findings).map(drop)
}

fn warnings_of(kind: &Registered, content: &Value, actor: &Actor) -> Vec<Fault> {
    let mut findings = Findings::new(actor.at.day_in_shanghai());
    (kind.check)(content.clone(), &mut findings);
    findings.warnings().to_vec()
}
