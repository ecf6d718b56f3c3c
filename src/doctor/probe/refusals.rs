//! Questions about who is let in, and what is gone.

use serde_json::{Map, Value, json};

use super::{Answer, id, items, look, settled};
use confluence_client::look::Endpoint;
use confluence_client::{Api, Look, Place};

/// Question 3: no credentials at all. Wrong ones are evaluated in the same way.
pub(super) async fn anonymous(api: &Api) -> Answer {
    let user = api.observe_as_visitor(&Look::at(Place::CurrentUser)).await?;
    let spaces = api.observe_as_visitor(&look(Place::Spaces, 1)).await?;
    let pages = api.observe_as_visitor(&look(Place::Pages, 1)).await?;
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
pub(super) async fn deprecated(api: &Api) -> Answer {
    let pages = api.observe(&look(Place::Pages, 1)).await?;
    let page = items(&pages)?.first().and_then(id).unwrap_or("1").to_owned();
    let mut measured = Map::new();
    let mut alive = Vec::new();
    for endpoint in Endpoint::RETIRED {
        let observed = api.observe(&look(Place::Endpoint(endpoint, &page, ""), 1)).await?;
        if observed.is_answer() {
            alive.push(endpoint.name());
        }
        measured.insert(
            endpoint.name().to_owned(),
            json!({"status": observed.status, "deprecation": observed.headers.get("deprecation")}),
        );
    }
    let answer = if alive.is_empty() { "no".to_owned() } else { format!("these do: {}", alive.join(", ")) };
    settled(answer, Value::Object(measured))
}

/// Questions 6 and 8: what v2 has no successor for, with this token at this address.
pub(super) async fn without_successor(api: &Api) -> Answer {
    let pages = api.observe(&look(Place::Pages, 1)).await?;
    let page = items(&pages)?.first().and_then(id).unwrap_or("1").to_owned();
    let spaces = api.observe(&look(Place::Spaces, 1)).await?;
    let space = items(&spaces)?.first().and_then(|space| space["key"].as_str()).unwrap_or("none").to_owned();
    let mut measured = Map::new();
    let mut refused = Vec::new();
    for endpoint in Endpoint::WITHOUT_SUCCESSOR {
        let status = api.observe(&Look::at(Place::Endpoint(endpoint, &page, &space))).await?.status;
        if status != 200 {
            refused.push(format!("{} ({status})", endpoint.name()));
        }
        measured.insert(endpoint.name().to_owned(), json!({"status": status}));
    }
    let answer =
        if refused.is_empty() { "yes, all of them".to_owned() } else { format!("not these: {}", refused.join(", ")) };
    settled(answer, Value::Object(measured))
}

/// Question 6, as far as reading allows.
pub(super) async fn edition(api: &Api) -> Answer {
    let observed = api.observe(&Look::at(Place::SystemInfo)).await?;
    let edition = observed.json.as_ref().and_then(|json| json["edition"].as_str().map(str::to_owned));
    let answer = match &edition {
        Some(edition) => format!("yes: {edition}"),
        None => format!("no: status {}", observed.status),
    };
    settled(answer, json!({"status": observed.status, "edition": edition}))
}
