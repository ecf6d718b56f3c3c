//! What v1 still has: search, current user, templates, people, downloads.

use serde_json::{Value, json};

use super::errors;
use super::reply::{Answer, Reply};
use super::request::Request;
use super::served::{Served, Viewer};
use super::{downloads, people, templates, v1_readers, v1_search, v1_states};

/// Answers a path below `/wiki/rest/api/`.
pub(crate) fn route(served: &Served, viewer: Viewer, request: &Request, segments: &[&str], media: &str) -> Answer {
    match segments {
        ["user", "current"] => Ok(Reply::ok(people::current_user(served, viewer))),
        ["user", "bulk"] => Ok(people::several(served, request)),
        ["user"] => people::one(served, request),
        ["settings", "systemInfo"] => Ok(Reply::ok(system_info(served))),
        ["content", "search"] => v1_search::search(served, viewer, request),
        ["search"] => v1_search::search_everything(served, viewer, request),
        ["content", id, "restriction", "byOperation"] => v1_readers::restrictions(served, viewer, id),
        ["template", kind @ ("page" | "blueprint")] => templates::list(served, viewer, request, *kind == "blueprint"),
        ["template", id] => templates::one(served, id),
        ["content", id, "state"] => v1_states::of_content(served, viewer, id),
        ["space", key, "state"] => v1_states::of_space(served, viewer, &decoded(key)),
        ["space", key, "state", "content"] => v1_states::contents(served, viewer, request, &decoded(key)),
        ["content", owner, "child", "attachment", id, "download"] => {
            downloads::redirect(served, viewer, request, owner, id, media)
        }
        ["analytics", "content", id, what] => v1_readers::analytics(served, viewer, request, id, what),
        ["content", id, "notification", "child-created"] => v1_readers::watches(served, viewer, request, id),
        ["content", _, "child", "attachment", _] => Err(errors::method_not_allowed()),
        // the removed family: `content`, `content/{id}`, children, labels, properties, versions, `space`
        ["content" | "space", ..] => Err(errors::gone()),
        _ => Err(errors::unknown_path(&request.path)),
    }
}

/// Keys of personal spaces may come escaped.
fn decoded(key: &str) -> String {
    percent_encoding::percent_decode_str(key).decode_utf8_lossy().into_owned()
}

fn system_info(served: &Served) -> Value {
    json!({
        "cloudId": super::CLOUD_ID,
        "commitHash": "0000000",
        "baseUrl": served.base(),
        "edition": "STANDARD",
        "siteTitle": "Confluence",
        "defaultLocale": "en_GB",
        "defaultTimeZone": "Etc/UTC",
    })
}
