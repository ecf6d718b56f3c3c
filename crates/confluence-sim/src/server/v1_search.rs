//! The searches of v1: CQL over an index of published contents.

use base64::prelude::{BASE64_URL_SAFE, Engine as _};
use chrono::Utc;
use serde_json::{Value, json};

use super::cql::{self, Facts};
use super::errors;
use super::indexed_site::{IndexedSite, Viewer};
use super::paging::decoded;
use super::reply::{Reply, ReplyResult};
use super::request::Request;
use super::sort_keys::number_of;
use super::sorted_indexes::SearchHit;
use super::{v1_expansions, v2_json};
use crate::site::{Attachment, Content, Status};
use crate::site_behaviour::ArchivedSearch;
use crate::workflow::WorkflowApp;

/// `content/search`: the index has neither archived contents nor the trash, and this search does not cover archived
/// spaces. Only the cursor sets the position; `start` is echoed and ignored.
pub(super) fn search(indexed: &IndexedSite, viewer: Viewer, request: &Request) -> ReplyResult {
    let expands: Vec<&str> = expansions(request).collect();
    let found = find(indexed, viewer, request, &expands, SearchScope::Current)?;
    let results: Vec<Value> = found.page.iter().map(|hit| shown(indexed, *hit, &expands)).collect();
    Ok(Reply::ok(found.envelope(indexed, request, "content/search", &results)))
}

/// `search`: the same index, plus archived spaces on request; every hit is wrapped, and expansions begin with
/// `content.`.
pub(super) fn search_everything(indexed: &IndexedSite, viewer: Viewer, request: &Request) -> ReplyResult {
    let expands: Vec<&str> = expansions(request).filter_map(|part| part.strip_prefix("content.")).collect();
    let archived = indexed.site.behaviour.archived_search;
    let scope = match (request.flag("includeArchivedSpaces"), archived) {
        (true, ArchivedSearch::Refused) => return Err(errors::v1(400, "includeArchivedSpaces is not supported")),
        (true, ArchivedSearch::Shown) if request.flag("excludeCurrentSpaces") => SearchScope::Archived,
        (true, ArchivedSearch::Shown) => SearchScope::Both,
        _ => SearchScope::Current,
    };
    let found = find(indexed, viewer, request, &expands, scope)?;
    let results: Vec<Value> =
        found.page.iter().map(|hit| wrapped(indexed, *hit, &shown(indexed, *hit, &expands))).collect();
    let mut envelope = found.envelope(indexed, request, "search", &results);
    envelope["cqlQuery"] = json!(request.parameter("cql"));
    envelope["searchDuration"] = json!(7);
    envelope["archivedResultCount"] = json!(0);
    Ok(Reply::ok(envelope))
}

/// The spaces that a search covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SearchScope {
    Current,
    Archived,
    Both,
}

/// One page of search results.
struct SearchPage {
    page: Vec<SearchHit>,
    total: usize,
    limit: usize,
    /// Path and query of the next page.
    next: Option<String>,
}

fn expansions(request: &Request) -> impl Iterator<Item = &str> {
    request.parameters("expand").flat_map(|value| value.split(',')).filter(|part| !part.is_empty())
}

fn find(
    indexed: &IndexedSite,
    viewer: Viewer,
    request: &Request,
    expands: &[&str],
    scope: SearchScope,
) -> Result<SearchPage, Reply> {
    let with_workflow = indexed.site.workflow.app == WorkflowApp::ComalaCloud;
    let conditions = request.parameter("cql").and_then(|query| cql::parse(query, with_workflow));
    let conditions = conditions.ok_or_else(|| errors::v1(400, "Could not parse cql"))?;
    let limit = search_limit(request, expands)?;
    let after = request.parameter("cursor").map(search_position).transpose()?.unwrap_or_default();
    // all pages of results come from the same index until the site changes
    let search = format!("{viewer:?} {scope:?} {}", request.parameter("cql").unwrap_or_default());
    let found = indexed.orders.search(&search, || hits(indexed, viewer, &conditions, scope));
    let begin = found.partition_point(|hit| hit.rank <= after);
    let page = found[begin..found.len().min(begin + limit)].to_vec();
    let next = page.last().filter(|_| begin + page.len() < found.len()).map(|last| {
        let next = request.with_cursor(&search_cursor(last.rank));
        next.strip_prefix("/wiki").unwrap_or(&next).to_owned()
    });
    Ok(SearchPage { page, total: found.len(), limit, next })
}

impl SearchPage {
    fn envelope(&self, indexed: &IndexedSite, request: &Request, path: &str, results: &[Value]) -> Value {
        let own = format!("{}/rest/api/{path}", indexed.base());
        let mut links = json!({"base": indexed.base(), "context": "/wiki", "self": own});
        if let Some(next) = &self.next {
            links["next"] = Value::from(next.as_str());
        }
        let start: usize = request.parameter("start").and_then(|start| start.parse().ok()).unwrap_or_default();
        let size = results.len();
        json!({
            "results": results, "start": start, "limit": self.limit, "size": size, "totalSize": self.total,
            "_links": links,
        })
    }
}

fn shown(indexed: &IndexedSite, hit: SearchHit, expands: &[&str]) -> Value {
    if hit.is_file {
        searched_file(&indexed.site.attachments[hit.at])
    } else {
        searched(indexed, &indexed.site.contents[hit.at], expands)
    }
}

/// Wraps a content as a hit of the general search.
fn wrapped(indexed: &IndexedSite, hit: SearchHit, content: &Value) -> Value {
    let modified = if hit.is_file {
        indexed.site.attachments[hit.at].current().map(|version| version.created_at)
    } else {
        Some(indexed.site.contents[hit.at].modified_at())
    };
    json!({
        "title": content["title"],
        "excerpt": "",
        "url": content["_links"]["webui"].as_str().unwrap_or_default(),
        "breadcrumbs": [],
        "entityType": "content",
        "iconCssClass": "aui-icon content-type-page",
        "lastModified": modified.map(v2_json::time),
        "score": 0.0,
        "content": content,
    })
}

/// Parses `limit`. Caps are applied silently and echoed: 1000 plain, 200 with expansions, 50 with bodies.
fn search_limit(request: &Request, expands: &[&str]) -> Result<usize, Reply> {
    let cap = if expands.iter().any(|part| part.starts_with("body")) {
        50
    } else if expands.is_empty() {
        1000
    } else {
        200
    };
    let requested = request.parameter("limit").map_or(Ok(25), str::parse::<usize>);
    requested.map(|limit| limit.clamp(1, cap)).map_err(|_| errors::v1(400, "limit is not a number"))
}

fn search_cursor(last: i64) -> String {
    BASE64_URL_SAFE.encode(json!({"contentOrder": "id", "id": last}).to_string())
}

fn search_position(cursor: &str) -> Result<i64, Reply> {
    decoded(cursor)
        .filter(Value::is_object)
        .map(|value| value["id"].as_i64().unwrap_or_default())
        .ok_or_else(|| errors::v1(400, "Invalid cursor"))
}

/// Returns everything in the index that meets the conditions, in the order of the results.
pub(super) fn hits(
    indexed: &IndexedSite,
    viewer: Viewer,
    conditions: &[cql::Condition],
    scope: SearchScope,
) -> Vec<SearchHit> {
    let holds = |facts: &Facts<'_>| conditions.iter().all(|condition| condition.holds(facts));
    let contents = indexed
        .site
        .contents
        .iter()
        .enumerate()
        .filter(|(_, content)| is_indexed(indexed, viewer, content, scope) && holds(&facts(indexed, content)));
    let files = indexed.site.attachments.iter().enumerate().filter(|(_, file)| {
        let owner = file.container.id().and_then(|id| indexed.content(id));
        file.status == Status::Current
            && indexed.sees_attachment(viewer, file)
            && owner.is_some_and(|owner| is_indexed(indexed, viewer, owner, scope))
            && file_facts(indexed, file).is_some_and(|facts| holds(&facts))
    });
    // contents and files may have the same id
    let contents = contents.map(|(at, content)| SearchHit { rank: number_of(&content.id) * 2, is_file: false, at });
    let files = files.map(|(at, file)| SearchHit { rank: number_of(&file.id) * 2 + 1, is_file: true, at });
    let mut found: Vec<SearchHit> = contents.chain(files).collect();
    found.sort_unstable_by_key(|hit| hit.rank);
    found
}

fn file_facts<'a>(indexed: &'a IndexedSite, file: &'a Attachment) -> Option<Facts<'a>> {
    let owner = indexed.content(file.container.id()?)?;
    let (first, current) = (file.versions.first()?, file.current()?);
    Some(Facts {
        kind: "attachment",
        id: &file.id,
        title: &current.title,
        space_key: indexed.space(&owner.space_id).map_or("", |space| space.key.as_str()),
        labels: &file.labels,
        created_at: first.created_at,
        modified_at: current.created_at,
        workflow: None,
        now: Utc::now(),
    })
}

fn searched_file(file: &Attachment) -> Value {
    json!({
        "id": file.id,
        "type": "attachment",
        "status": file.status.as_str(),
        "title": file.current().map(|version| &version.title),
        "_expandable": {"container": "", "metadata": "", "extensions": ""},
        "_links": {},
    })
}

fn is_indexed(indexed: &IndexedSite, viewer: Viewer, content: &Content, scope: SearchScope) -> bool {
    let is_in_scope = |archived: bool| match scope {
        SearchScope::Current => !archived,
        SearchScope::Archived => archived,
        SearchScope::Both => true,
    };
    let is_left_out = indexed.site.behaviour.search_without_replies && content.parent.is_some();
    let container = content.container.as_deref().and_then(|id| indexed.content(id));
    content.status == Status::Current
        && !(content.kind.is_comment() && is_left_out)
        && indexed.space(&content.space_id).is_some_and(|space| is_in_scope(space.archived))
        && indexed.sees_content(viewer, content)
        && container.is_none_or(|container| container.status == Status::Current)
}

fn facts<'a>(indexed: &'a IndexedSite, content: &'a Content) -> Facts<'a> {
    Facts {
        kind: content.kind.as_str(),
        id: &content.id,
        title: &content.title,
        space_key: indexed.space(&content.space_id).map_or("", |space| space.key.as_str()),
        labels: &content.labels,
        created_at: content.created_at,
        modified_at: content.modified_at(),
        workflow: indexed.site.workflow.pages.get(&content.id),
        now: Utc::now(),
    }
}

fn searched(indexed: &IndexedSite, content: &Content, expands: &[&str]) -> Value {
    let web = v2_json::webui(indexed, content);
    let mut json = json!({
        "id": content.id,
        "type": content.kind.as_str(),
        "status": content.status.as_str(),
        "title": content.title,
        "_expandable": {"container": "", "metadata": "", "extensions": ""},
        "_links": {"webui": web, "self": format!("{}/rest/api/content/{}", indexed.base(), content.id)},
    });
    for part in expands {
        v1_expansions::expand(indexed, content, part, &mut json);
    }
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_cursors_round_trip_and_invalid_ones_are_refused() {
        assert_eq!(search_position(&search_cursor(42)).unwrap(), 42);
        assert_eq!(search_position("/rest/api/content/search?cursor=x").unwrap_err().status, 400);
    }
}
