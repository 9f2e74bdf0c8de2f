//! From thousands to a million: copies of the instruments that are there, each with an id, a code and keys of its own.
//!
//! Copies are what lists, searches and a rebuild read: `records` with the answers, contents, the kind's table, its projections and what
//! is searched; no changes and no audit events. Ids are UUIDv7 in the order of creation, as the service makes them, and `created_at` goes on with them.

use std::time::Instant;

use chuanyu::db::connection::Purpose;
use chuanyu::db::schema::{contents, records};
use chuanyu::db::{Connection, Id, Sql, Target, Together};
use chuanyu::kind::Kind;
use chuanyu::kind::search::Searched;
use chuanyu::problem::{Outcome, Problem};
use chuanyu::records::rows::Head;
use chuanyu::reference::RecordCode;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde_json::Value;

use super::{Done, told};

/// No code of a real year is taken.
const YEAR: u16 = 2001;

const TABLES: [&str; 7] =
    ["records", "contents", "revisions", "instruments", "classifications", "links", "identifiers"];

pub fn grow(url: &str, wanted: u64) -> Done {
    let target = Target::parse(url)?;
    let mut conn = target.open(Purpose::Write)?;
    let sqlite = target.is_sqlite();
    conn.batch_execute(if sqlite {
        "PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -2000000; PRAGMA wal_autocheckpoint = 20000"
    } else {
        "SET synchronous_commit = off; SET session_replication_role = replica; SET statement_timeout = 0"
    })?;
    let originals = texts(
        "SELECT code FROM records WHERE kind = 'instruments' AND id IN (SELECT record_id FROM identifiers \
         WHERE scheme = 'inner_no' AND value LIKE 'bench-%') ORDER BY id",
        &mut conn,
    )?;
    let step: i64 = 20_000;
    let statements = statements(sqlite, &mut conn)?;
    let searched = told(searched(&originals, &mut conn))?;
    let (start, mut serial, mut round) = (Instant::now(), 0, 0);
    let mut there = originals.len() as u64;
    while there < wanted {
        round += 1;
        let count = originals.len().min((wanted - there) as usize);
        conn.batch_execute("BEGIN")?;
        conn.batch_execute(
            "CREATE TEMP TABLE IF NOT EXISTS copies (old_code text PRIMARY KEY, id_text text, code text, token text)",
        )?;
        conn.batch_execute("DELETE FROM copies")?;
        let mut copies: Vec<(Id, String)> = Vec::with_capacity(count);
        for some in originals[..count].chunks(500) {
            let rows = some.iter().map(|old| {
                serial += 1;
                let code = RecordCode::new("INS", YEAR, serial).map(|code| code.to_string()).unwrap_or_default();
                copies.push((Id::new(), code.clone()));
                format!("('{old}', '{}', '{code}', 'copy-{serial:07}')", copies[copies.len() - 1].0)
            });
            conn.batch_execute(&format!("INSERT INTO copies VALUES {}", rows.collect::<Vec<_>>().join(", ")))?;
        }
        for statement in &statements {
            let shift = originals.len() as i64 * step * round;
            conn.batch_execute(&statement.replace("@SHIFT@", &shift.to_string()))?;
        }
        told(search_copies(&searched, &copies, &mut conn))?;
        conn.batch_execute("COMMIT")?;
        there += count as u64;
        if round % 10 == 0 {
            eprintln!("{there} instruments after {:.0} s", start.elapsed().as_secs_f64());
        }
    }
    conn.batch_execute(if sqlite { "PRAGMA wal_checkpoint(TRUNCATE)" } else { "VACUUM ANALYZE" })?;
    let sizes = if sqlite {
        "SELECT CAST(page_count * page_size / 1048576 AS text) FROM pragma_page_count(), pragma_page_size()"
    } else {
        "SELECT (pg_database_size(current_database()) / 1048576)::text"
    };
    let size = texts(sizes, &mut conn)?.join("");
    eprintln!("{there} instruments, {size} MiB, after {:.0} s", start.elapsed().as_secs_f64());
    Ok(())
}

/// The originals, each with what is searched of it.
fn searched(codes: &[String], conn: &mut Connection) -> Outcome<Vec<(Head, Searched)>> {
    let kind = instruments();
    let mut all = Vec::with_capacity(codes.len());
    for some in codes.chunks(500) {
        let current = contents::record_id.eq(records::id).and(contents::number.eq(records::content_number));
        let rows: Vec<(Head, String)> = records::table
            .inner_join(contents::table.on(current))
            .filter(records::code.eq_any(some))
            .order(records::id)
            .select((Head::as_select(), contents::text))
            .load(conn)?;
        for (head, text) in rows {
            let content: Value = serde_json::from_str(&text).map_err(Problem::internal)?;
            all.push((head, Searched::of(kind, &content)));
        }
    }
    Ok(all)
}

fn search_copies(searched: &[(Head, Searched)], copies: &[(Id, String)], conn: &mut Connection) -> Outcome<()> {
    let kind = instruments();
    for some in searched.iter().zip(copies).collect::<Vec<_>>().chunks(200) {
        let mut rows = Together::default();
        for ((head, searched), (id, code)) in some {
            let head = Head { id: *id, code: code.clone(), ..head.clone() };
            chuanyu::records::searched::write(searched, kind, &head, &mut rows, conn)?;
        }
        rows.run(conn)?;
    }
    Ok(())
}

fn instruments() -> &'static Kind {
    chuanyu::kinds::ALL.iter().find(|kind| kind.name == "instruments").expect("a kind")
}

pub fn texts(sql: &str, conn: &mut Connection) -> Done<Vec<String>> {
    Ok(Sql::<Text>::new(sql.to_owned()).load::<String>(conn)?)
}

/// The columns of a table.
pub fn columns(table: &str, conn: &mut Connection) -> Done<Vec<String>> {
    let query = match conn {
        Connection::Sqlite(_) => format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"),
        Connection::Postgres(_) => format!(
            "SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}' ORDER BY ordinal_position"
        ),
    };
    texts(&query, conn)
}

/// One `INSERT … SELECT` a table; the columns are taken from the database, so that a new one needs no change here.
fn statements(sqlite: bool, conn: &mut Connection) -> Done<Vec<String>> {
    // The token in every text of an original: `bench-` and the number, see `data`.
    let (new_id, old_token, later) = if sqlite {
        (
            "unhex(replace(c.id_text, '-', ''))",
            "(SELECT substr(i.value, 1, 13) FROM identifiers i WHERE i.record_id = r.id AND i.scheme = 'inner_no')",
            "+ @SHIFT@",
        )
    } else {
        (
            "c.id_text::uuid",
            "(SELECT substr(i.value, 1, 13) FROM identifiers i WHERE i.record_id = r.id AND i.scheme = 'inner_no')",
            "+ @SHIFT@ * interval '1 millisecond'",
        )
    };
    let old_id = if sqlite {
        "lower(substr(hex(r.id),1,8)||'-'||substr(hex(r.id),9,4)||'-'||substr(hex(r.id),13,4)||'-'||substr(hex(r.id),17,4)||'-'||substr(hex(r.id),21))"
    } else {
        "r.id::text"
    };
    let mut statements = Vec::new();
    for table in TABLES {
        let columns = columns(table, conn)?;
        let key = if table == "records" { "id" } else { "record_id" };
        let value = |column: &String| match (table, column.as_str()) {
            ("records", "id") | (_, "record_id") => new_id.to_owned(),
            ("records", "code") => "c.code".to_owned(),
            ("records", "document" | "public_document") | ("contents", "text") => format!(
                "replace(replace(replace(t.{column}, {old_id}, c.id_text), r.code, c.code), {old_token}, c.token)"
            ),
            ("records", "created_at" | "updated_at") => format!("t.{column} {later}"),
            ("instruments", "inner_no" | "serial_no" | "pid") | ("identifiers", "value") => {
                format!("replace(t.{column}, {old_token}, c.token)")
            }
            _ => format!("t.{column}"),
        };
        let values: Vec<String> = columns.iter().map(value).collect();
        statements.push(format!(
            "INSERT INTO {table} ({}) SELECT {} FROM copies c JOIN records r ON r.code = c.old_code \
             JOIN {table} t ON t.{key} = r.id ORDER BY c.id_text",
            columns.join(", "),
            values.join(", ")
        ));
    }
    Ok(statements)
}

/// The number of rows that a statement answers.
pub fn number(sql: &str, conn: &mut Connection) -> Done<i64> {
    Ok(Sql::<BigInt>::new(sql.to_owned()).get_result::<i64>(conn)?)
}
