//! The rows of one write in bare SQL: the minimum that the engine needs for what a creation writes.

use std::path::Path;
use std::time::{Duration, Instant};

use chuanyu::db::connection::Purpose;
use chuanyu::db::{Connection, Id, Target};
use chuanyu::reference::RecordCode;
use diesel::connection::SimpleConnection;
use serde_json::Value;

use super::Done;
use super::grow::{columns, number, texts};

/// No code of a real year is taken.
const YEAR: u16 = 2002;

/// Where a created instrument has rows, each after those that it refers to.
const TABLES: [&str; 9] = [
    "records",
    "contents",
    "revisions",
    "instruments",
    "classifications",
    "links",
    "identifiers",
    "changes",
    "audit_events",
];

/// Prints how many times a second the rows of the record are inserted anew, each time in one transaction that is sent as one
/// text. They differ from the record's own in id, code, key and position only.
pub fn insert(url: &str, record: &Path, key: &str, seconds: u64) -> Done {
    let record: Value = serde_json::from_str(&std::fs::read_to_string(record)?)?;
    let text = |name: &str| record[name].as_str().unwrap_or_default();
    let (id, code): (Id, &str) = (text("id").parse()?, text("code"));
    let mut conn = Target::parse(url)?.open(Purpose::Write)?;
    let script = script(id, &mut conn)?;
    let before = number(&format!("SELECT COUNT(*) FROM records WHERE code LIKE 'INS-{YEAR}-%'"), &mut conn)?;
    let before = u32::try_from(before)?;
    let (start, end, mut count) = (Instant::now(), Duration::from_secs(seconds), before);
    while start.elapsed() < end {
        count += 1;
        let copy = Id::new();
        let script = script
            .replace(&id.to_string(), &copy.to_string())
            .replace(&in_hex(id), &in_hex(copy))
            .replace(code, &RecordCode::new("INS", YEAR, count).ok_or("no code is left")?.to_string())
            .replace(key, &format!("bare-{count:07}"));
        conn.batch_execute(&script)?;
    }
    println!("{:.1}", f64::from(count - before) / start.elapsed().as_secs_f64());
    Ok(())
}

/// `X'…'` of SQLite has an id like this.
fn in_hex(id: Id) -> String {
    id.to_string().replace('-', "").to_uppercase()
}

fn script(id: Id, conn: &mut Connection) -> Done<String> {
    let mut script = String::from("BEGIN;\n");
    for table in TABLES {
        // Positions in the feed and in the audit log are given as the service does: the head moves first.
        match table {
            "changes" => script.push_str("UPDATE feed SET seq = seq + 1;\n"),
            "audit_events" => script.push_str("UPDATE audit_head SET seq = seq + 1;\n"),
            _ => {}
        }
        let columns = columns(table, conn)?;
        let value = |column: &String| match (table, column.as_str()) {
            ("changes", "seq") => "'(SELECT seq FROM feed)'".to_owned(),
            ("audit_events", "seq") => "'(SELECT seq FROM audit_head)'".to_owned(),
            ("audit_events", "prev_hash") => "'(SELECT hash FROM audit_head)'".to_owned(),
            _ => match conn {
                Connection::Sqlite(_) => format!("quote({column})"),
                Connection::Postgres(_) => format!("quote_nullable({column}::text)"),
            },
        };
        let values: Vec<String> = columns.iter().map(value).collect();
        let key = if table == "records" { "id" } else { "record_id" };
        let wanted = match conn {
            Connection::Sqlite(_) => format!("X'{}'", in_hex(id)),
            Connection::Postgres(_) => format!("'{id}'"),
        };
        let rows = texts(&format!("SELECT {} FROM {table} WHERE {key} = {wanted}", values.join(" || ', ' || ")), conn)?;
        // A draft holds no identifiers.
        if rows.is_empty() && !["classifications", "identifiers"].contains(&table) {
            return Err(format!("the record has no row in {table}").into());
        }
        for row in rows {
            script.push_str(&format!("INSERT INTO {table} ({}) VALUES ({row});\n", columns.join(", ")));
        }
    }
    script.push_str("COMMIT;\n");
    Ok(script)
}
