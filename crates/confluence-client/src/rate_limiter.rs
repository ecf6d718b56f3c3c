//! Rate limiter: decides how many requests are in flight and when the next one may be sent.
//!
//! A pause that the server asks for closes a gate. Every worker passes the gate before it takes a permit of the
//! semaphore, so no worker sleeps while it holds a permit, and none sends while the gate is closed.
//! `docs/rate-limiting.md` describes how gates, permits, spacing, learned rates and retries work together.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio::time::{Instant, sleep_until};

use super::adaptive_rate::AdaptiveRate;
use super::request_kind::RequestKind;

/// Number of successful responses after which one withdrawn permit is returned, or spacing ends.
const CLEAN_RESPONSES: u32 = 50;
/// Least time between two requests while the server warns that the limit is near (F-09).
const SPACING: Duration = Duration::from_millis(250);

/// A learned rate is reported if it differs from the last reported one by this factor.
const REPORT_FACTOR: f64 = 1.5;

/// Whether a request waits until a hold ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Priority {
    /// It waits.
    Normal,
    /// It does not wait: the identity probe, for which all other requests are held back.
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

/// The rate limiter shared by all requests.
#[derive(Debug)]
pub(super) struct RateLimiter {
    permits: Semaphore,
    state: Mutex<LimiterState>,
    held: watch::Sender<bool>,
}

#[derive(Debug)]
struct LimiterState {
    /// Current number of permits, in use or free, without those to be withdrawn.
    limit: usize,
    /// Maximum number of permits.
    most: usize,
    /// Permits to withdraw as soon as they are returned.
    debt: usize,
    /// Successful responses since the limit last changed.
    clean: u32,
    /// When the limit was last reduced; responses to requests sent before add no information.
    cut_at: Option<Instant>,
    /// When each gate that is or was closed opens.
    gates: HashMap<Gate, Instant>,
    /// Successful responses left until spacing ends; 0 means no spacing.
    spaced_responses: u32,
    /// The next free start time while spacing.
    next_start: Option<Instant>,
    /// Rates learned from throttling, for all requests and for each kind.
    rates: HashMap<Gate, AdaptiveRate>,
    /// The last reported rates.
    reported: HashMap<Gate, f64>,
}

/// The right to send one request, returned on drop.
#[derive(Debug)]
pub(super) struct Permit<'a> {
    permit: Option<SemaphorePermit<'a>>,
    limiter: &'a RateLimiter,
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut state = self.limiter.state();
        if state.debt > 0
            && let Some(permit) = self.permit.take()
        {
            state.debt -= 1;
            permit.forget();
        }
    }
}

/// Holds requests back until dropped.
#[derive(Debug)]
#[must_use = "a hold ends when it is dropped"]
pub(super) struct Hold<'a> {
    limiter: &'a RateLimiter,
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.limiter.held.send_replace(false);
    }
}

impl RateLimiter {
    /// Creates a limiter for `concurrency` requests in flight, at least one.
    pub(super) fn new(concurrency: usize) -> Self {
        let limit = concurrency.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            permits: Semaphore::new(limit),
            state: Mutex::new(LimiterState {
                limit,
                most: limit,
                debt: 0,
                clean: 0,
                cut_at: None,
                gates: HashMap::new(),
                spaced_responses: 0,
                next_start: None,
                rates: HashMap::new(),
                reported: HashMap::new(),
            }),
            held: watch::Sender::new(false),
        }
    }

    fn state(&self) -> MutexGuard<'_, LimiterState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for open gates, a free start time and a permit. Urgent requests ignore a hold.
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
            // the semaphore is never closed; an error would only mean an unlimited request
            let permit = Permit { permit: self.permits.acquire().await.ok(), limiter: self };
            // if a gate has closed meanwhile, the permit is returned
            if !self.is_closed(kind) && (priority == Priority::Urgent || !*self.held.borrow()) {
                self.started(kind);
                return permit;
            }
        }
    }

    /// Returns whether a gate keeps requests of this kind waiting.
    pub(super) fn is_closed(&self, kind: RequestKind) -> bool {
        self.closed_until(kind).is_some()
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

    /// Reserves the next start time that spacing and the learned rates allow.
    fn reserve_start(&self, kind: RequestKind) -> Option<Instant> {
        let mut state = self.state();
        let now = Instant::now();
        let mut starts = [None; 3];
        if state.spaced_responses > 0 {
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

    /// Holds back all but urgent requests until the hold is dropped. Only one hold at a time.
    pub(super) fn hold(&self) -> Hold<'_> {
        self.held.send_replace(true);
        Hold { limiter: self }
    }

    /// Closes a gate for `wait`, unless it is already closed for longer.
    pub(super) fn close(&self, gate: Gate, wait: Duration) {
        let opens = Instant::now() + wait;
        let mut state = self.state();
        let entry = state.gates.entry(gate).or_insert(opens);
        *entry = (*entry).max(opens);
    }

    /// Records that the server throttled a request sent at `sent_at`: halves the number of requests in flight and the
    /// rate of the requests that the limit applies to, once per burst. Returns the learned rate in requests per second
    /// if it should be reported.
    pub(super) fn throttled(&self, sent_at: Instant, gate: Gate) -> Option<f64> {
        let mut state = self.state();
        let rate = state.rates.entry(gate).or_default();
        rate.throttled(sent_at, Instant::now());
        let learned = rate.limit();
        let news = learned.filter(|rate| {
            let reported = state.reported.get(&gate);
            reported.is_none_or(|reported| *rate > reported * REPORT_FACTOR || *rate < reported / REPORT_FACTOR)
        });
        state.reported.extend(news.map(|rate| (gate, rate)));
        if state.cut_at.is_some_and(|cut_at| sent_at < cut_at) {
            return news;
        }
        state.cut_at = Some(Instant::now());
        state.clean = 0;
        let keep = (state.limit / 2).max(1);
        let withdraw = state.limit - keep;
        state.limit = keep;
        state.debt += withdraw - self.permits.forget_permits(withdraw);
        news
    }

    /// Records a successful response; `near_limit` says that it warned of a near limit.
    pub(super) fn succeeded(&self, kind: RequestKind, near_limit: bool) {
        let now = Instant::now();
        let mut state = self.state();
        for gate in [Gate::Site, Gate::Kind(kind)] {
            state.rates.entry(gate).or_default().succeeded(now);
        }
        if near_limit {
            state.spaced_responses = CLEAN_RESPONSES;
            return;
        }
        state.spaced_responses = state.spaced_responses.saturating_sub(1);
        state.clean += 1;
        if state.clean >= CLEAN_RESPONSES {
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
mod tests;
