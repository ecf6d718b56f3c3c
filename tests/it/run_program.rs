//! Runs the program as a user does, and reads its output and files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use chrono::Utc;
use confluence_sim::{DemoServer, FaultPlan, ServedAs, Site, sample_site};
use serde_json::Value;
use tempfile::TempDir;
use test_support::report_folder::{self, ReportFolderState};

/// One finished run of the program.
pub(crate) struct Finished {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// Its working directory.
    pub(crate) folder: TempDir,
}

/// A simulated Confluence server with its own runtime.
pub(crate) struct Server {
    runtime: tokio::runtime::Runtime,
    pub(crate) server: DemoServer,
}

impl Server {
    pub(crate) fn start(site: Site, faults: FaultPlan) -> Self {
        Self::start_as(ServedAs::Cloud, site, faults)
    }

    /// Serves a site as a kind of Confluence.
    pub(crate) fn start_as(served_as: ServedAs, site: Site, faults: FaultPlan) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let server = runtime.block_on(DemoServer::start_as_with(served_as, site, faults)).unwrap();
        Self { runtime, server }
    }

    pub(crate) fn sample(faults: FaultPlan) -> Self {
        Self::start(sample_site(Utc::now()), faults)
    }

    /// Runs the program against this server.
    pub(crate) fn run(&self, arguments: &[&str]) -> Finished {
        self.run_as(&self.server.token(), arguments)
    }

    pub(crate) fn run_as(&self, token: &str, arguments: &[&str]) -> Finished {
        self.run_at_as(self.server.base_url(), token, arguments)
    }

    /// Runs the program against another address of this server.
    pub(crate) fn run_at(&self, base_url: &str, arguments: &[&str]) -> Finished {
        self.run_at_as(base_url, &self.server.token(), arguments)
    }

    pub(crate) fn run_at_as(&self, base_url: &str, token: &str, arguments: &[&str]) -> Finished {
        let user = self.server.user();
        let variables =
            [("CONFLUENCE_BASE_URL", base_url), ("CONFLUENCE_API_USER", &user), ("CONFLUENCE_API_TOKEN", token)];
        self.run_in_environment(&variables, arguments)
    }

    /// Runs the program with these environment variables, and the gateway and the issuer of tokens of this server.
    pub(crate) fn run_configured(&self, base_url: &str, variables: &[(&str, &str)], arguments: &[&str]) -> Finished {
        let hosts = [
            ("CONFLUENCE_BASE_URL", base_url),
            ("CONFLUENCE_GATEWAY_URL", self.server.gateway_origin()),
            ("CONFLUENCE_AUTH_URL", self.server.auth_origin()),
        ];
        self.run_in_environment(&[&hosts[..], variables].concat(), arguments)
    }

    fn run_in_environment(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Finished {
        // the server runs on its own threads while this one waits
        let _guard = self.runtime.enter();
        let folder = TempDir::new().unwrap();
        let output = program(folder.path()).envs(variables.iter().copied()).args(arguments).output().unwrap();
        Finished::new(output, folder)
    }
}

/// Returns the paths of the requests after the first `before`, without those that a connection takes.
pub(crate) fn beyond_connecting(server: &Server, before: usize) -> Vec<String> {
    let paths = server.server.requests().into_iter().skip(before).map(|request| request.path);
    paths.filter(|path| !path.ends_with("/tenant_info") && !path.ends_with("/rest/api/user/current")).collect()
}

/// Returns a command that runs the program in a folder, without environment variables that configure it.
pub(crate) fn program(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("confluence-storage-analyzer").unwrap();
    command.current_dir(folder);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().to_ascii_uppercase().starts_with("CONFLUENCE") {
            command.env_remove(name);
        }
    }
    command.env("XDG_CACHE_HOME", folder.join(".cache")).env("TERM", "dumb");
    command
}

impl Finished {
    pub(crate) fn new(output: Output, folder: TempDir) -> Self {
        let finished = Self {
            status: output.status.code().expect("an exit status"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            folder,
        };
        for report in finished.reports() {
            let state = report_folder::state(&report);
            assert!(!matches!(state, ReportFolderState::Invalid(_)), "{state:?}: {}", report.display());
        }
        finished
    }

    /// Returns the only report folder.
    pub(crate) fn report(&self) -> PathBuf {
        let reports = self.reports();
        assert_eq!(reports.len(), 1, "{reports:?}\n{}", self.stderr);
        reports[0].clone()
    }

    /// Returns everything whose name begins like that of a report folder.
    pub(crate) fn reports(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| file_name(path).starts_with("confluence_analysis_")).collect()
    }

    pub(crate) fn run_json(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.report().join("run.json")).unwrap()).unwrap()
    }

    /// Returns the rows of a CSV file in the report folder, by column.
    pub(crate) fn rows(&self, path: &str) -> Vec<BTreeMap<String, String>> {
        rows_of(&self.report().join(path))
    }

    /// Returns the usage of each attachment from `attachments.csv`.
    pub(crate) fn usages(&self) -> BTreeMap<String, String> {
        let rows = self.rows("attachments.csv").into_iter();
        rows.map(|row| (row["Attachment ID"].clone(), row["Usage"].clone())).collect()
    }
}

pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// Returns the rows of a CSV file, by column.
pub(crate) fn rows_of(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let records = reader.records().map(|record| record.unwrap());
    records.map(|record| header.iter().cloned().zip(record.iter().map(str::to_owned)).collect()).collect()
}
