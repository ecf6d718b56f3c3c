//! A flag that sets a key behaves as the key in the file: it accepts and refuses the same texts, with the same effect.

use clap::Parser;

use super::{FILLED, TestFolders, debug};
use crate::cli::{Cli, Command};
use crate::config::LoadConfig;
use crate::config::config_key::{ConfigKey, KeyType};
use crate::config::keys::keys;

/// Returns the configuration of a snapshot or the failure; `None` if clap refuses the command line.
fn loaded(file: &str, flags: &[&str]) -> Option<Result<String, String>> {
    let folders = TestFolders::with_file(&format!("{FILLED}{file}"));
    let cli = Cli::try_parse_from(["csa", "snapshot"].iter().chain(flags)).ok()?;
    let Command::Snapshot(args) = cli.command() else { panic!("not the snapshot") };
    let mut environment = folders.environment();
    // every `TestFolders` has its own folder, and only the configuration is compared
    environment.working_directory = "/work".into();
    environment.program_directory = Some(folders.working.path().to_owned());
    let loaded = args.load(&mut environment).map(|loaded| debug(&loaded.value));
    Some(loaded.map_err(|failure| failure.remedy.unwrap_or(failure.what)))
}

/// Texts of all kinds: with whitespace, without units, out of range, lists.
const TEXTS: [&str; 26] = [
    "1",
    "2",
    "64",
    "65",
    "520",
    "521",
    "0",
    "-1",
    "1.5",
    "4294967295",
    "4294967296",
    " 8 ",
    "8x",
    "90",
    "90s",
    "15m",
    " 1h ",
    "15 m",
    "ENG",
    "ENG,DOCS",
    "ENG, DOCS ,",
    "~*",
    "[a",
    "core",
    "core, people",
    "all",
];

/// Returns whether the flags of a key name the source of the value rather than the value.
fn names_a_source(key: &ConfigKey) -> bool {
    key.kind == KeyType::Secret
}

#[test]
fn every_flag_of_a_key_parses_a_text_as_the_file_does() {
    let mut compared = 0;
    for key in keys().filter(|key| !names_a_source(key)) {
        for flag in key.flags {
            let is_known = loaded("", &[&format!("{flag}=1")]).is_some();
            for text in TEXTS {
                let by_file = loaded(&format!("[{}]\n{} = {text}\n", key.section, key.name), &[]).unwrap();
                // some flags belong to another command only
                let Some(by_flag) = loaded("", &[&format!("{flag}={text}")]) else {
                    assert!(!is_known, "{flag}={text} is refused by the command line, whatever the key says");
                    continue;
                };
                assert_eq!(by_flag, by_file, "{flag}={text}");
                compared += 1;
            }
        }
    }
    assert!(compared >= 5 * TEXTS.len(), "{compared}");
}

#[test]
fn lists_of_spaces_are_split_at_commas_in_every_flag() {
    let folders = TestFolders::with_file(FILLED);
    let config = folders.config(&["--space", "ENG, DOCS*", "--space", "HR", "--exclude-space", "DOCSOLD,~*"]);
    assert_eq!(config.crawl.include_spaces, ["ENG", "DOCS*", "HR"]);
    assert_eq!(config.crawl.exclude_spaces, ["DOCSOLD", "~*"]);
    for flag in ["--space", "--exclude-space"] {
        for nothing in ["", " , "] {
            let failure = folders.failure(&[flag, nothing]);
            assert_eq!(failure.what, format!("{flag} has no value"), "choosing all spaces would be a surprise");
        }
    }
}

#[test]
fn a_size_needs_a_unit() {
    let folders = TestFolders::with_file(FILLED);
    assert_eq!(folders.config(&["--quota", "2GB"]).quota, Some(2 << 30));
    assert!(Cli::try_parse_from(["csa", "audit", "--quota", "2"]).is_err());
}
