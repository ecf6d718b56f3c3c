//! Real processes that are interrupted, killed, locked out, or out of disk space (F-75 to F-98).
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern};
use tempfile::TempDir;

use crate::run_program::{Finished, Server, file_name, program};

/// Faults that report the `n`th request for an old version, and leave it and all later ones without a response.
fn stalling_at(n: u32) -> (FaultPlan, Receiver<()>) {
    stalling("/wiki/api/v2/attachments/att*", n)
}

/// Faults that report the `n`th request for a path, and leave it and all later ones without a response.
fn stalling(path: &str, n: u32) -> (FaultPlan, Receiver<()>) {
    let (reached, wait) = channel();
    let route = || RoutePattern::path(path).unwrap();
    let signal_request = Fault::change_site(move |_| {
        // the receiver is dropped at the end of the test
        let _ = reached.send(());
    });
    let faults = FaultPlan::none().on(route(), Occurrence::Only(n), signal_request).on(
        route(),
        Occurrence::From(n),
        Fault::Stall,
    );
    (faults, wait)
}

/// Starts the program against a server, in a folder.
pub(crate) fn start(server: &Server, folder: &Path, shell: &str, arguments: &[&str]) -> Child {
    let known = program(folder);
    let mut command = Command::new("sh");
    let script = format!("{shell} exec \"$0\" \"$@\"");
    command.arg("-c").arg(script).arg(known.get_program()).args(arguments).current_dir(folder);
    for (name, value) in known.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
        .env("CONFLUENCE_BASE_URL", server.server.base_url())
        .env("CONFLUENCE_API_USER", server.server.user())
        .env("CONFLUENCE_API_TOKEN", server.server.token())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

pub(crate) fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// Waits for the process to end; returns its output and the signal that ended it.
fn finish(child: Child, folder: TempDir) -> (Finished, Option<i32>) {
    use std::os::unix::process::ExitStatusExt;
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let finished = Finished {
        status: output.status.code().unwrap_or(-1),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
        folder,
    };
    (finished, output.status.signal())
}

/// Returns the successful requests for old versions.
fn versions_read(server: &Server) -> Vec<String> {
    let requests = server.server.requests().into_iter();
    let read = requests.filter(|entry| entry.status == 200 && entry.query.starts_with("version="));
    read.map(|entry| entry.path + "?" + &entry.query).collect()
}

#[test]
fn a_signal_ends_the_run_with_what_was_read_marked_incomplete_f_78() {
    for (name, status) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let (faults, reached) = stalling_at(40);
        let server = Server::sample(faults);
        let folder = TempDir::new().unwrap();
        let child = start_with_sighup(&server, folder.path(), "--default-signal=HUP");
        reached.recv().unwrap();
        signal(&child, name);
        let (finished, _) = finish(child, folder);
        assert_eq!(finished.status, status, "{}", finished.stderr);
        assert!(finished.report().to_string_lossy().ends_with("_INCOMPLETE"));
        let run = finished.run_json();
        assert_eq!((run["complete"].as_bool(), run["exit_code"].as_i64()), (Some(false), Some(status.into())));
        assert!(finished.usages().values().all(|usage| usage != "unreferenced"));
        let (_, after) = finished.stderr.split_once("warning: interrupted").unwrap();
        let begun: Vec<&str> = after.lines().filter(|line| line.ends_with('…')).collect();
        assert_eq!(begun, ["writing the report …"], "no further phase of the crawl is announced");
    }
}

/// Starts the program with SIGHUP set through `env`, because the caller of the tests may have it ignored.
fn start_with_sighup(server: &Server, folder: &Path, hang_up: &str) -> Child {
    let known = program(folder);
    let mut command = Command::new("env");
    command.arg(hang_up).arg(known.get_program()).current_dir(folder);
    command.envs(known.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command
        .env("CONFLUENCE_BASE_URL", server.server.base_url())
        .env("CONFLUENCE_API_USER", server.server.user())
        .env("CONFLUENCE_API_TOKEN", server.server.token())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_with_ignored_sighup_outlives_its_terminal_f_78() {
    let (faults, reached) = stalling_at(40);
    let server = Server::sample(faults);
    let folder = TempDir::new().unwrap();
    let child = start_with_sighup(&server, folder.path(), "--ignore-signal=HUP");
    reached.recv().unwrap();
    signal(&child, "HUP");
    // if the first were handled, this would be the second signal, which ends the run without a report
    signal(&child, "INT");
    let (finished, _) = finish(child, folder);
    assert_eq!(finished.status, 130, "{}", finished.stderr);
    assert!(finished.report().to_string_lossy().ends_with("_INCOMPLETE"));
}

#[test]
fn sigterm_after_the_site_was_read_is_not_reported_as_ctrl_c_f_78() {
    const DOWNLOADS: &str = "/wiki/rest/api/content/*/download";
    let complete = Server::sample(FaultPlan::none());
    assert_eq!(complete.run(&[]).status, 0);
    // the downloads that verify old sizes come first
    let verification = complete.server.requests().iter().filter(|request| request.path.ends_with("/download")).count();
    let after_verification = u32::try_from(verification).unwrap() + 1;
    for (option, path, n) in
        [("--verify-duplicates", DOWNLOADS, after_verification), ("--snapshot", "/wiki/api/v2/users-bulk", 1)]
    {
        let (faults, reached) = stalling(path, n);
        let server = Server::sample(faults);
        let folder = TempDir::new().unwrap();
        let child = start(&server, folder.path(), "", &[option]);
        reached.recv().unwrap();
        signal(&child, "TERM");
        let (finished, _) = finish(child, folder);
        assert_eq!(finished.status, 143, "{option}: {}", finished.stderr);
    }
}

#[test]
fn a_second_signal_ends_the_run_at_once_f_78() {
    let (faults, reached) = stalling_at(10);
    let server = Server::sample(faults);
    let folder = TempDir::new().unwrap();
    let mut child = start(&server, folder.path(), "", &["--concurrency", "64"]);
    reached.recv().unwrap();
    signal(&child, "INT");
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("press Ctrl-C again to quit now") {
        line.clear();
        assert_ne!(stderr.read_line(&mut line).unwrap(), 0, "the first signal was not handled");
    }
    // requests in flight never end, so after the first signal alone the program would wait for a while
    signal(&child, "INT");
    let (finished, _) = finish(child, folder);
    assert_eq!(finished.status, 130);
    assert!(
        finished.reports().iter().all(|path| path.to_string_lossy().ends_with(".partial")),
        "{:?}",
        finished.reports()
    );
}

#[test]
fn a_killed_run_is_continued_by_the_next_one_f_96() {
    let (faults, reached) = stalling_at(60);
    let server = Server::sample(faults);
    let folder = TempDir::new().unwrap();
    let mut child = start(&server, folder.path(), "", &["--concurrency", "4"]);
    reached.recv().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let before = versions_read(&server);
    // responses to requests in flight may not have been processed before the kill
    assert!(before.len() >= 50, "{}", before.len());
    server.server.set_faults(FaultPlan::none());
    let child = start(&server, folder.path(), "", &[]);
    let (finished, _) = finish(child, folder);
    assert_eq!(finished.status, 0, "{}", finished.stderr);
    let twice = versions_read(&server)[before.len()..].iter().filter(|asked| before.contains(asked)).count();
    assert!(twice <= 4, "{twice} versions were read twice");
    let units = &finished.run_json()["coverage"]["units"]["attachment-version"];
    assert!(units["remembered"].as_u64().unwrap() + 4 >= before.len() as u64, "{units}");
}

#[test]
fn two_runs_of_one_site_exclude_each_other_and_a_killed_one_leaves_no_lock_f_82() {
    let (faults, reached) = stalling_at(10);
    let server = Server::sample(faults);
    let folder = TempDir::new().unwrap();
    let mut holder = start(&server, folder.path(), "", &[]);
    reached.recv().unwrap();
    let asked = server.server.requests().len();
    let second = start(&server, folder.path(), "", &["--json"]).wait_with_output().unwrap();
    let stderr = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(7), "{stderr}");
    assert!(stderr.contains(&format!("process {} since ", holder.id())) && stderr.contains("--no-cache"), "{stderr}");
    let object: serde_json::Value = serde_json::from_slice(&second.stdout).unwrap();
    assert_eq!(object["exit_code"], 7);
    assert!(server.server.requests().len() <= asked + 16, "the second run sent no requests");
    server.server.set_faults(FaultPlan::none());
    holder.kill().unwrap();
    holder.wait().unwrap();
    let (third, _) = finish(start(&server, folder.path(), "", &[]), folder);
    assert_eq!(third.status, 0, "{}", third.stderr);
}

/// Unfinished report folders.
fn partial_reports(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| file_name(path).starts_with("confluence_analysis_") && file_name(path).ends_with(".partial"))
}

#[test]
fn a_kill_while_the_report_is_written_leaves_it_partial_and_the_next_run_says_so_f_79() {
    let server = Server::sample(FaultPlan::none());
    let folder = TempDir::new().unwrap();
    // writing takes only a moment, so it takes several runs until one is killed while writing
    for _ in 0..50 {
        let mut child = start(&server, folder.path(), "", &["--no-cache"]);
        let is_writing = || partial_reports(folder.path()).next().is_some();
        while !is_writing() && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        if is_writing() {
            break;
        }
        for finished in std::fs::read_dir(folder.path()).unwrap() {
            let path = finished.unwrap().path();
            if path.to_string_lossy().contains("confluence_analysis_") {
                std::fs::remove_dir_all(path).unwrap();
            }
        }
    }
    let left: Vec<_> = partial_reports(folder.path()).collect();
    assert_eq!(left.len(), 1, "no run was killed while it was writing");
    assert!(!left[0].join("run.json").exists(), "an unfinished folder has no manifest");
    let (next, _) = finish(start(&server, folder.path(), "", &[]), folder);
    assert_eq!(next.status, 0, "{}", next.stderr);
    assert!(next.stderr.contains(".partial"), "{}", next.stderr);
    assert_eq!(next.reports().len(), 2, "nothing of the earlier run was touched or merged");
}

#[test]
fn a_full_disk_ends_with_6_and_no_finished_folder_f_75() {
    let server = Server::sample(FaultPlan::none());
    let folder = TempDir::new().unwrap();
    let child = start(&server, folder.path(), "trap '' XFSZ; ulimit -f 64;", &["--no-cache"]);
    let (full, _) = finish(child, folder);
    assert_eq!(full.status, 6, "{}", full.stderr);
    assert!(full.reports().is_empty(), "the unfinished report was removed: {:?}", full.reports());
    assert!(full.stderr.contains("cannot write the report") && full.stderr.contains("was removed"), "{}", full.stderr);
    assert_eq!(full.stdout, "");
}

#[test]
fn a_chosen_cache_folder_has_to_work_and_the_default_one_does_not() {
    let server = Server::sample(FaultPlan::none());
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let chosen = start(&server, folder.path(), "", &["--cache-dir", "file"]).wait_with_output().unwrap();
    let stderr = String::from_utf8(chosen.stderr).unwrap();
    assert_eq!(chosen.status.code(), Some(6), "{stderr}");
    assert!(stderr.contains("cannot use the cache folder of --cache-dir"), "{stderr}");
    assert_eq!(crate::run_program::beyond_connecting(&server, 0), [] as [String; 0]);
    std::fs::write(folder.path().join(".cache"), "").unwrap();
    let (usual, _) = finish(start(&server, folder.path(), "", &[]), folder);
    assert_eq!(usual.status, 0, "{}", usual.stderr);
    assert!(usual.stderr.contains("this run uses no cache"), "{}", usual.stderr);
}

#[test]
fn a_folder_that_cannot_be_written_is_reported_before_the_first_request_f_76() {
    let server = Server::sample(FaultPlan::none());
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("dangling")).unwrap();
    let outputs = ["/proc", "absent", "file", "dangling"];
    for (command, output) in [&[][..], &["snapshot"]].iter().flat_map(|command| outputs.map(|output| (command, output)))
    {
        let arguments = [*command, &["--output", output]].concat();
        let child = start(&server, folder.path(), "", &arguments).wait_with_output().unwrap();
        let stderr = String::from_utf8(child.stderr).unwrap();
        assert_eq!(child.status.code(), Some(6), "{arguments:?}: {stderr}");
        assert!(
            stderr.contains("cannot write to the output folder") && stderr.contains("create the folder"),
            "{stderr}"
        );
        assert!(!stderr.contains("probe"), "the path of the temporary folder is not shown: {stderr}");
    }
    assert_eq!(server.server.requests(), []);
}

#[test]
fn a_closed_pipe_does_not_stop_the_run_f_92() {
    let server = Server::sample(FaultPlan::none());
    let folder = TempDir::new().unwrap();
    let mut child = start(&server, folder.path(), "", &[]);
    drop(child.stdout.take());
    let mut stderr = child.stderr.take().unwrap();
    let mut first = [0; 8];
    stderr.read_exact(&mut first).unwrap();
    drop(stderr);
    let (finished, _) = finish(child, folder);
    assert_eq!(finished.status, 0);
    assert_eq!(finished.run_json()["complete"], true);
}

#[test]
fn a_dry_run_prints_the_requests_and_writes_nothing() {
    let server = Server::sample(FaultPlan::none());
    let folder = TempDir::new().unwrap();
    let (dry, _) = finish(start(&server, folder.path(), "", &["--dry-run", "--json"]), folder);
    assert_eq!(dry.status, 0, "{}", dry.stderr);
    assert_eq!(std::fs::read_dir(dry.folder.path()).unwrap().count(), 0, "nothing is written, no cache either");
    let object: serde_json::Value = serde_json::from_str(&dry.stdout).unwrap();
    assert!(object["dry_run"].get("page_metrics").is_none(), "page metrics are not requested");
    let (with_snapshot, _) =
        finish(start(&server, dry.folder.path(), "", &["--snapshot", "--dry-run", "--json"]), TempDir::new().unwrap());
    let object: serde_json::Value = serde_json::from_str(&with_snapshot.stdout).unwrap();
    assert_eq!(object["dry_run"]["page_metrics"]["counted"], false, "the plan says that it does not include them");
    let (with_snapshot, _) =
        finish(start(&server, dry.folder.path(), "", &["--snapshot", "--dry-run"]), TempDir::new().unwrap());
    assert!(with_snapshot.stdout.contains("`snapshot --dry-run` counts them"), "{}", with_snapshot.stdout);
    let asked = server.server.requests();
    assert!(asked.iter().all(|entry| !entry.query.contains("body-format") && !entry.query.contains("version=")));
    let (run, _) = finish(start(&server, dry.folder.path(), "", &[]), dry.folder);
    let (planned, run) = (&object["dry_run"]["plan"]["requests"], run.run_json());
    for kind in ["spaces", "pages", "blog posts", "attachments", "header image sweep", "people"] {
        assert_eq!(planned[kind], run["requests"][kind], "{kind}");
        assert_eq!(planned[kind], run["plan"]["requests"][kind], "{kind}");
    }
    // full pages of templates need another request in the final pass, and archived owners of candidates are read again;
    // how many is known only after the crawl
    for kind in ["templates", "properties"] {
        let (sent, least) = (run["requests"][kind].as_u64().unwrap(), planned[kind].as_u64().unwrap());
        assert_eq!(planned[kind], run["plan"]["requests"][kind], "{kind}");
        assert!((least..=2 * least).contains(&sent), "{kind}: {sent}");
    }
    let sum = |requests: &serde_json::Value| {
        requests.as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum::<u64>() as f64
    };
    let (plan, sent) = (sum(planned), sum(&run["requests"]));
    assert!((plan / sent - 1.0).abs() < 0.15, "planned {plan}, sent {sent}");
}
