//! Null counts as absent for every member that the document calls optional, however deep it stands: in what is sent whole, and
//! in a merge patch, which removes by it. One fault for one cause.

use serde_json::{Value, json};

use super::document::{document, resolved};
use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

/// An optional member of a content, the first item standing for all of a list.
struct Optional {
    pointer: String,
    /// A value that the schema allows; none for references, which must lead somewhere.
    sample: Option<Value>,
}

/// What a member, or an item of it, is: through references and the choice of null.
fn target<'d>(document: &'d Value, property: &'d Value) -> &'d Value {
    let property = property["anyOf"].get(0).unwrap_or(property);
    resolved(document, property)
}

fn optional_members(document: &Value, schema: &Value, at: &str, found: &mut Vec<Optional>) {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    for (member, property) in schema["properties"].as_object().into_iter().flatten() {
        let pointer = format!("{at}/{member}");
        let inner = target(document, property);
        if !required.contains(&json!(member)) {
            let sample = own_sample(&pointer).or_else(|| sample(document, property));
            found.push(Optional { pointer: pointer.clone(), sample });
        }
        match inner.get("items") {
            // Of a reference the service fills in what is not there.
            _ if inner["properties"].get("code").is_some()
                || target(document, &inner["items"])["properties"].get("code").is_some() => {}
            Some(items) => optional_members(document, target(document, items), &format!("{pointer}/0"), found),
            None => optional_members(document, inner, &pointer, found),
        }
    }
}

/// Identifiers that nobody in the demo data has: those of the examples are taken.
fn own_sample(pointer: &str) -> Option<Value> {
    match pointer {
        "/uscc" => Some(json!("91350100M000100Y43")),
        "/ror_id" => Some(json!("https://ror.org/03yrm5c26")),
        _ => None,
    }
}

/// A value of this schema, from its examples.
fn sample(document: &Value, property: &Value) -> Option<Value> {
    let schema = target(document, property);
    let own = [property, schema]
        .into_iter()
        .find_map(|one| one.get("example").or_else(|| one["examples"].get(0)).or_else(|| one["enum"].get(0)).cloned());
    if own.is_some() {
        return own;
    }
    if let Some(items) = schema.get("items") {
        return Some(json!([sample(document, items)?]));
    }
    if schema["type"] == "boolean" {
        return Some(json!(true));
    }
    let members = schema["properties"].as_object().filter(|members| !members.contains_key("code"))?;
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let first = members.keys().next().filter(|_| required.is_empty());
    let wanted = members.iter().filter(|(name, _)| required.contains(&json!(name)) || first == Some(name));
    wanted
        .map(|(name, member)| Some((name.clone(), sample(document, member)?)))
        .collect::<Option<_>>()
        .map(Value::Object)
}

/// Puts a value at a pointer; false where what it stands in is not there.
fn put(content: &mut Value, pointer: &str, value: Value) -> bool {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match content.pointer_mut(parent) {
        Some(Value::Object(members)) => members.insert(name.to_owned(), value).is_none_or(|_| true),
        _ => false,
    }
}

fn take(content: &mut Value, pointer: &str) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    content.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
}

/// The merge patch that makes `pointer` null; a list is replaced whole.
fn patch_of(content: &Value, pointer: &str) -> Value {
    let mut patched = content.clone();
    put(&mut patched, pointer, Value::Null);
    let tokens: Vec<&str> = pointer.split('/').skip(1).collect();
    let until = tokens.iter().position(|token| *token == "0").unwrap_or(tokens.len());
    let at = format!("/{}", tokens[..until].join("/"));
    let whole = patched.pointer(&at).cloned().unwrap_or_default();
    tokens[..until].iter().rev().fold(whole, |value, token| json!({*token: value}))
}

/// A content of this kind with the member in it, where that can be had.
fn filled(kind: &str, optional: &Optional, all: &[Optional]) -> Option<Value> {
    let mut content = content_of(kind).0;
    for outer in all.iter().filter(|outer| optional.pointer.starts_with(&format!("{}/", outer.pointer))) {
        if content.pointer(&outer.pointer).is_none_or(|value| *value == json!([])) {
            put(&mut content, &outer.pointer, outer.sample.clone()?);
        }
    }
    if content.pointer(&optional.pointer).is_none_or(|value| *value == json!([])) {
        put(&mut content, &optional.pointer, optional.sample.clone()?).then_some(())?;
    }
    Some(content)
}

#[apply(api_test)]
async fn null_removes_every_optional_member_and_is_sent_for_an_absent_one(app: TestApp) {
    let document = document();
    let agency = app.client("cq-agency");
    let (mut removed, mut judged) = (0, 0);
    for kind in chuanyu::kinds::register().kinds() {
        let mut all = Vec::new();
        optional_members(&document, &document["components"]["schemas"][kind.schema], "", &mut all);
        for optional in &all {
            let at = &optional.pointer;
            let Some(mut content) = filled(kind.name, optional, &all) else { continue };
            let draft = agency.post(&format!("/api/v1/{}", kind.name), content.clone()).await;
            judged += 1;
            // What the rules say of the content without it, in a new record.
            let mut lacking = filled(kind.name, optional, &all).unwrap();
            take(&mut lacking, at);
            let absent = agency.post(&format!("/api/v1/{}", kind.name), lacking).await;
            let mut null = filled(kind.name, optional, &all).unwrap();
            put(&mut null, at, Value::Null);
            let null = agency.put(&format!("/api/v1/{}/by-source/NULL-{judged}", kind.name), null).await;
            assert_eq!(null.status(), absent.status(), "{} {at}: {} {}", kind.name, null.text(), absent.text());
            match absent.status() {
                201 => assert_eq!(null.json().pointer(at), absent.json().pointer(at), "{} {at}", kind.name),
                status => {
                    assert_eq!(null.problem(status).faults(), absent.problem(status).faults(), "{} {at}", kind.name)
                }
            }
            if draft.status() != 201 {
                // A rule between members refuses the sample: it cannot be had with the rest of the example.
                let faults = draft.problem(422).faults();
                assert!(faults.iter().all(|(_, code)| code != "wrong-type"), "{} {at}: {faults:?}", kind.name);
                continue;
            }
            let draft = draft.expect(201);
            content = draft.clone();
            let patch = patch_of(&content, at);
            let answer = agency.patch(&path(kind.name, &draft), patch).if_match(revision(&draft)).await;
            match absent.status() {
                201 => {
                    // Nothing, or an empty list, or what the service itself fills in.
                    assert_eq!(answer.expect(200).pointer(at), absent.json().pointer(at), "{} {at}", kind.name);
                    removed += 1;
                }
                status => {
                    assert_eq!(answer.problem(status).faults(), absent.problem(status).faults(), "{} {at}", kind.name)
                }
            }
        }
    }
    assert!(removed > 120 && judged > 160, "{removed} of {judged} were removed");
}

#[apply(api_test)]
async fn null_in_a_change_request_removes_what_both_signed(app: TestApp) {
    let (cq, sc) = (app.client("cq-agency"), app.client("sc-agency"));
    for (kind, content, patch, at) in [
        ("joint-labs", joint_lab(), json!({"build_end_planned_on": null}), "/build_end_planned_on"),
        ("projects", project(), json!({"activity_type": null}), "/activity_type"),
        ("projects", project(), json!({"principal": {"name": {"en": null}}}), "/principal/name/en"),
        ("alliances", alliance().with("/charter_ref", "联盟章程"), json!({"charter_ref": null}), "/charter_ref"),
    ] {
        let active = app.active_joint(kind, content).await;
        assert!(active.pointer(at).is_some(), "{kind} {at}");
        let request = app.client("cq-university").propose(kind, &active, patch).await.expect(201);
        cq.say("confirm", &request).await.expect(201);
        sc.say("confirm", &request).await.expect(201);
        let after = app.anonymous().show(kind, &active).await.expect(200);
        assert_eq!(after.pointer(at), None, "{kind} {at}");
    }
}

#[apply(api_test)]
async fn null_goes_with_the_small_bodies_too(app: TestApp) {
    let agency = app.client("cq-agency");
    let draft = agency.create("instruments", instrument()).await;
    let body = json!({"to": "submitted", "reason": null, "superseded_by": null, "merged_into": null});
    let submitted =
        agency.post(&format!("{}/transitions", path("instruments", &draft)), body).if_match(1).await.expect(200);
    let word = json!({"decision": "confirm", "digest": submitted["digest"], "signatory": null, "reason": null});
    let colleague = app.new_client("cq-colleague", None, Some(CHONGQING), "records:read records:confirm");
    colleague.post(&format!("{}/confirmations", path("instruments", &draft)), word).await.expect(201);
}

#[apply(api_test)]
async fn one_cause_is_one_fault(app: TestApp) {
    let agency = app.client("cq-agency");
    for (at, value, code) in [
        ("/lifecycle", json!(null), "required"),
        ("/name", json!(null), "required"),
        ("/name/zh", json!(null), "required"),
        ("/division_registered", json!(null), "required"),
        ("/lifecycle", json!(7), "wrong-type"),
        ("/name/zh", json!(""), "too-short"),
        ("/established_on", json!("2024-6-1"), "day-shape"),
        ("/uscc", json!("1"), "uscc-length"),
        ("/disciplines/0", json!(null), "wrong-type"),
    ] {
        let body = organization().with(at, value.clone());
        let faults = agency.post("/api/v1/organizations", body).await.problem(422).faults();
        assert_eq!(faults, [(format!("#{at}"), code.to_owned())], "{value}");
    }
    let draft = agency.create("organizations", organization()).await;
    for (patch, at) in [
        (json!({"lifecycle": null}), "#/lifecycle"),
        (json!({"name": {"zh": null}}), "#/name/zh"),
        (json!({"legal_person": null, "remarks": null}), "#/legal_person"),
    ] {
        let problem = agency.patch(&path("organizations", &draft), patch.clone()).if_match(1).await.problem(422);
        assert_eq!(problem.faults(), [(at.to_owned(), "required".to_owned())], "{patch}");
    }
    let unknown = agency.patch(&path("organizations", &draft), json!({"remraks": null})).if_match(1).await.problem(422);
    assert_eq!(unknown.faults(), [("#/remraks".to_owned(), "unknown-field".to_owned())]);
}
