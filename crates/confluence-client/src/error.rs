//! What can go wrong with a request, in words for people, with a remedy.
//!
//! No message holds a query string, a header or anything else that could bear the token: endpoints are named by path.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use thiserror::Error;

use super::refusal::{Refusal, Stranger};

/// Why a request or a list could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RequestError {
    /// The server does not accept the credentials, and a second identity probe confirmed it.
    #[error("the server does not accept the credentials ({answer})")]
    Unauthenticated {
        /// What the server answered, e.g. `401 at /rest/api/user/current`.
        answer: String,
    },
    /// The site does not let this account in, for another reason than its credentials or for one that is not known.
    #[error("{} ({answer})", why.words())]
    Refused {
        /// The reason.
        why: Refusal,
        /// What the server answered, with its own words.
        answer: String,
    },
    /// The request was answered, but as for a visitor who is not logged in.
    #[error("the server treats this account as an anonymous visitor")]
    Anonymous,
    /// The credentials belong to another account than at the start of the run.
    #[error("the credentials belong to another account than at the start")]
    OtherAccount,
    /// The account may not see this (403).
    #[error("access denied at {endpoint}")]
    Denied {
        /// Path of the endpoint.
        endpoint: String,
    },
    /// The token lacks the scope for this kind of content; it works for others.
    #[error("the token lacks the scope for {endpoint}")]
    ScopeMissing {
        /// Path of the endpoint.
        endpoint: String,
    },
    /// 404: it does not exist, or the account may not see it.
    #[error("not found, or not visible to this account: {endpoint}")]
    NotFound {
        /// Path of the endpoint.
        endpoint: String,
    },
    /// 410: the endpoint itself was retired. Says nothing about the content.
    #[error("the server has retired the endpoint {endpoint}")]
    Gone {
        /// Path of the endpoint.
        endpoint: String,
    },
    /// The server asks for a longer pause than this run may make.
    #[error("the server throttles and asks to wait {} s{}", wait.as_secs(), back_at(*until))]
    Throttled {
        /// How long the server asks to wait.
        wait: Duration,
        /// When to come back, where it could be told.
        until: Option<DateTime<Utc>>,
    },
    /// So many requests failed one after the other that the run gave up.
    #[error("too many requests failed one after the other; the last one: {last}")]
    GaveUp {
        /// The last failure.
        last: String,
    },
    /// The run was interrupted from outside.
    #[error("interrupted")]
    Interrupted,
    /// No usable answer arrived: connection, name resolution, timeout, broken transfer.
    #[error("no answer at {endpoint}: {cause} ({})", tries(*attempts))]
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
    /// The secure connection could not be made: certificate, host name, protocol.
    #[error("no secure connection: {cause}")]
    Tls {
        /// The innermost cause.
        cause: String,
    },
    /// A status that means failure and is none of the others, after all retries.
    #[error("status {status} at {endpoint} ({})", tries(*attempts))]
    Status {
        /// The HTTP status.
        status: u16,
        /// Path of the endpoint.
        endpoint: String,
        /// Requests sent.
        attempts: u32,
    },
    /// The answer is no JSON: a login page, a proxy page, a redirect.
    #[error("not an answer of the API at {endpoint}: {what}")]
    NotJson {
        /// Path of the endpoint.
        endpoint: String,
        /// Who answers instead.
        who: Stranger,
        /// What came instead.
        what: String,
    },
    /// The answer is larger than the limit, decompressed.
    #[error("the answer at {endpoint} is larger than {} MiB", limit >> 20)]
    TooLarge {
        /// Path of the endpoint.
        endpoint: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// The answer is JSON, but not of the documented form.
    #[error("unexpected answer at {endpoint}: {what}")]
    Shape {
        /// Path of the endpoint.
        endpoint: String,
        /// What is wrong with it.
        what: String,
    },
    /// A list that never ends, contradicts itself or repeats.
    #[error("the list {endpoint} cannot be walked to its end: {what}")]
    Paging {
        /// Path of the endpoint.
        endpoint: String,
        /// What is wrong with it.
        what: String,
    },
    /// Some items of a list could not be understood; the others were taken.
    #[error("{count} items of the list {endpoint} could not be understood, first: {first}")]
    BadItems {
        /// Path of the endpoint.
        endpoint: String,
        /// How many.
        count: usize,
        /// The first one and what is wrong with it.
        first: String,
    },
    /// The client itself could not be set up.
    #[error("cannot set up connections: {cause}")]
    Setup {
        /// Why.
        cause: String,
    },
}

fn tries(attempts: u32) -> String {
    if attempts == 1 { "1 attempt".to_owned() } else { format!("{attempts} attempts") }
}

fn back_at(until: Option<DateTime<Utc>>) -> String {
    until.map(|time| format!(", until {}", time.to_rfc3339_opts(SecondsFormat::Secs, true))).unwrap_or_default()
}

impl RequestError {
    /// What to do, one line.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Unauthenticated { .. } => {
                "check that the e-mail address and the API token belong together, that the token is not older than its \
                 lifetime (at most one year), and that it is one without scopes: scoped tokens need the gateway"
            }
            Self::Refused { why, .. } => why.remedy(),
            Self::Anonymous => "check the e-mail address and the API token: only public content would be seen",
            Self::OtherAccount => "check who may have changed the credentials, and run again",
            Self::Denied { .. } => "use an account that may see this content",
            Self::ScopeMissing { .. } => "create a token that also has the read scope for this kind of content",
            Self::NotFound { .. } => "check the address of the site; deleted content needs no action",
            Self::Gone { .. } => "update this program",
            Self::Interrupted => "run again",
            Self::Throttled { .. } => "run again later, or allow longer pauses with --max-wait",
            Self::GaveUp { .. } | Self::Status { .. } => {
                "run again later; if it stays, see the status page of the site"
            }
            Self::Transport { .. } => {
                "check the address of the site, the network and the proxy (HTTPS_PROXY, NO_PROXY), then run again"
            }
            Self::Tls { .. } => {
                "check the date of this computer, and whether a proxy replaces certificates: its root certificate must \
                 be installed in the system, or stand in the PEM file that SSL_CERT_FILE names"
            }
            Self::NotJson { who, .. } => who.remedy(),
            Self::TooLarge { .. } => "look at the content named: its body is unusually large",
            Self::Shape { .. } | Self::Paging { .. } | Self::BadItems { .. } => {
                "run again; if it stays, report it with the output of -vv"
            }
            Self::Setup { .. } => {
                "install the system's CA certificates (package ca-certificates), or set SSL_CERT_FILE to a PEM file"
            }
        }
    }

    /// Whether the account is not let in from here on: nothing more can be read in this run.
    pub fn is_auth_lost(&self) -> bool {
        matches!(self, Self::Unauthenticated { .. } | Self::Refused { .. } | Self::Anonymous | Self::OtherAccount)
    }

    /// Whether the whole run must stop: every further request would fail in the same way.
    pub fn stops_run(&self) -> bool {
        self.is_auth_lost() || matches!(self, Self::Throttled { .. } | Self::GaveUp { .. } | Self::Interrupted)
    }

    /// Whether it says that the account lacks a right, rather than that something broke.
    pub fn is_denied(&self) -> bool {
        matches!(self, Self::Denied { .. } | Self::ScopeMissing { .. })
    }

    /// 404.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    /// The server refuses just this request, in the form it was asked in (400, 403, 404, 410).
    pub fn is_refusal(&self) -> bool {
        let is_permanent = matches!(self, Self::Status { status: 400, .. } | Self::Gone { .. });
        is_permanent || self.is_denied() || self.is_not_found()
    }

    /// The URL was too long for the server: send fewer ids at once (F-17).
    pub fn is_too_long(&self) -> bool {
        matches!(self, Self::Status { status: 414 | 431, .. })
    }

    /// The server failed, and not because it ran out of time.
    pub(super) fn is_server_failure(&self) -> bool {
        matches!(self, Self::Status { status, .. } if *status >= 500 && *status != 504)
    }

    /// A smaller page of the same list may get through (F-13, F-16, F-25).
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
    fn throttling_says_when_to_come_back() {
        let until = DateTime::parse_from_rfc3339("2026-11-21T20:00:00Z").unwrap().to_utc();
        let error = RequestError::Throttled { wait: Duration::from_secs(86_400), until: Some(until) };
        assert_eq!(error.to_string(), "the server throttles and asks to wait 86400 s, until 2026-11-21T20:00:00Z");
        assert!(error.stops_run() && !error.is_auth_lost());
    }

    #[test]
    fn a_missing_scope_does_not_stop_the_run() {
        let error = RequestError::ScopeMissing { endpoint: "/api/v2/footer-comments".into() };
        assert!(error.is_denied() && !error.stops_run());
    }
}
