//! Our rules of the document (`docs/rules.md` §24), each a function that says what it found.

use serde_json::{Value, json};

use super::document::{Operation, document, operations, resolved};

type Rule = fn(&Value, &mut Vec<String>);

/// A change of the document that a rule must find.
type Break = fn(&mut Value);

/// Every rule with a change that breaks it, so that a rule which never finds anything is noticed.
const RULES: [(&str, Rule, Break); 18] = [
    ("names", names, |document| operation(document)["operationId"] = json!("listLabs")),
    ("texts", texts, |document| operation(document)["summary"] = json!("List labs")),
    ("tags", tags, |document| operation(document)["tags"] = json!(["nonsense"])),
    ("security", security, |document| operation(document)["security"] = json!([{"oauth2": ["nonsense"]}])),
    ("references", references, |document| {
        operation(document)["responses"]["400"] = json!({"$ref": "#/components/responses/Nonsense"});
    }),
    ("named schemas", named_schemas, |document| {
        document["components"]["schemas"]["Party"]["properties"]["more"] =
            json!({"type": "object", "properties": {}, "description": "更多 more."});
    }),
    ("closed inputs", closed_inputs, |document| {
        document["components"]["schemas"]["Party"]["additionalProperties"] = json!(true);
    }),
    ("errors", errors, |document| drop(responses(document).remove("429"))),
    ("successes", successes, |document| {
        responses(document).insert("204".into(), json!({"description": "x", "content": {}}));
    }),
    ("headers", headers, |document| {
        document["components"]["responses"]["Unauthorized"]["headers"] = json!({});
    }),
    ("links", links, |document| {
        document["paths"]["/api/v1/joint-labs"]["post"]["responses"]["201"]["links"] = json!({});
    }),
    ("bounds", bounds, |document| {
        document["components"]["schemas"]["PageInfo"]["properties"]["limit"] = json!({"type": "integer"});
    }),
    ("nulls", nulls, |document| {
        document["components"]["schemas"]["Party"]["properties"]["joined_on"] =
            json!({"$ref": "#/components/schemas/Day", "description": "加入日期。Day of joining."});
    }),
    ("examples", examples, |document| {
        let body = &mut document["paths"]["/api/v1/joint-labs"]["post"]["requestBody"]["content"]["application/json"];
        body.as_object_mut().into_iter().for_each(|media| drop(media.remove("example")));
    }),
    ("scopes", scopes, |document| {
        document["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]["scopes"]["x:y"] =
            json!("无 none");
    }),
    ("one error schema", one_error_schema, |document| {
        document["paths"]["/readyz"]["get"]["responses"]["503"] =
            json!({"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Readiness"}}}});
    }),
    ("members of another name", members_of_another_name, |document| {
        document["components"]["schemas"]["Party"]["properties"]["party"] = json!({"type": "boolean"});
    }),
    ("whole", whole, |document| document["servers"][0]["url"] = json!("https://example.org")),
];

/// Everything that the rules find in a document.
pub fn lint(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (name, rule, _) in RULES {
        let mut own = Vec::new();
        rule(document, &mut own);
        found.extend(own.into_iter().map(|finding| format!("{name}: {finding}")));
    }
    found
}

#[test]
fn every_rule_finds_its_violation() {
    for (name, rule, spoil) in RULES {
        let mut document = super::document::document();
        spoil(&mut document);
        let mut found = Vec::new();
        rule(&document, &mut found);
        assert!(!found.is_empty(), "the rule `{name}` does not find its violation");
    }
}

fn operation(document: &mut Value) -> &mut Value {
    &mut document["paths"]["/api/v1/joint-labs"]["get"]
}

fn responses(document: &mut Value) -> &mut serde_json::Map<String, Value> {
    operation(document)["responses"].as_object_mut().expect("responses")
}

/// Operation ids are unique snake_case: a verb and what it is about.
fn names(document: &Value, found: &mut Vec<String>) {
    let verbs = [
        "list", "show", "create", "upsert", "patch", "delete", "move", "confirm", "issue", "propose", "recall",
        "restore", "search", "count", "match",
    ];
    let all = operations(document);
    for (index, operation) in all.iter().enumerate() {
        let id = operation.id();
        if all[..index].iter().any(|other| other.id() == id) {
            found.push(format!("{id} is there twice"));
        }
        let snake = id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if !snake || !verbs.iter().any(|verb| id.starts_with(&format!("{verb}_"))) {
            found.push(format!("{} {} has the operationId {id:?}", operation.method, operation.path));
        }
    }
}

/// Summaries, descriptions and members speak Chinese and English.
fn texts(document: &Value, found: &mut Vec<String>) {
    let both = |text: &str| {
        text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) && text.chars().any(|c| c.is_ascii_alphabetic())
    };
    for operation in operations(document) {
        for member in ["summary", "description"] {
            if !both(operation.value[member].as_str().unwrap_or_default()) {
                found.push(format!("{} has no {member} in both languages", operation.id()));
            }
        }
        for parameter in operation.parameters() {
            if !both(parameter["description"].as_str().unwrap_or_default()) {
                found.push(format!("{} {} is not described in both languages", operation.id(), parameter["name"]));
            }
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        for (member, inner) in schema["properties"].as_object().into_iter().flatten() {
            let text = inner["description"].as_str().or_else(|| resolved(document, inner)["description"].as_str());
            if text.unwrap_or_default().is_empty() {
                found.push(format!("{name}.{member} has no description"));
            }
        }
    }
}

/// One declared tag for each operation, each tag described and used.
fn tags(document: &Value, found: &mut Vec<String>) {
    let declared: Vec<&str> =
        document["tags"].as_array().into_iter().flatten().filter_map(|tag| tag["name"].as_str()).collect();
    for operation in operations(document) {
        match operation.value["tags"].as_array().map(Vec::as_slice) {
            Some([Value::String(tag)]) if declared.contains(&tag.as_str()) => {}
            other => found.push(format!("{} has the tags {other:?}", operation.id())),
        }
    }
    for tag in document["tags"].as_array().into_iter().flatten() {
        if tag["description"].as_str().unwrap_or_default().is_empty() {
            found.push(format!("tag {} has no description", tag["name"]));
        }
    }
}

/// Each operation says what it needs; scopes are declared; writes are never open.
fn security(document: &Value, found: &mut Vec<String>) {
    let scheme = &document["components"]["securitySchemes"]["oauth2"];
    let scopes = &scheme["flows"]["clientCredentials"]["scopes"];
    for operation in operations(document) {
        let id = operation.id();
        if !operation.value["security"].is_array() {
            found.push(format!("{id} does not say what it needs"));
        }
        match operation.scope() {
            Some((scope, _)) if scopes.get(scope).is_none() => {
                found.push(format!("{id} needs the unknown scope {scope}"))
            }
            // Those by which names are matched only read.
            Some((_, true)) if operation.method != "get" && !id.starts_with("match_") => {
                found.push(format!("{id} is open"))
            }
            None if operation.path.starts_with("/api/") => found.push(format!("{id} needs no scope")),
            _ => {}
        }
    }
}

/// Every scope is described and used by an operation: importers ask for all that are there.
fn scopes(document: &Value, found: &mut Vec<String>) {
    let scopes = &document["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]["scopes"];
    let all = operations(document);
    let choices = all.iter().flat_map(|operation| operation.value["security"].as_array().into_iter().flatten());
    let used: Vec<&Value> = choices.flat_map(|choice| choice["oauth2"].as_array().into_iter().flatten()).collect();
    for name in scopes.as_object().into_iter().flatten().map(|(name, _)| name.as_str()) {
        if !used.iter().any(|scope| *scope == name) {
            found.push(format!("no operation uses {name}"));
        }
        let described = all.iter().any(|one| one.value["description"].as_str().unwrap_or_default().contains(name));
        if !described {
            found.push(format!("no operation says what {name} is for"));
        }
    }
}

/// All errors of an operation have one media type and one schema: generators make one type of them (progenitor refuses two).
fn one_error_schema(document: &Value, found: &mut Vec<String>) {
    for operation in operations(document) {
        let errors = operation.statuses().into_iter().filter(|status| *status >= 400);
        let mut kinds: Vec<String> = errors
            .filter_map(|status| operation.response(document, status))
            .flat_map(|response| response["content"].as_object().into_iter().flatten())
            .map(|(media_type, media)| format!("{media_type} {}", media["schema"]["$ref"]))
            .collect();
        kinds.sort();
        kinds.dedup();
        if kinds.len() != 1 {
            found.push(format!("errors of {} are {kinds:?}", operation.id()));
        }
    }
}

/// No schema has a member of its own name: generated Python takes one for the other.
fn members_of_another_name(document: &Value, found: &mut Vec<String>) {
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let same = |member: &&String| member.replace('_', "").eq_ignore_ascii_case(name);
        if let Some(member) = schema["properties"].as_object().into_iter().flat_map(|members| members.keys()).find(same)
        {
            found.push(format!("{name} has the member {member}"));
        }
    }
}

/// Every reference has its target; component names are PascalCase, and no `NewX` stands beside `X`.
fn references(document: &Value, found: &mut Vec<String>) {
    every(document, "#", &mut |place, value| {
        if let Some(path) = value.get("$ref").and_then(Value::as_str)
            && document.pointer(path.trim_start_matches('#')).is_none()
        {
            found.push(format!("{place} points to {path}, which is not there"));
        }
    });
    for (group, members) in document["components"].as_object().into_iter().flatten() {
        let names: Vec<&String> = members.as_object().into_iter().flatten().map(|(name, _)| name).collect();
        for name in &names {
            let pascal =
                name.starts_with(|c: char| c.is_ascii_uppercase()) && name.bytes().all(|b| b.is_ascii_alphanumeric());
            if !pascal && group != "securitySchemes" {
                found.push(format!("{group}/{name} is not PascalCase"));
            }
            if names.iter().any(|other| format!("New{other}") == **name) {
                found.push(format!("{group}/{name} beside its plain name: Go cannot compile it"));
            }
        }
    }
}

/// Objects are components; nothing is an object without members.
fn named_schemas(document: &Value, found: &mut Vec<String>) {
    schemas(document, &mut |place, schema| {
        if !is(schema, "object") {
            return;
        }
        let named = place.starts_with("#/components/schemas/") && place.matches('/').count() == 3;
        let has_members = schema["properties"].as_object().is_some_and(|members| !members.is_empty());
        let map_of_named = schema["additionalProperties"].get("$ref").is_some();
        if !(map_of_named || named && has_members) {
            found.push(format!("{place} is an object without a name or without members"));
        }
    });
}

/// Everything inside a request body refuses members that it does not know.
fn closed_inputs(document: &Value, found: &mut Vec<String>) {
    let mut waiting: Vec<String> = Vec::new();
    for operation in operations(document) {
        for (_, media) in operation.value["requestBody"]["content"].as_object().into_iter().flatten() {
            match media["schema"]["$ref"].as_str() {
                Some(path) => waiting.push(path.to_owned()),
                None => found.push(format!("the body of {} has no name", operation.id())),
            }
        }
    }
    let mut seen = Vec::new();
    while let Some(path) = waiting.pop() {
        if seen.contains(&path) {
            continue;
        }
        let schema = document.pointer(path.trim_start_matches('#')).unwrap_or(&Value::Null);
        // RFC 6749 §3.2: the token endpoint ignores what it does not know.
        let closed = schema["additionalProperties"] == false || path.ends_with("/TokenRequest");
        if is(schema, "object") && !closed {
            found.push(format!("{path} is open, but part of a body"));
        }
        every(schema, &path, &mut |_, inner| {
            waiting.extend(inner.get("$ref").and_then(Value::as_str).map(str::to_owned))
        });
        seen.push(path);
    }
}

/// Each error is listed, and is a problem.
fn errors(document: &Value, found: &mut Vec<String>) {
    for operation in operations(document) {
        let (id, statuses) = (operation.id().to_owned(), operation.statuses());
        let mut must = vec![400, 405, 414, 431, 500];
        if operation.path.starts_with("/api/") {
            must.extend([400, 401, 403, 429, 503]);
        }
        if operation.path.contains("{ref}") {
            must.push(404);
            // The history of a withdrawn record stays.
            if operation.method != "get" || operation.path.ends_with("{ref}") {
                must.push(410);
            }
        }
        if operation.value.get("requestBody").is_some() {
            must.extend([400, 408, 413, 415, 429, 503]);
        }
        if operation.value.get("requestBody").is_some() && operation.path.starts_with("/api/") {
            must.extend([409, 422]);
        }
        if parameter(&operation, "If-Match").is_some_and(|one| one["required"] == true) {
            must.extend([412, 428]);
        }
        let missing: Vec<&u16> = must.iter().filter(|status| !statuses.contains(status)).collect();
        if !missing.is_empty() {
            found.push(format!("{id} does not list {missing:?}"));
        }
        if operation.value["responses"].get("default").is_some() {
            found.push(format!("{id} has a default response"));
        }
        for status in statuses.into_iter().filter(|status| *status >= 400) {
            let response = operation.response(document, status).unwrap_or(&Value::Null);
            let problem = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
            let own = ["issue_token", "show_readiness"].contains(&id.as_str())
                && response["content"]["application/json"]["schema"].get("$ref").is_some();
            if response["content"] != problem && !own {
                found.push(format!("{id} {status} is no problem"));
            }
        }
    }
}

/// One success schema, and none where there is no body.
fn successes(document: &Value, found: &mut Vec<String>) {
    for operation in operations(document) {
        let mut success = Vec::new();
        for status in operation.statuses().into_iter().filter(|status| *status < 400) {
            let response = operation.response(document, status).unwrap_or(&Value::Null);
            let empty = [204, 301, 304].contains(&status);
            if empty != response.get("content").is_none() {
                found.push(format!("{} {status}: content", operation.id()));
            }
            success.extend(response["content"].as_object().into_iter().flatten().map(|(_, media)| &media["schema"]));
        }
        success.dedup();
        if success.len() > 1 || success.iter().any(|schema| schema.get("$ref").is_none()) {
            found.push(format!("{} has the success schemas {success:?}", operation.id()));
        }
    }
}

/// Header fields that clients need are documented.
fn headers(document: &Value, found: &mut Vec<String>) {
    for operation in operations(document) {
        for status in operation.statuses() {
            let response = operation.response(document, status).unwrap_or(&Value::Null);
            let mut must = vec!["X-Request-Id"];
            match status {
                201 if operation.path.contains("change-requests") => must.push("Location"),
                201 => must.extend(["Location", "ETag"]),
                304 => must.push("ETag"),
                401 => must.push("WWW-Authenticate"),
                403 if operation.path.starts_with("/api/") => must.push("WWW-Authenticate"),
                405 => must.push("Allow"),
                415 if operation.method == "patch" => must.push("Accept-Patch"),
                429 => must.push("Retry-After"),
                503 if operation.path.starts_with("/api/") => must.push("Retry-After"),
                200 if operation.statuses().contains(&304) => must.push("ETag"),
                _ => {}
            }
            if operation.path.starts_with("/api/") && status != 304 {
                must.extend(["RateLimit", "RateLimit-Policy"]);
            }
            for name in must.into_iter().filter(|name| response["headers"].get(*name).is_none()) {
                found.push(format!("{} {status} does not document {name}", operation.id()));
            }
        }
    }
}

/// 201 links to what comes next; every link names an operation and its parameters.
fn links(document: &Value, found: &mut Vec<String>) {
    let all = operations(document);
    for operation in &all {
        for status in operation.statuses() {
            let response = operation.response(document, status).unwrap_or(&Value::Null);
            let links = response["links"].as_object();
            if status == 201 && links.is_none_or(serde_json::Map::is_empty) {
                found.push(format!("{} 201 has no links", operation.id()));
            }
            for (name, link) in links.into_iter().flatten() {
                let Some(target) = all.iter().find(|one| one.value["operationId"] == link["operationId"]) else {
                    found.push(format!("{} {status}: link {name} leads nowhere", operation.id()));
                    continue;
                };
                for parameter in link["parameters"].as_object().into_iter().flatten().map(|(name, _)| name) {
                    if self::parameter(target, parameter).is_none() {
                        found.push(format!("{}: link {name} gives {parameter}", operation.id()));
                    }
                }
            }
        }
    }
}

/// Null may be sent for every optional member of a body and for no other: plain values and references to them have it
/// in their type, objects and lists in their description. A required member cannot be removed by a patch.
fn nulls(document: &Value, found: &mut Vec<String>) {
    let all = &document["components"]["schemas"];
    for (name, schema) in all.as_object().into_iter().flatten() {
        if schema["additionalProperties"] != false {
            continue;
        }
        let content = name.strip_suffix("Patch").filter(|content| all.get(*content).is_some());
        let required = all[content.unwrap_or(name)]["required"].as_array().cloned().unwrap_or_default();
        for (member, property) in schema["properties"].as_object().into_iter().flatten() {
            let target = resolved(document, property);
            let is_whole = is(target, "object") || is(target, "array");
            let in_type = is(property, "null") || property.get("anyOf").is_some();
            let told = property["description"].as_str().is_some_and(|text| text.contains("`null`"));
            let expected = match required.contains(&json!(member)) {
                true => (false, false),
                false => (!is_whole, is_whole),
            };
            if (in_type, told) != expected {
                found.push(format!("{name}.{member}: null in its type {in_type}, told {told}"));
            }
        }
    }
}

/// A reference to a plain value that may be null: the one choice there is.
fn is_nullable_reference(document: &Value, schema: &Value) -> bool {
    let choices = schema["anyOf"].as_array().map(Vec::as_slice).unwrap_or_default();
    matches!(choices, [reference, null] if *null == json!({"type": "null"}) && reference.get("$ref").is_some()
        && is(resolved(document, reference), "string"))
}

/// Texts, lists and numbers have bounds; patterns are anchored; null is the only choice beside a value.
fn bounds(document: &Value, found: &mut Vec<String>) {
    schemas(document, &mut |place, schema| {
        let has = |name: &str| schema.get(name).is_some();
        if is(schema, "string") && !has("enum") && !(has("maxLength") && (has("pattern") || has("format"))) {
            found.push(format!("{place}: a text needs maxLength and pattern or format, or an enum"));
        }
        if is(schema, "array") && !(has("maxItems") && has("items")) {
            found.push(format!("{place}: a list needs items and maxItems"));
        }
        let of_number = has("minimum") && has("maximum") && has("format");
        if is(schema, "integer") && !has("enum") && !of_number {
            found.push(format!("{place}: a whole number needs minimum, maximum and format"));
        }
        if is(schema, "number") {
            found.push(format!("{place}: fractions are written as decimal text"));
        }
        let anchored = |pattern: &str| pattern == r"\S" || (pattern.starts_with('^') && pattern.ends_with('$'));
        if schema["pattern"].as_str().is_some_and(|pattern| !anchored(pattern)) {
            found.push(format!("{place}: the pattern {} is not anchored", schema["pattern"]));
        }
        for word in ["nullable", "oneOf", "anyOf", "allOf", "propertyNames"] {
            if has(word) && !(word == "anyOf" && is_nullable_reference(document, schema)) {
                found.push(format!("{place}: {word}"));
            }
        }
    });
}

/// Bodies, required parameters and answers have examples.
fn examples(document: &Value, found: &mut Vec<String>) {
    for operation in operations(document) {
        if operation.value.get("requestBody").is_some()
            && operation.example_body(document).is_none_or(|(_, example)| example.is_null())
        {
            found.push(format!("the body of {} has no example", operation.id()));
        }
        for parameter in operation.parameters() {
            let has = parameter.get("example").is_some();
            // Optional parameters must stay empty in Swagger UI.
            if has != (parameter["required"] == true) {
                found.push(format!("{} {}: example", operation.id(), parameter["name"]));
            }
        }
        let main = operation.statuses().into_iter().filter(|status| (200..300).contains(status)).max();
        let content = main.and_then(|status| operation.response(document, status)).map(|response| &response["content"]);
        for (_, media) in content.and_then(Value::as_object).into_iter().flatten() {
            if media.get("example").is_none() && !has_example(document, &media["schema"]) {
                found.push(format!("the answer of {} has no example", operation.id()));
            }
        }
    }
}

/// Whether a schema has an example, or is a page of what has one.
fn has_example(document: &Value, schema: &Value) -> bool {
    let schema = resolved(document, schema);
    let items = resolved(document, &schema["properties"]["items"]["items"]);
    schema.get("examples").is_some() || items.get("examples").is_some()
}

/// The general part of the document.
fn whole(document: &Value, found: &mut Vec<String>) {
    let mut must = |holds: bool, what: &str| {
        if !holds {
            found.push(what.to_owned());
        }
    };
    let text = |pointer: &str| document.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    must(text("/openapi").starts_with("3.1."), "OpenAPI 3.1");
    must(text("/info/version").split('.').filter_map(|part| part.parse::<u32>().ok()).count() == 3, "semantic version");
    must(text("/info/license/identifier") == "Apache-2.0", "licence");
    must(!text("/info/contact/name").is_empty(), "contact");
    must(text("/servers/0/url") == "/" && !text("/servers/0/description").is_empty(), "a relative, described server");
    let flow = "/components/securitySchemes/oauth2/flows/clientCredentials";
    must(text(&format!("{flow}/tokenUrl")).starts_with('/'), "a relative tokenUrl");
    must(
        text("/components/securitySchemes/oauth2/description").contains("RFC8725"),
        "the rules of the tokens (RFC8725)",
    );
    let scopes = document.pointer(&format!("{flow}/scopes")).and_then(Value::as_object);
    must(scopes.is_some_and(|scopes| scopes.len() == chuanyu::auth::scopes::ALL.len()), "all scopes");
}

fn parameter<'o>(operation: &'o Operation, name: &str) -> Option<&'o Value> {
    operation.parameters().find(|parameter| parameter["name"] == name)
}

fn is(schema: &Value, kind: &str) -> bool {
    schema["type"] == kind || schema["type"].as_array().is_some_and(|kinds| kinds.contains(&json!(kind)))
}

/// Every schema of the document: objects with a `type`, outside examples.
fn schemas(document: &Value, visit: &mut impl FnMut(&str, &Value)) {
    every(document, "#", &mut |place, value| {
        let is_schema = ["oneOf", "anyOf"].iter().any(|word| value.get(*word).is_some())
            || value["type"].is_string()
            || value["type"].is_array();
        if is_schema && !place.contains("/securitySchemes/") && !place.ends_with("/properties") {
            visit(place, value);
        }
    });
}

/// Every object inside a value, with its place, outside examples and other data.
fn every(value: &Value, place: &str, visit: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(members) => {
            visit(place, value);
            let is_map = place.ends_with("/properties");
            let data = ["example", "examples", "default", "enum"];
            let inner = members.iter().filter(|(name, _)| is_map || !data.contains(&name.as_str()));
            inner.for_each(|(name, member)| every(member, &format!("{place}/{name}"), visit));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| every(item, &format!("{place}/{index}"), visit));
        }
        _ => {}
    }
}

#[test]
fn exactly_the_signed_members_are_marked_and_the_mark_is_explained() {
    let document = document();
    for kind in chuanyu::kinds::register().kinds() {
        let content = document["components"]["schemas"][kind.schema]["properties"].as_object().unwrap();
        let record = &document["components"]["schemas"][format!("{}Record", kind.schema)]["properties"];
        for (name, member) in content {
            let signed = !kind.unsigned.contains(&name.as_str());
            assert_eq!(member.get("x-cosigned").is_some(), signed, "{} {name}", kind.schema);
            assert_eq!(record[name].get("x-cosigned").is_some(), signed, "{}Record {name}", kind.schema);
        }
        let marked = record.as_object().unwrap().iter().filter(|(_, member)| member.get("x-cosigned").is_some());
        assert!(marked.into_iter().all(|(name, _)| content.contains_key(name)), "{}", kind.schema);
    }
    let about = document["info"]["description"].as_str().unwrap();
    assert!(about.contains("`x-cosigned`") && about.contains("`records:publish`"));
}
