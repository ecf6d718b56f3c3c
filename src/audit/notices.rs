//! Remarks for people: what counts for no file, and what was found that they may want to act upon.

use std::collections::BTreeMap;

use super::resolve::names_in;
use super::verdict::FileVerdict;
use crate::inventory::{Content, Inventory};
use crate::support::wording::{count, plural};
use storage_format::{Construct, Reading, Reference, Target, header_image_references};

/// Hosts named in one remark.
const MAX_HOSTS: usize = 10;

/// All remarks, each kind in its own order. `too_much`: the contents that ask for more work than one may.
pub(super) fn all(
    inventory: &Inventory,
    files: &[FileVerdict],
    too_much: &[usize],
    unknown_hosts: Option<&String>,
) -> Vec<String> {
    let mut notices = of_contents(inventory, too_much);
    notices.extend(unknown_hosts.cloned());
    notices.extend(kept_by_apps(files));
    notices
}

/// A body that was searched instead of read.
fn given_up(content: &Content, reading: &Reading) -> Option<String> {
    let Reading::GivenUp { problem, text: Some(_), shows_unnamed_files } = reading else { return None };
    let and_pages = if *shows_unnamed_files {
        ", and so are the files of its own page and of every page whose title or id does, for it may show them unnamed"
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

/// One remark on all bodies of which nothing was kept to be searched: there are many of them.
fn not_kept(inventory: &Inventory) -> Option<String> {
    let alive = || inventory.contents.iter().filter(|content| !content.status.is_trash());
    let mut not_kept = alive().filter_map(|content| match &content.body.as_ref()?.reading {
        Reading::Lenient { problem, residue: None } => {
            let what = "is not well-formed, and what was not understood of it was not kept to be searched";
            Some((content, problem, what))
        }
        Reading::GivenUp { problem, text: None, .. } => {
            Some((content, problem, "was neither read nor searched as text"))
        }
        _ => None,
    });
    let (first, problem, what) = not_kept.next()?;
    let more = match u64::try_from(not_kept.count()).unwrap_or(u64::MAX) {
        0 => String::new(),
        more => format!("; {} could not be searched either", plural(more, "other body", "other bodies")),
    };
    Some(format!(
        "The {} \"{}\" ({}) {what} ({problem}), for too many bodies are like it{more}. All files without another use are \
         undetermined.",
        first.kind.label(),
        first.title,
        first.id,
    ))
}

fn asks_too_much(content: &Content) -> String {
    format!(
        "The {} \"{}\" ({}) lists more files than can be looked up. Files without another use that it may list are \
         undetermined.",
        content.kind.label(),
        content.title,
        content.id,
    )
}

/// Bodies that were not read or not followed to the end, and macros that list whole spaces or what a search finds.
fn of_contents(inventory: &Inventory, too_much: &[usize]) -> Vec<String> {
    let mut notices: Vec<String> =
        too_much.iter().map(|&content| asks_too_much(&inventory.contents[content])).collect();
    notices.extend(not_kept(inventory));
    for content in inventory.contents.iter().filter(|content| !content.status.is_trash()) {
        notices.extend(content.body.as_ref().and_then(|body| given_up(content, &body.reading)));
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
                "The {} \"{}\" {what}. That counts as a use of none of them: look at it before you delete.",
                content.kind.label(),
                content.title
            ));
        }
    }
    notices.sort();
    notices.dedup();
    notices
}

/// Files that apps find without any markup that names them, by rule.
fn kept_by_apps(files: &[FileVerdict]) -> Vec<String> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for rule in files.iter().filter_map(|file| file.kept_by_app) {
        *counts.entry(rule).or_default() += 1;
    }
    let told = |(rule, number): (&str, u64)| {
        let (files, verb) = (plural(number, "file", "files"), if number == 1 { "is" } else { "are" });
        format!(
            "{files} {verb} found by an app without any page that names them ({rule}). They are kept out of the lists."
        )
    };
    counts.into_iter().map(told).collect()
}

/// One remark on addresses in the form of a Confluence file on hosts that are not known as the site's own.
pub(super) fn unknown_hosts(inventory: &Inventory) -> Option<String> {
    let site = inventory.scan.own_site();
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for content in inventory.contents.iter().filter(|content| !content.status.is_trash()) {
        let pictures = content.header_images.iter().flat_map(|image| header_image_references(&image.id, &site));
        let pictures: Vec<Reference> = pictures.collect();
        // an address in running text is kept with and without the marks behind it, the longest first
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
    let (verb, it) = if total == 1 { (if first.1 == 1 { "looks" } else { "look" }, "it") } else { ("look", "them") };
    Some(format!(
        "{list} {verb} like this site: add {it} to alias_hosts where the site was before, and run the audit again. Until then \
         files of the same names count as undetermined."
    ))
}
