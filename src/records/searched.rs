//! The row of a record in the tables that `q` searches.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::db::{Cell, Connection, Id, Sql, Together};
use crate::kind::Kind;
use crate::kind::search::Searched;
use crate::records::rows::Head;

/// Writes the row of a record, over the one of before.
pub fn write(
    searched: &Searched,
    kind: &Kind,
    head: &Head,
    rows: &mut Together,
    conn: &mut Connection,
) -> QueryResult<()> {
    let [names, texts, terms] = searched.columns(kind, &head.code).map(Cell::text);
    match conn {
        Connection::Postgres(_) => {
            let mut row: Sql = Sql::new("INSERT INTO search_texts (record_id, names, texts, terms) VALUES (");
            row.bind_all([Cell::id(head.id), names, texts]).push(", array_to_tsvector(string_to_array(").bind(terms);
            row.push(
                ", ' '))) ON CONFLICT (record_id) DO UPDATE SET names = excluded.names, texts = excluded.texts, terms = \
                 excluded.terms",
            );
            rows.add(row, conn)
        }
        Connection::Sqlite(_) => {
            let [first, last] = numbers(head.id).map(|number| Cell::Integer(Some(number)));
            let mut row: Sql<BigInt> = Sql::new(
                "INSERT INTO search_texts (number, record_id, names, texts) SELECT COALESCE(MAX(number) + 1, ",
            );
            row.bind(first.clone()).push("), ").bind_all([Cell::id(head.id), names, texts]);
            row.push(" FROM search_texts WHERE number BETWEEN ").bind(first).push(" AND ").bind(last);
            row.push(
                " ON CONFLICT (record_id) DO UPDATE SET names = excluded.names, texts = excluded.texts RETURNING number",
            );
            let number: i64 = row.get_result(conn)?;
            let mut index: Sql = Sql::new("INSERT OR REPLACE INTO search_terms (rowid, terms) VALUES (");
            index.bind_all([Cell::Integer(Some(number)), terms]).push(")");
            index.execute(conn).map(drop)
        }
    }
}

/// The first and the last number that a record with this id may have on SQLite, whose full-text index is in the order of whole
/// numbers: these are in the order of what the ids begin with, that is of their milliseconds; among the 32,768 that a millisecond
/// has, in any order. The service makes no more ids than that in a millisecond.
pub fn numbers(id: Id) -> [i64; 2] {
    let first = id.start() << NUMBERED;
    [first, first | ((1 << NUMBERED) - 1)]
}

/// Bits of a number beside the 48 that an id begins with.
const NUMBERED: u32 = 15;
