//! `POST /users-bulk`: the only v2 operation that reads although it is a POST.

use serde_json::{Value, json};

use super::errors;
use super::indexed_site::{IndexedSite, Viewer};
use super::reply::{Reply, ReplyResult};
use super::request::Request;
use crate::site::Person;

/// Maximum number of account ids in one request.
const MAX_IDS: usize = 250;

/// Returns the accounts with these ids; silently omits unknown ones.
pub(crate) fn bulk(indexed: &IndexedSite, viewer: Viewer, request: &Request) -> ReplyResult {
    if viewer == Viewer::Anonymous {
        return Err(errors::v2_not_found("user", "anonymous"));
    }
    let document: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let ids: Option<Vec<&str>> =
        document["accountIds"].as_array().and_then(|ids| ids.iter().map(Value::as_str).collect());
    let ids = ids.filter(|ids| (1..=MAX_IDS).contains(&ids.len())).ok_or_else(|| errors::v2_parameter("accountIds"))?;
    let people = std::iter::once(&indexed.site.account).chain(&indexed.site.people);
    let results: Vec<Value> = people
        .filter(|person| ids.contains(&person.account_id.as_str()))
        .map(|person| account(indexed, person))
        .collect();
    Ok(Reply::ok(json!({"results": results, "_links": {"base": indexed.base()}})))
}

fn account(indexed: &IndexedSite, person: &Person) -> Value {
    let status = indexed.site.account_statuses.get(&person.account_id);
    json!({
        "accountId": person.account_id,
        "displayName": person.name,
        "publicName": person.name,
        "email": "",
        "accountStatus": status.map_or("active", String::as_str),
        "accountType": if indexed.site.apps.contains(&person.account_id) { "app" } else { "atlassian" },
        "isExternalCollaborator": false,
        "profilePicture": {"path": "/wiki/aa-avatar/default", "width": 48, "height": 48, "isDefault": true},
    })
}
