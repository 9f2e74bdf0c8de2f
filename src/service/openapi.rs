//! The operations of every kind, described once, from the kind's declaration, schema and filters.
//!
//! `contract` puts them together with the endpoints that exist once. Each description stands beside its
//! handler; what is here puts them in their places. The contract tests walk the document and call every operation.

use serde_json::{Map, Value, json};

use crate::api::paging;
use crate::forms::bodies::{
    ConfirmationList, ConfirmationResult, PageInfo, RevisionList, RevisionSummary, TransitionList,
};
use crate::forms::envelope::Envelope;
use crate::forms::summary::RecordSummary;
use crate::kind::components::{allow_null, component_of};
use crate::kind::register::Register;
use crate::kind::{Kind, pointers};
use crate::service::agreement::{confirm_operation, transition_operation};
use crate::service::change_requests;
use crate::service::edit::{create_operation, delete_operation, patch_operation, upsert_operation};
use crate::service::history::{
    self, confirmations_operation, revision_operation, revisions_operation, transitions_operation,
};
use crate::service::read::{list_operation, show_operation};
use crate::service::{figures_proof, statistics};

/// Component schemas of the pipeline and of all kinds: contents, patches, answers, pages.
pub fn components(register: &Register) -> Map<String, Value> {
    let mut all = Map::clone(&register.components);
    all.extend(component_of::<ConfirmationList>());
    all.extend(component_of::<ConfirmationResult>());
    all.extend(component_of::<TransitionList>());
    all.extend(component_of::<RevisionList>());
    all.extend(component_of::<PageInfo>());
    all.extend(component_of::<RecordSummary>());
    all.extend(history::components());
    let envelope: Map<String, Value> = component_of::<Envelope>().into_iter().collect();
    let revision = component_of::<RevisionSummary>().into_iter().find(|(name, _)| name == "RevisionSummary");
    for kind in register.kinds() {
        let content = all.get(kind.schema).cloned().unwrap_or_default();
        let mut record = envelope.get("Envelope").cloned().unwrap_or_default();
        let mut properties = record["properties"].as_object().cloned().unwrap_or_default();
        properties.extend(content["properties"].as_object().cloned().unwrap_or_default());
        let expanded_name = format!("{}Expanded", kind.schema);
        properties.insert("expanded".into(), json!({"$ref": format!("#/components/schemas/{expanded_name}")}));
        all.insert(expanded_name, expanded(kind));
        properties.insert("matched".into(), json!({"$ref": "#/components/schemas/SearchMatch"}));
        record["properties"] = Value::Object(properties);
        // Every answer has these, also one cut down by `fields`.
        record["required"] = json!(["id", "code", "revision", "state"]);
        record["description"] =
            json!(format!("{}：登记信息与内容。The {} as readers get it.", kind.label.zh, kind.label.en));
        record.as_object_mut().into_iter().for_each(|members| drop(members.remove("additionalProperties")));
        all.insert(format!("{}Record", kind.schema), record);
        all.insert(
            format!("{}Page", kind.schema),
            json!({
                "type": "object",
                "description": format!("{}列表的一页。A page of {}.", kind.label.zh, kind.name),
                "required": ["items", "page"],
                "properties": {
                    "items": {
                        "type": "array", "maxItems": paging::MAX_LIMIT, "description": "记录。The records.",
                        "items": {"$ref": format!("#/components/schemas/{}Record", kind.schema)},
                    },
                    "page": {"$ref": "#/components/schemas/PageInfo"},
                },
            }),
        );
        if let Some((_, revision)) = &revision {
            let mut revision = revision.clone();
            revision["description"] =
                json!("一次修订及其内容。A step of the history with the content in force after it.");
            revision["properties"]["content"] = json!({"$ref": format!("#/components/schemas/{}", kind.schema)});
            if let Some(required) = revision["required"].as_array_mut() {
                required.push(json!("content"));
            }
            all.insert(format!("{}Revision", kind.schema), revision);
        }
        mark_cosigned(kind, &mut all);
        mark_unordered(kind, &mut all);
        mark_private(kind, &mut all);
    }
    all.extend(envelope.into_iter().filter(|(name, _)| name != "Envelope"));
    all.extend(change_requests::components(register));
    all.extend(statistics::components());
    all.extend(figures_proof::components());
    allow_null(&mut all);
    all
}

/// Members that both provinces sign carry `x-cosigned`.
fn mark_cosigned(kind: &Kind, all: &mut Map<String, Value>) {
    for schema in [kind.schema.to_owned(), format!("{}Record", kind.schema)] {
        let signed = all.get(kind.schema).and_then(|schema| schema.get("properties")).and_then(Value::as_object);
        let names: Vec<String> = signed.into_iter().flat_map(|members| members.keys().cloned()).collect();
        let Some(properties) = all.get_mut(&schema).and_then(|schema| schema.get_mut("properties")) else { continue };
        for name in names.iter().filter(|name| !kind.unsigned.contains(&name.as_str())) {
            properties[name]["x-cosigned"] = json!(true);
        }
    }
}

/// Members that the public view leaves out carry `x-private`.
fn mark_private(kind: &Kind, all: &mut Map<String, Value>) {
    for suffix in ["", "Record", "Patch"] {
        let schema = all.get_mut(&format!("{}{suffix}", kind.schema));
        let Some(properties) = schema.and_then(|schema| schema.get_mut("properties")) else { continue };
        for name in kind.private {
            if let Some(member) = properties.get_mut(*name) {
                member["x-private"] = json!(true);
            }
        }
    }
}

/// Unordered lists carry `x-unordered`, wherever their component is used.
fn mark_unordered(kind: &Kind, all: &mut Map<String, Value>) {
    for suffix in ["", "Record", "Patch"] {
        for set in kind.sets {
            let mut at = format!("{}{suffix}", kind.schema);
            let mut tokens = set.split('/').skip(1).peekable();
            while let Some(token) = tokens.next() {
                let Some(member) = all.get_mut(&at).and_then(|schema| schema["properties"].get_mut(token)) else {
                    break;
                };
                if tokens.peek().is_none() {
                    member["x-unordered"] = json!(true);
                    break;
                }
                let inner = member["$ref"].as_str().and_then(|path| path.rsplit('/').next());
                at = inner.unwrap_or_default().to_owned();
            }
        }
    }
}

fn expanded(kind: &Kind) -> Value {
    let list = json!({"type": "array", "maxItems": 200, "items": {"$ref": "#/components/schemas/RecordSummary"}});
    let names: Map<String, Value> = pointers::expandable(kind)
        .into_iter()
        .map(|name| {
            let mut list = list.clone();
            list["description"] = json!(format!("{name} 所引用的记录。The records that `{name}` refers to."));
            (name.to_owned(), list)
        })
        .collect();
    json!({
        "type": "object", "description": "expand 所列成员引用的记录。What the members named in `expand` refer to.",
        "properties": names,
    })
}

/// The paths of every kind.
pub fn paths(register: &Register) -> Map<String, Value> {
    let mut paths = Map::new();
    for kind in register.kinds() {
        let root = format!("/api/v1/{}", kind.name);
        let item = format!("{root}/{{ref}}");
        paths.insert(root.clone(), json!({"get": list_operation(kind), "post": create_operation(kind)}));
        paths.insert(
            item.clone(),
            json!({"get": show_operation(kind), "patch": patch_operation(kind), "delete": delete_operation(kind)}),
        );
        paths.insert(format!("{root}/by-source/{{source_id}}"), json!({"put": upsert_operation(kind)}));
        paths.insert(
            format!("{item}/transitions"),
            json!({"get": transitions_operation(kind), "post": transition_operation(kind)}),
        );
        paths.insert(
            format!("{item}/confirmations"),
            json!({"get": confirmations_operation(kind), "post": confirm_operation(kind)}),
        );
        paths.insert(format!("{item}/revisions"), json!({"get": revisions_operation(kind)}));
        paths.insert(format!("{item}/revisions/{{number}}"), json!({"get": revision_operation(kind)}));
        paths.extend(history::paths(kind, &item));
        paths.extend([statistics::path(kind)]);
    }
    paths.extend([figures_proof::path()]);
    paths.extend(change_requests::paths(register));
    paths
}
