//! Page and blueprint templates.

use serde_json::Value;

use super::Exchange;
use super::page_of_results::{ListRange, links};
use crate::server::errors;
use crate::server::indexed_site::Viewer;
use crate::server::reply::{Reply, ReplyResult};
use crate::server::templates::template_json;
use crate::site::Template;

/// `rest/experimental/template/page` and `/blueprint`: the templates of a space, or the global ones.
pub(super) fn list(exchange: Exchange<'_>, blueprint: bool) -> ReplyResult {
    if exchange.viewer == Viewer::Anonymous {
        return Err(errors::data_center(403, "Not permitted to view templates"));
    }
    let expansions = exchange.expansions("");
    let range = ListRange::read(exchange, 25, &expansions)?;
    let space = match exchange.request.parameter("spaceKey") {
        None => None,
        Some(key) => Some(super::spaces::visible(exchange, key)?.key.as_str()),
    };
    let site = &exchange.indexed.site;
    let lists_all = site.behaviour.lists_all_templates && space.is_none();
    let listed = site
        .templates
        .iter()
        .filter(|template| template.blueprint == blueprint)
        .filter(|template| lists_all || template.space_key.as_deref() == space);
    let with_body = expansions.has_part("body");
    Ok(Reply::ok(range.page(exchange, listed, |template| json(exchange, template, with_body))))
}

/// Returns one template by id.
pub(super) fn one(exchange: Exchange<'_>, id: &str) -> ReplyResult {
    let found = exchange.indexed.site.templates.iter().find(|template| template.id == id);
    let found = found.filter(|_| exchange.viewer != Viewer::Anonymous);
    let found = found.ok_or_else(|| errors::data_center(404, "No template found"))?;
    let mut json = json(exchange, found, true);
    json["_links"] = links(exchange);
    Ok(Reply::ok(json))
}

fn json(exchange: Exchange<'_>, template: &Template, with_body: bool) -> Value {
    let mut json = template_json(template, with_body);
    if let Some(fields) = json.as_object_mut() {
        fields.remove("editorVersion");
    }
    json["_links"]["self"] = Value::from(exchange.url(&format!("/rest/experimental/template/{}", template.id)));
    json
}
