//! Histories, differences, past states and proofs over HTTP: each handler with its description.

use std::sync::Arc;

use actix_web::http::header::ETAG;
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::api::openapi::{self, parameter};
use crate::api::query::{GREATEST, Query};
use crate::api::{Answer, RecordRef, conditional};
use crate::auth::scopes::ReadRecords;
use crate::auth::{Access, Reader};
use crate::db::{Connection, Db};
use crate::forms::bodies::PageInfo;
use crate::kind::Kind;
use crate::kind::components::component_of;
use crate::kind::naming::not_found;
use crate::problem::Outcome;
use crate::reading::find::Reading;
use crate::reading::history::{self, RevisionDiff, Stretch};
use crate::reading::past::{self, AsOf};
use crate::reading::proof::{self, Proof, Wish};
use crate::records::actor::Actor;
use crate::records::sight::Sight;
use crate::service::describe::{Response, WithExample, operation, paging, reference, revision_number};
use crate::service::shown::{Shown, moved};
use crate::service::writing::{Entry, Served};

pub async fn transitions(entry: Entry<ReadRecords>, path: Path<String>) -> Outcome<HttpResponse> {
    page(entry, &path, history::transitions, |list| &list.page).await
}

pub async fn revisions(entry: Entry<ReadRecords>, path: Path<String>) -> Outcome<HttpResponse> {
    page(entry, &path, history::revisions, |list| &list.page).await
}

/// A list of a record's history.
type List<L> = fn(&Kind, &RecordRef, &Actor, &Stretch, &mut Connection) -> Outcome<L>;

/// A page of such a list, with the address of the next one.
async fn page<L: Serialize + Send + 'static>(
    entry: Entry<ReadRecords>,
    path: &str,
    list: List<L>,
    info: fn(&L) -> &PageInfo,
) -> Outcome<HttpResponse> {
    let kind = entry.served()?.kind;
    let wanted = RecordRef::parse(kind, path)?;
    let stretch = Arc::new(Stretch::take(entry.request.path(), &Query::of(&entry.request)?)?);
    let (actor, asked) = (entry.actor(), stretch.clone());
    let list = entry.db.read(move |conn| list(kind, &wanted, &actor, &asked, conn)).await?;
    let mut answer = Answer::json(200, &list)?;
    if let Some(cursor) = &info(&list).next_cursor {
        let next = format!("<{}?{}>; rel=\"next\"", entry.request.path(), stretch.next_query(cursor));
        answer = answer.header("Link", next);
    }
    Ok(answer.into_response())
}

pub async fn confirmations(entry: Entry<ReadRecords>, path: Path<String>) -> Outcome<HttpResponse> {
    entry.takes_no_parameters()?;
    let kind = entry.served()?.kind;
    let wanted = RecordRef::parse(kind, &path)?;
    let actor = entry.actor();
    let list = entry.db.read(move |conn| history::confirmations(kind, &wanted, &actor, conn)).await?;
    Ok(Answer::json(200, &list)?.into_response())
}

pub async fn revision(entry: Entry<ReadRecords>, path: Path<(String, String)>) -> Outcome<HttpResponse> {
    entry.takes_no_parameters()?;
    let kind = entry.served()?.kind;
    let (wanted, number) = numbered(kind, path)?;
    let actor = entry.actor();
    let text = entry.db.read(move |conn| history::revision(kind, &wanted, number, &actor, conn)).await?;
    let tag = format!("\"{number}\"");
    if conditional::none_match(&entry.request, &tag) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag)).finish());
    }
    let answer = Answer::new(200, text).header("ETag", tag).header("Cache-Control", "private, no-cache");
    Ok(answer.into_response())
}

/// A record and one of its revisions, as the path names them.
fn numbered(kind: &Kind, path: Path<(String, String)>) -> Outcome<(RecordRef, i64)> {
    let (wanted, number) = path.into_inner();
    let wanted = RecordRef::parse(kind, &wanted)?;
    Ok((wanted, number.parse().map_err(|_| not_found(kind, &number))?))
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

async fn diff(entry: Entry<ReadRecords>, path: Path<(String, String)>) -> Outcome<HttpResponse> {
    let kind = entry.served()?.kind;
    let (wanted, from) = numbered(kind, path)?;
    let query = Query::of(&entry.request)?;
    let to = query.take_int("to", 1, GREATEST);
    query.finish(&["to"])?;
    let actor = entry.actor();
    let answer = entry.db.read(move |conn| history::difference(kind, &wanted, from, to, &actor, conn)).await?;
    Ok(Answer::json(200, &answer)?.into_response())
}

async fn prove(entry: Entry<ReadRecords>, access: Data<Access>, path: Path<String>) -> Outcome<HttpResponse> {
    let kind = entry.served()?.kind;
    let wanted = RecordRef::parse(kind, &path)?;
    let query = Query::of(&entry.request)?;
    let revision = query.take_int("revision", 1, GREATEST);
    query.finish(&["revision"])?;
    let actor = entry.actor();
    let proof = entry
        .db
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
    let sight = Sight::from(&reader);
    let at = as_of.at;
    let shown = Shown { is_public: sight.is_public(), by_code: wanted.is_code(), plain: as_of.is_plain() };
    match db.read(move |conn| past::find(kind, &wanted, &as_of, &sight, conn)).await? {
        Reading::Found(found) => {
            let place = format!("/api/v1/{}/{}?as_of={at}", kind.name, found.id);
            Ok(shown.answer(found, place, &request))
        }
        Reading::Moved(id) => Ok(moved(kind, id, &request)),
    }
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
    json!({"type": "integer", "format": "int64", "minimum": 1, "maximum": GREATEST})
}
