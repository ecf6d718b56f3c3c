//! Questions about who is let in, and what is gone.

use serde_json::{Map, Value, json};

use super::{Answer, id, items, list, settled};
use confluence_client::{Client, Request, RequestKind};

/// Question 3: no credentials at all. Wrong ones are evaluated in the same way (`confluence-api.md` 5.3).
pub(super) async fn anonymous(client: &Client) -> Answer {
    let user = client.observe_as_visitor(&Request::v1(RequestKind::Probe, &["user", "current"])).await?;
    let spaces = client.observe_as_visitor(&list(&["spaces"], 1)).await?;
    let pages = client.observe_as_visitor(&list(&["pages"], 1)).await?;
    let count = |page: &confluence_client::Observed| page.results().map(Vec::len);
    let kind = user.json.as_ref().and_then(|json| json["type"].as_str().map(str::to_owned));
    let answer = match (count(&spaces), count(&pages)) {
        (Some(spaces), _) if spaces > 0 => {
            "public content: a wrong token would look like a right one to a careless program"
        }
        (_, Some(pages)) if pages > 0 => {
            "public content: a wrong token would look like a right one to a careless program"
        }
        (Some(_), _) | (_, Some(_)) => "empty lists",
        (None, None) => "nothing: the site refuses visitors",
    };
    settled(
        answer,
        json!({
            "current_user": {"status": user.status, "type": kind},
            "spaces": {"status": spaces.status, "items": count(&spaces)},
            "pages": {"status": pages.status, "items": count(&pages)},
        }),
    )
}

/// Question 10: the endpoints that were announced to go.
pub(super) async fn deprecated(client: &Client) -> Answer {
    let pages = client.observe(&list(&["pages"], 1)).await?;
    let page = items(&pages)?.first().and_then(id).unwrap_or("1").to_owned();
    let mut measured = Map::new();
    let mut alive = Vec::new();
    for (name, segments) in [
        ("space", vec!["space"]),
        ("content", vec!["content"]),
        ("content/ID", vec!["content", &page]),
        ("content/ID/child/attachment", vec!["content", &page, "child", "attachment"]),
        ("content/ID/property", vec!["content", &page, "property"]),
        ("content/ID/version", vec!["content", &page, "version"]),
    ] {
        let observed = client.observe(&Request::v1(RequestKind::Probe, &segments).with("limit", "1")).await?;
        if observed.is_answer() {
            alive.push(name);
        }
        measured.insert(
            name.to_owned(),
            json!({"status": observed.status, "deprecation": observed.headers.get("deprecation")}),
        );
    }
    let answer = if alive.is_empty() { "no".to_owned() } else { format!("these do: {}", alive.join(", ")) };
    settled(answer, Value::Object(measured))
}

/// Questions 6 and 8: what v2 has no successor for, with this token at this address.
pub(super) async fn without_successor(client: &Client) -> Answer {
    let pages = client.observe(&list(&["pages"], 1)).await?;
    let page = items(&pages)?.first().and_then(id).unwrap_or("1").to_owned();
    let spaces = client.observe(&list(&["spaces"], 1)).await?;
    let space = items(&spaces)?.first().and_then(|space| space["key"].as_str()).unwrap_or("none").to_owned();
    let mut measured = Map::new();
    let mut refused = Vec::new();
    for (name, segments) in [
        ("content/ID/state", vec!["content", &page, "state"]),
        ("space/KEY/state", vec!["space", &space, "state"]),
        ("template/page", vec!["template", "page"]),
        ("analytics/content/ID/views", vec!["analytics", "content", &page, "views"]),
        ("analytics/content/ID/viewers", vec!["analytics", "content", &page, "viewers"]),
        ("user/current", vec!["user", "current"]),
    ] {
        let status = client.observe(&Request::v1(RequestKind::Probe, &segments)).await?.status;
        if status != 200 {
            refused.push(format!("{name} ({status})"));
        }
        measured.insert(name.to_owned(), json!({"status": status}));
    }
    let answer =
        if refused.is_empty() { "yes, all of them".to_owned() } else { format!("not these: {}", refused.join(", ")) };
    settled(answer, Value::Object(measured))
}

/// Question 6, as far as reading allows.
pub(super) async fn edition(client: &Client) -> Answer {
    let observed = client.observe(&Request::v1(RequestKind::Probe, &["settings", "systemInfo"])).await?;
    let edition = observed.json.as_ref().and_then(|json| json["edition"].as_str().map(str::to_owned));
    let answer = match &edition {
        Some(edition) => format!("yes: {edition}"),
        None => format!("no: status {}", observed.status),
    };
    settled(answer, json!({"status": observed.status, "edition": edition}))
}
