//! What every record answers beside its content.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::Language;
use crate::db::{Id, Moment};
use crate::problem::{Fault, Place};

/// The members that the service writes beside a content: clients may not send them.
pub const ENVELOPE: [&str; 16] = [
    "id",
    "code",
    "revision",
    "state",
    "state_reason",
    "created_at",
    "updated_at",
    "published_at",
    "province",
    "owner",
    "source_system",
    "source_id",
    "digest",
    "confirmations",
    "pending_changes",
    "warnings",
];

/// 每条记录共有的成员。Members that every record has beside its content.
#[derive(Serialize, ToSchema)]
pub struct Envelope<'a> {
    /// 记录标识（UUIDv7），由服务生成。Identifier (UUIDv7, RFC 9562), made by the service.
    #[schema(value_type = String, format = "uuid", max_length = 36, read_only)]
    pub id: Id,
    /// 记录编号，含 Luhn 校验位。Code with a Luhn check digit over year and serial; never reused.
    #[schema(pattern = "^[A-Z]{3}-[1-9][0-9]{3}-([0-9]{6}|[1-9][0-9]{6})-[0-9]$", max_length = 18, read_only)]
    pub code: &'a str,
    /// 修订号，每次可见变更加一；ETag 由它得出。Rises with every visible change; the ETag is made from it.
    #[schema(minimum = 1, maximum = 9007199254740991_i64, read_only)]
    pub revision: i64,
    /// 办理状态。Where the record stands on its way to being official.
    #[schema(value_type = RecordState, read_only)]
    pub state: &'a str,
    /// 当前状态的原因（退回、暂停、关闭）。Why the record is in this state (returned, suspended, closed).
    #[schema(max_length = 2000, read_only)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<&'a str>,
    /// 建立时间（UTC）。When the record was made (UTC).
    #[schema(value_type = String, format = "date-time", max_length = 24, read_only)]
    pub created_at: Moment,
    /// 最近一次可见变更的时间（UTC）。When it last changed visibly (UTC).
    #[schema(value_type = String, format = "date-time", max_length = 24, read_only)]
    pub updated_at: Moment,
    /// 首次生效时间（UTC）。When it first became active (UTC).
    #[schema(value_type = Option<String>, format = "date-time", max_length = 24, read_only)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Moment>,
    /// 保管本记录的一方。The side that keeps the record (GB/T 2260 province code).
    #[schema(value_type = SideCode, read_only)]
    pub province: &'a str,
    /// 所属单位（单方记录）。The organization that owns a single-owner record.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Reference>)]
    pub owner: Option<OwnerReference<'a>>,
    /// 报送方的系统（由客户端决定）。The system that sent the record, bound to the client.
    #[schema(max_length = 64, read_only)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_system: Option<&'a str>,
    /// 报送方系统中的标识。The key of the record there (`PUT …/by-source/{source_id}`).
    #[schema(max_length = 200, read_only)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_id: Option<&'a str>,
    /// 两地共同确认的内容的指纹。SHA-256 over the RFC 8785 text of the co-signed members: what a province confirms.
    /// 所属单位不公开时，公开视图中没有。Absent in the public view of a record whose owner is not named.
    #[schema(value_type = String, pattern = "^sha-256:[0-9a-f]{64}$", max_length = 72, read_only)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<&'a str>,
    /// 本次提交的各方决定；草稿没有。What each province concerned decided on the present submission; none on drafts.
    #[schema(max_items = 2, read_only)]
    pub confirmations: Vec<Decision<'a>>,
    /// 待办结的变更申请与双方事项。Change requests that wait for a decision, moves that need both provinces among them.
    pub pending_changes: PendingChanges,
    /// 不妨碍报送、但应核对之处。What does not block but should be looked at.
    #[schema(max_items = 200, read_only)]
    pub warnings: Vec<Warning>,
}

impl Envelope<'_> {
    /// Without what reveals the owner; the digest would, because every organization could be tried against it.
    pub fn without_owner(self) -> Self {
        Envelope { owner: None, source_system: None, source_id: None, digest: None, ..self }
    }
}

/// 办理状态。State of a record (`docs/rules.md` §3).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordState {
    Draft,
    Submitted,
    Active,
    Suspended,
    Closed,
    Withdrawn,
}

/// 省级行政区划代码：500000 重庆，510000 四川。Province code (GB/T 2260): 500000 Chongqing, 510000 Sichuan.
#[derive(Serialize, ToSchema)]
pub enum SideCode {
    #[serde(rename = "500000")]
    Chongqing,
    #[serde(rename = "510000")]
    Sichuan,
}

/// What [`Envelope::owner`] is written from.
#[derive(Serialize)]
pub struct OwnerReference<'a> {
    pub id: Id,
    pub code: &'a str,
}

/// 一方的决定。What one province decided.
#[derive(Serialize, ToSchema)]
#[schema(as = SideDecision)]
pub struct Decision<'a> {
    /// 省级行政区划代码。Province code.
    #[schema(value_type = SideCode)]
    pub province: &'a str,
    /// 决定。The decision.
    #[schema(value_type = DecisionWord)]
    pub decision: &'a str,
    /// 决定时间（UTC）。When it was made (UTC); absent while pending.
    #[schema(value_type = Option<String>, format = "date-time", max_length = 24)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
}

/// 决定：待定、确认、不同意。Pending, confirmed or declined.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionWord {
    Pending,
    Confirm,
    Decline,
}

/// 待办结变更申请的数目。How many change requests wait.
#[derive(Serialize, ToSchema, Default)]
pub struct PendingChanges {
    /// 数目。Their number.
    #[schema(minimum = 0, maximum = 2, format = "int32", read_only)]
    pub count: i32,
    /// 地址。Where they are found.
    #[schema(max_items = 2, read_only, value_type = Vec<ChangeRequestPath>)]
    pub links: Vec<String>,
}

/// 变更申请的地址。Path of a change request.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = "^/api/v1/change-requests/[0-9a-f-]{36}$", max_length = 64)]
#[allow(dead_code)] // describes the form of such a text
pub struct ChangeRequestPath(String);

/// 提示。A warning.
#[derive(Serialize, ToSchema)]
pub struct Warning {
    /// RFC 6901 片段。RFC 6901 fragment into the record.
    #[schema(max_length = 500)]
    pub pointer: String,
    /// 提示代码。Stable code of the warning.
    #[schema(max_length = 64)]
    pub code: &'static str,
    /// 说明（中文）。The sentence in Chinese.
    #[schema(max_length = 1000)]
    pub detail_zh: String,
    /// 说明（英文）。The sentence in English.
    #[schema(max_length = 1000)]
    pub detail_en: String,
}

impl Warning {
    pub fn of(fault: &Fault) -> Warning {
        let pointer = match &fault.place {
            Place::Pointer(pointer) | Place::Parameter(pointer) => pointer.clone(),
            Place::Header(name) => (*name).to_owned(),
        };
        let say = |language: Language| language.say(&format!("fault-{}", fault.code), &fault.args).unwrap_or_default();
        Warning { pointer, code: fault.code, detail_zh: say(Language::Zh), detail_en: say(Language::En) }
    }
}

/// The reference to another record inside a content: `{"id", "code"}`.
///
/// Either member may be sent; the service fills in the other, and refuses a pair that does not belong together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(
    description = "对另一条记录的引用：id 与 code 至少给出一个，服务补全另一个。A reference to another record: give `id` or \
                        `code` (or both, which must then belong together); the service fills in the other."
)]
pub struct Reference {
    /// 记录标识（UUIDv7）。Identifier of the record (UUIDv7, RFC 9562).
    #[schema(value_type = Option<String>, format = "uuid", max_length = 36, example = "019abf00-0000-7000-8000-000000000001")]
    pub id: Option<Id>,
    /// 记录编号，含校验位。Code of the record, with its check digit.
    #[schema(value_type = Option<String>, pattern = "^[A-Z]{3}-[1-9][0-9]{3}-([0-9]{6}|[1-9][0-9]{6})-[0-9]$", max_length = 18, example = "ORG-2026-000001-1")]
    pub code: Option<String>,
}
