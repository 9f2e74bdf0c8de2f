//! What happened to a record: transitions, confirmations, revisions (`api-conventions` §25).
//!
//! The owner's side and the provinces concerned see all of it; other readers see what was official, and how that ended. What a
//! withdrawn record was stays readable for whoever may see it.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::actor::Actor;
use super::change_requests::view::OVERDUE_SECONDS;
use super::diff::{Difference, diff};
use super::kind::Kind;
use super::lifecycle;
use super::list::{self, Cursor};
use super::model::{Confirmation as Decision, Head, Revision, state};
use super::official::{self, Step};
use super::read::{self, RecordRef};
use super::requests::{
    Confirmation, ConfirmationList, LegalTransition, PageInfo, RevisionList, RevisionSummary, Transition,
    TransitionList,
};
use super::routes::not_found;
use super::store;
use crate::api::{Code, Outcome, Problem, Query};
use crate::db::schema::{contents, revisions};
use crate::db::{Connection, Id, Moment, MultiBackend};

/// The part of a record's history that is asked for, oldest first.
pub struct Stretch {
    after: i64,
    limit: i64,
    /// Hash of the list that it is a page of; a cursor belongs to one.
    fingerprint: String,
    /// The query string without `cursor`, for the next link.
    link: String,
}

impl Stretch {
    /// Takes `limit` and `cursor` out of the query of the list at this path; everything else is refused.
    pub fn take(path: &str, query: &Query, query_string: &str) -> Outcome<Stretch> {
        let limit = query.take_int("limit", 1, list::MAX_LIMIT).unwrap_or(list::DEFAULT_LIMIT);
        let cursor = Cursor::take(query);
        query.finish(&["limit", "cursor"])?;
        let (link, fingerprint) = list::fingerprint(path, query_string);
        let after = match cursor.map(|cursor| cursor.check(&fingerprint, 1)).transpose()? {
            Some(cursor) => cursor.k[0].parse().map_err(|_| Problem::new(Code::CursorMismatch))?,
            None => 0,
        };
        Ok(Stretch { after, limit, fingerprint, link })
    }

    /// Ends the page of rows that were asked for with one more than it has.
    fn end<R>(&self, rows: &mut Vec<R>, record: Id, number: impl Fn(&R) -> i64) -> Outcome<PageInfo> {
        let has_more = rows.len() as i64 > self.limit;
        rows.truncate(self.limit as usize);
        let next_cursor = match rows.last().filter(|_| has_more) {
            Some(row) => Some(Cursor::after(vec![number(row).to_string()], record, &self.fingerprint).text()?),
            None => None,
        };
        Ok(PageInfo { limit: self.limit as i32, has_more, next_cursor, total: None })
    }

    /// The query string of the next page.
    pub fn next_query(&self, cursor: &str) -> String {
        list::next_query(&self.link, cursor)
    }
}

/// 两次修订之间的差异。What differs between two revisions.
#[derive(Serialize, ToSchema)]
pub struct RevisionDiff {
    /// 前一修订。The revision compared from.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    pub from: i64,
    /// 后一修订。The revision compared to.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    pub to: i64,
    /// 前一修订内容的指纹。Digest of the content in force after `from`.
    #[schema(pattern = "^sha-256:[0-9a-f]{64}$", max_length = 72)]
    pub from_digest: String,
    /// 后一修订内容的指纹；未签署成员的变更不影响内容指纹。Digest of the content in force after `to`; it is the same where only
    /// unsigned members differ.
    #[schema(pattern = "^sha-256:[0-9a-f]{64}$", max_length = 72)]
    pub to_digest: String,
    /// 差异；没有即相同。The differences; none when the contents are the same.
    #[schema(max_items = 100000)]
    pub differences: Vec<Difference>,
}

/// Past moves, and those legal now for the caller.
pub fn transitions(
    kind: &Kind,
    wanted: &RecordRef,
    actor: &Actor,
    stretch: &Stretch,
    conn: &mut Connection,
) -> Outcome<TransitionList> {
    let loaded = read::known(kind, wanted, &actor.sight(), conn)?;
    let head = &loaded.head;
    let mut rows: Vec<Revision> = Window::of(head, actor)
        .narrow(revisions::table.into_boxed())
        .filter(revisions::record_id.eq(head.id))
        .filter(revisions::action.ne("updated"))
        .filter(revisions::number.gt(stretch.after))
        .order(revisions::number)
        .limit(stretch.limit + 1)
        .select(Revision::as_select())
        .load(conn)?;
    let page = stretch.end(&mut rows, head.id, |row| row.number)?;
    let items = rows.into_iter().map(|row| Transition {
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
    Ok(TransitionList { items: items.collect(), legal: legal.collect(), page })
}

/// What each province concerned decided on the present submission.
pub fn confirmations(
    kind: &Kind,
    wanted: &RecordRef,
    actor: &Actor,
    conn: &mut Connection,
) -> Outcome<ConfirmationList> {
    let head = read::known(kind, wanted, &actor.sight(), conn)?.head;
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

/// A page of the steps.
pub fn revisions(
    kind: &Kind,
    wanted: &RecordRef,
    actor: &Actor,
    stretch: &Stretch,
    conn: &mut Connection,
) -> Outcome<RevisionList> {
    let head = read::known(kind, wanted, &actor.sight(), conn)?.head;
    let window = Window::of(&head, actor);
    let mut query = with_contents()
        .filter(revisions::record_id.eq(head.id))
        .filter(revisions::number.gt(stretch.after))
        .filter(revisions::state.eq_any(window.states))
        .order(revisions::number)
        .limit(stretch.limit + 1)
        .select((Revision::as_select(), contents::digest))
        .into_boxed();
    if let Some(since) = window.official_since {
        query = query.filter(revisions::at.ge(since)).filter(revisions::action.ne_all(OF_PROPOSALS));
    }
    let mut rows: Vec<(Revision, String)> = query.load(conn)?;
    let page = stretch.end(&mut rows, head.id, |(row, _)| row.number)?;
    Ok(RevisionList { items: rows.into_iter().map(|(row, digest)| summary(row, digest)).collect(), page })
}

/// One step with the content that was in force after it, as it was signed.
pub fn revision(kind: &Kind, wanted: &RecordRef, number: i64, actor: &Actor, conn: &mut Connection) -> Outcome<String> {
    let head = read::known(kind, wanted, &actor.sight(), conn)?.head;
    let window = Window::of(&head, actor);
    let row: Option<(Revision, String, String)> = with_contents()
        .filter(revisions::record_id.eq(head.id))
        .filter(revisions::number.eq(number))
        .select((Revision::as_select(), contents::digest, contents::text))
        .first(conn)
        .optional()?;
    let (row, digest, text) =
        row.filter(|(row, ..)| window.shows(row)).ok_or_else(|| not_found(kind, &number.to_string()))?;
    let summary = serde_json::to_string(&summary(row, digest)).map_err(Problem::internal)?;
    // The signed text is copied as it is, so that its digest can be recomputed.
    Ok(format!("{},\"content\":{text}}}", &summary[..summary.len() - 1]))
}

/// One step that the caller may look at.
pub fn step(kind: &Kind, head: &Head, number: i64, actor: &Actor, conn: &mut Connection) -> Outcome<Step> {
    let step = official::step_numbered(head.id, number, conn)?;
    step.filter(|step| Window::of(head, actor).shows_content(&step.revision))
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
    let head = read::known(kind, wanted, &actor.sight(), conn)?.head;
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

type Steps<'q> = revisions::BoxedQuery<'q, MultiBackend>;

/// Which steps of a record's history the caller may look at.
struct Window {
    states: &'static [&'static str],
    /// Readers whom it does not concern see what came since then, without what happens to proposals.
    official_since: Option<Moment>,
}

impl Window {
    fn of(head: &Head, actor: &Actor) -> Window {
        const NOT_DRAFTS: [&str; 5] =
            [state::SUBMITTED, state::ACTIVE, state::SUSPENDED, state::CLOSED, state::WITHDRAWN];
        // How an official record ended is no secret.
        const OFFICIAL: [&str; 4] = [state::ACTIVE, state::SUSPENDED, state::CLOSED, state::WITHDRAWN];
        let principal = &actor.principal;
        if principal.org == Some(head.owner_id) || principal.client_id == head.created_by {
            return Window { states: &state::ALL, official_since: None };
        }
        if head.concerns(principal.province.as_deref()) {
            return Window { states: &NOT_DRAFTS, official_since: None };
        }
        // What was never official has no such reader.
        Window { states: &OFFICIAL, official_since: Some(head.published_at.unwrap_or(actor.at)) }
    }

    fn narrow<'q>(&self, steps: Steps<'q>) -> Steps<'q> {
        let steps = steps.filter(revisions::state.eq_any(self.states));
        match self.official_since {
            Some(since) => steps.filter(revisions::at.ge(since)).filter(revisions::action.ne_all(OF_PROPOSALS)),
            None => steps,
        }
    }

    /// Whether the caller may look at the content that was in force after this step.
    fn shows_content(&self, step: &Revision) -> bool {
        self.states.contains(&step.state.as_str()) && self.official_since.is_none_or(|since| step.at >= since)
    }

    fn shows(&self, step: &Revision) -> bool {
        self.shows_content(step) && (self.official_since.is_none() || !OF_PROPOSALS.contains(&step.action.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asking_for_a_move_is_for_the_sides_concerned() {
        for asked in lifecycle::asked() {
            assert!(OF_PROPOSALS.contains(&asked.as_str()), "everybody would see {asked}");
        }
    }
}
