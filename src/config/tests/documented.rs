//! Compares the documentation of the keys (template, README, help) with the table of keys and the defaults.

use std::collections::BTreeMap;

use super::snapshots::load_file;
use super::{TEMPLATE, TestFolders, debug};
use crate::audit::AuditOptions;
use crate::cli::Cli;
use crate::config::config_key::ConfigKey;
use crate::config::connection_keys::{API_TOKEN, API_USER, BASE_URL, CREDENTIALS, LIMITS, SITE};
use crate::config::keys::{AUDIT, FORMATS, SNAPSHOT, THRESHOLDS, WORKFLOW, keys};
use crate::config::layers::{FlagValues, Layers};
use crate::config::{SnapshotConfig, connection};
use crate::inventory::workflow::PinnedProperty;
use crate::metrics::ThresholdChanges;
use crate::spreadsheet::TableFormats;
use confluence_client::Credentials;

/// Returns the values in the template by section and name: the defaults, except for keys without a default.
fn documented() -> BTreeMap<(&'static str, &'static str), &'static str> {
    let mut section = "";
    let mut values = BTreeMap::new();
    for line in TEMPLATE.lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']');
        }
        if let Some((name, value)) = line.trim_start_matches('#').split_once(" =")
            && let Some(key) = keys().find(|key| key.section == section && key.name == name)
        {
            assert_eq!(values.insert((section, key.name), value.trim()), None, "{name} is there twice");
        }
    }
    values
}

#[test]
fn the_template_names_every_key_with_its_default() {
    let documented = documented();
    let value = |key: &ConfigKey| documented.get(&(key.section, key.name)).unwrap_or_else(|| panic!("{}", key.name));
    for key in keys().filter(|key| !CREDENTIALS.contains(key)) {
        let folders = TestFolders::with_file(&format!("[{}]\n{} = {}\n", key.section, key.name, value(key)));
        let layers = Layers::read(None, &FlagValues::default(), &folders.environment()).unwrap();
        let connection = connection::settings(String::new(), Credentials::bearer("token".into()));
        let formats = TableFormats::default();
        let mut set = (AuditOptions::default(), connection, SnapshotConfig::default(), formats);
        // an empty key creates the property, which is dropped if all of its keys are empty
        set.2.workflow.property = Some(PinnedProperty::default());
        let usual = debug(&set);
        layers.set(AUDIT, &mut set.0).unwrap();
        layers.set(FORMATS, &mut set.3).unwrap();
        layers.set(SITE, &mut set.1).unwrap();
        layers.set(LIMITS, &mut set.1).unwrap();
        layers.set(SNAPSHOT, &mut set.2).unwrap();
        let mut changes = ThresholdChanges::default();
        layers.set(THRESHOLDS, &mut changes).unwrap();
        set.2.rules.usual = set.2.rules.usual.with(&changes);
        layers.set(WORKFLOW, &mut set.2.workflow).unwrap();
        assert_eq!(debug(&set), usual, "the default of {} is not the one in the template", key.name);
    }
    // and a comment directly above each of them
    let lines: Vec<_> = TEMPLATE.lines().collect();
    for key in keys() {
        let at = lines.iter().position(|line| line.trim_start_matches('#').starts_with(&format!("{} =", key.name)));
        assert!(lines[at.unwrap() - 1].starts_with("# "), "{} has no comment", key.name);
    }
    assert!(lines.iter().all(|line| line.chars().count() <= 80));
}

#[test]
fn the_page_of_keys_lists_every_key() {
    let page = include_str!("../../../docs/configuration.md");
    let documented = documented();
    for key in keys() {
        let default = match documented[&(key.section, key.name)] {
            _ if *key == BASE_URL => "required".to_owned(),
            _ if CREDENTIALS.contains(&key) => "none".to_owned(),
            "" => "none".to_owned(),
            text => format!("`{text}`"),
        };
        let row = format!("| `[{}] {}` | {default} | {} |", key.section, key.name, key.purpose);
        assert!(page.contains(&row), "docs/configuration.md lacks the row\n{row}");
        for variable in key.variables {
            assert!(page.contains(&format!("`{variable}`")), "{variable}");
        }
    }
}

#[test]
fn the_help_shows_the_defaults_of_the_template() {
    let documented = documented();
    for key in keys().filter(|key| key.section == "audit") {
        for flag in key.flags {
            let mut definition = Cli::command_definition();
            let audit = definition.find_subcommand_mut("audit").unwrap();
            let argument = audit.get_arguments().find(|argument| argument.get_long() == flag.strip_prefix("--"));
            let help = argument.unwrap_or_else(|| panic!("{flag}")).get_help().unwrap().to_string();
            let default = documented[&(key.section, key.name)];
            if default.is_empty() {
                continue;
            }
            assert!(help.ends_with(&format!("[default: {default}]")), "{flag}: {help}");
        }
    }
}

/// Returns the lines of the template with the required values filled in.
fn filled() -> Vec<String> {
    let fill = |line: &str| match line.split_once(" = ") {
        Some(("base_url", _)) => "base_url = https://acme.atlassian.net/wiki".to_owned(),
        Some(("api_user", _)) => "api_user = me@acme.example".to_owned(),
        Some(("api_token", _)) => "api_token = secret".to_owned(),
        _ => line.to_owned(),
    };
    TEMPLATE.lines().map(fill).collect()
}

/// An edit of the template: numbers of lines and their new text.
type Edit = Vec<(usize, String)>;

/// Returns edits that uncomment every default, set every example instead of its default, and add every example section.
fn edits() -> (Vec<Edit>, Vec<Edit>, Vec<Edit>) {
    let (mut defaults, mut examples, mut sections): (Vec<Edit>, Vec<Edit>, Vec<Edit>) = Default::default();
    let mut example = None;
    for (at, line) in TEMPLATE.lines().enumerate() {
        if let Some(text) = line.strip_prefix("# Example: ") {
            assert_eq!(example.replace(text), None, "{line}");
        } else if let Some(text) = line.strip_prefix("#   ").filter(|text| text.starts_with('[')) {
            sections.push(vec![(at, text.to_owned())]);
        } else if let Some(text) = line.strip_prefix("#   ").filter(|text| text.contains(" = ")) {
            sections.last_mut().unwrap().push((at, text.to_owned()));
        } else if let Some(text) =
            line.strip_prefix('#').filter(|text| text.starts_with(|c: char| c.is_ascii_lowercase()))
        {
            defaults.push(vec![(at, text.to_owned())]);
            let name = text.split_once(" =").unwrap().0;
            if let Some(example) = example.take() {
                examples.push(vec![(at, format!("{name} = {example}"))]);
            }
        }
    }
    assert_eq!(example, None, "an example of no key");
    // these two are refused one without the other
    let (pair, mut examples): (Vec<Edit>, Vec<Edit>) = examples
        .into_iter()
        .partition(|edit| ["property_key", "state_pointer"].iter().any(|key| edit[0].1.starts_with(key)));
    examples.push(pair.concat());
    (defaults, examples, sections)
}

/// Loads the template with these edits.
fn loaded(edit: &[(usize, String)]) -> String {
    let mut lines = filled();
    for (at, line) in edit {
        lines[*at].clone_from(line);
    }
    match load_file(&lines.join("\n")) {
        Ok((config, snapshot)) => {
            debug(&(config.crawl.accept_unread, config.audit, config.formats, config.connection, snapshot))
        }
        Err(failure) => panic!("{edit:?}: {failure}"),
    }
}

#[test]
fn every_example_of_the_template_can_be_used_alone_and_all_together() {
    let (defaults, examples, sections) = edits();
    let filled_in = [BASE_URL, API_USER, API_TOKEN];
    assert_eq!(defaults.len(), keys().filter(|key| !filled_in.contains(key)).count());
    assert_eq!(
        (examples.len(), sections.len()),
        (TEMPLATE.matches("\n# Example: ").count() - 1, 2),
        "{examples:?} {sections:?}"
    );
    let usual = loaded(&[]);
    for edit in &defaults {
        assert_eq!(loaded(edit), usual, "{edit:?}");
    }
    assert_eq!(loaded(&defaults.concat()), usual);
    for edit in examples.iter().chain(&sections) {
        assert_ne!(loaded(edit), usual, "{edit:?} has no effect");
    }
    let all = loaded(&[defaults.concat(), examples.concat(), sections.concat()].concat());
    for value in ["legal hold", "contract-*", "wiki.example.com", "ENG", "how-to", "/state/name", "approved"] {
        assert!(all.contains(value) && !usual.contains(value), "{value}: {all}");
    }
}
