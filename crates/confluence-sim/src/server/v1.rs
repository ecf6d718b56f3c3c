//! Routes of v1: search, current user, templates, people, downloads.

use serde_json::{Value, json};

use super::errors;
use super::indexed_site::{IndexedSite, Viewer};
use super::reply::{Reply, ReplyResult};
use super::request::Request;
use super::{downloads, people, templates, v1_readership, v1_search, v1_states};

/// Routes a path below `/wiki/rest/api/`.
pub(crate) fn route(
    indexed: &IndexedSite,
    viewer: Viewer,
    request: &Request,
    segments: &[&str],
    media: &str,
) -> ReplyResult {
    match segments {
        ["user", "current"] => Ok(Reply::ok(people::current_user(indexed, viewer))),
        ["user", "bulk"] => Ok(people::several(indexed, request)),
        ["user"] => people::one(indexed, request),
        ["settings", "systemInfo"] => Ok(Reply::ok(system_info(indexed))),
        ["content", "search"] => v1_search::search(indexed, viewer, request),
        ["search"] => v1_search::search_everything(indexed, viewer, request),
        ["content", id, "restriction", "byOperation"] => v1_readership::restrictions(indexed, viewer, id),
        ["template", kind @ ("page" | "blueprint")] => templates::list(indexed, viewer, request, *kind == "blueprint"),
        ["template", id] => templates::one(indexed, id),
        ["content", id, "state"] => v1_states::of_content(indexed, viewer, id),
        ["space", key, "state"] => v1_states::of_space(indexed, viewer, &decoded(key)),
        ["space", key, "state", "content"] => v1_states::contents(indexed, viewer, request, &decoded(key)),
        ["content", owner, "child", "attachment", id, "download"] => {
            downloads::redirect(indexed, viewer, request, owner, id, media)
        }
        ["analytics", "content", id, what] => v1_readership::analytics(indexed, viewer, request, id, what),
        ["content", id, "notification", "child-created"] => v1_readership::watches(indexed, viewer, request, id),
        ["content", _, "child", "attachment", _] => Err(errors::method_not_allowed()),
        // removed operations: `content`, `content/{id}`, children, labels, properties, versions, `space`
        ["content" | "space", ..] => Err(errors::gone()),
        _ => Err(errors::unknown_path(&request.path)),
    }
}

/// Decodes a space key: keys of personal spaces may be escaped.
fn decoded(key: &str) -> String {
    percent_encoding::percent_decode_str(key).decode_utf8_lossy().into_owned()
}

fn system_info(indexed: &IndexedSite) -> Value {
    json!({
        "cloudId": super::CLOUD_ID,
        "commitHash": "0000000",
        "baseUrl": indexed.base(),
        "edition": "STANDARD",
        "siteTitle": "Confluence",
        "defaultLocale": "en_GB",
        "defaultTimeZone": "Etc/UTC",
    })
}
