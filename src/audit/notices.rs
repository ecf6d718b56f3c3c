//! Notices of the report: macros that do not count as uses, bodies that were not parsed, files of apps, and hosts that
//! may belong to the site.

use std::collections::BTreeMap;

use super::resolve_reference::names_in;
use super::verdict::FileVerdict;
use crate::inventory::{Content, Inventory};
use crate::support::formatting::{count, plural};
use storage_format::{Construct, ParseOutcome, Reference, Target, header_image_references};

/// Hosts named in one notice.
const MAX_HOSTS: usize = 10;

/// All notices, each kind in its own order. `over_limit`: the contents that exceed the work limit.
pub(super) fn all(
    inventory: &Inventory,
    files: &[FileVerdict],
    over_limit: &[usize],
    unknown_hosts: Option<&String>,
) -> Vec<String> {
    let mut notices = content_notices(inventory, over_limit);
    notices.extend(unknown_hosts.cloned());
    notices.extend(app_file_notices(files));
    notices
}

/// Notice for a body that was searched as text because parsing it would take too many steps.
fn text_search_notice(content: &Content, reading: &ParseOutcome) -> Option<String> {
    let ParseOutcome::GivenUp { problem, text: Some(_), shows_unnamed_files } = reading else { return None };
    let and_pages = if *shows_unnamed_files {
        ". So are the files of its own page, and of every page whose title or id occurs in it, because a macro in it may \
         show files without naming them"
    } else {
        ""
    };
    Some(format!(
        "The {} \"{}\" ({}) was only searched as text: {problem}. Files without another use whose name or id occurs in it \
         are undetermined{and_pages}.",
        content.kind.label(),
        content.title,
        content.id,
    ))
}

/// One notice for all bodies whose unread text was not kept: there are many of them.
fn not_kept_notice(inventory: &Inventory) -> Option<String> {
    let alive = || inventory.contents.iter().filter(|content| !content.status.is_trash());
    let mut not_kept = alive().filter_map(|content| match &content.body.as_ref()?.reading {
        ParseOutcome::Lenient { problem, residue: None } => {
            Some((content, problem, "is not well-formed, and its unreadable parts were not searched"))
        }
        ParseOutcome::GivenUp { problem, text: None, .. } => {
            Some((content, problem, "was neither parsed nor searched as text"))
        }
        _ => None,
    });
    let (first, problem, what) = not_kept.next()?;
    let more = match u64::try_from(not_kept.count()).unwrap_or(u64::MAX) {
        0 => String::new(),
        more => format!("; {} could not be searched either", plural(more, "other body", "other bodies")),
    };
    Some(format!(
        "The {} \"{}\" ({}) {what} ({problem}), because too many bodies have such a problem{more}. All files without \
         another use are undetermined.",
        first.kind.label(),
        first.title,
        first.id,
    ))
}

fn over_limit_notice(content: &Content) -> String {
    format!(
        "The {} \"{}\" ({}) lists more files than can be looked up. Files without another use that it may list are \
         undetermined.",
        content.kind.label(),
        content.title,
        content.id,
    )
}

/// Notices for bodies that were not parsed or not fully resolved, and for macros that list an entire space or the
/// results of a search.
fn content_notices(inventory: &Inventory, over_limit: &[usize]) -> Vec<String> {
    let mut notices: Vec<String> =
        over_limit.iter().map(|&content| over_limit_notice(&inventory.contents[content])).collect();
    notices.extend(not_kept_notice(inventory));
    for content in inventory.contents.iter().filter(|content| !content.status.is_trash()) {
        notices.extend(content.body.as_ref().and_then(|body| text_search_notice(content, &body.reading)));
        for reference in content.body.iter().flat_map(|body| &body.references) {
            let what = match &reference.target {
                Target::SpaceAttachments { space } => {
                    let own =
                        content.space.as_ref().and_then(|id| inventory.spaces.iter().find(|space| space.id == *id));
                    let key = space.as_deref().or(own.map(|space| space.key.as_str())).unwrap_or("?");
                    format!("lists every file of the space {key} (space-attachments macro)")
                }
                Target::SearchResults => format!("lists the files that a search finds ({})", reference.construct),
                _ => continue,
            };
            notices.push(format!(
                "The {} \"{}\" {what}. This does not count as a use of any of them: check it before you delete files.",
                content.kind.label(),
                content.title
            ));
        }
    }
    notices.sort();
    notices.dedup();
    notices
}

/// One notice for each rule by which apps use files that no page names.
fn app_file_notices(files: &[FileVerdict]) -> Vec<String> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for rule in files.iter().filter_map(|file| file.kept_by_app) {
        *counts.entry(rule).or_default() += 1;
    }
    let notice = |(rule, number): (&str, u64)| {
        let files = plural(number, "file", "files");
        format!(
            "An app may use {files} without any page that names them ({rule}): kept out of the lists of unreferenced files."
        )
    };
    counts.into_iter().map(notice).collect()
}

/// One notice on all addresses in the form of a Confluence file on hosts that are not known as hosts of this site.
pub(super) fn unknown_hosts(inventory: &Inventory) -> Option<String> {
    let site = inventory.scan.own_site();
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for content in inventory.contents.iter().filter(|content| !content.status.is_trash()) {
        let pictures = content.header_images.iter().flat_map(|image| header_image_references(&image.id, &site));
        let pictures: Vec<Reference> = pictures.collect();
        // an address in running text is kept with and without the punctuation after it, the longest first
        let mut longer = "";
        for reference in content.body.iter().flat_map(|body| &body.references).chain(&pictures) {
            let Target::OnUnknownHost { host, targets } = &reference.target else { continue };
            let name = targets.iter().flat_map(names_in).next().unwrap_or_default();
            if reference.construct == Construct::UrlInText && !name.is_empty() && longer.starts_with(name) {
                continue;
            }
            longer = name;
            *counts.entry(host.clone()).or_default() += 1;
        }
    }
    let mut hosts: Vec<(String, u64)> = counts.into_iter().collect();
    hosts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let (first, total) = (hosts.first()?, hosts.len());
    let described = |(host, number): &(String, u64)| format!("{} on {host}", plural(*number, "address", "addresses"));
    let mut list = hosts.iter().take(MAX_HOSTS).map(described).collect::<Vec<_>>().join(", ");
    if total > MAX_HOSTS {
        let more = count(u64::try_from(total - MAX_HOSTS).unwrap_or(u64::MAX));
        list = format!("{list} and others on {more} more hosts");
    }
    let (verb, host) = match (total, first.1) {
        (1, 1) => ("looks like an address", "the host"),
        (1, _) => ("look like addresses", "the host"),
        _ => ("look like addresses", "a host"),
    };
    Some(format!(
        "{list} {verb} of this site: add {host} to alias_hosts if the site used it before, and run the audit again. Until \
         then, files of the same names are undetermined."
    ))
}
