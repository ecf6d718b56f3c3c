//! Which failure is worth another try, and how long to wait: pure functions of status, headers and numbers.
//!
//! One layer only; the HTTP library's own retries are off.

use std::time::Duration;

use super::signs::Signs;

/// Requests sent for one answer, the first included.
pub(super) const MAX_ATTEMPTS: u32 = 6;
/// Longest time one answer may take, without the waits the server asked for.
pub(super) const MAX_ELAPSED: Duration = Duration::from_secs(600);
/// Shortest wait after throttling: `Retry-After: 0` occurs in the wild (F-07).
const FLOOR: Duration = Duration::from_secs(1);

/// What an answer's status and headers mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// 2xx: decode it.
    Success,
    /// 3xx: never followed with credentials.
    Redirect,
    /// Too many requests: 429, or a 403 that says it is a rate limit (F-10).
    Throttled,
    /// A passing failure of the server or something before it.
    Transient,
    /// 401: confirm by an identity probe.
    Unauthenticated,
    /// The token lacks the scope (F-42).
    ScopeMissing,
    /// 403.
    Denied,
    /// 404.
    NotFound,
    /// 410.
    Gone,
    /// Any other failure: never retried.
    Permanent,
}

/// Judges a status with the signs in its headers.
pub(super) fn judge(status: u16, signs: &Signs) -> Verdict {
    match status {
        200..=299 => Verdict::Success,
        300..=399 => Verdict::Redirect,
        429 => Verdict::Throttled,
        403 if signs.rate_limited => Verdict::Throttled,
        401 | 403 if signs.scope_missing => Verdict::ScopeMissing,
        401 => Verdict::Unauthenticated,
        403 => Verdict::Denied,
        404 => Verdict::NotFound,
        410 => Verdict::Gone,
        408 | 425 | 500 | 502 | 503 | 504 | 520..=524 => Verdict::Transient,
        _ => Verdict::Permanent,
    }
}

/// Why another try is made; decides the curve of the waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// The server asked to slow down.
    Throttled,
    /// The server or the network failed.
    Transient,
    /// A time limit was reached; costs more of the budget.
    Timeout,
}

/// How long to wait before try number `attempt + 1` (the first try is number 1).
///
/// What the server asked for (`retry_after`) is a lower bound: that plus up to 20 %, so that workers do not come back at once. Otherwise
/// full jitter under a doubling ceiling.
pub(super) fn backoff(
    cause: Cause,
    attempt: u32,
    retry_after: Option<Duration>,
    jitter: &mut fastrand::Rng,
) -> Duration {
    if let Some(asked) = retry_after {
        let asked = asked.max(FLOOR);
        return asked + asked.mul_f64(0.2 * jitter.f64());
    }
    let doublings = attempt.saturating_sub(1).min(16);
    match cause {
        Cause::Throttled => {
            let ceiling = Duration::from_secs(5 << doublings).min(Duration::from_secs(60));
            ceiling.mul_f64(jitter.f64()).max(FLOOR)
        }
        Cause::Transient | Cause::Timeout => {
            let ceiling = Duration::from_millis(500 << doublings).min(Duration::from_secs(30));
            ceiling.mul_f64(jitter.f64())
        }
    }
}

/// The run-wide retry budget: an outage cannot multiply the traffic.
#[derive(Debug)]
pub(super) struct RetryBudget {
    tokens: u32,
}

impl RetryBudget {
    const CAPACITY: u32 = 500;

    /// A full bucket.
    pub(super) fn new() -> Self {
        Self { tokens: Self::CAPACITY }
    }

    /// Takes the price of one retry; false when the bucket does not hold it.
    pub(super) fn spend(&mut self, cause: Cause) -> bool {
        let price = match cause {
            Cause::Timeout => 10,
            Cause::Throttled | Cause::Transient => 5,
        };
        match self.tokens.checked_sub(price) {
            Some(rest) => {
                self.tokens = rest;
                true
            }
            None => false,
        }
    }

    /// Whether it cannot pay another retry.
    pub(super) fn is_empty(&self) -> bool {
        self.tokens < 5
    }

    /// One request succeeded.
    pub(super) fn refund(&mut self) {
        self.tokens = (self.tokens + 1).min(Self::CAPACITY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_its_verdict_f_15() {
        let plain = Signs::default();
        let transient = [408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524];
        for status in 100..=599_u16 {
            let expected = match status {
                200..=299 => Verdict::Success,
                300..=399 => Verdict::Redirect,
                401 => Verdict::Unauthenticated,
                403 => Verdict::Denied,
                404 => Verdict::NotFound,
                410 => Verdict::Gone,
                429 => Verdict::Throttled,
                status if transient.contains(&status) => Verdict::Transient,
                _ => Verdict::Permanent,
            };
            assert_eq!(judge(status, &plain), expected, "{status}");
        }
    }

    #[test]
    fn a_403_with_rate_limit_headers_is_throttling_f_10() {
        let signs = Signs { rate_limited: true, ..Signs::default() };
        assert_eq!(judge(403, &signs), Verdict::Throttled);
        assert_eq!(judge(401, &signs), Verdict::Unauthenticated);
    }

    #[test]
    fn a_missing_scope_is_not_a_dead_token_f_42() {
        let signs = Signs { scope_missing: true, ..Signs::default() };
        assert_eq!(judge(401, &signs), Verdict::ScopeMissing);
        assert_eq!(judge(403, &signs), Verdict::ScopeMissing);
    }

    #[test]
    fn throttling_without_a_header_starts_at_five_seconds_and_stays_below_a_minute_f_03() {
        for seed in 0..200 {
            let mut jitter = fastrand::Rng::with_seed(seed);
            for (attempt, ceiling) in [(1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (6, 60), (40, 60)] {
                let wait = backoff(Cause::Throttled, attempt, None, &mut jitter);
                assert!(wait >= FLOOR && wait <= Duration::from_secs(ceiling), "{attempt}: {wait:?}");
            }
        }
    }

    #[test]
    fn what_the_server_told_is_a_lower_bound() {
        let mut jitter = fastrand::Rng::with_seed(7);
        for told in [1_u64, 7, 300] {
            let told = Duration::from_secs(told);
            let wait = backoff(Cause::Transient, 3, Some(told), &mut jitter);
            assert!(wait >= told && wait <= told.mul_f64(1.2), "{wait:?}");
        }
        assert!(backoff(Cause::Throttled, 1, Some(Duration::ZERO), &mut jitter) >= FLOOR);
    }

    #[test]
    fn the_budget_pays_for_a_hundred_retries_and_grows_with_successes() {
        let mut budget = RetryBudget::new();
        let paid = (0..1000).filter(|_| budget.spend(Cause::Transient)).count();
        assert_eq!(paid, 100);
        (0..9).for_each(|_| budget.refund());
        assert!(!budget.spend(Cause::Timeout));
        budget.refund();
        assert!(budget.spend(Cause::Timeout));
    }
}
