//! What happened to a record: transitions, confirmations, revisions (`api-conventions` §25).
//!
//! The owner's side and the provinces concerned see all of it; other readers see what was official.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::actor::Actor;
use super::change_requests::view::OVERDUE_SECONDS;
use super::diff::{Difference, diff};
use super::kind::Kind;
use super::lifecycle;
use super::model::{Confirmation as Decision, Head, Revision, state};
use super::official::{self, Step};
use super::read::{self, RecordRef};
use super::requests::{
    Confirmation, ConfirmationList, LegalTransition, PageInfo, RevisionList, RevisionSummary, Transition,
    TransitionList,
};
use super::routes::not_found;
use super::store;
use crate::api::{Fault, Outcome, Problem, Query};
use crate::db::schema::{contents, revisions};
use crate::db::{Connection, Moment};

/// Most steps that the list of transitions shows.
const MOST_TRANSITIONS: i64 = 1000;

/// 两次修订之间的差异。What differs between two revisions.
#[derive(Serialize, ToSchema)]
pub struct RevisionDiff {
    /// 前一修订。The revision compared from.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    pub from: i64,
    /// 后一修订。The revision compared to.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    pub to: i64,
    /// 前一修订内容的摘要。Digest of the content in force after `from`.
    #[schema(pattern = "^sha-256:[0-9a-f]{64}$", max_length = 72)]
    pub from_digest: String,
    /// 后一修订内容的摘要;未签署成员的变更不影响摘要。Digest of the content in force after `to`; it is the same where only
    /// unsigned members differ.
    #[schema(pattern = "^sha-256:[0-9a-f]{64}$", max_length = 72)]
    pub to_digest: String,
    /// 差异;没有即相同。The differences; none when the contents are the same.
    #[schema(max_items = 100000)]
    pub differences: Vec<Difference>,
}

/// Past moves, and those legal now for the caller.
pub fn transitions(kind: &Kind, wanted: &RecordRef, actor: &Actor, conn: &mut Connection) -> Outcome<TransitionList> {
    let loaded = read::load_with_withdrawn(kind, wanted, &actor.sight(), conn)?;
    let head = &loaded.head;
    let rows: Vec<Revision> = revisions::table
        .filter(revisions::record_id.eq(head.id))
        .filter(revisions::action.ne("updated"))
        .order(revisions::number)
        .limit(MOST_TRANSITIONS)
        .select(Revision::as_select())
        .load(conn)?;
    let items = rows.into_iter().filter(|row| is_open(head, actor, row)).map(|row| Transition {
        revision: row.number,
        action: row.action,
        to: row.state,
        client: row.client,
        province: row.province,
        reason: row.reason,
        at: row.at,
    });
    let legal = lifecycle::legal(&loaded, actor);
    let legal = legal.into_iter().map(|step| LegalTransition { to: step.to, needs_reason: step.needs_reason });
    Ok(TransitionList { items: items.collect(), legal: legal.collect() })
}

/// What each province concerned decided on the present submission.
pub fn confirmations(
    kind: &Kind,
    wanted: &RecordRef,
    actor: &Actor,
    conn: &mut Connection,
) -> Outcome<ConfirmationList> {
    let head = read::load(kind, wanted, &actor.sight(), conn)?.head;
    let made = store::confirmations_of(&head, conn)?;
    let item = |province| confirmation(province, made.iter().find(|one| one.province == province));
    let items = if head.submission.is_some() { head.provinces().into_iter().map(item).collect() } else { Vec::new() };
    let overdue = head.state == state::SUBMITTED && is_overdue(&head, actor, conn)?;
    Ok(ConfirmationList { digest: head.digest, state: head.state, overdue, items })
}

/// A province's decision with who made it; one that was not made yet is pending.
pub fn confirmation(province: &str, made: Option<&Decision>) -> Confirmation {
    Confirmation {
        province: province.to_owned(),
        decision: made.map_or("pending", |one| &one.decision).to_owned(),
        digest: made.map(|one| one.digest.clone()),
        client: made.map(|one| one.client.clone()),
        signatory: made.and_then(Decision::signatory),
        reason: made.and_then(|one| one.reason.clone()),
        at: made.map(|one| one.at),
    }
}

/// Whether the present submission has waited for longer than 30 days.
fn is_overdue(head: &Head, actor: &Actor, conn: &mut Connection) -> Outcome<bool> {
    let submitted: Moment = revisions::table
        .filter(revisions::record_id.eq(head.id))
        .filter(revisions::number.eq(head.submission.unwrap_or_default()))
        .select(revisions::at)
        .first(conn)?;
    Ok(actor.at.seconds() - submitted.seconds() > OVERDUE_SECONDS)
}

/// The steps after `after`, oldest first.
pub fn revisions(
    kind: &Kind,
    wanted: &RecordRef,
    actor: &Actor,
    after: i64,
    limit: i64,
    conn: &mut Connection,
) -> Outcome<RevisionList> {
    let head = read::load(kind, wanted, &actor.sight(), conn)?.head;
    let mut query = with_contents()
        .filter(revisions::record_id.eq(head.id))
        .filter(revisions::number.gt(after))
        .order(revisions::number)
        .limit(limit + 1)
        .select((Revision::as_select(), contents::digest))
        .into_boxed();
    let open = open_states(&head, actor);
    query = query.filter(revisions::state.eq_any(open));
    if open == state::PUBLIC {
        query = query.filter(revisions::action.ne_all(OF_PROPOSALS));
    }
    let mut rows: Vec<(Revision, String)> = query.load(conn)?;
    let has_more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let last = rows.last().map(|(row, _)| row.number);
    let items = rows.into_iter().map(|(row, digest)| summary(row, digest)).collect();
    let next_cursor = last.filter(|_| has_more).map(|number| BASE64_URL_SAFE_NO_PAD.encode(format!("r{number}")));
    Ok(RevisionList { items, page: PageInfo { limit: limit as i32, has_more, next_cursor, total: None } })
}

/// One step with the content that was in force after it, as it was signed.
pub fn revision(kind: &Kind, wanted: &RecordRef, number: i64, actor: &Actor, conn: &mut Connection) -> Outcome<String> {
    let head = read::load(kind, wanted, &actor.sight(), conn)?.head;
    let row: Option<(Revision, String, String)> = with_contents()
        .filter(revisions::record_id.eq(head.id))
        .filter(revisions::number.eq(number))
        .select((Revision::as_select(), contents::digest, contents::text))
        .first(conn)
        .optional()?;
    let (row, digest, text) =
        row.filter(|(row, ..)| is_open(&head, actor, row)).ok_or_else(|| not_found(kind, &number.to_string()))?;
    let summary = serde_json::to_string(&summary(row, digest)).map_err(Problem::internal)?;
    // The signed text is copied as it is, so that its digest can be recomputed.
    Ok(format!("{},\"content\":{text}}}", &summary[..summary.len() - 1]))
}

/// One step that the caller may look at.
pub fn step(kind: &Kind, head: &Head, number: i64, actor: &Actor, conn: &mut Connection) -> Outcome<Step> {
    let step = official::step_numbered(head.id, number, conn)?;
    step.filter(|step| shows_content(head, actor, &step.revision.state))
        .ok_or_else(|| not_found(kind, &number.to_string()))
}

/// What differs between the contents in force after two steps; the second is the present one when none is named.
pub fn difference(
    kind: &Kind,
    wanted: &RecordRef,
    from: i64,
    to: Option<i64>,
    actor: &Actor,
    conn: &mut Connection,
) -> Outcome<RevisionDiff> {
    let head = read::load(kind, wanted, &actor.sight(), conn)?.head;
    let to = to.unwrap_or(head.revision);
    let (from, to) = (step(kind, &head, from, actor, conn)?, step(kind, &head, to, actor, conn)?);
    let content = |step: &Step| serde_json::from_str::<Value>(&step.text).map_err(Problem::internal);
    Ok(RevisionDiff {
        differences: diff(&content(&from)?, &content(&to)?),
        from: from.revision.number,
        to: to.revision.number,
        from_digest: from.digest,
        to_digest: to.digest,
    })
}

/// The number after which a page of revisions starts.
pub fn take_cursor(query: &Query) -> i64 {
    let number = query.take_as("cursor", |text| {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
        let number = std::str::from_utf8(&bytes).ok().and_then(|text| text.strip_prefix('r')?.parse().ok());
        number.filter(|number| *number >= 0).ok_or_else(|| Fault::parameter("cursor", "invalid-value"))
    });
    number.unwrap_or(0)
}

/// Steps with the contents that were in force after them.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn with_contents() -> _ {
    revisions::table.inner_join(
        contents::table
            .on(contents::record_id.eq(revisions::record_id).and(contents::number.eq(revisions::content_number))),
    )
}

fn summary(row: Revision, digest: String) -> RevisionSummary {
    RevisionSummary {
        revision: row.number,
        action: row.action,
        state: row.state,
        digest,
        client: row.client,
        org_id: row.org_id,
        province: row.province,
        reason: row.reason,
        request_id: row.request_id,
        at: row.at,
    }
}

/// What happens to proposals is for the sides concerned, as the proposals are (`api-conventions` §18).
const OF_PROPOSALS: [&str; 12] = [
    "change_proposed",
    "change_confirmed",
    "change_declined",
    "change_recalled",
    "change_conflicted",
    "move_confirmed",
    "move_declined",
    "move_recalled",
    "resumed_asked",
    "closed_asked",
    "withdrawn_asked",
    "reinstated_asked",
];

/// The states in which the caller may look at what a record was.
fn open_states(head: &Head, actor: &Actor) -> &'static [&'static str] {
    const NOT_DRAFTS: [&str; 5] = [state::SUBMITTED, state::ACTIVE, state::SUSPENDED, state::CLOSED, state::WITHDRAWN];
    let principal = &actor.principal;
    if principal.org == Some(head.owner_id) || principal.client_id == head.created_by {
        &state::ALL
    } else if head.concerns(principal.province.as_deref()) {
        &NOT_DRAFTS
    } else {
        &state::PUBLIC
    }
}

/// Whether the caller may look at the content that was in force in this state.
pub(super) fn shows_content(head: &Head, actor: &Actor, state: &str) -> bool {
    open_states(head, actor).contains(&state)
}

fn is_open(head: &Head, actor: &Actor, step: &Revision) -> bool {
    let open = open_states(head, actor);
    open.contains(&step.state.as_str()) && (open != state::PUBLIC || !OF_PROPOSALS.contains(&step.action.as_str()))
}
