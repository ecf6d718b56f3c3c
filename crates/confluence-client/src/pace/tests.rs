//! The pace against servers that limit, on a clock that stands still between requests.

use super::*;

#[tokio::test(start_paused = true)]
async fn nothing_passes_a_closed_gate_f_01() {
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
async fn other_kinds_pass_the_gate_of_one_f_08() {
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
    for _ in 0..3 {
        pace.throttled(sent, Gate::Site);
    }
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
async fn a_near_limit_spaces_requests_f_09() {
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
        self.tokens = (self.tokens + now.duration_since(self.at).as_secs_f64() * self.per_second).min(self.capacity);
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
async fn a_limited_server_sees_few_refusals_and_is_used_well_f_05() {
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

/// Sends `wanted` requests of 80 ms by 8 workers to a server that refuses the one of this number, once.
async fn with_one_refusal(refused: usize, wanted: usize) -> Duration {
    let pace = Pace::new(8);
    let (sent, answered) = (Mutex::new(0), Mutex::new(0));
    let worker = || async {
        while *answered.lock().unwrap() < wanted {
            let permit = pace.admit(RequestKind::Pages, Priority::Normal).await;
            let sent_at = Instant::now();
            let number = {
                let mut sent = sent.lock().unwrap();
                *sent += 1;
                *sent
            };
            tokio::time::sleep(Duration::from_millis(80)).await;
            if number == refused {
                pace.throttled(sent_at, Gate::Site);
                pace.close(Gate::Site, Duration::from_secs(1));
            } else {
                *answered.lock().unwrap() += 1;
                pace.answered(RequestKind::Pages, false);
            }
            drop(permit);
        }
    };
    let began = Instant::now();
    futures_util::future::join_all((0..8).map(|_| worker())).await;
    began.elapsed()
}

#[tokio::test(start_paused = true)]
async fn one_refusal_costs_seconds_wherever_it_comes_f_05() {
    let unhindered = with_one_refusal(usize::MAX, 824).await;
    assert!(unhindered < Duration::from_millis(8_400), "{unhindered:?}");
    for refused in [1, 2, 7, 8, 9, 20, 100, 180, 200, 240, 400, 800] {
        let time = with_one_refusal(refused, 824).await;
        assert!(time < unhindered + Duration::from_secs(8), "request {refused}: {time:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_learned_rate_is_told_once_and_again_when_it_is_quite_another() {
    let pace = Pace::new(8);
    let refuse = async |starts: u32, apart: u64| {
        for _ in 0..starts {
            drop(pace.admit(RequestKind::Pages, Priority::Normal).await);
            tokio::time::advance(Duration::from_millis(apart)).await;
        }
        pace.throttled(Instant::now(), Gate::Site)
    };
    assert_eq!(refuse(3, 50).await, None, "three requests show no rate");
    tokio::time::advance(Duration::from_secs(11)).await;
    let first = refuse(100, 50).await.expect("a rate is learned");
    assert!((9.0..=11.0).contains(&first), "{first}");
    tokio::time::advance(Duration::from_millis(1)).await;
    assert_eq!(pace.throttled(Instant::now() - Duration::from_millis(2), Gate::Site), None, "the same burst");
    tokio::time::advance(Duration::from_secs(11)).await;
    let second = refuse(40, 400).await.expect("it is less than half of what was told");
    assert!(second < first / 1.5, "{second}");
}
