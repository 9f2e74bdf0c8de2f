//! The division table with its history: GB/T 2260 codes of Sichuan and Chongqing and the provinces of China.
//!
//! The national list is a snapshot of 2023-06-30, so the changes since 2002 are laid over it as validity dates
//! (`docs/domain.md` §b11.4). Where the sources know only the year of a change, old and new code are both good for that
//! whole year: refusing a record of the right district for lack of an exact day would be worse. The change of 2025 has
//! its days: 两江新区 (500157) was announced on 2025-11-06 and its bodies began on 2026-01-25; until then both codes were
//! in use.
//!
//! Codes that were withdrawn before the table of 2002 are unknown here; [`division::BEGINS`] says what follows.
//!
//! [`division::BEGINS`]: crate::reference::values::division::BEGINS

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::reference::sources::Row;
use crate::reference::vocabularies::Entry;

/// Current divisions, withdrawn ones and all provinces, each code once, in the order of their code.
pub(super) fn entries(divisions: Vec<Row>, changes: Vec<Row>, provinces: Vec<Row>) -> Vec<Entry> {
    let mut all: HashMap<String, Entry> = HashMap::new();
    for row in &provinces {
        let mut entry = leveled(&row["code"], &row["name"], "province");
        entry.en = Some(row["name_en"].clone());
        all.insert(row["code"].clone(), entry);
    }
    for row in &divisions {
        let mut entry = leveled(&row["code"], &row["name"], &row["level"]);
        entry.parent = Some(row["parent"].clone()).filter(|parent| !parent.is_empty());
        entry.en = all.get(&row["code"]).and_then(|province| province.en.clone());
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
///
/// A `recoded` or `abolished` code has a successor that began with the change; the code that a `merged` one went to had
/// been there before; of a `split` one no single code took over.
fn change(all: &mut HashMap<String, Entry>, row: &Row) {
    let (old, new) = (&row["old_code"], &row["new_code"]);
    let (from, to) = period(row);
    if row["change"] == "boundary_changed" {
        if let Some(entry) = all.get_mut(old) {
            entry.attributes.insert("boundary_changed", from.to_string());
        }
        return;
    }
    let parent = all.get(new).or(all.get(old)).and_then(|entry| entry.parent.clone());
    let parent = parent.or_else(|| Some(format!("{}00", old.get(..4)?)));
    if !new.is_empty() {
        // What began after the snapshot is in no other file.
        let successor = all.entry(new.clone()).or_insert_with(|| leveled(new, &row["new_name"], "county"));
        successor.parent = successor.parent.take().or_else(|| parent.clone());
        if row["change"] != "merged" {
            successor.valid_from = Some(from);
        }
    }
    let withdrawn = all.entry(old.clone()).or_insert_with(|| leveled(old, &row["old_name"], "county"));
    withdrawn.valid_to = Some(to);
    withdrawn.parent = withdrawn.parent.take().or(parent);
    withdrawn.attributes.insert("replaced_by", row["new_name"].clone());
    withdrawn.successor = Some(new.clone()).filter(|code| !code.is_empty());
}

/// The first day of the new code and the first day without the old one.
fn period(row: &Row) -> (NaiveDate, NaiveDate) {
    let year: i32 = row["effective_year"].parse().expect("effective_year is a year: tested");
    let first = |year| NaiveDate::from_ymd_opt(year, 1, 1).expect("1 January is a day of every year");
    let day = |column: &str| row[column].parse().ok();
    (day("new_from").unwrap_or(first(year)), day("old_until").unwrap_or(first(year + 1)))
}

#[cfg(test)]
mod tests {
    use crate::reference::vocabulary;

    #[test]
    fn chongqing_has_thirty_seven_county_units_since_the_new_district() {
        let counties = |day: &str| {
            let day = day.parse().unwrap();
            let of_chongqing = |entry: &&crate::reference::Entry| {
                entry.code.starts_with("50") && entry.attribute("level") == Some("county") && entry.valid_on(day)
            };
            vocabulary("divisions").unwrap().entries.iter().filter(of_chongqing).count()
        };
        assert_eq!((counties("2023-06-30"), counties("2026-11-28")), (38, 37));
        let new = vocabulary("divisions").unwrap().get("500157").unwrap();
        assert_eq!((new.zh.as_str(), new.parent.as_deref()), ("两江新区", Some("500100")));
    }

    #[test]
    fn successors_lead_to_codes_of_today() {
        let divisions = vocabulary("divisions").unwrap();
        for entry in divisions.entries.iter().filter(|entry| entry.valid_to.is_some()) {
            let next = entry.successor.as_deref().map(|code| divisions.get(code).unwrap());
            assert!(next.is_none_or(|next| next.valid_to.is_none()), "{entry:?}");
            assert!(next.is_some() || entry.code == "510902", "{entry:?}");
        }
    }
}
