//! What the last complete run found: a small file beside the reports, for each site, account and view of the site.
//!
//! It is no cache. Without it a site that shrinks because its lists break looks like one where much was deleted, so it
//! stays where results stay, whatever becomes of the cache. Only complete runs are remembered.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::site::{AccountId, Attachment, Content, Space, Status};
use super::{Inventory, Scan};
use crate::support::checksum::sha256;
use crate::support::file_error::{FileError, cannot};
use crate::support::leftovers;
use crate::support::private::sync_folder;

/// What every such file is called, up to the name of the site.
const NAME: &str = "confluence_last_complete_run";
/// What the file says of itself; another version is not understood.
const FORMAT: &str = "confluence-storage-analyzer last complete run, version 1";
/// A file that is longer is none of ours.
const LONGEST: u64 = 64 << 10;

/// How much a site held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Spaces, current and archived.
    pub spaces: u64,
    /// Pages and blog posts of every status; 0 where no run has counted all of them.
    pub contents: u64,
    /// Attachments of every status.
    pub attachments: u64,
}

impl Figures {
    pub(super) fn of(spaces: &[Space], contents: &[Content], attachments: &[Attachment]) -> Self {
        let contents =
            contents.iter().filter(|content| content.kind.owns_attachments() && content.status != Status::Draft);
        Self { spaces: spaces.len() as u64, contents: contents.count() as u64, attachments: attachments.len() as u64 }
    }
}

/// The last complete run of a site by an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastRun {
    /// As whom.
    pub account: AccountId,
    /// When it ended.
    pub finished_at: DateTime<Utc>,
    /// How long it took.
    pub seconds: u64,
    /// Requests it sent.
    pub requests: u64,
    /// What it found.
    pub figures: Figures,
}

/// What a run can see of which site: runs with the same view can be compared. Whatever else changes what is seen, such as
/// the rights of an admin or a scope that is missing, belongs in here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct View {
    site: String,
    account: AccountId,
}

impl View {
    pub(super) fn new(base_url: &str, account: &AccountId) -> Self {
        Self { site: base_url.to_owned(), account: account.clone() }
    }

    /// The file of this view: the host for people, a checksum to tell views apart.
    fn path(&self, folder: &Path) -> PathBuf {
        let address = self.site.split_once("://").map_or(self.site.as_str(), |(_, rest)| rest);
        let host: String = address.chars().take_while(|c| *c != '/').take(60).collect();
        let host: String = host.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
        let checksum = sha256(format!("{}\n{}", self.site, self.account.as_str()));
        folder.join(format!("{NAME}_{host}_{}.json", &checksum[..16]))
    }
}

/// The content of the file.
#[derive(Serialize, Deserialize)]
struct Document {
    format: String,
    view: View,
    run: LastRun,
}

/// What is known of the last complete run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// The run, where the file tells it.
    pub(super) run: Option<LastRun>,
    /// What people should know where it does not: nothing will be compared.
    pub(super) remark: Option<String>,
}

/// Looks for the last complete run of a view beside the reports in `folder`. Without a folder nothing is remembered.
pub(super) fn find(folder: Option<&Path>, view: &View) -> Found {
    let Some(folder) = folder else { return Found::default() };
    let path = view.path(folder);
    let missing = |why: String| {
        let remark =
            format!("{why}: lists that are much shorter than before cannot be told from deleted content this time");
        Found { run: None, remark: Some(remark) }
    };
    match read(&path) {
        Ok(document) if document.view == *view && document.format == FORMAT => {
            Found { run: Some(document.run), remark: None }
        }
        Ok(_) => missing(format!("{} tells of another site or account", path.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound && has_results(folder) => missing(format!(
            "{} holds results of earlier runs, but not {}, the counts of this site and account",
            folder.display(),
            path.file_name().unwrap_or_default().to_string_lossy()
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            missing(format!("{} holds no counts of an earlier complete run", folder.display()))
        }
        Err(error) => missing(format!("{} cannot be read ({error})", path.display())),
    }
}

fn read(path: &Path) -> io::Result<Document> {
    let mut text = Vec::new();
    File::open(path)?.take(LONGEST).read_to_end(&mut text)?;
    serde_json::from_slice(&text).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))
}

/// Whether runs have left reports or a history here.
fn has_results(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.any(|name| {
        name.starts_with("confluence_analysis_V")
            || name.starts_with(NAME)
            || (name == "confluence_data" && has_weeks(&folder.join(name)))
    })
}

/// Whether a history holds a week: a run that takes its first snapshot makes the folder before it looks here.
fn has_weeks(folder: &Path) -> bool {
    let mut weeks = fs::read_dir(folder.join("history")).into_iter().flatten().flatten();
    weeks.any(|entry| entry.file_name().to_string_lossy().starts_with("snapshot_week="))
}

/// Remembers a run, when it was complete, as the one that later runs are compared with.
pub(super) fn remember(folder: &Path, inventory: &Inventory) -> Result<(), FileError> {
    if !inventory.coverage.is_complete() {
        return Ok(());
    }
    let scan: &Scan = &inventory.scan;
    let run = LastRun {
        account: scan.account.id.clone(),
        finished_at: scan.finished_at,
        seconds: u64::try_from((scan.finished_at - scan.started_at).num_seconds()).unwrap_or(0),
        requests: inventory.requests.total(),
        figures: inventory.figures,
    };
    let view = View::new(&scan.base_url, &scan.account.id);
    let path = view.path(folder);
    let document = Document { format: FORMAT.to_owned(), view, run };
    write(folder, &document).map_err(cannot("write", &path))?;
    sync_folder(folder)
}

/// Puts the file in place: for its owner only, and under its name only when it is whole.
fn write(folder: &Path, document: &Document) -> io::Result<()> {
    let mut file = tempfile::Builder::new().prefix(NAME).suffix(".partial").tempfile_in(folder)?;
    // a run may be killed before the file has its name
    leftovers::remove_older(file.path(), NAME, ".partial");
    serde_json::to_writer_pretty(&mut file, document)?;
    file.write_all(b"\n")?;
    file.as_file().sync_all()?;
    file.persist(document.view.path(folder)).map(drop).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    const SITE: &str = "https://acme.atlassian.net/wiki";

    fn view(account: &str) -> View {
        View::new(SITE, &AccountId(account.to_owned()))
    }

    /// Writes what a run would.
    fn kept(folder: &Path, view: &View) -> LastRun {
        let figures = Figures { spaces: 3, contents: 50, attachments: 700 };
        let run = LastRun {
            account: view.account.clone(),
            finished_at: DateTime::UNIX_EPOCH,
            seconds: 60,
            requests: 90,
            figures,
        };
        let document = Document { format: FORMAT.to_owned(), view: view.clone(), run: run.clone() };
        fs::write(view.path(folder), serde_json::to_vec(&document).unwrap()).unwrap();
        run
    }

    #[test]
    fn sites_and_accounts_have_files_of_their_own_f_58() {
        let folder = TempDir::new().unwrap();
        let run = kept(folder.path(), &view("a"));
        assert_eq!(find(Some(folder.path()), &view("a")), Found { run: Some(run), remark: None });
        for other in [view("b"), View::new("https://acme.atlassian.net:8443/wiki", &AccountId("a".to_owned()))] {
            let found = find(Some(folder.path()), &other);
            assert!(found.run.is_none() && found.remark.unwrap().contains("holds results of earlier runs"));
        }
        let name = view("a").path(folder.path()).file_name().unwrap().to_string_lossy().into_owned();
        assert!(name.starts_with("confluence_last_complete_run_acme_atlassian_net_"), "{name}");
    }

    #[cfg(unix)]
    #[test]
    fn what_a_killed_run_has_left_goes_with_the_next_complete_one() {
        let folder = TempDir::new().unwrap();
        let [left, of_now] = [3_600, 1].map(|age| {
            let path = folder.path().join(format!("{NAME}{age}.partial"));
            fs::write(&path, "{").unwrap();
            let then = std::time::SystemTime::now() - std::time::Duration::from_secs(age);
            File::open(&path).unwrap().set_modified(then).unwrap();
            path
        });
        let run = kept(folder.path(), &view("a"));
        let document = Document { format: FORMAT.to_owned(), view: view("a"), run: run.clone() };
        write(folder.path(), &document).unwrap();
        assert!(!left.exists() && of_now.exists());
        assert_eq!(find(Some(folder.path()), &view("a")).run, Some(run));
    }

    #[test]
    fn a_missing_or_damaged_file_is_told_and_nothing_is_made_of_it_f_58() {
        let folder = TempDir::new().unwrap();
        let remark = || find(Some(folder.path()), &view("a")).remark.unwrap();
        assert!(remark().contains("holds no counts of an earlier complete run"), "{}", remark());
        let history = folder.path().join("confluence_data/history");
        fs::create_dir_all(&history).unwrap();
        assert!(remark().contains("holds no counts of an earlier complete run"), "{}", remark());
        let week = history.join("snapshot_week=2026-W47");
        fs::create_dir(&week).unwrap();
        assert!(remark().contains("holds results of earlier runs"), "{}", remark());
        fs::remove_dir(&week).unwrap();
        fs::create_dir(folder.path().join("confluence_analysis_V0_1_2026-11-21_19-41-07")).unwrap();
        assert!(remark().contains("holds results of earlier runs"), "{}", remark());
        kept(folder.path(), &view("a"));
        let path = view("a").path(folder.path());
        fs::copy(&path, view("b").path(folder.path())).unwrap();
        let copied = find(Some(folder.path()), &view("b"));
        assert!(copied.run.is_none() && copied.remark.unwrap().contains("another site or account"));
        let text = fs::read(&path).unwrap();
        for damaged in [&text[..text.len() / 2], b"", b"{}", &vec![b' '; 200_000]] {
            fs::write(&path, damaged).unwrap();
            assert!(remark().contains("cannot be read"), "{}", remark());
        }
        assert_eq!(find(None, &view("a")), Found::default(), "without a folder there is nothing to tell");
    }
}
