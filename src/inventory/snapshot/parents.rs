//! Folders, whiteboards, databases and smart links between pages: no list shows them.

use std::collections::{BTreeMap, BTreeSet};

use super::Parent;
use super::reading::Reading;
use crate::inventory::convert;
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::GROUP;
use crate::inventory::site::{Content, ContentId};
use crate::inventory::words::ParentKind;
use confluence_client::api::TreeKind;

/// Levels of members that are no pages, one above the other; more are a circle.
const MOST_LEVELS: usize = 100;

/// Parents of pages that are no pages, each once.
pub(super) fn first_level(pages: &[&Content]) -> BTreeSet<(ContentId, ParentKind)> {
    let parents = pages.iter().filter_map(|page| page.parent.as_ref());
    parents.filter(|(_, kind)| *kind != ParentKind::Page).cloned().collect()
}

/// Reads them, and theirs, up to pages or the root of the space. What is not there or not visible is `None`; what could
/// not be read, or is of a kind that nobody knows how to read, is absent, and the coverage says why.
pub(super) async fn read(reading: &Reading<'_>) -> BTreeMap<ContentId, Option<Parent>> {
    let mut level = first_level(reading.pages);
    let mut found: BTreeMap<ContentId, Option<Parent>> = BTreeMap::new();
    let mut asked: BTreeSet<ContentId> = BTreeSet::new();
    reading.crawl.phase("folders", Some(level.len() as u64));
    for _ in 0..MOST_LEVELS {
        level.retain(|(id, _)| asked.insert(id.clone()));
        if level.is_empty() {
            break;
        }
        let wanted: Vec<(ContentId, ParentKind)> = std::mem::take(&mut level).into_iter().collect();
        for group in wanted.chunks(GROUP) {
            let read = reading.crawl.all(group.iter().map(|(id, kind)| one(reading, id, kind)).collect()).await;
            for (id, parent) in read.into_iter().flatten() {
                let above = parent.as_ref().and_then(|parent| parent.parent.clone());
                level.extend(above.filter(|(_, kind)| *kind != ParentKind::Page));
                found.insert(id, parent);
            }
        }
    }
    found
}

/// What can be read of a parent that is no page; `None` is a kind that this program does not know.
fn tree_kind(kind: &ParentKind) -> Option<TreeKind> {
    match kind {
        ParentKind::Folder => Some(TreeKind::Folder),
        ParentKind::Whiteboard => Some(TreeKind::Whiteboard),
        ParentKind::Database => Some(TreeKind::Database),
        ParentKind::Embed => Some(TreeKind::Embed),
        ParentKind::Page | ParentKind::Other(_) => None,
    }
}

async fn one(reading: &Reading<'_>, id: &ContentId, kind: &ParentKind) -> Option<(ContentId, Option<Parent>)> {
    let crawl = &reading.crawl;
    let unit = crawl.ledger.enter(UnitKind::PageParent, format!("{kind} {id}"));
    let Some(which) = tree_kind(kind) else {
        crawl.progress.advance(1);
        crawl.ledger.warn(format!("pages lie below a {kind}, which this program does not know how to read"));
        unit.skipped("unknown kinds of parents");
        return None;
    };
    let answer = crawl.twice(|| crawl.api.tree_member(which, id.as_str())).await;
    crawl.progress.advance(1);
    match answer {
        Ok(sent) => {
            unit.ok();
            let parent_kind = convert::parent_kind(sent.parent_type);
            let parent = sent.parent_id.map(|parent| (ContentId(parent.0), parent_kind));
            Some((id.clone(), Some(Parent { title: sent.title.unwrap_or_default(), kind: kind.clone(), parent })))
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
