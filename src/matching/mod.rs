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
use crate::kind::register::Register;
use crate::kind::search::Search;
use crate::problem::{Outcome, Problem};
use crate::reading::expand::Lens;

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

/// Who asks, and through what.
pub struct Around<'a> {
    pub register: &'static Register,
    pub lens: Lens<'a>,
    /// The source system of the caller, whose accepted spellings count.
    pub system: Option<&'a str>,
}

/// What each of these names means to the caller, in their order. Only outside a transaction.
pub fn matched(names: &[String], around: &Around, conn: &mut Connection) -> Outcome<Vec<Verdict>> {
    let Around { register, ref lens, system } = *around;
    let asked: Vec<Asked> = names.iter().map(|name| Asked::of(name)).collect();
    let kind = register.kind(KIND).ok_or_else(|| Problem::internal("no organizations are registered"))?;
    let named = known::identified(&asked, system, lens, conn)?;
    let keys: BTreeSet<&str> = asked.iter().flat_map(Asked::keys).collect();
    let keys: Vec<&str> = keys.into_iter().collect();
    let mut found: BTreeMap<Id, Known> = BTreeMap::new();
    for some in keys.chunks(KEYS_AT_ONCE) {
        known::by_keys(some, kind.kind, lens, &mut found, conn)?;
    }
    let names = Names::of(&found);
    let mut verdicts = Vec::with_capacity(asked.len());
    for asked in &asked {
        if let Some((known, reason)) = named.get(&asked.text) {
            verdicts.push(Verdict::named(asked, known, *reason));
            continue;
        }
        let mut verdict = Verdict::of(asked, &names);
        if verdict.is_open()
            && let Some(search) = Search::of(&asked.text)
        {
            verdict.add_near(asked, known::near(&search, kind.kind, lens, conn)?);
        }
        verdicts.push(verdict);
    }
    Ok(verdicts)
}
