//! How often logins may fail (`docs/api.md`, rate limits).
//!
//! Failures are counted for each client and address, so that secrets cannot be guessed, and for each address, so that
//! Argon2 cannot be used to tire us. Where an address fails too often, names that we do not know and clients that fail from
//! there are refused before anything is computed; other clients behind the same address are not. An attempt counts from its
//! start until it succeeds, so that attempts sent at once do not slip through. Counted in memory, a minute from the first
//! attempt; all names that we do not know are counted as one, and what is remembered is bounded.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use moka::sync::Cache;

use super::secrets::Queue;
use crate::api::rate::network;
use crate::db::Id;

/// Failed logins a minute, per client and address.
pub const FAILURES: u32 = 20;
/// Failed logins a minute of all names together, per address.
pub const FAILURES_OF_ADDRESS: u32 = 60;
/// Right logins a minute, per client and address: as many as other reads.
pub const LOGINS: u32 = 600;
/// Logins of one client and address that may be under way before the next one queues with strangers.
const AT_ONCE: u32 = 4;
const MINUTE: Duration = Duration::from_secs(60);
/// Windows of each sort that are remembered: some 3 MiB at most.
const REMEMBERED: u64 = 10_000;

/// Counts logins.
#[derive(Clone)]
pub struct LoginLimits {
    pairs: Cache<(Option<Id>, IpAddr), Arc<Window>>,
    addresses: Cache<IpAddr, Arc<Window>>,
}

struct Window {
    since: Instant,
    right: AtomicU32,
    failed: AtomicU32,
    under_way: AtomicU32,
}

/// A login that is under way and ends as a failure unless forgiven.
pub struct Attempt {
    pair: Arc<Window>,
    address: Arc<Window>,
    registered: bool,
    forgiven: bool,
}

impl Default for LoginLimits {
    fn default() -> LoginLimits {
        let (pairs, addresses) = (Cache::builder(), Cache::builder());
        LoginLimits {
            pairs: pairs.max_capacity(REMEMBERED).time_to_live(MINUTE).build(),
            addresses: addresses.max_capacity(REMEMBERED).time_to_live(MINUTE).build(),
        }
    }
}

impl LoginLimits {
    /// Counts a login from `address` of a client, or of a name that is none; the error is how many seconds to wait.
    pub fn begin(&self, client: Option<Id>, address: IpAddr) -> Result<Attempt, u64> {
        let address = network(address);
        let pair = self.pairs.get_with((client, address), Window::new);
        let whole = self.addresses.get_with(address, Window::new);
        let attempt = Attempt::start(pair, whole, client.is_some());
        match attempt.held_by().map(Window::seconds_left) {
            None => Ok(attempt),
            Some(seconds) => {
                attempt.forgive();
                Err(seconds)
            }
        }
    }

    /// Counts a login whose secret is known to be right; the error is how many seconds to wait.
    pub fn right(&self, client: Id, address: IpAddr) -> Result<(), u64> {
        let window = self.pairs.get_with((Some(client), network(address)), Window::new);
        match window.right.fetch_add(1, Ordering::AcqRel) >= LOGINS {
            true => Err(window.seconds_left()),
            false => Ok(()),
        }
    }
}

impl Window {
    fn new() -> Arc<Window> {
        let zero = || AtomicU32::new(0);
        Arc::new(Window { since: Instant::now(), right: zero(), failed: zero(), under_way: zero() })
    }

    fn seconds_left(&self) -> u64 {
        MINUTE.saturating_sub(self.since.elapsed()).as_secs() + 1
    }

    fn failed(&self) -> u32 {
        self.failed.load(Ordering::Acquire)
    }

    /// Failures, and what may become one.
    fn counted(&self) -> u32 {
        self.failed().saturating_add(self.under_way.load(Ordering::Acquire))
    }
}

impl Attempt {
    fn start(pair: Arc<Window>, address: Arc<Window>, registered: bool) -> Attempt {
        for window in [&pair, &address] {
            window.under_way.fetch_add(1, Ordering::AcqRel);
        }
        Attempt { pair, address, registered, forgiven: false }
    }

    /// The window that is full for this attempt, which is counted in it.
    fn held_by(&self) -> Option<&Window> {
        let suspect = !self.registered || self.pair.failed() > 0;
        if self.pair.counted() > FAILURES {
            return Some(&self.pair);
        }
        (suspect && self.address.counted() > FAILURES_OF_ADDRESS).then_some(&self.address)
    }

    /// Where this login waits for its turn.
    pub fn queue(&self) -> Queue {
        let few = self.pair.under_way.load(Ordering::Acquire) <= AT_ONCE;
        match self.registered && few && self.pair.failed() == 0 {
            true => Queue::Clients,
            false => Queue::Strangers,
        }
    }

    /// It was no wrong secret: it was right, or we could not tell.
    pub fn forgive(mut self) {
        self.forgiven = true;
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        for window in [&self.pair, &self.address] {
            // First counted as failed, so that it is never counted as nothing.
            if !self.forgiven {
                window.failed.fetch_add(1, Ordering::AcqRel);
            }
            window.under_way.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const ELSEWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    /// Logins that fail one after the other until one is refused.
    fn failures(limits: &LoginLimits, client: Option<Id>) -> u32 {
        (0..1000).find(|_| limits.begin(client, HERE).is_err()).unwrap()
    }

    #[test]
    fn a_client_may_fail_twenty_times_a_minute_from_one_address() {
        let limits = LoginLimits::default();
        let client = Some(Id::new());
        assert_eq!(failures(&limits, client), FAILURES);
        let wait = limits.begin(client, HERE).err().unwrap();
        assert!((59..=61).contains(&wait), "{wait}");
        assert!(limits.begin(client, ELSEWHERE).is_ok() && limits.begin(Some(Id::new()), HERE).is_ok());
    }

    #[test]
    fn names_that_are_none_count_as_one() {
        let limits = LoginLimits::default();
        assert_eq!(failures(&limits, None), FAILURES);
        assert!(limits.begin(None, ELSEWHERE).is_ok());
        assert_eq!(limits.pairs.iter().count(), 2);
    }

    #[test]
    fn where_an_address_fails_too_often_only_clients_that_do_not_fail_there_are_heard() {
        let limits = LoginLimits::default();
        let failing: Vec<Option<Id>> = (0..FAILURES_OF_ADDRESS).map(|_| Some(Id::new())).collect();
        for client in &failing {
            drop(limits.begin(*client, HERE));
        }
        assert!(limits.begin(None, HERE).is_err(), "a name that we do not know");
        assert!(limits.begin(failing[0], HERE).is_err(), "a client that fails from here");
        let quiet = limits.begin(Some(Id::new()), HERE).ok().unwrap();
        assert_eq!(quiet.queue(), Queue::Clients);
        assert!(limits.begin(failing[0], ELSEWHERE).is_ok() && limits.begin(None, ELSEWHERE).is_ok());
    }

    #[test]
    fn what_is_under_way_counts_until_it_is_forgiven() {
        let limits = LoginLimits::default();
        let client = Some(Id::new());
        let under_way: Vec<Attempt> = (0..FAILURES).map(|_| limits.begin(client, HERE).ok().unwrap()).collect();
        assert!(limits.begin(client, HERE).is_err(), "sent at once, they do not slip through");
        let queues: Vec<Queue> = under_way.iter().map(Attempt::queue).collect();
        assert!(queues.iter().all(|queue| *queue == Queue::Strangers), "a crowd waits behind others");
        under_way.into_iter().for_each(Attempt::forgive);
        assert_eq!(limits.begin(client, HERE).ok().unwrap().queue(), Queue::Clients);
        assert_eq!(limits.begin(client, HERE).ok().unwrap().queue(), Queue::Strangers, "the last one failed");
    }

    #[test]
    fn right_logins_have_a_limit_of_their_own() {
        let limits = LoginLimits::default();
        let client = Id::new();
        assert!((0..LOGINS).all(|_| limits.right(client, HERE).is_ok()));
        assert!(limits.right(client, HERE).is_err());
        assert!(limits.right(client, ELSEWHERE).is_ok() && limits.right(Id::new(), HERE).is_ok());
    }

    #[test]
    fn the_counters_are_bounded() {
        let limits = LoginLimits::default();
        for address in 0..3 * REMEMBERED as u32 {
            drop(limits.begin(Some(Id::new()), IpAddr::V4(address.into())));
        }
        limits.pairs.run_pending_tasks();
        limits.addresses.run_pending_tasks();
        assert!(limits.pairs.entry_count() <= REMEMBERED && limits.addresses.entry_count() <= REMEMBERED);
    }
}
