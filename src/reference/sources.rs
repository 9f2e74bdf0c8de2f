//! Which CSV file feeds which vocabulary.
//!
//! The files in `data/reference` are the collected code lists, plus `own-lists.csv` for the lists of this register
//! (states, roles, lifecycles). A file of several lists has the titles of each in a line without a code: a new list is
//! lines of a file and nothing here. `division-changes.csv` goes back to 2002 and names the basis of every line. They
//! are compiled in; a file that cannot be read is a programming error that the first test finds, so reading panics.

use std::collections::HashMap;

use crate::reference::divisions;
use crate::reference::kind_names::{self, KindNames};
use crate::reference::vocabularies::Entry;

/// Name and titles of a vocabulary.
pub(super) struct Title {
    pub name: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
}

const fn title(name: &'static str, zh: &'static str, en: &'static str) -> Title {
    Title { name, zh, en }
}

macro_rules! file {
    ($name:literal) => {
        include_str!(concat!("../../data/reference/", $name, ".csv"))
    };
}

/// The files that hold several lists: each begins with a line without a code, which has the titles of its vocabulary.
const LISTS: [&str; 3] = [file!("cooperation-fields"), file!("enumerations"), file!("own-lists")];

/// One line of a file, by column name.
pub(super) type Row = HashMap<String, String>;

/// Every vocabulary with its entries.
pub(super) fn read() -> Vec<(Title, Vec<Entry>)> {
    let divisions =
        divisions::entries(rows(file!("divisions")), rows(file!("division-changes")), rows(file!("provinces")));
    let mut all = vec![
        (title("divisions", "行政区划（GB/T 2260）", "Administrative divisions (GB/T 2260)"), divisions),
        (
            title("zones", "功能区", "Functional zones"),
            entries(file!("zones"), &["type", "provinces", "related_divisions"]),
        ),
        (
            title("disciplines", "学科（GB/T 13745-2009）", "Disciplines (GB/T 13745-2009)"),
            entries(file!("disciplines"), &["group", "group_zh", "group_en"]),
        ),
        (
            title("industries", "行业（GB/T 4754-2017）", "Industries (GB/T 4754-2017)"),
            entries(file!("industries"), &["level"]),
        ),
        (
            title("instrument-categories", "仪器分类", "Instrument categories"),
            entries(file!("instrument-categories"), &["level", "confidence"]),
        ),
        (
            title("uscc-categories", "统一社会信用代码机构类别", "USCC categories (GB 32100-2015)"),
            uscc_categories(rows(file!("uscc-categories"))),
        ),
        (title("record-kinds", "记录种类", "Kinds of record"), kind_names::all().iter().map(of_kind).collect()),
    ];
    LISTS.into_iter().for_each(|file| add_lists(rows(file), &mut all));
    all
}

/// The vocabularies of a file that holds several, in the order of their titles.
fn add_lists(rows: Vec<Row>, all: &mut Vec<(Title, Vec<Entry>)>) {
    // Read once per process and leaked on purpose.
    let kept = |row: &Row, column: &str| -> &'static str { row[column].clone().leak() };
    for row in rows {
        if row["code"].is_empty() {
            all.push((title(kept(&row, "list"), kept(&row, "name_zh"), kept(&row, "name_en")), Vec::new()));
            continue;
        }
        let (title, entries) = all.last_mut().expect("a list stands below its titles: tested");
        assert_eq!(title.name, row["list"], "a list stands below its titles");
        entries.push(entry(row, &["basis"]));
    }
}

pub(super) fn rows(text: &str) -> Vec<Row> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("the compiled-in code lists are well-formed: tested")
}

fn entries(text: &str, attributes: &[&'static str]) -> Vec<Entry> {
    rows(text).into_iter().map(|row| entry(row, attributes)).collect()
}

/// An entry of the columns most files share, plus the named further columns where they are filled.
fn entry(mut row: Row, attributes: &[&'static str]) -> Entry {
    let mut filled = |column: &str| row.remove(column).filter(|value| !value.is_empty());
    let mut entry = Entry::new(filled("code").unwrap_or_default(), filled("name_zh").unwrap_or_default());
    entry.en = filled("name_en");
    entry.parent = filled("parent");
    entry.attributes = attributes.iter().filter_map(|name| Some((*name, filled(name)?))).collect();
    entry
}

fn of_kind(names: &KindNames) -> Entry {
    Entry { en: Some(names.en.to_owned()), ..Entry::new(names.name, names.zh) }
}

/// GB 32100-2015 defines a category only together with its authority, so the code is both characters, such as `91`.
fn uscc_categories(rows: Vec<Row>) -> Vec<Entry> {
    rows.into_iter()
        .map(|row| {
            let code = format!("{}{}", row["authority_code"], row["category_code"]);
            let mut entry = Entry::new(code, row["category_zh"].as_str());
            entry.en = Some(row["category_en"].clone());
            entry.attributes = ["authority_code", "authority_zh"].map(|name| (name, row[name].clone())).into();
            entry
        })
        .collect()
}
