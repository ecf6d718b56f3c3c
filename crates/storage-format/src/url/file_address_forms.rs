//! Forms of the address of a Confluence file, on any host. On an unknown host only the form decides whether an address
//! counts as that of a Confluence file.

use super::{attachment_digits, is_digits, preview_target, query_value};

/// Confluence actions that name a file in their query.
const NAMING_ACTIONS: [&str; 4] =
    ["preview.action", "viewpageattachments.action", "downloadallattachments.action", "viewer.action"];

/// Longest part of an address that is examined: a text may contain many addresses without an end.
const MAX_FORM_BYTES: usize = 2_048;

/// Whether the part of an address after its host has the form of a Confluence file.
pub(super) fn is_file_form(rest: &str) -> bool {
    let most = rest.len().min(MAX_FORM_BYTES);
    let end = (0..=most).rev().find(|&at| rest.is_char_boundary(at)).unwrap_or_default();
    let rest = &rest[..end];
    let rest = rest.split('#').next().unwrap_or_default();
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    // quick exit for most addresses: each form has a query or a path of this length
    if path.len() < "/x.action".len() && query.is_empty() {
        return false;
    }
    is_file_path(path) || names_file(path, query)
}

fn is_file_path(path: &str) -> bool {
    // a context path has one part at most
    let mut parts = relevant(path);
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("download"), Some("attachments" | "thumbnails"), Some(page), Some(name)) => {
            !name.is_empty() && (is_digits(page) || page == "embedded-page")
        }
        (Some("rest"), Some("api"), Some("content"), Some(_)) => {
            parts.next() == Some("child") && parts.next() == Some("attachment") && parts.next().is_some_and(is_id)
        }
        (Some("rest"), Some("documentConversion"), Some("latest"), Some("conversion")) => {
            parts.next() == Some("thumbnail") && parts.next().is_some_and(is_id)
        }
        // only after the context path of Confluence Cloud: other products have such a path too
        (Some("api"), Some("v2"), Some("attachments"), Some(id)) => path.contains("/wiki/api/") && is_id(id),
        _ => false,
    }
}

fn names_file(path: &str, query: &str) -> bool {
    let is_page =
        path.ends_with(".action") || ["/display/", "/pages/", "/spaces/"].iter().any(|part| path.contains(part));
    if is_page && query.contains("preview=") && preview_target(query).is_some() {
        return true;
    }
    let action = path.rsplit('/').next().unwrap_or_default();
    if action == "login.action" {
        let destination = query_value(query, "os_destination").unwrap_or_default();
        return is_file_path(destination.split('?').next().unwrap_or_default());
    }
    NAMING_ACTIONS.contains(&action)
        && query.split('&').filter_map(|part| part.split_once('=')).any(|(key, value)| {
            let key = key.strip_prefix("amp;").unwrap_or(key);
            match key {
                "pageId" => is_digits(value),
                _ => key.eq_ignore_ascii_case("attachmentId") && is_id(value),
            }
        })
}

fn is_id(text: &str) -> bool {
    attachment_digits(text).is_some()
}

/// Iterates over the parts of a path, beginning with the first part of a known form: at the start of the path, after a
/// context path, or after the prefix of static resources.
fn relevant(path: &str) -> impl Iterator<Item = &str> {
    const FIRST: [&str; 3] = ["download", "rest", "api"];
    let most_before = if path.contains("/_/") { usize::MAX } else { 1 };
    let mut parts = path.split('/').filter(|part| !part.is_empty() && *part != ".").peekable();
    let mut before = 0;
    while before < most_before && parts.next_if(|part| !FIRST.contains(part)).is_some() {
        before += 1;
    }
    parts
}

/// Removes the context path of another host from a path with query.
pub(super) fn without_context(rest: &str) -> String {
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let (path, query) = rest.split_at(end);
    let path: Vec<&str> = relevant(path).collect();
    format!("/{}{query}", path.join("/"))
}
