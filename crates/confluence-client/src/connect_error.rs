//! Why no connection to a site was made.

use std::fmt;

use secrecy::ExposeSecret;

use super::credentials::Credentials;
use super::deployment::Deployment;
use super::error::RequestError;
use super::refusal::NonApiResponder;
use super::settings::ClientError;
use super::written_address::BaseUrlError;

/// How the API tokens of personal accounts begin.
const ACCOUNT_TOKEN: &str = "ATATT";

/// What kind of problem it is, by who can solve it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectErrorKind {
    /// The settings contradict each other or the site.
    Usage,
    /// The site does not accept the credentials.
    Authentication,
    /// The site, or a host that it needs, did not respond.
    Unreachable,
}

/// A form of the credentials that was tried, and how the site responded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedForm {
    /// Address and form in words, such as `https://acme.atlassian.net/wiki, with an e-mail address and an API token`.
    pub form: String,
    /// Why it was not accepted.
    pub outcome: String,
}

/// Why no connection was made: what happened and why, and what to do, in one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectError {
    /// What kind of problem it is.
    pub kind: ConnectErrorKind,
    /// What happened and why.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// The failed request, if one was sent.
    pub cause: Option<Box<RequestError>>,
    /// The forms of the credentials that were tried, each with one authenticated request.
    pub tried: Vec<TriedForm>,
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConnectError {}

impl ConnectError {
    /// Returns an error in the settings.
    pub(super) fn usage(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            kind: ConnectErrorKind::Usage,
            message: message.into(),
            remedy: remedy.into(),
            cause: None,
            tried: vec![],
        }
    }

    /// Returns the error with more about what happened.
    pub(super) fn noting(mut self, what: &str) -> Self {
        self.message.push_str(what);
        self
    }
}

impl From<RequestError> for ConnectError {
    fn from(error: RequestError) -> Self {
        let is_login_page = matches!(&error, RequestError::NotJson { who: NonApiResponder::Login, .. });
        let kind = if error.is_auth_lost() || error.is_denied() || is_login_page {
            ConnectErrorKind::Authentication
        } else {
            ConnectErrorKind::Unreachable
        };
        Self {
            kind,
            message: error.to_string(),
            remedy: error.remedy().to_owned(),
            cause: Some(Box::new(error)),
            tried: vec![],
        }
    }
}

impl From<BaseUrlError> for ConnectError {
    fn from(error: BaseUrlError) -> Self {
        Self::usage(format!("the address of the site cannot be used: {error}"), error.remedy())
    }
}

impl From<ClientError> for ConnectError {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::BaseUrl(error) => error.into(),
            // this computer cannot connect to anything; as for any other setting that is wrong, nothing was sent
            ClientError::Setup(error) => Self { kind: ConnectErrorKind::Usage, ..error.into() },
        }
    }
}

/// Returns what to do about a refused form of the credentials, if more is known than from the refusal itself. `is_fixed`:
/// the settings say which kind of site it is. `is_foreign`: the credentials may not go to the gateway.
pub(super) fn remedy_of_form(
    error: &RequestError,
    credentials: &Credentials,
    deployment: Deployment,
    is_fixed: bool,
    is_foreign: bool,
) -> Option<&'static str> {
    let is_unexplained = matches!(error, RequestError::Unauthenticated { .. });
    let is_no_site = matches!(error, RequestError::NotJson { who: NonApiResponder::NoConfluence, .. });
    let remedy = match (credentials, deployment) {
        (Credentials::Bearer { secret }, Deployment::Gateway)
            if error.is_auth_lost() && secret.expose_secret().starts_with(ACCOUNT_TOKEN) =>
        {
            "set api_user to the e-mail address of the account: its API token is valid only together with it"
        }
        (Credentials::Bearer { .. }, _) if is_unexplained => {
            "check that the token is complete and of this site, and has not expired or been revoked; if it belongs to an \
             account together with a user name or e-mail address, set api_user"
        }
        (Credentials::Basic { .. }, Deployment::Cloud) if is_unexplained && is_fixed => {
            "check that the e-mail address and the token belong together, and that the token has not expired; if it has \
             scopes, remove deployment: only the gateway accepts it"
        }
        (Credentials::Basic { .. }, Deployment::Cloud) if is_unexplained && is_foreign => {
            "check that the e-mail address and the token belong together, and that the token has not expired; if it has \
             scopes, set deployment = gateway: this host is not Atlassian's, so the token went no further"
        }
        (Credentials::Basic { .. }, Deployment::Gateway) if is_unexplained && is_fixed => {
            "check that the e-mail address and the token belong together, and that the token has not expired; if it has \
             no scopes, use it at the site: remove deployment"
        }
        (_, Deployment::Gateway) if is_no_site => {
            "check the cloud id: it is `cloudId` at https://your-domain.atlassian.net/_edge/tenant_info"
        }
        _ => return None,
    };
    Some(remedy)
}
