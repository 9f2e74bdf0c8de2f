//! Several writes in one round trip.
//!
//! PostgreSQL gets them as one statement of several common table expressions. None of them sees the effects of another
//! and their order is undefined: they write different rows. Foreign keys are checked after all of them. On SQLite,
//! without round trips, each is run when it is added.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::query_dsl::methods::ExecuteDsl;

use crate::db::{Connection, MultiBackend};

/// Collected writes; each must be one `INSERT`, `UPDATE` or `DELETE`.
#[derive(Default)]
pub struct Together<'a>(Vec<Box<dyn QueryFragment<MultiBackend> + 'a>>);

impl<'a> Together<'a> {
    pub fn add<W>(&mut self, write: W, conn: &mut Connection) -> QueryResult<()>
    where
        W: QueryFragment<MultiBackend> + ExecuteDsl<Connection> + RunQueryDsl<Connection> + 'a,
    {
        match conn {
            Connection::Sqlite(_) => write.execute(conn).map(drop),
            Connection::Postgres(_) => {
                self.0.push(Box::new(write));
                Ok(())
            }
        }
    }

    /// Returns when all of them are done.
    pub fn run(self, conn: &mut Connection) -> QueryResult<()> {
        if self.0.is_empty() { Ok(()) } else { self.execute(conn).map(drop) }
    }
}

impl QueryFragment<MultiBackend> for Together<'_> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        let Some((last, others)) = self.0.split_last() else { return Ok(()) };
        for (number, write) in others.iter().enumerate() {
            pass.push_sql(if number == 0 { "WITH w" } else { ", w" });
            pass.push_sql(&number.to_string());
            pass.push_sql(" AS (");
            write.walk_ast(pass.reborrow())?;
            pass.push_sql(")");
        }
        if !others.is_empty() {
            pass.push_sql(" ");
        }
        last.walk_ast(pass)
    }
}

impl QueryId for Together<'_> {
    type QueryId = ();
    // Prepared statements are kept by their text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<Connection> for Together<'_> {}
