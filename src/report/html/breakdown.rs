//! Bytes and files by usage, media type, age and uploader.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::audit::Usage;
use crate::report::view::FileRow;
use crate::report::words::{self, UNKNOWN};
use crate::report::{format, media};

use super::ages::AGES;
use super::data::component;

/// How many groups of an open-ended kind are shown; the rest is one group.
const SHOWN: usize = 12;

/// One bar.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) name: String,
    /// What it means, where the name does not say it.
    pub(super) note: &'static str,
    /// Word for the colour of the bar; empty is neutral.
    pub(super) class: &'static str,
    pub(super) files: u64,
    /// Bytes of all versions whose size is known.
    pub(super) bytes: u64,
    /// Length of the bar, 0 to 100, against the largest group.
    pub(super) share: u64,
    /// Relative address of the files of the group; none for what is left over.
    pub(super) href: Option<String>,
}

impl Group {
    fn new(name: String) -> Self {
        Self { name, note: "", class: "", files: 0, bytes: 0, share: 0, href: None }
    }

    /// A group that the table of all files can be filtered by.
    fn of(facet: &str, value: &str, name: String) -> Self {
        Self { href: Some(address(facet, value)), ..Self::new(name) }
    }

    fn add(&mut self, row: &FileRow<'_>) {
        self.files += 1;
        self.bytes = self.bytes.saturating_add(row.known_bytes());
    }
}

/// Relative address of the files with a value of a facet, as `state.js` reads it.
pub(super) fn address(facet: &str, value: &str) -> String {
    format!("attachments.html#?{facet}={}", component(value))
}

/// By usage, in the order of the contract; usages without a file are left out.
pub(super) fn by_usage(rows: &[FileRow<'_>]) -> Vec<Group> {
    let groups = Usage::ALL.iter().map(|usage| {
        let mut group = Group::of("usage", usage.as_str(), words::usage(*usage).to_owned());
        group.note = words::meaning(*usage);
        group.class = usage.as_str();
        rows.iter().filter(|row| row.usage() == *usage).for_each(|row| group.add(row));
        group
    });
    with_shares(groups.filter(|group| group.files > 0).collect())
}

/// By media type, the most bytes first.
pub(super) fn by_type(rows: &[FileRow<'_>]) -> Vec<Group> {
    largest(rows, "type", "types", |row| row.attachment.media_type.as_deref().map(media::label))
}

/// By uploader of the current version, the most bytes first.
pub(super) fn by_uploader(rows: &[FileRow<'_>]) -> Vec<Group> {
    largest(rows, "author", "people", |row| row.view.person(row.attachment.author.as_ref()).map(Cow::Borrowed))
}

/// By time since the last change, the youngest first.
pub(super) fn by_age(rows: &[FileRow<'_>], now: DateTime<Utc>) -> Vec<Group> {
    let class = |row: &FileRow<'_>| {
        let days = row.attachment.modified_at.map(|moment| (now - moment).num_days());
        let known = |days| AGES.iter().take_while(|class| class.days.is_some_and(|limit| days >= limit)).count();
        days.map_or(AGES.len() - 1, known)
    };
    let mut groups: Vec<Group> =
        AGES.iter().map(|class| Group::of("age", class.value, class.words.to_owned())).collect();
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
) -> Vec<Group> {
    let mut by_name: BTreeMap<Option<Cow<'_, str>>, Group> = BTreeMap::new();
    for row in rows {
        let group = by_name.entry(name(row)).or_insert_with_key(|name| match name {
            Some(name) => Group::of(facet, name, format::visible(name).into_owned()),
            None => Group::of(facet, UNKNOWN, UNKNOWN.to_owned()),
        });
        group.add(row);
    }
    let mut groups: Vec<Group> = by_name.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse((group.bytes, group.files)));
    let rest = groups.split_off(groups.len().min(SHOWN));
    if !rest.is_empty() {
        let mut other = Group::new(format!("{} other {what}", format::count(rest.len() as u64)));
        other.files = rest.iter().map(|group| group.files).sum();
        other.bytes = rest.iter().map(|group| group.bytes).sum();
        groups.push(other);
    }
    with_shares(groups)
}

fn with_shares(mut groups: Vec<Group>) -> Vec<Group> {
    let largest = groups.iter().map(|group| group.bytes).max().unwrap_or(0);
    for group in &mut groups {
        group.share = share(group.bytes, largest);
    }
    groups
}

/// A part of the largest in whole percent; what is not nothing is at least 1, so that it can be seen.
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
    fn shares_are_visible_and_never_above_the_whole() {
        assert_eq!(share(0, 10), 0);
        assert_eq!(share(1, u64::MAX), 1);
        assert_eq!(share(u64::MAX, u64::MAX), 100);
        assert_eq!(share(1, 2), 50);
        assert_eq!(share(0, 0), 0);
    }
}
