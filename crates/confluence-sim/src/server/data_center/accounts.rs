//! Accounts: known by a user key and a user name, without an account id.

use serde_json::{Value, json};

use super::Exchange;
use super::expansions::{ExpandableObject, Expansions};
use crate::server::indexed_site::Viewer;
use crate::server::reply::{Reply, ReplyResult};
use crate::server::{errors, people};
use crate::site::Person;

/// `user/current`.
pub(super) fn current(exchange: Exchange<'_>) -> Value {
    match exchange.viewer {
        Viewer::Account | Viewer::Administrator => {
            known(exchange, &exchange.indexed.site.account, &exchange.expansions(""))
        }
        Viewer::Anonymous => {
            json!({"type": "anonymous", "profilePicture": picture(exchange), "displayName": "Anonymous"})
        }
    }
}

/// `user?key=` and `user?username=`.
pub(super) fn one(exchange: Exchange<'_>) -> ReplyResult {
    if exchange.viewer == Viewer::Anonymous {
        return Err(errors::data_center(403, "Not permitted to view users"));
    }
    let (key, name) = (exchange.request.parameter("key"), exchange.request.parameter("username"));
    let mut accounts = people::known_people(exchange.indexed);
    let found = match (key, name) {
        (Some(key), _) => accounts.find(|person| person.account_id == key && !is_deleted(exchange, key)),
        (None, Some(name)) => accounts.find(|person| user_name(exchange, person) == name),
        (None, None) => return Err(errors::data_center(400, "Either key or username must be given")),
    };
    let found = found.ok_or_else(|| errors::data_center(404, "No user found"))?;
    Ok(Reply::ok(known(exchange, found, &exchange.expansions(""))))
}

/// Returns the account with a key, as other objects show it.
pub(super) fn by_key(exchange: Exchange<'_>, key: &str, expansions: &Expansions) -> Value {
    let person = people::known_people(exchange.indexed).find(|person| person.account_id == key);
    match person.filter(|_| !is_deleted(exchange, key)) {
        Some(person) => known(exchange, person, expansions),
        None => json!({
            "type": "unknown",
            "profilePicture": picture(exchange),
            "displayName": format!("Unknown User ({key})"),
            "username": key,
            "userKey": key,
        }),
    }
}

fn is_deleted(exchange: Exchange<'_>, key: &str) -> bool {
    exchange.indexed.site.account_statuses.get(key).is_some_and(|status| status == "unknown")
}

fn known(exchange: Exchange<'_>, person: &Person, expansions: &Expansions) -> Value {
    let key = person.account_id.as_str();
    let mut user = ExpandableObject::new(expansions);
    user.field("type", "known")
        .field("username", user_name(exchange, person))
        .field("userKey", key)
        .field("profilePicture", picture(exchange))
        .field("displayName", person.name.as_str())
        .field("_links", json!({"self": exchange.url(&format!("/rest/api/user?key={key}"))}))
        .part("status", "", |_| {
            let is_active = exchange.indexed.site.account_statuses.get(key).is_none_or(|status| status == "active");
            Value::from(if is_active { "current" } else { "deactivated" })
        });
    user.finish()
}

/// Returns the user name: the account logs in with its own, others have one made of their name.
fn user_name(exchange: Exchange<'_>, person: &Person) -> String {
    let site = &exchange.indexed.site;
    if person.account_id == site.account.account_id {
        return site.credentials.password.as_ref().map_or_else(|| site.email.clone(), |login| login.user.clone());
    }
    person.name.to_lowercase().replace(' ', ".")
}

fn picture(exchange: Exchange<'_>) -> Value {
    let path = format!("{}/images/icons/profilepics/default.svg", exchange.context);
    json!({"path": path, "width": 48, "height": 48, "isDefault": true})
}
