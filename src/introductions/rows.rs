//! Introductions and their steps as they are stored.

use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;

use crate::api::{RecordRef, conditional};
use crate::audit::{self, BOTH, NewEvent, Subject};
use crate::db::schema::{introduction_steps, introductions};
use crate::db::{Cell, Connection, Id, Moment, Sql, Uid};
use crate::forms::introduction::IntroductionParty as Party;
use crate::introductions::{NAME, PREFIX, SINGULAR, sight, state};
use crate::problem::{Outcome, Problem};
use crate::records::actor::Actor;
use crate::records::feed::{self, Item};
use crate::records::{commit, trail};
use crate::reference::RecordCode;

/// An introduction.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = introductions, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Row {
    pub id: Id,
    pub code: String,
    pub revision: i64,
    pub state: String,
    /// The demand and the offer that it was proposed for; both may have been merged since.
    pub demand_id: Id,
    pub offer_id: Id,
    pub proposed_by: String,
    pub client_id: Id,
    pub client: String,
    pub org_id: Option<Id>,
    pub note: Option<String>,
    pub proposed_at: Moment,
    pub demand_accepted_at: Option<Moment>,
    pub offer_accepted_at: Option<Moment>,
    pub contracted_at: Option<Moment>,
    pub finished_at: Option<Moment>,
    pub declined_at: Option<Moment>,
    pub failed_at: Option<Moment>,
    pub updated_at: Moment,
    pub reason_code: Option<String>,
    pub reason: Option<String>,
    pub ended_by: Option<String>,
    pub contract_no: Option<String>,
    /// Fen.
    pub amount: Option<i64>,
    pub signed_on: Option<NaiveDate>,
    pub project_id: Option<Id>,
    pub result: Option<String>,
}

/// One step of its history.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = introduction_steps, treat_none_as_default_value = false)]
pub struct StepRow {
    pub introduction_id: Id,
    /// The revision that it brought.
    pub number: i64,
    pub state: String,
    pub party: String,
    pub client_id: Id,
    pub client: String,
    pub org_id: Option<Id>,
    pub province: Option<String>,
    pub reason_code: Option<String>,
    pub reason: Option<String>,
    pub request_id: Id,
    pub at: Moment,
}

impl Row {
    /// Whether both sides gave their word.
    pub fn is_agreed(&self) -> bool {
        self.demand_accepted_at.is_some() && self.offer_accepted_at.is_some()
    }

    /// Whether it waits for the word of a side.
    pub fn is_open(&self) -> bool {
        state::OPEN.contains(&self.state.as_str())
    }

    /// When the first side accepted.
    pub fn accepted_one_side_at(&self) -> Option<Moment> {
        first_word(self.demand_accepted_at, self.offer_accepted_at)
    }

    /// When the second side did.
    pub fn accepted_at(&self) -> Option<Moment> {
        second_word(self.demand_accepted_at, self.offer_accepted_at)
    }
}

/// When the first of two sides gave its word.
pub fn first_word(demand: Option<Moment>, offer: Option<Moment>) -> Option<Moment> {
    [demand, offer].into_iter().flatten().min()
}

/// When the second did.
pub fn second_word(demand: Option<Moment>, offer: Option<Moment>) -> Option<Moment> {
    demand.zip(offer).map(|(one, other)| one.max(other))
}

/// The introduction of this id or code, if the caller sees it.
pub fn find(wanted: &RecordRef, actor: &Actor, conn: &mut Connection) -> Outcome<Option<Row>> {
    let mut sql: Sql<Uid> = Sql::new(format!("SELECT i.id FROM {} WHERE ", sight::FROM));
    match wanted {
        RecordRef::Id(id) => sql.push("i.id = ").bind(Cell::id(*id)),
        RecordRef::Code(code) => sql.push("i.code = ").bind(Cell::text(code)),
    };
    sql.push(" AND ").append(sight::visible(&actor.principal));
    let Some(id) = sql.get_result::<Id>(conn).optional()? else { return Ok(None) };
    Ok(Some(introductions::table.find(id).select(Row::as_select()).get_result(conn)?))
}

/// These introductions, in this order.
pub fn load(ids: &[Id], conn: &mut Connection) -> Outcome<Vec<Row>> {
    let found = introductions::table.filter(introductions::id.eq_any(ids)).select(Row::as_select());
    let mut rows: Vec<Row> = found.load(conn)?;
    rows.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
    Ok(rows)
}

/// Its history, oldest first.
pub fn steps_of(id: Id, conn: &mut Connection) -> Outcome<Vec<StepRow>> {
    let steps = introduction_steps::table.filter(introduction_steps::introduction_id.eq(id));
    Ok(steps.order(introduction_steps::number).select(StepRow::as_select()).load(conn)?)
}

/// The one that lives between a demand and an offer, each with the records that were merged into it.
pub fn live_between(demands: &[Id], offers: &[Id], conn: &mut Connection) -> Outcome<Option<Row>> {
    let live = introductions::table.filter(introductions::state.eq_any(state::LIVE));
    let between = live.filter(introductions::demand_id.eq_any(demands)).filter(introductions::offer_id.eq_any(offers));
    Ok(between.order(introductions::id).select(Row::as_select()).first(conn).optional()?)
}

/// The next code of an introduction made at this moment.
pub fn next_code(at: Moment, conn: &mut Connection) -> Outcome<String> {
    let year = at.day_in_shanghai().year();
    let serial = u32::try_from(commit::take_serials(PREFIX, year, 1, conn)?).map_err(Problem::internal)?;
    Ok(RecordCode::of_other(PREFIX, u16::try_from(year).map_err(Problem::internal)?, serial))
}

/// Who made a step, for whom, and what the feed and the log are to know of it.
pub struct Made<'a> {
    pub party: Party,
    pub actor: &'a Actor,
    /// The province whose record the feed names: that of the demand.
    pub province: &'a str,
    /// The province whose auditors may know who made it, where not both may.
    pub only_for: Option<&'a str>,
}

/// Stores a new introduction with its first step, its position in the feed and its audit event.
pub fn insert(row: &Row, made: &Made, conn: &mut Connection) -> Outcome<()> {
    diesel::insert_into(introductions::table).values(row).execute(conn)?;
    note(row, made, conn)
}

/// Stores an introduction over its row, if that has still the revision before (else 412).
pub fn update(row: &Row, made: &Made, conn: &mut Connection) -> Outcome<()> {
    let before = introductions::table.find(row.id).filter(introductions::revision.eq(row.revision - 1));
    if diesel::update(before).set(row).execute(conn)? == 0 {
        let now = introductions::table.find(row.id).select(introductions::revision).get_result(conn)?;
        return Err(conditional::conflict(now));
    }
    note(row, made, conn)
}

fn note(row: &Row, made: &Made, conn: &mut Connection) -> Outcome<()> {
    let Made { party, actor, province, only_for } = *made;
    let principal = &actor.principal;
    let step = StepRow {
        introduction_id: row.id,
        number: row.revision,
        state: row.state.clone(),
        party: party.word().to_owned(),
        client_id: principal.client_id,
        client: principal.client.clone(),
        org_id: principal.org,
        province: principal.province.clone(),
        reason_code: row.reason_code.clone(),
        reason: row.reason.clone(),
        request_id: actor.request_id,
        at: row.updated_at,
    };
    diesel::insert_into(introduction_steps::table).values(&step).execute(conn)?;
    let item = Item {
        id: row.id,
        kind: NAME,
        code: &row.code,
        revision: row.revision,
        action: &row.state,
        state: &row.state,
        // Who is told is asked of the introduction itself (`sight`).
        joint: false,
        province,
        owner_id: Id::default(),
        created_by: Id::default(),
        published: false,
    };
    feed::announce(&item, actor, conn)?;
    let event = NewEvent {
        subject: Some(Subject { kind: NAME.to_owned(), id: row.id, code: row.code.clone() }),
        concerns: only_for.unwrap_or(BOTH).to_owned(),
        detail: Some(format!("revision {}", row.revision)),
        reason: row.reason.clone(),
        ..trail::done_by(actor, format!("{SINGULAR}.{}", row.state))
    };
    audit::append(event, conn)
}
