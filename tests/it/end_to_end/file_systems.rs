//! Unusual file systems: names that are not UTF-8, planted symbolic links, any umask, limits on the size of files.
#![cfg(unix)]

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use confluence_sim::FaultPlan;
use confluence_storage_analyzer::report::{self, ReportInput};
use serde_json::Value;
use tempfile::TempDir;
use test_support::sample;

use crate::run_program::{Server, beyond_connecting, program};

/// Runs the program against a server after a shell command, with arguments that need not be UTF-8.
fn run(server: &Server, folder: &Path, shell: &str, arguments: &[&OsStr]) -> Output {
    let known = program(folder);
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{shell} exec \"$0\" \"$@\"")).arg(known.get_program()).args(arguments);
    for (name, value) in known.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
        .current_dir(folder)
        .env("CONFLUENCE_BASE_URL", server.server.base_url())
        .env("CONFLUENCE_API_USER", server.server.user())
        .env("CONFLUENCE_API_TOKEN", server.server.token())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn args<'a>(arguments: &[&'a str]) -> Vec<&'a OsStr> {
    arguments.iter().map(|argument| OsStr::new(*argument)).collect()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Returns the paths in the lines of standard output.
fn paths(output: &Output) -> Vec<PathBuf> {
    let lines = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| PathBuf::from(OsString::from_vec(line.to_vec()))).collect()
}

#[test]
fn a_path_that_is_not_utf_8_is_used_and_printed_unchanged() {
    let server = Server::sample(FaultPlan::none());
    let work_folder = TempDir::new().unwrap();
    let odd = OsStr::from_bytes(b"caf\xe9 \xff");
    let folder = work_folder.path().join(odd);
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("the.cfg"), "[audit]\nkeep_versions = 3\n").unwrap();
    let config = Path::new(odd).join("the.cfg");
    let options =
        [OsStr::new("--output"), odd, OsStr::new("--cache-dir"), odd, OsStr::new("--config"), config.as_os_str()];
    let audit = [&args(&["audit", "--snapshot"])[..], &options].concat();
    let output = run(&server, work_folder.path(), "", &audit);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let printed = paths(&output);
    assert_eq!(printed.len(), 2);
    for page in &printed {
        assert!(page.starts_with(&folder) && page.is_file(), "{}", page.display());
    }
    let report = printed[1].parent().unwrap();
    let again =
        run(&server, work_folder.path(), "", &[OsStr::new("report"), report.as_os_str(), OsStr::new("--output"), odd]);
    assert_eq!(again.status.code(), Some(0), "{}", stderr(&again));
    assert!(paths(&again)[0].is_file());
    for command in ["verify", "repair", "export"] {
        let output =
            run(&server, work_folder.path(), "", &[&args(&["history", command, "--output"])[..], &[odd]].concat());
        assert_eq!(output.status.code(), Some(0), "{command}: {}", stderr(&output));
        assert!(paths(&output)[0].exists(), "{command}");
    }
    // JSON cannot represent the path, but has everything else
    let json = OsStr::new("--json");
    let verify = [&args(&["history", "verify", "--output"])[..], &[odd, json]].concat();
    let report = [OsStr::new("report"), report.as_os_str(), OsStr::new("--output"), odd, json];
    for arguments in [&[&audit[..], &[json]].concat()[..], &report, &verify] {
        let output = run(&server, work_folder.path(), "", arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", stderr(&output));
        let object: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(object["folder"].as_str().unwrap().contains('\u{FFFD}'), "{object}");
    }
    // a name that cannot be used is reported as well
    let missing = OsStr::from_bytes(b"missing \xff");
    for option in ["--output", "--config"] {
        let output = run(&server, work_folder.path(), "", &[OsStr::new(option), missing]);
        assert!([Some(2), Some(6)].contains(&output.status.code()), "{option}: {}", stderr(&output));
        assert!(stderr(&output).contains("missing \u{FFFD}"), "{option}: {}", stderr(&output));
    }
}

/// Returns everything below a folder that other users can access.
fn open_to_others(folder: &Path) -> Vec<PathBuf> {
    let mut open = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let found = fs::symlink_metadata(&path).unwrap();
        let expected = if found.is_dir() { 0o700 } else { 0o600 };
        if found.permissions().mode() & 0o777 != expected {
            open.push(path.clone());
        }
        if found.is_dir() {
            open.extend(open_to_others(&path));
        }
    }
    open
}

#[test]
fn files_are_private_to_their_owner_with_any_umask() {
    let server = Server::sample(FaultPlan::none());
    let work_folder = TempDir::new().unwrap();
    for umask in ["umask 0;", "umask 022;"] {
        let output =
            run(&server, work_folder.path(), umask, &args(&["audit", "--snapshot", "--cache-dir", "own cache"]));
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let output = run(&server, work_folder.path(), umask, &args(&["history", "export"]));
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let output = run(&server, work_folder.path(), umask, &args(&["demo", "--output", "demo"]));
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        // the default cache folder
        let output = run(&server, work_folder.path(), umask, &[]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    assert!(work_folder.path().join(".cache/confluence-storage-analyzer").is_dir());
    assert_eq!(open_to_others(work_folder.path()), [] as [PathBuf; 0]);
}

#[test]
fn planted_links_are_rejected_before_the_first_list_and_their_targets_are_untouched() {
    let server = Server::sample(FaultPlan::none());
    let elsewhere = TempDir::new().unwrap();
    let victim = elsewhere.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    for planted in ["history.holder", "history.lock"] {
        let work_folder = TempDir::new().unwrap();
        fs::create_dir(work_folder.path().join("confluence_data")).unwrap();
        symlink(&victim, work_folder.path().join("confluence_data").join(planted)).unwrap();
        let output = run(&server, work_folder.path(), "", &args(&["snapshot"]));
        assert_eq!(output.status.code(), Some(6), "{planted}: {}", stderr(&output));
        assert!(stderr(&output).contains(planted) && stderr(&output).contains("link"), "{}", stderr(&output));
    }
    let work_folder = TempDir::new().unwrap();
    symlink(elsewhere.path(), work_folder.path().join("confluence_data")).unwrap();
    let output = run(&server, work_folder.path(), "", &args(&["snapshot"]));
    assert_eq!(output.status.code(), Some(6), "{}", stderr(&output));
    assert!(stderr(&output).contains("confluence_data") && stderr(&output).contains("link"), "{}", stderr(&output));
    // links in a cache folder that the user chose
    let known = run(&server, work_folder.path(), "", &args(&["--cache-dir", "cache", "--dry-run"]));
    assert_eq!(known.status.code(), Some(0));
    let asked = server.server.requests().len();
    let complete = run(&server, work_folder.path(), "", &args(&["--cache-dir", "cache"]));
    assert_eq!(complete.status.code(), Some(0), "{}", stderr(&complete));
    assert!(server.server.requests().len() > asked);
    let asked = server.server.requests().len();
    let cache = fs::read_dir(work_folder.path().join("cache")).unwrap().next().unwrap().unwrap().path();
    for planted in ["holder", "lock"] {
        fs::remove_file(cache.join(planted)).unwrap();
        symlink(&victim, cache.join(planted)).unwrap();
        let output = run(&server, work_folder.path(), "", &args(&["--cache-dir", "cache"]));
        assert_eq!(output.status.code(), Some(6), "{planted}: {}", stderr(&output));
        assert!(stderr(&output).contains("link"), "{}", stderr(&output));
        fs::remove_file(cache.join(planted)).unwrap();
        fs::write(cache.join(planted), "").unwrap();
    }
    assert_eq!(beyond_connecting(&server, asked), [] as [String; 0]);
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1, "nothing was created in the target of a link");
}

#[test]
fn links_among_the_history_files_are_not_followed() {
    let server = Server::sample(FaultPlan::none());
    let (work_folder, elsewhere) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let victim = elsewhere.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    let first = run(&server, work_folder.path(), "", &args(&["snapshot"]));
    assert_eq!(first.status.code(), Some(0), "{}", stderr(&first));
    let data = work_folder.path().join("confluence_data");
    let planted = ["index.html", "confluence_data_current.csv", ".history.json.partial", ".pages.parquet.partial"];
    for name in planted {
        let _ = fs::remove_file(data.join(name));
        symlink(&victim, data.join(name)).unwrap();
    }
    symlink(elsewhere.path(), data.join(".exports")).unwrap();
    let again = run(&server, work_folder.path(), "", &args(&["snapshot"]));
    assert_eq!(again.status.code(), Some(0), "{}", stderr(&again));
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1);
    for name in &planted[..2] {
        assert!(fs::symlink_metadata(data.join(name)).unwrap().is_file(), "{name}");
    }
    // a folder of the history as well
    fs::remove_dir_all(data.join("model")).unwrap();
    symlink(elsewhere.path(), data.join("model")).unwrap();
    let last = run(&server, work_folder.path(), "", &args(&["history", "export"]));
    assert_eq!(last.status.code(), Some(6), "{}", stderr(&last));
    assert!(stderr(&last).contains("model"), "{}", stderr(&last));
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1);
}

#[test]
fn a_configuration_that_is_a_pipe_is_rejected_and_a_link_to_a_file_is_read() {
    let server = Server::sample(FaultPlan::none());
    let work_folder = TempDir::new().unwrap();
    let file = work_folder.path().join("confluence_storage_analyzer.cfg");
    assert!(Command::new("mkfifo").arg(&file).status().unwrap().success());
    let output = run(&server, work_folder.path(), "", &args(&["--dry-run"]));
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("not a regular file"), "{}", stderr(&output));
    fs::remove_file(&file).unwrap();
    fs::write(work_folder.path().join("elsewhere.cfg"), "[audit]\nkeep_versions = three\n").unwrap();
    symlink("elsewhere.cfg", &file).unwrap();
    let output = run(&server, work_folder.path(), "", &args(&["--dry-run"]));
    assert!(output.status.code() == Some(2) && stderr(&output).contains("keep_versions"), "{}", stderr(&output));
}

/// Returns the bytes of all files below a folder.
fn bytes_below(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { bytes_below(&path) } else { path.metadata().unwrap().size() }).sum()
}

#[test]
fn a_file_size_limit_is_reported_as_a_full_disk_and_leaves_nothing_behind_f_75() {
    let server = Server::sample(FaultPlan::none());
    for limit in ["1", "16", "64"] {
        // as systemd and shells set it: SIGXFSZ, which would end the process, keeps its default action
        let shell = format!("ulimit -c 0; ulimit -f {limit};");
        let work_folder = TempDir::new().unwrap();
        let output = run(&server, work_folder.path(), &shell, &args(&["audit", "--no-cache"]));
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(6), "{limit}: {:?} {message}", output.status);
        assert!(message.contains("cannot write the report") && message.contains("was removed"), "{message}");
        let left = fs::read_dir(work_folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let mut reports = left.filter(|name| name.to_string_lossy().starts_with("confluence_analysis_"));
        assert_eq!(reports.next(), None, "{limit}: {message}");
    }
    let work_folder = TempDir::new().unwrap();
    let complete = run(&server, work_folder.path(), "", &args(&["snapshot", "--no-cache"]));
    assert_eq!(complete.status.code(), Some(0), "{}", stderr(&complete));
    let before = bytes_below(work_folder.path());
    for command in [&["snapshot", "--no-cache"][..], &["history", "export"]] {
        // all derived files are rewritten if one differs
        let _ = fs::remove_file(work_folder.path().join("confluence_data/index.html"));
        let output = run(&server, work_folder.path(), "ulimit -c 0; ulimit -f 16;", &args(command));
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(6), "{command:?}: {:?} {message}", output.status);
        assert!(bytes_below(work_folder.path()) <= before, "{command:?}: unfinished files were removed: {message}");
        assert!(!work_folder.path().join("confluence_data/.exports").exists());
        assert!(!work_folder.path().join("confluence_data/.pages.parquet.partial").exists());
    }
}

/// The sheets of the workbook are larger than all other files, and the library that writes them panics where they cannot
/// be written.
#[test]
fn a_workbook_that_does_not_fit_on_the_disk_is_a_failure_like_any_other_f_75() {
    let work_folder = TempDir::new().unwrap();
    let (inventory, audit) = sample::complete(2_000);
    let input = ReportInput { run: &sample::run_facts(), inventory: &inventory, audit: &audit };
    let saved = report::write(work_folder.path(), input).unwrap();
    let largest = fs::read_dir(&saved).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).max().unwrap();
    let report = |limit: u64| {
        let shell = format!("ulimit -c 0; ulimit -f {limit}; exec \"$0\" \"$@\"");
        let mut command = Command::new("sh");
        command.arg("-c").arg(shell).arg(program(work_folder.path()).get_program()).arg("report").arg(&saved);
        command.current_dir(work_folder.path()).stdin(Stdio::null()).output().unwrap()
    };
    // blocks of 512 or 1,024 bytes, depending on the shell
    let block = if cfg!(target_os = "linux") { 512 } else { 1_024 };
    let output = report(largest / block + 200);
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(6), "{message}");
    assert!(message.contains("confluence_storage.xlsx") && message.contains("was removed"), "{message}");
    assert!(!message.contains("internal error") && !message.contains("panick"), "{message}");
    assert_eq!(fs::read_dir(work_folder.path()).unwrap().count(), 1, "only the saved report is left: {message}");
    assert_eq!(report(1_000_000).status.code(), Some(0));
}

#[test]
fn leftovers_of_a_killed_run_are_reported_with_size_and_removal_command_f_79() {
    let server = Server::sample(FaultPlan::none());
    let work_folder = TempDir::new().unwrap();
    let left = work_folder.path().join("confluence_analysis_V0_1_2020-01-01_00-00-00.partial");
    fs::create_dir_all(left.join("ENG")).unwrap();
    fs::write(left.join("ENG/a.csv"), vec![0; 3 << 20]).unwrap();
    let first = run(&server, work_folder.path(), "", &[]);
    assert_eq!(first.status.code(), Some(0));
    let report = paths(&first)[0].parent().unwrap().to_owned();
    let again = run(&server, work_folder.path(), "", &[OsStr::new("report"), report.as_os_str()]);
    for output in [first, again] {
        let message = stderr(&output);
        assert!(message.contains("takes 3.0 MiB"), "{message}");
        let command = message.lines().find_map(|line| line.strip_prefix("    rm -r ")).expect("a command");
        assert_eq!(Path::new(command), left);
    }
}
