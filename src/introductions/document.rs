//! The operations of introductions in the published contract.

use serde_json::{Map, Value, json};

use crate::api::RecordRef;
use crate::api::openapi::{self, Operation, Tried, choice, parameter, tried};
use crate::forms::introduction::{Introduction, IntroductionHistory, IntroductionPage};
use crate::forms::introduction_figures::IntroductionFigures;
use crate::introductions::list::Awaiting;
use crate::introductions::state;
use crate::kind::components::component_of;
use crate::records::rows::PROVINCES;
use crate::service::describe::{Response, WithExample, paging};

const TAG: &str = "introductions";

/// The introduction of the demo register, on which operations are tried.
pub const EXAMPLE: &str = "019abf00-0000-7000-8001-00ff00000001";

/// Component schemas of what is answered; those of bodies are among the register's.
pub fn components() -> Map<String, Value> {
    let all = component_of::<IntroductionPage>().into_iter().chain(component_of::<Introduction>());
    all.chain(component_of::<IntroductionHistory>()).chain(component_of::<IntroductionFigures>()).collect()
}

/// The paths of introductions.
pub fn paths() -> [(String, Value); 6] {
    [
        ("/api/v1/demands/{ref}/introductions".into(), json!({"post": propose_for_demand()})),
        ("/api/v1/capabilities/{ref}/introductions".into(), json!({"post": propose_for_capability()})),
        ("/api/v1/introductions".into(), json!({"get": list()})),
        ("/api/v1/introductions/{ref}".into(), json!({"get": show()})),
        ("/api/v1/introductions/{ref}/transitions".into(), json!({"get": history(), "post": move_one()})),
        ("/api/v1/statistics/introductions".into(), json!({"get": count()})),
    ]
}

/// What all that propose say.
const PROPOSED: &str = "由任一方或牵线人提出；由一方提出的，即视为该方同意。两条记录均须已生效且开放（需求为发布或对接中，能力为可供，仪器为开放），否则 409 not-open；\
    同一需求与同一供给同时只能有一次未了结的对接（409 already-introduced）。不公开单位的需求，在双方同意之前，只有需求单位、其记录的录入客户端与代表该省市者看得到单位。\
    Proposed by either side, which has accepted by that, or by a broker. Both records must be official and open (else 409 not-open): a demand open or matching, \
    a capability available, an instrument open. A demand and an offer have one introduction at a time that is not over (409 already-introduced). An owner who \
    asked not to be named stays so until both sides accepted.";

const REFUSALS: [u16; 13] = [400, 401, 403, 404, 408, 409, 410, 413, 415, 422, 429, 500, 503];

fn propose_for_demand() -> Value {
    Operation::new(
        "demands",
        "propose_demand_introduction",
        "为技术需求提出对接 / Propose an introduction for a demand",
    )
    .describe(PROPOSED)
    .secured("records:write")
    .parameters(vec![record("demands", "propose"), openapi::idempotency_key()])
    .body(
        "application/json",
        "DemandIntroductionRequest",
        json!({
            "offer": {"id": tried("capabilities", "show", Tried::Id)},
            "note": "示例：请供给单位联系技术中心。Example: please call the technical centre.",
        }),
    )
    .created(made())
    .errors(&REFUSALS)
    .finish()
}

fn propose_for_capability() -> Value {
    let summary = "为研发能力提出对接 / Propose an introduction for a capability";
    Operation::new("capabilities", "propose_capability_introduction", summary)
        .describe(PROPOSED)
        .secured("records:write")
        .parameters(vec![record("capabilities", "propose"), openapi::idempotency_key()])
        .body(
            "application/json",
            "CapabilityIntroductionRequest",
            json!({"demand": {"id": tried("demands", "show", Tried::Id)}}),
        )
        .created(made())
        .errors(&REFUSALS)
        .finish()
}

fn list() -> Value {
    let word = |words: &[&str]| json!({"type": "string", "enum": words});
    let text = json!({"type": "string", "pattern": RecordRef::PATTERN, "minLength": 17, "maxLength": 36});
    let of_record = |name: &str, about: &str| parameter("query", name, about, text.clone());
    let mut parameters = vec![
        choice("state", "状态。State.", word(&state::ALL), state::ALL.len()),
        of_record("demand", "技术需求的 id 或 code，含并入它的。Id or code of the demand, with those merged into it."),
        of_record(
            "offer",
            "研发能力或仪器的 id 或 code，含并入它的。Id or code of the capability or instrument, with those merged into it.",
        ),
        parameter("query", "province", "任一方所属省市。Province of either side.", word(&PROVINCES)),
        parameter(
            "query",
            "awaiting",
            "待需求方（demand）、供给方（offer）或调用方所代表的一方（mine）答复的。Those that wait for the word of the demand's side, of the offer's, or of \
             a side that the caller speaks for (`mine`).",
            word(&Awaiting::WORDS),
        ),
        parameter(
            "query",
            "overdue",
            "待答复且提出是否已满 30 天。Of those that wait, whether they were proposed more than 30 days ago.",
            json!({"type": "boolean"}),
        ),
    ];
    parameters.extend(paging().into_iter().filter(|one| one["name"] != "include_total"));
    Operation::new(TAG, "list_introductions", "查询对接 / List introductions")
        .describe("调用方可见的对接，提出早者优先；`awaiting=mine` 即待办。可见者：双方单位、提出者及其单位、代表任一方省市者。Introductions that the caller sees, those proposed first \
            first; `awaiting=mine` is the inbox. They are seen by both owners, by their proposer with its organization, and by clients that speak for one of the provinces.")
        .secured("records:read")
        .parameters(parameters)
        .ok(openapi::json_response("一页对接。A page of introductions.", "IntroductionPage").with_header("Link"))
        .errors(&[400, 401, 403, 409, 429, 500, 503])
        .finish()
}

fn show() -> Value {
    Operation::new(TAG, "show_introduction", "查看对接 / Show an introduction")
        .describe("两条记录按现状显示，已并入他条的为承继者；无权查看者得 404。Its records are shown as they are now, merged ones as their successor; 404 to whom it is not visible.")
        .secured("records:read")
        .parameters(vec![reference()])
        .ok(openapi::json_response("对接。The introduction.", "Introduction").with_header("ETag"))
        .errors(&[400, 401, 403, 404, 410, 429, 500, 503])
        .finish()
}

fn history() -> Value {
    Operation::new(TAG, "list_introduction_transitions", "对接的历史与可办理的步骤 / Steps of an introduction and those legal now")
        .describe("已办理的步骤（由早到晚）与调用方当前可办理的步骤。The steps made, oldest first, and those that the caller may make now.")
        .secured("records:read")
        .parameters(vec![reference()])
        .ok(openapi::json_response("历史与可选项。History and choices.", "IntroductionHistory"))
        .errors(&[400, 401, 403, 404, 429, 500, 503])
        .finish()
}

fn move_one() -> Value {
    let mut tag = parameter(
        "header",
        "If-Match",
        "所依据的修订，取自 ETag。The revision this is based on, from ETag; stale → 412, missing or `*` → 428, of before a restore of the register → 409 `register-restored`.",
        json!({"type": "string", "pattern": r#"^"[0-9]{1,16}(\.r[0-9]{1,16})?"$"#, "maxLength": 48}),
    );
    tag["required"] = json!(true);
    Operation::new(TAG, "move_introduction", "办理对接 / Move an introduction")
        .describe("同意：proposed → accepted_one_side → accepted，须两条记录仍已生效且开放；签约（contracted）须有合同编号或项目及签约日期；完成（finished）须有结果；谢绝（declined）与未成\
            （failed）须有原因，提出方以 recalled 撤回。每方由其单位的客户端或其省市受信任的客户端代表。To accept leads from proposed to accepted_one_side to accepted, while both records \
            are official and open; contracted needs a contract number or a project and the day of signing, finished a result, declined and failed a reason; its proposer takes it back by \
            `recalled`. For a side speak clients of its owner and trusted ones of its province.")
        .secured("records:write")
        .parameters(vec![reference(), tag.with_example(json!("\"1\"")), openapi::idempotency_key()])
        .body("application/json", "IntroductionMove", json!({"to": "accepted", "side": "demand"}))
        .ok(openapi::json_response("办理后的对接。The introduction after it.", "Introduction").with_header("ETag"))
        .errors(&[400, 401, 403, 404, 408, 409, 410, 412, 413, 415, 422, 428, 429, 500, 503])
        .finish()
}

fn count() -> Value {
    let day = |name: &str, about: &str| {
        parameter("query", name, about, json!({"type": "string", "format": "date", "maxLength": 10}))
    };
    Operation::new("statistics", "count_introductions", "对接统计 / Count introductions")
        .describe("漏斗：曾到达与现处于各状态者、谢绝与未成的原因、合同金额、各步之间的天数中位数。按调用方可见的对接逐条统计。The funnel: how many reached each state and are in it now, why others \
            ended, amounts contracted, median days between steps; counted from the introductions that the caller sees.")
        .secured("records:read")
        .parameters(vec![
            parameter("query", "province", "任一方所属省市。Province of either side.", json!({"type": "string", "enum": PROVINCES})),
            day("proposed_on_gte", "提出日期不早于（Asia/Shanghai）。Proposed on this day or later."),
            day("proposed_on_lte", "提出日期不晚于（Asia/Shanghai）。Proposed on this day or earlier."),
            openapi::if_none_match(),
        ])
        .ok(openapi::json_response("统计结果。What was counted.", "IntroductionFigures").with_header("ETag"))
        .not_modified()
        .errors(&[400, 401, 403, 429, 500, 503])
        .finish()
}

fn record(kind: &str, purpose: &str) -> Value {
    let schema = json!({"type": "string", "pattern": RecordRef::PATTERN, "minLength": 17, "maxLength": 36});
    parameter("path", "ref", "记录的 id 或 code。Id or code of the record.", schema).with_example(tried(
        kind,
        purpose,
        Tried::Id,
    ))
}

fn reference() -> Value {
    let schema = json!({"type": "string", "pattern": RecordRef::PATTERN, "minLength": 17, "maxLength": 36});
    let about = "对接的 id 或 code；code 的校验位须正确（否则 400）。Id or code of the introduction; a code must have the right check digit (else 400).";
    parameter("path", "ref", about, schema).with_example(json!(EXAMPLE))
}

/// What is made, with what may be done next.
fn made() -> Value {
    let mut response = openapi::json_response("新的对接。The introduction.", "Introduction");
    let link = |operation: &str, what: &str| json!({"operationId": operation, "description": what, "parameters": {"ref": "$response.body#/id"}});
    let mut onward = link("move_introduction", "办理。Move it.");
    onward["parameters"]["If-Match"] = json!("$response.header.ETag");
    response["links"] = json!({
        "show": link("show_introduction", "查看。Show it."),
        "transitions": link("list_introduction_transitions", "历史与可办理的步骤。Its steps."),
        "move": onward,
    });
    response
}
