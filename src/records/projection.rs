//! What follows from a content: the kind's typed row, parties, classifications, links, identifiers and what `q` searches.
//!
//! All of it is taken from the canonical content by the pointers of the kind's declaration, so that it can be rebuilt
//! from the revisions at any time (`rebuild-projections`), and only what differs is written.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::Value;

use crate::db::{Cell, Connection, Id, Sql, Together};
use crate::kind::pointers::{matches, reference_id, references, value_at};
use crate::kind::search::Searched;
use crate::kind::{Kind, Member};
use crate::problem::Outcome;
use crate::records::rows::{Head, state};
use crate::records::{merges, searched};

/// `(scheme, value)` of unique values.
type Identifier = (&'static str, String);

/// Everything the database keeps of a content beside its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Projection {
    /// Column names and values of the kind's own table, in the declaration's order.
    pub columns: Vec<(String, Cell)>,
    pub parties: Vec<PartyRow>,
    /// `(scheme, code)`, sorted, each once.
    pub classifications: Vec<(&'static str, String)>,
    /// `(pointer, target)` of every reference.
    pub links: Vec<(String, Id)>,
    /// `(scheme, value)` of unique values.
    pub identifiers: Vec<Identifier>,
    /// What `q` searches.
    pub searched: Searched,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyRow {
    pub org_id: Id,
    pub province: String,
    pub role: String,
    pub joined_on: Option<NaiveDate>,
    pub left_on: Option<NaiveDate>,
}

/// The table of unique values, and its columns.
const IDENTIFIERS: &str = "identifiers";
const IDENTIFIER_COLUMNS: &str = "scheme, value, record_id";

impl Projection {
    /// Projects a content whose references are resolved.
    pub fn of(kind: &Kind, content: &Value) -> Projection {
        let mut projection = Projection { searched: Searched::of(kind, content), ..Projection::default() };
        for member in kind.members {
            match member.column() {
                Some(column) => projection.columns.push((column, member.shape.cell(first(member, content)))),
                None => projection.classify(member, content),
            }
        }
        if kind.has_parties() {
            projection.parties = parties(content);
        }
        projection.classifications.sort();
        projection.classifications.dedup();
        projection.links = references(kind, content)
            .into_iter()
            .filter_map(|(pointer, _, value)| Some((pointer, reference_id(value)?)))
            .collect();
        let all = kind.uniques.iter().flat_map(|unique| {
            combinations(unique.at, content).into_iter().map(|values| (unique.scheme, values.join("/")))
        });
        projection.identifiers = all.collect();
        projection.identifiers.sort();
        projection.identifiers.dedup();
        projection
    }

    fn classify(&mut self, member: &Member, content: &Value) {
        for pattern in member.at {
            for (_, value) in matches(content, pattern) {
                let codes =
                    value.as_str().into_iter().chain(value.as_array().into_iter().flatten().filter_map(Value::as_str));
                let known = codes.filter_map(|code| member.shape.codes(code)).flatten();
                self.classifications.extend(known.map(|code| (member.name, code)));
            }
        }
    }

    /// Redirects references to merged records to the ones they were merged into; a reference that would lead to the
    /// record `of` itself is dropped.
    pub fn follow_merges(all: &mut [&mut Projection], of: Id, conn: &mut Connection) -> Outcome<()> {
        let targets: Vec<Id> = all.iter().flat_map(|one| one.links.iter().map(|(_, target)| *target)).collect();
        let merges = merges::merges_of(&targets, conn)?;
        if !merges.is_empty() {
            all.iter_mut().for_each(|one| one.follow(of, &merges));
        }
        Ok(())
    }

    /// The same of one, with what was merged into what.
    pub fn follow(&mut self, of: Id, merges: &BTreeMap<Id, Id>) {
        let follow = |id: &mut Id| *id = merges.get(id).copied().unwrap_or(*id);
        self.links.iter_mut().for_each(|(_, target)| follow(target));
        self.links.retain(|(_, target)| *target != of);
        self.parties.iter_mut().for_each(|party| follow(&mut party.org_id));
        for (_, cell) in &mut self.columns {
            if let Cell::Id(reference @ Some(_)) = cell {
                reference.iter_mut().for_each(follow);
                reference.take_if(|target| *target == of);
            }
        }
        self.identifiers.iter_mut().for_each(|(_, value)| *value = followed(value, merges));
        self.identifiers.sort();
        self.identifiers.dedup();
    }

    /// Writes what differs from `before` (everything, when there was nothing). Identifiers are written only for records
    /// in a state that reserves them, and only those gained or lost are touched: an old duplicate blocks nothing else.
    #[expect(clippy::too_many_arguments, reason = "a change of rows: of what, from what, to what, and how")]
    pub fn write(
        &self,
        kind: &Kind,
        head: &Head,
        before: Option<&Projection>,
        rows: &mut Together,
        conn: &mut Connection,
    ) -> QueryResult<()> {
        let id = head.id;
        if before.is_none_or(|before| before.columns != self.columns) {
            rows.add(self.row(kind, id), conn)?;
        }
        if before.is_none_or(|before| before.searched != self.searched) {
            searched::write(&self.searched, kind, head, rows, conn)?;
        }
        let old = before.map_or_else(|| Projection::default().tables(id), |before| before.tables(id));
        for ((table, columns, cells), (_, _, old)) in self.tables(id).into_iter().zip(old) {
            if cells == old {
                continue;
            }
            if !old.is_empty() {
                erase(table, id).execute(conn)?;
            }
            if !cells.is_empty() {
                rows.add(insert(table, columns, cells), conn)?;
            }
        }
        if state::holds_identifiers(&head.state) {
            self.exchange(id, before.map_or(&[], |before| &before.identifiers), rows, conn)?;
        }
        Ok(())
    }

    /// Deletes identifiers that the record no longer has and inserts the new ones.
    fn exchange(&self, id: Id, held: &[Identifier], rows: &mut Together, conn: &mut Connection) -> QueryResult<()> {
        let without = |some: &[Identifier], others: &[Identifier]| -> Vec<Identifier> {
            some.iter().filter(|one| !others.contains(one)).cloned().collect()
        };
        let (lost, gained) = (without(held, &self.identifiers), without(&self.identifiers, held));
        for (scheme, value) in &lost {
            let mut delete = erase(IDENTIFIERS, id);
            delete.push(" AND scheme = ").bind(Cell::text(*scheme)).push(" AND value = ").bind(Cell::text(value));
            delete.execute(conn)?;
        }
        if !gained.is_empty() {
            rows.add(insert(IDENTIFIERS, IDENTIFIER_COLUMNS, pairs(&gained, id)), conn)?;
        }
        Ok(())
    }

    /// Writes the identifiers of a record that had none until now.
    pub fn claim(&self, id: Id, conn: &mut Connection) -> QueryResult<()> {
        let rows = pairs(&self.identifiers, id);
        if !rows.is_empty() {
            insert(IDENTIFIERS, IDENTIFIER_COLUMNS, rows).execute(conn)?;
        }
        Ok(())
    }

    /// The record's rows in the tables shared by all kinds, except its identifiers: table, columns, rows.
    fn tables(&self, id: Id) -> [(&'static str, &'static str, Vec<Vec<Cell>>); 3] {
        let parties = self.parties.iter().enumerate().map(|(position, party)| {
            vec![
                Cell::Integer(Some(position as i64)),
                Cell::id(party.org_id),
                Cell::text(&party.province),
                Cell::text(&party.role),
                Cell::Day(party.joined_on),
                Cell::Day(party.left_on),
                Cell::id(id),
            ]
        });
        let link = |(pointer, target): &(String, Id)| vec![Cell::text(pointer), Cell::id(*target), Cell::id(id)];
        [
            ("parties", "position, org_id, province, role, joined_on, left_on, record_id", parties.collect()),
            ("classifications", "scheme, code, record_id", pairs(&self.classifications, id)),
            ("links", "pointer, target_id, record_id", self.links.iter().map(link).collect()),
        ]
    }

    /// Deletes all rows but the kind's own, which [`Projection::write`] overwrites.
    pub fn erase(id: Id, rows: &mut Together, conn: &mut Connection) -> QueryResult<()> {
        for table in ["parties", "classifications", "links", IDENTIFIERS] {
            rows.add(erase(table, id), conn)?;
        }
        Ok(())
    }

    /// `INSERT … ON CONFLICT DO UPDATE` of the kind's own row.
    fn row(&self, kind: &Kind, id: Id) -> Sql {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        let updates: Vec<String> = names.iter().map(|name| format!("{name} = excluded.{name}")).collect();
        let mut sql = Sql::new(format!("INSERT INTO {} (record_id, {}) VALUES (", kind.table, names.join(", ")));
        sql.bind(Cell::id(id)).push(", ");
        sql.bind_all(self.columns.iter().map(|(_, cell)| cell.clone()));
        sql.push(format!(") ON CONFLICT (record_id) DO UPDATE SET {}", updates.join(", ")));
        sql
    }
}

/// An identifier with the ids of merged records replaced by those they were merged into.
fn followed(value: &str, merges: &BTreeMap<Id, Id>) -> String {
    let follow = |part: &str| {
        let into = part.parse().ok().and_then(|id: Id| merges.get(&id));
        into.map_or_else(|| part.to_owned(), Id::to_string)
    };
    value.split('/').map(follow).collect::<Vec<_>>().join("/")
}

/// Every combination of one text from each pattern; none where a pattern matches nothing.
fn combinations<'v>(patterns: &[&str], content: &'v Value) -> Vec<Vec<&'v str>> {
    patterns.iter().fold(vec![Vec::new()], |begun, pattern| {
        let texts: Vec<&str> = matches(content, pattern).into_iter().filter_map(|(_, value)| value.as_str()).collect();
        let longer = |begun: &Vec<&'v str>| -> Vec<Vec<&'v str>> {
            texts.iter().map(|text| [begun.as_slice(), &[*text]].concat()).collect()
        };
        begun.iter().flat_map(longer).collect()
    })
}

fn pairs(pairs: &[(&'static str, String)], id: Id) -> Vec<Vec<Cell>> {
    let row = |(scheme, value): &(&'static str, String)| vec![Cell::text(*scheme), Cell::text(value), Cell::id(id)];
    pairs.iter().map(row).collect()
}

fn erase(table: &str, id: Id) -> Sql {
    let mut delete = Sql::new(format!("DELETE FROM {table} WHERE record_id = "));
    delete.bind(Cell::id(id));
    delete
}

fn insert(table: &str, columns: &str, rows: Vec<Vec<Cell>>) -> Sql {
    let mut sql = Sql::new(format!("INSERT INTO {table} ({columns}) VALUES "));
    for (index, row) in rows.into_iter().enumerate() {
        sql.push(if index > 0 { ", (" } else { "(" }).bind_all(row).push(")");
    }
    sql
}

pub fn first<'v>(member: &Member, content: &'v Value) -> Option<&'v Value> {
    value_at(member.at, content)
}

fn day(value: Option<&Value>) -> Option<NaiveDate> {
    value?.as_str()?.parse().ok()
}

fn parties(content: &Value) -> Vec<PartyRow> {
    let text = |party: &Value, name: &str| party.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let rows = content.get("parties").and_then(Value::as_array).into_iter().flatten().filter_map(|party| {
        Some(PartyRow {
            org_id: party.get("org_id").and_then(reference_id)?,
            province: text(party, "province"),
            role: text(party, "role"),
            joined_on: day(party.get("joined_on")),
            left_on: day(party.get("left_on")),
        })
    });
    rows.collect()
}
