//! `GET /api/v1/indicators/{ref}/progress` and `GET /api/v1/statistics/progress`.

use std::sync::Arc;

use actix_web::web::{self, Bytes, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::api::openapi::{self, Operation};
use crate::api::query::{Query, not_in_list};
use crate::api::{RecordRef, compressed};
use crate::db::{Cell, Connection};
use crate::forms::bodies::PageInfo;
use crate::kind::components::component_of;
use crate::kind::condition::Condition;
use crate::kind::register::{Register, Registered};
use crate::kind::{Kind, drop_nulls};
use crate::kinds::shared::DivisionCode;
use crate::kinds::shared::figures::Scope;
use crate::problem::{Fault, Outcome, Problem};
use crate::progress::answer::{Progress, ProgressIndicator};
use crate::progress::calendar::calendar;
use crate::progress::overview::overview;
use crate::progress::{Case, KINDS, of_targets, progress, target_of};
use crate::reading::cache::Kept;
use crate::reading::expand::{Expansion, Lens};
use crate::reading::find::{Reading, find};
use crate::reading::list::Listing;
use crate::reading::settled::settled;
use crate::records::rows::state;
use crate::reference::{Term, division, vocabulary};
use crate::service::asking::{Around, Asking};
use crate::service::describe::{Response, paging};
use crate::service::read::{self, paged};
use crate::service::shown::{computed, moved_to};
use crate::service::writing::Served;

/// Mounts the progress of indicators and targets below `/api/v1`, before the records of indicators.
pub fn configure(register: &'static Register) -> impl FnOnce(&mut ServiceConfig) {
    move |cfg| {
        let (Some(indicators), Some(targets)) = (register.kind("indicators"), register.kind("targets")) else { return };
        let one = web::resource("/indicators/{ref}/progress");
        let one = one.app_data(Data::new(Served { register, kind: indicators }));
        cfg.service(compressed(one.route(web::get().to(show)).route(web::head().to(show))));
        let overall = web::resource("/statistics/overview").app_data(Data::new(Served { register, kind: targets }));
        cfg.service(compressed(overall.route(web::get().to(overview)).route(web::head().to(overview))));
        let owed = web::resource("/statistics/reporting").app_data(Data::new(Served { register, kind: indicators }));
        cfg.service(compressed(owed.route(web::get().to(calendar)).route(web::head().to(calendar))));
        let all = web::resource("/statistics/progress").app_data(Data::new(Served { register, kind: targets }));
        cfg.service(compressed(all.route(web::get().to(list)).route(web::head().to(list))));
    }
}

/// The operations and schemas of this part, to be merged into the document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(show, super::overview::overview, super::calendar::calendar), components(schemas(Progress)))]
pub struct Document;

/// Places of a scope: 20 divisions and 20 zones.
const MOST_PLACES: usize = 40;

/// Places and year of a target.
struct Wanted {
    scope: Scope,
    year: i32,
}

impl Wanted {
    fn take(query: &Query) -> Outcome<Wanted> {
        for name in ["scope", "year"].into_iter().filter(|name| !query.has(name)) {
            query.refuse(Fault::parameter(name, "required"));
        }
        let scope = scope(query.take_list("scope", MOST_PLACES).unwrap_or_default(), query);
        let open_ended = query.take_bool("open_ended").filter(|open| *open);
        let year = query.take_int("year", 1990, 2100).unwrap_or_default() as i32;
        query.finish(&["scope", "year", "open_ended"])?;
        Ok(Wanted { scope: Scope { open_ended, ..scope }, year })
    }
}

/// Codes of divisions and zones, in one order.
fn scope(mut codes: Vec<String>, query: &Query) -> Scope {
    let mut scope = Scope::default();
    codes.sort_unstable();
    for code in codes {
        let list = if code.starts_with("Z-") { "zones" } else { "divisions" };
        match Term::parse(&code) {
            Some(zone) => scope.zones.push(zone),
            None if division::known(&code).is_ok() => scope.divisions.push(DivisionCode(code)),
            None => {
                let guess = vocabulary(list).and_then(|known| known.suggest(&code));
                query.refuse(not_in_list("scope", &code, "GB/T 2260, Z-…", guess).arg("list", list));
            }
        }
    }
    scope
}

/// 指标的目标完成情况 / Show how far an indicator is
///
/// 将某一范围某年的目标与该范围截至目标年末最新的首选数值相比（可汇总的指标也可由各部分相加），按用语所留的区间判断：每个可能的值都达到为 met，都未达到为 not_met，否则为
/// undecidable。没有结果的注明原因，绝不以 0 或 100 代替。计算所用的一切都在答复中。
///
/// Compares the target of these places and this year with the latest preferred observation of the same places up to the end of that
/// year, or with the sum of their parts where the indicator sums up. The verdict holds for every value that the words leave open.
/// Where there is no result the reason is named, never 0 or 100 instead. All that it was computed from is in the answer.
#[utoipa::path(get, path = "/api/v1/indicators/{ref}/progress", tag = "statistics", operation_id = "show_indicator_progress",
    security((), ("oauth2" = ["records:read"])),
    params(
        ("ref" = String, Path, description = "指标的 id 或 code。Id or code of the indicator.",
            pattern = r"^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[A-Z]{3}-[1-9][0-9]{3}-([0-9]{6}|[1-9][0-9]{6})-[0-9])$",
            min_length = 17, max_length = 36, example = "019abf00-0000-7000-8001-000900000001"),
        ("scope" = String, Query, description = "范围：行政区划或功能区代码，逗号分隔。The places: codes of divisions or zones, separated by commas.",
            pattern = "^[0-9A-Z-]+(,[0-9A-Z-]+)*$", min_length = 3, max_length = 800, example = "500000"),
        ("year" = i32, Query, description = "目标年。Target year.", minimum = 1990, maximum = 2100, example = 2027),
        ("open_ended" = Option<bool>, Query, description = "范围是否还包括未列出的地方（“等”）。Whether places that are not listed are meant too (等)."),
        ("If-None-Match" = Option<String>, Header, description = ""),
    ),
    responses(
        (status = 304, description = "与 If-None-Match 所示相同。The caller already has this answer.", headers(("ETag" = String))),
        (status = 200, description = "完成情况。How far it is.", body = Progress, headers(("ETag" = String))),
        (status = 301, description = "指标已并入另一条记录。The indicator was merged into another one.", headers(("Location" = String, description = "新地址。Where it is now."))),
        (status = 400), (status = 401), (status = 403), (status = 404), (status = 410), (status = 429), (status = 500), (status = 503),
    ))]
async fn show(asking: Asking, served: Data<Served>, path: Path<String>, request: HttpRequest) -> Outcome<HttpResponse> {
    let kind = served.kind;
    let wanted = RecordRef::parse(kind, &path)?;
    let Wanted { scope, year } = Wanted::take(&Query::of(&request)?)?;
    let found = asking
        .read(move |around, conn| {
            settled(&KINDS, around.lens.shelf, conn, |position, conn| {
                let lens = Lens { position: Some(position), ..around.lens };
                let nothing_else = Expansion::default();
                let found = match find(kind, &wanted, &nothing_else, lens.sight, lens.shelf, conn)? {
                    Reading::Found(found) => found,
                    Reading::Moved(id) => return Ok(Err(id)),
                };
                let indicator: ProgressIndicator = serde_json::from_slice(&found.text).map_err(Problem::internal)?;
                let target = target_of(indicator.id, &scope, year, &lens, conn)?;
                let case = Case { indicator: Some(indicator), scope: scope.clone(), year, target };
                Ok(Ok(progress(vec![case], &lens, conn)?.pop()))
            })
        })
        .await?;
    match found {
        Ok(Some(progress)) => Ok(computed(plain(&progress)?.to_string().into(), &request)),
        Ok(None) => Err(Problem::internal("a case without an answer")),
        Err(id) => Ok(moved_to(&format!("/api/v1/{}/{id}/progress", kind.name), &request)),
    }
}

/// Without the members that it does not have.
pub fn plain(progress: &impl Serialize) -> Outcome<Value> {
    let mut value = serde_json::to_value(progress).map_err(Problem::internal)?;
    drop_nulls(&mut value);
    Ok(value)
}

async fn list(asking: Asking, served: Data<Served>, request: HttpRequest) -> Outcome<HttpResponse> {
    let kind = served.kind;
    let query = Query::of(&request)?;
    for name in ["fields", "expand", "q"].into_iter().filter(|name| query.has(name)) {
        query.refuse(Fault::parameter(name, "unknown-parameter"));
    }
    let listing = Arc::new(Listing::read_narrowed("statistics/progress", kind, &query, official())?);
    let run = {
        let listing = listing.clone();
        move |around: Around, conn: &mut Connection| {
            settled(&KINDS, around.lens.shelf, conn, |position, conn| {
                let lens = Lens { position: Some(position), ..around.lens };
                listing.run_as(kind, &lens, |targets, _, conn| items(targets, &lens, conn), conn)
            })
        }
    };
    let page = asking.read(run).await?;
    Ok(paged(page, "statistics/progress", |cursor| listing.next_query(cursor)))
}

/// Targets that are judged: official and set.
fn official() -> Vec<Condition> {
    vec![
        Condition::RecordIn("state", vec![Cell::text(state::ACTIVE)]),
        Condition::Own("lifecycle".to_owned(), "=", Cell::text("set")),
    ]
}

/// The progress of these targets, each as JSON.
fn items(targets: &[Arc<Kept>], lens: &Lens, conn: &mut Connection) -> Outcome<Vec<Bytes>> {
    let all = of_targets(targets, lens, conn)?;
    all.iter().map(|one| Ok(serde_json::to_vec(&plain(one)?).map_err(Problem::internal)?.into())).collect()
}

/// A page of [`Progress`], as it is published.
#[derive(Serialize, ToSchema)]
#[allow(dead_code)] // the page is written as text; this is its published form
pub struct ProgressPage {
    /// 各目标的完成情况。How far each target is.
    #[schema(max_items = 200)]
    items: Vec<Progress>,
    page: PageInfo,
}

/// The path that takes the filters of targets, with its operation.
pub fn path(register: &Register) -> Option<(String, Value)> {
    let kind: &Registered = register.kind("targets")?;
    let operation = Operation::new("statistics", "list_progress", "目标完成情况 / List how far targets are")
        .describe(
            "确定且已生效的目标，各附完成情况；筛选与排序同目标列表。每项与 /indicators/{ref}/progress 的答复相同。Targets that are set and official, each with how far it is; \
             filters and sort keys are those of the list of targets. Each item is what /indicators/{ref}/progress answers.",
        )
        .open("records:read")
        .parameters(parameters(kind))
        .ok(openapi::json_response("一页完成情况。A page of them.", "ProgressPage").with_header("Link"))
        .errors(&[400, 401, 403, 409, 429, 500, 503])
        .finish();
    Some(("/api/v1/statistics/progress".to_owned(), json!({"get": operation})))
}

fn parameters(kind: &Kind) -> Vec<Value> {
    let mut parameters = paging();
    parameters.push(read::sort(kind));
    parameters.extend(read::filters(kind));
    parameters
}

/// Component schemas that only [`path`] refers to.
pub fn components() -> Map<String, Value> {
    component_of::<ProgressPage>().into_iter().collect()
}
