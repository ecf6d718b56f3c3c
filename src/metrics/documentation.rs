//! Generated sections of `docs/metrics.md`: the tables of metrics, findings and health weights.

use super::columns::{self, PageColumn};
use super::findings::{self, FINDINGS, Finding};
use super::judgement::health_weights;
use super::{link_problems, model};
use crate::inventory::snapshot::MetricGroup;
use crate::spreadsheet::{documentation, documentation_beyond};

/// Line before a generated section, around its name.
const BEGIN: [&str; 2] = ["<!-- generated: ", " -->\n"];
/// Line after a generated section.
const END: &str = "<!-- end -->";

/// Returns the document with its generated sections replaced by what the code says now.
///
/// # Panics
///
/// Panics when the document lacks a section.
#[expect(clippy::panic, reason = "called by tests only")]
pub fn fill(document: &str) -> String {
    let mut filled = document.to_owned();
    for (name, text) in sections() {
        let begin = BEGIN.join(name);
        let Some((before, rest)) = filled.split_once(&begin) else { panic!("no section {name}") };
        let Some((_, after)) = rest.split_once(END) else { panic!("section {name} does not end") };
        filled = format!("{before}{begin}\n{text}\n{END}{after}");
    }
    filled
}

fn sections() -> Vec<(&'static str, String)> {
    const BASE: &str = "[page metrics](#metrics)";
    let of_group = |group: MetricGroup| {
        let is_in = |column: &&PageColumn| column.group.unwrap_or(MetricGroup::Core) == group;
        (group.name(), documentation(columns::exported().into_iter().filter(is_in)))
    };
    let mut sections: Vec<_> = MetricGroup::ALL.into_iter().map(of_group).collect();
    sections.extend([
        ("columns of the weeks only", documentation(columns::only_in_weeks())),
        ("findings", finding_table()),
        ("health", health_table()),
        ("columns of findings", documentation_beyond(BASE, findings::COLUMNS)),
        ("columns of links", documentation_beyond(BASE, link_problems::COLUMNS)),
        ("columns of external links", documentation_beyond(BASE, link_problems::EXTERNAL)),
    ]);
    sections.extend(model::documentation_sections());
    sections
}

fn finding_table() -> String {
    let row = |finding: &Finding| {
        let (measure, group) = (finding.measure.name(), finding.group.name());
        format!("| `{}` | {} | {} | {measure} | {group} |\n", finding.id, finding.title, finding.why)
    };
    let rows: Vec<String> = FINDINGS.iter().map(row).collect();
    "| File | Finding | Meaning | Sorted by | Group |\n|---|---|---|---|---|\n".to_owned() + &rows.concat()
}

fn health_table() -> String {
    let rows: Vec<String> = health_weights().map(|(reason, weight)| format!("| {reason} | {weight} |\n")).collect();
    "| Reason | Weight |\n|---|---|\n".to_owned() + &rows.concat()
}
