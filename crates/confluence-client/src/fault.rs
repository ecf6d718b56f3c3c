//! What a transport error is, found in the whole chain of its causes.
//!
//! `reqwest` calls a connection cut in the middle of a body a *decode* error, so its
//! own predicates do not tell which faults pass.

use std::error::Error;

use super::error::RequestError;

/// The kind of a transport error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// A time limit was reached.
    Timeout(String),
    /// The secure connection was refused: never retried (F-31).
    Tls(String),
    /// The host name could not be resolved (F-19).
    UnknownHost(String),
    /// Anything else on the way: refused, reset, cut, garbled.
    Broken(String),
}

impl Fault {
    /// Classifies an error of the HTTP library.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        let causes = causes(error);
        let innermost = causes.last().cloned().unwrap_or_else(|| error.to_string());
        if error.is_timeout() {
            return Self::Timeout("time limit reached".to_owned());
        }
        let any = |words: &[&str]| causes.iter().any(|cause| words.iter().any(|word| cause.contains(word)));
        if error.is_connect() && any(&["certificate", "received fatal alert", "tls handshake", "HandshakeFailure"]) {
            return Self::Tls(innermost);
        }
        // with TLS 1.3 a server that wants a client certificate refuses only after the handshake
        if any(&["alert: CertificateRequired", "alert: BadCertificate", "alert: AccessDenied"]) {
            return Self::Tls(innermost);
        }
        if error.is_connect() && any(&["dns error", "failed to lookup address"]) {
            return Self::UnknownHost(innermost);
        }
        Self::Broken(innermost)
    }

    /// The same with the proxy that it was met on the way through.
    pub(super) fn through(self, proxy: Option<&str>) -> Self {
        let Some(proxy) = proxy else { return self };
        let named = |cause: String| format!("{cause}, on the way through the proxy {proxy}");
        match self {
            Self::Timeout(cause) => Self::Timeout(named(cause)),
            Self::Tls(cause) => Self::Tls(named(cause)),
            Self::UnknownHost(cause) => Self::UnknownHost(named(cause)),
            Self::Broken(cause) => Self::Broken(named(cause)),
        }
    }

    /// The failure of a request to `endpoint` that met this after so many attempts.
    pub(super) fn into_error(self, endpoint: String, attempts: u32) -> RequestError {
        let (cause, timeout) = match self {
            Self::Tls(cause) => return RequestError::Tls { cause },
            Self::Timeout(cause) => (cause, true),
            Self::UnknownHost(cause) | Self::Broken(cause) => (cause, false),
        };
        RequestError::Transport { endpoint, cause, timeout, attempts }
    }
}

/// The causes below the outermost error, which alone names the URL with its query and so is left out.
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
