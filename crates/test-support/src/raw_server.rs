//! TCP server that sends raw bytes, for faults below HTTP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Raw response on a connection.
pub enum WireResponse {
    /// These bytes, then a regular close.
    Bytes(Vec<u8>),
    /// These bytes, then a reset.
    Reset(Vec<u8>),
    /// These bytes, then nothing; the connection stays open.
    Silent(Vec<u8>),
    /// One byte after the other with a pause between them.
    Drip(Vec<u8>, Duration),
    /// These bytes, then this chunk until the client stops reading.
    Endless(Vec<u8>, Vec<u8>),
}

/// A running server; it stops when dropped.
pub struct RawServer {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl RawServer {
    /// Starts the server. `respond` returns the response to the `n`th request (from 1) of all connections.
    pub async fn start(respond: impl Fn(usize) -> WireResponse + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (requests, connections) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (counter, opened, respond) = (Arc::clone(&requests), Arc::clone(&connections), Arc::new(respond));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                opened.fetch_add(1, Ordering::Relaxed);
                let (counter, respond) = (Arc::clone(&counter), Arc::clone(&respond));
                tokio::spawn(async move { serve(stream, &counter, respond.as_ref()).await });
            }
        });
        Self { address, requests, connections, task }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

/// A JSON response with a length, after which the connection is closed.
pub fn json(body: &str) -> WireResponse {
    WireResponse::Bytes(json_bytes(body))
}

pub fn json_bytes(body: &str) -> Vec<u8> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
    format!("{head}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

async fn serve(mut stream: TcpStream, counter: &AtomicUsize, respond: &(dyn Fn(usize) -> WireResponse + Send + Sync)) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let number = counter.fetch_add(1, Ordering::Relaxed) + 1;
    match respond(number) {
        WireResponse::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        WireResponse::Reset(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.set_zero_linger();
        }
        WireResponse::Silent(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.read_u8().await;
        }
        WireResponse::Drip(bytes, pause) => {
            for byte in bytes {
                if stream.write_all(&[byte]).await.is_err() {
                    return;
                }
                tokio::time::sleep(pause).await;
            }
        }
        WireResponse::Endless(start, chunk) => {
            let mut alive = stream.write_all(&start).await.is_ok();
            while alive {
                alive = stream.write_all(&chunk).await.is_ok();
            }
        }
    }
}
