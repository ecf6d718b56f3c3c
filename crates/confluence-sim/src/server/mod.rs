//! A Confluence Cloud on loopback: two HTTP/1 listeners, one for the site and one for the bytes of its files.
//!
//! It answers as Confluence Cloud was observed to answer (`docs/confluence-api.md`), traps included: cursors with raw padding,
//! next links with and without `/wiki`, statuses that are left out unless asked for, refusals that differ between v1
//! and v2. Nothing can be changed over HTTP: methods other than GET and HEAD are recorded and
//! refused, but for the POST of `users-bulk`, which reads.

mod accounts;
mod auth;
mod bytes;
mod cql;
#[cfg(feature = "faults")]
mod damage;
mod downloads;
mod errors;
mod handle;
mod orders;
mod paging;
mod people;
mod reply;
mod request;
mod served;
mod sort_keys;
mod templates;
#[cfg(test)]
mod tests;
#[cfg(feature = "faults")]
mod trouble;
mod v1;
mod v1_expansions;
mod v1_readers;
mod v1_search;
mod v1_states;
mod v2;
mod v2_lists;
mod views;
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

use self::handle::{Origin, Shared};
use self::request::Request;
use self::served::Served;
#[cfg(feature = "faults")]
use super::changes::Moment;
#[cfg(feature = "faults")]
use super::faults::FaultPlan;
use super::site::Site;

/// The cloud id of the sample site.
pub(crate) const CLOUD_ID: &str = "00000000-0000-4000-8000-00000000c10d";

/// One request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestLogEntry {
    /// Method in upper case.
    pub method: String,
    /// Path with `/wiki`, as sent.
    pub path: String,
    /// Query as sent, without the question mark.
    pub query: String,
    /// Status of the answer; 0 while there is none (reset, stalled, in progress).
    pub status: u16,
    /// Whether the credential was accepted.
    pub authorized: bool,
    /// Whether any `Authorization` header was sent.
    pub credential_sent: bool,
    /// The `Host` header.
    pub host: String,
    /// When it arrived, on the runtime's clock.
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
    /// Serves a site on free loopback ports. Needs a Tokio runtime; fails where no port can be had.
    pub async fn start(site: Site) -> io::Result<Self> {
        Self::serve(
            site,
            #[cfg(feature = "faults")]
            FaultPlan::none(),
        )
        .await
    }

    /// Serves a site on which things go wrong.
    #[cfg(feature = "faults")]
    pub async fn start_with(site: Site, faults: FaultPlan) -> io::Result<Self> {
        Self::serve(site, faults).await
    }

    async fn serve(site: Site, #[cfg(feature = "faults")] faults: FaultPlan) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let media_listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let base_url = format!("http://{}/wiki", listener.local_addr()?);
        let shared = Arc::new(Shared {
            served: RwLock::new(Served::new(site, base_url.clone())),
            #[cfg(feature = "faults")]
            faults: Mutex::new(faults),
            #[cfg(feature = "faults")]
            moments: Mutex::new(Vec::new()),
            log: Mutex::new(Vec::new()),
            media: format!("http://{}", media_listener.local_addr()?),
        });
        let listeners = vec![
            tokio::spawn(listen(listener, Arc::clone(&shared), Origin::Site)),
            tokio::spawn(listen(media_listener, Arc::clone(&shared), Origin::Media)),
        ];
        Ok(Self { shared, base_url, listeners })
    }

    /// `http://127.0.0.1:PORT/wiki`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The same site through the gateway that scoped tokens use: `http://127.0.0.1:PORT/ex/confluence/ID/wiki`.
    pub fn gateway_url(&self) -> String {
        let host = self.base_url.trim_end_matches("/wiki");
        format!("{host}{}/wiki", request::gateway_prefix())
    }

    /// Address of the second origin, where downloads are redirected to, without a trailing slash.
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

    /// Looks at the site.
    pub fn site<T>(&self, look: impl FnOnce(&Site) -> T) -> T {
        look(&self.shared.served.read().unwrap_or_else(PoisonError::into_inner).site)
    }

    /// Changes the site between two requests.
    pub fn change_site(&self, change: impl FnOnce(&mut Site)) {
        self.shared.change(change);
    }

    /// The changes made so far, in their order, each with the site as it was after it.
    #[cfg(feature = "faults")]
    pub fn moments(&self) -> Vec<Moment> {
        self.shared.moments.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the fault plan; counting begins anew.
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

/// Accepts connections; they end with the listener.
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
    // answers are small and each waits for the next request
    let _unimportant = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let shared = Arc::clone(&shared);
        Box::pin(async move {
            Ok::<_, std::convert::Infallible>(handle::handle(&shared, &Request::receive(request).await, origin))
        })
    });
    // how a connection ends is the client's business
    let _unimportant = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// Serves one connection. Where a fault breaks it off, the socket is reset rather than closed in good order.
#[cfg(feature = "faults")]
async fn serve(stream: TcpStream, shared: Arc<Shared>, origin: Origin) {
    // answers are small and each waits for the next request
    let _unimportant = stream.set_nodelay(true);
    let reset = Arc::new(AtomicBool::new(false));
    let wants_reset = Arc::clone(&reset);
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let (shared, wants_reset) = (Arc::clone(&shared), Arc::clone(&wants_reset));
        Box::pin(async move {
            let answer = trouble::handle(shared, Request::receive(request).await, origin).await;
            wants_reset.fetch_or(answer.is_err(), Ordering::Relaxed);
            answer
        })
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // how a connection ends is the client's business, or a fault's
    let _unimportant = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    if reset.load(Ordering::Relaxed) {
        let stream = connection.into_parts().io.into_inner();
        let _unimportant = stream.set_zero_linger();
    }
}
