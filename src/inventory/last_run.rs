//! Counts of the last complete run: a small file next to the reports, one for each [`Visibility`].
//!
//! The file is not a cache. Without it, lists that are broken and too short cannot be distinguished from deletions, so
//! it stays with the results, whatever happens to the cache. Only complete runs are saved.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::site::{AccountId, Attachment, Content, Space, Status};
use super::{Inventory, Scan, Visibility};
use crate::support::checksum::sha256;
use crate::support::file_error::{FileError, cannot};
use crate::support::private_files::sync_folder;
use crate::support::stale_files;

/// Prefix of the file names, before the site's host.
const NAME: &str = "confluence_last_complete_run";
/// Format marker in the file; files of another version are rejected.
const FORMAT: &str = "confluence-storage-analyzer last complete run, version 1";
/// Maximum size of the file in bytes; a larger one is not from this program.
const MAX_BYTES: u64 = 64 << 10;

/// What a run counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CountedItems {
    /// Whether the contents of all spaces are counted.
    pub(super) contents: bool,
    /// Whether they were compared with those of an earlier run, or a warning said why not.
    pub(super) compared: bool,
}

/// Number of items on a site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteFigures {
    /// Current and archived spaces.
    pub spaces: u64,
    /// Pages and blog posts of every status except drafts; 0 if no run has counted all of them.
    pub contents: u64,
    /// Attachments of every status.
    pub attachments: u64,
}

impl SiteFigures {
    pub(super) fn of(spaces: &[Space], contents: &[Content], attachments: &[Attachment]) -> Self {
        let contents =
            contents.iter().filter(|content| content.kind.owns_attachments() && content.status != Status::Draft);
        Self { spaces: spaces.len() as u64, contents: contents.count() as u64, attachments: attachments.len() as u64 }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastRun {
    /// The account that the run read as.
    pub account: AccountId,
    pub finished_at: DateTime<Utc>,
    /// Duration of the run.
    pub seconds: u64,
    /// Number of requests sent.
    pub requests: u64,
    /// Number of items found.
    pub figures: SiteFigures,
}

/// Returns the path of the file of runs that can see the same: its name has the host, which people recognise, and a part
/// of a checksum, which distinguishes what runs can see.
fn path(folder: &Path, view: &Visibility) -> PathBuf {
    let checksum = sha256(format!("{}\n{}", view.site, view.key()));
    folder.join(format!("{}{}.json", prefix(view), &checksum[..16]))
}

/// Returns what the names of all files of a host begin with.
fn prefix(view: &Visibility) -> String {
    let address = view.site.split_once("://").map_or(view.site.as_str(), |(_, rest)| rest);
    let host: String = address.chars().take_while(|c| *c != '/').take(60).collect();
    let host: String = host.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    format!("{NAME}_{host}_")
}

#[derive(Serialize, Deserialize)]
struct LastRunDocument {
    format: String,
    view: Visibility,
    run: LastRun,
}

/// Result of loading the counts of the last complete run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LoadedLastRun {
    /// The run, if the file is valid.
    pub(super) run: Option<LastRun>,
    /// The warning to the user if there is nothing to compare with.
    pub(super) warning: Option<String>,
}

/// Loads the last complete run that could see the same from its file in `folder`, next to the reports. Without a folder,
/// nothing is loaded.
pub(super) fn find(folder: Option<&Path>, view: &Visibility) -> LoadedLastRun {
    let Some(folder) = folder else { return LoadedLastRun::default() };
    let path = path(folder, view);
    let missing = |why: String| {
        let warning = format!("{why}: this run cannot detect lists that are much shorter than before");
        LoadedLastRun { run: None, warning: Some(warning) }
    };
    match read(&path) {
        Ok(document) if document.view == *view && document.format == FORMAT => {
            LoadedLastRun { run: Some(document.run), warning: None }
        }
        Ok(document) if document.view.site == view.site && document.format == FORMAT => {
            let differences = view.differences(&document.view).join(", ");
            missing(format!("{} is of a run with another view of the site ({differences})", path.display()))
        }
        Ok(_) => missing(format!("{} belongs to another site or account", path.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound && has_results(folder) => missing(format!(
            "{} has results of earlier runs, but lacks {}, the counts of this site and account",
            folder.display(),
            path.file_name().unwrap_or_default().to_string_lossy()
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            missing(format!("{} has no counts of an earlier complete run", folder.display()))
        }
        Err(error) => missing(format!("{} cannot be read ({error})", path.display())),
    }
}

/// Returns the last complete run of the same account that lacked other scopes than `view`, the newest of several. Its
/// counts cannot be compared, but they show that the folder was used before.
pub(super) fn find_with_other_scopes(folder: Option<&Path>, view: &Visibility) -> Option<LastRun> {
    let entries = fs::read_dir(folder?).into_iter().flatten().flatten();
    let of_host = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix(view)));
    let documents = of_host.filter_map(|entry| read(&entry.path()).ok());
    let is_other = |other: &Visibility| {
        *other != *view && Visibility { missing_scopes: view.missing_scopes.clone(), ..other.clone() } == *view
    };
    let found = documents.filter(|document| document.format == FORMAT && is_other(&document.view));
    found.map(|document| document.run).max_by_key(|run| run.finished_at)
}

fn read(path: &Path) -> io::Result<LastRunDocument> {
    let mut text = Vec::new();
    File::open(path)?.take(MAX_BYTES).read_to_end(&mut text)?;
    serde_json::from_slice(&text).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))
}

/// Returns whether the folder has reports or a history of earlier runs.
fn has_results(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.any(|name| {
        name.starts_with("confluence_analysis_V")
            || name.starts_with(NAME)
            || (name == "confluence_data" && has_weeks(&folder.join(name)))
    })
}

/// Returns whether a history has a week. The folder alone proves nothing: the first snapshot creates it before this
/// check.
fn has_weeks(folder: &Path) -> bool {
    let mut weeks = fs::read_dir(folder.join("history")).into_iter().flatten().flatten();
    weeks.any(|entry| entry.file_name().to_string_lossy().starts_with("snapshot_week="))
}

/// Saves a complete run as the one that later runs are compared with.
pub(super) fn save(folder: &Path, inventory: &Inventory) -> Result<(), FileError> {
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
    let view = scan.visibility();
    let path = path(folder, &view);
    let document = LastRunDocument { format: FORMAT.to_owned(), view, run };
    write(folder, &document).map_err(cannot("write", &path))?;
    sync_folder(folder)
}

/// Writes the file, readable by its owner only, and renames it when it is complete.
fn write(folder: &Path, document: &LastRunDocument) -> io::Result<()> {
    let mut file = tempfile::Builder::new().prefix(NAME).suffix(".partial").tempfile_in(folder)?;
    // an earlier run may have been killed before the rename
    stale_files::remove_older(file.path(), NAME, ".partial");
    serde_json::to_writer_pretty(&mut file, document)?;
    file.write_all(b"\n")?;
    file.as_file().sync_all()?;
    file.persist(path(folder, &document.view)).map(drop).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    const SITE: &str = "https://acme.atlassian.net/wiki";

    fn view(account: &str) -> Visibility {
        Visibility::of_account(SITE, &AccountId(account.to_owned()))
    }

    fn lacking(account: &str) -> Visibility {
        view(account).without_scopes(["read:label:confluence".to_owned()])
    }

    /// Writes the file that a run would write.
    fn kept(folder: &Path, view: &Visibility) -> LastRun {
        let figures = SiteFigures { spaces: 3, contents: 50, attachments: 700 };
        let run = LastRun {
            account: view.account.clone(),
            finished_at: DateTime::UNIX_EPOCH,
            seconds: 60,
            requests: 90,
            figures,
        };
        let document = LastRunDocument { format: FORMAT.to_owned(), view: view.clone(), run: run.clone() };
        fs::write(path(folder, view), serde_json::to_vec(&document).unwrap()).unwrap();
        run
    }

    #[test]
    fn each_site_and_account_has_its_own_file_f_58() {
        let folder = TempDir::new().unwrap();
        let run = kept(folder.path(), &view("a"));
        assert_eq!(find(Some(folder.path()), &view("a")), LoadedLastRun { run: Some(run), warning: None });
        let elsewhere = Visibility { site: "https://acme.atlassian.net:8443/wiki".to_owned(), ..view("a") };
        for other in [view("b"), elsewhere, view("a").with_admin_key(true), lacking("a")] {
            let found = find(Some(folder.path()), &other);
            assert!(found.run.is_none() && found.warning.unwrap().contains("has results of earlier runs"));
        }
        let name = path(folder.path(), &view("a")).file_name().unwrap().to_string_lossy().into_owned();
        assert!(name.starts_with("confluence_last_complete_run_acme_atlassian_net_"), "{name}");
    }

    #[test]
    fn runs_that_lack_other_scopes_are_found_but_not_compared() {
        let folder = TempDir::new().unwrap();
        let other = || find_with_other_scopes(Some(folder.path()), &view("a"));
        kept(folder.path(), &view("a"));
        kept(folder.path(), &view("b"));
        kept(folder.path(), &lacking("a").with_admin_key(true));
        assert_eq!(other(), None, "its own run, another account, and a run with the admin key");
        let run = kept(folder.path(), &lacking("a"));
        assert_eq!(other(), Some(run));
        assert_eq!(find(Some(folder.path()), &view("a").with_admin_key(true)).run, None);
    }

    #[cfg(unix)]
    #[test]
    fn leftovers_of_a_killed_run_are_removed_by_the_next_complete_one() {
        let folder = TempDir::new().unwrap();
        let [left, of_now] = [3_600, 1].map(|age| {
            let path = folder.path().join(format!("{NAME}{age}.partial"));
            fs::write(&path, "{").unwrap();
            let then = std::time::SystemTime::now() - std::time::Duration::from_secs(age);
            File::open(&path).unwrap().set_modified(then).unwrap();
            path
        });
        let run = kept(folder.path(), &view("a"));
        let document = LastRunDocument { format: FORMAT.to_owned(), view: view("a"), run: run.clone() };
        write(folder.path(), &document).unwrap();
        assert!(!left.exists() && of_now.exists());
        assert_eq!(find(Some(folder.path()), &view("a")).run, Some(run));
    }

    #[test]
    fn a_missing_or_damaged_file_causes_a_warning_f_58() {
        let folder = TempDir::new().unwrap();
        let warning = || find(Some(folder.path()), &view("a")).warning.unwrap();
        assert!(warning().contains("has no counts of an earlier complete run"), "{}", warning());
        let history = folder.path().join("confluence_data/history");
        fs::create_dir_all(&history).unwrap();
        assert!(warning().contains("has no counts of an earlier complete run"), "{}", warning());
        let week = history.join("snapshot_week=2026-W47");
        fs::create_dir(&week).unwrap();
        assert!(warning().contains("has results of earlier runs"), "{}", warning());
        fs::remove_dir(&week).unwrap();
        fs::create_dir(folder.path().join("confluence_analysis_V0_1_2026-11-21_19-41-07")).unwrap();
        assert!(warning().contains("has results of earlier runs"), "{}", warning());
        kept(folder.path(), &view("a"));
        let path = path(folder.path(), &view("a"));
        fs::copy(&path, super::path(folder.path(), &view("b"))).unwrap();
        let copied = find(Some(folder.path()), &view("b"));
        assert!(copied.run.is_none() && copied.warning.unwrap().contains("the account is b, not a"));
        let text = fs::read(&path).unwrap();
        for damaged in [&text[..text.len() / 2], b"", b"{}", &vec![b' '; 200_000]] {
            fs::write(&path, damaged).unwrap();
            assert!(warning().contains("cannot be read"), "{}", warning());
        }
        assert_eq!(find(None, &view("a")), LoadedLastRun::default(), "without a folder there is nothing to warn of");
    }
}
