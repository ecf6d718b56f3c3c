//! Loopback server for a Confluence Cloud site: two HTTP/1 listeners, one for the site and one for the bytes of its
//! files.
//!
//! It behaves as Confluence Cloud was observed to behave (`docs/confluence-api.md`), pitfalls included: cursors with
//! unescaped padding, next links with and without `/wiki`, statuses that are returned only on request, refusals that
//! differ between v1 and v2. Nothing can be changed over HTTP: methods other than GET and HEAD are logged and refused,
//! except for the POST of `users-bulk`, which reads.

mod accounts;
mod auth;
#[cfg(feature = "faults")]
mod body_damage;
mod bytes;
mod cql;
mod downloads;
mod errors;
#[cfg(feature = "faults")]
mod fault_handling;
mod handler;
mod indexed_site;
mod paging;
mod people;
mod reply;
mod request;
mod sort_keys;
mod sorted_indexes;
mod templates;
#[cfg(test)]
mod tests;
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

#[cfg(feature = "faults")]
use std::future::poll_fn;
use std::io;
use std::net::Ipv4Addr;
#[cfg(feature = "faults")]
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;

use self::handler::{Origin, Shared};
use self::indexed_site::IndexedSite;
use self::request::Request;
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
    /// Path with `/wiki`, as sent.
    pub path: String,
    /// Query as sent, without the question mark.
    pub query: String,
    /// Status of the response; 0 if there is none (reset, stalled, in progress).
    pub status: u16,
    /// Whether the credential was accepted.
    pub authorized: bool,
    /// Whether any `Authorization` header was sent.
    pub credential_sent: bool,
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
        Self::serve(
            site,
            #[cfg(feature = "faults")]
            FaultPlan::none(),
        )
        .await
    }

    /// Serves a site with scripted faults.
    #[cfg(feature = "faults")]
    pub async fn start_with(site: Site, faults: FaultPlan) -> io::Result<Self> {
        Self::serve(site, faults).await
    }

    async fn serve(site: Site, #[cfg(feature = "faults")] faults: FaultPlan) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let media_listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let base_url = format!("http://{}/wiki", listener.local_addr()?);
        let shared = Arc::new(Shared {
            indexed: RwLock::new(IndexedSite::new(site, base_url.clone())),
            #[cfg(feature = "faults")]
            faults: Mutex::new(faults),
            #[cfg(feature = "faults")]
            applied_changes: Mutex::new(Vec::new()),
            log: Mutex::new(Vec::new()),
            media: format!("http://{}", media_listener.local_addr()?),
        });
        let listeners = vec![
            tokio::spawn(listen(listener, Arc::clone(&shared), Origin::Site)),
            tokio::spawn(listen(media_listener, Arc::clone(&shared), Origin::Media)),
        ];
        Ok(Self { shared, base_url, listeners })
    }

    /// Base URL of the site: `http://127.0.0.1:PORT/wiki`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Base URL of the same site through the gateway for scoped tokens: `http://127.0.0.1:PORT/ex/confluence/ID/wiki`.
    pub fn gateway_url(&self) -> String {
        let host = self.base_url.trim_end_matches("/wiki");
        format!("{host}{}/wiki", request::gateway_prefix())
    }

    /// URL of the second origin, the target of download redirects, without a trailing slash.
    pub fn media_url(&self) -> &str {
        &self.shared.media
    }

    /// The e-mail address the server accepts.
    pub fn user(&self) -> String {
        self.site(|site| site.email.clone())
    }

    /// The API token the server accepts.
    pub fn token(&self) -> String {
        self.site(|site| site.token.clone())
    }

    /// All requests so far, of both origins, in order of arrival.
    pub fn requests(&self) -> Vec<RequestLogEntry> {
        self.shared.log().clone()
    }

    /// Calls a function with the site.
    pub fn site<T>(&self, read: impl FnOnce(&Site) -> T) -> T {
        read(&self.shared.indexed.read().unwrap_or_else(PoisonError::into_inner).site)
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

/// Accepts connections, which end with the listener.
async fn listen(listener: TcpListener, shared: Arc<Shared>, origin: Origin) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(serve(stream, Arc::clone(&shared), origin));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Serves one connection.
#[cfg(not(feature = "faults"))]
async fn serve(stream: TcpStream, shared: Arc<Shared>, origin: Origin) {
    // responses are small, and the client waits for each before its next request
    let _unimportant = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let shared = Arc::clone(&shared);
        Box::pin(async move {
            Ok::<_, std::convert::Infallible>(handler::handle(&shared, &Request::receive(request).await, origin))
        })
    });
    // errors are caused by the client
    let _unimportant = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// Serves one connection. If a fault aborts it, the socket is reset rather than closed normally.
#[cfg(feature = "faults")]
async fn serve(stream: TcpStream, shared: Arc<Shared>, origin: Origin) {
    // responses are small, and the client waits for each before its next request
    let _unimportant = stream.set_nodelay(true);
    let reset = Arc::new(AtomicBool::new(false));
    let wants_reset = Arc::clone(&reset);
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let (shared, wants_reset) = (Arc::clone(&shared), Arc::clone(&wants_reset));
        Box::pin(async move {
            let response = fault_handling::handle(shared, Request::receive(request).await, origin).await;
            wants_reset.fetch_or(response.is_err(), Ordering::Relaxed);
            response
        })
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // errors are caused by the client or by a fault
    let _unimportant = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    if reset.load(Ordering::Relaxed) {
        let stream = connection.into_parts().io.into_inner();
        let _unimportant = stream.set_zero_linger();
    }
}
