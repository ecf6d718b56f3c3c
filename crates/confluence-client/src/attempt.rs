//! Why an attempt, or all attempts, at one answer failed.

use std::time::Duration;

use tokio::time::Instant;

use super::error::RequestError;
use super::fault::Fault;
use super::pace::Gate;
use super::retry::Cause;

/// Whether a failure may mean that the credentials are dead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Suspicion {
    None,
    Unauthenticated,
    BareNotFound,
}

/// A failure after all retries.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: RequestError,
    pub(super) suspicion: Suspicion,
    pub(super) answered_at: Instant,
}

impl Failure {
    pub(super) fn new(error: RequestError, suspicion: Suspicion) -> Self {
        Self { error, suspicion, answered_at: Instant::now() }
    }
}

impl From<RequestError> for Failure {
    fn from(error: RequestError) -> Self {
        Self::new(error, Suspicion::None)
    }
}

/// Why one attempt gave no answer.
pub(super) enum AttemptError {
    /// Worth further attempts, after the wait the server asks for; a gate makes everybody wait.
    Retry { cause: Cause, retry_after: Option<Duration>, gate: Option<Gate>, error: RequestError },
    /// Worth one more attempt: a proxy may have answered.
    RetryOnce(RequestError),
    /// No further attempt helps.
    Final(Failure),
}

impl AttemptError {
    /// A fault of the transfer: a refused secure connection stays, the rest may pass.
    pub(super) fn on_the_way(fault: Fault, endpoint: &str, attempt: u32) -> Self {
        let cause = match &fault {
            Fault::Tls(_) => None,
            Fault::Timeout(_) => Some(Cause::Timeout),
            Fault::UnknownHost(_) | Fault::Broken(_) => Some(Cause::Transient),
        };
        let error = fault.into_error(endpoint.to_owned(), attempt);
        match cause {
            Some(cause) => Self::Retry { cause, retry_after: None, gate: None, error },
            None => error.into(),
        }
    }
}

impl From<RequestError> for AttemptError {
    fn from(error: RequestError) -> Self {
        Self::Final(error.into())
    }
}
