//! People as v1 writes them.

use serde_json::{Value, json};

use super::errors;
use super::reply::{Answer, Reply};
use super::request::Request;
use super::served::{Served, Viewer};
use crate::site::Person;

/// Who asks.
pub(crate) fn current_user(served: &Served, viewer: Viewer) -> Value {
    match viewer {
        Viewer::Account => {
            let mut user = person(&served.site.account);
            user["email"] = Value::from(served.site.email.as_str());
            user
        }
        Viewer::Anonymous => json!({
            "type": "anonymous",
            "displayName": "Anonymous",
            "profilePicture": {"path": "/wiki/aa-avatar/anonymous", "width": 48, "height": 48, "isDefault": true},
            "_expandable": {"operations": ""},
            "_links": {"base": served.base(), "context": "/wiki"},
        }),
    }
}

/// A person as v1 writes one.
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

/// Everybody the site knows.
pub(crate) fn known_people(served: &Served) -> impl Iterator<Item = &Person> {
    std::iter::once(&served.site.account).chain(&served.site.people)
}

/// Several people by id. Unknown ids are omitted without a sign.
pub(crate) fn several(served: &Served, request: &Request) -> Reply {
    let wanted = request.ids("accountId");
    if wanted.len() > 100 {
        return errors::v1(400, "Too many account ids");
    }
    let results: Vec<Value> =
        known_people(served).filter(|known| wanted.contains(&known.account_id.as_str())).map(person).collect();
    let size = results.len();
    Reply::ok(json!({"results": results, "start": 0, "limit": 200, "size": size, "_links": {"base": served.base()}}))
}

/// One person by id.
pub(crate) fn one(served: &Served, request: &Request) -> Answer {
    let id = request.parameter("accountId").unwrap_or_default();
    known_people(served)
        .find(|known| known.account_id == id)
        .map(|known| Reply::ok(person(known)))
        .ok_or_else(|| errors::v1(404, "No user found"))
}
