//! A listener that answers byte by byte as a test says: for faults below HTTP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What goes back on a connection.
pub enum Wire {
    /// These bytes, then the end of the connection in good order.
    Bytes(Vec<u8>),
    /// These bytes, then a reset.
    Reset(Vec<u8>),
    /// These bytes, then nothing; the connection stays open.
    Silent(Vec<u8>),
    /// One byte after the other with a pause between them.
    Drip(Vec<u8>, Duration),
    /// These bytes, then this chunk for as long as anybody reads.
    Endless(Vec<u8>, Vec<u8>),
}

/// A running listener; it stops when dropped.
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
    /// Answers the `n`th request (from 1) of all connections with what `answer` says.
    pub async fn start(answer: impl Fn(usize) -> Wire + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (requests, connections) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (counter, opened, answer) = (Arc::clone(&requests), Arc::clone(&connections), Arc::new(answer));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                opened.fetch_add(1, Ordering::Relaxed);
                let (counter, answer) = (Arc::clone(&counter), Arc::clone(&answer));
                tokio::spawn(async move { serve(stream, &counter, answer.as_ref()).await });
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

/// A JSON answer with a length; the connection ends after it.
pub fn json(body: &str) -> Wire {
    Wire::Bytes(json_bytes(body))
}

pub fn json_bytes(body: &str) -> Vec<u8> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
    format!("{head}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

async fn serve(mut stream: TcpStream, counter: &AtomicUsize, answer: &(dyn Fn(usize) -> Wire + Send + Sync)) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let number = counter.fetch_add(1, Ordering::Relaxed) + 1;
    match answer(number) {
        Wire::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Wire::Reset(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.set_zero_linger();
        }
        Wire::Silent(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.read_u8().await;
        }
        Wire::Drip(bytes, pause) => {
            for byte in bytes {
                if stream.write_all(&[byte]).await.is_err() {
                    return;
                }
                tokio::time::sleep(pause).await;
            }
        }
        Wire::Endless(start, chunk) => {
            let mut alive = stream.write_all(&start).await.is_ok();
            while alive {
                alive = stream.write_all(&chunk).await.is_ok();
            }
        }
    }
}
