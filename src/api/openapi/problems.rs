//! Errors in the contract: one response component a status, and the schemas of their one body (RFC 9457).

use serde_json::{Map, Value, json};

use super::header;
use crate::api::query::GREATEST;

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

/// Every error as a component, so that each is described once.
pub fn problem_responses() -> Map<String, Value> {
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

/// The schema of every error body, and of what stands in it.
pub fn problem_schemas() -> Map<String, Value> {
    // Names and values that a client sent are returned unchanged, whatever characters they have.
    let text = |description: &str, most: u32| json!({"type": "string", "description": description, "maxLength": most, "pattern": r"^[\s\S]*$"});
    let code = |description: &str| json!({"type": "string", "description": description, "maxLength": 64, "pattern": "^[a-z0-9-]+$"});
    let problem = json!({
        "type": "object",
        "description": "RFC 9457 问题说明。What went wrong (RFC 9457); `code` is the stable key, `errors` has every fault.",
        "required": ["type", "code", "title", "status", "detail", "instance", "request_id"],
        // Swagger UI makes one of the patterns otherwise, for every error of an operation, and takes its time.
        "examples": [{
            "type": "https://register.example.org/problems/not-found", "code": "not-found", "title": "未找到", "status": 404,
            "detail": "未找到“LAB-2026-000001-2”，或您无权查看。",
            "instance": "/api/v1/joint-labs/LAB-2026-000001-2", "request_id": "019abf00-0000-7000-8fff-000000000001",
        }],
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
            "current_revision": {"type": "integer", "format": "int64", "minimum": 0, "maximum": GREATEST, "description": "当前修订号（412）。Present revision (412)."},
            "current_digest": text("当前内容指纹（digest-mismatch）。Present digest.", 72),
            "existing": {"$ref": "#/components/schemas/ProblemExisting"},
            "ask": {"$ref": "#/components/schemas/SideCode"},
            "legal": {"type": "array", "maxItems": 6, "description": "当前可变更到的状态。States that may follow now.", "items": {"$ref": "#/components/schemas/RecordState"}},
            "legal_steps": {"type": "array", "maxItems": 3, "description": "对接当前可办理到的状态（illegal-step）。States that an introduction may reach next (illegal-step).", "items": {"$ref": "#/components/schemas/IntroductionStateCode"}},
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
            "draining": {"type": "boolean", "description": "进程是否即将结束（not-ready）。Whether the process is about to end (not-ready)."},
            "checks": {"$ref": "#/components/schemas/ReadinessChecks"},
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
