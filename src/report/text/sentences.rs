//! Sentences of the pages of the audit that hold figures, and those that all pages share. A sentence with a link ends
//! where the link begins, so that its parts can be put in another order by changing one template.

use crate::report::format;
use crate::report::html::filters::Number;

pub(in crate::report) fn files(number: impl Number) -> String {
    format::plural(number.number(), "file", "files")
}

pub(in crate::report) fn spaces(number: impl Number) -> String {
    format::plural(number.number(), "space", "spaces")
}

pub(in crate::report) fn pages(number: impl Number) -> String {
    format::plural(number.number(), "page", "pages")
}

pub(in crate::report) fn days(number: impl Number) -> String {
    format::plural(number.number(), "day", "days")
}

fn newest(versions: u64) -> String {
    if versions == 1 { "the newest version".to_owned() } else { format!("the newest {versions} versions") }
}

fn groups(number: u64) -> String {
    format::plural(number, "group", "groups")
}

// All pages.

pub(in crate::report) fn made_by(program: &str) -> String {
    format!("Made by {program}. This page never speaks to the network.")
}

/// What a tab says of an incomplete run, before the heading.
pub(in crate::report) const INCOMPLETE_MARK: &str = "INCOMPLETE – ";

/// `12,345 of 12,345 units of work were read, and 3 were left out by an option`.
pub(in crate::report) fn units_read(read: u64, planned: u64, left_out: u64) -> String {
    let units = format::plural(planned, "unit of work was", "units of work were");
    let sentence = format!("{} of {units} read", format::count(read));
    match left_out {
        0 => sentence,
        _ => format!("{sentence}, and {} left out by an option", format::plural(left_out, "was", "were")),
    }
}

/// `space ENG`, or `spaces ENG, OPS and 3 more`.
pub(in crate::report) fn named_spaces(number: usize, shown: &str, more: usize) -> String {
    let word = if number == 1 { "space" } else { "spaces" };
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{word} {shown}{more}")
}

pub(in crate::report) fn more(number: impl Number) -> String {
    format!("{} more", format::count(number.number()))
}

pub(in crate::report) fn more_are_in(number: impl Number) -> String {
    format!("{} more are in", format::count(number.number()))
}

// Tables of files.

pub(in crate::report) fn attachments_of(space: &str) -> String {
    format!("Attachments of {space}")
}

pub(in crate::report) fn unreferenced_files_of(space: &str) -> String {
    format!("Unreferenced files of {space}")
}

pub(in crate::report) fn the_largest_first(what: &str) -> String {
    format!("{what}, the largest first")
}

pub(in crate::report) fn the_most_bytes_first(what: &str) -> String {
    format!("{what}, the most bytes of all versions first")
}

pub(in crate::report) fn table_of(what: &str) -> String {
    format!("{what}, table")
}

pub(in crate::report) fn without_script(shown: impl Number, all: impl Number) -> String {
    let (shown, all) = (format::count(shown.number()), format::count(all.number()));
    format!("These are the {shown} largest of {all} files. With script the page has all of them, and so has")
}

pub(in crate::report) fn smaller_files_are_elsewhere(number: impl Number) -> String {
    let number = format::plural(number.number(), "smaller file is", "smaller files are");
    format!("{number} not on this page: see the pages of the spaces or")
}

pub(in crate::report) fn uses(number: u64) -> String {
    format::plural(number, "use", "uses")
}

/// `shown as image on page`, before the title of the page.
pub(in crate::report) fn used_on(phrase: &str, kind: &str) -> String {
    format!("{phrase} on {kind}")
}

pub(in crate::report) fn files_in_all_spaces(number: impl Number, trash: impl Number) -> String {
    match trash.number() {
        0 => format!("{} in all reported spaces.", files(number)),
        trash => format!("{} in all reported spaces, {} of them in the trash.", files(number), format::count(trash)),
    }
}

pub(in crate::report) fn files_of_space(number: impl Number, trash: impl Number) -> String {
    match trash.number() {
        0 => format!("{};", files(number)),
        trash => format!("{}, {} of them in the trash;", files(number), format::count(trash)),
    }
}

pub(in crate::report) fn unreferenced(number: impl Number) -> String {
    format!("{} unreferenced", format::count(number.number()))
}

pub(in crate::report) fn protected_and_not_listed(number: impl Number) -> String {
    let files = format::plural(number.number(), "file without a use is", "files without a use are");
    format!("{files} protected by a rule and not listed here.")
}

// Dashboard.

pub(in crate::report) fn of_what_is_stored(share: &str) -> String {
    format!("{share} of what is stored")
}

pub(in crate::report) fn versions_of_no_size(number: u64) -> String {
    match number {
        0 => "the size of every version is known".to_owned(),
        1 => "version; not in any figure of bytes".to_owned(),
        _ => "versions; not in any figure of bytes".to_owned(),
    }
}

pub(in crate::report) fn without_the_trash(number: u64) -> String {
    format!("{} without the trash", files(number))
}

pub(in crate::report) fn beyond_one_copy(number: u64) -> String {
    format!("beyond one copy, {}", groups(number))
}

pub(in crate::report) fn pages_and_posts(pages_number: u64, posts: u64) -> String {
    format!("{} and {}", pages(pages_number), format::plural(posts, "blog post", "blog posts"))
}

/// `155 files; 3 more protected`.
pub(in crate::report) fn files_and_protected(number: u64, protected: u64) -> String {
    match protected {
        0 => files(number),
        _ => format!("{}; {} more protected", files(number), format::count(protected)),
    }
}

pub(in crate::report) fn share_of_the_plan(share: &str) -> String {
    format!("in the plan: {share}. Atlassian's own figure lags and counts other things, too.")
}

pub(in crate::report) fn spaces_by_bytes(number: impl Number) -> String {
    format!("{}, the most bytes first", spaces(number))
}

pub(in crate::report) fn files_of_no_space(number: impl Number) -> String {
    let number = format::plural(number.number(), "file is", "files are");
    format!("{number} in the figures at the top, but in no space that could be read:")
}

pub(in crate::report) fn keeping_frees_nothing(versions_number: impl Number) -> String {
    format!("Keeping only {} of every file would free nothing.", newest(versions_number.number()))
}

pub(in crate::report) fn freed_by_keeping(versions_number: impl Number) -> String {
    format!("Bytes freed by keeping only {}", newest(versions_number.number()))
}

pub(in crate::report) fn groups_by_bytes(number: impl Number) -> String {
    format!("{}, the most bytes beyond one copy first", groups(number.number()))
}

pub(in crate::report) fn more_copies_in(number: impl Number) -> String {
    format!("{} more in", format::count(number.number()))
}

pub(in crate::report) fn more_owners(number: impl Number) -> String {
    format!("; {} in", format::plural(number.number(), "more owner is", "more owners are"))
}

pub(in crate::report) fn more_spaces(number: impl Number) -> String {
    format::plural(number.number(), "more space", "more spaces")
}

/// The bar of what is left over: `3 other types`.
pub(in crate::report) fn others(number: u64, what: &str) -> String {
    format!("{} other {what}", format::count(number))
}

pub(in crate::report) fn old_sizes_unproved(reason: &str) -> String {
    format!("The sizes of old versions could not be proved and count as unknown: {reason}")
}

// What would free most.

pub(in crate::report) fn in_the_largest_unreferenced(number: usize, share: &str) -> String {
    match number {
        1 => "in the only unreferenced file".to_owned(),
        _ => format!("in the {number} largest unreferenced files, {share} of all unreferenced bytes"),
    }
}

pub(in crate::report) fn in_forgotten_files(number: u64) -> String {
    let files = format::plural(number, "unreferenced file", "unreferenced files");
    format!("in {files} last changed two years ago or earlier")
}

pub(in crate::report) fn in_one_space(number: u64, space: &str) -> String {
    format!("in {} of one space, {space}", format::plural(number, "unreferenced file", "unreferenced files"))
}

/// `top` is how many files have most of it, and which share, where there are more files than that.
pub(in crate::report) fn in_old_versions(kept: u64, top: Option<(usize, String)>) -> String {
    let top = top.map(|(files, share)| format!("; {share} of it in the {files} files that have most"));
    format!("in versions older than {} of every file{}", newest(kept), top.unwrap_or_default())
}

pub(in crate::report) fn in_the_trash(number: u64) -> String {
    format!("in the trash, {}: free as soon as a space administrator purges it", files(number))
}
