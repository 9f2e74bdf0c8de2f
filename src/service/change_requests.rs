//! The endpoints of change requests: proposing and restoring below a record, everything else below `/change-requests`.

use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value, json};

use crate::agreement::changes::Change;
use crate::agreement::decisions::decided;
use crate::agreement::inbox::{self, Filter};
use crate::api::conditional::IfMatch;
use crate::api::openapi::{self, Operation, Tried, choice, parameter, tried};
use crate::api::{Answer, JsonBody, Query, RecordRef, compressed, paging};
use crate::auth::scopes::{ConfirmRecords, ReadRecords, WriteRecords};
use crate::auth::{Caller, Scope};
use crate::db::{Connection, Db, Id, Moment};
use crate::forms::bodies::PageInfo;
use crate::forms::change_request::{ChangeRequest, ChangeRequestPage};
use crate::forms::proposals::proposal_schema;
use crate::kind::Kind;
use crate::kind::components::component_of;
use crate::kind::register::Register;
use crate::problem::{Code, Outcome, Problem};
use crate::reading::list::Cursor;
use crate::records::action::Action;
use crate::records::commit::Step;
use crate::records::rows::{Loaded, PROVINCES, Proposal, outcome, purpose};
use crate::records::sight::Sight;
use crate::records::{loading, proposals};
use crate::service::describe::{Response, if_match, operation, paging, record_answer, reference_for};
use crate::service::writing::{Entry, Served, Write, changed};

/// Parameters of the inbox.
pub const PARAMETERS: [&str; 9] =
    ["awaiting", "overdue", "kind", "purpose", "state", "province", "record", "limit", "cursor"];

/// Mounts what exists once, below `/api/v1`.
pub fn configure(register: &'static Register) -> impl FnOnce(&mut ServiceConfig) {
    move |cfg| {
        cfg.service(
            web::scope("/change-requests")
                .app_data(Data::new(register))
                .service(compressed(web::resource("").route(web::get().to(inbox)).route(web::head().to(inbox))))
                .service(web::resource("/{id}").route(web::get().to(show)).route(web::head().to(show)))
                .service(web::resource("/{id}/confirmations").route(web::post().to(confirm)))
                .service(web::resource("/{id}/transitions").route(web::post().to(transition))),
        );
    }
}

/// `POST /{kind}/{ref}/change-requests`
pub async fn create(entry: Entry<WriteRecords>, path: Path<String>, body: JsonBody) -> Outcome<HttpResponse> {
    entry.takes_no_parameters()?;
    let served = entry.served()?;
    let kind = served.kind;
    let wanted = RecordRef::parse(kind, &path)?;
    let if_match = IfMatch::of(&entry.request)?;
    let write = Write::of(&entry, served, &body.raw)?;
    let answer = write
        .run(&entry.db, move |write, conn| {
            let requests = &write.served.register.requests;
            let loaded = write.load(&wanted, conn)?;
            if_match.require(loaded.head.revision)?;
            let wish = requests.proposal(&body.value)?;
            let change = match (wish.patch, wish.restore) {
                (Some(patch), _) => Change::Patch(patch),
                (None, number) => Change::Restore(number.unwrap_or_default()),
            };
            let (_, proposal) = write.desk(conn).propose(loaded, &change, &wish.reason)?;
            let shown = shown(proposal.id, write, conn)?;
            Ok(Answer::json(201, &shown)?.header("Location", proposals::href(proposal.id)))
        })
        .await?;
    Ok(answer.into_response())
}

/// `POST /{kind}/{ref}/restorations`: an earlier content again, at once, where no confirmation is needed.
pub async fn restore(entry: Entry<WriteRecords>, path: Path<String>, body: JsonBody) -> Outcome<HttpResponse> {
    entry.takes_no_parameters()?;
    let served = entry.served()?;
    let wanted = RecordRef::parse(served.kind, &path)?;
    let if_match = IfMatch::of(&entry.request)?;
    let write = Write::of(&entry, served, &body.raw)?;
    let answer = write
        .run(&entry.db, move |write, conn| {
            let Served { register, kind } = write.served;
            let loaded = write.load(&wanted, conn)?;
            if_match.require(loaded.head.revision)?;
            let wish = register.requests.restoration(&body.value)?;
            let earlier = crate::agreement::changes::content_at(kind, &write.actor, &loaded.head, wish.revision, conn)?;
            let step = Step { action: Action::Restored, reason: Some(&wish.reason) };
            let examined = write.examine(earlier);
            Ok(changed(write.desk(conn).replace(loaded, examined, step)?))
        })
        .await?;
    Ok(answer.into_response())
}

async fn inbox(
    caller: Caller<ReadRecords>,
    register: Data<&'static Register>,
    db: Data<Db>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    let query = Query::of(&request)?;
    let mut filter = filter(&register, &query);
    let record = RecordRef::take(&query, "record");
    let cursor = Cursor::take(&query);
    query.finish(&PARAMETERS)?;
    let (link, fingerprint) = paging::fingerprint("change-requests", &query);
    let cursor = cursor.map(|cursor| cursor.check(&fingerprint, 0)).transpose()?;
    filter.after = cursor.as_ref().map(|cursor| cursor.id());
    let sight = Sight::of(Some(&caller));
    let page = db
        .read(move |conn| {
            if let Some(cursor) = &cursor {
                cursor.check_restores(conn)?;
            }
            let mut filter = filter.clone();
            filter.record = record.as_ref().map(|record| record_id(record, conn)).transpose()?;
            page(&filter, &fingerprint, &sight, conn)
        })
        .await?;
    let mut answer = Answer::json(200, &page)?.header("Vary", "Authorization");
    if let Some(cursor) = &page.page.next_cursor {
        let query = paging::next_query(&link, cursor);
        answer = answer.header("Link", format!("</api/v1/change-requests?{query}>; rel=\"next\""));
    }
    Ok(answer.into_response())
}

fn page(filter: &Filter, fingerprint: &str, sight: &Sight, conn: &mut Connection) -> Outcome<ChangeRequestPage> {
    let now = Moment::now();
    let mut ids = inbox::list(filter, sight, now, conn)?;
    let has_more = ids.len() as i64 > filter.limit;
    ids.truncate(filter.limit as usize);
    let last = ids.last().filter(|_| has_more);
    let next_cursor = last.map(|id| Cursor::after(Vec::new(), *id, fingerprint).text()).transpose()?;
    let items = inbox::show(&ids, false, now, conn)?;
    Ok(ChangeRequestPage {
        items,
        page: PageInfo { limit: filter.limit as i32, has_more, next_cursor, total: None, did_you_mean: Vec::new() },
    })
}

/// The filters of the inbox, without the record and the cursor.
fn filter(register: &Register, query: &Query) -> Filter {
    let kinds: Vec<&str> = register.kinds().iter().map(|kind| kind.name).collect();
    Filter {
        awaiting: query.take_word("awaiting", &PROVINCES),
        overdue: query.take_bool("overdue"),
        kinds: query.take_words("kind", &kinds).unwrap_or_default(),
        purposes: query.take_words("purpose", &purpose::ALL).unwrap_or_default(),
        states: query.take_words("state", &outcome::ALL).unwrap_or_default(),
        province: query.take_word("province", &PROVINCES),
        record: None,
        after: None,
        limit: query.take_int("limit", 1, paging::MAX_LIMIT).unwrap_or(paging::DEFAULT_LIMIT),
    }
}

/// The id of that record; an unknown one has no change requests.
fn record_id(record: &RecordRef, conn: &mut Connection) -> Outcome<Id> {
    match record {
        RecordRef::Id(id) => Ok(*id),
        RecordRef::Code(code) => Ok(loading::id_of_code(code, conn)?.unwrap_or_default()),
    }
}

async fn show(
    caller: Caller<ReadRecords>,
    db: Data<Db>,
    path: Path<String>,
    request: HttpRequest,
) -> Outcome<HttpResponse> {
    Query::of(&request)?.finish(&[])?;
    let id = id_of(&path)?;
    let sight = Sight::of(Some(&caller));
    let found = db.read(move |conn| inbox::find(id, &sight, Moment::now(), conn)).await?;
    Ok(Answer::json(200, &found.ok_or_else(|| not_found(&path))?)?.into_response())
}

async fn confirm(
    entry: Entry<ConfirmRecords>,
    register: Data<&'static Register>,
    path: Path<String>,
    body: JsonBody,
) -> Outcome<HttpResponse> {
    let (id, write) = write_about(&entry, &register, &path, &body.raw).await?;
    let answer = write
        .run_until_current(&entry.db, move |write, conn| {
            let requests = &write.served.register.requests;
            let decided = decided(requests.confirmation(&body.value)?, &write.actor, conn)?;
            let (loaded, proposal) = load(write, id, conn)?;
            write.desk(conn).decide(loaded, proposal, decided)?;
            answer(201, id, write, conn)
        })
        .await?;
    Ok(answer.into_response())
}

async fn transition(
    entry: Entry<WriteRecords>,
    register: Data<&'static Register>,
    path: Path<String>,
    body: JsonBody,
) -> Outcome<HttpResponse> {
    let (id, write) = write_about(&entry, &register, &path, &body.raw).await?;
    let answer = write
        .run_until_current(&entry.db, move |write, conn| {
            let requests = &write.served.register.requests;
            let wish = requests.recall(&body.value)?;
            let (loaded, proposal) = load(write, id, conn)?;
            write.desk(conn).recall(loaded, proposal, &wish.reason)?;
            answer(200, id, write, conn)
        })
        .await?;
    Ok(answer.into_response())
}

fn id_of(text: &str) -> Outcome<Id> {
    text.parse().map_err(|_| not_found(text))
}

fn not_found(wanted: &str) -> Problem {
    Problem::new(Code::NotFound).arg("kind", "change_request").arg("ref", wanted)
}

/// A write about the change request of a path, on the kind of its record: the caller must be able to see both.
async fn write_about<S: Scope>(
    entry: &Entry<S>,
    register: &'static Register,
    path: &str,
    raw: &[u8],
) -> Outcome<(Id, Write)> {
    entry.takes_no_parameters()?;
    let (id, sight) = (id_of(path)?, Sight::of(Some(&entry.caller)));
    let name = entry.db.read(move |conn| inbox::kind_of(id, &sight, conn)).await?;
    let kind = name.and_then(|name| register.kind(&name)).ok_or_else(|| not_found(&id.to_string()))?;
    Ok((id, Write::of(entry, Served { register, kind }, raw)?))
}

/// The proposal and the record that it is about, as both are now.
fn load(write: &Write, id: Id, conn: &mut Connection) -> Outcome<(Loaded, Proposal)> {
    let find = |conn: &mut Connection| proposals::find(id, conn)?.ok_or_else(|| not_found(&id.to_string()));
    let record = find(conn)?.record_id;
    let loaded = write.load_with_withdrawn(&RecordRef::Id(record), conn)?;
    // Read after the record: a proposal settled since then has given its record another revision, which the
    // compare-and-set detects.
    Ok((loaded, find(conn)?))
}

fn answer(status: u16, id: Id, write: &Write, conn: &mut Connection) -> Outcome<Answer> {
    let answer = Answer::json(status, &shown(id, write, conn)?)?;
    Ok(if status == 201 { answer.header("Location", proposals::href(id)) } else { answer })
}

fn shown(id: Id, write: &Write, conn: &mut Connection) -> Outcome<ChangeRequest> {
    let found = inbox::in_full(id, &write.actor.sight(), write.actor.at, conn)?;
    found.ok_or_else(|| not_found(&id.to_string()))
}

const TAG: &str = "change-requests";

/// Component schemas: what is proposed of each kind, and what is answered.
pub fn components(register: &Register) -> Map<String, Value> {
    let mut all: Map<String, Value> = component_of::<ChangeRequestPage>().into_iter().collect();
    all.extend(component_of::<ChangeRequest>());
    for kind in register.kinds() {
        let patch = json!({"$ref": format!("#/components/schemas/{}Patch", kind.schema)});
        all.insert(format!("{}ChangeProposal", kind.schema), proposal_schema(patch));
    }
    all
}

/// The paths of change requests: below every kind, and those that exist once.
pub fn paths(register: &Register) -> Map<String, Value> {
    let mut paths = Map::new();
    for kind in register.kinds() {
        let item = format!("/api/v1/{}/{{ref}}", kind.name);
        paths.insert(format!("{item}/change-requests"), json!({"post": propose_operation(kind)}));
        paths.insert(format!("{item}/restorations"), json!({"post": restore_operation(kind)}));
    }
    paths.insert("/api/v1/change-requests".into(), json!({"get": list_operation(register)}));
    paths.insert("/api/v1/change-requests/{id}".into(), json!({"get": show_operation()}));
    paths.insert("/api/v1/change-requests/{id}/confirmations".into(), json!({"post": confirm_operation()}));
    paths.insert("/api/v1/change-requests/{id}/transitions".into(), json!({"post": recall_operation()}));
    paths
}

fn propose_operation(kind: &Kind) -> Value {
    operation(kind, "propose", "_change", &format!("申请变更{}", kind.label.zh), &format!("Propose a change of {}", kind.label.one()))
        .describe("已生效记录中须经省市确认的成员以此变更；确认前现行内容不变。For members of an official record that need the word of the provinces; the live record stays as it is until all of them confirmed the digest. 共建类记录由牵头单位或主管部门提出，普通成员单位不能。On a joint record a party that leads or an agency proposes, not a plain member. 同一方同时只能有一项待办结的申请。One at a time for each side.")
        .secured("records:write")
        .parameters(vec![
            reference_for(kind, "propose"),
            if_match(kind, "propose"),
            openapi::idempotency_key(),
        ])
        .body("application/json", &format!("{}ChangeProposal", kind.schema), json!({
            "patch": tried(kind.name, "propose", Tried::Change),
            "reason": "示例：按双方商定更名。Example: as both sides agreed.",
        }))
        .made(described_answer("变更申请。The change request.").with_change_links())
        .errors(&[400, 401, 403, 404, 408, 409, 410, 412, 413, 415, 422, 428, 429, 500, 503])
        .finish()
}

fn restore_operation(kind: &Kind) -> Value {
    operation(kind, "restore", "", &format!("恢复{}的早先内容", kind.label.zh), &format!("Bring an earlier content of {} back", kind.label.one()))
        .describe("生成一次新修订，内容与所指修订相同。Writes a new revision with the content of an earlier one. 须经省市确认的内容请以 change-requests 的 restore 申请（409 cosigned-field）。What needs the word of the provinces is proposed by change-requests with `restore`.")
        .secured("records:write")
        .parameters(vec![reference_for(kind, "restore"), if_match(kind, "restore"), openapi::idempotency_key()])
        .body("application/json", "RestorationRequest", json!({"revision": 1, "reason": "示例：更正误改。Example: a mistaken edit."}))
        .ok(record_answer(kind, "恢复后的记录。The record after it.").with_header("ETag"))
        .errors(&[400, 401, 403, 404, 408, 409, 410, 412, 413, 415, 422, 428, 429, 500, 503])
        .finish()
}

fn list_operation(register: &Register) -> Value {
    let kinds: Vec<&str> = register.kinds().iter().map(|kind| kind.name).collect();
    let side = json!({"type": "string", "enum": crate::records::rows::PROVINCES});
    let several = |name: &str, about: &str, words: &[&str]| {
        choice(name, about, json!({"type": "string", "enum": words}), words.len())
    };
    let mut parameters = vec![
        parameter(
            "query",
            "awaiting",
            "尚待该省市办理的。Those that this province has not answered yet.",
            side.clone(),
        ),
        parameter(
            "query",
            "overdue",
            "是否已等待满 30 天。Whether they have waited for more than 30 days.",
            json!({"type": "boolean"}),
        ),
        several("kind", "记录种类。Kind of the record.", &kinds),
        several("purpose", "申请事项。What it is about.", &purpose::ALL),
        several("state", "办理情况。How it stands or ended.", &outcome::ALL),
        parameter("query", "province", "申请的一方。The side for which it was proposed.", side),
        parameter(
            "query",
            "record",
            "所涉记录的 id 或 code。Id or code of the record.",
            json!({
                "type": "string", "pattern": RecordRef::PATTERN, "minLength": 17, "maxLength": 36,
            }),
        ),
    ];
    parameters.extend(paging().into_iter().filter(|one| one["name"] != "include_total"));
    Operation::new(TAG, "list_change_requests", "待办与变更申请 / Inbox: change requests")
        .describe("待办事项：等待确认的提交、变更与状态事项，不分种类，等待时间长者优先。The inbox: submissions, changes and moves of all kinds, those that wait longest first. 仅所涉省市与申请方可见。Seen by the provinces concerned and by their author.")
        .secured("records:read")
        .parameters(parameters)
        .ok(openapi::json_response("一页变更申请。A page of change requests.", "ChangeRequestPage").with_header("Link"))
        .errors(&[400, 401, 403, 409, 429, 500, 503])
        .finish()
}

fn show_operation() -> Value {
    Operation::new(TAG, "show_change_request", "查看变更申请 / Show a change request")
        .describe("含拟变更之处、变更后的内容与各方决定。With what it changes, the content that results, and the decisions made.")
        .secured("records:read")
        .parameters(vec![id_parameter("confirm-change")])
        .ok(described_answer("变更申请。The change request."))
        .errors(&[400, 401, 403, 404, 429, 500, 503])
        .finish()
}

fn confirm_operation() -> Value {
    Operation::new(TAG, "confirm_change_request", "确认或不同意变更申请 / Confirm or decline a change request")
        .describe("只代表调用方所属省市；须给出所核对内容的指纹（digest）；自上次生效以来新建、修改、提出或提交过该记录的客户端不能确认对内容的变更，提出状态变更（purpose: move）的客户端不能确认该变更（403 four-eyes），单方记录的所属单位也不能（403 own-record）。最后一方确认后立即生效。Only for the caller's own province and for exactly the digest it names; a change of content never by a client that wrote, proposed or submitted anything of the record since it was last official, a move (`purpose: move`), which leaves the content as it is, never by the client that asked for it (403 four-eyes); neither by the owner of a single-owner record (403 own-record). The last confirmation puts it into effect.")
        .secured("records:confirm")
        .parameters(vec![id_parameter("confirm-change"), openapi::idempotency_key()])
        .body("application/json", "ConfirmationRequest", json!({
            "decision": "confirm",
            "digest": tried("joint-labs", "confirm-change", Tried::Digest),
        }))
        .made(described_answer("表态后的变更申请。The change request after it.").with_change_links())
        .errors(&[400, 401, 403, 404, 408, 409, 410, 413, 415, 422, 429, 500, 503])
        .finish()
}

fn recall_operation() -> Value {
    Operation::new(TAG, "recall_change_request", "撤回变更申请 / Take a change request back")
        .describe("只有申请的一方可以。Only its author's side may.")
        .secured("records:write")
        .parameters(vec![id_parameter("recall-change"), openapi::idempotency_key()])
        .body(
            "application/json",
            "RecallRequest",
            json!({"to": "recalled", "reason": "示例：另行商定。Example: to be agreed anew."}),
        )
        .ok(described_answer("撤回后的变更申请。The change request after it."))
        .errors(&[400, 401, 403, 404, 408, 409, 410, 413, 415, 422, 429, 500, 503])
        .finish()
}

fn id_parameter(use_of: &str) -> Value {
    let mut parameter = parameter(
        "path",
        "id",
        "变更申请的标识。Id of the change request.",
        json!({"type": "string", "format": "uuid", "maxLength": 36}),
    );
    parameter["example"] = tried("joint-labs", use_of, Tried::ChangeId);
    parameter
}

fn described_answer(description: &str) -> Value {
    openapi::json_response(description, "ChangeRequest")
}

trait Links {
    fn with_change_links(self) -> Value;
}

impl Links for Value {
    fn with_change_links(mut self) -> Value {
        let link = |operation: &str, what: &str| json!({"operationId": operation, "description": what, "parameters": {"id": "$response.body#/id"}});
        self["links"] = json!({
            "show": link("show_change_request", "查看。Show it."),
            "confirm": link("confirm_change_request", "确认。Confirm it."),
            "recall": link("recall_change_request", "撤回。Take it back."),
        });
        self
    }
}
