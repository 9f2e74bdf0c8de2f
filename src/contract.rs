//! The published OpenAPI 3.1 document: how operations are written, and what every one of them promises.
//!
//! Operations of the kinds come from `records::openapi`, endpoints that exist once from their `#[utoipa::path]`. All go
//! through [`finish`], the one place that brings them into the form of `api-conventions` §24.

use serde_json::{Map, Value, json};

/// One operation being described; every answer it can give is named.
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
        response["headers"]["Location"] =
            header("新资源的地址。Address of what was made.", json!({"type": "string", "maxLength": 200}));
        if response["headers"].get("ETag").is_none() {
            response["headers"]["ETag"] = etag();
        }
        self.answer("201", response)
    }

    pub fn no_content(self, description: &str) -> Self {
        self.answer("204", json!({"description": description}))
    }

    pub fn not_modified(self) -> Self {
        self.answer(
            "304",
            json!({"description": "与 If-None-Match 所示相同。Not modified.", "headers": {"ETag": etag()}}),
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
            self.value["security"] = if self.open { json!([{}, needs]) } else { json!([needs]) };
        }
        self.value
    }
}

/// A parameter object; path parameters are required.
pub fn parameter(place: &str, name: &str, description: &str, schema: Value) -> Value {
    json!({"in": place, "name": name, "description": description, "required": place == "path", "schema": schema})
}

/// The same parameter, not required.
pub fn optional(mut parameter: Value) -> Value {
    parameter["required"] = json!(false);
    parameter.as_object_mut().into_iter().for_each(|members| drop(members.remove("example")));
    parameter
}

pub fn header(description: &str, schema: Value) -> Value {
    json!({"description": description, "schema": schema})
}

pub fn etag() -> Value {
    header(
        "强实体标签,由 revision 得出。Strong entity tag, made from `revision`.",
        json!({"type": "string", "pattern": "^\"[0-9A-Za-z-]+\"$", "maxLength": 80}),
    )
}

pub fn if_none_match() -> Value {
    parameter(
        "header",
        "If-None-Match",
        "已有的实体标签;相同则答 304。Entity tags the caller has; 304 when one still stands.",
        json!({"type": "string", "maxLength": 1000, "pattern": "^[\\x20-\\x7e]*$"}),
    )
}

pub fn idempotency_key() -> Value {
    parameter(
        "header",
        "Idempotency-Key",
        "重发同一请求时答第一次的结果,保留 24 小时。A repeated request with the same key gets the first answer, for 24 hours.",
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

/// The stable identifier of a demo record of each kind, for examples that work without editing.
pub fn example_id(kind: &str) -> String {
    crate::kinds::example_id(kind).to_string()
}

const PROBLEMS: [(u16, &str); 17] = [
    (400, "请求无法读懂。The request could not be read."),
    (401, "没有令牌或令牌无效。No token, or not a valid one."),
    (403, "权限范围、单位或省市不符。Scope, organization or province does not allow it."),
    (404, "没有这条记录,或调用方看不到。There is none, or not for this caller."),
    (405, "此地址不支持该方法。The address does not take this method."),
    (406, "无法提供所要求的格式。Not available in the form asked for."),
    (408, "请求发送过慢。The request was sent too slowly."),
    (409, "与记录的状态或其他记录冲突。In conflict with the state of this or another record."),
    (410, "已撤回。Withdrawn."),
    (412, "记录已被更新。The record has changed since."),
    (413, "请求过大。Too large."),
    (415, "媒体类型不受支持。Media type not supported."),
    (422, "内容有误,全部错误列于 errors。Faults in the content; all are in `errors`."),
    (428, "缺少 If-Match。If-Match is missing."),
    (429, "请求过于频繁。Too many requests."),
    (500, "服务内部错误。Internal error."),
    (503, "暂时不可用。Not available for the moment."),
];

/// The response object for an error status.
pub fn problem_response(status: u16) -> Value {
    let description = PROBLEMS.iter().find(|(known, _)| *known == status).map_or("错误。Error.", |(_, text)| text);
    let mut response = json!({
        "description": description,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    });
    let seconds = json!({"type": "integer", "format": "int32", "minimum": 0, "maximum": 86400});
    let text = |most: u32| json!({"type": "string", "maxLength": most});
    match status {
        401 | 403 => response["headers"]["WWW-Authenticate"] = header("RFC 6750 §3。", text(500)),
        405 => response["headers"]["Allow"] = header("可用的方法。Methods that work.", text(100)),
        415 => {
            response["headers"]["Accept-Patch"] =
                header("PATCH 可用的媒体类型。Media type that PATCH takes.", text(100));
        }
        429 | 503 => response["headers"]["Retry-After"] = header("多少秒后再试。Seconds to wait.", seconds),
        _ => {}
    }
    response
}

/// The one schema of every error body.
fn problem_schema() -> Map<String, Value> {
    let text = |description: &str, most: u32| json!({"type": "string", "description": description, "maxLength": most});
    let code = |description: &str| json!({"type": "string", "description": description, "maxLength": 64, "pattern": "^[a-z0-9-]+$"});
    let problem = json!({
        "type": "object",
        "description": "RFC 9457 问题说明。What went wrong (RFC 9457); `code` is the stable key, `errors` has every fault.",
        "required": ["type", "code", "title", "status", "detail", "instance", "request_id"],
        "properties": {
            "type": {"type": "string", "format": "uri", "maxLength": 500, "description": "问题类型的网页。Page about this type of problem."},
            "code": code("稳定的问题代码。Stable key of the problem."),
            "title": text("标题(按 Accept-Language)。Title in the language asked for.", 200),
            "status": {"type": "integer", "format": "int32", "minimum": 400, "maximum": 599, "description": "HTTP 状态码。HTTP status."},
            "detail": text("说明。What happened, in a sentence.", 4000),
            "instance": text("请求路径。Path of the request.", 9000),
            "request_id": {"type": "string", "format": "uuid", "maxLength": 36, "description": "请求标识,见日志与 X-Request-Id。Id of the request."},
            "errors": {
                "type": "array", "maxItems": 2000, "description": "全部错误。Every fault.",
                "items": {"$ref": "#/components/schemas/ProblemFault"},
            },
            "current_revision": {"type": "integer", "format": "int64", "minimum": 0, "maximum": 9_007_199_254_740_991_i64, "description": "当前修订号(412)。Present revision (412)."},
            "current_digest": text("当前摘要(digest-mismatch)。Present digest.", 72),
            "existing": {"$ref": "#/components/schemas/ProblemExisting"},
            "legal": {"type": "array", "maxItems": 6, "description": "此刻合法的目标状态。States that may follow now.", "items": {"$ref": "#/components/schemas/RecordState"}},
            "withdrawn_at": {"type": "string", "format": "date-time", "maxLength": 24, "description": "撤回时间(410)。When it was withdrawn (410)."},
            "reason": text("撤回原因(410)。Why it was withdrawn (410).", 2000),
        },
    });
    let fault = json!({
        "type": "object",
        "description": "一处错误:pointer、parameter、header 之一指明位置。One fault; one of pointer, parameter and header says where.",
        "required": ["code", "detail"],
        "properties": {
            "pointer": text("RFC 6901 片段。Fragment into the body.", 4000),
            "parameter": text("参数名。Name of the parameter.", 500),
            "header": text("首部字段名。Name of the header field.", 100),
            "code": code("稳定的错误代码。Stable key of the fault."),
            "detail": text("说明。What is wrong, in a sentence.", 4000),
            "did_you_mean": text("可能想写的名称或代码。What was probably meant.", 200),
        },
    });
    let existing = json!({
        "type": "object",
        "description": "已占用该标识的记录。The record that has it already.",
        "required": ["id", "code", "href"],
        "properties": {
            "id": {"type": "string", "format": "uuid", "maxLength": 36, "description": "标识。Id."},
            "code": text("编号。Code.", 17),
            "href": text("地址。Address.", 200),
        },
    });
    [("Problem", problem), ("ProblemFault", fault), ("ProblemExisting", existing)]
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect()
}

/// Brings the whole document into the contract's form.
pub fn finish(document: &mut Value) {
    crate::records::schema::tidy(document);
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        schemas.extend(problem_schema());
    }
    let paths = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut);
    for operation in paths.flat_map(|path| path.as_object_mut().into_iter().flat_map(Map::values_mut)) {
        finish_operation(operation);
    }
}

fn finish_operation(operation: &mut Value) {
    let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
    for (status, response) in responses.into_iter().flatten() {
        // The token endpoint has errors of its own form; every other error is a problem.
        let code: u16 = status.parse().unwrap_or_default();
        if code >= 400 && response.get("content").is_none() {
            *response = problem_response(code);
        }
        let Some(members) = response.as_object_mut() else { continue };
        let headers = members.entry("headers").or_insert_with(|| json!({}));
        headers["X-Request-Id"] =
            header("请求标识。Id of the request.", json!({"type": "string", "format": "uuid", "maxLength": 36}));
        if code != 304 {
            headers["RateLimit"] =
                header("限额余量。What is left of the quota.", json!({"type": "string", "maxLength": 200}));
            headers["RateLimit-Policy"] = header("限额。The quota.", json!({"type": "string", "maxLength": 200}));
        }
    }
}

/// What a reader of the document must know first.
pub const ABOUT: &str = "\
川渝两地共同维护的科技合作登记服务:共建实验室、联盟、共享仪器、联合项目及其单位。共建类记录须两地确认同一内容(digest)后方生效。

The register of science and technology cooperation that Chongqing and Sichuan keep together. A joint record becomes official \
only when both provinces confirmed exactly the same content (`digest`).

- 令牌 Tokens: `POST /oauth2/token` (client credentials). 公开记录可不带令牌读取。Published records can be read without one.
- 错误 Errors: `application/problem+json` (RFC 9457); 程序应依据 `code`。Match on `code`.
- 并发 Concurrency: `ETag` / `If-Match` (RFC 9110). 幂等 Repeats: `Idempotency-Key`.
- 分页 Paging: `cursor` (opaque) and `Link`. 未知参数被拒绝。Unknown parameters are refused.
- 时间 Times: UTC, RFC 3339; 日期 days: Asia/Shanghai. 金额 Money: 元 yuan, decimal text.
- 客户端应忽略未知的成员与枚举值。Clients must ignore members and enum values that they do not know.";

/// The tags, each with its description.
pub fn tags(register: &crate::records::Register) -> Value {
    let kinds = register
        .kinds()
        .iter()
        .map(|kind| json!({"name": kind.name, "description": format!("{} / {}", kind.about.zh, kind.about.en)}));
    let once = [
        ("oauth2", "令牌与密钥 / Tokens and keys"),
        ("changes", "变更流 / Change feed"),
        ("vocabularies", "代码表 / Code lists"),
        ("operations", "运行状况 / Health of the service"),
    ];
    let once = once.map(|(name, text)| json!({"name": name, "description": text}));
    Value::Array(kinds.chain(once).collect())
}
