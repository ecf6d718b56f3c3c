//! Quotas of points per hour: the run waits for the next hour, however long that is, and continues. The clock is paused.

use std::sync::{Arc, Mutex};

use tokio::time::Instant;

use super::server::{Reply, Site};
use super::*;
use crate::Api;
use crate::api::ListOrder;

const POINTS_PER_HOUR: u64 = 65_000;
const QUOTA: &str = "ratelimit-reason: confluence-quota-global-based\r\n";

/// Serves a list of attachments in pages of 250. A page costs a point, and each item another.
async fn metered(items: u64, began: Instant) -> Site {
    let spent = Arc::new(Mutex::new((0, 0)));
    Site::new(move |seen| {
        let elapsed = began.elapsed().as_secs();
        let (hour, to_next) = (elapsed / 3600, 3600 - elapsed % 3600);
        let from: u64 = seen.query("cursor").first().map_or(0, |cursor| cursor.parse().unwrap());
        let to = (from + 250).min(items);
        let mut spent = spent.lock().unwrap();
        if spent.0 != hour {
            *spent = (hour, 0);
        }
        if spent.1 + 1 + to - from > POINTS_PER_HOUR {
            return Reply::status(429, &format!("{QUOTA}retry-after: {to_next}\r\n"), "{}");
        }
        spent.1 += 1 + to - from;
        let page: Vec<String> = (from..to).map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
        let next = if to < items { format!(r#""next":"/wiki/api/v2/attachments?cursor={to}""#) } else { String::new() };
        Reply::json(&format!(r#"{{"results":[{}],"_links":{{{next}}}}}"#, page.join(",")))
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn a_site_of_400_000_objects_is_read_unattended_under_a_quota_of_65_000_points() {
    let began = Instant::now();
    let site = metered(400_000, began).await;
    let mut settings = ConnectionSettings::new(site.base_url(), Credentials::bearer(TOKEN.into()));
    settings.timeouts = Timeouts::NONE;
    let api = Api::new(settings).unwrap();
    let list = api.attachments(ListOrder::Forward, |_| {}).await;
    list.end.unwrap();
    assert_eq!((list.items, list.duplicates), (400_000, 0));
    let hours = began.elapsed().as_secs() / 3600;
    assert_eq!(hours, 6, "1,600 pages of 251 points");
    assert_eq!(api.client().requests().of(RequestKind::Attachments), 1_600 + 6, "one refusal an hour");
    assert_eq!(api.client().stopped(), None);
}

#[tokio::test(start_paused = true)]
async fn only_a_quota_may_take_longer_than_max_wait() {
    for (reason, wait, is_waited_for) in [
        (QUOTA, 3_600, true),
        (QUOTA, 3_901, false),
        ("ratelimit-reason: confluence-burst-based\r\n", 3_600, false),
        ("", 3_600, false),
        ("", 900, true),
    ] {
        let refusal = format!("{reason}retry-after: {wait}\r\n");
        let site = Site::new(move |seen| match seen.number {
            1 => Reply::status(429, &refusal, "{}"),
            _ => Reply::json("{}"),
        })
        .await;
        let client = client(&site);
        let (began, result) = (Instant::now(), get(&client).await);
        assert_eq!(result.is_ok(), is_waited_for, "{reason} {wait}");
        assert_eq!(client.stopped().is_none(), is_waited_for);
        let waited = began.elapsed();
        assert_eq!(waited >= seconds(wait) && waited <= seconds(wait + 60), is_waited_for, "{waited:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_quota_without_a_time_lasts_until_the_full_hour_and_leaves_the_rate_alone() {
    let site = Site::new(|seen| match seen.number {
        21..=28 => Reply::status(429, &format!("{QUOTA}date: Sat, 21 Nov 2026 12:20:00 GMT\r\n"), "{}"),
        _ => Reply::json("{}"),
    })
    .await;
    let client = client(&site);
    let began = Instant::now();
    for _ in 0..20 {
        get(&client).await.unwrap();
    }
    let results = futures_util::future::join_all((0..8).map(|_| get(&client))).await;
    assert!(results.iter().all(Result::is_ok));
    let waited = began.elapsed();
    assert!(waited >= seconds(40 * 60) && waited < seconds(42 * 60), "{waited:?}");
}
