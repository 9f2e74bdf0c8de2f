//! Examples that name a record of the demo register.
//!
//! A description names the demo record that its operation is tried on, but only rooms above know the records: it
//! contains a placeholder until `contract` has it [filled in](fill_in).

use serde_json::{Value, json};

const MARK: &str = "x-tried-on";

/// What an example gives of the record that its operation is tried on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried {
    /// Its identifier.
    Id,
    /// Its entity tag, as `If-Match` names it.
    Tag,
    /// The digest that waits for confirmation.
    Digest,
    /// The merge patch that is proposed of it.
    Change,
    /// The identifier of the change request that was made of it.
    ChangeId,
}

impl Tried {
    const ALL: [(Tried, &str); 5] = [
        (Tried::Id, "id"),
        (Tried::Tag, "tag"),
        (Tried::Digest, "digest"),
        (Tried::Change, "change"),
        (Tried::ChangeId, "change-id"),
    ];
}

/// The mark for a value of the demo record of this kind that has this purpose.
pub fn tried(kind: &str, purpose: &str, what: Tried) -> Value {
    let word = Tried::ALL.iter().find(|(one, _)| *one == what).map(|(_, word)| word);
    json!({MARK: [kind, purpose, word]})
}

/// Puts in place of every mark what `find` answers for its kind, purpose and value.
pub fn fill_in(document: &mut Value, find: &impl Fn(&str, &str, Tried) -> Value) {
    match document {
        Value::Object(members) => {
            if let Some(found) = members.get(MARK).and_then(|mark| read(mark, find)) {
                *document = found;
                return;
            }
            members.values_mut().for_each(|member| fill_in(member, find));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill_in(item, find)),
        _ => {}
    }
}

fn read(mark: &Value, find: &impl Fn(&str, &str, Tried) -> Value) -> Option<Value> {
    let [kind, purpose, word] = [0, 1, 2].map(|place| mark[place].as_str());
    let (what, _) = Tried::ALL.iter().find(|(_, one)| Some(*one) == word)?;
    Some(find(kind?, purpose?, *what))
}
