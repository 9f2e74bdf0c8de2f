//! Finding members of a content by the pointers of its kind's declaration.

use serde_json::Value;

use crate::db::Id;
use crate::forms::envelope::ENVELOPE;
use crate::kind::Kind;

/// The names that `expand` takes for a kind.
pub fn expandable(kind: &Kind) -> Vec<&'static str> {
    let own = kind.members.iter().filter_map(|member| member.shape.expands_as(member));
    let owner = kind.has_owner().then_some("owner");
    owner.into_iter().chain(own).collect()
}

/// Top-level members of an answer: envelope and content.
pub fn answer_members(kind: &Kind) -> Vec<String> {
    let schemas = (kind.schemas)();
    let content = schemas
        .iter()
        .find(|(name, _)| name == kind.schema)
        .map(|(_, schema)| crate::kind::components::contract_form(schema));
    let own = content.as_ref().and_then(|schema| schema.get("properties")).and_then(Value::as_object);
    ENVELOPE
        .iter()
        .map(|name| (*name).to_owned())
        .chain(own.into_iter().flat_map(|members| members.keys().cloned()))
        .collect()
}

/// Every `(pointer, value)` that a pattern with `*` matches in the content.
pub fn matches<'v>(content: &'v Value, pattern: &str) -> Vec<(String, &'v Value)> {
    let mut found = vec![(String::new(), content)];
    for step in pattern.split('/').skip(1) {
        let mut next = Vec::new();
        for (pointer, value) in found {
            match (step, value) {
                ("*", Value::Array(items)) => {
                    next.extend(items.iter().enumerate().map(|(index, item)| (format!("{pointer}/{index}"), item)));
                }
                (name, Value::Object(members)) => {
                    next.extend(members.get(name).map(|member| (format!("{pointer}/{name}"), member)));
                }
                _ => {}
            }
        }
        found = next;
    }
    found.retain(|(_, value)| !value.is_null());
    found
}

/// All references of a content: pointer, kind referred to, and the reference (`{id, code}`, or an id for parties).
pub fn references<'v>(kind: &Kind, content: &'v Value) -> Vec<(String, &'static str, &'v Value)> {
    let mut found = Vec::new();
    for member in kind.members {
        let Some(target) = member.shape.target() else { continue };
        for pattern in member.at {
            let matched = matches(content, pattern);
            found.extend(matched.into_iter().map(|(pointer, value)| (pointer, target, value)));
        }
    }
    found
}

/// The pointer and value of an identifier of a content; for a combination those of the member that its
/// [`Unique`](crate::kind::Unique) names first.
pub fn identifier_at(kind: &Kind, content: &Value, scheme: &str, identifier: &str) -> Option<(String, String)> {
    let named = kind.uniques.iter().filter(|unique| unique.scheme == scheme);
    let first = named.filter_map(|unique| unique.at.first()).flat_map(|pattern| matches(content, pattern));
    let mut texts = first.filter_map(|(pointer, value)| Some((pointer, value.as_str()?.to_owned())));
    texts.find(|(_, text)| {
        identifier.strip_prefix(text.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// Whether two pointers lead to the same member of a content, wherever in its arrays.
pub fn same_member(one: &str, other: &str) -> bool {
    let is_index = |token: &str| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit());
    let same = |(one, other): (&str, &str)| one == other || (is_index(one) && is_index(other));
    one.split('/').count() == other.split('/').count() && one.split('/').zip(other.split('/')).all(same)
}

/// The id inside a resolved reference.
pub fn reference_id(value: &Value) -> Option<Id> {
    value.get("id").unwrap_or(value).as_str()?.parse().ok()
}

/// The value at the first of some pointers that leads to one; of a list (`*`) its last item's.
pub fn value_at<'v>(at: &[&str], content: &'v Value) -> Option<&'v Value> {
    at.iter().find_map(|pointer| match pointer.contains('*') {
        true => matches(content, pointer).pop().map(|(_, value)| value),
        false => content.pointer(pointer).filter(|value| !value.is_null()),
    })
}
