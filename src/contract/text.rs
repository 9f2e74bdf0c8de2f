//! The document as text.
//!
//! Whatever fits on a line stands on one, without indentation: a change shows as the lines it concerns, and a third of the
//! bytes would be blanks otherwise. `openapi` and `info` come first, because tools look for them in the first kilobytes.

use serde_json::Value;

/// What is longer, in bytes, has a line for each member.
const LINE: usize = 120;

/// Members of the document in the order in which it is read; what is not named comes last.
const ORDER: [&str; 7] = ["openapi", "info", "servers", "tags", "security", "paths", "components"];

pub fn write(document: &Value) -> String {
    let members = document.as_object().into_iter().flatten();
    let mut members: Vec<_> = members.collect();
    members.sort_by_key(|(name, _)| ORDER.iter().position(|one| one == name).unwrap_or(ORDER.len()));
    let mut text = String::new();
    write_members(&mut text, members.into_iter());
    text.push('\n');
    text
}

fn write_value(text: &mut String, value: &Value) {
    let line = value.to_string();
    match value {
        Value::Object(members) if line.len() > LINE => write_members(text, members.iter()),
        Value::Array(items) if line.len() > LINE => {
            write_lines(text, ['[', ']'], items.iter(), write_value);
        }
        _ => text.push_str(&line),
    }
}

fn write_members<'v>(text: &mut String, members: impl Iterator<Item = (&'v String, &'v Value)>) {
    write_lines(text, ['{', '}'], members, |text, (name, value)| {
        text.push_str(&Value::from(name.as_str()).to_string());
        text.push(':');
        write_value(text, value);
    });
}

fn write_lines<T>(
    text: &mut String,
    [open, close]: [char; 2],
    all: impl Iterator<Item = T>,
    write: impl Fn(&mut String, T),
) {
    text.push(open);
    for (place, one) in all.enumerate() {
        text.push_str(if place == 0 { "\n" } else { ",\n" });
        write(text, one);
    }
    text.push('\n');
    text.push(close);
}
