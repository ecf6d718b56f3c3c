//! The command line: output, streams and exit statuses of the binary.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::sync::mpsc;

use assert_cmd::Command;
use tempfile::TempDir;
use test_support::golden::assert_golden;

/// The program in an empty folder, without environment variables that could configure it.
fn program(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("confluence-storage-analyzer").unwrap();
    command.current_dir(folder);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().to_ascii_uppercase().starts_with("CONFLUENCE") {
            command.env_remove(name);
        }
    }
    command.env_remove("NO_COLOR").env("TERM", "dumb");
    command
}

/// Returns standard output, standard error and exit status.
fn run(command: &mut Command) -> (String, String, i32) {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().expect("an exit status"))
}

#[test]
fn help_and_version_are_data_and_succeed() {
    let folder = TempDir::new().unwrap();
    let (stdout, stderr, status) = run(program(folder.path()).arg("--help"));
    assert_eq!((stderr.as_str(), status), ("", 0));
    assert!(stdout.contains("demo") && stdout.contains("CONFLUENCE_API_TOKEN"), "{stdout}");
    let (stdout, _, status) = run(program(folder.path()).arg("--version"));
    assert_eq!(stdout, format!("confluence-storage-analyzer {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(status, 0);
}

#[test]
fn every_help_text_is_the_reviewed_one() {
    let folder = TempDir::new().unwrap();
    let definition = confluence_storage_analyzer::cli::Cli::command_definition();
    let commands = definition.get_subcommands().filter(|command| !command.is_hide_set()).map(clap::Command::get_name);
    let mut helps = String::new();
    for command in std::iter::once(None).chain(commands.map(Some)) {
        let (stdout, ..) = run(program(folder.path()).args(command).arg("--help"));
        writeln!(helps, "== {}\n{stdout}", command.unwrap_or_default()).unwrap();
    }
    assert_golden("tests/fixtures/help.txt", &helps);
}

#[test]
fn a_missing_configuration_ends_with_2_and_says_what_to_do() {
    let folder = TempDir::new().unwrap();
    for arguments in [&[][..], &["audit"]] {
        let (stdout, stderr, status) = run(program(folder.path()).args(arguments));
        assert_eq!((stdout.as_str(), status), ("", 2), "{stderr}");
        assert!(stderr.starts_with("error: the configuration is incomplete: `base_url` is not set"), "{stderr}");
        for remedy in ["confluence_storage_analyzer.cfg.template", "`demo`"] {
            assert!(stderr.contains(remedy), "{stderr}");
        }
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "a failed start leaves nothing behind");
}

#[test]
fn with_json_a_failure_is_one_object_on_standard_output() {
    let folder = TempDir::new().unwrap();
    let (stdout, stderr, status) = run(program(folder.path()).arg("--json"));
    let object: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((object["exit_code"].as_i64(), status), (Some(2), 2));
    assert_eq!(object["complete"], false);
    assert!(object["error"]["what"].as_str().unwrap().contains("base_url"));
    assert_eq!(stdout.lines().count(), 1);
    assert!(stderr.starts_with("error: "), "the message is on standard error as well: {stderr}");
}

#[test]
fn a_mistake_in_the_file_is_named_with_file_and_line() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("my.cfg");
    fs::write(&file, "[confluence]\nbase_url = https://acme.atlassian.net\napi_tokn = s3cretvalue\n").unwrap();
    let (_, stderr, status) = run(program(folder.path()).args(["--config", "my.cfg"]));
    assert_eq!(status, 2);
    let first = stderr.lines().next().unwrap();
    assert!(first.ends_with("my.cfg:3: unknown key `api_tokn` in [confluence]"), "{stderr}");
    assert!(stderr.contains("did you mean `api_token`?"), "{stderr}");
    assert!(!stderr.contains("s3cretvalue"), "{stderr}");
}

#[test]
fn usage_errors_end_with_2_on_standard_error() {
    let folder = TempDir::new().unwrap();
    for arguments in [
        &["--token", "s3cretvalue"][..],
        &["audti"],
        &["--concurrency", "0"],
        &["--references-within"],
        &["report"],
        &["--quiet", "-v"],
        &["--space", "ENG", "audit"],
        &["demo", "--space", "ENG"],
    ] {
        let (stdout, stderr, status) = run(program(folder.path()).args(arguments));
        assert_eq!((stdout.as_str(), status), ("", 2), "{arguments:?}: {stderr}");
        assert!(stderr.starts_with("error: ") && !stderr.contains("s3cretvalue"), "{arguments:?}: {stderr}");
    }
}

#[test]
fn no_output_shows_the_token_even_at_the_highest_verbosity() {
    let folder = TempDir::new().unwrap();
    let mut command = program(folder.path());
    // a plain-http URL is rejected after the token was read, so nothing is sent
    command.env("CONFLUENCE_BASE_URL", "http://acme.example.invalid").env("CONFLUENCE_API_USER", "me@acme.example");
    command.env("CONFLUENCE_API_TOKEN", "ATATT3xSecretOfAcme");
    let (stdout, stderr, status) = run(command.args(["-vv", "--json"]));
    assert_eq!(status, 2, "{stderr}");
    assert!(stderr.contains("http:// is allowed for localhost only"), "{stderr}");
    assert!(!format!("{stdout}{stderr}").contains("ATATT3x"), "{stdout}{stderr}");
}

#[test]
fn without_a_terminal_there_are_no_control_sequences_unless_asked_for() {
    let folder = TempDir::new().unwrap();
    let (_, stderr, _) = run(&mut program(folder.path()));
    assert!(!stderr.contains('\u{1b}'), "{stderr:?}");
    let (_, stderr, _) = run(program(folder.path()).args(["--color", "always"]));
    assert!(stderr.starts_with("\u{1b}[1;31merror:\u{1b}[0m "), "{stderr:?}");
}

#[test]
fn completions_and_manual_need_no_configuration() {
    let folder = TempDir::new().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (stdout, stderr, status) = run(program(folder.path()).args(["completions", shell]));
        assert_eq!((stderr.as_str(), status), ("", 0), "{shell}");
        assert!(stdout.contains("exclude-space"), "{shell}");
    }
    let (stdout, stderr, status) = run(program(folder.path()).arg("man"));
    assert_eq!((stderr.as_str(), status), ("", 0));
    assert!(stdout.contains(".TH confluence-storage-analyzer 1"), "{stdout}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_reported_f_75() {
    let folder = TempDir::new().unwrap();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = std::process::Command::new(program(folder.path()).get_program());
    let output = command.arg("man").current_dir(folder.path()).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(6));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("cannot write to standard output"), "{stderr}");
}

#[cfg(unix)]
#[test]
fn a_closed_standard_output_is_not_a_failure_f_92() {
    let folder = TempDir::new().unwrap();
    let mut command = std::process::Command::new(program(folder.path()).get_program());
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = command.args(["completions", "bash"]).current_dir(folder.path()).stdout(writer).output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[cfg(unix)]
#[test]
fn a_closed_standard_error_is_not_a_failure_f_92() {
    let folder = TempDir::new().unwrap();
    let mut command = std::process::Command::new(program(folder.path()).get_program());
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let absent = ["--config", "absent.cfg"];
    let output = command.args(absent).current_dir(folder.path()).stderr(writer).output().unwrap();
    assert_eq!((output.status.code(), output.stdout), (Some(2), Vec::new()));
}

#[test]
fn requests_name_the_program_and_its_version() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let site = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let agent = head.iter().find_map(|line| line.strip_prefix("user-agent: "));
            let _ = sender.send(agent.map(str::to_owned));
            let _ = stream.write_all(b"HTTP/1.1 401 X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    let folder = TempDir::new().unwrap();
    let mut command = program(folder.path());
    command.env("CONFLUENCE_BASE_URL", site).env("CONFLUENCE_API_USER", "me").env("CONFLUENCE_API_TOKEN", "token");
    command.arg("doctor").assert().failure();
    let expected = format!("confluence-storage-analyzer/{}", env!("CARGO_PKG_VERSION"));
    let agents: Vec<Option<String>> = receiver.try_iter().collect();
    assert!(!agents.is_empty() && agents.iter().all(|agent| agent.as_ref() == Some(&expected)), "{agents:?}");
}
