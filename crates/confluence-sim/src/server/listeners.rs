//! The listeners of a server, and the connections to them.

#[cfg(feature = "faults")]
use std::future::poll_fn;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
#[cfg(feature = "faults")]
use std::sync::atomic::{AtomicBool, Ordering};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

#[cfg(feature = "faults")]
use super::fault_handling;
#[cfg(not(feature = "faults"))]
use super::handler;
use super::handler::Shared;
use super::request::Request;

/// The listener that receives a request; each has its own origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Listener {
    /// Confluence itself.
    Site,
    /// Atlassian's gateway.
    Gateway,
    /// Atlassian's issuer of tokens.
    Auth,
    /// The origin that serves the bytes of files.
    Media,
}

/// The origin of each listener, without a trailing slash.
#[derive(Debug, Clone)]
pub(crate) struct Origins {
    pub(crate) site: String,
    pub(crate) gateway: String,
    pub(crate) auth: String,
    pub(crate) media: String,
}

/// Listeners on free loopback ports that accept no connections yet.
pub(crate) struct BoundListeners {
    sockets: Vec<(TcpListener, Listener)>,
    pub(crate) origins: Origins,
}

impl BoundListeners {
    /// Binds all listeners.
    pub(crate) async fn bind() -> io::Result<Self> {
        let mut sockets = Vec::new();
        let site = bind(Listener::Site, &mut sockets).await?;
        let media = bind(Listener::Media, &mut sockets).await?;
        let gateway = bind(Listener::Gateway, &mut sockets).await?;
        let auth = bind(Listener::Auth, &mut sockets).await?;
        Ok(Self { sockets, origins: Origins { site, gateway, auth, media } })
    }

    /// Accepts connections until the tasks are aborted.
    pub(crate) fn start(self, shared: &Arc<Shared>) -> Vec<JoinHandle<()>> {
        let start = |(socket, listener)| tokio::spawn(listen(socket, Arc::clone(shared), listener));
        self.sockets.into_iter().map(start).collect()
    }
}

async fn bind(listener: Listener, sockets: &mut Vec<(TcpListener, Listener)>) -> io::Result<String> {
    let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let origin = format!("http://{}", socket.local_addr()?);
    sockets.push((socket, listener));
    Ok(origin)
}

/// Accepts connections, which end with the listener.
async fn listen(socket: TcpListener, shared: Arc<Shared>, listener: Listener) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = socket.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(serve(stream, Arc::clone(&shared), listener));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Serves one connection.
#[cfg(not(feature = "faults"))]
async fn serve(stream: TcpStream, shared: Arc<Shared>, listener: Listener) {
    // responses are small, and the client waits for each before its next request
    let _unimportant = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let shared = Arc::clone(&shared);
        Box::pin(async move {
            Ok::<_, std::convert::Infallible>(handler::handle(&shared, &Request::receive(request).await, listener))
        })
    });
    // errors are caused by the client
    let _unimportant = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// Serves one connection. If a fault aborts it, the socket is reset rather than closed normally.
#[cfg(feature = "faults")]
async fn serve(stream: TcpStream, shared: Arc<Shared>, listener: Listener) {
    // responses are small, and the client waits for each before its next request
    let _unimportant = stream.set_nodelay(true);
    let reset = Arc::new(AtomicBool::new(false));
    let wants_reset = Arc::clone(&reset);
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let (shared, wants_reset) = (Arc::clone(&shared), Arc::clone(&wants_reset));
        Box::pin(async move {
            let response = fault_handling::handle(shared, Request::receive(request).await, listener).await;
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
