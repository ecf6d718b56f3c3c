//! Checkers from the npm registry, each in a folder of its own below the system's temporary folder. Without npm or
//! network a test that needs one is skipped with a word; on a build server it must run.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

/// The folder of a package in a version, installed when it is not there yet.
pub(crate) fn install(package: &str, version: &str) -> Option<PathBuf> {
    let folder = std::env::temp_dir().join(format!("confluence-storage-analyzer-{package}-{version}"));
    let installed = folder.join("node_modules").join(package);
    let is_whole = folder.join("whole");
    if is_whole.is_file() {
        return Some(installed);
    }
    fs::create_dir_all(&folder).expect("a folder");
    let arguments = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--prefix"];
    let npm = Command::new("npm").args(arguments).arg(&folder).arg(format!("{package}@{version}")).output();
    if !npm.is_ok_and(|output| output.status.success()) {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{package} must be installable here");
        writeln!(std::io::stderr(), "SKIPPED: {package} cannot be installed with npm").expect("stderr");
        return None;
    }
    fs::write(is_whole, "").expect("written");
    Some(installed)
}
