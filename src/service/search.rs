//! `GET /api/v1/search`: what is found in the records of all kinds.

use std::sync::Arc;

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::{Query, compressed};
use crate::auth::Reader;
use crate::db::{Connection, Db};
use crate::forms::bodies::PageInfo;
use crate::forms::summary::RecordSummary;
use crate::kind::register::Register;
use crate::problem::Outcome;
use crate::reading::cache::Shelf;
use crate::reading::search::everywhere::Everywhere;
use crate::reading::search::place::Place;
use crate::records::sight::Sight;
use crate::service::read::paged;

/// 检索结果的一页。A page of what was found.
#[derive(Serialize, ToSchema)]
#[allow(dead_code)] // the page is written as text; this is its published form
pub struct SearchPage {
    /// 命中的记录，最相关者在前。What was found, the best first.
    #[schema(max_items = 200)]
    items: Vec<SearchHit>,
    page: PageInfo,
}

/// 一条命中的记录。A record that was found.
#[derive(Serialize, ToSchema)]
#[allow(dead_code)] // the same
pub struct SearchHit {
    /// 记录概要。The record in short.
    record: RecordSummary,
    /// 命中之处。Where it was matched.
    matched: Option<Place>,
}

/// Mounts the search below `/api/v1`.
pub fn configure(register: &'static Register) -> impl FnOnce(&mut ServiceConfig) {
    move |cfg| {
        let search = web::resource("/search").app_data(Data::new(register));
        cfg.service(compressed(search.route(web::get().to(find)).route(web::head().to(find))));
    }
}

/// The operations and schemas of this part, to be merged into the document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(find))]
pub struct Document;

/// 检索各种类记录 / Search all kinds of records
///
/// 在名称、别名、曾用名、编号、关键词与说明中检索，不分全角半角与大小写：中文按连续字符，可取名称中任意一段，一字亦可；字母与数字按词首；空格隔开的词须全部出现，
/// 引号内须原样出现；标点两侧不相连。次序：名称相同、以之开头、名称含有、其他成员含有，其后按 id。每条附命中之处。同样的 `q` 可用于各列表，与筛选条件并用。
///
/// Looks in names, aliases, former names, codes, keywords and descriptions, whatever the width or case: Chinese by any piece of a
/// text, of one character or more, letters and digits from the beginning of a word. Words with blanks between must all be there,
/// what is in quotes as it is written; nothing is found across punctuation. Order: the name itself, names that begin with it, names
/// that have it, other members; then by `id`. Each item says where it was matched. Every list takes the same `q`, with its filters.
#[utoipa::path(get, path = "/api/v1/search", tag = "search", operation_id = "search_records",
    security((), ("oauth2" = ["records:read"])),
    params(
        ("q" = String, Query, description = "检索词。What to look for.", min_length = 1, max_length = 100, example = "重庆大学"),
        ("kinds" = Option<String>, Query, description = "只在这些种类中，逗号分隔。Only in these kinds, separated by commas.",
            pattern = "^[a-z-]+(,[a-z-]+)*$", max_length = 400, example = "joint-labs,instruments"),
        ("limit" = Option<i32>, Query, description = "每页条数。Most items of a page.", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, description = "上一页给出的游标，原样传回。The cursor that the page before gave; opaque.",
            pattern = "^[A-Za-z0-9_-]+$", min_length = 1, max_length = 4096),
        ("include_total" = Option<bool>, Query, description = "同时给出总数。Also count all."),
    ),
    responses(
        (status = 200, description = "一页结果。A page of what was found.", body = SearchPage),
        (status = 400), (status = 401), (status = 403), (status = 409), (status = 429), (status = 500), (status = 503),
    ))]
async fn find(
    reader: Reader,
    register: Data<&'static Register>,
    db: Data<Db>,
    shelf: Data<Shelf>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    let search = Arc::new(Everywhere::read(register.get_ref(), &Query::of(&request)?)?);
    let sight = Sight::from(&reader);
    let run = {
        let search = search.clone();
        move |conn: &mut Connection| search.run(&sight, &shelf, conn)
    };
    let page = db.read(run).await?;
    Ok(paged(page, "search", |cursor| search.next_query(cursor)))
}
