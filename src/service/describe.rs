//! What the descriptions of all operations of a kind have in common.

use serde_json::{Value, json};

use crate::api::openapi::{self, Operation, Tried, parameter, tried};
use crate::api::query::GREATEST;
use crate::api::{RecordRef, paging};
use crate::kind::Kind;

pub fn operation(kind: &Kind, verb: &str, suffix: &str, zh: &str, en: &str) -> Operation {
    let id = format!("{verb}_{}{suffix}", kind.singular);
    Operation::new(kind.name, &id, &format!("{zh} / {en}"))
}

pub fn plural(kind: &Kind) -> String {
    kind.table.to_owned()
}

pub fn reference(kind: &Kind) -> Value {
    reference_for(kind, "show")
}

/// The path parameter of an operation that is tried on a demo record of its own.
pub fn reference_for(kind: &Kind, purpose: &str) -> Value {
    parameter(
        "path",
        "ref",
        "记录的 id 或 code；code 的校验位须正确（否则 400）。Id or code of the record; a code must have the right check digit (else 400).",
        json!({
            "type": "string", "pattern": RecordRef::PATTERN, "minLength": 17, "maxLength": 36,
        }),
    )
    .with_example(tried(kind.name, purpose, Tried::Id))
}

pub trait WithExample {
    fn with_example(self, example: Value) -> Value;
}

impl WithExample for Value {
    fn with_example(mut self, example: Value) -> Value {
        self["example"] = example;
        self
    }
}

impl Response for Value {
    fn with_header(mut self, name: &str) -> Value {
        self["headers"][name] = openapi::header(name);
        self
    }

    fn with_links(mut self, kind: &Kind) -> Value {
        let to = |verb: &str| format!("{verb}_{}", kind.singular);
        let link = |operation: String, what: &str| json!({"operationId": operation, "description": what, "parameters": {"ref": "$response.body#/id"}});
        let tagged = |operation: String, what: &str| {
            json!({"operationId": operation, "description": what,
                   "parameters": {"ref": "$response.body#/id", "If-Match": "$response.header.ETag"}})
        };
        self["links"] = json!({
            "show": link(to("show"), "查看。Show it."),
            "patch": tagged(to("patch"), "修改。Change it."),
            "move": tagged(to("move"), "提交。Submit it."),
            "delete": tagged(to("delete"), "删除。Delete it."),
            "transitions": link(format!("{}_transitions", to("list")), "状态历史。Its moves."),
            "confirmations": link(format!("{}_confirmations", to("list")), "确认情况。Its confirmations."),
            "confirm": link(to("confirm"), "确认。Confirm it."),
            "revisions": link(format!("{}_revisions", to("list")), "修订历史。Its history."),
        });
        self
    }

    /// The same for an answer that is not the record itself: the record is the one in the path.
    fn with_links_of_path(mut self, kind: &Kind) -> Value {
        let link = |operation: String, what: &str| json!({"operationId": operation, "description": what, "parameters": {"ref": "$request.path.ref"}});
        self["links"] = json!({
            "show": link(format!("show_{}", kind.singular), "查看记录。Show the record."),
            "confirmations": link(format!("list_{}_confirmations", kind.singular), "确认情况。Its confirmations."),
        });
        self
    }
}

pub fn record_answer(kind: &Kind, description: &str) -> Value {
    openapi::json_response(description, &format!("{}Record", kind.schema))
}

/// `If-Match`, with the tag of the demo record that the operation is tried on.
pub fn if_match(kind: &Kind, purpose: &str) -> Value {
    let mut tag = parameter(
        "header",
        "If-Match",
        "所依据的修订，取自 ETag。The revision this is based on, from ETag (RFC 9110 §13.1.1); stale → 412, missing or `*` → 428, of before a restore of the register → 409 `register-restored`.",
        json!({
            "type": "string", "pattern": IF_MATCH, "maxLength": 48,
        }),
    );
    tag["required"] = json!(true);
    tag.with_example(tried(kind.name, purpose, Tried::Tag))
}

pub fn paging() -> Vec<Value> {
    vec![
        parameter(
            "query",
            "limit",
            "每页条数。Most items of a page.",
            json!({
                "type": "integer", "format": "int32", "minimum": 1, "maximum": paging::MAX_LIMIT, "default": paging::DEFAULT_LIMIT,
            }),
        ),
        parameter(
            "query",
            "cursor",
            "上一页给出的游标，原样传回。The cursor that the page before gave; opaque.",
            json!({
                "type": "string", "pattern": "^[A-Za-z0-9_-]+$", "minLength": 1, "maxLength": 4096,
            }),
        ),
        parameter(
            "query",
            "include_total",
            "同时给出总数。Also count all.",
            json!({"type": "boolean", "default": false}),
        ),
    ]
}

/// Additions to a response object.
pub trait Response {
    fn with_header(self, name: &str) -> Value;
    fn with_links(self, kind: &Kind) -> Value;
    fn with_links_of_path(self, kind: &Kind) -> Value;
}

const IF_MATCH: &str = r#"^"[0-9]{1,16}(\.r[0-9]{1,16})?(-public)?"$"#;

pub fn revision_number() -> Value {
    parameter(
        "path",
        "number",
        "修订号。Number of the revision.",
        json!({
            "type": "integer", "format": "int64", "minimum": 1, "maximum": GREATEST,
        }),
    )
}
