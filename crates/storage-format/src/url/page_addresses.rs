//! Addresses that name a page or space by query or by name. They never name a file.

use super::{UrlMeaning, is_digits, percent_decode, query_value};

/// Returns what an address means. `segments` is its path below the context path.
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

/// Returns the content in the `pageId` of a query. On Confluence's own screens it is a page or blog post; apps use the
/// parameter for ids of their own.
pub(super) fn by_id(segments: &[&str], query: &str) -> Option<UrlMeaning> {
    let id = query_value(query, "pageId").filter(|id| is_digits(id))?;
    Some(match segments {
        [.., "pages", action] if action.ends_with(".action") => UrlMeaning::ContentId(id),
        _ => UrlMeaning::PossibleId(id),
    })
}

/// Whether an address opens a draft.
pub(super) fn names_a_draft(query: &str) -> bool {
    ["draftShareId", "draftId"].iter().any(|key| query_value(query, key).is_some())
}

/// Returns the value of a query parameter in which a space may be written as `+`.
fn value(query: &str, key: &str) -> Option<String> {
    query_value(&query.replace('+', " "), key).filter(|value| !value.is_empty())
}
