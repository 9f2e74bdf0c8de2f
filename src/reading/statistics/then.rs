//! Records as they were at a position of the feed: their standing by the feed, what statistics count of them from the content that
//! was in force.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use serde_json::Value;

use crate::db::schema::proposals;
use crate::db::{Cell, Connection, Id, Instant, Moment, Sql, Uid};
use crate::kind::Kind;
use crate::kind::condition::{Condition, is_link_from};
use crate::kind::search::Search;
use crate::problem::{Outcome, Problem};
use crate::reading::selection::Selection;
use crate::records::merges;
use crate::records::projection::Projection;
use crate::records::rows::{Standing, outcome, state};

/// A record as it was.
pub struct Then {
    pub standing: Standing,
    code: String,
    source_system: Option<String>,
    source_id: Option<String>,
    created_at: Moment,
    updated_at: Moment,
    pub projection: Projection,
}

/// Records that are read at once.
const AT_ONCE: usize = 256;

type Row = (
    (Id, String, i64, bool, String, Id, Id, bool),
    (Moment, String, Option<String>, Option<String>, Moment, Option<Moment>, String),
);
type RowTypes = (
    (Uid, Text, BigInt, Bool, Text, Uid, Uid, Bool),
    (Instant, Text, Nullable<Text>, Nullable<Text>, Instant, Nullable<Instant>, Text),
);

/// Calls `each` with those of these records that there were at a position, as they were. One whose draft was deleted since is not known.
pub fn each_at(
    position: i64,
    ids: &[Id],
    kind: &Kind,
    conn: &mut Connection,
    mut each: impl FnMut(&Then),
) -> Outcome<()> {
    for some in ids.chunks(AT_ONCE) {
        let mut all = read(position, some, kind, conn)?;
        let named =
            |one: &Then| one.projection.links.iter().map(|(_, to)| *to).chain([one.standing.owner_id]).collect();
        let merges = merged_by(position, all.iter().flat_map::<Vec<Id>, _>(named).collect(), conn)?;
        for one in &mut all {
            one.projection.follow(one.standing.id, &merges);
            // What a merged organization had is the other one's at once, before each record tells so.
            one.standing.owner_id = merges.get(&one.standing.owner_id).copied().unwrap_or(one.standing.owner_id);
            each(one);
        }
    }
    Ok(())
}

fn read(position: i64, ids: &[Id], kind: &Kind, conn: &mut Connection) -> Outcome<Vec<Then>> {
    let mut sql: Sql<RowTypes> = Sql::new(
        "SELECT c.record_id, c.state, c.revision, c.joint, c.province, c.owner_id, c.created_by, c.published, c.at, r.code, \
         r.source_system, r.source_id, r.created_at, r.published_at, t.text FROM changes c",
    );
    sql.push_join().push("records r ON r.id = c.record_id");
    sql.push_join().push("revisions v ON v.record_id = c.record_id AND v.number = c.revision");
    sql.push_join().push("contents t ON t.record_id = c.record_id AND t.number = v.content_number");
    sql.push(" WHERE c.record_id IN (").bind_ids(ids).push(") AND c.seq = (SELECT MAX(x.seq) FROM changes x WHERE ");
    sql.push("x.record_id = c.record_id AND x.seq <= ").bind(Cell::Integer(Some(position))).push(")");
    sql.load::<Row>(conn)?.into_iter().map(|row| then(row, kind)).collect()
}

fn then(row: Row, kind: &Kind) -> Outcome<Then> {
    let ((id, state, revision, joint, province, owner_id, created_by, published), rest) = row;
    let (updated_at, code, source_system, source_id, created_at, published_at, text) = rest;
    let content: Value = serde_json::from_str(&text).map_err(Problem::internal)?;
    let projection = Projection::of(kind, &content);
    let (kind, published_at) = (kind.name.to_owned(), published_at.filter(|_| published));
    let standing = Standing { id, kind, state, revision, joint, province, owner_id, created_by, published_at };
    Ok(Then { standing, code, source_system, source_id, created_at, updated_at, projection })
}

/// What of these records had been merged by a position, and into what: as far as it had gone by then.
fn merged_by(position: i64, ids: Vec<Id>, conn: &mut Connection) -> Outcome<BTreeMap<Id, Id>> {
    let mut all: BTreeMap<Id, Id> = BTreeMap::new();
    let mut asked: BTreeSet<Id> = ids.into_iter().collect();
    while !asked.is_empty() {
        let found = directly(position, &Vec::from_iter(asked), conn)?;
        asked = found.values().copied().filter(|into| !all.contains_key(into) && !found.contains_key(into)).collect();
        all.extend(found);
    }
    let last = |mut id: Id| {
        for _ in 0..all.len() {
            let Some(into) = all.get(&id) else { break };
            id = *into;
        }
        id
    };
    Ok(all.keys().map(|id| (*id, last(*id))).collect())
}

/// The same, one step each. A later merge of the one that it was merged into overwrote where it leads; the request by which it was
/// merged still says it.
fn directly(position: i64, ids: &[Id], conn: &mut Connection) -> Outcome<BTreeMap<Id, Id>> {
    let mut merges = merges::merges_of(ids, conn)?;
    if merges.is_empty() {
        return Ok(merges);
    }
    let gone: Vec<Id> = merges.keys().copied().collect();
    // Withdrawn then, and never anything else since: a withdrawal that was taken back was no merge.
    let mut sql: Sql<Uid> = Sql::new("SELECT c.record_id FROM changes c WHERE c.record_id IN (");
    sql.bind_ids(&gone).push(") AND c.state = 'withdrawn' AND c.seq = (SELECT MAX(x.seq) FROM changes x WHERE ");
    sql.push("x.record_id = c.record_id AND x.seq <= ").bind(Cell::Integer(Some(position)));
    sql.push(") AND NOT EXISTS (SELECT 1 FROM changes y WHERE y.record_id = c.record_id AND y.seq > c.seq AND ");
    sql.push("y.state <> 'withdrawn')");
    let by_then: Vec<Id> = sql.load(conn)?;
    merges.retain(|id, _| by_then.contains(id));
    let asked = proposals::table
        .filter(proposals::record_id.eq_any(by_then))
        .filter(proposals::merges)
        .filter(proposals::state.eq(outcome::ACCEPTED))
        .order(proposals::id)
        .select((proposals::record_id, proposals::successor_id));
    for (id, into) in asked.load::<(Id, Option<Id>)>(conn)? {
        merges.extend(into.map(|into| (id, into)));
    }
    Ok(merges)
}

impl Then {
    /// Whether it was selected: the rule of [`Selection::from`], of one record.
    pub fn is_in(&self, selection: &Selection) -> bool {
        let is_seen = self.standing.state != state::WITHDRAWN && selection.sight.sees(&self.standing);
        is_seen
            && selection.conditions.iter().all(|condition| self.meets(condition))
            && selection.search.is_none_or(|search| self.has(search, selection.kind))
    }

    /// What stands in a column of the kind's own table.
    pub fn own(&self, column: &str) -> Option<&Cell> {
        self.projection.columns.iter().find(|(name, _)| name == column).map(|(_, cell)| cell)
    }

    /// What stood in a column of `records`; none for a column that nothing is counted or filtered by.
    pub fn of_record(&self, column: &str) -> Option<Cell> {
        let Then { standing, .. } = self;
        Some(match column {
            "state" => Cell::text(&standing.state),
            "province" => Cell::text(&standing.province),
            "owner_id" => Cell::id(standing.owner_id),
            "code" => Cell::text(&self.code),
            "source_system" => Cell::Text(self.source_system.clone()),
            "source_id" => Cell::Text(self.source_id.clone()),
            "created_at" => Cell::Moment(Some(self.created_at)),
            "updated_at" => Cell::Moment(Some(self.updated_at)),
            "published_at" => Cell::Moment(standing.published_at),
            _ => return None,
        })
    }

    fn has(&self, search: &Search, kind: &Kind) -> bool {
        let [names, texts, _] = self.projection.searched.columns(kind, &self.code);
        search.finds(&names, &texts)
    }

    fn meets(&self, condition: &Condition) -> bool {
        let Projection { classifications, parties, links, .. } = &self.projection;
        let is_among = |cell: &Cell, cells: &[Cell]| cells.iter().any(|one| compares(cell, "=", one));
        match condition {
            Condition::Own(column, operator, cell) => self.own(column).is_some_and(|own| compares(own, operator, cell)),
            Condition::OwnIn(column, cells) => self.own(column).is_some_and(|own| is_among(own, cells)),
            Condition::OwnPresent(column, present) => self.own(column).is_some_and(is_given) == *present,
            Condition::Record(column, operator, cell) => {
                self.of_record(column).is_some_and(|own| compares(&own, operator, cell))
            }
            Condition::RecordIn(column, cells) => self.of_record(column).is_some_and(|own| is_among(&own, cells)),
            Condition::Classified(scheme, codes) => {
                classifications.iter().any(|(one, code)| one == scheme && codes.contains(code))
            }
            Condition::HasClassification(scheme, present) => {
                classifications.iter().any(|(one, _)| one == scheme) == *present
            }
            Condition::Party("province", cells) => {
                parties.iter().any(|party| is_among(&Cell::text(&party.province), cells))
            }
            Condition::Party(_, cells) => parties.iter().any(|party| is_among(&Cell::id(party.org_id), cells)),
            Condition::Linked(patterns, cells) => {
                let from = links.iter().filter(|(pointer, _)| is_link_from(pointer, patterns));
                from.map(|(_, target)| Cell::id(*target)).any(|target| is_among(&target, cells))
            }
        }
    }
}

fn is_given(cell: &Cell) -> bool {
    !matches!(
        cell,
        Cell::Text(None)
            | Cell::Integer(None)
            | Cell::Flag(None)
            | Cell::Day(None)
            | Cell::Id(None)
            | Cell::Moment(None)
    )
}

/// `one operator other` as SQL has it: what is not given compares with nothing.
fn compares(one: &Cell, operator: &str, other: &Cell) -> bool {
    let order = match (one, other) {
        (Cell::Text(Some(one)), Cell::Text(Some(other))) => one.as_bytes().cmp(other.as_bytes()),
        (Cell::Integer(Some(one)), Cell::Integer(Some(other))) => one.cmp(other),
        (Cell::Flag(Some(one)), Cell::Flag(Some(other))) => one.cmp(other),
        (Cell::Day(Some(one)), Cell::Day(Some(other))) => one.cmp(other),
        (Cell::Id(Some(one)), Cell::Id(Some(other))) => one.cmp(other),
        (Cell::Moment(Some(one)), Cell::Moment(Some(other))) => one.cmp(other),
        _ => return false,
    };
    match operator {
        "=" => order.is_eq(),
        "<>" => order.is_ne(),
        ">=" => order.is_ge(),
        ">" => order.is_gt(),
        "<=" => order.is_le(),
        _ => order.is_lt(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::dimension::Source;
    use crate::kinds::ALL;
    use crate::reading::filters::{COMMON, INSTANTS};
    use crate::reading::statistics::dimensions;

    #[test]
    fn whatever_records_are_grouped_or_filtered_by_is_known_of_them_then() {
        let (code, then) = (String::new(), Moment::from_millis(0));
        let standing = Standing {
            id: Id::default(),
            kind: String::new(),
            state: String::new(),
            revision: 1,
            joint: false,
            province: String::new(),
            owner_id: Id::default(),
            created_by: Id::default(),
            published_at: None,
        };
        let projection = Projection::default();
        let (source_system, source_id, created_at, updated_at) = (None, None, then, then);
        let then = Then { standing, code, source_system, source_id, created_at, updated_at, projection };
        let grouped = ALL.iter().flat_map(|kind| dimensions(kind)).filter_map(|dimension| match dimension.source {
            Source::Record(column) | Source::Instant(column) => Some(column),
            _ => None,
        });
        let common = COMMON.iter().map(|common| if common.name == "owner" { "owner_id" } else { common.name });
        for column in grouped.chain(common).chain(INSTANTS.iter().map(|(name, ..)| *name)) {
            assert!(then.of_record(column).is_some(), "{column}");
        }
    }
}
