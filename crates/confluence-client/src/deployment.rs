//! Where the site is and how its request URLs are made.
//!
//! The origin is fixed here, once; every request URL is built from path segments and query pairs below it. Nothing the
//! server sends can change where a request with credentials goes (`reliability-security.md` F-44).

use std::net::{IpAddr, Ipv4Addr};

use thiserror::Error;
use url::{Host, Url};

use super::kind::RequestKind;

/// A base URL that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BaseUrlError {
    /// Not a URL.
    #[error("the base URL is not a URL: {reason}")]
    NotAUrl {
        /// What the parser says.
        reason: String,
    },
    /// Neither https nor http to the own machine.
    #[error("the base URL must begin with https:// (http:// only for the own machine)")]
    NotHttps,
    /// User name, password, query or fragment in the URL.
    #[error("the base URL must not contain a user name, password, query or fragment")]
    Decorated,
    /// A path other than none or `/wiki`.
    #[error("the base URL of a Cloud site ends in nothing or in /wiki, not in {path}")]
    Path {
        /// The path found.
        path: String,
    },
}

impl BaseUrlError {
    /// What to do, one line.
    pub fn remedy(&self) -> &'static str {
        "set base_url to the address of the site, for example https://SITE.atlassian.net/wiki"
    }
}

/// Which family of endpoints a request belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// `/api/v2`.
    V2,
    /// `/rest/api`.
    V1,
    /// `/rest/cw/1`: Comala Document Management on Data Center (`comala.md` 1).
    Comala,
}

impl Generation {
    /// The path below the context.
    fn path(self) -> &'static [&'static str] {
        match self {
            Self::V2 => &["api", "v2"],
            Self::V1 => &["rest", "api"],
            Self::Comala => &["rest", "cw", "1"],
        }
    }
}

/// One request that reads: what it is counted as, which path, which query. Knows no host.
///
/// It is a GET, but for the one thing that is read by POST: accounts.
#[derive(Debug, Clone)]
pub struct Request {
    /// What it is counted as.
    pub kind: RequestKind,
    pub(super) generation: Generation,
    pub(super) segments: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    /// Account ids to ask about: makes the request a POST, see `Request::accounts`.
    pub(super) accounts: Option<Vec<String>>,
}

impl Request {
    /// A request to `/api/v2/…`.
    pub fn v2(kind: RequestKind, segments: &[&str]) -> Self {
        Self::new(kind, Generation::V2, segments)
    }

    /// A request to `/rest/api/…`.
    pub fn v1(kind: RequestKind, segments: &[&str]) -> Self {
        Self::new(kind, Generation::V1, segments)
    }

    /// A request to `/rest/cw/1/…`.
    pub fn comala(kind: RequestKind, segments: &[&str]) -> Self {
        Self::new(kind, Generation::Comala, segments)
    }

    fn new(kind: RequestKind, generation: Generation, segments: &[&str]) -> Self {
        let segments = segments.iter().map(|&segment| segment.to_owned()).collect();
        Self { kind, generation, segments, query: Vec::new(), accounts: None }
    }

    /// `POST /api/v2/users-bulk`: the details of these accounts. It reads, though by POST, because their ids would not
    /// fit into an address (product contract 2). No other request bears a body, and none can be made to: the path is
    /// fixed here.
    pub(super) fn accounts(ids: &[&str]) -> Self {
        let ids = ids.iter().map(|&id| id.to_owned()).collect();
        Self { accounts: Some(ids), ..Self::v2(RequestKind::Accounts, &["users-bulk"]) }
    }

    /// The method it is sent with.
    pub(super) fn method(&self) -> reqwest::Method {
        if self.accounts.is_some() { reqwest::Method::POST } else { reqwest::Method::GET }
    }

    /// Adds a query pair; a name may be repeated (lists are sent repeated, `confluence-api.md` 3.4).
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    /// Sets a query pair in place of all pairs of that name.
    #[must_use]
    pub(super) fn replacing(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.retain(|(existing, _)| existing != name);
        self.with(name, value)
    }

    /// The path below the context, without the query: safe to log and to show.
    pub fn path(&self) -> String {
        format!("/{}/{}", self.generation.path().join("/"), self.segments.join("/"))
    }
}

/// Where one Confluence site answers.
///
/// Only Cloud at the site host so far. The gateway (`/ex/confluence/{cloudId}/wiki`) differs in the context path, Data
/// Center in the families of endpoints: both are further constructors.
#[derive(Debug, Clone)]
pub struct Deployment {
    origin: Url,
    context: Vec<String>,
    base_url: String,
}

impl Deployment {
    /// Confluence Cloud at its site host. Accepts the address with and without `/wiki` and with a trailing slash.
    ///
    /// Plain http is accepted to the own machine only: the token would be readable on the way.
    pub fn cloud(base_url: &str) -> Result<Self, BaseUrlError> {
        let url = Url::parse(base_url.trim()).map_err(|error| BaseUrlError::NotAUrl { reason: error.to_string() })?;
        let secure = match url.scheme() {
            "https" => true,
            "http" => is_loopback(&url),
            _ => false,
        };
        if !secure || !url.has_host() {
            return Err(BaseUrlError::NotHttps);
        }
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::Decorated);
        }
        match url.path().trim_end_matches('/') {
            "" | "/wiki" => {}
            other => return Err(BaseUrlError::Path { path: other.to_owned() }),
        }
        let mut origin = url;
        origin.set_path("/");
        let base_url = format!("{}wiki", origin.as_str());
        Ok(Self { origin, context: vec!["wiki".to_owned()], base_url })
    }

    /// Base URL with its context path and without a trailing slash, e.g. `https://acme.atlassian.net/wiki`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The host requests go to, in lower case.
    pub fn host(&self) -> &str {
        self.origin.host_str().unwrap_or_default()
    }

    /// Whether the site is on a host of Atlassian's own, which serves Confluence Cloud only.
    pub fn is_of_atlassian(&self) -> bool {
        self.host().ends_with(".atlassian.net") || self.host() == "api.atlassian.com"
    }

    /// Whether the site is on this machine, as the sample site is.
    pub fn is_local(&self) -> bool {
        is_loopback(&self.origin)
    }

    /// Whether `url` has the scheme, host and port of this site.
    pub fn is_same_origin(&self, url: &Url) -> bool {
        url.origin() == self.origin.origin()
    }

    /// The URL of a request. Segments and query values are percent-encoded here and nowhere else.
    pub fn url(&self, request: &Request) -> Url {
        let mut url = self.origin.clone();
        // a base that cannot have segments (`mailto:`) has been refused by `cloud`
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.clear().extend(&self.context).extend(request.generation.path()).extend(&request.segments);
        }
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        url
    }
}

/// `localhost` or a loopback address.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

/// An address that means this machine or its own network, written as a number or as `localhost` (S-16).
pub(super) fn is_internal(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => is_internal_v4(address),
        Some(Host::Ipv6(address)) => match address.to_ipv4_mapped() {
            Some(mapped) => is_internal_v4(mapped),
            None => {
                address.is_loopback()
                    || address.is_unspecified()
                    || address.is_unique_local()
                    || address.is_unicast_link_local()
            }
        },
        Some(Host::Domain(_)) => is_loopback(url),
        None => true,
    }
}

fn is_internal_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    let shared = first == 100 && (64..128).contains(&second);
    address.is_loopback() || address.is_private() || address.is_link_local() || first == 0 || shared
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_16_addresses_of_the_own_network_are_internal() {
        let inside = [
            "https://127.0.0.1/",
            "https://localhost/",
            "https://10.1.2.3/",
            "https://192.168.0.1/",
            "https://[::1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://[::ffff:127.0.0.1]/",
            "https://[fd00::1]/",
            "https://0.0.0.0/",
            "https://100.64.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "file:///etc/passwd",
        ];
        for address in inside {
            assert!(is_internal(&Url::parse(address).unwrap()), "{address}");
        }
        for address in ["https://api.media.atlassian.com/file", "https://93.184.216.34/", "https://[2606:2800::1]/"] {
            assert!(!is_internal(&Url::parse(address).unwrap()), "{address}");
        }
    }

    #[test]
    fn accepts_the_site_with_and_without_wiki() {
        for written in [
            "https://acme.atlassian.net",
            "https://acme.atlassian.net/",
            "https://ACME.atlassian.net/wiki",
            " https://acme.atlassian.net/wiki/ ",
        ] {
            let deployment = Deployment::cloud(written).unwrap();
            assert_eq!(deployment.base_url(), "https://acme.atlassian.net/wiki", "{written}");
            assert_eq!(deployment.host(), "acme.atlassian.net");
        }
    }

    #[test]
    fn plain_http_only_to_the_own_machine() {
        for allowed in ["http://localhost:8080", "http://127.0.0.1:1/wiki", "http://[::1]:9"] {
            assert!(Deployment::cloud(allowed).is_ok(), "{allowed}");
        }
        for refused in ["http://acme.atlassian.net", "http://127.0.0.1.evil.example", "ftp://localhost", "mailto:a@b"] {
            assert_eq!(Deployment::cloud(refused).unwrap_err(), BaseUrlError::NotHttps, "{refused}");
        }
    }

    #[test]
    fn refuses_credentials_queries_and_screens() {
        for refused in ["https://me:secret@acme.atlassian.net", "https://a.example/?x=1", "https://a.example/wiki#top"]
        {
            assert_eq!(Deployment::cloud(refused).unwrap_err(), BaseUrlError::Decorated, "{refused}");
        }
        assert_eq!(
            Deployment::cloud("https://a.example/wiki/spaces/ENG").unwrap_err(),
            BaseUrlError::Path { path: "/wiki/spaces/ENG".into() }
        );
        assert!(matches!(Deployment::cloud("acme").unwrap_err(), BaseUrlError::NotAUrl { .. }));
    }

    #[test]
    fn encodes_once_and_stays_below_its_base() {
        let deployment = Deployment::cloud("https://a.example").unwrap();
        let request = Request::v2(RequestKind::Pages, &["pages", "../../x", ".."]).with("cursor", "a=b+c&d e%3D");
        let url = deployment.url(&request);
        assert_eq!(url.as_str(), "https://a.example/wiki/api/v2/pages/..%2F..%2Fx?cursor=a%3Db%2Bc%26d+e%253D");
        let status = Request::comala(RequestKind::WorkflowStatus, &["content", "7", "status"]);
        assert_eq!(deployment.url(&status).as_str(), "https://a.example/wiki/rest/cw/1/content/7/status");
        assert_eq!(status.path(), "/rest/cw/1/content/7/status");
        let read_back: Vec<_> = url.query_pairs().into_owned().collect();
        assert_eq!(read_back, [("cursor".to_owned(), "a=b+c&d e%3D".to_owned())]);
    }
}
