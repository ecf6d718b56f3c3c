//! The forms that the address of a Confluence file has, on whatever host. The form decides: what looks like one is one, and
//! nothing else on a host that is not the site's own is looked at.

use super::{attachment_digits, is_digits, preview_target, query_value};

/// Pages of Confluence that name a file in their query.
const NAMING_PAGES: [&str; 4] =
    ["preview.action", "viewpageattachments.action", "downloadallattachments.action", "viewer.action"];

/// The beginning of an address that is looked at: text may hold one that never ends, many times.
const MAX_FORM_BYTES: usize = 2_048;

/// Whether what follows the host of an address has the form of a Confluence file.
pub(super) fn is_file_form(rest: &str) -> bool {
    let most = rest.len().min(MAX_FORM_BYTES);
    let end = (0..=most).rev().find(|&at| rest.is_char_boundary(at)).unwrap_or_default();
    let rest = &rest[..end];
    let rest = rest.split('#').next().unwrap_or_default();
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    // most addresses are none, and a look tells: each form has one of these
    if path.len() < "/x.action".len() && query.is_empty() {
        return false;
    }
    is_file_path(path) || names_file(path, query)
}

fn is_file_path(path: &str) -> bool {
    // no context path has more than one part
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
        // only behind the context path of Confluence: other programs have such a path too
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
    let page = path.rsplit('/').next().unwrap_or_default();
    if page == "login.action" {
        let destination = query_value(query, "os_destination").unwrap_or_default();
        return is_file_path(destination.split('?').next().unwrap_or_default());
    }
    NAMING_PAGES.contains(&page)
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

/// The parts of a path from the one on that begins a known form: at its beginning, behind a context path, or behind what
/// the server puts before the paths of resources.
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

/// The same path and query without the context path that it has on another host.
pub(super) fn without_context(rest: &str) -> String {
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let (path, query) = rest.split_at(end);
    let path: Vec<&str> = relevant(path).collect();
    format!("/{}{query}", path.join("/"))
}
