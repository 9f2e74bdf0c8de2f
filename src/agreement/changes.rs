//! Changes of official content that need confirmation by the provinces (`docs/rules.md` §3).
//!
//! One side proposes a merge patch; the live record stays as it is until every province concerned confirmed the digest of
//! the resulting content. Then the new content is put in force, in the same transaction as the last confirmation.

use serde_json::Value;

use crate::agreement::belongings::Belongings;
use crate::agreement::moves::Wish;
use crate::db::{Connection, Id};
use crate::kind::findings::Findings;
use crate::kind::register::Registered;
use crate::kind::{equivalence, patches};
use crate::problem::{Code, Fault, Outcome, Place, Problem};
use crate::records::action::Action;
use crate::records::actor::Actor;
use crate::records::commit::{NewContent, Saved, Step};
use crate::records::desk::Desk;
use crate::records::judge::{self, Judged, concerned};
use crate::records::lifecycle::{self, illegal};
use crate::records::projection::Projection;
use crate::records::proposals;
use crate::records::rebase::places_of;
use crate::records::rows::{Head, Loaded, Proposal, outcome, purpose, state};
use crate::records::targets::Targets;
use crate::reference::canonical;

/// The content that a change leads to: by a merge patch over the present one, or as it was at an earlier revision.
#[derive(Clone)]
pub enum Change {
    Patch(Value),
    Restore(i64),
}

impl Desk<'_> {
    /// 409 for an identifier of a proposed content that another record has.
    fn refuse_taken(&mut self, id: Id, content: &Value) -> Outcome<()> {
        let mut proposed = Projection::of(self.kind, content);
        Projection::follow_merges(&mut [&mut proposed], id, self.conn)?;
        self.refuse_duplicates(id, content, &proposed.identifiers)
    }

    /// Opens a change request on an official record.
    pub fn propose(&mut self, loaded: Loaded, change: &Change, reason: &str) -> Outcome<(Saved, Proposal)> {
        let Desk { kind, actor, .. } = *self;
        if !matches!(loaded.head.state.as_str(), state::ACTIVE | state::SUSPENDED) {
            lifecycle::stays_as_it_is(kind, &loaded.head, "change")?;
            return Err(illegal(kind, &loaded.head, "change"));
        }
        if !actor.is_side_of(&loaded) {
            actor.may_write(&loaded.head)?;
        }
        let side = actor.principal.province.clone().unwrap_or_else(|| loaded.head.province.clone());
        proposals::refuse_second(loaded.head.id, &side, self.conn)?;
        let today = actor.at.day_in_shanghai();
        let mut examined = judge::examine(kind, changed(kind, actor, &loaded, change, self.conn)?, today);
        if let Change::Patch(patch) = change {
            let mut judged = Findings::new(today);
            kind.checker.check_patch(patch, &mut judged);
            examined.findings.include(&judged);
        }
        let Judged { content, findings, targets, .. } = self.judge(&loaded, examined)?;
        let at = if matches!(change, Change::Restore(_)) { "/restore" } else { "/patch" };
        judge::accept(findings).map_err(|problem| below(at, problem))?;
        let Loaded { mut head, content: before, .. } = loaded;
        let signed = judge::signed_changes(kind, &head, &before, &content, &targets);
        if signed.is_empty() {
            let code = if content == before { "nothing-changes" } else { "acts-at-once" };
            return Err(Problem::invalid(vec![Fault::at(at, code)]));
        }
        self.refuse_taken(head.id, &content).map_err(|problem| below(at, problem))?;
        let provinces = concerned(kind, &head, &content, &targets);
        let digest = canonical::digest(&content, kind.unsigned)?;
        let mut proposal = proposals::draw(&head, actor, purpose::CHANGE, digest, &provinces);
        proposal.reason = Some(reason.to_owned());
        proposal.patch = Some(canonical::text(&patches::between(&before, &content))?);
        proposal.content = Some(canonical::text(&content)?);
        proposals::open(&proposal, self.conn)?;
        let step = Step { action: Action::ChangeProposed, reason: Some(reason) };
        let saved = self.commit_standing(&mut head, &before, step)?;
        Ok((saved, proposal))
    }

    /// Judges a proposed change as if it took effect now; fails when it cannot any more.
    pub fn foresee(&mut self, loaded: &Loaded, proposal: &Proposal) -> Outcome<Prospect> {
        let Desk { kind, actor, .. } = *self;
        let proposed = proposals::content_of(proposal)?;
        let examined = judge::examine(kind, proposed.clone(), actor.at.day_in_shanghai());
        let Judged { mut content, findings, old, targets } = self.judge(loaded, examined)?;
        // The confirmed form is put in force.
        equivalence::keep(kind, &proposed, &mut content);
        let warnings = judge::accept(findings)?;
        let digest = canonical::digest(&content, kind.unsigned)?;
        if digest != proposal.digest {
            return Err(Problem::new(Code::DigestMismatch).member("current_digest", digest));
        }
        // The new owner may have moved to the other province since, which did not confirm.
        let concerned = concerned(kind, &loaded.head, &content, &targets);
        if concerned.iter().any(|province| !proposal.concerned().contains(province)) {
            return Err(illegal(kind, &loaded.head, "change"));
        }
        self.refuse_taken(loaded.head.id, &content)?;
        Ok(Prospect { content, warnings, old, targets })
    }

    /// Ends a change that has become impossible; the record stays as it is. Returns the 409 with the reasons, which commits
    /// this.
    pub fn give_up(&mut self, loaded: Loaded, proposal: Proposal, why: &Problem) -> Outcome<Problem> {
        let Desk { actor, .. } = *self;
        let Loaded { mut head, content, .. } = loaded;
        let place = proposals::href(proposal.id);
        proposals::conflict(proposal, &places_of(&why.said().faults), actor.at, self.conn)?;
        let step = Step { action: Action::ChangeConflicted, reason: None };
        self.commit_standing(&mut head, &content, step)?;
        let problem = Problem::of_faults(Code::ChangeRequestConflicted, why.said().faults.clone());
        let mut problem = below("/content", problem).member("change_request", place);
        for member in ["existing", "ask"] {
            if let Some(value) = why.said().members.get(member) {
                problem = problem.member(member, value.clone());
            }
        }
        Ok(problem.committed())
    }

    /// Puts a change in force that every province concerned confirmed.
    pub fn apply(&mut self, loaded: Loaded, proposal: Proposal, prospect: Prospect) -> Outcome<Saved> {
        let Desk { kind, actor, .. } = *self;
        let Loaded { mut head, content: before, .. } = loaded;
        let Prospect { content, warnings, old, targets } = prospect;
        let mut along = None;
        if let Some((owner_id, province)) = Actor::owner_named(kind, &head, &content, &targets) {
            // An organization that moves takes along what it owns.
            if owner_id == head.id && province != head.province {
                along = Some(Belongings::hold(owner_id, self.conn)?);
            }
            (head.owner_id, head.province) = (owner_id, province);
        }
        (head.submission, head.submitted_by) = (Some(proposal.number), Some(proposal.client_id));
        let (reason, digest) = (proposal.reason.clone(), proposal.digest.clone());
        proposals::settle(proposal, outcome::ACCEPTED, None, actor.at, self.conn)?;
        self.rebase(&head, &content, &digest)?;
        let new = NewContent { content: &content, replaced: Some(&before), before: Some(&old) };
        let step = Step { action: Action::Changed, reason: reason.as_deref() };
        let saved = self.commit_content(&mut head, new, &warnings, step)?;
        if let Some(belongings) = along {
            belongings.move_along(self)?;
        }
        Ok(saved)
    }

    /// Takes a proposal back; only its author may: the client, its organization, or a trusted client of the author's side.
    pub fn recall(&mut self, loaded: Loaded, proposal: Proposal, reason: &str) -> Outcome<Saved> {
        let Desk { kind, actor, .. } = *self;
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
            return self.move_to(loaded, wish);
        }
        let Loaded { mut head, content, .. } = loaded;
        let action = if proposal.purpose == purpose::MOVE { Action::MoveRecalled } else { Action::ChangeRecalled };
        proposals::settle(proposal, outcome::RECALLED, Some(reason), actor.at, self.conn)?;
        let step = Step { action, reason: Some(reason) };
        self.commit_standing(&mut head, &content, step)
    }
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
            judge::prefer_patched_references(kind, patch, &mut merged);
            Ok(merged)
        }
        Change::Restore(number) => content_at(kind, actor, &loaded.head, *number, conn),
    }
}

/// The content in force at a revision that is visible to the caller.
pub fn content_at(kind: &Registered, actor: &Actor, head: &Head, number: i64, conn: &mut Connection) -> Outcome<Value> {
    let step = crate::reading::history::step(kind, head, number, actor, conn)?;
    serde_json::from_str(&step.text).map_err(Problem::internal)
}

/// Moves the faults of a content below `at`, its place in the body.
fn below(at: &str, mut problem: Problem) -> Problem {
    problem.place_faults(|place| match place {
        Place::Pointer(pointer) => Place::Pointer(format!("#{at}{}", pointer.trim_start_matches('#'))),
        other => other,
    });
    problem
}

/// A change as it would take effect now.
pub struct Prospect {
    content: Value,
    warnings: Vec<Fault>,
    old: Projection,
    targets: Targets,
}
