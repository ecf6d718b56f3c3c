//! Who may read or edit a content, and who watches it.

use serde_json::{Value, json};

use super::expansions::{ExpandableObject, Expansions};
use super::page_of_results::ListRange;
use super::{Exchange, accounts, contents};
use crate::readership::AllowedAccounts;
use crate::server::errors;
use crate::server::indexed_site::Viewer;
use crate::server::reply::{Reply, ReplyResult};
use crate::site::Content;

/// What is expanded unless a request says otherwise.
const DEFAULT: &str =
    "update.restrictions.user,read.restrictions.group,read.restrictions.user,update.restrictions.group";

/// `content/{id}/restriction/byOperation`: the operations by name.
pub(super) fn by_operation(exchange: Exchange<'_>, id: &str) -> ReplyResult {
    let content = contents::visible(exchange, id).ok_or_else(|| contents::not_found(id))?;
    let expansions = exchange.expansions(DEFAULT);
    let mut all = json!({"_links": super::page_of_results::links(exchange)});
    for operation in ["read", "update"] {
        let inner = expansions.get(operation).cloned().unwrap_or_default();
        all[operation] = restriction(exchange, content, operation, &inner);
    }
    Ok(Reply::ok(all))
}

/// Returns the operations that are expanded, as in `restrictions.read.restrictions.user`.
pub(super) fn expanded(exchange: Exchange<'_>, content: &Content, expansions: &Expansions) -> Value {
    let mut object = ExpandableObject::new(expansions);
    for operation in ["read", "update"] {
        let path = format!("/rest/api/content/{}/restriction/byOperation/{operation}", content.id);
        object.part(operation, &path, |inner| restriction(exchange, content, operation, inner));
    }
    object.finish()
}

fn restriction(exchange: Exchange<'_>, content: &Content, operation: &str, expansions: &Expansions) -> Value {
    let allowed = if operation == "read" { &content.restrictions.read } else { &content.restrictions.update };
    let path = format!("/rest/api/content/{}", content.id);
    let mut object = ExpandableObject::new(expansions);
    object
        .field("operation", operation)
        .field("_links", json!({"self": exchange.url(&format!("{path}/restriction/byOperation/{operation}"))}))
        .part("restrictions", "", |inner| subjects(exchange, allowed, inner))
        .part("content", &path, |_| json!({"id": content.id}));
    object.finish()
}

fn subjects(exchange: Exchange<'_>, allowed: &AllowedAccounts, expansions: &Expansions) -> Value {
    let list = |results: Vec<Value>| json!({"size": results.len(), "results": results, "start": 0, "limit": 200});
    let mut object = ExpandableObject::new(expansions);
    object
        .part("user", "", |inner| {
            list(allowed.users.iter().map(|key| accounts::by_key(exchange, key, inner)).collect())
        })
        .part("group", "", |_| {
            list(allowed.groups.iter().map(|name| json!({"type": "group", "name": name})).collect())
        });
    object.finish()
}

/// `content/{id}/watchers`: the accounts that watch a page or post.
pub(super) fn watchers(exchange: Exchange<'_>, id: &str) -> ReplyResult {
    if exchange.viewer == Viewer::Anonymous {
        return Err(errors::data_center(401, "Not authenticated"));
    }
    let content = contents::visible(exchange, id).ok_or_else(|| contents::not_found(id))?;
    if !content.kind.is_page_or_post() {
        return Err(errors::data_center(400, "The content is not a page or blog post"));
    }
    if !exchange.administrates_space(&content.space_id) {
        return Err(errors::data_center(403, "Not an administrator of the space"));
    }
    let plain = Expansions::default();
    let range = ListRange::read(exchange, 25, &plain)?;
    let listed = content.readers.watchers.iter();
    Ok(Reply::ok(range.page(exchange, listed, |key| accounts::by_key(exchange, key, &plain))))
}
