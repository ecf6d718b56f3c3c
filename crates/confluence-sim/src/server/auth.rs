//! Who asks: Basic authentication as Confluence Cloud evaluates it.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::errors;
use super::reply::Reply;
use super::request::Request;
use super::served::Viewer;
use crate::site::Site;

/// How a credential was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Credential {
    /// E-mail and token fit.
    Accepted,
    /// None, a wrong pair, or another scheme.
    Rejected,
    /// A Basic header that is no `base64(user:password)`.
    Unparseable,
}

/// Judges the `Authorization` header. The e-mail is compared without regard to case.
pub(crate) fn judge(site: &Site, authorization: Option<&str>) -> Credential {
    let Some((scheme, encoded)) = authorization.and_then(|header| header.split_once(' ')) else {
        return Credential::Rejected;
    };
    if !scheme.eq_ignore_ascii_case("basic") {
        return Credential::Rejected;
    }
    let decoded = BASE64_STANDARD.decode(encoded.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    match decoded.as_deref().and_then(|pair| pair.split_once(':')) {
        Some((email, token)) if email.is_empty() || token.is_empty() || token.contains(':') => Credential::Unparseable,
        Some((email, token)) if email.eq_ignore_ascii_case(&site.email) && token == site.token => Credential::Accepted,
        Some(_) => Credential::Rejected,
        None => Credential::Unparseable,
    }
}

/// The viewer a request is answered for, or the refusal.
pub(crate) fn viewer(site: &Site, request: &Request, credential: Credential) -> Result<Viewer, Reply> {
    match credential {
        Credential::Accepted if site.behaviour.scoped_token && !request.gateway => Err(errors::html_unauthorized()),
        Credential::Accepted => Ok(Viewer::Account),
        Credential::Rejected | Credential::Unparseable if request.gateway => Err(errors::unauthorized()),
        Credential::Unparseable => Err(errors::html_unauthorized()),
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
    fn the_email_has_no_case_the_token_has() {
        let site = Site::new();
        assert_eq!(judge(&site, Some(&basic("Admin@Example.com:demo-token"))), Credential::Accepted);
        assert_eq!(judge(&site, Some(&basic("admin@example.com:Demo-Token"))), Credential::Rejected);
    }

    #[test]
    fn missing_and_foreign_credentials_are_rejected_broken_ones_are_unparseable() {
        let site = Site::new();
        assert_eq!(judge(&site, None), Credential::Rejected);
        assert_eq!(judge(&site, Some("Bearer demo-token")), Credential::Rejected);
        assert_eq!(judge(&site, Some("Basic ???")), Credential::Unparseable);
        assert_eq!(judge(&site, Some(&basic("admin@example.com:"))), Credential::Unparseable);
        assert_eq!(judge(&site, Some(&basic("a:b:c"))), Credential::Unparseable);
    }
}
