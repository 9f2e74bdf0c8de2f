//! The division table with its history: GB/T 2260 codes of Sichuan and Chongqing and the provinces of China.
//!
//! The national list is a snapshot of 2023-06-30, so the changes since 2013 are laid over it as validity dates (domain
//! reference §b11.4). Where the sources know only the year of a change, old and new code are both good for that whole year:
//! refusing a record of the right district because nobody wrote down the day would be worse. For the change of 2025 the
//! announced day is known and used.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::sources::Row;
use super::vocabularies::Entry;

/// Current divisions, withdrawn ones and all provinces, each code once, in the order of their code.
pub(super) fn entries(divisions: Vec<Row>, changes: Vec<Row>, provinces: Vec<Row>) -> Vec<Entry> {
    let mut all: HashMap<String, Entry> = HashMap::new();
    for row in &provinces {
        all.insert(row["code"].clone(), leveled(&row["code"], &row["name"], "province"));
    }
    for row in &divisions {
        let mut entry = leveled(&row["code"], &row["name"], &row["level"]);
        entry.parent = Some(row["parent"].clone()).filter(|parent| !parent.is_empty());
        all.insert(row["code"].clone(), entry);
    }
    for row in &changes {
        change(&mut all, row);
    }
    let mut all: Vec<Entry> = all.into_values().collect();
    all.sort_by(|a, b| a.code.cmp(&b.code));
    all
}

fn leveled(code: &str, name: &str, level: &str) -> Entry {
    let mut entry = Entry::new(code, name);
    entry.attributes.insert("level", level.to_owned());
    entry
}

/// Lays one line of `division-changes.csv` over the table.
fn change(all: &mut HashMap<String, Entry>, row: &Row) {
    let (old, new) = (&row["old_code"], &row["new_code"]);
    let (from, to) = period(row);
    if row["change"] == "boundary_changed" {
        if let Some(entry) = all.get_mut(old) {
            entry.attributes.insert("boundary_changed", from.to_string());
        }
        return;
    }
    let parent = all.get(new).and_then(|entry| entry.parent.clone());
    let withdrawn = all.entry(old.clone()).or_insert_with(|| leveled(old, &row["old_name"], "county"));
    withdrawn.valid_to = Some(to);
    if withdrawn.parent.is_none() {
        withdrawn.parent = parent;
    }
    withdrawn.attributes.insert("replaced_by", row["new_name"].clone());
    if !new.is_empty() {
        withdrawn.successor = Some(new.clone());
        if let Some(entry) = all.get_mut(new) {
            entry.valid_from = Some(from);
        }
    }
}

/// The first day of the new code and the first day without the old one.
fn period(row: &Row) -> (NaiveDate, NaiveDate) {
    let announced = row["basis"].strip_prefix("announced ").and_then(|rest| rest.get(..10)?.parse().ok());
    if let Some(day) = announced {
        return (day, day);
    }
    let year: i32 = row["effective_year"].parse().expect("effective_year is a year: tested");
    let first = |year| NaiveDate::from_ymd_opt(year, 1, 1).expect("1 January is a day of every year");
    (first(year), first(year + 1))
}
