//! Taking the contact data out of a record's whole history: a person may ask for that (Personal Information Protection Law of the
//! PRC, art. 47).
//!
//! Contact members are outside what was signed, so that digests, confirmations and proofs stay as they are. In every content the
//! record ever had, in every change proposed to it and in the answers kept for repeated requests a marker takes their place; then
//! the record gets a new revision, whose feed position tells copies to follow. What stands in backups is the operator's.

use diesel::prelude::*;
use serde_json::{Value, json};

use crate::api::idempotency;
use crate::db::schema::{contents, proposals, records};
use crate::db::{Connection, Id};
use crate::kind::Kind;
use crate::kind::register::Register;
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::records::action::Action;
use crate::records::actor::Actor;
use crate::records::commit::Step;
use crate::records::desk::Desk;
use crate::records::rows::Head;
use crate::reference::canonical;

/// What is shown instead of a name, a telephone number or an address.
pub const MARKER: &str = "已应本人请求删除 Removed at the person's request";

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted {
    pub code: String,
    /// Contents that held contact data.
    pub contents: usize,
    /// Change requests that did.
    pub proposals: usize,
    /// Kept answers that did.
    pub answers: usize,
    /// The revision that the record has now; absent when nothing was found.
    pub revision: Option<i64>,
}

/// Redacts the record with this id or code. A record that is written meanwhile ends it with `revision-conflict`: call again.
pub fn contact(
    register: &'static Register,
    reference: &str,
    actor: &Actor,
    conn: &mut Connection,
) -> Outcome<Redacted> {
    let mut head = find(reference, conn)?;
    let kind = register.kind(&head.kind).ok_or_else(|| Problem::internal(format!("no kind {}", head.kind)))?;
    let members = members(kind);
    if members.is_empty() {
        return Err(Problem::invalid(vec![Fault::at("/ref", "no-contact").arg("kind", kind.name)]));
    }
    let (contents, proposals) = (in_contents(&members, head.id, conn)?, in_proposals(&members, head.id, conn)?);
    let answers = idempotency::rewrite(&head.id.to_string(), |body| in_answer(&members, head.id, body), conn)?;
    let mut redacted = Redacted { code: head.code.clone(), contents, proposals, answers, revision: None };
    if contents + proposals + answers > 0 {
        let present = contents::table.find((head.id, head.content_number)).select(contents::text);
        let content = serde_json::from_str(&present.get_result::<String>(conn)?).map_err(Problem::internal)?;
        let step = Step { action: Action::ContactRedacted, reason: None };
        let saved = Desk { register, kind, actor, conn }.commit_standing(&mut head, &content, step)?;
        redacted.revision = Some(saved.head.revision);
    }
    Ok(redacted)
}

/// The top-level members of a kind that hold contact data: not public, and not signed.
fn members(kind: &Kind) -> Vec<&'static str> {
    kind.private.iter().copied().filter(|name| kind.unsigned.contains(name)).collect()
}

fn find(reference: &str, conn: &mut Connection) -> Outcome<Head> {
    let query = records::table.select(Head::as_select());
    let found = match reference.parse::<Id>() {
        Ok(id) => query.filter(records::id.eq(id)).get_result(conn).optional()?,
        Err(_) => query.filter(records::code.eq(reference)).get_result(conn).optional()?,
    };
    found.ok_or_else(|| Problem::new(Code::NotFound).arg("kind", "record").arg("ref", reference))
}

fn in_contents(members: &[&str], record: Id, conn: &mut Connection) -> Outcome<usize> {
    let of_record = contents::table.filter(contents::record_id.eq(record));
    let rows: Vec<(i64, String)> = of_record.select((contents::number, contents::text)).load(conn)?;
    let mut count = 0;
    for (number, text) in rows {
        if let Some(text) = without(members, &text)? {
            diesel::update(contents::table.find((record, number))).set(contents::text.eq(text)).execute(conn)?;
            count += 1;
        }
    }
    Ok(count)
}

fn in_proposals(members: &[&str], record: Id, conn: &mut Connection) -> Outcome<usize> {
    type Row = (Id, Option<String>, Option<String>);
    let of_record = proposals::table.filter(proposals::record_id.eq(record));
    let rows: Vec<Row> = of_record.select((proposals::id, proposals::patch, proposals::content)).load(conn)?;
    let mut count = 0;
    for (id, patch, content) in rows {
        let again = |text: &Option<String>| text.as_deref().map_or(Ok(None), |text| without(members, text));
        let (new_patch, new_content) = (again(&patch)?, again(&content)?);
        if new_patch.is_some() || new_content.is_some() {
            let texts = (proposals::patch.eq(new_patch.or(patch)), proposals::content.eq(new_content.or(content)));
            diesel::update(proposals::table.find(id)).set(texts).execute(conn)?;
            count += 1;
        }
    }
    Ok(count)
}

/// The canonical text with the marker in it; `None` when there was nothing to redact.
fn without(members: &[&str], text: &str) -> Outcome<Option<String>> {
    let mut content: Value = serde_json::from_str(text).map_err(Problem::internal)?;
    if !strike(members, &mut content) { Ok(None) } else { canonical::text(&content).map(Some) }
}

/// Puts the marker at the top-level members; whether that changed anything.
fn strike(members: &[&str], content: &mut Value) -> bool {
    let marker = json!({"name": MARKER});
    let mut changed = false;
    for name in members {
        if let Some(member) = content.get_mut(*name).filter(|member| member.is_object() && **member != marker) {
            *member = marker.clone();
            changed = true;
        }
    }
    changed
}

/// The same in an answer about this record: the record itself, or a change request with its content and differences.
fn in_answer(members: &[&str], record: Id, body: &mut Value) -> bool {
    let record = json!(record);
    if body["id"] == record {
        return strike(members, body);
    }
    if body["record"]["id"] != record {
        return false;
    }
    let in_content = body.get_mut("content").is_some_and(|content| strike(members, content));
    let differences = body.get_mut("differences").and_then(Value::as_array_mut).into_iter().flatten();
    let struck = differences.filter_map(|one| strike_difference(members, one).then_some(())).count();
    in_content || struck > 0
}

fn strike_difference(members: &[&str], difference: &mut Value) -> bool {
    let Some(rest) = difference["pointer"].as_str().and_then(|pointer| pointer.strip_prefix('/')) else { return false };
    let (name, is_whole) = rest.split_once('/').map_or((rest, true), |(name, _)| (name, false));
    if !members.contains(&name) {
        return false;
    }
    let marker = if is_whole { json!({"name": MARKER}) } else { json!(MARKER) };
    let mut changed = false;
    for side in ["before", "after"] {
        if let Some(value) = difference.get_mut(side).filter(|value| **value != marker) {
            *value = marker.clone();
            changed = true;
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTACT: [&str; 1] = ["contact"];

    #[test]
    fn contact_members_give_way_to_the_marker_and_all_else_stays() {
        let text = r#"{"contact":{"name":"设备处","phone":"023-65100000"},"model":"m"}"#;
        let redacted = without(&CONTACT, text).unwrap().unwrap();
        assert_eq!(redacted, format!(r#"{{"contact":{{"name":"{MARKER}"}},"model":"m"}}"#));
        assert_eq!(without(&CONTACT, &redacted).unwrap(), None, "once");
        assert_eq!(without(&CONTACT, r#"{"contact":null,"model":"m"}"#).unwrap(), None, "a patch that removes it");
        assert!(MARKER.chars().count() <= 100, "a contact's name has so many characters");
    }

    #[test]
    fn kept_answers_are_redacted_where_they_are_about_the_record() {
        let (own, other) = (Id::new(), Id::new());
        let contact = json!({"name": "设备处"});
        let mut mine = json!({"id": own, "contact": contact});
        assert!(in_answer(&CONTACT, own, &mut mine) && mine["contact"]["name"] == MARKER);
        let mut theirs = json!({"id": other, "organization": {"id": own}, "contact": contact});
        assert!(!in_answer(&CONTACT, own, &mut theirs));
        let mut request = json!({"id": other, "record": {"id": own}, "content": {"contact": contact}, "differences": [
            {"pointer": "/contact", "after": contact}, {"pointer": "/contact/phone", "before": "1"}, {"pointer": "/model", "after": "m"}]});
        assert!(in_answer(&CONTACT, own, &mut request));
        assert_eq!(request["differences"][0]["after"], json!({"name": MARKER}));
        assert_eq!(
            (&request["differences"][1]["before"], &request["differences"][2]["after"]),
            (&json!(MARKER), &json!("m"))
        );
        assert!(!request.to_string().contains("设备处"));
    }
}
