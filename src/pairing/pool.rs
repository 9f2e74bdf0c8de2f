//! The official demands and capabilities of the register as they are compared, kept in memory: a list of matches looks at all of them.
//!
//! Read again when something of their kind changed, those that are new or changed only. Instruments, of which there may be millions, are
//! looked for in the index instead.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use serde_json::Value;

use crate::db::schema::records;
use crate::db::{Connection, Id, Sql, Uid};
use crate::kind::Kind;
use crate::kind::search::Term;
use crate::pairing::profile::{Profile, Side, name_terms};
use crate::problem::{Outcome, Problem};
use crate::reading::cache::Kept;
use crate::reading::expand::{Lens, summarize};
use crate::reading::pages::Mark;
use crate::reading::search::{Engine, push_found, push_query};
use crate::records::rebuild;
use crate::records::rows::state;

/// Records as they are compared, by their ids.
pub type Profiles = HashMap<Id, Arc<Profile>>;

/// The profiles of a kind, and when they were read.
#[derive(Default)]
struct Held {
    mark: Option<Mark>,
    profiles: Arc<Profiles>,
}

#[derive(Default)]
pub struct Pool(Mutex<HashMap<&'static str, Held>>);

/// Instruments that are compared with one demand: those whose names have the most words in common with its names.
const MOST_INSTRUMENTS: usize = 300;

/// Words by which they are looked for, the first in their order; and instruments that one word may bring, the first by their ids.
const MOST_WORDS: usize = 16;
const MOST_OF_A_WORD: usize = 4000;

/// Records that are read at once.
const AT_ONCE: usize = 256;

impl Pool {
    /// All official records of a kind, at the position that the lens has.
    pub fn all(&self, kind: &'static Kind, lens: &Lens, conn: &mut Connection) -> Outcome<Arc<Profiles>> {
        let Some(side) = Side::of(kind.name) else { return Ok(Arc::default()) };
        let pages = &lens.shelf.pages;
        let mark = Mark { position: lens.position.unwrap_or_default(), database: pages.database() };
        // Held while they are read: who asks meanwhile waits for them instead of reading them too.
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held = all.entry(kind.name).or_default();
        if held.mark.is_some_and(|mark| pages.stands(kind.name, mark)) {
            return Ok(held.profiles.clone());
        }
        // Another database has other records of the same revisions.
        let is_same = held.mark.is_some_and(|before| before.database == mark.database);
        let known = if is_same { held.profiles.clone() } else { Arc::default() };
        held.profiles = Arc::new(read(kind, side, &known, lens, conn)?);
        held.mark = Some(mark);
        Ok(held.profiles.clone())
    }
}

/// The official records of a kind; those that are known in their present revision are not read again.
fn read(kind: &Kind, side: Side, known: &Profiles, lens: &Lens, conn: &mut Connection) -> Outcome<Profiles> {
    let rows: Vec<(Id, i64)> = records::table
        .filter(records::kind.eq(kind.name))
        .filter(records::state.eq(state::ACTIVE))
        .select((records::id, records::revision))
        .load(conn)?;
    let (mut profiles, mut missing) = (Profiles::with_capacity(rows.len()), Vec::new());
    for (id, revision) in rows {
        match known.get(&id).filter(|profile| profile.revision == revision) {
            Some(profile) => drop(profiles.insert(id, profile.clone())),
            None => missing.push((id, Some(revision))),
        }
    }
    for some in missing.chunks(AT_ONCE) {
        for record in lens.shelf.fetch(some, lens.position, conn)?.into_iter().flatten() {
            if record.standing.state == state::ACTIVE {
                profiles.insert(record.standing.id, profile(side, &record, lens)?);
            }
        }
    }
    Ok(profiles)
}

fn profile(side: Side, record: &Kept, lens: &Lens) -> Outcome<Arc<Profile>> {
    record.made(lens.sight, |text| {
        let answer: Value = serde_json::from_slice(text).map_err(Problem::internal)?;
        Profile::of(side, &answer)
    })
}

/// Official instruments whose names have a term in common with those of a demand.
pub fn instruments(
    kind: &'static Kind,
    demand: &Value,
    lens: &Lens,
    conn: &mut Connection,
) -> Outcome<Vec<Arc<Profile>>> {
    if rebuild::is_unfinished(conn)? {
        return Err(Problem::unavailable("the names of the register are being entered"));
    }
    let engine = Engine::of(conn);
    let mut shared: HashMap<Id, (usize, i64)> = HashMap::new();
    for text in name_terms(Side::Demand, demand).into_iter().take(MOST_WORDS) {
        let mut sql: Sql<(Uid, BigInt)> = Sql::new("SELECT r.id, r.revision FROM ");
        push_found(&mut sql);
        sql.push_join().push("records r ON r.id = s.record_id WHERE ");
        push_query(&mut sql, &[vec![Term { text, begins: false }.in_name()]], &[kind], engine);
        sql.push(" AND r.state = 'active'").push(format!(" ORDER BY r.id LIMIT {MOST_OF_A_WORD}"));
        for (id, revision) in sql.planned_by_values().load::<(Id, i64)>(conn)? {
            shared.entry(id).or_insert((0, revision)).0 += 1;
        }
    }
    let mut best: Vec<(Id, (usize, i64))> = shared.into_iter().collect();
    best.sort_unstable_by_key(|(id, (words, _))| (Reverse(*words), *id));
    best.truncate(MOST_INSTRUMENTS);
    let wanted: Vec<(Id, Option<i64>)> = best.into_iter().map(|(id, (_, revision))| (id, Some(revision))).collect();
    let found = lens.shelf.fetch(&wanted, lens.position, conn)?.into_iter().flatten();
    let official = found.filter(|record| record.standing.state == state::ACTIVE);
    official.map(|record| profile(Side::Instrument, &record, lens)).collect()
}

/// These records in full, by their ids.
pub fn in_full(ids: &[Id], lens: &Lens, conn: &mut Connection) -> Outcome<HashMap<Id, Arc<Kept>>> {
    let wanted: Vec<(Id, Option<i64>)> = ids.iter().map(|id| (*id, None)).collect();
    let found: Vec<Arc<Kept>> = lens.shelf.fetch(&wanted, lens.position, conn)?.into_iter().flatten().collect();
    summarize(&found, conn)?;
    Ok(found.into_iter().map(|record| (record.standing.id, record)).collect())
}
