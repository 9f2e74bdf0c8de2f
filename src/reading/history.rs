//! What happened to a record: transitions, confirmations, revisions (`docs/rules.md` §25).
//!
//! The owner's side and the provinces concerned see all of it; other readers see what was official, and how that ended.
//! The history of a withdrawn record stays readable for everybody who could see the record.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::{Query, RecordRef, paging};
use crate::db::schema::{contents, revisions};
use crate::db::{Connection, Id, Moment};
use crate::forms::bodies::{
    Confirmation, ConfirmationList, LegalTransition, PageInfo, RevisionList, RevisionSummary, Transition,
    TransitionList,
};
use crate::forms::change_request::Difference;
use crate::kind::Kind;
use crate::kind::diff::diff;
use crate::kind::naming::not_found;
use crate::problem::{Code, Outcome, Problem};
use crate::reading::list::Cursor;
use crate::records::action::Action;
use crate::records::actor::Actor;
use crate::records::official::{self, Step, with_contents};
use crate::records::proposals::OVERDUE_SECONDS;
use crate::records::rows::{Confirmation as Decision, Head, Revision, state};
use crate::records::{commit, lifecycle, loading};

/// The requested page of a record's history, oldest first.
pub struct Stretch {
    after: i64,
    cursor: Option<Cursor>,
    limit: i64,
    /// Hash of the list that it is a page of; a cursor belongs to one.
    fingerprint: String,
    /// The query string without `cursor`, for the next link.
    link: String,
}

impl Stretch {
    /// Takes `limit` and `cursor` out of the query of the list at this path; everything else is refused.
    pub fn take(path: &str, query: &Query) -> Outcome<Stretch> {
        let limit = query.take_int("limit", 1, paging::MAX_LIMIT).unwrap_or(paging::DEFAULT_LIMIT);
        let cursor = Cursor::take(query);
        query.finish(&["limit", "cursor"])?;
        let (link, fingerprint) = paging::fingerprint(path, query);
        let cursor = cursor.map(|cursor| cursor.check(&fingerprint, 1)).transpose()?;
        let after = match &cursor {
            Some(cursor) => cursor.k[0].parse().map_err(|_| Problem::new(Code::CursorMismatch))?,
            None => 0,
        };
        Ok(Stretch { after, cursor, limit, fingerprint, link })
    }

    /// Refuses a cursor of before a restore.
    fn check(&self, conn: &mut Connection) -> Outcome<()> {
        self.cursor.as_ref().map_or(Ok(()), |cursor| cursor.check_restores(conn))
    }

    /// Cuts the page after `limit` rows (one more was selected) and makes the cursor of the next.
    fn end<R>(&self, rows: &mut Vec<R>, record: Id, number: impl Fn(&R) -> i64) -> Outcome<PageInfo> {
        let has_more = rows.len() as i64 > self.limit;
        rows.truncate(self.limit as usize);
        let next_cursor = match rows.last().filter(|_| has_more) {
            Some(row) => Some(Cursor::after(vec![number(row).to_string()], record, &self.fingerprint).text()?),
            None => None,
        };
        Ok(PageInfo { limit: self.limit as i32, has_more, next_cursor, total: None, did_you_mean: Vec::new() })
    }

    /// The query string of the next page.
    pub fn next_query(&self, cursor: &str) -> String {
        paging::next_query(&self.link, cursor)
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
    stretch.check(conn)?;
    let loaded = loading::known(kind, wanted, &actor.sight(), conn)?;
    let head = &loaded.head;
    let mut rows: Vec<Revision> = revisions::table
        .filter(revisions::record_id.eq(head.id))
        .filter(revisions::action.ne("updated"))
        .filter(shown(Window::of(head, actor)))
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

/// The decisions on the present submission: while it waits, of each province concerned; afterwards of those that were
/// asked, even if the record belongs to another province by now.
pub fn confirmations(
    kind: &Kind,
    wanted: &RecordRef,
    actor: &Actor,
    conn: &mut Connection,
) -> Outcome<ConfirmationList> {
    let head = loading::known(kind, wanted, &actor.sight(), conn)?.head;
    let made = commit::confirmations_of(&head, conn)?;
    let waits = head.state == state::SUBMITTED;
    let waited_for = |province| confirmation(province, made.iter().find(|one| one.province == province));
    let items = match waits {
        true => head.provinces().into_iter().map(waited_for).collect(),
        false => made.iter().map(|one| confirmation(&one.province, Some(one))).collect(),
    };
    let overdue = waits && is_overdue(&head, actor, conn)?;
    Ok(ConfirmationList { digest: head.digest, state: head.state, overdue, items })
}

/// A province's decision and its author; `pending` while there is none.
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
    stretch.check(conn)?;
    let head = loading::known(kind, wanted, &actor.sight(), conn)?.head;
    let mut rows: Vec<(Revision, String)> = with_contents()
        .filter(revisions::record_id.eq(head.id))
        .filter(revisions::number.gt(stretch.after))
        .filter(shown(Window::of(&head, actor)))
        .order(revisions::number)
        .limit(stretch.limit + 1)
        .select((Revision::as_select(), contents::digest))
        .load(conn)?;
    let page = stretch.end(&mut rows, head.id, |(row, _)| row.number)?;
    Ok(RevisionList { items: rows.into_iter().map(|(row, digest)| summary(row, digest)).collect(), page })
}

/// One step with the content that was in force after it, as it was signed.
pub fn revision(kind: &Kind, wanted: &RecordRef, number: i64, actor: &Actor, conn: &mut Connection) -> Outcome<String> {
    let head = loading::known(kind, wanted, &actor.sight(), conn)?.head;
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

/// One step that is visible to the caller.
pub fn step(kind: &Kind, head: &Head, number: i64, actor: &Actor, conn: &mut Connection) -> Outcome<Step> {
    let step = official::step_numbered(head.id, number, conn)?;
    step.filter(|step| Window::of(head, actor).shows_content(&step.revision))
        .ok_or_else(|| not_found(kind, &number.to_string()))
}

/// What differs between the contents in force after two steps; the second is the present one when none is named.
#[expect(clippy::too_many_arguments, reason = "who compares which two steps of which record")]
pub fn difference(
    kind: &Kind,
    wanted: &RecordRef,
    from: i64,
    to: Option<i64>,
    actor: &Actor,
    conn: &mut Connection,
) -> Outcome<RevisionDiff> {
    let head = loading::known(kind, wanted, &actor.sight(), conn)?.head;
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

type Words = &'static [&'static str];

/// Which steps of a record's history are visible to the caller.
struct Window {
    /// States whose steps are always visible.
    always: Words,
    /// Since when the record is, or was, official.
    official: Moment,
    /// States whose steps are visible from then on only.
    once_official: Words,
    /// Whether the steps of proposals are hidden, though the content after them is visible.
    hides_proposals: bool,
}

impl Window {
    fn of(head: &Head, actor: &Actor) -> Window {
        const WAITED_FOR: Words = &[state::SUBMITTED, state::ACTIVE, state::SUSPENDED, state::CLOSED];
        // How an official record ended is no secret; that a draft was withdrawn and brought back is.
        const ENDED: Words = &[state::WITHDRAWN];
        const OFFICIAL: Words = &[state::ACTIVE, state::SUSPENDED, state::CLOSED, state::WITHDRAWN];
        let principal = &actor.principal;
        let (always, once_official, hides_proposals): (Words, Words, bool) =
            if principal.org == Some(head.owner_id) || principal.client_id == head.created_by {
                (&state::ALL, &[], false)
            } else if head.concerns(principal.province.as_deref()) {
                (WAITED_FOR, ENDED, false)
            } else {
                // Other readers see nothing of proposals.
                (&[], OFFICIAL, true)
            };
        // A record that was never official has no such steps.
        let once_official = if head.published_at.is_some() { once_official } else { &[] };
        let official = head.published_at.unwrap_or(head.created_at);
        Window { always, official, once_official, hides_proposals }
    }

    /// Whether the content in force after this step is visible to the caller.
    fn shows_content(&self, step: &Revision) -> bool {
        let state = step.state.as_str();
        self.always.contains(&state) || (step.at >= self.official && self.once_official.contains(&state))
    }

    /// The words of hidden steps.
    fn kept_back(&self) -> Vec<&'static str> {
        let hidden = Action::ALL.iter().filter(|action| self.hides_proposals && action.is_of_proposal());
        hidden.map(|action| action.word()).collect()
    }

    fn shows(&self, step: &Revision) -> bool {
        self.shows_content(step) && !self.kept_back().contains(&step.action.as_str())
    }
}

/// [`Window::shows`] in SQL.
#[diesel::dsl::auto_type(no_type_alias)]
fn shown(window: Window) -> _ {
    let always: Words = window.always;
    let official: Moment = window.official;
    let once_official: Words = window.once_official;
    let kept_back: Vec<&'static str> = window.kept_back();
    revisions::state
        .eq_any(always)
        .or(revisions::at.ge(official).and(revisions::state.eq_any(once_official)))
        .and(revisions::action.ne_all(kept_back))
}
