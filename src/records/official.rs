//! What was official when: a record's steps with the contents in force after them, their confirmations, and since when
//! they were official. [`past`](crate::reading::past) shows it, [`proof`](crate::reading::proof) proves it.
//!
//! A confirmation belongs to a content by its digest, not by where it stands in the history: contents that were confirmed
//! later, in a submission of their own, are found the same way.

use diesel::dsl::max;
use diesel::prelude::*;

use crate::db::schema::{changes, confirmations, contents, revisions};
use crate::db::{Connection, Id, Moment};
use crate::problem::Outcome;
use crate::records::rows::{Confirmation, Head, Revision, state};

/// A step of a record's history and the content that was in force after it.
pub struct Step {
    pub revision: Revision,
    pub digest: String,
    /// The content exactly as it is stored.
    pub text: String,
}

type Row = (Revision, String, String);

fn step(row: Row) -> Step {
    let (revision, digest, text) = row;
    Step { revision, digest, text }
}

/// The step in effect at a moment; of several in one millisecond the last.
pub fn step_at(id: Id, at: Moment, conn: &mut Connection) -> Outcome<Option<Step>> {
    let row: Option<Row> = with_contents()
        .filter(revisions::record_id.eq(id))
        .filter(revisions::at.le(at))
        .order(revisions::number.desc())
        .select((Revision::as_select(), contents::digest, contents::text))
        .first(conn)
        .optional()?;
    Ok(row.map(step))
}

/// The step with this number.
pub fn step_numbered(id: Id, number: i64, conn: &mut Connection) -> Outcome<Option<Step>> {
    let row: Option<Row> = with_contents()
        .filter(revisions::record_id.eq(id))
        .filter(revisions::number.eq(number))
        .select((Revision::as_select(), contents::digest, contents::text))
        .first(conn)
        .optional()?;
    Ok(row.map(step))
}

/// The last step of a withdrawn record before its withdrawal.
pub fn last_before_withdrawal(id: Id, conn: &mut Connection) -> Outcome<Option<Revision>> {
    Ok(revisions::table
        .filter(revisions::record_id.eq(id))
        .filter(revisions::state.ne(state::WITHDRAWN))
        .order(revisions::number.desc())
        .select(Revision::as_select())
        .first(conn)
        .optional()?)
}

/// The reason of the state to which a withdrawn record is brought back: the one it had when it was last in that state.
pub fn reason_to_come_back(id: Id, to: &str, conn: &mut Connection) -> Outcome<Option<String>> {
    let last = last_before_withdrawal(id, conn)?.filter(|last| last.state == to && to != state::ACTIVE);
    last.map_or(Ok(None), |last| reason_of(&last, conn))
}

/// The step that began the uninterrupted stay in the state that the record had after this one.
fn entered(step: &Revision, conn: &mut Connection) -> Outcome<Revision> {
    let of_record = revisions::table.filter(revisions::record_id.eq(step.record_id));
    let before = of_record
        .filter(revisions::number.lt(step.number))
        .filter(revisions::state.ne(&step.state))
        .select(max(revisions::number))
        .first::<Option<i64>>(conn)?;
    Ok(of_record
        .filter(revisions::number.eq(before.unwrap_or_default() + 1))
        .select(Revision::as_select())
        .first(conn)?)
}

/// The reason of the state after this step. The reason of a submission, or of its confirmation, does not count; a
/// record that was brought back has its earlier one.
fn reason_of(step: &Revision, conn: &mut Connection) -> Outcome<Option<String>> {
    let mut since = entered(step, conn)?;
    while since.action == "reinstated" {
        let before = revisions::table
            .filter(revisions::record_id.eq(since.record_id))
            .filter(revisions::number.lt(since.number))
            .filter(revisions::state.ne(state::WITHDRAWN))
            .order(revisions::number.desc())
            .select(Revision::as_select())
            .first::<Revision>(conn)
            .optional()?;
        match before.filter(|before| before.state == since.state && before.state != state::ACTIVE) {
            Some(before) => since = entered(&before, conn)?,
            None => return Ok(None),
        }
    }
    if since.state != state::ACTIVE {
        return Ok(since.reason);
    }
    let was_submitted = revisions::table
        .filter(revisions::record_id.eq(since.record_id))
        .filter(revisions::number.eq(since.number - 1))
        .filter(revisions::state.eq(state::SUBMITTED));
    let decided = confirmations::table
        .filter(confirmations::record_id.eq(since.record_id))
        .filter(confirmations::revision.eq(since.number));
    let confirmed = was_submitted.count().get_result::<i64>(conn)? > 0 && decided.count().get_result::<i64>(conn)? > 0;
    Ok(since.reason.filter(|_| !confirmed))
}

impl Step {
    /// Whether the content in force after it was official.
    pub fn is_official(&self) -> bool {
        state::PUBLIC.contains(&self.revision.state.as_str())
    }

    /// Whether the record left that state later.
    pub fn was_left(&self, conn: &mut Connection) -> Outcome<bool> {
        let later = revisions::table
            .filter(revisions::record_id.eq(self.revision.record_id))
            .filter(revisions::number.gt(self.revision.number))
            .filter(revisions::state.ne(&self.revision.state));
        Ok(later.select(revisions::number).first::<i64>(conn).optional()?.is_some())
    }

    /// The step that began the uninterrupted stay in this state.
    pub fn entered(&self, conn: &mut Connection) -> Outcome<Revision> {
        entered(&self.revision, conn)
    }

    /// The step since which the signed part of this content was official without interruption.
    pub fn made_official(&self, conn: &mut Connection) -> Outcome<Revision> {
        let id = self.revision.record_id;
        let before = with_contents()
            .filter(revisions::record_id.eq(id))
            .filter(revisions::number.lt(self.revision.number))
            .filter(contents::digest.ne(&self.digest).or(revisions::state.ne_all(state::PUBLIC)))
            .select(max(revisions::number))
            .first::<Option<i64>>(conn)?;
        Ok(revisions::table
            .filter(revisions::record_id.eq(id))
            .filter(revisions::number.eq(before.unwrap_or_default() + 1))
            .select(Revision::as_select())
            .first(conn)?)
    }

    /// The record's head as of this step, derived from the present one.
    pub fn head(&self, now: &Head, conn: &mut Connection) -> Outcome<Head> {
        let step = &self.revision;
        let kept_by: Option<(String, Id)> = changes::table
            .filter(changes::record_id.eq(step.record_id))
            .filter(changes::revision.eq(step.number))
            .select((changes::province, changes::owner_id))
            .first(conn)
            .optional()?;
        let (province, owner_id) = kept_by.unwrap_or_else(|| (now.province.clone(), now.owner_id));
        Ok(Head {
            state: step.state.clone(),
            revision: step.number,
            content_number: step.content_number,
            digest: self.digest.clone(),
            province,
            owner_id,
            updated_at: step.at,
            withdrawn_at: None,
            state_reason: reason_of(step, conn)?,
            ..now.clone()
        })
    }

    /// The confirmations of exactly this content by all of these provinces: from the latest submission up to this step
    /// in which every province confirmed this digest; empty if there is none.
    pub fn confirmations(&self, provinces: &[&str], conn: &mut Connection) -> Outcome<Vec<Confirmation>> {
        let made: Vec<Confirmation> = confirmations::table
            .filter(confirmations::record_id.eq(self.revision.record_id))
            .filter(confirmations::digest.eq(&self.digest))
            .filter(confirmations::decision.eq("confirm"))
            .filter(confirmations::revision.le(self.revision.number))
            .order((confirmations::submission.desc(), confirmations::province))
            .select(Confirmation::as_select())
            .load(conn)?;
        let complete = made
            .chunk_by(|one, other| one.submission == other.submission)
            .find(|group| provinces.iter().all(|province| group.iter().any(|one| one.province == *province)));
        Ok(complete.map(<[_]>::to_vec).unwrap_or_default())
    }
}

/// Steps with the contents that were in force after them.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn with_contents() -> _ {
    revisions::table.inner_join(
        contents::table
            .on(contents::record_id.eq(revisions::record_id).and(contents::number.eq(revisions::content_number))),
    )
}
