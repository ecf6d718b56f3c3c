//! A response before it is sent, so that scripted faults can change it.

use std::convert::Infallible;

use futures_util::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::Response;
use hyper::body::{Bytes, Frame};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, LINK};
use serde_json::Value;

use super::bytes::FileBytes;

/// Error type of bodies: without faults, they cannot fail.
#[cfg(not(feature = "faults"))]
pub(crate) type ConnectionAborted = Infallible;
#[cfg(feature = "faults")]
pub(crate) use super::body_damage::{BodyDamage, ConnectionAborted};

/// Body of a response as hyper sends it.
pub(crate) type WireBody = UnsyncBoxBody<Bytes, ConnectionAborted>;

/// A response: status, headers and body.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: ReplyBody,
    #[cfg(feature = "faults")]
    pub(crate) damage: Option<BodyDamage>,
}

/// A response, or the error response.
pub(crate) type ReplyResult = Result<Reply, Reply>;

/// Body of a response.
#[derive(Debug, Clone)]
pub(crate) enum ReplyBody {
    /// JSON, sent with Confluence's content type.
    Json(Value),
    /// Any other text; the content type is in the headers.
    Text(String),
    /// Bytes of a file.
    File(FileBytes),
}

impl Reply {
    /// Creates a response without headers.
    pub(crate) fn new(status: u16, body: ReplyBody) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body,
            #[cfg(feature = "faults")]
            damage: None,
        }
    }

    /// Creates a JSON response with status 200.
    pub(crate) fn ok(json: Value) -> Self {
        Self::json(200, json)
    }

    /// Creates a JSON response.
    pub(crate) fn json(status: u16, json: Value) -> Self {
        Self::new(status, ReplyBody::Json(json))
    }

    /// Creates a text response with a content type.
    pub(crate) fn text(status: u16, content_type: &str, text: impl Into<String>) -> Self {
        Self::new(status, ReplyBody::Text(text.into())).header("content-type", content_type)
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Converts the response for hyper.
    pub(crate) fn into_response(self) -> Response<WireBody> {
        let link = self.link();
        #[cfg(feature = "faults")]
        let damaged = self.damage.map(|damage| damage.body(&self.body));
        let (content_type, length, body) = match self.body {
            ReplyBody::Json(json) => {
                let bytes = Bytes::from(json.to_string());
                (Some("application/json;charset=UTF-8"), bytes.len() as u64, full_body(bytes))
            }
            ReplyBody::Text(text) => {
                let bytes = Bytes::from(text);
                (None, bytes.len() as u64, full_body(bytes))
            }
            ReplyBody::File(file) => (None, file.remaining(), file_body(file)),
        };
        #[cfg(feature = "faults")]
        let body = damaged.unwrap_or(body);
        let mut response = Response::new(body);
        *response.status_mut() = hyper::StatusCode::from_u16(self.status).unwrap_or_default();
        let headers = response.headers_mut();
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        if let Some(content_type) = content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        if let Some(link) = link.and_then(|link| HeaderValue::from_str(&link).ok()) {
            headers.insert(LINK, link);
        }
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                headers.append(name, value);
            }
        }
        response
    }

    /// Returns the `Link` header of v2 lists, which has the same links as `_links`.
    fn link(&self) -> Option<String> {
        let ReplyBody::Json(json) = &self.body else { return None };
        let next = json.pointer("/_links/next")?.as_str()?;
        let base = json.pointer("/_links/base")?.as_str()?;
        next.starts_with("/wiki/api/v2/").then(|| format!("<{next}>; rel=\"next\", <{base}>; rel=\"base\""))
    }
}

fn full_body(bytes: Bytes) -> WireBody {
    Full::new(bytes).map_err(|never: Infallible| match never {}).boxed_unsync()
}

fn file_body(file: FileBytes) -> WireBody {
    let chunks = stream::unfold(file, |mut file| async move {
        let chunk = file.next_chunk()?;
        Some((Ok(Frame::data(chunk)), file))
    });
    StreamBody::new(chunks).boxed_unsync()
}
