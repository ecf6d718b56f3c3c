//! The figures and lists of the dashboard.

use crate::audit::{DuplicateGroup, FileVerdict, Totals, Usage};
use crate::inventory::{OldSizes, SpaceStatus};
use crate::report::format;
use crate::report::view::{FileRow, View};

use super::breakdown::{self, Group};
use super::data::{DataBlock, component, rank};
use super::gaps::{GAPS, GapRow, gap_row};
use super::handover::{self, Handover};
use super::row::ShownFile;
use super::tree;
use super::wins::{self, Win};
use crate::report::ReportError;

/// Rows of the rankings.
const RANKED: usize = 25;
/// Owning pages named in one row of duplicates; `duplicates.csv` has all.
const NAMED_PLACES: usize = 3;

/// What is stored against what the plan allows.
#[derive(Debug)]
pub(super) struct Quota {
    /// With the trash, which counts until it is purged.
    pub(super) used: u64,
    pub(super) allowed: u64,
    pub(super) percent: String,
    /// Length of the bar, 0 to 100.
    pub(super) share: u64,
}

/// One row of the spaces table.
#[derive(Debug)]
pub(super) struct SpaceRow {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) rank: usize,
    pub(super) folder: String,
    pub(super) archived: bool,
    pub(super) url: Option<String>,
    pub(super) totals: Totals,
    pub(super) share: u64,
}

impl SpaceRow {
    pub(super) fn stored(&self) -> u64 {
        self.totals.current_bytes + self.totals.old_bytes
    }
}

/// A file of a ranking.
#[derive(Debug)]
pub(super) struct ListedFile {
    pub(super) file: ShownFile,
    /// Relative address of its details.
    pub(super) href: String,
}

impl ListedFile {
    fn new(row: &FileRow<'_>) -> Self {
        let page = row.folder().map_or_else(
            || "attachments.html".to_owned(),
            |folder| format!("{0}/{0}_attachments.html", component(folder)),
        );
        Self { file: ShownFile::new(row), href: format!("{page}#?open={}", component(row.attachment.id.as_str())) }
    }
}

/// One row of the ranking by bytes in old versions.
#[derive(Debug)]
pub(super) struct WasteRow {
    pub(super) listed: ListedFile,
    pub(super) bytes: u64,
    pub(super) old_versions: u64,
    /// Some of those versions have no known size, so it is more.
    pub(super) at_least: bool,
}

/// One group of duplicates.
#[derive(Debug)]
pub(super) struct DuplicateRow {
    pub(super) name: String,
    pub(super) copies: u64,
    pub(super) size: u64,
    pub(super) wasted: u64,
    /// What makes these files a group.
    pub(super) compared: &'static str,
    pub(super) places: Vec<ShownFile>,
    pub(super) more_places: u64,
    /// Number of the group, as in `duplicates.csv`.
    pub(super) group: u64,
}

/// Everything on the dashboard besides its frame.
#[derive(Debug)]
pub(super) struct Dashboard {
    pub(super) totals: Totals,
    /// Files without a use that a rule protects; they are not among the unreferenced.
    pub(super) protected: u64,
    /// Bytes of duplicates beyond one copy of each.
    pub(super) duplicate_bytes: u64,
    pub(super) quota: Option<Quota>,
    pub(super) wins: Vec<Win>,
    pub(super) handover: Handover,
    /// Whether the page of all attachments holds the largest only.
    pub(super) is_cut: bool,
    /// Spaces, pages and the largest files, for the map.
    pub(super) tree: DataBlock,
    pub(super) spaces: Vec<SpaceRow>,
    pub(super) space_count: u64,
    /// What is in no row of a space, because no list shows its space.
    pub(super) without_space: Totals,
    /// Headings with their groups.
    pub(super) breakdowns: Vec<(&'static str, Vec<Group>)>,
    pub(super) largest: Vec<ListedFile>,
    pub(super) waste: Vec<WasteRow>,
    /// `the newest 3 versions`.
    pub(super) kept_versions: String,
    pub(super) duplicates: Vec<DuplicateRow>,
    pub(super) duplicate_groups: u64,
    pub(super) gaps: Vec<GapRow>,
    pub(super) more_gaps: u64,
    pub(super) notices: Vec<String>,
    /// Name and value pairs about the run.
    pub(super) about: Vec<(String, String)>,
}

impl Dashboard {
    pub(super) fn new(view: &View<'_>, rows: &[FileRow<'_>]) -> Result<Self, ReportError> {
        let gaps = &view.inventory.coverage.gaps;
        let groups = &view.audit.duplicates;
        Ok(Self {
            totals: view.site_totals(),
            protected: view.audit.files.iter().filter(|file| is_protected(file)).count() as u64,
            duplicate_bytes: groups.iter().map(DuplicateGroup::wasted_bytes).sum(),
            quota: quota(view),
            wins: wins::find(view, rows),
            handover: handover::by_owner(rows, super::is_cut(rows.len())),
            is_cut: super::is_cut(rows.len()),
            tree: tree::block(view, rows)?,
            spaces: space_rows(view),
            space_count: view.reported_spaces().len() as u64,
            without_space: view.without_space(),
            breakdowns: vec![
                ("By usage", breakdown::by_usage(rows)),
                ("By media type", breakdown::by_type(rows)),
                ("By last change", breakdown::by_age(rows, view.inventory.scan.started_at)),
                ("By uploader", breakdown::by_uploader(rows)),
            ],
            largest: largest(rows),
            waste: waste(view, rows),
            kept_versions: wins::newest(view.audit.keep_versions.max(1)),
            duplicates: groups
                .iter()
                .zip(1..)
                .take(RANKED)
                .map(|(group, number)| duplicate_row(view, group, number))
                .collect(),
            duplicate_groups: groups.len() as u64,
            gaps: gaps.iter().take(GAPS).map(gap_row).collect(),
            more_gaps: gaps.len().saturating_sub(GAPS) as u64,
            notices: notices(view),
            about: about(view),
        })
    }
}

fn quota(view: &View<'_>) -> Option<Quota> {
    let allowed = view.facts.quota_bytes?;
    let totals = view.site_totals();
    let used = totals.current_bytes.saturating_add(totals.old_bytes).saturating_add(totals.trash_bytes);
    let share = breakdown::share(used.min(allowed), allowed);
    Some(Quota { used, allowed, percent: format::percent(used, allowed), share })
}

fn is_protected(file: &FileVerdict) -> bool {
    file.reported && file.usage == Usage::Unreferenced && file.protected.is_some()
}

impl Dashboard {
    /// Bytes of all versions outside the trash.
    pub(super) fn stored(&self) -> u64 {
        self.totals.current_bytes.saturating_add(self.totals.old_bytes)
    }

    /// Old versions, as a share of what is stored.
    pub(super) fn old_share(&self) -> String {
        format::percent(self.totals.old_bytes, self.stored())
    }
}

fn space_rows(view: &View<'_>) -> Vec<SpaceRow> {
    let mut rows: Vec<SpaceRow> = view
        .reported_spaces()
        .iter()
        .map(|reported| SpaceRow {
            key: format::visible(&reported.space.key).into_owned(),
            name: format::visible(&reported.space.name).into_owned(),
            rank: 0,
            folder: reported.folder.clone(),
            archived: reported.space.status != SpaceStatus::Current,
            url: reported.space.webui.as_deref().and_then(|path| view.links.path(path)),
            totals: reported.totals,
            share: 0,
        })
        .collect();
    let most = rows.iter().map(SpaceRow::stored).max().unwrap_or(0);
    for (row, rank) in rank(&rows, |row| &row.name).into_iter().enumerate() {
        rows[row].rank = rank;
        rows[row].share = breakdown::share(rows[row].stored(), most);
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.stored()));
    rows
}

/// The files with the most bytes in all versions, the trash left out.
fn largest(rows: &[FileRow<'_>]) -> Vec<ListedFile> {
    let mut ranked: Vec<&FileRow<'_>> = rows.iter().filter(|row| !row.attachment.status.is_trash()).collect();
    ranked.sort_by_key(|row| std::cmp::Reverse(row.attachment.all_bytes().or(row.attachment.size)));
    ranked.into_iter().take(RANKED).map(ListedFile::new).collect()
}

fn waste(view: &View<'_>, rows: &[FileRow<'_>]) -> Vec<WasteRow> {
    // the current version is one of those kept
    let kept_old = view.audit.keep_versions.max(1) as usize - 1;
    let mut ranked: Vec<(u64, bool, &FileRow<'_>)> = rows
        .iter()
        .filter(|row| !row.attachment.status.is_trash())
        .map(|row| {
            let old = &row.attachment.old_versions;
            let freed = &old[..old.len().saturating_sub(kept_old)];
            let known = freed.iter().filter_map(|version| version.size).fold(0, u64::saturating_add);
            (known, freed.iter().any(|version| version.size.is_none()), row)
        })
        .filter(|(bytes, at_least, _)| *bytes > 0 || *at_least)
        .collect();
    ranked.sort_by_key(|(bytes, _, _)| std::cmp::Reverse(*bytes));
    let shown = ranked.into_iter().take(RANKED);
    shown
        .map(|(bytes, at_least, row)| WasteRow {
            listed: ListedFile::new(row),
            bytes,
            old_versions: row.attachment.old_versions.len() as u64,
            at_least,
        })
        .collect()
}

fn duplicate_row(view: &View<'_>, group: &DuplicateGroup, number: u64) -> DuplicateRow {
    let places: Vec<ShownFile> = group
        .files
        .iter()
        .take(NAMED_PLACES)
        .filter_map(|file| view.row_of(*file))
        .map(|row| ShownFile::new(&row))
        .collect();
    DuplicateRow {
        name: places.first().map(|file| file.name.clone()).unwrap_or_default(),
        copies: group.files.len() as u64,
        size: group.size,
        wasted: group.wasted_bytes(),
        compared: match group.verified {
            Some(true) => "equal bytes",
            Some(false) => "bytes differ",
            None => "same name, size and type",
        },
        more_places: group.files.len().saturating_sub(NAMED_PLACES) as u64,
        group: number,
        places,
    }
}

fn notices(view: &View<'_>) -> Vec<String> {
    let mut notices: Vec<String> = Vec::new();
    if let OldSizes::Unproved { reason } = &view.inventory.scan.old_sizes {
        notices.push(format!("The sizes of old versions could not be proved and count as unknown: {reason}"));
    }
    notices.extend(view.audit.notices.iter().chain(&view.inventory.coverage.warnings).cloned());
    notices.iter().map(|notice| format::visible(notice).into_owned()).collect()
}

fn about(view: &View<'_>) -> Vec<(String, String)> {
    let scan = &view.inventory.scan;
    let requests: u64 = view.inventory.requests.total();
    let reported = scan.reported_spaces.as_ref().map_or_else(|| "all visible".to_owned(), |keys| keys.join(", "));
    let facts = [
        ("Site", scan.base_url.clone()),
        ("Read as", format!("{} ({})", scan.account.name, scan.account.id)),
        ("Started", format::minute(scan.started_at)),
        ("Finished", format::minute(scan.finished_at)),
        ("Reported spaces", reported),
        ("Requests", format::count(requests)),
        ("Read by", format!("{} {}", env!("CARGO_PKG_NAME"), scan.program)),
        ("Exit status", view.facts.exit_code.to_string()),
    ];
    let options = view.facts.options.iter().map(|(name, value)| (name.as_str(), value.clone()));
    facts
        .into_iter()
        .chain(options)
        .map(|(name, value)| (format::visible(name).into_owned(), format::visible(&value).into_owned()))
        .collect()
}
