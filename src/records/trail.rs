//! Audit events of changes of records.

use diesel::prelude::*;
use serde_json::Value;

use crate::audit::{self, ActorKind, BOTH, NewEvent, Subject, Version};
use crate::db::schema::records;
use crate::db::{Connection, Id};
use crate::problem::Outcome;
use crate::records::actor::Actor;
use crate::records::commit::Step;
use crate::records::desk::Desk;
use crate::records::rows::Head;

/// The revision and digest of a record; `None` for one that does not exist yet.
pub fn version(head: &Head) -> Option<Version> {
    (head.revision > 0).then(|| Version { revision: head.revision, digest: head.digest.clone() })
}

/// Names of the top-level members that differ between two contents, sorted.
pub fn changed(before: Option<&Value>, after: &Value) -> Vec<String> {
    let members = [before, Some(after)].into_iter().flatten().filter_map(Value::as_object);
    let mut names: Vec<&String> = members.flat_map(|members| members.keys()).collect();
    names.sort();
    names.dedup();
    let differs = |name: &&String| before.and_then(|before| before.get(*name)) != after.get(*name);
    names.into_iter().filter(differs).cloned().collect()
}

/// Adds the event of a change: the last statement of its transaction, after the feed position.
///
/// A joint record concerns both provinces from its first submission on; a draft that was never submitted stays
/// invisible to the other side (`docs/rules.md` §18). A change that takes a record from one side concerns that side
/// too, so that its auditors see where the record went.
pub fn note(
    desk: &mut Desk,
    head: &Head,
    [from, to]: [Option<Version>; 2],
    changed: Vec<String>,
    step: &Step,
) -> Outcome<()> {
    let is_known = head.submission.is_some() || head.published_at.is_some();
    let concerns = if is_known && (head.joint || head.before != head.sides()) { BOTH } else { &head.province };
    let event = NewEvent {
        subject: Some(Subject { kind: head.kind.clone(), id: head.id, code: head.code.clone() }),
        concerns: concerns.to_owned(),
        from,
        to,
        changed,
        reason: step.reason.map(str::to_owned),
        ..done_by(desk.actor, format!("{}.{}", desk.kind.singular, step.action.word()))
    };
    audit::append(event, desk.conn)
}

/// Records that an agency's mark moved to the organization it was merged into. The caller holds the feed lock.
pub fn agency_followed(actor: &Actor, from: &Head, to: Id, conn: &mut Connection) -> Outcome<()> {
    let heir: String = records::table.find(to).select(records::code).get_result(conn)?;
    let event = NewEvent {
        concerns: from.province.clone(),
        detail: Some(format!("{} to {heir}", from.code)),
        ..done_by(actor, "agency.followed")
    };
    audit::append(event, conn)
}

/// An event with the client, request and time of the caller.
pub fn done_by(actor: &Actor, action: impl Into<String>) -> NewEvent {
    let principal = &actor.principal;
    let who = if principal.is_operator() { ActorKind::Operator } else { ActorKind::Client };
    NewEvent {
        at: actor.at,
        client_id: Some(principal.client_id),
        client: Some(principal.client.clone()),
        org_id: principal.org,
        province: principal.province.clone(),
        request_id: Some(actor.request_id),
        ..NewEvent::of(who, action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_that_came_went_or_differ_are_named() {
        let before = json!({"name": {"zh": "甲"}, "remarks": "x", "model": "m", "parties": [1, 2]});
        let after = json!({"name": {"zh": "乙"}, "place": "y", "model": "m", "parties": [2, 1]});
        assert_eq!(changed(Some(&before), &after), ["name", "parties", "place", "remarks"]);
        assert_eq!(changed(None, &before), ["model", "name", "parties", "remarks"]);
        assert!(changed(Some(&after), &after).is_empty());
    }
}
