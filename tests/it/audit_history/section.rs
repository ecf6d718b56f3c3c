//! The section of the dashboard about earlier runs.

use std::fs;

use confluence_storage_analyzer::audit_history::AuditHistoryFacts;
use confluence_storage_analyzer::comparison::{ComparisonSummary, Obstacle, ObstacleKind};
use confluence_storage_analyzer::report::{self, ReportInput, RunFacts};
use tempfile::TempDir;
use test_support::{earlier_runs, sample};

/// Returns the text of the section, without tags.
fn section(run: &RunFacts, complete: bool) -> (String, String) {
    let (inventory, audit) = if complete { sample::complete(20) } else { sample::incomplete(20) };
    let folder = TempDir::new().unwrap();
    let written = report::write(folder.path(), ReportInput { run, inventory: &inventory, audit: &audit }).unwrap();
    let page = fs::read_to_string(written.join("index.html")).unwrap();
    let section = page.split("<section class=\"of-previous\">").nth(1).unwrap().split("</section>").next().unwrap();
    let text: String = section
        .split('<')
        .map(|part| part.split_once('>').map_or(part, |(_, text)| text))
        .collect::<Vec<_>>()
        .join(" ");
    (section.to_owned(), text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn the_dashboard_shows_what_changed_and_the_figures_of_all_counted_runs() {
    let (html, text) = section(&sample::run_facts(), true);
    for part in [
        "7 days before this one",
        "confluence_analysis_V0_1_2026-11-14_19-41-07",
        "Newly unreferenced 4 19.1 MiB",
        "New 1,234 at least 9.5 MiB",
        "Stored 848.8 MiB 858.3 MiB + 9.5 MiB",
        "Unreferenced 257.5 MiB 238.4 MiB − 19.1 MiB",
        "7 runs that saw the same",
        "7 complete runs, 2026-10-10 to 2026-11-21: 294 → 300.",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!((html.matches("<svg role=\"img\"").count(), html.matches("data-label=\"Began\"").count()), (4, 7));
    assert_eq!(html.matches(" class=\"point\"").count(), 4 * 7);
}

#[test]
fn without_a_previous_run_one_line_says_so() {
    let history = earlier_runs::audit_history();
    let last = history.runs.last().cloned();
    let first_run = AuditHistoryFacts { runs: last.into_iter().collect(), ..history };
    let facts = RunFacts { previous: None, audit_history: Some(first_run), ..sample::run_facts() };
    let (html, text) = section(&facts, true);
    assert_eq!(text, "Compared with the previous run There is no earlier run of this site in the same folder.");
    assert!(!html.contains("<svg"));
    let facts = RunFacts { exit_code: 3, audit_history: None, ..sample::run_facts() };
    let (_, text) = section(&facts, false);
    assert_eq!(text, "Compared with the previous run An incomplete run is not compared with earlier ones.");
}

#[test]
fn reasons_against_a_comparison_and_remarks_are_shown() {
    let obstacle = Obstacle { kind: ObstacleKind::Visibility, text: "the account is <b>, not a".to_owned() };
    let previous = ComparisonSummary { obstacles: vec![obstacle], changes: [].into(), ..earlier_runs::previous_run() };
    let history = AuditHistoryFacts { remark: Some("it is damaged".to_owned()), ..earlier_runs::audit_history() };
    let facts = RunFacts { previous: Some(previous), audit_history: Some(history), ..sample::run_facts() };
    let (html, text) = section(&facts, true);
    assert!(text.contains("are not compared") && text.contains("No file differs between the two runs."), "{text}");
    assert!(html.contains("the account is &#60;b&#62;, not a"), "{html}");
    assert!(text.contains("it is damaged"), "{text}");
}
