//! What readers get of a proposal, and the list of those that wait for somebody (the inbox).
//!
//! Whoever acts for a province concerned sees them, and their author, as long as they see the record; nobody else
//! (`api-conventions` §18). What was submitted and is a draft again, or was withdrawn before it was official, is its
//! owner's alone, and so is what is said of it here.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::api::{Outcome, Problem};
use crate::db::schema::{confirmations, proposals, records};
use crate::db::{Cell, Connection, Id, Moment, Sql, Uid};
use crate::records::diff::{self, Difference};
use crate::records::expand::RecordSummary;
use crate::records::history;
use crate::records::model::{Confirmation as Decision, Proposal, SICHUAN, outcome, purpose, state};
use crate::records::proposals::{base_of, content_of};
use crate::records::requests::{Confirmation, PageInfo};
use crate::records::usage::Usage;
use crate::records::view::{RecordState, SideCode, Sight};

/// Silence for longer than this is overdue; it never confirms (`api-conventions` §3).
pub const OVERDUE_SECONDS: i64 = 30 * 24 * 60 * 60;

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
    diff::any_value(
        "变更后的内容，列表中省略。The proposed content as a whole, of the record's kind; left out in lists.",
    )
}

/// RFC 6901 指针。A pointer into a content.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = "^(/[^/]*)*$", max_length = 4000)]
#[allow(dead_code)] // says only what such a text looks like
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

/// What a list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub awaiting: Option<String>,
    pub overdue: Option<bool>,
    pub kinds: Vec<String>,
    pub purposes: Vec<String>,
    pub states: Vec<String>,
    pub province: Option<String>,
    pub record: Option<Id>,
    /// Those after this one.
    pub after: Option<Id>,
    pub limit: i64,
}

/// One proposal with everything that is said of it, if the caller may see it.
pub fn find(id: Id, sight: &Sight, now: Moment, conn: &mut Connection) -> Outcome<Option<ChangeRequest>> {
    let mut sql: Sql<Uid> = Sql::new("SELECT p.id FROM proposals p JOIN records r ON r.id = p.record_id WHERE p.id = ");
    sql.bind(Cell::id(id)).push(" AND ").append(visible(sight));
    let seen: Option<Id> = sql.get_result(conn).optional()?;
    if seen.is_none() {
        return Ok(None);
    }
    in_full(id, sight, now, conn)
}

/// One proposal with everything that is said of it, to a caller who sees it.
pub fn in_full(id: Id, sight: &Sight, now: Moment, conn: &mut Connection) -> Outcome<Option<ChangeRequest>> {
    let Some(mut shown) = show(&[id], true, now, conn)?.pop() else { return Ok(None) };
    let withdraws = shown.to.as_deref() == Some(state::WITHDRAWN) && shown.state == outcome::OPEN;
    if withdraws {
        shown.in_use = Some(Usage::seen_by(shown.record.id, sight, conn)?);
    }
    Ok(Some(shown))
}

/// A page of proposals, oldest first.
pub fn list(filter: &Filter, sight: &Sight, now: Moment, conn: &mut Connection) -> Outcome<Vec<Id>> {
    let mut sql: Sql<Uid> = Sql::new("SELECT p.id FROM proposals p JOIN records r ON r.id = p.record_id WHERE ");
    sql.append(visible(sight));
    if let Some(province) = &filter.awaiting {
        let column = if province == SICHUAN { "sichuan" } else { "chongqing" };
        sql.push(format!(" AND p.state = 'open' AND p.awaits_{column}"));
    }
    if let Some(overdue) = filter.overdue {
        sql.push(format!(" AND p.state = 'open' AND p.opened_at {} ", if overdue { "<" } else { ">=" }));
        sql.bind(Cell::Moment(now.plus_seconds(-OVERDUE_SECONDS)));
    }
    for (column, words) in [("kind", &filter.kinds), ("purpose", &filter.purposes), ("state", &filter.states)] {
        match words.as_slice() {
            [] => {}
            // Said as it stands in the partial indexes.
            [open] if open == "open" && column == "state" => drop(sql.push(" AND p.state = 'open'")),
            words => drop(sql.push(format!(" AND p.{column} IN (")).bind_all(words.iter().map(Cell::text)).push(")")),
        }
    }
    if let Some(province) = &filter.province {
        sql.push(" AND p.province = ").bind(Cell::text(province));
    }
    if let Some(record) = filter.record {
        sql.push(" AND p.record_id = ").bind(Cell::id(record));
    }
    if let Some(after) = filter.after {
        sql.push(" AND p.id > ").bind(Cell::id(after));
    }
    sql.push(" ORDER BY p.id LIMIT ").bind(Cell::Integer(Some(filter.limit + 1)));
    Ok(sql.load(conn)?)
}

/// What is said of these proposals, in their order.
pub fn show(ids: &[Id], whole: bool, now: Moment, conn: &mut Connection) -> Outcome<Vec<ChangeRequest>> {
    type Row = (Proposal, String, String, String, Option<String>);
    let rows: Vec<Row> = proposals::table
        .inner_join(records::table.on(records::id.eq(proposals::record_id)))
        .filter(proposals::id.eq_any(ids))
        .select((Proposal::as_select(), records::code, records::state, records::name_zh, records::name_en))
        .load(conn)?;
    let about: Vec<Id> = rows.iter().map(|row| row.0.record_id).collect();
    let decisions: Vec<Decision> = confirmations::table
        .filter(confirmations::record_id.eq_any(about))
        .order(confirmations::province)
        .select(Decision::as_select())
        .load(conn)?;
    let mut shown = BTreeMap::new();
    for (proposal, code, state, zh, en) in rows {
        let record = RecordSummary::new(proposal.record_id, code, proposal.kind.clone(), state, zh, en);
        let made =
            decisions.iter().filter(|one| one.record_id == proposal.record_id && one.submission == proposal.number);
        let made = made.map(|one| history::confirmation(&one.province, Some(one))).collect();
        shown.insert(proposal.id, change_request(proposal, record, made, whole, now, conn)?);
    }
    Ok(ids.iter().filter_map(|id| shown.remove(id)).collect())
}

fn change_request(
    proposal: Proposal,
    record: RecordSummary,
    confirmations: Vec<Confirmation>,
    whole: bool,
    now: Moment,
    conn: &mut Connection,
) -> Outcome<ChangeRequest> {
    let shows_change = whole && proposal.purpose == purpose::CHANGE;
    let differences = match shows_change {
        true => Some(diff::diff(&base_of(&proposal, conn)?, &content_of(&proposal)?)),
        false => None,
    };
    let conflicts = proposal.conflicts.as_deref().unwrap_or("[]");
    Ok(ChangeRequest {
        awaiting: proposal.awaited(),
        overdue: proposal.is_open() && now.seconds() - proposal.opened_at.seconds() > OVERDUE_SECONDS,
        conflicts: serde_json::from_str(conflicts).map_err(Problem::internal)?,
        content: match proposal.content.filter(|_| shows_change) {
            Some(text) => Some(RawValue::from_string(text).map_err(Problem::internal)?),
            None => None,
        },
        merges: proposal.successor_id.map(|_| proposal.merges),
        in_use: None,
        id: proposal.id,
        purpose: proposal.purpose,
        state: proposal.state,
        record,
        client: proposal.client,
        org_id: proposal.org_id,
        province: proposal.province,
        reason: proposal.reason,
        base_revision: proposal.base_revision,
        to: proposal.to_state,
        successor_id: proposal.successor_id,
        digest: proposal.digest,
        confirmations,
        differences,
        opened_at: proposal.opened_at,
        settled_at: proposal.settled_at,
        settled_reason: proposal.settled_reason,
    })
}

/// Over `proposals` called `p` and `records` called `r`.
fn visible(sight: &Sight) -> Sql {
    let Sight::Client { client_id, org, province } = sight else {
        return Sql::new("1 = 0");
    };
    let mut sql: Sql = Sql::new("(p.client_id = ");
    sql.bind(Cell::id(*client_id));
    if let Some(org) = org {
        sql.push(" OR p.org_id = ").bind(Cell::id(*org)).push(" OR r.owner_id = ").bind(Cell::id(*org));
    }
    if let Some(province) = province {
        let column = if province == SICHUAN { "sichuan" } else { "chongqing" };
        sql.push(format!(" OR p.concerns_{column} OR r.joint OR r.province = ")).bind(Cell::text(province));
    }
    sql.push(") AND ").append(sight.known("r"));
    sql
}

/// The kind of a proposal's record, if the caller may see the proposal.
pub fn kind_of(id: Id, sight: &Sight, conn: &mut Connection) -> Outcome<Option<String>> {
    let mut sql: Sql<Text> =
        Sql::new("SELECT p.kind FROM proposals p JOIN records r ON r.id = p.record_id WHERE p.id = ");
    sql.bind(Cell::id(id)).push(" AND ").append(visible(sight));
    Ok(sql.get_result(conn).optional()?)
}
