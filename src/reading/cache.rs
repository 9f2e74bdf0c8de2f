//! A cache of records in the process: the database is asked only for those that are missing.
//!
//! It is kept current by following the change feed. Every change of a record takes a position there in its own
//! transaction, in commit order: the last position tells whether anything changed, and the changes since tell what to
//! evict.
//!
//! After a rebuild, and when another database has taken this one's place, the process must be started again. Records of
//! more than some 100 KiB may not be cached.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use actix_web::web::Bytes;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::api::Restores;
use crate::db::schema::{changes, feed};
use crate::db::{Cell, Connection, Id, Instant, Sql, Stored, StoredText, Uid};
use crate::problem::Outcome;
use crate::reading::fields::picked;
use crate::reading::pages::Pages;
use crate::records::merges;
use crate::records::rows::{Standing, state};
use crate::records::sight::Sight;

/// A record as it is cached.
pub struct Kept {
    /// What decides who may see it.
    pub standing: Standing,
    /// JSON in UTF-8; the public one is absent where it is the same.
    full: Bytes,
    public: Option<Bytes>,
    /// What `expand` needs of it, made when it is first asked for.
    pub extras: Extras,
}

/// What `expand` takes from a record, beside its text.
#[derive(Default)]
pub struct Extras {
    /// What it refers to.
    full: OnceLock<References>,
    public: OnceLock<References>,
    /// The summary that a reference to it shows, as JSON.
    pub summary: OnceLock<Bytes>,
    /// What a capability makes of its texts, the full and the public one, and of its summary: only one asks it of a kind. It comes on top of
    /// the cache's size, for organizations and the two lists about as much again.
    made: [OnceLock<Arc<dyn Any + Send + Sync>>; 2],
}

/// The records that an answer refers to, in order, for each name that `expand` takes.
pub type References = Vec<(&'static str, Vec<Id>)>;

impl Kept {
    /// What the text that the caller gets refers to, as `read` finds it there.
    pub fn references(&self, sight: &Sight, read: impl FnOnce(&[u8]) -> References) -> &References {
        let (text, references) = self.seen_by(sight);
        references.get_or_init(|| read(text))
    }

    /// The text that the caller gets.
    pub fn text(&self, sight: &Sight) -> Bytes {
        self.seen_by(sight).0.clone()
    }

    /// The same, with these top-level members only; all of them when none is named.
    pub fn picked(&self, fields: &[String], sight: &Sight) -> Bytes {
        picked(self.seen_by(sight).0, fields)
    }

    /// What `make` makes of the text that the caller gets, made once.
    pub fn made<T: Send + Sync + 'static>(
        &self,
        sight: &Sight,
        make: impl FnOnce(&[u8]) -> Outcome<T>,
    ) -> Outcome<Arc<T>> {
        let is_public = self.public.is_some() && sight.is_public();
        let place = &self.extras.made[usize::from(is_public)];
        if let Some(made) = place.get().and_then(|made| made.clone().downcast::<T>().ok()) {
            return Ok(made);
        }
        let made = Arc::new(make(self.seen_by(sight).0)?);
        let _ = place.set(made.clone()); // another reader may have been first
        Ok(made)
    }

    fn seen_by(&self, sight: &Sight) -> (&Bytes, &OnceLock<References>) {
        match self.public.as_ref().filter(|_| sight.is_public()) {
            Some(public) => (public, &self.extras.public),
            None => (&self.full, &self.extras.full),
        }
    }

    /// Whether it is visible to the caller; a withdrawn record has no answer.
    pub fn is_for(&self, sight: &Sight) -> bool {
        self.standing.state != state::WITHDRAWN && sight.sees(&self.standing)
    }
}

/// The records.
pub struct Shelf {
    kept: Cache<Id, Arc<Kept>, Weight>,
    /// The feed position up to which the cache is current. Held while entries are added or evicted.
    followed: Mutex<Followed>,
    restores: Restores,
    /// Pages of lists, which stand as long as nothing of their kind changes.
    pub pages: Pages,
}

/// How far the feed was followed.
#[derive(Clone, Copy, Default)]
struct Followed {
    position: i64,
    restores: i64,
}

#[derive(Clone)]
struct Weight;

/// Size of an entry beside its texts, in bytes: what `expand` adds is counted as if it were there.
const OVERHEAD: u64 = 800;

/// Typical size of an entry in all, in bytes.
const USUAL: u64 = 2048;

impl Weighter<Id, Arc<Kept>> for Weight {
    fn weight(&self, _: &Id, record: &Arc<Kept>) -> u64 {
        (record.full.len() + record.public.as_ref().map_or(0, Bytes::len)) as u64 + OVERHEAD
    }
}

/// Maximum number of records per statement.
const AT_ONCE: usize = 256;

/// Clear the cache rather than evict more than this many entries.
const FOLLOWED_AT_ONCE: i64 = 2000;

/// The last position of the feed.
pub fn last_position(conn: &mut Connection) -> Outcome<i64> {
    Ok(feed::table.select(feed::seq).get_result(conn)?)
}

/// How full a page is. It ends with the record that takes it over 4 MiB, so that concurrent readers do not exhaust the
/// memory. Records are fetched in batches sized by those already seen, so that little is fetched beyond the end of the
/// page.
pub struct Fill {
    bytes: usize,
    count: usize,
    first: usize,
}

/// Where a page ends.
const FULL: usize = 4 * 1024 * 1024;

impl Fill {
    /// An empty page whose first batch has `first` records.
    pub fn starting_with(first: usize) -> Fill {
        Fill { bytes: 0, count: 0, first }
    }

    pub fn add(&mut self, bytes: usize) {
        self.bytes += bytes;
        self.count += 1;
    }

    pub fn is_full(&self) -> bool {
        self.bytes > FULL
    }

    /// How many to fetch next.
    pub fn room(&self) -> usize {
        match self.count {
            0 => self.first,
            count => (FULL.saturating_sub(self.bytes) / (self.bytes / count + 1)).clamp(1, AT_ONCE),
        }
    }
}

type Row = (Standing, StoredText, Option<StoredText>);
type RowTypes = ((Uid, Text, Text, BigInt, Bool, Text, Uid, Uid, Nullable<Instant>), Stored, Nullable<Stored>);

/// The record with this code.
pub fn by_code(code: &str, conn: &mut Connection) -> Outcome<Option<Arc<Kept>>> {
    let mut sql = select();
    sql.push("r.code = ").bind(Cell::text(code));
    Ok(sql.get_result::<Row>(conn).optional()?.map(kept))
}

fn select() -> Sql<RowTypes> {
    let mut sql = Sql::new(
        "SELECT r.id, r.kind, r.state, r.revision, r.joint, r.province, r.owner_id, r.created_by, r.published_at, ",
    );
    sql.push_stored("r.document").push(", ").push_stored("r.public_document").push(" FROM records r WHERE ");
    sql
}

fn kept((standing, StoredText(full), public): Row) -> Arc<Kept> {
    let public = public.map(|StoredText(text)| text.into());
    Arc::new(Kept { standing, full: full.into(), public, extras: Extras::default() })
}

impl Shelf {
    /// A cache of at most `bytes` bytes of stored answers.
    pub fn new(bytes: u64, restores: Restores) -> Shelf {
        Shelf {
            kept: Cache::with_weighter((bytes / USUAL) as usize, bytes, Weight),
            followed: Mutex::default(),
            restores,
            pages: Pages::default(),
        }
    }

    /// How often the register was restored, as this process knows it since it followed the feed.
    pub fn restores(&self) -> i64 {
        self.restores.count()
    }

    /// Evicts what changed up to the last position of the feed, and returns that position. Only outside a transaction:
    /// each statement must see all that was committed before it.
    pub fn follow(&self, conn: &mut Connection) -> Outcome<i64> {
        debug_assert!(!conn.is_in_transaction());
        let Followed { position: from, restores: before } = *self.lock();
        // As text: it runs for every read, and putting it together would cost as much as running it.
        let head: Sql<(BigInt, BigInt)> = Sql::new("SELECT seq, restores FROM feed");
        let (last, restores): (i64, i64) = head.get_result(conn)?;
        self.restores.note(restores);
        if restores != before || last < from || last - from > FOLLOWED_AT_ONCE {
            // A feed that went back, or a register that was restored, belongs to another database that took over.
            let mut followed = self.lock();
            self.kept.clear();
            let is_another = restores != followed.restores || last < from;
            followed.position = if is_another { last } else { last.max(followed.position) };
            followed.restores = restores;
            if is_another {
                self.pages.forget();
            }
            self.pages.all_changed(last);
        } else if last > from {
            let since = changes::table.filter(changes::seq.gt(from)).filter(changes::seq.le(last));
            let changed: Vec<(Id, String, String)> =
                since.select((changes::record_id, changes::kind, changes::state)).load(conn)?;
            let gone: Vec<Id> =
                changed.iter().filter(|(.., after)| after == state::WITHDRAWN).map(|(id, ..)| *id).collect();
            // What a merged record owned is the other one's at once, before each record's own change says so.
            let are_merged = !merges::merges_of(&gone, conn)?.is_empty();
            let mut followed = self.lock();
            if are_merged {
                self.kept.clear();
                self.pages.all_changed(last);
            }
            for (id, kind, _) in changed {
                self.kept.remove(&id);
                self.pages.changed(&kind, last);
            }
            followed.position = last.max(followed.position);
        }
        Ok(last)
    }

    /// Some records, in order; `None` where there is none. Each is as it was at `position`, which [`Shelf::follow`]
    /// returned (called here when absent), or newer, and in the revision given with it, or newer. Visibility is not
    /// checked here: see [`Kept::is_for`]. Only outside a transaction.
    pub fn fetch(
        &self,
        wanted: &[(Id, Option<i64>)],
        position: Option<i64>,
        conn: &mut Connection,
    ) -> Outcome<Vec<Option<Arc<Kept>>>> {
        let fits = |record: &Arc<Kept>, least: Option<i64>| least.is_none_or(|least| record.standing.revision >= least);
        let mut records: Vec<Option<Arc<Kept>>> =
            wanted.iter().map(|(id, least)| self.kept.get(id).filter(|record| fits(record, *least))).collect();
        let missing: Vec<Id> =
            wanted.iter().zip(&records).filter(|(_, kept)| kept.is_none()).map(|((id, _), _)| *id).collect();
        if missing.is_empty() {
            return Ok(records);
        }
        // Taken before the records are read, so that these are at least as new.
        let position = position.map_or_else(|| self.follow(conn), Ok)?;
        let mut found = HashMap::with_capacity(missing.len());
        for ids in missing.chunks(AT_ONCE) {
            let mut sql = select();
            sql.push("r.id IN (").bind_ids(ids).push(")");
            found.extend(sql.load::<Row>(conn)?.into_iter().map(|row| (row.0.id, kept(row))));
        }
        let followed = self.lock();
        // If another reader advanced `followed` after we queried, it could not evict these rows: do not cache them.
        if followed.position == position {
            for (id, record) in &found {
                self.kept.insert(*id, record.clone());
            }
        }
        drop(followed);
        for ((id, _), record) in wanted.iter().zip(&mut records).filter(|(_, kept)| kept.is_none()) {
            *record = found.get(id).cloned();
        }
        Ok(records)
    }

    fn lock(&self) -> MutexGuard<'_, Followed> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
