//! What would free most, in plain words, each with the way to it.

use chrono::TimeDelta;

use crate::report::format;
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
    pub(super) link: String,
}

/// The proposals, the most bytes first. An incomplete run has none about unreferenced files.
pub(super) fn find(view: &View<'_>, spaces: &[ReportedSpace<'_>], rows: &[FileRow<'_>]) -> Vec<Win> {
    let mut candidates: Vec<(u64, &FileRow<'_>)> =
        rows.iter().filter(|row| row.is_candidate()).map(|row| (row.known_bytes(), row)).collect();
    candidates.sort_by_key(|(bytes, row)| (std::cmp::Reverse(*bytes), &row.attachment.id));
    let proposals = [
        largest_candidates(&candidates),
        forgotten(view, &candidates),
        worst_space(spaces),
        old_versions(view, rows),
        trash(view),
        duplicates(view),
    ];
    let mut wins: Vec<Win> = proposals.into_iter().flatten().filter(|win| win.bytes > 0).collect();
    wins.sort_by_key(|win| std::cmp::Reverse(win.bytes));
    wins
}

fn largest_candidates(candidates: &[(u64, &FileRow<'_>)]) -> Option<Win> {
    let all: u64 = candidates.iter().map(|(bytes, _)| bytes).sum();
    let shown = candidates.len().min(ONE_GO);
    let bytes: u64 = candidates.iter().take(shown).map(|(bytes, _)| bytes).sum();
    let words = match shown {
        0 => return None,
        1 => "in the only unreferenced file".to_owned(),
        _ => format!(
            "in the {shown} largest unreferenced files, {} of all unreferenced bytes",
            format::percent(bytes, all)
        ),
    };
    Some(Win {
        bytes,
        words,
        href: "attachments.html#?usage=unreferenced&sort=all".to_owned(),
        link: "Look through them".to_owned(),
    })
}

fn forgotten(view: &View<'_>, candidates: &[(u64, &FileRow<'_>)]) -> Option<Win> {
    let before = view.inventory.scan.started_at - TimeDelta::days(LONG_AGO_DAYS);
    let old: Vec<u64> = candidates
        .iter()
        .filter(|(_, row)| row.attachment.modified_at.is_some_and(|moment| moment <= before))
        .map(|(bytes, _)| *bytes)
        .collect();
    let number = old.len() as u64;
    (number > 0).then(|| Win {
        bytes: old.iter().sum(),
        words: format!(
            "in {} last changed two years ago or earlier",
            format::plural(number, "unreferenced file", "unreferenced files")
        ),
        href: "attachments.html#?usage=unreferenced&age=2y-3y&age=3y-5y&age=over-5y&sort=all".to_owned(),
        link: "Look through them".to_owned(),
    })
}

fn worst_space(spaces: &[ReportedSpace<'_>]) -> Option<Win> {
    let worst = spaces.iter().max_by_key(|space| space.totals.unreferenced_bytes).filter(|_| spaces.len() > 1)?;
    let name = format::visible(&worst.space.name).into_owned();
    Some(Win {
        bytes: worst.totals.unreferenced_bytes,
        words: format!(
            "in {} of one space, {name}",
            format::plural(worst.totals.unreferenced_files, "unreferenced file", "unreferenced files")
        ),
        href: format!("{0}/{0}_unreferenced.html", worst.folder),
        link: "Open its list".to_owned(),
    })
}

fn old_versions(view: &View<'_>, rows: &[FileRow<'_>]) -> Option<Win> {
    let keep = view.audit.keep_versions.max(1);
    let freed = rows.iter().filter(|row| !row.verdict.is_in_trash(row.attachment));
    let mut freed: Vec<u64> = freed.map(|row| row.attachment.bytes_beyond(keep)).filter(|bytes| *bytes > 0).collect();
    freed.sort_unstable_by(|one, other| other.cmp(one));
    let bytes: u64 = freed.iter().sum();
    let top: u64 = freed.iter().take(ONE_GO).sum();
    let kept = if keep == 1 { "the newest version".to_owned() } else { format!("the newest {keep} versions") };
    let more = if freed.len() > ONE_GO {
        format!("; {} of it in the {ONE_GO} files that have most", format::percent(top, bytes))
    } else {
        String::new()
    };
    (bytes > 0).then(|| Win {
        bytes,
        words: format!("in versions older than {kept} of every file{more}"),
        href: "#versions".to_owned(),
        link: "See the ranking".to_owned(),
    })
}

fn trash(view: &View<'_>) -> Option<Win> {
    let totals = &view.audit.site;
    (totals.trash_bytes > 0).then(|| Win {
        bytes: totals.trash_bytes,
        words: format!(
            "in the trash, {}: free as soon as a space administrator purges it",
            format::plural(totals.trash_files, "file", "files")
        ),
        href: "#spaces".to_owned(),
        link: "See which spaces".to_owned(),
    })
}

fn duplicates(view: &View<'_>) -> Option<Win> {
    let bytes: u64 = view.audit.duplicates.iter().map(super::dashboard::duplicate_waste).sum();
    (bytes > 0).then(|| Win {
        bytes,
        words: "in further copies of files with the same name, size and type".to_owned(),
        href: "#duplicates".to_owned(),
        link: "See the groups".to_owned(),
    })
}
