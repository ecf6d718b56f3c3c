//! Broken links and links to archived content, each with its target as written, so that an editor can repair it.

use serde::{Deserialize, Serialize};

use super::columns::{self, MeasuredPage, PageTable, SnapshotFrame};
use super::page_row::PageRow;
use crate::inventory::snapshot::MetricGroup;
use crate::spreadsheet::{Column, Sheet, Value};

/// One link of a page, as it is written in the body, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkProblem {
    pub kind: TargetKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Content id of the page or post; for a file or anchor, of the page or post it is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<String>,
    pub why: LinkProblemReason,
}

/// Longest text of a target in characters; longer ones are cut. Confluence accepts names of 255.
const MAX_TARGET_CHARS: usize = 500;

/// What a link leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// A page, by title.
    Page,
    /// A blog post, by title.
    BlogPost,
    /// A page, blog post or custom content, by id.
    Content,
    File,
    /// A heading or anchor.
    Place,
    Space,
}

impl TargetKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::BlogPost => "blog post",
            Self::Content => "content",
            Self::File => "file",
            Self::Place => "anchor",
            Self::Space => "space",
        }
    }
}

/// What is wrong with a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkProblemReason {
    /// No content with this id is visible to the account.
    NotFound,
    /// No page or post with this title is visible to the account in that space.
    NoSuchTitle,
    /// The page or post is in the trash.
    InTrash,
    /// The page or post was never published.
    Draft,
    /// The page has no file with this name.
    NoSuchFile,
    FileInTrash,
    /// The page has no such heading or anchor.
    NoSuchPlace,
    /// No space with this key is visible to the account.
    NoSuchSpace,
    /// The page or post is archived. The link works, so it is not a broken one.
    Archived,
}

impl LinkProblemReason {
    pub fn words(self) -> &'static str {
        match self {
            Self::NotFound => "not found or not visible to this account",
            Self::NoSuchTitle => "title not found in the space, or not visible to this account",
            Self::InTrash => "in the trash",
            Self::Draft => "a draft that was never published",
            Self::NoSuchFile => "no file with this name on the page",
            Self::FileInTrash => "the file is in the trash",
            Self::NoSuchPlace => "no such heading or anchor on the page",
            Self::NoSuchSpace => "space not found, or not visible to this account",
            Self::Archived => "archived",
        }
    }
}

impl LinkProblem {
    /// Returns a problem without a target, to be filled in.
    pub(super) fn of(kind: TargetKind) -> Self {
        let (space, title, id, file) = (None, None, None, None);
        Self { kind, space, title, id, file, file_id: None, anchor: None, why: LinkProblemReason::NotFound }
    }

    /// Cuts texts that are too long to be read; a body may hold texts of any length.
    pub(super) fn shortened(mut self) -> Self {
        let texts =
            [&mut self.space, &mut self.title, &mut self.id, &mut self.file, &mut self.file_id, &mut self.anchor];
        for text in texts.into_iter().flatten() {
            if let Some((end, _)) = text.char_indices().nth(MAX_TARGET_CHARS) {
                text.truncate(end);
                text.push('…');
            }
        }
        self
    }

    /// Returns whether the target does not exist or is not visible.
    pub fn is_broken(&self) -> bool {
        self.why != LinkProblemReason::Archived
    }

    /// Returns the target of the link in one line.
    pub fn target(&self) -> String {
        let page = || {
            let title = self.title.as_ref().map(|title| format!("“{title}”"));
            let id = self.id.as_ref().map(|id| format!("id {id}"));
            let space = self.space.as_ref().map(|key| format!("in {key}"));
            [title, id, space].into_iter().flatten().collect::<Vec<_>>().join(" ")
        };
        let on_page = |what: String| match page() {
            page if page.is_empty() => what,
            page => format!("{what} on {page}"),
        };
        match self.kind {
            TargetKind::Page | TargetKind::BlogPost | TargetKind::Content => page(),
            TargetKind::File => on_page(self.file.clone().or_else(|| self.file_id.clone()).unwrap_or_default()),
            TargetKind::Place => on_page(format!("#{}", self.anchor.as_deref().unwrap_or_default())),
            TargetKind::Space => self.space.clone().unwrap_or_default(),
        }
    }
}

/// The tables of broken links and of links to archived content.
#[derive(Debug)]
pub enum LinkProblems {}

#[derive(Debug, Clone, Copy)]
pub struct ProblemRow<'r> {
    page: MeasuredPage<'r>,
    problem: &'r LinkProblem,
}

impl Sheet for LinkProblems {
    type Row<'r> = ProblemRow<'r>;
    type Base = PageTable;
    type Group = MetricGroup;
    type Restored = ();

    fn base<'a, 'r: 'a>(row: &'a ProblemRow<'r>) -> &'a MeasuredPage<'r> {
        &row.page
    }
}

/// The columns of `findings/broken_links.csv` and `findings/archived_links.csv`.
pub const COLUMNS: &[Column<LinkProblems>] = &[
    of_page("snapshot_week"),
    of_page("space_key"),
    of_page("page_id"),
    of_page("page_title"),
    of_page("page_url"),
    TARGET_KIND,
    TARGET,
    TARGET_SPACE,
    TARGET_TITLE,
    TARGET_ID,
    TARGET_FILE,
    TARGET_ANCHOR,
    WHY,
    of_page("owner_name"),
    of_page("last_editor"),
];

/// The columns of [`COLUMNS`] that no other table has.
pub(super) const OWN: &[Column<LinkProblems>] =
    &[TARGET_KIND, TARGET, TARGET_SPACE, TARGET_TITLE, TARGET_ID, TARGET_FILE, TARGET_ANCHOR, WHY];

const TARGET_KIND: Column<LinkProblems> =
    Column::<LinkProblems>::text("target_kind", |row| Value::text(row.problem.kind.name()))
        .says("What the link leads to: page, blog post, content (by id), file, anchor or space.")
        .from("body");
const TARGET: Column<LinkProblems> = Column::<LinkProblems>::text("target", |row| Value::text(row.problem.target()))
    .says("The target in one line: the title, id, space, file and anchor that the link names.")
    .from("body");
const TARGET_SPACE: Column<LinkProblems> =
    Column::<LinkProblems>::text("target_space", |row| text(row.problem.space.as_ref()))
        .says("Key of the space that the link names, or of the page's own space if it names none.")
        .from("body")
        .empty("the link is by id or within the page");
const TARGET_TITLE: Column<LinkProblems> =
    Column::<LinkProblems>::text("target_title", |row| text(row.problem.title.as_ref()))
        .says("Title of the page or blog post that the link leads to, or that has the file or anchor.")
        .from("body")
        .empty("the link is by id, to a space or to a file of the page itself");
const TARGET_ID: Column<LinkProblems> =
    Column::<LinkProblems>::text("target_id", |row| text(row.problem.id.as_ref().or(row.problem.file_id.as_ref())))
        .says("Id of the content that the link leads to, or that has the file or anchor; `att…` is the id of a file.")
        .from("body")
        .empty("the link is by title or within the page");
const TARGET_FILE: Column<LinkProblems> =
    Column::<LinkProblems>::text("target_file", |row| text(row.problem.file.as_ref()))
        .says("Name of the file that the link leads to.")
        .from("body")
        .empty("the link does not lead to a file");
const TARGET_ANCHOR: Column<LinkProblems> =
    Column::<LinkProblems>::text("target_anchor", |row| text(row.problem.anchor.as_ref()))
        .says("Heading or anchor that the link leads to.")
        .from("body")
        .empty("the link does not name an anchor");
const WHY: Column<LinkProblems> = Column::<LinkProblems>::text("why", |row| Value::text(row.problem.why.words()))
    .says("What is wrong with the link.")
    .from("bodies, pages, attachments");

fn text(value: Option<&String>) -> Value {
    Value::maybe(value, Value::text)
}

const fn of_page(name: &str) -> Column<LinkProblems> {
    Column::of_base(columns::named([name])[0])
}

/// Returns the broken links of all pages, by space and page; or, if `broken` is false, the links to archived content.
pub fn rows<'a>(
    rows: &'a [PageRow],
    frame: &'a SnapshotFrame,
    broken: bool,
) -> impl Iterator<Item = ProblemRow<'a>> + 'a {
    rows.iter().flat_map(move |row| {
        let problems = row.links.problems.iter().flatten().filter(move |problem| problem.is_broken() == broken);
        problems.map(move |problem| ProblemRow { page: MeasuredPage { row, frame }, problem })
    })
}

/// Counts the broken links without a target, and the pages that have them. Rows that an older version wrote, or that were
/// restored from a CSV file, have only the number of broken links.
pub fn nameless(rows: &[PageRow]) -> (u64, u64) {
    let counts = rows.iter().filter(|row| row.links.problems.is_none()).filter_map(|row| row.links.broken_internal);
    counts.filter(|count| *count > 0).fold((0, 0), |(links, pages), count| (links + count, pages + 1))
}

/// The table of links to other hosts.
#[derive(Debug)]
pub enum ExternalLinks {}

#[derive(Debug, Clone, Copy)]
pub struct ExternalRow<'r> {
    page: MeasuredPage<'r>,
    address: &'r str,
}

impl Sheet for ExternalLinks {
    type Row<'r> = ExternalRow<'r>;
    type Base = PageTable;
    type Group = MetricGroup;
    type Restored = ();

    fn base<'a, 'r: 'a>(row: &'a ExternalRow<'r>) -> &'a MeasuredPage<'r> {
        &row.page
    }
}

/// The columns of `findings/external_links.csv`.
pub const EXTERNAL: &[Column<ExternalLinks>] = &[
    Column::of_base(columns::named(["snapshot_week"])[0]),
    Column::of_base(columns::named(["space_key"])[0]),
    Column::of_base(columns::named(["page_id"])[0]),
    Column::of_base(columns::named(["page_title"])[0]),
    Column::of_base(columns::named(["page_url"])[0]),
    EXTERNAL_URL,
];

/// The column of [`EXTERNAL`] that no other table has.
pub(super) const OWN_EXTERNAL: &[Column<ExternalLinks>] = &[EXTERNAL_URL];

const EXTERNAL_URL: Column<ExternalLinks> = Column::<ExternalLinks>::text("external_url", |row| {
    Value::text(row.address)
})
.says(
    "Address on another host that the page links to, without the part after `#`, user name and password. An address \
                 of more than 8 KiB is cut and ends in `…`. The program did not open it.",
)
.from("body");

/// Returns the links of all pages to other hosts, by space and page.
pub fn external<'a>(rows: &'a [PageRow], frame: &'a SnapshotFrame) -> impl Iterator<Item = ExternalRow<'a>> + 'a {
    rows.iter().flat_map(move |row| {
        let addresses = row.measures.iter().flat_map(|measures| &measures.external_links);
        addresses.map(move |address| ExternalRow { page: MeasuredPage { row, frame }, address })
    })
}
