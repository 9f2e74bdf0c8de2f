//! The list of introductions, and the inbox: what waits for whose word.

use diesel::prelude::*;

use crate::auth::Principal;
use crate::db::{Cell, Connection, Id, Moment, Sql, Uid};
use crate::introductions::sight;
use crate::problem::Outcome;
use crate::records::proposals::OVERDUE_SECONDS;

/// Whose word is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaiting {
    Demand,
    Offer,
    /// That of a side for which the caller speaks.
    Mine,
}

impl Awaiting {
    pub const WORDS: [&str; 3] = ["demand", "offer", "mine"];

    pub fn of(word: &str) -> Awaiting {
        match word {
            "demand" => Awaiting::Demand,
            "offer" => Awaiting::Offer,
            _ => Awaiting::Mine,
        }
    }
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub states: Vec<String>,
    /// A record, with those that were merged into it.
    pub demand: Option<Vec<Id>>,
    pub offer: Option<Vec<Id>>,
    /// A province of either side.
    pub province: Option<String>,
    pub awaiting: Option<Awaiting>,
    pub overdue: Option<bool>,
    /// Those after this one.
    pub after: Option<Id>,
    pub limit: i64,
}

/// Exactly the condition of the partial index, so that it is used.
const OPEN: &str = " AND i.state IN ('proposed', 'accepted_one_side')";

/// The ids of a page of introductions that the caller sees, oldest first, and of one more.
pub fn list(filter: &Filter, principal: &Principal, now: Moment, conn: &mut Connection) -> Outcome<Vec<Id>> {
    let mut sql: Sql<Uid> = Sql::new(format!("SELECT i.id FROM {} WHERE ", sight::FROM));
    sql.append(sight::visible(principal));
    if let Some(awaiting) = filter.awaiting {
        sql.push(OPEN).append(awaited(awaiting, principal));
    }
    if let Some(overdue) = filter.overdue {
        sql.push(OPEN).push(format!(" AND i.proposed_at {} ", if overdue { "<" } else { ">=" }));
        sql.bind(Cell::Moment(Some(now.plus_seconds(-OVERDUE_SECONDS))));
    }
    if !filter.states.is_empty() {
        sql.push(" AND i.state IN (").bind_all(filter.states.iter().map(Cell::text)).push(")");
    }
    for (column, ids) in [("demand_id", &filter.demand), ("offer_id", &filter.offer)] {
        if let Some(ids) = ids {
            sql.push(format!(" AND i.{column} IN (")).bind_ids(ids).push(")");
        }
    }
    sql.append(of_province(filter.province.as_deref()));
    if let Some(after) = filter.after {
        sql.push(" AND i.id > ").bind(Cell::id(after));
    }
    sql.push(" ORDER BY i.id LIMIT ").bind(Cell::Integer(Some(filter.limit + 1)));
    Ok(sql.load(conn)?)
}

fn awaited(awaiting: Awaiting, principal: &Principal) -> Sql {
    match awaiting {
        Awaiting::Demand => Sql::new(" AND i.demand_accepted_at IS NULL"),
        Awaiting::Offer => Sql::new(" AND i.offer_accepted_at IS NULL"),
        Awaiting::Mine => {
            let mut sql: Sql = Sql::new(" AND ((i.demand_accepted_at IS NULL AND ");
            sql.append(sight::speaks_for("d", principal)).push(") OR (i.offer_accepted_at IS NULL AND ");
            sql.append(sight::speaks_for("o", principal)).push("))");
            sql
        }
    }
}

/// Those with a side in this province.
pub fn of_province(province: Option<&str>) -> Sql {
    let mut sql: Sql = Sql::default();
    if let Some(province) = province {
        sql.push(" AND (d.province = ").bind(Cell::text(province));
        sql.push(" OR o.province = ").bind(Cell::text(province)).push(")");
    }
    sql
}
