//! What readers get, and who may see what (`api-conventions` §18).
//!
//! The answer to a read is made when a record is written and stored beside it: the envelope, then the canonical content
//! as it was signed. Reading copies that text.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::canonical;
use super::kind::{Kind, Owner};
use super::model::{Confirmation, Head, Standing, state};
use super::projection;
use super::proposals;
use crate::api::{Fault, Language, Outcome, Place, Problem};
use crate::auth::Principal;
use crate::db::{Cell, Id, Moment, Sql};

/// What a caller may see.
#[derive(Debug, Clone)]
pub enum Sight {
    /// Without a token: active, suspended and closed records, in the public view.
    Public,
    /// With a token: besides, submitted records of the provinces concerned and the drafts of the own organization.
    Client { client_id: Id, org: Option<Id>, province: Option<String> },
}

impl Sight {
    pub fn of(principal: Option<&Principal>) -> Sight {
        match principal {
            None => Sight::Public,
            Some(principal) => Sight::Client {
                client_id: principal.client_id,
                org: principal.org,
                province: principal.province.clone(),
            },
        }
    }

    pub fn is_public(&self) -> bool {
        matches!(self, Sight::Public)
    }

    /// Whether this record is there for the caller. Withdrawn records answer 410 to everybody who could see them before.
    pub fn sees(&self, row: &Standing) -> bool {
        if state::PUBLIC.contains(&row.state.as_str()) || (row.state == state::WITHDRAWN && row.published_at.is_some())
        {
            return true;
        }
        let Sight::Client { client_id, org, province } = self else {
            return false;
        };
        *org == Some(row.owner_id)
            || *client_id == row.created_by
            || (row.state == state::SUBMITTED
                && province.as_ref().is_some_and(|province| row.joint || *province == row.province))
    }

    /// [`Sight::sees`] in SQL, over the `records` row called `alias`.
    pub fn known(&self, alias: &'static str) -> Sql {
        let mut sql: Sql = Sql::new("(");
        sql.append(self.condition(alias));
        sql.push(format!(" OR ({alias}.state = 'withdrawn' AND ({alias}.published_at IS NOT NULL"));
        if let Sight::Client { client_id, org, .. } = self {
            sql.push(" OR ").append(own(alias, *client_id, *org));
        }
        sql.push(")))");
        sql
    }

    /// [`Sight::known`] without withdrawn records, which have no answer any more.
    ///
    /// What is public is said by what is not, so that no index is chosen for it: nearly every row is. One by one, because
    /// SQLite makes a table of a list of three.
    pub fn condition(&self, alias: &'static str) -> Sql {
        let mut sql: Sql = Sql::new("(");
        sql.push("(").push(alias).push(".state <> 'draft' AND ").push(alias).push(".state <> 'submitted' AND ");
        sql.push(alias).push(".state <> 'withdrawn')");
        if let Sight::Client { client_id, org, province } = self {
            if let Some(province) = province {
                sql.push(format!(" OR ({alias}.state = 'submitted' AND ({alias}.joint OR {alias}.province = "));
                sql.bind(Cell::text(province)).push("))");
            }
            sql.push(format!(" OR ({alias}.state IN ('draft', 'submitted') AND "));
            sql.append(own(alias, *client_id, *org)).push(")");
        }
        sql.push(")");
        sql
    }
}

/// Whether the record is the caller's own: made by it, or its organization's.
fn own(alias: &'static str, client_id: Id, org: Option<Id>) -> Sql {
    let mut sql: Sql = Sql::new(format!("({alias}.created_by = "));
    sql.bind(Cell::id(client_id));
    if let Some(org) = org {
        sql.push(format!(" OR {alias}.owner_id = ")).bind(Cell::id(org));
    }
    sql.push(")");
    sql
}

/// The members that the service writes beside a content: nobody may send them.
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
    #[schema(value_type = Option<super::kind::Reference>)]
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
    /// Without what tells the owner; the digest would: every organization could be tried against it.
    fn without_owner(self) -> Self {
        Envelope { owner: None, source_system: None, source_id: None, digest: None, ..self }
    }
}

/// 办理状态。State of a record (`api-conventions` §3).
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
#[allow(dead_code)] // says only what such a text looks like
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
    fn of(fault: &Fault) -> Warning {
        let pointer = match &fault.place {
            Place::Pointer(pointer) | Place::Parameter(pointer) => pointer.clone(),
            Place::Header(name) => (*name).to_owned(),
        };
        let say = |language: Language| language.say(&format!("fault-{}", fault.code), &fault.args).unwrap_or_default();
        Warning { pointer, code: fault.code, detail_zh: say(Language::Zh), detail_en: say(Language::En) }
    }
}

/// The stored answers of a record.
pub struct Documents {
    pub full: String,
    /// Without private members and, where its owner is not to be named, without the owner; absent when nothing is left out.
    pub public: Option<String>,
}

/// What an answer says beside the record's own row and content.
pub struct Around<'a> {
    /// Code of the owner of a single-owner record.
    pub owner: Option<String>,
    pub confirmations: &'a [Confirmation],
    /// The changes and moves that wait.
    pub pending: &'a [Id],
    pub warnings: &'a [Fault],
}

/// Writes the answers: envelope and canonical content in one object.
pub fn documents(kind: &Kind, head: &Head, content: &Value, around: Around) -> Outcome<Documents> {
    let write = |envelope: &Envelope, content: &Value| -> Outcome<String> {
        Ok(splice(&serde_json::to_string(envelope).map_err(Problem::internal)?, &canonical::text(content)?))
    };
    let full = write(&envelope(head, &around), content)?;
    if !hides(kind, content) {
        return Ok(Documents { full, public: None });
    }
    let (envelope, content) = for_public(kind, envelope(head, &around), content);
    Ok(Documents { full, public: Some(write(&envelope, &content)?) })
}

/// Whether readers without a token get less of this content, or of what is said beside it.
pub fn hides(kind: &Kind, content: &Value) -> bool {
    let mut names = content.as_object().into_iter().flat_map(|members| members.keys());
    kind.is_anonymous(content) || names.any(|name| kind.is_private(name, content))
}

/// What readers without a token get.
pub fn for_public<'a>(kind: &Kind, envelope: Envelope<'a>, content: &Value) -> (Envelope<'a>, Value) {
    let public = public_content(kind, content);
    (if kind.is_anonymous(content) { envelope.without_owner() } else { envelope }, public)
}

/// What is said of a record beside its content.
pub fn envelope<'a>(head: &'a Head, around: &'a Around) -> Envelope<'a> {
    let Around { owner, confirmations, pending, warnings } = around;
    Envelope {
        id: head.id,
        code: &head.code,
        revision: head.revision,
        state: &head.state,
        state_reason: head.state_reason.as_deref(),
        created_at: head.created_at,
        updated_at: head.updated_at,
        published_at: head.published_at,
        province: &head.province,
        owner: owner.as_deref().map(|code| OwnerReference { id: head.owner_id, code }),
        source_system: head.source_system.as_deref(),
        source_id: head.source_id.as_deref(),
        digest: Some(&head.digest),
        confirmations: decisions(head, confirmations),
        pending_changes: PendingChanges {
            count: pending.len() as i32,
            links: pending.iter().map(|id| proposals::href(*id)).collect(),
        },
        warnings: warnings.iter().map(Warning::of).collect(),
    }
}

/// A content without its private members.
fn public_content(kind: &Kind, content: &Value) -> Value {
    let mut public = content.clone();
    if let Some(members) = public.as_object_mut() {
        members.retain(|name, _| !kind.is_private(name, content));
    }
    public
}

/// `{a}` and `{b}` become `{a,b}`.
pub(super) fn splice(first: &str, second: &str) -> String {
    if second == "{}" {
        return first.to_owned();
    }
    format!("{},{}", &first[..first.len() - 1], &second[1..])
}

/// What a content says of its record's owner.
pub enum OwnerNamed<'a> {
    /// The record is a joint one.
    Nobody,
    /// The owner has this code.
    As(&'a str),
    /// The owner is not the one that the content names.
    Elsewhere,
}

/// The owner as the content names it.
pub fn owner_named<'a>(kind: &Kind, head: &'a Head, content: &'a Value) -> OwnerNamed<'a> {
    match kind.owner(content) {
        Owner::Parties => OwnerNamed::Nobody,
        // Parties are named by id alone.
        Owner::For(..) => OwnerNamed::Elsewhere,
        Owner::Organization(id) => {
            let references = projection::references(kind, content);
            let code = references
                .iter()
                .filter(|(_, _, value)| projection::reference_id(value) == Some(id) && id == head.owner_id)
                .find_map(|(_, _, value)| value.get("code").and_then(Value::as_str));
            code.map_or(OwnerNamed::Elsewhere, OwnerNamed::As)
        }
        Owner::Itself(_) | Owner::Unknown => OwnerNamed::As(&head.code),
    }
}

/// What the provinces decided on exactly this content: while it waits, each of those concerned, with `pending`; afterwards those
/// that confirmed it, also where another one keeps the record since.
pub fn decisions<'a>(head: &'a Head, confirmations: &'a [Confirmation]) -> Vec<Decision<'a>> {
    let made = confirmations.iter().filter(|one| one.digest == head.digest);
    let show = |one: &'a Confirmation| Decision { province: &one.province, decision: &one.decision, at: Some(one.at) };
    let waited_for = |province: &'a str| {
        let made = made.clone().find(|one| one.province == province);
        made.map_or(Decision { province, decision: "pending", at: None }, show)
    };
    match head.state.as_str() {
        state::DRAFT => Vec::new(),
        state::SUBMITTED => head.provinces().into_iter().map(waited_for).collect(),
        _ => made.map(show).collect(),
    }
}
