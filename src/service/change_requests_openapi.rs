//! The operations of change requests, for the document.

use serde_json::{Map, Value, json};

use crate::api::openapi::{self, Operation, Tried, parameter, tried};
use crate::forms::change_request::{ChangeRequest, ChangeRequestPage};
use crate::forms::proposals::proposal_schema;
use crate::kind::Kind;
use crate::kind::components::component_of;
use crate::kind::register::Register;
use crate::records::rows::{outcome, purpose};
use crate::service::openapi::{REFERENCE, Response, choice, if_match, operation, paging, record_answer, reference_for};

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
        paths.insert(format!("{item}/change-requests"), json!({"post": propose(kind)}));
        paths.insert(format!("{item}/restorations"), json!({"post": restore(kind)}));
    }
    paths.insert("/api/v1/change-requests".into(), json!({"get": list(register)}));
    paths.insert("/api/v1/change-requests/{id}".into(), json!({"get": show()}));
    paths.insert("/api/v1/change-requests/{id}/confirmations".into(), json!({"post": confirm()}));
    paths.insert("/api/v1/change-requests/{id}/transitions".into(), json!({"post": recall()}));
    paths
}

fn propose(kind: &Kind) -> Value {
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
        .made(answer("变更申请。The change request.").with_change_links())
        .errors(&[400, 401, 403, 404, 408, 409, 410, 412, 413, 415, 422, 428, 429, 500, 503])
        .finish()
}

fn restore(kind: &Kind) -> Value {
    operation(kind, "restore", "", &format!("恢复{}的早先内容", kind.label.zh), &format!("Bring an earlier content of {} back", kind.label.one()))
        .describe("生成一次新修订，内容与所指修订相同。Writes a new revision with the content of an earlier one. 须经省市确认的内容请以 change-requests 的 restore 申请（409 cosigned-field）。What needs the word of the provinces is proposed by change-requests with `restore`.")
        .secured("records:write")
        .parameters(vec![reference_for(kind, "restore"), if_match(kind, "restore"), openapi::idempotency_key()])
        .body("application/json", "RestorationRequest", json!({"revision": 1, "reason": "示例：更正误改。Example: a mistaken edit."}))
        .ok(record_answer(kind, "恢复后的记录。The record after it.").with_header("ETag"))
        .errors(&[400, 401, 403, 404, 408, 409, 410, 412, 413, 415, 422, 428, 429, 500, 503])
        .finish()
}

fn list(register: &Register) -> Value {
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
                "type": "string", "pattern": REFERENCE, "minLength": 17, "maxLength": 36,
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

fn show() -> Value {
    Operation::new(TAG, "show_change_request", "查看变更申请 / Show a change request")
        .describe("含拟变更之处、变更后的内容与各方决定。With what it changes, the content that results, and the decisions made.")
        .secured("records:read")
        .parameters(vec![id("confirm-change")])
        .ok(answer("变更申请。The change request."))
        .errors(&[400, 401, 403, 404, 429, 500, 503])
        .finish()
}

fn confirm() -> Value {
    Operation::new(TAG, "confirm_change_request", "确认或不同意变更申请 / Confirm or decline a change request")
        .describe("只代表调用方所属省市；须给出所核对内容的指纹（digest）；自上次生效以来新建、修改、提出或提交过该记录的客户端不能确认对内容的变更，提出状态变更（purpose: move）的客户端不能确认该变更（403 four-eyes），单方记录的所属单位也不能（403 own-record）。最后一方确认后立即生效。Only for the caller's own province and for exactly the digest it names; a change of content never by a client that wrote, proposed or submitted anything of the record since it was last official, a move (`purpose: move`), which leaves the content as it is, never by the client that asked for it (403 four-eyes); neither by the owner of a single-owner record (403 own-record). The last confirmation puts it into effect.")
        .secured("records:confirm")
        .parameters(vec![id("confirm-change"), openapi::idempotency_key()])
        .body("application/json", "ConfirmationRequest", json!({
            "decision": "confirm",
            "digest": tried("joint-labs", "confirm-change", Tried::Digest),
        }))
        .made(answer("表态后的变更申请。The change request after it.").with_change_links())
        .errors(&[400, 401, 403, 404, 408, 409, 410, 413, 415, 422, 429, 500, 503])
        .finish()
}

fn recall() -> Value {
    Operation::new(TAG, "recall_change_request", "撤回变更申请 / Take a change request back")
        .describe("只有申请的一方可以。Only its author's side may.")
        .secured("records:write")
        .parameters(vec![id("recall-change"), openapi::idempotency_key()])
        .body(
            "application/json",
            "RecallRequest",
            json!({"to": "recalled", "reason": "示例：另行商定。Example: to be agreed anew."}),
        )
        .ok(answer("撤回后的变更申请。The change request after it."))
        .errors(&[400, 401, 403, 404, 408, 409, 410, 413, 415, 422, 429, 500, 503])
        .finish()
}

fn id(use_of: &str) -> Value {
    let mut parameter = parameter(
        "path",
        "id",
        "变更申请的标识。Id of the change request.",
        json!({"type": "string", "format": "uuid", "maxLength": 36}),
    );
    parameter["example"] = tried("joint-labs", use_of, Tried::ChangeId);
    parameter
}

fn answer(description: &str) -> Value {
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
