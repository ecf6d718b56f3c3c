//! Tests of command-line parsing and help.

use super::*;

fn parse(arguments: &[&str]) -> Result<Cli, clap::Error> {
    Cli::from_arguments(std::iter::once("confluence-storage-analyzer").chain(arguments.iter().copied()))
}

#[test]
fn the_definition_passes_claps_own_checks() {
    Cli::command_definition().debug_assert();
}

#[test]
fn without_a_command_the_audit_runs() {
    let cli = parse(&["--space", "ENG", "--space", "DOC*", "--exclude-space", "DOCOLD"]).unwrap();
    let Command::Audit(args) = cli.command() else { panic!("not the audit: {cli:?}") };
    assert_eq!(args.space, ["ENG", "DOC*"]);
    assert_eq!(args.exclude_space, ["DOCOLD"]);
}

#[test]
fn terminal_options_are_accepted_before_and_after_the_command() {
    assert!(parse(&["--json", "demo"]).unwrap().terminal.json);
    assert!(parse(&["demo", "--json"]).unwrap().terminal.json);
    assert_eq!(parse(&["audit", "-vv"]).unwrap().terminal.verbose, 2);
}

#[test]
fn options_of_the_audit_before_a_command_are_refused_not_ignored() {
    let error = parse(&["--space", "ENG", "audit"]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ArgumentConflict);
    assert_eq!(error.exit_code(), 2);
}

#[test]
fn references_within_needs_chosen_spaces() {
    assert!(parse(&["--references-within"]).is_err());
    assert!(parse(&["--references-within", "--space", "ENG"]).is_ok());
    assert!(parse(&["audit", "--references-within"]).is_err());
    assert!(parse(&["audit", "--references-within", "--exclude-space", "ENG"]).is_ok());
}

#[test]
fn no_flag_takes_a_token_and_its_value_is_not_repeated() {
    for arguments in [&["--token", "hunter2secret"][..], &["--token=hunter2secret"], &["--api-token=hunter2secret"]] {
        let error = parse(arguments).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(!error.to_string().contains("hunter2secret"), "{error}");
    }
}

#[test]
fn a_size_without_a_unit_says_what_to_write() {
    let error = parse(&["--quota", "2"]).unwrap_err();
    assert!(error.to_string().contains("2GB") && error.exit_code() == 2, "{error}");
}

#[test]
fn thresholds_of_an_audit_name_a_figure_and_a_value_of_its_kind() {
    let thresholds = |texts: &[&str]| {
        let flags = texts.iter().flat_map(|text| ["--fail-on", text]);
        parse(&flags.collect::<Vec<_>>()).map(|cli| {
            let Command::Audit(args) = cli.command() else { panic!("not the audit: {cli:?}") };
            args.fail_on.iter().map(|one| (one.figure.name(), one.at_least)).collect::<Vec<_>>()
        })
    };
    assert_eq!(
        thresholds(&["newly_unreferenced_bytes=1GB", "unreferenced_bytes = 1GiB", "unreferenced_files=5"]).unwrap(),
        [("newly_unreferenced_bytes", 1_000_000_000), ("unreferenced_bytes", 1 << 30), ("unreferenced_files", 5)]
    );
    for (wrong, says) in [
        ("outdated=100", "newly_unreferenced_bytes, newly_unreferenced_files"),
        ("unreferenced_bytes=5", "a size needs a unit"),
        ("unreferenced_files=1GB", "a number of files"),
        ("unreferenced_files=0", "a number of files"),
        ("unreferenced_bytes", "newly_unreferenced_bytes=1GB"),
    ] {
        let error = thresholds(&[wrong]).unwrap_err();
        assert!(error.exit_code() == 2 && error.to_string().contains(says), "{wrong}: {error}");
    }
}

#[test]
fn durations_are_seconds_minutes_or_hours() {
    assert_eq!(parse_wait("90s"), Ok(Duration::from_secs(90)));
    assert_eq!(parse_wait("15m"), Ok(Duration::from_secs(900)));
    assert_eq!(parse_wait("1h"), Ok(Duration::from_secs(3600)));
    for wrong in ["", "90", "m", "-1s", "1.5h", "15 m", "15d", "99999999999999999999", "18446744073709551615h", "é"] {
        assert!(parse_wait(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn help_of_every_command_fits_80_columns() {
    let mut root = Cli::command_definition().term_width(80);
    root.build();
    let mut commands = vec![root.clone()];
    commands.extend(root.get_subcommands().flat_map(|command| command.get_subcommands().chain([command])).cloned());
    for mut command in commands {
        let help = command.render_long_help().to_string();
        let widest = help.lines().max_by_key(|line| line.chars().count()).unwrap_or_default();
        assert!(widest.chars().count() <= 80, "{}: {widest}", command.get_name());
    }
}

#[test]
fn completions_and_manual_name_the_commands() {
    let script = String::from_utf8(completion_script(clap_complete::Shell::Bash)).unwrap();
    let page = String::from_utf8(manual_page().unwrap()).unwrap();
    for word in ["demo", "report", "history", "completions"] {
        assert!(script.contains(word) && page.contains(word), "{word}");
    }
}
