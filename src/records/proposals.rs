//! Proposals as rows: opening, finding and settling them, and rebasing a waiting change when its record changes.
//!
//! Every proposal is opened, decided and settled in the transaction that also gives its record a new revision: the
//! compare-and-set of the record is the lock under which its proposals change.

use diesel::prelude::*;
use serde_json::{Value, json};

use crate::db::schema::{contents, proposals, records};
use crate::db::{Connection, Id, Moment};
use crate::problem::{Code, Outcome, Problem};
use crate::records::actor::Actor;
use crate::records::rows::{CHONGQING, Head, Proposal, SICHUAN, outcome, purpose, state};
use crate::reference::canonical;

/// A new proposal on a record, which awaits confirmation by all of `provinces`.
pub fn draw(head: &Head, actor: &Actor, about: &str, digest: String, provinces: &[&str]) -> Proposal {
    let principal = &actor.principal;
    let mut proposal = Proposal {
        id: Id::of_event(actor.at, head.id, head.revision + 1),
        record_id: head.id,
        number: head.revision + 1,
        kind: head.kind.clone(),
        purpose: about.to_owned(),
        state: outcome::OPEN.to_owned(),
        client_id: principal.client_id,
        client: principal.client.clone(),
        org_id: principal.org,
        province: principal.province.clone().unwrap_or_else(|| head.province.clone()),
        reason: None,
        request_id: actor.request_id,
        base_revision: head.revision,
        base_number: head.content_number,
        patch: None,
        content: None,
        to_state: None,
        successor_id: None,
        merges: false,
        digest,
        concerns_chongqing: provinces.contains(&CHONGQING),
        concerns_sichuan: provinces.contains(&SICHUAN),
        awaits_chongqing: false,
        awaits_sichuan: false,
        conflicts: None,
        opened_at: actor.at,
        settled_at: None,
        settled_reason: None,
    };
    proposal.await_word_of(provinces);
    proposal
}

/// The digest that the provinces confirm for a move: over the move, its reason and the present content.
pub fn digest_of_move(proposal: &Proposal, content_digest: &str) -> Outcome<String> {
    let mut text = json!({
        "content": content_digest, "to": proposal.to_state, "reason": proposal.reason,
        "successor": proposal.successor_id, "merge": proposal.merges.then_some(true),
    });
    crate::kind::drop_nulls(&mut text);
    canonical::digest(&text, &[])
}

/// Opens it; 409 when one of the same side waits already.
pub fn open(proposal: &Proposal, conn: &mut Connection) -> Outcome<()> {
    refuse_second(proposal.record_id, &proposal.province, conn)?;
    diesel::insert_into(proposals::table).values(proposal).execute(conn)?;
    Ok(())
}

/// 409 when a proposal of this side waits on the record.
pub fn refuse_second(record: Id, province: &str, conn: &mut Connection) -> Outcome<()> {
    let waiting: Option<Id> = proposals::table
        .filter(proposals::record_id.eq(record))
        .filter(proposals::province.eq(province))
        .filter(proposals::state.eq(outcome::OPEN))
        .select(proposals::id)
        .get_result(conn)
        .optional()?;
    waiting.map_or(Ok(()), |id| Err(waits(id)))
}

/// 409 naming the proposal that waits.
pub fn waits(id: Id) -> Problem {
    Problem::new(Code::ChangeRequestOpen).arg("id", id).member("change_request", href(id))
}

/// Path of a proposal.
pub fn href(id: Id) -> String {
    format!("/api/v1/change-requests/{id}")
}

pub fn find(id: Id, conn: &mut Connection) -> Outcome<Option<Proposal>> {
    Ok(proposals::table.find(id).select(Proposal::as_select()).get_result(conn).optional()?)
}

/// The proposals that wait on a record, oldest first.
pub fn open_on(record: Id, conn: &mut Connection) -> Outcome<Vec<Proposal>> {
    Ok(proposals::table
        .filter(proposals::record_id.eq(record))
        .filter(proposals::state.eq(outcome::OPEN))
        .order(proposals::id)
        .select(Proposal::as_select())
        .load(conn)?)
}

/// Up to `limit` proposals that wait, after the one with this id, each with its record.
pub fn open_after(after: Option<Id>, limit: i64, conn: &mut Connection) -> Outcome<Vec<(Proposal, Head)>> {
    let mut query = proposals::table
        .inner_join(records::table.on(records::id.eq(proposals::record_id)))
        .filter(proposals::state.eq(outcome::OPEN))
        .order(proposals::id)
        .limit(limit)
        .select((Proposal::as_select(), Head::as_select()))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(proposals::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The changes and moves that wait on a record: what its answer shows as pending.
pub fn pending_on(record: Id, conn: &mut Connection) -> Outcome<Vec<Id>> {
    Ok(proposals::table
        .filter(proposals::record_id.eq(record))
        .filter(proposals::state.eq(outcome::OPEN))
        .filter(proposals::purpose.ne(purpose::SUBMISSION))
        .order(proposals::id)
        .select(proposals::id)
        .load(conn)?)
}

/// Whether a record was withdrawn by a proposal that was confirmed.
pub fn was_agreed(head: &Head, conn: &mut Connection) -> Outcome<bool> {
    let accepted: Option<Id> = proposals::table
        .filter(proposals::record_id.eq(head.id))
        .filter(proposals::to_state.eq(state::WITHDRAWN))
        .filter(proposals::state.eq(outcome::ACCEPTED))
        .filter(proposals::settled_at.eq(head.withdrawn_at))
        .select(proposals::id)
        .first(conn)
        .optional()?;
    Ok(accepted.is_some())
}

/// Saves the present state of a proposal.
pub fn save(proposal: &Proposal, conn: &mut Connection) -> Outcome<()> {
    diesel::update(proposals::table.find(proposal.id)).set(proposal).execute(conn)?;
    Ok(())
}

/// Ends a proposal.
pub fn settle(
    mut proposal: Proposal,
    end: &str,
    reason: Option<&str>,
    at: Moment,
    conn: &mut Connection,
) -> Outcome<()> {
    proposal.state = end.to_owned();
    proposal.settled_at = Some(at);
    proposal.settled_reason = reason.map(str::to_owned);
    proposal.await_word_of(&[]);
    save(&proposal, conn)
}

/// Marks a proposal as conflicted, with the places of its content that have become impossible.
pub fn conflict(mut proposal: Proposal, places: &[String], at: Moment, conn: &mut Connection) -> Outcome<()> {
    proposal.conflicts = Some(canonical::text(&json!(places))?);
    settle(proposal, outcome::CONFLICTED, None, at, conn)
}

/// Ends the proposals that no longer apply after a record changed its state.
pub fn follow_state(
    head: &Head,
    from: &str,
    actor: &Actor,
    reason: Option<&str>,
    conn: &mut Connection,
) -> Outcome<()> {
    let ends = matches!(head.state.as_str(), state::CLOSED | state::WITHDRAWN);
    for proposal in open_on(head.id, conn)? {
        let end = match proposal.purpose.as_str() {
            purpose::SUBMISSION if from == state::SUBMITTED && head.state == state::ACTIVE => outcome::ACCEPTED,
            purpose::SUBMISSION if from == state::SUBMITTED => outcome::RECALLED,
            _ if ends || proposal.to_state.as_deref() == Some(&head.state) => outcome::LAPSED,
            _ => continue,
        };
        settle(proposal, end, reason, actor.at, conn)?;
    }
    Ok(())
}

/// The content that a change is based on now.
pub fn base_of(proposal: &Proposal, conn: &mut Connection) -> Outcome<Value> {
    let text: String =
        contents::table.find((proposal.record_id, proposal.base_number)).select(contents::text).get_result(conn)?;
    serde_json::from_str(&text).map_err(Problem::internal)
}

/// The content that a change results in.
pub fn content_of(proposal: &Proposal) -> Outcome<Value> {
    serde_json::from_str(proposal.content.as_deref().unwrap_or("{}")).map_err(Problem::internal)
}

/// Silence for longer than this is overdue; it never confirms (`docs/rules.md` §3).
pub const OVERDUE_SECONDS: i64 = 30 * 24 * 60 * 60;
