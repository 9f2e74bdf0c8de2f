//! How often logins may fail (`docs/api.md`, rate limits).
//!
//! Failures are counted for each client and address, so that secrets cannot be guessed, and for each address in all,
//! since hashing is expensive enough to be used for denial of service. When an address fails too often, unknown names
//! and clients that fail from there are refused before anything is computed; other clients behind the same address are
//! not. An attempt counts from its start until it succeeds, so that concurrent attempts do not slip through. A client
//! that fails often from anywhere is not refused elsewhere, but queues with strangers.
//!
//! A secret that was right at an address in the last hour is recognised there without any of this, until so many wrong
//! ones were tried there in that client's name that recognising would help guessing.
//!
//! Counted in memory, for a minute from the first attempt; all unknown names count as one. Memory is bounded and no
//! window is evicted for another: addresses that come when there is no room left are counted as one.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::api::rate::network;
use crate::auth::secrets::Queue;
use crate::db::Id;

/// Failed logins a minute, per client and address.
pub const FAILURES: u32 = 20;
/// Failed logins a minute of all names together, per address.
pub const FAILURES_OF_ADDRESS: u32 = 60;
/// Wrong logins a minute (refused unseen ones included), per client and address, after which a secret is no longer
/// recognised there.
pub const GUESSES: u32 = 200;
/// Right logins a minute, per client and address: as many as other reads.
pub const LOGINS: u32 = 600;
/// Logins of one client, from all addresses, that may be running or have failed before the next one queues with
/// strangers.
const AT_ONCE: u32 = 2;
const MINUTE: Duration = Duration::from_secs(60);
/// Windows of each sort that are remembered: some 3 MiB at most.
const REMEMBERED: usize = 10_000;
/// Minimum pause between two sweeps for expired windows.
const SWEEP_PAUSE: Duration = Duration::from_secs(1);

/// Counts logins. The absent address stands for those that came when there was no room left.
#[derive(Default)]
pub struct LoginLimits {
    pairs: Windows<(Option<Id>, Option<IpAddr>)>,
    addresses: Windows<Option<IpAddr>>,
    clients: Windows<Option<Id>>,
}

/// Windows by what they count.
struct Windows<K>(Mutex<Open<K>>);

struct Open<K> {
    windows: HashMap<K, Arc<Window>>,
    swept: Instant,
}

struct Window {
    since: Instant,
    right: AtomicU32,
    failed: AtomicU32,
    held: AtomicU32,
    under_way: AtomicU32,
}

/// A running login, which counts as a failure unless forgiven.
pub struct Attempt {
    pair: Arc<Window>,
    address: Arc<Window>,
    client: Arc<Window>,
    registered: bool,
    guesses: u32,
    forgiven: bool,
}

impl<K> Default for Windows<K> {
    fn default() -> Windows<K> {
        Windows(Mutex::new(Open { windows: HashMap::new(), swept: Instant::now() }))
    }
}

impl<K: Copy + Eq + Hash> Windows<K> {
    /// The window of `key`, or that of `rest` when there is no room left.
    fn of(&self, key: K, rest: K) -> Arc<Window> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = if open.has_room(&key) { key } else { rest };
        let window = open.windows.entry(key).or_insert_with(Window::new);
        if window.is_over() {
            *window = Window::new();
        }
        window.clone()
    }
}

impl<K: Eq + Hash> Open<K> {
    fn has_room(&mut self, key: &K) -> bool {
        if self.windows.len() < REMEMBERED || self.windows.contains_key(key) {
            return true;
        }
        if self.swept.elapsed() >= SWEEP_PAUSE {
            self.swept = Instant::now();
            self.windows.retain(|_, window| !window.is_over());
        }
        self.windows.len() < REMEMBERED
    }
}

impl LoginLimits {
    /// Counts a login from `address` by a client, or by an unknown name, as `guesses` attempts; the error is the number of
    /// seconds to wait.
    pub fn begin(&self, client: Option<Id>, address: IpAddr, guesses: u32) -> Result<Attempt, u64> {
        let whole = self.addresses.of(Some(network(address)), None);
        let everywhere = self.clients.of(client, None);
        let registered = client.is_some();
        let pair = self.pair(client, address);
        let attempt = Attempt { pair, address: whole, client: everywhere, registered, guesses, forgiven: false };
        attempt.start();
        match attempt.held_by().map(Window::seconds_left) {
            None => Ok(attempt),
            Some(seconds) => {
                attempt.pair.held.fetch_add(guesses, Ordering::AcqRel);
                attempt.forgive();
                Err(seconds)
            }
        }
    }

    /// Whether a secret of this client that was right at `address` may be recognised there, because not too many wrong
    /// ones were tried.
    pub fn trust(&self, client: Id, address: IpAddr) -> bool {
        let window = self.pair(Some(client), address);
        window.counted().saturating_add(window.held.load(Ordering::Acquire)) < GUESSES
    }

    /// Counts a login whose secret is known to be right; the error is the number of seconds to wait.
    pub fn right(&self, client: Id, address: IpAddr) -> Result<(), u64> {
        let window = self.pair(Some(client), address);
        match window.right.fetch_add(1, Ordering::AcqRel) >= LOGINS {
            true => Err(window.seconds_left()),
            false => Ok(()),
        }
    }

    fn pair(&self, client: Option<Id>, address: IpAddr) -> Arc<Window> {
        self.pairs.of((client, Some(network(address))), (client, None))
    }
}

impl Window {
    fn new() -> Arc<Window> {
        let zero = || AtomicU32::new(0);
        Arc::new(Window { since: Instant::now(), right: zero(), failed: zero(), held: zero(), under_way: zero() })
    }

    fn is_over(&self) -> bool {
        self.since.elapsed() >= MINUTE
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
    fn start(&self) {
        for window in [&self.pair, &self.address, &self.client] {
            window.under_way.fetch_add(self.guesses, Ordering::AcqRel);
        }
    }

    /// The window that is full for this attempt, which is counted in it.
    fn held_by(&self) -> Option<&Window> {
        let suspect = !self.registered || self.pair.failed() > 0;
        if self.pair.counted() > FAILURES {
            return Some(&self.pair);
        }
        (suspect && self.address.counted() > FAILURES_OF_ADDRESS).then_some(&self.address)
    }

    /// The queue of this login.
    pub fn queue(&self) -> Queue {
        let few = self.client.counted() <= AT_ONCE;
        match self.registered && few && self.pair.failed() == 0 {
            true => Queue::Clients,
            false => Queue::Strangers,
        }
    }

    /// Not a wrong secret: it was right, or could not be checked.
    pub fn forgive(mut self) {
        self.forgiven = true;
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        for window in [&self.pair, &self.address, &self.client] {
            // Counted as failed first, so that it is never uncounted in between.
            if !self.forgiven {
                window.failed.fetch_add(self.guesses, Ordering::AcqRel);
            }
            window.under_way.fetch_sub(self.guesses, Ordering::AcqRel);
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
        (0..1000).find(|_| limits.begin(client, HERE, 1).is_err()).unwrap()
    }

    #[test]
    fn a_client_may_fail_twenty_times_a_minute_from_one_address() {
        let limits = LoginLimits::default();
        let client = Some(Id::new());
        assert_eq!(failures(&limits, client), FAILURES);
        let wait = limits.begin(client, HERE, 1).err().unwrap();
        assert!((59..=61).contains(&wait), "{wait}");
        assert!(limits.begin(client, ELSEWHERE, 1).is_ok() && limits.begin(Some(Id::new()), HERE, 1).is_ok());
    }

    #[test]
    fn names_that_are_none_count_as_one() {
        let limits = LoginLimits::default();
        assert_eq!(failures(&limits, None), FAILURES);
        assert!(limits.begin(None, ELSEWHERE, 1).is_ok());
        assert_eq!(limits.pairs.0.lock().unwrap().windows.len(), 2);
    }

    #[test]
    fn where_an_address_fails_too_often_only_clients_that_do_not_fail_there_are_heard() {
        let limits = LoginLimits::default();
        let failing: Vec<Option<Id>> = (0..FAILURES_OF_ADDRESS).map(|_| Some(Id::new())).collect();
        for client in &failing {
            drop(limits.begin(*client, HERE, 1));
        }
        assert!(limits.begin(None, HERE, 1).is_err(), "a name that we do not know");
        assert!(limits.begin(failing[0], HERE, 1).is_err(), "a client that fails from here");
        let quiet = limits.begin(Some(Id::new()), HERE, 1).ok().unwrap();
        assert_eq!(quiet.queue(), Queue::Clients);
        assert!(limits.begin(failing[0], ELSEWHERE, 1).is_ok() && limits.begin(None, ELSEWHERE, 1).is_ok());
    }

    #[test]
    fn what_is_under_way_counts_until_it_is_forgiven() {
        let limits = LoginLimits::default();
        let client = Some(Id::new());
        let under_way: Vec<Attempt> = (0..FAILURES).map(|_| limits.begin(client, HERE, 1).ok().unwrap()).collect();
        assert!(limits.begin(client, HERE, 1).is_err(), "sent at once, they do not slip through");
        let queues: Vec<Queue> = under_way.iter().map(Attempt::queue).collect();
        assert!(queues.iter().all(|queue| *queue == Queue::Strangers), "a crowd waits behind others");
        under_way.into_iter().for_each(Attempt::forgive);
        assert_eq!(limits.begin(client, HERE, 1).ok().unwrap().queue(), Queue::Clients);
        assert_eq!(limits.begin(client, HERE, 1).ok().unwrap().queue(), Queue::Strangers, "the last one failed");
    }

    #[test]
    fn two_guesses_in_one_login_count_as_two() {
        let limits = LoginLimits::default();
        let client = Some(Id::new());
        let heard = (0..100).filter(|_| limits.begin(client, HERE, 2).is_ok()).count();
        assert_eq!(heard as u32, FAILURES / 2);
        let single = limits.begin(Some(Id::new()), ELSEWHERE, 2).ok().unwrap();
        assert_eq!(single.queue(), Queue::Clients, "one login alone does not wait behind others");
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
    fn a_client_that_fails_from_many_addresses_queues_with_strangers_and_others_do_not() {
        let limits = LoginLimits::default();
        let client = Some(Id::new());
        let from = |address: u32| limits.begin(client, IpAddr::V4(address.into()), 1).ok().unwrap();
        let queues: Vec<Queue> = (0..AT_ONCE + 2).map(|address| from(address).queue()).collect();
        let (first, then) = queues.split_at(AT_ONCE as usize);
        assert!(first.iter().all(|queue| *queue == Queue::Clients), "{queues:?}");
        assert!(then.iter().all(|queue| *queue == Queue::Strangers), "{queues:?}");
        assert_eq!(limits.begin(Some(Id::new()), HERE, 1).ok().unwrap().queue(), Queue::Clients);
    }

    #[test]
    fn a_secret_is_recognised_until_too_many_wrong_ones_were_tried_there() {
        let limits = LoginLimits::default();
        let client = Id::new();
        let trusted = (0..2 * GUESSES).find(|_| {
            drop(limits.begin(Some(client), HERE, 1));
            !limits.trust(client, HERE)
        });
        assert_eq!(trusted, Some(GUESSES - 1));
        assert!(limits.trust(client, ELSEWHERE) && limits.trust(Id::new(), HERE));
    }

    #[test]
    fn windows_are_bounded_and_none_is_pushed_out_by_others() {
        let limits = LoginLimits::default();
        let client = Some(Id::new());
        assert_eq!(failures(&limits, client), FAILURES);
        let others = 0x0a00_0000..0x0a00_0000 + 3 * REMEMBERED as u32;
        let heard = others.filter(|address| limits.begin(None, IpAddr::V4((*address).into()), 1).is_ok()).count();
        assert!(heard <= REMEMBERED + FAILURES as usize, "{heard}: those that came too late count as one");
        assert!(limits.begin(client, HERE, 1).is_err(), "still held");
        let late = (0..100).filter(|address| limits.begin(client, IpAddr::V4((*address).into()), 1).is_ok()).count();
        assert_eq!(late, FAILURES as usize, "one window for what has no room of its own");
        assert!(limits.begin(Some(Id::new()), ELSEWHERE, 1).is_ok(), "another client is heard all the same");
        assert!(limits.pairs.0.lock().unwrap().windows.len() <= REMEMBERED + 3);
        assert!(limits.addresses.0.lock().unwrap().windows.len() <= REMEMBERED + 1);
    }

    #[test]
    fn what_is_over_makes_room_and_counts_anew() {
        let since = Instant::now().checked_sub(MINUTE).unwrap();
        let limits = LoginLimits::default();
        let client = Some(Id::new());
        assert_eq!(failures(&limits, client), FAILURES);
        let zero = || AtomicU32::new(0);
        let over = || {
            Arc::new(Window { since, right: zero(), failed: AtomicU32::new(FAILURES), held: zero(), under_way: zero() })
        };
        let mut open = limits.pairs.0.lock().unwrap();
        open.windows.clear();
        open.windows.insert((client, Some(HERE)), over());
        let others = (1..REMEMBERED as u32).map(|address| ((None, Some(IpAddr::V4(address.into()))), over()));
        open.windows.extend(others);
        open.swept = since;
        drop(open);
        assert!(limits.begin(client, HERE, 1).is_ok(), "its minute is over");
        assert!(limits.begin(client, ELSEWHERE, 1).is_ok());
        let open = limits.pairs.0.lock().unwrap();
        assert_eq!(open.windows.len(), 2);
        assert!(open.windows.contains_key(&(client, Some(ELSEWHERE))));
    }
}
