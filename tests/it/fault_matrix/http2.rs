//! F-29: connections of HTTP/2 that break off in the ways only they have, with the program itself and a whole reading.

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
use crate::program::{Finished, Server};
use test_support::folder::{State, state};
use test_support::known;

/// A stream breaks at every request whose number is a multiple of this.
const EVERY: usize = 6;
/// The ways in which it does, in turn.
const WAYS: usize = 5;

/// What stands in front of a loopback Confluence: HTTP/2 outside, HTTP/1 inside, and some streams that break.
struct Gate {
    site: String,
    http: reqwest::Client,
    requests: AtomicUsize,
    broken: [AtomicUsize; WAYS],
}

impl Gate {
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
                let gate = Arc::clone(&self);
                tokio::spawn(async move { gate.forward(request, respond, breaks == Some(4)).await });
            }
        }
    }

    /// Passes a request on, and the answer back; `cut` resets the stream in the middle of it.
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
        let answer = inside.send().await.unwrap();
        let mut head = http::Response::builder().status(answer.status());
        let of_the_connection = [TRANSFER_ENCODING, HeaderName::from_static("connection")];
        for (name, value) in answer.headers().iter().filter(|(name, _)| !of_the_connection.contains(name)) {
            head = head.header(name, value);
        }
        let body = answer.bytes().await.unwrap();
        // whoever asked may be gone: the connection was closed on purpose
        let Ok(mut stream) = respond.send_response(head.body(()).unwrap(), false) else { return };
        if cut {
            let _ = stream.send_data(body.slice(..body.len() / 2), false);
            stream.send_reset(Reason::INTERNAL_ERROR);
        } else {
            let _ = stream.send_data(body, true);
        }
    }
}

async fn start(gate: Arc<Gate>, authority: &Authority) -> SocketAddr {
    let mut tls = config(authority.sign("localhost", false));
    // nothing else is spoken here
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(Arc::clone(&gate).serve(acceptor.clone(), stream));
        }
    });
    address
}

#[test]
fn streams_and_connections_of_http_2_that_break_off_cost_requests_and_nothing_else_f_29() {
    let server = Server::start(known::site().0, FaultPlan::none());
    let host = server.server.base_url().trim_end_matches("/wiki").to_owned();
    let gate = Arc::new(Gate {
        site: host,
        http: reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap(),
        requests: AtomicUsize::new(0),
        broken: Default::default(),
    });
    let authority = Authority::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let address = runtime.block_on(start(Arc::clone(&gate), &authority));
    let folder = TempDir::new().unwrap();
    let (user, token) = (server.server.user(), server.server.token());
    let account = (user.as_str(), token.as_str());
    let output = program_for(address.port(), account, &authority, folder.path()).output().unwrap();
    let run = Finished::new(output, folder);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(state(&run.report()), State::Complete);
    let unreferenced = run.usages().into_iter().filter(|(_, usage)| usage == "unreferenced").map(|(id, _)| id);
    assert_eq!(unreferenced.collect::<Vec<String>>(), known::UNUSED);
    for (way, broken) in gate.broken.iter().enumerate() {
        assert!(broken.load(Ordering::Relaxed) > 0, "way {way} was not met");
    }
}
