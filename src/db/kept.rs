//! Limit on the prepared statements of a connection.
//!
//! Diesel keeps every statement prepared, and lists come in endless variety: a client could fill the memory with them.
//! A connection with too many drops them all and prepares those in use again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::{CacheSize, Connection as _, Instrumentation, InstrumentationEvent, SimpleConnection};

use crate::db::Connection;

/// Maximum per connection; one takes some 10 KiB.
const MOST: usize = 200;

/// Counts the statements that a connection keeps.
#[derive(Default)]
pub(super) struct Kept(Arc<AtomicUsize>);

struct Counter(Arc<AtomicUsize>);

impl Instrumentation for Counter {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::CacheQuery { .. } = event {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Kept {
    /// Counts from now on.
    pub fn of(conn: &mut Connection) -> Kept {
        let kept = Kept::default();
        conn.set_instrumentation(Counter(kept.0.clone()));
        kept
    }

    /// Drops the statements when there are too many. Call it between two uses of the connection.
    pub fn limit(&self, conn: &mut Connection) {
        if self.0.load(Ordering::Relaxed) <= MOST {
            return;
        }
        self.0.store(0, Ordering::Relaxed);
        conn.set_prepared_statement_cache_size(CacheSize::Disabled);
        conn.set_prepared_statement_cache_size(CacheSize::Unbounded);
        if let Connection::Postgres(conn) = conn {
            // The server keeps them too. If this fails the connection is lost, and the next statement will report it.
            let _ = conn.batch_execute("DEALLOCATE ALL");
        }
    }
}
