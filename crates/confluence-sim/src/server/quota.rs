//! The points quota of an hour, which all requests to a site share.

use chrono::{DateTime, Timelike as _, Utc};
use serde_json::{Value, json};

use super::reply::{Reply, ReplyBody};
use super::request::Request;

const SECONDS_PER_HOUR: i64 = 3600;

/// The points that the requests of the current hour cost.
#[derive(Debug, Default)]
pub(crate) struct Quota {
    /// Hours since 1970.
    hour: i64,
    used: u64,
}

impl Quota {
    /// Returns the refusal if all points of the hour are used.
    pub(crate) fn refusal(&mut self, points: u64, now: DateTime<Utc>) -> Option<Reply> {
        self.begin(now);
        (self.used >= points).then(|| refusal(points, now))
    }

    /// Charges a response, and adds the headers about the quota.
    pub(crate) fn charge(&mut self, points: u64, now: DateTime<Utc>, request: &Request, reply: Reply) -> Reply {
        self.begin(now);
        self.used += cost(request, &reply);
        let left = points.saturating_sub(self.used);
        let until_reset = until_next_hour(now);
        reply
            .header("beta-ratelimit-policy", &format!("\"tenant-app-quota\";q={points};w={SECONDS_PER_HOUR}"))
            .header("beta-ratelimit", &format!("\"tenant-app-quota\";r={left};t={until_reset}"))
            .header("x-beta-ratelimit-reset", &reset_time(now))
    }

    /// Forgets the points of an earlier hour.
    fn begin(&mut self, now: DateTime<Utc>) {
        let hour = now.timestamp().div_euclid(SECONDS_PER_HOUR);
        if hour != self.hour {
            *self = Self { hour, used: 0 };
        }
    }
}

/// Returns the seconds until the next full hour, at least 1.
fn until_next_hour(now: DateTime<Utc>) -> i64 {
    SECONDS_PER_HOUR - now.timestamp().rem_euclid(SECONDS_PER_HOUR)
}

/// Returns the next full hour in the form without seconds that was observed.
fn reset_time(now: DateTime<Utc>) -> String {
    let reset = now + chrono::TimeDelta::seconds(until_next_hour(now));
    reset.with_second(0).unwrap_or(reset).format("%Y-%m-%dT%H:%MZ").to_string()
}

fn refusal(points: u64, now: DateTime<Utc>) -> Reply {
    let seconds = until_next_hour(now);
    Reply::json(429, json!({"code": 429, "message": "Rate limit exceeded"}))
        .header("retry-after", &seconds.to_string())
        .header("ratelimit-reason", "confluence-quota-tenant-based")
        .header("x-ratelimit-limit", &points.to_string())
        .header("x-ratelimit-remaining", "0")
        .header("x-ratelimit-reset", &reset_time(now))
        .header("beta-ratelimit", &format!("\"tenant-app-quota\";r=0;t={seconds}"))
}

/// Returns the points of a response: 1, and 1 per core object in it, 2 per account.
fn cost(request: &Request, reply: &Reply) -> u64 {
    let ReplyBody::Json(json) = &reply.body else { return 1 };
    let last = request.path.rsplit('/').next().unwrap_or_default();
    let points = match last {
        "labels" | "properties" | "versions" | "child-created" => 0,
        "users-bulk" | "bulk" | "current" | "user" => 2,
        _ => 1,
    };
    let objects = match json.get("results").and_then(Value::as_array) {
        Some(results) => results.len() as u64,
        None => u64::from(reply.status == 200),
    };
    1 + points * objects
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_quota_is_full_until_the_next_hour() {
        let mut quota = Quota { hour: at("2026-03-26T15:00:00Z").timestamp() / 3600, used: 100 };
        let refusal = quota.refusal(100, at("2026-03-26T15:24:53Z")).unwrap();
        let header =
            |name: &str| refusal.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
        assert_eq!(header("retry-after"), Some("2107"));
        assert_eq!(header("ratelimit-reason"), Some("confluence-quota-tenant-based"));
        assert_eq!(header("x-ratelimit-reset"), Some("2026-03-26T16:00Z"));
        assert!(quota.refusal(100, at("2026-03-26T15:59:59Z")).is_some());
        assert!(quota.refusal(100, at("2026-03-26T16:00:00Z")).is_none());
    }
}
