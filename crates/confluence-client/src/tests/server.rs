//! A server that answers what a test says, byte by byte, and remembers what it was asked.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use url::Url;

/// One request as it came.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// Its place among all requests, from 1.
    pub(super) number: usize,
    /// When it was complete.
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

    /// The values of a query pair, decoded.
    pub(super) fn query(&self, name: &str) -> Vec<String> {
        self.url().query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect()
    }

    pub(super) fn header(&self, name: &str) -> Option<String> {
        let line = self.head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")))?;
        line.split_once(':').map(|(_, value)| value.trim().to_owned())
    }
}

/// What goes back.
pub(super) enum Reply {
    /// These bytes, then the end of the connection.
    Bytes(Vec<u8>),
    /// These bytes, then this chunk again and again until nobody reads any more.
    Endless(Vec<u8>, Vec<u8>),
    /// These bytes, then nothing until the other side gives up.
    Silent(Vec<u8>),
}

impl Reply {
    /// A JSON answer with a length.
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
    /// Serves what `answer` says.
    pub(super) async fn new(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (answer, log) = (Arc::new(answer), Arc::clone(&seen));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, log) = (Arc::clone(&answer), Arc::clone(&log));
                tokio::spawn(async move { serve(stream, &log, answer.as_ref()).await });
            }
        });
        Self { address, seen, task }
    }

    /// Serves these answers one after the other, the last one again and again.
    pub(super) async fn script(answers: Vec<fn() -> Reply>) -> Self {
        Self::new(move |seen| answers[(seen.number - 1).min(answers.len() - 1)]()).await
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

async fn serve(mut stream: TcpStream, log: &Mutex<Vec<Seen>>, answer: &(dyn Fn(&Seen) -> Reply + Send + Sync)) {
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
    match answer(&seen) {
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
