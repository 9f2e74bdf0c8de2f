//! How often a client may try to log in from one address (`docs/api.md`, rate limits).
//!
//! Failures are limited so that secrets cannot be guessed, logins as such so that Argon2 cannot be used to tire us. An
//! attempt counts as a failure from its start until it succeeds, so that attempts sent at once do not slip through; a
//! bucket that only fills (governor) cannot take that back. Counted in memory, a minute from the first attempt.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use moka::sync::Cache;

use crate::api::rate::network;

/// Failed logins a minute, per client and address.
pub const FAILURES: u32 = 20;
/// Logins a minute, per client and address.
pub const ATTEMPTS: u32 = 60;
const MINUTE: Duration = Duration::from_secs(60);
/// Pairs of client and address remembered; far more than Argon2 lets anybody try in a minute.
const REMEMBERED: u64 = 50_000;

/// Counts logins.
#[derive(Clone)]
pub struct LoginLimits(Cache<(String, IpAddr), Arc<Window>>);

struct Window {
    since: Instant,
    attempts: AtomicU32,
    failures: AtomicU32,
}

/// A login that is under way and counts as failed unless forgiven.
pub struct Attempt(Arc<Window>);

impl Default for LoginLimits {
    fn default() -> LoginLimits {
        LoginLimits(Cache::builder().max_capacity(REMEMBERED).time_to_live(MINUTE).build())
    }
}

impl LoginLimits {
    /// Counts a login of `client` from `address`; the error is how many seconds to wait.
    pub fn begin(&self, client: &str, address: IpAddr) -> Result<Attempt, u64> {
        let address = network(address);
        let window = self.0.get_with((client.to_owned(), address), || {
            Arc::new(Window { since: Instant::now(), attempts: AtomicU32::new(0), failures: AtomicU32::new(0) })
        });
        let attempts = window.attempts.fetch_add(1, Ordering::AcqRel);
        let failures = window.failures.fetch_add(1, Ordering::AcqRel);
        let attempt = Attempt(window);
        if attempts >= ATTEMPTS || failures >= FAILURES {
            let wait = MINUTE.saturating_sub(attempt.0.since.elapsed()).as_secs() + 1;
            attempt.forgive();
            return Err(wait);
        }
        Ok(attempt)
    }
}

impl Attempt {
    /// It was no wrong secret: it was right, or we could not tell.
    pub fn forgive(self) {
        self.0.failures.fetch_sub(1, Ordering::AcqRel);
    }
}
