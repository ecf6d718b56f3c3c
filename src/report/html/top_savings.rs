//! Largest possible savings: what would free the most storage, with links to the files.

use chrono::TimeDelta;

use crate::audit::DuplicateGroup;
use crate::report::format;
use crate::report::report_view::{FileRow, ReportView, ReportedSpace};

use super::age_classes::AGES;

/// Number of files that one person reviews in one go.
pub(super) const REVIEW_BATCH: usize = 20;
/// Minimum age of files listed as unreferenced and not changed for a long time.
const LONG_AGO_DAYS: i64 = 730;

#[derive(Debug)]
pub(super) struct PossibleSaving {
    pub(super) bytes: u64,
    pub(super) text: String,
    pub(super) href: String,
    pub(super) link: &'static str,
}

impl PossibleSaving {
    /// Creates an entry about unreferenced files. If the page of all spaces does not have all files, it links to the
    /// table of spaces, which leads to the lists.
    fn of_candidates(bytes: u64, text: String, filter: &str, is_cut: bool) -> Self {
        let (href, link) = if is_cut {
            ("#spaces".to_owned(), "See which spaces")
        } else {
            let page = format!("attachments.html#?usage=unreferenced&protected=no{filter}&sort=all");
            (page, "Review them")
        };
        Self { bytes, text, href, link }
    }
}

/// Returns the possible savings, largest first. An incomplete run has none about unreferenced files.
pub(super) fn find(view: &ReportView<'_>, rows: &[FileRow<'_>]) -> Vec<PossibleSaving> {
    let mut candidates: Vec<(u64, &FileRow<'_>)> =
        rows.iter().filter(|row| row.is_candidate()).map(|row| (row.known_bytes(), row)).collect();
    candidates.sort_by_key(|(bytes, row)| (std::cmp::Reverse(*bytes), &row.attachment.id));
    let is_cut = super::is_cut(rows.len());
    let savings = [
        largest_candidates(&candidates, is_cut),
        long_unchanged(view, &candidates, is_cut),
        worst_space(view.reported_spaces()),
        old_versions(view, rows),
        trash(view),
        duplicates(view),
    ];
    let mut savings: Vec<PossibleSaving> = savings.into_iter().flatten().filter(|saving| saving.bytes > 0).collect();
    savings.sort_by_key(|saving| std::cmp::Reverse(saving.bytes));
    savings
}

fn largest_candidates(candidates: &[(u64, &FileRow<'_>)], is_cut: bool) -> Option<PossibleSaving> {
    let all: u64 = candidates.iter().map(|(bytes, _)| bytes).sum();
    let shown = candidates.len().min(REVIEW_BATCH);
    let bytes: u64 = candidates.iter().take(shown).map(|(bytes, _)| bytes).sum();
    let words = match shown {
        1 => "in the only unreferenced file".to_owned(),
        _ => format!(
            "in the {shown} largest unreferenced files, {} of all unreferenced bytes",
            format::percent(bytes, all)
        ),
    };
    (shown > 0).then(|| PossibleSaving::of_candidates(bytes, words, "", is_cut))
}

fn long_unchanged(view: &ReportView<'_>, candidates: &[(u64, &FileRow<'_>)], is_cut: bool) -> Option<PossibleSaving> {
    let before = view.inventory.scan.started_at - TimeDelta::days(LONG_AGO_DAYS);
    let old: Vec<u64> = candidates
        .iter()
        .filter(|(_, row)| row.attachment.modified_at.is_some_and(|moment| moment <= before))
        .map(|(bytes, _)| *bytes)
        .collect();
    let words = format!("in {} last changed two years ago or earlier", unreferenced_files(old.len() as u64));
    (!old.is_empty()).then(|| PossibleSaving::of_candidates(old.iter().sum(), words, &long_ago_classes(), is_cut))
}

/// Returns the age classes that begin at or after [`LONG_AGO_DAYS`], as parameters of a filter link.
fn long_ago_classes() -> String {
    let beginnings = AGES.iter().map(|class| class.days);
    let classes = beginnings.zip(&AGES[1..]).filter(|(begin, _)| begin.is_some_and(|days| days >= LONG_AGO_DAYS));
    classes.flat_map(|(_, class)| ["&age=", class.value]).collect()
}

fn worst_space(spaces: &[ReportedSpace<'_>]) -> Option<PossibleSaving> {
    let worst = spaces.iter().max_by_key(|space| space.totals.unreferenced_bytes).filter(|_| spaces.len() > 1)?;
    Some(PossibleSaving {
        bytes: worst.totals.unreferenced_bytes,
        text: format!(
            "in {} of the space {}",
            unreferenced_files(worst.totals.unreferenced_files),
            format::visible(&worst.space.name)
        ),
        href: format!("{0}/{0}_unreferenced.html", worst.folder),
        link: "Open the list",
    })
}

fn old_versions(view: &ReportView<'_>, rows: &[FileRow<'_>]) -> Option<PossibleSaving> {
    let keep = view.audit.keep_versions.max(1);
    let freed = rows.iter().filter(|row| !row.verdict.is_in_trash(row.attachment));
    let mut freed: Vec<u64> = freed.map(|row| row.attachment.bytes_beyond(keep)).filter(|bytes| *bytes > 0).collect();
    freed.sort_unstable_by(|one, other| other.cmp(one));
    let bytes: u64 = freed.iter().sum();
    let top: u64 = freed.iter().take(REVIEW_BATCH).sum();
    let top = if freed.len() > REVIEW_BATCH {
        format!("; {} of it in the {REVIEW_BATCH} files with the most", format::percent(top, bytes))
    } else {
        String::new()
    };
    (bytes > 0).then(|| PossibleSaving {
        bytes,
        text: format!("in versions older than {} of every file{top}{}", newest(keep), retention(view)),
        href: "#versions".to_owned(),
        link: "See the ranking",
    })
}

/// Returns the remark on spaces that delete old versions by themselves; empty if there are none.
fn retention(view: &ReportView<'_>) -> String {
    let spaces = view.retention_spaces();
    if spaces.is_empty() {
        return String::new();
    }
    let number = format::plural(spaces.len() as u64, "space has", "spaces have");
    format!("; {number} a retention policy and may delete some of them without your help")
}

fn trash(view: &ReportView<'_>) -> Option<PossibleSaving> {
    let totals = view.site_totals();
    (totals.trash_bytes > 0).then(|| PossibleSaving {
        bytes: totals.trash_bytes,
        text: format!(
            "in the trash, {}{}: freed when a space administrator purges it",
            if totals.trash_at_least { "at least " } else { "" },
            format::plural(totals.trash_files, "file", "files")
        ),
        href: "#spaces".to_owned(),
        link: "See which spaces",
    })
}

fn duplicates(view: &ReportView<'_>) -> Option<PossibleSaving> {
    let bytes: u64 = view.audit.duplicates.iter().map(DuplicateGroup::wasted_bytes).sum();
    (bytes > 0).then(|| PossibleSaving {
        bytes,
        text: "in extra copies of files with the same name, size and type; each copy may be in use on its page"
            .to_owned(),
        href: "#duplicates".to_owned(),
        link: "See the groups",
    })
}

fn unreferenced_files(number: u64) -> String {
    format::plural(number, "unreferenced file", "unreferenced files")
}

/// Returns the versions that are kept: `the newest version`, `the newest 3 versions`.
pub(super) fn newest(versions: u32) -> String {
    if versions == 1 { "the newest version".to_owned() } else { format!("the newest {versions} versions") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_to_old_files_has_the_age_classes_from_two_years_on() {
        assert_eq!(long_ago_classes(), "&age=2y-3y&age=3y-5y&age=over-5y");
    }
}
