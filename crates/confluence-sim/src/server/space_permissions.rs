//! `spaces/{id}/permissions`: who may do what in a space.

use serde_json::{Value, json};

use super::errors;
use super::indexed_site::{IndexedSite, Viewer};
use super::paging;
use super::reply::ReplyResult;
use super::request::Request;
use super::sort_keys::{Entry, Key, Order};

/// Permissions on one page of the list, unless requested otherwise.
const DEFAULT_LIMIT: usize = 25;

/// Operation and its target, of everyone who administers a space.
const OPERATIONS: [(&str, &str); 3] = [("read", "space"), ("create", "page"), ("administer", "space")];

/// Returns the permissions in a space, those of a group first.
pub(crate) fn list(indexed: &IndexedSite, viewer: Viewer, request: &Request, id: &str) -> ReplyResult {
    let space = indexed.space(id).filter(|space| viewer.sees_space(space) && viewer != Viewer::Anonymous);
    let space = space.ok_or_else(|| errors::v2_not_found("space", id))?;
    let users = indexed.site.space_administrators.get(&space.id).into_iter().flatten();
    let principals =
        [("group", "group-of-administrators")].into_iter().chain(users.map(|user| ("user", user.as_str())));
    let permissions: Vec<Value> = principals
        .flat_map(|(kind, principal)| OPERATIONS.map(|operation| (kind, principal, operation)))
        .zip(1..)
        .map(|((kind, principal, (key, target)), number)| {
            json!({
                "id": format!("{id}{number:04}"),
                "principal": {"type": kind, "id": principal},
                "operation": {"key": key, "targetType": target},
            })
        })
        .collect();
    let order = Order::read(request, &[])?;
    let entries = permissions.iter().zip(1..).map(|(item, id)| Entry { key: Key::Number(id), id, item });
    paging::page(indexed.lists(), request, DEFAULT_LIMIT, order, entries, Value::clone)
}
