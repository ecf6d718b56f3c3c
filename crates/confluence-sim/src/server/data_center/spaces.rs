//! Spaces.

use serde_json::{Value, json};

use super::expansions::{ExpandableObject, Expansions};
use super::page_of_results::ListRange;
use super::{Exchange, accounts, content_json};
use crate::server::errors;
use crate::server::reply::{Reply, ReplyResult};
use crate::server::sort_keys::number_of;
use crate::server::v2_json::segment;
use crate::site::{RetentionPolicy, Space};

/// `space`: the list of spaces.
pub(super) fn list(exchange: Exchange<'_>) -> ReplyResult {
    let expansions = exchange.expansions("");
    let range = ListRange::read(exchange, 25, &expansions)?;
    let request = exchange.request;
    let keys: Vec<&str> =
        ["spaceKey", "spaceKeys", "spaceKeySingle"].into_iter().flat_map(|name| request.ids(name)).collect();
    let ids: Vec<&str> = ["spaceId", "spaceIds"].into_iter().flat_map(|name| request.ids(name)).collect();
    if !keys.is_empty() && !ids.is_empty() {
        return Err(errors::data_center(400, "spaceIds cannot be used with spaceKey"));
    }
    let (kind, status) = (request.parameter("type"), request.parameter("status"));
    let has_policy = request.parameter("hasRetentionPolicy").map(|_| request.flag("hasRetentionPolicy"));
    let mut listed: Vec<&Space> = exchange
        .indexed
        .site
        .spaces
        .iter()
        .filter(|space| exchange.viewer.sees_space(space))
        .filter(|space| keys.is_empty() || keys.contains(&space.key.as_str()))
        .filter(|space| ids.is_empty() || ids.contains(&space.id.as_str()))
        .filter(|space| kind.is_none_or(|kind| kind.eq_ignore_ascii_case(type_of(space))))
        .filter(|space| status.is_none_or(|status| status.eq_ignore_ascii_case(status_of(space))))
        .filter(|space| has_policy.is_none_or(|wanted| space.retention.is_some() == wanted))
        .collect();
    listed.sort_by_key(|space| number_of(&space.id));
    Ok(Reply::ok(range.page(exchange, listed.into_iter(), |space| json(exchange, space, &expansions))))
}

/// `space/{key}`: one space.
pub(super) fn one(exchange: Exchange<'_>, key: &str) -> ReplyResult {
    let space = visible(exchange, key)?;
    Ok(Reply::ok(json(exchange, space, &exchange.expansions(""))))
}

/// Returns a space by key, or 404.
pub(super) fn visible<'s>(exchange: Exchange<'s>, key: &str) -> Result<&'s Space, Reply> {
    let mut spaces = exchange.indexed.site.spaces.iter();
    spaces
        .find(|space| space.key.eq_ignore_ascii_case(key) && exchange.viewer.sees_space(space))
        .ok_or_else(|| errors::data_center(404, &format!("No space found with key : {key}")))
}

fn type_of(space: &Space) -> &'static str {
    if space.kind == "personal" { "personal" } else { "global" }
}

fn status_of(space: &Space) -> &'static str {
    if space.archived { "archived" } else { "current" }
}

/// Returns a space as JSON.
pub(super) fn json(exchange: Exchange<'_>, space: &Space, expansions: &Expansions) -> Value {
    let plain = Expansions::default();
    let home = space.homepage.as_deref().and_then(|id| exchange.indexed.visible_content(exchange.viewer, id));
    let home_path = home.map_or_else(String::new, |home| format!("/rest/api/content/{}", home.id));
    let mut object = ExpandableObject::new(expansions);
    object
        .field("id", number_of(&space.id))
        .field("key", space.key.as_str())
        .field("name", space.name.as_str())
        .field("status", status_of(space))
        .field("type", type_of(space))
        .field("creator", accounts::by_key(exchange, &space.author, &plain))
        .field("creationDate", super::time(space.created_at))
        .field(
            "_links",
            json!({
                "webui": format!("/display/{}", segment(&space.key)),
                "self": exchange.url(&format!("/rest/api/space/{}", segment(&space.key))),
            }),
        )
        .part("description", "", description)
        .part("metadata", "", |_| json!({}))
        .part("retentionPolicy", "", |_| json!(space.retention.as_ref().map(|policy| retention(space, policy))))
        .unsupported(&["icon", "permissions"]);
    if let Some(home) = home {
        object.part("homepage", &home_path, |inner| content_json::content(exchange, home, inner));
    }
    object.finish()
}

/// Returns the description, which is empty in every space of this server.
fn description(expansions: &Expansions) -> Value {
    let text = |representation: &str| json!({"value": "", "representation": representation});
    let mut object = ExpandableObject::new(expansions);
    object.part("plain", "", |_| text("plain")).part("view", "", |_| text("view"));
    object.finish()
}

fn retention(space: &Space, policy: &RetentionPolicy) -> Value {
    let rule = |versions: Option<u32>| match versions {
        Some(number) => json!({"keepAll": false, "maxNumberOfVersions": number}),
        None => json!({"keepAll": true}),
    };
    let trash = match policy.trash_days {
        Some(days) => json!({"keepAll": false, "maxDeletedAge": days, "deletedAgeUnit": "DAYS"}),
        None => json!({"keepAll": true}),
    };
    json!({
        "spaceAdminCanEdit": false,
        "lastModifiedDate": super::time(space.created_at),
        "lastModifiedBy": space.author,
        "pageRetentionRule": rule(policy.page_versions),
        "attachmentRetentionRule": rule(policy.attachment_versions),
        "trashRetentionRule": trash,
    })
}
