//! What differs between two contents, member by member (`docs/rules.md` §25), and where two changes of one content
//! meet.
//!
//! [`history`](crate::reading::history) shows it to readers; a waiting change is compared by [`overlaps`] with what
//! changed in the meantime. Objects are compared member by member and arrays of equal length element by element; an
//! array that grew or shrank counts as a whole, because its elements have no keys to match them by.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::forms::change_request::Difference;
use crate::kind::schema::escape;

/// Every place where `after` differs from `before`, in the order of their pointers. Making all of these changes to
/// `before` gives `after`.
pub fn diff(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(String::new(), Some(before), Some(after), &mut found);
    found
}

fn compare(pointer: String, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Difference>) {
    match (before, after) {
        (before, after) if before == after => {}
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            for name in names(before, after) {
                compare(format!("{pointer}/{}", escape(name)), before.get(name), after.get(name), found);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) if before.len() == after.len() => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                compare(format!("{pointer}/{index}"), Some(before), Some(after), found);
            }
        }
        (before, after) => found.push(Difference { pointer, before: before.cloned(), after: after.cloned() }),
    }
}

fn names<'v>(one: &'v Map<String, Value>, other: &'v Map<String, Value>) -> BTreeSet<&'v String> {
    one.keys().chain(other.keys()).collect()
}

/// Where two changes that were made from the same content meet: the pointers that both touched, the outer one where one of
/// them replaced what the other changed inside. An array counts as a whole. What both changed alike is no overlap.
pub fn overlaps(one: &[Difference], other: &[Difference]) -> Vec<String> {
    let (one, other) = (by_unit(one), by_unit(other));
    let mut meeting = BTreeSet::new();
    for (mine, theirs) in [(&one, &other), (&other, &one)] {
        for (unit, changes) in mine {
            for outer in self_and_outer(unit) {
                if theirs.get(outer).is_some_and(|others| outer != *unit || others != changes) {
                    meeting.insert(outer.to_owned());
                }
            }
        }
    }
    meeting.into_iter().collect()
}

/// The changes inside one unit (a member, or a whole array), by pointer.
type Changes<'d> = BTreeMap<&'d str, Option<String>>;

fn by_unit(differences: &[Difference]) -> BTreeMap<&str, Changes<'_>> {
    let mut units = BTreeMap::<&str, Changes>::new();
    for difference in differences {
        let after = difference.after.as_ref().map(Value::to_string);
        units.entry(unit(&difference.pointer)).or_default().insert(&difference.pointer, after);
    }
    units
}

/// The pointer up to its first array index. A member whose name is a number (no content has one) counts as an index: a
/// false conflict costs a question, a missed one loses a change.
fn unit(pointer: &str) -> &str {
    let is_index = |token: &str| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit());
    let mut end = 0;
    for token in pointer.split('/').skip(1) {
        if is_index(token) {
            return &pointer[..end];
        }
        end += 1 + token.len();
    }
    pointer
}

/// `/a/b`, `/a` and the empty pointer of the whole content.
fn self_and_outer(pointer: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(pointer), |pointer| pointer.rfind('/').map(|end| &pointer[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn difference(pointer: &str, before: impl Into<Option<Value>>, after: impl Into<Option<Value>>) -> Difference {
        Difference { pointer: pointer.to_owned(), before: before.into(), after: after.into() }
    }

    /// Makes every change of a difference, as a client would.
    fn applied(content: &Value, differences: &[Difference]) -> Value {
        let mut content = content.clone();
        for Difference { pointer, after, .. } in differences {
            let Some((parent, name)) = pointer.rsplit_once('/') else {
                content = after.clone().unwrap();
                continue;
            };
            let name = name.replace("~1", "/").replace("~0", "~");
            match (content.pointer_mut(parent).unwrap(), after) {
                (Value::Object(members), Some(value)) => drop(members.insert(name, value.clone())),
                (Value::Object(members), None) => drop(members.remove(&name).unwrap()),
                (Value::Array(items), Some(value)) => items[name.parse::<usize>().unwrap()] = value.clone(),
                other => panic!("{other:?}"),
            }
        }
        content
    }

    #[test]
    fn members_are_named_one_by_one_and_absent_is_not_null() {
        let before = json!({"name": {"zh": "甲"}, "remarks": "x", "same": [1]});
        let after = json!({"name": {"zh": "乙", "en": "B"}, "same": [1], "a/b~": null});
        assert_eq!(
            diff(&before, &after),
            [
                difference("/a~1b~0", None, Value::Null),
                difference("/name/en", None, json!("B")),
                difference("/name/zh", json!("甲"), json!("乙")),
                difference("/remarks", json!("x"), None),
            ]
        );
        let shown = serde_json::to_value(diff(&before, &after)).unwrap();
        assert_eq!(shown[0], json!({"pointer": "/a~1b~0", "after": null}));
    }

    #[test]
    fn an_array_of_another_length_counts_whole() {
        let (before, after) = (json!({"a": [{"x": 1}, 2]}), json!({"a": [{"x": 2}, 2]}));
        assert_eq!(diff(&before, &after), [difference("/a/0/x", json!(1), json!(2))]);
        let longer = json!({"a": [{"x": 1}, 2, 3]});
        assert_eq!(diff(&before, &longer), [difference("/a", before["a"].clone(), longer["a"].clone())]);
        assert_eq!(diff(&json!(1), &json!([])), [difference("", json!(1), json!([]))]);
    }

    #[test]
    fn two_changes_meet_where_both_touched_the_same() {
        let base =
            json!({"parties": [{"role": "lead"}, {"role": "member"}], "name": {"zh": "甲"}, "budget": {"amount": "1"}});
        let met = |one: Value, other: Value| overlaps(&diff(&base, &one), &diff(&base, &other));
        let changed = |pointer: &str, value: Value| {
            let mut content = base.clone();
            *content.pointer_mut(pointer).unwrap() = value;
            content
        };
        let first = changed("/parties/0/role", json!("co_lead"));
        assert_eq!(met(first.clone(), changed("/parties/1/role", json!("lead"))), ["/parties"]);
        assert_eq!(met(first.clone(), changed("/parties", json!([]))), ["/parties"]);
        assert_eq!(met(first.clone(), first.clone()), [""; 0]);
        assert_eq!(met(first, changed("/name/zh", json!("乙"))), [""; 0]);
        assert_eq!(met(changed("/name/zh", json!("乙")), changed("/name/zh", json!("丙"))), ["/name/zh"]);
        // One takes the budget away, the other changes its amount.
        assert_eq!(met(changed("/budget", json!("x")), changed("/budget/amount", json!("2"))), ["/budget"]);
        assert_eq!(overlaps(&[difference("", json!(1), json!(2))], &diff(&json!({"a": 1}), &json!({"a": 2}))), [""]);
        let shorter = [difference("/parties/2", json!(1), json!(2))];
        assert_eq!(overlaps(&shorter, &[difference("/parties/0/role", json!(1), json!(2))]), ["/parties"]);
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), (0..4).prop_map(Value::from)];
        leaf.prop_recursive(4, 40, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[ab/~]{0,2}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn all_differences_made_to_one_give_the_other(a in values(), b in values()) {
            let differences = diff(&a, &b);
            prop_assert_eq!(applied(&a, &differences), b.clone());
            prop_assert_eq!(differences.is_empty(), a == b);
            prop_assert!(differences.windows(2).all(|pair| pair[0].pointer != pair[1].pointer));
        }

        #[test]
        fn overlaps_are_symmetric_and_never_between_equal_changes(base in values(), a in values(), b in values()) {
            let (one, other) = (diff(&base, &a), diff(&base, &b));
            prop_assert_eq!(overlaps(&one, &other), overlaps(&other, &one));
            prop_assert!(overlaps(&one, &one).is_empty());
            prop_assert!(overlaps(&one, &[]).is_empty());
        }

        #[test]
        fn changes_that_do_not_meet_can_be_made_in_either_order(base in values(), a in values(), b in values()) {
            let (one, other) = (diff(&base, &a), diff(&base, &b));
            if overlaps(&one, &other).is_empty() {
                let both = applied(&applied(&base, &one), &other.iter().filter(|change| !one.contains(change)).cloned().collect::<Vec<_>>());
                let turned = applied(&applied(&base, &other), &one.iter().filter(|change| !other.contains(change)).cloned().collect::<Vec<_>>());
                prop_assert_eq!(both, turned);
            }
        }
    }
}
