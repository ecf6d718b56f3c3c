//! Answers that go wrong on the wire.

use std::fmt;

use futures_util::{StreamExt as _, stream};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Bytes, Frame};

use super::reply::{ReplyBody, WireBody};

/// The connection is to be broken off.
#[derive(Debug)]
pub(crate) struct Aborted;

impl fmt::Display for Aborted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("aborted by a scripted fault")
    }
}

impl std::error::Error for Aborted {}

/// How the body goes wrong on the wire.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Damage {
    /// The connection ends after so many bytes.
    Cut(usize),
    /// Nothing more comes after so many bytes.
    Stall(usize),
}

impl Damage {
    /// What is sent of a body whose whole length was announced.
    pub(crate) fn body(self, whole: &ReplyBody) -> WireBody {
        let (Self::Cut(after) | Self::Stall(after)) = self;
        let bytes = match whole {
            ReplyBody::Json(json) => Bytes::from(json.to_string()),
            ReplyBody::Text(text) => Bytes::from(text.clone()),
            ReplyBody::File(file) => file.clone().first(after),
        };
        let start = stream::iter([Ok(Frame::data(bytes.slice(..after.min(bytes.len()))))]);
        match self {
            // yielding once lets the connection write the first part before the failure is seen
            Self::Cut(_) => StreamBody::new(start.chain(stream::once(async {
                tokio::task::yield_now().await;
                Err(Aborted)
            })))
            .boxed_unsync(),
            Self::Stall(_) => StreamBody::new(start.chain(stream::pending())).boxed_unsync(),
        }
    }
}
