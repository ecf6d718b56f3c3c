//! The comparison of the list of all attachments with other lists (`reliability-security.md` A3.4, F-57, F-99).
//!
//! A list that ends too early gives no sign of it. Two other lists would know: the newest attachments first, which
//! shows a tail that is missing, and the lists of single owners, which show holes. A difference that no change of the
//! site explains makes the run incomplete. Where it is found, the owner's own list is read, so that the report says
//! what is missing there.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::ops::ControlFlow;

use chrono::{DateTime, Duration, Utc};

use super::convert;
use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::site::{Attachment, Container, Content, ContentId, ContentKind, Status};
use confluence_client::RequestError;
use confluence_client::api::Single;
use storage_format::{ContainerRef, Reference, Target};

/// Owners with the most files, owners of the newest files, others, and contents that name files of their own though the
/// list shows none: of each so many.
pub(super) const OWNERS_OF_EACH: usize = 10;
/// Owners read alone because another list showed a file of theirs that the site-wide one did not, at most: when there
/// are more, the list is known to be broken, and each further owner would tell the same.
const SUSPECTS: usize = 30;
/// How many of the newest attachments are compared: one page of the list.
const NEWEST: usize = 250;
/// How far before the start of the run a file counts as uploaded during it: times come from several computers.
const CLOCK_MARGIN: Duration = Duration::minutes(2);

/// The files of the site-wide list by the digits of their ids.
type Listed<'a> = HashMap<&'a str, &'a Attachment>;

/// Pages and posts whose own list of files has to agree: how lists treat the trash and archives is not documented.
#[derive(Debug, Default)]
pub(super) struct Published {
    ids: HashSet<ContentId>,
    /// Those whose body names a file of their own.
    naming: Vec<Container>,
}

impl Published {
    /// Whether this content is one of them.
    pub(super) fn has(&self, id: &ContentId) -> bool {
        self.ids.contains(id)
    }

    /// Those that name a file of their own while the site-wide list shows none of them. A link may be broken; many of
    /// them are what a list looks like that leaves out whole owners, or is empty.
    pub(super) fn without_listed_files(&self, files: &[Attachment]) -> Vec<&Container> {
        let listed: HashSet<&ContentId> = files.iter().filter_map(|file| file.container.id()).collect();
        self.naming.iter().filter(|owner| owner.id().is_some_and(|id| !listed.contains(id))).collect()
    }
}

/// Compares the site-wide list with others that have to agree with it.
pub(super) async fn attachments(crawl: &Crawl<'_>, files: &[Attachment], published: &Published) {
    compare(crawl, files, published, sample(files, &published.ids, crawl.started_at)).await;
}

/// The same without a sample of owners, for a snapshot: it counts files and condemns none, and is to cost little more
/// than its lists.
pub(super) async fn attachments_in_brief(crawl: &Crawl<'_>, files: &[Attachment], published: &Published) {
    compare(crawl, files, published, Vec::new()).await;
}

/// `owners` are read alone, with the current files that the site-wide list shows of them; others join them where there is
/// a reason.
async fn compare<'f>(
    crawl: &Crawl<'_>,
    files: &'f [Attachment],
    published: &'f Published,
    mut owners: Vec<(&'f Container, Vec<&'f Attachment>)>,
) {
    if crawl.ledger.has_gap(UnitKind::AttachmentList) {
        // that files are missing is known, and the run incomplete
        return;
    }
    let listed: Listed<'_> = files.iter().map(|file| (file.id.digits(), file)).collect();
    let strangers = newest(crawl, &listed).await;
    let mut silent = published.without_listed_files(files);
    silent.sort_by_key(|owner| lot(owner, crawl.started_at));
    owners.extend(silent.into_iter().take(OWNERS_OF_EACH).map(|owner| (owner, Vec::new())));
    let chosen: HashSet<&Container> = owners.iter().map(|(owner, _)| *owner).collect();
    let suspects = suspects(&strangers, files).into_iter().filter(|(owner, _)| !chosen.contains(owner));
    let owners: Vec<_> = owners.iter().cloned().chain(suspects).collect();
    crawl.all(owners.into_iter().map(|(owner, files)| one_owner(crawl, owner, &listed, files)).collect()).await;
}

/// Reads the owners of files alone that a list other than the site-wide one has shown.
pub(super) async fn owners_of(crawl: &Crawl<'_>, strangers: &[Attachment], files: &[Attachment]) {
    let suspects = suspects(strangers, files);
    if suspects.is_empty() {
        return;
    }
    let listed: Listed<'_> = files.iter().map(|file| (file.id.digits(), file)).collect();
    crawl.all(suspects.into_iter().map(|(owner, files)| one_owner(crawl, owner, &listed, files)).collect()).await;
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

/// What the lists of contents say of the owners of files.
pub(super) fn published(contents: &[Content]) -> Published {
    let mut published = Published::default();
    let owners = contents.iter().filter(|content| content.kind.owns_attachments());
    for content in owners.filter(|content| content.status == Status::Current) {
        published.ids.insert(content.id.clone());
        let names_own_file =
            |reference: &Reference| matches!(&reference.target, Target::File { container: ContainerRef::Own, .. });
        if content.body.as_ref().is_some_and(|body| body.references.iter().any(names_own_file)) {
            published.naming.push(match content.kind {
                ContentKind::BlogPost => Container::BlogPost(content.id.clone()),
                _ => Container::Page(content.id.clone()),
            });
        }
    }
    published
}

/// The end of a list is what goes missing first; the newest files are it. Gives those that the site-wide list lacks.
async fn newest(crawl: &Crawl<'_>, listed: &Listed<'_>) -> Vec<Attachment> {
    let unit = crawl.ledger.enter(UnitKind::ListComparison, "the newest attachments");
    let mut newest = Vec::new();
    let walked = crawl
        .api
        .newest_attachments(|sent| {
            newest.push(convert::attachment(sent));
            if newest.len() < NEWEST { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
        .await;
    if walked.end.is_err() {
        unit.settle(&walked.end);
        return Vec::new();
    }
    let missing = missing(&newest, listed, crawl.started_at);
    match missing.first() {
        None => unit.ok(),
        Some(first) => unit.failed(format!(
            "{} of the {} newest attachments are not in the list of all attachments, e.g. {} {:?}",
            missing.len(),
            newest.len(),
            first.id,
            first.title
        )),
    }
    missing.into_iter().cloned().collect()
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

/// The list of one owner's current files.
async fn one_owner(crawl: &Crawl<'_>, owner: &Container, listed: &Listed<'_>, known: Vec<&Attachment>) {
    let (which, words, id) = match owner {
        Container::Page(id) => (Single::Page, "page", id),
        Container::BlogPost(id) => (Single::BlogPost, "blog post", id),
        Container::CustomContent(_) | Container::None => return,
    };
    let unit = crawl.ledger.enter(UnitKind::ListComparison, format!("attachments of {words} {id}"));
    let mut found = Vec::new();
    let walked = crawl.api.attachments_of(which, id.as_str(), |sent| found.push(convert::attachment(sent))).await;
    match &walked.end {
        // deleted or hidden meanwhile: other lists tell which
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
    for file in known.into_iter().filter(|file| !ids.contains(file.id.digits())) {
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

/// Another order of owners in every run.
fn lot(owner: &Container, started_at: DateTime<Utc>) -> u64 {
    let mut hash = DefaultHasher::new();
    (started_at, owner).hash(&mut hash);
    hash.finish()
}

/// Owners to look at, with the current files they should have. Another part of the site in every run.
fn sample<'f>(
    files: &'f [Attachment],
    published: &HashSet<ContentId>,
    started_at: DateTime<Utc>,
) -> Vec<(&'f Container, Vec<&'f Attachment>)> {
    let mut owned: BTreeMap<&str, (&Container, Vec<&Attachment>)> = BTreeMap::new();
    for file in files.iter().filter(|file| file.container.is_page_or_post() && file.status == Status::Current) {
        if let Some(id) = file.container.id().filter(|id| published.contains(*id)) {
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

    fn file(id: u32, page: u32) -> Attachment {
        let sent = serde_json::json!({"id": format!("att{id}"), "pageId": page.to_string(), "status": "current",
            "createdAt": "2026-01-01T00:00:00Z", "version": {"number": 1}});
        convert::attachment(serde_json::from_value(sent).unwrap())
    }

    fn pages() -> HashSet<ContentId> {
        (0..500).map(|id| ContentId::new(id.to_string())).collect()
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
    fn f_55_only_what_was_uploaded_during_the_run_may_be_missing() {
        let (known, mut new, old) = (file(1, 1), file(2, 1), file(3, 1));
        new.created_at = Some(start() + Duration::seconds(5));
        let listed = HashMap::from([("1", &known)]);
        let found = [known.clone(), new, old];
        let missing = missing(&found, &listed, start());
        assert_eq!(missing.iter().map(|file| file.id.as_str()).collect::<Vec<_>>(), ["att3"]);
    }
}
