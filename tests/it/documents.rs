//! Documents for users: their tables, options and pictures are compared with the program.

use std::path::Path;

use confluence_storage_analyzer::audit::Usage;
use confluence_storage_analyzer::cli::AuditFigure;
use confluence_storage_analyzer::comparison::FileChangeKind;
use confluence_storage_analyzer::error::exit_status_table;
use confluence_storage_analyzer::metrics::findings::FINDINGS;
use confluence_storage_analyzer::metrics::{Thresholds, documentation};
use confluence_storage_analyzer::openmetrics;
use regex::Regex;
use test_support::golden::assert_golden;
use test_support::png;

const README: &str = include_str!("../../README.md");
const COMPARING: &str = include_str!("../../docs/comparing.md");
const AUDIT: &str = include_str!("../../docs/audit.md");
const MONITORING: &str = include_str!("../../docs/monitoring.md");

/// All documents for users.
const DOCUMENTS: [(&str, &str); 13] = [
    ("README.md", README),
    ("docs/access.md", include_str!("../../docs/access.md")),
    ("docs/audit.md", AUDIT),
    ("docs/comparing.md", COMPARING),
    ("docs/configuration.md", include_str!("../../docs/configuration.md")),
    ("docs/explain.md", include_str!("../../docs/explain.md")),
    ("docs/first-run.md", include_str!("../../docs/first-run.md")),
    ("docs/monitoring.md", MONITORING),
    ("docs/personal-data.md", include_str!("../../docs/personal-data.md")),
    ("docs/rechecking.md", include_str!("../../docs/rechecking.md")),
    ("docs/scheduling.md", include_str!("../../docs/scheduling.md")),
    ("docs/snapshots.md", include_str!("../../docs/snapshots.md")),
    ("docs/spreadsheets-and-bi.md", include_str!("../../docs/spreadsheets-and-bi.md")),
];

/// Largest size of a picture of the README: everyone who opens the README loads it.
const MOST_PICTURE_BYTES: usize = 200_000;

/// First cells of the rows of the table below a heading.
fn first_cells(heading: &str) -> Vec<&'static str> {
    let section = README.split(heading).nth(1).unwrap_or_else(|| panic!("no heading {heading}"));
    let rows = section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    rows.skip(2).map(|row| row.split('|').nth(1).unwrap().trim().trim_matches('`')).collect()
}

#[test]
fn the_exit_status_table_is_the_one_of_the_code() {
    assert!(README.contains(&exit_status_table()), "put this table into the README:\n{}", exit_status_table());
}

#[test]
fn the_usages_are_those_of_the_audit_in_their_order() {
    assert_eq!(first_cells("## How to read the result"), Usage::ALL.map(Usage::as_str));
}

#[test]
fn every_command_and_option_named_exists_and_every_command_is_named() {
    let mut definition = confluence_storage_analyzer::cli::Cli::command_definition();
    definition.build();
    let commands: Vec<_> = definition.get_subcommands().filter(|command| command.get_name() != "help").collect();
    for command in &commands {
        assert!(README.contains(&format!("`{}", command.get_name())), "{} is not named", command.get_name());
    }
    let long = |command: &clap::Command| {
        command.get_arguments().filter_map(|argument| argument.get_long()).map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    let mut options = long(&definition);
    options.extend(commands.iter().flat_map(|command| long(command)));
    for (document, text) in DOCUMENTS {
        let ours = text.lines().filter(|line| !line.starts_with("cargo") && !line.contains("`cargo "));
        for named in ours.flat_map(|line| line.split("`--").skip(1)) {
            let name: String = named.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
            assert!(options.contains(&name), "{document} names --{name}, which does not exist");
        }
    }
}

#[test]
fn kinds_of_change_and_figures_with_thresholds_are_documented() {
    for kind in FileChangeKind::ALL {
        let row = format!("| `{}` | {} |", kind.as_str(), kind.meaning());
        assert!(COMPARING.contains(&row), "put this row into docs/comparing.md:\n{row}");
    }
    for figure in AuditFigure::ALL {
        assert!(COMPARING.contains(&format!("| `{}=", figure.name())), "{}", figure.name());
    }
}

#[test]
fn no_document_calls_a_file_safe_to_delete() {
    for (document, text) in DOCUMENTS {
        let text = text.to_lowercase();
        for words in ["safe to delete", "safely delete", "safely be deleted", "unused"] {
            assert!(!text.contains(words), "{document}: {words}");
        }
    }
}

#[test]
fn the_scopes_of_the_document_are_those_that_requests_need() {
    let (_, section) = include_str!("../../docs/access.md").split_once("### Scopes").unwrap();
    let rows = section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let named = rows.skip(2).flat_map(|row| row.split('|').nth(1).unwrap().split(", "));
    let mut named: Vec<&str> = named.map(|name| name.trim().trim_matches('`')).collect();
    let mut needed: Vec<&str> = confluence_client::scopes::SCOPES.iter().map(|scope| scope.name).collect();
    named.sort_unstable();
    needed.sort_unstable();
    assert_eq!(named, needed);
    let (_, sentence) = section.split_once("An audit needs the first ").unwrap();
    let essential = confluence_client::scopes::SCOPES.iter().filter(|scope| scope.is_essential).count();
    assert!(sentence.starts_with("eight.") && essential == 8, "{essential} scopes are essential");
}

#[test]
fn the_page_of_columns_is_that_of_the_tables() {
    assert_golden("docs/columns.md", &confluence_storage_analyzer::report::csv::columns_page());
}

#[test]
fn the_page_of_metrics_has_the_tables_of_the_code() {
    let document = include_str!("../../docs/metrics.md");
    assert_golden("docs/metrics.md", &documentation::fill(document));
    let Thresholds { aging_days, stale_days, expired_days, stub_words, stalled_days, unread_mb } =
        Thresholds::default();
    for (name, default) in [
        ("aging_days", aging_days),
        ("stale_days", stale_days),
        ("expired_days", expired_days),
        ("stub_words", stub_words),
        ("stalled_days", stalled_days),
        ("unread_mb", unread_mb),
    ] {
        assert!(document.contains(&format!("| `{name}` | {default} |")), "{name} is {default}");
    }
}

#[test]
fn the_page_of_monitoring_has_the_metrics_of_the_code_and_its_rules_use_them() {
    let document = MONITORING;
    let (before, rest) = document.split_once("| Metric | Labels | Value |\n").unwrap();
    let (_, after) = rest.split_once("\n\n").unwrap();
    assert_golden("docs/monitoring.md", &format!("{before}{}\n{after}", openmetrics::documentation()));
    let (_, rules) = document.split_once("```yaml\n").unwrap();
    let metric = Regex::new(r"\bconfluence_\w+").unwrap();
    let names: Vec<&str> = openmetrics::names().collect();
    let used: Vec<&str> = metric.find_iter(rules).map(|name| name.as_str()).collect();
    assert!(used.len() > 8, "{used:?}");
    for name in used {
        assert!(names.contains(&name), "{name} is not written");
    }
    for finding in Regex::new(r#"finding="(\w+)""#).unwrap().captures_iter(rules) {
        assert!(FINDINGS.iter().any(|known| known.id == &finding[1]), "{}", &finding[1]);
    }
}

#[test]
fn the_columns_of_attachments_are_those_of_the_table() {
    let header = confluence_storage_analyzer::report::csv::attachment_header();
    assert!(AUDIT.contains(&format!("```text\n{header}\n```")), "put this header into docs/audit.md:\n{header}");
}

#[test]
fn the_pictures_of_both_dashboards_exist_and_are_small() {
    let pictures: Vec<&str> = README
        .lines()
        .filter(|line| line.starts_with("!["))
        .map(|line| line.rsplit_once("](").unwrap().1.trim_end_matches(')'))
        .collect();
    assert_eq!(pictures, ["docs/images/storage-dashboard.png", "docs/images/knowledge-base-dashboard.png"]);
    for picture in pictures {
        let file = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(picture)).unwrap();
        assert!(file.len() <= MOST_PICTURE_BYTES, "{picture}: {} bytes", file.len());
        let (width, height) = png::dimensions(&file).unwrap_or_else(|| panic!("{picture} is not a complete PNG file"));
        assert!((1_000..=2_000).contains(&width) && (600..=1_400).contains(&height), "{picture}: {width} x {height}");
    }
}
