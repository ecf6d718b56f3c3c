//! People in v1 responses.

use serde_json::{Value, json};

use super::errors;
use super::indexed_site::{IndexedSite, Viewer};
use super::reply::{Reply, ReplyResult};
use super::request::Request;
use crate::site::Person;

/// Returns the current user.
pub(crate) fn current_user(indexed: &IndexedSite, viewer: Viewer) -> Value {
    match viewer {
        Viewer::Account | Viewer::Administrator => {
            let mut user = person(&indexed.site.account);
            user["email"] = Value::from(indexed.site.email.as_str());
            user["_links"] = json!({"base": indexed.base(), "context": "/wiki"});
            user
        }
        Viewer::Anonymous => json!({
            "type": "anonymous",
            "displayName": "Anonymous",
            "profilePicture": {"path": "/wiki/aa-avatar/anonymous", "width": 48, "height": 48, "isDefault": true},
            "_expandable": {"operations": ""},
            "_links": {"base": indexed.base(), "context": "/wiki"},
        }),
    }
}

/// Returns a person as JSON of v1.
pub(crate) fn person(person: &Person) -> Value {
    json!({
        "type": "known",
        "accountId": person.account_id,
        "accountType": "atlassian",
        "email": "",
        "publicName": person.name,
        "displayName": person.name,
        "profilePicture": {"path": "/wiki/aa-avatar/default", "width": 48, "height": 48, "isDefault": true},
        "isExternalCollaborator": false,
        "_expandable": {"operations": "", "personalSpace": ""},
        "_links": {"self": format!("/rest/api/user?accountId={}", person.account_id)},
    })
}

/// Returns everyone the site knows.
pub(crate) fn known_people(indexed: &IndexedSite) -> impl Iterator<Item = &Person> {
    std::iter::once(&indexed.site.account).chain(&indexed.site.people)
}

/// Returns several people by id; silently omits unknown ids.
pub(crate) fn several(indexed: &IndexedSite, request: &Request) -> Reply {
    let wanted = request.ids("accountId");
    if wanted.len() > 100 {
        return errors::v1(400, "Too many account ids");
    }
    let results: Vec<Value> =
        known_people(indexed).filter(|known| wanted.contains(&known.account_id.as_str())).map(person).collect();
    let size = results.len();
    Reply::ok(json!({"results": results, "start": 0, "limit": 200, "size": size, "_links": {"base": indexed.base()}}))
}

/// Returns one person by id.
pub(crate) fn one(indexed: &IndexedSite, request: &Request) -> ReplyResult {
    let id = request.parameter("accountId").unwrap_or_default();
    known_people(indexed)
        .find(|known| known.account_id == id)
        .map(|known| Reply::ok(person(known)))
        .ok_or_else(|| errors::v1(404, "No user found"))
}
