//! Loopback server for a Confluence site: HTTP/1 listeners for the site, for Atlassian's gateway and issuer of tokens,
//! and for the bytes of files.
//!
//! It behaves as Confluence was observed to behave (`docs/confluence-api.md`), pitfalls included: cursors with
//! unescaped padding, next links with and without `/wiki`, statuses that are returned only on request, refusals that
//! differ between v1 and v2. Nothing can be changed over HTTP: methods other than GET and HEAD are logged and refused,
//! except for the POST of `users-bulk`, which reads, and those that issue access tokens.

mod accounts;
mod admin_key;
mod auth;
mod auth_cloud;
mod auth_data_center;
mod auth_gateway;
#[cfg(feature = "faults")]
mod body_damage;
mod bytes;
mod clock;
mod cql;
mod data_center;
mod downloads;
mod errors;
#[cfg(feature = "faults")]
mod fault_handling;
mod handler;
mod indexed_site;
mod listeners;
mod paging;
mod people;
mod quota;
mod reply;
mod request;
mod scopes;
mod served_as;
mod sort_keys;
mod sorted_indexes;
mod space_permissions;
mod templates;
#[cfg(test)]
mod tests;
mod tokens;
mod v1;
mod v1_expansions;
mod v1_readership;
mod v1_search;
mod v1_states;
mod v2;
mod v2_json;
mod v2_lists;
mod workflow;
mod workflow_cql;

use std::io;
#[cfg(feature = "faults")]
use std::sync::PoisonError;
use std::sync::{Arc, Mutex, RwLock};

use tokio::task::JoinHandle;
use tokio::time::Instant;

pub use self::auth::CredentialForm;
use self::auth::Sessions;
use self::clock::Clock;
use self::handler::Shared;
use self::indexed_site::IndexedSite;
use self::listeners::BoundListeners;
pub use self::listeners::Listener;
use self::quota::Quota;
pub use self::served_as::ServedAs;
#[cfg(feature = "faults")]
use super::changes::AppliedChange;
#[cfg(feature = "faults")]
use super::faults::FaultPlan;
use super::site::Site;

/// The cloud id of the sample site.
pub(crate) const CLOUD_ID: &str = "00000000-0000-4000-8000-00000000c10d";

/// A logged request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestLogEntry {
    /// Method in upper case.
    pub method: String,
    /// Path with `/wiki` or the context path, as sent.
    pub path: String,
    /// Query as sent, without the question mark.
    pub query: String,
    /// Status of the response; 0 if there is none (reset, stalled, in progress).
    pub status: u16,
    /// Whether the credential was valid, even if its scopes did not permit the request.
    pub authorized: bool,
    /// Whether any credential was sent, in the `Authorization` header or in the body.
    pub credential_sent: bool,
    /// The form of that credential.
    pub credential: CredentialForm,
    /// The listener that received it.
    pub listener: Listener,
    /// The `Host` header.
    pub host: String,
    /// When it arrived, by the clock of the Tokio runtime.
    pub arrived: Instant,
}

/// A running server; it stops when dropped.
#[derive(Debug)]
pub struct DemoServer {
    shared: Arc<Shared>,
    base_url: String,
    listeners: Vec<JoinHandle<()>>,
}

impl DemoServer {
    /// Serves a site on free loopback ports. Needs a Tokio runtime; fails if no port is available.
    pub async fn start(site: Site) -> io::Result<Self> {
        Self::start_as(ServedAs::Cloud, site).await
    }

    /// Serves a site as a kind of Confluence; [`Self::base_url`] is what a user would configure.
    pub async fn start_as(served_as: ServedAs, site: Site) -> io::Result<Self> {
        Self::serve(
            served_as,
            site,
            #[cfg(feature = "faults")]
            FaultPlan::none(),
        )
        .await
    }

    /// Serves a site with scripted faults.
    #[cfg(feature = "faults")]
    pub async fn start_with(site: Site, faults: FaultPlan) -> io::Result<Self> {
        Self::start_as_with(ServedAs::Cloud, site, faults).await
    }

    /// Serves a site as a kind of Confluence, with scripted faults.
    #[cfg(feature = "faults")]
    pub async fn start_as_with(served_as: ServedAs, site: Site, faults: FaultPlan) -> io::Result<Self> {
        Self::serve(served_as, site, faults).await
    }

    async fn serve(served_as: ServedAs, site: Site, #[cfg(feature = "faults")] faults: FaultPlan) -> io::Result<Self> {
        let bound = BoundListeners::bind().await?;
        let origins = bound.origins.clone();
        let address = format!("{}{}", origins.site, served_as.context());
        let base_url = match &served_as {
            ServedAs::Gateway => format!("{}{}/wiki", origins.gateway, request::gateway_prefix()),
            ServedAs::Cloud | ServedAs::DataCenter { .. } => address.clone(),
        };
        let shared = Arc::new(Shared {
            indexed: RwLock::new(IndexedSite::new(site, address)),
            served_as,
            origins,
            clock: Clock::start(),
            sessions: Mutex::new(Sessions::default()),
            quota: Mutex::new(Quota::default()),
            #[cfg(feature = "faults")]
            faults: Mutex::new(faults),
            #[cfg(feature = "faults")]
            applied_changes: Mutex::new(Vec::new()),
            log: Mutex::new(Vec::new()),
        });
        let listeners = bound.start(&shared);
        Ok(Self { shared, base_url, listeners })
    }

    /// Address that a user would configure: `http://127.0.0.1:PORT/wiki`, that of the gateway, or that of Data Center
    /// with its context path.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Address of the site in a browser, whatever address is configured.
    pub fn site_url(&self) -> String {
        self.shared.indexed().address.clone()
    }

    /// Base URL of the same site through the gateway: `http://127.0.0.1:PORT/ex/confluence/ID/wiki`.
    pub fn gateway_url(&self) -> String {
        format!("{}{}/wiki", self.shared.origins.gateway, request::gateway_prefix())
    }

    /// The cloud id of the site.
    pub fn cloud_id(&self) -> &'static str {
        CLOUD_ID
    }

    /// Origin of the gateway, without a trailing slash.
    pub fn gateway_origin(&self) -> &str {
        &self.shared.origins.gateway
    }

    /// Origin of the issuer of tokens, without a trailing slash.
    pub fn auth_origin(&self) -> &str {
        &self.shared.origins.auth
    }

    /// URL of the second origin, the target of download redirects, without a trailing slash.
    pub fn media_url(&self) -> &str {
        &self.shared.origins.media
    }

    /// The user of a Basic pair that [`Self::base_url`] accepts: the e-mail address, or the user name on Data Center.
    pub fn user(&self) -> String {
        self.pair().0
    }

    /// The secret of that pair: the unscoped token, the scoped one at the gateway, or the password on Data Center.
    pub fn token(&self) -> String {
        self.pair().1
    }

    fn pair(&self) -> (String, String) {
        self.site(|site| {
            let accepted = &site.credentials;
            match (&self.shared.served_as, &accepted.scoped_token, &accepted.password) {
                (ServedAs::Gateway, Some(scoped), _) if !site.behaviour.scoped_token => {
                    (site.email.clone(), scoped.token.clone())
                }
                (ServedAs::DataCenter { .. }, _, Some(login)) => (login.user.clone(), login.password.clone()),
                _ => (site.email.clone(), site.token.clone()),
            }
        })
    }

    /// Makes all access tokens invalid that were issued for client credentials.
    pub fn revoke_access_tokens(&self) {
        self.shared.sessions().tokens.revoke_all();
    }

    /// All requests so far, of all listeners, in order of arrival.
    pub fn requests(&self) -> Vec<RequestLogEntry> {
        self.shared.log().clone()
    }

    /// Calls a function with the site.
    pub fn site<T>(&self, read: impl FnOnce(&Site) -> T) -> T {
        read(&self.shared.indexed().site)
    }

    /// Changes the site; later responses show the change.
    pub fn change_site(&self, change: impl FnOnce(&mut Site)) {
        self.shared.change(change);
    }

    /// The typed changes applied so far, in order, each with the site after it.
    #[cfg(feature = "faults")]
    pub fn applied_changes(&self) -> Vec<AppliedChange> {
        self.shared.applied_changes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the fault plan and restarts its counts.
    #[cfg(feature = "faults")]
    pub fn set_faults(&self, faults: FaultPlan) {
        *self.shared.faults.lock().unwrap_or_else(PoisonError::into_inner) = faults;
    }
}

impl Drop for DemoServer {
    fn drop(&mut self) {
        for listener in &self.listeners {
            listener.abort();
        }
    }
}
