//! F-75 to F-98: folders, signals and streams of the real program.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use confluence_sim::{Fault, FaultPlan, Occurrence};
use confluence_storage_analyzer::error::ExitStatus;
use tempfile::TempDir;

use crate::run_program::{Server, program};
use test_support::harness::{Harness, always, on, only_reads, response, signal_at_request};
use test_support::known_site;
use test_support::report_folder::{self, ReportFolderState};

fn known(faults: FaultPlan) -> Server {
    Server::start(known_site::site().0, faults)
}

/// The program as a child process that can be signalled.
pub(crate) fn child(server: &Server, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_confluence-storage-analyzer"));
    command
        .current_dir(folder)
        .env("CONFLUENCE_BASE_URL", server.server.base_url())
        .env("CONFLUENCE_API_USER", server.server.user())
        .env("CONFLUENCE_API_TOKEN", server.server.token())
        .env("XDG_CACHE_HOME", folder.join(".cache"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs the program until it ends, under resource limits set by the shell.
#[cfg(unix)]
fn limited(server: &Server, folder: &Path, limits: &str, arguments: &str) -> std::process::Output {
    let script = format!("{limits}; exec {} {arguments}", env!("CARGO_BIN_EXE_confluence-storage-analyzer"));
    let mut shell = Command::new("bash");
    let inherited = child(server, folder);
    shell.args(["-c", &script]).current_dir(folder);
    shell.envs(inherited.get_envs().filter_map(|(name, value)| Some((name, value?)))).output().unwrap()
}

/// Waits until the server has logged `count` requests.
fn until_requests(server: &Server, count: usize, child: &mut Child) {
    while server.server.requests().len() < count && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
}

#[cfg(unix)]
fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

fn reports(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| crate::run_program::file_name(path).starts_with("confluence_analysis_")).collect()
}

#[test]
fn an_output_folder_that_cannot_be_used_is_reported_before_the_first_request_f_76_f_90() {
    let server = known(FaultPlan::none());
    let work_folder = TempDir::new().unwrap();
    let [file, missing, link] = ["file", "missing", "link"].map(|name| work_folder.path().join(name));
    std::fs::write(&file, "x").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(work_folder.path().join("nowhere"), &link).unwrap();
    for output in [file, missing, link] {
        let run = server.run(&["--output", output.to_str().unwrap()]);
        assert_eq!(run.status, 6, "{}: {}", output.display(), run.stderr);
    }
    assert!(server.server.requests().is_empty());
}

#[cfg(unix)]
#[test]
fn a_disk_that_fills_up_leaves_a_partial_folder_and_says_so_f_75_f_79() {
    let server = known(FaultPlan::none());
    let folder = TempDir::new().unwrap();
    let output = limited(&server, folder.path(), "ulimit -f 8; trap '' XFSZ", "");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(6), "{stderr}");
    assert!(stderr.contains(".partial"), "{stderr}");
    assert!(stderr.contains(" of the report were written, and the disk has "), "{stderr}");
    for report in reports(folder.path()) {
        assert_eq!(report_folder::state(&report), ReportFolderState::Partial, "{}", report.display());
    }
}

#[tokio::test(start_paused = true)]
async fn an_interrupt_at_any_request_calls_nothing_unreferenced_f_78() {
    let all_requests = Harness::known(FaultPlan::none()).await.run().await.requests;
    let mut incomplete = 0;
    for request in (1..=u32::try_from(all_requests).unwrap()).rev().take(40) {
        let (plan, mut signal) = signal_at_request(FaultPlan::none(), request);
        let harness = Harness::known(plan).await;
        // `Harness` itself checks that no file is called unreferenced unless the run was complete
        let run = harness.run_until(&mut signal).await;
        incomplete += usize::from(run.status() != ExitStatus::Complete);
    }
    assert!(incomplete > 30, "{incomplete}");
}

#[cfg(unix)]
#[test]
fn a_signal_writes_what_was_read_marked_incomplete_f_78() {
    for (name, status) in [("INT", 130), ("TERM", 143)] {
        for requests in [2, 10, 30, 40] {
            // the server pauses the run, so it cannot end before the signal arrives
            let pause = response(429, &[("retry-after", "800")], "{}");
            let server = known(on("/wiki/*", Occurrence::From(requests), pause));
            let folder = TempDir::new().unwrap();
            let mut child = child(&server, folder.path()).spawn().unwrap();
            until_requests(&server, requests as usize, &mut child);
            signal(&child, name);
            let output = child.wait_with_output().unwrap();
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(status), "{name} at request {requests}: {stderr}");
            for report in reports(folder.path()) {
                assert_eq!(report_folder::state(&report), ReportFolderState::Incomplete, "{}", report.display());
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_does_not_keep_an_interrupted_run_alive_f_78() {
    // no time limit of the HTTP library is set: only the limit after an interrupt can end this run
    let (plan, mut signal) = signal_at_request(on("/wiki/*", Occurrence::From(13), Fault::Stall), 12);
    let harness = Harness::known(plan).await;
    let began = tokio::time::Instant::now();
    let run = harness.run_until(&mut signal).await;
    assert_ne!(run.status(), ExitStatus::Complete);
    assert!(began.elapsed() < Duration::from_secs(15), "five seconds on the paused clock: {:?}", began.elapsed());
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_ends_while_the_server_is_silent_f_78() {
    let server = known(on("/wiki/*", Occurrence::From(12), Fault::Stall));
    let folder = TempDir::new().unwrap();
    let mut child = child(&server, folder.path()).spawn().unwrap();
    until_requests(&server, 12, &mut child);
    signal(&child, "INT"); // requests in flight are never answered: the time limit for draining ends the run
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let sent = server.server.requests().iter().filter(|request| request.path.starts_with("/wiki/")).count();
    assert!(sent < 12 + 8, "nothing was retried and no new request was sent");
}

#[cfg(unix)]
#[test]
fn after_a_signal_no_phase_is_announced_that_does_not_run_f_78() {
    for (command, request_counts) in [("audit", [3, 9, 16, 24, 33, 45]), ("snapshot", [3, 6, 9, 12, 15, 18])] {
        for requests in request_counts {
            let pause = response(429, &[("retry-after", "800")], "{}");
            let server = known(on("/wiki/*", Occurrence::From(requests), pause));
            let folder = TempDir::new().unwrap();
            let mut child = child(&server, folder.path());
            child.arg(command).args(if command == "snapshot" { &["--space", "ENG"][..] } else { &[] });
            let mut child = child.spawn().unwrap();
            until_requests(&server, requests as usize, &mut child);
            signal(&child, "INT");
            let output = child.wait_with_output().unwrap();
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(130), "{command} at request {requests}: {stderr}");
            let after = stderr.lines().skip_while(|line| !line.contains("interrupted: writing"));
            let announced: Vec<&str> =
                after.filter(|line| line.ends_with(" …") || line.starts_with("plan: ")).collect();
            // only classifying, measuring and writing what was read may begin
            let allowed = ["writing the report …", "measuring …", "writing the weekly files …"];
            let wrong: Vec<_> = announced.iter().filter(|line| !allowed.contains(line)).collect();
            assert!(wrong.is_empty(), "{command} at request {requests}: {wrong:?}\n{stderr}");
        }
    }
}

/// A site with a page of several megabytes whose markup would take minutes and gigabytes to parse, and that names
/// `unused.mov`.
#[cfg(unix)]
fn with_a_hostile_page(faults: FaultPlan) -> Server {
    let mut site = known_site::site().0;
    let body = &mut site.contents.iter_mut().find(|content| content.id == "1007").unwrap().body;
    *body = format!(
        r#"<ac:structured-macro ac:name="markdown"><ac:plain-text-body><![CDATA[unused.mov {}]]></ac:plain-text-body></ac:structured-macro>"#,
        "](".repeat(2_000_000)
    );
    Server::start(site, faults)
}

#[cfg(unix)]
#[test]
fn a_page_that_is_expensive_to_parse_blocks_neither_run_nor_signal_f_65() {
    let server = with_a_hostile_page(FaultPlan::none());
    let folder = TempDir::new().unwrap();
    let output = child(&server, folder.path()).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    let report = reports(folder.path()).pop().unwrap();
    let usages: BTreeMap<String, String> = crate::run_program::rows_of(&report.join("attachments.csv"))
        .into_iter()
        .map(|row| (row["Filename"].clone(), row["Usage"].clone()))
        .collect();
    assert_eq!(usages["unused.mov"], "undetermined");
    assert_eq!(usages["newest name.png"], "embedded", "the other files are classified as usual");

    // every request after the one for that page is throttled, so that only the signal ends this run
    let requests = 18;
    let pause = response(429, &[("retry-after", "800")], "{}");
    let server = with_a_hostile_page(on("/wiki/*", Occurrence::From(requests), pause));
    let folder = TempDir::new().unwrap();
    let mut child = child(&server, folder.path()).spawn().unwrap();
    until_requests(&server, requests as usize, &mut child);
    signal(&child, "INT");
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
}

/// Memory for a list depends on what was received, not on the number that the server claims.
#[cfg(target_os = "linux")]
#[test]
fn memory_for_lists_follows_the_received_items_and_not_the_claimed_counts() {
    const GIB: u64 = 1 << 20;
    let claims = |response: &mut serde_json::Value| {
        for claim in ["limit", "size", "totalSize", "start", "total"] {
            response[claim] = u64::MAX.into();
        }
    };
    let millions = move |response: &mut serde_json::Value| {
        claims(response);
        response["results"].as_array_mut().unwrap().extend(std::iter::repeat_n(serde_json::Value::from(0), 3_000_000));
    };
    for (faults, status) in [
        (always("/wiki/*", Fault::edit_json(claims)), 0),
        (always("/wiki/api/v2/attachments", Fault::edit_json(millions)), 3),
    ] {
        let server = known(faults);
        let folder = TempDir::new().unwrap();
        let output = limited(&server, folder.path(), &format!("ulimit -v {}", 3 * GIB / 2), "");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(status), "{stderr}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_path_too_long_for_a_report_is_reported_before_the_first_request_f_89() {
    // the limit of a path is 4,095 bytes; the longest file name adds less than 300 to the report's folder
    let work_folder = TempDir::new().unwrap();
    let folder_of = |length: usize| {
        let mut path = work_folder.path().to_owned();
        while path.as_os_str().len() < length {
            let left = length - path.as_os_str().len();
            path.push("d".repeat(left.saturating_sub(1).clamp(1, 100)));
        }
        std::fs::create_dir_all(&path).unwrap();
        path
    };
    let server = known(FaultPlan::none());
    let run = server.run(&["--output", folder_of(3_950).to_str().unwrap()]);
    assert_eq!(run.status, 6, "{}", run.stderr);
    assert!(run.stderr.contains("is too long") && run.stderr.contains("shorter path"), "{}", run.stderr);
    assert!(server.server.requests().is_empty());
    let deep = folder_of(3_600);
    let run = server.run(&["--output", deep.to_str().unwrap()]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(report_folder::state(&reports(&deep)[0]), ReportFolderState::Complete);
}

#[cfg(unix)]
#[test]
fn a_kill_at_any_moment_leaves_nothing_that_looks_finished_f_79() {
    let server = known(FaultPlan::none());
    for requests in (1..80).step_by(9) {
        let before = server.server.requests().len();
        let folder = TempDir::new().unwrap();
        let mut child = child(&server, folder.path()).spawn().unwrap();
        until_requests(&server, before + requests, &mut child);
        child.kill().unwrap();
        child.wait().unwrap();
        for report in reports(folder.path()) {
            let state = report_folder::state(&report);
            assert!(
                matches!(state, ReportFolderState::Partial | ReportFolderState::Complete),
                "{}: {state:?}",
                report.display()
            );
        }
    }
}

#[test]
fn leftovers_of_an_earlier_run_are_not_merged_into_a_report_f_97() {
    let server = known(FaultPlan::none());
    let folder = TempDir::new().unwrap();
    let old = folder.path().join("confluence_analysis_V0_0_2020-01-01_00-00-00.partial");
    std::fs::create_dir(&old).unwrap();
    std::fs::write(old.join("attachments.csv"), "old").unwrap();
    let output = child(&server, folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(std::fs::read_to_string(old.join("attachments.csv")).unwrap(), "old");
    let complete: Vec<_> = reports(folder.path()).into_iter().filter(|path| *path != old).collect();
    assert_eq!(complete.len(), 1);
    assert_eq!(report_folder::state(&complete[0]), ReportFolderState::Complete);
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_does_not_end_the_run_f_92() {
    let server = known(FaultPlan::none());
    let folder = TempDir::new().unwrap();
    let mut child = child(&server, folder.path()).arg("-vv").spawn().unwrap();
    drop(child.stdout.take());
    let mut first = [0; 1];
    child.stderr.as_mut().unwrap().read_exact(&mut first).unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let reports = reports(folder.path());
    assert_eq!(report_folder::state(&reports[0]), ReportFolderState::Complete);
}

#[cfg(unix)]
#[test]
fn few_file_handles_are_enough_f_94() {
    // the second needs more connections than are allowed: it may fail, but must not report wrong results
    for (handles, concurrency, may_fail) in [(40, 8, false), (32, 64, true)] {
        let server = known(FaultPlan::none());
        let folder = TempDir::new().unwrap();
        let (limits, option) = (format!("ulimit -n {handles}"), format!("--concurrency {concurrency}"));
        let output = limited(&server, folder.path(), &limits, &option);
        let code = output.status.code().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(code == 0 || may_fail && [3, 5, 6].contains(&code), "{code}: {stderr}");
        for report in reports(folder.path()) {
            let expected = match code {
                0 => ReportFolderState::Complete,
                6 => ReportFolderState::Partial,
                _ => ReportFolderState::Incomplete,
            };
            assert_eq!(report_folder::state(&report), expected, "{stderr}");
        }
    }
}

#[test]
fn nothing_but_get_is_sent_and_no_body_f_98() {
    let server = known(always("/wiki/rest/api/user/bulk", Fault::status(404)));
    let run = server.run(&["--verify", "all"]);
    assert_eq!(run.status, 0, "a run without the names of people is complete: {}", run.stderr);
    let log = server.server.requests();
    assert!(log.len() > 40);
    assert!(log.iter().all(only_reads));
}

#[test]
fn without_a_home_folder_missing_caches_are_reported_and_the_counts_are_kept_f_58() {
    let (server, folder) = (known(FaultPlan::none()), TempDir::new().unwrap());
    let run = |arguments: &[&str]| {
        let output = program(folder.path())
            .env_remove("HOME")
            .env_remove("XDG_CACHE_HOME")
            .env_remove("LOCALAPPDATA")
            .env("CONFLUENCE_BASE_URL", server.server.base_url())
            .env("CONFLUENCE_API_USER", server.server.user())
            .env("CONFLUENCE_API_TOKEN", server.server.token())
            .args(arguments)
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    };
    let (no_cache, no_counts) = ("no cache folder: the environment", "cannot detect lists that are much shorter");
    let (status, _, first) = run(&["audit", "--exclude-space", "NOWHERE"]);
    assert_eq!(status, 0, "{first}");
    for words in [no_cache, no_counts, "--exclude-space NOWHERE"] {
        assert_eq!(first.matches(words).count(), 1, "{words}: {first}");
    }
    #[cfg(unix)]
    for entry in std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap) {
        use std::os::unix::fs::MetadataExt;
        let is_counts = entry.file_name().to_string_lossy().starts_with("confluence_last_complete_run");
        assert!(!is_counts || entry.metadata().unwrap().mode() & 0o777 == 0o600, "{entry:?}");
    }
    let (_, doctor, _) = run(&["doctor"]);
    assert!(doctor.contains(no_cache), "{doctor}");
    for command in ["audit", "snapshot"] {
        let (status, _, next) = run(&[command, "--no-cache"]);
        assert_eq!(status, 0, "{next}");
        assert!(!next.contains(no_counts) && !next.contains(no_cache), "{command}: {next}");
    }
    server.server.change_site(|site| site.attachments.clear());
    for command in ["audit", "snapshot"] {
        let (status, _, shrunk) = run(&[command, "--no-cache"]);
        assert_eq!(status, 3, "{command}: {shrunk}");
        assert!(shrunk.contains("--accept-shrink"), "{command}: {shrunk}");
    }
}
