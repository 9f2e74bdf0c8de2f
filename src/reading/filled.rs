//! The records of a page, whether it was kept or is selected now.

use std::sync::Arc;

use crate::api::paging::DEFAULT_LIMIT;
use crate::db::{Connection, Id};
use crate::problem::{Outcome, Problem};
use crate::reading::cache::{Fill, Kept, Shelf};
use crate::reading::pages::{Asked, Mark, Matched};
use crate::records::rebuild;
use crate::records::sight::Sight;

/// The records of a page, up to the one that fills it.
pub struct Filled {
    pub matched: Arc<Matched>,
    pub records: Vec<Arc<Kept>>,
    /// The position of the feed that they are as new as.
    pub position: i64,
}

/// How often a page is read again because its records changed while they were read.
const TRIES: usize = 10;

/// Records that are fetched first: those of an ordinary page.
const FIRST: usize = DEFAULT_LIMIT as usize;

/// The records of one page. When records changed after they were selected, they are selected again, so that every record
/// matches the request. A page of a search is not kept as long as not all records are entered there.
pub fn filled(
    asked: Asked,
    is_search: bool,
    shelf: &Shelf,
    select: impl Fn(&mut Connection) -> Outcome<Matched>,
    conn: &mut Connection,
) -> Outcome<Filled> {
    for _ in 0..TRIES {
        // Taken before the records are selected, so that these are at least as new.
        let database = shelf.pages.database();
        let position = shelf.follow(conn)?;
        let matched = match shelf.pages.get(&asked) {
            Some(matched) => matched,
            None => {
                let matched = Arc::new(select(conn)?);
                if !is_search || !rebuild::is_unfinished(conn)? {
                    shelf.pages.keep(asked.clone(), Mark { position, database }, matched.clone());
                }
                matched
            }
        };
        if let Some(records) = records(&matched.rows, &asked.sight, shelf, position, conn)? {
            return Ok(Filled { matched, records, position });
        }
        shelf.pages.remove(&asked);
    }
    Err(Problem::unavailable("the records of a page changed whenever they were read"))
}

/// The records of these rows, up to the one that fills the page; `None` when one of them has another revision by now.
fn records(
    rows: &[(Id, i64)],
    sight: &Sight,
    shelf: &Shelf,
    position: i64,
    conn: &mut Connection,
) -> Outcome<Option<Vec<Arc<Kept>>>> {
    let (mut records, mut fill, mut rest) = (Vec::with_capacity(rows.len()), Fill::starting_with(FIRST), rows);
    while !rest.is_empty() && !fill.is_full() {
        let part;
        (part, rest) = rest.split_at(fill.room().min(rest.len()));
        let wanted: Vec<(Id, Option<i64>)> = part.iter().map(|(id, revision)| (*id, Some(*revision))).collect();
        for ((_, revision), record) in part.iter().zip(shelf.fetch(&wanted, Some(position), conn)?) {
            let Some(record) = record.filter(|record| record.standing.revision == *revision) else { return Ok(None) };
            if fill.is_full() {
                break;
            }
            fill.add(record.text(sight).len());
            records.push(record);
        }
    }
    Ok(Some(records))
}
