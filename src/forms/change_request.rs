//! A change request as it is shown.

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType};

use crate::db::{Id, Moment};
use crate::forms::bodies::{Confirmation, PageInfo};
use crate::forms::envelope::{RecordState, SideCode};
use crate::forms::summary::RecordSummary;

/// 一处差异。A place where two contents differ.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Difference {
    /// RFC 6901 指针，指向内容中的成员。RFC 6901 pointer to the member of the content.
    #[schema(max_length = 4000, pattern = "^(/[^/]*)*$")]
    pub pointer: String,
    /// 之前的值，原先没有此成员时省略。The value before; absent when the member was not there.
    #[schema(schema_with = before)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// 之后的值，不再有此成员时省略。The value after; absent when the member is no longer there.
    #[schema(schema_with = after)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// 变更申请：等待或曾等待两省市确认的提交、变更或状态事项。A change request: a submission, a change of official content, or a move,
/// that waits or waited for the word of the provinces.
#[derive(Serialize, ToSchema)]
pub struct ChangeRequest {
    /// 标识。Identifier.
    #[schema(value_type = String, format = "uuid", max_length = 36)]
    pub id: Id,
    /// 申请事项。What it is about.
    #[schema(value_type = ChangeRequestPurpose)]
    pub purpose: String,
    /// 办理情况。How it stands or ended.
    #[schema(value_type = ChangeRequestState)]
    pub state: String,
    /// 所涉记录。The record it is about.
    pub record: RecordSummary,
    /// 申请的客户端。The client that proposed it.
    #[schema(max_length = 63)]
    pub client: String,
    /// 该客户端所属单位的标识。Id of its organization.
    #[schema(value_type = Option<String>, format = "uuid", max_length = 36)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_id: Option<Id>,
    /// 申请的一方。The side for which it was proposed.
    #[schema(value_type = SideCode)]
    pub province: String,
    /// 申请原因。Why.
    #[schema(max_length = 2000)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// 申请时所见的修订号。The revision that its author saw.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    pub base_revision: i64,
    /// 目标状态（仅状态事项）。Where a move leads.
    #[schema(value_type = Option<RecordState>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// 取代者（仅撤销）。What takes the place of a record that is withdrawn.
    #[schema(value_type = Option<String>, format = "uuid", max_length = 36)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor_id: Option<Id>,
    /// 是否并入取代者。Whether the record is merged into it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merges: Option<bool>,
    /// 仍在使用该记录者（仅待答复的撤销申请；列表中省略）。Who still uses the record: of a withdrawal that waits; left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_use: Option<Usage>,
    /// 须确认的指纹：提交与变更为（拟）生效内容的指纹，状态事项为该事项的指纹。What is confirmed: the digest of the (proposed)
    /// content, or of the move.
    #[schema(pattern = "^sha-256:[0-9a-f]{64}$", max_length = 72)]
    pub digest: String,
    /// 尚待表态的省市。The provinces that have not answered yet.
    #[schema(max_items = 2, value_type = Vec<SideCode>)]
    pub awaiting: Vec<&'static str>,
    /// 等待已满 30 天；逾期未表态不视为同意。True when it has waited for more than 30 days; silence never confirms.
    pub overdue: bool,
    /// 已作出的决定。The decisions made on it.
    #[schema(max_items = 2)]
    pub confirmations: Vec<Confirmation>,
    /// 拟变更之处，列表中省略。Where the proposed content differs; left out in lists.
    #[schema(max_items = 2000)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub differences: Option<Vec<Difference>>,
    /// 变更后的内容，列表中省略。The proposed content as a whole; left out in lists.
    #[schema(schema_with = proposed_content)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Box<RawValue>>,
    /// 与其间变更相冲突之处（RFC 6901）。Where it meets what changed meanwhile (RFC 6901 pointers).
    #[schema(max_items = 2000, value_type = Vec<ContentPointer>)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<String>,
    /// 申请时间（UTC）。When it was proposed (UTC).
    #[schema(value_type = String, format = "date-time", max_length = 24)]
    pub opened_at: Moment,
    /// 办结时间（UTC）。When it ended (UTC).
    #[schema(value_type = Option<String>, format = "date-time", max_length = 24)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<Moment>,
    /// 不同意或撤回的原因。Why it was declined or taken back.
    #[schema(max_length = 2000)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_reason: Option<String>,
}

fn proposed_content() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    any_value("变更后的内容，列表中省略。The proposed content as a whole, of the record's kind; left out in lists.")
}

/// RFC 6901 指针。A pointer into a content.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = "^(/[^/]*)*$", max_length = 4000)]
#[allow(dead_code)] // describes the form of such a text
pub struct ContentPointer(String);

/// 申请事项：提交、变更、状态事项。A submission, a change of official content, or a move to another state.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeRequestPurpose {
    Submission,
    Change,
    Move,
}

/// 办理情况：待确认、已生效、不同意、已撤回、有冲突、已失效。Open; accepted by all and in effect; declined; taken back by its author;
/// conflicted with another change; lapsed with the state of its record.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeRequestState {
    Open,
    Accepted,
    Declined,
    Recalled,
    Conflicted,
    Lapsed,
}

/// 变更申请列表的一页，等待时间长者优先。A page of change requests, those that wait longest first.
#[derive(Serialize, ToSchema)]
pub struct ChangeRequestPage {
    /// 变更申请。The change requests.
    #[schema(max_items = 200)]
    pub items: Vec<ChangeRequest>,
    /// 分页。Paging.
    pub page: PageInfo,
}

/// 仍在使用该记录者。Who still uses a record: records that refer to it or belong to it, and clients that act for it.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = RecordUsage)]
pub struct Usage {
    /// 引用或归属于它的有效记录数。How many records refer to it or belong to it: those that wait for confirmation or are official.
    #[schema(minimum = 0, maximum = 9007199254740991_i64)]
    pub records: i64,
    /// 代表它的客户端数。How many clients act for it.
    #[schema(minimum = 0, maximum = 9007199254740991_i64)]
    pub clients: i64,
    /// 其中调用方可见的前若干条记录。The first of these records that the caller may see.
    #[schema(max_items = 20)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<RecordSummary>,
}

pub fn after() -> RefOr<Schema> {
    any_value(
        "之后的值（任意 JSON），不再有此成员时省略。The value after, any JSON; absent when the member is no longer there.",
    )
}

pub fn before() -> RefOr<Schema> {
    any_value(
        "之前的值（任意 JSON），原先没有此成员时省略。The value before, any JSON; absent when the member was not there.",
    )
}

/// A schema without a type: every generator knows it as its language's "any value".
pub fn any_value(description: &str) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(SchemaType::AnyValue).description(Some(description)).into()
}
