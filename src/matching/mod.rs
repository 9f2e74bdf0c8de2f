//! Which organization a name means (`docs/rules.md` §6.1): for partners whose systems know it by a name only.
//!
//! Identifiers decide first, then spellings that the partner's system has accepted before, then names: the whole name in any
//! spelling, a short form, a name inside a longer text, a mistyped one. One organization is chosen only where no careful reader
//! would doubt: what is part of a university is the university, but its press and its hospitals are not.

mod asked;
mod known;
pub mod reconciliation;
mod rest;
pub mod routes;
mod spellings;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};

use crate::db::{Connection, Id};
use crate::kind::search::Search;
use crate::problem::{Outcome, Problem};
use crate::reading::expand::Lens;
use crate::records::rebuild;
use crate::service::asking::{Around, Asking};

use asked::Asked;
use known::{Known, Names};
pub use verdict::{Candidate, Reason, Settled, Verdict};

/// The kind whose names are matched.
pub const KIND: &str = "organizations";

/// Names of one request, and characters of a name.
pub const MOST_NAMES: usize = 500;
pub const LONGEST: usize = 200;

/// Keys that are looked up in one statement.
const KEYS_AT_ONCE: usize = 2000;

/// Names of one request of which names are looked for that are one character apart, and their length: each costs a statement.
const MOST_NEAR: usize = 50;
const LONGEST_NEAR: u32 = 20;

/// What each of these names means to the caller, in their order.
pub async fn matched_for(asking: &Asking, names: Vec<String>) -> Outcome<Vec<Verdict>> {
    asking.read(move |around, conn| matched(&names, &around, conn)).await
}

/// The same; 503 while the names of the register are being entered. Only outside a
/// transaction.
fn matched(names: &[String], around: &Around, conn: &mut Connection) -> Outcome<Vec<Verdict>> {
    let Around { register, lens: Lens { sight, shelf, .. }, system } = *around;
    let lens = &Lens { sight, shelf, position: Some(shelf.follow(conn)?) };
    let mut asked: Vec<Asked> = names.iter().map(|name| Asked::of(name)).collect();
    let kind = register.kind(KIND).ok_or_else(|| Problem::internal("no organizations are registered"))?;
    if rebuild::is_unfinished(conn)? {
        return Err(Problem::unavailable("the names of the register are being entered"));
    }
    let named = known::identified(&asked, system, lens, conn)?;
    let mut found: BTreeMap<Id, Known> = BTreeMap::new();
    let mut looked_up: BTreeSet<String> = BTreeSet::new();
    // Where a name ends another may begin, which is looked up in a second round.
    for is_first in [true, false] {
        if !is_first {
            let names = Names::of(&found);
            asked.iter_mut().for_each(|one| one.look_behind(|span| !names.with_key(&span.key).is_empty()));
        }
        let keys: BTreeSet<&str> = asked.iter().flat_map(Asked::keys).filter(|key| !looked_up.contains(*key)).collect();
        let keys: Vec<&str> = keys.into_iter().collect();
        for some in keys.chunks(KEYS_AT_ONCE) {
            known::by_keys(some, kind.kind, lens, &mut found, conn)?;
        }
        looked_up.extend(keys.into_iter().map(str::to_owned));
    }
    let names = Names::of(&found);
    let mut near = 0;
    let mut settled: BTreeMap<&str, Verdict> = BTreeMap::new();
    for asked in &asked {
        if settled.contains_key(asked.text.as_str()) {
            continue;
        }
        if let Some((known, reason)) = named.get(&asked.text) {
            settled.insert(&asked.text, Verdict::named(asked, known, *reason));
            continue;
        }
        let mut verdict = Verdict::of(asked, &names);
        if verdict.is_open()
            && asked.length() <= LONGEST_NEAR
            && near < MOST_NEAR
            && let Some(search) = Search::of(&asked.text)
        {
            near += 1;
            verdict.add_near(asked, known::near(&search, kind.kind, lens, conn)?);
        }
        settled.insert(&asked.text, verdict);
    }
    Ok(asked.iter().map(|one| settled.get(one.text.as_str()).cloned().unwrap_or_default()).collect())
}
