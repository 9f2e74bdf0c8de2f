//! How often a client may call (draft-ietf-httpapi-ratelimit-headers-11, RFC 6585 §4), counted in memory by each process:
//! it protects the database, it is not billing.
//!
//! The middleware `app::limit`, which knows the caller, calls [`Limiter::check`] and puts the [`RateState`] into the
//! request's extensions; the shell sends it as `RateLimit-Policy` and `RateLimit`. Anonymous callers are counted by
//! address, IPv6 by /64.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::db::Id;
use crate::problem::{Code, Outcome, Problem};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");

/// After this many checks, keys whose quota is full again are evicted.
const CHECKS_BETWEEN_SWEEPS: u32 = 4096;

/// Calls a client may make; 0 switches a limit off.
#[derive(Debug, Clone)]
pub struct RateSettings {
    pub read_per_minute: u32,
    pub write_per_minute: u32,
}

impl Default for RateSettings {
    fn default() -> RateSettings {
        RateSettings { read_per_minute: 600, write_per_minute: 120 }
    }
}

/// What is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Read,
    Write,
}

/// Whose calls are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    Client(Id),
    Address(IpAddr),
}

impl Key {
    /// An anonymous caller.
    pub fn address(address: IpAddr) -> Key {
        Key::Address(network(address))
    }
}

/// What one subscriber has of the address space: usually a whole IPv6 /64, so its addresses count as one.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

/// What a client has left; in the request's extensions.
#[derive(Debug, Clone)]
pub struct RateState {
    policy: HeaderValue,
    name: &'static str,
    /// Calls left now.
    pub remaining: u32,
    /// Seconds until the whole quota is there again.
    pub reset: u64,
}

impl RateState {
    /// Sets `RateLimit-Policy` and `RateLimit`.
    pub fn write(&self, headers: &mut HeaderMap) {
        headers.insert(POLICY, self.policy.clone());
        if let Ok(state) = HeaderValue::try_from(self.text()) {
            headers.insert(STATE, state);
        }
    }

    fn text(&self) -> String {
        format!("\"{}\";r={};t={}", self.name, self.remaining, self.reset)
    }
}

type Counters = RateLimiter<Key, DashMapStateStore<Key>, DefaultClock, StateInformationMiddleware>;

struct Lane {
    counters: Counters,
    name: &'static str,
    policy: HeaderValue,
    size: NonZeroU32,
    interval: Duration,
    checks: AtomicU32,
}

impl Lane {
    fn new(name: &'static str, size: u32, window: Duration) -> Option<Lane> {
        let size = NonZeroU32::new(size)?;
        let quota = Quota::with_period(window / size.get())?.allow_burst(size);
        let policy = HeaderValue::try_from(format!("\"{name}\";q={size};w={}", window.as_secs())).ok()?;
        let counters = RateLimiter::dashmap(quota).with_middleware::<StateInformationMiddleware>();
        Some(Lane { counters, name, policy, size, interval: quota.replenish_interval(), checks: AtomicU32::new(0) })
    }

    fn check(&self, key: Key) -> Outcome<RateState> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % CHECKS_BETWEEN_SWEEPS == CHECKS_BETWEEN_SWEEPS - 1 {
            self.counters.retain_recent();
        }
        let state = |remaining: u32| {
            let missing = self.interval * (self.size.get() - remaining.min(self.size.get()));
            RateState { policy: self.policy.clone(), name: self.name, remaining, reset: whole_seconds(missing) }
        };
        match self.counters.check_key(&key) {
            Ok(snapshot) => Ok(state(snapshot.remaining_burst_capacity())),
            Err(refused) => {
                let wait = whole_seconds(refused.wait_time_from(self.counters.clock().now())).max(1);
                let problem = Problem::new(Code::QuotaExceeded).arg("limit", self.size).arg("seconds", wait);
                let policy = self.policy.to_str().unwrap_or_default();
                let problem = problem.header("RateLimit-Policy", policy).header("RateLimit", state(0).text());
                Err(problem.header("Retry-After", wait))
            }
        }
    }
}

fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

/// The counters of one process.
pub struct Limiter {
    read: Option<Lane>,
    write: Option<Lane>,
}

impl Limiter {
    pub fn new(settings: &RateSettings) -> Limiter {
        const MINUTE: Duration = Duration::from_secs(60);
        Limiter {
            read: Lane::new("read", settings.read_per_minute, MINUTE),
            write: Lane::new("write", settings.write_per_minute, MINUTE),
        }
    }

    /// Counts one call: what is left, `None` when the limit is off, or 429 `quota-exceeded` with `Retry-After`.
    pub fn check(&self, key: Key, class: Class) -> Outcome<Option<RateState>> {
        let lane = match class {
            Class::Read => &self.read,
            Class::Write => &self.write,
        };
        lane.as_ref().map(|lane| lane.check(key)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(read_per_minute: u32) -> Limiter {
        Limiter::new(&RateSettings { read_per_minute, ..RateSettings::default() })
    }

    #[test]
    fn each_client_has_its_own_quota_and_learns_what_is_left() {
        let limiter = limiter(2);
        let (one, other) = (Key::Client(Id::new()), Key::Client(Id::new()));
        let state = limiter.check(one, Class::Read).unwrap().unwrap();
        assert_eq!((state.remaining, state.reset), (1, 30));
        let mut headers = HeaderMap::new();
        state.write(&mut headers);
        assert_eq!(headers.get("ratelimit-policy").unwrap(), "\"read\";q=2;w=60");
        assert_eq!(headers.get("ratelimit").unwrap(), "\"read\";r=1;t=30");
        assert!(limiter.check(one, Class::Read).is_ok());
        let problem = limiter.check(one, Class::Read).unwrap_err();
        assert_eq!(problem.code(), Code::QuotaExceeded);
        assert!(problem.said().headers.contains(&("Retry-After", "30".to_owned())));
        assert!(limiter.check(other, Class::Read).is_ok());
        assert!(limiter.check(one, Class::Write).is_ok());
    }

    #[test]
    fn zero_switches_a_limit_off() {
        let limiter = limiter(0);
        assert!((0..1000).all(|_| limiter.check(Key::Client(Id::default()), Class::Read).is_ok_and(|s| s.is_none())));
    }

    #[test]
    fn one_network_is_one_caller() {
        let key = |text: &str| Key::address(text.parse().unwrap());
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("::ffff:10.0.0.1"), key("10.0.0.1"));
        assert_ne!(key("10.0.0.1"), key("10.0.0.2"));
    }
}
