//! Judging a content before it is committed: by its schema and rules, its references, and the content before it.

use diesel::prelude::*;
use serde_json::Value;

use crate::db::Id;
use crate::db::schema::{links, records};
use crate::kind::findings::{self, Findings, first_level};
use crate::kind::forgiveness::Stood;
use crate::kind::register::Registered;
use crate::kind::schema::Refused;
use crate::kind::{Kind, Owner, Ownership, equivalence, pointers};
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::records::actor::Actor;
use crate::records::chains::Referring;
use crate::records::desk::Desk;
use crate::records::projection::Projection;
use crate::records::resolve;
use crate::records::rows::{self, Head, Loaded, state};
use crate::records::targets::{Target, Targets};

/// A body after its checks; faults are kept until the references are known, so that all are reported together.
#[derive(Clone)]
pub struct Examined {
    pub content: Value,
    pub findings: Findings,
    /// What the schema took out of the content.
    pub refused: Refused,
}

/// Checks a body against schema and rules; returns it in normal form with the findings. Needs no database: called
/// before a transaction begins.
pub fn examine(kind: &Registered, mut body: Value, today: chrono::NaiveDate) -> Examined {
    let mut findings = Findings::new(today);
    let refused = kind.checker.check(&mut body, &mut findings);
    let content = (kind.check)(body, &mut findings);
    Examined { content, findings, refused }
}

impl Desk<'_> {
    /// Goes on with what needs the database: the references of the content, and the rules over the records that they lead to.
    pub fn look_up(&mut self, referring: Referring, examined: &mut Examined) -> Outcome<Targets> {
        let Desk { kind, .. } = *self;
        let Examined { content, findings, .. } = examined;
        let targets = resolve::resolve(self, referring, content, findings)?;
        if let Some(review) = kind.review {
            review(content, &resolve::contents(&targets, self.conn)?, findings);
        }
        Ok(targets)
    }

    /// Judges an examined content as a record's next one, like that of a new record. An official record refers to official
    /// ones only, and a fault that the present content has by today's rules too is forgiven (`forgiveness::Stood`).
    pub fn judge(&mut self, loaded: &Loaded, mut examined: Examined) -> Outcome<Judged> {
        let Desk { kind, actor: _, .. } = *self;
        let before = &loaded.content;
        let old = Projection::of(kind, before);
        let referring = Referring { own: loaded.head.id, before: &old.links, alone: false };
        let targets = self.look_up(referring, &mut examined)?;
        let Examined { content, findings, .. } = &mut examined;
        equivalence::keep(kind, before, content);
        check_lifecycle(kind, before, content, findings);
        check_ownership(kind, &loaded.head, content, findings);
        self.keep_in_use(&loaded.head, before, content, findings)?;
        if loaded.head.published_at.is_some() {
            refuse_unpublished(kind, content, &targets, &old.links, findings);
            if findings.has_faults() {
                let faults = self.present_faults(&loaded.head, before)?;
                forgive(&mut examined, &Stood { before, faults });
            }
        }
        let Examined { content, findings, .. } = examined;
        Ok(Judged { content, findings, old, targets })
    }

    /// Refuses a change of what the records that refer to this one depend on. Drafts do not count: they are judged again before
    /// they are submitted.
    fn keep_in_use(&mut self, head: &Head, before: &Value, after: &Value, findings: &mut Findings) -> Outcome<()> {
        let changed = |member: &&&str| before.get(**member) != after.get(**member);
        let changed: Vec<&&str> = self.kind.kept_in_use.iter().filter(changed).collect();
        if changed.is_empty() {
            return Ok(());
        }
        // Who is adding a reference is waited for; who comes later waits and is judged by what this change makes.
        rows::hold(&[head.id], self.conn)?;
        let users: i64 = links::table
            .inner_join(records::table.on(records::id.eq(links::record_id)))
            .filter(links::target_id.eq(head.id))
            .filter(records::state.ne_all([state::DRAFT, state::WITHDRAWN]))
            .select(diesel::dsl::count(records::id).aggregate_distinct())
            .get_result(self.conn)?;
        for member in changed.into_iter().filter(|_| users > 0) {
            findings.fault(format!("/{member}"), "kept-in-use").args.push(("count", users.to_string()));
        }
        Ok(())
    }

    /// The faults that the present content of a record has by today's rules: these may stay.
    pub fn present_faults(&mut self, head: &Head, content: &Value) -> Outcome<Vec<Fault>> {
        let Desk { kind, .. } = *self;
        let mut present = examine(kind, content.clone(), self.actor.at.day_in_shanghai());
        let links = Projection::of(kind, content).links;
        let referring = Referring { own: head.id, before: &links, alone: false };
        self.look_up(referring, &mut present)?;
        check_ownership(kind, head, content, &mut present.findings);
        Ok(present.findings.into_faults())
    }

    /// The full check again, before a record is submitted or becomes official: references may have ended, rules may have
    /// become stricter since the draft was written, and what it refers to must be official itself. Loops through it were
    /// refused when the other records were written.
    pub fn check_ready(&mut self, head: &Head, content: &Value) -> Outcome<()> {
        let Desk { kind, actor, .. } = *self;
        let mut again = examine(kind, content.clone(), actor.at.day_in_shanghai());
        let referring = Referring { own: head.id, before: &[], alone: true };
        let targets = self.look_up(referring, &mut again)?;
        refuse_unpublished(kind, content, &targets, &[], &mut again.findings);
        accept(again.findings).map(drop)
    }

    /// What the rules of the day of the change warn of in a content.
    pub fn warnings_of(&self, content: &Value) -> Vec<Fault> {
        let Desk { kind, actor, .. } = *self;
        let mut findings = Findings::new(actor.at.day_in_shanghai());
        (kind.check)(content.clone(), &mut findings);
        findings.warnings().to_vec()
    }
}

/// A judged change: the next content of a record with its findings and references.
pub struct Judged {
    pub content: Value,
    pub findings: Findings,
    /// The projection of the present content.
    pub old: Projection,
    pub targets: Targets,
}

/// Removes the faults that the present content has too. A member that the schema refused was not seen by the rules: its
/// faults are forgiven only if it is unchanged.
fn forgive(examined: &mut Examined, stood: &Stood) {
    let Examined { content, findings, refused } = examined;
    // The members that the schema removed were sent, too.
    let mut sent = content.clone();
    if let Some(members) = sent.as_object_mut() {
        for (name, taken) in refused.iter() {
            match taken {
                Some(value) => drop(members.insert(name.clone(), value.clone())),
                None => drop(members.remove(name)),
            }
        }
    }
    findings.forgive(|fault, refused| {
        let name = first_level(findings::place(fault).trim_start_matches('#'));
        stood.has(fault, &sent) && (!refused || sent.get(name) == stood.before.get(name))
    });
    *content = sent;
}

/// The members in which two contents of an official record differ and that need confirmation: on a joint record all
/// that are co-signed, on a single-owner one the lifecycle and what gives it to another owner.
pub fn signed_changes(kind: &Kind, head: &Head, before: &Value, after: &Value, targets: &Targets) -> Vec<String> {
    let names = before.as_object().into_iter().chain(after.as_object()).flat_map(|members| members.keys());
    let owner = Actor::owner_named(kind, head, after, targets);
    let new_owner = owner.filter(|(owner_id, province)| *owner_id != head.owner_id || *province != head.province);
    let gives_away = |name: &str| {
        let leads_to = after.get(name).and_then(pointers::reference_id);
        // An organization that moves to the other province does so by its divisions.
        new_owner.as_ref().is_some_and(|(id, _)| leads_to == Some(*id) || (*id == head.id && leads_to.is_none()))
    };
    let needs_word = |name: &str| match head.joint {
        true => !kind.unsigned.contains(&name),
        false => name == "lifecycle" || gives_away(name),
    };
    let differs = |name: &&String| before.get(*name) != after.get(*name) && needs_word(name);
    let mut changed: Vec<String> = names.filter(differs).cloned().collect();
    changed.sort();
    changed.dedup();
    changed
}

/// Returns the warnings, or fails with all faults; a missing counterparty alone has a code of its own.
pub fn accept(findings: Findings) -> Outcome<Vec<Fault>> {
    if !findings.has_faults() {
        return Ok(findings.warnings().to_vec());
    }
    let faults = findings.into_faults();
    let only_counterparty = faults.iter().all(|fault| fault.code == "missing-counterparty");
    let code = if only_counterparty { Code::MissingCounterparty } else { Code::ValidationFailed };
    Err(Problem::of_faults(code, faults))
}

fn check_lifecycle(kind: &Kind, before: &Value, after: &Value, findings: &mut Findings) {
    let (from, to) = (Kind::lifecycle_of(before), Kind::lifecycle_of(after));
    if from != to && !to.is_empty() && !kind.next_lifecycles(from).contains(&to) {
        let legal = kind.next_lifecycles(from).join(", ");
        let fault = findings.fault("/lifecycle", "illegal-lifecycle-step");
        let list = kind.lifecycle.vocabulary.to_owned();
        fault.args.extend([("from", from.to_owned()), ("to", to.to_owned()), ("legal", legal), ("list", list)]);
    }
}

/// Whether a record is joint is settled when it becomes official: what one province confirmed is not joint, and what
/// both confirmed does not belong to one side.
pub fn check_ownership(kind: &Kind, head: &Head, after: &Value, findings: &mut Findings) {
    let Ownership::ByContent(member, owner_of) = kind.ownership else { return };
    if head.published_at.is_some() && (owner_of(after) == Owner::Parties) != head.joint {
        findings.fault(format!("/{member}"), "settled-when-official");
    }
}

/// Lets a reference of which a merge patch changed only the id or the code be resolved by that member alone.
pub fn prefer_patched_references(kind: &Kind, patch: &Value, merged: &mut Value) {
    let pointers: Vec<String> = pointers::references(kind, merged).into_iter().map(|(pointer, ..)| pointer).collect();
    for pointer in pointers {
        let Some(given) = patch.pointer(&pointer).and_then(Value::as_object) else { continue };
        let Some(reference) = merged.pointer_mut(&pointer).and_then(Value::as_object_mut) else { continue };
        let names = |member: &str| given.get(member).is_some_and(|value| !value.is_null());
        match (names("id"), names("code")) {
            (true, false) => drop(reference.remove("code")),
            (false, true) => drop(reference.remove("id")),
            _ => {}
        }
    }
}

/// An official record refers to official records only; references already in `before` are accepted.
pub fn refuse_unpublished(
    kind: &Kind,
    content: &Value,
    targets: &Targets,
    before: &[(String, Id)],
    findings: &mut Findings,
) {
    for (pointer, _, value) in pointers::references(kind, content) {
        let target = pointers::reference_id(value).and_then(|id| targets.get(&id));
        let stood = |id: Id| before.iter().any(|(at, old)| *old == id && pointers::same_member(at, &pointer));
        let waits = |target: &Target| matches!(target.state.as_str(), state::DRAFT | state::SUBMITTED);
        if target.is_some_and(|target| waits(target) && !stood(target.id)) {
            findings.fault(&pointer, "reference-not-published");
        }
    }
}

/// The provinces that must confirm a change: those of the record, and the one that it would move to.
pub fn concerned(kind: &Kind, head: &Head, content: &Value, targets: &Targets) -> Vec<&'static str> {
    let owner = Actor::owner_named(kind, head, content, targets);
    let named = owner.map(|(_, province)| province);
    let needed = |province: &&str| head.concerns(Some(province)) || named.as_deref() == Some(province);
    crate::records::rows::PROVINCES.into_iter().filter(needed).collect()
}
