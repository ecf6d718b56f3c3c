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

/// A rate is news when it differs by this factor from the one that was told.
const NEWS: f64 = 1.5;

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
    /// Rates that people were told of.
    told: HashMap<Gate, f64>,
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
                told: HashMap::new(),
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
    /// the limit is about, once per burst. Gives the rate in requests per second where it is news for people.
    pub(super) fn throttled(&self, sent_at: Instant, gate: Gate) -> Option<f64> {
        let mut state = self.state();
        let rate = state.rates.entry(gate).or_default();
        rate.refused(sent_at, Instant::now());
        let learned = rate.limit();
        let news = learned.filter(|rate| {
            let told = state.told.get(&gate);
            told.is_none_or(|told| *rate > told * NEWS || *rate < told / NEWS)
        });
        state.told.extend(news.map(|rate| (gate, rate)));
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

    /// A good answer; `near_limit` when it warned that the limit is near.
    pub(super) fn answered(&self, kind: RequestKind, near_limit: bool) {
        let now = Instant::now();
        let mut state = self.state();
        for gate in [Gate::Site, Gate::Kind(kind)] {
            state.rates.entry(gate).or_default().answered(now);
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
mod tests;
