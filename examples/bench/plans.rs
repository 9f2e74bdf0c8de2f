//! Every documented filter of the instruments' list with the default sort: how the engine runs it, and how long it takes.
//!
//! The names come from the published contract, the values from the data: a common one, a rare one, one that nothing has;
//! for ranges the ends and the middle. The statements are the service's own, heard through diesel's instrumentation;
//! PostgreSQL's plans come from `auto_explain` in its log, with the values that were really bound.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use chuanyu::api::query::Query;
use chuanyu::contract::document;
use chuanyu::db::connection::Purpose;
use chuanyu::db::{Connection, Id, Sql, Target};
use chuanyu::kinds::register;
use chuanyu::reading::cache::Shelf;
use chuanyu::reading::list::Listing;
use chuanyu::records::sight::Sight;
use diesel::connection::{Connection as _, InstrumentationEvent, SimpleConnection};
use diesel::prelude::*;
use diesel::sql_types::{Integer, Nullable, Text};

use super::grow::number;
use super::{Done, told};

/// Slower than this is marked.
const SLOW_MS: f64 = 50.0;

const SUFFIXES: [&str; 4] = ["_gte", "_gt", "_lte", "_lt"];
const NO_FILTERS: [&str; 6] = ["limit", "cursor", "include_total", "sort", "fields", "expand"];
const CODED: [&str; 3] = ["discipline", "funding_source", "division"];

pub fn plans(url: &str, log: Option<&Path>) -> Done {
    let target = Target::parse(url)?;
    let mut conn = target.open(if log.is_some() { Purpose::Write } else { Purpose::Read })?;
    if !target.is_sqlite() {
        conn.batch_execute(
            "LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET auto_explain.log_analyze = on; \
             SET auto_explain.log_timing = off; SET statement_timeout = '120s'",
        )?;
    }
    let heard: Arc<Mutex<Vec<String>>> = Arc::default();
    let ear = heard.clone();
    conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            ear.lock().unwrap_or_else(PoisonError::into_inner).push(query.to_string());
        }
    });
    println!("{} instruments", number("SELECT COUNT(*) FROM instruments", &mut conn)?);
    let client = Sight::Client { client_id: Id::new(), org: Some(Id::new()), province: Some("510000".to_owned()) };
    let shelf = Shelf::new(0, chuanyu::api::Restores::default()); // every text is fetched
    let (mut asked, mut slow) = (0, 0);
    for name in names() {
        for (what, value) in values(&name, &target, &mut conn)? {
            let query = format!("{name}={value}");
            heard.lock().unwrap_or_else(PoisonError::into_inner).clear();
            let start_of_log = log.map(|log| std::fs::metadata(log).map_or(0, |data| data.len()));
            let mut times = Vec::new();
            let mut rows = 0;
            for sight in [&Sight::Public, &Sight::Public, &client] {
                let start = Instant::now();
                let parsed = told(Query::parse(&query))?;
                let kind = register().kind("instruments").ok_or("no kind instruments")?;
                let listing = told(Listing::read(kind, &parsed))?;
                let page = told(listing.run(kind, sight, &shelf, &mut conn))?;
                times.push(start.elapsed().as_secs_f64() * 1000.0);
                rows = String::from_utf8_lossy(&page.pieces.concat()).matches("\"inner_no\":").count();
            }
            let statement = heard
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .iter()
                .find(|sql| sql.contains(LIST))
                .cloned()
                .unwrap_or_default();
            let plan = match (log, start_of_log) {
                (Some(log), Some(start)) => explained(&std::fs::read(log)?[start as usize..]),
                _ => sqlite_plan(&statement, &mut conn)?,
            };
            let worst = times[1].max(times[2]);
            let scans = plan
                .iter()
                .any(|line| line.contains("Seq Scan") || (line.starts_with("SCAN") && !line.contains("INDEX")));
            let sorts = plan.iter().any(|line| line.contains("TEMP B-TREE FOR ORDER") || line.contains("Sort  ("));
            asked += 1;
            slow += usize::from(worst > SLOW_MS);
            println!(
                "\n{query}  ({what}; {rows} rows)  {:.1} ms, again {:.1} ms, with token {:.1} ms{}{}{}",
                times[0],
                times[1],
                times[2],
                if worst > SLOW_MS { "  SLOW" } else { "" },
                if scans { "  SCANS" } else { "" },
                if sorts { "  SORTS" } else { "" },
            );
            for line in &plan {
                println!("    {line}");
            }
        }
    }
    println!("\n{asked} lists, {slow} slower than {SLOW_MS} ms");
    Ok(())
}

fn names() -> Vec<String> {
    let document = document();
    let list = document["paths"]["/api/v1/instruments"]["get"]["parameters"].as_array().cloned().unwrap_or_default();
    list.iter()
        .filter(|parameter| parameter["in"] == "query")
        .filter_map(|parameter| parameter["name"].as_str())
        .filter(|name| !NO_FILTERS.contains(name))
        .map(str::to_owned)
        .collect()
}

/// Values worth asking for: `(what it is, value)`.
fn values(name: &str, target: &Target, conn: &mut Connection) -> Done<Vec<(&'static str, String)>> {
    let fixed = |values: &[&'static str]| Ok(values.iter().map(|value| ("fixed", (*value).to_owned())).collect());
    let base = SUFFIXES.iter().find_map(|suffix| name.strip_suffix(suffix));
    match name {
        _ if name.starts_with("has_") => return fixed(&["true", "false"]),
        "customs_supervised" => return fixed(&["true", "false"]),
        "source_system" | "source_id" => return fixed(&["nobody"]),
        "state" => return fixed(&["active", "draft", "closed", "active,closed"]),
        _ => {}
    }
    let column = base.unwrap_or(name);
    let (table, column, condition) = match column {
        "owner" => ("records", "owner_id".to_owned(), "kind = 'instruments'".to_owned()),
        "province" | "code" | "created_at" | "updated_at" => {
            ("records", column.to_owned(), "kind = 'instruments'".to_owned())
        }
        "host" => ("instruments", "host_id".to_owned(), "1 = 1".to_owned()),
        _ if CODED.contains(&column) => ("classifications", "code".to_owned(), format!("scheme = '{column}'")),
        _ => ("instruments", column.to_owned(), format!("{column} IS NOT NULL")),
    };
    let shown = |expression: &str| match (target.is_sqlite(), column.as_str()) {
        (true, "owner_id" | "host_id") => format!(
            "lower(substr(hex({expression}),1,8)||'-'||substr(hex({expression}),9,4)||'-'||substr(hex({expression}),13,4)||'-'||substr(hex({expression}),17,4)||'-'||substr(hex({expression}),21))"
        ),
        (true, "created_at" | "updated_at") => {
            format!("strftime('%Y-%m-%dT%H:%M:%SZ', {expression} / 1000, 'unixepoch')")
        }
        (false, "created_at" | "updated_at") => {
            format!("to_char({expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
        }
        (_, "original_value") => format!("CAST({expression} / 100 AS text)"),
        _ => format!("CAST({expression} AS text)"),
    };
    let ask = |sql: String, conn: &mut Connection| -> Done<Option<String>> {
        Ok(Sql::<Nullable<Text>>::new(sql).get_result::<Option<String>>(conn).optional()?.flatten())
    };
    let mut found = Vec::new();
    let is_number =
        base.is_some() || ["original_value", "rated_hours", "commissioned_on", "decommissioned_on"].contains(&name);
    if is_number {
        let count = number(&format!("SELECT COUNT(*) FROM {table} WHERE {condition}"), conn)?;
        for (what, at) in [("least", 0), ("middle", count / 2), ("most", count - 1)] {
            let sql = format!(
                "SELECT {} FROM (SELECT {column} AS x FROM {table} WHERE {condition} ORDER BY {column} LIMIT 1 OFFSET {at}) s",
                shown("s.x")
            );
            found.extend(ask(sql, conn)?.map(|value| (what, value)));
        }
    } else if ["inner_no", "serial_no", "pid", "code"].contains(&name) {
        let sql =
            format!("SELECT {} FROM (SELECT {column} AS x FROM {table} WHERE {condition} LIMIT 1) s", shown("s.x"));
        found.extend(ask(sql, conn)?.map(|value| ("one", value)));
    } else {
        for (what, order) in [("common", "DESC"), ("rare", "ASC")] {
            let sql = format!(
                "SELECT {} FROM (SELECT {column} AS x, COUNT(*) AS n FROM {table} WHERE {condition} GROUP BY {column} \
                 ORDER BY n {order} LIMIT 1) s",
                shown("s.x")
            );
            found.extend(ask(sql, conn)?.map(|value| (what, value)));
        }
        match name {
            "owner" | "host" => found.push(("none", Id::new().to_string())),
            "manufacturer" | "model" => found.push(("none", "nobody".to_owned())),
            "category" => found.push(("none", "990000".to_owned())),
            "lifecycle" => found.push(("none", "suspended".to_owned())),
            _ => {}
        }
        if let [(_, first), (_, second), ..] = found.as_slice()
            && first != second
        {
            found.push(("two", format!("{first},{second}")));
        }
    }
    Ok(found)
}

fn sqlite_plan(statement: &str, conn: &mut Connection) -> Done<Vec<String>> {
    let sql = statement.split(" -- binds").next().unwrap_or_default();
    let rows: Vec<(i32, i32, i32, String)> =
        Sql::<(Integer, Integer, Integer, Text)>::new(format!("EXPLAIN QUERY PLAN {sql}")).load(conn)?;
    Ok(rows.into_iter().map(|(.., detail)| detail).collect())
}

/// How the statement of a list begins.
const LIST: &str = "SELECT r.id, r.revision FROM";

/// The plan of the last list in this part of the log.
fn explained(log: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(log);
    let Some(entry) = text.split("duration: ").filter(|entry| entry.contains(LIST)).last() else {
        return vec!["(no plan in the log)".to_owned()];
    };
    let lines = entry.lines().skip(1).skip_while(|line| line.trim_start().starts_with("Query Text"));
    lines.map(|line| line.trim_start_matches('\t').to_owned()).take_while(|line| !line.contains('|')).collect()
}
