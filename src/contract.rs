//! The published OpenAPI 3.1 document, put together from what every room says of its operations.
//!
//! Operations of the kinds come from `service::openapi`, endpoints that exist once from their `#[utoipa::path]`. All go
//! through `finish`, the one place that brings them into the form of `docs/rules.md` §24.

mod answers;
pub mod lean;
pub mod swagger_ui;
mod text;

use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use crate::api::LONGEST_FIELD;
use crate::api::openapi::{self, ONE_LINE, header, if_none_match, problem_response, shared_headers};
use crate::config::Contact;
use crate::demo::examples;
use crate::kind::{components, register};
use crate::{auth, changes, health, introductions, kinds, matching, pairing, progress, service};

/// The contract as it is published: without repetition, and written for tools and reviewers. `contact` is where its operator
/// is reached.
pub fn published(contact: Option<&Contact>) -> String {
    let mut document = document();
    set_contact(&mut document, contact);
    text::write(&lean::lean(document))
}

/// The whole contract, every operation in full.
pub fn document() -> Value {
    let register = kinds::register();
    let once = [
        auth::openapi::Document::openapi(),
        service::vocabularies::Document::openapi(),
        health::Document::openapi(),
        changes::routes::Document::openapi(),
        service::audit_events::Document::openapi(),
        service::search::Document::openapi(),
        matching::routes::Document::openapi(),
        progress::routes::Document::openapi(),
        pairing::routes::Document::openapi(),
    ];
    let mut paths = service::openapi::paths(register);
    let mut schemas = service::openapi::components(register);
    paths.extend(progress::routes::path(register));
    paths.extend(introductions::document::paths());
    for (name, schema) in progress::routes::components().into_iter().chain(introductions::document::components()) {
        schemas.entry(name).or_insert(schema);
    }
    for part in once {
        let part = serde_json::to_value(part).unwrap_or_default();
        paths.extend(part["paths"].as_object().cloned().unwrap_or_default());
        // What kinds are made of is there already, in the contract's form.
        for (name, schema) in part["components"]["schemas"].as_object().cloned().unwrap_or_default() {
            schemas.entry(components::plain_name(&name)).or_insert(schema);
        }
    }
    let schemes: serde_json::Map<String, Value> = auth::openapi::security_schemes()
        .into_iter()
        .map(|(name, scheme)| (name.to_owned(), serde_json::to_value(scheme).unwrap_or_default()))
        .collect();
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "川渝科技合作登记服务 / Sichuan–Chongqing S&T cooperation register",
            "version": env!("CARGO_PKG_VERSION"),
            "description": about(register),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "contact": {"name": "本服务的运行单位 / The operator of this service"},
        },
        "servers": [{"url": "/", "description": "本服务（生产、演示或本地环境）。This service: production, demonstration or local.", "x-internal": false}],
        "tags": tags(register),
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": schemes},
    });
    finish(&mut document);
    document
}

fn set_contact(document: &mut Value, contact: Option<&Contact>) {
    match contact {
        Some(Contact::Email(address)) => document["info"]["contact"]["email"] = json!(address),
        Some(Contact::Page(address)) => document["info"]["contact"]["url"] = json!(address),
        None => {}
    }
}

/// Brings the whole document into the contract's form: the one place where generated parts get what they lack.
fn finish(document: &mut Value) {
    openapi::fill_in(document, &examples::tried);
    components::tidy(document);
    let headers = shared_headers().into_iter().map(|(name, description, schema, example)| {
        let header = json!({"description": description, "schema": schema, "example": example});
        (name.replace('-', ""), header)
    });
    document["components"]["headers"] = Value::Object(headers.collect());
    document["components"]["responses"] = Value::Object(openapi::problem_responses());
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        schemas.extend(openapi::problem_schemas());
        // A form has no null.
        if let Some(form) = schemas.get_mut("TokenRequest") {
            form["properties"].as_object_mut().into_iter().flat_map(Map::values_mut).for_each(components::never_null);
        }
    }
    let paths = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
    for (path, operations) in paths {
        for (_, operation) in operations.as_object_mut().into_iter().flatten() {
            finish_operation(path, operation);
        }
    }
    answers::exemplify(document);
    components::bound(document);
}

fn finish_operation(path: &str, operation: &mut Value) {
    // Operations outside the API count against no quota; the token endpoint has its own (RFC 6749 §5.2 errors).
    let metered = path.starts_with("/api/");
    let scope = operation.pointer("/security").and_then(Value::as_array).and_then(|all| all.last()).cloned();
    let scope = scope.and_then(|one| Some(one.get("oauth2")?.get(0)?.as_str()?.to_owned()));
    if let Some(scope) = scope {
        let open = operation["security"][0] == json!({});
        let more = match scope.as_str() {
            _ if open => "公开数据不需要令牌。None for published data.",
            "records:write" => {
                "兼有 `records:publish` 的客户端代本省市各单位办理。With `records:publish` for every organization of its province."
            }
            _ => "",
        };
        let text = operation["description"].as_str().unwrap_or_default();
        operation["description"] = json!(format!("{text}\n\n权限 Scope: `{scope}`。{more}"));
    } else if operation.get("security").is_none() {
        operation["security"] = json!([]);
    }
    let is_feed = operation["operationId"] == "list_changes";
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        finish_parameter(parameter, is_feed);
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
        finish_response(status, metered, response);
        if repeatable && code < 300 {
            response["headers"]["Idempotency-Replayed"] = header("Idempotency-Replayed");
        }
    }
    responses.sort_keys();
}

fn finish_parameter(parameter: &mut Value, is_of_feed: bool) {
    if parameter["name"] == "If-None-Match" && parameter["schema"].get("pattern").is_none() {
        *parameter = if_none_match();
    }
    if parameter["name"] == "Accept-Language" {
        parameter["schema"] = json!({"type": "string", "maxLength": LONGEST_FIELD, "pattern": ONE_LINE});
    }
    if parameter["name"] == "kinds" {
        // The feed tells of introductions too.
        let names = kinds::ALL.iter().map(|kind| kind.name).chain(is_of_feed.then_some(introductions::NAME));
        let names: Vec<&str> = names.collect();
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
    let optional = parameter["required"] != true;
    let Some(members) = parameter.as_object_mut() else { return };
    if optional {
        members.remove("required");
        // Swagger UI fills examples in: what is optional must stay empty there.
        members.remove("example");
    }
    // The style of every query parameter, unless another is said.
    if members.get("style").is_some_and(|style| style == "form") {
        members.remove("style");
    }
}

fn finish_response(status: &str, metered: bool, response: &mut Value) {
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
}

/// The introduction of the document.
fn about(register: &register::Register) -> String {
    let kinds = register.kinds();
    let zh: Vec<&str> = kinds.iter().map(|kind| kind.label.zh).collect();
    let en: Vec<String> = kinds.iter().map(|kind| kind.name.replace('-', " ")).collect();
    let (zh, en) = (zh.join("、"), en.join(", "));
    format!(
        "川渝两地共同维护的科技合作登记服务，登记{zh}。共建类记录须两地确认同一内容（以内容指纹 digest 为准）后方生效。\n\n\
        The register of science and technology cooperation that Chongqing and Sichuan keep together: {en}. A joint record \
        becomes official only when both provinces confirmed exactly the same content (`digest`).\n\n{EVERYWHERE}"
    )
}

/// What holds for all operations.
const EVERYWHERE: &str = "\
- 令牌 Tokens: `POST /oauth2/token` (client credentials). 公开记录可不带令牌读取。Published records can be read without one.
- 错误 Errors: `application/problem+json` (RFC 9457). 程序应依据 `code` 判断。Match on `code`.
- 并发 Concurrency: `ETag` / `If-Match` (RFC 9110). 幂等 Repeats: `Idempotency-Key`.
- 签署 Signing: `x-cosigned` 标注计入内容指纹（digest）的成员，即所签署的内容；共建类记录中一方不能单独修改，单方记录由所属单位修改（lifecycle 与变更所属除外）。`x-cosigned` \
stands on the members that the `digest` is over: what is signed. On a joint record one side cannot change them alone; on a single-owner record the owner may, \
except `lifecycle` and what gives the record to another owner.
- 集合与不公开成员 Sets and private members: `x-unordered` 标注次序无意义的列表，`x-private` 标注公开视图不含的成员。`x-unordered` stands on lists whose \
order means nothing, `x-private` on members that the public view leaves out.
- 发布 Publishing: `records:publish` 由运行人员授予；其客户端可使本省市单方记录从草稿直接生效。A client with `records:publish`, which the operator grants, may take a \
single-owner record of its province from draft to active at once.
- 分页 Paging: `cursor` (opaque) and `Link`. 未知参数被拒绝。Unknown parameters are refused. 查询参数至多 64 个，合计至多 8 KiB。At most 64 \
query parameters and 8 KiB together.
- 空值 Null: `null` 用于可选成员时视同未填，用于合并补丁时为删除。`null` of an optional member counts as absent; in a merge patch it removes.
- 时间 Times: UTC, RFC 3339; 日期 days: Asia/Shanghai. 金额 Money: 元 yuan, decimal text.
- 客户端应忽略未知的成员与枚举值。Clients must ignore members and enum values that they do not know.";

/// The tags, each with its description.
fn tags(register: &register::Register) -> Value {
    let kinds = register
        .kinds()
        .iter()
        .map(|kind| json!({"name": kind.name, "description": format!("{} / {}", kind.about.zh, kind.about.en)}));
    let once = [
        ("oauth2", "令牌与密钥 / Tokens and keys"),
        ("search", "检索 / Search"),
        ("statistics", "统计 / Statistics"),
        ("introductions", "对接：需求与供给之间的接洽 / Introductions between demands and offers"),
        ("change-requests", "待办与变更申请 / Change requests and the inbox"),
        ("changes", "变更流 / Change feed"),
        ("audit", "审计 / Audit log"),
        ("vocabularies", "代码表 / Code lists"),
        ("operations", "运行状况 / Health of the service"),
    ];
    let once = once.map(|(name, text)| json!({"name": name, "description": text}));
    Value::Array(kinds.chain(once).collect())
}
