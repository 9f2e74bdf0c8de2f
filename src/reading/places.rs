//! Where the top-level members stand in a stored answer, so that some of them can be sent without reading it again.

use actix_web::web::Bytes;

/// Members that every answer keeps, however few were asked for.
const ALWAYS: [&str; 4] = ["id", "code", "revision", "state"];

/// One member: its name and its value, in bytes from the start of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Of the quotation mark before the name.
    start: u32,
    /// Of the quotation mark after it.
    name_end: u32,
    /// Of what follows the value.
    end: u32,
}

impl Place {
    pub fn name<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        text.get(self.start as usize + 1..self.name_end as usize).unwrap_or_default()
    }

    /// `"name":value`.
    pub fn member<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// The members of a JSON object that this service wrote: without blanks, its names without escapes.
pub fn places(text: &[u8]) -> Box<[Place]> {
    let mut places = Vec::new();
    let mut at = 1;
    while let Some(name_end) = text.get(at).filter(|byte| **byte == b'"').and_then(|_| string_end(text, at)) {
        let end = value_end(text, name_end + 2);
        places.push(Place { start: at as u32, name_end: name_end as u32, end: end as u32 });
        at = end + 1;
    }
    places.into()
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

/// The text of an answer with the named members only, in the order they were asked for; `places` are those of its members.
pub fn picked(text: &[u8], places: &[Place], fields: &[String]) -> Bytes {
    let asked = fields.iter().map(String::as_str).filter(|field| !ALWAYS.contains(field));
    let mut picked = Vec::with_capacity(512);
    for field in ALWAYS.into_iter().chain(asked) {
        if let Some(place) = places.iter().find(|place| place.name(text) == field.as_bytes()) {
            picked.push(if picked.is_empty() { b'{' } else { b',' });
            picked.extend_from_slice(place.member(text));
        }
    }
    picked.push(b'}');
    picked.into()
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
            let found = places(&text);
            prop_assert_eq!(found.len(), members.len());
            for (place, (name, value)) in found.iter().zip(&members) {
                prop_assert_eq!(place.name(&text), name.as_bytes());
                let member = format!("\"{name}\":{value}");
                prop_assert_eq!(place.member(&text), member.as_bytes());
            }
        }
    }

    #[::core::prelude::v1::test]
    fn what_is_no_object_has_no_members() {
        for text in ["", "{", "{}", "[1,2]", "{\"a", "null"] {
            assert!(places(text.as_bytes()).is_empty(), "{text}");
        }
    }
}
