//! Parameters and answers that many operations share.

use serde_json::{Value, json};

use crate::api::LONGEST_FIELD;

/// Header fields of requests that are read leniently, never refused.
pub const ONE_LINE: &str = "^[^\\r\\n]*$";

/// A parameter object; path parameters are required.
pub fn parameter(place: &str, name: &str, description: &str, schema: Value) -> Value {
    json!({"in": place, "name": name, "description": description, "required": place == "path", "schema": schema})
}

/// A comma-separated list parameter.
pub fn choice(name: &str, description: &str, items: Value, most: usize) -> Value {
    let mut parameter = parameter(
        "query",
        name,
        description,
        json!({"type": "array", "items": items, "minItems": 1, "maxItems": most, "uniqueItems": true}),
    );
    parameter["style"] = json!("form");
    parameter["explode"] = json!(false);
    parameter
}

/// The same parameter, not required.
pub fn optional(mut parameter: Value) -> Value {
    parameter["required"] = json!(false);
    parameter.as_object_mut().into_iter().for_each(|members| drop(members.remove("example")));
    parameter
}

/// One of the shared header fields, by reference.
pub fn header(name: &str) -> Value {
    json!({"$ref": format!("#/components/headers/{}", name.replace('-', ""))})
}

pub fn if_none_match() -> Value {
    parameter(
        "header",
        "If-None-Match",
        "已有的实体标签；相同则返回 304。Entity tags the caller has; 304 when one still stands.",
        json!({"type": "string", "maxLength": LONGEST_FIELD, "pattern": ONE_LINE}),
    )
}

pub fn idempotency_key() -> Value {
    parameter(
        "header",
        "Idempotency-Key",
        "重发同一请求时返回第一次的结果，保留 24 小时。A repeated request with the same key gets the first answer, for 24 hours.",
        json!({"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!#-\\[\\]-~]([ !#-\\[\\]-~]*[!#-\\[\\]-~])?$"}),
    )
}

/// A JSON response with a component schema.
pub fn json_response(description: &str, schema: &str) -> Value {
    json!({
        "description": description,
        "headers": {},
        "content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{schema}")}}},
    })
}
