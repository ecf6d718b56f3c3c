//! F-75 to F-98: folders, signals, streams, with the program itself.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use confluence_sim::{Fault, FaultPlan, Occurrence};
use confluence_storage_analyzer::error::ExitStatus;
use tempfile::TempDir;

use crate::program::{Server, program};
use test_support::bench::{Bench, always, answer, on, signalled_at};
use test_support::folder::{self, State};
use test_support::known;

fn known(faults: FaultPlan) -> Server {
    Server::start(known::site().0, faults)
}

/// The program as a child that can be signalled.
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

/// Runs the program to its end under limits of the shell.
#[cfg(unix)]
fn limited(server: &Server, folder: &Path, limits: &str, arguments: &str) -> std::process::Output {
    let script = format!("{limits}; exec {} {arguments}", env!("CARGO_BIN_EXE_confluence-storage-analyzer"));
    let mut shell = Command::new("bash");
    let inherited = child(server, folder);
    shell.args(["-c", &script]).current_dir(folder);
    shell.envs(inherited.get_envs().filter_map(|(name, value)| Some((name, value?)))).output().unwrap()
}

/// Waits, event by event of the server's log, until so many requests have come.
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
    entries.filter(|path| crate::program::file_name(path).starts_with("confluence_analysis_")).collect()
}

#[test]
fn an_output_that_cannot_be_used_is_told_before_the_first_request_f_76_f_90() {
    let server = known(FaultPlan::none());
    let place = TempDir::new().unwrap();
    let (file, missing, link) = (place.path().join("file"), place.path().join("missing"), place.path().join("link"));
    std::fs::write(&file, "x").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(place.path().join("nowhere"), &link).unwrap();
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
    assert!(stderr.contains(" of the report were written, and its disk has "), "{stderr}");
    for report in reports(folder.path()) {
        assert_eq!(folder::state(&report), State::Partial, "{}", report.display());
    }
}

#[tokio::test(start_paused = true)]
async fn an_interrupt_at_any_request_calls_nothing_unreferenced_f_78() {
    let whole = Bench::known(FaultPlan::none()).await.run().await.requests;
    let mut incomplete = 0;
    for request in (1..=u32::try_from(whole).unwrap()).rev().take(40) {
        let (plan, mut signal) = signalled_at(FaultPlan::none(), request);
        let bench = Bench::known(plan).await;
        // the bench itself checks that no file is called unreferenced unless the reading was complete
        let run = bench.run_until(&mut signal).await;
        incomplete += usize::from(run.status() != ExitStatus::Complete);
    }
    assert!(incomplete > 30, "{incomplete}");
}

#[cfg(unix)]
#[test]
fn a_signal_writes_what_was_read_marked_incomplete_f_78() {
    for (name, status) in [("INT", 130), ("TERM", 143)] {
        for requests in [2, 10, 30, 40] {
            // the run is told to wait, so it cannot end by itself before the signal comes
            let pause = answer(429, &[("retry-after", "800")], "{}");
            let server = known(on("/wiki/*", Occurrence::From(requests), pause));
            let folder = TempDir::new().unwrap();
            let mut child = child(&server, folder.path()).spawn().unwrap();
            until_requests(&server, requests as usize, &mut child);
            signal(&child, name);
            let output = child.wait_with_output().unwrap();
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(status), "{name} at request {requests}: {stderr}");
            for report in reports(folder.path()) {
                assert_eq!(folder::state(&report), State::Incomplete, "{}", report.display());
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_does_not_keep_an_interrupted_run_alive_f_78() {
    // no limit of the HTTP library is on: only the end of the patience after an interrupt can end this reading
    let (plan, mut signal) = signalled_at(on("/wiki/*", Occurrence::From(13), Fault::Stall), 12);
    let bench = Bench::known(plan).await;
    let began = tokio::time::Instant::now();
    let run = bench.run_until(&mut signal).await;
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
    // what is on the way is never answered, so it is the drain that has to end the run
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(server.server.requests().len() < 12 + 8, "nothing was sent again or anew");
}

#[cfg(unix)]
#[test]
fn after_a_signal_nothing_is_announced_that_is_not_done_f_78() {
    for (command, moments) in [("audit", [3, 9, 16, 24, 33, 45]), ("snapshot", [3, 6, 9, 12, 15, 18])] {
        for requests in moments {
            let pause = answer(429, &[("retry-after", "800")], "{}");
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
            // what was read is judged, measured and written; nothing else begins
            let allowed = ["writing the report …", "measuring …", "writing the files of the weeks …"];
            let wrong: Vec<_> = announced.iter().filter(|line| !allowed.contains(line)).collect();
            assert!(wrong.is_empty(), "{command} at request {requests}: {wrong:?}\n{stderr}");
        }
    }
}

/// A site with a page of several megabytes whose markup takes minutes and gigabytes where it is followed, and names
/// `unused.mov`.
#[cfg(unix)]
fn with_a_hostile_page(faults: FaultPlan) -> Server {
    let mut site = known::site().0;
    let body = &mut site.contents.iter_mut().find(|content| content.id == "1007").unwrap().body;
    *body = format!(
        r#"<ac:structured-macro ac:name="markdown"><ac:plain-text-body><![CDATA[unused.mov {}]]></ac:plain-text-body></ac:structured-macro>"#,
        "](".repeat(2_000_000)
    );
    Server::start(site, faults)
}

#[cfg(unix)]
#[test]
fn a_page_made_to_be_expensive_stops_no_run_and_no_signal_f_65() {
    let server = with_a_hostile_page(FaultPlan::none());
    let folder = TempDir::new().unwrap();
    let mut whole = child(&server, folder.path());
    let output = whole.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    let report = reports(folder.path()).pop().unwrap();
    let usages: BTreeMap<String, String> = crate::program::rows_of(&report.join("attachments.csv"))
        .into_iter()
        .map(|row| (row["Filename"].clone(), row["Usage"].clone()))
        .collect();
    assert_eq!(usages["unused.mov"], "undetermined");
    assert_eq!(usages["newest name.png"], "embedded", "the rest is judged as ever");

    // every answer behind the one with the page is refused, so that only the signal ends this run
    let requests = 18;
    let pause = answer(429, &[("retry-after", "800")], "{}");
    let server = with_a_hostile_page(on("/wiki/*", Occurrence::From(requests), pause));
    let folder = TempDir::new().unwrap();
    let mut child = child(&server, folder.path()).spawn().unwrap();
    until_requests(&server, requests as usize, &mut child);
    signal(&child, "INT");
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
}

/// A list takes memory for what comes, whatever it is and whatever a server says will come.
#[cfg(target_os = "linux")]
#[test]
fn lists_of_millions_and_claims_of_billions_take_no_more_than_what_comes() {
    const GIB: u64 = 1 << 20;
    let claims = |answer: &mut serde_json::Value| {
        for claim in ["limit", "size", "totalSize", "start", "total"] {
            answer[claim] = u64::MAX.into();
        }
    };
    let millions = move |answer: &mut serde_json::Value| {
        claims(answer);
        answer["results"].as_array_mut().unwrap().extend(std::iter::repeat_n(serde_json::Value::from(0), 3_000_000));
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
fn a_place_so_deep_that_names_do_not_fit_is_told_before_the_first_request_f_89() {
    // a path may have 4,095 bytes here; the deepest file of a report adds less than 300 to that of its folder
    let place = TempDir::new().unwrap();
    let folder_of = |length: usize| {
        let mut path = place.path().to_owned();
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
    assert!(run.stderr.contains("too deep") && run.stderr.contains("shorter path"), "{}", run.stderr);
    assert!(server.server.requests().is_empty());
    let deep = folder_of(3_600);
    let run = server.run(&["--output", deep.to_str().unwrap()]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(folder::state(&reports(&deep)[0]), State::Complete);
}

#[cfg(unix)]
#[test]
fn a_kill_at_any_moment_leaves_nothing_that_looks_whole_f_79() {
    let server = known(FaultPlan::none());
    for requests in (1..80).step_by(9) {
        let before = server.server.requests().len();
        let folder = TempDir::new().unwrap();
        let mut child = child(&server, folder.path()).spawn().unwrap();
        until_requests(&server, before + requests, &mut child);
        child.kill().unwrap();
        child.wait().unwrap();
        for report in reports(folder.path()) {
            let state = folder::state(&report);
            assert!(matches!(state, State::Partial | State::Complete), "{}: {state:?}", report.display());
        }
    }
}

#[test]
fn what_an_earlier_run_left_is_not_merged_into_f_97() {
    let server = known(FaultPlan::none());
    let folder = TempDir::new().unwrap();
    let old = folder.path().join("confluence_analysis_V0_0_2020-01-01_00-00-00.partial");
    std::fs::create_dir(&old).unwrap();
    std::fs::write(old.join("attachments.csv"), "old").unwrap();
    let output = child(&server, folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(std::fs::read_to_string(old.join("attachments.csv")).unwrap(), "old");
    let whole: Vec<_> = reports(folder.path()).into_iter().filter(|path| *path != old).collect();
    assert_eq!(whole.len(), 1);
    assert_eq!(folder::state(&whole[0]), State::Complete);
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_does_not_end_the_run_f_92() {
    let server = known(FaultPlan::none());
    let folder = TempDir::new().unwrap();
    let mut child = child(&server, folder.path()).arg("-vv").spawn().unwrap();
    drop(child.stdout.take());
    let mut first = [0; 1];
    child.stderr.as_mut().unwrap().read_exact(&mut first).unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let reports = reports(folder.path());
    assert_eq!(folder::state(&reports[0]), State::Complete);
}

#[cfg(unix)]
#[test]
fn few_file_handles_are_enough_f_94() {
    // the second asks for more connections than there may be: it may fail, and must not lie
    for (handles, concurrency, may_fail) in [(40, 8, false), (32, 64, true)] {
        let server = known(FaultPlan::none());
        let folder = TempDir::new().unwrap();
        let limits = format!("ulimit -n {handles}");
        let output = limited(&server, folder.path(), &limits, &format!("--concurrency {concurrency}"));
        let code = output.status.code().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(code == 0 || may_fail && [3, 5, 6].contains(&code), "{code}: {stderr}");
        for report in reports(folder.path()) {
            let expected = match code {
                0 => State::Complete,
                6 => State::Partial,
                _ => State::Incomplete,
            };
            assert_eq!(folder::state(&report), expected, "{stderr}");
        }
    }
}

#[test]
fn nothing_but_get_is_sent_and_no_body_f_98() {
    let server = known(always("/wiki/rest/api/user/bulk", Fault::status(404)));
    let run = server.run(&["--verify", "all"]);
    assert_eq!(run.status, 0, "names of people are no part of the promise: {}", run.stderr);
    let log = server.server.requests();
    assert!(log.len() > 40);
    assert!(log.iter().all(|request| request.method == "GET"));
}

#[test]
fn without_a_home_what_is_not_kept_is_told_and_the_counts_are_kept_f_58() {
    let server = Server::start(known::site().0, FaultPlan::none());
    let folder = TempDir::new().unwrap();
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
    let (no_cache, no_counts) = ("names no cache folder", "cannot be told from deleted content");
    let (status, _, first) = run(&["audit", "--exclude-space", "NOWHERE"]);
    assert_eq!(status, 0, "{first}");
    for told in [no_cache, no_counts, "--exclude-space NOWHERE"] {
        assert_eq!(first.matches(told).count(), 1, "{told}: {first}");
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
