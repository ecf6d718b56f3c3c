//! Test harness: a loopback Confluence server and a folder in which the program runs repeatedly, as it does every week.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use assert_cmd::Command;
use chrono::{DateTime, Utc};
use confluence_sim::{DemoServer, FaultPlan, Site};
use confluence_storage_analyzer::history::{
    Extent, History, Retention, RowKey, Snapshot, SnapshotRows, SnapshotStatus,
};
use confluence_storage_analyzer::metrics::columns;
use confluence_storage_analyzer::spreadsheet::{Field, RawCell, Value};
use confluence_storage_analyzer::support::iso_week::IsoWeek;
use serde_json::Value as Json;
use tempfile::TempDir;

/// A row: its values by column name.
pub(crate) type Row = BTreeMap<String, String>;

/// The output of one run of the program.
#[derive(Debug)]
pub(crate) struct RunOutput {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl RunOutput {
    /// Parses the output of `--json`.
    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.stdout, self.stderr))
    }

    #[track_caller]
    pub(crate) fn exits_with(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{}\n{}", self.stdout, self.stderr);
        self
    }
}

/// A server, and the folder of all runs against it.
pub(crate) struct Harness {
    runtime: tokio::runtime::Runtime,
    pub(crate) server: DemoServer,
    pub(crate) folder: TempDir,
    account: String,
}

impl Harness {
    pub(crate) fn start(site: Site, faults: FaultPlan) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let account = site.account.account_id.clone();
        let server = runtime.block_on(DemoServer::start_with(site, faults)).unwrap();
        Self { runtime, server, folder: TempDir::new().unwrap(), account }
    }

    /// Writes the configuration file to the working directory of the program.
    pub(crate) fn configure(self, text: &str) -> Self {
        std::fs::write(self.path("confluence_storage_analyzer.cfg"), text).unwrap();
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder of the history.
    pub(crate) fn data(&self) -> PathBuf {
        self.path("confluence_data")
    }

    /// Runs `snapshot --json` with these arguments.
    pub(crate) fn snapshot(&self, arguments: &[&str]) -> RunOutput {
        self.run(&[&["snapshot", "--json", "--no-cache"], arguments].concat())
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> RunOutput {
        // the server responds from its own threads while this one waits
        let _guard = self.runtime.enter();
        let mut command = Command::cargo_bin("confluence-storage-analyzer").unwrap();
        command.current_dir(self.folder.path());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().to_ascii_uppercase().starts_with("CONFLUENCE") {
                command.env_remove(name);
            }
        }
        let output = command
            .env("XDG_CACHE_HOME", self.path(".cache"))
            .env("TERM", "dumb")
            .env("CONFLUENCE_BASE_URL", self.server.base_url())
            .env("CONFLUENCE_API_USER", self.server.user())
            .env("CONFLUENCE_API_TOKEN", self.server.token())
            .args(arguments)
            .output()
            .unwrap();
        RunOutput {
            status: output.status.code().expect("an exit status"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Returns the rows of the last run by page id.
    pub(crate) fn pages(&self) -> BTreeMap<String, Row> {
        rows(&self.data().join("confluence_data_current.csv"))
            .into_iter()
            .map(|row| (row["page_id"].clone(), row))
            .collect()
    }

    /// Returns the page ids in the file of a finding, in its order.
    pub(crate) fn finding(&self, id: &str) -> Vec<String> {
        let rows = rows(&self.data().join("findings").join(format!("{id}.csv")));
        rows.into_iter().map(|row| row["page_id"].clone()).collect()
    }

    /// Records a week in the history as an earlier run would have. Columns that are not given are empty. `spaces` are the
    /// spaces of that run.
    pub(crate) fn record(&self, week: IsoWeek, complete: bool, spaces: &[&str], pages: &[&[(&str, &str)]]) {
        let cell = |page: &[(&str, &str)], field: &Field| {
            let text = page.iter().find(|(column, _)| *column == field.name).map(|(_, text)| *text);
            match field.name.as_str() {
                "snapshot_week" => Value::text(week.to_string()),
                "snapshot_status" => Value::text(if complete { "complete" } else { "incomplete" }),
                _ => Value::read(&RawCell { text: text.unwrap_or_default().into(), is_quoted: false }, field.holds)
                    .unwrap(),
            }
        };
        let given = |page: &[(&str, &str)], name: &str| {
            page.iter().find(|(column, _)| *column == name).map(|(_, text)| (*text).to_owned()).unwrap_or_default()
        };
        let keys: Vec<RowKey> =
            pages.iter().map(|page| RowKey { space: given(page, "space_key"), page: given(page, "page_id") }).collect();
        let mut spaces: Vec<String> = spaces.iter().map(|key| (*key).to_owned()).collect();
        spaces.extend(keys.iter().map(|key| key.space.clone()));
        let snapshot = Snapshot {
            site: self.server.base_url().to_owned(),
            account: self.account.clone(),
            week,
            taken_at: noon_of(week),
            run_id: format!("of {week}"),
            status: if complete { SnapshotStatus::Complete } else { SnapshotStatus::Incomplete },
            stopped: false,
            spaces,
            extent: Extent::default(),
            facts: Json::Null,
            rows: SnapshotRows {
                keys: &keys,
                cells: &|at| columns::fields().iter().map(|field| cell(pages[at], field)).collect(),
            },
        };
        self.history().record(&snapshot, Retention::default()).unwrap();
    }

    /// Opens the history as a run does.
    pub(crate) fn history(&self) -> History {
        History::open(&self.data(), columns::fields(), Duration::from_secs(60)).unwrap()
    }
}

/// Monday noon of a week.
pub(crate) fn noon_of(week: IsoWeek) -> DateTime<Utc> {
    week.monday().and_hms_opt(12, 0, 0).unwrap().and_utc()
}

/// Returns the week `weeks` weeks before this one.
pub(crate) fn weeks_ago(weeks: usize) -> IsoWeek {
    (0..weeks).fold(IsoWeek::of(Utc::now()), |week, _| week.previous())
}

/// Reads a file with an ordinary CSV reader.
pub(crate) fn rows(path: &Path) -> Vec<Row> {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let mut reader = csv::Reader::from_reader(bytes);
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    reader
        .records()
        .map(|record| header.iter().cloned().zip(record.unwrap().iter().map(str::to_owned)).collect())
        .collect()
}
