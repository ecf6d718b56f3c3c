//! Computes a checksum of the parser's sources, so that cached results of another version of the parser are not reused.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

fn main() -> io::Result<()> {
    let sources = Path::new("src");
    println!("cargo::rerun-if-changed={}", sources.display());
    let mut files = files_below(sources)?;
    // versions of the libraries that parse XML and split words; the lock file is missing in a build from the registry
    let lock = PathBuf::from("../../Cargo.lock");
    if lock.exists() {
        println!("cargo::rerun-if-changed={}", lock.display());
        files.push(lock);
    }
    files.sort();
    let mut hash = DefaultHasher::new();
    for file in files {
        file.hash(&mut hash);
        fs::read(&file)?.hash(&mut hash);
    }
    println!("cargo::rustc-env=STORAGE_FORMAT_READER={:016x}", hash.finish());
    Ok(())
}

fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}
