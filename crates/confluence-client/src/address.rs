//! Address of a site: one origin with its context path, checked before any request.
//!
//! The origin is fixed here once, and every request URL is built below it from path segments and query pairs. Nothing
//! that the server sends can change where a request with credentials goes (F-44).

use std::net::{IpAddr, Ipv4Addr};

use thiserror::Error;
use url::{Host, Url};

use super::request::Request;

/// Host of the gateway for scoped tokens.
const GATEWAY_HOST: &str = "api.atlassian.com";

/// Why an address cannot be used for a site. Never contains the address: it may contain a password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BaseUrlError {
    /// Not a URL with a host.
    #[error("it is not a web address")]
    NotAUrl,
    /// http to another computer.
    #[error("http:// is allowed for localhost only: it would expose the token")]
    PlainHttp,
    /// Neither https nor http.
    #[error("its scheme is not https")]
    Scheme,
    /// User name or password.
    #[error("it contains a user name or password")]
    Credentials,
    /// A query or a fragment.
    #[error("it has a part after ? or #")]
    Decorated,
    /// Atlassian's gateway.
    #[error("it is the gateway for scoped tokens, which this version does not support")]
    Gateway,
    /// A path other than `/wiki`.
    #[error("it names a page or another product, not a site of Confluence Cloud")]
    Path {
        /// The address of the site on that host.
        site: String,
    },
}

impl BaseUrlError {
    /// Returns what to do, in one line.
    pub fn remedy(&self) -> String {
        match self {
            Self::NotAUrl => "use the full address, such as https://your-domain.atlassian.net/wiki".to_owned(),
            Self::PlainHttp => "use https:// instead of http://".to_owned(),
            Self::Scheme => "begin the address with https://".to_owned(),
            Self::Credentials => "remove everything up to the @, and set api_user and api_token instead".to_owned(),
            Self::Decorated => "remove that part: only the address of the site is needed".to_owned(),
            Self::Gateway => {
                "use the address of the site, https://your-domain.atlassian.net/wiki, and a token without scopes"
                    .to_owned()
            }
            Self::Path { site } => format!("use {site}; this version does not read Confluence Data Center"),
        }
    }
}

/// The address of a site in its canonical form, by which requests, cache and history identify it: scheme, host, port
/// and context path, which is `/wiki` on Confluence Cloud under any domain.
#[derive(Debug, Clone)]
pub struct SiteAddress {
    origin: Url,
    context: &'static str,
    base_url: String,
}

impl SiteAddress {
    /// Parses an address, with or without `/wiki` and a trailing slash.
    ///
    /// http is accepted for this computer only: elsewhere it would expose the token.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let url = Url::parse(text.trim()).ok().filter(Url::has_host).ok_or(BaseUrlError::NotAUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if is_this_computer(&url) => {}
            "http" => return Err(BaseUrlError::PlainHttp),
            _ => return Err(BaseUrlError::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlError::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::Decorated);
        }
        if url.host_str() == Some(GATEWAY_HOST) {
            return Err(BaseUrlError::Gateway);
        }
        let base_url = format!("{}/wiki", url.origin().ascii_serialization());
        if !matches!(url.path().trim_end_matches('/'), "" | "/wiki") {
            return Err(BaseUrlError::Path { site: base_url });
        }
        let mut origin = url;
        origin.set_path("/");
        Ok(Self { origin, context: "wiki", base_url })
    }

    /// Returns the base URL with its context path and without a trailing slash, e.g. `https://acme.atlassian.net/wiki`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Returns the host, in lower case.
    pub fn host(&self) -> &str {
        self.origin.host_str().unwrap_or_default()
    }

    /// Returns whether the host is Atlassian's, which serves Confluence Cloud only.
    pub(crate) fn is_atlassian_host(&self) -> bool {
        self.host().ends_with(".atlassian.net")
    }

    /// Returns whether the site is on this computer, like the sample site.
    pub(crate) fn is_local(&self) -> bool {
        is_loopback(&self.origin)
    }

    /// Returns whether `url` has the scheme, host and port of this site.
    pub(crate) fn is_same_origin(&self, url: &Url) -> bool {
        url.origin() == self.origin.origin()
    }

    /// Returns the URL of a request. Segments and query values are percent-encoded here and nowhere else.
    pub(crate) fn url(&self, request: &Request) -> Url {
        let mut url = self.origin.clone();
        // an address that cannot have segments (`mailto:`) has been refused by `parse`
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.clear().push(self.context).extend(request.family.path()).extend(&request.segments);
        }
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        url
    }
}

/// Returns whether the address always means this computer; names below `localhost` could be resolved elsewhere.
fn is_this_computer(url: &Url) -> bool {
    is_loopback(url) && url.domain().is_none_or(|name| name == "localhost")
}

/// Returns whether the host is `localhost`, a name below it, or a loopback address.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

/// Returns whether the host is `localhost` or an IP address of this computer or a private network.
pub(crate) fn is_internal(url: &Url) -> bool {
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
    use crate::request_kind::RequestKind;

    #[test]
    fn addresses_of_private_networks_are_internal() {
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
            let site = SiteAddress::parse(written).unwrap();
            assert_eq!(site.base_url(), "https://acme.atlassian.net/wiki", "{written}");
            assert_eq!(site.host(), "acme.atlassian.net");
        }
    }

    #[test]
    fn http_is_allowed_for_this_computer_only() {
        for allowed in ["http://localhost:8080", "http://127.0.0.1:1/wiki", "http://[::1]:9"] {
            assert!(SiteAddress::parse(allowed).is_ok(), "{allowed}");
        }
        for refused in ["http://acme.atlassian.net", "http://127.0.0.1.evil.example", "http://a.localhost"] {
            assert_eq!(SiteAddress::parse(refused).unwrap_err(), BaseUrlError::PlainHttp, "{refused}");
        }
        assert_eq!(SiteAddress::parse("ftp://localhost").unwrap_err(), BaseUrlError::Scheme);
    }

    #[test]
    fn refuses_credentials_queries_and_paths() {
        for (refused, why) in [
            ("https://me:secret@acme.atlassian.net", BaseUrlError::Credentials),
            ("https://a.example/?x=1", BaseUrlError::Decorated),
            ("https://a.example/wiki#top", BaseUrlError::Decorated),
            ("https://a.example/wiki/spaces/ENG", BaseUrlError::Path { site: "https://a.example/wiki".into() }),
            ("https://api.atlassian.com/ex/confluence/1/wiki", BaseUrlError::Gateway),
            ("acme", BaseUrlError::NotAUrl),
            ("mailto:a@b", BaseUrlError::NotAUrl),
        ] {
            assert_eq!(SiteAddress::parse(refused).unwrap_err(), why, "{refused}");
        }
    }

    #[test]
    fn encodes_once_and_stays_below_its_base() {
        let site = SiteAddress::parse("https://a.example").unwrap();
        let request = Request::v2(RequestKind::Pages, &["pages", "../../x", ".."]).with("cursor", "a=b+c&d e%3D");
        let url = site.url(&request);
        assert_eq!(url.as_str(), "https://a.example/wiki/api/v2/pages/..%2F..%2Fx?cursor=a%3Db%2Bc%26d+e%253D");
        let status = Request::comala(RequestKind::WorkflowStatus, &["content", "7", "status"]);
        assert_eq!(site.url(&status).as_str(), "https://a.example/wiki/rest/cw/1/content/7/status");
        assert_eq!(status.path(), "/rest/cw/1/content/7/status");
        let read_back: Vec<_> = url.query_pairs().into_owned().collect();
        assert_eq!(read_back, [("cursor".to_owned(), "a=b+c&d e%3D".to_owned())]);
    }
}
