//! A rate of requests learned from refusals, so that a server that limits sees few of them (F-05).
//!
//! Nobody publishes the limits. A refusal halves the rate that was going; good answers and time
//! bring it back, quickly at first and slowly near the rate that was refused. A refusal after a few requests, or in the
//! first moment, shows no rate: the pause that the server asks for is all there is to it. See `docs/request-pace.md`.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// Starts are counted over this time.
const WINDOW: Duration = Duration::from_secs(10);
/// Starts that are remembered: in the shortest span more than at the fastest rate.
const REMEMBERED: usize = 512;
/// With fewer starts in the window no rate is learned.
const FEWEST_STARTS: usize = 10;
/// Starts within less time than this are a burst, and no rate.
const SHORTEST_SPAN: Duration = Duration::from_secs(2);
/// The rate grows after so many good answers, or after [`GROWS_EVERY`].
const GROWS_AFTER: u32 = 20;
/// The rate grows with the first good answer after this time: at a slow rate good answers alone take minutes.
const GROWS_EVERY: Duration = Duration::from_secs(10);
/// So long after a refusal the rate that was refused says nothing any more, and growth is quick again.
const REFUSAL_COUNTS_FOR: Duration = Duration::from_secs(60);
/// The slowest rate in requests per second: slower than that, pauses do the work.
const SLOWEST: f64 = 0.5;
/// Above this rate there is no limit worth keeping.
const FASTEST: f64 = 200.0;

/// The learned rate of all requests, or of those of one kind.
#[derive(Debug, Default)]
pub(super) struct Rate {
    /// When the last requests started, oldest first.
    starts: VecDeque<Instant>,
    /// Requests per second that are let go; `None` while nothing was learned.
    limit: Option<f64>,
    /// The rate at which the server last refused.
    refused: f64,
    /// When the server last refused; answers to older requests say nothing new.
    cut_at: Option<Instant>,
    /// Good answers since the limit last changed.
    good: u32,
    /// When the limit last changed.
    changed_at: Option<Instant>,
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

    /// Requests per second that are let go; `None` where nothing was learned.
    pub(super) fn limit(&self) -> Option<f64> {
        self.limit
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
        let Some(refused) = self.limit.into_iter().chain(self.going(now)).reduce(f64::min) else { return };
        self.refused = refused;
        self.change(Some((refused / 2.0).clamp(SLOWEST, FASTEST)), now);
    }

    /// Requests per second lately; `None` when there were too few to tell, or all in one moment.
    fn going(&self, now: Instant) -> Option<f64> {
        let lately: Vec<&Instant> = self.starts.iter().filter(|start| now.duration_since(**start) <= WINDOW).collect();
        let span = now.duration_since(**lately.first()?);
        let is_burst = span < SHORTEST_SPAN && lately.len() < REMEMBERED;
        (lately.len() >= FEWEST_STARTS && !is_burst).then(|| lately.len() as f64 / span.as_secs_f64())
    }

    /// A good answer.
    pub(super) fn answered(&mut self, now: Instant) {
        let Some(limit) = self.limit else { return };
        self.good += 1;
        let is_due = self.changed_at.is_none_or(|changed_at| now.duration_since(changed_at) >= GROWS_EVERY);
        if self.good < GROWS_AFTER && !is_due {
            return;
        }
        let is_old = self.cut_at.is_none_or(|cut_at| now.duration_since(cut_at) >= REFUSAL_COUNTS_FOR);
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

    /// So many good answers at once.
    fn answer(rate: &mut Rate, count: u32) {
        (0..count).for_each(|_| rate.answered(Instant::now()));
    }

    /// A rate that was cut to `limit` just now, after `refused` requests per second.
    fn cut(limit: f64, refused: f64) -> Rate {
        let now = Some(Instant::now());
        Rate { limit: Some(limit), refused, cut_at: now, changed_at: now, ..Rate::default() }
    }

    #[tokio::test(start_paused = true)]
    async fn good_answers_bring_the_rate_back_slowly_near_the_refused_one() {
        let mut rate = cut(5.0, 10.0);
        answer(&mut rate, GROWS_AFTER);
        assert!(rate.limit.unwrap() > 5.5);
        rate = cut(9.0, 10.0);
        answer(&mut rate, GROWS_AFTER);
        assert!((9.0..9.2).contains(&rate.limit.unwrap()));
        rate = cut(199.9, 220.0);
        answer(&mut rate, GROWS_AFTER);
        assert_eq!(rate.limit, None);
    }

    #[tokio::test(start_paused = true)]
    async fn time_brings_the_rate_back_where_good_answers_are_few() {
        let mut rate = cut(0.5, 1.0);
        answer(&mut rate, 1);
        assert_eq!(rate.limit, Some(0.5));
        tokio::time::advance(GROWS_EVERY).await;
        answer(&mut rate, 1);
        assert!(rate.limit.unwrap() > 0.57);
        // the rate that was refused a minute ago is no ceiling any more
        rate = cut(9.0, 10.0);
        tokio::time::advance(REFUSAL_COUNTS_FOR).await;
        answer(&mut rate, 1);
        assert!(rate.limit.unwrap() > 10.0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_after_few_starts_or_in_the_first_moment_teaches_nothing() {
        let mut few = Rate::default();
        for _ in 0..FEWEST_STARTS - 1 {
            few.started(Instant::now());
            tokio::time::advance(Duration::from_millis(900)).await;
        }
        few.refused(Instant::now(), Instant::now());
        let mut burst = Rate::default();
        (0..100).for_each(|_| burst.started(Instant::now()));
        tokio::time::advance(Duration::from_millis(300)).await;
        burst.refused(Instant::now(), Instant::now());
        assert_eq!((few.limit(), burst.limit()), (None, None));
        let mut flood = Rate::default();
        (0..REMEMBERED).for_each(|_| flood.started(Instant::now()));
        tokio::time::advance(Duration::from_secs(1)).await;
        flood.refused(Instant::now(), Instant::now());
        assert_eq!(flood.limit(), Some(FASTEST), "so many are a rate however soon");
    }
}
