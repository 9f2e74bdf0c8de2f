//! The component schemas of the contract, made from the Rust types and brought into the form that it promises
//! (`api-conventions` §24): plain names, no `oneOf` with null, and a merge patch for every content.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use super::change_requests::requests::{RecallRequest, RestorationRequest};
use super::kind::Kind;
use super::requests::{ConfirmationRequest, TransitionRequest};

/// The component schemas of these kinds: contents, and the merge patch of each.
pub fn of<'k>(kinds: impl Iterator<Item = &'k Kind>) -> Map<String, Value> {
    let mut all = BTreeMap::new();
    for kind in kinds {
        let own: BTreeMap<String, Value> =
            (kind.schemas)().into_iter().map(|(name, schema)| (plain_name(&name), contract_form(&schema))).collect();
        let mut patches = BTreeMap::new();
        patch_of(kind.schema, &own, &mut patches);
        let content = own.get(kind.schema).cloned().unwrap_or_default();
        all.extend(own);
        all.extend(patches);
        let patch = &mut all.entry(format!("{}Patch", kind.schema)).or_insert(content);
        // The patch itself is an object, never null.
        patch["type"] = json!("object");
        patch["minProperties"] = json!(1);
    }
    all.extend(component_of::<TransitionRequest>().into_iter().chain(component_of::<ConfirmationRequest>()));
    all.extend(component_of::<RestorationRequest>().into_iter().chain(component_of::<RecallRequest>()));
    all.into_iter().map(|(name, schema)| (plain_name(&name), schema)).collect()
}

/// A type's own component schema and those inside it, in the contract's form.
pub fn component_of<T: ToSchema>() -> Vec<(String, Value)> {
    let mut all = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut all);
    all.into_iter().map(|(name, schema)| (plain_name(&name), contract_form(&schema))).collect()
}

/// `Term_ShareModes` becomes `ShareModeCode`: component names are plain PascalCase.
fn plain_name(name: &str) -> String {
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

/// A schema in the form the contract promises: no `oneOf` with null, see `api-conventions` §24.
pub fn contract_form(schema: &RefOr<Schema>) -> Value {
    let mut value = serde_json::to_value(schema).unwrap_or_default();
    tidy(&mut value);
    // `#[serde(default)]` is how faults are collected; an absent member is absent, not empty.
    for property in value.get_mut("properties").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        property.as_object_mut().into_iter().for_each(|members| drop(members.remove("default")));
    }
    value
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

/// What [`crate::reference::formats::text_is_clean`] says, as far as a pattern can say it.
const CLEAN: &str = "^[^\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]*$";

/// Gives every text of the document what its checks imply: a bound for texts of a format, and the characters that free
/// text may have. Only for readers: the validators check texts by [`crate::reference::formats::text_is_clean`], whose faults say more.
pub fn bound(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let is_text = members.get("type").is_some_and(|kind| {
                kind == "string" || kind.as_array().is_some_and(|kinds| kinds.contains(&json!("string")))
            });
            if is_text && !members.contains_key("enum") {
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
                    members.entry("pattern").or_insert_with(|| json!(CLEAN));
                }
            }
            let data = ["example", "examples", "default", "enum", "const"];
            members.iter_mut().filter(|(name, _)| !data.contains(&name.as_str())).for_each(|(_, member)| bound(member));
        }
        Value::Array(items) => items.iter_mut().for_each(bound),
        _ => {}
    }
}

/// Adds the merge patch of the component `name`, and of the components inside it: nothing required, everything nullable
/// (RFC 7396). Arrays are replaced whole, so their items stay as they are.
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
        members.insert("type".into(), json!(["object", "null"]));
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
            match target {
                Some(target) if own.get(&target).is_some_and(is_object) => {
                    patch_of(&target, own, patches);
                    property["$ref"] = json!(format!("#/components/schemas/{target}Patch"));
                }
                _ => make_nullable(property),
            }
        }
    }
    patches.insert(patch_name, patch);
}

fn is_object(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| kind == "object")
}

fn make_nullable(property: &mut Value) {
    let Some(members) = property.as_object_mut() else { return };
    members.remove("default");
    if let Some(Value::String(kind)) = members.get("type").cloned() {
        members.insert("type".into(), json!([kind, "null"]));
        if let Some(Value::Array(options)) = members.get_mut("enum") {
            options.push(Value::Null);
        }
    }
}
