//! Storage breakdown: bytes and files by usage, media type, age and uploader.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::audit::Usage;
use crate::report::report_view::FileRow;
use crate::report::wording::{self, UNKNOWN};
use crate::report::{format, media_types};

use super::age_classes::AGES;
use super::data::component;

/// Maximum number of groups shown by type and uploader; the rest becomes one group.
const MAX_GROUPS: usize = 12;

/// One row with its bar.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BreakdownRow {
    pub(super) name: String,
    /// Explanation of the name; may be empty.
    pub(super) note: &'static str,
    /// CSS class for the colour of the bar; empty is neutral.
    pub(super) class: &'static str,
    pub(super) files: u64,
    /// Bytes of all versions whose size is known.
    pub(super) bytes: u64,
    /// Length of the bar, 0 to 100, relative to the largest group.
    pub(super) share: u64,
    /// Link to the files of the group; `None` for the group of the rest.
    pub(super) href: Option<String>,
}

impl BreakdownRow {
    fn new(name: String) -> Self {
        Self { name, note: "", class: "", files: 0, bytes: 0, share: 0, href: None }
    }

    /// Creates a group that links to the table of all files, filtered by a facet value.
    fn of(facet: &str, value: &str, name: String) -> Self {
        Self { href: Some(filter_link(facet, value)), ..Self::new(name) }
    }

    fn add(&mut self, row: &FileRow<'_>) {
        self.files += 1;
        self.bytes = self.bytes.saturating_add(row.known_bytes());
    }
}

/// Returns the link to the files with a facet value, as `page-state.js` parses it.
fn filter_link(facet: &str, value: &str) -> String {
    format!("attachments.html#?{facet}={}", component(value))
}

/// Groups files by usage, in the order of [`Usage::ALL`]; usages without files are omitted.
pub(super) fn by_usage(rows: &[FileRow<'_>]) -> Vec<BreakdownRow> {
    let groups = Usage::ALL.iter().map(|usage| {
        let mut group = BreakdownRow::of("usage", usage.as_str(), wording::usage(*usage).to_owned());
        group.note = wording::meaning(*usage);
        group.class = usage.as_str();
        rows.iter().filter(|row| row.usage() == *usage).for_each(|row| group.add(row));
        group
    });
    with_shares(groups.filter(|group| group.files > 0).collect())
}

/// Groups files by media type, most bytes first.
pub(super) fn by_type(rows: &[FileRow<'_>]) -> Vec<BreakdownRow> {
    largest(rows, "type", "types", |row| row.attachment.media_type.as_deref().map(media_types::label))
}

/// Groups files by uploader of the current version, most bytes first.
pub(super) fn by_uploader(rows: &[FileRow<'_>]) -> Vec<BreakdownRow> {
    largest(rows, "author", "people", |row| row.view.person(row.attachment.author.as_ref()).map(Cow::Borrowed))
}

/// Groups files by time since the last change, youngest first.
pub(super) fn by_age(rows: &[FileRow<'_>], now: DateTime<Utc>) -> Vec<BreakdownRow> {
    let class = |row: &FileRow<'_>| {
        let days = row.attachment.modified_at.map(|moment| (now - moment).num_days());
        let known = |days| AGES.iter().take_while(|class| class.days.is_some_and(|limit| days >= limit)).count();
        days.map_or(AGES.len() - 1, known)
    };
    let mut groups: Vec<BreakdownRow> =
        AGES.iter().map(|class| BreakdownRow::of("age", class.value, class.words.to_owned())).collect();
    for row in rows {
        if let Some(group) = groups.get_mut(class(row)) {
            group.add(row);
        }
    }
    with_shares(groups.into_iter().filter(|group| group.files > 0).collect())
}

fn largest<'a>(
    rows: &[FileRow<'a>],
    facet: &str,
    what: &str,
    name: impl Fn(&FileRow<'a>) -> Option<Cow<'a, str>>,
) -> Vec<BreakdownRow> {
    let mut by_name: BTreeMap<Option<Cow<'_, str>>, BreakdownRow> = BTreeMap::new();
    for row in rows {
        let group = by_name.entry(name(row)).or_insert_with_key(|name| match name {
            Some(name) => BreakdownRow::of(facet, name, format::visible(name).into_owned()),
            None => BreakdownRow::of(facet, UNKNOWN, UNKNOWN.to_owned()),
        });
        group.add(row);
    }
    let mut groups: Vec<BreakdownRow> = by_name.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse((group.bytes, group.files)));
    let rest = groups.split_off(groups.len().min(MAX_GROUPS));
    if !rest.is_empty() {
        let mut other = BreakdownRow::new(format!("{} other {what}", format::count(rest.len() as u64)));
        other.files = rest.iter().map(|group| group.files).sum();
        other.bytes = rest.iter().map(|group| group.bytes).sum();
        groups.push(other);
    }
    with_shares(groups)
}

fn with_shares(mut groups: Vec<BreakdownRow>) -> Vec<BreakdownRow> {
    let largest = groups.iter().map(|group| group.bytes).max().unwrap_or(0);
    for group in &mut groups {
        group.share = share(group.bytes, largest);
    }
    groups
}

/// Returns a part of the largest in percent; at least 1 unless the part is 0, so that the bar is visible.
pub(in crate::report) fn share(part: u64, largest: u64) -> u64 {
    if part == 0 || largest == 0 {
        return 0;
    }
    // at most 100, because no part is larger than the largest
    u64::try_from(u128::from(part) * 100 / u128::from(largest)).unwrap_or(100).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_visible_and_never_above_100() {
        assert_eq!(share(0, 10), 0);
        assert_eq!(share(1, u64::MAX), 1);
        assert_eq!(share(u64::MAX, u64::MAX), 100);
        assert_eq!(share(1, 2), 50);
        assert_eq!(share(0, 0), 0);
    }
}
