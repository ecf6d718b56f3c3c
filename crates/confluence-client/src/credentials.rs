//! Credentials of the account that reads a site.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::RequestBuilder;
use secrecy::{ExposeSecret, SecretString};

use super::access_token::AccessTokens;
use super::attempt_error::AttemptError;

/// Credentials of an account. Secrets are never shown, not even by `Debug`.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// Basic authentication: on Cloud, an e-mail address with an API token, with or without scopes.
    Basic {
        /// E-mail address or user name.
        user: String,
        /// API token or password.
        secret: SecretString,
    },
    /// Bearer authentication: on Data Center a personal access token, on Cloud a token for the gateway.
    Bearer {
        /// The token.
        secret: SecretString,
    },
    /// OAuth 2.0 client credentials of a service account, for which access tokens are issued.
    ClientCredentials {
        /// The client id.
        id: String,
        /// The client secret.
        secret: SecretString,
    },
}

impl Credentials {
    /// Returns credentials for basic authentication.
    pub fn basic(user: impl Into<String>, secret: SecretString) -> Self {
        Self::Basic { user: user.into(), secret }
    }

    /// Returns credentials for bearer authentication.
    pub fn bearer(secret: SecretString) -> Self {
        Self::Bearer { secret }
    }

    /// Returns the client credentials of a service account.
    pub fn client(id: impl Into<String>, secret: SecretString) -> Self {
        Self::ClientCredentials { id: id.into(), secret }
    }

    /// Returns the user name, or the client id; empty for a bearer token.
    pub fn user(&self) -> &str {
        match self {
            Self::Basic { user, .. } => user,
            Self::Bearer { .. } => "",
            Self::ClientCredentials { id, .. } => id,
        }
    }

    /// Returns the secret.
    pub fn secret(&self) -> &SecretString {
        match self {
            Self::Basic { secret, .. } | Self::Bearer { secret } | Self::ClientCredentials { secret, .. } => secret,
        }
    }
}

/// Returns whether a text has the form of a personal access token of Data Center: 33 bytes in base64, of which a number
/// and a colon come first.
pub fn is_personal_access_token(text: &str) -> bool {
    let bytes = (text.len() == 44).then(|| STANDARD.decode(text).ok()).flatten().unwrap_or_default();
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    digits >= 6 && bytes.get(digits) == Some(&b':')
}

/// What adds credentials to requests.
#[derive(Debug)]
pub(super) enum Authenticator {
    /// The same header for all requests.
    Fixed(Credentials),
    /// An access token, renewed before it expires.
    Renewed(Box<AccessTokens>),
}

impl Authenticator {
    /// Adds credentials to a request, with a new access token if one is due. Every attempt of an authenticated request
    /// calls this. Returns also the number of the access token, if any.
    pub(super) async fn authorize(
        &self,
        request: RequestBuilder,
        attempt: u32,
    ) -> Result<(RequestBuilder, Option<u64>), AttemptError> {
        Ok(match self {
            Self::Fixed(Credentials::Basic { user, secret }) => {
                (request.basic_auth(user, Some(secret.expose_secret())), None)
            }
            Self::Fixed(credentials) => (request.bearer_auth(credentials.secret().expose_secret()), None),
            Self::Renewed(tokens) => {
                let token = tokens.valid(attempt).await?;
                (request.bearer_auth(token.secret.expose_secret()), Some(token.number))
            }
        })
    }

    /// Records that a server accepted the access token with this number.
    pub(super) fn accepted(&self, token: Option<u64>) {
        if let (Self::Renewed(tokens), Some(number)) = (self, token) {
            tokens.accepted(number);
        }
    }

    /// Discards the access token with this number, which a server refused. Returns whether another one can be tried.
    pub(super) fn discard(&self, token: Option<u64>) -> bool {
        match (self, token) {
            (Self::Renewed(tokens), Some(number)) => tokens.discard(number),
            _ => false,
        }
    }

    /// Returns the access tokens, if the credentials need them.
    pub(super) fn tokens(&self) -> Option<&AccessTokens> {
        match self {
            Self::Renewed(tokens) => Some(tokens),
            Self::Fixed(_) => None,
        }
    }
}
