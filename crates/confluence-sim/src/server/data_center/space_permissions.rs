//! `space/{key}/permissions`: who may do what in a space.

use serde_json::{Value, json};

use super::expansions::Expansions;
use super::{Exchange, accounts, spaces};
use crate::server::errors;
use crate::server::reply::{Reply, ReplyResult};
use crate::server::sort_keys::number_of;

/// Returns all permissions in a space, which takes an administrator of the space.
pub(super) fn list(exchange: Exchange<'_>, key: &str) -> ReplyResult {
    let space = spaces::visible(exchange, key)?;
    if !exchange.administrates(space) {
        return Err(errors::data_center(403, "Not an administrator of the space"));
    }
    let users = exchange.indexed.site.space_administrators.get(&space.id).into_iter().flatten();
    let users = users.map(|user| accounts::by_key(exchange, user, &Expansions::default()));
    let group =
        json!({"type": "group", "name": "confluence-administrators", "displayName": "confluence-administrators"});
    let permissions: Vec<Value> = std::iter::once(group)
        .chain(users)
        .flat_map(|subject| {
            ["read", "administer"].map(|operation| {
                json!({
                    "operation": {"operationKey": operation, "targetType": "space"},
                    "subject": subject.clone(),
                    "spaceKey": space.key,
                    "spaceId": number_of(&space.id),
                })
            })
        })
        .collect();
    Ok(Reply::ok(Value::from(permissions)))
}
