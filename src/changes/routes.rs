//! `GET /api/v1/changes`.

use actix_web::http::header::VARY;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::{Query, compressed};
use crate::auth::Caller;
use crate::auth::scopes::ReadChanges;
use crate::changes::queries::{self, Change, Wanted};
use crate::db::Db;
use crate::introductions;
use crate::kind::register::Register;
use crate::problem::{Fault, Outcome};
use crate::reading::cache::{Shelf, last_position};

/// Bounds of `limit`.
const MAX_LIMIT: i64 = 1000;
const DEFAULT_LIMIT: i64 = 100;

const PARAMETERS: [&str; 4] = ["after", "kinds", "limit", "include"];

/// 变更流的一页。A page of the feed.
#[derive(Serialize, ToSchema)]
#[allow(dead_code)] // the page is written as text; this is its published form
pub struct ChangePage {
    /// 变更，按提交次序。Changes in commit order.
    #[schema(max_items = 1000)]
    items: Vec<Change<'static>>,
    /// 下次请求的 after。What to send as `after` next time.
    #[schema(minimum = 0, maximum = 9007199254740991_i64)]
    next_after: i64,
    /// 之后是否还有。Whether there is more to read at once.
    has_more: bool,
}

/// Mounts the feed below `/api/v1`.
pub fn configure(register: &'static Register) -> impl FnOnce(&mut ServiceConfig) {
    move |cfg| {
        let changes = web::resource("/changes").app_data(Data::new(register));
        cfg.service(compressed(changes.route(web::get().to(list)).route(web::head().to(list))));
    }
}

/// The operations and schemas of this part, to be merged into the document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(list))]
pub struct Document;

/// 读取变更流 / Read the change feed
///
/// 每个可见变更一项，按提交次序，永久保留；对接（introductions）的每一步亦在其中，只给看得到它的调用方；调用方不再可见的记录给出删除标记。Every visible change in commit order, kept for ever; the steps of
/// introductions too, told to those who see them; a record
/// that leaves the caller's view gives a tombstone. Poll every 10 seconds or more. `include=record` adds the record as it is now.
#[utoipa::path(get, path = "/api/v1/changes", tag = "changes", operation_id = "list_changes",
    security(("oauth2" = ["changes:read"])),
    params(
        ("after" = Option<String>, Query, description = "此位置之后；now 只给出末位。After this position; `now` gives the head only.",
            pattern = "^(0|[1-9][0-9]{0,15}|now)$", max_length = 16, example = "0"),
        ("kinds" = Option<String>, Query, description = "记录种类，逗号分隔。Kinds, separated by commas.",
            pattern = "^[a-z-]+(,[a-z-]+)*$", max_length = 400, example = "joint-labs,instruments"),
        ("limit" = Option<i32>, Query, description = "每页条数。Most items of a page.", minimum = 1, maximum = 1000),
        ("include" = Option<String>, Query, description = "record：附上记录现状。`record` adds the record as it is now.",
            pattern = "^record$", max_length = 6),
    ),
    responses(
        (status = 200, description = "一页变更。A page of changes.", body = ChangePage),
        (status = 400), (status = 401), (status = 403), (status = 409), (status = 429), (status = 500), (status = 503),
    ))]
async fn list(
    caller: Caller<ReadChanges>,
    register: Data<&'static Register>,
    db: Data<Db>,
    shelf: Data<Shelf>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    let query = Query::of(&request)?;
    let limit = query.take_int("limit", 1, MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
    let names: Vec<&str> = register.kinds().iter().map(|kind| kind.name).chain([introductions::NAME]).collect();
    let kinds = query.take_words("kinds", &names).unwrap_or_default();
    let with_records = query.take_word("include", &["record"]).is_some();
    let after = query.take_as("after", |text| if text == "now" { Ok(None) } else { position(text).map(Some) });
    let after = after.unwrap_or(Some(0));
    query.finish(&PARAMETERS)?;
    let principal = caller.principal();
    let register = *register.get_ref();
    let page = db
        .read(move |conn| match after {
            None => {
                let next_after = last_position(conn)?;
                Ok(queries::Page::empty(next_after))
            }
            Some(after) => {
                let wanted = Wanted { after, kinds: kinds.clone(), limit, with_records };
                queries::page(&wanted, &principal, |name| singular(register, name), &shelf, conn)
            }
        })
        .await?;
    let mut response = HttpResponse::Ok();
    response.insert_header((VARY, "Authorization"));
    Ok(page.into_chunks().answer(&mut response))
}

/// What types call a kind.
fn singular(register: &Register, name: &str) -> &'static str {
    match name {
        introductions::NAME => introductions::SINGULAR,
        name => register.kind(name).map_or("record", |kind| kind.singular),
    }
}

fn position(text: &str) -> Result<i64, Fault> {
    let digits = !text.is_empty() && text.len() <= 16 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits);
    number.ok_or_else(|| Fault::parameter("after", "wrong-type").arg("expected", "integer / now"))
}
