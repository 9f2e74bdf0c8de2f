//! References that must never lead back to where they began: what came after a record and before it, and what is above it.
//!
//! Whoever follows them from record to record would not come to an end. Only a reference that was not there before is judged;
//! a loop of older times stays as it is and is walked once.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::Value;

use super::findings::{Findings, first_level};
use super::kind::Kind;
use super::projection;
use super::resolve::Referring;
use super::view::Sight;
use crate::api::Outcome;
use crate::db::{Cell, Connection, Id, Sql, Uid};

/// The most records that are looked at: no chain of real records is nearly as long.
const MOST: usize = 1000;

/// Two members of one relation: `onward` names the next record, `back` those for which this one is the next.
struct Chain {
    onward: &'static str,
    back: Option<&'static str>,
}

/// A reference of the content: where it stands, to whom, and how people call that record.
struct Link {
    pointer: String,
    target: Id,
    code: String,
}

/// Refuses new references of `content` that would close a loop. The walk sees what the caller may see.
pub fn refuse_loops(
    kind: &Kind,
    referring: Referring,
    content: &Value,
    sight: &Sight,
    findings: &mut Findings,
    conn: &mut Connection,
) -> Outcome<()> {
    let successors = kind.lifecycle.successor.map(|onward| Chain { onward, back: kind.lifecycle.predecessors });
    let parents = kind.parent.map(|onward| Chain { onward, back: None });
    for chain in successors.into_iter().chain(parents) {
        let onward = links(kind, content, chain.onward);
        let back = chain.back.map(|member| links(kind, content, member)).unwrap_or_default();
        let stood = |link: &Link| {
            referring
                .before
                .iter()
                .any(|(pointer, id)| *id == link.target && first_level(pointer) == first_level(&link.pointer))
        };
        if onward.iter().chain(&back).all(stood) {
            continue;
        }
        // Two records that would each name the other at the same moment: the second sees the first.
        conn.take_turns(TURN)?;
        let walk = Walk { own: referring.own, chain: &chain, sight };
        if let Some(path) = walk.find_loop(&onward, &back, conn)? {
            // Of the references that close it, one that is new.
            let last = path.last();
            let closing = onward.iter().chain(back.iter().filter(|link| Some(&link.code) == last));
            let pointer = closing.chain(&back).find(|link| !stood(link)).map(|link| link.pointer.clone());
            let fault = findings.fault(pointer.unwrap_or_default(), "reference-loop");
            fault.args.push(("path", path.join(" → ")));
        }
    }
    Ok(())
}

/// Under this number PostgreSQL lets one transaction after the other close chains.
const TURN: i64 = 0x6368_6169_6e73;

fn links(kind: &Kind, content: &Value, member: &str) -> Vec<Link> {
    let references = projection::references(kind, content).into_iter();
    let own = references.filter(|(pointer, ..)| first_level(pointer) == member);
    own.filter_map(|(pointer, _, value)| {
        let code = value.get("code").and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(Link { pointer, target: projection::reference_id(value)?, code })
    })
    .collect()
}

struct Walk<'w> {
    own: Id,
    chain: &'w Chain,
    sight: &'w Sight,
}

/// A record that was reached: from which one, and how it is called.
type Reached = BTreeMap<Id, (Option<Id>, String)>;

impl Walk<'_> {
    /// The records on the way from this one back to itself, by their codes.
    fn find_loop(&self, onward: &[Link], back: &[Link], conn: &mut Connection) -> Outcome<Option<Vec<String>>> {
        let named_back: BTreeSet<Id> = back.iter().map(|link| link.target).collect();
        let mut goals = named_back.clone();
        goals.insert(self.own);
        let starts = onward.iter().filter(|link| link.target != self.own).map(|link| (link.target, link.code.clone()));
        let path = self.path(starts.collect(), &goals, conn)?;
        if path.is_some() || named_back.is_empty() {
            return Ok(path);
        }
        // What others say: that they are the next after this one.
        let starts = self.named_by(&[self.own], conn)?.into_iter().map(|(_, next, code)| (next, code)).collect();
        self.path(starts, &named_back, conn)
    }

    /// The codes on the way from one of `starts` to one of `goals`, this record itself left out.
    fn path(
        &self,
        starts: Vec<(Id, String)>,
        goals: &BTreeSet<Id>,
        conn: &mut Connection,
    ) -> Outcome<Option<Vec<String>>> {
        let mut reached: Reached = starts.iter().map(|(id, code)| (*id, (None, code.clone()))).collect();
        let mut frontier: Vec<Id> = reached.keys().copied().collect();
        if let Some(hit) = frontier.iter().find(|id| goals.contains(id)) {
            return Ok(Some(way(*hit, &reached)));
        }
        while !frontier.is_empty() && reached.len() < MOST {
            let mut next = Vec::new();
            for (from, to, code) in self.steps(&frontier, conn)? {
                if to == self.own {
                    if goals.contains(&to) {
                        return Ok(Some(way(from, &reached)));
                    }
                    continue;
                }
                if reached.contains_key(&to) {
                    continue;
                }
                reached.insert(to, (Some(from), code));
                if goals.contains(&to) {
                    return Ok(Some(way(to, &reached)));
                }
                next.push(to);
            }
            frontier = next;
        }
        Ok(None)
    }

    /// The records that come next after some, with the one that they come after. What this record says itself is its new
    /// content's matter.
    fn steps(&self, from: &[Id], conn: &mut Connection) -> Outcome<Vec<(Id, Id, String)>> {
        let mut sql: Sql<(Uid, Uid, Text)> = Sql::new(
            "SELECT l.record_id, l.target_id, t.code FROM links l JOIN records r ON r.id = l.record_id \
             JOIN records t ON t.id = l.target_id WHERE l.record_id IN (",
        );
        sql.bind_ids(from).push(") AND l.pointer = ");
        sql.bind(Cell::text(format!("/{}", self.chain.onward))).push(" AND l.record_id <> ").bind(Cell::id(self.own));
        sql.push(" AND ").append(self.sight.condition("r"));
        let mut steps: Vec<(Id, Id, String)> = sql.load(conn)?;
        steps.extend(self.named_by(from, conn)?);
        Ok(steps)
    }

    /// Other records that say of themselves that they come next after some.
    fn named_by(&self, from: &[Id], conn: &mut Connection) -> Outcome<Vec<(Id, Id, String)>> {
        let Some(back) = self.chain.back else { return Ok(Vec::new()) };
        let mut sql: Sql<(Uid, Uid, Text)> = Sql::new(
            "SELECT l.target_id, l.record_id, r.code FROM links l JOIN records r ON r.id = l.record_id WHERE l.target_id IN (",
        );
        sql.bind_ids(from).push(") AND l.pointer LIKE ");
        sql.bind(Cell::text(format!("/{back}/%"))).push(" AND l.record_id <> ").bind(Cell::id(self.own));
        sql.push(" AND ").append(self.sight.condition("r"));
        Ok(sql.load(conn)?)
    }
}

/// The codes from a start to `last`.
fn way(last: Id, reached: &Reached) -> Vec<String> {
    let mut codes = Vec::new();
    let mut at = Some(last);
    while let Some((before, code)) = at.and_then(|id| reached.get(&id)) {
        codes.push(code.clone());
        at = *before;
    }
    codes.reverse();
    codes
}
