//! The statements of one request as a script for pgbench.
//!
//! Every bound value stays a bound value (`pgbench -M prepared`), with what the service sent; only what must differ from
//! one record to the next is made anew: its id, code and keys, and the log's position, which comes from the statement before.

use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use super::Done;

struct Statement {
    sql: String,
    parameters: Vec<Option<String>>,
}

/// Prints the script; a line `-D name=value` for each variable goes to standard error, one a line, for `xargs`.
pub fn script(log: &Path, record: &Path, key: &str) -> Done {
    let record: Value = serde_json::from_str(&std::fs::read_to_string(record)?)?;
    let text = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
    let (id, code) = (text("id"), text("code"));
    let statements = read(&std::fs::read_to_string(log)?, &id)?;
    let mut script = String::from("\\set n :n + 1\n\\set r :n + 1000000000 * (:client_id + 1)\n");
    let mut variables = String::new();
    let mut position = String::new();
    for (index, statement) in statements.iter().enumerate() {
        let columns = columns(&statement.sql);
        let value = |number: usize| -> (String, Option<String>) {
            let name = format!("s{index}_{number}");
            match statement.parameters.get(number - 1).and_then(Option::as_ref) {
                None => ("NULL".to_owned(), None),
                // What the statement before has answered: the position in the audit log, and its tip.
                Some(_) if columns.get(number - 1) == Some(&"seq") => (format!(":{position}_seq"), None),
                Some(_) if columns.get(number - 1) == Some(&"prev_hash") => (format!(":{position}_hash"), None),
                Some(value) if *value == id => ("lpad(to_hex(:r::bigint), 32, '0')::uuid".to_owned(), None),
                Some(value) if *value == code => ("('INS-' || :r::bigint)".to_owned(), None),
                Some(value) if value.contains(key) && value.len() < 400 => {
                    let cast = if value.starts_with('{') { "::text[]" } else { "" };
                    // In a subquery of its own it is made once, not for every row that it is compared with.
                    (format!("((SELECT replace(:{name}::text, '{key}', :r::bigint::text)){cast})"), Some(value.clone()))
                }
                Some(value) => (format!(":{name}"), Some(value.clone())),
            }
        };
        let mut sql = String::new();
        let mut rest = statement.sql.as_str();
        while let Some(at) = rest.find('$') {
            let digits: String = rest[at + 1..].chars().take_while(char::is_ascii_digit).collect();
            sql.push_str(&rest[..at]);
            if let Ok(number) = digits.parse::<usize>() {
                let (expression, given) = value(number);
                sql.push_str(&expression);
                if let Some(given) = given {
                    writeln!(variables, "s{index}_{number}={given}")?;
                }
            }
            rest = &rest[at + 1 + digits.len()..];
        }
        sql.push_str(rest);
        if sql.starts_with("UPDATE audit_head ") {
            position = format!("g{index}");
            writeln!(script, "{sql} \\gset g{index}_")?;
        } else {
            writeln!(script, "{sql};")?;
        }
    }
    print!("{script}");
    eprint!("{variables}");
    Ok(())
}

/// The columns that an INSERT names.
fn columns(sql: &str) -> Vec<&str> {
    let named = sql.strip_prefix("INSERT INTO ").and_then(|rest| rest.split_once(" ("));
    let list = named.and_then(|(_, rest)| rest.split_once(')')).map_or("", |(list, _)| list);
    list.split(", ").map(|name| name.trim_matches('"')).collect()
}

/// The statements of the transaction in which the id occurs, from a log with `log_line_prefix = '%p|'`.
fn read(log: &str, id: &str) -> Done<Vec<Statement>> {
    let mut found: Vec<Statement> = Vec::new();
    let mut has_id = false;
    let joined = log.replace("\n\t", "\n ");
    for line in joined.split('\n') {
        let Some((_, message)) = line.split_once('|') else { continue };
        if let Some(detail) = message.strip_prefix("DETAIL:  parameters: ") {
            if let Some(last) = found.last_mut() {
                last.parameters = parameters(detail);
                has_id |= last.parameters.iter().flatten().any(|value| value == id);
            }
            continue;
        }
        let Some(entry) = message.strip_prefix("LOG:  ") else { continue };
        let sql = match (entry.strip_prefix("statement: "), entry.strip_prefix("execute ")) {
            (Some(sql), _) => sql,
            (_, Some(named)) => named.split_once(": ").map_or("", |(_, sql)| sql),
            _ => continue,
        };
        if sql == "BEGIN" {
            (found, has_id) = (Vec::new(), false);
        }
        found.push(Statement { sql: sql.to_owned(), parameters: Vec::new() });
        if sql == "COMMIT" && has_id {
            return Ok(found);
        }
    }
    Err("the log has no transaction that makes the record".into())
}

/// `$1 = 'text', $2 = NULL` with doubled quotation marks.
fn parameters(text: &str) -> Vec<Option<String>> {
    let mut values = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(" = ") {
        rest = &rest[at + 3..];
        if let Some(after) = rest.strip_prefix("NULL") {
            values.push(None);
            rest = after;
            continue;
        }
        let mut value = String::new();
        let mut letters = rest.char_indices().skip(1).peekable();
        let mut end = rest.len();
        while let Some((place, letter)) = letters.next() {
            if letter != '\'' {
                value.push(letter);
            } else if letters.next_if(|(_, next)| *next == '\'').is_some() {
                value.push('\'');
            } else {
                end = place + 1;
                break;
            }
        }
        values.push(Some(value));
        rest = &rest[end..];
    }
    values
}
