//! `fields=name,host`: an answer with the named members only.

use actix_web::web::Bytes;

use crate::api::query::{Query, shown};
use crate::kind::register::Registered;
use crate::problem::Fault;
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

/// The text of an answer with the named members only, in the order they were asked for; all of it when none is named.
pub fn picked(text: &Bytes, fields: &[String]) -> Bytes {
    if fields.is_empty() {
        return text.clone();
    }
    let members = members(text);
    let asked = fields.iter().map(String::as_str).filter(|field| !ALWAYS.contains(field));
    let mut picked = Vec::with_capacity(512);
    for field in ALWAYS.into_iter().chain(asked) {
        if let Some((_, member)) = members.iter().find(|(name, _)| *name == field.as_bytes()) {
            picked.push(if picked.is_empty() { b'{' } else { b',' });
            picked.extend_from_slice(member);
        }
    }
    picked.push(b'}');
    picked.into()
}

/// Each top-level member of a JSON object that this service wrote (without blanks, its names without escapes): its name, and
/// `"name":value`.
fn members(text: &[u8]) -> Vec<(&[u8], &[u8])> {
    let mut members = Vec::new();
    let mut at = 1;
    while let Some(name_end) = text.get(at).filter(|byte| **byte == b'"').and_then(|_| string_end(text, at)) {
        let end = value_end(text, name_end + 2);
        members.push((&text[at + 1..name_end], &text[at..end]));
        at = end + 1;
    }
    members
}

/// The quotation mark that ends the string which begins at `start`.
fn string_end(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match text.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The comma or bracket behind the value which begins at `start`.
fn value_end(text: &[u8], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0);
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => at = string_end(text, at).unwrap_or(text.len()),
            b'{' | b'[' => depth += 1,
            b',' if depth == 0 => return at,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::*;

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
            Just(json!("a \"quoted\\\" text, with {brackets] and \\")),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map("[a-z_]{1,8}", inner, 0..4)
                    .prop_map(|members| Value::from(members.into_iter().collect::<Map<_, _>>())),
            ]
        })
    }

    proptest! {
        #[::core::prelude::v1::test]
        fn every_member_is_found_in_its_place(members in prop::collection::btree_map("[a-z_]{1,12}", any_json(), 0..9)) {
            let text = serde_json::to_vec(&members).unwrap();
            let found = super::members(&text);
            prop_assert_eq!(found.len(), members.len());
            for ((found_name, found_member), (name, value)) in found.into_iter().zip(&members) {
                prop_assert_eq!(found_name, name.as_bytes());
                let member = format!("\"{name}\":{value}");
                prop_assert_eq!(found_member, member.as_bytes());
            }
        }
    }

    #[::core::prelude::v1::test]
    fn what_is_no_object_has_no_members() {
        for text in ["", "{", "{}", "[1,2]", "{\"a", "null"] {
            assert!(members(text.as_bytes()).is_empty(), "{text}");
        }
    }
}
