//! How a change is committed: the record by compare-and-set, its content and revision, the projections, and last the
//! feed position and the audit event. Every revision is written here. Decisions, proposals, successions and rebuilds
//! also write rows of their own, in the transaction that ends here.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde_json::{Value, json};

use crate::api::conditional;
use crate::db::schema::{confirmations, contents, identifiers, records, revisions, serials};
use crate::db::{Cell, Connection, Id, Moment, Sql, Together, Uid};
use crate::kind::findings::Findings;
use crate::kind::register::Registered;
use crate::kind::{Kind, pointers};
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::records::action::Action;
use crate::records::actor::Actor;
use crate::records::desk::Desk;
use crate::records::feed::{self, Item};
use crate::records::projection::Projection;
use crate::records::rows::{Confirmation, Head, Lasting, Revision, SICHUAN, Sides, Standing, state};
use crate::records::{documents, proposals, trail};
use crate::reference::{RecordCode, canonical};

/// A record as it stands after a write.
pub struct Saved {
    pub head: Head,
    pub document: String,
}

/// What a change adds to a record's history.
pub struct Step<'a> {
    pub action: Action,
    pub reason: Option<&'a str>,
}

/// A content that its owner changed without saying why.
pub const UPDATED: Step = Step { action: Action::Updated, reason: None };

/// A content to be put in force, with the one before it and its projection.
pub struct NewContent<'a> {
    pub content: &'a Value,
    pub replaced: Option<&'a Value>,
    pub before: Option<&'a Projection>,
}

impl Head {
    /// The head of a record that is about to be made by `actor`; the content says whether it is joint.
    pub fn draft(kind: &Kind, id: Id, actor: &Actor, owner_id: Id, province: String) -> Head {
        let before = Sides { joint: false, province: province.clone() };
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
            before,
            stored: Lasting::default(),
        }
    }
}

impl Desk<'_> {
    /// Puts a content in force.
    pub fn commit_content(
        &mut self,
        head: &mut Head,
        new: NewContent,
        warnings: &[Fault],
        step: Step,
    ) -> Outcome<Saved> {
        let Desk { kind, actor, .. } = *self;
        let NewContent { content, replaced, before } = new;
        let from = trail::version(head);
        let mut projection = Projection::of(kind, content);
        let mut before = before.cloned();
        if let Some(before) = &mut before {
            Projection::follow_merges(&mut [&mut projection, before], head.id, self.conn)?;
        }
        // Identifiers that it holds already stay its own; only new ones may belong to another record.
        let holds = state::holds_identifiers(&head.state);
        let held = before.as_ref().filter(|_| holds).map_or(&[][..], |before| &before.identifiers);
        let gained: Vec<_> = projection.identifiers.iter().filter(|one| !held.contains(one)).cloned().collect();
        self.refuse_duplicates(head.id, content, &gained)?;
        head.content_number = head.revision + 1;
        head.digest = canonical::digest(content, kind.unsigned)?;
        let name = |language: &str| content["name"][language].as_str().map(str::to_owned);
        (head.name_zh, head.name_en) = (name("zh").unwrap_or_default(), name("en"));
        if head.code.is_empty() {
            head.code = next_code(kind, actor.at, self.conn)?;
        }
        let mut rows = Together::default();
        let saved = self.write_head(head, content, warnings, &mut rows)?;
        let row = (
            contents::record_id.eq(head.id),
            contents::number.eq(head.content_number),
            contents::text.eq(canonical::text(content)?),
            contents::digest.eq(head.digest.clone()),
        );
        rows.add(diesel::insert_into(contents::table).values(row), self.conn)?;
        rows.add(revision(actor, head, &step).insert_into(revisions::table), self.conn)?;
        projection.write(kind, head, before.as_ref(), &mut rows, self.conn)?;
        rows.run(self.conn)?;
        announce(head, step.action, actor, self.conn)?;
        let changed = trail::changed(replaced, content);
        trail::note(self, head, [from, trail::version(head)], changed, &step)?;
        Ok(saved)
    }

    /// Puts a state (or a decision) in force; the content stays.
    pub fn commit_standing(&mut self, head: &mut Head, content: &Value, step: Step) -> Outcome<Saved> {
        let Desk { actor, .. } = *self;
        let warnings = self.warnings_of(content);
        let from = trail::version(head);
        let mut rows = Together::default();
        let saved = self.write_head(head, content, &warnings, &mut rows)?;
        rows.add(revision(actor, head, &step).insert_into(revisions::table), self.conn)?;
        rows.run(self.conn)?;
        announce(head, step.action, actor, self.conn)?;
        trail::note(self, head, [from, trail::version(head)], Vec::new(), &step)?;
        Ok(saved)
    }

    /// Inserts a new record, or updates one whose revision is still the one read (else 412), with its answer. The caller
    /// must announce the change in the same transaction: caches learn of it by the feed alone.
    fn write_head(
        &mut self,
        head: &mut Head,
        content: &Value,
        warnings: &[Fault],
        rows: &mut Together,
    ) -> Outcome<Saved> {
        let Desk { kind, actor, .. } = *self;
        let before = head.revision;
        head.revision += 1;
        head.updated_at = actor.at;
        let documents = documents(kind, head, content, warnings, self.conn)?;
        if before == 0 {
            let texts = (records::document.eq(documents.full.clone()), records::public_document.eq(documents.public));
            rows.add(diesel::insert_into(records::table).values((head.clone(), texts)), self.conn)?;
        } else if !head.update(before, (&documents.full, documents.public.as_deref()), self.conn)? {
            return Err(stale(head.id, self.conn)?);
        }
        Ok(Saved { head: head.clone(), document: documents.full })
    }

    /// 409 for an identifier of this content that a submitted or official record has, with its pointer. The record is named
    /// if it is visible to the caller, else the province to ask.
    pub fn refuse_duplicates(
        &mut self,
        id: Id,
        content: &Value,
        identifiers: &[(&'static str, String)],
    ) -> Outcome<()> {
        let Desk { kind, actor, .. } = *self;
        let Some((scheme, value, other)) = taken(id, identifiers, self.conn)?.into_iter().next() else {
            return Ok(());
        };
        let (code, other): (String, Standing) =
            records::table.find(other).select((records::code, Standing::as_select())).get_result(self.conn)?;
        let (pointer, value) =
            pointers::identifier_at(kind, content, &scheme, &value).unwrap_or((String::new(), value));
        let fault = Fault::at(pointer, "identifier-taken").arg("value", &value);
        let problem = Problem::of_faults(Code::DuplicateIdentifier, vec![fault]).arg("value", &value);
        if !actor.sight().sees(&other) {
            let whom = if other.province == SICHUAN { "sichuan" } else { "chongqing" };
            return Err(problem.arg("ask", whom).member("ask", other.province));
        }
        let problem = problem.arg("ask", "nobody");
        Err(problem.arg("ref", &code).member("existing", shown(&other.kind, other.id, &code)))
    }

    /// Reserves the identifiers of a draft that is about to be submitted or published, or of a withdrawn record that is
    /// brought back; 409 when another record has one.
    pub fn claim(&mut self, head: &Head, content: &Value) -> Outcome<()> {
        let Desk { kind, actor: _, .. } = *self;
        if kind.uniques.is_empty() {
            return Ok(());
        }
        let mut projection = Projection::of(kind, content);
        Projection::follow_merges(&mut [&mut projection], head.id, self.conn)?;
        self.refuse_duplicates(head.id, content, &projection.identifiers)?;
        Ok(projection.claim(head.id, self.conn)?)
    }

    /// The deletion of a draft, in feed and audit log.
    pub fn commit_deletion(&mut self, head: &Head) -> Outcome<()> {
        let actor = self.actor;
        let step = Step { action: Action::Deleted, reason: None };
        let gone = Head { revision: head.revision + 1, ..head.clone() };
        announce(&gone, step.action, actor, self.conn)?;
        trail::note(self, head, [trail::version(head), None], Vec::new(), &step)
    }
}

fn documents(
    kind: &Kind,
    head: &Head,
    content: &Value,
    warnings: &[Fault],
    conn: &mut Connection,
) -> Outcome<documents::Documents> {
    let made = confirmations_of(head, conn)?;
    let pending = match head.published_at {
        Some(_) => proposals::pending_on(head.id, conn)?,
        None => Vec::new(),
    };
    let owner = owner_code(kind, head, content, conn)?;
    documents::documents(
        kind,
        head,
        content,
        documents::Around { owner, confirmations: &made, pending: &pending, warnings },
    )
}

fn revision(actor: &Actor, head: &Head, step: &Step) -> Revision {
    let principal = &actor.principal;
    Revision {
        record_id: head.id,
        number: head.revision,
        content_number: head.content_number,
        state: head.state.clone(),
        action: step.action.word().to_owned(),
        client_id: principal.client_id,
        client: principal.client.clone(),
        org_id: principal.org,
        province: principal.province.clone(),
        reason: step.reason.map(str::to_owned),
        request_id: actor.request_id,
        at: actor.at,
    }
}

/// 412 with the revision that the record has now.
pub fn stale(id: Id, conn: &mut Connection) -> Outcome<Problem> {
    let revision: Option<i64> = records::table.find(id).select(records::revision).get_result(conn).optional()?;
    Ok(conditional::conflict(revision.unwrap_or_default()))
}

/// The decisions on the present content: on its submission, or on the change that brought it.
pub fn confirmations_of(head: &Head, conn: &mut Connection) -> Outcome<Vec<Confirmation>> {
    head.submission.map_or(Ok(Vec::new()), |submission| decisions_on(head.id, submission, conn))
}

/// The decisions on the proposal with this number.
pub fn decisions_on(record: Id, number: i64, conn: &mut Connection) -> Outcome<Vec<Confirmation>> {
    Ok(confirmations::table
        .filter(confirmations::record_id.eq(record))
        .filter(confirmations::submission.eq(number))
        .order(confirmations::province)
        .select(Confirmation::as_select())
        .load(conn)?)
}

/// The code of the owner of a single-owner record.
pub fn owner_code(kind: &Kind, head: &Head, content: &Value, conn: &mut Connection) -> Outcome<Option<String>> {
    match documents::owner_named(kind, head, content) {
        documents::OwnerNamed::Nobody => Ok(None),
        documents::OwnerNamed::As(code) => Ok(Some(code.to_owned())),
        // Its organization was merged into another one since; the content still names the old one.
        documents::OwnerNamed::Elsewhere => {
            Ok(records::table.find(head.owner_id).select(records::code).get_result(conn).optional()?)
        }
    }
}

fn next_code(kind: &Kind, at: Moment, conn: &mut Connection) -> Outcome<String> {
    let mut block = take_codes(kind, at, 1, conn)?;
    block.pop().ok_or_else(|| Problem::internal("a block of no codes"))
}

/// Reserves the next `count` codes of a kind for records made at this moment, in one statement. Fails when the year has
/// fewer left.
pub fn take_codes(kind: &Kind, at: Moment, count: u32, conn: &mut Connection) -> Outcome<Vec<String>> {
    use chrono::Datelike;
    let year = at.day_in_shanghai().year();
    let last = take_serials(kind.prefix, year, count.into(), conn)?;
    let block = (last - i64::from(count) + 1)..=last;
    let code = |serial: i64| RecordCode::new(kind.prefix, year as u16, u32::try_from(serial).ok()?);
    let codes: Option<Vec<String>> = block.map(|serial| code(serial).map(|code| code.to_string())).collect();
    codes.ok_or_else(|| Problem::internal(format!("no code left for {} {year}", kind.prefix)))
}

/// The last of a block of serials of this prefix and year.
pub fn take_serials(prefix: &str, year: i32, count: i64, conn: &mut Connection) -> Outcome<i64> {
    // Written as text, because diesel never caches the prepared statement of its own UPDATE.
    let mut next: Sql<BigInt> = Sql::new("UPDATE serials SET last = last + ");
    next.bind(Cell::Integer(Some(count))).push(" WHERE prefix = ").bind(Cell::text(prefix));
    next.push(" AND year = ").bind(Cell::Integer(Some(year.into())));
    next.push(" AND last <= ").bind(Cell::Integer(Some(i64::from(RecordCode::LAST_SERIAL) - count)));
    next.push(" RETURNING last");
    if let Some(last) = next.get_result::<i64>(conn).optional()? {
        return Ok(last);
    }
    let used = serials::table.find((prefix, year)).select(serials::last).get_result::<i64>(conn).optional()?;
    match used {
        // The first record of the year was committed between the two statements: now there is a row to update.
        Some(used) if used <= i64::from(RecordCode::LAST_SERIAL) - count => {
            return take_serials(prefix, year, count, conn);
        }
        Some(used) => return Err(Problem::internal(format!("no {count} codes left for {prefix} {year} after {used}"))),
        None => {}
    }
    // Two first records of a year at once: the loser's insert fails and its transaction is run again.
    let first = (serials::prefix.eq(prefix), serials::year.eq(year), serials::last.eq(count));
    diesel::insert_into(serials::table).values(first).execute(conn)?;
    Ok(count)
}

/// Releases the identifiers of a record that is a draft again or withdrawn, so that it does not block the right record.
pub fn release(id: Id, conn: &mut Connection) -> Outcome<()> {
    diesel::delete(identifiers::table.filter(identifiers::record_id.eq(id))).execute(conn)?;
    Ok(())
}

/// The identifiers of a record that other records hold, with those records.
pub fn taken(
    id: Id,
    identifiers: &[(&'static str, String)],
    conn: &mut Connection,
) -> Outcome<Vec<(String, String, Id)>> {
    if identifiers.is_empty() {
        return Ok(Vec::new());
    }
    let mut taken: Sql<(Text, Text, Uid)> =
        Sql::new("SELECT scheme, value, record_id FROM identifiers WHERE record_id <> ");
    taken.bind(Cell::id(id)).push(" AND (");
    for (index, (scheme, value)) in identifiers.iter().enumerate() {
        taken.push(if index > 0 { " OR (scheme = " } else { "(scheme = " }).bind(Cell::text(*scheme));
        taken.push(" AND value = ").bind(Cell::text(value)).push(")");
    }
    taken.push(") ORDER BY scheme, value");
    Ok(taken.load(conn)?)
}

/// Another record, as problems name it.
pub fn shown(kind: &str, id: Id, code: &str) -> Value {
    json!({"id": id, "code": code, "href": format!("/api/v1/{kind}/{id}")})
}

/// Takes the feed lock until commit. For callers that append an audit event before a change is announced: the log's
/// lock is always taken after the feed's.
pub fn hold_feed(conn: &mut Connection) -> Outcome<()> {
    Sql::<()>::new("UPDATE feed SET seq = seq WHERE one = 1").execute(conn)?;
    Ok(())
}

/// Tells the feed of a record's change.
fn announce(head: &Head, action: Action, actor: &Actor, conn: &mut Connection) -> Outcome<()> {
    let item = Item {
        id: head.id,
        kind: &head.kind,
        code: &head.code,
        revision: head.revision,
        action: action.word(),
        state: &head.state,
        joint: head.joint,
        province: &head.province,
        owner_id: head.owner_id,
        created_by: head.created_by,
        published: head.published_at.is_some(),
    };
    feed::announce(&item, actor, conn)
}

/// Up to `limit` records of a kind after `after`, each with the text of the content in force.
pub fn batch(kind: &Kind, after: Option<Id>, limit: i64, conn: &mut Connection) -> Outcome<Vec<(Head, String)>> {
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
    Ok(query.load(conn)?)
}

/// Rebuilds the projections and stored answers of up to `limit` records after `after` from their contents; returns
/// their number and the last of them. A record that changed meanwhile ends it with `revision-conflict`: call again.
pub fn rebuild(
    kind: &Registered,
    conn: &mut Connection,
    after: Option<Id>,
    limit: i64,
) -> Outcome<(usize, Option<Id>)> {
    let found = batch(kind, after, limit, conn)?;
    let last = found.last().map(|(head, _)| head.id);
    for (head, text) in &found {
        let content: Value = serde_json::from_str(text).map_err(Problem::internal)?;
        let mut findings = Findings::new(head.updated_at.day_in_shanghai());
        (kind.check)(content.clone(), &mut findings);
        let documents = documents(kind, head, &content, findings.warnings(), conn)?;
        let row = records::table.filter(records::id.eq(head.id)).filter(records::revision.eq(head.revision));
        let texts = (records::document.eq(&documents.full), records::public_document.eq(&documents.public));
        if diesel::update(row).set(texts).execute(conn)? == 0 {
            return Err(stale(head.id, conn)?);
        }
        let mut rows = Together::default();
        Projection::erase(head.id, &mut rows, conn)?;
        rows.run(conn)?;
        let mut projection = Projection::of(kind, &content);
        Projection::follow_merges(&mut [&mut projection], head.id, conn)?;
        // Merges of earlier versions did not move identifiers and may have left two records with one: `check` lists
        // them.
        let others = taken(head.id, &projection.identifiers, conn)?;
        let is_free = |(scheme, value): &(&str, String)| {
            others.iter().all(|(theirs, other, _)| theirs != scheme || other != value)
        };
        projection.identifiers.retain(is_free);
        let mut rows = Together::default();
        projection.write(kind, head, None, &mut rows, conn)?;
        rows.run(conn)?;
    }
    Ok((found.len(), last))
}
