//! Adaptive request rate, learned from throttling, so that a server seldom has to throttle again (F-05).
//!
//! The limits are not published. When the server throttles, the current rate is halved; successful responses and time
//! raise it again, quickly at first and slowly near the throttled rate. Throttling after a few requests, or within the
//! first two seconds, shows no rate, so only the pause that the server asks for applies. See `docs/rate-limiting.md`.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// The current rate is measured over this time.
const WINDOW: Duration = Duration::from_secs(10);
/// Number of request starts that are remembered: more than the fastest rate has within [`SHORTEST_SPAN`].
const REMEMBERED: usize = 512;
/// With fewer starts in the window, no rate is learned.
const FEWEST_STARTS: usize = 10;
/// Starts within less time are a burst, from which no rate is learned.
const SHORTEST_SPAN: Duration = Duration::from_secs(2);
/// The rate grows after this number of successful responses, or after [`GROWS_EVERY`].
const GROWS_AFTER: u32 = 20;
/// The rate grows with the first successful response after this time: at a slow rate, [`GROWS_AFTER`] responses take
/// minutes.
const GROWS_EVERY: Duration = Duration::from_secs(10);
/// How long growth stays slow near the throttled rate; after this time, it is quick again.
const SLOW_GROWTH_FOR: Duration = Duration::from_secs(60);
/// The lowest limit in requests per second: a server that throttles even that slows requests down by its pauses only.
const SLOWEST: f64 = 0.5;
/// Above this rate in requests per second, the limit is dropped.
const FASTEST: f64 = 200.0;

/// The learned rate of all requests, or of one kind.
#[derive(Debug, Default)]
pub(super) struct AdaptiveRate {
    /// When the last requests were sent, oldest first.
    starts: VecDeque<Instant>,
    /// Allowed requests per second; `None` while nothing was learned.
    limit: Option<f64>,
    /// The rate at which the server last throttled.
    refused: f64,
    /// When the rate was last cut; responses to requests sent before add no information.
    cut_at: Option<Instant>,
    /// Successful responses since the limit last changed.
    good: u32,
    /// When the limit last changed.
    changed_at: Option<Instant>,
    next_start: Option<Instant>,
}

impl AdaptiveRate {
    /// Records that a request is sent.
    pub(super) fn started(&mut self, now: Instant) {
        if self.starts.len() == REMEMBERED {
            self.starts.pop_front();
        }
        self.starts.push_back(now);
    }

    /// Returns the allowed requests per second; `None` while nothing was learned.
    pub(super) fn limit(&self) -> Option<f64> {
        self.limit
    }

    /// Reserves the next free start time; `None` without a limit.
    pub(super) fn reserve(&mut self, now: Instant) -> Option<Instant> {
        let limit = self.limit?;
        let start = self.next_start.map_or(now, |next| next.max(now));
        self.next_start = Some(start + Duration::from_secs_f64(1.0 / limit));
        Some(start)
    }

    /// Records that a request sent at `sent_at` was throttled.
    pub(super) fn throttled(&mut self, sent_at: Instant, now: Instant) {
        if self.cut_at.is_some_and(|cut_at| sent_at < cut_at) {
            return;
        }
        self.cut_at = Some(now);
        let Some(refused) = self.limit.into_iter().chain(self.current_rate(now)).reduce(f64::min) else { return };
        self.refused = refused;
        self.change(Some((refused / 2.0).clamp(SLOWEST, FASTEST)), now);
    }

    /// Returns the requests per second within the window; `None` if there were too few, or all within a burst.
    fn current_rate(&self, now: Instant) -> Option<f64> {
        let recent: Vec<&Instant> = self.starts.iter().filter(|start| now.duration_since(**start) <= WINDOW).collect();
        let span = now.duration_since(**recent.first()?);
        let is_burst = span < SHORTEST_SPAN && recent.len() < REMEMBERED;
        (recent.len() >= FEWEST_STARTS && !is_burst).then(|| recent.len() as f64 / span.as_secs_f64())
    }

    /// Records a successful response.
    pub(super) fn succeeded(&mut self, now: Instant) {
        let Some(limit) = self.limit else { return };
        self.good += 1;
        let is_due = self.changed_at.is_none_or(|changed_at| now.duration_since(changed_at) >= GROWS_EVERY);
        if self.good < GROWS_AFTER && !is_due {
            return;
        }
        let is_old = self.cut_at.is_none_or(|cut_at| now.duration_since(cut_at) >= SLOW_GROWTH_FOR);
        let growth = if is_old || limit < self.refused * 0.8 { 1.15 } else { 1.01 };
        let grown = limit * growth;
        self.change((grown < FASTEST).then_some(grown), now);
    }

    fn change(&mut self, limit: Option<f64>, now: Instant) {
        self.limit = limit;
        self.good = 0;
        self.changed_at = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn throttling_halves_the_current_rate_once_per_burst() {
        let mut rate = AdaptiveRate::default();
        for _ in 0..40 {
            rate.started(Instant::now());
            tokio::time::advance(Duration::from_millis(50)).await;
        }
        assert_eq!(rate.reserve(Instant::now()), None, "nothing was learned yet");
        let sent = Instant::now();
        tokio::time::advance(Duration::from_millis(1)).await;
        for _ in 0..5 {
            rate.throttled(sent, Instant::now());
        }
        let limit = rate.limit.unwrap();
        assert!((9.0..=11.0).contains(&limit), "{limit}");
        let (first, second) = (rate.reserve(Instant::now()).unwrap(), rate.reserve(Instant::now()).unwrap());
        assert!(second - first >= Duration::from_millis(90), "{:?}", second - first);
    }

    /// Records `count` successful responses at once.
    fn succeed(rate: &mut AdaptiveRate, count: u32) {
        (0..count).for_each(|_| rate.succeeded(Instant::now()));
    }

    /// A rate that was just cut to `limit`, at `refused` requests per second.
    fn cut(limit: f64, refused: f64) -> AdaptiveRate {
        let now = Some(Instant::now());
        AdaptiveRate { limit: Some(limit), refused, cut_at: now, changed_at: now, ..AdaptiveRate::default() }
    }

    #[tokio::test(start_paused = true)]
    async fn successful_responses_raise_the_rate_slowly_near_the_throttled_one() {
        let mut rate = cut(5.0, 10.0);
        succeed(&mut rate, GROWS_AFTER);
        assert!(rate.limit.unwrap() > 5.5);
        rate = cut(9.0, 10.0);
        succeed(&mut rate, GROWS_AFTER);
        assert!((9.0..9.2).contains(&rate.limit.unwrap()));
        rate = cut(199.9, 220.0);
        succeed(&mut rate, GROWS_AFTER);
        assert_eq!(rate.limit, None);
    }

    #[tokio::test(start_paused = true)]
    async fn time_raises_the_rate_where_responses_are_few() {
        let mut rate = cut(0.5, 1.0);
        succeed(&mut rate, 1);
        assert_eq!(rate.limit, Some(0.5));
        tokio::time::advance(GROWS_EVERY).await;
        succeed(&mut rate, 1);
        assert!(rate.limit.unwrap() > 0.57);
        // the rate that was throttled a minute ago is not a ceiling any more
        rate = cut(9.0, 10.0);
        tokio::time::advance(SLOW_GROWTH_FOR).await;
        succeed(&mut rate, 1);
        assert!(rate.limit.unwrap() > 10.0);
    }

    #[tokio::test(start_paused = true)]
    async fn throttling_after_few_starts_or_within_a_burst_teaches_no_rate() {
        let mut few = AdaptiveRate::default();
        for _ in 0..FEWEST_STARTS - 1 {
            few.started(Instant::now());
            tokio::time::advance(Duration::from_millis(900)).await;
        }
        few.throttled(Instant::now(), Instant::now());
        let mut burst = AdaptiveRate::default();
        (0..100).for_each(|_| burst.started(Instant::now()));
        tokio::time::advance(Duration::from_millis(300)).await;
        burst.throttled(Instant::now(), Instant::now());
        assert_eq!((few.limit(), burst.limit()), (None, None));
        let mut flood = AdaptiveRate::default();
        (0..REMEMBERED).for_each(|_| flood.started(Instant::now()));
        tokio::time::advance(Duration::from_secs(1)).await;
        flood.throttled(Instant::now(), Instant::now());
        assert_eq!(flood.limit(), Some(FASTEST), "that many are a rate even within a burst");
    }
}
