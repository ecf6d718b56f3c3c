//! Every old version of every reported attachment: its name, which may still be used, and its size.
//!
//! Each is asked for alone, for no list tells sizes. That one is not found does not say that it was deleted: a visitor
//! without rights gets the same answer. The file's own list of versions tells (`version_list.rs`), once for all that
//! were not found.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::coverage::UnitKind;
use super::crawl::{Crawl, GROUP};
use super::ledger::Unit;
use super::memory::Remembered;
use super::site::{Attachment, Content, ContentId, OldVersion, Space, SpaceId};
use super::version_list::{self, VersionList};
use super::{convert, current_number};

/// Reads the old versions, one request each. Files of spaces that are not reported are left
/// out: neither their sizes nor their names matter to the report.
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
    for file in files.iter_mut().filter(|file| file.version == 0 && !is_reported(file)) {
        file.version = 1;
    }
    let chosen: Vec<usize> = (0..files.len()).filter(|&index| is_reported(&files[index])).collect();
    read_of(crawl, files, &chosen).await;
}

/// An old version that is planned and not settled yet.
struct Wanted<'c> {
    /// Place of its file.
    index: usize,
    number: u32,
    unit: Unit<'c>,
}

/// Reads the old versions of the files at these places that are not there yet.
pub(super) async fn read_of(crawl: &Crawl<'_>, files: &mut [Attachment], chosen: &[usize]) {
    settle_numbers(crawl, files, chosen).await;
    let mut lists =
        read_lists(crawl, files, chosen.iter().copied().filter(|&index| version_list::claims_more(&files[index])))
            .await;
    let mut missing: Vec<(usize, u32)> = Vec::new();
    let mut doubted: BTreeMap<usize, Vec<Wanted<'_>>> = BTreeMap::new();
    for &index in chosen {
        let numbers = match lists.get(&index) {
            None => version_list::old_numbers(&files[index]).collect(),
            Some(list) => listed_numbers(crawl, &mut files[index], list),
        };
        let deleted = remember(crawl, &mut files[index], index, numbers, &mut missing);
        if !deleted.is_empty() {
            doubted.insert(index, deleted);
        }
    }
    crawl.phase("attachment versions", Some(missing.len() as u64));
    for group in missing.chunks(GROUP) {
        let wanted = group.iter().map(|&(index, number)| want(crawl, &files[index], index, number)).collect();
        for wanted in ask(crawl, files, wanted).await {
            doubted.entry(wanted.index).or_default().push(wanted);
        }
    }
    let unread = doubted.keys().copied().filter(|index| !lists.contains_key(index));
    lists.extend(read_lists(crawl, files, unread).await);
    let again = doubted.into_values().flatten().filter_map(|wanted| settle(crawl, files, wanted, &lists)).collect();
    for Wanted { index, number, unit } in ask(crawl, files, again).await {
        unit.denied("not found alone, though the list of versions shows it");
        files[index].old_versions.push(unknown(number));
    }
    for &index in chosen {
        files[index].old_versions.sort_by_key(|version| version.number);
    }
}

/// Finds out the numbers of the current versions of those of the files at these places that lack them.
async fn settle_numbers(crawl: &Crawl<'_>, files: &mut [Attachment], chosen: &[usize]) {
    let chosen: HashSet<usize> = chosen.iter().copied().collect();
    let unnumbered = files.iter_mut().enumerate().filter(|(index, file)| file.version == 0 && chosen.contains(index));
    let mut unnumbered: Vec<&mut Attachment> = unnumbered.map(|(_, file)| file).collect();
    for group in unnumbered.chunks_mut(GROUP) {
        crawl.all(group.iter_mut().map(|file| current_number::settle(crawl, file)).collect()).await;
    }
}

/// Plans one old version.
fn want<'c>(crawl: &Crawl<'c>, file: &Attachment, index: usize, number: u32) -> Wanted<'c> {
    Wanted { index, number, unit: crawl.ledger.enter(UnitKind::AttachmentVersion, of(file, Some(number))) }
}

fn of(file: &Attachment, number: Option<u32>) -> String {
    let version = number.map_or_else(|| "versions".to_owned(), |number| format!("version {number}"));
    format!("{version} of attachment {} {:?}", file.id, file.title)
}

fn unknown(number: u32) -> OldVersion {
    OldVersion { number, title: None, size: None, file_id: None, created_at: None, author: None }
}

/// The lists of versions of the files at these places.
async fn read_lists(
    crawl: &Crawl<'_>,
    files: &[Attachment],
    places: impl Iterator<Item = usize>,
) -> HashMap<usize, VersionList> {
    let places: Vec<usize> = places.collect();
    let mut lists = HashMap::new();
    if places.is_empty() {
        return lists;
    }
    crawl.phase("lists of versions", Some(places.len() as u64));
    for group in places.chunks(GROUP) {
        let read = group.iter().map(async |&index| (index, version_list::read(crawl, &files[index]).await));
        lists.extend(crawl.all(read.collect()).await);
    }
    lists
}

/// The old versions of a file that claims so many that only those its list shows are asked for.
fn listed_numbers(crawl: &Crawl<'_>, file: &mut Attachment, list: &VersionList) -> Vec<u32> {
    let unit = crawl.ledger.enter(UnitKind::AttachmentVersion, of(file, None));
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

/// Takes what earlier runs have read of these versions, and adds those that have to be asked for to `missing`. Gives
/// those that were deleted then: 404 may have meant "not visible".
fn remember<'c>(
    crawl: &Crawl<'c>,
    file: &mut Attachment,
    index: usize,
    numbers: Vec<u32>,
    missing: &mut Vec<(usize, u32)>,
) -> Vec<Wanted<'c>> {
    let known: HashSet<u32> = file.old_versions.iter().map(|version| version.number).collect();
    let mut deleted = Vec::new();
    for number in numbers.into_iter().filter(|number| !known.contains(number)) {
        match crawl.memory.version(file, number) {
            Some(Remembered::Read(version)) => {
                crawl.ledger.remembered(UnitKind::AttachmentVersion);
                file.old_versions.push(version);
            }
            Some(Remembered::Deleted) => deleted.push(want(crawl, file, index, number)),
            None => missing.push((index, number)),
        }
    }
    deleted
}

/// Asks for old versions and puts them to their files. Gives those that were not found.
async fn ask<'c>(crawl: &Crawl<'c>, files: &mut [Attachment], wanted: Vec<Wanted<'c>>) -> Vec<Wanted<'c>> {
    let seen: &[Attachment] = files;
    let answers = crawl.all(wanted.into_iter().map(|wanted| one(crawl, &seen[wanted.index], wanted)).collect()).await;
    let mut not_found = Vec::new();
    for answer in answers {
        match answer {
            Ok((index, version)) => files[index].old_versions.push(version),
            Err(wanted) => not_found.push(wanted),
        }
    }
    not_found
}

/// One old version, with the place of its file; `Err` gives it back when it was not found.
async fn one<'c>(crawl: &Crawl<'c>, file: &Attachment, wanted: Wanted<'c>) -> Result<(usize, OldVersion), Wanted<'c>> {
    let result = crawl.api.attachment_version(file.id.as_str(), wanted.number).await;
    crawl.progress.advance(1);
    let Wanted { index, number, unit } = wanted;
    let version = match result {
        Ok(sent) => {
            let answered = sent.version.as_ref().and_then(|version| version.number);
            if answered.is_some_and(|answered| answered != number) {
                unit.failed("the server answered with another version");
                unknown(number)
            } else {
                unit.ok();
                let version = convert::old_version(sent, number);
                if answered.is_some() {
                    crawl.memory.keep_version(file, &version);
                }
                version
            }
        }
        Err(error) if error.is_not_found() => return Err(Wanted { index, number, unit }),
        Err(error) => {
            unit.refused(&error);
            unknown(number)
        }
    };
    Ok((index, version))
}

/// Ends what was not found as its file's list of versions tells: it was deleted when the list lacks it. Gives it back
/// when the list shows it, to be asked for again.
fn settle<'c>(
    crawl: &Crawl<'_>,
    files: &mut [Attachment],
    wanted: Wanted<'c>,
    lists: &HashMap<usize, VersionList>,
) -> Option<Wanted<'c>> {
    let file = &mut files[wanted.index];
    let Wanted { number, unit, .. } = wanted;
    match lists.get(&wanted.index) {
        Some(Ok(numbers)) if !numbers.contains(&number) => {
            unit.gone();
            crawl.memory.keep_deleted(file, number);
        }
        // whether old versions of files in the trash can be read at all is not documented, so it may well exist
        _ if file.status.is_trash() => {
            unit.gone();
            file.old_versions.push(unknown(number));
        }
        Some(Ok(_)) => return Some(Wanted { unit, ..wanted }),
        Some(Err(why)) => {
            unit.failed(format!(
                "not found, and the list of its file's versions does not tell whether it was deleted: {why}"
            ));
            file.old_versions.push(unknown(number));
        }
        None => file.old_versions.push(unknown(number)),
    }
    None
}
