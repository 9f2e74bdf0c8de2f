//! What readers get, and who may see what (`docs/rules.md` §18).
//!
//! The answer to a read is made when a record is written and stored beside it: the envelope, then the canonical content
//! as it was signed. Reading copies that text.

use serde_json::Value;

use crate::db::Id;
use crate::forms::envelope::{Decision, Envelope, OwnerReference, PendingChanges, Warning};
use crate::kind::{Kind, Owner, pointers};
use crate::problem::{Fault, Outcome, Problem};
use crate::records::proposals;
use crate::records::rows::{Confirmation, Head, state};
use crate::reference::canonical;

/// The stored answers of a record.
pub struct Documents {
    pub full: String,
    /// Without private members and, where its owner is not to be named, without the owner; absent when nothing is left out.
    pub public: Option<String>,
}

/// What an answer contains beside the record's row and content.
pub struct Around<'a> {
    /// Code of the owner of a single-owner record.
    pub owner: Option<String>,
    pub confirmations: &'a [Confirmation],
    /// The changes and moves that wait.
    pub pending: &'a [Id],
    pub warnings: &'a [Fault],
}

/// Writes the answers: envelope and canonical content in one object.
pub fn documents(kind: &Kind, head: &Head, content: &Value, around: Around) -> Outcome<Documents> {
    let write = |envelope: &Envelope, content: &Value| -> Outcome<String> {
        Ok(splice(&serde_json::to_string(envelope).map_err(Problem::internal)?, &canonical::text(content)?))
    };
    let full = write(&envelope(head, &around), content)?;
    if !hides(kind, content) {
        return Ok(Documents { full, public: None });
    }
    let (envelope, content) = for_public(kind, envelope(head, &around), content);
    Ok(Documents { full, public: Some(write(&envelope, &content)?) })
}

/// Whether the public view leaves out anything of this content or of its envelope.
pub fn hides(kind: &Kind, content: &Value) -> bool {
    let mut names = content.as_object().into_iter().flat_map(|members| members.keys());
    kind.is_anonymous(content) || names.any(|name| kind.is_private(name, content))
}

/// The public view.
pub fn for_public<'a>(kind: &Kind, envelope: Envelope<'a>, content: &Value) -> (Envelope<'a>, Value) {
    let public = public_content(kind, content);
    (if kind.is_anonymous(content) { envelope.without_owner() } else { envelope }, public)
}

/// The envelope of a record.
pub fn envelope<'a>(head: &'a Head, around: &'a Around) -> Envelope<'a> {
    let Around { owner, confirmations, pending, warnings } = around;
    Envelope {
        id: head.id,
        code: &head.code,
        revision: head.revision,
        state: &head.state,
        state_reason: head.state_reason.as_deref(),
        created_at: head.created_at,
        updated_at: head.updated_at,
        published_at: head.published_at,
        province: &head.province,
        owner: owner.as_deref().map(|code| OwnerReference { id: head.owner_id, code }),
        source_system: head.source_system.as_deref(),
        source_id: head.source_id.as_deref(),
        digest: Some(&head.digest),
        confirmations: decisions(head, confirmations),
        pending_changes: PendingChanges {
            count: pending.len() as i32,
            links: pending.iter().map(|id| proposals::href(*id)).collect(),
        },
        warnings: warnings.iter().map(Warning::of).collect(),
    }
}

/// A stored answer with these warnings before its own.
pub fn warned(document: String, warnings: &[Fault]) -> Outcome<String> {
    const BEGIN: &str = "\"warnings\":[";
    let Some(at) = document.find(BEGIN).map(|at| at + BEGIN.len()).filter(|_| !warnings.is_empty()) else {
        return Ok(document);
    };
    let warnings: Vec<Warning> = warnings.iter().map(Warning::of).collect();
    let warnings = serde_json::to_string(&warnings).map_err(Problem::internal)?;
    let (before, after) = document.split_at(at);
    let between = if after.starts_with(']') { "" } else { "," };
    Ok(format!("{before}{}{between}{after}", &warnings[1..warnings.len() - 1]))
}

/// A content without its private members.
fn public_content(kind: &Kind, content: &Value) -> Value {
    let mut public = content.clone();
    if let Some(members) = public.as_object_mut() {
        members.retain(|name, _| !kind.is_private(name, content));
    }
    public
}

/// `{a}` and `{b}` become `{a,b}`.
pub fn splice(first: &str, second: &str) -> String {
    if second == "{}" {
        return first.to_owned();
    }
    format!("{},{}", &first[..first.len() - 1], &second[1..])
}

/// How a content determines its record's owner.
pub enum OwnerNamed<'a> {
    /// The record is a joint one.
    Nobody,
    /// The owner has this code.
    As(&'a str),
    /// The owner is not the one that the content names.
    Elsewhere,
}

/// The owner as the content names it.
pub fn owner_named<'a>(kind: &Kind, head: &'a Head, content: &'a Value) -> OwnerNamed<'a> {
    match kind.owner(content) {
        Owner::Parties => OwnerNamed::Nobody,
        // Parties are named by id alone.
        Owner::For(..) => OwnerNamed::Elsewhere,
        Owner::Organization(id) => {
            let references = pointers::references(kind, content);
            let code = references
                .iter()
                .filter(|(_, _, value)| pointers::reference_id(value) == Some(id) && id == head.owner_id)
                .find_map(|(_, _, value)| value.get("code").and_then(Value::as_str));
            code.map_or(OwnerNamed::Elsewhere, OwnerNamed::As)
        }
        Owner::Itself(_) | Owner::Unknown => OwnerNamed::As(&head.code),
    }
}

/// The provinces' decisions on exactly this content: while it waits, of each province concerned, with `pending`;
/// afterwards of those that confirmed it, even if the record belongs to another province by now.
pub fn decisions<'a>(head: &'a Head, confirmations: &'a [Confirmation]) -> Vec<Decision<'a>> {
    let made = confirmations.iter().filter(|one| one.digest == head.digest);
    let show = |one: &'a Confirmation| Decision { province: &one.province, decision: &one.decision, at: Some(one.at) };
    let waited_for = |province: &'a str| {
        let made = made.clone().find(|one| one.province == province);
        made.map_or(Decision { province, decision: "pending", at: None }, show)
    };
    match head.state.as_str() {
        state::DRAFT => Vec::new(),
        state::SUBMITTED => head.provinces().into_iter().map(waited_for).collect(),
        _ => made.map(show).collect(),
    }
}
