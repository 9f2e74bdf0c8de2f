//! Creating, replacing, changing and deleting records over HTTP: each handler with its description.

use actix_web::HttpResponse;
use actix_web::web::Path;
use serde_json::{Value, json};

use crate::api::conditional::{self, IfMatch};
use crate::api::openapi::{self, parameter};
use crate::api::query::LONGEST_VALUE;
use crate::api::{Answer, JsonBody, MergePatch, RecordRef};
use crate::auth::scopes::WriteRecords;
use crate::db::{Connection, Id};
use crate::kind::findings::Findings;
use crate::kind::{Kind, pointers};
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::records::commit::UPDATED;
use crate::records::rows::SourceKey;
use crate::records::{judge, loading};
use crate::reference::formats::line_is_clean;
use crate::service::describe::{Response, WithExample, if_match, operation, record_answer, reference_for};
use crate::service::writing::{Entry, Write, changed, created};

pub async fn create(entry: Entry<WriteRecords>, body: JsonBody) -> Outcome<HttpResponse> {
    entry.takes_no_parameters()?;
    let served = entry.served()?;
    let write = Write::of(&entry, served, &body.raw)?;
    let examined = write.examine(body.value);
    let answer = write
        .run(&entry.db, move |write, conn| {
            let saved = write.desk(conn).create(Id::new(), examined.clone(), None)?;
            created(write, &examined.content, saved, conn)
        })
        .await?;
    Ok(answer.into_response())
}

pub async fn upsert(entry: Entry<WriteRecords>, path: Path<String>, body: JsonBody) -> Outcome<HttpResponse> {
    entry.takes_no_parameters()?;
    let served = entry.served()?;
    let source = SourceKey { system: entry.caller.source_system.clone(), id: source_id(&path)? };
    let if_match = IfMatch::of(&entry.request)?;
    let create_only = conditional::create_only(&entry.request)?;
    let write = Write::of(&entry, served, &body.raw)?;
    let any_revision = matches!(if_match, IfMatch::Missing) && !create_only;
    let examined = write.examine(body.value);
    let work = move |write: &Write, conn: &mut Connection| {
        let kind = write.served.kind;
        let Some(loaded) = loading::by_source(kind, &source, conn)? else {
            if !matches!(if_match, IfMatch::Missing) {
                return Err(conditional::missing());
            }
            return match write.desk(conn).create(Id::new(), examined.clone(), Some(source.clone())) {
                // The record that holds the identifier may be this very one, sent twice at once.
                Err(problem) if problem.code() == Code::DuplicateIdentifier => {
                    let rival = loading::by_source(kind, &source, conn)?;
                    Err(rival.map_or(problem, |rival| conditional::conflict(rival.head.revision)))
                }
                made => created(write, &examined.content, made?, conn),
            };
        };
        if create_only {
            return Err(conditional::exists(loaded.head.revision));
        }
        if_match.allow(loaded.head.revision)?;
        let saved = write.desk(conn).replace(loaded, examined.clone(), UPDATED)?;
        Ok(changed(saved))
    };
    // Without a precondition the request applies to the record in whatever revision it has.
    let answer = match any_revision {
        true => write.run_until_current(&entry.db, work).await?,
        false => write.run(&entry.db, work).await?,
    };
    Ok(answer.into_response())
}

pub async fn patch(entry: Entry<WriteRecords>, path: Path<String>, body: MergePatch) -> Outcome<HttpResponse> {
    entry.takes_no_parameters()?;
    let served = entry.served()?;
    let wanted = RecordRef::parse(served.kind, &path)?;
    let if_match = IfMatch::of(&entry.request)?;
    let write = Write::of(&entry, served, &body.raw)?;
    let mut judged = Findings::new(write.actor.at.day_in_shanghai());
    served.kind.checker.check_patch(&body.value, &mut judged);
    let answer = write
        .run(&entry.db, move |write, conn| {
            let loaded = write.load(&wanted, conn)?;
            if_match.require(loaded.head.revision)?;
            let mut merged = loaded.content.clone();
            json_patch::merge(&mut merged, &body.value);
            judge::prefer_patched_references(write.served.kind, &body.value, &mut merged);
            let mut examined = write.examine(merged);
            examined.findings.include(&judged);
            Ok(changed(write.desk(conn).replace(loaded, examined, UPDATED)?))
        })
        .await?;
    Ok(answer.into_response())
}

pub async fn delete(entry: Entry<WriteRecords>, path: Path<String>) -> Outcome<HttpResponse> {
    entry.takes_no_parameters()?;
    let served = entry.served()?;
    let wanted = RecordRef::parse(served.kind, &path)?;
    let if_match = IfMatch::of(&entry.request)?;
    let write = Write::of(&entry, served, b"")?;
    let answer = write
        .run(&entry.db, move |write, conn| {
            let loaded = write.load(&wanted, conn)?;
            if_match.require(loaded.head.revision)?;
            write.desk(conn).delete(&loaded.head)?;
            Ok(Answer::no_content())
        })
        .await?;
    Ok(answer.into_response())
}

/// A source's own key, as it reads after percent-decoding: the router splits the path before.
pub fn source_id(text: &str) -> Outcome<String> {
    let refused = |fault| Err(Problem::of_faults(Code::InvalidParameter, vec![fault]));
    if text.chars().count() > LONGEST_VALUE {
        return refused(Fault::parameter("source_id", "too-long").arg("limit", LONGEST_VALUE));
    }
    match line_is_clean(text) {
        Err(code) => refused(Fault::parameter("source_id", code)),
        Ok(()) if text.contains('/') => refused(Fault::parameter("source_id", "pattern")),
        Ok(()) => Ok(text.to_owned()),
    }
}

pub fn create_operation(kind: &Kind) -> Value {
    operation(kind, "create", "", &format!("新建{}草稿", kind.label.zh), &format!("Create a draft {}", kind.label.en))
        .describe("新建为草稿，随后以 transitions 提交。Makes a draft; submit it with a transition. 全部错误一次列出。Every fault of the body is reported at once.")
        .secured("records:write")
        .parameters(vec![openapi::idempotency_key()])
        .body("application/json", kind.schema, (kind.example)())
        .created(record_answer(kind, "已建立的草稿。The draft.").with_links(kind))
        .errors(&[400, 401, 403, 408, 409, 413, 415, 422, 429, 500, 503])
        .finish()
}

pub fn upsert_operation(kind: &Kind) -> Value {
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

// One media type only: generated Python clients of two with one schema cannot be imported. The text names the other.
pub fn patch_operation(kind: &Kind) -> Value {
    operation(kind, "patch", "", &format!("修改{}", kind.label.zh), &format!("Change {}", kind.label.one()))
        .describe("RFC 7396 合并补丁：null 删除，数组整体替换，application/json 与 application/merge-patch+json 含义相同。Merge patch: null removes, arrays replace whole; both media types mean the same. 请只发送要修改的成员：部分生成的客户端会把未填的成员写成 null，从而将其删除。Send only what changes: models of some generators fill absent members with null, which removes them. 已生效的共建类记录中双方共同签署的成员不能由一方直接修改（409 cosigned-field）。On an active joint record members that both provinces signed cannot be changed by one side (409 cosigned-field).")
        .secured("records:write")
        .parameters(vec![reference_for(kind, "patch"), if_match(kind, "patch")])
        .body("application/merge-patch+json", &format!("{}Patch", kind.schema), json!({"remarks": "示例备注 / example remark"}))
        .ok(record_answer(kind, "修改后的记录。The record after it.").with_header("ETag"))
        .errors(&[400, 401, 403, 404, 408, 409, 410, 412, 413, 415, 422, 428, 429, 500, 503])
        .finish()
}

pub fn delete_operation(kind: &Kind) -> Value {
    operation(kind, "delete", "", &format!("删除{}草稿", kind.label.zh), &format!("Delete a draft {}", kind.label.en))
        .describe("只能删除从未生效的草稿；其他记录以 transitions 撤销。Only drafts that were never published; anything else is withdrawn by a transition.")
        .secured("records:write")
        .parameters(vec![reference_for(kind, "delete"), if_match(kind, "delete")])
        .no_content("已删除。Deleted.")
        .errors(&[400, 401, 403, 404, 409, 410, 412, 428, 429, 500, 503])
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

/// `If-Match` where the caller owns the record by its source key: `*` means that there is one.
const IF_MATCH_OR_ANY: &str = r#"^(\*|"[0-9]{1,16}(\.r[0-9]{1,16})?(-public)?")$"#;
