//! The document without repetition: parameters, bodies and answers that several operations have in common stand once in
//! `components` and are referred to.
//!
//! Nothing is lost: resolving the references yields the whole document again, as the tests check. Names are made of
//! what a part is and where it is used, never of a number, so that they stay when other parts come or go. A part for
//! which there is no such name stays where it is.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::StatusCode;
use serde_json::{Map, Value, json};

/// A part of fewer bytes than this is not worth a reference.
const WORTH_SHARING: usize = 80;

/// Puts what is repeated into `components`.
pub fn lean(mut document: Value) -> Value {
    share(&mut document, "schemas", parameter_schemas, &|part, _| filter_name(part).into_iter().collect());
    share(&mut document, "parameters", parameters, &parameter_names);
    share(&mut document, "requestBodies", bodies, &body_names);
    share(&mut document, "responses", answers, &answer_names);
    document
}

/// Where a part is used: what its name may be made of.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Use {
    /// The tag of the operation: a kind, mostly.
    tag: String,
    /// The first word of its id.
    verb: String,
    /// The status that an answer is for.
    status: u16,
}

/// Shows every part of one sort in an operation, with the status it is for.
type Parts = fn(&mut Value, &mut dyn FnMut(u16, &mut Value));

/// The names a part may have, best first.
type Names<'n> = &'n dyn Fn(&Value, &BTreeSet<Use>) -> Vec<String>;

fn share(document: &mut Value, folder: &str, parts: Parts, names: Names<'_>) {
    let mut uses = BTreeMap::<String, (usize, BTreeSet<Use>)>::new();
    each(document, parts, &mut |place, part| {
        if part.get("$ref").is_none() {
            let (count, places) = uses.entry(part.to_string()).or_default();
            *count += 1;
            places.insert(place);
        }
    });
    uses.retain(|text, (count, _)| *count > 1 && text.len() >= WORTH_SHARING);
    let components = &mut document["components"][folder];
    if components.is_null() {
        *components = json!({});
    }
    let taken = components.as_object_mut().into_iter().next();
    let named = taken.map(|taken| name_all(&uses, names, taken)).unwrap_or_default();
    each(document, parts, &mut |_, part| {
        if let Some(name) = named.get(&part.to_string()) {
            *part = json!({"$ref": format!("#/components/{folder}/{name}")});
        }
    });
}

/// Names the parts, the most used first, and puts them among the components; returns the name of each.
fn name_all(
    uses: &BTreeMap<String, (usize, BTreeSet<Use>)>,
    names: Names<'_>,
    components: &mut Map<String, Value>,
) -> BTreeMap<String, String> {
    let mut order: Vec<_> = uses.iter().collect();
    order.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    let mut named = BTreeMap::new();
    for (text, (_, places)) in order {
        let part: Value = serde_json::from_str(text).unwrap_or_default();
        let free = names(&part, places).into_iter().find(|name| !components.contains_key(name));
        if let Some(name) = free {
            components.insert(name.clone(), part);
            named.insert(text.clone(), name);
        }
    }
    components.sort_keys();
    named
}

fn each(document: &mut Value, parts: Parts, visit: &mut dyn FnMut(Use, &mut Value)) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut);
    for operation in paths.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        let tag = operation["tags"][0].as_str().unwrap_or_default().to_owned();
        let verb = operation["operationId"].as_str().and_then(|id| id.split('_').next()).unwrap_or_default().to_owned();
        parts(operation, &mut |status, part| visit(Use { tag: tag.clone(), verb: verb.clone(), status }, part));
    }
}

fn parameters(operation: &mut Value, visit: &mut dyn FnMut(u16, &mut Value)) {
    let all = operation.get_mut("parameters").and_then(Value::as_array_mut);
    all.into_iter().flatten().for_each(|parameter| visit(0, parameter));
}

fn parameter_schemas(operation: &mut Value, visit: &mut dyn FnMut(u16, &mut Value)) {
    parameters(operation, &mut |_, parameter| {
        parameter.get_mut("schema").into_iter().for_each(|schema| visit(0, schema));
    });
}

fn bodies(operation: &mut Value, visit: &mut dyn FnMut(u16, &mut Value)) {
    operation.get_mut("requestBody").into_iter().for_each(|body| visit(0, body));
}

fn answers(operation: &mut Value, visit: &mut dyn FnMut(u16, &mut Value)) {
    let all = operation.get_mut("responses").and_then(Value::as_object_mut);
    all.into_iter().flatten().for_each(|(status, response)| visit(status.parse().unwrap_or_default(), response));
}

/// A parameter is called what it is called, with its kind before it when only that one has it, and with the verb of its
/// operations when they take it differently.
fn parameter_names(parameter: &Value, uses: &BTreeSet<Use>) -> Vec<String> {
    let Some(own) = parameter["name"].as_str().map(pascal) else { return Vec::new() };
    with_places(&own, uses)
}

/// A body is called after its schema. The content of a kind stays where it is: people copy its example from there.
fn body_names(body: &Value, uses: &BTreeSet<Use>) -> Vec<String> {
    let several = uses.iter().map(|one| &one.tag).collect::<BTreeSet<_>>().len() > 1;
    schema_of(body).filter(|_| several).into_iter().collect()
}

/// An answer is called after its schema, and otherwise after its status.
fn answer_names(answer: &Value, uses: &BTreeSet<Use>) -> Vec<String> {
    let status = uses.first().map(|one| one.status).unwrap_or_default();
    let phrase = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or_default();
    match (schema_of(answer), status) {
        (Some(schema), 200) => vec![schema],
        (Some(schema), _) => vec![format!("{schema}{}", pascal(phrase))],
        (None, _) => with_places(&pascal(phrase), uses),
    }
}

fn with_places(own: &str, uses: &BTreeSet<Use>) -> Vec<String> {
    let (tags, verbs): (BTreeSet<&str>, BTreeSet<&str>) =
        uses.iter().map(|one| (one.tag.as_str(), one.verb.as_str())).unzip();
    let only = |all: BTreeSet<&str>| if all.len() == 1 { all.first().map(|one| pascal(one)) } else { None };
    match (only(tags), only(verbs)) {
        (Some(tag), None) => vec![format!("{tag}{own}")],
        (Some(tag), Some(verb)) => vec![format!("{tag}{own}"), format!("{verb}{tag}{own}")],
        (None, Some(verb)) => vec![own.to_owned(), format!("{verb}{own}")],
        (None, None) => vec![own.to_owned()],
    }
}

/// The component that the only content of a body or an answer is of.
fn schema_of(part: &Value) -> Option<String> {
    let contents = part.get("content")?.as_object()?;
    let mut media = contents.values();
    let path = media.next()?.get("schema")?.get("$ref")?.as_str()?;
    media.next().is_none().then(|| path.rsplit('/').next().map(str::to_owned))?
}

/// What the values of a filter are, told by their form: one name for each form that filters of several members have.
fn filter_name(schema: &Value) -> Option<String> {
    let (one, many) = if schema["type"] == "array" { (&schema["items"], "s") } else { (schema, "") };
    let pattern = one["pattern"].as_str().unwrap_or_default();
    let name = match (one["type"].as_str()?, one["format"].as_str()) {
        ("string", Some("date")) => "Day",
        ("string", Some("month")) => "Month",
        ("string", Some("date-time")) => "Instant",
        ("integer", Some("int64")) => "Number",
        ("string", None) if pattern.contains("[0-9a-fA-F]{8}") => "Reference",
        ("string", None) if pattern.starts_with("^(0|[1-9]") => "Amount",
        ("string", None) if pattern.starts_with("^[^") => "Text",
        ("string", None) if one["enum"].as_array().is_some_and(|codes| codes.contains(&json!("510000"))) => "Division",
        _ => return None,
    };
    Some(format!("{name}{many}Filter"))
}

/// `change-requests`, `If-Match` and `created_at_gte` as names of components: in PascalCase.
fn pascal(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    words
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
        })
        .collect()
}
