//! How a change is kept: the record by compare-and-set, its content and revision, what follows from them, and last the feed
//! position. Nothing else writes these tables.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::actor::Actor;
use super::canonical;
use super::findings::Findings;
use super::kind::{Kind, Owner};
use super::model::{Confirmation, Head, Revision, Standing, state};
use super::projection::Projection;
use super::register::Registered;
use super::view;
use crate::api::{Code, Fault, Outcome, Problem, conditional};
use crate::db::schema::{agreements, changes, confirmations, contents, feed, identifiers, records, revisions, serials};
use crate::db::{Connection, Id, Moment};
use crate::reference::RecordCode;

/// A record as it stands after a write.
pub struct Saved {
    pub head: Head,
    pub document: String,
}

/// What a change adds to a record's history.
pub struct Step<'a> {
    pub action: &'a str,
    pub reason: Option<&'a str>,
}

/// A content to be put in force, with the projection of the one before it.
pub struct NewContent<'a> {
    pub content: &'a Value,
    pub before: Option<&'a Projection>,
}

impl Head {
    /// The head of a record that is about to be made by `actor`; the content says whether it is joint.
    pub fn draft(kind: &Kind, id: Id, actor: &Actor, owner_id: Id, province: String) -> Head {
        Head {
            id,
            kind: kind.name.to_owned(),
            code: String::new(),
            state: state::DRAFT.to_owned(),
            revision: 0,
            content_number: 1,
            digest: String::new(),
            joint: false,
            province,
            owner_id,
            created_by: actor.principal.client_id,
            submission: None,
            submitted_by: None,
            source_system: None,
            source_id: None,
            name_zh: String::new(),
            name_en: None,
            created_at: actor.at,
            updated_at: actor.at,
            published_at: None,
            withdrawn_at: None,
            state_reason: None,
        }
    }
}

/// Puts a content in force.
pub fn content(
    kind: &Registered,
    actor: &Actor,
    head: &mut Head,
    new: NewContent,
    warnings: &[Fault],
    step: Step,
    conn: &mut Connection,
) -> Outcome<Saved> {
    let NewContent { content, before } = new;
    let projection = Projection::of(kind, content);
    refuse_duplicates(head.id, actor, &projection, conn)?;
    head.content_number = head.revision + 1;
    head.digest = canonical::digest(content, kind.unsigned)?;
    let name = |language: &str| content["name"][language].as_str().map(str::to_owned);
    (head.name_zh, head.name_en) = (name("zh").unwrap_or_default(), name("en"));
    if head.code.is_empty() {
        head.code = next_code(kind, actor.at, conn)?;
    }
    let saved = write_head(kind, actor, head, content, warnings, conn)?;
    let row = (
        contents::record_id.eq(head.id),
        contents::number.eq(head.content_number),
        contents::text.eq(canonical::text(content)?),
        contents::digest.eq(&head.digest),
    );
    diesel::insert_into(contents::table).values(row).execute(conn)?;
    add_revision(actor, head, &step, conn)?;
    projection.write(kind, head.id, before, conn)?;
    announce(head, step.action, actor.at, conn)?;
    Ok(saved)
}

/// Puts a state (or a decision) in force; the content stays.
pub fn standing(
    kind: &Registered,
    actor: &Actor,
    head: &mut Head,
    content: &Value,
    warnings: &[Fault],
    step: Step,
    conn: &mut Connection,
) -> Outcome<Saved> {
    let saved = write_head(kind, actor, head, content, warnings, conn)?;
    add_revision(actor, head, &step, conn)?;
    announce(head, step.action, actor.at, conn)?;
    Ok(saved)
}

/// Writes the record and its answer, if it is still as it was read.
fn write_head(
    kind: &Registered,
    actor: &Actor,
    head: &mut Head,
    content: &Value,
    warnings: &[Fault],
    conn: &mut Connection,
) -> Outcome<Saved> {
    let before = head.revision;
    head.revision += 1;
    head.updated_at = actor.at;
    let documents = documents(kind, head, content, warnings, conn)?;
    let texts = (records::document.eq(&documents.full), records::public_document.eq(&documents.public));
    if before == 0 {
        diesel::insert_into(records::table).values((&*head, texts)).execute(conn)?;
    } else {
        let row = records::table.filter(records::id.eq(head.id)).filter(records::revision.eq(before));
        if diesel::update(row).set((&*head, texts)).execute(conn)? == 0 {
            return Err(stale(head.id, conn)?);
        }
    }
    Ok(Saved { head: head.clone(), document: documents.full })
}

fn documents(
    kind: &Kind,
    head: &Head,
    content: &Value,
    warnings: &[Fault],
    conn: &mut Connection,
) -> Outcome<view::Documents> {
    let made = confirmations_of(head, conn)?;
    let pending: i64 = match head.joint && head.published_at.is_some() {
        true => agreements::table.filter(agreements::record_id.eq(head.id)).count().get_result(conn)?,
        false => 0,
    };
    // Parties are named by id alone: the code of the one that owns the record stands in its own.
    let owner_code: Option<String> = match kind.owner(content) {
        Owner::For(owner, _) => records::table.find(owner).select(records::code).first(conn).optional()?,
        _ => None,
    };
    view::documents(kind, head, content, owner_code.as_deref(), &made, pending as i32, warnings)
}

fn add_revision(actor: &Actor, head: &Head, step: &Step, conn: &mut Connection) -> Outcome<()> {
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
    Ok(())
}

/// 412 with the revision that the record has now.
pub fn stale(id: Id, conn: &mut Connection) -> Outcome<Problem> {
    let revision: Option<i64> = records::table.find(id).select(records::revision).first(conn).optional()?;
    Ok(conditional::conflict(revision.unwrap_or_default()))
}

/// The decisions on the present submission.
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

/// 409 for an identifier that another record has already; it is named to callers who may see it.
fn refuse_duplicates(id: Id, actor: &Actor, projection: &Projection, conn: &mut Connection) -> Outcome<()> {
    if projection.identifiers.is_empty() {
        return Ok(());
    }
    let values: Vec<&str> = projection.identifiers.iter().map(|(_, value)| value.as_str()).collect();
    let rows: Vec<(String, String, String, Standing)> = identifiers::table
        .inner_join(records::table.on(records::id.eq(identifiers::record_id)))
        .filter(identifiers::value.eq_any(values))
        .filter(identifiers::record_id.ne(id))
        .select((identifiers::scheme, identifiers::value, records::code, Standing::as_select()))
        .load(conn)?;
    let taken = rows.into_iter().find(|(scheme, value, ..)| {
        projection.identifiers.iter().any(|(own_scheme, own_value)| own_scheme == scheme && own_value == value)
    });
    let Some((scheme, value, code, other)) = taken else {
        return Ok(());
    };
    let problem = Problem::new(Code::DuplicateIdentifier).arg("scheme", &scheme).arg("value", &value);
    if !actor.sight().sees(&other) {
        return Err(problem);
    }
    let href = format!("/api/v1/{}/{}", other.kind, other.id);
    Err(problem.arg("ref", &code).member("existing", json!({"id": other.id, "code": code, "href": href})))
}

/// The last step of every change: takes the next feed position under the lock that is held to commit.
pub fn announce(head: &Head, action: &str, at: Moment, conn: &mut Connection) -> Outcome<()> {
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

/// Makes the projections and stored answers of up to `limit` records after `after` anew from their contents; answers how
/// many there were and the last of them. A record that changed meanwhile ends it with `revision-conflict`: call again.
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
        let documents = documents(kind, head, &content, findings.warnings(), conn)?;
        let row = records::table.filter(records::id.eq(head.id)).filter(records::revision.eq(head.revision));
        let texts = (records::document.eq(&documents.full), records::public_document.eq(&documents.public));
        if diesel::update(row).set(texts).execute(conn)? == 0 {
            return Err(stale(head.id, conn)?);
        }
        Projection::erase(head.id, conn)?;
        let mut projection = Projection::of(kind, &content);
        if head.state == state::WITHDRAWN {
            projection.identifiers.clear();
        }
        projection.write(kind, head.id, None, conn)?;
    }
    Ok((rows.len(), last))
}
