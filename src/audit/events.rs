//! One audit event: as it is appended, and as it is published and sealed.

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::{Id, Moment};

/// `concerns` of events that are visible to both provinces' auditors.
pub const BOTH: &str = "both";

/// 经办者：已认证的客户端、运行人员（命令行）、未通过认证者。Who did it: an authenticated client, the operator (command line), or somebody
/// who was not authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuditActor)]
pub enum ActorKind {
    Client,
    Operator,
    Unauthenticated,
}

impl ActorKind {
    /// As it is stored and published.
    pub fn name(self) -> &'static str {
        match self {
            ActorKind::Client => "client",
            ActorKind::Operator => "operator",
            ActorKind::Unauthenticated => "unauthenticated",
        }
    }
}

/// The record that an event is about.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Kind as in paths, such as `joint-labs`.
    pub kind: String,
    pub id: Id,
    pub code: String,
}

/// A record's revision and digest on one side of a change.
#[derive(Debug, Clone)]
pub struct Version {
    pub revision: i64,
    pub digest: String,
}

/// An event to be appended; position and hashes are set by the log.
#[derive(Debug, Clone)]
pub struct NewEvent {
    pub at: Moment,
    /// `{kind}.{action}`, such as `joint_lab.updated`.
    pub action: String,
    pub actor: ActorKind,
    pub subject: Option<Subject>,
    pub client_id: Option<Id>,
    pub client: Option<String>,
    pub org_id: Option<Id>,
    pub province: Option<String>,
    /// The province whose auditors see it, or [`BOTH`].
    pub concerns: String,
    pub request_id: Option<Id>,
    pub from: Option<Version>,
    pub to: Option<Version>,
    /// Top-level members of a content that differ.
    pub changed: Vec<String>,
    /// Details by the service, never a secret.
    pub detail: Option<String>,
    /// The caller's reason.
    pub reason: Option<String>,
}

impl NewEvent {
    /// An event of now about no record and no client, which concerns both provinces.
    pub fn of(actor: ActorKind, action: impl Into<String>) -> NewEvent {
        NewEvent {
            at: Moment::now(),
            action: action.into(),
            actor,
            subject: None,
            client_id: None,
            client: None,
            org_id: None,
            province: None,
            concerns: BOTH.to_owned(),
            request_id: None,
            from: None,
            to: None,
            changed: Vec::new(),
            detail: None,
            reason: None,
        }
    }
}

/// 顶层成员名。Name of a top-level member.
#[derive(ToSchema)]
#[schema(pattern = "^[a-z][a-z0-9_]*$", max_length = 64)]
#[allow(dead_code)] // the names are texts; this is their published form
pub struct MemberName(String);

/// 记录标识与编号。Id and code of the record, also of one that was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditSubject {
    /// 记录标识。Id.
    #[schema(value_type = String, format = "uuid", max_length = 36)]
    pub id: Id,
    /// 记录编号。Code.
    #[schema(pattern = "^[A-Z]{3}-[1-9][0-9]{3}-([0-9]{6}|[1-9][0-9]{6})-[0-9]$", max_length = 18)]
    pub code: String,
}

/// 一条审计事件：没有值的成员略去。One audit event; members without a value are left out. `hash` is SHA-256 over the RFC 8785 text of
/// all other members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditEvent {
    /// 位置，连续递增。Position, rising without a gap in commit order.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    pub seq: i64,
    /// 时间（UTC）。When (UTC).
    #[schema(value_type = String, format = "date-time", max_length = 24)]
    pub at: Moment,
    /// 种类.动作。`{kind}.{action}` as in the change feed, or `token.refused`, `client.added`, `key.rotated` and the like.
    #[schema(max_length = 80, pattern = "^[a-z_]+\\.[a-z_]+$")]
    pub action: String,
    /// 经办者。Who did it.
    #[schema(value_type = ActorKind)]
    pub actor: String,
    /// 记录种类。Kind of the record.
    #[schema(max_length = 40, pattern = "^[a-z-]+$")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// 记录。The record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#ref: Option<AuditSubject>,
    /// 客户端：办理者；运行人员管理客户端时为该客户端；登录被拒时为所报名称。The client that did it; on `client.*` and `token.*` the client that
    /// it is about, on `token.refused` as it called itself.
    #[schema(max_length = 63, pattern = "^[a-z0-9][a-z0-9-]{1,62}$")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// 客户端标识。Id of that client, when there is one.
    #[schema(value_type = Option<String>, format = "uuid", max_length = 36)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<Id>,
    /// 客户端所代表的单位。The organization that the client acted for.
    #[schema(value_type = Option<String>, format = "uuid", max_length = 36)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_id: Option<Id>,
    /// 客户端所代表的省市。The province that the client acted for.
    #[schema(pattern = "^(500000|510000)$", max_length = 6)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    /// 事件涉及的一方或双方。The province that it concerns, or both.
    #[schema(pattern = "^(500000|510000|both)$", max_length = 6)]
    pub concerns: String,
    /// 请求标识（X-Request-Id）。Id of the request; absent for the command line.
    #[schema(value_type = Option<String>, format = "uuid", max_length = 36)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<Id>,
    /// 此前的修订号。Revision before; absent for a new record.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_revision: Option<i64>,
    /// 此后的修订号。Revision after; absent for a deleted draft.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_revision: Option<i64>,
    /// 此前的内容指纹。Digest before.
    #[schema(pattern = "^sha-256:[0-9a-f]{64}$", max_length = 72)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_digest: Option<String>,
    /// 此后的内容指纹。Digest after.
    #[schema(pattern = "^sha-256:[0-9a-f]{64}$", max_length = 72)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_digest: Option<String>,
    /// 有变化的顶层成员（只有名称）。Names of the top-level members that differ, never their contents.
    #[schema(max_items = 200, value_type = Vec<MemberName>)]
    pub changed: Vec<String>,
    /// 补充说明，如被拒原因、权限范围、密钥标识。What the service adds: why a login was refused, scopes, key ids.
    #[schema(max_length = 2000)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// 调用方所述原因。The reason that the caller gave.
    #[schema(max_length = 2000)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// 前一条事件的 hash。`hash` of the event before; 64 zeros for the first one.
    #[schema(pattern = "^sha-256:[0-9a-f]{64}$", max_length = 72)]
    pub prev_hash: String,
    /// 本条除 hash 以外各成员的 RFC 8785 文本的 SHA-256。SHA-256 over the RFC 8785 text of all members but this one.
    #[schema(pattern = "^sha-256:[0-9a-f]{64}$", max_length = 72)]
    pub hash: String,
}
