//! Drafts and changes of content: examine the body, resolve its references, keep the result ([`store`]).
//!
//! Every write is a compare-and-set in one transaction. What a body is refused for is reported all at once: faults of its
//! members, of its rules and of its references.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use serde_json::Value;

use super::actor::Actor;
use super::canonical;
use super::change_requests;
use super::findings::{self, Findings, first_level};
use super::forgiveness::Stood;
use super::forms;
use super::kind::{Kind, Owner, Ownership};
use super::model::{CHONGQING, Head, SICHUAN, state};
use super::moves::refuse_unpublished;
use super::projection::{self, Projection};
use super::proposals;
use super::register::{Register, Registered};
use super::resolve::{self, Referring, Targets};
use super::schema::Refused;
use super::store::{self, NewContent, Saved, Step};
use super::succession;
use super::view::Sight;
use crate::api::{Code, Fault, Outcome, Problem};
use crate::db::schema::{contents, links, parties, records};
use crate::db::{Connection, Id};

/// A body after its checks; faults are kept until the references are known, so that all are reported together.
#[derive(Clone)]
pub struct Examined {
    pub content: Value,
    pub findings: Findings,
    /// What the schema took out of the content.
    pub refused: Refused,
}

/// The record's own key in the system that sends it.
#[derive(Clone)]
pub struct SourceKey {
    pub system: String,
    pub id: String,
}

/// A record and its content, as read before a change.
pub struct Loaded {
    pub head: Head,
    pub content: Value,
    /// The organizations that lead a joint record now ([`Kind::leading`]); merged ones are those they were merged into.
    pub parties: Vec<Id>,
    /// The state that a withdrawn record had; none of one that was merged into another.
    pub came_from: Option<String>,
}

/// Checks a body against schema and rules; answers it in normal form with what was found. Needs no database: it is done
/// before a transaction begins.
pub fn examine(kind: &Registered, mut body: Value, today: chrono::NaiveDate) -> Examined {
    let mut findings = Findings::new(today);
    let refused = kind.checker.check(&mut body, &mut findings);
    let content = (kind.check)(body, &mut findings);
    Examined { content, findings, refused }
}

/// Goes on with what needs the database: the references of the content, and the rules over the records that they lead to.
pub fn look_up(
    register: &Register,
    kind: &Kind,
    sight: &Sight,
    referring: Referring,
    examined: &mut Examined,
    conn: &mut Connection,
) -> Outcome<Targets> {
    let Examined { content, findings, .. } = examined;
    let targets = resolve::resolve(register, kind, referring, content, sight, findings, conn)?;
    if let Some(review) = kind.review {
        review(content, &resolve::contents(&targets, conn)?, findings);
    }
    Ok(targets)
}

/// Makes a draft from an examined body, with an identifier chosen by the caller ([`Id::new`] for all but demo data).
pub fn create(
    register: &Register,
    kind: &Registered,
    actor: &Actor,
    id: Id,
    mut examined: Examined,
    source: Option<SourceKey>,
    conn: &mut Connection,
) -> Outcome<Saved> {
    let referring = Referring { own: id, before: &[], alone: true };
    let targets = look_up(register, kind, &actor.sight(), referring, &mut examined, conn)?;
    let Examined { content, findings, .. } = examined;
    let (owner_id, province) = actor.owner_of(kind, id, &content, &targets)?;
    let warnings = accept(findings)?;
    let mut head = Head::draft(kind, id, actor, owner_id, province);
    head.joint = kind.owner(&content) == Owner::Parties;
    (head.source_system, head.source_id) = source.map_or((None, None), |key| (Some(key.system), Some(key.id)));
    let new = NewContent { content: &content, replaced: None, before: None };
    store::content(kind, actor, &mut head, new, &warnings, Step { action: "created", reason: None }, conn)
}

/// Puts a new content in force: the whole of it, already merged.
///
/// On joint records that were official once, members that the provinces signed together cannot be changed this way, and
/// either side may change the others.
pub fn replace(
    register: &Register,
    kind: &Registered,
    actor: &Actor,
    loaded: Loaded,
    examined: Examined,
    step: Step,
    conn: &mut Connection,
) -> Outcome<Saved> {
    let published = loaded.head.published_at.is_some();
    let is_other_side = published && actor.is_side_of(&loaded);
    if !is_other_side {
        actor.may_write(&loaded.head)?;
    }
    let judged = judge(register, kind, actor, &loaded, examined, conn)?;
    let Loaded { mut head, content: before, .. } = loaded;
    let Judged { content, findings, old, targets } = judged;
    let signed = if published { signed_changes(kind, &head, &before, &content, &targets) } else { Vec::new() };
    let needs_word = !signed.is_empty() && (head.joint || !actor.principal.province_wide());
    let keeps_owner = needs_word || (head.joint && published);
    if !keeps_owner {
        let (owner_id, province) = actor.owner_of(kind, head.id, &content, &targets)?;
        head.joint = kind.owner(&content) == Owner::Parties;
        // A joint draft stays with who made it.
        if !head.joint {
            (head.owner_id, head.province) = (owner_id, province);
        }
    }
    let warnings = accept(findings)?;
    if content == before {
        return unchanged(&head, conn);
    }
    stays_as_it_is(kind, &head, "edit")?;
    if needs_word {
        return Err(cosigned(&head, &signed, &change_requests::concerned(kind, &head, &content, &targets)));
    }
    if published {
        let digest = canonical::digest(&content, kind.unsigned)?;
        proposals::rebase(register, kind, actor, &head, &content, &digest, conn)?;
    }
    let new = NewContent { content: &content, replaced: Some(&before), before: Some(&old) };
    store::content(kind, actor, &mut head, new, &warnings, step, conn)
}

/// A content that is to follow another one, as its references and both contents judge it.
pub struct Judged {
    pub content: Value,
    pub findings: Findings,
    /// What is known of the content before.
    pub old: Projection,
    pub targets: Targets,
}

/// Judges an examined content as the one that follows a record's present content: like that of a new record. What an official
/// record refers to must be official too, and a fault that its present content has by today's rules as well is forgiven
/// (`forgiveness::Stood`).
pub fn judge(
    register: &Register,
    kind: &Registered,
    actor: &Actor,
    loaded: &Loaded,
    mut examined: Examined,
    conn: &mut Connection,
) -> Outcome<Judged> {
    let before = &loaded.content;
    let old = Projection::of(kind, before);
    let referring = Referring { own: loaded.head.id, before: &old.links, alone: false };
    let targets = look_up(register, kind, &actor.sight(), referring, &mut examined, conn)?;
    let Examined { content, findings, .. } = &mut examined;
    forms::keep(kind, before, content);
    check_lifecycle(kind, before, content, findings);
    check_ownership(kind, &loaded.head, content, findings);
    if loaded.head.published_at.is_some() {
        refuse_unpublished(kind, content, &targets, &old.links, findings);
        if findings.has_faults() {
            let sight = actor.sight();
            let faults = present_faults(register, kind, &sight, &loaded.head, before, findings.today, conn)?;
            forgive(&mut examined, &Stood { before, faults });
        }
    }
    let Examined { content, findings, .. } = examined;
    Ok(Judged { content, findings, old, targets })
}

/// The faults that the present content of a record has by the rules of this day: what stood before, however it came to.
pub fn present_faults(
    register: &Register,
    kind: &Registered,
    sight: &Sight,
    head: &Head,
    content: &Value,
    today: chrono::NaiveDate,
    conn: &mut Connection,
) -> Outcome<Vec<Fault>> {
    let mut present = examine(kind, content.clone(), today);
    let links = Projection::of(kind, content).links;
    let referring = Referring { own: head.id, before: &links, alone: false };
    look_up(register, kind, sight, referring, &mut present, conn)?;
    check_ownership(kind, head, content, &mut present.findings);
    Ok(present.findings.into_faults())
}

/// Takes back the faults that stood before. The rules could not look at a member that the schema refused: such a one stays
/// only as it was.
fn forgive(examined: &mut Examined, stood: &Stood) {
    let Examined { content, findings, refused } = examined;
    // What the schema took out is a part of what was sent.
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

/// The members in which two contents of an official record differ and that need the word of the provinces: on a joint
/// record all that both signed, on a single-owner one the lifecycle and what gives it to another owner.
pub fn signed_changes(kind: &Kind, head: &Head, before: &Value, after: &Value, targets: &Targets) -> Vec<String> {
    let names = before.as_object().into_iter().chain(after.as_object()).flat_map(|members| members.keys());
    let owner = Actor::owner_named(kind, head, after, targets);
    let new_owner = owner.filter(|(owner_id, province)| *owner_id != head.owner_id || *province != head.province);
    let gives_away = |name: &str| {
        let leads_to = after.get(name).and_then(projection::reference_id);
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

/// Takes a draft away for good; anything else is withdrawn by a transition.
pub fn delete(kind: &Kind, actor: &Actor, head: &Head, conn: &mut Connection) -> Outcome<()> {
    actor.may_write(head)?;
    if head.state != state::DRAFT || head.published_at.is_some() {
        return Err(Problem::new(Code::NotADraft).arg("state", &head.state).member("state", head.state.clone()));
    }
    let in_use = || Problem::new(Code::InUse).arg("ref", &head.code);
    let user: Option<Id> = links::table
        .filter(links::target_id.eq(head.id))
        .filter(links::record_id.ne(head.id))
        .select(links::record_id)
        .first(conn)
        .optional()?;
    if user.is_some() {
        return Err(in_use());
    }
    let row = records::table.filter(records::id.eq(head.id)).filter(records::revision.eq(head.revision));
    let deleted = match diesel::delete(row).execute(conn) {
        // It owns a record, or a client acts for it.
        Err(DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => return Err(in_use()),
        other => other?,
    };
    if deleted == 0 {
        return Err(store::stale(head.id, conn)?);
    }
    store::deleted(kind, actor, head, conn)
}

/// A record of this kind with its content, if the caller may see it; withdrawn ones too.
pub fn load(kind: &Kind, id: Id, sight: &Sight, conn: &mut Connection) -> Outcome<Option<Loaded>> {
    let row: Option<(Head, String)> = records::table
        .inner_join(
            contents::table.on(contents::record_id.eq(records::id).and(contents::number.eq(records::content_number))),
        )
        .filter(records::id.eq(id))
        .filter(records::kind.eq(kind.name))
        .select((Head::as_select(), contents::text))
        .get_result(conn)
        .optional()?;
    row.filter(|(head, _)| sight.sees(&head.into()))
        .map(|(head, text)| {
            let parties = match head.joint {
                true => leading_parties(kind, id, conn)?,
                false => Vec::new(),
            };
            let came_from = succession::came_from(&head, conn)?;
            Ok(Loaded { head, content: serde_json::from_str(&text).map_err(Problem::internal)?, parties, came_from })
        })
        .transpose()
}

/// The organizations that speak for their side today.
fn leading_parties(kind: &Kind, id: Id, conn: &mut Connection) -> Outcome<Vec<Id>> {
    let today = super::kind::today();
    let here = parties::left_on.is_null().or(parties::left_on.gt(today));
    let joined = parties::joined_on.is_null().or(parties::joined_on.le(today));
    let leads = parties::role.eq_any(kind.leading);
    let of_record = parties::table.filter(parties::record_id.eq(id));
    Ok(of_record.filter(here).filter(joined).filter(leads).select(parties::org_id).load(conn)?)
}

/// 409 for a record whose content cannot change in its state: what was submitted is what the provinces look at, and must be
/// taken back first; what is closed has ended.
pub fn stays_as_it_is(kind: &Kind, head: &Head, to: &str) -> Outcome<()> {
    match head.state.as_str() {
        state::SUBMITTED => Err(Problem::new(Code::TakeBackFirst).member("state", head.state.clone())),
        state::CLOSED | state::WITHDRAWN => Err(illegal(kind, head, to)),
        _ => Ok(()),
    }
}

/// 409 that names the state and the move that is not possible from it.
pub fn illegal(kind: &Kind, head: &Head, to: &str) -> Problem {
    Problem::new(Code::IllegalTransition)
        .arg("kind", kind.singular)
        .arg("from", &head.state)
        .arg("to", to)
        .member("state", head.state.clone())
}

/// Answers the warnings, or refuses when there is any fault; a missing counterparty alone has a code of its own.
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

/// Who must agree to a record is settled when it becomes official: what one province confirmed is not joint, and what both
/// did is not one side's to keep.
pub fn check_ownership(kind: &Kind, head: &Head, after: &Value, findings: &mut Findings) {
    let Ownership::ByContent(member, owner_of) = kind.ownership else { return };
    if head.published_at.is_some() && (owner_of(after) == Owner::Parties) != head.joint {
        findings.fault(format!("/{member}"), "settled-when-official");
    }
}

/// 409 that names the members which need the word of these provinces, and where to ask for it.
fn cosigned(head: &Head, changed: &[String], provinces: &[&str]) -> Problem {
    let word = match provinces {
        [CHONGQING] => "chongqing",
        [SICHUAN] => "sichuan",
        _ => "both",
    };
    let fault = |name: &String| Fault::at(format!("/{name}"), "cosigned-field").arg("field", name).arg("word", word);
    let problem = Problem::of_faults(Code::CosignedField, changed.iter().map(fault).collect());
    let problem = problem.arg("fields", changed.join(", ")).arg("word", word).member("provinces", provinces);
    problem.member("change_requests", format!("/api/v1/{}/{}/change-requests", head.kind, head.id))
}

fn unchanged(head: &Head, conn: &mut Connection) -> Outcome<Saved> {
    let document = records::table.filter(records::id.eq(head.id)).select(records::document).get_result(conn)?;
    Ok(Saved { head: head.clone(), document })
}

/// Gives a reference that a merge patch changed by one of its members the chance to be resolved by that one alone.
pub fn prefer_patched_references(kind: &Kind, patch: &Value, merged: &mut Value) {
    let pointers: Vec<String> = projection::references(kind, merged).into_iter().map(|(pointer, ..)| pointer).collect();
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
