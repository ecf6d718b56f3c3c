//! An answer before it goes on the wire, so that scripted faults can still change it.

use std::convert::Infallible;

use futures_util::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::Response;
use hyper::body::{Bytes, Frame};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, LINK};
use serde_json::Value;

use super::bytes::FileBytes;

/// Why an answer ends before its end: nothing does.
#[cfg(not(feature = "faults"))]
pub(crate) type Aborted = Infallible;
#[cfg(feature = "faults")]
pub(crate) use super::damage::{Aborted, Damage};

/// Body of an answer.
pub(crate) type WireBody = UnsyncBoxBody<Bytes, Aborted>;

/// Status, headers, body.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: ReplyBody,
    #[cfg(feature = "faults")]
    pub(crate) damage: Option<Damage>,
}

/// An answer or its refusal.
pub(crate) type Answer = Result<Reply, Reply>;

/// What the body is made of.
#[derive(Debug, Clone)]
pub(crate) enum ReplyBody {
    /// JSON, with the content type of Confluence.
    Json(Value),
    /// Anything else; the content type is among the headers.
    Text(String),
    /// Bytes of a file.
    File(FileBytes),
}

impl Reply {
    /// Without headers of its own.
    pub(crate) fn new(status: u16, body: ReplyBody) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body,
            #[cfg(feature = "faults")]
            damage: None,
        }
    }

    /// 200 with JSON.
    pub(crate) fn ok(json: Value) -> Self {
        Self::json(200, json)
    }

    /// Any status with JSON.
    pub(crate) fn json(status: u16, json: Value) -> Self {
        Self::new(status, ReplyBody::Json(json))
    }

    /// A text of a content type.
    pub(crate) fn text(status: u16, content_type: &str, text: impl Into<String>) -> Self {
        Self::new(status, ReplyBody::Text(text.into())).header("content-type", content_type)
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The answer as hyper sends it.
    pub(crate) fn into_response(self) -> Response<WireBody> {
        let link = self.link();
        #[cfg(feature = "faults")]
        let damaged = self.damage.map(|damage| damage.body(&self.body));
        let (content_type, length, body) = match self.body {
            ReplyBody::Json(json) => {
                let bytes = Bytes::from(json.to_string());
                (Some("application/json;charset=UTF-8"), bytes.len() as u64, whole(bytes))
            }
            ReplyBody::Text(text) => {
                let bytes = Bytes::from(text);
                (None, bytes.len() as u64, whole(bytes))
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

    /// The `Link` header of v2 lists says the same as `_links`.
    fn link(&self) -> Option<String> {
        let ReplyBody::Json(json) = &self.body else { return None };
        let next = json.pointer("/_links/next")?.as_str()?;
        let base = json.pointer("/_links/base")?.as_str()?;
        next.starts_with("/wiki/api/v2/").then(|| format!("<{next}>; rel=\"next\", <{base}>; rel=\"base\""))
    }
}

fn whole(bytes: Bytes) -> WireBody {
    Full::new(bytes).map_err(|never: Infallible| match never {}).boxed_unsync()
}

fn file_body(file: FileBytes) -> WireBody {
    let chunks = stream::unfold(file, |mut file| async move {
        let chunk = file.next_chunk()?;
        Some((Ok(Frame::data(chunk)), file))
    });
    StreamBody::new(chunks).boxed_unsync()
}
