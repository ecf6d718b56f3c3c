//! Options of a crawl.

use std::path::PathBuf;
use std::sync::Arc;

use super::EarlierFiles;
use super::coverage::UnreadVersion;
use super::preflight_check::PreflightCheck;
use super::site::Attachment;
use crate::cache::Cache;
use storage_format::TodoMarkers;

/// What to read, and to what depth.
#[expect(clippy::struct_excessive_bools, reason = "independent options of a run, each named where it is set")]
#[derive(Debug, Clone, Default)]
pub struct CrawlOptions {
    /// Keys or patterns of the spaces to report; empty for all.
    pub include_spaces: Vec<String>,
    /// Keys or patterns of the spaces to leave out of the report.
    pub exclude_spaces: Vec<String>,
    /// Former hosts of the site: URLs with them are links to this site.
    pub alias_hosts: Vec<String>,
    /// Read every owner of a candidate again.
    pub verify_all: bool,
    /// Read the labels of attachments even if no macro filters by them.
    pub needs_labels: bool,
    /// Read only the bodies of the reported spaces.
    pub references_within: bool,
    /// Program version, recorded in the inventory.
    pub program: String,
    /// The folder of the results, which has the counts of the last complete run; `None` saves none.
    pub results: Option<PathBuf>,
    /// The cache of this site and account.
    pub cache: Option<Arc<Cache>>,
    /// Accept a site that is much smaller than in the last complete run.
    pub accept_shrink: bool,
    /// Contents and files that may stay unread without making the run incomplete.
    pub accept_unread: Vec<UnreadVersion>,
    /// Budget in bytes for unparsed text, which is searched for the names of files; `None` is 128 MiB. A body beyond it
    /// may name every file.
    pub unparsed_text_budget: Option<usize>,
    /// For a snapshot: measure the text of bodies and keep the details of contents. The value has the markers of
    /// unfinished text.
    pub measures: Option<TodoMarkers>,
    /// Check of the account and the clocks before the first list.
    pub admission: Option<PreflightCheck>,
    /// For a recheck: the only files that are judged, as an earlier run read them. Verdicts on other files have no
    /// meaning then: neither their old versions nor what else could use them is read.
    pub earlier_files: Option<Arc<EarlierFiles>>,
    /// For a snapshot: measure blog posts like pages.
    pub blog_post_rows: bool,
}

impl CrawlOptions {
    /// Whether the run judges this file.
    pub fn judges(&self, file: &Attachment) -> bool {
        self.earlier_files.as_ref().is_none_or(|earlier| earlier.contains(file))
    }
}
