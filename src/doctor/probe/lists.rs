//! Probes of lists: page sizes, defaults, and what they omit.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{ProbeOutcome, ProbedSite, echoed_limit, id, items, outcome, probe_of};
use confluence_client::ProbeTarget;
use confluence_client::api::CommentKind;

/// Number of comments whose replies are requested.
const COMMENTS_CHECKED: usize = 20;

/// Measures how many items a page of results with limit 250 has, how large it is and how long it takes.
pub(super) async fn caps(site: &ProbedSite<'_>) -> ProbeOutcome {
    let mut measured = Map::new();
    let mut words = Vec::new();
    for (name, probe) in [
        ("pages", probe_of(ProbeTarget::Pages, 250).bodies()),
        ("blog posts", probe_of(ProbeTarget::BlogPosts, 250).bodies()),
        ("footer comments", probe_of(ProbeTarget::Comments(CommentKind::Footer), 250).bodies()),
        ("search with bodies", probe_of(ProbeTarget::PagesBySearch, 250)),
        ("search with properties", probe_of(ProbeTarget::HeaderImagesOfPages, 250)),
    ] {
        let page = site.observe(&probe).await?;
        let count = page.results().map(Vec::len);
        let echoed = echoed_limit(&page);
        words.push(match count {
            Some(count) if page.has_next() => format!("{name}: {count} and more"),
            Some(count) => format!("{name}: all {count}"),
            None => format!("{name}: status {}", page.status),
        });
        measured.insert(
            name.to_owned(),
            json!({
                "asked": 250, "came": count, "limit_echoed": echoed, "more": page.has_next(), "bytes": page.bytes,
                "milliseconds": u64::try_from(page.elapsed.as_millis()).unwrap_or(u64::MAX), "status": page.status,
            }),
        );
    }
    outcome(words.join("; "), Value::Object(measured))
}

/// Checks whether the lists include replies, and comments on attachments and custom content.
pub(super) async fn replies(site: &ProbedSite<'_>) -> ProbeOutcome {
    let mut measured = Map::new();
    let mut words = Vec::new();
    for (kind, which) in [("footer-comments", CommentKind::Footer), ("inline-comments", CommentKind::Inline)] {
        let listed = site.observe(&probe_of(ProbeTarget::Comments(which), 250)).await?;
        let comments = items(&listed)?;
        let count = |field: &str| comments.iter().filter(|comment| !comment[field].is_null()).count();
        let shown = count("parentCommentId");
        let known: BTreeSet<&str> = comments.iter().filter_map(id).collect();
        let mut unlisted = 0;
        for comment in comments.iter().filter_map(id).take(COMMENTS_CHECKED) {
            let replies = site.observe(&probe_of(ProbeTarget::Replies(which, comment), 50)).await?;
            let replies = replies
                .results()
                .map_or(0, |replies| replies.iter().filter_map(id).filter(|reply| !known.contains(reply)).count());
            unlisted += replies;
        }
        words.push(match (shown, unlisted) {
            (0, 0) => format!("{kind}: not known, no reply was found"),
            (_, 0) => format!("{kind}: yes"),
            (0, _) => format!("{kind}: no"),
            _ => format!("{kind}: some are included and some are not, or those are beyond the first page of results"),
        });
        measured.insert(
            kind.to_owned(),
            json!({
                "listed": comments.len(), "replies_shown": shown, "replies_only_below_their_comment": unlisted,
                "on_attachments": count("attachmentId"), "on_app_content": count("customContentId"),
            }),
        );
    }
    outcome(words.join("; "), Value::Object(measured))
}

/// Checks which spaces `/spaces` lists by default.
pub(super) async fn default_spaces(site: &ProbedSite<'_>) -> ProbeOutcome {
    let default = site.observe(&probe_of(ProbeTarget::Spaces, 250)).await?;
    let archived = site.observe(&probe_of(ProbeTarget::Spaces, 250).statuses(&["archived"])).await?;
    let archived: BTreeSet<&str> = items(&archived)?.iter().filter_map(id).collect();
    let shown = items(&default)?.iter().filter_map(id).filter(|space| archived.contains(space)).count();
    let answer = match (archived.len(), shown) {
        (0, _) => "not known: there is no archived space",
        (_, 0) if default.has_next() => "not known: no archived space on the first page of results, and there are more",
        (_, 0) => "current spaces only",
        _ => "archived spaces too",
    };
    outcome(
        answer,
        json!({"default": items(&default)?.len(), "archived": archived.len(), "archived_in_default": shown}),
    )
}

/// Checks whether a page of an archived space is listed without `space-id`.
pub(super) async fn archived_pages(site: &ProbedSite<'_>) -> ProbeOutcome {
    let spaces = site.observe(&probe_of(ProbeTarget::Spaces, 25).statuses(&["archived"])).await?;
    let mut found = None;
    for space in items(&spaces)?.iter().filter_map(id) {
        let pages = site.observe(&probe_of(ProbeTarget::PagesOfSpace(space), 1)).await?;
        if let Some(page) = pages.results().and_then(|pages| id(pages.first()?).map(str::to_owned)) {
            found = Some(page);
            break;
        }
    }
    let Some(page) = found else {
        return outcome(
            "not known: no archived space with a page is visible",
            json!({"spaces": items(&spaces)?.len()}),
        );
    };
    let listed = site.observe(&probe_of(ProbeTarget::Pages, 1).ids(vec![&page])).await?;
    let shown = !items(&listed)?.is_empty();
    outcome(if shown { "yes" } else { "NO" }, json!({"shown": shown}))
}

/// Checks whether header images can be read in bulk, and in which form they come.
pub(super) async fn search_properties(site: &ProbedSite<'_>) -> ProbeOutcome {
    let page = site.observe(&probe_of(ProbeTarget::HeaderImages, 200)).await?;
    let hits = items(&page)?;
    let with = |pointer: &str| hits.iter().filter(|hit| hit.pointer(pointer).is_some()).count();
    let (returned, set) = (
        with("/metadata/properties"),
        with("/metadata/properties/cover-picture-id-published/value")
            + with("/metadata/properties/cover-picture-id-draft/value"),
    );
    let answer = match (hits.len(), returned, set) {
        (0, ..) => "not known: the search found nothing",
        (_, 0, _) => "NO: no hit has its properties",
        (all, some, _) if some < all => "for some hits only",
        (_, _, 0) => "yes, but no hit has a header image",
        _ => "yes, with values",
    };
    outcome(
        answer,
        json!({
            "hits": hits.len(), "with_properties": returned, "with_header_image": set,
            "asked_for_left_unexpanded": with("/metadata/properties/_expandable/cover-picture-id-published"),
        }),
    )
}
