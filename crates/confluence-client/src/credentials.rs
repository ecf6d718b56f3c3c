//! As whom a site is read.

use reqwest::RequestBuilder;
use secrecy::{ExposeSecret, SecretString};

use super::error::RequestError;

/// What proves who reads. Secrets are never shown, not even by `Debug`.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// A user name and a secret: on Cloud an e-mail address with an API token.
    Basic {
        /// E-mail address or user name.
        user: String,
        /// API token or password.
        secret: SecretString,
    },
    /// A token that stands for itself, such as a personal access token.
    Bearer {
        /// The token.
        secret: SecretString,
    },
}

impl Credentials {
    /// A user name with a secret.
    pub fn basic(user: impl Into<String>, secret: SecretString) -> Self {
        Self::Basic { user: user.into(), secret }
    }

    /// A token that stands for itself.
    pub fn bearer(secret: SecretString) -> Self {
        Self::Bearer { secret }
    }

    /// The user that they name; empty for a token that names nobody.
    pub fn user(&self) -> &str {
        match self {
            Self::Basic { user, .. } => user,
            Self::Bearer { .. } => "",
        }
    }

    /// The secret.
    pub fn secret(&self) -> &SecretString {
        match self {
            Self::Basic { secret, .. } | Self::Bearer { secret } => secret,
        }
    }

    /// Puts them into a request.
    ///
    /// Every try of a request with credentials passes here and waits. Both kinds are used as they were given and never
    /// renewed. One that ends within a run would get its successor here, from whoever issued it, before the request is
    /// sent; that takes a request of its own, hence `async`.
    #[expect(clippy::unused_async, reason = "the callers wait already, as for credentials that have to be asked for")]
    pub(crate) async fn authorize(&self, request: RequestBuilder) -> Result<RequestBuilder, RequestError> {
        Ok(match self {
            Self::Basic { user, secret } => request.basic_auth(user, Some(secret.expose_secret())),
            Self::Bearer { secret } => request.bearer_auth(secret.expose_secret()),
        })
    }
}
