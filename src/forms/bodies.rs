//! Small bodies that are the same for all kinds: transitions and confirmations, and the answers around them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::db::{Id, Moment};
use crate::forms::envelope::{Decision, DecisionWord, RecordState, Reference, SideCode};
use crate::forms::signatory::{Signatory, SignatoryRequest};

/// 状态变更请求。A move to another state.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TransitionRequest {
    /// 目标状态。The state to move to.
    #[schema(required = true, value_type = RecordState)]
    pub to: String,
    /// 原因；退回、暂停、关闭、撤销与恢复已撤销者必填。Why; required for returning, suspending, closing, withdrawing and bringing back.
    #[schema(max_length = 2000, min_length = 1)]
    pub reason: Option<String>,
    /// 取代本记录者（仅撤销）。The record that takes the place of this one (withdrawal only).
    pub superseded_by: Option<Reference>,
    /// 本记录系重复登记，并入该记录（仅撤销）；对它的引用随之转移。The record that this duplicate is merged into (withdrawal
    /// only): references move with it, and readers are sent there (301).
    pub merged_into: Option<Reference>,
}

/// 确认或不同意。A province's word on a submission or a change request.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConfirmationRequest {
    /// 决定。The decision.
    #[schema(required = true, value_type = ConfirmationWord)]
    pub decision: String,
    /// 所确认内容的指纹，须与记录（或变更申请）的 digest 一致。Digest of what is meant; must equal the `digest` of the record, or of the change request that is decided on.
    #[schema(required = true, pattern = "^sha-256:[0-9a-f]{64}$", max_length = 72, min_length = 72)]
    pub digest: String,
    /// 签署方：本省市已登记的单位，或自报名称。Who signs: an organization of the province, or an office as the client states it.
    pub signatory: Option<SignatoryRequest>,
    /// 原因；不同意时必填。Why; required when declining.
    #[schema(max_length = 2000, min_length = 1)]
    pub reason: Option<String>,
}

/// 确认或不同意。Confirm or decline.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmationWord {
    Confirm,
    Decline,
}

/// 一次确认的结果。What a confirmation did.
#[derive(Serialize, ToSchema)]
#[schema(as = ConfirmationResult)]
pub struct ConfirmationResult<'a> {
    /// 作出决定的省市。The deciding province.
    #[schema(value_type = SideCode)]
    pub province: &'a str,
    /// 决定。The decision.
    #[schema(value_type = ConfirmationWord)]
    pub decision: &'a str,
    /// 所确认内容的指纹。Digest of the content that was meant.
    #[schema(pattern = "^sha-256:[0-9a-f]{64}$", max_length = 72)]
    pub digest: &'a str,
    /// 记录的新修订号。The record's new revision.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    pub revision: i64,
    /// 记录的新状态。The record's new state.
    #[schema(value_type = RecordState)]
    pub state: &'a str,
    /// 另一方的决定（共建类记录）。What the other province decided (joint records).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counterpart: Option<Decision<'a>>,
}

/// 一次决定的全部信息。A decision with who made it.
#[derive(Serialize, ToSchema)]
pub struct Confirmation {
    /// 省市。Province.
    #[schema(value_type = SideCode)]
    pub province: String,
    /// 决定。Decision.
    #[schema(value_type = DecisionWord)]
    pub decision: String,
    /// 所确认内容的指纹；待定时没有。Digest of what was decided on; absent while pending.
    #[schema(pattern = "^sha-256:[0-9a-f]{64}$", max_length = 72)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// 作出决定的客户端。The deciding client.
    #[schema(max_length = 63)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// 签署方。Who signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signatory: Option<Signatory>,
    /// 原因。Why.
    #[schema(max_length = 2000)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// 时间（UTC）。When (UTC).
    #[schema(value_type = Option<String>, format = "date-time", max_length = 24)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
}

/// 本次提交的确认情况。The decisions on the present submission.
#[derive(Serialize, ToSchema)]
pub struct ConfirmationList {
    /// 待确认内容的指纹。Digest of the content that waits for confirmation.
    #[schema(pattern = "^sha-256:[0-9a-f]{64}$", max_length = 72)]
    pub digest: String,
    /// 记录状态。State of the record.
    #[schema(value_type = RecordState)]
    pub state: String,
    /// 提交满 30 天仍未办结。True when it has waited for more than 30 days; silence never confirms.
    pub overdue: bool,
    /// 各方决定。Each province's decision.
    #[schema(max_items = 2)]
    pub items: Vec<Confirmation>,
}

/// 一次状态变更。A move that was made.
#[derive(Serialize, ToSchema)]
pub struct Transition {
    /// 变更后的修订号。The revision it brought.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    pub revision: i64,
    /// 动作。What was done.
    #[schema(max_length = 40)]
    pub action: String,
    /// 变更后的状态。The state after it.
    #[schema(value_type = RecordState)]
    pub to: String,
    /// 客户端。The client that did it.
    #[schema(max_length = 63)]
    pub client: String,
    /// 客户端所属省市。The client's province.
    #[schema(value_type = Option<SideCode>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    /// 原因。Why.
    #[schema(max_length = 2000)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// 时间（UTC）。When (UTC).
    #[schema(value_type = String, format = "date-time", max_length = 24)]
    pub at: Moment,
}

/// 调用方当前可办理的变更。A move the caller may make now.
#[derive(Serialize, ToSchema)]
pub struct LegalTransition {
    /// 目标状态。The state it leads to.
    #[schema(value_type = RecordState)]
    pub to: &'static str,
    /// 是否须说明原因。Whether a reason is required.
    pub needs_reason: bool,
}

/// 状态变更的历史与可选项。The moves made, and those the caller may make now.
#[derive(Serialize, ToSchema)]
pub struct TransitionList {
    /// 历史，由早到晚。What was done, oldest first.
    #[schema(max_items = 200)]
    pub items: Vec<Transition>,
    /// 调用方当前可办理的变更。What the caller may do now.
    #[schema(max_items = 6)]
    pub legal: Vec<LegalTransition>,
    /// 历史的分页。Paging of the history.
    pub page: PageInfo,
}

/// 一次修订。A step of the history.
#[derive(Serialize, ToSchema)]
pub struct RevisionSummary {
    /// 修订号。Number.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    pub revision: i64,
    /// 动作。What was done.
    #[schema(max_length = 40)]
    pub action: String,
    /// 状态。State after it.
    #[schema(value_type = RecordState)]
    pub state: String,
    /// 内容指纹。Digest of the content in force after it.
    #[schema(pattern = "^sha-256:[0-9a-f]{64}$", max_length = 72)]
    pub digest: String,
    /// 客户端。The client that did it.
    #[schema(max_length = 63)]
    pub client: String,
    /// 客户端所属单位的标识。Its organization.
    #[schema(value_type = Option<String>, format = "uuid", max_length = 36)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_id: Option<Id>,
    /// 客户端所属省市。Its province.
    #[schema(value_type = Option<SideCode>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    /// 原因。Why.
    #[schema(max_length = 2000)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// 请求标识。Id of the request that did it.
    #[schema(value_type = String, format = "uuid", max_length = 36)]
    pub request_id: Id,
    /// 时间（UTC）。When (UTC).
    #[schema(value_type = String, format = "date-time", max_length = 24)]
    pub at: Moment,
}

/// 修订历史。The history of a record.
#[derive(Serialize, ToSchema)]
pub struct RevisionList {
    /// 由早到晚。Oldest first.
    #[schema(max_items = 200)]
    pub items: Vec<RevisionSummary>,
    /// 分页。Paging.
    pub page: PageInfo,
}

/// 分页信息。Where a page stands.
#[derive(Serialize, ToSchema)]
pub struct PageInfo {
    /// 每页条数。Most items of a page.
    #[schema(minimum = 1, maximum = 200)]
    pub limit: i32,
    /// 是否还有下一页。Whether there is a next page.
    pub has_more: bool,
    /// 下一页的游标，原样传回。Cursor of the next page; opaque, send it back as it is.
    #[schema(max_length = 4096)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// 总数，仅在 include_total=true 时给出。Exact total, only with `include_total=true`.
    #[schema(minimum = 0, maximum = 9007199254740991_i64)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// 检索无结果时，仅差一字的名称。Where a search found nothing: names that differ from it by one character.
    #[schema(max_items = 5)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub did_you_mean: Vec<SuggestedName>,
}

/// 相近的名称。A name that is near.
#[derive(Serialize, ToSchema)]
#[schema(max_length = 400, example = "重庆大学")]
pub struct SuggestedName(pub String);
