//! Records that were read before, kept in the process, so that the database is asked for those alone that are not here.
//!
//! They are kept true by following the change feed. Every change of a record takes a position there in its own transaction, in
//! commit order: one look at the last position tells whether anybody changed anything, and the changes since tell what.
//!
//! After a rebuild, and when another database has taken this one's place, the process must be started again. Records of more
//! than some 100 KiB may not be kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::web::Bytes;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::db::schema::{changes, feed};
use crate::db::{Cell, Connection, Id, Instant, Sql, Stored, StoredText, Uid};
use crate::problem::Outcome;
use crate::records::rows::{Standing, state};
use crate::records::sight::Sight;

/// A record as it is read.
pub struct Kept {
    /// What decides who may see it.
    pub standing: Standing,
    /// JSON in UTF-8; the public one is absent where it is the same.
    full: Bytes,
    public: Option<Bytes>,
}

impl Kept {
    /// The text that the caller gets.
    pub fn text(&self, sight: &Sight) -> Bytes {
        self.public.as_ref().filter(|_| sight.is_public()).unwrap_or(&self.full).clone()
    }

    /// Whether the caller gets it; there is none of a withdrawn record.
    pub fn is_for(&self, sight: &Sight) -> bool {
        self.standing.state != state::WITHDRAWN && sight.sees(&self.standing)
    }
}

/// The records.
pub struct Shelf {
    kept: Cache<Id, Arc<Kept>, Weight>,
    /// The position of the feed up to which all that is kept is true. Whoever changes what is kept holds it.
    followed: Mutex<i64>,
}

#[derive(Clone)]
struct Weight;

/// What one takes beside its texts, in bytes.
const OVERHEAD: u64 = 400;

/// About what one takes in all.
const USUAL: u64 = 2048;

impl Weighter<Id, Arc<Kept>> for Weight {
    fn weight(&self, _: &Id, record: &Arc<Kept>) -> u64 {
        (record.full.len() + record.public.as_ref().map_or(0, Bytes::len)) as u64 + OVERHEAD
    }
}

/// The most records that one statement asks for.
const AT_ONCE: usize = 256;

/// After more changes than this all begins anew.
const FOLLOWED_AT_ONCE: i64 = 2000;

/// The last position of the feed.
pub fn last_position(conn: &mut Connection) -> Outcome<i64> {
    Ok(feed::table.select(feed::seq).get_result(conn)?)
}

/// How far a page is filled with records. It ends with the one that takes it over 4 MiB, so that many readers at once do not
/// fill the memory, and they are fetched a part at a time, the larger the smaller they have proved: what is over the page's
/// end is hardly fetched.
pub struct Fill {
    bytes: usize,
    count: usize,
    first: usize,
}

/// Where a page ends.
const FULL: usize = 4 * 1024 * 1024;

impl Fill {
    /// An empty page, of which so many are fetched first.
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
    Arc::new(Kept { standing, full: full.into(), public: public.map(|StoredText(text)| text.into()) })
}

impl Shelf {
    /// Room for so many bytes.
    pub fn new(bytes: u64) -> Shelf {
        Shelf { kept: Cache::with_weighter((bytes / USUAL) as usize, bytes, Weight), followed: Mutex::new(0) }
    }

    /// Puts away what changed up to the last position of the feed, which is answered. Only outside a transaction: each
    /// statement must see all that was committed before it, and nothing that is not.
    pub fn follow(&self, conn: &mut Connection) -> Outcome<i64> {
        debug_assert!(!conn.is_in_transaction());
        let from = *self.lock();
        let last = last_position(conn)?;
        if last < from || last - from > FOLLOWED_AT_ONCE {
            // A feed that went back is another one, of a copy that took over.
            let mut followed = self.lock();
            self.kept.clear();
            *followed = if last < from { last } else { last.max(*followed) };
        } else if last > from {
            let since = changes::table.filter(changes::seq.gt(from)).filter(changes::seq.le(last));
            let changed: Vec<Id> = since.select(changes::record_id).load(conn)?;
            let mut followed = self.lock();
            for id in changed {
                self.kept.remove(&id);
            }
            *followed = last.max(*followed);
        }
        Ok(last)
    }

    /// Some records, in order; absent where there is none. One is as it was at `position`, which [`Shelf::follow`] answered
    /// (without one it is asked), or newer, and in the revision that is given with it, or newer. Whether the caller may see
    /// it is not asked: see [`Kept::is_for`]. Only outside a transaction.
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
        // Before the records are read: what they are then is true for this position.
        let position = position.map_or_else(|| self.follow(conn), Ok)?;
        let mut found = HashMap::with_capacity(missing.len());
        for ids in missing.chunks(AT_ONCE) {
            let mut sql = select();
            sql.push("r.id IN (").bind_ids(ids).push(")");
            found.extend(sql.load::<Row>(conn)?.into_iter().map(|row| (row.0.id, kept(row))));
        }
        let followed = self.lock();
        // Who followed further meanwhile did not find these here to put them away.
        if *followed == position {
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

    fn lock(&self) -> MutexGuard<'_, i64> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
