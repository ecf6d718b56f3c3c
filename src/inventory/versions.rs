//! Every old version of every reported attachment: its name, which may still be used, and its size.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::convert;
use super::coverage::UnitKind;
use super::crawl::{Crawl, GROUP};
use super::memory::Remembered;
use super::site::{Attachment, Content, ContentId, OldVersion, Space, SpaceId};

/// Reads the old versions, one request each (`confluence-api.md` 3.3). Files of spaces that are not reported are left
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

/// Reads the old versions of the files at these places that are not there yet.
pub(super) async fn read_of(crawl: &Crawl<'_>, files: &mut [Attachment], chosen: &[usize]) {
    for &index in chosen {
        let file = &mut files[index];
        if file.version == 0 {
            crawl.ledger.enter(UnitKind::AttachmentVersion, of(file, None)).failed("the number of versions is unknown");
            file.version = 1;
        }
    }
    let missing = remember(crawl, files, chosen).await;
    crawl.phase("attachment versions", Some(missing.len() as u64));
    for group in missing.chunks(GROUP) {
        let seen: &[Attachment] = files;
        let read = crawl.all(group.iter().map(|&(index, number)| one(crawl, seen, index, number)).collect()).await;
        for (index, version) in read {
            files[index].old_versions.extend(version);
        }
    }
    for &index in chosen {
        files[index].old_versions.sort_by_key(|version| version.number);
    }
}

/// Takes what earlier runs have read; gives the versions that have to be asked for.
async fn remember(crawl: &Crawl<'_>, files: &mut [Attachment], chosen: &[usize]) -> Vec<(usize, u32)> {
    let mut missing: Vec<(usize, u32)> = Vec::new();
    let mut deleted: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    for &index in chosen {
        let file = &mut files[index];
        let known: HashSet<u32> = file.old_versions.iter().map(|version| version.number).collect();
        for number in (1..file.version).filter(|number| !known.contains(number)) {
            match crawl.memory.take_version(file, number) {
                Some(Remembered::Read(version)) => {
                    crawl.ledger.remembered(UnitKind::AttachmentVersion);
                    file.old_versions.push(version);
                }
                Some(Remembered::Deleted) => deleted.entry(index).or_default().push(number),
                None => missing.push((index, number)),
            }
        }
    }
    let deleted: Vec<(usize, Vec<u32>)> = deleted.into_iter().collect();
    crawl.phase("deleted versions", Some(deleted.len() as u64));
    for group in deleted.chunks(GROUP) {
        let seen: &[Attachment] = files;
        let confirmed = group.iter().map(|(index, numbers)| still_deleted(crawl, seen, *index, numbers));
        missing.extend(crawl.all(confirmed.collect()).await.into_iter().flatten());
    }
    missing
}

/// Confirms by one list that remembered deletions stand. 404 may once have meant "not visible", so versions that the list
/// shows, and all of them when it cannot be read, are given back to be asked for.
async fn still_deleted(crawl: &Crawl<'_>, files: &[Attachment], index: usize, numbers: &[u32]) -> Vec<(usize, u32)> {
    let file = &files[index];
    let mut existing = HashSet::new();
    let walked = crawl.api.attachment_versions(file.id.as_str(), |version| {
        existing.insert(version.number.0);
    });
    // a list without even the current version is no list of this file
    let whole = walked.await.end.is_ok() && existing.contains(&file.version.to_string());
    crawl.progress.advance(1);
    let (gone, again): (Vec<u32>, Vec<u32>) =
        numbers.iter().partition(|number| whole && !existing.contains(&number.to_string()));
    for number in gone {
        crawl.ledger.enter(UnitKind::AttachmentVersion, of(file, Some(number))).gone();
    }
    again.into_iter().map(|number| (index, number)).collect()
}

fn of(file: &Attachment, number: Option<u32>) -> String {
    let version = number.map_or_else(|| "versions".to_owned(), |number| format!("version {number}"));
    format!("{version} of attachment {} {:?}", file.id, file.title)
}

/// One old version of the file at a place; `None` when it was deleted.
async fn one(crawl: &Crawl<'_>, files: &[Attachment], index: usize, number: u32) -> (usize, Option<OldVersion>) {
    let file = &files[index];
    let unit = crawl.ledger.enter(UnitKind::AttachmentVersion, of(file, Some(number)));
    let result = crawl.twice(|| crawl.api.attachment_version(file.id.as_str(), number)).await;
    crawl.progress.advance(1);
    let unknown = OldVersion { number, title: None, size: None, file_id: None, created_at: None, author: None };
    let version = match result {
        Ok(sent) => {
            let answered = sent.version.as_ref().and_then(|version| version.number);
            if answered.is_some_and(|answered| answered != number) {
                unit.failed("the server answered with another version");
                return (index, Some(unknown));
            }
            unit.ok();
            let version = convert::old_version(sent, number);
            if answered.is_some() {
                crawl.memory.keep_version(file, &version);
            }
            Some(version)
        }
        Err(error) if error.is_not_found() => {
            unit.gone();
            if !file.status.is_trash() {
                crawl.memory.keep_deleted(file, number);
            }
            // whether old versions of files in the trash can be read at all is not documented, so it may well exist
            file.status.is_trash().then_some(unknown)
        }
        Err(error) => {
            unit.refused(&error);
            Some(unknown)
        }
    };
    (index, version)
}
