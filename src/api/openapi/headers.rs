//! Header fields of answers that mean the same wherever they stand.

use serde_json::{Value, json};

use crate::api::body::PATCHES;

/// Texts of header fields: printable ASCII.
const PRINTABLE: &str = "^[\\x20-\\x7e]*$";

/// The shared header fields: field name, description, schema, example.
pub fn shared_headers() -> Vec<(&'static str, &'static str, Value, Value)> {
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
            json!({"type": "string", "pattern": "^(W/)?\"[0-9A-Za-z.-]+\"$", "maxLength": 80}),
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
        ("Accept-Patch", "PATCH 可用的媒体类型（RFC 5789）。Media type that PATCH takes.", text(100), json!(PATCHES)),
        ("Retry-After", "多少秒后再试。Seconds to wait.", seconds, json!(17)),
        (
            "Idempotency-Replayed",
            "`true`：重发的请求，所返回的是第一次的结果。`true` on a repeated request: this is the first answer again.",
            json!({"type": "string", "enum": ["true"]}),
            json!("true"),
        ),
    ]
}
