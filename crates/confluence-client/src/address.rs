//! Address of a site: one origin with its context path, and the origin and prefix of its requests.
//!
//! The origin is fixed here once, and every request URL is built below it from path segments and query pairs. Nothing
//! that the server sends can change where a request with credentials goes (F-44).

use url::Url;

use super::deployment::Deployment;
use super::links::SiteLinks;
use super::network::is_loopback;
use super::request::Request;
use super::settings::ConnectionSettings;
use super::written_address::{BaseUrlError, GatewayPath, WrittenAddress, below, checked_cloud_id, checked_origin};

/// The address of a site in its canonical form: as in a browser, by which cache and history identify the site, and the
/// prefix of the URLs of requests, which differs on the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteAddress {
    /// Origin of the site in a browser.
    origin: Url,
    /// The site in a browser: origin and context path.
    base_url: String,
    /// Prefix of the URLs of requests.
    api: Url,
}

impl SiteAddress {
    /// Parses the address of a site as far as its text says what it is: an address without a path, or with `/wiki`, is
    /// one of Confluence Cloud, any other path that of Data Center. [`Api::connect`](crate::Api::connect) asks the site.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let written = WrittenAddress::parse(text)?;
        match &written.gateway {
            Some(GatewayPath { cloud_id: Some(id) }) => Ok(written.through(&written.origin, id)),
            Some(GatewayPath { cloud_id: None }) => Err(BaseUrlError::NoCloudId),
            None if written.context.is_empty() => Ok(written.cloud()),
            None => Ok(written.data_center(&written.context)),
        }
    }

    /// Checks an address and returns it without a trailing slash. Whether it is complete is known only after
    /// [`Api::connect`](crate::Api::connect), which returns the canonical form.
    pub fn check(text: &str) -> Result<String, BaseUrlError> {
        WrittenAddress::parse(text).map(|written| written.text())
    }

    /// Returns the address that the settings name, without asking the site.
    pub(crate) fn of(settings: &ConnectionSettings) -> Result<Self, BaseUrlError> {
        let written = WrittenAddress::parse(&settings.base_url)?;
        match settings.deployment {
            Some(Deployment::DataCenter) => Ok(written.data_center(&written.context)),
            Some(Deployment::Gateway) => {
                let gateway = match &written.gateway {
                    Some(_) => written.origin.clone(),
                    None => checked_origin(&settings.atlassian.gateway)?,
                };
                let id = settings.cloud_id.clone().or_else(|| written.gateway.as_ref()?.cloud_id.clone());
                Ok(written.through(&gateway, &checked_cloud_id(&id.ok_or(BaseUrlError::NoCloudId)?)?))
            }
            Some(Deployment::Cloud) | None => Self::parse(&settings.base_url),
        }
    }

    /// Returns the address of a site whose requests go to the same place.
    pub(crate) fn at<S: AsRef<str>>(origin: &Url, context: &[S]) -> Self {
        let mut api = origin.clone();
        api.set_path(&context.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("/"));
        Self { origin: origin.clone(), base_url: below(origin, context), api }
    }

    /// Returns the address with the site in a browser that the server names, for requests through the gateway.
    pub(crate) fn of_site(&self, site: &WrittenAddress) -> Self {
        Self { api: self.api.clone(), ..site.cloud() }
    }

    /// Returns the address in a browser with its context path and without a trailing slash, such as
    /// `https://acme.atlassian.net/wiki`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Returns the prefix of the URLs of requests, without a trailing slash; the base URL except on the gateway.
    pub fn api_url(&self) -> &str {
        self.api.as_str().trim_end_matches('/')
    }

    /// Returns the context path in a browser: `/wiki` on Confluence Cloud, such as `/confluence` or nothing elsewhere.
    pub fn context(&self) -> &str {
        self.base_url.strip_prefix(&self.origin.origin().ascii_serialization()).unwrap_or_default()
    }

    /// Returns the host of the site, in lower case.
    pub fn host(&self) -> &str {
        self.origin.host_str().unwrap_or_default()
    }

    /// Returns the host that requests are sent to.
    pub fn api_host(&self) -> &str {
        self.api.host_str().unwrap_or_default()
    }

    /// Returns whether requests go through the gateway.
    pub fn is_gateway(&self) -> bool {
        self.api.path().starts_with("/ex/confluence/")
    }

    /// Returns whether the host is Atlassian's, which serves Confluence Cloud only.
    pub(crate) fn is_atlassian_host(&self) -> bool {
        self.is_gateway() || self.host().ends_with(".atlassian.net")
    }

    /// Returns whether requests go to this computer, like those to the sample site.
    pub(crate) fn is_local(&self) -> bool {
        is_loopback(&self.api)
    }

    /// Returns whether `url` has the scheme, host and port of this site, or of the gateway in front of it.
    pub(crate) fn is_same_origin(&self, url: &Url) -> bool {
        url.origin() == self.api.origin() || url.origin() == self.origin.origin()
    }

    /// Returns the URL of a path that the site returned, such as that of a file; `None` unless it is below the base URL, at
    /// the host that receives the credentials.
    pub(crate) fn own_path(&self, path: &str) -> Option<Url> {
        let links = SiteLinks::new(&self.base_url, Deployment::DataCenter);
        let (url, base) = (Url::parse(&links.path(path)?).ok()?, Url::parse(&self.base_url).ok()?);
        let context = base.path().trim_end_matches('/');
        let is_below = url.path().strip_prefix(context).is_some_and(|rest| rest.starts_with('/'));
        (is_below && url.origin() == self.api.origin()).then_some(url)
    }

    /// Returns the URL of a request. Segments and query values are percent-encoded here and nowhere else.
    pub(crate) fn url(&self, request: &Request) -> Url {
        let mut url = self.api.clone();
        // an address that cannot have segments (`mailto:`) has been refused by `parse`
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(request.family.path()).extend(&request.segments);
        }
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::Credentials;
    use crate::request_kind::RequestKind;

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
    fn the_path_says_where_requests_go_and_what_a_browser_shows() {
        for (written, site, api, context) in [
            ("https://a.example", "https://a.example/wiki", "https://a.example/wiki", "/wiki"),
            (
                "https://a.example/confluence/",
                "https://a.example/confluence",
                "https://a.example/confluence",
                "/confluence",
            ),
            ("https://a.example/x1/y", "https://a.example/x1/y", "https://a.example/x1/y", "/x1/y"),
        ] {
            let address = SiteAddress::parse(written).unwrap();
            assert_eq!((address.base_url(), address.api_url(), address.context()), (site, api, context));
        }
        for written in
            ["https://api.atlassian.com/ex/confluence/1-a", "https://api.atlassian.com/ex/confluence/1-a/wiki/"]
        {
            let address = SiteAddress::parse(written).unwrap();
            assert_eq!(address.api_url(), "https://api.atlassian.com/ex/confluence/1-a/wiki");
            assert!(address.is_gateway() && address.is_atlassian_host());
        }
    }

    #[test]
    fn only_atlassians_host_and_this_computer_are_a_gateway() {
        for (written, is_gateway) in [
            ("https://api.atlassian.com/ex/confluence/1-a/wiki", true),
            ("http://127.0.0.1:8080/ex/confluence/1-a/wiki", true),
            ("https://wiki.example.com/ex/confluence/1-a/wiki", false),
            ("https://wiki.example.com/ex/confluence", false),
        ] {
            let address = WrittenAddress::parse(written).unwrap();
            assert_eq!(address.gateway.is_some(), is_gateway, "{written}");
        }
    }

    #[test]
    fn the_settings_decide_where_requests_go_without_asking_the_site() {
        let of = |base_url: &str, deployment, cloud_id: Option<&str>| {
            let settings = ConnectionSettings::new(base_url, Credentials::bearer("token".into()));
            SiteAddress::of(&ConnectionSettings {
                deployment: Some(deployment),
                cloud_id: cloud_id.map(str::to_owned),
                ..settings
            })
        };
        let gateway = of("https://acme.atlassian.net", Deployment::Gateway, Some("1-a")).unwrap();
        assert_eq!(gateway.base_url(), "https://acme.atlassian.net/wiki");
        let request = Request::v2(RequestKind::Pages, &["pages"]);
        let url = "https://api.atlassian.com/ex/confluence/1-a/wiki/api/v2/pages";
        assert_eq!(gateway.url(&request).as_str(), url);
        assert!(gateway.is_same_origin(&"https://acme.atlassian.net/wiki/x".parse().unwrap()));
        let error = of("https://acme.atlassian.net", Deployment::Gateway, None).unwrap_err();
        assert_eq!(error, BaseUrlError::NoCloudId);
        let root = of("https://wiki.example.com", Deployment::DataCenter, None).unwrap();
        assert_eq!(
            root.url(&Request::v1(RequestKind::Pages, &["content"])).as_str(),
            "https://wiki.example.com/rest/api/content"
        );
        assert_eq!((root.base_url(), root.context()), ("https://wiki.example.com", ""));
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
            ("https://a.example/display/ENG/Home", BaseUrlError::Path { site: "https://a.example".into() }),
            ("https://a.example/c/pages/viewpage.action", BaseUrlError::Path { site: "https://a.example/c".into() }),
            ("https://acme.atlassian.net/jira", BaseUrlError::Path { site: "https://acme.atlassian.net/wiki".into() }),
            ("https://api.atlassian.com", BaseUrlError::NoCloudId),
            ("https://api.atlassian.com/ex/confluence/a%20b", BaseUrlError::CloudId),
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
