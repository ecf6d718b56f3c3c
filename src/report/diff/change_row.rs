//! A change as the page shows it. Hidden characters of all texts are made visible.

use super::ChangedFile;
use crate::comparison::FileChangeKind;
use crate::report::format::{bytes, plural, visible};
use crate::report::report_view::FileRow;
use crate::report::wording;

/// The content that a file belongs to.
#[derive(Debug)]
pub(super) struct OwningContent {
    pub(super) title: String,
    pub(super) url: Option<String>,
}

#[derive(Debug)]
pub(super) struct ChangedFileRow {
    pub(super) name: String,
    pub(super) bytes: u64,
    /// Whether the size of a version is not known.
    pub(super) at_least: bool,
    pub(super) space: String,
    pub(super) owner: Option<OwningContent>,
    /// Address of the attachments screen.
    pub(super) screen: Option<String>,
    /// What changed, in words.
    pub(super) detail: String,
}

impl ChangedFileRow {
    pub(super) fn new(row: &ChangedFile<'_>) -> Self {
        let shown = &row.shown;
        let owner = shown.owner.map(|owner| OwningContent { title: wording::title(owner), url: shown.owner_url() });
        Self {
            name: visible(&shown.attachment.title).into_owned(),
            bytes: row.change.bytes,
            at_least: !row.change.is_exact,
            space: visible(shown.space_key()).into_owned(),
            owner,
            screen: shown.screen_url(),
            detail: visible(&detail(row)).into_owned(),
        }
    }
}

/// Returns what changed: `was embedded`, `1.0 MiB before, 3.2 MiB now`, `was "plan.png"`.
fn detail(row: &ChangedFile<'_>) -> String {
    let (old, new) = (row.old.as_ref(), row.new.as_ref());
    let both = |text: &dyn Fn(&FileRow<'_>) -> String| {
        let [before, now] = [old, new].map(|row| row.map(text).unwrap_or_default());
        (before, now)
    };
    match row.change.kind {
        FileChangeKind::NewlyUnreferenced => match old {
            Some(old) => format!("was {}", usage_of(old)),
            None => "a new file".to_owned(),
        },
        FileChangeKind::NewlyUsed => {
            let found = new.and_then(|new| {
                let used = new.verdict.uses.first()?;
                let content = new.content_of(used);
                Some(format!("{} on {} {}", wording::phrase(used), wording::kind(content), wording::title(content)))
            });
            format!("was {}; {}", old.map(usage_of).unwrap_or_default(), found.unwrap_or_default())
        }
        FileChangeKind::UsageChanged | FileChangeKind::NotComparable => match (old, new) {
            (Some(old), Some(new)) => format!("{} before, {} now", usage_of(old), usage_of(new)),
            _ => new.or(old).map(usage_of).unwrap_or_default(),
        },
        FileChangeKind::New
        | FileChangeKind::OnlyInNew
        | FileChangeKind::Gone
        | FileChangeKind::OnlyInOld
        | FileChangeKind::Restored => usage_of(&row.shown),
        FileChangeKind::Trashed => format!("was {}", old.map(usage_of).unwrap_or_default()),
        FileChangeKind::Grown | FileChangeKind::Shrunk => {
            let (before, now) = both(&|row| row.attachment.all_bytes().map_or_else(|| "unknown".to_owned(), bytes));
            format!("{before} before, {now} now")
        }
        FileChangeKind::Renamed => format!("was \"{}\"", both(&|row| row.attachment.title.clone()).0),
        FileChangeKind::Moved => old.map(location).map(|place| format!("was {place}")).unwrap_or_default(),
        FileChangeKind::NewVersions | FileChangeKind::DeletedVersions => {
            let (before, now) = both(&|row| plural(row.attachment.versions() as u64, "version", "versions"));
            format!("{}: {before} before, {now} now", u64::from(row.change.versions))
        }
    }
}

fn usage_of(row: &FileRow<'_>) -> String {
    let usage = wording::usage(row.usage());
    match &row.verdict.protected {
        Some(rule) => format!("{usage}, protected by {rule}"),
        None => usage.to_owned(),
    }
}

/// Returns where a file was: `on "Release Plan" in ENG`.
fn location(row: &FileRow<'_>) -> String {
    let owner = row.owner.map_or_else(|| format!("#{}", row.container_id()), wording::title);
    match row.space {
        Some(space) => format!("on \"{owner}\" in {}", space.key),
        None => format!("on \"{owner}\" in an unknown space"),
    }
}
