//! Forgiveness: which faults of a changed content its official record has already.
//!
//! A change is judged like a new record. Exactly those faults (place and code) are forgiven that the present content
//! has by today's rules too. An element of an array that only moved keeps its place; one that the present content lacks
//! has none.

use serde_json::Value;

use crate::problem::{Fault, Place};

/// The faults of a record's present content.
pub struct Stood<'c> {
    pub before: &'c Value,
    pub faults: Vec<Fault>,
}

impl Stood<'_> {
    /// Whether the present content has this fault of `after` as well.
    pub fn has(&self, fault: &Fault, after: &Value) -> bool {
        let Place::Pointer(pointer) = &fault.place else { return false };
        let Some(place) = place_before(pointer, self.before, after) else { return false };
        let is_there = |old: &&Fault| matches!(&old.place, Place::Pointer(at) if *at == place);
        self.faults.iter().filter(is_there).any(|old| old.code == fault.code && side(old) == side(fault))
    }
}

/// One code at one place may concern either province: these are two faults.
fn side(fault: &Fault) -> Option<&str> {
    fault.args.iter().find(|(name, _)| *name == "province").map(|(_, value)| value.as_str())
}

/// The pointer in `before` of what is at `pointer` in `after`; `None` inside a new element.
fn place_before(pointer: &str, before: &Value, after: &Value) -> Option<String> {
    let mut place = String::from("#");
    let (mut before, mut after) = (Some(before), Some(after));
    for token in pointer.trim_start_matches('#').split('/').skip(1) {
        let (old, new) = match (before, after) {
            (Some(Value::Array(old)), Some(Value::Array(new))) => {
                let at: usize = token.parse().ok()?;
                let was = position_before(old, new, at)?;
                place.push_str(&format!("/{was}"));
                (old.get(was), new.get(at))
            }
            (old, new) => {
                place.push_str(&format!("/{token}"));
                let name = token.replace("~1", "/").replace("~0", "~");
                (old.and_then(|old| old.get(&name)), new.and_then(|new| new.get(&name)))
            }
        };
        (before, after) = (old, new);
    }
    Some(place)
}

/// The index in `before` of the element `at` of `after`: that of its equal, counted from the front, else of the removed
/// element in its place.
fn position_before(before: &[Value], after: &[Value], at: usize) -> Option<usize> {
    let element = after.get(at)?;
    let earlier = after[..at].iter().filter(|other| *other == element).count();
    let mut equal = before.iter().enumerate().filter(|(_, old)| *old == element).map(|(position, _)| position);
    let in_its_place = || Some(at).filter(|at| before.get(*at).is_some_and(|old| !after.contains(old)));
    equal.nth(earlier).or_else(in_its_place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_fault_is_forgiven_by_place_and_code_and_province() {
        let content = json!({"a": 1, "parties": []});
        let one_sided = |province| Fault::at("/parties", "missing-counterparty").arg("province", province);
        let stood = Stood { before: &content, faults: vec![Fault::at("/a", "pattern"), one_sided("500000")] };
        assert!(stood.has(&Fault::at("/a", "pattern"), &json!({"a": 2})));
        assert!(!stood.has(&Fault::at("/a", "too-long"), &content));
        assert!(!stood.has(&Fault::at("/b", "pattern"), &content));
        assert!(!stood.has(&Fault::at("/a/b", "pattern"), &content));
        assert!(stood.has(&one_sided("500000"), &content) && !stood.has(&one_sided("510000"), &content));
    }

    #[test]
    fn an_element_that_moved_keeps_its_faults_and_a_new_one_has_none_to_keep() {
        let before = json!({"list": [{"n": 1}, {"n": 2}, {"n": 3}]});
        let stood = Stood { before: &before, faults: vec![Fault::at("/list/1/n", "minimum")] };
        let forgiven =
            |list: Value, at: usize| stood.has(&Fault::at(format!("/list/{at}/n"), "minimum"), &json!({"list": list}));
        assert!(forgiven(json!([{"n": 2}, {"n": 3}]), 0), "its elder was taken out");
        assert!(!forgiven(json!([{"n": 2}, {"n": 3}]), 1));
        assert!(forgiven(json!([{"n": 0}, {"n": 1}, {"n": 2}, {"n": 3}]), 2), "one came before it");
        assert!(!forgiven(json!([{"n": 0}, {"n": 2}]), 0));
        assert!(forgiven(json!([{"n": 1}, {"n": 9}, {"n": 3}]), 1), "changed where it stands");
        assert!(!forgiven(json!([{"n": 1}, {"n": 9}, {"n": 2}]), 1), "the one that was there went on");
        assert!(!forgiven(json!([{"n": 2}, {"n": 2}]), 1), "said a second time");
        assert!(!forgiven(json!([]), 1));
    }
}
