//! A server that sends the bytes that a test defines, and records all requests.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use url::Url;

/// A recorded request.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// Its number among all requests, from 1.
    pub(super) number: usize,
    /// When it was received.
    pub(super) at: Instant,
    /// Request line and headers.
    pub(super) head: String,
}

impl Seen {
    pub(super) fn url(&self) -> Url {
        let target = self.head.split(' ').nth(1).unwrap();
        Url::parse("http://site").unwrap().join(target).unwrap()
    }

    pub(super) fn path(&self) -> String {
        self.url().path().to_owned()
    }

    /// Returns the decoded values of a query parameter.
    pub(super) fn query(&self, name: &str) -> Vec<String> {
        self.url().query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect()
    }

    pub(super) fn header(&self, name: &str) -> Option<String> {
        let line = self.head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")))?;
        line.split_once(':').map(|(_, value)| value.trim().to_owned())
    }
}

/// A response.
pub(super) enum Reply {
    /// These bytes, then the connection is closed.
    Bytes(Vec<u8>),
    /// These bytes, then this chunk repeatedly until the client stops reading.
    Endless(Vec<u8>, Vec<u8>),
    /// These bytes, then nothing until the client closes the connection.
    Silent(Vec<u8>),
}

impl Reply {
    /// A JSON response with a length.
    pub(super) fn json(body: &str) -> Self {
        Self::with(200, "content-type: application/json;charset=UTF-8\r\n", body)
    }

    /// A status with headers (each ended by CRLF) and a body.
    pub(super) fn with(status: u16, headers: &str, body: &str) -> Self {
        let mut head = String::new();
        write!(head, "HTTP/1.1 {status} X\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n", body.len())
            .unwrap();
        Self::Bytes([head.as_bytes(), body.as_bytes()].concat())
    }

    /// A status with a JSON body.
    pub(super) fn status(status: u16, headers: &str, body: &str) -> Self {
        Self::with(status, &format!("content-type: application/json\r\n{headers}"), body)
    }
}

/// A listening server.
pub(super) struct Site {
    address: std::net::SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Site {
    /// Serves what `respond` returns.
    pub(super) async fn new(respond: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (respond, log) = (Arc::new(respond), Arc::clone(&seen));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (respond, log) = (Arc::clone(&respond), Arc::clone(&log));
                tokio::spawn(async move { serve(stream, &log, respond.as_ref()).await });
            }
        });
        Self { address, seen, task }
    }

    /// Serves these responses one after another, and repeats the last one.
    pub(super) async fn script(replies: Vec<fn() -> Reply>) -> Self {
        Self::new(move |seen| replies[(seen.number - 1).min(replies.len() - 1)]()).await
    }

    pub(super) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(super) fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}

async fn serve(mut stream: TcpStream, log: &Mutex<Vec<Seen>>, respond: &(dyn Fn(&Seen) -> Reply + Send + Sync)) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let seen = {
        let mut log = log.lock().unwrap();
        let head = String::from_utf8(head).unwrap();
        let number = log.len() + 1;
        log.push(Seen { number, at: Instant::now(), head });
        log.last().unwrap().clone()
    };
    match respond(&seen) {
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Reply::Silent(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.read_u8().await;
        }
        Reply::Endless(start, chunk) => {
            let mut alive = stream.write_all(&start).await.is_ok();
            while alive {
                alive = stream.write_all(&chunk).await.is_ok();
            }
        }
    }
}
