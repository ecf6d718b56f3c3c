//! Labels that mean a state, as the configuration says (`comala.md` 4): the last resort.

use super::rows::Rows;
use super::state::{WorkflowSource, WorkflowState};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::Crawl;
use crate::wording::plural;

/// Gives the pages without any workflow the state of the first label of the map that they bear.
pub(super) fn apply(crawl: &Crawl<'_>, rows: &mut Rows<'_>, map: &[(String, String)]) {
    if map.is_empty() {
        return;
    }
    let mut unread = Vec::new();
    for at in rows.unknown() {
        let Some(labels) = rows.page(at).labels else {
            unread.push(at);
            continue;
        };
        // Confluence keeps labels in lower case
        let bears = |label: &str| labels.iter().any(|name| name.eq_ignore_ascii_case(label));
        if let Some((_, state)) = map.iter().find(|(label, _)| bears(label)) {
            let source = WorkflowSource::Labels;
            rows.fill(at, WorkflowState { state: Some(state.clone()), source, ..WorkflowState::default() });
        }
    }
    if !unread.is_empty() {
        let unit = crawl
            .ledger
            .enter(UnitKind::Workflow, format!("labels of {}", plural(unread.len() as u64, "page", "pages")));
        unit.failed("label_states needs the labels of pages, and they were not read");
        for at in unread {
            rows.close(at);
        }
    }
}
