//! Old versions of all reported attachments: their names, which may still be in use, and their sizes.
//!
//! Each takes a request, because no list has their sizes. "Not found" does not prove that a version was deleted: an
//! account without permission gets the same response. The file's list of versions (`version_list.rs`) decides that for
//! all versions that were not found.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::coverage::UnitKind;
use super::crawl::{Crawl, GROUP};
use super::inventory_cache::CachedVersion;
use super::ledger::WorkUnit;
use super::site::{Attachment, Content, ContentId, OldVersion, Space, SpaceId};
use super::version_list::{self, VersionList};
use super::{convert, current_version_number};

/// Reads the old versions, one request each. Files of spaces that are not reported are left out, because the report
/// needs neither their sizes nor their names.
pub(super) async fn read(
    crawl: &Crawl<'_>,
    files: &mut [Attachment],
    contents: &[Content],
    spaces: &[Space],
    reported: Option<&[String]>,
) {
    let unreported: HashSet<&SpaceId> = spaces
        .iter()
        .filter(|space| reported.is_some_and(|keys| !keys.contains(&space.key)))
        .map(|space| &space.id)
        .collect();
    let space_of: HashMap<&ContentId, &SpaceId> = contents
        .iter()
        .filter(|content| !content.kind.is_comment())
        .filter_map(|content| Some((&content.id, content.space.as_ref()?)))
        .collect();
    let is_reported = |file: &Attachment| {
        let space = file.container.id().and_then(|id| space_of.get(id));
        space.is_none_or(|space| !unreported.contains(*space))
    };
    for file in files.iter_mut().filter(|file| file.version == 0) {
        if !is_reported(file) || !crawl.options.judges(file) {
            file.version = 1;
        }
    }
    let chosen: Vec<usize> = (0..files.len()).filter(|&index| is_reported(&files[index])).collect();
    read_of(crawl, files, &chosen).await;
}

/// An old version that is planned and whose unit is open.
struct PendingVersion<'c> {
    /// Index of its file.
    index: usize,
    number: u32,
    unit: WorkUnit<'c>,
}

/// Reads the old versions of the files at these indexes that were not read yet, except files that the run does not judge.
pub(super) async fn read_of(crawl: &Crawl<'_>, files: &mut [Attachment], chosen: &[usize]) {
    let judged: Vec<usize> = chosen.iter().copied().filter(|&index| crawl.options.judges(&files[index])).collect();
    let chosen = judged.as_slice();
    settle_numbers(crawl, files, chosen).await;
    let mut lists =
        read_lists(crawl, files, chosen.iter().copied().filter(|&index| version_list::claims_more(&files[index])))
            .await;
    let mut missing: Vec<(usize, u32)> = Vec::new();
    let mut doubted: BTreeMap<usize, Vec<PendingVersion<'_>>> = BTreeMap::new();
    for &index in chosen {
        let numbers = match lists.get(&index) {
            None => version_list::old_numbers(&files[index]).collect(),
            Some(list) => listed_numbers(crawl, &mut files[index], list),
        };
        let deleted = take_cached(crawl, &mut files[index], index, numbers, &mut missing);
        if !deleted.is_empty() {
            doubted.insert(index, deleted);
        }
    }
    crawl.phase("attachment versions", Some(missing.len() as u64));
    for group in missing.chunks(GROUP) {
        let wanted = group.iter().map(|&(index, number)| plan_version(crawl, &files[index], index, number)).collect();
        for wanted in request_versions(crawl, files, wanted).await {
            doubted.entry(wanted.index).or_default().push(wanted);
        }
    }
    let unread = doubted.keys().copied().filter(|index| !lists.contains_key(index));
    lists.extend(read_lists(crawl, files, unread).await);
    let again = doubted.into_values().flatten().filter_map(|wanted| settle(crawl, files, wanted, &lists)).collect();
    for PendingVersion { index, number, unit } in request_versions(crawl, files, again).await {
        unit.denied("not found, although the list of versions shows it");
        files[index].old_versions.push(unknown(number));
    }
    for &index in chosen {
        files[index].old_versions.sort_by_key(|version| version.number);
    }
}

/// Determines the missing numbers of current versions, for the files at these indexes.
async fn settle_numbers(crawl: &Crawl<'_>, files: &mut [Attachment], chosen: &[usize]) {
    let chosen: HashSet<usize> = chosen.iter().copied().collect();
    let unnumbered = files.iter_mut().enumerate().filter(|(index, file)| file.version == 0 && chosen.contains(index));
    let mut unnumbered: Vec<&mut Attachment> = unnumbered.map(|(_, file)| file).collect();
    for group in unnumbered.chunks_mut(GROUP) {
        crawl.all(group.iter_mut().map(|file| current_version_number::settle(crawl, file)).collect()).await;
    }
}

fn plan_version<'c>(crawl: &Crawl<'c>, file: &Attachment, index: usize, number: u32) -> PendingVersion<'c> {
    PendingVersion {
        index,
        number,
        unit: crawl.ledger.enter(UnitKind::AttachmentVersion, subject_of(file, Some(number))),
    }
}

fn subject_of(file: &Attachment, number: Option<u32>) -> String {
    let version = number.map_or_else(|| "versions".to_owned(), |number| format!("version {number}"));
    format!("{version} of attachment {} {:?}", file.id, file.title)
}

fn unknown(number: u32) -> OldVersion {
    OldVersion { number, title: None, size: None, file_id: None, created_at: None, author: None }
}

/// Reads the lists of versions of the files at these indexes.
async fn read_lists(
    crawl: &Crawl<'_>,
    files: &[Attachment],
    indexes: impl Iterator<Item = usize>,
) -> HashMap<usize, VersionList> {
    let indexes: Vec<usize> = indexes.collect();
    let mut lists = HashMap::new();
    if indexes.is_empty() {
        return lists;
    }
    crawl.phase("lists of versions", Some(indexes.len() as u64));
    for group in indexes.chunks(GROUP) {
        let read = group.iter().map(async |&index| (index, version_list::read(crawl, &files[index]).await));
        lists.extend(crawl.all(read.collect()).await);
    }
    lists
}

/// Returns the numbers of a file's old versions according to its list, for a file that claims too many to request them
/// all.
fn listed_numbers(crawl: &Crawl<'_>, file: &mut Attachment, list: &VersionList) -> Vec<u32> {
    let unit = crawl.ledger.enter(UnitKind::AttachmentVersion, subject_of(file, None));
    match list {
        Ok(numbers) => {
            unit.ok();
            numbers.range(..file.version).copied().collect()
        }
        Err(why) => {
            unit.failed(why);
            file.old_versions.push(unknown(file.version - 1));
            Vec::new()
        }
    }
}

/// Returns what earlier runs read of an old version: the report that is rechecked, or those that filled the cache.
pub(super) fn known_version(crawl: &Crawl<'_>, file: &Attachment, number: u32) -> Option<CachedVersion> {
    let earlier = crawl.options.earlier_files.as_ref().and_then(|earlier| earlier.version(file, number));
    earlier.map(CachedVersion::Read).or_else(|| crawl.cache.version(file, number))
}

/// Adds the versions that the cache has to the file, and those that have to be requested to `missing`. Returns those
/// that the cache has as deleted: the 404 may have meant "not visible".
fn take_cached<'c>(
    crawl: &Crawl<'c>,
    file: &mut Attachment,
    index: usize,
    numbers: Vec<u32>,
    missing: &mut Vec<(usize, u32)>,
) -> Vec<PendingVersion<'c>> {
    let known: HashSet<u32> = file.old_versions.iter().map(|version| version.number).collect();
    let mut deleted = Vec::new();
    for number in numbers.into_iter().filter(|number| !known.contains(number)) {
        match known_version(crawl, file, number) {
            Some(CachedVersion::Read(version)) => {
                crawl.ledger.remembered(UnitKind::AttachmentVersion);
                file.old_versions.push(version);
            }
            Some(CachedVersion::Deleted) => deleted.push(plan_version(crawl, file, index, number)),
            None => missing.push((index, number)),
        }
    }
    deleted
}

/// Requests old versions and adds them to their files. Returns those that were not found.
async fn request_versions<'c>(
    crawl: &Crawl<'c>,
    files: &mut [Attachment],
    wanted: Vec<PendingVersion<'c>>,
) -> Vec<PendingVersion<'c>> {
    let seen: &[Attachment] = files;
    let results =
        crawl.all(wanted.into_iter().map(|wanted| request_version(crawl, &seen[wanted.index], wanted)).collect()).await;
    let mut not_found = Vec::new();
    for result in results {
        match result {
            Ok((index, version)) => files[index].old_versions.push(version),
            Err(wanted) => not_found.push(wanted),
        }
    }
    not_found
}

/// Reads one old version and returns it with the index of its file; `Err` returns the version if it was not found.
async fn request_version<'c>(
    crawl: &Crawl<'c>,
    file: &Attachment,
    wanted: PendingVersion<'c>,
) -> Result<(usize, OldVersion), PendingVersion<'c>> {
    let result = crawl.api.attachment_version(file.id.as_str(), wanted.number).await;
    crawl.progress.advance(1);
    let PendingVersion { index, number, unit } = wanted;
    let version = match result {
        Ok(sent) => {
            let received = sent.version.as_ref().and_then(|version| version.number);
            if received.is_some_and(|received| received != number) {
                unit.failed("the server returned another version");
                unknown(number)
            } else {
                unit.ok();
                let version = convert::old_version(sent, number);
                if received.is_some() {
                    crawl.cache.save_version(file, &version);
                }
                version
            }
        }
        Err(error) if error.is_not_found() => return Err(PendingVersion { index, number, unit }),
        Err(error) => {
            unit.refused(&error);
            unknown(number)
        }
    };
    Ok((index, version))
}

/// Ends a version that was not found, depending on the list of versions: a version that the list lacks was deleted.
/// Returns a version that the list has, which is requested again.
fn settle<'c>(
    crawl: &Crawl<'_>,
    files: &mut [Attachment],
    wanted: PendingVersion<'c>,
    lists: &HashMap<usize, VersionList>,
) -> Option<PendingVersion<'c>> {
    let file = &mut files[wanted.index];
    let PendingVersion { number, unit, .. } = wanted;
    match lists.get(&wanted.index) {
        Some(Ok(numbers)) if !numbers.contains(&number) => {
            unit.gone();
            crawl.cache.save_deleted(file, number);
        }
        // it is not documented whether old versions of trashed files can be read, so it may exist
        _ if file.status.is_trash() => {
            unit.gone();
            file.old_versions.push(unknown(number));
        }
        Some(Ok(_)) => return Some(PendingVersion { unit, ..wanted }),
        Some(Err(why)) => {
            unit.failed(format!("not found, and the list of versions does not show whether it was deleted: {why}"));
            file.old_versions.push(unknown(number));
        }
        None => file.old_versions.push(unknown(number)),
    }
    None
}
