//! The searches: CQL, paged by `start` and `limit`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::expansions::Expansions;
use super::page_of_results::ListRange;
use super::{Exchange, content_json, file_json};
use crate::server::cql;
use crate::server::errors;
use crate::server::reply::{Reply, ReplyResult};
use crate::server::sorted_indexes::SearchHit;
use crate::server::v1_search::{SearchScope, hits};
use crate::site::ArchivedSearch;

/// `content/search`: contents and files of current spaces.
pub(super) fn contents(exchange: Exchange<'_>) -> ReplyResult {
    let expansions = exchange.expansions("");
    let range = ListRange::read(exchange, 25, &expansions)?;
    let found = find(exchange, SearchScope::Current)?;
    Ok(Reply::ok(range.page(exchange, found.iter(), |hit| shown(exchange, *hit, &expansions))))
}

/// `search`: the same index, plus archived spaces on request; every hit is wrapped, and expansions begin with
/// `content.`.
pub(super) fn everything(exchange: Exchange<'_>) -> ReplyResult {
    let expansions = exchange.expansions("");
    let range = ListRange::read(exchange, 25, &expansions)?;
    let scope = match (exchange.request.flag("includeArchivedSpaces"), exchange.indexed.site.behaviour.archived_search)
    {
        (true, ArchivedSearch::Refused) => {
            return Err(errors::data_center(400, "includeArchivedSpaces is not supported"));
        }
        (true, ArchivedSearch::Shown) => SearchScope::Both,
        _ => SearchScope::Current,
    };
    let found = find(exchange, scope)?;
    let inner = expansions.get("content").cloned().unwrap_or_default();
    let mut page = range.page(exchange, found.iter(), |hit| wrapped(exchange, *hit, &inner));
    page["totalSize"] = json!(found.len());
    page["cqlQuery"] = json!(exchange.request.parameter("cql"));
    page["searchDuration"] = json!(7);
    Ok(Reply::ok(page))
}

fn find(exchange: Exchange<'_>, scope: SearchScope) -> Result<Arc<Vec<SearchHit>>, Reply> {
    let query = exchange.request.parameter("cql").unwrap_or_default();
    let conditions = cql::parse(query, false).ok_or_else(|| errors::data_center(400, "Could not parse cql"))?;
    // all pages of results come from the same index until the site changes
    let search = format!("{:?} {scope:?} {query}", exchange.viewer);
    Ok(exchange.indexed.orders.search(&search, || hits(exchange.indexed, exchange.viewer, &conditions, scope)))
}

fn shown(exchange: Exchange<'_>, hit: SearchHit, expansions: &Expansions) -> Value {
    let site = &exchange.indexed.site;
    if hit.is_file {
        return file_json::current(exchange, &site.attachments[hit.at], expansions);
    }
    let mut shown = content_json::content(exchange, &site.contents[hit.at], expansions);
    if site.behaviour.search_without_properties
        && let Some(metadata) = shown.get_mut("metadata").and_then(Value::as_object_mut)
    {
        metadata.remove("properties");
    }
    if site.behaviour.search_without_ancestors
        && let Some(fields) = shown.as_object_mut()
    {
        fields.remove("ancestors");
    }
    shown
}

/// Wraps a content as a hit of the general search.
fn wrapped(exchange: Exchange<'_>, hit: SearchHit, expansions: &Expansions) -> Value {
    let site = &exchange.indexed.site;
    let content = shown(exchange, hit, expansions);
    let (modified, space) = if hit.is_file {
        let file = &site.attachments[hit.at];
        let owner = file.container.id().and_then(|id| exchange.indexed.content(id));
        (file.current().map(|version| version.created_at), owner.map(|owner| owner.space_id.as_str()))
    } else {
        let content = &site.contents[hit.at];
        (Some(content.modified_at()), Some(content.space_id.as_str()))
    };
    let space = space.and_then(|id| exchange.indexed.space(id));
    json!({
        "title": content["title"],
        "excerpt": "",
        "url": content["_links"]["webui"],
        "resultGlobalContainer": space.map_or_else(
            || json!({}),
            |space| json!({"title": space.name, "displayUrl": format!("/display/{}", space.key)}),
        ),
        "entityType": "content",
        "iconCssClass": "aui-icon content-type-page",
        "lastModified": modified.map(super::time).unwrap_or_default(),
        "friendlyLastModified": "",
        "content": content,
        "_links": {},
    })
}
