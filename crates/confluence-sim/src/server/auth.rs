//! Evaluates the credential of each request, as Confluence Cloud, its gateway and Data Center do.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::handler::Shared;
use super::indexed_site::Viewer;
use super::listeners::Listener;
use super::reply::Reply;
use super::request::Request;
use super::tokens::IssuedTokens;
use super::{auth_cloud, auth_data_center, auth_gateway, errors};
use crate::site::Site;

/// The form in which a request carried a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CredentialForm {
    /// The request carried none.
    None,
    /// User name or e-mail address, with a password or token.
    Basic,
    /// A token alone.
    Bearer,
    /// Id and secret of a client, in the body.
    ClientSecret,
    /// An `Authorization` header that is none of these.
    Other,
}

/// What the credential of a request permits.
#[derive(Debug)]
pub(crate) struct Access {
    pub(crate) form: CredentialForm,
    /// Whether the credential is valid, even if it does not permit this request.
    pub(crate) is_accepted: bool,
    /// As whom the request is answered, or the refusal.
    pub(crate) viewer: Result<Viewer, Reply>,
}

/// What the server remembers about earlier requests.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    pub(crate) tokens: IssuedTokens,
    /// Data Center: failed logins since the last successful one.
    pub(crate) failed_logins: u32,
}

/// The credential in an `Authorization` header.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Header<'r> {
    /// There is no header.
    Missing,
    /// A pair, as decoded.
    Basic(String, String),
    /// A Basic header that is not `base64(user:secret)`.
    MalformedBasic,
    /// A token.
    Bearer(&'r str),
    /// Another scheme.
    Other,
}

impl<'r> Header<'r> {
    /// Reads a header.
    pub(crate) fn read(authorization: Option<&'r str>) -> Self {
        let Some(header) = authorization else { return Self::Missing };
        match header.split_once(' ') {
            Some((scheme, encoded)) if scheme.eq_ignore_ascii_case("basic") => {
                pair(encoded.trim()).map_or(Self::MalformedBasic, |(user, secret)| Self::Basic(user, secret))
            }
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Self::Bearer(token.trim()),
            _ => Self::Other,
        }
    }

    fn form(&self) -> CredentialForm {
        match self {
            Self::Missing => CredentialForm::None,
            Self::Basic(..) | Self::MalformedBasic => CredentialForm::Basic,
            Self::Bearer(_) => CredentialForm::Bearer,
            Self::Other => CredentialForm::Other,
        }
    }
}

/// Decodes a Basic pair; neither part may be empty.
fn pair(encoded: &str) -> Option<(String, String)> {
    let decoded = String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()?;
    let (user, secret) = decoded.split_once(':')?;
    (!user.is_empty() && !secret.is_empty()).then(|| (user.to_owned(), secret.to_owned()))
}

/// Whether the pair is the e-mail address of the account, in any case, with this secret.
pub(crate) fn is_account(site: &Site, user: &str, secret: &str, expected: Option<&str>) -> bool {
    user.eq_ignore_ascii_case(&site.email) && expected == Some(secret)
}

/// Evaluates the credential of a request.
pub(crate) fn evaluate(shared: &Shared, request: &Request, listener: Listener) -> Access {
    evaluate_header(shared, request, listener, request.authorization.as_deref())
}

/// Evaluates a request as if it carried no credential.
#[cfg(feature = "faults")]
pub(crate) fn reject(shared: &Shared, request: &Request, listener: Listener) -> Access {
    evaluate_header(shared, request, listener, None)
}

fn evaluate_header(shared: &Shared, request: &Request, listener: Listener, authorization: Option<&str>) -> Access {
    let header = Header::read(authorization);
    let form = if request.client_credentials().is_some() { CredentialForm::ClientSecret } else { header.form() };
    let indexed = shared.indexed();
    let mut sessions = shared.sessions();
    let site = &indexed.site;
    let (is_accepted, viewer) = match listener {
        Listener::Media | Listener::Auth => (false, Err(errors::unauthorized())),
        Listener::Site if shared.served_as.is_data_center() => {
            auth_data_center::evaluate(site, indexed.context(), &mut sessions, request, &header)
        }
        Listener::Site if !request.gateway => auth_cloud::evaluate(site, shared.clock.now(), request, &header),
        Listener::Site | Listener::Gateway => {
            auth_gateway::evaluate(site, &mut sessions.tokens, request, &header, listener == Listener::Site)
        }
    };
    Access { form, is_accepted, viewer }
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
        assert!(is_account(&site, "Admin@Example.com", "demo-token", Some("demo-token")));
        assert!(!is_account(&site, "admin@example.com", "Demo-Token", Some("demo-token")));
        assert!(!is_account(&site, "admin@example.com", "demo-token", None));
    }

    #[test]
    fn headers_are_read_by_scheme_and_malformed_pairs_are_told_apart() {
        assert_eq!(Header::read(None), Header::Missing);
        assert_eq!(Header::read(Some("bearer  demo-token")), Header::Bearer("demo-token"));
        assert_eq!(Header::read(Some("Digest x")), Header::Other);
        assert_eq!(Header::read(Some("Basic ???")), Header::MalformedBasic);
        assert_eq!(Header::read(Some(&basic("admin@example.com:"))), Header::MalformedBasic);
        assert_eq!(Header::read(Some(&basic(":secret"))), Header::MalformedBasic);
        assert_eq!(Header::read(Some(&basic("a:b:c"))), Header::Basic("a".to_owned(), "b:c".to_owned()));
    }
}
