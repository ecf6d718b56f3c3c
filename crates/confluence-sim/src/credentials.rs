//! The credentials that a site accepts, besides the unscoped token of its account.

use serde::{Deserialize, Serialize};

/// The granular scopes of a token that may read everything the API documents for reading.
pub const GRANULAR_SCOPES: &[&str] = &[
    "read:analytics.content:confluence",
    "read:attachment:confluence",
    "read:comment:confluence",
    "read:configuration:confluence",
    "read:content-details:confluence",
    "read:content.metadata:confluence",
    "read:content:confluence",
    "read:custom-content:confluence",
    "read:database:confluence",
    "read:embed:confluence",
    "read:folder:confluence",
    "read:hierarchical-content:confluence",
    "read:label:confluence",
    "read:page:confluence",
    "read:space.setting:confluence",
    "read:space:confluence",
    "read:template:confluence",
    "read:user:confluence",
    "read:watcher:confluence",
    "read:whiteboard:confluence",
];

/// The classic scopes of a token that may read; they open v1 only.
pub const CLASSIC_SCOPES: &[&str] = &[
    "manage:confluence-configuration",
    "read:confluence-content.all",
    "read:confluence-content.summary",
    "read:confluence-space.summary",
    "read:confluence-user",
    "readonly:content.attachment:confluence",
    "search:confluence",
];

/// Credentials that a site accepts besides the unscoped token of its account. Each exists from the start; `None` means
/// that the site has none of the kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AcceptedCredentials {
    /// The scoped API token of the account: with its e-mail address, at the gateway only.
    pub scoped_token: Option<ScopedToken>,
    /// A bearer token, at the gateway only.
    pub bearer_token: Option<ScopedToken>,
    /// A service account with client credentials, whose access tokens work at the gateway only.
    pub service_account: Option<ClientSecret>,
    /// Data Center: a personal access token.
    pub personal_access_token: Option<String>,
    /// Data Center: user name and password. Cloud refuses the password in its own way.
    pub password: Option<UserPassword>,
    /// Data Center: a service account with client credentials.
    pub data_center_client: Option<ClientSecret>,
    /// How long access tokens are valid.
    pub access_tokens: TokenLife,
    /// URLs of further sites that bearer tokens of Cloud may access.
    pub other_sites: Vec<String>,
}

/// A token with scopes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopedToken {
    /// The token.
    pub token: String,
    /// Its scopes, granular or classic.
    pub scopes: Vec<String>,
}

/// Client credentials of a service account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSecret {
    /// The client id.
    pub id: String,
    /// The client secret.
    pub secret: String,
    /// Scopes of the access tokens.
    pub scopes: Vec<String>,
    /// The secret has expired.
    pub expired: bool,
}

/// A user name with its password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserPassword {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: String,
}

/// How long access tokens are valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenLife {
    /// Seconds until an access token expires, by the clock of the Tokio runtime.
    pub seconds: u64,
    /// An access token is also refused after this many requests.
    pub requests: Option<u32>,
}

impl Default for TokenLife {
    fn default() -> Self {
        Self { seconds: 3600, requests: None }
    }
}

impl ScopedToken {
    /// Creates a token.
    pub fn new(token: &str, scopes: &[&str]) -> Self {
        Self { token: token.to_owned(), scopes: owned(scopes) }
    }

    /// Removes a scope.
    pub fn remove_scope(&mut self, scope: &str) {
        self.scopes.retain(|other| other != scope);
    }
}

impl ClientSecret {
    /// Creates client credentials that have not expired.
    pub fn new(id: &str, secret: &str, scopes: &[&str]) -> Self {
        Self { id: id.to_owned(), secret: secret.to_owned(), scopes: owned(scopes), expired: false }
    }
}

impl Default for AcceptedCredentials {
    fn default() -> Self {
        Self {
            scoped_token: Some(ScopedToken::new("demo-scoped-token", GRANULAR_SCOPES)),
            bearer_token: Some(ScopedToken::new("demo-bearer-token", GRANULAR_SCOPES)),
            service_account: Some(ClientSecret::new("demo-client", "demo-client-secret", GRANULAR_SCOPES)),
            // in the form of real ones: a number, a colon and 20 bytes, in base64
            personal_access_token: Some("MTIzNDU2Nzg5MDEyOmRlbW8tYWNjZXNzLXRva2VuISEh".to_owned()),
            password: Some(UserPassword { user: "admin".to_owned(), password: "demo-password".to_owned() }),
            data_center_client: Some(ClientSecret::new("demo-dc-client", "demo-dc-client-secret", &["READ"])),
            access_tokens: TokenLife::default(),
            other_sites: Vec::new(),
        }
    }
}

fn owned(scopes: &[&str]) -> Vec<String> {
    scopes.iter().map(|scope| (*scope).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_without_credentials_of_its_own_has_the_default_ones() {
        let mut json = serde_json::to_value(crate::Site::new()).unwrap();
        json.as_object_mut().unwrap().remove("credentials");
        json.as_object_mut().unwrap().remove("admin_key");
        let site: crate::Site = serde_json::from_value(json).unwrap();
        assert_eq!(site.credentials, AcceptedCredentials::default());
        assert_eq!(site.admin_key, None);
    }
}
