//! Why one attempt, or all attempts, of a request failed.

use std::time::Duration;

use tokio::time::Instant;

use super::error::RequestError;
use super::rate_limiter::Gate;
use super::retry::RetryCause;
use super::transport_error::TransportError;

/// Whether a failure may mean that the credentials are no longer valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AuthSuspicion {
    None,
    Unauthenticated,
    BareNotFound,
}

/// A failure after all retries.
#[derive(Debug)]
pub(super) struct RequestFailure {
    pub(super) error: RequestError,
    pub(super) suspicion: AuthSuspicion,
    pub(super) failed_at: Instant,
}

impl RequestFailure {
    pub(super) fn new(error: RequestError, suspicion: AuthSuspicion) -> Self {
        Self { error, suspicion, failed_at: Instant::now() }
    }
}

impl From<RequestError> for RequestFailure {
    fn from(error: RequestError) -> Self {
        let is_refusal = matches!(error, RequestError::Unauthenticated { .. } | RequestError::Refused { .. });
        let suspicion = if is_refusal { AuthSuspicion::Unauthenticated } else { AuthSuspicion::None };
        Self::new(error, suspicion)
    }
}

/// Why one attempt failed.
pub(super) enum AttemptError {
    /// Worth further attempts, after the wait that the server asks for. With a gate, other requests wait too.
    Retry { cause: RetryCause, retry_after: Option<Duration>, gate: Option<Gate>, error: RequestError },
    /// Worth one more attempt: the response may come from a proxy.
    RetryOnce(RequestError),
    /// No further attempt would help.
    Final(RequestFailure),
}

impl AttemptError {
    /// Classifies a transport error: a refused secure connection is final, anything else is worth a retry.
    pub(super) fn from_transport(transport_error: TransportError, endpoint: &str, attempt: u32) -> Self {
        let cause = match &transport_error {
            TransportError::Tls(_) => None,
            TransportError::Timeout(_) => Some(RetryCause::Timeout),
            TransportError::UnknownHost(_) | TransportError::Broken(_) => Some(RetryCause::Transient),
        };
        let error = transport_error.into_error(endpoint.to_owned(), attempt);
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
