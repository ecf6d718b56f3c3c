//! Every old version of every reported attachment: its name, which may still be used, and its size.

use std::collections::{HashMap, HashSet};

use super::convert;
use super::coverage::UnitKind;
use super::crawl::{Crawl, GROUP};
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
    let mut missing: Vec<(usize, u32)> = Vec::new();
    for &index in chosen {
        let known = &files[index].old_versions;
        let numbers = 1..files[index].version;
        missing.extend(
            numbers
                .filter(|number| known.iter().all(|version| version.number != *number))
                .map(|number| (index, number)),
        );
    }
    crawl.progress.phase("attachment versions", Some(missing.len() as u64));
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
            Some(convert::old_version(sent, number))
        }
        Err(error) if error.is_not_found() => {
            unit.gone();
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
