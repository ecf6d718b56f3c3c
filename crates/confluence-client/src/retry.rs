//! Retry policy: which failures are retried and after what wait, as pure functions of status, headers and numbers.
//!
//! This is the only layer that retries; the HTTP library's own retries are off.

use std::time::Duration;

use super::rate_limit_headers::RateLimitHeaders;
use super::settings::ConnectionSettings;

/// Maximum number of attempts of one request, including the first.
pub(super) const MAX_ATTEMPTS: u32 = 6;
/// Time after which a request is not retried any more, not counting waits that the server asked for.
pub(super) const MAX_ELAPSED: Duration = Duration::from_secs(600);
/// Shortest wait after throttling: `Retry-After: 0` occurs in the wild (F-07).
const FLOOR: Duration = Duration::from_secs(1);
/// The most that is added to a wait that the server asks for.
const MOST_ADDED: Duration = Duration::from_secs(60);

/// What the status and headers of a response mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StatusClass {
    /// 2xx: decode it.
    Success,
    /// 3xx: not followed with credentials.
    Redirect,
    /// Too many requests: 429, or a 403 that says it is a rate limit (F-10).
    Throttled,
    /// A transient failure of the server or of a system in front of it.
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

/// Classifies a response by its status and headers.
pub(super) fn classify_status(status: u16, limit_headers: &RateLimitHeaders) -> StatusClass {
    match status {
        200..=299 => StatusClass::Success,
        300..=399 => StatusClass::Redirect,
        429 => StatusClass::Throttled,
        403 if limit_headers.rate_limited => StatusClass::Throttled,
        401 | 403 if limit_headers.scope_missing => StatusClass::ScopeMissing,
        401 => StatusClass::Unauthenticated,
        403 => StatusClass::Denied,
        404 => StatusClass::NotFound,
        410 => StatusClass::Gone,
        408 | 425 | 500 | 502 | 503 | 504 | 520..=524 => StatusClass::Transient,
        _ => StatusClass::Permanent,
    }
}

/// Why a request is retried; determines the waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RetryCause {
    /// The server asked to slow down.
    Throttled,
    /// The quota of the hour is used up, as happens on every large site; costs nothing of the budget.
    Quota,
    /// The server or the network failed.
    Transient,
    /// A timeout; costs more of the budget.
    Timeout,
}

/// Returns how long to wait before attempt number `attempt + 1` (the first attempt is number 1).
///
/// The wait that the server asks for (`retry_after`) is a lower bound; up to 20 % or a minute is added so that workers do not all
/// return at once. Otherwise the wait has full jitter below a doubling ceiling.
pub(super) fn backoff(
    cause: RetryCause,
    attempt: u32,
    retry_after: Option<Duration>,
    jitter: &mut fastrand::Rng,
) -> Duration {
    if let Some(asked) = retry_after {
        let asked = asked.max(FLOOR);
        return asked + asked.mul_f64(0.2).min(MOST_ADDED).mul_f64(jitter.f64());
    }
    let doublings = attempt.saturating_sub(1).min(16);
    match cause {
        RetryCause::Throttled | RetryCause::Quota => {
            let ceiling = Duration::from_secs(5 << doublings).min(Duration::from_secs(60));
            ceiling.mul_f64(jitter.f64()).max(FLOOR)
        }
        RetryCause::Transient | RetryCause::Timeout => {
            let ceiling = Duration::from_millis(500 << doublings).min(Duration::from_secs(30));
            ceiling.mul_f64(jitter.f64())
        }
    }
}

/// Longest waits that the server may ask for.
#[derive(Debug, Clone, Copy)]
pub(super) struct WaitLimits {
    /// After any other refusal.
    pub(super) usual: Duration,
    /// Until a quota is available again.
    pub(super) quota: Duration,
}

impl WaitLimits {
    pub(super) fn of(settings: &ConnectionSettings) -> Self {
        Self { usual: settings.max_wait, quota: settings.max_quota_wait.max(settings.max_wait) }
    }

    /// Returns the limit that applies to a response.
    pub(super) fn after(self, limit_headers: &RateLimitHeaders) -> Duration {
        if limit_headers.quota { self.quota } else { self.usual }
    }
}

/// Retry budget of the run (a token bucket), which keeps an outage from multiplying the traffic.
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

    /// Takes the price of one retry; returns false if too few tokens are left.
    pub(super) fn spend(&mut self, cause: RetryCause) -> bool {
        let price = match cause {
            RetryCause::Quota => 0,
            RetryCause::Timeout => 10,
            RetryCause::Throttled | RetryCause::Transient => 5,
        };
        match self.tokens.checked_sub(price) {
            Some(rest) => {
                self.tokens = rest;
                true
            }
            None => false,
        }
    }

    /// Returns whether too few tokens are left for another retry.
    pub(super) fn is_empty(&self) -> bool {
        self.tokens < 5
    }

    /// Returns one token, after a successful request.
    pub(super) fn refund(&mut self) {
        self.tokens = (self.tokens + 1).min(Self::CAPACITY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_classified_f_15() {
        let plain = RateLimitHeaders::default();
        let transient = [408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524];
        for status in 100..=599_u16 {
            let expected = match status {
                200..=299 => StatusClass::Success,
                300..=399 => StatusClass::Redirect,
                401 => StatusClass::Unauthenticated,
                403 => StatusClass::Denied,
                404 => StatusClass::NotFound,
                410 => StatusClass::Gone,
                429 => StatusClass::Throttled,
                status if transient.contains(&status) => StatusClass::Transient,
                _ => StatusClass::Permanent,
            };
            assert_eq!(classify_status(status, &plain), expected, "{status}");
        }
    }

    #[test]
    fn a_403_with_rate_limit_headers_is_throttling_f_10() {
        let limit_headers = RateLimitHeaders { rate_limited: true, ..RateLimitHeaders::default() };
        assert_eq!(classify_status(403, &limit_headers), StatusClass::Throttled);
        assert_eq!(classify_status(401, &limit_headers), StatusClass::Unauthenticated);
    }

    #[test]
    fn a_missing_scope_is_not_an_invalid_token_f_42() {
        let limit_headers = RateLimitHeaders { scope_missing: true, ..RateLimitHeaders::default() };
        assert_eq!(classify_status(401, &limit_headers), StatusClass::ScopeMissing);
        assert_eq!(classify_status(403, &limit_headers), StatusClass::ScopeMissing);
    }

    #[test]
    fn throttling_without_a_header_starts_at_five_seconds_and_stays_below_a_minute_f_03() {
        for seed in 0..200 {
            let mut jitter = fastrand::Rng::with_seed(seed);
            for (attempt, ceiling) in [(1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (6, 60), (40, 60)] {
                let wait = backoff(RetryCause::Throttled, attempt, None, &mut jitter);
                assert!(wait >= FLOOR && wait <= Duration::from_secs(ceiling), "{attempt}: {wait:?}");
            }
        }
    }

    #[test]
    fn the_wait_that_the_server_asks_for_is_a_lower_bound() {
        let mut jitter = fastrand::Rng::with_seed(7);
        for asked in [1_u64, 7, 300] {
            let asked = Duration::from_secs(asked);
            let wait = backoff(RetryCause::Transient, 3, Some(asked), &mut jitter);
            assert!(wait >= asked && wait <= asked.mul_f64(1.2), "{wait:?}");
        }
        assert!(backoff(RetryCause::Throttled, 1, Some(Duration::ZERO), &mut jitter) >= FLOOR);
    }

    #[test]
    fn the_budget_pays_for_a_hundred_retries_and_grows_with_successes() {
        let mut budget = RetryBudget::new();
        let paid = (0..1000).filter(|_| budget.spend(RetryCause::Transient)).count();
        assert_eq!(paid, 100);
        (0..9).for_each(|_| budget.refund());
        assert!(!budget.spend(RetryCause::Timeout));
        budget.refund();
        assert!(budget.spend(RetryCause::Timeout));
    }
}
