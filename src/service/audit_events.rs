//! `GET /api/v1/audit-events`.

use actix_web::http::header::VARY;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::query::GREATEST;
use crate::api::{Query, RecordRef, compressed};
use crate::audit::events::AuditEvent;
use crate::audit::queries::{self, Filters, Start};
use crate::auth::scopes::ReadAudit;
use crate::auth::{Caller, clients};
use crate::db::Db;
use crate::problem::{Fault, Outcome};
use crate::reference::PROVINCES;

/// Bounds of `limit`.
const MAX_LIMIT: i64 = 1000;
const DEFAULT_LIMIT: i64 = 100;

/// Values of one parameter, separated by commas.
const MOST_VALUES: usize = 20;

const PARAMETERS: [&str; 11] =
    ["ref", "client", "action", "org", "province", "request_id", "at_gte", "at_lt", "after", "before", "limit"];

/// 审计事件的一页。A page of audit events.
#[derive(Serialize, ToSchema)]
pub struct AuditPage {
    /// 事件。Events: from the newest back, or with `after` in their order.
    #[schema(max_items = 1000)]
    items: Vec<AuditEvent>,
    /// 同一方向是否还有。Whether there are more that way.
    has_more: bool,
    /// 下次请求的 after（仅升序）。What to send as `after` next time; on ascending pages, also on an empty one.
    #[schema(minimum = 0, maximum = 9007199254740991_i64)]
    #[serde(skip_serializing_if = "Option::is_none")]
    next_after: Option<i64>,
    /// 下次请求的 before（仅降序且还有时）。What to send as `before` for the page of older ones, when there are more.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    #[serde(skip_serializing_if = "Option::is_none")]
    next_before: Option<i64>,
}

/// Mounts the log below `/api/v1`.
pub fn configure(cfg: &mut ServiceConfig) {
    let events = web::resource("/audit-events");
    cfg.service(compressed(events.route(web::get().to(list)).route(web::head().to(list))));
}

/// The operations and schemas of this part, to be merged into the document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(list), components(schemas(ClientFilter, ActionFilter)))]
pub struct Document;

/// 查询审计事件 / List audit events
///
/// 谁、何时、以哪个请求、因何改动了什么；只增不改，逐条以 hash 相连。默认从新到旧（翻页用 before）；带 after 时按次序向后，供归档系统取走每一条。可见：
/// 涉及本省市的记录与客户端（共建类记录自首次提交起双方可见）、本省市客户端所为，以及不专属一方的事件（密钥、未知客户端）。只有成员名，没有内容。
///
/// Who changed what, when, in which request and why. Events are only ever added, each holds the hash of the one before. Newest first
/// by default (older pages with `before`); with `after` in their order, for archives that take every one. You see events of records
/// and clients that concern your province (joint records from their first submission on), what your province's clients did, and
/// what is no one side's (keys, unknown clients). Names of members, never contents.
#[utoipa::path(get, path = "/api/v1/audit-events", tag = "audit", operation_id = "list_audit_events",
    security(("oauth2" = ["audit:read"])),
    params(
        ("ref" = Option<String>, Query, description = "记录的标识或编号。Id or code of a record, also of a deleted one.",
            pattern = "^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[A-Z]{3}-[1-9][0-9]{3}-([0-9]{6}|[1-9][0-9]{6})-[0-9])$", max_length = 36),
        ("client" = Option<Vec<ClientFilter>>, Query, style = Form, explode = false, max_items = 20,
            description = "客户端，逗号分隔。Clients, separated by commas."),
        ("action" = Option<Vec<ActionFilter>>, Query, style = Form, explode = false, max_items = 20,
            description = "动作，逗号分隔。Actions, separated by commas."),
        ("org" = Option<String>, Query, description = "单位的标识或编号。Id or code of the organization that the client acted for.",
            pattern = "^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[A-Z]{3}-[1-9][0-9]{3}-([0-9]{6}|[1-9][0-9]{6})-[0-9])$", max_length = 36),
        ("province" = Option<crate::forms::envelope::SideCode>, Query,
            description = "客户端所代表的省市。The province that the client acted for."),
        ("request_id" = Option<String>, Query, description = "请求标识。Id of a request (`X-Request-Id`).",
            format = "uuid", max_length = 36),
        ("at_gte" = Option<String>, Query, description = "不早于（RFC 3339）。At this time or later.", format = "date-time"),
        ("at_lt" = Option<String>, Query, description = "早于（RFC 3339）。Before this time.", format = "date-time"),
        ("after" = Option<i64>, Query, description = "此位置之后，升序；不可与 before 同用。After this position, ascending; not with `before`.",
            minimum = 0, maximum = 9007199254740991_i64),
        ("before" = Option<i64>, Query, description = "此位置之前，降序。Before this position, descending.",
            minimum = 1, maximum = 9007199254740991_i64),
        ("limit" = Option<i32>, Query, description = "每页条数。Most items of a page.", minimum = 1, maximum = 1000),
    ),
    responses(
        (status = 200, description = "一页审计事件。A page of audit events.", body = AuditPage),
        (status = 400), (status = 401), (status = 403), (status = 429), (status = 500), (status = 503),
    ))]
async fn list(caller: Caller<ReadAudit>, db: Data<Db>, request: HttpRequest) -> Outcome<HttpResponse> {
    let query = Query::of(&request)?;
    let (filters, start) = (filters(&query), start(&query));
    let limit = query.take_int("limit", 1, MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
    query.finish(&PARAMETERS)?;
    let province = caller.province.clone();
    let page = db.read(move |conn| queries::page(&filters, start, limit, province.as_deref(), conn)).await?;
    let last = page.items.last().map(|event| event.seq);
    let (next_after, next_before) = match start {
        Start::After(after) if page.has_more => (last.or(Some(after)), None),
        // The position also passes events that are invisible to the caller or were filtered out.
        Start::After(after) => (Some(after.max(page.head)), None),
        _ => (None, last.filter(|_| page.has_more)),
    };
    let mut response = HttpResponse::Ok();
    response.insert_header((VARY, "Authorization"));
    Ok(response.json(AuditPage { items: page.items, has_more: page.has_more, next_after, next_before }))
}

/// 客户端名。Name of a client.
#[derive(ToSchema)]
#[schema(pattern = "^[a-z0-9][a-z0-9-]{1,62}$", min_length = 2, max_length = 63, example = "cq-agency")]
#[allow(dead_code)] // only its published form is used
pub struct ClientFilter(String);

/// 动作。An action.
#[derive(ToSchema)]
#[schema(pattern = "^[a-z_]+\\.[a-z_]+$", min_length = 3, max_length = 80, example = "joint_lab.activated")]
#[allow(dead_code)] // only its published form is used
pub struct ActionFilter(String);

fn start(query: &Query) -> Start {
    let (after, before) = (query.take_int("after", 0, GREATEST), query.take_int("before", 1, GREATEST));
    if after.is_some() && before.is_some() {
        query.refuse(Fault::parameter("before", "not-together").arg("other", "after"));
    }
    match (after, before) {
        (Some(after), _) => Start::After(after),
        (None, Some(before)) => Start::Before(before),
        (None, None) => Start::Newest,
    }
}

fn filters(query: &Query) -> Filters {
    let request_id =
        |text: &str| text.parse().map_err(|_| Fault::parameter("request_id", "wrong-type").arg("expected", "uuid"));
    Filters {
        subject: RecordRef::take(query, "ref"),
        client: list_of(query, "client", clients::is_name, "cq-agency"),
        action: list_of(query, "action", is_action, "joint_lab.activated"),
        org: RecordRef::take(query, "org"),
        province: query.take_word("province", &PROVINCES),
        request_id: query.take_as("request_id", request_id),
        at_gte: query.take_moment("at_gte"),
        at_lt: query.take_moment("at_lt"),
    }
}

fn list_of(query: &Query, name: &str, fits: fn(&str) -> bool, like: &str) -> Option<Vec<String>> {
    let values = query.take_list(name, MOST_VALUES)?;
    if !values.iter().all(|value| fits(value)) {
        query.refuse(Fault::parameter(name, "format").arg("expected", like));
    }
    Some(values)
}

fn is_action(text: &str) -> bool {
    let word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    text.len() <= 80 && text.split_once('.').is_some_and(|(kind, action)| word(kind) && word(action))
}
