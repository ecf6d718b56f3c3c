//! What a run is asked to read.

use std::path::PathBuf;
use std::sync::Arc;

use super::admission::Admission;
use super::coverage::UnreadVersion;
use crate::cache::Cache;
use storage_format::TodoMarkers;

/// What to read, and how far.
#[expect(clippy::struct_excessive_bools, reason = "independent options of a run, each named where it is set")]
#[derive(Debug, Clone, Default)]
pub struct CrawlOptions {
    /// Space keys or patterns to report; none means all.
    pub include_spaces: Vec<String>,
    /// Space keys or patterns not to report.
    pub exclude_spaces: Vec<String>,
    /// Former hosts of the site: URLs with them in bodies mean this site.
    pub alias_hosts: Vec<String>,
    /// Read every owner of a candidate alone.
    pub verify_all: bool,
    /// Read the labels of attachments even when no macro filters by them.
    pub needs_labels: bool,
    /// Read the bodies of the reported spaces only.
    pub references_within: bool,
    /// Version of the program, for the record.
    pub program: String,
    /// The folder of the results, in which the counts of the last complete run stand; `None` keeps none.
    pub results: Option<PathBuf>,
    /// What earlier runs of the same site and account have read.
    pub cache: Option<Arc<Cache>>,
    /// Believe that much less is there than in the last complete run.
    pub accept_shrink: bool,
    /// What may stay unread without making the run incomplete.
    pub accept_unread: Vec<UnreadVersion>,
    /// Bytes of text that are kept of bodies that were not understood, to be searched for names; `None` is 128 MiB. A body
    /// beyond them may name every file.
    pub most_kept_text: Option<usize>,
    /// Measure the texts of bodies and keep the details of contents, for a snapshot; with the words that mark
    /// unfinished text.
    pub measures: Option<TodoMarkers>,
    /// Judges who reads before the first list.
    pub admission: Option<Admission>,
    /// For a snapshot: blog posts are measured as pages are.
    pub blog_post_rows: bool,
}
