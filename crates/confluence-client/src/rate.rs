//! A rate of requests learned from refusals, so that a server that limits sees few of them (F-05).
//!
//! Nobody publishes the limits (`confluence-api.md` 6). A refusal halves the rate that was going; good answers bring it
//! back, quickly at first and slowly near the rate that was refused. See `docs/request-pace.md`.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// Starts are counted over this time.
const WINDOW: Duration = Duration::from_secs(10);
/// Starts that are remembered.
const REMEMBERED: usize = 256;
/// Good answers after which the rate grows.
const GROWS_AFTER: u32 = 20;
/// The slowest rate in requests per second: slower than that, pauses do the work.
const SLOWEST: f64 = 0.5;
/// Above this rate there is no limit worth keeping.
const FASTEST: f64 = 200.0;

/// The learned rate of all requests, or of those of one kind.
#[derive(Debug, Default)]
pub(super) struct Rate {
    /// When the last requests started, oldest first.
    starts: VecDeque<Instant>,
    /// Requests per second that are let go; `None` while nothing was refused.
    limit: Option<f64>,
    /// The rate at which the server last refused.
    refused: f64,
    /// When the limit was last cut; answers to older requests say nothing new.
    cut_at: Option<Instant>,
    good: u32,
    next_start: Option<Instant>,
}

impl Rate {
    /// A request is on its way.
    pub(super) fn started(&mut self, now: Instant) {
        if self.starts.len() == REMEMBERED {
            self.starts.pop_front();
        }
        self.starts.push_back(now);
    }

    /// The next free start; `None` when every moment is free.
    pub(super) fn reserve(&mut self, now: Instant) -> Option<Instant> {
        let limit = self.limit?;
        let start = self.next_start.map_or(now, |next| next.max(now));
        self.next_start = Some(start + Duration::from_secs_f64(1.0 / limit));
        Some(start)
    }

    /// A request sent at `sent_at` was refused because there were too many.
    pub(super) fn refused(&mut self, sent_at: Instant, now: Instant) {
        if self.cut_at.is_some_and(|cut_at| sent_at < cut_at) {
            return;
        }
        self.cut_at = Some(now);
        self.good = 0;
        let going = self.going(now);
        self.refused = self.limit.map_or(going, |limit| limit.min(going));
        self.limit = Some((self.refused / 2.0).clamp(SLOWEST, FASTEST));
    }

    /// Requests per second lately. A few requests in a moment are no rate: they count over a second at least.
    fn going(&self, now: Instant) -> f64 {
        let lately: Vec<&Instant> = self.starts.iter().filter(|start| now.duration_since(**start) <= WINDOW).collect();
        let span = lately.first().map_or(0.0, |first| now.duration_since(**first).as_secs_f64());
        (lately.len() as f64 / span.max(1.0)).max(SLOWEST)
    }

    /// A good answer.
    pub(super) fn answered(&mut self) {
        let Some(limit) = self.limit else { return };
        self.good += 1;
        if self.good < GROWS_AFTER {
            return;
        }
        self.good = 0;
        let growth = if limit < self.refused * 0.8 { 1.15 } else { 1.01 };
        let grown = limit * growth;
        self.limit = (grown < FASTEST).then_some(grown);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_refusal_halves_the_rate_that_was_going_once_per_burst() {
        let mut rate = Rate::default();
        for _ in 0..40 {
            rate.started(Instant::now());
            tokio::time::advance(Duration::from_millis(50)).await;
        }
        assert_eq!(rate.reserve(Instant::now()), None, "nothing was learned yet");
        let sent = Instant::now();
        tokio::time::advance(Duration::from_millis(1)).await;
        for _ in 0..5 {
            rate.refused(sent, Instant::now());
        }
        let limit = rate.limit.unwrap();
        assert!((9.0..=11.0).contains(&limit), "{limit}");
        let (first, second) = (rate.reserve(Instant::now()).unwrap(), rate.reserve(Instant::now()).unwrap());
        assert!(second - first >= Duration::from_millis(90), "{:?}", second - first);
    }

    #[tokio::test(start_paused = true)]
    async fn good_answers_bring_the_rate_back_slowly_near_the_refused_one() {
        let mut rate = Rate { limit: Some(5.0), refused: 10.0, ..Rate::default() };
        (0..GROWS_AFTER).for_each(|_| rate.answered());
        assert!(rate.limit.unwrap() > 5.5);
        rate.limit = Some(9.0);
        (0..GROWS_AFTER).for_each(|_| rate.answered());
        assert!(rate.limit.unwrap() < 9.2);
        rate.limit = Some(199.9);
        (0..GROWS_AFTER).for_each(|_| rate.answered());
        assert_eq!(rate.limit, None);
    }
}
