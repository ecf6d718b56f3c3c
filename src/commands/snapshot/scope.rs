//! Determines which spaces and pages a snapshot covers.

use std::collections::HashMap;

use crate::config::{Config, SnapshotConfig};
use crate::error::{ExitStatus, Failure};
use crate::inventory::coverage::{UnitEnd, UnitKind};
use crate::inventory::snapshot::SnapshotFacts;
use crate::inventory::space_choice::reported;
use crate::inventory::workflow::WorkflowPage;
use crate::inventory::{Content, ContentKind, CrawlError, Inventory, Space, SpaceId, Status};
use crate::metrics::PreviousSnapshots;
use crate::support::formatting::plural;

/// Returns the keys of the spaces to measure: those of the flags, else those of the configuration, else all.
pub(super) fn chosen_spaces(
    inventory: &Inventory,
    config: &Config,
    snapshot: &SnapshotConfig,
) -> Result<Vec<String>, Failure> {
    let (include, exclude) = (&snapshot.include_spaces, &config.crawl.exclude_spaces);
    let keys = reported(&inventory.spaces, include, exclude).map_err(|choice| match listing_error(inventory) {
        Some(reason) if choice.depends_on_listed_spaces() => {
            Failure::new(ExitStatus::Unreachable, format!("{choice}, but not all spaces could be listed"))
                .because(reason)
                .remedy("run again later: the space may be one of those that are missing from the list")
        }
        _ => Failure::from(&CrawlError::Scope(choice)),
    })?;
    Ok(keys.unwrap_or_else(|| all_keys(inventory)))
}

/// Returns why the list of spaces is incomplete, if it is.
fn listing_error(inventory: &Inventory) -> Option<&str> {
    let lists = inventory.coverage.gaps.iter().filter(|gap| gap.kind == UnitKind::SpaceList);
    lists.into_iter().find_map(|gap| match &gap.end {
        UnitEnd::Failed { reason } | UnitEnd::Denied { reason } => Some(reason.as_str()),
        UnitEnd::Ok | UnitEnd::Gone | UnitEnd::Skipped { .. } | UnitEnd::Accepted { .. } => None,
    })
}

/// Returns the keys of the spaces whose contents were read.
pub(super) fn spaces_read(inventory: &Inventory, is_audit: bool) -> Vec<String> {
    match &inventory.scan.reported_spaces {
        Some(keys) if !is_audit || inventory.scan.references_within => keys.clone(),
        _ => all_keys(inventory),
    }
}

/// Returns the keys that no visible space has.
pub(super) fn unknown_keys<'a>(inventory: &Inventory, keys: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    let is_known = |key: &&String| inventory.spaces.iter().any(|space| space.key == **key);
    keys.filter(|key| !is_known(key)).map(String::as_str).collect()
}

fn all_keys(inventory: &Inventory) -> Vec<String> {
    inventory.spaces.iter().map(|space| space.key.clone()).collect()
}

/// Counts the current pages read in each visible space, by space key.
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

/// Returns the note on the current pages that only the admin key shows, in a run with the key.
pub(super) fn only_with_key(inventory: &Inventory, chosen: &[String]) -> Option<String> {
    if !inventory.scan.listed_without_key {
        return None;
    }
    let spaces = inventory.spaces.iter().filter(|space| chosen.contains(&space.key));
    let chosen: Vec<&SpaceId> = spaces.map(|space| &space.id).collect();
    let pages = inventory.contents.iter().filter(|content| {
        let is_chosen = content.space.as_ref().is_some_and(|space| chosen.contains(&space));
        is_chosen && content.only_with_admin_key && content.status == Status::Current
    });
    let pages = pages.filter(|content| content.kind == ContentKind::Page).count() as u64;
    Some(format!(
        "This week was read with the admin key: {} of {} can be seen only with it.",
        plural(pages, "page", "pages"),
        plural(chosen.len() as u64, "space", "spaces")
    ))
}

/// Returns whether neither flags nor configuration choose spaces.
pub(super) fn is_whole_site(config: &Config, snapshot: &SnapshotConfig) -> bool {
    snapshot.include_spaces.is_empty() && config.crawl.exclude_spaces.is_empty()
}

/// Returns the current pages of the chosen spaces, in the form that the workflow providers need.
pub(super) fn workflow_pages<'a>(
    inventory: &'a Inventory,
    facts: &'a SnapshotFacts,
    chosen: &[String],
    previous: Option<&'a PreviousSnapshots>,
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
            let recorded =
                |previous: &'a PreviousSnapshots| previous.dated_content_state(page.id.as_str(), page.version);
            let content_state = previous.and_then(recorded);
            Some(WorkflowPage { id: &page.id, space_key, searched, version: page.version, labels, content_state })
        })
        .collect()
}
