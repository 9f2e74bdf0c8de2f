//! The job `rebuild-projections`: rebuilds the typed tables and the stored answers from the signed contents, kind by
//! kind.

use serde::{Deserialize, Serialize};

use crate::db::{Connection, Id};
use crate::jobs::{self, Chunk, Job, NextRow, Work};
use crate::kind::register::{Register, Registered};
use crate::problem::Outcome;
use crate::records::{commit, rows};

/// Changes nothing where nothing was damaged.
pub struct Rebuild {
    pub register: &'static Register,
}

/// The last record that was rebuilt, or the start of its kind.
#[derive(Debug, Serialize, Deserialize)]
pub struct At {
    kind: String,
    after: Option<Id>,
}

/// Whether one waits or runs: what is searched may not be complete yet.
pub fn is_unfinished(conn: &mut Connection) -> Outcome<bool> {
    jobs::is_unfinished::<Rebuild>(conn)
}

impl Rebuild {
    /// The kind in progress and those that follow.
    fn rest(&self, at: Option<&At>) -> &'static [Registered] {
        let kinds = self.register.kinds();
        let place = at.and_then(|at| kinds.iter().position(|kind| kind.name == at.kind));
        &kinds[place.unwrap_or(0)..]
    }
}

impl Job for Rebuild {
    const NAME: &'static str = "rebuild-projections";
    type Input = ();
    type Cursor = At;

    fn total(&self, _: &Work<Rebuild>, conn: &mut Connection) -> Outcome<Option<i64>> {
        let counts = self.register.kinds().iter().map(|kind| rows::count_of(kind.name, conn));
        counts.sum::<Outcome<i64>>().map(Some)
    }

    fn chunk(&self, work: &Work<Rebuild>, conn: &mut Connection) -> Outcome<Chunk<At>> {
        let (at, limit) = (work.after.as_ref(), work.limit);
        let (kind, next) = match self.rest(at) {
            [kind, next, ..] => (kind, Some(next)),
            [kind] => (kind, None),
            [] => return Ok(Chunk { rows: 0, next: None }),
        };
        let (rows, last) = commit::rebuild(kind, conn, at.and_then(|at| at.after), limit)?;
        let next = match rows as i64 == limit {
            true => Some(At { kind: kind.name.to_owned(), after: last }),
            false => next.map(|next| At { kind: next.name.to_owned(), after: None }),
        };
        Ok(Chunk { rows: rows as i64, next })
    }

    fn next_row(&self, work: &Work<Rebuild>, conn: &mut Connection) -> Outcome<Option<NextRow<At>>> {
        let at = work.after.as_ref();
        let mut after = at.and_then(|at| at.after);
        for kind in self.rest(at) {
            if let Some((head, _)) = commit::batch(kind, after.take(), 1, conn)?.pop() {
                let cursor = At { kind: kind.name.to_owned(), after: Some(head.id) };
                return Ok(Some(NextRow { name: head.code, cursor }));
            }
        }
        Ok(None)
    }
}
