//! Every change of a record goes through here, and every one is a compare-and-set in one transaction:
//! examine the body, resolve its references, write content, revision, projection, answer and, last, the feed position.

use std::sync::Arc;

use diesel::prelude::*;
use serde_json::Value;

use super::canonical;
use super::findings::Findings;
use super::kind::{Kind, Owner, Ownership};
use super::model::{Confirmation, Head, Revision, state};
use super::projection::{self, Projection};
use super::register::{Register, Registered};
use super::resolve::{self, Targets};
use super::view::{self, Sight};
use crate::api::{Code, Fault, Outcome, Problem};
use crate::auth::Principal;
use crate::db::schema::{changes, confirmations, contents, feed, identifiers, records, revisions, serials};
use crate::db::{Connection, Id, Moment};
use crate::reference::RecordCode;

/// Who does it, in which request, when.
#[derive(Clone)]
pub struct Actor {
    pub principal: Arc<Principal>,
    pub request_id: Id,
    pub at: Moment,
}

/// A body after its checks; faults are kept until the references are known, so that all are reported together.
pub struct Examined {
    pub content: Value,
    pub findings: Findings,
}

/// A record as it stands after a write.
pub struct Saved {
    pub head: Head,
    pub document: String,
}

/// What a change adds to a record's history.
struct Step<'a> {
    action: &'static str,
    reason: Option<&'a str>,
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
}

/// Checks a body against schema and rules; answers it in normal form with what was found.
pub fn examine(kind: &Registered, mut body: Value, today: chrono::NaiveDate) -> Examined {
    let mut findings = Findings::new(today);
    kind.checker.check(&mut body, &mut findings);
    let content = (kind.check)(body, &mut findings);
    Examined { content, findings }
}

impl Actor {
    pub fn sight(&self) -> Sight {
        Sight::of(Some(&self.principal))
    }

    fn province(&self) -> Outcome<&str> {
        self.principal.province.as_deref().ok_or_else(|| Problem::new(Code::OtherProvince).arg("province", "—"))
    }

    /// Whether the caller may change this record: its organization's client, or a trusted client of its province.
    pub fn may_write(&self, head: &Head) -> Outcome<()> {
        let principal = &self.principal;
        let own = principal.org == Some(head.owner_id) || principal.client_id == head.created_by;
        if own || (principal.province_wide() && principal.province.as_deref() == Some(&head.province)) {
            return Ok(());
        }
        if principal.province_wide() {
            return Err(Problem::new(Code::OtherProvince).arg("province", &head.province));
        }
        Err(Problem::new(Code::OtherOrganization).arg("owner", head.owner_id))
    }
}

/// Makes a draft from an examined body.
pub fn create(
    register: &Register,
    kind: &Registered,
    actor: &Actor,
    body: Value,
    source: Option<SourceKey>,
    conn: &mut Connection,
) -> Outcome<Saved> {
    create_with_id(register, kind, actor, Id::new(), body, source, conn)
}

/// [`create`] with an identifier chosen by the caller: for demo data, whose organizations the examples name.
pub fn create_with_id(
    register: &Register,
    kind: &Registered,
    actor: &Actor,
    id: Id,
    body: Value,
    source: Option<SourceKey>,
    conn: &mut Connection,
) -> Outcome<Saved> {
    let Examined { mut content, mut findings } = examine(kind, body, actor.at.day_in_shanghai());
    let targets = resolve::resolve(register, kind, &mut content, &[], &actor.sight(), &mut findings, conn)?;
    let (owner_id, province) = owner_of(kind, id, actor, &content, &targets)?;
    review(kind, &content, &targets, &mut findings, conn)?;
    let warnings = accept(findings, Vec::new())?.1;
    let mut head = Head {
        id,
        kind: kind.name.to_owned(),
        code: next_code(kind, actor.at, conn)?,
        state: state::DRAFT.to_owned(),
        revision: 0,
        content_number: 1,
        digest: String::new(),
        joint: kind.is_joint(),
        province,
        owner_id,
        created_by: actor.principal.client_id,
        submission: None,
        submitted_by: None,
        source_system: source.as_ref().map(|source| source.system.clone()),
        source_id: source.map(|source| source.id),
        name_zh: String::new(),
        name_en: None,
        created_at: actor.at,
        updated_at: actor.at,
        published_at: None,
        withdrawn_at: None,
        state_reason: None,
    };
    save(kind, actor, &mut head, None, content, warnings, Step { action: "created", reason: None }, conn)
}

/// Puts a new content in force: the whole of it, already merged.
///
/// On records that were official once, members that the provinces signed together cannot be changed this way.
pub fn replace(
    register: &Register,
    kind: &Registered,
    actor: &Actor,
    loaded: Loaded,
    body: Value,
    mut faults: Vec<Fault>,
    conn: &mut Connection,
) -> Outcome<Saved> {
    let Loaded { mut head, content: before } = loaded;
    actor.may_write(&head)?;
    let Examined { mut content, mut findings } = examine(kind, body, actor.at.day_in_shanghai());
    let old = Projection::of(kind, &before);
    let targets = resolve::resolve(register, kind, &mut content, &old.links, &actor.sight(), &mut findings, conn)?;
    check_lifecycle(kind, &before, &content, &mut findings);
    let (owner_id, province) =
        owner_of(kind, head.id, actor, &content, &targets).unwrap_or((head.owner_id, head.province.clone()));
    if !kind.is_joint() && owner_id != head.owner_id {
        // A record that was official changes hands only with the province's word (change request).
        if head.published_at.is_some() && !actor.principal.province_wide() {
            return Err(Problem::new(Code::OtherOrganization).arg("owner", owner_id));
        }
        (head.owner_id, head.province) = (owner_id, province);
    }
    review(kind, &content, &targets, &mut findings, conn)?;
    let (_, warnings) = accept(findings, std::mem::take(&mut faults))?;
    if content == before {
        return unchanged(&head, conn);
    }
    if head.state == state::SUBMITTED {
        // What was submitted is what both sides look at: it must be taken back before it can change.
        return Err(illegal(kind, &head, "edit"));
    }
    if matches!(head.state.as_str(), state::CLOSED | state::WITHDRAWN) {
        return Err(illegal(kind, &head, "edit"));
    }
    if head.joint && head.published_at.is_some() {
        refuse_cosigned(kind, &head, &before, &content)?;
    }
    save(kind, actor, &mut head, Some(&old), content, warnings, Step { action: "updated", reason: None }, conn)
}

/// Moves a record to another state, by the table of `api-conventions` §3.
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
    let Some(step) = super::lifecycle::legal(&head, actor).into_iter().find(|step| step.to == to) else {
        // The caller who may do nothing at all with it is told why.
        let of_a_side = actor.principal.province_wide() && head.concerns(actor.principal.province.as_deref());
        if super::lifecycle::legal(&head, actor).is_empty() && !of_a_side {
            actor.may_write(&head)?;
        }
        return Err(illegal(kind, &head, to)
            .member("legal", super::lifecycle::legal(&head, actor).iter().map(|step| step.to).collect::<Vec<_>>()));
    };
    if step.needs_reason && reason.is_none_or(|reason| reason.trim().is_empty()) {
        return Err(Problem::invalid(vec![Fault::at("/reason", "required-here").arg("because", to)]));
    }
    if matches!(to, state::SUBMITTED | state::ACTIVE) && head.published_at.is_none() {
        // Full check again: references may have ended, rules may have become stricter since the draft was written.
        let mut findings = Findings::new(actor.at.day_in_shanghai());
        let mut again = content.clone();
        kind.checker.check(&mut again, &mut findings);
        let again = (kind.check)(again, &mut findings);
        let mut resolved = again.clone();
        let targets = resolve::resolve(register, kind, &mut resolved, &[], &actor.sight(), &mut findings, conn)?;
        for (pointer, _, value) in projection::references(kind, &content) {
            let target = projection::reference_id(value).and_then(|id| targets.get(&id));
            let own = projection::reference_id(value) == Some(head.id);
            if !own && target.is_some_and(|target| !state::PUBLIC.contains(&target.state.as_str())) {
                findings.fault(&pointer, "reference-not-published");
            }
        }
        accept(findings, Vec::new())?;
    }
    head.state = to.to_owned();
    match to {
        state::SUBMITTED => {
            head.submission = Some(head.revision + 1);
            head.submitted_by = Some(actor.principal.client_id);
        }
        state::ACTIVE => head.published_at = head.published_at.or(Some(actor.at)),
        state::WITHDRAWN => head.withdrawn_at = Some(actor.at),
        _ => {}
    }
    head.state_reason = reason.map(str::to_owned);
    let warnings = warnings_of(kind, &content, actor);
    let saved = Step { action: step.action, reason };
    store(kind, actor, &mut head, &content, &warnings, &saved, false, conn)
}

/// Records a province's decision on the submission whose digest it read; the last confirmation makes the record active.
pub fn decide(
    kind: &Registered,
    actor: &Actor,
    loaded: Loaded,
    decision: Decided,
    conn: &mut Connection,
) -> Outcome<Saved> {
    let Loaded { mut head, content } = loaded;
    let province = actor.province()?.to_owned();
    if !head.concerns(Some(&province)) {
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
    if decision.digest != head.digest {
        return Err(Problem::new(Code::DigestMismatch).member("current_digest", head.digest.clone()));
    }
    let made = confirmations_of(&head, conn)?;
    if let Some(earlier) = made.iter().find(|one| one.province == province) {
        return Err(Problem::new(Code::AlreadyConfirmed)
            .arg("province", &province)
            .member("decision", earlier.decision.clone()));
    }
    let row = Confirmation {
        record_id: head.id,
        submission,
        province,
        decision: decision.word.to_owned(),
        digest: head.digest.clone(),
        revision: head.revision + 1,
        client_id: actor.principal.client_id,
        client: actor.principal.client.clone(),
        org_id: actor.principal.org,
        signatory_zh: decision.signatory_zh,
        signatory_en: decision.signatory_en,
        reason: decision.reason.clone(),
        request_id: actor.request_id,
        at: actor.at,
    };
    diesel::insert_into(confirmations::table).values(&row).execute(conn)?;
    let confirmed = made.iter().filter(|one| one.decision == "confirm").count() + 1;
    let action = match decision.word {
        "decline" => {
            head.state = state::DRAFT.to_owned();
            head.state_reason = decision.reason.clone();
            "declined"
        }
        _ if confirmed == head.provinces().len() => {
            head.state = state::ACTIVE.to_owned();
            head.published_at = head.published_at.or(Some(actor.at));
            "activated"
        }
        _ => "confirmed",
    };
    let warnings = warnings_of(kind, &content, actor);
    let step = Step { action, reason: decision.reason.as_deref() };
    store(kind, actor, &mut head, &content, &warnings, &step, false, conn)
}

/// What a province says to a submission.
pub struct Decided {
    /// `confirm` or `decline`.
    pub word: &'static str,
    pub digest: String,
    pub signatory_zh: Option<String>,
    pub signatory_en: Option<String>,
    pub reason: Option<String>,
}

/// Takes a draft away for good; anything else is withdrawn by a transition.
pub fn delete(actor: &Actor, head: &Head, conn: &mut Connection) -> Outcome<()> {
    use crate::db::schema::links;
    actor.may_write(head)?;
    if head.state != state::DRAFT || head.published_at.is_some() {
        return Err(Problem::new(Code::NotADraft).arg("state", &head.state).member("state", head.state.clone()));
    }
    let user: Option<String> = links::table
        .inner_join(records::table.on(records::id.eq(links::record_id)))
        .filter(links::target_id.eq(head.id))
        .filter(links::record_id.ne(head.id))
        .select(records::code)
        .first(conn)
        .optional()?;
    if let Some(user) = user {
        return Err(Problem::new(Code::InUse).arg("ref", &head.code).arg("by", &user));
    }
    let deleted =
        diesel::delete(records::table.filter(records::id.eq(head.id)).filter(records::revision.eq(head.revision)))
            .execute(conn)?;
    if deleted == 0 {
        return Err(stale(head));
    }
    let mut gone = head.clone();
    gone.revision += 1;
    announce(&gone, "deleted", actor.at, conn)
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
        .first(conn)
        .optional()?;
    row.filter(|(head, _)| sight.sees(&head.into()))
        .map(|(head, text)| Ok(Loaded { head, content: serde_json::from_str(&text).map_err(Problem::internal)? }))
        .transpose()
}

pub fn confirmations_of(head: &Head, conn: &mut Connection) -> Outcome<Vec<Confirmation>> {
    let Some(submission) = head.submission else {
        return Ok(Vec::new());
    };
    Ok(confirmations::table
        .filter(confirmations::record_id.eq(head.id))
        .filter(confirmations::submission.eq(submission))
        .order(confirmations::province)
        .select(Confirmation::as_select())
        .load(conn)?)
}

/// 409 that names the state and the move that is not possible from it.
pub fn illegal(kind: &Kind, head: &Head, to: &str) -> Problem {
    Problem::new(Code::IllegalTransition)
        .arg("kind", kind.singular)
        .arg("from", &head.state)
        .arg("to", to)
        .member("state", head.state.clone())
}

fn stale(head: &Head) -> Problem {
    Problem::new(Code::RevisionConflict).member("current_revision", head.revision)
}

/// Refuses when there is any fault, with the special code where both provinces are not represented.
fn accept(findings: Findings, mut faults: Vec<Fault>) -> Outcome<((), Vec<Fault>)> {
    let warnings = findings.warnings().to_vec();
    for fault in findings.into_faults() {
        // A patch and the whole that it makes are faulty in the same places.
        if !faults.iter().any(|known| (&known.place, known.code) == (&fault.place, fault.code)) {
            faults.push(fault);
        }
    }
    if faults.is_empty() {
        return Ok(((), warnings));
    }
    let only_counterparty = faults.iter().all(|fault| fault.code == "missing-counterparty");
    let code = if only_counterparty { Code::MissingCounterparty } else { Code::ValidationFailed };
    Err(Problem::of_faults(code, faults))
}

fn warnings_of(kind: &Registered, content: &Value, actor: &Actor) -> Vec<Fault> {
    let mut findings = Findings::new(actor.at.day_in_shanghai());
    (kind.check)(content.clone(), &mut findings);
    findings.warnings().to_vec()
}

fn review(
    kind: &Kind,
    content: &Value,
    targets: &Targets,
    findings: &mut Findings,
    conn: &mut Connection,
) -> Outcome<()> {
    if let Some(review) = kind.review {
        review(content, &resolve::contents(targets, conn)?, findings);
    }
    Ok(())
}

fn check_lifecycle(kind: &Kind, before: &Value, after: &Value, findings: &mut Findings) {
    let (from, to) = (Kind::lifecycle_of(before), Kind::lifecycle_of(after));
    if from != to && !to.is_empty() && !kind.next_lifecycles(from).contains(&to) {
        let legal = kind.next_lifecycles(from).join(", ");
        let fault = findings.fault("/lifecycle", "illegal-lifecycle-step");
        fault.args.extend([("from", from.to_owned()), ("to", to.to_owned()), ("legal", legal)]);
    }
}

/// The owner and the keeping province, and whether the caller may write for them.
fn owner_of(kind: &Kind, id: Id, actor: &Actor, content: &Value, targets: &Targets) -> Outcome<(Id, String)> {
    let principal = &actor.principal;
    let province = actor.province()?.to_owned();
    match kind.ownership {
        Ownership::Joint => {
            let parties: Vec<(Id, &str)> = projection::matches(content, "/parties/*")
                .into_iter()
                .filter_map(|(_, party)| {
                    Some((party.get("org_id").and_then(projection::reference_id)?, party.get("province")?.as_str()?))
                })
                .collect();
            if let Some(org) = principal.org.filter(|org| parties.iter().any(|(party, _)| party == org)) {
                return Ok((org, province));
            }
            let own_side = parties.iter().find(|(_, side)| *side == province).map(|(party, _)| *party);
            match own_side {
                Some(party) if principal.province_wide() => Ok((party, province)),
                // The faults say what is wrong with the parties; who owns such a body does not matter.
                None if principal.province_wide() || parties.is_empty() => Ok((principal.org.unwrap_or(id), province)),
                _ => Err(Problem::new(Code::OtherOrganization).arg("owner", "parties")),
            }
        }
        Ownership::Single(owner_of) => match owner_of(content) {
            Owner::Itself if principal.province_wide() || principal.org == Some(id) => Ok((id, province)),
            Owner::Itself => Err(Problem::new(Code::OtherOrganization).arg("owner", "—")),
            Owner::Organization(owner) => {
                let side = targets.get(&owner).map_or(province.as_str(), |target| target.province.as_str());
                if principal.org == Some(owner) || (principal.province_wide() && side == province) {
                    return Ok((owner, side.to_owned()));
                }
                let code = if principal.province_wide() { Code::OtherProvince } else { Code::OtherOrganization };
                Err(Problem::new(code).arg("owner", owner).arg("province", side))
            }
            Owner::Unknown => Ok((principal.org.unwrap_or(id), province)),
        },
    }
}

fn refuse_cosigned(kind: &Kind, head: &Head, before: &Value, after: &Value) -> Outcome<()> {
    let names = before.as_object().into_iter().chain(after.as_object()).flat_map(|members| members.keys());
    let mut changed: Vec<&String> =
        names.filter(|name| before.get(name) != after.get(name) && !kind.unsigned.contains(&name.as_str())).collect();
    changed.sort();
    changed.dedup();
    if changed.is_empty() {
        return Ok(());
    }
    let faults =
        changed.iter().map(|name| Fault::at(format!("/{name}"), "cosigned-field").arg("field", name)).collect();
    Err(Problem::of_faults(Code::CosignedField, faults)
        .member("change_requests", format!("/api/v1/{}/{}/change-requests", kind.name, head.id)))
}

fn unchanged(head: &Head, conn: &mut Connection) -> Outcome<Saved> {
    let document = records::table.filter(records::id.eq(head.id)).select(records::document).first(conn)?;
    Ok(Saved { head: head.clone(), document })
}

fn next_code(kind: &Kind, at: Moment, conn: &mut Connection) -> Outcome<String> {
    use chrono::Datelike;
    let year = at.day_in_shanghai().year();
    let row = serials::table.filter(serials::prefix.eq(kind.prefix)).filter(serials::year.eq(year));
    let next = |conn: &mut Connection| -> QueryResult<Option<i64>> {
        diesel::update(row)
            .set(serials::last.eq(serials::last + 1))
            .returning(serials::last)
            .get_result(conn)
            .optional()
    };
    let serial = match next(conn)? {
        Some(serial) => serial,
        None => {
            // Two first records of a year at once: the loser's insert fails and its transaction is run again.
            let first = (serials::prefix.eq(kind.prefix), serials::year.eq(year), serials::last.eq(1_i64));
            diesel::insert_into(serials::table).values(first).execute(conn)?;
            1
        }
    };
    let code = RecordCode::new(kind.prefix, year as u16, serial as u32);
    code.map(|code| code.to_string())
        .ok_or_else(|| Problem::internal(format!("no code left for {} {year}", kind.prefix)))
}

#[allow(clippy::too_many_arguments)] // one change, all of its parts; bundling them would only rename the list
fn save(
    kind: &Registered,
    actor: &Actor,
    head: &mut Head,
    old: Option<&Projection>,
    content: Value,
    warnings: Vec<Fault>,
    step: Step,
    conn: &mut Connection,
) -> Outcome<Saved> {
    let projection = Projection::of(kind, &content);
    refuse_duplicates(head.id, &projection, conn)?;
    head.content_number = head.revision + 1;
    head.digest = canonical::digest(&content, kind.unsigned)?;
    let name =
        |language: &str| content.pointer(&format!("/name/{language}")).and_then(Value::as_str).map(str::to_owned);
    (head.name_zh, head.name_en) = (name("zh").unwrap_or_default(), name("en"));
    let saved = store(kind, actor, head, &content, &warnings, &step, true, conn)?;
    projection.write(kind, head.id, old, conn)?;
    announce(head, step.action, actor.at, conn)?;
    Ok(saved)
}

#[allow(clippy::too_many_arguments)]
fn store(
    kind: &Registered,
    actor: &Actor,
    head: &mut Head,
    content: &Value,
    warnings: &[Fault],
    step: &Step,
    new_content: bool,
    conn: &mut Connection,
) -> Outcome<Saved> {
    let before = head.revision;
    head.revision += 1;
    head.updated_at = actor.at;
    let made = confirmations_of(head, conn)?;
    let documents = view::documents(kind, head, content, &made, warnings)?;
    let texts = (records::document.eq(&documents.full), records::public_document.eq(&documents.public));
    if before == 0 {
        diesel::insert_into(records::table).values((&*head, texts)).execute(conn)?;
    } else {
        let row = records::table.filter(records::id.eq(head.id)).filter(records::revision.eq(before));
        if diesel::update(row).set((&*head, texts)).execute(conn)? == 0 {
            return Err(Problem::new(Code::RevisionConflict).member("current_revision", head.revision));
        }
    }
    if new_content {
        let row = (
            contents::record_id.eq(head.id),
            contents::number.eq(head.content_number),
            contents::text.eq(canonical::text(content)?),
            contents::digest.eq(&head.digest),
        );
        diesel::insert_into(contents::table).values(row).execute(conn)?;
    }
    let principal = &actor.principal;
    let revision = Revision {
        record_id: head.id,
        number: head.revision,
        content_number: head.content_number,
        state: head.state.clone(),
        action: step.action.to_owned(),
        client_id: principal.client_id,
        client: principal.client.clone(),
        org_id: principal.org,
        province: principal.province.clone(),
        reason: step.reason.map(str::to_owned),
        request_id: actor.request_id,
        at: actor.at,
    };
    diesel::insert_into(revisions::table).values(&revision).execute(conn)?;
    if !new_content {
        announce(head, step.action, actor.at, conn)?;
    }
    Ok(Saved { head: head.clone(), document: documents.full })
}

/// 409 that names the record which has the identifier already.
fn refuse_duplicates(id: Id, projection: &Projection, conn: &mut Connection) -> Outcome<()> {
    if projection.identifiers.is_empty() {
        return Ok(());
    }
    let values: Vec<&str> = projection.identifiers.iter().map(|(_, value)| value.as_str()).collect();
    let rows: Vec<(String, String, Id, String, String)> = identifiers::table
        .inner_join(records::table.on(records::id.eq(identifiers::record_id)))
        .filter(identifiers::value.eq_any(values))
        .filter(identifiers::record_id.ne(id))
        .select((identifiers::scheme, identifiers::value, records::id, records::code, records::kind))
        .load(conn)?;
    let taken = rows.into_iter().find(|(scheme, value, ..)| {
        projection.identifiers.iter().any(|(own_scheme, own_value)| own_scheme == scheme && own_value == value)
    });
    let Some((scheme, value, other, code, kind)) = taken else {
        return Ok(());
    };
    Err(Problem::new(Code::DuplicateIdentifier)
        .arg("scheme", &scheme)
        .arg("value", &value)
        .arg("ref", &code)
        .member("existing", serde_json::json!({"id": other, "code": code, "href": format!("/api/v1/{kind}/{other}")})))
}

/// The last step of every change: takes the next feed position under the lock that is held to commit.
fn announce(head: &Head, action: &str, at: Moment, conn: &mut Connection) -> Outcome<()> {
    let seq: i64 = diesel::update(feed::table.filter(feed::one.eq(1)))
        .set(feed::seq.eq(feed::seq + 1))
        .returning(feed::seq)
        .get_result(conn)?;
    let row = (
        changes::seq.eq(seq),
        changes::record_id.eq(head.id),
        changes::kind.eq(&head.kind),
        changes::code.eq(&head.code),
        changes::revision.eq(head.revision),
        changes::action.eq(action),
        changes::state.eq(&head.state),
        changes::joint.eq(head.joint),
        changes::province.eq(&head.province),
        changes::owner_id.eq(head.owner_id),
        changes::created_by.eq(head.created_by),
        changes::published.eq(head.published_at.is_some()),
        changes::at.eq(at),
    );
    diesel::insert_into(changes::table).values(row).execute(conn)?;
    Ok(())
}

/// Makes every projection and stored answer of a kind anew from its revisions; answers how many records there were.
pub fn rebuild(
    kind: &Registered,
    conn: &mut Connection,
    after: Option<Id>,
    limit: i64,
) -> Outcome<(usize, Option<Id>)> {
    let mut query = records::table
        .inner_join(
            contents::table.on(contents::record_id.eq(records::id).and(contents::number.eq(records::content_number))),
        )
        .filter(records::kind.eq(kind.name))
        .order(records::id)
        .limit(limit)
        .select((Head::as_select(), contents::text))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(records::id.gt(after));
    }
    let rows: Vec<(Head, String)> = query.load(conn)?;
    let last = rows.last().map(|(head, _)| head.id);
    for (head, text) in &rows {
        let content: Value = serde_json::from_str(text).map_err(Problem::internal)?;
        let mut findings = Findings::new(head.updated_at.day_in_shanghai());
        (kind.check)(content.clone(), &mut findings);
        let made = confirmations_of(head, conn)?;
        let documents = view::documents(kind, head, &content, &made, findings.warnings())?;
        diesel::update(records::table.filter(records::id.eq(head.id)))
            .set((records::document.eq(&documents.full), records::public_document.eq(&documents.public)))
            .execute(conn)?;
        Projection::erase(head.id, conn)?;
        Projection::of(kind, &content).write(kind, head.id, None, conn)?;
    }
    Ok((rows.len(), last))
}
