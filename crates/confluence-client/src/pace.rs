//! How many requests are on the way, and when the next one may go: permits, pauses, spacing.
//!
//! A pause the server asks for closes a gate that every worker passes before it takes a permit, so nobody sleeps
//! with a permit in hand and nobody sends into a closed gate. How all of it acts together, and with the retries, is in
//! `docs/request-pace.md`.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio::time::{Instant, sleep_until};

use super::kind::RequestKind;
use super::rate::Rate;

/// Good answers after which one lost permit comes back, or spacing ends.
const CLEAN_ANSWERS: u32 = 50;
/// Least time between two requests while the server warns that the limit is near (F-09).
const SPACING: Duration = Duration::from_millis(250);

/// Whether a request waits for a hold to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Priority {
    /// It waits.
    Normal,
    /// It is what everybody else is held back for: the identity probe.
    Urgent,
}

/// Which requests a gate holds back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Gate {
    /// All requests.
    Site,
    /// Requests of one kind (F-08).
    Kind(RequestKind),
}

/// The shared pace of all requests.
#[derive(Debug)]
pub(super) struct Pace {
    permits: Semaphore,
    state: Mutex<State>,
    held: watch::Sender<bool>,
}

#[derive(Debug)]
struct State {
    /// Permits there are, given or free, without those still to be withdrawn.
    limit: usize,
    /// Permits there are at most.
    most: usize,
    /// Permits to withdraw as soon as they come back.
    debt: usize,
    /// Good answers since the last cut or gain.
    clean: u32,
    /// When the limit was last cut; answers to older requests say nothing new.
    cut_at: Option<Instant>,
    /// Gates that are or were closed, with the time they open.
    gates: HashMap<Gate, Instant>,
    /// Good answers left until spacing ends; 0 is no spacing.
    spaced_answers: u32,
    /// The next free start while spacing.
    next_start: Option<Instant>,
    /// Rates learned from refusals, of all requests and of each kind.
    rates: HashMap<Gate, Rate>,
}

/// The right to send one request; given back on drop.
#[derive(Debug)]
pub(super) struct Permit<'a> {
    permit: Option<SemaphorePermit<'a>>,
    pace: &'a Pace,
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut state = self.pace.state();
        if state.debt > 0
            && let Some(permit) = self.permit.take()
        {
            state.debt -= 1;
            permit.forget();
        }
    }
}

/// Holds requests back; lets them go on when dropped.
#[derive(Debug)]
#[must_use = "a hold ends when it is dropped"]
pub(super) struct Hold<'a> {
    pace: &'a Pace,
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.pace.held.send_replace(false);
    }
}

impl Pace {
    /// `concurrency` requests at once, at least one.
    pub(super) fn new(concurrency: usize) -> Self {
        let limit = concurrency.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            permits: Semaphore::new(limit),
            state: Mutex::new(State {
                limit,
                most: limit,
                debt: 0,
                clean: 0,
                cut_at: None,
                gates: HashMap::new(),
                spaced_answers: 0,
                next_start: None,
                rates: HashMap::new(),
            }),
            held: watch::Sender::new(false),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for open gates, a free start and a permit. Urgent requests pass a hold.
    pub(super) async fn admit(&self, kind: RequestKind, priority: Priority) -> Permit<'_> {
        loop {
            if priority == Priority::Normal {
                // the sender lives as long as `self`, so the wait cannot fail
                let _ = self.held.subscribe().wait_for(|held| !held).await;
            }
            if let Some(opens) = self.closed_until(kind) {
                sleep_until(opens).await;
                continue;
            }
            if let Some(start) = self.reserve_start(kind) {
                sleep_until(start).await;
            }
            // the semaphore is never closed; an error would only mean an unbounded request
            let permit = Permit { permit: self.permits.acquire().await.ok(), pace: self };
            // a gate may have closed meanwhile: then the permit goes back
            if self.closed_until(kind).is_none() && (priority == Priority::Urgent || !*self.held.borrow()) {
                self.started(kind);
                return permit;
            }
        }
    }

    fn closed_until(&self, kind: RequestKind) -> Option<Instant> {
        let now = Instant::now();
        let state = self.state();
        [Gate::Site, Gate::Kind(kind)]
            .iter()
            .filter_map(|gate| state.gates.get(gate).copied())
            .filter(|opens| *opens > now)
            .max()
    }

    /// The next start that the warning of a near limit and the learned rates leave free.
    fn reserve_start(&self, kind: RequestKind) -> Option<Instant> {
        let mut state = self.state();
        let now = Instant::now();
        let mut starts = [None; 3];
        if state.spaced_answers > 0 {
            let start = state.next_start.map_or(now, |next| next.max(now));
            state.next_start = Some(start + SPACING);
            starts[0] = Some(start);
        }
        for (slot, gate) in starts[1..].iter_mut().zip([Gate::Site, Gate::Kind(kind)]) {
            *slot = state.rates.get_mut(&gate).and_then(|rate| rate.reserve(now));
        }
        starts.into_iter().flatten().max()
    }

    fn started(&self, kind: RequestKind) {
        let now = Instant::now();
        let mut state = self.state();
        for gate in [Gate::Site, Gate::Kind(kind)] {
            state.rates.entry(gate).or_default().started(now);
        }
    }

    /// Holds back everything but urgent requests until the hold is dropped. One hold at a time.
    pub(super) fn hold(&self) -> Hold<'_> {
        self.held.send_replace(true);
        Hold { pace: self }
    }

    /// Closes a gate for `wait`, unless it is closed for longer.
    pub(super) fn close(&self, gate: Gate, wait: Duration) {
        let opens = Instant::now() + wait;
        let mut state = self.state();
        let entry = state.gates.entry(gate).or_insert(opens);
        *entry = (*entry).max(opens);
    }

    /// The server throttled a request sent at `sent_at`: halves the number of requests on the way and the rate of those
    /// the limit is about, once per burst.
    pub(super) fn throttled(&self, sent_at: Instant, gate: Gate) {
        let mut state = self.state();
        state.rates.entry(gate).or_default().refused(sent_at, Instant::now());
        if state.cut_at.is_some_and(|cut_at| sent_at < cut_at) {
            return;
        }
        state.cut_at = Some(Instant::now());
        state.clean = 0;
        let keep = (state.limit / 2).max(1);
        let withdraw = state.limit - keep;
        state.limit = keep;
        state.debt += withdraw - self.permits.forget_permits(withdraw);
    }

    /// A good answer; `near_limit` when it warned that the limit is near.
    pub(super) fn answered(&self, kind: RequestKind, near_limit: bool) {
        let mut state = self.state();
        for gate in [Gate::Site, Gate::Kind(kind)] {
            state.rates.entry(gate).or_default().answered();
        }
        if near_limit {
            state.spaced_answers = CLEAN_ANSWERS;
            return;
        }
        state.spaced_answers = state.spaced_answers.saturating_sub(1);
        state.clean += 1;
        if state.clean >= CLEAN_ANSWERS {
            state.clean = 0;
            if state.limit < state.most {
                state.limit += 1;
                if state.debt > 0 {
                    state.debt -= 1;
                } else {
                    self.permits.add_permits(1);
                }
            }
        }
    }

    #[cfg(test)]
    pub(super) fn limit(&self) -> usize {
        self.state().limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn f_01_nothing_passes_a_closed_gate() {
        let pace = Pace::new(4);
        let began = Instant::now();
        pace.close(Gate::Site, Duration::from_secs(7));
        let permits = tokio::join!(
            pace.admit(RequestKind::Pages, Priority::Normal),
            pace.admit(RequestKind::Labels, Priority::Normal)
        );
        assert!(began.elapsed() >= Duration::from_secs(7));
        drop(permits);
    }

    #[tokio::test(start_paused = true)]
    async fn f_08_other_kinds_pass_the_gate_of_one() {
        let pace = Pace::new(4);
        let began = Instant::now();
        pace.close(Gate::Kind(RequestKind::Pages), Duration::from_secs(30));
        drop(pace.admit(RequestKind::Labels, Priority::Normal).await);
        assert_eq!(began.elapsed(), Duration::ZERO);
        drop(pace.admit(RequestKind::Pages, Priority::Normal).await);
        assert!(began.elapsed() >= Duration::from_secs(30));
    }

    #[tokio::test(start_paused = true)]
    async fn throttling_halves_once_per_burst_and_fifty_good_answers_give_one_back() {
        let pace = Pace::new(8);
        let sent = Instant::now();
        let held = [
            pace.admit(RequestKind::Pages, Priority::Normal).await,
            pace.admit(RequestKind::Pages, Priority::Normal).await,
            pace.admit(RequestKind::Pages, Priority::Normal).await,
        ];
        tokio::time::advance(Duration::from_millis(1)).await;
        (0..3).for_each(|_| pace.throttled(sent, Gate::Site));
        assert_eq!(pace.limit(), 4);
        pace.throttled(Instant::now(), Gate::Site);
        pace.throttled(Instant::now(), Gate::Site);
        pace.throttled(Instant::now(), Gate::Site);
        assert_eq!(pace.limit(), 1);
        drop(held);
        assert_eq!(pace.permits.available_permits(), 1);
        (0..CLEAN_ANSWERS).for_each(|_| pace.answered(RequestKind::Pages, false));
        assert_eq!((pace.limit(), pace.permits.available_permits()), (2, 2));
        (0..CLEAN_ANSWERS * 20).for_each(|_| pace.answered(RequestKind::Pages, false));
        assert_eq!((pace.limit(), pace.permits.available_permits()), (8, 8));
    }

    #[tokio::test(start_paused = true)]
    async fn f_09_a_near_limit_spaces_requests() {
        let pace = Pace::new(4);
        pace.answered(RequestKind::Pages, true);
        let began = Instant::now();
        for _ in 0..5 {
            drop(pace.admit(RequestKind::Pages, Priority::Normal).await);
        }
        assert!(began.elapsed() >= SPACING * 4);
        (0..CLEAN_ANSWERS).for_each(|_| pace.answered(RequestKind::Pages, false));
        let began = Instant::now();
        drop(pace.admit(RequestKind::Pages, Priority::Normal).await);
        assert_eq!(began.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn only_urgent_requests_pass_a_hold() {
        let pace = Pace::new(2);
        let hold = pace.hold();
        drop(pace.admit(RequestKind::CurrentUser, Priority::Urgent).await);
        let waiting = pace.admit(RequestKind::Pages, Priority::Normal);
        tokio::pin!(waiting);
        assert!(tokio::time::timeout(Duration::from_secs(60), &mut waiting).await.is_err());
        drop(hold);
        drop(waiting.await);
    }

    /// A bucket of tokens as Atlassian describes it: capacity and refill are not published.
    struct Bucket {
        tokens: f64,
        capacity: f64,
        per_second: f64,
        at: Instant,
    }

    impl Bucket {
        fn take(&mut self) -> bool {
            let now = Instant::now();
            self.tokens =
                (self.tokens + now.duration_since(self.at).as_secs_f64() * self.per_second).min(self.capacity);
            self.at = now;
            let granted = self.tokens >= 1.0;
            self.tokens -= f64::from(u8::from(granted));
            granted
        }
    }

    /// Sends until `wanted` requests were answered; gives the refusals and the time.
    async fn against(capacity: f64, per_second: f64, wanted: usize) -> (usize, Duration) {
        let pace = Pace::new(8);
        let bucket = Mutex::new(Bucket { tokens: capacity, capacity, per_second, at: Instant::now() });
        let (answered, refused) = (Mutex::new(0), Mutex::new(0));
        let worker = || async {
            while *answered.lock().unwrap() < wanted {
                let permit = pace.admit(RequestKind::Pages, Priority::Normal).await;
                let sent_at = Instant::now();
                tokio::time::sleep(Duration::from_millis(80)).await;
                if bucket.lock().unwrap().take() {
                    *answered.lock().unwrap() += 1;
                    pace.answered(RequestKind::Pages, false);
                } else {
                    *refused.lock().unwrap() += 1;
                    pace.throttled(sent_at, Gate::Site);
                    pace.close(Gate::Site, Duration::from_secs(1));
                }
                drop(permit);
            }
        };
        let began = Instant::now();
        futures_util::future::join_all((0..8).map(|_| worker())).await;
        (*refused.lock().unwrap(), began.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn f_05_a_limited_server_sees_few_refusals_and_is_used_well() {
        for (capacity, per_second) in [(10.0, 10.0), (100.0, 10.0), (20.0, 40.0), (5.0, 2.0)] {
            let wanted = 3_000;
            let (refused, time) = against(capacity, per_second, wanted).await;
            let (share, ideal) = (refused as f64 / wanted as f64, wanted as f64 / per_second);
            assert!(share < 0.03, "{capacity} and {per_second}/s: {refused} refused of {wanted}");
            assert!(time.as_secs_f64() < ideal * 1.6, "{capacity} and {per_second}/s: {time:?}, at best {ideal} s");
        }
        let (refused, time) = against(1e9, 1e9, 3_000).await;
        assert_eq!(refused, 0);
        assert!(time < Duration::from_secs(31), "without a limit nothing is slowed down: {time:?}");
    }
}
