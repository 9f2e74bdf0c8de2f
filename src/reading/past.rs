//! `?as_of=`: a record as it was official at a moment (`docs/rules.md` §25).
//!
//! The answer is made from the history: the envelope as it was then and the content that was in force, copied as it is
//! stored. It has no `pending_changes` and no `warnings`, which are of the present alone. An organization that is
//! hidden from the public now is hidden in the past too. Refused: moments to come, and `expand`, because referenced
//! records are known only as they are now.

use diesel::prelude::*;
use serde_json::Value;

use crate::api::RecordRef;
use crate::api::query::Query;
use crate::db::schema::{contents, records};
use crate::db::{Connection, Moment};
use crate::kind::Kind;
use crate::kind::naming::not_found;
use crate::kind::register::Registered;
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::reading::fields::{picked, take_fields};
use crate::reading::find::{Found, Reading};
use crate::records::documents::{self, Around};
use crate::records::official::{self, Step};
use crate::records::rows::{Head, PROVINCES, Standing, state};
use crate::records::sight::Sight;
use crate::records::{commit, loading, merges};
use crate::reference::canonical;

/// Members of the envelope that are about the present.
const PRESENT: [&str; 2] = ["pending_changes", "warnings"];

/// A request for a past state.
#[derive(Debug, Clone)]
pub struct AsOf {
    pub at: Moment,
    fields: Vec<String>,
}

impl AsOf {
    /// Reads the query when it has `as_of`; everything unknown is refused then.
    pub fn take(kind: &Registered, query: &Query) -> Outcome<Option<AsOf>> {
        if !query.has("as_of") {
            return Ok(None);
        }
        let at = query.take_moment("as_of");
        if at.is_some_and(|at| at > Moment::now()) {
            query.refuse(Fault::parameter("as_of", "moment-to-come"));
        }
        if query.take("expand").is_some() {
            query.refuse(Fault::parameter("expand", "not-together").arg("other", "as_of"));
        }
        let fields = take_fields(kind, query);
        query.finish(&["as_of", "fields"])?;
        Ok(at.map(|at| AsOf { at, fields }))
    }

    /// The whole record as it was: the answer that has an entity tag.
    pub fn is_plain(&self) -> bool {
        self.fields.is_empty()
    }
}

/// The record as it was official then: 404 when it was not (yet), 410 when it was withdrawn by then, or the record that it
/// was merged into by then.
pub fn find(kind: &Kind, wanted: &RecordRef, as_of: &AsOf, sight: &Sight, conn: &mut Connection) -> Outcome<Reading> {
    let of_kind = records::table.filter(records::kind.eq(kind.name)).select(Head::as_select());
    let head: Option<Head> = match wanted {
        RecordRef::Id(id) => of_kind.filter(records::id.eq(id)).first(conn).optional()?,
        RecordRef::Code(code) => of_kind.filter(records::code.eq(code)).first(conn).optional()?,
    };
    let head =
        head.filter(|head| sight.sees(&Standing::from(head))).ok_or_else(|| not_found(kind, &wanted.to_string()))?;
    let then = official::step_at(head.id, as_of.at, conn)?;
    // A withdrawn draft was never official; the reason of its withdrawal is visible to its owner only.
    let was_official = head.published_at.is_some_and(|since| as_of.at >= since);
    let ended = then.as_ref().filter(|step| was_official && step.revision.state == state::WITHDRAWN);
    if let Some(step) = ended {
        if step.was_left(conn)? {
            // It was brought back since; what took its place, if anything, belongs to a later withdrawal.
            let since = step.entered(conn)?;
            return Err(loading::gone(&head.code, Some(since.at), since.reason));
        }
        return match merges::successor_of(head.id, conn)? {
            Some((id, _, true)) => Ok(Reading::Moved(id)),
            _ => Err(loading::withdrawn(conn, head.id)?),
        };
    }
    let Some(then) = then.filter(Step::is_official) else {
        let mut problem = Problem::new(Code::NotOfficialThen).arg("ref", &head.code).arg("at", as_of.at);
        if let Some(since) = head.published_at {
            problem = problem.member("published_at", since.to_string());
        }
        return Err(problem);
    };
    let text = picked(&document(kind, &head, &then, sight, conn)?.into(), &as_of.fields);
    Ok(Reading::Found(Found { id: head.id, revision: then.revision.number, text }))
}

fn document(kind: &Kind, now: &Head, then: &Step, sight: &Sight, conn: &mut Connection) -> Outcome<String> {
    let head = then.head(now, conn)?;
    let mut content: Value = serde_json::from_str(&then.text).map_err(Problem::internal)?;
    if sight.is_public() {
        respect_the_present_wish(kind, now, &mut content, conn)?;
    }
    let mut confirmations = then.confirmations(&head.provinces(), conn)?;
    if confirmations.is_empty() && !head.joint {
        // It may have been confirmed before its owner moved to the other province.
        let elsewhere: Vec<&str> = PROVINCES.into_iter().filter(|one| *one != head.province).collect();
        confirmations = then.confirmations(&elsewhere, conn)?;
    }
    let owner = commit::owner_code(kind, &head, &content, conn)?;
    let around = Around { owner, confirmations: &confirmations, pending: &[], warnings: &[] };
    let envelope = documents::envelope(&head, &around);
    let (envelope, text) = match sight.is_public() && documents::hides(kind, &content) {
        true => {
            let (envelope, content) = documents::for_public(kind, envelope, &content);
            (envelope, canonical::text(&content)?)
        }
        false => (envelope, then.text.clone()),
    };
    let mut envelope = serde_json::to_value(&envelope).map_err(Problem::internal)?;
    for name in PRESENT {
        envelope.as_object_mut().into_iter().for_each(|members| drop(members.remove(name)));
    }
    Ok(documents::splice(&envelope.to_string(), &text))
}

fn respect_the_present_wish(kind: &Kind, now: &Head, content: &mut Value, conn: &mut Connection) -> Outcome<()> {
    let Some(wish) = kind.anonymity else { return Ok(()) };
    let text: String = contents::table.find((now.id, now.content_number)).select(contents::text).get_result(conn)?;
    let present: Value = serde_json::from_str(&text).map_err(Problem::internal)?;
    if kind.is_anonymous(&present) {
        content[wish.member] = wish.code.into();
    }
    Ok(())
}
