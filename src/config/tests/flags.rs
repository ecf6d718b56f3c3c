//! A flag that stands for a key means what the key means: the same texts are taken, with the same effect, and refused.

use clap::Parser;

use super::{FILLED, Place, debug};
use crate::cli::{Cli, Command};
use crate::config::Configured;
use crate::config::key::{Key, Kind};
use crate::config::keys::keys;

/// What a snapshot is configured with, or what is refused; `None` where the command line itself is refused.
fn loaded(file: &str, flags: &[&str]) -> Option<Result<String, String>> {
    let place = Place::with_file(&format!("{FILLED}{file}"));
    let cli = Cli::try_parse_from(["csa", "snapshot"].iter().chain(flags)).ok()?;
    let Command::Snapshot(args) = cli.command() else { panic!("not the snapshot") };
    let mut around = place.around();
    // every place has a folder of its own, and only what is configured is compared
    around.working_directory = "/work".into();
    around.program_directory = Some(place.working.path().to_owned());
    let loaded = args.load(&mut around).map(|loaded| debug(&loaded.value));
    Some(loaded.map_err(|failure| failure.remedy.unwrap_or(failure.what)))
}

/// Texts of all kinds: with blanks, without units, out of range, as lists.
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

/// Keys that name a place to read the value from, rather than the value.
fn names_a_place(key: &Key) -> bool {
    key.kind == Kind::Secret
}

#[test]
fn every_flag_of_a_key_reads_a_text_as_the_file_does() {
    let mut compared = 0;
    for key in keys().filter(|key| !names_a_place(key)) {
        for flag in key.flags {
            let is_known = loaded("", &[&format!("{flag}=1")]).is_some();
            for text in TEXTS {
                let by_file = loaded(&format!("[{}]\n{} = {text}\n", key.section, key.name), &[]).unwrap();
                // some flags are those of another command only
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
fn spaces_are_split_wherever_they_are_named() {
    let place = Place::with_file(FILLED);
    let config = place.config(&["--space", "ENG, DOCS*", "--space", "HR", "--exclude-space", "DOCSOLD,~*"]);
    assert_eq!(config.crawl.include_spaces, ["ENG", "DOCS*", "HR"]);
    assert_eq!(config.crawl.exclude_spaces, ["DOCSOLD", "~*"]);
    for flag in ["--space", "--exclude-space"] {
        for nothing in ["", " , "] {
            let failure = place.failure(&[flag, nothing]);
            assert_eq!(failure.what, format!("{flag} names nothing"), "all would be a surprise");
        }
    }
}

#[test]
fn a_size_needs_a_unit() {
    let place = Place::with_file(FILLED);
    assert_eq!(place.config(&["--quota", "2GB"]).quota, Some(2 << 30));
    assert!(Cli::try_parse_from(["csa", "audit", "--quota", "2"]).is_err());
}
