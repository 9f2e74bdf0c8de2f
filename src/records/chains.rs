//! References that must not form a loop: successors, predecessors and parents.
//!
//! A client that follows them would never finish. Only new references are checked; a loop from earlier times is left
//! alone and walked once.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::Value;

use crate::db::schema::records;
use crate::db::{Cell, Connection, Id, Sql, Uid};
use crate::kind::findings::{Findings, first_level};
use crate::kind::{Kind, pointers};
use crate::problem::Outcome;
use crate::records::desk::Desk;
use crate::records::rows::Succession;
use crate::records::sight::Sight;

/// Maximum number of records visited; no real chain comes near it.
const MOST: usize = 1000;

/// Two members of one relation: `onward` names the next record, `back` those for which this one is the next.
struct Chain {
    onward: &'static str,
    back: Option<&'static str>,
}

/// A reference of the content: its pointer, the target's id and its code.
struct Link {
    pointer: String,
    target: Id,
    code: String,
}

/// Refuses new references of `content` that would close a loop. Only records visible to the caller are walked. A record
/// that nothing refers to can close a loop only by naming both a predecessor and a successor itself: with one of them
/// there is nothing to walk or to lock.
pub fn refuse_loops(desk: &mut Desk, referring: Referring, content: &Value, findings: &mut Findings) -> Outcome<()> {
    let (kind, sight) = (desk.kind, desk.actor.sight());
    for chain in chains(kind) {
        let onward = links(kind, content, chain.onward);
        let back = chain.back.map(|member| links(kind, content, member)).unwrap_or_default();
        let stood = |link: &Link| {
            referring
                .before
                .iter()
                .any(|(pointer, id)| *id == link.target && first_level(pointer) == first_level(&link.pointer))
        };
        let harmless = referring.alone && (onward.is_empty() || back.is_empty());
        if harmless || onward.iter().chain(&back).all(stood) {
            continue;
        }
        // Two transactions whose records would name each other are serialized: the second sees the first.
        desk.conn.take_turns(TURN)?;
        let walk = Walk { own: referring.own, chain: &chain, sight: &sight };
        let end = walk.find_loop(&onward, &back, desk.conn)?;
        let last = if let End::Goal(path) = &end { path.last() } else { None };
        // Report a new one among the references that close the loop.
        let closing = onward.iter().chain(back.iter().filter(|link| Some(&link.code) == last));
        let pointer = closing.chain(&back).find(|link| !stood(link)).map(|link| link.pointer.clone());
        refuse(end, &pointer.unwrap_or_default(), findings);
    }
    Ok(())
}

/// Refuses, with a fault at `at`, a successor of `own` that precedes it by way of other records, whose references lead
/// to the successor from then on. References between the two are checked by [`Succession::check`].
pub fn refuse_loops_of(
    desk: &mut Desk,
    succession: &Succession,
    at: &'static str,
    own: Id,
    findings: &mut Findings,
) -> Outcome<()> {
    let (kind, sight) = (desk.kind, desk.actor.sight());
    // A superseding record follows the other; it is neither its parent nor its child.
    for chain in chains(kind).filter(|chain| succession.merged || Some(chain.onward) == kind.lifecycle.successor) {
        desk.conn.take_turns(TURN)?;
        let walk = Walk { own, chain: &chain, sight: &sight };
        let others = |steps: Vec<(Id, Id, String)>| {
            let others = steps.into_iter().filter(|(_, to, _)| *to != own && *to != succession.id);
            others.map(|(_, to, code)| (to, code)).collect()
        };
        let mut steps = walk.steps(&[succession.id], desk.conn)?;
        steps.extend(walk.named_by(&[succession.id], desk.conn)?);
        let mut end = walk.path(others(steps), &BTreeSet::from([own]), desk.conn)?;
        if succession.merged && matches!(end, End::Nowhere) {
            let steps = walk.named_by(&[own], desk.conn)?;
            end = walk.path(others(steps), &BTreeSet::from([succession.id]), desk.conn)?;
        }
        if let End::Goal(path) = &mut end
            && !succession.merged
        {
            path.insert(0, records::table.find(succession.id).select(records::code).get_result(desk.conn)?);
        }
        refuse(end, at, findings);
    }
    Ok(())
}

/// Outcome of a walk.
enum End {
    Nowhere,
    /// The goal was reached; the codes on the way.
    Goal(Vec<String>),
    /// The limit of visited records was reached.
    TooFar,
}

fn refuse(end: End, at: &str, findings: &mut Findings) {
    match end {
        End::Nowhere => {}
        End::Goal(path) => findings.fault(at, "reference-loop").args.push(("path", path.join(" → "))),
        End::TooFar => findings.fault(at, "reference-chain-too-long").args.push(("most", MOST.to_string())),
    }
}

fn chains(kind: &Kind) -> impl Iterator<Item = Chain> {
    let successors = kind.lifecycle.successor.map(|onward| Chain { onward, back: kind.lifecycle.predecessors });
    let parents = kind.parent.map(|onward| Chain { onward, back: None });
    successors.into_iter().chain(parents)
}

/// Loops in the register from before they were refused: the member and the records of each.
pub fn standing(kind: &Kind, conn: &mut Connection) -> Outcome<Vec<(&'static str, Vec<Id>)>> {
    let mut found = Vec::new();
    for chain in chains(kind) {
        let mut sql: Sql<(Uid, Uid)> = Sql::new(
            "SELECT l.record_id, l.target_id FROM links l JOIN records r ON r.id = l.record_id WHERE r.kind = ",
        );
        sql.bind(Cell::text(kind.name)).push(" AND l.pointer = ").bind(Cell::text(format!("/{}", chain.onward)));
        let mut steps: Vec<(Id, Id)> = sql.load(conn)?;
        if let Some(back) = chain.back {
            let mut sql: Sql<(Uid, Uid)> = Sql::new(
                "SELECT l.target_id, l.record_id FROM links l JOIN records r ON r.id = l.record_id WHERE r.kind = ",
            );
            sql.bind(Cell::text(kind.name)).push(" AND l.pointer LIKE ").bind(Cell::text(format!("/{back}/%")));
            steps.extend(sql.load::<(Id, Id)>(conn)?);
        }
        found.extend(loops(&steps).into_iter().map(|records| (chain.onward, records)));
    }
    Ok(found)
}

/// The loops among these steps, each once; of loops that share a path only some.
fn loops(steps: &[(Id, Id)]) -> Vec<Vec<Id>> {
    let mut onward: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
    steps.iter().for_each(|(from, to)| onward.entry(*from).or_default().push(*to));
    let (mut found, mut done) = (Vec::new(), BTreeSet::new());
    for start in onward.keys() {
        // The current path: each record with the number of its steps already tried.
        let mut way: Vec<(Id, usize)> = vec![(*start, 0)];
        while let Some((at, taken)) = way.last_mut() {
            let next = onward.get(at).and_then(|steps| steps.get(*taken)).filter(|_| !done.contains(at)).copied();
            *taken += 1;
            match next {
                None => drop(way.pop().map(|(at, _)| done.insert(at))),
                Some(to) => match way.iter().position(|(id, _)| *id == to) {
                    Some(place) => found.push(way[place..].iter().map(|(id, _)| *id).collect()),
                    None => way.push((to, 0)),
                },
            }
        }
    }
    found
}

/// Advisory lock with which PostgreSQL serializes transactions that extend chains.
const TURN: i64 = 0x6368_6169_6e73;

fn links(kind: &Kind, content: &Value, member: &str) -> Vec<Link> {
    let references = pointers::references(kind, content).into_iter();
    let own = references.filter(|(pointer, ..)| first_level(pointer) == member);
    own.filter_map(|(pointer, _, value)| {
        let code = value.get("code").and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(Link { pointer, target: pointers::reference_id(value)?, code })
    })
    .collect()
}

struct Walk<'w> {
    own: Id,
    chain: &'w Chain,
    sight: &'w Sight,
}

/// Reached records: from which one, and their codes.
type Reached = BTreeMap<Id, (Option<Id>, String)>;

impl Walk<'_> {
    /// The codes on the path from this record back to itself.
    fn find_loop(&self, onward: &[Link], back: &[Link], conn: &mut Connection) -> Outcome<End> {
        let named_back: BTreeSet<Id> = back.iter().map(|link| link.target).collect();
        let mut goals = named_back.clone();
        goals.insert(self.own);
        let starts = onward.iter().filter(|link| link.target != self.own).map(|link| (link.target, link.code.clone()));
        let end = self.path(starts.collect(), &goals, conn)?;
        if !matches!(end, End::Nowhere) || named_back.is_empty() {
            return Ok(end);
        }
        // Records that name this one as the one before them.
        let starts = self.named_by(&[self.own], conn)?.into_iter().map(|(_, next, code)| (next, code)).collect();
        self.path(starts, &named_back, conn)
    }

    /// A path from one of `starts` to one of `goals` that avoids this record. References forward are followed first;
    /// those backward, which may be many, only then.
    fn path(&self, starts: Vec<(Id, String)>, goals: &BTreeSet<Id>, conn: &mut Connection) -> Outcome<End> {
        let mut reached: Reached = starts.iter().map(|(id, code)| (*id, (None, code.clone()))).collect();
        let mut frontier: Vec<Id> = reached.keys().copied().collect();
        if let Some(hit) = frontier.iter().find(|id| goals.contains(id)) {
            return Ok(End::Goal(way(*hit, &reached)));
        }
        let mut unasked = frontier.clone();
        loop {
            if reached.len() > MOST {
                return Ok(End::TooFar);
            }
            let steps = match (frontier.is_empty(), unasked.is_empty()) {
                (false, _) => self.steps(&frontier, conn)?,
                (true, false) => self.named_by(&std::mem::take(&mut unasked), conn)?,
                (true, true) => return Ok(End::Nowhere),
            };
            frontier.clear();
            for (from, to, code) in steps {
                if to == self.own {
                    if goals.contains(&to) {
                        return Ok(End::Goal(way(from, &reached)));
                    }
                    continue;
                }
                if reached.contains_key(&to) {
                    continue;
                }
                reached.insert(to, (Some(from), code));
                if goals.contains(&to) {
                    return Ok(End::Goal(way(to, &reached)));
                }
                frontier.push(to);
                unasked.push(to);
            }
        }
    }

    /// The next records that these records name themselves, each with the one that names it. This record is left out:
    /// its new content counts, not the stored one.
    fn steps(&self, from: &[Id], conn: &mut Connection) -> Outcome<Vec<(Id, Id, String)>> {
        let mut sql: Sql<(Uid, Uid, Text)> = Sql::new(
            "SELECT l.record_id, l.target_id, t.code FROM links l JOIN records r ON r.id = l.record_id \
             JOIN records t ON t.id = l.target_id WHERE l.record_id IN (",
        );
        sql.bind_ids(from).push(") AND l.pointer = ");
        sql.bind(Cell::text(format!("/{}", self.chain.onward))).push(" AND l.record_id <> ").bind(Cell::id(self.own));
        sql.push(" AND ").append(self.sight.condition("r"));
        Ok(sql.load(conn)?)
    }

    /// Other records that name one of these as the one before them.
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

/// The record that refers.
#[derive(Debug, Clone, Copy)]
pub struct Referring<'a> {
    pub own: Id,
    /// The links it had already; none for a new record.
    pub before: &'a [(String, Id)],
    /// Whether no loop can pass through references to it: it is just being created, or its content is unchanged.
    pub alone: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Id {
        Id(uuid::Uuid::from_u128(number))
    }

    fn found(steps: &[(u128, u128)]) -> Vec<Vec<Id>> {
        loops(&steps.iter().map(|(from, to)| (id(*from), id(*to))).collect::<Vec<_>>())
    }

    #[test]
    fn every_loop_is_found_and_chains_are_none() {
        assert!(found(&[(1, 2), (2, 3), (4, 3), (5, 1)]).is_empty());
        assert_eq!(found(&[(1, 1)]), [[id(1)]]);
        assert_eq!(found(&[(9, 1), (1, 2), (2, 1)]), [[id(1), id(2)]]);
        assert_eq!(
            found(&[(1, 2), (2, 3), (3, 1), (7, 8), (8, 7), (3, 4)]),
            [vec![id(1), id(2), id(3)], vec![id(7), id(8)]]
        );
    }
}
