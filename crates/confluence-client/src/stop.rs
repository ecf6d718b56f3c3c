//! The end of a run before its time: the first reason stays, and whoever waits is woken.

use std::time::Duration;

use tokio::sync::watch;

use super::error::RequestError;

/// How long requests on the way may still take when the run was stopped.
const DRAIN: Duration = Duration::from_secs(5);

/// Whether the run was stopped, and why.
#[derive(Debug)]
pub(super) struct Stop(watch::Sender<Option<RequestError>>);

impl Stop {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(None))
    }

    /// Stops the run: every request from here on fails with `error`. The first reason stays.
    pub(super) fn set(&self, error: RequestError) {
        self.0.send_if_modified(|stopped| {
            let first = stopped.is_none();
            if first {
                *stopped = Some(error);
            }
            first
        });
    }

    /// Why no further request will be sent, if that is so.
    pub(super) fn reason(&self) -> Option<RequestError> {
        self.0.borrow().clone()
    }

    /// Resolves when the run has been stopped.
    pub(super) async fn reached(&self) -> RequestError {
        let mut receiver = self.0.subscribe();
        // the sender lives as long as `self`, so the wait cannot fail; a failure would mean: never
        match receiver.wait_for(Option::is_some).await.ok().and_then(|stopped| stopped.clone()) {
            Some(error) => error,
            None => std::future::pending().await,
        }
    }

    /// Resolves when requests on the way have had their time after the run was stopped (F-78).
    pub(super) async fn drained(&self) -> RequestError {
        let error = self.reached().await;
        tokio::time::sleep(DRAIN).await;
        error
    }

    /// Sleeps, unless the run is stopped meanwhile.
    pub(super) async fn pause(&self, wait: Duration) -> Result<(), RequestError> {
        tokio::select! {
            biased;
            error = self.reached() => Err(error),
            () = tokio::time::sleep(wait) => Ok(()),
        }
    }
}
