//! Questions about lists: their pages, their defaults, what they leave out.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Answer, id, items, look, settled};
use confluence_client::api::CommentKind;
use confluence_client::{Api, Place};

/// Comments whose replies are asked for.
const ASKED_FOR_REPLIES: usize = 20;

/// Question 4: what a page of 250 items with bodies really brings, how large it is and how long it takes.
pub(super) async fn caps(api: &Api) -> Answer {
    let mut measured = Map::new();
    let mut words = Vec::new();
    for (name, look) in [
        ("pages", look(Place::Pages, 250).bodies()),
        ("blog posts", look(Place::BlogPosts, 250).bodies()),
        ("footer comments", look(Place::Comments(CommentKind::Footer), 250).bodies()),
        ("search with bodies", look(Place::PagesBySearch, 250)),
        ("search with properties", look(Place::HeaderImagesOfPages, 250)),
    ] {
        let page = api.observe(&look).await?;
        let count = page.results().map(Vec::len);
        let echoed = page.json.as_ref().and_then(|json| json["limit"].as_u64());
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
    settled(words.join("; "), Value::Object(measured))
}

/// Question 5: replies, and comments on attachments and app content.
pub(super) async fn replies(api: &Api) -> Answer {
    let mut measured = Map::new();
    let mut words = Vec::new();
    for (kind, which) in [("footer-comments", CommentKind::Footer), ("inline-comments", CommentKind::Inline)] {
        let listed = api.observe(&look(Place::Comments(which), 250)).await?;
        let comments = items(&listed)?;
        let count = |field: &str| comments.iter().filter(|comment| !comment[field].is_null()).count();
        let shown = count("parentCommentId");
        let known: BTreeSet<&str> = comments.iter().filter_map(id).collect();
        let mut unlisted = 0;
        for comment in comments.iter().filter_map(id).take(ASKED_FOR_REPLIES) {
            let replies = api.observe(&look(Place::Replies(which, comment), 50)).await?;
            let replies = replies
                .results()
                .map_or(0, |replies| replies.iter().filter_map(id).filter(|reply| !known.contains(reply)).count());
            unlisted += replies;
        }
        words.push(match (shown, unlisted) {
            (0, 0) => format!("{kind}: not known, no reply was seen"),
            (_, 0) => format!("{kind}: yes"),
            (0, _) => format!("{kind}: no"),
            _ => format!("{kind}: some are shown and some are not, or they lie beyond the first page"),
        });
        measured.insert(
            kind.to_owned(),
            json!({
                "listed": comments.len(), "replies_shown": shown, "replies_only_below_their_comment": unlisted,
                "on_attachments": count("attachmentId"), "on_app_content": count("customContentId"),
            }),
        );
    }
    settled(words.join("; "), Value::Object(measured))
}

/// Question 9: the default of `/spaces`.
pub(super) async fn default_spaces(api: &Api) -> Answer {
    let default = api.observe(&look(Place::Spaces, 250)).await?;
    let archived = api.observe(&look(Place::Spaces, 250).statuses(&["archived"])).await?;
    let archived: BTreeSet<&str> = items(&archived)?.iter().filter_map(id).collect();
    let shown = items(&default)?.iter().filter_map(id).filter(|space| archived.contains(space)).count();
    let answer = match (archived.len(), shown) {
        (0, _) => "not known: there is no archived space",
        (_, 0) if default.has_next() => "not known: the first page shows no archived space, and there are more pages",
        (_, 0) => "current ones only",
        _ => "archived ones too",
    };
    settled(
        answer,
        json!({"default": items(&default)?.len(), "archived": archived.len(), "archived_in_default": shown}),
    )
}

/// Question 9: pages of archived spaces without `space-id`.
pub(super) async fn archived_pages(api: &Api) -> Answer {
    let spaces = api.observe(&look(Place::Spaces, 25).statuses(&["archived"])).await?;
    let mut found = None;
    for space in items(&spaces)?.iter().filter_map(id) {
        let pages = api.observe(&look(Place::PagesOfSpace(space), 1)).await?;
        if let Some(page) = pages.results().and_then(|pages| id(pages.first()?).map(str::to_owned)) {
            found = Some(page);
            break;
        }
    }
    let Some(page) = found else {
        return settled(
            "not known: no archived space with a page is visible",
            json!({"spaces": items(&spaces)?.len()}),
        );
    };
    let listed = api.observe(&look(Place::Pages, 1).ids(vec![&page])).await?;
    let shown = !items(&listed)?.is_empty();
    settled(if shown { "yes" } else { "NO" }, json!({"shown": shown}))
}

/// Whether the bulk way to header images works, and in which form.
pub(super) async fn search_properties(api: &Api) -> Answer {
    let page = api.observe(&look(Place::HeaderImages, 200)).await?;
    let hits = items(&page)?;
    let with = |pointer: &str| hits.iter().filter(|hit| hit.pointer(pointer).is_some()).count();
    let (answered, set) = (
        with("/metadata/properties"),
        with("/metadata/properties/cover-picture-id-published/value")
            + with("/metadata/properties/cover-picture-id-draft/value"),
    );
    let answer = match (hits.len(), answered, set) {
        (0, ..) => "not known: the search found nothing",
        (_, 0, _) => "NO: no hit bears its properties",
        (all, some, _) if some < all => "for some hits only",
        (_, _, 0) => "yes in form; no header image was among the hits",
        _ => "yes, with values",
    };
    settled(
        answer,
        json!({
            "hits": hits.len(), "with_properties": answered, "with_header_image": set,
            "asked_for_left_unexpanded": with("/metadata/properties/_expandable/cover-picture-id-published"),
        }),
    )
}
