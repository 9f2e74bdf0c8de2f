//! Which records stood on a page of a list when it was last read. A page stands until something of its kind changes: asked again,
//! it costs no look for the records that match.
//!
//! Only ids and revisions are kept; the records' texts come from the [`Shelf`](crate::reading::cache::Shelf), which also says what
//! changed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};

use actix_web::web::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

use crate::db::Id;
use crate::problem::Outcome;
use crate::reading::figures::Counted;
use crate::records::sight::Sight;
use crate::reference::canonical::hex;

/// What determines which records stand on a page.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Asked {
    /// Its records' kind, or [`EVERY`].
    pub kind: &'static str,
    /// What the query [means](crate::api::query::Query::meaning), but for the members that are shown.
    pub query: String,
    pub sight: Sight,
}

/// What stands for a kind where records of all kinds are asked for.
pub const EVERY: &str = "*";

/// The records that matched.
pub struct Matched {
    /// In order, each with its revision.
    pub rows: Vec<(Id, i64)>,
    /// Whether more follow.
    pub has_more: bool,
    /// How many there are in all, where that was asked for.
    pub total: Option<i64>,
    /// Where nothing was found, names that are near to what was searched.
    pub near: Vec<String>,
    /// For every row of a search its class.
    pub classes: Vec<i64>,
    /// For every row of a search where it was matched, as JSON; made when the page is first written.
    pub places: OnceLock<Vec<Bytes>>,
}

impl Matched {
    /// Where each row was matched, looked for when it is first asked for.
    pub fn places_of(&self, look: impl FnOnce() -> Outcome<Vec<Bytes>>) -> Outcome<Vec<Bytes>> {
        if let Some(places) = self.places.get() {
            return Ok(places.clone());
        }
        let places = look()?;
        let _ = self.places.set(places.clone()); // another reader may have been first
        Ok(places)
    }
}

/// When a page was read: the feed had come to this position, of this database.
#[derive(Clone, Copy)]
pub struct Mark {
    pub position: i64,
    pub database: u64,
}

/// An answer as it is sent, with its weak entity tag: the same for the same bytes, in whatever coding.
pub struct Written {
    pub body: Bytes,
    pub tag: String,
}

impl Written {
    pub fn of(body: Bytes) -> Written {
        let tag = format!("W/\"{}\"", hex(&Sha256::digest(&body)[..8]));
        Written { body, tag }
    }
}

pub struct Pages {
    kept: Cache<Asked, (Mark, Arc<Matched>), Weight>,
    figures: Cache<Asked, (Mark, Arc<Counted>), Weight>,
    /// Each with the kind that it stands or falls with.
    written: Cache<Asked, (&'static str, Mark, Arc<Written>), Weight>,
    /// Held by who computes figures of the past: all records may have to be looked at.
    past: Mutex<()>,
    changes: Mutex<Changes>,
}

/// The last position of the feed at which something of a kind changed.
#[derive(Default)]
struct Changes {
    of_kind: HashMap<String, i64>,
    of_any: i64,
    of_all: i64,
    /// Counts the databases that took over from one another.
    database: u64,
}

#[derive(Clone)]
struct Weight;

/// Most bytes of pages.
const BYTES: u64 = 4 << 20;

/// Size of a usual page, in bytes.
const USUAL: u64 = 1500;

/// Size of a page beside its rows and its query, in bytes.
const OVERHEAD: usize = 250;

/// Size of a class and a place, in bytes.
const PLACE: usize = 100;

impl Weighter<Asked, (Mark, Arc<Matched>)> for Weight {
    fn weight(&self, asked: &Asked, (_, matched): &(Mark, Arc<Matched>)) -> u64 {
        (asked.query.len() + matched.rows.len() * size_of::<(Id, i64)>() + matched.classes.len() * PLACE + OVERHEAD)
            as u64
    }
}

impl Weighter<Asked, (Mark, Arc<Counted>)> for Weight {
    fn weight(&self, asked: &Asked, (_, counted): &(Mark, Arc<Counted>)) -> u64 {
        (asked.query.len() + counted.cells.len() * CELL + OVERHEAD) as u64
    }
}

impl Weighter<Asked, (&'static str, Mark, Arc<Written>)> for Weight {
    fn weight(&self, asked: &Asked, (.., written): &(&'static str, Mark, Arc<Written>)) -> u64 {
        (asked.query.len() + written.body.len() + OVERHEAD) as u64
    }
}

/// Size of a cell of statistics, in bytes.
const CELL: usize = 200;

/// Most bytes of figures, and of answers with them. Of so few items one table is made, in which a large one has room.
const FIGURES: u64 = 8 << 20;
const FEW: usize = 48;

impl Default for Pages {
    fn default() -> Pages {
        let (items, bytes) = ((BYTES / USUAL) as usize, BYTES);
        Pages {
            kept: Cache::with_weighter(items, bytes, Weight),
            figures: Cache::with_weighter(FEW, FIGURES, Weight),
            written: Cache::with_weighter(FEW, FIGURES, Weight),
            past: Mutex::default(),
            changes: Mutex::default(),
        }
    }
}

impl Pages {
    /// The page, if nothing of its kind changed since, as far as the feed was followed.
    pub fn get(&self, asked: &Asked) -> Option<Arc<Matched>> {
        let (mark, matched) = self.kept.get(asked)?;
        self.stands(asked.kind, mark).then_some(matched)
    }

    /// The same of statistics.
    pub fn figures(&self, asked: &Asked) -> Option<Arc<Counted>> {
        let (mark, counted) = self.figures.get(asked)?;
        self.stands(asked.kind, mark).then_some(counted)
    }

    /// The same of before something of the kind changed, unless anything else may have changed too.
    pub fn figures_of_before(&self, asked: &Asked) -> Option<Arc<Counted>> {
        let (mark, counted) = self.figures.get(asked)?;
        let changes = self.lock();
        (mark.database == changes.database && mark.position >= changes.of_all).then_some(counted)
    }

    /// The answer with them.
    pub fn written(&self, asked: &Asked) -> Option<Arc<Written>> {
        let (kind, mark, written) = self.written.get(asked)?;
        self.stands(kind, mark).then_some(written)
    }

    /// Whether nothing of this kind changed since, as far as the feed was followed.
    pub fn stands(&self, kind: &str, mark: Mark) -> bool {
        let changes = self.lock();
        let of_kind = match kind {
            EVERY => changes.of_any,
            kind => changes.of_kind.get(kind).copied().unwrap_or_default(),
        };
        let changed = of_kind.max(changes.of_all);
        mark.database == changes.database && mark.position >= changed
    }

    /// The database whose feed is about to be followed: for the [`Mark`] of a page that is read after that.
    pub fn database(&self) -> u64 {
        self.lock().database
    }

    /// The turn to compute figures of the past; none while somebody else has it.
    pub fn turn(&self) -> Option<MutexGuard<'_, ()>> {
        match self.past.try_lock() {
            Ok(turn) => Some(turn),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Forgets a page that no longer fits its records.
    pub fn remove(&self, asked: &Asked) {
        self.kept.remove(asked);
    }

    /// Keeps a page; the mark was made before it was read, so that it is at least as new.
    pub fn keep(&self, asked: Asked, mark: Mark, matched: Arc<Matched>) {
        self.kept.insert(asked, (mark, matched));
    }

    /// The same of statistics.
    pub fn keep_figures(&self, asked: Asked, mark: Mark, counted: Arc<Counted>) {
        self.figures.insert(asked, (mark, counted));
    }

    /// The same of the answer with them, which stands as long as nothing of the named kind changes.
    pub fn keep_written(&self, asked: Asked, (kind, mark): (&'static str, Mark), written: Arc<Written>) {
        self.written.insert(asked, (kind, mark, written));
    }

    /// Something of this kind changed.
    pub fn changed(&self, kind: &str, position: i64) {
        let mut changes = self.lock();
        changes.of_any = position.max(changes.of_any);
        match changes.of_kind.get_mut(kind) {
            Some(last) => *last = position.max(*last),
            None => drop(changes.of_kind.insert(kind.to_owned(), position)),
        }
    }

    /// Anything may have changed up to this position.
    pub fn all_changed(&self, position: i64) {
        let mut changes = self.lock();
        changes.of_all = position.max(changes.of_all);
    }

    /// Another database took over: positions of before say nothing of it.
    pub fn forget(&self) {
        let mut changes = self.lock();
        *changes = Changes { database: changes.database + 1, ..Changes::default() };
        drop(changes);
        self.kept.clear();
        self.figures.clear();
        self.written.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Changes> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
