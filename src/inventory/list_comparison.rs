//! Comparison of the list of all attachments with the lists of single pages and posts (F-57, F-99).
//!
//! A list that ends early or omits an item shows no error. The final pass reads the list in its other order, and the
//! lists of single owners reveal holes that both orders share. A difference that no change of the site explains makes
//! the run incomplete. Wherever one is found, the owner's own list is read, so that the report says what is missing
//! there.
//!
//! Each order may be cut off at its end. One shows the first files, the other the last ones, and as long as they have a
//! file in common, nothing between them is missing. Two cases are not detected here: a hole in the middle, at an owner
//! outside the sample whose body does not name the missing file (only the search would show it); and an empty list on a
//! site with more owners than are checked, whose only files are in the trash or archived.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Duration, Utc};

use super::convert;
use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::owners_to_check::{OWNERS_OF_EACH, OwnersToCheck, rotation_key};
use super::site::{Attachment, Container, Status};
use confluence_client::RequestError;
use confluence_client::api::ContentType;

/// Most owners whose lists are read because another list showed a file of theirs that the site-wide list does not have.
/// With more of them, the list is known to be broken, and further owners would add nothing.
const MAX_SUSPECTS: usize = 30;
/// A file created this long before the start of the run still counts as uploaded during it, because the times come from
/// different computers.
const CLOCK_MARGIN: Duration = Duration::minutes(2);

/// The files of the site-wide list, by id without prefix.
type FilesById<'a> = HashMap<&'a str, &'a Attachment>;

/// Compares the site-wide list with the lists of single owners: of a sample, and of those with a reason to check.
pub(super) async fn attachments(crawl: &Crawl<'_>, files: &[Attachment], to_check: &OwnersToCheck) {
    if crawl.ledger.has_gap(UnitKind::AttachmentList) {
        // the run is already known to be incomplete
        return;
    }
    let sample = sample(files, to_check, crawl.started_at);
    let sampled: HashSet<&Container> = sample.iter().map(|(owner, _)| *owner).collect();
    let with_reason = to_check.without(&sampled, crawl.started_at).into_iter().map(|owner| (owner, Vec::new()));
    compare_owners(crawl, sample.iter().cloned().chain(with_reason).collect(), &listed(files), to_check).await;
}

/// Compares the site-wide list with the lists of owners of whose files it shows none. For a snapshot, which only counts
/// files, judges none, and is to cost little more than its lists.
pub(super) async fn attachments_in_brief(crawl: &Crawl<'_>, files: &[Attachment], to_check: &OwnersToCheck) {
    if crawl.ledger.has_gap(UnitKind::AttachmentList) {
        return;
    }
    let owners = to_check.without_listed_files(crawl.started_at);
    let owners = owners.into_iter().map(|owner| (owner, Vec::new())).collect();
    compare_owners(crawl, owners, &listed(files), to_check).await;
}

fn listed(files: &[Attachment]) -> FilesById<'_> {
    files.iter().map(|file| (file.id.digits(), file)).collect()
}

/// Compares the lists of these owners with the current files that the site-wide list shows for them. If the site-wide
/// list is empty, one owner with a file is enough: what else it left out is unknown.
async fn compare_owners(
    crawl: &Crawl<'_>,
    owners: Vec<(&Container, Vec<&Attachment>)>,
    listed: &FilesById<'_>,
    to_check: &OwnersToCheck,
) {
    for group in owners.chunks(OWNERS_OF_EACH) {
        let read = group.iter().map(|(owner, files)| compare_owner(crawl, owner, files, listed, to_check));
        crawl.all(read.collect()).await;
        if listed.is_empty() && crawl.ledger.has_gap(UnitKind::ListComparison) {
            break;
        }
    }
}

/// Reads the lists of the owners of `unlisted` files, which a list other than the site-wide one showed: the run is
/// incomplete already.
pub(super) async fn owners_of(crawl: &Crawl<'_>, unlisted: &[Attachment], files: &[Attachment]) {
    let suspects = suspects(unlisted, files);
    if suspects.is_empty() {
        return;
    }
    compare_owners(crawl, suspects, &listed(files), &OwnersToCheck::default()).await;
}

/// Returns the owners of `unlisted` files without duplicates, with the current files that the site-wide list shows for
/// them.
fn suspects<'f>(unlisted: &'f [Attachment], files: &'f [Attachment]) -> Vec<(&'f Container, Vec<&'f Attachment>)> {
    let mut owned: BTreeMap<&str, (&Container, Vec<&Attachment>)> = BTreeMap::new();
    for owner in unlisted.iter().map(|file| &file.container).filter(|owner| owner.is_page_or_post()) {
        if let Some(id) = owner.id().filter(|_| owned.len() < MAX_SUSPECTS) {
            owned.entry(id.as_str()).or_insert((owner, Vec::new()));
        }
    }
    for file in files.iter().filter(|file| file.status == Status::Current) {
        if let Some((_, files)) = file.container.id().and_then(|id| owned.get_mut(id.as_str())) {
            files.push(file);
        }
    }
    owned.into_values().collect()
}

/// Returns the files of another list that the site-wide one lacks, except those created during the run.
fn missing<'f>(found: &'f [Attachment], listed: &FilesById<'_>, started_at: DateTime<Utc>) -> Vec<&'f Attachment> {
    let since = started_at - CLOCK_MARGIN;
    found
        .iter()
        .filter(|file| !listed.contains_key(file.id.digits()))
        .filter(|file| file.created_at.is_none_or(|created| created < since))
        .collect()
}

/// Compares the list of one owner's current files. If the site-wide list is empty, files in the trash count, too.
async fn compare_owner(
    crawl: &Crawl<'_>,
    owner: &Container,
    known: &[&Attachment],
    listed: &FilesById<'_>,
    to_check: &OwnersToCheck,
) {
    let (which, words, id) = match owner {
        Container::Page(id) => (ContentType::Page, "page", id),
        Container::BlogPost(id) => (ContentType::BlogPost, "blog post", id),
        Container::CustomContent(_) | Container::None => return,
    };
    let unit = crawl.ledger.enter(UnitKind::ListComparison, format!("attachments of {words} {id}"));
    let mut found = Vec::new();
    let take = |sent| {
        let file = convert::attachment(sent);
        if file.status == Status::Current || listed.is_empty() {
            found.push(file);
        }
    };
    let listing = crawl.api.attachments_of(which, id.as_str(), take).await;
    match &listing.end {
        Err(error) if error.is_not_found() && to_check.is_published(id) => {
            crawl.settle_missing(unit, which, id.as_str()).await;
            return;
        }
        // it is not documented whether the files of trashed and archived contents are listed
        Err(error) if error.is_not_found() => return unit.gone(),
        Err(error) => return unit.refused(error),
        Ok(()) => {}
    }
    let missing = missing(&found, listed, crawl.started_at);
    if let Some(first) = missing.first() {
        return unit.failed(format!(
            "{} of its {} attachments are missing from the list of all attachments, such as {} {:?}",
            missing.len(),
            found.len(),
            first.id,
            first.title
        ));
    }
    let ids: HashSet<&str> = found.iter().map(|file| file.id.digits()).collect();
    for file in known.iter().filter(|file| !ids.contains(file.id.digits())) {
        match is_still_there(crawl, file).await {
            Ok(false) => {}
            Ok(true) => {
                let name = &file.title;
                return unit
                    .failed(format!("{} {name:?} is in the list of all attachments, but not in this one", file.id));
            }
            Err(error) => return unit.refused(&error),
        }
    }
    unit.ok();
}

/// Returns whether a file still is a current one of the same owner, so that the owner's list should have it.
async fn is_still_there(crawl: &Crawl<'_>, file: &Attachment) -> Result<bool, RequestError> {
    match crawl.api.attachment(file.id.as_str()).await {
        Ok(sent) => {
            let now = convert::attachment(sent);
            Ok(now.status == Status::Current && now.container == file.container)
        }
        Err(error) if error.is_not_found() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Selects owners to check, with the current files that their lists should have: those with the most files, those with
/// the newest files, and others that differ in every run.
fn sample<'f>(
    files: &'f [Attachment],
    to_check: &OwnersToCheck,
    started_at: DateTime<Utc>,
) -> Vec<(&'f Container, Vec<&'f Attachment>)> {
    let mut owned: BTreeMap<&str, (&Container, Vec<&Attachment>)> = BTreeMap::new();
    for file in files.iter().filter(|file| file.container.is_page_or_post() && file.status == Status::Current) {
        if let Some(id) = file.container.id().filter(|id| to_check.is_published(id)) {
            owned.entry(id.as_str()).or_insert((&file.container, Vec::new())).1.push(file);
        }
    }
    let mut left: Vec<(&Container, Vec<&Attachment>)> = owned.into_values().collect();
    let mut chosen = Vec::new();
    left.sort_by_key(|(_, files)| files.len());
    chosen.extend(left.drain(left.len().saturating_sub(OWNERS_OF_EACH)..));
    left.sort_by_key(|(_, files)| files.iter().filter_map(|file| file.created_at).max());
    chosen.extend(left.drain(left.len().saturating_sub(OWNERS_OF_EACH)..));
    left.sort_by_key(|(owner, _)| rotation_key(owner, started_at));
    chosen.extend(left.drain(left.len().saturating_sub(OWNERS_OF_EACH)..));
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{ContentId, ContentKind};

    fn file(id: u32, page: u32) -> Attachment {
        let sent = serde_json::json!({"id": format!("att{id}"), "pageId": page.to_string(), "status": "current",
            "createdAt": "2026-01-01T00:00:00Z", "version": {"number": 1}});
        convert::attachment(serde_json::from_value(sent).unwrap())
    }

    fn pages() -> OwnersToCheck {
        let page = |id: u32| {
            let sent = serde_json::json!({"id": id.to_string(), "status": "current"});
            convert::content(serde_json::from_value(sent).unwrap(), ContentKind::Page, None)
        };
        OwnersToCheck::of(&(0..500).map(page).collect::<Vec<_>>(), &[])
    }

    fn start() -> DateTime<Utc> {
        convert::time(Some("2026-11-21T10:00:00Z")).unwrap()
    }

    #[test]
    fn all_owners_of_a_small_site_are_checked_and_a_sample_of_a_large_one() {
        let files: Vec<Attachment> = (0..20).map(|id| file(id, id)).collect();
        assert_eq!(sample(&files, &pages(), start()).len(), 20);
        let mut files: Vec<Attachment> = (0..500).map(|id| file(id, id)).collect();
        files.extend((500..540).map(|id| file(id, 7)));
        let chosen = sample(&files, &pages(), start());
        assert_eq!(chosen.len(), 3 * OWNERS_OF_EACH);
        let most = chosen.iter().find(|(owner, _)| **owner == Container::Page(ContentId::new("7"))).unwrap();
        assert_eq!(most.1.len(), 41);
        let owners = |chosen: &[(&Container, Vec<&Attachment>)]| {
            chosen.iter().map(|(owner, _)| (*owner).clone()).collect::<HashSet<_>>()
        };
        let later = sample(&files, &pages(), start() + Duration::days(7));
        assert_ne!(owners(&chosen), owners(&later), "the next run checks others");
    }

    #[test]
    fn only_files_uploaded_during_the_run_may_be_missing_f_55() {
        let (known, mut new, old) = (file(1, 1), file(2, 1), file(3, 1));
        new.created_at = Some(start() + Duration::seconds(5));
        let listed = HashMap::from([("1", &known)]);
        let found = [known.clone(), new, old];
        let missing = missing(&found, &listed, start());
        assert_eq!(missing.iter().map(|file| file.id.as_str()).collect::<Vec<_>>(), ["att3"]);
    }
}
