//! Responses whose bodies are cut off or stall on the wire.

use std::fmt;

use futures_util::{StreamExt as _, stream};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Bytes, Frame};

use super::reply::{ReplyBody, WireBody};

/// Error that closes the connection.
#[derive(Debug)]
pub(crate) struct ConnectionAborted;

impl fmt::Display for ConnectionAborted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("aborted by a scripted fault")
    }
}

impl std::error::Error for ConnectionAborted {}

/// How the body is damaged.
#[derive(Debug, Clone, Copy)]
pub(crate) enum BodyDamage {
    /// The connection ends after this many bytes.
    Cut(usize),
    /// Nothing more is sent after this many bytes.
    Stall(usize),
}

impl BodyDamage {
    /// Returns the part of the body that is sent; `Content-Length` is that of the complete body.
    pub(crate) fn body(self, complete: &ReplyBody) -> WireBody {
        let (Self::Cut(after) | Self::Stall(after)) = self;
        let bytes = match complete {
            ReplyBody::Json(json) => Bytes::from(json.to_string()),
            ReplyBody::Text(text) => Bytes::from(text.clone()),
            ReplyBody::File(file) => file.clone().first(after),
        };
        let start = stream::iter([Ok(Frame::data(bytes.slice(..after.min(bytes.len()))))]);
        match self {
            // yielding once lets the connection write the first part before the failure is seen
            Self::Cut(_) => StreamBody::new(start.chain(stream::once(async {
                tokio::task::yield_now().await;
                Err(ConnectionAborted)
            })))
            .boxed_unsync(),
            Self::Stall(_) => StreamBody::new(start.chain(stream::pending())).boxed_unsync(),
        }
    }
}
