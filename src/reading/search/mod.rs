//! The records that have what `q` asks for, the best first: those whose name it is, whose name begins with it, that have it in
//! their names, that have it elsewhere; among them in the order of their ids (`docs/rules.md` §6).
//!
//! Both engines have an index of terms that names candidates, and the stored normal forms decide. Few matches are sorted. Of
//! many, each class is read in the order of the ids until the page is full; on SQLite, whose index is in that order, it is read no
//! further.

pub mod everywhere;
pub mod place;

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::api::paging::Cursor;
use crate::db::{Cell, Connection, Id, Sql, Uid};
use crate::kind::Kind;
use crate::kind::search::{Class, Search, Term};
use crate::problem::{Code, Outcome, Problem};
use crate::reading::list::route::{FEW, Route};
use crate::records::searched::numbers;
use crate::records::sight::Sight;

/// Which index there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// FTS5, in the order of numbers that follow the ids.
    Sqlite,
    /// A generalized inverted index, without an order.
    Postgres,
}

impl Engine {
    pub fn of(conn: &Connection) -> Engine {
        match conn {
            Connection::Sqlite(_) => Engine::Sqlite,
            Connection::Postgres(_) => Engine::Postgres,
        }
    }

    /// Groups of terms, one of which must be there, in the engine's own language.
    fn any(self, groups: &[Vec<Term>]) -> String {
        let between = if self == Engine::Sqlite { " OR " } else { " | " };
        groups.iter().map(|group| format!("({})", self.query(group))).collect::<Vec<_>>().join(between)
    }

    /// The terms, all of which must be there, in the engine's own language. Terms have only letters and digits.
    fn query(self, terms: &[Term]) -> String {
        let one = |Term { text, begins }: &Term| match (self, begins) {
            (Engine::Sqlite, true) => format!("\"{text}\" *"),
            (Engine::Sqlite, false) => format!("\"{text}\""),
            (Engine::Postgres, true) => format!("'{text}':*"),
            (Engine::Postgres, false) => format!("'{text}'"),
        };
        terms.iter().map(one).collect::<Vec<_>>().join(self.and())
    }

    fn and(self) -> &'static str {
        if self == Engine::Sqlite { " AND " } else { " & " }
    }
}

/// A record that was found: its class, its id and its revision.
pub type Row = (i64, Id, i64);
pub type RowTypes = (BigInt, Uid, BigInt);

/// Appends the tables along which records are found, of which `s` is one row a record.
pub fn push_found<ST>(sql: &mut Sql<ST>) {
    sql.push_by_engine("search_terms t CROSS JOIN search_texts s ON s.number = t.rowid", "search_texts s");
}

/// Appends the conditions on `s` that a search makes: of some kinds, or of all when none is named.
pub fn push_conditions<ST>(sql: &mut Sql<ST>, search: &Search, kinds: &[&Kind], route: &Route, engine: Engine) {
    let along = match route {
        Route::Found(class) => Some(*class),
        _ => None,
    };
    let mut is_sure = false;
    if along.is_some() || engine == Engine::Postgres {
        push_query(sql, &[search.terms(along.flatten())], kinds, engine);
        sql.push(" AND ");
        is_sure = true;
    }
    for word in search.words().iter().filter(|word| !is_sure || search.is_doubtful(word)) {
        push_has(sql, word);
        sql.push(" AND ");
    }
    push_class(sql, search, along.flatten());
}

/// Appends whether a record has all terms of one of these groups, and is of one of these kinds.
pub fn push_query<ST>(sql: &mut Sql<ST>, groups: &[Vec<Term>], kinds: &[&Kind], engine: Engine) {
    let kinds: Vec<Vec<Term>> = kinds.iter().map(|kind| vec![Term::of_kind(kind.singular)]).collect();
    let parts = [groups, &kinds].into_iter().filter(|part| !part.is_empty());
    let parts: Vec<String> = parts.map(|part| format!("({})", engine.any(part))).collect();
    let query = Cell::text(parts.join(engine.and()));
    match engine {
        Engine::Sqlite => sql.push("t.search_terms MATCH ").bind(query),
        Engine::Postgres => sql.push("s.terms @@ CAST(").bind(query).push(" AS tsquery)"),
    };
}

/// Appends whether a record has a word.
fn push_has<ST>(sql: &mut Sql<ST>, word: &str) {
    sql.push("(").push_contains("s.names", word).push(" OR ").push_contains("s.texts", word).push(")");
}

/// Appends what a record of this class has, and none of a better one; true where the class does not matter.
fn push_class<ST>(sql: &mut Sql<ST>, search: &Search, class: Option<Class>) {
    let (whole, begins) = (search.whole_name(), search.beginning());
    match class {
        None => drop(sql.push("1 = 1")),
        Some(Class::Whole) => drop(sql.push_contains("s.names", &whole)),
        Some(Class::Begins) => {
            sql.push_contains("s.names", &begins).push(" AND NOT ").push_contains("s.names", &whole);
        }
        Some(Class::InNames) => {
            push_all_in_names(sql, search);
            sql.push(" AND NOT ").push_contains("s.names", &begins);
        }
        Some(Class::Elsewhere) => {
            sql.push("NOT (");
            push_all_in_names(sql, search);
            sql.push(") AND NOT ").push_contains("s.names", &begins);
        }
    }
}

fn push_all_in_names<ST>(sql: &mut Sql<ST>, search: &Search) {
    for (index, word) in search.words().iter().enumerate() {
        if index > 0 {
            sql.push(" AND ");
        }
        sql.push_contains("s.names", word);
    }
}

/// How many records have the terms, counted up to `most`: at least as many as are found.
pub fn found_up_to(most: i64, search: &Search, kinds: &[&Kind], conn: &mut Connection) -> Outcome<i64> {
    let mut sql: Sql<BigInt> = Sql::new("SELECT COUNT(*) FROM (SELECT 1 FROM ");
    sql.push_by_engine("search_terms t", "search_texts s").push(" WHERE ");
    push_query(&mut sql, &[search.terms(None)], kinds, Engine::of(conn));
    sql.push(format!(" LIMIT {most}) f"));
    Ok(sql.planned_by_values().get_result(conn)?)
}

/// Records whose names are compared, and names that are suggested.
const COMPARED: i64 = 200;
const SUGGESTED: usize = 5;

/// Names that differ from the query by one character, of records of some kinds, or of all, that the caller sees.
pub fn near(search: &Search, kinds: &[&Kind], sight: &Sight, conn: &mut Connection) -> Outcome<Vec<String>> {
    let groups = search.near();
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql: Sql<Text> = Sql::new("SELECT s.names FROM ");
    push_found(&mut sql);
    sql.push_join().push("records r").push_indexed_by("records_standing").push(" ON r.id = s.record_id WHERE ");
    push_query(&mut sql, &groups, kinds, Engine::of(conn));
    sql.push(" AND ").append(sight.condition("r")).push(format!(" LIMIT {COMPARED}"));
    let names: Vec<String> = sql.planned_by_values().load(conn)?;
    let near: BTreeSet<&str> = names.iter().flat_map(|names| search.near_names(names)).collect();
    Ok(near.into_iter().take(SUGGESTED).map(str::to_owned).collect())
}

/// A page of what is found, one row more than it has.
pub struct Ranked<'a> {
    pub search: &'a Search,
    /// The last record of the page before, with its class.
    pub after: Option<(Class, Id)>,
    pub limit: i64,
    /// Few records fit the other conditions: the column whose conditions the fewest match.
    pub by_filter: Option<&'a str>,
}

impl Ranked<'_> {
    /// The rows, by `from`, which appends ` FROM … WHERE …` of a route, with the search's own conditions. `found` is
    /// how many have the terms, counted up to [`FEW`] at least.
    pub fn rows(
        &self,
        found: i64,
        from: &dyn Fn(&Route, &mut Sql<RowTypes>),
        conn: &mut Connection,
    ) -> Outcome<Vec<Row>> {
        match self.by_filter {
            _ if found == 0 => Ok(Vec::new()),
            _ if found < FEW => self.sorted(&Route::Found(None), from, conn),
            Some(column) => self.sorted(&Route::Sorted(column.to_owned()), from, conn),
            None => self.by_class(from, conn),
        }
    }

    fn sorted(
        &self,
        route: &Route,
        from: &dyn Fn(&Route, &mut Sql<RowTypes>),
        conn: &mut Connection,
    ) -> Outcome<Vec<Row>> {
        let mut sql: Sql<RowTypes> =
            Sql::new("SELECT CAST(f.class AS bigint), f.id, f.revision FROM (SELECT CASE WHEN ");
        sql.push_contains("s.names", &self.search.whole_name()).push(" THEN 0 WHEN ");
        sql.push_contains("s.names", &self.search.beginning()).push(" THEN 1 WHEN ");
        push_all_in_names(&mut sql, self.search);
        sql.push(" THEN 2 ELSE 3 END AS class, r.id AS id, r.revision AS revision");
        from(route, &mut sql);
        sql.push(") f");
        if let Some((class, id)) = self.after {
            sql.push(format!(" WHERE (f.class, f.id) > ({}, ", class as i64)).bind(Cell::id(id)).push(")");
        }
        sql.push(format!(" ORDER BY f.class, f.id LIMIT {}", self.limit + 1));
        Ok(sql.planned_by_values().load(conn)?)
    }

    fn by_class(&self, from: &dyn Fn(&Route, &mut Sql<RowTypes>), conn: &mut Connection) -> Outcome<Vec<Row>> {
        let mut rows = Vec::new();
        for class in Class::ALL.into_iter().filter(|class| self.after.is_none_or(|(first, _)| *class >= first)) {
            let left = self.limit + 1 - rows.len() as i64;
            if left == 0 {
                break;
            }
            rows.extend(self.of_class(class, left, from, conn)?);
        }
        Ok(rows)
    }

    /// Up to so many rows of a class.
    fn of_class(
        &self,
        class: Class,
        most: i64,
        from: &dyn Fn(&Route, &mut Sql<RowTypes>),
        conn: &mut Connection,
    ) -> Outcome<Vec<Row>> {
        let after = self.after.filter(|(first, _)| *first == class).map(|(_, id)| id);
        let mut rows: Vec<Row> = self
            .statement(class, after, from, &|sql| {
                sql.push(" ORDER BY ").push_by_engine("t.rowid", "s.record_id").push(format!(" LIMIT {most}"));
            })
            .load(conn)?;
        if Engine::of(conn) == Engine::Postgres {
            return Ok(rows);
        }
        // SQLite reads them in the order of their milliseconds: the last one may have more.
        if let [.., before, last] = rows.as_slice()
            && rows.len() as i64 == most
            && before.1.start() == last.1.start()
        {
            let [first_number, last_number] = numbers(last.1).map(|number| Cell::Integer(Some(number)));
            let start = last.1.start();
            rows.retain(|(_, id, _)| id.start() != start);
            let rest: Vec<Row> = self
                .statement(class, after, from, &|sql| {
                    sql.push(" AND t.rowid BETWEEN ")
                        .bind(first_number.clone())
                        .push(" AND ")
                        .bind(last_number.clone());
                })
                .load(conn)?;
            rows.extend(rest);
        }
        rows.sort_unstable_by_key(|(_, id, _)| *id);
        rows.truncate(most as usize);
        Ok(rows)
    }

    fn statement(
        &self,
        class: Class,
        after: Option<Id>,
        from: &dyn Fn(&Route, &mut Sql<RowTypes>),
        end: &dyn Fn(&mut Sql<RowTypes>),
    ) -> Sql<RowTypes> {
        let mut sql: Sql<RowTypes> = Sql::new(format!("SELECT CAST({} AS bigint), r.id, r.revision", class as i64));
        from(&Route::Found(Some(class)), &mut sql);
        if let Some(id) = after {
            let [first, _] = numbers(id).map(|number| Cell::Integer(Some(number)));
            sql.push(" AND s.record_id > ").bind(Cell::id(id));
            // For SQLite, which does not know that the numbers follow the ids; PostgreSQL has none.
            sql.push_by_engine(" AND t.rowid >= ", " AND 0 <= ").bind(first);
        }
        end(&mut sql);
        sql.planned_by_values()
    }
}

/// Where a page begins, as its cursor says.
pub fn after(cursor: Option<&Cursor>) -> Outcome<Option<(Class, Id)>> {
    let Some(cursor) = cursor else { return Ok(None) };
    let class = cursor.k.first().and_then(|key| key.parse::<usize>().ok()).and_then(|class| Class::ALL.get(class));
    let class = class.ok_or_else(|| Problem::new(Code::CursorMismatch))?;
    Ok(Some((*class, cursor.id())))
}
