//! Classifies transport errors by the entire chain of their causes.
//!
//! `reqwest` reports a connection that is cut in the middle of a body as a *decode* error, so its own predicates do not
//! show which errors are transient.

use std::error::Error;

use super::error::RequestError;

/// The kind of a transport error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TransportError {
    /// A time limit was reached.
    Timeout(String),
    /// The secure connection was refused; never retried (F-31).
    Tls(String),
    /// The host name could not be resolved (F-19).
    UnknownHost(String),
    /// Any other connection error: refused, reset, cut, garbled.
    Broken(String),
}

impl TransportError {
    /// Classifies an error of the HTTP library.
    pub(super) fn classify(error: &reqwest::Error) -> Self {
        let causes = causes(error);
        let innermost = causes.last().cloned().unwrap_or_else(|| error.to_string());
        if error.is_timeout() {
            return Self::Timeout("timed out".to_owned());
        }
        let any = |words: &[&str]| causes.iter().any(|cause| words.iter().any(|word| cause.contains(word)));
        if error.is_connect() && any(&["certificate", "received fatal alert", "tls handshake", "HandshakeFailure"]) {
            return Self::Tls(innermost);
        }
        // with TLS 1.3, a server that requires a client certificate refuses only after the handshake
        if any(&["alert: CertificateRequired", "alert: BadCertificate", "alert: AccessDenied"]) {
            return Self::Tls(innermost);
        }
        if error.is_connect() && any(&["dns error", "failed to lookup address"]) {
            return Self::UnknownHost(innermost);
        }
        Self::Broken(innermost)
    }

    /// Adds the proxy to the cause.
    pub(super) fn through(self, proxy: Option<&str>) -> Self {
        let Some(proxy) = proxy else { return self };
        let named = |cause: String| format!("{cause}, through the proxy {proxy}");
        match self {
            Self::Timeout(cause) => Self::Timeout(named(cause)),
            Self::Tls(cause) => Self::Tls(named(cause)),
            Self::UnknownHost(cause) => Self::UnknownHost(named(cause)),
            Self::Broken(cause) => Self::Broken(named(cause)),
        }
    }

    /// Converts it to the error of a request to `endpoint` after `attempts` attempts.
    pub(super) fn into_error(self, endpoint: String, attempts: u32) -> RequestError {
        let (cause, timeout) = match self {
            Self::Tls(cause) => return RequestError::Tls { cause },
            Self::Timeout(cause) => (cause, true),
            Self::UnknownHost(cause) | Self::Broken(cause) => (cause, false),
        };
        RequestError::Transport { endpoint, cause, timeout, attempts }
    }
}

/// Returns the causes below the outermost error, which is omitted because it contains the URL with its query.
fn causes(error: &reqwest::Error) -> Vec<String> {
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    if causes.is_empty() {
        causes.push(kind(error).to_owned());
    }
    causes
}

fn kind(error: &reqwest::Error) -> &'static str {
    if error.is_connect() {
        "connection failed"
    } else if error.is_builder() {
        "request could not be built"
    } else {
        "transfer failed"
    }
}
