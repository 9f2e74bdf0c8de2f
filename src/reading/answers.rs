//! The most common read: one record by its id.

use std::sync::Arc;

use futures_util::future::try_join_all;

use crate::api::RecordRef;
use crate::db::gather::Gather;
use crate::db::{Db, Id};
use crate::kind::Kind;
use crate::problem::Outcome;
use crate::reading::cache::{Kept, Shelf};
use crate::reading::expand::Expansion;
use crate::reading::find::{self, Reading};
use crate::records::sight::Sight;

/// Batches reads of single records.
pub struct Answers {
    shelf: Arc<Shelf>,
    gather: Gather<Id, Arc<Kept>>,
}

impl Answers {
    pub fn new(shelf: Arc<Shelf>) -> Answers {
        let asked = shelf.clone();
        let gather = Gather::new(move |ids, conn| {
            let position = asked.follow(conn)?;
            let wanted: Vec<(Id, Option<i64>)> = ids.iter().map(|id| (*id, None)).collect();
            let records = asked.fetch(&wanted, Some(position), conn)?;
            Ok(records.into_iter().flatten().map(|record| (record.standing.id, record)).collect())
        });
        Answers { shelf, gather }
    }

    /// [`find::find`], batched with concurrent reads where a round trip is expensive (PostgreSQL).
    #[expect(clippy::too_many_arguments, reason = "a read that is sent to another thread: it owns all that it needs")]
    pub async fn find(
        &self,
        db: &Db,
        kind: &'static Kind,
        wanted: RecordRef,
        expansion: Expansion,
        sight: Sight,
    ) -> Outcome<Reading> {
        if let (RecordRef::Id(id), false) = (&wanted, db.is_near()) {
            let record = find::visible(kind, &wanted, &sight, self.gather.get(db, *id).await?)?;
            let targets = expansion.targets(kind, &record, &sight).into_iter().map(|id| self.gather.get(db, id));
            let targets: Vec<Arc<Kept>> = try_join_all(targets).await?.into_iter().flatten().collect();
            if let Some(found) = find::at_once(kind, &record, &expansion, &sight, &targets) {
                return Ok(Reading::Found(found));
            }
        }
        let shelf = self.shelf.clone();
        db.peek(move |conn| find::find(kind, &wanted, &expansion, &sight, &shelf, conn)).await
    }
}
