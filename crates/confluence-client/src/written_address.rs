//! The address of a site as a person writes it, checked before any request.

use thiserror::Error;
use url::Url;

use super::address::SiteAddress;
use super::network::{is_loopback, is_this_computer};

/// Host of Atlassian's gateway.
const GATEWAY_HOST: &str = "api.atlassian.com";
/// Path of Confluence sites on the gateway; the cloud id follows.
const GATEWAY_PATH: [&str; 2] = ["ex", "confluence"];
/// Context path of Confluence Cloud.
const CLOUD_CONTEXT: &str = "wiki";
/// Path segments with which the address of a page, or of an endpoint, continues after the address of the site.
const BELOW_A_SITE: &[&str] =
    &["spaces", "display", "pages", "x", "rest", "api", "plugins", "download", "label", "people", "users", "admin"];

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
    /// Atlassian's gateway without the id of a site.
    #[error("it is the gateway, which serves many sites, and no cloud id says which")]
    NoCloudId,
    /// A cloud id that cannot be one.
    #[error("the cloud id is not one: it consists of letters, digits and hyphens")]
    CloudId,
    /// The address of a page, or of another product on an Atlassian host.
    #[error("it names a page or another product, not a site of Confluence")]
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
            Self::NoCloudId => {
                "set base_url to the address of the site, https://your-domain.atlassian.net/wiki, or set cloud_id"
                    .to_owned()
            }
            Self::CloudId => "leave cloud_id out: it is read from the site; or copy it from \
                 https://your-domain.atlassian.net/_edge/tenant_info"
                .to_owned(),
            Self::Path { site } => format!("use {site}"),
        }
    }
}

/// What the path of an address of the gateway names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GatewayPath {
    /// The cloud id of a site, if it has one.
    pub(crate) cloud_id: Option<String>,
}

/// An address as written, checked, of which it is not known yet what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WrittenAddress {
    /// The origin, with the path `/`.
    pub(crate) origin: Url,
    /// The segments of the context path; none for the gateway.
    pub(crate) context: Vec<String>,
    /// For an address of the gateway: the cloud id, if it has one.
    pub(crate) gateway: Option<GatewayPath>,
}

impl WrittenAddress {
    /// Checks an address. http is accepted for this computer only: elsewhere it would expose the token.
    pub(crate) fn parse(text: &str) -> Result<Self, BaseUrlError> {
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
        let path: Vec<String> =
            url.path().split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect();
        let mut origin = url;
        origin.set_path("/");
        // any other host with this path is a site of its own, whose secret must not reach Atlassian's hosts
        let is_local_gateway = is_this_computer(&origin) && path.iter().map(String::as_str).take(2).eq(GATEWAY_PATH);
        if origin.host_str() == Some(GATEWAY_HOST) || is_local_gateway {
            return Self::on_gateway(origin, &path);
        }
        let is_below = |segment: &String| BELOW_A_SITE.contains(&segment.as_str()) || segment.ends_with(".action");
        let site = |context: &[String]| Self { origin: origin.clone(), context: context.to_vec(), gateway: None };
        let refused = |context: &[String]| BaseUrlError::Path { site: site(context).text() };
        let on_atlassian_host = origin.host_str().is_some_and(|host| host.ends_with(".atlassian.net"));
        if on_atlassian_host && !matches!(path.as_slice(), [] | [_]) {
            return Err(refused(&[CLOUD_CONTEXT.to_owned()]));
        }
        match (on_atlassian_host, path.first().map(String::as_str)) {
            (true, None | Some(CLOUD_CONTEXT)) => return Ok(site(&[CLOUD_CONTEXT.to_owned()])),
            (true, Some(_)) => return Err(refused(&[CLOUD_CONTEXT.to_owned()])),
            (false, _) => {}
        }
        match path.iter().position(is_below) {
            Some(end) => Err(refused(&path[..end])),
            None => Ok(site(&path)),
        }
    }

    fn on_gateway(origin: Url, path: &[String]) -> Result<Self, BaseUrlError> {
        let words: Vec<&str> = path.iter().map(String::as_str).collect();
        let cloud_id = match words.as_slice() {
            [] | ["ex"] | ["ex", "confluence"] => None,
            ["ex", "confluence", id] | ["ex", "confluence", id, CLOUD_CONTEXT] => Some(checked_cloud_id(id)?),
            ["ex", _, id, ..] => {
                let site = format!("{}/ex/confluence/{id}/wiki", origin.origin().ascii_serialization());
                return Err(BaseUrlError::Path { site });
            }
            _ => {
                return Err(BaseUrlError::Path { site: "the address of the site, as in a browser".to_owned() });
            }
        };
        Ok(Self { origin, context: Vec::new(), gateway: Some(GatewayPath { cloud_id }) })
    }

    /// Returns the address as text without a trailing slash.
    pub(crate) fn text(&self) -> String {
        match &self.gateway {
            Some(GatewayPath { cloud_id: Some(id) }) => {
                below(&self.origin, &[GATEWAY_PATH[0], GATEWAY_PATH[1], id, CLOUD_CONTEXT])
            }
            Some(GatewayPath { cloud_id: None }) => below(&self.origin, &GATEWAY_PATH),
            None => below(&self.origin, &self.context),
        }
    }

    /// Returns whether the host is Atlassian's, which serves Confluence Cloud only.
    pub(crate) fn is_atlassian_host(&self) -> bool {
        self.origin.host_str().is_some_and(|host| host.ends_with(".atlassian.net"))
    }

    /// Returns whether the host is this computer.
    pub(crate) fn is_local(&self) -> bool {
        is_loopback(&self.origin)
    }

    /// Returns the site as Confluence Cloud at its own host.
    pub(crate) fn cloud(&self) -> SiteAddress {
        SiteAddress::at(&self.origin, &[CLOUD_CONTEXT])
    }

    /// Returns the site as Confluence Data Center below a context path.
    pub(crate) fn data_center(&self, context: &[String]) -> SiteAddress {
        SiteAddress::at(&self.origin, context)
    }

    /// Returns the gateway to a site. Without a site of its own, the address of the gateway also stands for the site.
    pub(crate) fn through(&self, gateway: &Url, cloud_id: &str) -> SiteAddress {
        let on_gateway = SiteAddress::at(gateway, &[GATEWAY_PATH[0], GATEWAY_PATH[1], cloud_id, CLOUD_CONTEXT]);
        if self.gateway.is_some() { on_gateway } else { on_gateway.of_site(self) }
    }
}

/// Returns the cloud id if it can be one: it becomes part of request paths.
pub(crate) fn checked_cloud_id(id: &str) -> Result<String, BaseUrlError> {
    let valid = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if valid { Ok(id.to_owned()) } else { Err(BaseUrlError::CloudId) }
}

/// Returns the origin of one of Atlassian's hosts, which a test may have on this computer.
pub(crate) fn checked_origin(text: &str) -> Result<Url, BaseUrlError> {
    let mut written = WrittenAddress::parse(text)?.origin;
    written.set_path("/");
    Ok(written)
}

/// Returns an address below an origin as text, without a trailing slash.
pub(crate) fn below<S: AsRef<str>>(origin: &Url, path: &[S]) -> String {
    let path: Vec<&str> = path.iter().map(AsRef::as_ref).collect();
    format!("{}/{}", origin.origin().ascii_serialization(), path.join("/")).trim_end_matches('/').to_owned()
}
