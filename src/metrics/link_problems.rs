//! Links that lead nowhere, and links to what is archived: each by name, so that somebody can mend it.

use serde::{Deserialize, Serialize};

use super::columns::{self, Frame, MeasuredPage, Pages};
use super::row::PageRow;
use crate::inventory::snapshot::MetricGroup;
use crate::spreadsheet::{Column, Sheet, Value};

/// One link of a page, as it is written, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkProblem {
    /// What it leads to.
    pub kind: TargetKind,
    /// Key of the space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<String>,
    /// Title of the page or post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Content id: of the page or post, also of the one that a file or place is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Name of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Attachment id of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// Heading or anchor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<String>,
    /// What is wrong.
    pub why: Why,
}

/// Characters of a name that are kept; Confluence takes 255.
const LONGEST_TEXT: usize = 500;

/// What a link leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// A page, by title.
    Page,
    /// A blog post, by title.
    BlogPost,
    /// A content, by id.
    Content,
    /// A file.
    File,
    /// A heading or anchor.
    Place,
    /// A space.
    Space,
}

impl TargetKind {
    /// In words.
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
pub enum Why {
    /// Nothing that the account sees has this id.
    NotFound,
    /// No page or post that the account sees has this title in that space.
    NoSuchTitle,
    /// The page or post is in the trash.
    InTrash,
    /// It was never published.
    Draft,
    /// The page has no file of this name.
    NoSuchFile,
    /// The file is in the trash.
    FileInTrash,
    /// The page has neither such a heading nor such an anchor.
    NoSuchPlace,
    /// The account sees no space of this key.
    NoSuchSpace,
    /// The page or post is archived: the link works.
    Archived,
}

impl Why {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::NotFound => "not found or not visible to this account",
            Self::NoSuchTitle => "nothing of this title found in the space, or not visible to this account",
            Self::InTrash => "in the trash",
            Self::Draft => "a draft that was never published",
            Self::NoSuchFile => "no file of this name on the page",
            Self::FileInTrash => "the file is in the trash",
            Self::NoSuchPlace => "no such heading or anchor on the page",
            Self::NoSuchSpace => "no space of this key found, or not visible to this account",
            Self::Archived => "archived",
        }
    }
}

impl LinkProblem {
    /// A link to something of which nothing is known yet.
    pub(super) fn of(kind: TargetKind) -> Self {
        let (space, title, id, file) = (None, None, None, None);
        Self { kind, space, title, id, file, file_id: None, anchor: None, why: Why::NotFound }
    }

    /// With texts of a length that people can read: a body may hold any.
    pub(super) fn in_short(mut self) -> Self {
        let texts =
            [&mut self.space, &mut self.title, &mut self.id, &mut self.file, &mut self.file_id, &mut self.anchor];
        for text in texts.into_iter().flatten() {
            if let Some((end, _)) = text.char_indices().nth(LONGEST_TEXT) {
                text.truncate(end);
                text.push('…');
            }
        }
        self
    }

    /// Whether the link leads nowhere.
    pub fn is_broken(&self) -> bool {
        self.why != Why::Archived
    }

    /// What the link leads to, in one line.
    pub fn target(&self) -> String {
        let of_page = || {
            let title = self.title.as_ref().map(|title| format!("“{title}”"));
            let id = self.id.as_ref().map(|id| format!("id {id}"));
            let space = self.space.as_ref().map(|key| format!("in {key}"));
            [title, id, space].into_iter().flatten().collect::<Vec<_>>().join(" ")
        };
        let beside = |what: String| match of_page() {
            page if page.is_empty() => what,
            page => format!("{what} on {page}"),
        };
        match self.kind {
            TargetKind::Page | TargetKind::BlogPost | TargetKind::Content => of_page(),
            TargetKind::File => beside(self.file.clone().or_else(|| self.file_id.clone()).unwrap_or_default()),
            TargetKind::Place => beside(format!("#{}", self.anchor.as_deref().unwrap_or_default())),
            TargetKind::Space => self.space.clone().unwrap_or_default(),
        }
    }
}

/// The tables of broken links and of links to what is archived.
#[derive(Debug)]
pub enum LinkProblems {}

/// One row of them.
#[derive(Debug, Clone, Copy)]
pub struct ProblemRow<'r> {
    page: MeasuredPage<'r>,
    problem: &'r LinkProblem,
}

impl Sheet for LinkProblems {
    type Row<'r> = ProblemRow<'r>;
    type Base = Pages;
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

/// The columns among them that no other table has.
pub(super) const OWN: &[Column<LinkProblems>] =
    &[TARGET_KIND, TARGET, TARGET_SPACE, TARGET_TITLE, TARGET_ID, TARGET_FILE, TARGET_ANCHOR, WHY];

const TARGET_KIND: Column<LinkProblems> =
    Column::<LinkProblems>::text("target_kind", |row| Value::text(row.problem.kind.name()))
        .says("What the link leads to: page, blog post, content (by id), file, anchor or space.")
        .from("body");
const TARGET: Column<LinkProblems> = Column::<LinkProblems>::text("target", |row| Value::text(row.problem.target()))
    .says("The target in one line: title, id, space, file or anchor, as far as the link names them.")
    .from("body");
const TARGET_SPACE: Column<LinkProblems> =
    Column::<LinkProblems>::text("target_space", |row| text(row.problem.space.as_ref()))
        .says("Key of the space that the link names; the page's own where it names none.")
        .from("body")
        .empty("the link is by id, or within the page");
const TARGET_TITLE: Column<LinkProblems> =
    Column::<LinkProblems>::text("target_title", |row| text(row.problem.title.as_ref()))
        .says("Title of the page or blog post that the link leads to, or whose file or anchor it names.")
        .from("body")
        .empty("the link is by id, to a space or to a file of the page itself");
const TARGET_ID: Column<LinkProblems> =
    Column::<LinkProblems>::text("target_id", |row| text(row.problem.id.as_ref().or(row.problem.file_id.as_ref())))
        .says("Content id that the link leads to, or whose file or anchor it names; `att…` is a file's own.")
        .from("body")
        .empty("the link is by title or within the page");
const TARGET_FILE: Column<LinkProblems> =
    Column::<LinkProblems>::text("target_file", |row| text(row.problem.file.as_ref()))
        .says("Name of the file.")
        .from("body")
        .empty("the link leads to no file");
const TARGET_ANCHOR: Column<LinkProblems> =
    Column::<LinkProblems>::text("target_anchor", |row| text(row.problem.anchor.as_ref()))
        .says("Heading or anchor.")
        .from("body")
        .empty("the link leads to a whole page");
const WHY: Column<LinkProblems> = Column::<LinkProblems>::text("why", |row| Value::text(row.problem.why.words()))
    .says("What is wrong with the link.")
    .from("bodies, pages, attachments");

fn text(value: Option<&String>) -> Value {
    Value::maybe(value, Value::text)
}

const fn of_page(name: &str) -> Column<LinkProblems> {
    Column::of_base(columns::named([name])[0])
}

/// The broken links of all pages, by space and page; or, of `broken` is false, the links to what is archived.
pub fn rows<'a>(rows: &'a [PageRow], frame: &'a Frame, broken: bool) -> impl Iterator<Item = ProblemRow<'a>> + 'a {
    rows.iter().flat_map(move |row| {
        let problems = row.links.problems.iter().flatten().filter(move |problem| problem.is_broken() == broken);
        problems.map(move |problem| ProblemRow { page: MeasuredPage { row, frame }, problem })
    })
}

/// How many broken links are counted and not named, in rows that an older version wrote or that were restored from a CSV
/// file, and on how many pages.
pub fn nameless(rows: &[PageRow]) -> (u64, u64) {
    let counts = rows.iter().filter(|row| row.links.problems.is_none()).filter_map(|row| row.links.broken_internal);
    counts.filter(|count| *count > 0).fold((0, 0), |(links, pages), count| (links + count, pages + 1))
}

/// The table of addresses elsewhere.
#[derive(Debug)]
pub enum ExternalLinks {}

/// One row of it.
#[derive(Debug, Clone, Copy)]
pub struct ExternalRow<'r> {
    page: MeasuredPage<'r>,
    address: &'r str,
}

impl Sheet for ExternalLinks {
    type Row<'r> = ExternalRow<'r>;
    type Base = Pages;
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

/// The column among them that no other table has.
pub(super) const OWN_EXTERNAL: &[Column<ExternalLinks>] = &[EXTERNAL_URL];

const EXTERNAL_URL: Column<ExternalLinks> = Column::<ExternalLinks>::text("external_url", |row| {
    Value::text(row.address)
})
.says(
    "Address on another host that the page links to, without the part behind `#` and without the name and password \
             of a user. One of more than 8 KiB is cut, and ends in `…`. Nobody has opened it.",
)
.from("body");

/// The addresses elsewhere of all pages, by space and page.
pub fn external<'a>(rows: &'a [PageRow], frame: &'a Frame) -> impl Iterator<Item = ExternalRow<'a>> + 'a {
    rows.iter().flat_map(move |row| {
        let addresses = row.measures.iter().flat_map(|measures| &measures.external_links);
        addresses.map(move |address| ExternalRow { page: MeasuredPage { row, frame }, address })
    })
}
