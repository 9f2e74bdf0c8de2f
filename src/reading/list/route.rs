//! Which index a list uses, on an engine without statistics (SQLite).
//!
//! Nearly every index ends with the record's id, so a list of one value of a column is read in its order and stops when
//! the page is full. Ranges and several values are not in order, nor is any filter in the order of a sort key: few matches are
//! sorted, many are found soon enough by walking all rows in the order of the answer. What is usually asked for together, a
//! filter and a sort key, has an index of its own ([`Kind::orders`]).

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::db::{Connection, Sql};
use crate::kind::Kind;
use crate::kind::condition::{Condition, write_codes};
use crate::kind::search::Class;
use crate::problem::Outcome;
use crate::reading::list::Listing;
use crate::reading::list::order::SortKey;
use crate::reading::search;
use crate::reading::selection::Selection;

/// From this many matches on, walking in id order beats sorting.
pub const FEW: i64 = 1000;

/// From this many matches on, walking in the order of a sort key beats sorting, however many rows there are.
pub const MANY: i64 = 8000;

/// Rows of a kind up to which they are counted for a choice.
const ENOUGH: i64 = 20_000;

/// A column with fewer distinct values than this is not selective, whatever the value.
const DIVERSE: usize = 50;

/// The plan of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// Left to the engine: it has statistics, or the order is not that of the ids.
    Free,
    /// In the order of the ids, along the index of this column, or along all rows.
    InOrder(Option<String>),
    /// Along the index of this column, then sorted.
    Sorted(String),
    /// In the order of the sort key, along the index of this column and the key.
    Ordered(String),
    /// Along the records that have the terms of what is searched, all of them or those of one class.
    Found(Option<Class>),
    /// In the order of the sort key, along all rows: of `records`, or of the kind's own table.
    Walked { by_record: bool },
}

impl Route {
    /// Whether a condition may be looked up in the index of its column.
    pub fn leads(&self, condition: &Condition) -> bool {
        match self {
            Route::Free => true,
            Route::InOrder(column) => condition.is_point() && column.as_deref() == condition.column(),
            Route::Sorted(column) => condition.column() == Some(column),
            Route::Ordered(column) => condition.is_point() && condition.column() == Some(column),
            Route::Found(_) | Route::Walked { .. } => false,
        }
    }
}

impl Listing {
    /// Chooses the plan; may count the matching rows first.
    pub fn route(&self, selection: &Selection, conn: &mut Connection) -> Outcome<Route> {
        let Selection { kind, conditions, .. } = selection;
        // Few are sorted; among many a record is soon found that has the words.
        if let Some(search) = selection.search
            && search::found_up_to(MANY, search, &[kind], conn)? < MANY
        {
            return Ok(Route::Found(None));
        }
        if conn.has_statistics() {
            return Ok(Route::Free);
        }
        if let Some(key) = self.sort.first() {
            return self.sorted_route(key, selection, conn);
        }
        let points = conditions.iter().filter(|one| one.is_point() && one.column().is_some());
        let best = points.max_by_key(|one| diversity(kind, one));
        let in_order = Route::InOrder(best.and_then(Condition::column).map(str::to_owned));
        if best.is_some_and(|one| diversity(kind, one) >= DIVERSE) {
            return Ok(in_order);
        }
        let vague = conditions.iter().find(|one| !one.is_point() && one.column().is_some());
        let Some(column) = vague.and_then(Condition::column) else { return Ok(in_order) };
        let same: Vec<&Condition> = conditions.iter().filter(|one| one.column() == Some(column)).collect();
        match matches(kind, &same, FEW, conn)? < FEW {
            true => Ok(Route::Sorted(column.to_owned())),
            false => Ok(in_order),
        }
    }

    fn sorted_route(&self, key: &SortKey, selection: &Selection, conn: &mut Connection) -> Outcome<Route> {
        let Selection { kind, conditions, .. } = selection;
        // Few records take part in or refer to the same one. Several keys must be sorted anyway.
        if self.sort.len() > 1
            || conditions.iter().any(|one| matches!(one, Condition::Party(..) | Condition::Linked(..)))
        {
            return Ok(Route::Free);
        }
        let best = least(selection, conn)?;
        let mut points = conditions.iter().filter(|one| one.is_point()).filter_map(Condition::column);
        let ordered = points.find(|column| kind.orders.contains(&(column, key.name.as_str())));
        Ok(match (best, ordered) {
            (Some((_, column)), Some(ordered)) if column == ordered => Route::Ordered(ordered.to_owned()),
            (Some((found, column)), _) if found < FEW => Route::Sorted(column.to_owned()),
            (_, Some(ordered)) => Route::Ordered(ordered.to_owned()),
            (Some((found, column)), None) if found < MANY && self.is_dear_to_walk(kind, found, conn)? => {
                Route::Sorted(column.to_owned())
            }
            _ => Route::Walked { by_record: !key.own },
        })
    }

    /// Whether walking all rows of a kind looks at more than sorting this many matches does. Walking looks at limit × rows ÷ matches
    /// rows; more than [`ENOUGH`] are not counted.
    fn is_dear_to_walk(&self, kind: &Kind, found: i64, conn: &mut Connection) -> Outcome<bool> {
        let as_dear = (found * found / self.limit).min(ENOUGH);
        Ok(rows_up_to(kind, as_dear, conn)? >= as_dear)
    }

    /// Whether it certainly ends after few rows: one value of one column, in the order of its index.
    pub fn is_short(&self) -> bool {
        self.sort.is_empty() && !self.include_total && self.expansion.is_empty() && self.filters.is_short()
    }
}

/// The column whose conditions the fewest rows match, and how many, counted up to some thousands.
pub fn least<'s>(selection: &'s Selection, conn: &mut Connection) -> Outcome<Option<(i64, &'s str)>> {
    let Selection { kind, conditions, .. } = selection;
    let columns: BTreeSet<&str> = conditions.iter().filter_map(Condition::column).collect();
    let mut best: Option<(i64, &str)> = None;
    for column in columns {
        let same: Vec<&Condition> = conditions.iter().filter(|one| one.column() == Some(column)).collect();
        let found = matches(kind, &same, best.map_or(MANY, |(least, _)| least), conn)?;
        if best.is_none_or(|(least, _)| found < least) {
            best = Some((found, column));
        }
    }
    Ok(best)
}

/// The number of rows of a kind, counted up to `most`.
fn rows_up_to(kind: &Kind, most: i64, conn: &mut Connection) -> Outcome<i64> {
    let sql: Sql<BigInt> = Sql::new(format!("SELECT COUNT(*) FROM (SELECT 1 FROM {} LIMIT {most}) f", kind.table));
    Ok(sql.get_result(conn)?)
}

/// The number of rows that match conditions on one column, counted up to `most`.
fn matches(kind: &Kind, conditions: &[&Condition], most: i64, conn: &mut Connection) -> Outcome<i64> {
    let mut sql: Sql<BigInt> = Sql::new("SELECT COUNT(*) FROM (SELECT 1 FROM ");
    match conditions {
        [Condition::Classified(scheme, codes)] => {
            sql.push("classifications c WHERE ");
            write_codes(&mut sql, scheme, codes);
        }
        conditions => {
            match conditions.iter().any(|one| one.is_of_record()) {
                true => sql.push("records r WHERE r.kind = '").push(kind.name).push("'"),
                false => sql.push(kind.table).push(" k WHERE 1 = 1"),
            };
            for condition in conditions {
                sql.push(" AND ");
                condition.write(&mut sql, "r.id", true);
            }
        }
    }
    sql.push(format!(" LIMIT {most}) f"));
    Ok(sql.get_result(conn)?)
}

/// How many different values the column of a condition has, as far as the declaration tells.
fn diversity(kind: &Kind, condition: &Condition) -> usize {
    let Some(column) = condition.column() else { return 0 };
    let plain = column.strip_suffix("_id").unwrap_or(column);
    let member = kind.members.iter().find(|member| member.name == column || member.name == plain);
    match (condition, member) {
        (Condition::OwnPresent(..), _) => 2,
        (_, Some(member)) => member.shape.diversity(condition),
        (_, None) if matches!(column, "state" | "province") => 3,
        (_, None) => usize::MAX,
    }
}
