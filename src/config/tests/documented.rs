//! What is written for people about the keys: the template, the README and the help against the table and the defaults.

use std::collections::BTreeMap;

use super::{Place, TEMPLATE, debug};
use crate::audit::AuditOptions;
use crate::cli::Cli;
use crate::config::key::Key;
use crate::config::keys::{AUDIT, CONNECTION, SNAPSHOT, THRESHOLDS, WORKFLOW, keys};
use crate::config::layers::{Flags, Layers};
use crate::config::{SnapshotConfig, connection};
use crate::inventory::workflow::PinnedProperty;

/// The values in the template, by section and name: the defaults, but for those of keys that have none.
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
    let value = |key: &Key| documented.get(&(key.section, key.name)).unwrap_or_else(|| panic!("{}", key.name));
    for key in keys().filter(|key| key.section != "confluence") {
        let place = Place::with_file(&format!("[{}]\n{} = {}\n", key.section, key.name, value(key)));
        let layers = Layers::read(None, &Flags::default(), &place.around()).unwrap();
        let connection = connection::settings(String::new(), String::new(), "token".into());
        let mut set = (AuditOptions::default(), connection, SnapshotConfig::default());
        // a key that is there and empty makes the property, which is dropped when all of it is empty
        set.2.workflow.property = Some(PinnedProperty::default());
        let usual = debug(&set);
        layers.set(AUDIT, &mut set.0).unwrap();
        layers.set(CONNECTION, &mut set.1).unwrap();
        layers.set(SNAPSHOT, &mut set.2).unwrap();
        layers.set(THRESHOLDS, &mut set.2.rules.usual).unwrap();
        layers.set(WORKFLOW, &mut set.2.workflow).unwrap();
        assert_eq!(debug(&set), usual, "the default of {} is not the one in the template", key.name);
    }
    // and a comment right above every one of them
    let lines: Vec<_> = TEMPLATE.lines().collect();
    for key in keys() {
        let at = lines.iter().position(|line| line.trim_start_matches('#').starts_with(&format!("{} =", key.name)));
        assert!(lines[at.unwrap() - 1].starts_with("# "), "{} has no comment", key.name);
    }
    assert!(lines.iter().all(|line| line.chars().count() <= 80));
}

#[test]
fn the_readme_lists_every_key() {
    let readme = include_str!("../../../README.md");
    let documented = documented();
    for key in keys() {
        let default = match documented[&(key.section, key.name)] {
            _ if key.section == "confluence" => "required".to_owned(),
            "" => "none".to_owned(),
            text => format!("`{text}`"),
        };
        let row = format!("| `[{}] {}` | {default} | {} |", key.section, key.name, key.purpose);
        assert!(readme.contains(&row), "the README lacks the row\n{row}");
        for variable in key.variables {
            assert!(readme.contains(&format!("`{variable}`")), "{variable}");
        }
    }
}

#[test]
fn the_help_tells_the_defaults_of_the_template() {
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
