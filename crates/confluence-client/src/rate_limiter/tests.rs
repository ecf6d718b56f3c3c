//! Tests of the rate limiter against simulated servers with limits, with a paused clock.

use super::*;

#[tokio::test(start_paused = true)]
async fn no_request_passes_a_closed_gate_f_01() {
    let limiter = RateLimiter::new(4);
    let began = Instant::now();
    limiter.close(Gate::Site, Duration::from_secs(7));
    let permits = tokio::join!(
        limiter.admit(RequestKind::Pages, Priority::Normal),
        limiter.admit(RequestKind::Labels, Priority::Normal)
    );
    assert!(began.elapsed() >= Duration::from_secs(7));
    drop(permits);
}

#[tokio::test(start_paused = true)]
async fn the_gate_of_one_kind_does_not_hold_back_others_f_08() {
    let limiter = RateLimiter::new(4);
    let began = Instant::now();
    limiter.close(Gate::Kind(RequestKind::Pages), Duration::from_secs(30));
    drop(limiter.admit(RequestKind::Labels, Priority::Normal).await);
    assert_eq!(began.elapsed(), Duration::ZERO);
    drop(limiter.admit(RequestKind::Pages, Priority::Normal).await);
    assert!(began.elapsed() >= Duration::from_secs(30));
}

#[tokio::test(start_paused = true)]
async fn throttling_halves_the_permits_once_per_burst_and_fifty_successes_return_one() {
    let limiter = RateLimiter::new(8);
    let sent = Instant::now();
    let held = [
        limiter.admit(RequestKind::Pages, Priority::Normal).await,
        limiter.admit(RequestKind::Pages, Priority::Normal).await,
        limiter.admit(RequestKind::Pages, Priority::Normal).await,
    ];
    tokio::time::advance(Duration::from_millis(1)).await;
    for _ in 0..3 {
        limiter.throttled(sent, Gate::Site);
    }
    assert_eq!(limiter.limit(), 4);
    limiter.throttled(Instant::now(), Gate::Site);
    limiter.throttled(Instant::now(), Gate::Site);
    limiter.throttled(Instant::now(), Gate::Site);
    assert_eq!(limiter.limit(), 1);
    drop(held);
    assert_eq!(limiter.permits.available_permits(), 1);
    (0..CLEAN_RESPONSES).for_each(|_| limiter.succeeded(RequestKind::Pages, false));
    assert_eq!((limiter.limit(), limiter.permits.available_permits()), (2, 2));
    (0..CLEAN_RESPONSES * 20).for_each(|_| limiter.succeeded(RequestKind::Pages, false));
    assert_eq!((limiter.limit(), limiter.permits.available_permits()), (8, 8));
}

#[tokio::test(start_paused = true)]
async fn a_near_limit_spaces_requests_f_09() {
    let limiter = RateLimiter::new(4);
    limiter.succeeded(RequestKind::Pages, true);
    let began = Instant::now();
    for _ in 0..5 {
        drop(limiter.admit(RequestKind::Pages, Priority::Normal).await);
    }
    assert!(began.elapsed() >= SPACING * 4);
    (0..CLEAN_RESPONSES).for_each(|_| limiter.succeeded(RequestKind::Pages, false));
    let began = Instant::now();
    drop(limiter.admit(RequestKind::Pages, Priority::Normal).await);
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn only_urgent_requests_pass_a_hold() {
    let limiter = RateLimiter::new(2);
    let hold = limiter.hold();
    drop(limiter.admit(RequestKind::CurrentUser, Priority::Urgent).await);
    let waiting = limiter.admit(RequestKind::Pages, Priority::Normal);
    tokio::pin!(waiting);
    assert!(tokio::time::timeout(Duration::from_secs(60), &mut waiting).await.is_err());
    drop(hold);
    drop(waiting.await);
}

/// A token bucket as Atlassian describes it; its capacity and refill rate are not published.
struct Bucket {
    tokens: f64,
    capacity: f64,
    per_second: f64,
    at: Instant,
}

impl Bucket {
    fn take(&mut self) -> bool {
        let now = Instant::now();
        self.tokens = (self.tokens + now.duration_since(self.at).as_secs_f64() * self.per_second).min(self.capacity);
        self.at = now;
        let granted = self.tokens >= 1.0;
        self.tokens -= f64::from(u8::from(granted));
        granted
    }
}

/// Sends requests until `wanted` succeeded; returns the number of throttled ones and the time.
async fn against(capacity: f64, per_second: f64, wanted: usize) -> (usize, Duration) {
    let limiter = RateLimiter::new(8);
    let bucket = Mutex::new(Bucket { tokens: capacity, capacity, per_second, at: Instant::now() });
    let (succeeded, refused) = (Mutex::new(0), Mutex::new(0));
    let worker = || async {
        while *succeeded.lock().unwrap() < wanted {
            let permit = limiter.admit(RequestKind::Pages, Priority::Normal).await;
            let sent_at = Instant::now();
            tokio::time::sleep(Duration::from_millis(80)).await;
            if bucket.lock().unwrap().take() {
                *succeeded.lock().unwrap() += 1;
                limiter.succeeded(RequestKind::Pages, false);
            } else {
                *refused.lock().unwrap() += 1;
                limiter.throttled(sent_at, Gate::Site);
                limiter.close(Gate::Site, Duration::from_secs(1));
            }
            drop(permit);
        }
    };
    let began = Instant::now();
    futures_util::future::join_all((0..8).map(|_| worker())).await;
    (*refused.lock().unwrap(), began.elapsed())
}

#[tokio::test(start_paused = true)]
async fn a_limited_server_rarely_throttles_and_is_well_used_f_05() {
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

/// Sends `wanted` requests of 80 ms with 8 workers to a server that throttles one of them, the one with number
/// `refused`.
async fn with_one_refusal(refused: usize, wanted: usize) -> Duration {
    let limiter = RateLimiter::new(8);
    let (sent, succeeded) = (Mutex::new(0), Mutex::new(0));
    let worker = || async {
        while *succeeded.lock().unwrap() < wanted {
            let permit = limiter.admit(RequestKind::Pages, Priority::Normal).await;
            let sent_at = Instant::now();
            let number = {
                let mut sent = sent.lock().unwrap();
                *sent += 1;
                *sent
            };
            tokio::time::sleep(Duration::from_millis(80)).await;
            if number == refused {
                limiter.throttled(sent_at, Gate::Site);
                limiter.close(Gate::Site, Duration::from_secs(1));
            } else {
                *succeeded.lock().unwrap() += 1;
                limiter.succeeded(RequestKind::Pages, false);
            }
            drop(permit);
        }
    };
    let began = Instant::now();
    futures_util::future::join_all((0..8).map(|_| worker())).await;
    began.elapsed()
}

#[tokio::test(start_paused = true)]
async fn one_throttled_request_costs_only_seconds_f_05() {
    let unhindered = with_one_refusal(usize::MAX, 824).await;
    assert!(unhindered < Duration::from_millis(8_400), "{unhindered:?}");
    for refused in [1, 2, 7, 8, 9, 20, 100, 180, 200, 240, 400, 800] {
        let time = with_one_refusal(refused, 824).await;
        assert!(time < unhindered + Duration::from_secs(8), "request {refused}: {time:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_learned_rate_is_reported_once_and_again_when_it_differs_much() {
    let limiter = RateLimiter::new(8);
    let refuse = async |starts: u32, apart: u64| {
        for _ in 0..starts {
            drop(limiter.admit(RequestKind::Pages, Priority::Normal).await);
            tokio::time::advance(Duration::from_millis(apart)).await;
        }
        limiter.throttled(Instant::now(), Gate::Site)
    };
    assert_eq!(refuse(3, 50).await, None, "three requests show no rate");
    tokio::time::advance(Duration::from_secs(11)).await;
    let first = refuse(100, 50).await.expect("a rate is learned");
    assert!((9.0..=11.0).contains(&first), "{first}");
    tokio::time::advance(Duration::from_millis(1)).await;
    assert_eq!(limiter.throttled(Instant::now() - Duration::from_millis(2), Gate::Site), None, "the same burst");
    tokio::time::advance(Duration::from_secs(11)).await;
    let second = refuse(40, 400).await.expect("it is less than half of the reported one");
    assert!(second < first / 1.5, "{second}");
}
