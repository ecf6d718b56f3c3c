//! How a site is reached, as whom, within which limits.

use std::time::Duration;

use super::address::BaseUrlError;
use super::credentials::Credentials;
use super::error::RequestError;

/// Largest answer that is read, in decompressed bytes (F-25, F-65).
const MAX_ANSWER_BYTES: usize = 64 << 20;
/// Pages of one list at most: at 250 items a page, 25 million items.
const MAX_PAGES: u32 = 100_000;
/// Time limits; `None` waits without limit.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// Until the connection stands.
    pub connect: Option<Duration>,
    /// Longest silence while an answer arrives.
    pub read: Option<Duration>,
    /// One request with its answer, from beginning to end.
    pub total: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Some(Duration::from_secs(10)),
            read: Some(Duration::from_secs(30)),
            total: Some(Duration::from_secs(120)),
        }
    }
}

impl Timeouts {
    /// No limits at all: for clocks that do not run by themselves.
    pub const NONE: Self = Self { connect: None, read: None, total: None };
}

/// How to reach a site, as whom.
#[derive(Debug, Clone)]
pub struct ConnectionSettings {
    /// Address of the site, with or without `/wiki`.
    pub base_url: String,
    /// As whom it is read.
    pub credentials: Credentials,
    /// `User-Agent` of every request: the program that asks, so that a site's owners can tell it in their logs.
    pub user_agent: String,
    /// The proxy that requests pass, as messages name it: host and where that is set. The proxy itself is found by the
    /// HTTP library, in the environment.
    pub proxy: Option<String>,
    /// Requests on the way at once, at least 1.
    pub concurrency: usize,
    /// Longest pause the server may ask for; beyond it the run stops and says when to come back.
    pub max_wait: Duration,
    /// Time limits of one request.
    pub timeouts: Timeouts,
    /// Largest answer that is read, in decompressed bytes.
    pub max_answer_bytes: usize,
    /// Pages of one list at most (F-48).
    pub max_pages: u32,
    /// Spreads the waits; `None` takes a random one.
    pub jitter_seed: Option<u64>,
}

impl ConnectionSettings {
    /// Settings with the default limits: 8 requests at once, pauses up to 15 minutes.
    pub fn new(base_url: impl Into<String>, credentials: Credentials) -> Self {
        Self {
            base_url: base_url.into(),
            credentials,
            user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")).to_owned(),
            proxy: None,
            concurrency: 8,
            max_wait: Duration::from_secs(15 * 60),
            timeouts: Timeouts::default(),
            max_answer_bytes: MAX_ANSWER_BYTES,
            max_pages: MAX_PAGES,
            jitter_seed: None,
        }
    }
}

/// Why no client could be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The base URL cannot be used.
    #[error(transparent)]
    BaseUrl(#[from] BaseUrlError),
    /// Connections cannot be set up on this computer.
    #[error(transparent)]
    Setup(#[from] RequestError),
}

impl ClientError {
    /// What to do, one line.
    pub fn remedy(&self) -> String {
        match self {
            Self::BaseUrl(error) => error.remedy(),
            Self::Setup(error) => error.remedy().to_owned(),
        }
    }
}
