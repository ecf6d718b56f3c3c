//! What only the admin key shows: reads the lists of spaces, pages and blog posts once more without the key, and marks
//! what they lack.
//!
//! No verdict depends on it. If a list cannot be read, nothing is marked, and the report says that it is not known.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use tokio::join;

use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::ledger::Ledger;
use super::lists::{self, read_in_spaces};
use super::pass::Pass;
use super::site::{ContentId, Space, Status};
use super::{Content, ContentKind};
use confluence_client::api::ContentType;
use confluence_client::model;

/// Marks the spaces, pages and posts that the account does not see without the key. Returns whether that is known.
pub(super) async fn mark(crawl: &Crawl<'_>, spaces: &mut [Space], contents: &mut [Content]) -> bool {
    if !crawl.api.uses_admin_key() || crawl.api.client().stopped().is_some() {
        return false;
    }
    crawl.phase("lists without the admin key", None);
    let api = crawl.api.without_admin_key();
    // its gaps do not make the run incomplete
    let ledger = Ledger::default();
    let plain = Crawl { api: &api, ledger: &ledger, ..*crawl };
    let seen = lists::spaces(&api, &ledger).await.by_key;
    let seen_spaces: HashSet<_> = seen.iter().map(|space| space.id.clone()).collect();
    // a snapshot reads only some spaces, and not always blog posts
    let spaces_with = |kind: ContentKind| {
        let of_kind = contents.iter().filter(|content| content.kind == kind);
        let read: HashSet<_> = of_kind.filter_map(|content| content.space.as_ref()).collect();
        let listed = spaces.iter().filter(|space| seen_spaces.contains(&space.id) && read.contains(&space.id));
        listed.collect::<Vec<&Space>>()
    };
    let (of_pages, of_posts) = (spaces_with(ContentKind::Page), spaces_with(ContentKind::BlogPost));
    let ids: Mutex<HashSet<ContentId>> = Mutex::default();
    let note = |sent: model::Content| {
        ids.lock().unwrap_or_else(PoisonError::into_inner).insert(ContentId::new(sent.id.0));
        None
    };
    join!(
        read_in_spaces(&plain, Pass::TITLES, ContentType::Page, &of_pages, note),
        read_in_spaces(&plain, Pass::TITLES, ContentType::BlogPost, &of_posts, note),
    );
    let unit = crawl.ledger.enter(UnitKind::WithoutKey, "spaces, pages and blog posts");
    if !ledger.finish().is_complete() {
        unit.skipped("they could not be listed without the admin key; no verdict depends on it");
        crawl.ledger.warn("it is not known what only the admin key shows: the lists without it could not be read");
        return false;
    }
    unit.ok();
    let ids = ids.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut marked = 0_usize;
    for space in spaces {
        space.only_with_admin_key = !seen_spaces.contains(&space.id);
        marked += usize::from(space.only_with_admin_key);
    }
    // no list shows drafts, with or without the key
    let is_listed = |content: &&mut Content| content.kind.owns_attachments() && content.status != Status::Draft;
    for content in contents.iter_mut().filter(is_listed) {
        content.only_with_admin_key = !ids.contains(&content.id);
        marked += usize::from(content.only_with_admin_key);
    }
    if marked == 0 {
        crawl.ledger.warn(
            "the admin key shows nothing that the account does not see without it: nothing is restricted, or the key \
             has no effect",
        );
    }
    true
}
