//! What would free most, in plain words, each with the way to it.

use chrono::TimeDelta;

use crate::audit::DuplicateGroup;
use crate::report::format;
use crate::report::view::{FileRow, ReportedSpace, View};

use super::ages::AGES;

/// A list that one person looks through in one go.
pub(super) const ONE_GO: usize = 20;
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
            ("#spaces".to_owned(), "See which spaces")
        } else {
            let page = format!("attachments.html#?usage=unreferenced&protected=no{filter}&sort=all");
            (page, "Look through them")
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
    let words = match shown {
        1 => "in the only unreferenced file".to_owned(),
        _ => format!(
            "in the {shown} largest unreferenced files, {} of all unreferenced bytes",
            format::percent(bytes, all)
        ),
    };
    (shown > 0).then(|| Win::of_candidates(bytes, words, "", is_cut))
}

fn forgotten(view: &View<'_>, candidates: &[(u64, &FileRow<'_>)], is_cut: bool) -> Option<Win> {
    let before = view.inventory.scan.started_at - TimeDelta::days(LONG_AGO_DAYS);
    let old: Vec<u64> = candidates
        .iter()
        .filter(|(_, row)| row.attachment.modified_at.is_some_and(|moment| moment <= before))
        .map(|(bytes, _)| *bytes)
        .collect();
    let words = format!("in {} last changed two years ago or earlier", unreferenced_files(old.len() as u64));
    (!old.is_empty()).then(|| Win::of_candidates(old.iter().sum(), words, &long_ago_classes(), is_cut))
}

/// The classes of age that begin at or after [`LONG_AGO_DAYS`], as the address of a filter holds them.
fn long_ago_classes() -> String {
    let beginnings = AGES.iter().map(|class| class.days);
    let classes = beginnings.zip(&AGES[1..]).filter(|(begin, _)| begin.is_some_and(|days| days >= LONG_AGO_DAYS));
    classes.flat_map(|(_, class)| ["&age=", class.value]).collect()
}

fn worst_space(spaces: &[ReportedSpace<'_>]) -> Option<Win> {
    let worst = spaces.iter().max_by_key(|space| space.totals.unreferenced_bytes).filter(|_| spaces.len() > 1)?;
    Some(Win {
        bytes: worst.totals.unreferenced_bytes,
        words: format!(
            "in {} of one space, {}",
            unreferenced_files(worst.totals.unreferenced_files),
            format::visible(&worst.space.name)
        ),
        href: format!("{0}/{0}_unreferenced.html", worst.folder),
        link: "Open its list",
    })
}

fn old_versions(view: &View<'_>, rows: &[FileRow<'_>]) -> Option<Win> {
    let keep = view.audit.keep_versions.max(1);
    let freed = rows.iter().filter(|row| !row.verdict.is_in_trash(row.attachment));
    let mut freed: Vec<u64> = freed.map(|row| row.attachment.bytes_beyond(keep)).filter(|bytes| *bytes > 0).collect();
    freed.sort_unstable_by(|one, other| other.cmp(one));
    let bytes: u64 = freed.iter().sum();
    let top: u64 = freed.iter().take(ONE_GO).sum();
    let top = if freed.len() > ONE_GO {
        format!("; {} of it in the {ONE_GO} files that have most", format::percent(top, bytes))
    } else {
        String::new()
    };
    (bytes > 0).then(|| Win {
        bytes,
        words: format!("in versions older than {} of every file{top}", newest(keep)),
        href: "#versions".to_owned(),
        link: "See the ranking",
    })
}

fn trash(view: &View<'_>) -> Option<Win> {
    let totals = view.site_totals();
    (totals.trash_bytes > 0).then(|| Win {
        bytes: totals.trash_bytes,
        words: format!(
            "in the trash, {}: free as soon as a space administrator purges it",
            format::plural(totals.trash_files, "file", "files")
        ),
        href: "#spaces".to_owned(),
        link: "See which spaces",
    })
}

fn duplicates(view: &View<'_>) -> Option<Win> {
    let bytes: u64 = view.audit.duplicates.iter().map(DuplicateGroup::wasted_bytes).sum();
    (bytes > 0).then(|| Win {
        bytes,
        words: "in further copies of files with the same name, size and type; each may be in use on its page"
            .to_owned(),
        href: "#duplicates".to_owned(),
        link: "See the groups",
    })
}

fn unreferenced_files(number: u64) -> String {
    format::plural(number, "unreferenced file", "unreferenced files")
}

/// The versions that are kept: `the newest version`, `the newest 3 versions`.
pub(super) fn newest(versions: u32) -> String {
    if versions == 1 { "the newest version".to_owned() } else { format!("the newest {versions} versions") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_to_old_files_holds_the_classes_from_two_years_on() {
        assert_eq!(long_ago_classes(), "&age=2y-3y&age=3y-5y&age=over-5y");
    }
}
