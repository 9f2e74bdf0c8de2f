//! `/api/v1/organizations/match`: which organization a name means, and the spellings that a source system has accepted.

use actix_web::http::header::VARY;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::api::paging::{self, Cursor, DEFAULT_LIMIT, MAX_LIMIT};
use crate::api::query::hundredths;
use crate::api::{Answer, JsonBody, Query, compressed};
use crate::auth::Caller;
use crate::auth::scopes::WriteRecords;
use crate::db::{Db, Id};
use crate::forms::bodies::PageInfo;
use crate::forms::matching::{
    AcceptedSpelling, AcceptedSpellingPage, AcceptedSpellingRequest, MatchAnswer, MatchCandidate, MatchList,
    MatchOutcome, MatchReason, MatchRequest,
};
use crate::kind::register::Register;
use crate::matching::{Candidate, KIND, LONGEST, Settled, Verdict, known, matched_for, spellings};
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::records::loading;
use crate::records::rows::state;
use crate::records::sight::Sight;
use crate::reference::formats::text_is_clean;
use crate::service::asking::Asking;
use crate::service::writing::{Entry, Served, Write};

/// Mounts the matching of names below `/api/v1`, before the records of organizations.
pub fn configure(register: &'static Register) -> impl FnOnce(&mut ServiceConfig) {
    move |cfg| {
        let Some(kind) = register.kind(KIND) else { return };
        let served = Data::new(Served { register, kind });
        let names = web::resource(format!("/{KIND}/match")).app_data(served.clone());
        let spellings = web::resource(format!("/{KIND}/match/spellings")).app_data(served);
        cfg.service(compressed(names.route(web::get().to(one)).route(web::head().to(one)).route(web::post().to(many))));
        cfg.service(compressed(
            spellings
                .route(web::get().to(list))
                .route(web::head().to(list))
                .route(web::put().to(accept))
                .route(web::delete().to(revoke)),
        ));
    }
}

/// The operations and schemas of this part, to be merged into the document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(one, many, list, accept, revoke), components(schemas(MatchOutcome, MatchReason)))]
pub struct Document;

/// Candidates of a name: how many, and with what score, when nothing is said.
const CANDIDATES: i64 = 5;
const MOST_CANDIDATES: i64 = 20;
const LEAST: u8 = 50;

/// What of the candidates is answered.
#[derive(Clone, Copy)]
struct Wanted {
    most: usize,
    /// In hundredths.
    least: u8,
}

impl Wanted {
    fn of(limit: Option<i64>, least: Option<u8>) -> Wanted {
        Wanted { most: limit.unwrap_or(CANDIDATES) as usize, least: least.unwrap_or(LEAST) }
    }
}

/// 匹配一个单位名称 / Match the name of an organization
///
/// 先看标识（统一社会信用代码、ROR、编号），再看来源系统已认可的写法，再看名称：全名（不分全角半角、括号、省市字样、科学技术与科技）、通行简称、文中所含的最长名称、
/// 同音或颠倒的笔误。至多选定一个（`chosen`）；几个得分相差不过 0.05 的不选（`ambiguous`）。院系、校区、实验室算作本单位；附属医院、出版社、独立学院、公司不算。
///
/// Identifiers first (social credit code, ROR id, code), then spellings that the caller's source system has accepted, then names: the
/// whole name in any spelling, a usual short form, the longest name that stands in the text, a slip of the keyboard. At most one is
/// chosen, none where two are within 0.05. Departments, campuses and laboratories are the organization; hospitals, presses, independent
/// colleges and companies that bear its name are not.
#[utoipa::path(get, path = "/api/v1/organizations/match", tag = "search", operation_id = "match_organization",
    security((), ("oauth2" = ["records:read"])),
    params(
        ("q" = String, Query, description = "单位名称或标识。The name, or an identifier.", min_length = 1, max_length = 200, example = "重庆大学材料学院"),
        ("limit" = Option<i32>, Query, description = "候选个数，默认 5。Most candidates; 5 when absent.", minimum = 1, maximum = 20),
        ("min_score" = Option<String>, Query, description = "候选的最低得分，默认 0.50。The least score of a candidate; 0.50 when absent.",
            pattern = r"^(0(\.[0-9]{1,2})?|1(\.0{1,2})?)$", max_length = 4, example = "0.50"),
    ),
    responses(
        (status = 200, description = "匹配结果。What the name means.", body = MatchAnswer),
        (status = 400), (status = 401), (status = 403), (status = 429), (status = 500), (status = 503),
    ))]
async fn one(asking: Asking, request: HttpRequest) -> Outcome<HttpResponse> {
    let query = Query::of(&request)?;
    if !query.has("q") {
        query.refuse(Fault::parameter("q", "required"));
    }
    let asked = query.take_as("q", |text| name("q", text));
    let limit = query.take_int("limit", 1, MOST_CANDIDATES);
    let least = query.take_share("min_score");
    query.finish(&["q", "limit", "min_score"])?;
    let names = vec![asked.unwrap_or_default()];
    let found = matched_for(&asking, names.clone()).await?;
    let wanted = Wanted::of(limit, least);
    let answers = answers(&names, &found, wanted)?;
    let answer = answers.into_iter().next().ok_or_else(|| Problem::internal("a name without an answer"))?;
    sent(&answer)
}

/// A name that may be matched.
fn name(parameter: &str, text: &str) -> Result<String, Fault> {
    match text.chars().count() {
        0 => Err(Fault::parameter(parameter, "too-short").arg("limit", 1)),
        length if length > LONGEST => Err(Fault::parameter(parameter, "too-long").arg("limit", LONGEST)),
        _ => match text_is_clean(text) {
            Ok(()) => Ok(text.to_owned()),
            Err(code) => Err(Fault::parameter(parameter, code)),
        },
    }
}

/// 匹配一批单位名称 / Match names of organizations
///
/// 至多 500 个名称，逐个给出结果，次序同请求；规则与单个匹配相同，唯一字之差的名称每次只为前 50 个无把握者查找。只查询，不写入。
///
/// At most 500 names, each answered as it is alone, in the order of the request; but names one character apart are looked for only for
/// the first 50 that nothing else was found for. Nothing is written.
#[utoipa::path(post, path = "/api/v1/organizations/match", tag = "search", operation_id = "match_organizations",
    security((), ("oauth2" = ["records:read"])),
    request_body(content = MatchRequest, content_type = "application/json"),
    responses(
        (status = 200, description = "各名称的匹配结果。What each name means.", body = MatchList),
        (status = 400), (status = 401), (status = 403), (status = 408), (status = 409), (status = 413), (status = 415), (status = 422),
        (status = 429), (status = 500), (status = 503),
    ))]
async fn many(asking: Asking, served: Data<Served>, request: HttpRequest, body: JsonBody) -> Outcome<HttpResponse> {
    Query::of(&request)?.finish(&[])?;
    let wish = served.register.requests.matching(&body.value)?;
    let wanted = Wanted::of(wish.limit, wish.min_score.as_deref().and_then(hundredths));
    let names: Vec<String> = wish.names.into_iter().map(|name| name.0).collect();
    let found = matched_for(&asking, names.clone()).await?;
    sent(&MatchList { items: answers(&names, &found, wanted)? })
}

fn answers<'a>(names: &'a [String], found: &'a [Verdict], wanted: Wanted) -> Outcome<Vec<MatchAnswer<'a>>> {
    names.iter().zip(found).map(|(name, verdict)| answer(name, verdict, wanted)).collect()
}

fn answer<'a>(name: &'a str, verdict: &'a Verdict, wanted: Wanted) -> Outcome<MatchAnswer<'a>> {
    let fitting = verdict.candidates.iter().filter(|one| one.score >= wanted.least).take(wanted.most);
    let candidate = |(place, one): (usize, &'a Candidate)| {
        Ok(MatchCandidate {
            organization: serde_json::from_slice::<&RawValue>(&one.summary).map_err(Problem::internal)?,
            score: format!("{}.{:02}", one.score / 100, one.score % 100),
            matched: &one.matched,
            rest: one.rest.as_deref(),
            reason: one.reason,
            chosen: place == 0 && verdict.settled == Settled::Chosen,
        })
    };
    let items = fitting.enumerate().map(candidate).collect::<Outcome<Vec<_>>>()?;
    Ok(MatchAnswer { q: name, outcome: verdict.settled, items })
}

fn sent(answer: &impl Serialize) -> Outcome<HttpResponse> {
    Ok(Answer::json(200, answer)?.header(VARY.as_str().to_owned(), "Authorization").into_response())
}

/// 查询已认可的写法 / List accepted spellings
///
/// 本来源系统已认可的写法，按认可先后。
///
/// The spellings that the caller's source system has accepted, in the order in which it did.
#[utoipa::path(get, path = "/api/v1/organizations/match/spellings", tag = "search", operation_id = "list_accepted_spellings",
    security(("oauth2" = ["records:write"])),
    params(
        ("limit" = Option<i32>, Query, description = "每页条数。Most items of a page.", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, description = "上一页给出的游标，原样传回。The cursor that the page before gave; opaque.",
            pattern = "^[A-Za-z0-9_-]+$", min_length = 1, max_length = 4096),
    ),
    responses(
        (status = 200, description = "一页写法。A page of spellings.", body = AcceptedSpellingPage),
        (status = 400), (status = 401), (status = 403), (status = 409), (status = 429), (status = 500), (status = 503),
    ))]
async fn list(caller: Caller<WriteRecords>, db: Data<Db>, request: HttpRequest) -> Outcome<HttpResponse> {
    let query = Query::of(&request)?;
    let limit = query.take_int("limit", 1, MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
    let cursor = Cursor::take(&query);
    query.finish(&["limit", "cursor"])?;
    let (link, fingerprint) = paging::fingerprint("accepted-spellings", &query);
    let cursor = cursor.map(|cursor| cursor.check(&fingerprint, 0)).transpose()?;
    let (system, sight) = (caller.source_system.clone(), Sight::of(Some(&caller)));
    let page = db
        .read(move |conn| {
            if let Some(cursor) = &cursor {
                cursor.check_restores(conn)?;
            }
            let mut rows = spellings::list(&system, cursor.as_ref().map(Cursor::id), limit + 1, conn)?;
            let has_more = rows.len() as i64 > limit;
            rows.truncate(limit as usize);
            let last = rows.last().filter(|_| has_more).map(|row| row.id);
            let next_cursor = last.map(|id| Cursor::after(Vec::new(), id, &fingerprint).text()).transpose()?;
            let page = PageInfo { limit: limit as i32, has_more, next_cursor, total: None, did_you_mean: Vec::new() };
            Ok(AcceptedSpellingPage { items: spellings::shown(rows, &sight, conn)?, page })
        })
        .await?;
    let mut answer = Answer::json(200, &page)?.header("Vary", "Authorization");
    if let Some(cursor) = &page.page.next_cursor {
        let query = paging::next_query(&link, cursor);
        answer = answer.header("Link", format!("</api/v1/{KIND}/match/spellings?{query}>; rel=\"next\""));
    }
    Ok(answer.into_response())
}

/// 认可一种写法 / Accept a spelling
///
/// 今后本来源系统再问到这种写法（不分全角半角、大小写、标点），即为所指单位；重复认可同一单位无妨。已认可的写法须先撤回才能改指他单位（409）。
///
/// From now on this spelling, whatever its width, case or punctuation, means this organization to the caller's source system; to say so
/// again does no harm. One that was accepted is revoked before it can mean another (409).
#[utoipa::path(put, path = "/api/v1/organizations/match/spellings", tag = "search", operation_id = "upsert_accepted_spelling",
    security(("oauth2" = ["records:write"])),
    request_body(content = AcceptedSpellingRequest, content_type = "application/json"),
    responses(
        (status = 200, description = "已认可。It is accepted.", body = AcceptedSpelling),
        (status = 400), (status = 401), (status = 403), (status = 408), (status = 409), (status = 413), (status = 415), (status = 422),
        (status = 429), (status = 500), (status = 503),
    ))]
async fn accept(entry: Entry<WriteRecords>, body: JsonBody) -> Outcome<HttpResponse> {
    entry.takes_no_parameters()?;
    let write = Write::of(&entry, entry.served()?, &body.raw)?;
    let answer = write
        .run(&entry.db, move |write, conn| {
            let wish = write.served.register.requests.spelling(&body.value)?;
            let of_code = match &wish.organization.code {
                Some(code) => Some(loading::id_of_code(code, conn)?.unwrap_or_default()),
                None => None,
            };
            // Both belong together, or mean nobody.
            let id = match (wish.organization.id, of_code) {
                (Some(id), Some(other)) if id != other => Some(Id::default()),
                (id, other) => id.or(other),
            };
            let sight = write.actor.sight();
            let found = id.map(|id| loading::by_id(write.served.kind, id, &sight, conn)).transpose()?.flatten();
            let Some(found) = found else {
                let shown =
                    wish.organization.code.or(wish.organization.id.map(|id| id.to_string())).unwrap_or_default();
                let fault = Fault::at("/organization", "reference-not-found").arg("ref", shown).arg("kind", KIND);
                return Err(Problem::invalid(vec![fault]));
            };
            if found.head.state == state::WITHDRAWN {
                let fault = Fault::at("/organization", "reference-ended").arg("ref", &found.head.code);
                return Err(Problem::invalid(vec![fault]));
            }
            let other = known::only_other_of_name(&wish.spelling, found.head.id, write.served.kind, &sight, conn)?;
            if let Some(other) =
                other.map(|id| loading::by_id(write.served.kind, id, &sight, conn)).transpose()?.flatten()
            {
                let fault = Fault::at("/spelling", "name-of-another").arg("ref", &other.head.code);
                return Err(Problem::invalid(vec![fault]));
            }
            let row = spellings::accept(&wish.spelling, found.head.id, &write.actor, conn)?;
            let shown = spellings::shown(vec![row], &sight, conn)?.pop();
            Answer::json(200, &shown.ok_or_else(|| Problem::internal("a spelling of nobody"))?)
        })
        .await?;
    Ok(answer.into_response())
}

/// 撤回一种写法 / Revoke a spelling
///
/// 只能撤回本来源系统认可的写法。
///
/// Only one that the caller's source system has accepted.
#[utoipa::path(delete, path = "/api/v1/organizations/match/spellings", tag = "search", operation_id = "delete_accepted_spelling",
    security(("oauth2" = ["records:write"])),
    params(("spelling" = String, Query, description = "要撤回的写法。The spelling.", min_length = 1, max_length = 200, example = "重大材料院")),
    responses(
        (status = 204, description = "已撤回。It is revoked."),
        (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 429), (status = 500), (status = 503),
    ))]
async fn revoke(entry: Entry<WriteRecords>) -> Outcome<HttpResponse> {
    let query = Query::of(&entry.request)?;
    if !query.has("spelling") {
        query.refuse(Fault::parameter("spelling", "required"));
    }
    let spelling = query.take_as("spelling", |text| name("spelling", text));
    query.finish(&["spelling"])?;
    let spelling = spelling.unwrap_or_default();
    let write = Write::of(&entry, entry.served()?, &[])?;
    let answer = write
        .run(&entry.db, move |write, conn| match spellings::revoke(&spelling, &write.actor, conn)? {
            true => Ok(Answer::no_content()),
            false => Err(Problem::new(Code::NotFound).arg("ref", &spelling)),
        })
        .await?;
    Ok(answer.into_response())
}
