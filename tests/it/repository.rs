//! The text files of the repository, for tests that read all of them.

use std::fs;
use std::path::{Path, PathBuf};

/// Extensions of the files that are read.
const EXTENSIONS: [&str; 10] = ["rs", "md", "toml", "html", "js", "css", "sql", "txt", "template", "run"];

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Path of a file from the root, with `/` on every system.
pub(crate) fn name(file: &Path) -> String {
    file.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/")
}

/// Returns all text files of the repository, without build output.
pub(crate) fn text_files() -> Vec<PathBuf> {
    let mut files = vec![root().join(".ci/run")];
    collect(root(), &mut files);
    assert!(files.len() > 600, "{}", files.len());
    files
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !name.starts_with('.') && !["target", "node_modules"].contains(&name.as_str()) {
                collect(&path, files);
            }
        } else if path.extension().is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known)) {
            files.push(path);
        }
    }
}
