//! Dashboard of an audit: figures and lists.

use crate::audit::{DuplicateGroup, FileVerdict, Totals, Usage};
use crate::inventory::{SpaceStatus, VersionSizeCheck};
use crate::report::format;
use crate::report::only_with_key::KeySection;
use crate::report::report_view::{FileRow, ReportView};

use super::breakdown::{self, BreakdownRow};
use super::by_owner::{self, FilesByOwner};
use super::data::{DataBlock, component, rank};
use super::earlier_runs::EarlierRuns;
use super::gap_rows::{GAPS, GapRow, gap_row};
use super::map_data;
use super::migration::MigrationSection;
use super::shown_file::ShownFile;
use super::top_savings::{self, PossibleSaving};
use crate::report::ReportError;

/// Maximum number of rows in a ranking.
const MAX_RANKED: usize = 25;
/// Maximum number of owning pages in a row of duplicates; `duplicates.csv` has all.
const MAX_OWNING_PAGES: usize = 3;

/// Storage used, compared with the limit of the plan.
#[derive(Debug)]
pub(super) struct StorageQuota {
    /// Includes the trash, which counts until it is purged.
    pub(super) used: u64,
    pub(super) allowed: u64,
    pub(super) percent: String,
    /// Not all of the trash could be listed, so `used` is a lower bound.
    pub(super) at_least: bool,
    /// Length of the bar, 0 to 100.
    pub(super) share: u64,
}

#[derive(Debug)]
pub(super) struct SpaceStorageRow {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) rank: usize,
    pub(super) folder: String,
    pub(super) archived: bool,
    pub(super) url: Option<String>,
    pub(super) totals: Totals,
    pub(super) share: u64,
}

impl SpaceStorageRow {
    pub(super) fn stored(&self) -> u64 {
        self.totals.current_bytes + self.totals.old_bytes
    }
}

#[derive(Debug)]
pub(super) struct RankedFile {
    pub(super) file: ShownFile,
    /// Link to its details.
    pub(super) href: String,
}

impl RankedFile {
    pub(super) fn new(row: &FileRow<'_>) -> Self {
        let page = row.folder().map_or_else(
            || "attachments.html".to_owned(),
            |folder| format!("{0}/{0}_attachments.html", component(folder)),
        );
        Self { file: ShownFile::new(row), href: format!("{page}#?open={}", component(row.attachment.id.as_str())) }
    }
}

#[derive(Debug)]
pub(super) struct OldVersionsRow {
    pub(super) listed: RankedFile,
    pub(super) bytes: u64,
    pub(super) old_versions: u64,
    /// The size of some of those versions is unknown, so `bytes` is a lower bound.
    pub(super) at_least: bool,
}

#[derive(Debug)]
pub(super) struct DuplicateGroupRow {
    pub(super) name: String,
    pub(super) copies: u64,
    pub(super) size: u64,
    pub(super) wasted: u64,
    /// How the files were compared.
    pub(super) compared: &'static str,
    pub(super) owning_pages: Vec<ShownFile>,
    pub(super) more_owning_pages: u64,
    /// Number of the group, as in `duplicates.csv`.
    pub(super) group: u64,
}

/// Everything on the dashboard except its frame.
#[derive(Debug)]
pub(super) struct AuditDashboard {
    pub(super) totals: Totals,
    /// Unreferenced files that a rule protects; the totals do not count them as unreferenced.
    pub(super) protected: u64,
    /// Bytes of duplicates beyond one copy of each.
    pub(super) duplicate_bytes: u64,
    pub(super) quota: Option<StorageQuota>,
    pub(super) savings: Vec<PossibleSaving>,
    pub(super) earlier: EarlierRuns,
    pub(super) by_owner: FilesByOwner,
    /// Whether the page of all attachments has only the largest.
    pub(super) is_cut: bool,
    /// Spaces, pages and the largest files, for the map.
    pub(super) map: DataBlock,
    pub(super) spaces: Vec<SpaceStorageRow>,
    pub(super) space_count: u64,
    /// Totals of files that are in no row, because their space is not visible.
    pub(super) without_space: Totals,
    /// Headings with their groups.
    pub(super) breakdowns: Vec<(&'static str, Vec<BreakdownRow>)>,
    pub(super) largest: Vec<RankedFile>,
    pub(super) old_versions: Vec<OldVersionsRow>,
    /// `the newest 3 versions`.
    pub(super) kept_versions: String,
    /// Keys of the spaces with a retention policy.
    pub(super) retention_spaces: String,
    pub(super) duplicates: Vec<DuplicateGroupRow>,
    pub(super) duplicate_groups: u64,
    pub(super) migration: MigrationSection,
    /// What only the admin key shows.
    pub(super) only_with_key: Option<KeySection>,
    pub(super) gaps: Vec<GapRow>,
    pub(super) more_gaps: u64,
    pub(super) notes: Vec<String>,
    /// Name and value pairs about the run.
    pub(super) about: Vec<(String, String)>,
}

impl AuditDashboard {
    pub(super) fn new(view: &ReportView<'_>, rows: &[FileRow<'_>]) -> Result<Self, ReportError> {
        let gaps = &view.inventory.coverage.gaps;
        let groups = &view.audit.duplicates;
        Ok(Self {
            totals: view.site_totals(),
            protected: view.audit.files.iter().filter(|file| is_protected(file)).count() as u64,
            duplicate_bytes: groups.iter().map(DuplicateGroup::wasted_bytes).sum(),
            quota: quota(view),
            savings: top_savings::find(view, rows),
            earlier: EarlierRuns::new(view),
            by_owner: by_owner::by_owner(rows, super::is_cut(rows.len())),
            is_cut: super::is_cut(rows.len()),
            map: map_data::block(view, rows)?,
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
            old_versions: old_versions(view, rows),
            retention_spaces: format::visible(&view.retention_spaces().join(", ")).into_owned(),
            kept_versions: top_savings::newest(view.audit.keep_versions.max(1)),
            duplicates: groups
                .iter()
                .zip(1..)
                .take(MAX_RANKED)
                .map(|(group, number)| duplicate_row(view, group, number))
                .collect(),
            duplicate_groups: groups.len() as u64,
            migration: MigrationSection::new(view),
            only_with_key: KeySection::of(view),
            gaps: gaps.iter().take(GAPS).map(gap_row).collect(),
            more_gaps: gaps.len().saturating_sub(GAPS) as u64,
            notes: notes(view),
            about: about(view),
        })
    }
}

fn quota(view: &ReportView<'_>) -> Option<StorageQuota> {
    let allowed = view.facts.quota_bytes?;
    let totals = view.site_totals();
    let used = totals.current_bytes.saturating_add(totals.old_bytes).saturating_add(totals.trash_bytes);
    let share = breakdown::share(used.min(allowed), allowed);
    let at_least = totals.trash_at_least;
    Some(StorageQuota { used, allowed, percent: format::percent(used, allowed), at_least, share })
}

fn is_protected(file: &FileVerdict) -> bool {
    file.reported && file.usage == Usage::Unreferenced && file.protected.is_some()
}

impl AuditDashboard {
    /// Returns the bytes of all versions, excluding the trash.
    pub(super) fn stored(&self) -> u64 {
        self.totals.current_bytes.saturating_add(self.totals.old_bytes)
    }

    /// Returns the share of old versions in the stored bytes.
    pub(super) fn old_share(&self) -> String {
        format::percent(self.totals.old_bytes, self.stored())
    }
}

fn space_rows(view: &ReportView<'_>) -> Vec<SpaceStorageRow> {
    let mut rows: Vec<SpaceStorageRow> = view
        .reported_spaces()
        .iter()
        .map(|reported| SpaceStorageRow {
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
    let most = rows.iter().map(SpaceStorageRow::stored).max().unwrap_or(0);
    for (row, rank) in rank(&rows, |row| &row.name).into_iter().enumerate() {
        rows[row].rank = rank;
        rows[row].share = breakdown::share(rows[row].stored(), most);
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.stored()));
    rows
}

/// Returns the files with the most bytes in all versions, excluding the trash.
fn largest(rows: &[FileRow<'_>]) -> Vec<RankedFile> {
    let mut ranked: Vec<&FileRow<'_>> = rows.iter().filter(|row| !row.attachment.status.is_trash()).collect();
    ranked.sort_by_key(|row| std::cmp::Reverse(row.attachment.all_bytes().or(row.attachment.size)));
    ranked.into_iter().take(MAX_RANKED).map(RankedFile::new).collect()
}

/// Returns the files whose superfluous old versions have the most bytes; those in the trash are left out.
fn old_versions(view: &ReportView<'_>, rows: &[FileRow<'_>]) -> Vec<OldVersionsRow> {
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
    let shown = ranked.into_iter().take(MAX_RANKED);
    shown
        .map(|(bytes, at_least, row)| OldVersionsRow {
            listed: RankedFile::new(row),
            bytes,
            old_versions: row.attachment.old_versions.len() as u64,
            at_least,
        })
        .collect()
}

fn duplicate_row(view: &ReportView<'_>, group: &DuplicateGroup, number: u64) -> DuplicateGroupRow {
    let owning_pages: Vec<ShownFile> = group
        .files
        .iter()
        .take(MAX_OWNING_PAGES)
        .filter_map(|file| view.row_of(*file))
        .map(|row| ShownFile::new(&row))
        .collect();
    DuplicateGroupRow {
        name: owning_pages.first().map(|file| file.name.clone()).unwrap_or_default(),
        copies: group.files.len() as u64,
        size: group.size,
        wasted: group.wasted_bytes(),
        compared: match group.verified {
            Some(true) => "equal bytes",
            Some(false) => "bytes differ",
            None => "same name, size and type",
        },
        more_owning_pages: group.files.len().saturating_sub(MAX_OWNING_PAGES) as u64,
        group: number,
        owning_pages,
    }
}

fn notes(view: &ReportView<'_>) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    if let VersionSizeCheck::Unproved { reason } = &view.inventory.scan.old_sizes {
        notes.push(format!("The sizes of old versions could not be verified and count as unknown: {reason}"));
    }
    notes.extend(view.inventory.unseen_pages());
    notes.extend(view.audit.notices.iter().chain(&view.inventory.coverage.warnings).cloned());
    notes.iter().map(|notice| format::visible(notice).into_owned()).collect()
}

fn about(view: &ReportView<'_>) -> Vec<(String, String)> {
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
