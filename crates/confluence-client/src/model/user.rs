//! People, as Cloud and Data Center send them.

use serde::Deserialize;

/// A person (v1).
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "SentUser")]
pub struct User {
    /// `known`, `unknown`, `anonymous`, `user`.
    pub kind: Option<String>,
    /// Account id: on Data Center the user key, or else the user name. Anonymous visitors have none.
    pub account_id: Option<String>,
    /// Display name.
    pub display_name: Option<String>,
    /// Public name.
    pub public_name: Option<String>,
    /// The address of the site according to the server.
    pub site: Option<String>,
}

/// A person as sent by Cloud or Data Center.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SentUser {
    #[serde(rename = "type")]
    kind: Option<String>,
    account_id: Option<String>,
    user_key: Option<String>,
    username: Option<String>,
    display_name: Option<String>,
    public_name: Option<String>,
    #[serde(rename = "_links")]
    links: Option<UserLinks>,
}

#[derive(Deserialize)]
struct UserLinks {
    base: Option<String>,
}

impl From<SentUser> for User {
    fn from(sent: SentUser) -> Self {
        let ids = [sent.account_id, sent.user_key, sent.username];
        Self {
            kind: sent.kind,
            account_id: ids.into_iter().flatten().find(|id| !id.is_empty()),
            display_name: sent.display_name,
            public_name: sent.public_name,
            site: sent.links.and_then(|links| links.base),
        }
    }
}

impl User {
    /// Returns whether this is a person with an account, as opposed to an anonymous visitor.
    pub fn is_known(&self) -> bool {
        self.kind.as_deref() == Some("known") && self.account_id.is_some()
    }
}

/// The people of one bulk request (v1).
#[derive(Debug, Clone, Deserialize)]
pub struct Users {
    /// The people found.
    pub results: Vec<User>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_known_by_account_id_or_user_key_or_name() {
        for (json, id, known) in [
            (r#"{"type":"known","accountId":"557058:a","userKey":"k"}"#, Some("557058:a"), true),
            (r#"{"type":"known","username":"ann","userKey":"8a7f"}"#, Some("8a7f"), true),
            (r#"{"type":"known","username":"ann","userKey":null}"#, Some("ann"), true),
            (r#"{"type":"known","accountId":""}"#, None, false),
            (r#"{"type":"anonymous","displayName":"Anonymous"}"#, None, false),
        ] {
            let user: User = serde_json::from_str(json).unwrap();
            assert_eq!((user.account_id.as_deref(), user.is_known()), (id, known), "{json}");
        }
    }

    #[test]
    fn the_server_names_its_site() {
        let user: User = serde_json::from_str(r#"{"_links":{"base":"https://acme.atlassian.net/wiki"}}"#).unwrap();
        assert_eq!(user.site.as_deref(), Some("https://acme.atlassian.net/wiki"));
    }
}
