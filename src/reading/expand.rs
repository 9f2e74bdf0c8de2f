//! `expand=owner,parties`: what the references of an answer point to, one level deep, and `fields`: some members of it only
//! (`docs/rules.md` §5).
//!
//! The rest of the answer stays as it is; a member `expanded` is added that has, for each name, the records referred to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use actix_web::web::Bytes;
use diesel::prelude::*;
use serde_json::Value;

use crate::api::Query;
use crate::db::schema::{records, successions};
use crate::db::{Connection, Id};
use crate::forms::summary::RecordSummary;
use crate::kind::pointers::{self, expandable, reference_id};
use crate::kind::register::Registered;
use crate::kind::{Kind, Member};
use crate::problem::{Fault, Outcome, Problem};
use crate::reading::cache::{Kept, References, Shelf};
use crate::reading::fields::take_fields;
use crate::reading::figures::Label;
use crate::records::rows::{Head, state};
use crate::records::sight::Sight;

/// At most this many expandable.
const MOST: usize = 3;

/// What of a record is asked for: some of its members, or all, and what it refers to.
#[derive(Debug, Clone, Default)]
pub struct Expansion {
    fields: Vec<String>,
    expand: Vec<String>,
}

impl Expansion {
    /// Takes `fields` and `expand` out of a query.
    pub fn take(kind: &Registered, query: &Query) -> Expansion {
        let fields = take_fields(kind, query);
        let expand = query.take_words("expand", &expandable(kind)).unwrap_or_default();
        if expand.len() > MOST {
            query.refuse(Fault::parameter("expand", "too-many-items").arg("limit", MOST));
        }
        Expansion { fields, expand }
    }

    /// Whether nothing is asked for beside the record.
    pub fn is_empty(&self) -> bool {
        self.expand.is_empty()
    }

    /// The whole record and nothing beside it: the answer that has an entity tag.
    pub fn is_plain(&self) -> bool {
        self.fields.is_empty() && self.expand.is_empty()
    }

    /// The answers, with `expanded` in each when something was asked for; records that the caller may not see are left out
    /// of it. A merged record is replaced by the one it was merged into; a withdrawn one shows its state. Only outside a
    /// transaction.
    pub fn apply(&self, kind: &Kind, rows: &[Arc<Kept>], lens: &Lens, conn: &mut Connection) -> Outcome<Vec<Bytes>> {
        let Lens { sight, shelf, position } = *lens;
        if self.is_empty() {
            return Ok(rows.iter().map(|row| row.picked(&self.fields, sight)).collect());
        }
        let wanted: BTreeSet<Id> = rows.iter().flat_map(|row| self.targets(kind, row, sight)).collect();
        let wanted: Vec<(Id, Option<i64>)> = wanted.into_iter().map(|id| (id, None)).collect();
        // Taken even when all are kept: a record that was found by its code says nothing of how new they are.
        let position = position.map_or_else(|| shelf.follow(conn), Ok)?;
        let found: Vec<Arc<Kept>> = shelf.fetch(&wanted, Some(position), conn)?.into_iter().flatten().collect();
        summarize(&found, conn)?;
        let mut summaries = summaries(&found, sight);
        replace_merged(&mut summaries, &found, conn)?;
        Ok(rows.iter().map(|row| self.spliced(kind, row, sight, &summaries)).collect())
    }

    /// The records that must be known to expand this answer.
    pub fn targets(&self, kind: &Kind, row: &Kept, sight: &Sight) -> BTreeSet<Id> {
        if self.is_empty() {
            return BTreeSet::new();
        }
        self.asked(kind, row, sight).flat_map(|(_, ids)| ids.iter().copied()).collect()
    }

    /// [`Expansion::apply`] with these records, if they are all that it takes: none was withdrawn, each has its summary.
    pub fn at_once(&self, kind: &Kind, row: &Kept, sight: &Sight, found: &[Arc<Kept>]) -> Option<Bytes> {
        if self.is_empty() {
            return Some(row.picked(&self.fields, sight));
        }
        let is_plain =
            |record: &Arc<Kept>| record.standing.state != state::WITHDRAWN && record.extras.summary.get().is_some();
        found.iter().all(is_plain).then(|| self.spliced(kind, row, sight, &summaries(found, sight)))
    }

    /// What the answer refers to under the names that were asked for.
    fn asked<'r>(
        &self,
        kind: &Kind,
        row: &'r Kept,
        sight: &Sight,
    ) -> impl Iterator<Item = &'r (&'static str, Vec<Id>)> {
        let all = row.references(sight, |text| references(kind, text)).iter();
        all.filter(|(name, _)| self.expand.iter().any(|one| one == name))
    }

    fn spliced(&self, kind: &Kind, row: &Kept, sight: &Sight, summaries: &BTreeMap<Id, Bytes>) -> Bytes {
        let text = row.picked(&self.fields, sight);
        let mut answer = Vec::with_capacity(text.len() + 512);
        answer.extend_from_slice(text.strip_suffix(b"}").unwrap_or(&text));
        answer.extend_from_slice(b",\"expanded\":{");
        for (place, (name, ids)) in self.asked(kind, row, sight).enumerate() {
            answer.extend_from_slice(if place == 0 { b"\"" } else { b",\"" });
            answer.extend_from_slice(name.as_bytes());
            answer.extend_from_slice(b"\":[");
            for (place, summary) in ids.iter().filter_map(|id| summaries.get(id)).enumerate() {
                answer.extend_from_slice(if place == 0 { b"" } else { b"," });
                answer.extend_from_slice(summary);
            }
            answer.push(b']');
        }
        answer.extend_from_slice(b"}}");
        answer.into()
    }
}

/// For whom records are looked up, through which cache, and the feed position that this was followed to, where it was.
pub struct Lens<'a> {
    pub sight: &'a Sight,
    pub shelf: &'a Shelf,
    pub position: Option<i64>,
}

/// What an answer refers to: the names in alphabetical order, each with the records in the order of their ids.
fn references(kind: &Kind, text: &[u8]) -> References {
    let answer: Value = serde_json::from_slice(text).unwrap_or_default();
    let mut names = expandable(kind);
    names.sort_unstable();
    names.into_iter().map(|name| (name, ids(kind, name, &answer))).collect()
}

fn ids(kind: &Kind, name: &str, answer: &Value) -> Vec<Id> {
    if name == "owner" {
        return answer.get("owner").and_then(reference_id).into_iter().collect();
    }
    let is_meant = |member: &&Member| member.shape.expands_as(member) == Some(name);
    let patterns = kind.members.iter().find(is_meant).into_iter().flat_map(|member| member.at.iter());
    let values = patterns.flat_map(|at| pointers::matches(answer, at));
    values.filter_map(|(_, value)| reference_id(value)).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The summaries of those records that the caller may see.
fn summaries(found: &[Arc<Kept>], sight: &Sight) -> BTreeMap<Id, Bytes> {
    let visible = found.iter().filter(|record| sight.sees(&record.standing));
    visible.filter_map(|record| Some((record.standing.id, record.extras.summary.get()?.clone()))).collect()
}

/// Gives the records their summaries, those that have none yet. What changes afterwards evicts the record.
pub fn summarize(found: &[Arc<Kept>], conn: &mut Connection) -> Outcome<()> {
    let missing = found.iter().filter(|record| record.extras.summary.get().is_none());
    let missing: BTreeMap<Id, &Arc<Kept>> = missing.map(|record| (record.standing.id, record)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let heads: Vec<Head> =
        records::table.filter(records::id.eq_any(missing.keys().copied())).select(Head::as_select()).load(conn)?;
    for head in heads {
        if let Some(record) = missing.get(&head.id) {
            let _ = record.extras.summary.set(summary(&head, None)?); // another reader may have been first
        }
    }
    Ok(())
}

/// What these records are called, those that the caller sees. Only outside a transaction.
pub fn labels(
    ids: &[Id],
    sight: &Sight,
    shelf: &Shelf,
    position: i64,
    conn: &mut Connection,
) -> Outcome<BTreeMap<Id, Label>> {
    let mut labels = BTreeMap::new();
    for some in ids.chunks(LABELS_AT_ONCE) {
        let wanted: Vec<(Id, Option<i64>)> = some.iter().map(|id| (*id, None)).collect();
        let found: Vec<Arc<Kept>> = shelf.fetch(&wanted, Some(position), conn)?.into_iter().flatten().collect();
        summarize(&found, conn)?;
        for (id, summary) in summaries(&found, sight) {
            labels.insert(id, serde_json::from_slice(&summary).map_err(Problem::internal)?);
        }
    }
    Ok(labels)
}

/// Records whose names are looked up at once.
const LABELS_AT_ONCE: usize = 256;

/// Puts the record that a merged one became part of in its place.
fn replace_merged(summaries: &mut BTreeMap<Id, Bytes>, found: &[Arc<Kept>], conn: &mut Connection) -> Outcome<()> {
    let withdrawn = found.iter().map(|record| &record.standing).filter(|one| one.state == state::WITHDRAWN);
    let gone: Vec<Id> = withdrawn.map(|one| one.id).filter(|id| summaries.contains_key(id)).collect();
    for (id, head) in successors(&gone, conn)? {
        summaries.insert(id, summary(&head, Some(id))?);
    }
    Ok(())
}

/// The successors of those records that were merged.
fn successors(gone: &[Id], conn: &mut Connection) -> Outcome<Vec<(Id, Head)>> {
    if gone.is_empty() {
        return Ok(Vec::new());
    }
    let rows = successions::table
        .inner_join(records::table.on(records::id.eq(successions::successor_id)))
        .filter(successions::record_id.eq_any(gone))
        .filter(successions::merged)
        .select((successions::record_id, Head::as_select()));
    Ok(rows.load(conn)?)
}

fn summary(head: &Head, in_place_of: Option<Id>) -> Outcome<Bytes> {
    let (zh, en) = (head.name_zh.clone(), head.name_en.clone());
    let summary = RecordSummary::new(head.id, head.code.clone(), head.kind.clone(), head.state.clone(), zh, en);
    let summary = serde_json::to_vec(&RecordSummary { in_place_of, ..summary });
    Ok(summary.map_err(Problem::internal)?.into())
}
