//! Changes of official content that need the provinces' word (`api-conventions` §3).
//!
//! One side proposes a merge patch; the live record stays as it is until every province concerned confirmed the digest of
//! the resulting content. Then the new content is put in force, in the same transaction as the last confirmation.

pub mod openapi;
pub mod patches;
pub mod requests;
pub mod routes;
pub mod view;

use serde_json::Value;

use super::actor::Actor;
use super::belongings::Belongings;
use super::canonical;
use super::findings::Findings;
use super::model::{Head, Proposal, outcome, purpose, state};
use super::moves::{self, Wish, refuse_unpublished};
use super::projection::Projection;
use super::proposals;
use super::register::{Register, Registered};
use super::store::{self, NewContent, Saved, Step};
use super::write::{self, Judged, Loaded, illegal};
use crate::api::{Code, Fault, Outcome, Place, Problem};
use crate::db::Connection;

/// The content that a change leads to: by a merge patch over the present one, or as it was at an earlier revision.
#[derive(Clone)]
pub enum Change {
    Patch(Value),
    Restore(i64),
}

/// Opens a change request on an official record.
pub fn propose(
    register: &Register,
    kind: &Registered,
    actor: &Actor,
    loaded: Loaded,
    change: &Change,
    reason: &str,
    conn: &mut Connection,
) -> Outcome<(Saved, Proposal)> {
    if !matches!(loaded.head.state.as_str(), state::ACTIVE | state::SUSPENDED) {
        return Err(illegal(kind, &loaded.head, "change"));
    }
    if !actor.is_side_of(&loaded) {
        actor.may_write(&loaded.head)?;
    }
    let side = actor.principal.province.clone().unwrap_or_else(|| loaded.head.province.clone());
    proposals::refuse_second(loaded.head.id, &side, conn)?;
    let today = actor.at.day_in_shanghai();
    let mut examined = write::examine(kind, changed(kind, actor, &loaded, change, conn)?, today);
    if let Change::Patch(patch) = change {
        let mut judged = Findings::new(today);
        kind.checker.check_patch(patch, &mut judged);
        examined.findings.include(&judged);
    }
    let Judged { content, mut findings, old, targets } = write::judge(register, kind, actor, &loaded, examined, conn)?;
    refuse_unpublished(kind, &content, &targets, &old.links, &mut findings);
    let at = if matches!(change, Change::Restore(_)) { "/restore" } else { "/patch" };
    write::accept(findings).map_err(|problem| below(at, problem))?;
    let Loaded { mut head, content: before, .. } = loaded;
    let signed = write::signed_changes(kind, &head, &before, &content, &targets);
    if signed.is_empty() {
        let code = if content == before { "nothing-changes" } else { "acts-at-once" };
        return Err(Problem::invalid(vec![Fault::at(at, code)]));
    }
    let mut proposed = Projection::of(kind, &content);
    Projection::follow_merges(&mut [&mut proposed], head.id, conn)?;
    store::refuse_duplicates(head.id, actor, &proposed.identifiers, conn)?;
    let provinces = concerned(kind, &head, &content, &targets);
    let digest = canonical::digest(&content, kind.unsigned)?;
    let mut proposal = proposals::draw(&head, actor, purpose::CHANGE, digest, &provinces);
    proposal.reason = Some(reason.to_owned());
    proposal.patch = Some(canonical::text(&patches::between(&before, &content))?);
    proposal.content = Some(canonical::text(&content)?);
    proposals::open(&proposal, conn)?;
    let warnings = moves::warnings_of(kind, &before, actor);
    let step = Step { action: "change_proposed", reason: Some(reason) };
    let saved = store::standing(kind, actor, &mut head, &before, &warnings, step, conn)?;
    Ok((saved, proposal))
}

/// The provinces whose word a change needs: those of the record, and the one that it is given to.
fn concerned<'a>(
    kind: &Registered,
    head: &'a Head,
    content: &Value,
    targets: &'a super::resolve::Targets,
) -> Vec<&'static str> {
    let owner = Actor::owner_named(kind, head, content, targets);
    let named = owner.map(|(_, province)| province);
    let needed = |province: &&str| head.concerns(Some(province)) || named.as_deref() == Some(province);
    super::model::PROVINCES.into_iter().filter(needed).collect()
}

/// The present content with the change made to it.
fn changed(
    kind: &Registered,
    actor: &Actor,
    loaded: &Loaded,
    change: &Change,
    conn: &mut Connection,
) -> Outcome<Value> {
    match change {
        Change::Patch(patch) => {
            let mut merged = loaded.content.clone();
            json_patch::merge(&mut merged, patch);
            write::prefer_patched_references(kind, patch, &mut merged);
            Ok(merged)
        }
        Change::Restore(number) => content_at(kind, actor, &loaded.head, *number, conn),
    }
}

/// The content that was in force at a revision which the caller may look at.
pub fn content_at(kind: &Registered, actor: &Actor, head: &Head, number: i64, conn: &mut Connection) -> Outcome<Value> {
    let step = super::history::step(kind, head, number, actor, conn)?;
    serde_json::from_str(&step.text).map_err(Problem::internal)
}

/// The faults of a content that stands below `at` in the body.
fn below(at: &str, mut problem: Problem) -> Problem {
    problem.place_faults(|place| match place {
        Place::Pointer(pointer) => Place::Pointer(format!("#{at}{}", pointer.trim_start_matches('#'))),
        other => other,
    });
    problem
}

/// Puts the content of a change in force that every province concerned confirmed.
pub fn apply(
    register: &Register,
    kind: &Registered,
    actor: &Actor,
    loaded: Loaded,
    proposal: Proposal,
    conn: &mut Connection,
) -> Outcome<Saved> {
    let examined = write::examine(kind, proposals::content_of(&proposal)?, actor.at.day_in_shanghai());
    let Judged { content, mut findings, old, targets } = write::judge(register, kind, actor, &loaded, examined, conn)?;
    refuse_unpublished(kind, &content, &targets, &old.links, &mut findings);
    let warnings = write::accept(findings)?;
    let digest = canonical::digest(&content, kind.unsigned)?;
    if digest != proposal.digest {
        return Err(Problem::new(Code::DigestMismatch).member("current_digest", digest));
    }
    let Loaded { mut head, content: before, .. } = loaded;
    // Whom it gives the record to may have moved to the other province since: nobody there agreed to that.
    if concerned(kind, &head, &content, &targets).iter().any(|province| !proposal.concerned().contains(province)) {
        return Err(illegal(kind, &head, "change").member("change_request", proposals::href(proposal.id)));
    }
    let mut along = None;
    if let Some((owner_id, province)) = Actor::owner_named(kind, &head, &content, &targets) {
        // An organization that moves takes along what it owns.
        if owner_id == head.id && province != head.province {
            along = Some(Belongings::hold(owner_id, conn)?);
        }
        (head.owner_id, head.province) = (owner_id, province);
    }
    (head.submission, head.submitted_by) = (Some(proposal.number), Some(proposal.client_id));
    let reason = proposal.reason.clone();
    proposals::settle(proposal, outcome::ACCEPTED, None, actor.at, conn)?;
    proposals::rebase(kind, &head, &content, &digest, actor.at, conn)?;
    let new = NewContent { content: &content, replaced: Some(&before), before: Some(&old) };
    let step = Step { action: "changed", reason: reason.as_deref() };
    let saved = store::content(kind, actor, &mut head, new, &warnings, step, conn)?;
    if let Some(belongings) = along {
        belongings.move_to(&saved.head.province, register, actor, conn)?;
    }
    Ok(saved)
}

/// Takes a proposal back; only its author may: the client, its organization, or a trusted client of the author's side.
pub fn recall(
    register: &Register,
    kind: &Registered,
    actor: &Actor,
    loaded: Loaded,
    proposal: Proposal,
    reason: &str,
    conn: &mut Connection,
) -> Outcome<Saved> {
    let principal = &actor.principal;
    let own =
        principal.client_id == proposal.client_id || (principal.org.is_some() && principal.org == proposal.org_id);
    let of_side = principal.province_wide() && principal.province.as_deref() == Some(&proposal.province);
    if !own && !of_side {
        return Err(Problem::new(Code::OtherOrganization)
            .arg("owner", &proposal.client)
            .arg("province", &proposal.province));
    }
    if !proposal.is_open() {
        return Err(
            illegal(kind, &loaded.head, outcome::RECALLED).member("change_request", proposals::href(proposal.id))
        );
    }
    if proposal.purpose == purpose::SUBMISSION {
        let wish = Wish { to: state::DRAFT, reason: Some(reason), succession: None };
        return moves::transition(register, kind, actor, loaded, wish, conn);
    }
    let Loaded { mut head, content, .. } = loaded;
    let action = if proposal.purpose == purpose::MOVE { "move_recalled" } else { "change_recalled" };
    proposals::settle(proposal, outcome::RECALLED, Some(reason), actor.at, conn)?;
    let warnings = moves::warnings_of(kind, &content, actor);
    let step = Step { action, reason: Some(reason) };
    store::standing(kind, actor, &mut head, &content, &warnings, step, conn)
}
