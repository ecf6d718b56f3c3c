//! The README says what the program does: its tables are compared with the code.

use confluence_storage_analyzer::audit::Usage;
use confluence_storage_analyzer::error::exit_status_table;
use test_support::golden::assert_golden;

const README: &str = include_str!("../../README.md");

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
    assert_eq!(first_cells("## What the words mean"), Usage::ALL.map(Usage::as_str));
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
    let ours = README.lines().filter(|line| !line.starts_with("cargo") && !line.contains("cargo-"));
    for named in ours.flat_map(|line| line.split("`--").skip(1)) {
        let name: String = named.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
        assert!(options.contains(&name), "the README names --{name}, which does not exist");
    }
}

#[test]
fn it_never_calls_a_file_safe_to_delete() {
    let text = README.to_lowercase();
    for words in ["safe to delete", "safely delete", "safely be deleted", "unused"] {
        assert!(!text.contains(words), "{words}");
    }
}

#[test]
fn the_page_of_columns_is_that_of_the_tables() {
    assert_golden("docs/columns.md", &confluence_storage_analyzer::report::csv::columns_page());
}

#[test]
fn the_columns_of_attachments_are_those_of_the_table() {
    let header = confluence_storage_analyzer::report::csv::attachment_header();
    assert!(README.contains(&format!("```text\n{header}\n```")), "put this header into the README:\n{header}");
}
