//! Native content states, "page status".

use serde_json::{Value, json};

use super::errors;
use super::reply::{Answer, Reply};
use super::request::Request;
use super::served::{Served, Viewer};
use super::sort_keys::number_of;
use super::views;
use crate::site::{Content, Kind, Status};

/// The property that keeps the state of a page: an object of `id`, `name`, `color`.
const PROPERTY: &str = "content-state-published";

fn state_of(content: &Content) -> Option<&Value> {
    content.properties.get(PROPERTY)
}

/// `content/{id}/state`: never set is 200 with an empty result.
pub(crate) fn of_content(served: &Served, viewer: Viewer, id: &str) -> Answer {
    let content = served.visible_content(viewer, id).filter(|_| !served.site.workflow.without_content_states);
    let content = content.ok_or_else(|| errors::v1_not_found(id))?;
    let since = state_of(content).map(|_| views::time(content.modified_at()));
    Ok(Reply::ok(json!({"contentState": state_of(content), "lastUpdated": since})))
}

/// `space/{key}/state`: the states in use.
pub(crate) fn of_space(served: &Served, viewer: Viewer, key: &str) -> Answer {
    let mut states: Vec<&Value> = pages(served, viewer, key)?.into_iter().filter_map(state_of).collect();
    states.sort_by_key(|state| state["id"].as_i64());
    states.dedup();
    Ok(Reply::ok(json!(states)))
}

/// `space/{key}/state/content?state-id=`: pages in a state; an unknown state is an empty list.
pub(crate) fn contents(served: &Served, viewer: Viewer, request: &Request, key: &str) -> Answer {
    let number = |name, default| request.parameter(name).map_or(Ok(default), str::parse::<usize>);
    let state = request.parameter("state-id").and_then(|id| id.parse::<i64>().ok());
    let (Some(state), Ok(start), Ok(limit @ 1..=100)) = (state, number("start", 0), number("limit", 25)) else {
        return Err(errors::v1(400, "state-id, start or limit is out of range"));
    };
    let mut found = pages(served, viewer, key)?;
    found.retain(|page| state_of(page).is_some_and(|value| value["id"].as_i64() == Some(state)));
    found.sort_by_key(|page| number_of(&page.id));
    let results: Vec<Value> = found
        .iter()
        .skip(start)
        .take(limit)
        .map(|page| json!({"id": page.id, "type": "page", "status": page.status.as_str(), "title": page.title}))
        .collect();
    let mut links = json!({"base": served.base(), "context": "/wiki"});
    if found.len() > start + results.len() {
        let next = start + results.len();
        let key = views::segment(key);
        let path = format!("/rest/api/space/{key}/state/content?state-id={state}&start={next}&limit={limit}");
        links["next"] = Value::from(path);
    }
    let size = results.len();
    Ok(Reply::ok(json!({"results": results, "start": start, "limit": limit, "size": size, "_links": links})))
}

fn pages<'a>(served: &'a Served, viewer: Viewer, key: &str) -> Result<Vec<&'a Content>, Reply> {
    let space = served.site.spaces.iter().find(|space| space.key == key && viewer.sees_space(space));
    let there = space.filter(|_| !served.site.workflow.without_content_states);
    let space = there.ok_or_else(|| errors::v1(404, "No space found"))?;
    let contents = served.site.contents.iter().filter(|content| content.space_id == space.id);
    Ok(contents
        .filter(|content| content.kind == Kind::Page && content.status == Status::Current)
        .filter(|content| served.sees_content(viewer, content))
        .collect())
}
