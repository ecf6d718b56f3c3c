//! Request errors: messages for people, each with a remedy.
//!
//! No message contains a query string, a header or anything else that could contain the token: endpoints are named by
//! path.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use thiserror::Error;

use super::refusal::{NonApiResponder, Refusal};
use super::scopes::scope_of;

/// Why a request or a list could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RequestError {
    /// The server does not accept the credentials, and a second identity probe confirmed it.
    #[error("the server does not accept the credentials ({response})")]
    Unauthenticated {
        /// The server's response, e.g. `401 at /rest/api/user/current`.
        response: String,
    },
    /// The site refuses this account, for a reason other than its credentials or for an unknown one.
    #[error("{} ({response})", why.words())]
    Refused {
        /// The reason.
        why: Refusal,
        /// The server's response, with its message.
        response: String,
    },
    /// The request succeeded, but as for an anonymous visitor.
    #[error("the server treats this account as an anonymous visitor")]
    Anonymous,
    /// The credentials belong to another account than at the start of the run.
    #[error("the credentials belong to another account than at the start of the run")]
    OtherAccount,
    /// The account may not see this (403).
    #[error("access denied at {endpoint}")]
    Denied {
        /// Path of the endpoint.
        endpoint: String,
    },
    /// The token lacks the scope for this kind of content; others may be readable.
    #[error("the token lacks the scope {}", scope_for(endpoint))]
    ScopeMissing {
        /// Path of the endpoint.
        endpoint: String,
    },
    /// The token has classic scopes only, which do not open version 2 of the API.
    #[error("the token has classic scopes, which do not open {endpoint}")]
    ClassicScopes {
        /// Path of the endpoint.
        endpoint: String,
    },
    /// 404: it does not exist, or the account may not see it.
    #[error("not found, or not visible to this account: {endpoint}")]
    NotFound {
        /// Path of the endpoint.
        endpoint: String,
    },
    /// 410: the endpoint itself was removed; this says nothing about the content.
    #[error("the server has retired the endpoint {endpoint}")]
    Gone {
        /// Path of the endpoint.
        endpoint: String,
    },
    /// The server asks for a longer pause than this run may make.
    #[error("the server throttles requests and asks to wait {} s{}", wait.as_secs(), back_at(*until))]
    Throttled {
        /// How long the server asks to wait.
        wait: Duration,
        /// When to run again, if known.
        until: Option<DateTime<Utc>>,
    },
    /// Too many requests failed in a row, so the run was stopped.
    #[error("too many requests failed in a row; the last failure: {last}")]
    GaveUp {
        /// The last failure.
        last: String,
    },
    /// The administrator's key expired or was ended: restricted content is no longer visible.
    #[error("the admin key expired or was ended during the run, so restricted content was no longer visible")]
    AdminKeyEnded,
    /// The run was interrupted from outside.
    #[error("interrupted")]
    Interrupted,
    /// There was no usable response: connection, name resolution, timeout or broken transfer.
    #[error("no response from {endpoint} after {}: {cause}", tries(*attempts))]
    Transport {
        /// Path of the endpoint.
        endpoint: String,
        /// The innermost cause.
        cause: String,
        /// Whether it was a timeout.
        timeout: bool,
        /// Requests sent.
        attempts: u32,
    },
    /// The secure connection could not be established: certificate, host name or protocol.
    #[error("cannot establish a secure connection: {cause}")]
    Tls {
        /// The innermost cause.
        cause: String,
    },
    /// Any other failure status, after all retries.
    #[error("status {status} at {endpoint} ({})", tries(*attempts))]
    Status {
        /// The HTTP status.
        status: u16,
        /// Path of the endpoint.
        endpoint: String,
        /// Requests sent.
        attempts: u32,
    },
    /// The response is not JSON but a login page, a proxy page or a redirect.
    #[error("{endpoint} did not return an API response: {what}")]
    NotJson {
        /// Path of the endpoint.
        endpoint: String,
        /// What responded instead.
        who: NonApiResponder,
        /// Description of the response.
        what: String,
    },
    /// The decompressed response is larger than the limit.
    #[error("the response of {endpoint} is larger than {} MiB", limit >> 20)]
    TooLarge {
        /// Path of the endpoint.
        endpoint: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// The response is JSON, but not as documented.
    #[error("unexpected response from {endpoint}: {what}")]
    Shape {
        /// Path of the endpoint.
        endpoint: String,
        /// What is wrong with it.
        what: String,
    },
    /// The list does not end, contradicts itself or repeats.
    #[error("could not read all of list {endpoint}: {what}")]
    Paging {
        /// Path of the endpoint.
        endpoint: String,
        /// What is wrong with it.
        what: String,
    },
    /// Some items of a list could not be parsed; the others were used.
    #[error("could not parse {count} items of list {endpoint}; the first: {first}")]
    BadItems {
        /// Path of the endpoint.
        endpoint: String,
        /// Number of such items.
        count: usize,
        /// The first one and what is wrong with it.
        first: String,
    },
    /// This kind of Confluence does not have it; nothing was requested.
    #[error("this kind of Confluence does not have {what}")]
    Unsupported {
        /// What it does not have.
        what: &'static str,
    },
    /// The client could not be created.
    #[error("cannot set up connections: {cause}")]
    Setup {
        /// Why.
        cause: String,
    },
}

fn scope_for(endpoint: &str) -> String {
    scope_of(endpoint).map_or_else(|| format!("for {endpoint}"), |scope| format!("{} for {endpoint}", scope.name))
}

fn tries(attempts: u32) -> String {
    if attempts == 1 { "1 attempt".to_owned() } else { format!("{attempts} attempts") }
}

fn back_at(until: Option<DateTime<Utc>>) -> String {
    until.map(|time| format!(", until {}", time.to_rfc3339_opts(SecondsFormat::Secs, true))).unwrap_or_default()
}

impl RequestError {
    /// Returns what to do, in one line.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Unauthenticated { .. } => {
                "check that the user (on Cloud the e-mail address) and the token belong together, and that the token has \
                 not expired or been revoked"
            }
            Self::Refused { why, .. } => why.remedy(),
            Self::Anonymous => {
                "check the user (on Cloud the e-mail address) and the token: only public content could be read"
            }
            Self::OtherAccount => "find out who changed the credentials, then run again",
            Self::Denied { .. } => "use an account that may see this content",
            Self::ScopeMissing { .. } => "create a token that also has this scope; a token cannot be changed",
            Self::ClassicScopes { .. } => {
                "create a token with granular scopes, such as read:page:confluence, instead of classic ones, such as \
                 read:confluence-content.all"
            }
            Self::NotFound { .. } => {
                "check the address of the site; if the content was deleted, nothing needs to be done"
            }
            Self::Gone { .. } => "update this program",
            Self::AdminKeyEnded => {
                "enable the key again and extend it when the run asks for it, until the run has ended"
            }
            Self::Interrupted => "run again",
            Self::Throttled { .. } => "run again later, or allow longer waits with --max-wait",
            Self::GaveUp { .. } | Self::Status { .. } => {
                "run again later; if it happens again, check the status page of the site"
            }
            Self::Transport { .. } => {
                "check the address of the site, the network and the proxy (HTTPS_PROXY, NO_PROXY), then run again"
            }
            Self::Tls { .. } => {
                "check the date of this computer, and whether a proxy replaces certificates: its root certificate must \
                 be installed in the system, or be in the PEM file named by SSL_CERT_FILE"
            }
            Self::NotJson { who, .. } => who.remedy(),
            Self::TooLarge { .. } => "open the named content: its body is unusually large",
            Self::Shape { .. } | Self::Paging { .. } | Self::BadItems { .. } => {
                "run again; if it happens again, report it with the output of -vv"
            }
            Self::Unsupported { .. } => "nothing needs to be done: there is nothing to read",
            Self::Setup { .. } => {
                "install the system's CA certificates (package ca-certificates), or set SSL_CERT_FILE to a PEM file"
            }
        }
    }

    /// Returns whether the account is refused from now on, so that this run can read nothing more.
    pub fn is_auth_lost(&self) -> bool {
        matches!(self, Self::Unauthenticated { .. } | Self::Refused { .. } | Self::Anonymous | Self::OtherAccount)
    }

    /// Returns whether the run must stop: every further request would fail in the same way.
    pub fn stops_run(&self) -> bool {
        self.is_auth_lost()
            || matches!(self, Self::Throttled { .. } | Self::GaveUp { .. } | Self::Interrupted | Self::AdminKeyEnded)
    }

    /// Returns whether the account or the token lacks a permission.
    pub fn is_denied(&self) -> bool {
        matches!(self, Self::Denied { .. } | Self::ScopeMissing { .. } | Self::ClassicScopes { .. })
    }

    /// Returns whether it is a 404.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    /// Returns whether the server refuses this request as it was sent (400, 403, 404, 410), or cannot have such an
    /// endpoint.
    pub fn is_refusal(&self) -> bool {
        let is_permanent =
            matches!(self, Self::Status { status: 400, .. } | Self::Gone { .. } | Self::Unsupported { .. });
        is_permanent || self.is_denied() || self.is_not_found()
    }

    /// Returns whether the URL was too long for the server; the caller should send fewer ids at once (F-17).
    pub fn is_too_long(&self) -> bool {
        matches!(self, Self::Status { status: 414 | 431, .. })
    }

    /// Returns whether the server failed for a reason other than a timeout.
    pub(super) fn is_server_failure(&self) -> bool {
        matches!(self, Self::Status { status, .. } if *status >= 500 && *status != 504)
    }

    /// Returns whether a smaller page of the same list may succeed (F-13, F-16, F-25).
    pub(super) fn wants_smaller_page(&self) -> bool {
        match self {
            Self::Status { status, .. } => *status >= 500,
            Self::TooLarge { .. } => true,
            Self::Transport { timeout, .. } => *timeout,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throttling_says_when_to_run_again() {
        let until = DateTime::parse_from_rfc3339("2026-11-21T20:00:00Z").unwrap().to_utc();
        let error = RequestError::Throttled { wait: Duration::from_secs(86_400), until: Some(until) };
        assert_eq!(
            error.to_string(),
            "the server throttles requests and asks to wait 86400 s, until 2026-11-21T20:00:00Z"
        );
        assert!(error.stops_run() && !error.is_auth_lost());
    }

    #[test]
    fn a_missing_scope_does_not_stop_the_run() {
        let error = RequestError::ScopeMissing { endpoint: "/api/v2/footer-comments".into() };
        assert!(error.is_denied() && !error.stops_run());
    }
}
