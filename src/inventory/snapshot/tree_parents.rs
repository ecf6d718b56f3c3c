//! Reads folders, whiteboards, databases and smart links between pages: no list has them.

use std::collections::{BTreeMap, BTreeSet};

use super::TreeParent;
use super::context::SnapshotContext;
use crate::inventory::api_enums::ParentKind;
use crate::inventory::convert;
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::GROUP;
use crate::inventory::site::{Content, ContentId};
use confluence_client::Api;
use confluence_client::api::TreeKind;

/// Maximum number of levels of parents that are not pages; more are a cycle.
const MAX_LEVELS: usize = 100;

/// Parents of pages that are not pages themselves, each once; none on sites without such parents.
pub(super) fn first_level(api: &Api, pages: &[&Content]) -> BTreeSet<(ContentId, ParentKind)> {
    if !api.features().tree_members {
        return BTreeSet::new();
    }
    let parents = pages.iter().filter_map(|page| page.parent.as_ref());
    parents.filter(|(_, kind)| *kind != ParentKind::Page).cloned().collect()
}

/// Reads these parents and their parents, up to a page or the root of the space. A parent that does not exist or is not
/// visible is `None`; one that could not be read or has an unknown kind is absent, and the coverage says why.
pub(super) async fn read(context: &SnapshotContext<'_>) -> BTreeMap<ContentId, Option<TreeParent>> {
    let mut level = first_level(context.crawl.api, context.pages);
    let mut found: BTreeMap<ContentId, Option<TreeParent>> = BTreeMap::new();
    let mut requested: BTreeSet<ContentId> = BTreeSet::new();
    context.crawl.phase("folders", Some(level.len() as u64));
    for _ in 0..MAX_LEVELS {
        level.retain(|(id, _)| requested.insert(id.clone()));
        if level.is_empty() {
            break;
        }
        let wanted: Vec<(ContentId, ParentKind)> = std::mem::take(&mut level).into_iter().collect();
        for group in wanted.chunks(GROUP) {
            let read = context.crawl.all(group.iter().map(|(id, kind)| one(context, id, kind)).collect()).await;
            for (id, parent) in read.into_iter().flatten() {
                let above = parent.as_ref().and_then(|parent| parent.parent.clone());
                level.extend(above.filter(|(_, kind)| *kind != ParentKind::Page));
                found.insert(id, parent);
            }
        }
    }
    found
}

/// The API's kind of a parent that is not a page; `None` if this program does not know it.
fn tree_kind(kind: &ParentKind) -> Option<TreeKind> {
    match kind {
        ParentKind::Folder => Some(TreeKind::Folder),
        ParentKind::Whiteboard => Some(TreeKind::Whiteboard),
        ParentKind::Database => Some(TreeKind::Database),
        ParentKind::Embed => Some(TreeKind::Embed),
        ParentKind::Page | ParentKind::Other(_) => None,
    }
}

async fn one(
    context: &SnapshotContext<'_>,
    id: &ContentId,
    kind: &ParentKind,
) -> Option<(ContentId, Option<TreeParent>)> {
    let crawl = &context.crawl;
    let unit = crawl.ledger.enter(UnitKind::PageParent, format!("{kind} {id}"));
    let Some(which) = tree_kind(kind) else {
        crawl.progress.advance(1);
        crawl.ledger.warn(format!("some pages are below a {kind}, which this program does not know how to read"));
        unit.skipped("unknown kind of parent");
        return None;
    };
    let response = crawl.retry_not_found(|| crawl.api.tree_member(which, id.as_str())).await;
    crawl.progress.advance(1);
    match response {
        Ok(sent) => {
            unit.ok();
            let parent_kind = convert::parent_kind(sent.parent_type);
            let parent = sent.parent_id.map(|parent| (ContentId(parent.0), parent_kind));
            Some((id.clone(), Some(TreeParent { title: sent.title.unwrap_or_default(), kind: kind.clone(), parent })))
        }
        Err(error) if error.is_not_found() => {
            unit.gone();
            Some((id.clone(), None))
        }
        Err(error) => {
            unit.refused(&error);
            None
        }
    }
}
