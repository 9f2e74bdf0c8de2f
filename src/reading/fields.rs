//! `fields=name,host`: an answer with the named members only.

use crate::api::query::{Query, shown};
use crate::kind::register::Registered;
use crate::problem::Fault;
use crate::reference::guess::closest;

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
