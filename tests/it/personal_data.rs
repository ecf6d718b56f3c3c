//! `docs/personal-data.md` names every file that the demo writes.

use std::fs;
use std::path::Path;

use confluence_sim::sample_site;
use globset::GlobBuilder;
use tempfile::TempDir;

use crate::run_program::program;

const DOCUMENT: &str = include_str!("../../docs/personal-data.md");

fn collect(folder: &Path, root: &Path, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, root, files);
        } else {
            files.push(path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/"));
        }
    }
}

#[test]
fn the_document_lists_every_file_that_is_written() {
    let folder = TempDir::new().unwrap();
    let output = program(folder.path()).args(["demo", "--quiet"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut files = Vec::new();
    collect(folder.path(), folder.path(), &mut files);
    files.retain(|file| !file.starts_with(".cache/"));
    assert!(files.len() > 50, "{files:?}");
    let (_, section) = DOCUMENT.split_once("## What each file names").unwrap();
    let patterns: Vec<&str> = section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert!(patterns.len() > 15);
    for pattern in &patterns {
        GlobBuilder::new(pattern).literal_separator(true).build().unwrap();
    }
    let matches = |pattern: &str, file: &str| {
        GlobBuilder::new(pattern).literal_separator(true).build().unwrap().compile_matcher().is_match(file)
    };
    for file in &files {
        assert!(patterns.iter().any(|pattern| matches(pattern, file)), "{file} is not in the document");
    }
    let people = sample_site(chrono::Utc::now()).people;
    for row in section.lines().filter(|line| line.contains("` | none")) {
        let pattern = row.split('`').nth(1).unwrap();
        for file in files.iter().filter(|file| matches(pattern, file)) {
            let text = String::from_utf8_lossy(&fs::read(folder.path().join(file)).unwrap()).into_owned();
            let named = people.iter().find(|one| text.contains(&one.name) || text.contains(&one.account_id));
            assert!(named.is_none(), "{file}: {named:?}");
        }
    }
    // other commands, or a second run
    let not_by_demo = ["confluence_diff_", "confluence_recheck_", "confluence_last_complete_run"];
    for pattern in patterns.iter().filter(|pattern| !not_by_demo.iter().any(|words| pattern.contains(words))) {
        assert!(files.iter().any(|file| matches(pattern, file)), "{pattern} matches no file");
    }
}
