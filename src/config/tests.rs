//! Tests of the layers together: real files in a temporary folder, variables and flags passed in.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser;
use secrecy::ExposeSecret;
use tempfile::TempDir;

use super::*;
use crate::cli::{Cli, Command, ReportArgs};
use crate::error::ExitStatus;

const TEMPLATE: &str = include_str!("../../confluence_storage_analyzer.cfg.template");
mod credentials;
mod documented;
mod flags;
mod snapshots;

const FILLED: &str = "[confluence]\nbase_url = https://acme.atlassian.net\napi_user = file@acme.example\n\
                      api_token = from-the-file\n";

/// A working directory and a program directory to look for files in.
struct TestFolders {
    working: TempDir,
    program: TempDir,
    variables: BTreeMap<String, String>,
    stdin: &'static str,
}

impl TestFolders {
    fn new() -> Self {
        let directory = || TempDir::new().unwrap();
        let variables =
            ["HOME", "LOCALAPPDATA"].map(|name| (name.to_owned(), std::env::temp_dir().display().to_string()));
        Self { working: directory(), program: directory(), variables: variables.into(), stdin: "" }
    }

    fn with_file(content: &str) -> Self {
        let folders = Self::new();
        folders.write(FILE_NAME, content);
        folders
    }

    fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.working.path().join(name);
        fs::write(&path, content).unwrap();
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        path
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    fn environment(&self) -> Environment<'static> {
        Environment {
            variables: self.variables.clone(),
            working_directory: self.working.path().to_owned(),
            program_directory: Some(self.program.path().to_owned()),
            stdin: Box::new(self.stdin.as_bytes()),
        }
    }

    fn load(&self, flags: &[&str]) -> Result<LoadedConfig<Config>, Failure> {
        let cli = Cli::parse_from(["csa", "audit"].iter().chain(flags));
        let Command::Audit(args) = cli.command() else { panic!("not the audit") };
        let LoadedConfig { value: (config, _), file, warnings } = args.load(&mut self.environment())?;
        Ok(LoadedConfig { value: config, file, warnings })
    }

    fn config(&self, flags: &[&str]) -> Config {
        self.load(flags).unwrap().value
    }

    fn failure(&self, flags: &[&str]) -> Failure {
        let failure = self.load(flags).unwrap_err();
        assert_eq!(failure.status, ExitStatus::Usage);
        failure
    }
}

fn debug(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}")
}

fn token(config: &Config) -> &str {
    config.connection.credentials.secret().expose_secret()
}

#[test]
fn the_compatible_file_is_enough() {
    let folders = TestFolders::with_file(FILLED);
    let loaded = folders.load(&[]).unwrap();
    let config = &loaded.value;
    assert_eq!(config.connection.base_url, "https://acme.atlassian.net/wiki");
    assert_eq!(config.connection.credentials.user(), "file@acme.example");
    assert_eq!(token(config), "from-the-file");
    assert_eq!((config.connection.concurrency, config.connection.max_wait), (8, Duration::from_secs(900)));
    assert_eq!(debug(&config.audit), debug(&AuditOptions::default()));
    let results = Some(folders.working.path().to_owned());
    let crawl = CrawlOptions { program: env!("CARGO_PKG_VERSION").to_owned(), results, ..CrawlOptions::default() };
    assert_eq!(debug(&config.crawl), debug(&crawl));
    assert_eq!(config.output, folders.working.path());
    assert_eq!(loaded.file, Some(folders.working.path().join(FILE_NAME)));
    assert_eq!(loaded.warnings, []);
}

#[test]
fn the_environment_overrides_the_file_and_flags_override_both() {
    let folders =
        TestFolders::with_file(&format!("{FILLED}[audit]\nkeep_versions = 3\nconcurrency = 4\nmax_wait = 1h\n"))
            .variable("CONFLUENCE_BASE_URL", "https://other.atlassian.net/wiki")
            .variable("CONFLUENCE_API_USER", "env@acme.example")
            .variable("CONFLUENCE_API_TOKEN", "from-the-environment");
    let config = folders.config(&["--keep-versions", "5", "--max-wait", "2m"]);
    assert_eq!(config.connection.base_url, "https://other.atlassian.net/wiki");
    assert_eq!(config.connection.credentials.user(), "env@acme.example");
    assert_eq!(token(&config), "from-the-environment");
    assert_eq!(config.audit.keep_versions, 5);
    assert_eq!(config.connection.concurrency, 4);
    assert_eq!(config.connection.max_wait, Duration::from_secs(120));
}

#[test]
fn the_compatible_e_mail_variable_counts_unless_the_user_is_set_too() {
    let folders = TestFolders::with_file(FILLED).variable("CONFLUENCE_EMAIL", "mail@acme.example");
    assert_eq!(folders.config(&[]).connection.credentials.user(), "mail@acme.example");
    let folders = folders.variable("CONFLUENCE_API_USER", "user@acme.example");
    assert_eq!(folders.config(&[]).connection.credentials.user(), "user@acme.example");
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let folders = TestFolders::with_file(FILLED).variable("CONFLUENCE_API_TOKEN", " ");
    assert_eq!(token(&folders.config(&[])), "from-the-file");
}

#[test]
fn a_token_from_a_file_or_standard_input_overrides_all_others() {
    let mut folders = TestFolders::with_file(FILLED).variable("CONFLUENCE_API_TOKEN", "from-the-environment");
    folders.stdin = "from-stdin\r\n";
    folders.write("token", "\u{feff}from-the-token-file\n");
    assert_eq!(token(&folders.config(&["--token-file", "token"])), "from-the-token-file");
    assert_eq!(token(&folders.config(&["--token-stdin"])), "from-stdin");
    assert!(
        folders.failure(&["--token-file", "absent"]).what.contains("cannot read ")
            && folders.failure(&["--token-file", "absent"]).what.ends_with("absent")
    );
    folders.stdin = "\n";
    assert!(folders.failure(&["--token-stdin"]).what.contains("`api_token` is empty (--token-stdin)"));
}

#[test]
fn the_first_file_found_is_read_and_never_merged() {
    let folders = TestFolders::with_file("[confluence]\napi_user = working@acme.example\n");
    fs::write(folders.program.path().join(FILE_NAME), FILLED).unwrap();
    assert!(folders.failure(&[]).what.contains("`base_url` is not set; `api_token` is not set"));
    fs::remove_file(folders.working.path().join(FILE_NAME)).unwrap();
    assert_eq!(folders.config(&[]).connection.credentials.user(), "file@acme.example");
    folders.write("third.cfg", &FILLED.replace("file@", "third@"));
    assert_eq!(folders.config(&["--config", "third.cfg"]).connection.credentials.user(), "third@acme.example");
    assert!(folders.failure(&["--config", "absent.cfg"]).what.ends_with("absent.cfg"));
}

#[test]
fn without_configuration_the_message_says_what_to_do() {
    let failure = TestFolders::new().failure(&[]);
    assert!(failure.what.contains("`base_url` is not set; no credentials are set"), "{failure}");
    assert!(failure.why.as_deref().unwrap().matches(FILE_NAME).count() == 2, "{failure}");
    let remedy = failure.remedy.unwrap();
    assert!(remedy.contains("confluence_storage_analyzer.cfg.template") && remedy.contains("`demo`"), "{remedy}");
    for variable in keys::keys().filter(|key| connection_keys::CREDENTIALS.contains(key)).map(|key| key.variables[0]) {
        assert!(remedy.contains(variable), "{variable}: {remedy}");
    }
}

#[test]
fn the_template_as_it_is_counts_as_not_filled_in() {
    let folders = TestFolders::with_file(TEMPLATE);
    let failure = folders.failure(&[]);
    for key in ["base_url", "api_user", "api_token"] {
        assert!(failure.what.contains(&format!("`{key}` is not filled in (")), "{failure}");
    }
    // the placeholders of the legacy script and its documentation
    for (key, value) in [("BASE_URL", "https://YOUR_DOMAIN.atlassian.net/wiki"), ("API_USER", "YOUR_EMAIL")] {
        let folders = TestFolders::with_file(FILLED).variable(&format!("CONFLUENCE_{key}"), value);
        assert!(folders.failure(&[]).what.contains("is not filled in (environment variable CONFLUENCE_"));
    }
}

#[test]
fn an_invalid_value_is_reported_with_its_origin() {
    let folders = TestFolders::with_file(&format!("{FILLED}[audit]\nconcurrency = many\n"));
    let failure = folders.failure(&[]);
    assert!(failure.what.ends_with(&format!("{FILE_NAME}:6: `concurrency`: invalid value `many`")), "{failure}");
    let folders = TestFolders::with_file(FILLED).variable("CONFLUENCE_BASE_URL", "http://acme.atlassian.net");
    assert!(folders.failure(&[]).what.starts_with("environment variable CONFLUENCE_BASE_URL: `base_url`"));
    assert!(
        TestFolders::with_file(FILLED).failure(&["--space", "[a"]).what.starts_with("--space: invalid pattern `[a`")
    );
}

#[test]
fn misspelt_variables_cause_a_warning_and_unrelated_ones_do_not() {
    for (name, meant) in [
        ("CONFLUENCE_TOKEN", "CONFLUENCE_API_TOKEN"),
        ("CONFLUENCE_API_TOKN", "CONFLUENCE_API_TOKEN"),
        ("CONFLUENC_API_TOKEN", "CONFLUENCE_API_TOKEN"),
        ("confluence_api_token", "CONFLUENCE_API_TOKEN"),
        ("CONFLUENCE_URL", "CONFLUENCE_BASE_URL"),
        ("CONFLUENCE_USERNAME", "CONFLUENCE_API_USER"),
        ("CONFLUENCE_EMIAL", "CONFLUENCE_EMAIL"),
    ] {
        let folders = TestFolders::with_file(FILLED).variable(name, "x");
        assert_eq!(
            folders.load(&[]).unwrap().warnings,
            [ConfigWarning::UnknownVariable { name: name.to_owned(), meant }]
        );
        let failure = TestFolders::new().variable(name, "x").failure(&[]);
        assert!(
            failure.what.contains(&format!("unknown environment variable {name} (did you mean {meant}?)")),
            "{failure}"
        );
    }
    let folders = TestFolders::with_file(FILLED).variable("CONFLUENCE_HOME", "x").variable("CONFLUENT_API_KEY", "x");
    assert_eq!(folders.load(&[]).unwrap().warnings, []);
}

#[cfg(unix)]
#[test]
fn a_file_with_the_token_that_others_can_read_causes_a_warning() {
    use std::os::unix::fs::PermissionsExt;
    let open = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let folders = TestFolders::with_file(FILLED);
    let path = folders.working.path().join(FILE_NAME);
    for mode in [0o644, 0o640, 0o604, 0o666] {
        open(&path, mode);
        let warning = ConfigWarning::ReadableByOthers { path: path.clone(), mode };
        assert_eq!(folders.load(&[]).unwrap().warnings, std::slice::from_ref(&warning));
        assert!(warning.lines().text().contains(&format!("chmod 600 {}", path.display())));
    }
    let folders =
        TestFolders::with_file(&FILLED.replace("api_token = from-the-file", "")).variable("CONFLUENCE_API_TOKEN", "t");
    open(&folders.working.path().join(FILE_NAME), 0o644);
    assert_eq!(folders.load(&[]).unwrap().warnings, [], "a file without a token may be shared");
    let path = folders.write("token", "from-the-token-file");
    open(&path, 0o644);
    let warnings = folders.load(&["--token-file", "token"]).unwrap().warnings;
    assert_eq!(warnings, [ConfigWarning::ReadableByOthers { path, mode: 0o644 }]);
}

#[test]
fn quotes_around_a_value_cause_a_warning_since_they_are_part_of_it() {
    let folders = TestFolders::with_file(&FILLED.replace("file@acme.example", "\"file@acme.example\""));
    let loaded = folders.load(&[]).unwrap();
    assert_eq!(loaded.value.connection.credentials.user(), "\"file@acme.example\"");
    assert!(matches!(&loaded.warnings[..], [ConfigWarning::Quoted { key: "api_user", .. }]), "{:?}", loaded.warnings);
}

#[test]
fn the_token_is_in_no_debug_output_and_no_message() {
    let secret = "ATATT3xSecretOfAcme";
    let folders = TestFolders::with_file(FILLED).variable("CONFLUENCE_API_TOKEN", secret);
    let loaded = folders.load(&[]).unwrap();
    assert!(!format!("{loaded:?} {:#?}", loaded.value).contains(secret));
    for broken in ["ATATT3xSecret OfAcme", "ATATT3xSecretÖfAcme", "ATATT3xSecret\nOfAcme"] {
        let failure = TestFolders::with_file(FILLED).variable("CONFLUENCE_API_TOKEN", broken).failure(&[]);
        assert!(failure.what.starts_with("environment variable CONFLUENCE_API_TOKEN: `api_token`"), "{failure}");
        assert!(!format!("{failure} {failure:?}").contains("ATATT3x"), "{failure}");
    }
}

#[test]
fn a_file_that_is_not_text_is_refused() {
    let folders = TestFolders::new();
    fs::write(folders.working.path().join(FILE_NAME), b"[confluence]\napi_user = \xff\xfe\n").unwrap();
    assert!(folders.failure(&[]).why.unwrap().contains("not UTF-8"));
    let folders = TestFolders::new();
    fs::create_dir(folders.working.path().join(FILE_NAME)).unwrap();
    assert!(folders.failure(&[]).what.starts_with("cannot read "));
}

#[test]
fn scope_and_rules_reach_the_options() {
    let folders = TestFolders::with_file(&format!(
        "{FILLED}[audit]\nprotect_labels = keep, legal hold\nprotect_names = *.key\nalias_hosts = Old.Acme.Example\n"
    ));
    let config = folders.config(&[
        "--space",
        "ENG",
        "--space=DOC*",
        "--exclude-space",
        "DOCX",
        "--references-within",
        "--verify-duplicates",
        "--verify",
        "all",
    ]);
    let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
    let CrawlOptions { include_spaces, exclude_spaces, alias_hosts, .. } = &config.crawl;
    assert_eq!((include_spaces, exclude_spaces), (&texts(&["ENG", "DOC*"]), &texts(&["DOCX"])));
    assert_eq!((alias_hosts, &config.audit.alias_hosts), (&texts(&["old.acme.example"]), alias_hosts));
    assert!(config.crawl.references_within && config.crawl.verify_all && config.crawl.needs_labels);
    assert!(config.verify_duplicates && !config.crawl.accept_shrink);
    assert_eq!(config.audit.protect_labels, texts(&["keep", "legal hold"]));
    assert_eq!(config.audit.protect_names, texts(&["*.key"]));
}

#[test]
fn accepted_unread_versions_come_from_the_file_or_from_flags() {
    let folders = TestFolders::with_file(&format!("{FILLED}[audit]\naccept_unread = 1001@3, att5@0\n"));
    let accepted = |arguments: &[&str]| {
        let accepted = folders.config(arguments).crawl.accept_unread;
        accepted.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(accepted(&[]), ["1001@3", "att5@0"]);
    assert_eq!(accepted(&["--accept-unread", "7@1, 8@2", "--accept-unread=9@4"]), ["7@1", "8@2", "9@4"]);
    let failure = folders.failure(&["--accept-unread", "1001"]);
    assert_eq!((failure.status, failure.what.as_str()), (ExitStatus::Usage, "--accept-unread: invalid value `1001`"));
}

#[test]
fn recreating_a_report_needs_the_rules_only() {
    let folders = TestFolders::with_file("[audit]\nkeep_versions = 4\nprotect_names = *.key\n");
    let rules = |keep_versions: Option<&str>| {
        let args = ReportArgs { keep_versions: keep_versions.map(str::to_owned), ..ReportArgs::default() };
        args.load(&mut folders.environment()).unwrap().value
    };
    assert_eq!(rules(None).rules.keep_versions, 4);
    assert_eq!(rules(Some("2")).rules.keep_versions, 2);
    assert_eq!(rules(None).rules.protect_names, ["*.key"]);
}

#[test]
fn the_sample_site_ignores_file_and_environment() {
    let folders = TestFolders::with_file("broken").variable("CONFLUENCE_API_TOKEN", "real");
    let args = DemoArgs { output: Some("out".into()), ..DemoArgs::default() };
    let config = Config::for_sample_site(
        "http://127.0.0.1:8090/wiki",
        Credentials::basic("demo@example.com", "demo-token".into()),
        &args,
        &folders.environment(),
    );
    let config = config.unwrap();
    assert_eq!(config.connection.base_url, "http://127.0.0.1:8090/wiki");
    assert_eq!(token(&config), "demo-token");
    assert_eq!(config.output, folders.working.path().join("out"));
}

#[test]
fn an_environment_without_a_cache_folder_causes_a_warning_unless_none_is_wanted() {
    let mut folders = TestFolders::with_file(FILLED);
    assert_eq!(folders.load(&[]).unwrap().warnings, []);
    folders.variables.clear();
    assert_eq!(folders.load(&[]).unwrap().warnings, [ConfigWarning::NoCacheFolder]);
    assert_eq!(folders.load(&["--no-cache"]).unwrap().warnings, []);
    assert_eq!(folders.load(&["--cache-dir", "cache"]).unwrap().warnings, []);
}
