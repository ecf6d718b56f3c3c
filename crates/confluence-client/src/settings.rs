//! Connection settings: site, credentials and limits.

use std::time::Duration;

use super::credentials::Credentials;
use super::deployment::Deployment;
use super::error::RequestError;
use super::written_address::BaseUrlError;

/// Default limit of a response, in decompressed bytes (F-25, F-65).
const MAX_RESPONSE_BYTES: usize = 64 << 20;
/// Default limit of the pages of one list: with 250 items per page, 25 million items.
const MAX_PAGES: u32 = 100_000;

/// Time limits; `None` means no limit.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// Time to establish a connection.
    pub connect: Option<Duration>,
    /// Longest time without data while a response arrives.
    pub read: Option<Duration>,
    /// Time of one request including its response.
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
    /// No limits: for tests with a paused clock.
    pub const NONE: Self = Self { connect: None, read: None, total: None };
}

/// Atlassian's hosts that see a secret besides the site itself. Tests name others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtlassianHosts {
    /// Origin of the gateway.
    pub gateway: String,
    /// Origin that issues tokens for client credentials.
    pub auth: String,
}

impl Default for AtlassianHosts {
    fn default() -> Self {
        Self { gateway: "https://api.atlassian.com".to_owned(), auth: "https://auth.atlassian.com".to_owned() }
    }
}

/// How to reach a site, and with which credentials.
#[derive(Debug, Clone)]
pub struct ConnectionSettings {
    /// Address of the site, with or without `/wiki`.
    pub base_url: String,
    /// Credentials of the account that reads.
    pub credentials: Credentials,
    /// Kind of the site; `None` finds it out before the first secret is sent.
    pub deployment: Option<Deployment>,
    /// Cloud id of the site; `None` reads it from the site.
    pub cloud_id: Option<String>,
    /// Atlassian's hosts besides the site.
    pub atlassian: AtlassianHosts,
    /// Whether every request uses the administrator's key, which shows restricted content.
    pub admin_key: bool,
    /// `User-Agent` of every request, by which administrators of the site can recognise the program in their logs.
    pub user_agent: String,
    /// Description of the proxy for messages: its host and where it is set. The HTTP library itself reads the proxy
    /// from the environment.
    pub proxy: Option<String>,
    /// Maximum number of concurrent requests, at least 1.
    pub concurrency: usize,
    /// Longest wait that the server may ask for; beyond it, the run stops and says when to run again.
    pub max_wait: Duration,
    /// Longest wait for the next hour's quota; such a wait is normal and may be longer than any other.
    pub max_quota_wait: Duration,
    /// Time limits of one request.
    pub timeouts: Timeouts,
    /// Size limit of a response, in decompressed bytes.
    pub max_response_bytes: usize,
    /// Maximum number of pages of one list (F-48).
    pub max_pages: u32,
    /// Seed of the random jitter of waits; `None` uses a random seed.
    pub jitter_seed: Option<u64>,
}

impl ConnectionSettings {
    /// Returns settings with the default limits: 8 concurrent requests, waits of up to 15 minutes.
    pub fn new(base_url: impl Into<String>, credentials: Credentials) -> Self {
        Self {
            base_url: base_url.into(),
            credentials,
            deployment: None,
            cloud_id: None,
            atlassian: AtlassianHosts::default(),
            admin_key: false,
            user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")).to_owned(),
            proxy: None,
            concurrency: 8,
            max_wait: Duration::from_secs(15 * 60),
            max_quota_wait: Duration::from_secs(65 * 60),
            timeouts: Timeouts::default(),
            max_response_bytes: MAX_RESPONSE_BYTES,
            max_pages: MAX_PAGES,
            jitter_seed: None,
        }
    }
}

/// Why a client could not be created.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The base URL cannot be used.
    #[error(transparent)]
    BaseUrl(#[from] BaseUrlError),
    /// This computer cannot set up connections.
    #[error(transparent)]
    Setup(#[from] RequestError),
}

impl ClientError {
    /// Returns what to do, in one line.
    pub fn remedy(&self) -> String {
        match self {
            Self::BaseUrl(error) => error.remedy(),
            Self::Setup(error) => error.remedy().to_owned(),
        }
    }
}
