//! Which records a caller asks for: those of a kind that match, as far as the caller may see them.
//!
//! What the public view hides must not be found out by filters either: a record whose owner is not named is selected by
//! nothing that would tell its owner (`docs/rules.md` §18). That rule stands here and nowhere else, so that lists, counts and
//! whatever else asks for records cannot leak it.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::db::schema::records;
use crate::db::{Cell, Connection, Id, Sql};
use crate::kind::condition::{Condition, Wanted};
use crate::kind::search::Search;
use crate::kind::{Anonymity, Kind};
use crate::problem::Outcome;
use crate::reading::filters::Filters;
use crate::reading::list::route::Route;
use crate::reading::search::{self, Engine};
use crate::records::sight::Sight;

/// The records of a kind that match these conditions and are visible to the caller.
pub struct Selection<'s> {
    pub kind: &'s Kind,
    pub conditions: Vec<Condition>,
    /// What must be found in them.
    pub search: Option<&'s Search>,
    pub sight: &'s Sight,
    engine: Engine,
}

impl<'s> Selection<'s> {
    /// Looks up records that are named by code.
    pub fn of(filters: &'s Filters, kind: &'s Kind, sight: &'s Sight, conn: &mut Connection) -> Outcome<Selection<'s>> {
        let mut conditions = Vec::new();
        if let Some(Anonymity { member, code, .. }) =
            kind.anonymity.filter(|_| filters.tells_owner && sight.is_public())
        {
            conditions.push(Condition::Own(member.to_owned(), "<>", Cell::text(code)));
        }
        for wanted in &filters.wanted {
            match wanted {
                Wanted::Ready(condition) => conditions.push(condition.clone()),
                Wanted::Reference(refs, make) => {
                    let codes: Vec<&String> = refs.iter().filter(|one| one.parse::<Id>().is_err()).collect();
                    let mut ids: Vec<Id> = refs.iter().filter_map(|one| one.parse().ok()).collect();
                    if !codes.is_empty() {
                        ids.extend(
                            records::table.filter(records::code.eq_any(codes)).select(records::id).load::<Id>(conn)?,
                        );
                    }
                    if ids.is_empty() {
                        ids.push(Id::default()); // nothing has the nil UUID: an unknown code selects nothing
                    }
                    conditions.push(make(ids.into_iter().map(Cell::id).collect()));
                }
            }
        }
        Ok(Selection { kind, conditions, search: filters.search.as_ref(), sight, engine: Engine::of(conn) })
    }

    /// How many there are.
    pub fn count(&self, conn: &mut Connection) -> Outcome<i64> {
        let mut sql: Sql<BigInt> = Sql::new("SELECT COUNT(*)");
        self.from(if self.search.is_some() { &Route::Found(None) } else { &Route::Free }, false, &mut sql);
        Ok(self.planned(sql, false).get_result(conn)?)
    }

    /// ` FROM … WHERE …`; returns the expression of the record's id in the table that the statement runs along.
    ///
    /// `by_own`: whether the statement also sorts by a column of the kind's own table.
    pub fn from<ST>(&self, route: &Route, by_own: bool, sql: &mut Sql<ST>) -> &'static str {
        let Selection { kind, conditions, sight, .. } = self;
        let is_found = matches!(route, Route::Found(_));
        let own = conditions.iter().any(Condition::is_own) || by_own;
        let along = conditions.iter().position(|one| one.is_one_code() && route.leads(one));
        // Start from `records` only when the plan forces it; otherwise let the engine choose.
        let by_record = match route {
            Route::Free => false,
            Route::Walked { by_record } => *by_record,
            route => conditions.iter().any(|one| one.is_of_record() && route.leads(one)),
        };
        let id = match (along, own && !by_record) {
            _ if is_found => "s.record_id",
            (Some(_), _) => "d.record_id",
            (None, true) => "k.record_id",
            (None, false) => "r.id",
        };
        sql.push(" FROM ");
        let kind_table = (kind.table, "k", "k.record_id");
        let (records, texts) = (("records", "r", "r.id"), ("search_texts", "s", "s.record_id"));
        let tables = [texts, ("classifications", "d", "d.record_id"), kind_table, records, kind_table, texts];
        let beside = self.search.is_some() && !is_found;
        let wanted = [is_found, along.is_some(), own && !by_record, true, own && by_record, beside];
        let tables = tables.into_iter().zip(wanted).filter(|(_, wanted)| *wanted).map(|(table, _)| table);
        for (index, (table, alias, key)) in tables.enumerate() {
            if index > 0 {
                sql.push_join();
            }
            match alias {
                "s" if is_found => search::push_found(sql),
                _ => drop(sql.push(table).push(" ").push(alias)),
            }
            if index > 0 {
                if alias == "r" {
                    // Conditions on `records` are mostly about its standing, which this index covers; a row carries its
                    // stored answers as well.
                    sql.push_indexed_by("records_standing");
                }
                sql.push(" ON ").push(key).push(" = ").push(id);
            }
        }
        // The table of the kind holds nothing else; `records` and `classifications` hold all kinds.
        sql.push(" WHERE ");
        if let Some(search) = self.search {
            search::push_conditions(sql, search, &[*kind], route, self.engine);
            sql.push(" AND ");
        }
        if !own || by_record {
            sql.push("r.kind = '").push(kind.name).push("' AND ");
        }
        for (index, condition) in conditions.iter().enumerate() {
            match condition {
                Condition::Classified(scheme, codes) if Some(index) == along => {
                    sql.push("d.scheme = '").push(*scheme).push("' AND d.code = ").bind(Cell::text(&codes[0]));
                }
                condition => condition.write(sql, id, route.leads(condition)),
            }
            sql.push(" AND ");
        }
        sql.append(sight.condition("r"));
        id
    }

    /// The same for a statement that is not sorted by a column of the kind's own table.
    pub fn push_from<ST>(&self, route: &Route, sql: &mut Sql<ST>) {
        self.from(route, false, sql);
    }

    /// Chooses how PostgreSQL plans the statement. In the order of the ids every value of a selective column is read along
    /// the same index, so one generic plan will do; but a state or a flag may match almost all rows or none, and ranges,
    /// several values, sorts and counts need the number of matching rows for a good plan.
    pub fn planned<ST>(&self, sql: Sql<ST>, in_order: bool) -> Sql<ST> {
        match self.search.is_none() && self.conditions.iter().all(|one| one.is_point() && !one.is_of_few_values()) {
            true if in_order => sql.planned_once(),
            true => sql,
            false => sql.planned_by_values(),
        }
    }
}
