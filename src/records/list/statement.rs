//! The statement of a list.
//!
//! It runs along an index in the order of its answer: over the kind's own table when one of its columns is filtered or
//! sorted by, along `classifications` when one code is asked for, over `records` otherwise.

use diesel::sql_types::BigInt;

use super::super::filters::Condition;
use super::super::kind::Kind;
use super::super::view::Sight;
use super::Listing;
use super::order::Cursor;
use crate::api::{Code, Outcome, Problem};
use crate::db::{Cell, Sql, Stored};

impl Listing {
    /// One row more than a page has tells whether there is a next one.
    pub(super) fn rows(&self, kind: &Kind, conditions: &[Condition], sight: &Sight) -> Outcome<Sql<Stored>> {
        let mut sql: Sql<Stored> = Sql::new("SELECT ");
        sql.push_stored(sight.answer());
        let id = self.from(kind, conditions, sight, &mut sql);
        if let Some(cursor) = &self.cursor {
            sql.push(" AND ");
            self.after(cursor, id, &mut sql)?;
        }
        sql.push(" ORDER BY ");
        for key in &self.sort {
            sql.push(key.column.clone()).push(direction(key.descending)).push(", ");
        }
        // The number stands in the text: SQLite prepares a statement anew for every bound limit, and PostgreSQL plans
        // for a tenth of all rows when it does not know how few are wanted.
        sql.push(id).push(direction(self.descending())).push(format!(" LIMIT {}", self.limit + 1));
        Ok(planned(sql, conditions))
    }

    pub(super) fn count(&self, kind: &Kind, conditions: &[Condition], sight: &Sight) -> Sql<BigInt> {
        let mut sql = Sql::new("SELECT COUNT(*)");
        self.from(kind, conditions, sight, &mut sql);
        planned(sql, conditions)
    }

    /// ` FROM … WHERE …`; answers the expression of the record's id in the table that the statement runs along.
    fn from<ST>(&self, kind: &Kind, conditions: &[Condition], sight: &Sight, sql: &mut Sql<ST>) -> &'static str {
        let own = conditions.iter().any(Condition::is_own) || self.sort.iter().any(|key| key.own);
        let along =
            conditions.iter().position(|one| matches!(one, Condition::Classified(_, codes) if codes.len() == 1));
        sql.push(" FROM ");
        let id = match (along.is_some(), own) {
            (true, _) => "d.record_id",
            (false, true) => "k.record_id",
            (false, false) => "r.id",
        };
        if along.is_some() {
            sql.push("classifications d").push_join();
        }
        match (along.is_some(), own) {
            (true, true) => sql.push(kind.table).push(" k ON k.record_id = d.record_id").push_join(),
            (false, true) => sql.push(kind.table).push(" k").push_join(),
            _ => sql,
        };
        sql.push("records r");
        if id != "r.id" {
            sql.push(" ON r.id = ").push(id);
        }
        // The table of the kind holds nothing else; `records` and `classifications` hold all kinds.
        sql.push(" WHERE ");
        if !own {
            sql.push("r.kind = '").push(kind.name).push("' AND ");
        }
        for (index, condition) in conditions.iter().enumerate() {
            match condition {
                Condition::Classified(scheme, codes) if Some(index) == along => {
                    sql.push("d.scheme = '").push(*scheme).push("' AND d.code = ").bind(Cell::text(&codes[0]));
                }
                condition => condition.write(sql, id),
            }
            sql.push(" AND ");
        }
        sql.append(sight.condition("r"));
        id
    }

    pub(super) fn descending(&self) -> bool {
        self.sort.last().is_some_and(|key| key.descending)
    }

    /// Rows after the cursor's: a row comparison when all keys run the same way, spelled out otherwise.
    fn after(&self, cursor: &Cursor, id: &'static str, sql: &mut Sql<Stored>) -> Outcome<()> {
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

/// Equal to one value is planned once; how many rows a range or several values select must be known to plan well.
fn planned<ST>(sql: Sql<ST>, conditions: &[Condition]) -> Sql<ST> {
    if conditions.iter().all(Condition::is_point) { sql } else { sql.planned_by_values() }
}
