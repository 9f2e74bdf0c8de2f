//! Equal contents in different forms: a decimal written otherwise, or a set in another order, is no change.
//!
//! What is sent is brought into normal form by its type ([`Kind::check`]). What was stored stays as it was signed, even
//! in another form: a member of equal value keeps the stored form, and everything that compares two contents (what
//! changed, what needs the other province, which digest) sees the same text.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::kind::findings::Findings;
use crate::kind::pointers::matches;
use crate::kind::{self, Kind};

/// Gives every member of `sent` whose value equals that in `stored` the stored form.
pub fn keep(kind: &Kind, stored: &Value, sent: &mut Value) {
    if stored == sent {
        return;
    }
    let normal = (kind.check)(stored.clone(), &mut Findings::new(kind::today()));
    for pattern in kind.sets {
        let pointers: Vec<String> = matches(sent, pattern).into_iter().map(|(pointer, _)| pointer).collect();
        for pointer in pointers {
            if let (Some(set), Some(own)) = (normal.pointer(&pointer), sent.pointer_mut(&pointer))
                && is_same_set(set, own)
            {
                own.clone_from(set);
            }
        }
    }
    keep_equal(stored, &normal, sent);
}

fn keep_equal(stored: &Value, normal: &Value, sent: &mut Value) {
    if normal == sent {
        sent.clone_from(stored);
        return;
    }
    match (stored, normal, sent) {
        (Value::Object(stored), Value::Object(normal), Value::Object(sent)) => {
            for (name, member) in sent {
                if let (Some(stored), Some(normal)) = (stored.get(name), normal.get(name)) {
                    keep_equal(stored, normal, member);
                }
            }
        }
        (Value::Array(stored), Value::Array(normal), Value::Array(sent)) if stored.len() == normal.len() => {
            for (item, (stored, normal)) in sent.iter_mut().zip(stored.iter().zip(normal)) {
                keep_equal(stored, normal, item);
            }
        }
        _ => {}
    }
}

/// Whether two arrays have the same items, each as often.
fn is_same_set(one: &Value, other: &Value) -> bool {
    let (Value::Array(one), Value::Array(other)) = (one, other) else { return false };
    let counted = |items: &[Value]| {
        items.iter().fold(BTreeMap::<String, usize>::new(), |mut counts, item| {
            *counts.entry(item.to_string()).or_default() += 1;
            counts
        })
    };
    one.len() == other.len() && counted(one) == counted(other)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kinds::{demands, joint_labs};

    fn kept(kind: &Kind, stored: &Value, change: impl FnOnce(&mut Value)) -> Value {
        let mut sent = stored.clone();
        change(&mut sent);
        let mut sent = (kind.check)(sent, &mut Findings::new(kind::today()));
        keep(kind, stored, &mut sent);
        sent
    }

    #[test]
    fn what_says_the_same_keeps_the_form_in_which_it_was_signed() {
        let mut stored = (demands::KIND.example)();
        stored["technical_targets"][0]["value"] = json!("20000.000");
        let again = kept(&demands::KIND, &stored, |sent| sent["technical_targets"][0]["value"] = json!("20000"));
        assert_eq!(again["technical_targets"], stored["technical_targets"]);
        let other = kept(&demands::KIND, &stored, |sent| sent["technical_targets"][0]["value"] = json!("20000.50"));
        assert_eq!(other["technical_targets"][0]["value"], "20000.5");
    }

    #[test]
    fn a_set_in_another_order_is_the_same_and_a_list_in_another_order_is_not() {
        let stored = (joint_labs::KIND.example)();
        let turned = kept(&joint_labs::KIND, &stored, |sent| {
            for name in ["disciplines", "divisions", "research_topics", "approving_agencies", "parties"] {
                sent[name].as_array_mut().unwrap().reverse();
            }
            sent["fields"] = json!(["F1", "F2"]);
        });
        for name in ["disciplines", "divisions", "research_topics", "approving_agencies"] {
            assert_eq!(turned[name], stored[name], "{name}");
        }
        assert_ne!(turned["parties"], stored["parties"]);
        assert_eq!(turned["fields"], json!(["F1", "F2"]));
    }
}
