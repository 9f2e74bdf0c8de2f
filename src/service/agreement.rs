//! Moves between states and confirmations over HTTP: each handler with its description.

use actix_web::HttpResponse;
use actix_web::web::Path;
use serde_json::{Value, json};

use crate::agreement::decisions::decided;
use crate::agreement::moves::Wish;
use crate::api::conditional::IfMatch;
use crate::api::openapi::{self, Tried, tried};
use crate::api::{JsonBody, RecordRef};
use crate::auth::scopes::{ConfirmRecords, WriteRecords};
use crate::forms::bodies::TransitionRequest;
use crate::kind::Kind;
use crate::problem::Outcome;
use crate::records::rows::Succession;
use crate::service::describe::{Response, if_match, operation, record_answer, reference_for};
use crate::service::writing::{Entry, Served, Write, changed, confirmation_answer};

pub async fn transition(entry: Entry<WriteRecords>, path: Path<String>, body: JsonBody) -> Outcome<HttpResponse> {
    entry.takes_no_parameters()?;
    let served = entry.served()?;
    let wanted = RecordRef::parse(served.kind, &path)?;
    let if_match = IfMatch::of(&entry.request)?;
    let write = Write::of(&entry, served, &body.raw)?;
    let answer = write
        .run(&entry.db, move |write, conn| {
            let Served { register, kind } = write.served;
            let loaded = write.load_with_withdrawn(&wanted, conn)?;
            if_match.require(loaded.head.revision)?;
            let wish: TransitionRequest = register.requests.transition(&body.value)?;
            let reason = wish.reason.as_deref();
            let succession =
                Succession::find(kind, &loaded.head, wish.superseded_by.as_ref(), wish.merged_into.as_ref(), conn)?;
            let wish = Wish { to: &wish.to, reason, succession };
            let saved = write.desk(conn).move_to(loaded, wish)?;
            Ok(changed(saved))
        })
        .await?;
    Ok(answer.into_response())
}

pub async fn confirm(entry: Entry<ConfirmRecords>, path: Path<String>, body: JsonBody) -> Outcome<HttpResponse> {
    entry.takes_no_parameters()?;
    let served = entry.served()?;
    let wanted = RecordRef::parse(served.kind, &path)?;
    let write = Write::of(&entry, served, &body.raw)?;
    let answer = write
        .run_until_current(&entry.db, move |write, conn| {
            let requests = &write.served.register.requests;
            let loaded = write.load(&wanted, conn)?;
            let decided = decided(requests.confirmation(&body.value)?, &write.actor, conn)?;
            let word = decided.word;
            let saved = write.desk(conn).decide_submission(loaded, decided)?;
            confirmation_answer(write, word, &saved, conn)
        })
        .await?;
    Ok(answer.into_response())
}

pub fn transition_operation(kind: &Kind) -> Value {
    operation(kind, "move", "", &format!("变更{}状态", kind.label.zh), &format!("Move {} to another state", kind.label.one()))
        .describe("草稿（draft）→ 已提交（submitted）→ 生效（active）→ 暂停（suspended）或关闭（closed）；已提交可退回草稿，须说明原因；关闭之前均可撤销（withdrawn）；误撤销的，由有权撤销者恢复为撤销前的状态（未生效过的恢复为草稿），须说明原因。A record withdrawn by mistake goes back to the state it had (to draft, if it was never official), by those who may withdraw it, with a reason. 须另一方或另一客户端同意的变更返回 200 时状态尚未改变，见 pending_changes。A move that needs another word answers 200 with the state as it was; see `pending_changes`. 撤销仍被使用的单位，须由同一省市的另一客户端确认。Withdrawing an organization that is in use opens a change request that another client of its province confirms. 不合法的变更返回 409 并列出合法项。Illegal moves answer 409 with the legal ones. 单方记录可由本省市具有 records:publish 的客户端从草稿或已提交直接生效，无须另行确认。A client with `records:publish` makes a single-owner record of its province active at once, from draft or submitted, without a confirmation. 共建类记录的暂停可由任一方（牵头单位或主管部门）单独办理。A joint record is suspended by either side alone: a party that leads, or an agency.")
        .secured("records:write")
        .parameters(vec![reference_for(kind, "move"), if_match(kind, "move"), openapi::idempotency_key()])
        .body("application/json", "TransitionRequest", json!({"to": "submitted"}))
        .ok(record_answer(kind, "变更后的记录。The record after it.").with_header("ETag"))
        .errors(&[400, 401, 403, 404, 408, 409, 410, 412, 413, 415, 422, 428, 429, 500, 503])
        .finish()
}

pub fn confirm_operation(kind: &Kind) -> Value {
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
