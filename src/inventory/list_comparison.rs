//! The comparison of the list of all attachments with other lists (F-57, F-99).
//!
//! A list that ends too early, or leaves something out, gives no sign of it. The closing walk takes it in its other order;
//! the lists of single owners show holes that both orders share. A difference that no change of the site explains makes
//! the run incomplete. Where it is found, the owner's own list is read, so that the report says what is missing there.
//!
//! Both orders may be cut at their ends. What they show is the first files and the last ones; as long as they share one,
//! nothing lies between. What is left: holes in the middle at owners outside the sample whose bodies name nothing, which
//! only the search would show; and an empty list on a site of more owners than are asked, whose only files lie in the
//! trash or an archive.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Duration, Utc};

use super::convert;
use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::owners_to_ask::{OWNERS_OF_EACH, OwnersToAsk, lot};
use super::site::{Attachment, Container, Status};
use confluence_client::RequestError;
use confluence_client::api::Single;

/// Owners read alone because another list showed a file of theirs that the site-wide one did not, at most: when there
/// are more, the list is known to be broken, and each further owner would tell the same.
const SUSPECTS: usize = 30;
/// How far before the start of the run a file counts as uploaded during it: times come from several computers.
const CLOCK_MARGIN: Duration = Duration::minutes(2);

/// The files of the site-wide list by the digits of their ids.
type Listed<'a> = HashMap<&'a str, &'a Attachment>;

/// Compares the site-wide list with those of single owners: a sample, and those that give reason for doubt.
pub(super) async fn attachments(crawl: &Crawl<'_>, files: &[Attachment], to_ask: &OwnersToAsk) {
    if crawl.ledger.has_gap(UnitKind::AttachmentList) {
        // that files are missing is known, and the run incomplete
        return;
    }
    let sample = sample(files, to_ask, crawl.started_at);
    let sampled: HashSet<&Container> = sample.iter().map(|(owner, _)| *owner).collect();
    let signs = to_ask.without(&sampled, crawl.started_at).into_iter().map(|owner| (owner, Vec::new()));
    read_alone(crawl, sample.iter().cloned().chain(signs).collect(), &listed(files), to_ask).await;
}

/// Compares the site-wide list with those of owners of which it shows no file. For a snapshot: it counts files and
/// condemns none, and is to cost little more than its lists.
pub(super) async fn attachments_in_brief(crawl: &Crawl<'_>, files: &[Attachment], to_ask: &OwnersToAsk) {
    if crawl.ledger.has_gap(UnitKind::AttachmentList) {
        return;
    }
    let owners = to_ask.without_listed_files(crawl.started_at);
    let owners = owners.into_iter().map(|owner| (owner, Vec::new())).collect();
    read_alone(crawl, owners, &listed(files), to_ask).await;
}

fn listed(files: &[Attachment]) -> Listed<'_> {
    files.iter().map(|file| (file.id.digits(), file)).collect()
}

/// Reads the lists of these owners, with the current files that the site-wide list shows of them. Where it shows none,
/// one owner that has a file is enough: nobody knows what else it left out.
async fn read_alone(
    crawl: &Crawl<'_>,
    owners: Vec<(&Container, Vec<&Attachment>)>,
    listed: &Listed<'_>,
    to_ask: &OwnersToAsk,
) {
    for group in owners.chunks(OWNERS_OF_EACH) {
        let read = group.iter().map(|(owner, files)| one_owner(crawl, owner, files, listed, to_ask));
        crawl.all(read.collect()).await;
        if listed.is_empty() && crawl.ledger.has_gap(UnitKind::ListComparison) {
            break;
        }
    }
}

/// Reads the owners of files alone that a list other than the site-wide one has shown: the run is incomplete already.
pub(super) async fn owners_of(crawl: &Crawl<'_>, strangers: &[Attachment], files: &[Attachment]) {
    let suspects = suspects(strangers, files);
    if suspects.is_empty() {
        return;
    }
    read_alone(crawl, suspects, &listed(files), &OwnersToAsk::default()).await;
}

/// The owners of strangers, each once, with the current files that the site-wide list shows of them.
fn suspects<'f>(strangers: &'f [Attachment], files: &'f [Attachment]) -> Vec<(&'f Container, Vec<&'f Attachment>)> {
    let mut owned: BTreeMap<&str, (&Container, Vec<&Attachment>)> = BTreeMap::new();
    for owner in strangers.iter().map(|file| &file.container).filter(|owner| owner.is_page_or_post()) {
        if let Some(id) = owner.id().filter(|_| owned.len() < SUSPECTS) {
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

/// Files of another list that the site-wide one should have shown: those that were there before the run began.
fn missing<'f>(found: &'f [Attachment], listed: &Listed<'_>, started_at: DateTime<Utc>) -> Vec<&'f Attachment> {
    let since = started_at - CLOCK_MARGIN;
    found
        .iter()
        .filter(|file| !listed.contains_key(file.id.digits()))
        .filter(|file| file.created_at.is_none_or(|created| created < since))
        .collect()
}

/// The list of one owner's current files; where the site-wide list shows no file at all, those in the trash too.
async fn one_owner(
    crawl: &Crawl<'_>,
    owner: &Container,
    known: &[&Attachment],
    listed: &Listed<'_>,
    to_ask: &OwnersToAsk,
) {
    let (which, words, id) = match owner {
        Container::Page(id) => (Single::Page, "page", id),
        Container::BlogPost(id) => (Single::BlogPost, "blog post", id),
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
    let walked = crawl.api.attachments_of(which, id.as_str(), take).await;
    match &walked.end {
        Err(error) if error.is_not_found() && to_ask.is_published(id) => {
            crawl.settle_missing(unit, which, id.as_str()).await;
            return;
        }
        // whether the files of contents in the trash and in archives are listed is not documented
        Err(error) if error.is_not_found() => return unit.gone(),
        Err(error) => return unit.refused(error),
        Ok(()) => {}
    }
    let missing = missing(&found, listed, crawl.started_at);
    if let Some(first) = missing.first() {
        return unit.failed(format!(
            "{} of its {} attachments are not in the list of all attachments, e.g. {} {:?}",
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
                return unit.failed(format!("{} {name:?} is in the list of all attachments only", file.id));
            }
            Err(error) => return unit.refused(&error),
        }
    }
    unit.ok();
}

/// Whether a file still is a current one of the same owner, so that the owner's list should have shown it.
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

/// Owners to look at, with the current files they should have. Another part of the site in every run.
fn sample<'f>(
    files: &'f [Attachment],
    to_ask: &OwnersToAsk,
    started_at: DateTime<Utc>,
) -> Vec<(&'f Container, Vec<&'f Attachment>)> {
    let mut owned: BTreeMap<&str, (&Container, Vec<&Attachment>)> = BTreeMap::new();
    for file in files.iter().filter(|file| file.container.is_page_or_post() && file.status == Status::Current) {
        if let Some(id) = file.container.id().filter(|id| to_ask.is_published(id)) {
            owned.entry(id.as_str()).or_insert((&file.container, Vec::new())).1.push(file);
        }
    }
    let mut left: Vec<(&Container, Vec<&Attachment>)> = owned.into_values().collect();
    let mut chosen = Vec::new();
    left.sort_by_key(|(_, files)| files.len());
    chosen.extend(left.drain(left.len().saturating_sub(OWNERS_OF_EACH)..));
    left.sort_by_key(|(_, files)| files.iter().filter_map(|file| file.created_at).max());
    chosen.extend(left.drain(left.len().saturating_sub(OWNERS_OF_EACH)..));
    left.sort_by_key(|(owner, _)| lot(owner, started_at));
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

    fn pages() -> OwnersToAsk {
        let page = |id: u32| {
            let sent = serde_json::json!({"id": id.to_string(), "status": "current"});
            convert::content(serde_json::from_value(sent).unwrap(), ContentKind::Page, None)
        };
        OwnersToAsk::of(&(0..500).map(page).collect::<Vec<_>>(), &[])
    }

    fn start() -> DateTime<Utc> {
        convert::time(Some("2026-11-21T10:00:00Z")).unwrap()
    }

    #[test]
    fn a_small_site_is_walked_whole_and_a_large_one_in_part() {
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
        assert_ne!(owners(&chosen), owners(&later), "the next run looks at others");
    }

    #[test]
    fn only_what_was_uploaded_during_the_run_may_be_missing_f_55() {
        let (known, mut new, old) = (file(1, 1), file(2, 1), file(3, 1));
        new.created_at = Some(start() + Duration::seconds(5));
        let listed = HashMap::from([("1", &known)]);
        let found = [known.clone(), new, old];
        let missing = missing(&found, &listed, start());
        assert_eq!(missing.iter().map(|file| file.id.as_str()).collect::<Vec<_>>(), ["att3"]);
    }
}
