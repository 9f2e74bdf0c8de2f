//! The operations of every kind, described once, from the kind's declaration, schema and filters.
//!
//! `contract` puts them together with the endpoints that exist once. They describe what `routes` serves: the contract
//! tests walk the document and call every operation.

use serde_json::{Map, Value, json};

use crate::api::openapi::{self, Operation, Tried, parameter, tried};
use crate::api::paging;
use crate::api::query::{LONGEST_VALUE, MOST_VALUES};
use crate::forms::bodies::{
    ConfirmationList, ConfirmationResult, PageInfo, RevisionList, RevisionSummary, TransitionList,
};
use crate::forms::envelope::Envelope;
use crate::forms::summary::RecordSummary;
use crate::kind::components::{allow_null, component_of};
use crate::kind::register::Register;
use crate::kind::{Kind, Member, Shape, pointers};
use crate::reading::filters::{COMMON, GREATEST, INSTANTS, RANGES, TEXTS};
use crate::reading::list;
use crate::reference::{Day, Month, vocabulary};
use crate::service::{change_requests_openapi, history_openapi};

const AMOUNT: &str = r"^(0|[1-9][0-9]{0,14})(\.[0-9]{1,2})?$";
pub const REFERENCE: &str =
    r"^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[A-Z]{3}-[1-9][0-9]{3}-([0-9]{6}|[1-9][0-9]{6})-[0-9])$";
const IF_MATCH: &str = r#"^"[0-9]{1,16}(\.r[0-9]{1,16})?(-public)?"$"#;
/// `If-Match` where the caller owns the record by its source key: `*` means that there is one.
const IF_MATCH_OR_ANY: &str = r#"^(\*|"[0-9]{1,16}(\.r[0-9]{1,16})?(-public)?")$"#;

/// Component schemas of the pipeline and of all kinds: contents, patches, answers, pages.
pub fn components(register: &Register) -> Map<String, Value> {
    let mut all = register.components.clone();
    all.extend(component_of::<ConfirmationList>());
    all.extend(component_of::<ConfirmationResult>());
    all.extend(component_of::<TransitionList>());
    all.extend(component_of::<RevisionList>());
    all.extend(component_of::<PageInfo>());
    all.extend(component_of::<RecordSummary>());
    all.extend(history_openapi::components());
    let envelope: Map<String, Value> = component_of::<Envelope>().into_iter().collect();
    let revision = component_of::<RevisionSummary>().into_iter().find(|(name, _)| name == "RevisionSummary");
    for kind in register.kinds() {
        let content = all.get(kind.schema).cloned().unwrap_or_default();
        let mut record = envelope.get("Envelope").cloned().unwrap_or_default();
        let mut properties = record["properties"].as_object().cloned().unwrap_or_default();
        properties.extend(content["properties"].as_object().cloned().unwrap_or_default());
        let expanded_name = format!("{}Expanded", kind.schema);
        properties.insert("expanded".into(), json!({"$ref": format!("#/components/schemas/{expanded_name}")}));
        all.insert(expanded_name, expanded(kind));
        record["properties"] = Value::Object(properties);
        // Every answer has these, also one cut down by `fields`.
        record["required"] = json!(["id", "code", "revision", "state"]);
        record["description"] =
            json!(format!("{}：登记信息与内容。The {} as readers get it.", kind.label.zh, kind.label.en));
        record.as_object_mut().into_iter().for_each(|members| drop(members.remove("additionalProperties")));
        all.insert(format!("{}Record", kind.schema), record);
        all.insert(
            format!("{}Page", kind.schema),
            json!({
                "type": "object",
                "description": format!("{}列表的一页。A page of {}.", kind.label.zh, kind.name),
                "required": ["items", "page"],
                "properties": {
                    "items": {
                        "type": "array", "maxItems": paging::MAX_LIMIT, "description": "记录。The records.",
                        "items": {"$ref": format!("#/components/schemas/{}Record", kind.schema)},
                    },
                    "page": {"$ref": "#/components/schemas/PageInfo"},
                },
            }),
        );
        if let Some((_, revision)) = &revision {
            let mut revision = revision.clone();
            revision["description"] =
                json!("一次修订及其内容。A step of the history with the content in force after it.");
            revision["properties"]["content"] = json!({"$ref": format!("#/components/schemas/{}", kind.schema)});
            if let Some(required) = revision["required"].as_array_mut() {
                required.push(json!("content"));
            }
            all.insert(format!("{}Revision", kind.schema), revision);
        }
        mark_cosigned(kind, &mut all);
        mark_unordered(kind, &mut all);
        mark_private(kind, &mut all);
    }
    all.extend(envelope.into_iter().filter(|(name, _)| name != "Envelope"));
    all.extend(change_requests_openapi::components(register));
    allow_null(&mut all);
    all
}

/// Members that both provinces sign carry `x-cosigned`.
fn mark_cosigned(kind: &Kind, all: &mut Map<String, Value>) {
    for schema in [kind.schema.to_owned(), format!("{}Record", kind.schema)] {
        let signed = all.get(kind.schema).and_then(|schema| schema.get("properties")).and_then(Value::as_object);
        let names: Vec<String> = signed.into_iter().flat_map(|members| members.keys().cloned()).collect();
        let Some(properties) = all.get_mut(&schema).and_then(|schema| schema.get_mut("properties")) else { continue };
        for name in names.iter().filter(|name| !kind.unsigned.contains(&name.as_str())) {
            properties[name]["x-cosigned"] = json!(true);
        }
    }
}

/// Members that the public view leaves out carry `x-private`.
fn mark_private(kind: &Kind, all: &mut Map<String, Value>) {
    for suffix in ["", "Record", "Patch"] {
        let schema = all.get_mut(&format!("{}{suffix}", kind.schema));
        let Some(properties) = schema.and_then(|schema| schema.get_mut("properties")) else { continue };
        for name in kind.private {
            if let Some(member) = properties.get_mut(*name) {
                member["x-private"] = json!(true);
            }
        }
    }
}

/// Unordered lists carry `x-unordered`, wherever their component is used.
fn mark_unordered(kind: &Kind, all: &mut Map<String, Value>) {
    for suffix in ["", "Record", "Patch"] {
        for set in kind.sets {
            let mut at = format!("{}{suffix}", kind.schema);
            let mut tokens = set.split('/').skip(1).peekable();
            while let Some(token) = tokens.next() {
                let Some(member) = all.get_mut(&at).and_then(|schema| schema["properties"].get_mut(token)) else {
                    break;
                };
                if tokens.peek().is_none() {
                    member["x-unordered"] = json!(true);
                    break;
                }
                let inner = member["$ref"].as_str().and_then(|path| path.rsplit('/').next());
                at = inner.unwrap_or_default().to_owned();
            }
        }
    }
}

fn expanded(kind: &Kind) -> Value {
    let list = json!({"type": "array", "maxItems": 200, "items": {"$ref": "#/components/schemas/RecordSummary"}});
    let names: Map<String, Value> = pointers::expandable(kind)
        .into_iter()
        .map(|name| {
            let mut list = list.clone();
            list["description"] = json!(format!("{name} 所引用的记录。The records that `{name}` refers to."));
            (name.to_owned(), list)
        })
        .collect();
    json!({
        "type": "object", "description": "expand 所列成员引用的记录。What the members named in `expand` refer to.",
        "properties": names,
    })
}

/// The paths of every kind.
pub fn paths(register: &Register) -> Map<String, Value> {
    let mut paths = Map::new();
    for kind in register.kinds() {
        let root = format!("/api/v1/{}", kind.name);
        let item = format!("{root}/{{ref}}");
        paths.insert(root.clone(), json!({"get": list_operation(kind), "post": create(kind)}));
        paths.insert(item.clone(), json!({"get": show(kind), "patch": patch(kind), "delete": delete(kind)}));
        paths.insert(format!("{root}/by-source/{{source_id}}"), json!({"put": upsert(kind)}));
        paths.insert(format!("{item}/transitions"), json!({"get": transitions(kind), "post": transition(kind)}));
        paths.insert(format!("{item}/confirmations"), json!({"get": confirmations(kind), "post": confirm(kind)}));
        paths.insert(format!("{item}/revisions"), json!({"get": revisions(kind)}));
        paths.insert(format!("{item}/revisions/{{number}}"), json!({"get": revision(kind)}));
        paths.extend(history_openapi::paths(kind, &item));
    }
    paths.extend(change_requests_openapi::paths(register));
    paths
}

pub fn operation(kind: &Kind, verb: &str, suffix: &str, zh: &str, en: &str) -> Operation {
    let id = format!("{verb}_{}{suffix}", kind.singular);
    Operation::new(kind.name, &id, &format!("{zh} / {en}"))
}

fn plural(kind: &Kind) -> String {
    kind.table.to_owned()
}

pub(super) fn reference(kind: &Kind) -> Value {
    reference_for(kind, "show")
}

/// The path parameter of an operation that is tried on a demo record of its own.
pub fn reference_for(kind: &Kind, purpose: &str) -> Value {
    parameter(
        "path",
        "ref",
        "记录的 id 或 code；code 须属此种类且校验位正确（否则 400）。Id or code of the record; a code must be of this kind and have the right check digit (else 400).",
        json!({
            "type": "string", "pattern": REFERENCE, "minLength": 17, "maxLength": 36,
        }),
    )
    .with_example(tried(kind.name, purpose, Tried::Id))
}

pub(super) trait WithExample {
    fn with_example(self, example: Value) -> Value;
}

impl WithExample for Value {
    fn with_example(mut self, example: Value) -> Value {
        self["example"] = example;
        self
    }
}

pub fn record_answer(kind: &Kind, description: &str) -> Value {
    openapi::json_response(description, &format!("{}Record", kind.schema))
}

fn list_operation(kind: &Kind) -> Value {
    let mut parameters = paging();
    let (sorts, expands) = (list::sort_names(kind), pointers::expandable(kind));
    let signed: Vec<String> = sorts.iter().flat_map(|name| [(*name).to_owned(), format!("-{name}")]).collect();
    parameters.push(choice(
        "sort",
        "排序，前缀 - 为倒序，至多 3 项，同一项只能一次；最后总按 id 排序。Sort keys, `-` for descending, at most 3, each once; `id` is always the last.",
        json!({"type": "string", "enum": signed}),
        3,
    ));
    parameters.push(fields(kind));
    parameters.push(choice(
        "expand",
        "附上被引用记录的概要，至多 3 项。Adds summaries of referenced records, at most 3.",
        json!({"type": "string", "enum": expands}),
        3,
    ));
    parameters.extend(filters(kind));
    Operation::new(kind.name, &format!("list_{}", plural(kind)), &format!("列出{} / List {}", kind.label.zh, kind.name))
        .describe(&format!(
            "{}\n\n{}\n\n逗号为“或”，不同参数为“与”。A comma means OR, different parameters AND. 不带令牌时只能看到已生效的记录，且不含联系人。Without a token only published records are shown, without contacts.",
            kind.about.zh, kind.about.en
        ))
        .open("records:read")
        .parameters(parameters)
        .ok(openapi::json_response("一页记录。A page of records.", &format!("{}Page", kind.schema))
            .with_header("Link"))
        .errors(&[400, 401, 403, 409, 429, 500, 503])
        .finish()
}

fn create(kind: &Kind) -> Value {
    operation(kind, "create", "", &format!("新建{}草稿", kind.label.zh), &format!("Create a draft {}", kind.label.en))
        .describe("新建为草稿，随后以 transitions 提交。Makes a draft; submit it with a transition. 全部错误一次列出。Every fault of the body is reported at once.")
        .secured("records:write")
        .parameters(vec![openapi::idempotency_key()])
        .body("application/json", kind.schema, (kind.example)())
        .created(record_answer(kind, "已建立的草稿。The draft.").with_links(kind))
        .errors(&[400, 401, 403, 408, 409, 413, 415, 422, 429, 500, 503])
        .finish()
}

fn show(kind: &Kind) -> Value {
    let expand = choice(
        "expand",
        "附上被引用记录的概要，至多 3 项；此时没有 ETag。Adds summaries of referenced records; then there is no ETag.",
        json!({"type": "string", "enum": pointers::expandable(kind)}),
        3,
    );
    operation(kind, "show", "", &format!("查看{}", kind.label.zh), &format!("Show one {}", kind.label.en))
        .describe("按 code 访问时，Content-Location 给出 id 地址。By code, Content-Location has the address by id. 带 fields 或 expand 时没有 ETag。With `fields` or `expand` there is no ETag. 已撤销的记录返回 410。Withdrawn records answer 410.")
        .open("records:read")
        .parameters(vec![reference(kind), fields(kind), expand, history_openapi::as_of(), openapi::if_none_match()])
        .ok(record_answer(kind, "该记录。The record.")
            .with_header("ETag")
            .with_header("Content-Location"))
        .moved("已并入另一条记录。Merged into another record.")
        .not_modified()
        .errors(&[400, 401, 403, 404, 410, 429, 500, 503])
        .finish()
}

fn patch(kind: &Kind) -> Value {
    operation(kind, "patch", "", &format!("修改{}", kind.label.zh), &format!("Change {}", kind.label.one()))
        .describe("RFC 7396 合并补丁：null 删除，数组整体替换，application/json 与 application/merge-patch+json 含义相同。Merge patch: null removes, arrays replace whole; both media types mean the same. 请只发送要修改的成员：部分生成的客户端会把未填的成员写成 null，从而将其删除。Send only what changes: models of some generators fill absent members with null, which removes them. 已生效的共建类记录中双方共同签署的成员不能由一方直接修改（409 cosigned-field）。On an active joint record members that both provinces signed cannot be changed by one side (409 cosigned-field).")
        .secured("records:write")
        .parameters(vec![reference_for(kind, "patch"), if_match(kind, "patch")])
        .body("application/merge-patch+json", &format!("{}Patch", kind.schema), json!({"remarks": "示例备注 / example remark"}))
        .also_as("application/json")
        .ok(record_answer(kind, "修改后的记录。The record after it.").with_header("ETag"))
        .errors(&[400, 401, 403, 404, 408, 409, 410, 412, 413, 415, 422, 428, 429, 500, 503])
        .finish()
}

fn delete(kind: &Kind) -> Value {
    operation(kind, "delete", "", &format!("删除{}草稿", kind.label.zh), &format!("Delete a draft {}", kind.label.en))
        .describe("只能删除从未生效的草稿；其他记录以 transitions 撤销。Only drafts that were never published; anything else is withdrawn by a transition.")
        .secured("records:write")
        .parameters(vec![reference_for(kind, "delete"), if_match(kind, "delete")])
        .no_content("已删除。Deleted.")
        .errors(&[400, 401, 403, 404, 409, 410, 412, 428, 429, 500, 503])
        .finish()
}

fn upsert(kind: &Kind) -> Value {
    let key = parameter("path", "source_id", "报送系统自己的标识；系统名由客户端决定；百分号解码后也须符合此格式，且为可见文本（NFC）。The record's key in the caller's own system, which is bound to the client; it keeps to the pattern after percent-decoding too, and is visible text in NFC.", json!({
        "type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[^\x00-\x1f\x7f/]+$",
    }))
    .with_example(json!("EXAMPLE-0001"));
    let none_match = parameter(
        "header",
        "If-None-Match",
        "`*`：只新建，不覆盖。`*`: create only.",
        json!({"type": "string", "pattern": r"^\*$", "maxLength": 1}),
    );
    let mut if_match = openapi::optional(if_match(kind, "patch"));
    if_match["schema"]["pattern"] = json!(IF_MATCH_OR_ANY);
    if_match["description"] = json!(
        "可选：所依据的修订，取自 ETag，已变更 → 412；`*`：仅在已有记录时写入。Optional: the revision this is based on, from ETag; \
         stale → 412. `*`: only where there is a record."
    );
    operation(kind, "upsert", "", &format!("按来源标识写入{}", kind.label.zh), &format!("Create or replace {} by source key", kind.label.one()))
        .describe("没有则新建（201），有则整体替换（200），相同则不产生新修订（200）。Creates (201), replaces (200), or does nothing when nothing differs (200).")
        .secured("records:write")
        .parameters(vec![key, if_match, none_match])
        .body("application/json", kind.schema, another_example(kind))
        .created(record_answer(kind, "已新建。Created.").with_links(kind))
        .also_ok(record_answer(kind, "已替换或无变化。Replaced, or nothing differed.").with_header("ETag"))
        .errors(&[400, 401, 403, 408, 409, 410, 412, 413, 415, 422, 429, 500, 503])
        .finish()
}

/// The kind's example with other values of its unique members.
fn another_example(kind: &Kind) -> Value {
    let mut content = (kind.example)();
    let first = kind.uniques.iter().filter_map(|unique| unique.at.first());
    let places: Vec<String> =
        first.flat_map(|pattern| pointers::matches(&content, pattern)).map(|(pointer, _)| pointer).collect();
    for pointer in places {
        if let Some(Value::String(text)) = content.pointer_mut(&pointer) {
            text.push_str("-2");
        }
    }
    content
}

fn transitions(kind: &Kind) -> Value {
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

/// The record and the page of its history.
fn history_page(kind: &Kind) -> Vec<Value> {
    let page = paging().into_iter().filter(|one| one["name"] != "include_total");
    std::iter::once(reference(kind)).chain(page).collect()
}

fn transition(kind: &Kind) -> Value {
    operation(kind, "move", "", &format!("变更{}状态", kind.label.zh), &format!("Move {} to another state", kind.label.one()))
        .describe("草稿（draft）→ 已提交（submitted）→ 生效（active）→ 暂停（suspended）或关闭（closed）；已提交可退回草稿，须说明原因；关闭之前均可撤销（withdrawn）；误撤销的，由有权撤销者恢复为撤销前的状态（未生效过的恢复为草稿），须说明原因。A record withdrawn by mistake goes back to the state it had (to draft, if it was never official), by those who may withdraw it, with a reason. 须另一方或另一客户端同意的变更返回 200 时状态尚未改变，见 pending_changes。A move that needs another word answers 200 with the state as it was; see `pending_changes`. 撤销仍被使用的单位，须由同一省市的另一客户端确认。Withdrawing an organization that is in use opens a change request that another client of its province confirms. 不合法的变更返回 409 并列出合法项。Illegal moves answer 409 with the legal ones. 单方记录可由本省市具有 records:publish 的客户端从草稿或已提交直接生效，无须另行确认。A client with `records:publish` makes a single-owner record of its province active at once, from draft or submitted, without a confirmation. 共建类记录的暂停可由任一方（牵头单位或主管部门）单独办理。A joint record is suspended by either side alone: a party that leads, or an agency.")
        .secured("records:write")
        .parameters(vec![reference_for(kind, "move"), if_match(kind, "move"), openapi::idempotency_key()])
        .body("application/json", "TransitionRequest", json!({"to": "submitted"}))
        .ok(record_answer(kind, "变更后的记录。The record after it.").with_header("ETag"))
        .errors(&[400, 401, 403, 404, 408, 409, 410, 412, 413, 415, 422, 428, 429, 500, 503])
        .finish()
}

fn confirmations(kind: &Kind) -> Value {
    operation(kind, "list", "_confirmations", &format!("{}的确认情况", kind.label.zh), &format!("Decisions on {}", kind.label.one()))
        .describe("本次提交的各方决定与待确认的内容指纹。Each province's decision on the present submission, and the digest that is confirmed.")
        .secured("records:read")
        .parameters(vec![reference(kind)])
        .ok(openapi::json_response("确认情况。The decisions.", "ConfirmationList"))
        .errors(&[400, 401, 403, 404, 429, 500, 503])
        .finish()
}

fn confirm(kind: &Kind) -> Value {
    operation(kind, "confirm", "", &format!("确认或不同意{}", kind.label.zh), &format!("Confirm or decline {}", kind.label.one()))
        .describe("只代表调用方所属省市；须给出所确认内容的指纹；自上次生效以来新建、修改、提出或提交过该记录的客户端不能确认（403 four-eyes），单方记录的所属单位也不能（403 own-record；主管部门自己的记录由其另一客户端确认）。Only for the caller's own province and for exactly the digest it names; never by a client that created, changed, proposed or submitted anything of the record since it was last official (403 four-eyes), nor by the owner of a single-owner record (403 own-record; an agency's own is confirmed by another client of it).")
        .secured("records:confirm")
        .parameters(vec![reference_for(kind, "confirm"), openapi::idempotency_key()])
        .body("application/json", "ConfirmationRequest", json!({
            "decision": "confirm",
            "digest": tried(kind.name, "confirm", Tried::Digest),
        }))
        .created(openapi::json_response("已记录的决定。The decision recorded.", "ConfirmationResult").with_links_of_path(kind))
        .errors(&[400, 401, 403, 404, 408, 409, 410, 413, 415, 422, 429, 500, 503])
        .finish()
}

fn revisions(kind: &Kind) -> Value {
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

fn revision(kind: &Kind) -> Value {
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

pub(super) fn revision_number() -> Value {
    parameter(
        "path",
        "number",
        "修订号。Number of the revision.",
        json!({
            "type": "integer", "format": "int64", "minimum": 1, "maximum": 9_007_199_254_740_991_i64,
        }),
    )
}

/// `If-Match`, with the tag of the demo record that the operation is tried on.
pub fn if_match(kind: &Kind, purpose: &str) -> Value {
    let mut tag = parameter(
        "header",
        "If-Match",
        "所依据的修订，取自 ETag。The revision this is based on, from ETag (RFC 9110 §13.1.1); stale → 412, missing or `*` → 428, of before a restore of the register → 409 `register-restored`.",
        json!({
            "type": "string", "pattern": IF_MATCH, "maxLength": 48,
        }),
    );
    tag["required"] = json!(true);
    tag.with_example(tried(kind.name, purpose, Tried::Tag))
}

pub fn paging() -> Vec<Value> {
    vec![
        parameter(
            "query",
            "limit",
            "每页条数。Most items of a page.",
            json!({
                "type": "integer", "format": "int32", "minimum": 1, "maximum": paging::MAX_LIMIT, "default": paging::DEFAULT_LIMIT,
            }),
        ),
        parameter(
            "query",
            "cursor",
            "上一页给出的游标，原样传回。The cursor that the page before gave; opaque.",
            json!({
                "type": "string", "pattern": "^[A-Za-z0-9_-]+$", "minLength": 1, "maxLength": 4096,
            }),
        ),
        parameter(
            "query",
            "include_total",
            "同时给出总数。Also count all.",
            json!({"type": "boolean", "default": false}),
        ),
    ]
}

fn fields(kind: &Kind) -> Value {
    let names = pointers::answer_members(kind);
    let most = names.len();
    choice(
        "fields",
        "只返回这些顶层成员；id、code、revision、state 始终返回。Only these top-level members; id, code, revision and state always come.",
        json!({"type": "string", "enum": names}),
        most,
    )
}

/// A comma-separated list parameter.
pub fn choice(name: &str, description: &str, items: Value, most: usize) -> Value {
    let mut parameter = parameter(
        "query",
        name,
        description,
        json!({"type": "array", "items": items, "minItems": 1, "maxItems": most, "uniqueItems": true}),
    );
    parameter["style"] = json!("form");
    parameter["explode"] = json!(false);
    parameter
}

/// A filter by codes or ids: several are OR.
fn several(name: &str, about: &str, items: Value) -> Value {
    choice(
        name,
        &format!("{about} 多个值以逗号分隔或重复本参数，任一即可。Several by commas or by repeating: any of them."),
        items,
        MOST_VALUES,
    )
}

/// A filter by texts that may have commas in them: only repeated it takes several.
fn texts(name: &str, about: &str) -> Value {
    let items =
        json!({"type": "string", "minLength": 1, "maxLength": LONGEST_VALUE, "pattern": r"^[^\x00-\x1f\x7f-\x9f]+$"});
    let about = format!(
        "{about} 逗号是值的一部分；多个值须重复本参数，任一即可。Commas are part of the value; repeat for several: any of them."
    );
    let mut parameter = choice(name, &about, items, MOST_VALUES);
    parameter["explode"] = json!(true);
    parameter
}

fn filters(kind: &Kind) -> Vec<Value> {
    let mut parameters = Vec::new();
    for common in &COMMON {
        let about = format!("{}。{}.", common.zh, common.en);
        if TEXTS.contains(&common.name) {
            parameters.push(texts(common.name, &about));
            continue;
        }
        let items = match common.name {
            "state" => json!({"$ref": "#/components/schemas/RecordState"}),
            "province" if kind.has_parties() => json!({"type": "string", "enum": provinces()}),
            "province" => json!({"$ref": "#/components/schemas/SideCode"}),
            "owner" => json!({"type": "string", "pattern": REFERENCE, "maxLength": 36}),
            _ => {
                json!({"type": "string", "pattern": "^[A-Z]{3}-[1-9][0-9]{3}-([0-9]{6}|[1-9][0-9]{6})-[0-9]$", "maxLength": 18})
            }
        };
        parameters.push(several(common.name, &about, items));
    }
    for (name, zh, en) in INSTANTS {
        for (suffix, operator) in RANGES {
            let schema = json!({"type": "string", "format": "date-time", "maxLength": 40});
            parameters.push(parameter(
                "query",
                &format!("{name}{suffix}"),
                &format!("{zh} {operator} 此值。{en}: {operator} this."),
                schema,
            ));
        }
    }
    parameters.extend(kind.members.iter().flat_map(member_filters));
    parameters
}

fn provinces() -> Vec<&'static str> {
    let divisions = vocabulary("divisions").into_iter().flat_map(|list| list.entries.iter());
    divisions.map(|entry| entry.code.as_str()).filter(|code| code.ends_with("0000")).collect()
}

fn member_filters(member: &Member) -> Vec<Value> {
    let about = format!("{}。{}.", member.about.zh, member.about.en);
    let codes = |list: &str| -> Vec<&str> { vocabulary(list).map(|list| list.codes().collect()).unwrap_or_default() };
    let mut parameters = match member.shape {
        Shape::Term(list) | Shape::Terms(list) => {
            vec![several(member.name, &about, json!({"type": "string", "enum": codes(list)}))]
        }
        Shape::Divisions => vec![several(
            member.name,
            &format!(
                "{about} 含其下级；填现行代码时，也查到仍填其原代码的记录；填已废止的代码时，只查到填该代码的记录。Includes all below. A code \
                 of today also finds records that carry a code it took over from; a withdrawn one finds those that carry it."
            ),
            json!({"type": "string", "enum": codes("divisions")}),
        )],
        Shape::Text | Shape::Texts => vec![texts(member.name, &about)],
        Shape::Code(format) => {
            let items = match format {
                Some(format) => json!({"type": "string", "format": format, "minLength": 1, "maxLength": 40}),
                None => json!({"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[^\x00-\x1f\x7f,]+$"}),
            };
            vec![several(member.name, &about, items)]
        }
        Shape::Flag => vec![parameter("query", member.name, &about, json!({"type": "boolean"}))],
        Shape::Reference(_) | Shape::References(_) | Shape::Parties => {
            vec![several(
                member.name,
                &format!("{about} id 或 code。Id or code."),
                json!({"type": "string", "pattern": REFERENCE, "maxLength": 36}),
            )]
        }
        Shape::Integer | Shape::Money | Shape::Day | Shape::Month => {
            let schema = match member.shape {
                Shape::Money => json!({"type": "string", "pattern": AMOUNT, "maxLength": 18}),
                Shape::Day => json!({"type": "string", "format": "date", "pattern": Day::PATTERN, "maxLength": 10}),
                Shape::Month => json!({"type": "string", "format": "month", "pattern": Month::PATTERN, "maxLength": 7}),
                _ => json!({"type": "integer", "format": "int64", "minimum": 0, "maximum": GREATEST}),
            };
            std::iter::once(("", "="))
                .chain(RANGES)
                .map(|(suffix, operator)| {
                    parameter(
                        "query",
                        &format!("{}{suffix}", member.name),
                        &format!("{about} {operator}"),
                        schema.clone(),
                    )
                })
                .collect()
        }
    };
    if member.shape.has_presence() {
        let name = format!("has_{}", member.name);
        parameters.push(parameter(
            "query",
            &name,
            &format!("有无此项：{}。Whether it is present: {}.", member.about.zh, member.about.en),
            json!({"type": "boolean"}),
        ));
    }
    parameters
}

/// Additions to a response object.
pub trait Response {
    fn with_header(self, name: &str) -> Value;
    fn with_links(self, kind: &Kind) -> Value;
    fn with_links_of_path(self, kind: &Kind) -> Value;
}

impl Response for Value {
    fn with_header(mut self, name: &str) -> Value {
        self["headers"][name] = openapi::header(name);
        self
    }

    fn with_links(mut self, kind: &Kind) -> Value {
        let to = |verb: &str| format!("{verb}_{}", kind.singular);
        let link = |operation: String, what: &str| json!({"operationId": operation, "description": what, "parameters": {"ref": "$response.body#/id"}});
        let tagged = |operation: String, what: &str| {
            json!({"operationId": operation, "description": what,
                   "parameters": {"ref": "$response.body#/id", "If-Match": "$response.header.ETag"}})
        };
        self["links"] = json!({
            "show": link(to("show"), "查看。Show it."),
            "patch": tagged(to("patch"), "修改。Change it."),
            "move": tagged(to("move"), "提交。Submit it."),
            "delete": tagged(to("delete"), "删除。Delete it."),
            "transitions": link(format!("{}_transitions", to("list")), "状态历史。Its moves."),
            "confirmations": link(format!("{}_confirmations", to("list")), "确认情况。Its confirmations."),
            "confirm": link(to("confirm"), "确认。Confirm it."),
            "revisions": link(format!("{}_revisions", to("list")), "修订历史。Its history."),
        });
        self
    }

    /// The same for an answer that is not the record itself: the record is the one in the path.
    fn with_links_of_path(mut self, kind: &Kind) -> Value {
        let link = |operation: String, what: &str| json!({"operationId": operation, "description": what, "parameters": {"ref": "$request.path.ref"}});
        self["links"] = json!({
            "show": link(format!("show_{}", kind.singular), "查看记录。Show the record."),
            "confirmations": link(format!("list_{}_confirmations", kind.singular), "确认情况。Its confirmations."),
        });
        self
    }
}
