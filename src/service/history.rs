//! Histories, differences, past states and proofs over HTTP: each handler with its description.

use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_LOCATION, ETAG, VARY};
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value, json};

use crate::api::openapi::{self, parameter};
use crate::api::query::Query;
use crate::api::{Answer, RecordRef, conditional};
use crate::auth::scopes::ReadRecords;
use crate::auth::{Access, Caller, Reader};
use crate::db::Db;
use crate::forms::bodies::PageInfo;
use crate::kind::Kind;
use crate::kind::components::component_of;
use crate::kind::naming::not_found;
use crate::problem::Outcome;
use crate::reading::find::Reading;
use crate::reading::history::{self, RevisionDiff, Stretch};
use crate::reading::past::{self, AsOf};
use crate::reading::proof::{self, Proof, Wish};
use crate::records::sight::Sight;
use crate::service::describe::{Response, WithExample, operation, paging, reference, revision_number};
use crate::service::writing::{Served, actor, moved};

pub async fn transitions(
    caller: Caller<ReadRecords>,
    served: Data<Served>,
    db: Data<Db>,
    path: Path<String>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    let kind = served.kind;
    let wanted = RecordRef::parse(kind, &path)?;
    let stretch = Arc::new(Stretch::take(request.path(), &Query::of(&request)?)?);
    let (actor, asked) = (actor(&caller.principal(), &request), stretch.clone());
    let list = db.read(move |conn| history::transitions(kind, &wanted, &actor, &asked, conn)).await?;
    Ok(linked(Answer::json(200, &list)?, &list.page, &stretch, &request).into_response())
}

pub async fn confirmations(
    caller: Caller<ReadRecords>,
    served: Data<Served>,
    db: Data<Db>,
    path: Path<String>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    Query::of(&request)?.finish(&[])?;
    let kind = served.kind;
    let wanted = RecordRef::parse(kind, &path)?;
    let actor = actor(&caller.principal(), &request);
    let list = db.read(move |conn| history::confirmations(kind, &wanted, &actor, conn)).await?;
    Ok(Answer::json(200, &list)?.into_response())
}

pub async fn revisions(
    caller: Caller<ReadRecords>,
    served: Data<Served>,
    db: Data<Db>,
    path: Path<String>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    let kind = served.kind;
    let wanted = RecordRef::parse(kind, &path)?;
    let stretch = Arc::new(Stretch::take(request.path(), &Query::of(&request)?)?);
    let (actor, asked) = (actor(&caller.principal(), &request), stretch.clone());
    let list = db.read(move |conn| history::revisions(kind, &wanted, &actor, &asked, conn)).await?;
    Ok(linked(Answer::json(200, &list)?, &list.page, &stretch, &request).into_response())
}

pub async fn revision(
    caller: Caller<ReadRecords>,
    served: Data<Served>,
    db: Data<Db>,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    Query::of(&request)?.finish(&[])?;
    let kind = served.kind;
    let (wanted, number) = path.into_inner();
    let wanted = RecordRef::parse(kind, &wanted)?;
    let number: i64 = number.parse().map_err(|_| not_found(kind, &number))?;
    let actor = actor(&caller.principal(), &request);
    let text = db.read(move |conn| history::revision(kind, &wanted, number, &actor, conn)).await?;
    let tag = format!("\"{number}\"");
    if conditional::none_match(&request, &tag) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag)).finish());
    }
    let answer = Answer::new(200, text).header("ETag", tag).header("Cache-Control", "private, no-cache");
    Ok(answer.into_response())
}

/// With the address of the next page of a history.
fn linked(answer: Answer, page: &PageInfo, stretch: &Stretch, request: &HttpRequest) -> Answer {
    match &page.next_cursor {
        Some(cursor) => {
            answer.header("Link", format!("<{}?{}>; rel=\"next\"", request.path(), stretch.next_query(cursor)))
        }
        None => answer,
    }
}

pub fn transitions_operation(kind: &Kind) -> Value {
    operation(
        kind,
        "list",
        "_transitions",
        &format!("{}的状态历史", kind.label.zh),
        &format!("Moves of {} and those legal now", kind.label.one()),
    )
    .describe("历史状态变更（由早到晚，分页），以及调用方当前可办理的变更；已撤销的记录亦可查询。The moves made, oldest first and page by page, and those the caller may make now; of withdrawn records too.")
    .secured("records:read")
    .parameters(history_page(kind))
    .ok(openapi::json_response("历史与可选项。History and choices.", "TransitionList").with_header("Link"))
    .errors(&[400, 401, 403, 404, 409, 429, 500, 503])
    .finish()
}

pub fn confirmations_operation(kind: &Kind) -> Value {
    operation(kind, "list", "_confirmations", &format!("{}的确认情况", kind.label.zh), &format!("Decisions on {}", kind.label.one()))
        .describe("本次提交的各方决定与待确认的内容指纹。Each province's decision on the present submission, and the digest that is confirmed.")
        .secured("records:read")
        .parameters(vec![reference(kind)])
        .ok(openapi::json_response("确认情况。The decisions.", "ConfirmationList"))
        .errors(&[400, 401, 403, 404, 429, 500, 503])
        .finish()
}

pub fn revisions_operation(kind: &Kind) -> Value {
    operation(
        kind,
        "list",
        "_revisions",
        &format!("{}的修订历史", kind.label.zh),
        &format!("History of {}", kind.label.one()),
    )
    .describe("每次可见变更一条，由早到晚；已撤销的记录亦可查询。One entry for every visible change, oldest first; of withdrawn records too.")
    .secured("records:read")
    .parameters(history_page(kind))
    .ok(openapi::json_response("一页修订。A page of revisions.", "RevisionList").with_header("Link"))
    .errors(&[400, 401, 403, 404, 409, 429, 500, 503])
    .finish()
}

pub fn revision_operation(kind: &Kind) -> Value {
    operation(
        kind,
        "show",
        "_revision",
        &format!("{}的一次修订", kind.label.zh),
        &format!("One revision of {}", kind.label.one()),
    )
    .describe("含该次修订时生效的内容，与签署时一致。With the content in force then, exactly as signed.")
    .secured("records:read")
    .parameters(vec![reference(kind), revision_number().with_example(json!(2)), openapi::if_none_match()])
    .ok(openapi::json_response("该次修订。The revision.", &format!("{}Revision", kind.schema)).with_header("ETag"))
    .not_modified()
    .errors(&[400, 401, 403, 404, 429, 500, 503])
    .finish()
}

/// The record and the page of its history.
fn history_page(kind: &Kind) -> Vec<Value> {
    let page = paging().into_iter().filter(|one| one["name"] != "include_total");
    std::iter::once(reference(kind)).chain(page).collect()
}

/// The greatest number of a revision.
pub const MOST: i64 = 9_007_199_254_740_991;

async fn diff(
    caller: Caller<ReadRecords>,
    served: Data<Served>,
    db: Data<Db>,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    let kind = served.kind;
    let (wanted, number) = path.into_inner();
    let wanted = RecordRef::parse(kind, &wanted)?;
    let from: i64 = number.parse().map_err(|_| not_found(kind, &number))?;
    let query = Query::of(&request)?;
    let to = query.take_int("to", 1, MOST);
    query.finish(&["to"])?;
    let actor = actor(&caller.principal(), &request);
    let answer = db.read(move |conn| history::difference(kind, &wanted, from, to, &actor, conn)).await?;
    Ok(Answer::json(200, &answer)?.into_response())
}

#[expect(clippy::too_many_arguments, reason = "each is an extractor of the framework or was made from one")]
async fn prove(
    caller: Caller<ReadRecords>,
    served: Data<Served>,
    db: Data<Db>,
    access: Data<Access>,
    path: Path<String>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    let kind = served.kind;
    let wanted = RecordRef::parse(kind, &path)?;
    let query = Query::of(&request)?;
    let revision = query.take_int("revision", 1, MOST);
    query.finish(&["revision"])?;
    let actor = actor(&caller.principal(), &request);
    let proof = db
        .read(move |conn| {
            let wish = Wish { wanted: &wanted, revision, issuer: &access.settings().public_url };
            proof::make(kind, &wish, &actor, &access.keys().signer(), conn)
        })
        .await?;
    Ok(Answer::json(200, &proof)?.into_response())
}

/// What [`show`](crate::service::routes) answers with `as_of`.
///
/// The tag is that of the revision that was in force: the past itself does not change, but the view depends on the caller.
#[expect(clippy::too_many_arguments, reason = "each is an extractor of the framework or was made from one")]
pub async fn show_past(
    reader: Reader,
    served: Data<Served>,
    db: Data<Db>,
    wanted: RecordRef,
    as_of: AsOf,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    let kind = served.kind;
    let sight = Sight::of(reader.principal().map(|principal| &**principal));
    let (is_public, by_code, plain, at) = (sight.is_public(), wanted.is_code(), as_of.is_plain(), as_of.at);
    let found = match db.read(move |conn| past::find(kind, &wanted, &as_of, &sight, conn)).await? {
        Reading::Found(found) => found,
        Reading::Moved(id) => return Ok(moved(kind, id, &request)),
    };
    let (view, caching) = if is_public { ("-public", "public, no-cache") } else { ("", "private, no-cache") };
    let tag = format!("\"{}{view}\"", found.revision);
    let same = plain && conditional::none_match(&request, &tag);
    let mut response = if same { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((CACHE_CONTROL, caching)).insert_header((VARY, "Authorization"));
    if plain {
        response.insert_header((ETAG, tag));
    }
    if by_code {
        response.insert_header((CONTENT_LOCATION, format!("/api/v1/{}/{}?as_of={at}", kind.name, found.id)));
    }
    if same {
        return Ok(response.finish());
    }
    // Never compressed: the strong tag is that of these bytes.
    Ok(response.content_type("application/json").body(found.text))
}

/// Mounts them in the scope of a kind.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/{ref}/revisions/{number}/diff").route(web::get().to(diff)).route(web::head().to(diff)))
        .service(web::resource("/{ref}/proof").route(web::get().to(prove)).route(web::head().to(prove)));
}

fn diff_operation(kind: &Kind) -> Value {
    let to = parameter(
        "query",
        "to",
        "比较到哪次修订，默认为现行内容。The revision to compare to; the present one unless given.",
        revision_schema(),
    );
    operation(
        kind,
        "show",
        "_revision_diff",
        &format!("{}两次修订的差异", kind.label.zh),
        &format!("What differs between two revisions of {}", kind.label.one()),
    )
    .describe("逐成员比较两次修订后生效的内容；等长数组逐项比较，否则整体列出。Compares the contents in force after two revisions member by member; arrays of equal length element by element, others whole. 依次应用全部差异，即可由前者得到后者。Making all of the changes to the first gives the second.")
    .secured("records:read")
    .parameters(vec![reference(kind), revision_number().with_example(json!(2)), to])
    .ok(openapi::json_response("差异。The differences.", "RevisionDiff"))
    .errors(&[400, 401, 403, 404, 429, 500, 503])
    .finish()
}

fn proof_operation(kind: &Kind) -> Value {
    let revision = parameter(
        "query",
        "revision",
        "证明哪次修订，默认为当前修订；已撤销的记录为撤销前的修订。The revision to prove; the present one unless given, of a withdrawn record the last one before.",
        revision_schema(),
    );
    operation(
        kind,
        "show",
        "_proof",
        &format!("{}的证明文件", kind.label.zh),
        &format!("Proof of {} that can be verified offline", kind.label.one()),
    )
    .describe("所签署内容的规范文本、内容指纹、各方确认与生效步骤，由本服务签名（RFC 7515）。The signed content as canonical text, its digest, the confirmations and the step that made it official, signed by the service. 核验：`chuanyu verify`，或见 docs/proof.md；公钥在 `/.well-known/proof-keys.json`。To verify: `chuanyu verify`, or by hand as docs/proof.md says. 该修订未生效时返回 409。A revision that was not official answers 409.")
    .secured("records:read")
    .parameters(vec![reference(kind), revision])
    .ok(openapi::json_response("证明文件。The proof.", "Proof"))
    .errors(&[400, 401, 403, 404, 409, 429, 500, 503])
    .finish()
}

/// `as_of`, which the operation that shows a record takes.
pub fn as_of() -> Value {
    parameter(
        "query",
        "as_of",
        "返回当时生效的内容（RFC 3339，不得晚于现在）；当时未生效返回 404，已撤销返回 410。The record as it was official at that moment (RFC 3339, not to come): 404 when it was not official then, 410 when it was withdrawn by then. 不能与 expand 同用，且没有 pending_changes 与 warnings。Not with `expand`; without `pending_changes` and `warnings`.",
        json!({"type": "string", "format": "date-time", "maxLength": 35}),
    )
}

/// The component schemas of their answers.
pub fn components() -> Map<String, Value> {
    component_of::<RevisionDiff>().into_iter().chain(component_of::<Proof>()).collect()
}

/// The paths below an item of a kind.
pub fn paths(kind: &Kind, item: &str) -> [(String, Value); 2] {
    [
        (format!("{item}/revisions/{{number}}/diff"), json!({"get": diff_operation(kind)})),
        (format!("{item}/proof"), json!({"get": proof_operation(kind)})),
    ]
}

fn revision_schema() -> Value {
    json!({"type": "integer", "format": "int64", "minimum": 1, "maximum": MOST})
}
