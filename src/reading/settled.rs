//! Answers made of several statements that belong to one position of the feed.

use crate::db::Connection;
use crate::problem::{Outcome, Problem};
use crate::reading::cache::Shelf;
use crate::reading::pages::Mark;

/// How often an answer is made again because what it is made from changed meanwhile.
const TRIES: usize = 20;

/// What `work` makes of records of these kinds at a position of the feed, which is given to it: made again when one of them changed
/// meanwhile. Only outside a transaction.
pub fn settled<T>(
    kinds: &[&str],
    shelf: &Shelf,
    conn: &mut Connection,
    work: impl Fn(i64, &mut Connection) -> Outcome<T>,
) -> Outcome<T> {
    for _ in 0..TRIES {
        let database = shelf.pages.database();
        let mark = Mark { position: shelf.follow(conn)?, database };
        let made = work(mark.position, conn)?;
        shelf.follow(conn)?;
        if kinds.iter().all(|kind| shelf.pages.stands(kind, mark)) {
            return Ok(made);
        }
    }
    Err(Problem::unavailable("the records that the answer is made from changed whenever it was made"))
}
