//! The component schemas of the contract, made from the Rust types and brought into the form that it promises
//! (`docs/rules.md` §24): plain names, no `oneOf` with null, and a merge patch for every content. Bodies are judged by
//! them without null; the document then says where null may be sent ([`allow_null`]).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::forms::bodies::{ConfirmationRequest, TransitionRequest};
use crate::forms::introduction_requests::{CapabilityIntroductionRequest, DemandIntroductionRequest, IntroductionMove};
use crate::forms::matching::{AcceptedSpellingRequest, MatchRequest};
use crate::forms::proposals::{RecallRequest, RestorationRequest};
use crate::kind::Kind;
use crate::reference::characters;

/// The component schemas of these kinds: contents, and the merge patch of each.
pub fn of<'k>(kinds: impl Iterator<Item = &'k Kind>) -> Map<String, Value> {
    let mut all = BTreeMap::new();
    for kind in kinds {
        let own: BTreeMap<String, Value> =
            (kind.schemas)().into_iter().map(|(name, schema)| (plain_name(&name), strict_form(&schema))).collect();
        let mut patches = BTreeMap::new();
        patch_of(kind.schema, &own, &mut patches);
        let content = own.get(kind.schema).cloned().unwrap_or_default();
        all.extend(own);
        all.extend(patches);
        let patch = &mut all.entry(format!("{}Patch", kind.schema)).or_insert(content);
        patch["minProperties"] = json!(1);
    }
    let requests = component_of::<TransitionRequest>().into_iter().chain(component_of::<ConfirmationRequest>());
    let requests = requests.chain(component_of::<RestorationRequest>()).chain(component_of::<RecallRequest>());
    let requests = requests.chain(component_of::<MatchRequest>()).chain(component_of::<AcceptedSpellingRequest>());
    let requests = requests.chain(component_of::<DemandIntroductionRequest>());
    let requests = requests.chain(component_of::<CapabilityIntroductionRequest>());
    let requests = requests.chain(component_of::<IntroductionMove>());
    all.extend(requests.map(|(name, schema)| (name, without_null(schema))));
    all.into_iter().map(|(name, schema)| (plain_name(&name), schema)).collect()
}

/// A type's own component schema and those inside it, in the contract's form.
pub fn component_of<T: ToSchema>() -> Vec<(String, Value)> {
    let mut all = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut all);
    all.into_iter().map(|(name, schema)| (plain_name(&name), contract_form(&schema))).collect()
}

/// `Term_ShareModes` becomes `ShareModeCode`: component names are plain PascalCase.
pub fn plain_name(name: &str) -> String {
    let Some(list) = name.strip_prefix("Term_") else {
        return name.to_owned();
    };
    let one = match list {
        _ if list.ends_with("ies") => format!("{}y", &list[..list.len() - 3]),
        _ if list.ends_with("sses") || list.ends_with("uses") => list[..list.len() - 2].to_owned(),
        _ => list.trim_end_matches('s').to_owned(),
    };
    format!("{one}Code")
}

/// A schema in the form the contract promises: no `oneOf` with null, see `docs/rules.md` §24.
pub fn contract_form(schema: &RefOr<Schema>) -> Value {
    let mut value = serde_json::to_value(schema).unwrap_or_default();
    tidy(&mut value);
    // `#[serde(default)]` is how faults are collected; an absent member is absent, not empty.
    for property in value.get_mut("properties").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        property.as_object_mut().into_iter().for_each(|members| drop(members.remove("default")));
    }
    value
}

/// The contract's form without null, as bodies are judged and contents are kept.
fn strict_form(schema: &RefOr<Schema>) -> Value {
    without_null(contract_form(schema))
}

/// Removes null from the types of an object's members.
fn without_null(mut schema: Value) -> Value {
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    properties.into_iter().flat_map(Map::values_mut).for_each(never_null);
    schema
}

/// `[T, "null"]` becomes `T`.
pub fn never_null(schema: &mut Value) {
    if let Some(Value::Array(kinds)) = schema.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [only] = &kinds[..] {
            schema["type"] = only.clone();
        }
    }
    if let Some(Value::Array(codes)) = schema.get_mut("enum") {
        codes.retain(|code| !code.is_null());
    }
}

/// Says where null may be sent: for every optional member of what bodies are made of, that is of closed objects. It stands in
/// the type of plain values and beside references to them; of objects and lists the description tells it, because
/// generators make two types of an object that may be null.
pub fn allow_null(all: &mut Map<String, Value>) {
    let objects: Vec<String> =
        all.iter().filter(|(_, schema)| is_object(schema)).map(|(name, _)| name.clone()).collect();
    let required: BTreeMap<String, Vec<Value>> =
        all.iter().map(|(name, schema)| (name.clone(), required_of(schema))).collect();
    for (name, schema) in all.iter_mut().filter(|(_, schema)| schema.get("additionalProperties") == Some(&json!(false)))
    {
        // What the content must have, its patch cannot remove.
        let content = name.strip_suffix("Patch");
        let must = required.get(content.unwrap_or(name)).cloned().unwrap_or_default();
        let note = match content {
            Some(_) => " null 删除此项。`null` removes it.",
            None => " null 视同未填。`null` counts as absent.",
        };
        for (member, property) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
            if !must.contains(&json!(member)) {
                make_nullable(property, &objects, note);
            }
        }
    }
}

fn required_of(schema: &Value) -> Vec<Value> {
    schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default()
}

/// Brings a schema made by utoipa into the contract's form, at every depth.
pub fn tidy(value: &mut Value) {
    match value {
        Value::Object(members) => {
            // Option<Struct> becomes oneOf [null, $ref]: generators of several languages stumble; absent is enough.
            if let Some(Value::Array(choices)) = members.get("oneOf") {
                let real: Vec<Value> =
                    choices.iter().filter(|choice| choice.get("type") != Some(&json!("null"))).cloned().collect();
                if real.len() == 1 && choices.len() == 2 {
                    members.remove("oneOf");
                    if let Value::Object(only) = &real[0] {
                        for (name, member) in only {
                            members.entry(name.clone()).or_insert_with(|| member.clone());
                        }
                    }
                }
            }
            members.remove("propertyNames"); // names are texts anyway
            if let Some(Value::String(path)) = members.get_mut("$ref")
                && let Some((folder, name)) = path.rsplit_once('/')
            {
                *path = format!("{folder}/{}", plain_name(name));
            }
            members.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

/// The characters of texts that the service writes.
const CLEAN: &str = r"^(\r\n|[^\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069])*$";

/// A name or another text of one line, as the contents say it.
const LINE: &str = r"^\S(.*\S)?$";

/// Gives every text of the document what its checks imply: a bound for texts of a format, and the characters that free
/// text may have; of what bodies are made of, that is of closed objects, exactly those that are accepted. Only for readers: the
/// validators check texts by [`crate::reference::formats::text_is_clean`], whose faults say more.
pub fn bound(value: &mut Value) {
    bound_within(value, false);
}

fn bound_within(value: &mut Value, closed: bool) {
    match value {
        Value::Object(members) => {
            let is_text = members.get("type").is_some_and(|kind| {
                kind == "string" || kind.as_array().is_some_and(|kinds| kinds.contains(&json!("string")))
            });
            if is_text && !members.contains_key("enum") {
                bound_text(members, closed);
            }
            let closed = match members.get("additionalProperties") {
                Some(more) => *more == json!(false),
                None => closed && !members.contains_key("properties"),
            };
            let data = ["example", "examples", "default", "enum", "const"];
            let schemas = members.iter_mut().filter(|(name, _)| !data.contains(&name.as_str()));
            schemas.for_each(|(_, member)| bound_within(member, closed));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| bound_within(item, closed)),
        _ => {}
    }
}

fn bound_text(members: &mut Map<String, Value>, closed: bool) {
    let most = match members.get("format").and_then(Value::as_str) {
        Some("date") => Some(10),
        Some("date-time") => Some(40),
        Some("uuid") => Some(36),
        _ => None,
    };
    if let Some(most) = most {
        members.entry("maxLength").or_insert_with(|| json!(most));
    }
    if !members.contains_key("format") {
        let free = if closed { characters::TEXT.as_str() } else { CLEAN };
        let pattern = members.entry("pattern").or_insert_with(|| json!(free));
        if pattern == LINE {
            *pattern = json!(characters::LINE.as_str());
        }
    }
}

/// Adds the merge patch of the component `name`, and of the components inside it: nothing required (RFC 7396). Arrays are
/// replaced whole, so their items stay as they are.
fn patch_of(name: &str, own: &BTreeMap<String, Value>, patches: &mut BTreeMap<String, Value>) {
    let patch_name = format!("{name}Patch");
    let Some(schema) = own.get(name).filter(|_| !patches.contains_key(&patch_name)) else {
        return;
    };
    patches.insert(patch_name.clone(), Value::Null);
    let mut patch = schema.clone();
    if let Some(members) = patch.as_object_mut() {
        members.remove("required");
        members.remove("example");
        members.remove("examples");
        members.remove("minProperties");
        let text = members.get("description").and_then(Value::as_str).unwrap_or_default();
        members.insert(
            "description".into(),
            json!(format!(
                "{text} 合并补丁（RFC 7396）：null 删除，数组整体替换。Merge patch: null removes, arrays replace whole."
            )),
        );
        for property in
            members.get_mut("properties").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut)
        {
            let target = property
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|path| path.rsplit('/').next())
                .map(str::to_owned);
            if let Some(target) = target.filter(|target| own.get(target).is_some_and(is_object)) {
                patch_of(&target, own, patches);
                property["$ref"] = json!(format!("#/components/schemas/{target}Patch"));
            }
        }
    }
    patches.insert(patch_name, patch);
}

fn is_object(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| kind == "object")
}

fn make_nullable(property: &mut Value, objects: &[String], note: &str) {
    never_null(property);
    let Some(members) = property.as_object_mut() else { return };
    let target = members.get("$ref").and_then(Value::as_str).map(str::to_owned);
    let kind = members.get("type").and_then(Value::as_str).map(str::to_owned);
    match (target, kind.as_deref()) {
        (Some(path), _) if !path.rsplit('/').next().is_some_and(|name| objects.iter().any(|one| one == name)) => {
            members.remove("$ref");
            members.insert("anyOf".into(), json!([{"$ref": path}, {"type": "null"}]));
        }
        (None, Some(kind)) if !matches!(kind, "array" | "object") => {
            members.insert("type".into(), json!([kind, "null"]));
            if let Some(Value::Array(options)) = members.get_mut("enum") {
                options.push(Value::Null);
            }
        }
        _ => {
            let text = members.get("description").and_then(Value::as_str).unwrap_or_default();
            let text = format!("{}{note}", text.trim_end());
            members.insert("description".into(), json!(text.trim_start()));
        }
    }
}
