//! Which clients may call: a copy of their status in memory, so that requests need no query for it.
//!
//! The copy is read again every 20 s, so a disabled client is refused within a minute at worst. While the database is
//! unreachable the last copy is used for 60 s; after that every request with a token gets 503.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use crate::auth::clients;
use crate::auth::tokens::{Checked, LEEWAY_SECONDS};
use crate::db::{Db, Id, Moment};
use crate::problem::{Code, Outcome, Problem};

/// How often the copy is read again.
pub const EVERY: Duration = Duration::from_secs(20);
/// How long a copy is used.
const STALE: Duration = Duration::from_secs(60);

/// The copy.
#[derive(Debug, Default)]
pub struct ClientWatch(RwLock<Option<Seen>>);

#[derive(Debug)]
struct Seen {
    /// Whether each client may call.
    enabled: HashMap<Id, bool>,
    /// When the reading began, by both clocks.
    at: Moment,
    since: Instant,
}

impl ClientWatch {
    /// Reads the copy again.
    pub async fn refresh(&self, db: &Db) -> Outcome<()> {
        let (at, since) = (Moment::now(), Instant::now());
        let enabled = db.read(clients::statuses).await?.into_iter().collect();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Seen { enabled, at, since });
        Ok(())
    }

    /// Records that this client may call, as just read from the database.
    pub fn admit(&self, client: Id) {
        if let Some(seen) = self.0.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
            seen.enabled.insert(client, true);
        }
    }

    /// 401 when the token's client was disabled or removed; 503 when that is not known.
    ///
    /// A client newer than the copy (registered by another process) is admitted: its token proves that it was enabled
    /// when the token was made, which is after the copy.
    pub fn check(&self, token: &Checked) -> Outcome<()> {
        let guard = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let seen = guard.as_ref().filter(|seen| seen.since.elapsed() < STALE);
        let seen = seen.ok_or_else(|| Problem::unavailable("the clients' status is not known"))?;
        let enabled = seen.enabled.get(&token.principal.client_id).copied();
        if enabled.unwrap_or(token.issued_at + LEEWAY_SECONDS >= seen.at.seconds()) {
            Ok(())
        } else {
            Err(Problem::new(Code::InvalidToken))
        }
    }

    /// Makes the copy as old as `age`.
    #[cfg(test)]
    pub(super) fn grow_old(&self, age: Duration) {
        if let Some(seen) = self.0.write().unwrap().as_mut() {
            seen.since = Instant::now().checked_sub(age).unwrap();
        }
    }
}
