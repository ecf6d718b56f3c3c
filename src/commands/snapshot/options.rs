//! From the configuration to what reading and judging pages ask for.

use std::collections::HashMap;
use std::path::Path;

use crate::cli::FailOn;
use crate::config::{Config, SnapshotConfig, SnapshotRules, SpaceRules, WorkflowConfig};
use crate::error::Failure;
use crate::inventory::scope::reported;
use crate::inventory::snapshot::{MetricGroup, MetricGroups, SnapshotFacts};
use crate::inventory::workflow::{DocumentReport, PinnedProperty, WorkflowOptions, WorkflowPage};
use crate::inventory::{Content, ContentKind, CrawlError, Inventory, SpaceId, Status};
use crate::metrics::findings::{FINDINGS, Found};
use crate::metrics::{Rules, Thresholds};
use storage_format::TodoMarkers;

/// The groups of metrics asked for; the configuration has checked their names.
pub(super) fn groups(snapshot: &SnapshotConfig) -> MetricGroups {
    MetricGroups::new(snapshot.metrics.iter().filter_map(|word| MetricGroup::parse(word)))
}

/// Keys of the spaces whose pages are measured: those of the flags, else those of the configuration, else all.
pub(super) fn chosen(
    inventory: &Inventory,
    config: &Config,
    snapshot: &SnapshotConfig,
) -> Result<Vec<String>, Failure> {
    let scope = &config.scope;
    let include = if scope.spaces.is_empty() { &snapshot.space_keys } else { &scope.spaces };
    let keys = reported(&inventory.spaces, include, &scope.exclude_spaces)
        .map_err(|error| Failure::from(&CrawlError::Scope(error)))?;
    Ok(keys.unwrap_or_else(|| all_keys(inventory)))
}

/// Keys of the spaces whose contents were read.
pub(super) fn read(inventory: &Inventory, is_audit: bool) -> Vec<String> {
    match &inventory.scan.reported_spaces {
        Some(keys) if !is_audit || inventory.scan.references_within => keys.clone(),
        _ => all_keys(inventory),
    }
}

fn all_keys(inventory: &Inventory) -> Vec<String> {
    inventory.spaces.iter().map(|space| space.key.clone()).collect()
}

/// Thresholds and bots.
pub(super) fn rules(rules: &SnapshotRules) -> Rules {
    Rules {
        usual: thresholds(rules.usual),
        by_space: rules.by_space.iter().map(|(space, rules)| (space.clone(), thresholds(*rules))).collect(),
        bots: rules.bots.clone(),
    }
}

fn thresholds(rules: SpaceRules) -> Thresholds {
    Thresholds {
        aging_days: rules.aging_days,
        stale_days: rules.stale_days,
        expired_days: rules.expired_days,
        stub_words: rules.stub_words,
        stalled_days: rules.stalled_days,
        unread_bytes: u64::from(rules.unread_mb) * 1024 * 1024,
    }
}

/// The words that mark unfinished text.
pub(super) fn todo_markers(snapshot: &SnapshotConfig) -> Result<TodoMarkers, Failure> {
    TodoMarkers::new(&snapshot.todo_markers).map_err(|text| {
        Failure::usage(format!("[snapshot]: `todo_markers` cannot hold `{text}`"))
            .because("it is not one word, so it is never found among the words of a text")
            .remedy("write single words with commas between them, as in: TODO, TBD")
    })
}

/// Refuses thresholds of findings that there are not.
pub(super) fn check_thresholds(thresholds: &[FailOn]) -> Result<(), Failure> {
    let is_known = |one: &FailOn| FINDINGS.iter().any(|finding| finding.id == one.finding);
    let Some(unknown) = thresholds.iter().find(|one| !is_known(one)) else { return Ok(()) };
    let names: Vec<&str> = FINDINGS.iter().map(|finding| finding.id).collect();
    Err(Failure::usage(format!("--fail-on: `{}` is no finding", unknown.finding))
        .remedy(format!("the findings are {}", names.join(", "))))
}

/// Whether a finding has as many pages as its threshold, or more.
pub(super) fn is_threshold_met(thresholds: &[FailOn], findings: &[Found<'_>]) -> bool {
    thresholds.iter().any(|one| {
        findings.iter().any(|found| found.finding.id == one.finding && found.pages.len() as u64 >= one.pages)
    })
}

/// Where the workflow state is found; reads the report to import.
pub(in crate::commands) fn workflow(config: &WorkflowConfig) -> Result<WorkflowOptions, Failure> {
    let import = config.import.as_deref().map(document_report).transpose()?;
    let property = config.property.clone().map(|pointers| PinnedProperty {
        key: pointers.key,
        state: pointers.state,
        name: pointers.name,
        is_final: pointers.is_final,
        expires: pointers.expires,
        since: pointers.since,
        approvers: pointers.approvers,
    });
    Ok(WorkflowOptions {
        property,
        state_names: config.states.clone(),
        final_states: config.final_states.clone(),
        reviewers: config.reviewers.clone(),
        label_map: config.label_states.clone(),
        owner_parameter: config.owner_parameter.clone(),
        relevance_parameter: config.relevance_parameter.clone(),
        parameters: config.parameters.clone(),
        import,
        ..WorkflowOptions::default()
    })
}

fn document_report(path: &Path) -> Result<DocumentReport, Failure> {
    let failure = |why: String| {
        Failure::usage(format!("--workflow-import: {} cannot be read", path.display()))
            .because(why)
            .remedy("give the CSV file of the workflow app's document report")
    };
    let bytes = std::fs::read(path).map_err(|error| failure(error.to_string()))?;
    DocumentReport::parse(&bytes).map_err(|error| failure(error.to_string()))
}

/// How many current pages of a space were read.
pub(super) fn current_pages(inventory: &Inventory, space: &str) -> u64 {
    let id = inventory.spaces.iter().find(|known| known.key == space).map(|known| &known.id);
    let is_there = |content: &&Content| {
        content.kind == ContentKind::Page && content.status == Status::Current && content.space.as_ref() == id
    };
    inventory.contents.iter().filter(is_there).count() as u64
}

/// The current pages of the chosen spaces, as the workflow providers want them.
pub(super) fn workflow_pages<'a>(
    inventory: &'a Inventory,
    facts: &'a SnapshotFacts,
    chosen: &[String],
) -> Vec<WorkflowPage<'a>> {
    let keys: HashMap<&SpaceId, &str> = inventory
        .spaces
        .iter()
        .filter(|space| chosen.contains(&space.key))
        .map(|space| (&space.id, space.key.as_str()))
        .collect();
    let pages = inventory
        .contents
        .iter()
        .filter(|content| content.kind == ContentKind::Page && content.status == Status::Current);
    pages
        .filter_map(|page| {
            let labels = facts.pages.get(&page.id).and_then(|facts| facts.labels.as_deref());
            let space_key = keys.get(page.space.as_ref()?)?;
            Some(WorkflowPage { id: &page.id, space_key, version: page.version, labels })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_markers_are_those_of_the_configuration() {
        let mut snapshot = SnapshotConfig::defaults().unwrap();
        assert_eq!(todo_markers(&snapshot).unwrap(), TodoMarkers::default());
        snapshot.todo_markers = vec!["WIP".to_owned(), "to do".to_owned()];
        let told = todo_markers(&snapshot).unwrap_err().to_string();
        assert!(told.contains("`todo_markers`") && told.contains("`to do`"), "{told}");
    }
}
