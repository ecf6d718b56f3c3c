//! Response headers about rate limits, waiting and deprecation.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// What the headers of a response say.
#[expect(clippy::struct_excessive_bools, reason = "each header is independent; they combine freely")]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct RateLimitHeaders {
    /// `Retry-After`: how long the server asks to wait.
    pub(super) retry_after: Option<Duration>,
    /// `X-RateLimit-Reset`: when the full allowance is available again. Successful responses also have it; it then asks
    /// for nothing.
    pub(super) reset: Option<Duration>,
    /// The headers name a rate limit, whatever the status.
    pub(super) rate_limited: bool,
    /// The limit is that of this endpoint, not of the site (F-08).
    pub(super) endpoint_only: bool,
    /// The limit is a quota of points, which is available again at the next full hour.
    pub(super) quota: bool,
    /// Less than a fifth of the allowance is left (F-09).
    pub(super) near_limit: bool,
    /// The gateway reports a missing scope.
    pub(super) scope_missing: bool,
    /// The server's time.
    pub(super) server_time: Option<DateTime<Utc>>,
    /// The server announces that the endpoint will be removed.
    pub(super) deprecated: bool,
}

impl RateLimitHeaders {
    /// Parses the headers; `local_time` is used only if the response has no `Date`.
    pub(super) fn parse(headers: &HeaderMap, local_time: DateTime<Utc>) -> Self {
        let server_time = text(headers, DATE.as_str()).and_then(http_date);
        let now = server_time.unwrap_or(local_time);
        let retry_after = headers
            .get_all(RETRY_AFTER)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .filter_map(|value| retry_after(value, now))
            .max();
        let reset = text(headers, "x-ratelimit-reset").and_then(|value| reset(value, now));
        let reason = text(headers, "ratelimit-reason");
        Self {
            retry_after,
            reset,
            rate_limited: headers.contains_key(RETRY_AFTER) || reason.is_some(),
            endpoint_only: reason.is_some_and(|reason| reason.contains("burst")),
            quota: reason.is_some_and(|reason| reason.contains("quota")),
            near_limit: text(headers, "x-ratelimit-nearlimit").is_some_and(|value| value.eq_ignore_ascii_case("true")),
            scope_missing: text(headers, "x-failure-category").is_some_and(|value| value.contains("SCOPE")),
            server_time,
            deprecated: headers.contains_key("deprecation"),
        }
    }

    /// Returns the wait that the server asks for after throttling.
    pub(super) fn throttle_wait(&self) -> Option<Duration> {
        self.retry_after.or(self.reset)
    }

    /// Returns the wait until a quota is available again: as the server asks, or else until the next full hour (UTC).
    pub(super) fn quota_wait(&self) -> Duration {
        let now = self.server_time.unwrap_or_else(Utc::now);
        let to_full_hour = 3600 - now.timestamp().rem_euclid(3600).unsigned_abs();
        self.throttle_wait().unwrap_or(Duration::from_secs(to_full_hour))
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

fn http_date(value: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(value).ok().map(|time| time.to_utc())
}

/// Parses seconds or an HTTP date; a date in the past asks for nothing (F-02).
fn retry_after(value: &str, now: DateTime<Utc>) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    until(http_date(value)?, now)
}

/// Parses an ISO 8601 time (Confluence), seconds or milliseconds since 1970, or seconds from now (other servers)
/// (F-04).
fn reset(value: &str, now: DateTime<Utc>) -> Option<Duration> {
    if let Ok(number) = value.parse::<i64>() {
        return match number {
            ..0 => None,
            0..1_000_000_000 => Some(Duration::from_secs(number.unsigned_abs())),
            1_000_000_000..1_000_000_000_000 => until(DateTime::from_timestamp(number, 0)?, now),
            _ => until(DateTime::from_timestamp_millis(number)?, now),
        };
    }
    let time = DateTime::parse_from_rfc3339(value)
        .map(|time| time.to_utc())
        .or_else(|_| NaiveDateTime::parse_from_str(value, "%Y-%m-%dT%H:%MZ").map(|time| time.and_utc()))
        .ok()?;
    until(time, now)
}

fn until(time: DateTime<Utc>, now: DateTime<Utc>) -> Option<Duration> {
    (time - now).to_std().ok().filter(|wait| !wait.is_zero())
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn limit_headers(pairs: &[(&'static str, &'static str)]) -> RateLimitHeaders {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        // a local clock that is a day wrong
        let local = DateTime::parse_from_rfc3339("2026-11-20T12:00:00Z").unwrap().to_utc();
        RateLimitHeaders::parse(&headers, local)
    }

    const DATE_HEADER: (&str, &str) = ("date", "Sat, 21 Nov 2026 12:00:00 GMT");

    #[test]
    fn dates_are_relative_to_the_date_of_the_response_f_02() {
        let read = limit_headers(&[DATE_HEADER, ("retry-after", "Sat, 21 Nov 2026 12:00:30 GMT")]);
        assert_eq!(read.throttle_wait(), Some(Duration::from_secs(30)));
        let past = limit_headers(&[DATE_HEADER, ("retry-after", "Sat, 21 Nov 2026 11:00:00 GMT")]);
        assert_eq!(past.throttle_wait(), None);
        assert!(past.rate_limited);
    }

    #[test]
    fn every_form_of_the_reset_header_is_parsed_f_04() {
        for value in ["2026-11-21T12:01:00Z", "2026-11-21T12:01Z", "1795262460", "1795262460000", "60"] {
            let read = limit_headers(&[DATE_HEADER, ("x-ratelimit-reset", value)]);
            assert_eq!(read.throttle_wait(), Some(Duration::from_secs(60)), "{value}");
            assert!(!read.rate_limited, "successful responses have it too, so it is not a limit: {value}");
        }
        for value in ["-5", "soon", "2020-01-01T00:00:00Z"] {
            assert_eq!(limit_headers(&[DATE_HEADER, ("x-ratelimit-reset", value)]).throttle_wait(), None, "{value}");
        }
    }

    #[test]
    fn invalid_values_are_ignored_and_the_longest_of_two_headers_counts_f_07() {
        for value in ["-1", "1e20", "soon", "", "99999999999999999999999"] {
            assert_eq!(limit_headers(&[("retry-after", value)]).throttle_wait(), None, "{value}");
        }
        assert_eq!(limit_headers(&[("retry-after", "0")]).throttle_wait(), Some(Duration::ZERO));
        assert_eq!(
            limit_headers(&[("retry-after", "3"), ("retry-after", "9")]).throttle_wait(),
            Some(Duration::from_secs(9))
        );
        assert_eq!(
            limit_headers(&[DATE_HEADER, ("retry-after", "3"), ("x-ratelimit-reset", "2026-11-21T13:00:00Z")])
                .throttle_wait(),
            Some(Duration::from_secs(3))
        );
    }

    #[test]
    fn burst_limits_are_limits_of_one_endpoint_f_08() {
        assert!(limit_headers(&[("ratelimit-reason", "confluence-burst-based")]).endpoint_only);
        assert!(!limit_headers(&[("ratelimit-reason", "confluence-quota-tenant-based")]).endpoint_only);
    }

    #[test]
    fn a_quota_lasts_until_the_next_full_hour_unless_the_server_names_another_time() {
        let quota = ("ratelimit-reason", "confluence-quota-global-based");
        let date = ("date", "Sat, 21 Nov 2026 12:20:00 GMT");
        assert_eq!(limit_headers(&[quota, date]).quota_wait(), Duration::from_secs(40 * 60));
        assert_eq!(limit_headers(&[quota, date, ("retry-after", "5")]).quota_wait(), Duration::from_secs(5));
        assert!(
            limit_headers(&[quota]).quota && !limit_headers(&[("ratelimit-reason", "confluence-burst-based")]).quota
        );
    }

    #[test]
    fn beta_headers_are_not_limits() {
        assert_eq!(
            limit_headers(&[("beta-retry-after", "60"), ("x-beta-ratelimit-reset", "60")]),
            RateLimitHeaders::default()
        );
    }
}
