//! The contents of a database as comparable text.

use chuanyu::db::connection::Purpose;
use chuanyu::db::{Connection, Target};
use diesel::RunQueryDsl;
use diesel::sql_types::Text;

use super::database::Database;

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// The rows of a query that names its one column `line`.
pub fn lines(conn: &mut Connection, query: &str) -> Vec<String> {
    diesel::sql_query(query)
        .load::<Line>(conn)
        .unwrap_or_else(|error| panic!("{query}: {error}"))
        .into_iter()
        .map(|row| row.line)
        .collect()
}

/// `table.column` of every table but diesel's own.
pub fn columns(target: &Target) -> Vec<String> {
    let mut conn = target.open(Purpose::Write).unwrap();
    let query = match conn {
        Connection::Sqlite(_) => {
            "SELECT t.name || '.' || c.name AS line FROM sqlite_schema t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\' ORDER BY 1"
        }
        Connection::Postgres(_) => {
            "SELECT c.table_name || '.' || c.column_name COLLATE \"C\" AS line FROM information_schema.columns c
             WHERE c.table_schema = 'public' AND c.table_name NOT LIKE '\\_\\_%' ORDER BY 1"
        }
    };
    lines(&mut conn, query)
}

/// Every row of every projection, and the stored answers.
pub fn projections(database: &Database) -> Vec<String> {
    let kinds = chuanyu::kinds::register().kinds();
    let mut tables: Vec<&str> = kinds.iter().map(|kind| kind.table).collect();
    tables.extend(["parties", "classifications", "links", "identifiers", "records", "search_texts"]);
    let all = columns(&database.target());
    let mut conn = database.connect();
    let mut rows = Vec::new();
    for table in tables {
        // The numbers of SQLite's full-text index may be others.
        let names = all.iter().filter(|column| *column != "search_texts.number");
        let names = names.filter_map(|column| column.strip_prefix(&format!("{table}.")));
        let text = |name: &str| match conn {
            Connection::Sqlite(_) => format!("COALESCE(quote({name}), '')"),
            Connection::Postgres(_) => format!("COALESCE({name}::text, '∅')"),
        };
        let line: Vec<String> = names.map(text).collect();
        assert!(!line.is_empty(), "{table}");
        let query = format!("SELECT {} AS line FROM {table} ORDER BY 1", line.join(" || '|' || "));
        rows.extend(lines(&mut conn, &query).into_iter().map(|row| format!("{table} {row}")));
    }
    rows
}
