//! Basic authentication as Confluence Cloud evaluates it.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::errors;
use super::indexed_site::Viewer;
use super::reply::Reply;
use super::request::Request;
use crate::site::Site;

/// Result of checking a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Credential {
    /// E-mail address and token match.
    Accepted,
    /// Missing, wrong, or of another scheme.
    Rejected,
    /// A Basic header that is not `base64(user:password)`.
    Malformed,
}

/// Checks the `Authorization` header. The case of the e-mail address is ignored.
pub(crate) fn check(site: &Site, authorization: Option<&str>) -> Credential {
    let Some((scheme, encoded)) = authorization.and_then(|header| header.split_once(' ')) else {
        return Credential::Rejected;
    };
    if !scheme.eq_ignore_ascii_case("basic") {
        return Credential::Rejected;
    }
    let decoded = BASE64_STANDARD.decode(encoded.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    match decoded.as_deref().and_then(|pair| pair.split_once(':')) {
        Some((email, token)) if email.is_empty() || token.is_empty() || token.contains(':') => Credential::Malformed,
        Some((email, token)) if email.eq_ignore_ascii_case(&site.email) && token == site.token => Credential::Accepted,
        Some(_) => Credential::Rejected,
        None => Credential::Malformed,
    }
}

/// Returns the viewer of a request, or the refusal.
pub(crate) fn viewer(site: &Site, request: &Request, credential: Credential) -> Result<Viewer, Reply> {
    match credential {
        Credential::Accepted if site.behaviour.scoped_token && !request.gateway => Err(errors::html_unauthorized()),
        Credential::Accepted => Ok(Viewer::Account),
        Credential::Rejected | Credential::Malformed if request.gateway => Err(errors::unauthorized()),
        Credential::Malformed => Err(errors::html_unauthorized()),
        Credential::Rejected if site.behaviour.anonymous_access => Ok(Viewer::Anonymous),
        Credential::Rejected if request.path.starts_with("/wiki/api/v2/") => Err(errors::v2_rejected()),
        Credential::Rejected => Err(errors::v1_rejected()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basic(pair: &str) -> String {
        format!("Basic {}", BASE64_STANDARD.encode(pair))
    }

    #[test]
    fn only_the_token_is_case_sensitive() {
        let site = Site::new();
        assert_eq!(check(&site, Some(&basic("Admin@Example.com:demo-token"))), Credential::Accepted);
        assert_eq!(check(&site, Some(&basic("admin@example.com:Demo-Token"))), Credential::Rejected);
    }

    #[test]
    fn missing_and_wrong_credentials_are_rejected_and_malformed_ones_malformed() {
        let site = Site::new();
        assert_eq!(check(&site, None), Credential::Rejected);
        assert_eq!(check(&site, Some("Bearer demo-token")), Credential::Rejected);
        assert_eq!(check(&site, Some("Basic ???")), Credential::Malformed);
        assert_eq!(check(&site, Some(&basic("admin@example.com:"))), Credential::Malformed);
        assert_eq!(check(&site, Some(&basic("a:b:c"))), Credential::Malformed);
    }
}
