//! A parsed request, as the routes use it.

use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, RANGE};
use serde_json::Value;
use url::form_urlencoded;

use super::tokens::ClientCredentials;

/// Maximum size of a request body in bytes; the longest one has 250 account ids.
const MAX_BODY: usize = 64 << 10;

/// The header that asks for the administrator's key.
const ADMIN_KEY: &str = "atl-confluence-with-admin-key";

/// Returns the path prefix before `/wiki` on the gateway.
pub(crate) fn gateway_prefix() -> String {
    format!("/ex/confluence/{}", super::CLOUD_ID)
}

/// Method, URL and the headers that the server uses.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The path without the prefix of the gateway.
    pub(crate) path: String,
    /// The path as sent.
    pub(crate) raw_path: String,
    /// Whether it was sent to the gateway.
    pub(crate) gateway: bool,
    pub(crate) raw_query: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) host: String,
    pub(crate) authorization: Option<String>,
    pub(crate) range: Option<String>,
    pub(crate) content_type: String,
    /// Whether it asks for the administrator's key.
    pub(crate) admin_key: bool,
    /// The body; empty if it was too long or missing.
    pub(crate) body: Vec<u8>,
}

impl Request {
    fn read<B>(request: &hyper::Request<B>) -> Self {
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let raw_query = request.uri().query().unwrap_or_default().to_owned();
        let raw_path = request.uri().path().to_owned();
        let stripped = raw_path.strip_prefix(gateway_prefix().as_str());
        Self {
            method: request.method().to_string(),
            path: stripped.unwrap_or(&raw_path).to_owned(),
            gateway: stripped.is_some(),
            raw_path,
            query: form_urlencoded::parse(raw_query.as_bytes()).into_owned().collect(),
            raw_query,
            host: header(HOST).unwrap_or_default(),
            authorization: header(AUTHORIZATION),
            range: header(RANGE),
            content_type: header(CONTENT_TYPE).unwrap_or_default(),
            admin_key: request
                .headers()
                .get(ADMIN_KEY)
                .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true")),
            body: Vec::new(),
        }
    }

    /// Receives a request with its body.
    pub(crate) async fn receive(request: hyper::Request<Incoming>) -> Self {
        let mut received = Self::read(&request);
        let body = Limited::new(request.into_body(), MAX_BODY).collect().await;
        received.body = body.map(|body| body.to_bytes().to_vec()).unwrap_or_default();
        received
    }

    /// Whether the body is a form.
    pub(crate) fn is_form(&self) -> bool {
        self.content_type.starts_with("application/x-www-form-urlencoded")
    }

    /// Returns the client credentials in the body, a form or JSON.
    pub(crate) fn client_credentials(&self) -> Option<ClientCredentials> {
        let form: Vec<(String, String)>;
        let json: Value;
        let field: &dyn Fn(&str) -> Option<String> = if self.is_form() {
            form = form_urlencoded::parse(&self.body).into_owned().collect();
            &|key| form.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone())
        } else {
            json = serde_json::from_slice(&self.body).unwrap_or_default();
            &|key| json.get(key)?.as_str().map(str::to_owned)
        };
        let (id, secret) = (field("client_id")?, field("client_secret")?);
        Some(ClientCredentials { grant_type: field("grant_type").unwrap_or_default(), id, secret })
    }

    /// Returns the first value of a query parameter.
    pub(crate) fn parameter(&self, key: &str) -> Option<&str> {
        self.parameters(key).next()
    }

    /// Returns all values of a repeated query parameter.
    pub(crate) fn parameters<'a, 'k>(&'a self, key: &'k str) -> impl Iterator<Item = &'a str> + use<'a, 'k> {
        self.query.iter().filter(move |(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Returns the ids in a parameter, which may be repeated or separated by commas.
    pub(crate) fn ids(&self, key: &str) -> Vec<&str> {
        self.parameters(key).flat_map(|value| value.split(',')).map(str::trim).filter(|id| !id.is_empty()).collect()
    }

    /// Whether the parameter is `true`.
    pub(crate) fn flag(&self, key: &str) -> bool {
        self.parameter(key).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// Returns path and query of this request with another cursor. As observed on the wire, the cursor comes before the
    /// last parameter and its padding is not escaped.
    pub(crate) fn with_cursor(&self, cursor: &str) -> String {
        let mut parameters: Vec<String> = self
            .query
            .iter()
            .filter(|(key, _)| key != "cursor")
            .map(|(key, value)| form_urlencoded::Serializer::new(String::new()).append_pair(key, value).finish())
            .collect();
        let position = parameters.len().saturating_sub(1);
        parameters.insert(position, format!("cursor={cursor}"));
        format!("{}?{}", self.path, parameters.join("&"))
    }
}
