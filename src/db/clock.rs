//! The time of this process, which never goes back: a token that was refused as expired stays refused, and no event has
//! an earlier time than the one before it.
//!
//! When the machine's clock is set back, time goes on at half its pace until the clock has caught up: an error of a
//! minute is gone after two. The order of the feed does not depend on any of this (`docs/rules.md` §16); another
//! process has a clock of its own, and so has this one after a restart.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The time returned last, since 1970 UTC, and when that was by the monotonic clock.
static TOLD: Mutex<Option<(Duration, Instant)>> = Mutex::new(None);

/// Milliseconds since 1970 UTC.
pub(super) fn now_millis() -> i64 {
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    // Read under the lock, so that a later caller never gets an earlier time.
    let (wall, steady) = (SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(), Instant::now());
    let now = told.map_or(wall, |(last, at)| next(last, steady.saturating_duration_since(at), wall));
    *told = Some((now, steady));
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}

/// The time to return when `elapsed` has passed since `last` was returned and the machine's clock shows `wall`.
fn next(last: Duration, elapsed: Duration, wall: Duration) -> Duration {
    wall.max(last.saturating_add(elapsed / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn it_follows_a_clock_that_goes_on_or_is_set_forward() {
        assert_eq!(next(100 * SECOND, SECOND, 101 * SECOND), 101 * SECOND);
        assert_eq!(next(100 * SECOND, SECOND, 9000 * SECOND), 9000 * SECOND);
    }

    #[test]
    fn a_clock_that_is_set_back_by_a_minute_is_met_again_after_two() {
        let (mut told, mut wall, mut passed) = (1000 * SECOND, 940 * SECOND, 0);
        while told != wall {
            let before = told;
            wall += SECOND;
            told = next(told, SECOND, wall);
            assert!(told > before);
            passed += 1;
        }
        assert_eq!(passed, 120);
    }

    #[test]
    fn however_often_it_is_asked_it_goes_on() {
        let mut told = 1000 * SECOND;
        for _ in 0..1000 {
            told = next(told, Duration::from_micros(1), Duration::ZERO);
        }
        assert_eq!(told, 1000 * SECOND + Duration::from_micros(500));
    }
}
