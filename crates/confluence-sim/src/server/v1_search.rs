//! The content search: CQL over an index of what is published (`confluence-api.md` 4).

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
use crate::site::{Attachment, Content, Status};
use crate::workflow::WorkflowApp;

/// CQL over what is published. The index holds neither archived contents nor archived spaces nor the trash. The
/// cursor alone decides the position; `start` is echoed and not used (`confluence-api.md` 4).
pub(super) fn search(served: &Served, viewer: Viewer, request: &Request) -> Answer {
    let with_workflow = served.site.workflow.app == WorkflowApp::ComalaCloud;
    let conditions = request.parameter("cql").and_then(|query| cql::parse(query, with_workflow));
    let conditions = conditions.ok_or_else(|| errors::v1(400, "Could not parse cql"))?;
    let expands: Vec<&str> =
        request.parameters("expand").flat_map(|value| value.split(',')).filter(|part| !part.is_empty()).collect();
    let limit = search_limit(request, &expands)?;
    let after = request.parameter("cursor").map(search_position).transpose()?.unwrap_or_default();
    // all pages of a search see the same index until the site changes
    let search = format!("{viewer:?} {}", request.parameter("cql").unwrap_or_default());
    let found = served.orders.search(&search, || hits(served, viewer, &conditions));
    let begin = found.partition_point(|hit| hit.place <= after);
    let page = &found[begin..found.len().min(begin + limit)];
    let mut links = json!({"base": served.base(), "context": "/wiki", "self": format!("{}{}", served.base(), "/rest/api/content/search")});
    if let Some(last) = page.last().filter(|_| begin + page.len() < found.len()) {
        let next = request.with_cursor(&search_cursor(last.place));
        links["next"] = Value::from(next.strip_prefix("/wiki").unwrap_or(&next));
    }
    let total = found.len();
    let results: Vec<Value> = page
        .iter()
        .map(|hit| {
            if hit.is_file {
                searched_file(&served.site.attachments[hit.at])
            } else {
                searched(served, &served.site.contents[hit.at], &expands)
            }
        })
        .collect();
    let start: usize = request.parameter("start").and_then(|start| start.parse().ok()).unwrap_or_default();
    let size = results.len();
    Ok(Reply::ok(json!({
        "results": results, "start": start, "limit": limit, "size": size, "totalSize": total, "_links": links,
    })))
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
fn hits(served: &Served, viewer: Viewer, conditions: &[cql::Condition]) -> Vec<Found> {
    let holds = |facts: &Facts<'_>| conditions.iter().all(|condition| condition.holds(facts));
    let contents = served
        .site
        .contents
        .iter()
        .enumerate()
        .filter(|(_, content)| is_indexed(served, viewer, content) && holds(&facts(served, content)));
    let files = served.site.attachments.iter().enumerate().filter(|(_, file)| {
        let owner = file.container.id().and_then(|id| served.content(id));
        file.status == Status::Current
            && served.sees_attachment(viewer, file)
            && owner.is_some_and(|owner| is_indexed(served, viewer, owner))
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

fn is_indexed(served: &Served, viewer: Viewer, content: &Content) -> bool {
    let in_current_space = served.space(&content.space_id).is_some_and(|space| !space.archived);
    let container = content.container.as_deref().and_then(|id| served.content(id));
    content.status == Status::Current
        && in_current_space
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
