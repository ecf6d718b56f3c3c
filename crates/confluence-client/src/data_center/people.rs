//! People. Data Center has no request for several of them; but every content comes with the names of its creator and
//! last editor, so that most names are known without a request.

use super::memory::PersonName;
use super::v1::{V1Person, V1SpacePermission};
use super::{DataCenter, convert};
use crate::error::RequestError;
use crate::model;
use crate::request::Request;
use crate::request_kind::RequestKind;

/// Number of watchers requested at once; the server may return fewer and then says so.
const WATCHERS: u32 = 1_000;

impl DataCenter {
    pub(crate) async fn people(&self, accounts: &[&str]) -> Result<Vec<model::User>, RequestError> {
        let mut people = Vec::new();
        for account in accounts {
            let name = match self.memory.name(account) {
                Some(PersonName::Known(name)) => Some(name),
                Some(PersonName::Deleted) => None,
                None => self.person(RequestKind::People, account).await?.and_then(|person| person.display_name),
            };
            people.extend(name.map(|name| model::User {
                kind: Some("known".to_owned()),
                account_id: Some((*account).to_owned()),
                display_name: Some(name),
                public_name: None,
                site: None,
            }));
        }
        Ok(people)
    }

    pub(crate) async fn accounts(&self, ids: &[&str]) -> Result<Vec<model::Account>, RequestError> {
        let mut accounts = Vec::new();
        for id in ids {
            if let Some(person) = self.person(RequestKind::Accounts, id).await? {
                let account = convert::account_of(&person);
                accounts.push(model::Account { account_id: Some((*id).to_owned()), ..account });
            }
        }
        Ok(accounts)
    }

    /// Only administrators of a space may read who has which permission in it; older versions do not say.
    pub(crate) async fn space_administrators(&self, space: &str) -> Result<Vec<String>, RequestError> {
        let known = self
            .memory
            .space(space)
            .ok_or_else(|| RequestError::NotFound { endpoint: "/rest/api/space".to_owned() })?;
        let request = Request::v1(RequestKind::SpacePermissions, &["space", &known.key, "permissions"]);
        let permissions = self.client.get::<Vec<V1SpacePermission>>(&request).await?.value;
        Ok(permissions.into_iter().filter_map(V1SpacePermission::administrator).collect())
    }

    /// Returns a person by key, or by user name if no key is known; `None` if there is no such person.
    async fn person(&self, kind: RequestKind, account: &str) -> Result<Option<V1Person>, RequestError> {
        for parameter in ["key", "username"] {
            let request = Request::v1(kind, &["user"]).with(parameter, account).with("expand", "status");
            match self.client.get::<V1Person>(&request).await {
                Ok(response) => {
                    self.memory.note_person(&response.value);
                    return Ok(Some(response.value));
                }
                Err(error) if error.is_not_found() && parameter == "key" && !is_user_key(account) => {}
                Err(error) if error.is_not_found() => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Only administrators may read who watches a page.
    pub(crate) async fn page_watchers(&self, page: &str) -> Result<Option<u64>, RequestError> {
        let request =
            Request::v1(RequestKind::PageWatchers, &["content", page, "watchers"]).with("limit", WATCHERS.to_string());
        let watches: model::Watches = self.client.get(&request).await?.value;
        Ok(watches.count())
    }
}

/// Returns whether it looks like a generated key: 32 hexadecimal digits.
fn is_user_key(account: &str) -> bool {
    account.len() == 32 && account.bytes().all(|byte| byte.is_ascii_hexdigit())
}
