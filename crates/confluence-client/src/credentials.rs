//! Credentials of the account that reads a site.

use reqwest::RequestBuilder;
use secrecy::{ExposeSecret, SecretString};

use super::error::RequestError;

/// Credentials of an account. Secrets are never shown, not even by `Debug`.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// Basic authentication: on Cloud, an e-mail address with an API token.
    Basic {
        /// E-mail address or user name.
        user: String,
        /// API token or password.
        secret: SecretString,
    },
    /// Bearer authentication, for example with a personal access token.
    Bearer {
        /// The token.
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

    /// Returns the user name; empty for a bearer token.
    pub fn user(&self) -> &str {
        match self {
            Self::Basic { user, .. } => user,
            Self::Bearer { .. } => "",
        }
    }

    /// Returns the secret.
    pub fn secret(&self) -> &SecretString {
        match self {
            Self::Basic { secret, .. } | Self::Bearer { secret } => secret,
        }
    }

    /// Adds the credentials to a request.
    ///
    /// Every attempt of an authenticated request calls this. Both kinds are used as given and never renewed.
    /// Credentials that expire during a run would be renewed here, which takes a request: hence `async`.
    #[expect(clippy::unused_async, reason = "the callers already await it, as renewable credentials would need")]
    pub(crate) async fn authorize(&self, request: RequestBuilder) -> Result<RequestBuilder, RequestError> {
        Ok(match self {
            Self::Basic { user, secret } => request.basic_auth(user, Some(secret.expose_secret())),
            Self::Bearer { secret } => request.bearer_auth(secret.expose_secret()),
        })
    }
}
