//! The published OpenAPI 3.1 document: how operations are written, and what every one of them promises.
//!
//! Operations of the kinds come from `records::openapi`, endpoints that exist once from their `#[utoipa::path]`. All go
//! through [`finish`], the one place that brings them into the form of `api-conventions` §24.

pub mod examples;

use serde_json::{Map, Value, json};

use crate::api::LONGEST_FIELD;
use crate::records::components;

/// Texts of header fields: printable ASCII.
const PRINTABLE: &str = "^[\\x20-\\x7e]*$";

/// Header fields of requests that are read as far as they make sense, never refused.
const ONE_LINE: &str = "^[^\\r\\n]*$";

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
        for name in ["Location", "ETag"] {
            response["headers"][name] = header(name);
        }
        self.answer("201", response)
    }

    /// Made, and found elsewhere than by a tag.
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

const PROBLEMS: [(u16, &str, &str); 18] = [
    (400, "BadRequest", "请求无法解析。The request could not be read."),
    (401, "Unauthorized", "没有令牌或令牌无效。No token, or not a valid one."),
    (403, "Forbidden", "权限范围、单位或省市不符。Scope, organization or province does not allow it."),
    (404, "NotFound", "没有该记录，或调用方无权查看。There is none, or not for this caller."),
    (405, "MethodNotAllowed", "此地址不支持该方法。The address does not take this method."),
    (408, "RequestTimeout", "请求发送过慢。The request was sent too slowly."),
    (409, "Conflict", "与记录的状态或其他记录冲突。In conflict with the state of this or another record."),
    (410, "Gone", "已撤销。Withdrawn."),
    (412, "PreconditionFailed", "记录已被更新。The record has changed since."),
    (413, "ContentTooLarge", "请求过大。Too large."),
    (414, "UriTooLong", "地址过长。The address is too long."),
    (415, "UnsupportedMediaType", "媒体类型不受支持。Media type not supported."),
    (422, "UnprocessableContent", "内容有误，全部错误列于 errors。Faults in the content; all are in `errors`."),
    (428, "PreconditionRequired", "缺少 If-Match，或其值为 *。If-Match is missing, or is `*`."),
    (429, "TooManyRequests", "请求过于频繁。Too many requests."),
    (431, "HeaderFieldsTooLarge", "请求头过长。A header field is too long."),
    (500, "InternalError", "服务内部错误。Internal error."),
    (503, "ServiceUnavailable", "暂时不可用。Not available for the moment."),
];

/// The shared response object for an error status, by reference.
pub fn problem_response(status: u16) -> Value {
    json!({"$ref": format!("#/components/responses/{}", problem_name(status))})
}

fn problem_name(status: u16) -> &'static str {
    PROBLEMS.iter().find(|(known, ..)| *known == status).map_or("InternalError", |(_, name, _)| name)
}

/// Every error as a component, so that each is said once.
fn problem_responses() -> Map<String, Value> {
    let response = |&(status, name, description): &(u16, &str, &str)| {
        let mut response = json!({
            "description": description,
            "headers": {},
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        });
        let own = match status {
            401 | 403 => Some("WWW-Authenticate"),
            405 => Some("Allow"),
            415 => Some("Accept-Patch"),
            429 | 503 => Some("Retry-After"),
            _ => None,
        };
        let names = own.into_iter().chain(["X-Request-Id", "Content-Language", "RateLimit", "RateLimit-Policy"]);
        for name in names {
            response["headers"][name] = header(name);
        }
        (name.to_owned(), response)
    };
    PROBLEMS.iter().map(response).collect()
}

/// Header fields that mean the same wherever they stand: field name, description, schema, example.
fn shared_headers() -> Vec<(&'static str, &'static str, Value, Value)> {
    let text = |most: u32| json!({"type": "string", "maxLength": most, "pattern": PRINTABLE});
    let seconds = json!({"type": "integer", "format": "int32", "minimum": 0, "maximum": 86400});
    vec![
        (
            "X-Request-Id",
            "请求标识，见日志与错误。Id of the request, as in logs and errors.",
            json!({"type": "string", "format": "uuid", "maxLength": 36}),
            json!("019abf00-0000-7000-8fff-000000000001"),
        ),
        (
            "RateLimit",
            "限额余量（draft-ietf-httpapi-ratelimit-headers）。What is left of the quota.",
            text(200),
            json!("\"read\";r=599;t=60"),
        ),
        (
            "RateLimit-Policy",
            "限额（draft-ietf-httpapi-ratelimit-headers）。The quota.",
            text(200),
            json!("\"read\";q=600;w=60"),
        ),
        (
            "ETag",
            "强实体标签，由 revision 或内容得出；用于 If-Match 与 If-None-Match；代码表的为弱标签。Strong entity tag, for If-Match and If-None-Match; weak on vocabularies.",
            json!({"type": "string", "pattern": "^(W/)?\"[0-9A-Za-z-]+\"$", "maxLength": 80}),
            json!("\"1\""),
        ),
        (
            "Location",
            "新资源的地址。Address of what was made.",
            json!({"type": "string", "maxLength": 200, "pattern": "^/[!-~]*$"}),
            json!("/api/v1/joint-labs/019abf00-0000-7000-8001-000100000001"),
        ),
        (
            "Content-Location",
            "按 id 的地址。Address by id (RFC 9110 §8.7).",
            json!({"type": "string", "maxLength": 200, "pattern": "^/[!-~]*$"}),
            json!("/api/v1/joint-labs/019abf00-0000-7000-8001-000100000001"),
        ),
        (
            "Link",
            "RFC 8288：rel=\"next\" 指向下一页，末页没有。Target of the next page; absent on the last.",
            text(9000),
            json!("</api/v1/joint-labs?limit=1&cursor=eyJ2IjoxfQ>; rel=\"next\""),
        ),
        (
            "Content-Language",
            "文字的语言。Language of the texts.",
            json!({"type": "string", "maxLength": 40, "pattern": "^[A-Za-z0-9-]+(, [A-Za-z0-9-]+)*$"}),
            json!("zh-CN"),
        ),
        ("Cache-Control", "RFC 9111。How long it may be kept.", text(100), json!("no-store")),
        (
            "WWW-Authenticate",
            "RFC 6750 §3：所需的令牌或权限范围。The token or scope that is needed.",
            text(500),
            json!("Bearer realm=\"chuanyu\", error=\"insufficient_scope\", scope=\"records:write\""),
        ),
        (
            "Allow",
            "可用的方法。Methods that work.",
            json!({"type": "string", "maxLength": 100, "pattern": "^[A-Z]+(, [A-Z]+)*$"}),
            json!("GET, HEAD, OPTIONS"),
        ),
        (
            "Accept-Patch",
            "PATCH 可用的媒体类型（RFC 5789）。Media type that PATCH takes.",
            text(100),
            json!("application/merge-patch+json"),
        ),
        ("Retry-After", "多少秒后再试。Seconds to wait.", seconds, json!(17)),
        (
            "Idempotency-Replayed",
            "`true`：重发的请求，所返回的是第一次的结果。`true` on a repeated request: this is the first answer again.",
            json!({"type": "string", "enum": ["true"]}),
            json!("true"),
        ),
    ]
}

/// The one schema of every error body.
fn problem_schema() -> Map<String, Value> {
    // Names and values that a client sent come back as they are, whatever characters they have.
    let text = |description: &str, most: u32| json!({"type": "string", "description": description, "maxLength": most, "pattern": r"^[\s\S]*$"});
    let code = |description: &str| json!({"type": "string", "description": description, "maxLength": 64, "pattern": "^[a-z0-9-]+$"});
    let problem = json!({
        "type": "object",
        "description": "RFC 9457 问题说明。What went wrong (RFC 9457); `code` is the stable key, `errors` has every fault.",
        "required": ["type", "code", "title", "status", "detail", "instance", "request_id"],
        "properties": {
            "type": {"type": "string", "format": "uri", "maxLength": 500, "description": "问题类型的网页。Page about this type of problem."},
            "code": code("稳定的问题代码。Stable key of the problem."),
            "title": text("标题（按 Accept-Language）。Title in the language asked for.", 200),
            "status": {"type": "integer", "format": "int32", "minimum": 400, "maximum": 599, "description": "HTTP 状态码。HTTP status."},
            "detail": text("说明。What happened, in a sentence.", 4000),
            "instance": text("请求路径。Path of the request.", 9000),
            "request_id": {"type": "string", "format": "uuid", "maxLength": 36, "description": "请求标识，见日志与 X-Request-Id。Id of the request."},
            "errors": {
                "type": "array", "maxItems": 2000, "description": "全部错误。Every fault.",
                "items": {"$ref": "#/components/schemas/ProblemFault"},
            },
            "current_revision": {"type": "integer", "format": "int64", "minimum": 0, "maximum": 9_007_199_254_740_991_i64, "description": "当前修订号（412）。Present revision (412)."},
            "current_digest": text("当前内容指纹（digest-mismatch）。Present digest.", 72),
            "existing": {"$ref": "#/components/schemas/ProblemExisting"},
            "ask": {"$ref": "#/components/schemas/SideCode"},
            "legal": {"type": "array", "maxItems": 6, "description": "当前可变更到的状态。States that may follow now.", "items": {"$ref": "#/components/schemas/RecordState"}},
            "withdrawn_at": {"type": "string", "format": "date-time", "maxLength": 24, "description": "撤销时间（410）。When it was withdrawn (410)."},
            "published_at": {"type": "string", "format": "date-time", "maxLength": 24, "description": "首次生效时间（not-official-then）。When it first became official (not-official-then)."},
            "reason": text("撤销原因（410）。Why it was withdrawn (410).", 2000),
            "superseded_by": {"$ref": "#/components/schemas/ProblemExisting"},
            "bring_back": {"$ref": "#/components/schemas/ProblemWay"},
            "clashes": {
                "type": "array", "maxItems": 20, "description": "并入后将重复的标识（merge-clash），至多列出 20 项。Identifiers that two records would have after the merge (merge-clash); 20 of them at most.",
                "items": {"$ref": "#/components/schemas/ProblemClash"},
            },
            "provinces": {"type": "array", "maxItems": 2, "description": "须确认变更的省市（cosigned-field）。Whose confirmation the change needs (cosigned-field).", "items": {"$ref": "#/components/schemas/SideCode"}},
            "change_requests": text("申请变更的地址（cosigned-field）。Where the change is proposed.", 200),
            "change_request": text("相关的变更申请。The change request concerned.", 200),
        },
    });
    let fault = json!({
        "type": "object",
        "description": "一处错误：pointer、parameter、header 之一指明位置。One fault; one of pointer, parameter and header says where.",
        "required": ["code", "detail"],
        "properties": {
            "pointer": text("RFC 6901 片段。Fragment into the body.", 4000),
            "parameter": text("参数名。Name of the parameter.", 500),
            "header": text("请求头字段名。Name of the header field.", 100),
            "code": code("稳定的错误代码。Stable key of the fault."),
            "detail": text("说明。What is wrong, in a sentence.", 4000),
            "did_you_mean": text("最接近的名称或代码。What was probably meant.", 200),
        },
    });
    let existing = json!({
        "type": "object",
        "description": "另一条记录：已占用该标识者（409），或取代已撤销者（410）。Another record: the one that has the identifier (409), or takes the place of this one (410).",
        "required": ["id", "code", "href"],
        "properties": {
            "id": {"type": "string", "format": "uuid", "maxLength": 36, "description": "标识。Id."},
            "code": text("编号。Code.", 18),
            "href": text("地址。Address.", 200),
        },
    });
    let way = json!({
        "type": "object",
        "description": "恢复被撤销记录的途径（410）。How a withdrawn record is brought back (410).",
        "required": ["href", "to"],
        "properties": {
            "href": text("办理地址。Where to ask for it.", 200),
            "to": {"$ref": "#/components/schemas/RecordState"},
        },
    });
    let clash = json!({
        "type": "object",
        "description": "并入后将重复的一项标识。One identifier that two records would have after a merge.",
        "required": ["scheme", "records"],
        "properties": {
            "scheme": text("标识的种类。Kind of identifier, such as `inner_no`.", 64),
            "value": text("标识；两条记录均不可见时没有。The identifier; absent when the caller may see neither record.", 400),
            "records": {
                "type": "array", "maxItems": 2, "description": "所涉记录中调用方可见者。Of the two records those that the caller may see.",
                "items": {"$ref": "#/components/schemas/ProblemExisting"},
            },
        },
    });
    [
        ("Problem", problem),
        ("ProblemFault", fault),
        ("ProblemExisting", existing),
        ("ProblemClash", clash),
        ("ProblemWay", way),
    ]
    .into_iter()
    .map(|(name, schema)| (name.to_owned(), schema))
    .collect()
}

/// Brings the whole document into the contract's form: the one place where generated parts get what they lack.
pub fn finish(document: &mut Value) {
    components::tidy(document);
    let headers = shared_headers().into_iter().map(|(name, description, schema, example)| {
        let header = json!({"description": description, "schema": schema, "example": example});
        (name.replace('-', ""), header)
    });
    document["components"]["headers"] = Value::Object(headers.collect());
    document["components"]["responses"] = Value::Object(problem_responses());
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        schemas.extend(problem_schema());
        // RFC 6749 §3.2: unknown parameters are ignored; and a form has no null.
        if let Some(form) = schemas.get_mut("TokenRequest") {
            form["additionalProperties"] = json!({"type": "string", "maxLength": 8192});
            form["properties"].as_object_mut().into_iter().flat_map(Map::values_mut).for_each(components::never_null);
        }
    }
    let paths = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
    for (path, operations) in paths {
        for (_, operation) in operations.as_object_mut().into_iter().flatten() {
            finish_operation(path, operation);
        }
    }
    components::bound(document);
}

fn finish_operation(path: &str, operation: &mut Value) {
    // Operations outside the API count against no quota; the token endpoint has its own (RFC 6749 §5.2 errors).
    let metered = path.starts_with("/api/");
    let scope = operation.pointer("/security").and_then(Value::as_array).and_then(|all| all.last()).cloned();
    let scope = scope.and_then(|one| Some(one.get("oauth2")?.get(0)?.as_str()?.to_owned()));
    if let Some(scope) = scope {
        let open = operation["security"][0] == json!({});
        let optional = if open { "公开数据不需要令牌。None for published data." } else { "" };
        let text = operation["description"].as_str().unwrap_or_default();
        operation["description"] = json!(format!("{text}\n\n权限 Scope: `{scope}`。{optional}"));
    } else if operation.get("security").is_none() {
        operation["security"] = json!([]);
    }
    let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        finish_parameter(parameter);
    }
    let repeatable =
        operation["parameters"].as_array().into_iter().flatten().any(|one| one["name"] == "Idempotency-Key");
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    let everywhere: &[u16] = if metered { &[400, 405, 414, 429, 431, 500, 503] } else { &[400, 405, 414, 431, 500] };
    for status in everywhere {
        responses.entry(status.to_string()).or_insert_with(|| problem_response(*status));
    }
    for (status, response) in responses.iter_mut() {
        // The token endpoint has errors of its own form, readiness its report; every other error is a problem.
        let code: u16 = status.parse().unwrap_or_default();
        if code >= 400 && response.get("content").is_none() {
            *response = problem_response(code);
        }
        if response.get("$ref").is_some() {
            continue;
        }
        finish_response(&id, status, metered, response);
        if repeatable && code < 300 {
            response["headers"]["Idempotency-Replayed"] = header("Idempotency-Replayed");
        }
    }
    responses.sort_keys();
}

fn finish_parameter(parameter: &mut Value) {
    if parameter["name"] == "If-None-Match" && parameter["schema"].get("pattern").is_none() {
        *parameter = if_none_match();
    }
    if parameter["name"] == "Accept-Language" {
        parameter["schema"] = json!({"type": "string", "maxLength": LONGEST_FIELD, "pattern": ONE_LINE});
    }
    if parameter["name"] == "kinds" {
        let names: Vec<&str> = crate::kinds::ALL.iter().map(|kind| kind.name).collect();
        let most = names.len();
        parameter["schema"] = json!({
            "type": "array", "minItems": 1, "maxItems": most, "uniqueItems": true, "items": {"type": "string", "enum": names},
        });
        (parameter["style"], parameter["explode"]) = (json!("form"), json!(false));
    }
    if parameter["name"] == "include" {
        parameter["schema"] = json!({"type": "string", "enum": ["record"]});
    }
    // What is optional is left out.
    components::never_null(&mut parameter["schema"]);
    if parameter["schema"]["type"] == "array" {
        (parameter["schema"]["minItems"], parameter["schema"]["uniqueItems"]) = (json!(1), json!(true));
    }
    // Swagger UI fills examples in: what is optional must stay empty there.
    if parameter["required"] != true {
        parameter.as_object_mut().into_iter().for_each(|members| drop(members.remove("example")));
    }
}

fn finish_response(id: &str, status: &str, metered: bool, response: &mut Value) {
    let Some(members) = response.as_object_mut() else { return };
    let headers = members.entry("headers").or_insert_with(|| json!({}));
    headers["X-Request-Id"] = header("X-Request-Id");
    let quota: &[&str] = if metered && status != "304" { &["RateLimit", "RateLimit-Policy"] } else { &[] };
    for name in quota {
        headers[*name] = header(name);
    }
    let known = shared_headers();
    for (name, value) in headers.as_object_mut().into_iter().flatten() {
        if known.iter().any(|(shared, ..)| shared == name) {
            *value = header(name);
        }
    }
    for (_, media) in response.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten() {
        if let Some(example) = examples::answer(id, status) {
            media["example"] = example;
        }
    }
}

/// What a reader of the document must know first.
pub const ABOUT: &str = "\
川渝两地共同维护的科技合作登记服务：共建实验室、联盟、共享仪器、联合项目、科技成果、政策、技术需求与研发能力，以及有关单位。共建类记录须两地确认同一内容（以内容指纹 digest 为准）后方生效。

The register of science and technology cooperation that Chongqing and Sichuan keep together: joint labs, alliances, \
instruments, projects, achievements, policies, demands, capabilities, and the organizations behind them. A joint record becomes official \
only when both provinces confirmed exactly the same content (`digest`).

- 令牌 Tokens: `POST /oauth2/token` (client credentials). 公开记录可不带令牌读取。Published records can be read without one.
- 错误 Errors: `application/problem+json` (RFC 9457). 程序应依据 `code` 判断。Match on `code`.
- 并发 Concurrency: `ETag` / `If-Match` (RFC 9110). 幂等 Repeats: `Idempotency-Key`.
- 签署 Signing: `x-cosigned` 标注计入内容指纹（digest）的成员，即所签署的内容；共建类记录中一方不能单独修改，单方记录由所属单位修改（lifecycle 与变更所属除外）。`x-cosigned` \
stands on the members that the `digest` is over: what is signed. On a joint record one side cannot change them alone; on a single-owner record the owner may, \
except `lifecycle` and what gives the record to another owner.
- 发布 Publishing: `records:publish` 由运行人员授予；其客户端可使本省市单方记录从草稿直接生效。A client with `records:publish`, which the operator grants, may take a \
single-owner record of its province from draft to active at once.
- 分页 Paging: `cursor` (opaque) and `Link`. 未知参数被拒绝。Unknown parameters are refused. 查询参数至多 64 个，合计至多 8 KiB。At most 64 \
query parameters and 8 KiB together.
- 空值 Null: `null` 用于可选成员时视同未填，用于合并补丁时为删除。`null` of an optional member counts as absent; in a merge patch it removes.
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
        ("change-requests", "待办与变更申请 / Change requests and the inbox"),
        ("changes", "变更流 / Change feed"),
        ("audit", "审计 / Audit log"),
        ("vocabularies", "代码表 / Code lists"),
        ("operations", "运行状况 / Health of the service"),
    ];
    let once = once.map(|(name, text)| json!({"name": name, "description": text}));
    Value::Array(kinds.chain(once).collect())
}
