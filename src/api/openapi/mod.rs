//! The toolkit for describing operations in the published contract.
//!
//! A handler's description stands beside it and is written with [`Operation`] and the shared parameters, header fields and
//! problems of this folder. `contract` puts the descriptions together and gives them what every operation has.

mod examples;
mod headers;
mod parts;
mod problems;

use serde_json::{Value, json};

pub use examples::{Tried, fill_in, tried};
pub use headers::shared_headers;
pub use parts::{ONE_LINE, choice, header, idempotency_key, if_none_match, json_response, optional, parameter};
pub use problems::{problem_response, problem_responses, problem_schemas};

/// One operation being described, with every answer that it can give.
pub struct Operation {
    value: Value,
    scope: Option<&'static str>,
    open: bool,
}

impl Operation {
    pub fn new(tag: &str, id: &str, summary: &str) -> Operation {
        let value = json!({"tags": [tag], "operationId": id, "summary": summary, "parameters": [], "responses": {}});
        Operation { value, scope: None, open: false }
    }

    pub fn describe(mut self, text: &str) -> Self {
        self.value["description"] = json!(text);
        self
    }

    /// Needs a token with this scope.
    pub fn secured(mut self, scope: &'static str) -> Self {
        self.scope = Some(scope);
        self
    }

    /// Open while `public_read` is on; a token then needs this scope.
    pub fn open(mut self, scope: &'static str) -> Self {
        (self.scope, self.open) = (Some(scope), true);
        self
    }

    pub fn parameters(mut self, parameters: Vec<Value>) -> Self {
        self.value["parameters"] = json!(parameters);
        self
    }

    pub fn body(mut self, media_type: &str, schema: &str, example: Value) -> Self {
        self.value["requestBody"] = json!({
            "required": true,
            "description": "JSON 对象。A JSON object.",
            "content": {media_type: {"schema": {"$ref": format!("#/components/schemas/{schema}")}, "example": example}},
        });
        self
    }

    pub fn ok(self, response: Value) -> Self {
        self.answer("200", response)
    }

    /// A second kind of success beside [`Operation::created`].
    pub fn also_ok(self, response: Value) -> Self {
        self.answer("200", response)
    }

    pub fn created(self, mut response: Value) -> Self {
        for name in ["Location", "ETag"] {
            response["headers"][name] = header(name);
        }
        self.answer("201", response)
    }

    /// 201 without an entity tag.
    pub fn made(self, mut response: Value) -> Self {
        response["headers"]["Location"] = header("Location");
        self.answer("201", response)
    }

    pub fn moved(self, description: &str) -> Self {
        self.answer("301", json!({"description": description, "headers": {"Location": header("Location")}}))
    }

    pub fn no_content(self, description: &str) -> Self {
        self.answer("204", json!({"description": description}))
    }

    pub fn not_modified(self) -> Self {
        self.answer(
            "304",
            json!({"description": "与 If-None-Match 所示相同。Not modified.", "headers": {"ETag": header("ETag")}}),
        )
    }

    /// The errors that it can end in, each a problem.
    pub fn errors(mut self, statuses: &[u16]) -> Self {
        for status in statuses {
            self.value["responses"][status.to_string()] = problem_response(*status);
        }
        self
    }

    fn answer(mut self, status: &str, response: Value) -> Self {
        self.value["responses"][status] = response;
        self
    }

    pub fn finish(mut self) -> Value {
        if let Some(scope) = self.scope {
            let needs = json!({"oauth2": [scope]});
            self.value["security"] = match (self.open, scope) {
                (true, _) => json!([{}, needs]),
                (false, "records:write") => json!([needs, {"oauth2": [scope, "records:publish"]}]),
                (false, _) => json!([needs]),
            };
        }
        self.value
    }
}
