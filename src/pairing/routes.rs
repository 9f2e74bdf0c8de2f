//! `GET /api/v1/demands/{ref}/matches` and `GET /api/v1/capabilities/{ref}/matches`.

use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use crate::api::paging::MAX_LIMIT;
use crate::api::query::Query;
use crate::api::{RecordRef, compressed};
use crate::db::Moment;
use crate::kind::Kind;
use crate::kind::register::Register;
use crate::pairing::answer::{PairingEvidence, PairingFact, PairingList, PairingOffer, PairingParts};
use crate::pairing::pool::Pool;
use crate::pairing::profile::Side;
use crate::pairing::{FORMULA, Wish, matches, weights};
use crate::problem::{Outcome, Problem};
use crate::reading::expand::{Expansion, Lens};
use crate::reading::find::{Reading, find};
use crate::reading::settled::settled;
use crate::records::sight::Sight;
use crate::reference::Day;
use crate::service::asking::Asking;
use crate::service::shown::{computed, moved_to};
use crate::service::writing::Served;

/// Mounts the matches of demands and capabilities below `/api/v1`, before these records.
pub fn configure(register: &'static Register) -> impl FnOnce(&mut ServiceConfig) {
    move |cfg| {
        if let Some(kind) = register.kind("demands") {
            let place = web::resource("/demands/{ref}/matches").app_data(Data::new(Served { register, kind }));
            cfg.service(compressed(place.route(web::get().to(of_demand)).route(web::head().to(of_demand))));
        }
        if let Some(kind) = register.kind("capabilities") {
            let place = web::resource("/capabilities/{ref}/matches").app_data(Data::new(Served { register, kind }));
            cfg.service(compressed(place.route(web::get().to(of_capability)).route(web::head().to(of_capability))));
        }
    }
}

/// The operations and schemas of this part, to be merged into the document.
#[derive(utoipa::OpenApi)]
#[openapi(
    paths(of_demand, of_capability),
    components(schemas(PairingList, PairingParts, PairingEvidence, PairingFact, PairingOffer))
)]
pub struct Document;

/// Items of a list, when nothing is said.
const USUAL: i64 = 20;

/// What a demand may be matched with.
const OFFERS: [&str; 2] = ["capabilities", "instruments"];

/// 需求的对接建议 / List what matches a demand
///
/// 已生效的研发能力与共享仪器中可能满足该需求者，按公布的权重计分（docs/matching.md），附各项依据。状态、期限、更新时间与服务地区是前提而非得分：不符者不列，除非要求列出
/// （excluded=true），并注明原因。所属单位不公开的需求，其单位不参与也不显示。
///
/// Official capabilities and instruments that may help, scored by published weights, each part with what it rests on. State, deadline,
/// freshness and region are conditions apart from the score: what breaks one is left out, unless it is asked for, with the reason. Who owns a
/// record plays no part, so that an owner who is not named stays so.
#[utoipa::path(get, path = "/api/v1/demands/{ref}/matches", tag = "demands", operation_id = "list_demand_matches",
    security((), ("oauth2" = ["records:read"])),
    params(
        ("ref" = String, Path, description = "需求的 id 或 code。Id or code of the demand.",
            pattern = r"^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[A-Z]{3}-[1-9][0-9]{3}-([0-9]{6}|[1-9][0-9]{6})-[0-9])$",
            min_length = 17, max_length = 36, example = "019abf00-0000-7000-8001-000700000001"),
        ("offers" = Option<Vec<PairingOffer>>, Query, style = Form, explode = false, max_items = 2,
            description = "只在这些种类中。Only these kinds."),
        ("limit" = Option<i32>, Query, description = "最多条数，默认 20。Most items; 20 when absent.", minimum = 1, maximum = 200),
        ("min_score" = Option<String>, Query, description = "最低得分，默认 0.20。The least score; 0.20 when absent.",
            pattern = r"^(0(\.[0-9]{1,2})?|1(\.0{1,2})?)$", max_length = 4, example = "0.20"),
        ("excluded" = Option<bool>, Query, description = "是否也列出不能对接者及原因。Whether those that cannot be brought together are listed too, with the reason."),
        ("If-None-Match" = Option<String>, Header, description = ""),
    ),
    responses(
        (status = 304, description = "与 If-None-Match 所示相同。The caller already has this answer.", headers(("ETag" = String))),
        (status = 200, description = "对接建议。What matches.", body = PairingList, headers(("ETag" = String))),
        (status = 301, description = "该需求已并入另一条记录。The demand was merged into another one.", headers(("Location" = String, description = "新地址。Where it is now."))),
        (status = 400), (status = 401), (status = 403), (status = 404), (status = 410), (status = 429), (status = 500), (status = 503),
    ))]
async fn of_demand(
    asking: Asking,
    served: Data<Served>,
    pool: Data<Pool>,
    path: Path<String>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    let query = Query::of(&request)?;
    let wanted = query.take_words("offers", &OFFERS);
    let kinds = OFFERS.iter().filter(|kind| wanted.as_ref().is_none_or(|wanted| wanted.iter().any(|one| one == *kind)));
    let kinds = kinds.filter_map(|name| served.register.kind(name)).map(|kind| kind.kind).collect();
    let wish = wish(kinds, &query);
    query.finish(&["offers", "limit", "min_score", "excluded"])?;
    answer(Side::Demand, wish, (asking, *served.get_ref()), At { path, pool, request }).await
}

/// 研发能力的对接建议 / List what matches a capability
///
/// 已生效的需求中该能力可能满足者；得分与从需求一侧查得的相同。
///
/// Official demands that the capability may serve; the score is the one that is found from the demand's side.
#[utoipa::path(get, path = "/api/v1/capabilities/{ref}/matches", tag = "capabilities", operation_id = "list_capability_matches",
    security((), ("oauth2" = ["records:read"])),
    params(
        ("ref" = String, Path, description = "研发能力的 id 或 code。Id or code of the capability.",
            pattern = r"^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[A-Z]{3}-[1-9][0-9]{3}-([0-9]{6}|[1-9][0-9]{6})-[0-9])$",
            min_length = 17, max_length = 36, example = "019abf00-0000-7000-8001-000800000001"),
        ("limit" = Option<i32>, Query, description = "最多条数，默认 20。Most items; 20 when absent.", minimum = 1, maximum = 200),
        ("min_score" = Option<String>, Query, description = "最低得分，默认 0.20。The least score; 0.20 when absent.",
            pattern = r"^(0(\.[0-9]{1,2})?|1(\.0{1,2})?)$", max_length = 4, example = "0.20"),
        ("excluded" = Option<bool>, Query, description = "是否也列出不能对接者及原因。Whether those that cannot be brought together are listed too, with the reason."),
        ("If-None-Match" = Option<String>, Header, description = ""),
    ),
    responses(
        (status = 304, description = "与 If-None-Match 所示相同。The caller already has this answer.", headers(("ETag" = String))),
        (status = 200, description = "对接建议。What matches.", body = PairingList, headers(("ETag" = String))),
        (status = 301, description = "该能力已并入另一条记录。The capability was merged into another one.", headers(("Location" = String, description = "新地址。Where it is now."))),
        (status = 400), (status = 401), (status = 403), (status = 404), (status = 410), (status = 429), (status = 500), (status = 503),
    ))]
async fn of_capability(
    asking: Asking,
    served: Data<Served>,
    pool: Data<Pool>,
    path: Path<String>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    let query = Query::of(&request)?;
    let kinds = served.register.kind("demands").map(|kind| kind.kind).into_iter().collect();
    let wish = wish(kinds, &query);
    query.finish(&["limit", "min_score", "excluded"])?;
    answer(Side::Capability, wish, (asking, *served.get_ref()), At { path, pool, request }).await
}

/// Where a request came, and what is kept for it.
struct At {
    path: Path<String>,
    pool: Data<Pool>,
    request: HttpRequest,
}

/// The least score that is shown when nothing is said, in hundredths.
const LEAST: u32 = 20;

fn wish(kinds: Vec<&'static Kind>, query: &Query) -> Wish {
    Wish {
        kinds,
        most: query.take_int("limit", 1, MAX_LIMIT).unwrap_or(USUAL) as usize,
        least: query.take_share("min_score").map_or(LEAST, u32::from),
        with_excluded: query.take_bool("excluded").unwrap_or(false),
        today: Moment::now().day_in_shanghai(),
    }
}

async fn answer(side: Side, wish: Wish, (asking, served): (Asking, Served), at: At) -> Outcome<HttpResponse> {
    let kind = served.kind;
    let wanted = RecordRef::parse(kind, &at.path)?;
    let pool = at.pool.clone();
    let found = asking
        .read(move |around, conn| {
            // Instruments change all the time; each is compared as it was read.
            let lists = wish.kinds.iter().map(|kind| kind.name).filter(|name| *name != "instruments");
            let kinds: Vec<&str> = lists.chain([kind.name]).collect();
            settled(&kinds, around.lens.shelf, conn, |position, conn| {
                let lens = Lens { position: Some(position), ..around.lens };
                let own = match find(kind, &wanted, &Expansion::default(), lens.sight, lens.shelf, conn)? {
                    Reading::Found(found) => found,
                    Reading::Moved(id) => return Ok(Err(id)),
                };
                let own: Value = serde_json::from_slice(&own.text).map_err(Problem::internal)?;
                // What may match is what everybody sees.
                let public = Lens { sight: &Sight::Public, ..lens };
                let items = matches(side, &own, &wish, (&pool, &public), conn)?;
                let on = Day::new(wish.today).ok_or_else(|| Problem::internal("the clock is off by centuries"))?;
                Ok(Ok(PairingList { as_of_seq: position, on, formula: FORMULA, weights: weights(), items }))
            })
        })
        .await?;
    match found {
        Ok(list) => Ok(computed(serde_json::to_vec(&list).map_err(Problem::internal)?.into(), &at.request)),
        Err(id) => Ok(moved_to(&format!("/api/v1/{}/{id}/matches", kind.name), &at.request)),
    }
}
