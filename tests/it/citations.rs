//! Documents, headings and source files that the repository cites exist in it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::repository::{name, root, text_files};

/// Names of documents outside the repository.
const ELSEWHERE: [&str; 2] = ["product contract", "contract section"];

fn document_pattern() -> Regex {
    Regex::new(r"[A-Za-z0-9_./-]*[A-Za-z0-9_-]\.md\b").unwrap()
}

/// Returns the documents cited in a text that exist neither in its own folder, nor in `docs`, nor in the root.
fn missing_documents(text: &str, folder: &Path, document: &Regex) -> Vec<String> {
    let exists = |name: &str| {
        [folder.to_owned(), root().join("docs"), root().to_owned()].iter().any(|from| from.join(name).exists())
    };
    document.find_iter(text).map(|found| found.as_str().to_owned()).filter(|name| !exists(name)).collect()
}

/// Returns the anchors of a document's headings, as GitHub makes them: lower case, hyphens for spaces, no punctuation.
fn anchors(document: &str) -> BTreeSet<String> {
    let headings = document.lines().filter_map(|line| line.strip_prefix('#')).map(|rest| rest.trim_start_matches('#'));
    headings
        .map(|heading| {
            let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
            kept.collect::<String>().to_lowercase().replace(' ', "-")
        })
        .collect()
}

#[test]
fn every_document_that_is_cited_is_in_the_repository() {
    let document = document_pattern();
    let mut wrong = Vec::new();
    // fixtures name files of Confluence
    let cites =
        |file: &&PathBuf| !file.ends_with("tests/it/citations.rs") && !file.starts_with(root().join("tests/fixtures"));
    for file in text_files().iter().filter(cites) {
        let text = fs::read_to_string(file).unwrap();
        let missing = missing_documents(&text, file.parent().unwrap(), &document);
        wrong.extend(missing.iter().map(|document| format!("{}: {document}", name(file))));
        let elsewhere = ELSEWHERE.iter().filter(|words| text.contains(*words));
        wrong.extend(elsewhere.map(|words| format!("{}: {words}", name(file))));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_missing_document_is_noticed() {
    let missing = ["no-such-page", "md"].join(".");
    let text = format!("see README.md, docs/architecture.md and docs/{missing}");
    assert_eq!(missing_documents(&text, root(), &document_pattern()), [format!("docs/{missing}")]);
}

#[test]
fn every_link_to_a_heading_leads_to_one() {
    let link = Regex::new(r"\]\(([^)#\s]*)#([^)\s]+)\)").unwrap();
    let (mut links, mut wrong) = (0, Vec::new());
    for file in text_files().iter().filter(|file| file.extension().is_some_and(|extension| extension == "md")) {
        let text = fs::read_to_string(file).unwrap();
        for (whole, [path, anchor]) in link.captures_iter(&text).map(|found| found.extract()) {
            if path.contains("://") {
                continue;
            }
            links += 1;
            let target = if path.is_empty() { file.clone() } else { file.parent().unwrap().join(path) };
            let found = fs::read_to_string(target).is_ok_and(|document| anchors(&document).contains(anchor));
            if !found {
                wrong.push(format!("{}: {whole}", name(file)));
            }
        }
    }
    assert!(links > 10, "{links}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A path may be given from the root or by its last parts.
#[test]
fn every_source_file_that_a_document_names_exists() {
    let path = Regex::new(r"`([A-Za-z0-9_./-]+\.(?:rs|js|css|html))\b[^`]*`").unwrap();
    let files: Vec<String> = text_files().iter().map(|file| name(file)).collect();
    let (mut named, mut wrong) = (0, Vec::new());
    for file in text_files().iter().filter(|file| file.extension().is_some_and(|extension| extension == "md")) {
        for (_, [source]) in path.captures_iter(&fs::read_to_string(file).unwrap()).map(|found| found.extract()) {
            named += 1;
            let exists = |one: &String| one == source || one.ends_with(&format!("/{source}"));
            // pages that the program writes are not in the repository
            let is_written = Path::new(source).extension().is_some_and(|extension| extension == "html");
            if !files.iter().any(exists) && !is_written {
                wrong.push(format!("{}: {source}", name(file)));
            }
        }
    }
    assert!(named > 50, "{named}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A test run whose filter matches nothing succeeds, so a filter that lags behind a renamed test would check nothing.
#[test]
fn every_test_that_a_tool_names_exists() {
    let filter = Regex::new(r#""((?:[a-z_0-9]+::)+[a-z_0-9]*|screen_readers[a-z_]*)""#).unwrap();
    let files = text_files();
    let tests: Vec<String> = files
        .iter()
        .filter(|file| name(file).starts_with("tests/"))
        .map(|file| fs::read_to_string(file).unwrap())
        .collect();
    let declares = |words: &str| tests.iter().any(|text| text.contains(words));
    let (mut named, mut wrong) = (0, Vec::new());
    for file in files.iter().filter(|file| name(file).starts_with("xtask/src/")) {
        for (_, [path]) in filter.captures_iter(&fs::read_to_string(file).unwrap()).map(|found| found.extract()) {
            named += 1;
            let exists = |part: &str| declares(&format!("fn {part}")) || declares(&format!("mod {part}"));
            if !path.split("::").all(exists) {
                wrong.push(format!("{}: {path}", name(file)));
            }
        }
    }
    assert!(named >= 6, "{named}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
