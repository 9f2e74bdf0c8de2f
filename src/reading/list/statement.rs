//! The statement of a list.
//!
//! It runs along an index in the order of its answer: over the kind's own table when one of its columns is filtered or
//! sorted by, along `classifications` when one code is asked for, over `records` otherwise.

use diesel::sql_types::BigInt;

use crate::api::paging::Cursor;
use crate::db::{Cell, Sql, Uid};
use crate::kind::Kind;
use crate::problem::{Code, Outcome, Problem};
use crate::reading::filters::Condition;
use crate::reading::list::Listing;
use crate::reading::list::route::Route;
use crate::records::sight::Sight;

impl Listing {
    /// One row more than a page has tells whether there is a next one.
    pub fn rows(
        &self,
        kind: &Kind,
        conditions: &[Condition],
        sight: &Sight,
        route: &Route,
    ) -> Outcome<Sql<(Uid, BigInt)>> {
        let mut sql: Sql<(Uid, BigInt)> = Sql::new("SELECT r.id, r.revision");
        let id = self.from(kind, conditions, sight, route, &mut sql);
        if let Some(cursor) = &self.cursor {
            sql.push(" AND ");
            self.after(cursor, id, &mut sql)?;
        }
        sql.push(" ORDER BY ");
        for key in &self.sort {
            sql.push(key.column.clone()).push(direction(key.descending)).push(", ");
        }
        // The limit is written into the text: SQLite prepares a statement again for every bound limit, and PostgreSQL
        // plans for a tenth of all rows when it does not know the limit.
        if matches!(route, Route::Sorted(_)) {
            sql.push_unindexed();
        }
        sql.push(id).push(direction(self.descending())).push(format!(" LIMIT {}", self.limit + 1));
        Ok(planned(sql, conditions, self.sort.is_empty()))
    }

    pub fn count(&self, kind: &Kind, conditions: &[Condition], sight: &Sight) -> Sql<BigInt> {
        let mut sql = Sql::new("SELECT COUNT(*)");
        self.from(kind, conditions, sight, &Route::Free, &mut sql);
        planned(sql, conditions, false)
    }

    /// ` FROM … WHERE …`; returns the expression of the record's id in the table that the statement runs along.
    fn from<ST>(
        &self,
        kind: &Kind,
        conditions: &[Condition],
        sight: &Sight,
        route: &Route,
        sql: &mut Sql<ST>,
    ) -> &'static str {
        let own = conditions.iter().any(Condition::is_own) || self.sort.iter().any(|key| key.own);
        let along = conditions.iter().position(|one| one.is_one_code() && route.leads(one));
        // Start from `records` only when the plan forces it; otherwise let the engine choose.
        let by_record = *route != Route::Free && conditions.iter().any(|one| one.is_of_record() && route.leads(one));
        let id = match (along, own && !by_record) {
            (Some(_), _) => "d.record_id",
            (None, true) => "k.record_id",
            (None, false) => "r.id",
        };
        sql.push(" FROM ");
        let kind_table = (kind.table, "k", "k.record_id");
        let tables = [("classifications", "d", "d.record_id"), kind_table, ("records", "r", "r.id"), kind_table];
        let wanted = [along.is_some(), own && !by_record, true, own && by_record];
        let tables = tables.into_iter().zip(wanted).filter(|(_, wanted)| *wanted).map(|(table, _)| table);
        for (index, (table, alias, key)) in tables.enumerate() {
            if index > 0 {
                sql.push_join();
            }
            sql.push(table).push(" ").push(alias);
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

    pub fn descending(&self) -> bool {
        self.sort.last().is_some_and(|key| key.descending)
    }

    /// Rows after the cursor's: a row comparison when all keys run the same way, spelled out otherwise.
    fn after(&self, cursor: &Cursor, id: &'static str, sql: &mut Sql<(Uid, BigInt)>) -> Outcome<()> {
        let mut keys: Vec<(String, Cell, bool)> = Vec::new();
        for (key, text) in self.sort.iter().zip(&cursor.k) {
            let cell = key.cell(text).ok_or_else(|| Problem::new(Code::CursorMismatch))?;
            keys.push((key.column.clone(), cell, key.descending));
        }
        keys.push((id.to_owned(), Cell::id(cursor.i), self.descending()));
        let less = |descending: bool| if descending { "<" } else { ">" };
        if keys.iter().all(|(_, _, descending)| *descending == keys[0].2) {
            let columns: Vec<&str> = keys.iter().map(|(column, ..)| column.as_str()).collect();
            if let [column] = columns.as_slice() {
                sql.push(format!("{column} {} ", less(keys[0].2))).bind(keys[0].1.clone());
                return Ok(());
            }
            sql.push(format!("({}) {} (", columns.join(", "), less(keys[0].2)));
            sql.bind_all(keys.iter().map(|(_, cell, _)| cell.clone())).push(")");
            return Ok(());
        }
        sql.push("(");
        for (last, (column, cell, descending)) in keys.iter().enumerate() {
            sql.push(if last > 0 { " OR (" } else { "(" });
            for (column, cell, _) in &keys[..last] {
                sql.push(format!("{column} = ")).bind(cell.clone()).push(" AND ");
            }
            sql.push(format!("{column} {} ", less(*descending))).bind(cell.clone()).push(")");
        }
        sql.push(")");
        Ok(())
    }
}

fn direction(descending: bool) -> &'static str {
    if descending { " DESC" } else { "" }
}

/// Chooses how PostgreSQL plans the statement. In the order of the ids every value of a selective column is read along
/// the same index, so one generic plan will do; but a state or a flag may match almost all rows or none, and ranges,
/// several values, sorts and counts need the number of matching rows for a good plan.
fn planned<ST>(sql: Sql<ST>, conditions: &[Condition], in_order: bool) -> Sql<ST> {
    match conditions.iter().all(|one| one.is_point() && !one.is_of_few_values()) {
        true if in_order => sql.planned_once(),
        true => sql,
        false => sql.planned_by_values(),
    }
}
