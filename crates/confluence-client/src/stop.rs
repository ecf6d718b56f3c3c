//! Stops a run early: the first reason is kept, and every waiting request is woken.

use std::time::Duration;

use tokio::sync::watch;

use super::error::RequestError;

/// How long requests in flight may still take after the run was stopped.
const DRAIN: Duration = Duration::from_secs(5);

/// Whether the run was stopped, and why.
#[derive(Debug)]
pub(super) struct StopSignal(watch::Sender<Option<RequestError>>);

impl StopSignal {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(None))
    }

    /// Stops the run: every further request fails with `error`. The first reason is kept.
    pub(super) fn set(&self, error: RequestError) {
        self.0.send_if_modified(|stopped| {
            let first = stopped.is_none();
            if first {
                *stopped = Some(error);
            }
            first
        });
    }

    /// Returns why the run was stopped, if it was.
    pub(super) fn reason(&self) -> Option<RequestError> {
        self.0.borrow().clone()
    }

    /// Resolves when the run has been stopped.
    pub(super) async fn reached(&self) -> RequestError {
        let mut receiver = self.0.subscribe();
        // the sender lives as long as `self`, so the wait cannot fail; a failure would mean "never stopped"
        match receiver.wait_for(Option::is_some).await.ok().and_then(|stopped| stopped.clone()) {
            Some(error) => error,
            None => std::future::pending().await,
        }
    }

    /// Resolves once the run has been stopped and requests in flight have had time to finish (F-78).
    pub(super) async fn drained(&self) -> RequestError {
        let error = self.reached().await;
        tokio::time::sleep(DRAIN).await;
        error
    }

    /// Sleeps; fails at once if the run is stopped meanwhile.
    pub(super) async fn pause(&self, wait: Duration) -> Result<(), RequestError> {
        tokio::select! {
            biased;
            error = self.reached() => Err(error),
            () = tokio::time::sleep(wait) => Ok(()),
        }
    }
}
