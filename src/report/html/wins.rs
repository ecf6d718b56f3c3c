//! What would free most, in plain words, each with the way to it.

use chrono::TimeDelta;

use crate::audit::DuplicateGroup;
use crate::report::format;
use crate::report::text::{self, sentences as say};
use crate::report::view::{FileRow, ReportedSpace, View};

/// A list that one person looks through in one go.
const ONE_GO: usize = 20;
/// Files that nobody uses and nobody touched for this long.
const LONG_AGO_DAYS: i64 = 730;

/// One proposal.
#[derive(Debug)]
pub(super) struct Win {
    pub(super) bytes: u64,
    /// What holds these bytes.
    pub(super) words: String,
    pub(super) href: String,
    /// Where the link leads.
    pub(super) link: &'static str,
}

impl Win {
    /// About the files of the unreferenced lists. Where the page over all spaces does not hold all of them, it is the
    /// table of spaces that leads to the lists.
    fn of_candidates(bytes: u64, words: String, filter: &str, is_cut: bool) -> Self {
        let (href, link) = if is_cut {
            ("#spaces".to_owned(), text::SEE_WHICH_SPACES)
        } else {
            let page = format!("attachments.html#?usage=unreferenced&protected=no{filter}&sort=all");
            (page, text::LOOK_THROUGH_THEM)
        };
        Self { bytes, words, href, link }
    }
}

/// The proposals, the most bytes first. An incomplete run has none about unreferenced files.
pub(super) fn find(view: &View<'_>, rows: &[FileRow<'_>]) -> Vec<Win> {
    let mut candidates: Vec<(u64, &FileRow<'_>)> =
        rows.iter().filter(|row| row.is_candidate()).map(|row| (row.known_bytes(), row)).collect();
    candidates.sort_by_key(|(bytes, row)| (std::cmp::Reverse(*bytes), &row.attachment.id));
    let is_cut = super::is_cut(rows.len());
    let proposals = [
        largest_candidates(&candidates, is_cut),
        forgotten(view, &candidates, is_cut),
        worst_space(view.reported_spaces()),
        old_versions(view, rows),
        trash(view),
        duplicates(view),
    ];
    let mut wins: Vec<Win> = proposals.into_iter().flatten().filter(|win| win.bytes > 0).collect();
    wins.sort_by_key(|win| std::cmp::Reverse(win.bytes));
    wins
}

fn largest_candidates(candidates: &[(u64, &FileRow<'_>)], is_cut: bool) -> Option<Win> {
    let all: u64 = candidates.iter().map(|(bytes, _)| bytes).sum();
    let shown = candidates.len().min(ONE_GO);
    let bytes: u64 = candidates.iter().take(shown).map(|(bytes, _)| bytes).sum();
    let words = say::in_the_largest_unreferenced(shown, &format::percent(bytes, all));
    (shown > 0).then(|| Win::of_candidates(bytes, words, "", is_cut))
}

fn forgotten(view: &View<'_>, candidates: &[(u64, &FileRow<'_>)], is_cut: bool) -> Option<Win> {
    let before = view.inventory.scan.started_at - TimeDelta::days(LONG_AGO_DAYS);
    let old: Vec<u64> = candidates
        .iter()
        .filter(|(_, row)| row.attachment.modified_at.is_some_and(|moment| moment <= before))
        .map(|(bytes, _)| *bytes)
        .collect();
    let number = old.len() as u64;
    let ages = "&age=2y-3y&age=3y-5y&age=over-5y";
    (number > 0).then(|| Win::of_candidates(old.iter().sum(), say::in_forgotten_files(number), ages, is_cut))
}

fn worst_space(spaces: &[ReportedSpace<'_>]) -> Option<Win> {
    let worst = spaces.iter().max_by_key(|space| space.totals.unreferenced_bytes).filter(|_| spaces.len() > 1)?;
    let name = format::visible(&worst.space.name).into_owned();
    Some(Win {
        bytes: worst.totals.unreferenced_bytes,
        words: say::in_one_space(worst.totals.unreferenced_files, &name),
        href: format!("{0}/{0}_unreferenced.html", worst.folder),
        link: text::OPEN_ITS_LIST,
    })
}

fn old_versions(view: &View<'_>, rows: &[FileRow<'_>]) -> Option<Win> {
    let keep = view.audit.keep_versions.max(1);
    let freed = rows.iter().filter(|row| !row.verdict.is_in_trash(row.attachment));
    let mut freed: Vec<u64> = freed.map(|row| row.attachment.bytes_beyond(keep)).filter(|bytes| *bytes > 0).collect();
    freed.sort_unstable_by(|one, other| other.cmp(one));
    let bytes: u64 = freed.iter().sum();
    let top: u64 = freed.iter().take(ONE_GO).sum();
    let top = (freed.len() > ONE_GO).then(|| (ONE_GO, format::percent(top, bytes)));
    (bytes > 0).then(|| Win {
        bytes,
        words: say::in_old_versions(u64::from(keep), top),
        href: "#versions".to_owned(),
        link: text::SEE_THE_RANKING,
    })
}

fn trash(view: &View<'_>) -> Option<Win> {
    let totals = &view.audit.site;
    (totals.trash_bytes > 0).then(|| Win {
        bytes: totals.trash_bytes,
        words: say::in_the_trash(totals.trash_files),
        href: "#spaces".to_owned(),
        link: text::SEE_WHICH_SPACES,
    })
}

fn duplicates(view: &View<'_>) -> Option<Win> {
    let bytes: u64 = view.audit.duplicates.iter().map(DuplicateGroup::wasted_bytes).sum();
    (bytes > 0).then(|| Win {
        bytes,
        words: text::IN_FURTHER_COPIES.to_owned(),
        href: "#duplicates".to_owned(),
        link: text::SEE_THE_GROUPS,
    })
}
