//! `owners/`: for each person who can decide about unreferenced files, one page to read and one sheet to fill in.

mod file_names;
mod message;
mod sheet;

use std::collections::HashMap;

use super::folder::ReportFolder;
use super::report_view::{FileRow, ReportView};
use super::{ReportError, format, html, write_page};
use crate::inventory::{AccountId, FileOwner};
use crate::spreadsheet::TableFormats;

pub(crate) use sheet::OWNER_FILES;

/// Name of the folder.
pub(super) const FOLDER: &str = "owners";

/// Unreferenced files about which the same person can decide.
#[derive(Debug)]
pub(crate) struct OwnedFiles<'a> {
    /// `None` if no one is known who could decide.
    pub(crate) account: Option<&'a AccountId>,
    /// Display name, with hidden characters.
    pub(crate) name: &'a str,
    /// Whether the account is known to be active; if not, its status is not known.
    pub(crate) is_active: bool,
    /// Name of the page and the sheet, without extension.
    pub(crate) file_name: String,
    /// The files, the largest first.
    pub(crate) rows: Vec<FileRow<'a>>,
    /// Bytes of all versions whose size is known.
    pub(crate) bytes: u64,
    /// Names of the sheets; the first is the one that the message names.
    pub(crate) sheets: Vec<String>,
}

impl OwnedFiles<'_> {
    /// Returns the number of pages and posts that the files belong to.
    pub(crate) fn pages(&self) -> u64 {
        let mut pages: Vec<&str> = self.rows.iter().map(FileRow::container_id).collect();
        pages.sort_unstable();
        pages.dedup();
        pages.len() as u64
    }

    /// Returns the text that asks the person to decide.
    pub(crate) fn message(&self, view: &ReportView<'_>) -> String {
        message::text(self, view)
    }

    /// Returns the name of the sheet that the message names.
    pub(crate) fn sheet(&self) -> &str {
        self.sheets.first().map_or("", String::as_str)
    }
}

/// Name of the group of files about which no one is known who could decide.
const NO_OWNER: &str = "no active owner";

/// Groups the unreferenced files by the person who can decide, most bytes first; files without such a person come last.
/// Empty unless the run is complete.
pub(crate) fn by_owner<'a>(rows: &[FileRow<'a>], formats: TableFormats) -> Vec<OwnedFiles<'a>> {
    let mut groups: Vec<OwnedFiles<'a>> = Vec::new();
    let mut places: HashMap<Option<&AccountId>, usize> = HashMap::new();
    for row in rows.iter().filter(|row| row.is_candidate()) {
        let owner = row.file_owner();
        let account = owner.map(|owner| owner.account);
        let place = *places.entry(account).or_insert_with(|| {
            groups.push(OwnedFiles {
                account,
                name: row.view.person(account).unwrap_or(NO_OWNER),
                is_active: owner.is_some_and(|owner: FileOwner<'_>| owner.is_active),
                file_name: String::new(),
                rows: Vec::new(),
                bytes: 0,
                sheets: Vec::new(),
            });
            groups.len() - 1
        });
        groups[place].rows.push(*row);
        groups[place].bytes += row.known_bytes();
    }
    for group in &mut groups {
        group.rows.sort_by_cached_key(|row| (std::cmp::Reverse(row.known_bytes()), &row.attachment.id));
    }
    groups.sort_by(|one, other| {
        let key = |group: &OwnedFiles<'a>| {
            (group.account.is_none(), std::cmp::Reverse(group.bytes), group.name, group.account)
        };
        key(one).cmp(&key(other))
    });
    let names = file_names::file_names(groups.iter().map(|group| (group.account, group.name)));
    for (group, name) in groups.iter_mut().zip(names) {
        let extensions = formats.workbook.then_some("xlsx").into_iter().chain(["csv"]);
        group.sheets = extensions.map(|extension| format!("{name}.{extension}")).collect();
        group.file_name = name;
    }
    groups
}

/// Writes the folder. For an incomplete run it has only a page that says why there are no lists.
pub(super) fn write(
    folder: &mut ReportFolder,
    view: &ReportView<'_>,
    rows: &[FileRow<'_>],
    formats: TableFormats,
) -> Result<(), ReportError> {
    folder.create_subfolder(FOLDER)?;
    let temporary = folder.path().to_owned();
    let created = view.inventory.scan.started_at;
    let groups = by_owner(rows, formats);
    for group in &groups {
        let path = |extension: &str| format!("{FOLDER}/{}.{extension}", group.file_name);
        write_page(folder, &path("html"), &html::owner(view, group)?)?;
        folder.write(&path("csv"), |sink| sheet::write(sink, &group.rows))?;
        if formats.workbook {
            folder.write(&path("xlsx"), |sink| sheet::write_workbook(sink, &temporary, group, created))?;
        }
    }
    write_page(folder, &format!("{FOLDER}/index.html"), &html::owners(view, &groups)?)
}

/// Returns a text of the site for people, on one line.
fn line(text: &str) -> String {
    let text = text.split(crate::spreadsheet::LINE_BREAKS).collect::<Vec<_>>().join(" ");
    format::visible(&text).into_owned()
}
