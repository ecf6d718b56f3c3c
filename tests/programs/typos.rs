//! `typos` checks the spelling of every text in the repository. `Cargo.toml` lists the words it accepts.

use std::process::Command;

use test_support::optional_tests;

test_support::trials! {
    [TYPOS]: sync no_word_is_misspelled;
}

fn no_word_is_misspelled() {
    let mut typos = Command::new(optional_tests::typos().unwrap());
    let output = typos.current_dir(env!("CARGO_MANIFEST_DIR")).args(["--format", "brief"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
