//! F-29: failures specific to HTTP/2 connections, with the real program and a complete crawl.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use confluence_sim::FaultPlan;
use h2::Reason;
use h2::server::SendResponse;
use reqwest::header::{HeaderName, TRANSFER_ENCODING};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::tls::{Authority, config, program_for};
use crate::run_program::{Finished, Server};
use test_support::known_site;
use test_support::report_folder::{ReportFolderState, state};

/// Every request whose number is a multiple of this fails.
const EVERY: usize = 6;
/// The number of ways to fail, used in turn.
const WAYS: usize = 5;

/// A proxy in front of a loopback Confluence: HTTP/2 to the client, HTTP/1 to the server; breaks some streams.
struct BreakingProxy {
    site: String,
    http: reqwest::Client,
    requests: AtomicUsize,
    broken: [AtomicUsize; WAYS],
}

impl BreakingProxy {
    async fn serve(self: Arc<Self>, acceptor: TlsAcceptor, stream: TcpStream) {
        let Ok(stream) = acceptor.accept(stream).await else { return };
        let Ok(mut connection) = h2::server::handshake(stream).await else { return };
        while let Some(Ok((request, mut respond))) = connection.accept().await {
            let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
            let way = (number / EVERY) % WAYS;
            if number.is_multiple_of(EVERY) {
                self.broken[way].fetch_add(1, Ordering::Relaxed);
                match way {
                    0 => respond.send_reset(Reason::REFUSED_STREAM),
                    1 => respond.send_reset(Reason::INTERNAL_ERROR),
                    2 => connection.abrupt_shutdown(Reason::ENHANCE_YOUR_CALM),
                    3 => connection.graceful_shutdown(),
                    _ => {}
                }
            }
            let breaks = number.is_multiple_of(EVERY).then_some(way);
            if !matches!(breaks, Some(0..=2)) {
                let proxy = Arc::clone(&self);
                tokio::spawn(async move { proxy.forward(request, respond, breaks == Some(4)).await });
            }
        }
    }

    /// Forwards a request and returns the response; `cut` resets the stream in the middle of the body.
    async fn forward(
        &self,
        request: http::Request<h2::RecvStream>,
        mut respond: SendResponse<bytes::Bytes>,
        cut: bool,
    ) {
        let path = request.uri().path_and_query().unwrap().as_str();
        let mut inside = self.http.get(format!("{}{path}", self.site));
        for name in ["authorization", "accept", "range"] {
            if let Some(value) = request.headers().get(name) {
                inside = inside.header(name, value);
            }
        }
        let response = inside.send().await.unwrap();
        let mut head = http::Response::builder().status(response.status());
        let of_the_connection = [TRANSFER_ENCODING, HeaderName::from_static("connection")];
        for (name, value) in response.headers().iter().filter(|(name, _)| !of_the_connection.contains(name)) {
            head = head.header(name, value);
        }
        let body = response.bytes().await.unwrap();
        // the client may have left: the proxy closed its connection on purpose
        let Ok(mut stream) = respond.send_response(head.body(()).unwrap(), false) else { return };
        if cut {
            let _ = stream.send_data(body.slice(..body.len() / 2), false);
            stream.send_reset(Reason::INTERNAL_ERROR);
        } else {
            let _ = stream.send_data(body, true);
        }
    }
}

async fn start(proxy: Arc<BreakingProxy>, authority: &Authority) -> SocketAddr {
    let mut tls = config(authority.sign("localhost", false));
    // offer only HTTP/2
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(Arc::clone(&proxy).serve(acceptor.clone(), stream));
        }
    });
    address
}

#[test]
fn broken_http_2_streams_and_connections_cost_only_requests_f_29() {
    let server = Server::start(known_site::site().0, FaultPlan::none());
    let host = server.server.base_url().trim_end_matches("/wiki").to_owned();
    let proxy = Arc::new(BreakingProxy {
        site: host,
        http: reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap(),
        requests: AtomicUsize::new(0),
        broken: Default::default(),
    });
    let authority = Authority::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let address = runtime.block_on(start(Arc::clone(&proxy), &authority));
    let folder = TempDir::new().unwrap();
    let (user, token) = (server.server.user(), server.server.token());
    let account = (user.as_str(), token.as_str());
    let output = program_for(address.port(), account, &authority, folder.path()).output().unwrap();
    let run = Finished::new(output, folder);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(state(&run.report()), ReportFolderState::Complete);
    let unreferenced = run.usages().into_iter().filter(|(_, usage)| usage == "unreferenced").map(|(id, _)| id);
    assert_eq!(unreferenced.collect::<Vec<String>>(), known_site::UNREFERENCED_FILES);
    for (way, broken) in proxy.broken.iter().enumerate() {
        assert!(broken.load(Ordering::Relaxed) > 0, "way {way} was not used");
    }
}
