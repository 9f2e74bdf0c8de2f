//! `fields=name,host`: an answer with the named members only.

use std::collections::HashMap;

use serde_json::value::RawValue;

use crate::api::query::{Query, shown};
use crate::kind::register::Registered;
use crate::problem::{Fault, Outcome, Problem};
use crate::reference::guess::closest;

/// Members that every answer keeps, however few were asked for.
const ALWAYS: [&str; 4] = ["id", "code", "revision", "state"];

/// Takes `fields` out of a query: top-level members of an answer.
pub fn take_fields(kind: &Registered, query: &Query) -> Vec<String> {
    let fields = query.take_list("fields", kind.answer_members.len()).unwrap_or_default();
    let unknown = fields.iter().filter(|field| !kind.answer_members.contains(field));
    query.refuse_all(unknown.map(|field| {
        let guess = closest(field, kind.answer_members.iter().map(String::as_str));
        Fault::parameter("fields", "unknown-field").arg("name", shown(field)).did_you_mean(guess)
    }));
    fields
}

/// An answer with the named members only, in the order they were asked for.
pub fn picked(row: &[u8], fields: &[String]) -> Outcome<Vec<u8>> {
    let members: HashMap<&str, &RawValue> = serde_json::from_slice(row).map_err(Problem::internal)?;
    let asked = fields.iter().map(String::as_str).filter(|field| !ALWAYS.contains(field));
    let mut text = String::with_capacity(row.len() / 2);
    // What `expand` brought stays too.
    for field in ALWAYS.into_iter().chain(asked).chain(["expanded"]) {
        if let Some(value) = members.get(field) {
            text.push(if text.is_empty() { '{' } else { ',' });
            text.push_str(&format!("\"{field}\":{}", value.get()));
        }
    }
    text.push('}');
    Ok(text.into_bytes())
}
