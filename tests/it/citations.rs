//! Nothing in the repository cites a document that is not in it.

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// Extensions of the files that are checked.
const TEXTS: [&str; 7] = ["rs", "md", "toml", "html", "js", "css", "template"];
/// Names of documents outside the repository.
const ELSEWHERE: [&str; 2] = ["product contract", "contract section"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Collects all text files of the repository below a folder.
fn texts(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !name.starts_with('.') && !["target", "node_modules"].contains(&name.as_str()) {
                texts(&path, found);
            }
        } else if path.extension().is_some_and(|ending| TEXTS.iter().any(|text| ending == *text)) {
            found.push(path);
        }
    }
}

/// Returns the documents cited in a text that exist neither in its own folder, nor in `docs`, nor in the root.
fn dangling(text: &str, folder: &Path, document: &Regex) -> Vec<String> {
    let is_there = |name: &str| {
        [folder.to_owned(), root().join("docs"), root().to_owned()].iter().any(|from| from.join(name).exists())
    };
    document.find_iter(text).map(|found| found.as_str().to_owned()).filter(|name| !is_there(name)).collect()
}

#[test]
fn every_document_that_is_cited_is_in_the_repository() {
    let document = Regex::new(r"[A-Za-z0-9_./-]*[A-Za-z0-9_-]\.md\b").unwrap();
    let mut files = Vec::new();
    texts(root(), &mut files);
    assert!(files.len() > 300, "{}", files.len());
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| !file.ends_with("tests/it/citations.rs")) {
        let text = fs::read_to_string(file).unwrap();
        let name = file.strip_prefix(root()).unwrap().display();
        let missing = dangling(&text, file.parent().unwrap(), &document);
        wrong.extend(missing.iter().map(|document| format!("{name}: {document}")));
        wrong.extend(ELSEWHERE.iter().filter(|word| text.contains(*word)).map(|word| format!("{name}: {word}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_missing_document_is_noticed() {
    let document = Regex::new(r"[A-Za-z0-9_./-]*[A-Za-z0-9_-]\.md\b").unwrap();
    let missing = ["no-such-page", "md"].join(".");
    let text = format!("see `{missing}`, `docs/history.md`, history.md and [readme](../README.md)");
    assert_eq!(dangling(&text, &root().join("docs"), &document), [missing]);
}
