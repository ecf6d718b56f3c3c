//! The pages of `owners/`: the list of people, and one page per person that can be sent alone.

use askama::Template;

use super::assets::PageScript;
use super::data::rank;
use super::filters;
use super::page_frame::{PageFrame, PageLocation};
use super::render;
use super::shown_file::ShownFile;
use crate::report::format;
use crate::report::owners::OwnedFiles;
use crate::report::report_view::{FileRow, ReportView};
use crate::report::{ReportError, wording};

/// Files on the page of a person, the largest first: the sheet has all.
const MAX_FILES: usize = 500;

/// A file on the page of a person.
#[derive(Debug)]
struct AskedFile {
    file: ShownFile,
    /// Address of its preview in Confluence.
    preview: Option<String>,
    /// Why this person can decide.
    role: &'static str,
    reason: String,
}

impl AskedFile {
    fn new(row: &FileRow<'_>) -> Self {
        Self {
            file: ShownFile::new(row),
            preview: row.preview_url(),
            role: row.file_owner().map_or(wording::UNKNOWN, |owner| owner.role.words()),
            reason: format::visible(&row.no_use_reason()).into_owned(),
        }
    }
}

#[derive(Template)]
#[template(path = "owner.html")]
struct OwnerPage {
    frame: PageFrame,
    /// `None` if no one is known who could decide.
    name: Option<String>,
    is_active: bool,
    count: u64,
    bytes: u64,
    message: String,
    sheets: Vec<String>,
    files: Vec<AskedFile>,
    /// Files that only the sheet has.
    more: u64,
}

/// One person in the list.
#[derive(Debug)]
struct ListedOwner {
    name: String,
    /// Rank of the name, for sorting.
    rank: usize,
    is_active: bool,
    /// Whether these are the files that no one can decide about.
    is_nameless: bool,
    files: u64,
    pages: u64,
    bytes: u64,
    page: String,
    sheets: Vec<String>,
}

#[derive(Template)]
#[template(path = "owners.html")]
struct OwnersPage {
    frame: PageFrame,
    owners: Vec<ListedOwner>,
    files: u64,
    bytes: u64,
    /// Files about which an active person can decide, and their bytes.
    decidable_files: u64,
    decidable_bytes: u64,
}

/// Renders the page of one person. It has no link into the folder, because it is sent alone.
pub(crate) fn owner(view: &ReportView<'_>, owned: &OwnedFiles<'_>) -> Result<String, ReportError> {
    let shown = format::visible(owned.name).into_owned();
    let heading = match owned.account {
        Some(_) => format!("Unreferenced files of {shown}"),
        None => "Unreferenced files without an active owner".to_owned(),
    };
    let files: Vec<AskedFile> = owned.rows.iter().take(MAX_FILES).map(AskedFile::new).collect();
    let page = OwnerPage {
        frame: PageFrame::new(view, heading, PageLocation::Alone, PageScript::Owner),
        name: owned.account.map(|_| shown),
        is_active: owned.is_active,
        count: owned.rows.len() as u64,
        bytes: owned.bytes,
        message: owned.message(view),
        sheets: owned.sheets.clone(),
        more: (owned.rows.len() - files.len()) as u64,
        files,
    };
    render(&owned.file_name, &page)
}

/// Renders `owners/index.html`.
pub(crate) fn owners(view: &ReportView<'_>, groups: &[OwnedFiles<'_>]) -> Result<String, ReportError> {
    let listed = groups.iter().map(|owned| ListedOwner {
        name: format::visible(owned.name).into_owned(),
        rank: 0,
        is_active: owned.is_active,
        is_nameless: owned.account.is_none(),
        files: owned.rows.len() as u64,
        pages: owned.pages(),
        bytes: owned.bytes,
        page: format!("{}.html", owned.file_name),
        sheets: owned.sheets.clone(),
    });
    let mut owners: Vec<ListedOwner> = listed.collect();
    for (at, place) in rank(&owners, |owner| &owner.name).into_iter().enumerate() {
        owners[at].rank = place;
    }
    let sum = |of: fn(&ListedOwner) -> u64, active: bool| -> u64 {
        owners.iter().filter(|owner| owner.is_active || !active).map(of).sum()
    };
    let page = OwnersPage {
        frame: PageFrame::new(view, "Owners of unreferenced files".to_owned(), PageLocation::Space, PageScript::Small),
        files: sum(|owner| owner.files, false),
        bytes: sum(|owner| owner.bytes, false),
        decidable_files: sum(|owner| owner.files, true),
        decidable_bytes: sum(|owner| owner.bytes, true),
        owners,
    };
    render("owners/index.html", &page)
}
