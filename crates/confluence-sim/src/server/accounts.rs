//! `POST /users-bulk`: the one thing of v2 that is read by POST.

use serde_json::{Value, json};

use super::errors;
use super::reply::{Answer, Reply};
use super::request::Request;
use super::served::{Served, Viewer};
use crate::site::Person;

/// Account ids in one request at most.
const MOST: usize = 250;

/// The accounts with these ids; unknown ones are omitted without a sign.
pub(crate) fn bulk(served: &Served, viewer: Viewer, request: &Request) -> Answer {
    if viewer == Viewer::Anonymous {
        return Err(errors::v2_not_found("user", "anonymous"));
    }
    let document: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let ids: Option<Vec<&str>> =
        document["accountIds"].as_array().and_then(|ids| ids.iter().map(Value::as_str).collect());
    let ids = ids.filter(|ids| (1..=MOST).contains(&ids.len())).ok_or_else(|| errors::v2_parameter("accountIds"))?;
    let people = std::iter::once(&served.site.account).chain(&served.site.people);
    let results: Vec<Value> = people
        .filter(|person| ids.contains(&person.account_id.as_str()))
        .map(|person| account(served, person))
        .collect();
    Ok(Reply::ok(json!({"results": results, "_links": {"base": served.base()}})))
}

fn account(served: &Served, person: &Person) -> Value {
    let status = served.site.account_statuses.get(&person.account_id);
    json!({
        "accountId": person.account_id,
        "displayName": person.name,
        "publicName": person.name,
        "email": "",
        "accountStatus": status.map_or("active", String::as_str),
        "accountType": "atlassian",
        "isExternalCollaborator": false,
        "profilePicture": {"path": "/wiki/aa-avatar/default", "width": 48, "height": 48, "isDefault": true},
    })
}
