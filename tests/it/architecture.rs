//! Architecture rules that neither the compiler nor its lints can enforce: which modules may use which, which are
//! async, how long a file may be without a stated reason, and that tests do not use the wall clock. The tests parse
//! the sources. The manifests decide which crates use each other, and a lint forbids printing outside of output
//! modules.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules that each module may use. `lib.rs` and `main.rs` may use all.
const MAY_USE: &[(&str, &[&str])] = &[
    ("audit", &["inventory", "support"]),
    ("audit_history", &["audit", "error", "inventory", "spreadsheet", "support"]),
    ("cache", &["support"]),
    ("cli", &[]),
    (
        "commands",
        &[
            "audit",
            "audit_history",
            "cache",
            "cli",
            "comparison",
            "config",
            "doctor",
            "error",
            "exports",
            "history",
            "inventory",
            "legacy",
            "metrics",
            "openmetrics",
            "progress",
            "recheck",
            "report",
            "spreadsheet",
            "support",
        ],
    ),
    ("comparison", &["audit", "inventory", "support"]),
    (
        "config",
        &["audit", "cache", "cli", "decisions", "error", "history", "inventory", "metrics", "spreadsheet", "support"],
    ),
    ("decisions", &["error", "spreadsheet", "support"]),
    ("doctor", &["error", "progress", "support"]),
    ("error", &["support"]),
    ("exports", &["history", "spreadsheet", "support"]),
    ("history", &["error", "spreadsheet", "support"]),
    ("inventory", &["cache", "error", "progress", "spreadsheet", "support"]),
    ("legacy", &["error", "spreadsheet", "support"]),
    ("metrics", &["audit", "inventory", "spreadsheet"]),
    ("openmetrics", &["audit", "error", "inventory", "support"]),
    ("progress", &["support"]),
    ("recheck", &["audit", "inventory", "spreadsheet", "support"]),
    (
        "report",
        &["audit", "audit_history", "comparison", "error", "inventory", "metrics", "recheck", "spreadsheet", "support"],
    ),
    ("spreadsheet", &["support"]),
    ("support", &[]),
];

/// Modules that may be async: those with network access, and their callers.
const ASYNC: &[&str] = &["commands", "doctor", "inventory", "lib", "main"];

const LONGEST_FILE: usize = 400;

/// Files that are longer than [`LONGEST_FILE`] lines, and why they are not split.
const LONG_FILES: &[(&str, &str)] = &[];

/// One source file, without its tests.
struct Source {
    /// Path below `src`, with forward slashes.
    path: String,
    /// The first part of the path.
    module: String,
    /// Depth of the module below the crate root: 1 for `src/cli.rs` and `src/audit/mod.rs`.
    depth: usize,
    /// The code, without comments and without `mod tests`.
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let read = |file: &PathBuf| {
        let path = file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(file).unwrap();
        let stem = path.strip_suffix(".rs").unwrap();
        let stem = stem.strip_suffix("/mod").unwrap_or(stem);
        let module = stem.split('/').next().unwrap().to_owned();
        Source { module, depth: stem.split('/').count(), code: code_of(&text), path }
    };
    let sources: Vec<_> = files.iter().map(read).filter(|source| !is_test(&source.path)).collect();
    assert!(sources.len() > 10, "only {} sources found below {}", sources.len(), root.display());
    sources
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            // skip build output
            if !path.ends_with("target") {
                collect(&path, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

/// Returns the production code: without comments and without the inline test module, which is last in a file.
fn code_of(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    code.lines().filter(is_code).collect::<Vec<_>>().join("\n")
}

/// Returns the modules named directly after `crate::`, in paths and in braces.
fn used_modules(code: &str) -> Vec<String> {
    code.match_indices("crate::")
        .filter(|(at, _)| !code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        .flat_map(|(at, word)| {
            let rest = &code[at + word.len()..];
            match rest.strip_prefix('{') {
                Some(group) => heads_of_group(group),
                None => vec![identifier(rest)],
            }
        })
        .filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase()))
        .collect()
}

/// Returns `audit` and `inventory` for `audit::{self, Usage}, inventory::Space}`.
fn heads_of_group(group: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let mut heads = vec![identifier(group.trim_start())];
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => heads.push(identifier(group[at + 1..].trim_start())),
            _ => {}
        }
    }
    heads.retain(|head| !head.is_empty());
    heads
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn modules_use_only_permitted_modules() {
    let rules: BTreeMap<_, _> = MAY_USE.iter().copied().collect();
    let mut broken = Vec::new();
    for source in sources() {
        if ["lib", "main"].contains(&source.module.as_str()) {
            continue;
        }
        let Some(may_use) = rules.get(source.module.as_str()) else {
            broken.push(format!("{}: module `{}` has no rule", source.path, source.module));
            continue;
        };
        for used in used_modules(&source.code) {
            let known = rules.contains_key(used.as_str());
            if known && used != source.module && !may_use.contains(&used.as_str()) {
                broken.push(format!("{}: `{}` may not use `{used}`", source.path, source.module));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// `super::super::…` must not leave its top-level module, which would bypass the rules above.
#[test]
fn no_path_climbs_to_the_crate_root() {
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| !["lib", "main"].contains(&source.module.as_str())) {
        let too_far = "super::".repeat(source.depth);
        if source.code.contains(&too_far) {
            broken.push(format!("{}: `{too_far}` leads to the crate root; write `crate::`", source.path));
        }
        if source.code.contains("confluence_storage_analyzer::") {
            broken.push(format!("{}: names its own crate from outside", source.path));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn only_modules_with_network_access_are_async() {
    let is_async = |code: &str| ["async fn", "async move", "async {", ".await"].iter().any(|word| code.contains(word));
    let broken: Vec<_> = sources()
        .into_iter()
        .filter(|source| !ASYNC.contains(&source.module.as_str()) && is_async(&source.code))
        .map(|source| source.path)
        .collect();
    assert!(broken.is_empty(), "async in {broken:?}");
}

#[test]
fn source_files_stay_short() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "tests", "crates", "xtask"] {
        collect(&root.join(folder), &mut files);
    }
    let mut broken = Vec::new();
    for file in files {
        let path = file.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        let is_excused = LONG_FILES.iter().any(|(long, _)| *long == path);
        if lines > LONGEST_FILE && !is_excused {
            broken.push(format!("{path}: {lines} lines; split it, or state a reason in LONG_FILES"));
        }
        if lines <= LONGEST_FILE && is_excused {
            broken.push(format!("{path}: {lines} lines; no longer an exception, remove it from LONG_FILES"));
        }
    }
    for (path, reason) in LONG_FILES {
        assert!(root.join(path).is_file(), "LONG_FILES names {path}, which does not exist");
        assert!(reason.split_whitespace().count() > 3, "LONG_FILES states no reason for {path}");
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

fn is_benchmark_folder(folder: &Path) -> bool {
    folder.ancestors().any(|above| above.ends_with("benches"))
}

/// A test that uses the wall clock fails on a busy machine. Tokio's paused clock, counted work and processor time are
/// reliable; timings belong in `benches/`.
#[test]
fn no_test_uses_the_wall_clock() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join("tests"), &mut files);
    collect(&root.join("crates"), &mut files);
    let may_measure =
        |file: &PathBuf| file.ends_with("it/architecture.rs") || file.parent().is_some_and(is_benchmark_folder);
    files.retain(|file| !may_measure(file));
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for clock in ["std::time::Instant", "time::{Duration, Instant}", "performance.now", "thread::sleep"] {
            let seen = text.lines().any(|line| line.contains(clock) && !line.contains("tokio::time"));
            assert!(!seen, "{} uses {clock}", file.display());
        }
    }
}

/// A test binary without Rust's own harness silently ignores functions with `#[test]`.
#[test]
fn tests_with_external_requirements_are_listed_in_trials() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["tests/browser", "tests/contract", "tests/programs"] {
        collect(&root.join(folder), &mut files);
    }
    assert!(files.len() > 15);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let lost = text.lines().any(|line| line.starts_with("#[") && line.contains("test]") || line == "#[cfg(test)]");
        assert!(!lost, "{}: name its tests in `trials!`", file.display());
    }
}

#[test]
fn every_spelling_of_a_use_is_parsed() {
    let uses =
        "use crate::audit::Usage;\nuse crate::{inventory::{self, Space}, report};\nlet x = crate::error::Failure;";
    assert_eq!(used_modules(uses), ["audit", "inventory", "report", "error"]);
    assert_eq!(used_modules("use my_crate::audit; use crate::Failure;"), Vec::<String>::new());
    let text = "/// See [`crate::report`].\nfn f() {}\n\n#[cfg(test)]\nmod tests {\n    use crate::demo;\n}\n";
    assert_eq!(used_modules(&code_of(text)), Vec::<String>::new());
}
