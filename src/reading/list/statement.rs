//! The statement of a list.
//!
//! It runs along an index in the order of its answer: over the kind's own table when one of its columns is filtered or
//! sorted by, along `classifications` when one code is asked for, over `records` otherwise.

use diesel::sql_types::BigInt;

use crate::api::paging::Cursor;
use crate::db::{Cell, Sql, Uid};
use crate::problem::{Code, Outcome, Problem};
use crate::reading::list::Listing;
use crate::reading::list::route::Route;
use crate::reading::selection::Selection;

impl Listing {
    /// One row more than a page has tells whether there is a next one.
    pub fn rows(&self, selection: &Selection, route: &Route) -> Outcome<Sql<(Uid, BigInt)>> {
        let mut sql: Sql<(Uid, BigInt)> = Sql::new("SELECT r.id, r.revision");
        let id = selection.from(route, self.sort.iter().any(|key| key.own), &mut sql);
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
        Ok(selection.planned(sql, self.sort.is_empty()))
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
