//! Addresses of pages and spaces by name: no file is named by one.

use super::{UrlMeaning, percent_decode, query_value};

/// What the address means; `segments` is its path below the context path.
pub(super) fn meaning(segments: &[&str], query: &str) -> Option<UrlMeaning> {
    match segments {
        [.., "viewpage.action"] => {
            let (space, title) = (value(query, "spaceKey")?, value(query, "title")?);
            Some(UrlMeaning::PageTitle { space, title })
        }
        ["spaces", "viewspace.action" | "viewspacesummary.action"] => value(query, "key").map(UrlMeaning::Space),
        ["spaces" | "display", key] | ["spaces", key, "overview" | "pages" | "blog"] if !key.ends_with(".action") => {
            Some(UrlMeaning::Space(percent_decode(key)))
        }
        _ => None,
    }
}

/// A value of a query, where a blank may be written as `+`.
fn value(query: &str, key: &str) -> Option<String> {
    query_value(&query.replace('+', " "), key).filter(|value| !value.is_empty())
}
