//! Which spaces and pages a snapshot is of.

use std::collections::HashMap;

use crate::config::{Config, SnapshotConfig};
use crate::error::{ExitStatus, Failure};
use crate::inventory::coverage::{UnitEnd, UnitKind};
use crate::inventory::scope::reported;
use crate::inventory::snapshot::SnapshotFacts;
use crate::inventory::workflow::WorkflowPage;
use crate::inventory::{Content, ContentKind, CrawlError, Inventory, Space, SpaceId, Status};
use crate::metrics::Previous;

/// Keys of the spaces whose pages are measured: those of the flags, else those of the configuration, else all.
pub(super) fn chosen(
    inventory: &Inventory,
    config: &Config,
    snapshot: &SnapshotConfig,
) -> Result<Vec<String>, Failure> {
    let (include, exclude) = (&snapshot.include_spaces, &config.crawl.exclude_spaces);
    let keys = reported(&inventory.spaces, include, exclude).map_err(|choice| match unlisted(inventory) {
        Some(reason) if choice.is_of_the_spaces() => {
            Failure::new(ExitStatus::Unreachable, format!("{choice}, but not all spaces could be listed"))
                .because(reason)
                .remedy("run again later: it may be one of the others")
        }
        _ => Failure::from(&CrawlError::Scope(choice)),
    })?;
    Ok(keys.unwrap_or_else(|| all_keys(inventory)))
}

/// Why not all spaces are known, where that is so.
fn unlisted(inventory: &Inventory) -> Option<&str> {
    let lists = inventory.coverage.gaps.iter().filter(|gap| gap.kind == UnitKind::SpaceList);
    lists.into_iter().find_map(|gap| match &gap.end {
        UnitEnd::Failed { reason } | UnitEnd::Denied { reason } => Some(reason.as_str()),
        UnitEnd::Ok | UnitEnd::Gone | UnitEnd::Skipped { .. } | UnitEnd::Accepted { .. } => None,
    })
}

/// Keys of the spaces whose contents were read.
pub(super) fn read(inventory: &Inventory, is_audit: bool) -> Vec<String> {
    match &inventory.scan.reported_spaces {
        Some(keys) if !is_audit || inventory.scan.references_within => keys.clone(),
        _ => all_keys(inventory),
    }
}

/// The keys that no visible space has.
pub(super) fn unknown<'a>(inventory: &Inventory, keys: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    let is_known = |key: &&String| inventory.spaces.iter().any(|space| space.key == **key);
    keys.filter(|key| !is_known(key)).map(String::as_str).collect()
}

fn all_keys(inventory: &Inventory) -> Vec<String> {
    inventory.spaces.iter().map(|space| space.key.clone()).collect()
}

/// How many current pages of each visible space were read, by its key.
pub(super) fn current_pages(inventory: &Inventory) -> HashMap<String, u64> {
    let mut pages: HashMap<&SpaceId, u64> = inventory.spaces.iter().map(|space| (&space.id, 0)).collect();
    let is_current = |content: &&Content| content.kind == ContentKind::Page && content.status == Status::Current;
    for page in inventory.contents.iter().filter(is_current) {
        if let Some(count) = page.space.as_ref().and_then(|space| pages.get_mut(space)) {
            *count += 1;
        }
    }
    inventory.spaces.iter().map(|space| (space.key.clone(), pages[&space.id])).collect()
}

/// Whether nothing was said about which spaces to measure.
pub(super) fn is_whole_site(config: &Config, snapshot: &SnapshotConfig) -> bool {
    snapshot.include_spaces.is_empty() && config.crawl.exclude_spaces.is_empty()
}

/// The current pages of the chosen spaces, as the workflow providers want them.
pub(super) fn workflow_pages<'a>(
    inventory: &'a Inventory,
    facts: &'a SnapshotFacts,
    chosen: &[String],
    previous: Option<&'a Previous>,
) -> Vec<WorkflowPage<'a>> {
    let spaces: HashMap<&SpaceId, &Space> =
        inventory.spaces.iter().filter(|space| chosen.contains(&space.key)).map(|space| (&space.id, space)).collect();
    let pages = inventory
        .contents
        .iter()
        .filter(|content| content.kind == ContentKind::Page && content.status == Status::Current);
    pages
        .filter_map(|page| {
            let labels = facts.pages.get(&page.id).and_then(|facts| facts.labels.as_deref());
            let space = *spaces.get(page.space.as_ref()?)?;
            let (space_key, searched) = (space.key.as_str(), space.searched());
            let told = |previous: &'a Previous| previous.told_content_state(page.id.as_str(), page.version);
            let content_state = previous.and_then(told);
            Some(WorkflowPage { id: &page.id, space_key, searched, version: page.version, labels, content_state })
        })
        .collect()
}
