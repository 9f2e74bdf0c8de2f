//! Proposals as readers get them, and the list of those that wait (the inbox).
//!
//! They are visible to clients of the provinces concerned and to their author, as long as the record is; to nobody else
//! (`docs/rules.md` §18). The proposal of a submission that is a draft again, or was withdrawn before it was official,
//! is visible to the owner alone.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::value::RawValue;

use crate::db::schema::{confirmations, proposals, records};
use crate::db::{Cell, Connection, Id, Moment, Sql, Uid};
use crate::forms::bodies::Confirmation;
use crate::forms::change_request::{ChangeRequest, Usage};
use crate::forms::summary::RecordSummary;
use crate::kind::diff;
use crate::problem::{Outcome, Problem};
use crate::reading::history;
use crate::records::proposals::{OVERDUE_SECONDS, base_of, content_of};
use crate::records::rows::{Confirmation as Decision, Proposal, SICHUAN, outcome, purpose, state};
use crate::records::sight::Sight;

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

/// One proposal in full, if it is visible to the caller.
pub fn find(id: Id, sight: &Sight, now: Moment, conn: &mut Connection) -> Outcome<Option<ChangeRequest>> {
    let mut sql: Sql<Uid> = Sql::new("SELECT p.id FROM proposals p JOIN records r ON r.id = p.record_id WHERE p.id = ");
    sql.bind(Cell::id(id)).push(" AND ").append(visible(sight));
    let seen: Option<Id> = sql.get_result(conn).optional()?;
    if seen.is_none() {
        return Ok(None);
    }
    in_full(id, sight, now, conn)
}

/// One proposal in full, for a caller that may see it.
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
        sql.bind(Cell::Moment(Some(now.plus_seconds(-OVERDUE_SECONDS))));
    }
    for (column, words) in [("kind", &filter.kinds), ("purpose", &filter.purposes), ("state", &filter.states)] {
        match words.as_slice() {
            [] => {}
            // Written exactly like the conditions of the partial indexes, so that they are used.
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

/// These proposals as readers get them, in order.
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

#[expect(clippy::too_many_arguments, reason = "the parts of one answer, each loaded in its own batch")]
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
