//! What `diff` writes and prints.

use std::fs;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Runs, drop_image, site};
use crate::run_program::file_name;

#[test]
fn the_folder_is_complete_and_private_and_its_checksums_are_right() {
    let runs = Runs::of(site());
    let old = runs.audit(&[]);
    runs.change(&[drop_image("dropped.png")]);
    let new = runs.audit(&[]);
    fs::create_dir(runs.folder.path().join("out")).unwrap();
    let arguments = ["diff", old.to_str().unwrap(), new.to_str().unwrap(), "--output", "out", "--json"];
    let output = runs.run(&arguments);
    assert_eq!(output.status, 0, "{}", output.stderr);
    let printed: Value = serde_json::from_str(&output.stdout).unwrap();
    let folder = std::path::PathBuf::from(printed["folder"].as_str().unwrap());
    assert_eq!(printed["exit_code"], 0);
    assert_eq!(printed["changes"]["newly-unreferenced"], serde_json::json!({"files": 1, "bytes": 2_000}));
    assert_eq!(printed["changes"]["new"], serde_json::json!({"files": 0, "bytes": 0}));
    assert_eq!(printed["site"]["difference"]["unreferenced_bytes"], 2_000);
    assert!(file_name(&folder).starts_with("confluence_diff_V0_1_"), "{}", folder.display());
    let mut names: Vec<String> =
        fs::read_dir(&folder).unwrap().map(|entry| file_name(&entry.unwrap().path())).collect();
    names.sort();
    assert_eq!(names, ["changes.csv", "diff.json", "index.html", "spaces.csv"]);
    let json: Value = serde_json::from_slice(&fs::read(folder.join("diff.json")).unwrap()).unwrap();
    assert_eq!(json["format"], "confluence-storage-analyzer diff");
    let sums = json["checksums"].as_array().unwrap();
    assert_eq!(sums.len(), 3);
    for file in sums {
        let bytes = fs::read(folder.join(file["path"].as_str().unwrap())).unwrap();
        let sum = Sha256::digest(&bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        assert_eq!(file["sha256"], sum.as_str());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        assert!(names.iter().all(|name| mode(&folder.join(name)) == 0o600));
    }
}

#[test]
fn hostile_names_reach_neither_terminal_nor_page_unescaped() {
    let hostile = "<script>canary()</script>\u{202E}\u{1B}[2J.png";
    let runs = Runs::of(site());
    let old = runs.audit(&[]);
    runs.server.server.change_site(|site| super::upload(site, "att20", hostile, 50));
    let diff = runs.diff(&old, &runs.audit(&[]), 0);
    assert_eq!(diff.changes(), ["att20 new 50", "att20 newly-unreferenced 50"]);
    assert!(!diff.page().contains("<script>canary") && !diff.page().contains('\u{202E}'));
    assert!(!diff.stderr.contains('\u{1B}') && !diff.stderr.contains('\u{202E}'), "{}", diff.stderr);
    assert!(diff.stderr.contains("canary()"), "{}", diff.stderr);
}
