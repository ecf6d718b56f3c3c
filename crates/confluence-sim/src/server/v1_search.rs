//! The content search: CQL over an index of what is published.

use base64::prelude::{BASE64_URL_SAFE, Engine as _};
use chrono::Utc;
use serde_json::{Value, json};

use super::cql::{self, Facts};
use super::errors;
use super::orders::Found;
use super::paging::decoded;
use super::reply::{Answer, Reply};
use super::request::Request;
use super::served::{Served, Viewer};
use super::sort_keys::number_of;
use super::{v1_expansions, views};
use crate::behaviour::ArchivedSearch;
use crate::site::{Attachment, Content, Status};
use crate::workflow::WorkflowApp;

/// `content/search`: CQL over what is published. The index holds neither archived contents nor the trash, and this search
/// does not look into archived spaces. The cursor alone decides the position; `start` is echoed and not used.
pub(super) fn search(served: &Served, viewer: Viewer, request: &Request) -> Answer {
    let expands: Vec<&str> = expansions(request).collect();
    let found = find(served, viewer, request, &expands, Looked::Current)?;
    let results: Vec<Value> = found.page.iter().map(|hit| shown(served, *hit, &expands)).collect();
    Ok(Reply::ok(found.envelope(served, request, "content/search", &results)))
}

/// `search`: the same over the same index, and over archived spaces where they are asked for; every hit is wrapped, and
/// expansions begin with `content.`.
pub(super) fn search_everything(served: &Served, viewer: Viewer, request: &Request) -> Answer {
    let expands: Vec<&str> = expansions(request).filter_map(|part| part.strip_prefix("content.")).collect();
    let archived = served.site.behaviour.archived_search;
    let looked = match (request.flag("includeArchivedSpaces"), archived) {
        (true, ArchivedSearch::Refused) => return Err(errors::v1(400, "includeArchivedSpaces is not supported")),
        (true, ArchivedSearch::Shown) if request.flag("excludeCurrentSpaces") => Looked::Archived,
        (true, ArchivedSearch::Shown) => Looked::Both,
        _ => Looked::Current,
    };
    let found = find(served, viewer, request, &expands, looked)?;
    let results: Vec<Value> =
        found.page.iter().map(|hit| wrapped(served, *hit, &shown(served, *hit, &expands))).collect();
    let mut envelope = found.envelope(served, request, "search", &results);
    envelope["cqlQuery"] = json!(request.parameter("cql"));
    envelope["searchDuration"] = json!(7);
    envelope["archivedResultCount"] = json!(0);
    Ok(Reply::ok(envelope))
}

/// The spaces that a search looks into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looked {
    Current,
    Archived,
    Both,
}

/// One page of what a search found.
struct FoundPage {
    page: Vec<Found>,
    total: usize,
    limit: usize,
    /// Path and query of the next page.
    next: Option<String>,
}

fn expansions(request: &Request) -> impl Iterator<Item = &str> {
    request.parameters("expand").flat_map(|value| value.split(',')).filter(|part| !part.is_empty())
}

fn find(
    served: &Served,
    viewer: Viewer,
    request: &Request,
    expands: &[&str],
    looked: Looked,
) -> Result<FoundPage, Reply> {
    let with_workflow = served.site.workflow.app == WorkflowApp::ComalaCloud;
    let conditions = request.parameter("cql").and_then(|query| cql::parse(query, with_workflow));
    let conditions = conditions.ok_or_else(|| errors::v1(400, "Could not parse cql"))?;
    let limit = search_limit(request, expands)?;
    let after = request.parameter("cursor").map(search_position).transpose()?.unwrap_or_default();
    // all pages of a search see the same index until the site changes
    let search = format!("{viewer:?} {looked:?} {}", request.parameter("cql").unwrap_or_default());
    let found = served.orders.search(&search, || hits(served, viewer, &conditions, looked));
    let begin = found.partition_point(|hit| hit.place <= after);
    let page = found[begin..found.len().min(begin + limit)].to_vec();
    let next = page.last().filter(|_| begin + page.len() < found.len()).map(|last| {
        let next = request.with_cursor(&search_cursor(last.place));
        next.strip_prefix("/wiki").unwrap_or(&next).to_owned()
    });
    Ok(FoundPage { page, total: found.len(), limit, next })
}

impl FoundPage {
    fn envelope(&self, served: &Served, request: &Request, path: &str, results: &[Value]) -> Value {
        let own = format!("{}/rest/api/{path}", served.base());
        let mut links = json!({"base": served.base(), "context": "/wiki", "self": own});
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

fn shown(served: &Served, hit: Found, expands: &[&str]) -> Value {
    if hit.is_file {
        searched_file(&served.site.attachments[hit.at])
    } else {
        searched(served, &served.site.contents[hit.at], expands)
    }
}

/// A hit of the general search around its content.
fn wrapped(served: &Served, hit: Found, content: &Value) -> Value {
    let modified = if hit.is_file {
        served.site.attachments[hit.at].current().map(|version| version.created_at)
    } else {
        Some(served.site.contents[hit.at].modified_at())
    };
    json!({
        "title": content["title"],
        "excerpt": "",
        "url": content["_links"]["webui"].as_str().unwrap_or_default(),
        "breadcrumbs": [],
        "entityType": "content",
        "iconCssClass": "aui-icon content-type-page",
        "lastModified": modified.map(views::time),
        "score": 0.0,
        "content": content,
    })
}

/// Caps are applied silently and echoed: 1000 plain, 200 with expansions, 50 with bodies.
fn search_limit(request: &Request, expands: &[&str]) -> Result<usize, Reply> {
    let cap = if expands.iter().any(|part| part.starts_with("body")) {
        50
    } else if expands.is_empty() {
        1000
    } else {
        200
    };
    let asked = request.parameter("limit").map_or(Ok(25), str::parse::<usize>);
    asked.map(|limit| limit.clamp(1, cap)).map_err(|_| errors::v1(400, "limit is no number"))
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

/// Everything in the index that meets the conditions, in the order of the answers.
fn hits(served: &Served, viewer: Viewer, conditions: &[cql::Condition], looked: Looked) -> Vec<Found> {
    let holds = |facts: &Facts<'_>| conditions.iter().all(|condition| condition.holds(facts));
    let contents = served
        .site
        .contents
        .iter()
        .enumerate()
        .filter(|(_, content)| is_indexed(served, viewer, content, looked) && holds(&facts(served, content)));
    let files = served.site.attachments.iter().enumerate().filter(|(_, file)| {
        let owner = file.container.id().and_then(|id| served.content(id));
        file.status == Status::Current
            && served.sees_attachment(viewer, file)
            && owner.is_some_and(|owner| is_indexed(served, viewer, owner, looked))
            && file_facts(served, file).is_some_and(|facts| holds(&facts))
    });
    // ids of contents and files may be the same number
    let contents = contents.map(|(at, content)| Found { place: number_of(&content.id) * 2, is_file: false, at });
    let files = files.map(|(at, file)| Found { place: number_of(&file.id) * 2 + 1, is_file: true, at });
    let mut found: Vec<Found> = contents.chain(files).collect();
    found.sort_unstable_by_key(|hit| hit.place);
    found
}

fn file_facts<'a>(served: &'a Served, file: &'a Attachment) -> Option<Facts<'a>> {
    let owner = served.content(file.container.id()?)?;
    let (first, current) = (file.versions.first()?, file.current()?);
    Some(Facts {
        kind: "attachment",
        id: &file.id,
        title: &current.title,
        space_key: served.space(&owner.space_id).map_or("", |space| space.key.as_str()),
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

fn is_indexed(served: &Served, viewer: Viewer, content: &Content, looked: Looked) -> bool {
    let is_looked_into = |archived: bool| match looked {
        Looked::Current => !archived,
        Looked::Archived => archived,
        Looked::Both => true,
    };
    let is_left_out = served.site.behaviour.search_without_replies && content.parent.is_some();
    let container = content.container.as_deref().and_then(|id| served.content(id));
    content.status == Status::Current
        && !(content.kind.is_comment() && is_left_out)
        && served.space(&content.space_id).is_some_and(|space| is_looked_into(space.archived))
        && served.sees_content(viewer, content)
        && container.is_none_or(|container| container.status == Status::Current)
}

fn facts<'a>(served: &'a Served, content: &'a Content) -> Facts<'a> {
    Facts {
        kind: content.kind.as_str(),
        id: &content.id,
        title: &content.title,
        space_key: served.space(&content.space_id).map_or("", |space| space.key.as_str()),
        labels: &content.labels,
        created_at: content.created_at,
        modified_at: content.modified_at(),
        workflow: served.site.workflow.pages.get(&content.id),
        now: Utc::now(),
    }
}

fn searched(served: &Served, content: &Content, expands: &[&str]) -> Value {
    let web = views::webui(served, content);
    let mut json = json!({
        "id": content.id,
        "type": content.kind.as_str(),
        "status": content.status.as_str(),
        "title": content.title,
        "_expandable": {"container": "", "metadata": "", "extensions": ""},
        "_links": {"webui": web, "self": format!("{}/rest/api/content/{}", served.base(), content.id)},
    });
    for part in expands {
        v1_expansions::expand(served, content, part, &mut json);
    }
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_cursors_round_trip_and_strangers_are_refused() {
        assert_eq!(search_position(&search_cursor(42)).unwrap(), 42);
        assert_eq!(search_position("/rest/api/content/search?cursor=x").unwrap_err().status, 400);
    }
}
