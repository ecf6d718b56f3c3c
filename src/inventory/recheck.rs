//! The second look: before a file is called unreferenced, what could still use it is read again
//! (product contract 3.3).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;

use chrono::{DateTime, Duration, Utc};

use super::coverage::UnitKind;
use super::crawl::{Crawl, CrawlOptions, GROUP, single, sort_attachments, sort_contents, subject};
use super::identity::confirm_account;
use super::ledger::Ledger;
use super::memory::Memory;
use super::site::{Attachment, Content, ContentId, ContentKind, Status};
use super::{Inventory, OldSizes, bodies, convert, header_images, labels, lists, versions};
use crate::confluence::cloud::{CommentKind, Single};
use crate::confluence::{Cloud, RequestError, model};
use crate::progress::Progress;
use crate::storage_format::OwnSite;

/// How far before the start of the run changes are read again: times come from several computers of the site.
const CLOCK_MARGIN: Duration = Duration::minutes(2);

/// What a second look brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LookedAgain {
    /// Drafts found.
    pub drafts: usize,
    /// Contents that are new or differ from what was read before.
    pub contents: usize,
    /// Attachments that are new or differ.
    pub attachments: usize,
}

impl LookedAgain {
    /// Whether the inventory holds something new, so that usages have to be found again.
    pub fn found_news(&self) -> bool {
        *self != Self::default()
    }
}

/// Remembers what has been read again, so that further rounds do not repeat it.
#[derive(Debug, Default)]
pub struct SecondLook {
    drafts: HashSet<ContentId>,
    alone: HashSet<ContentId>,
    rounds: u32,
}

impl SecondLook {
    /// Nothing read again yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads again what could use the candidates (places in `inventory.attachments`), and puts it into the inventory.
    ///
    /// Afterwards the attachments may be in other places. An error means that the run had to stop; the coverage of the
    /// inventory then says what is missing, as it does for single gaps.
    pub async fn look_again(
        &mut self,
        api: &Cloud,
        inventory: &mut Inventory,
        candidates: &[usize],
        options: &CrawlOptions,
        progress: &Progress,
    ) -> Result<LookedAgain, RequestError> {
        let ledger = Ledger::reopen(std::mem::take(&mut inventory.coverage));
        let site = OwnSite::new(&inventory.scan.base_url, &inventory.scan.own_hosts);
        let (memory, started_at) = (Memory(options.cache.as_deref()), inventory.scan.started_at);
        let crawl = Crawl { api, options, progress, ledger: &ledger, site: &site, memory, started_at };
        let began = Utc::now();
        let labels_read = labels::wanted(&inventory.contents);
        let mut looked = LookedAgain::default();
        if options.verify_all {
            looked.contents += self.owners_alone(&crawl, inventory, candidates).await;
        }
        looked.drafts = self.drafts(&crawl, inventory, candidates).await;
        let first = self.rounds == 0;
        self.rounds += 1;
        // last, so that as little time as possible is left for changes nobody sees
        looked.contents += changed_contents(&crawl, inventory, first).await;
        looked.attachments = changed_attachments(&crawl, inventory).await;
        if !labels::wanted(&inventory.contents).is_subset(&labels_read) {
            labels::read(&crawl, &inventory.contents, &mut inventory.attachments).await;
        }
        lists::complete_comments(&mut inventory.contents, &inventory.attachments);
        sort_contents(&mut inventory.contents);
        sort_attachments(&mut inventory.attachments);
        confirm_account(api, &ledger, &inventory.scan.account.id).await;
        for warning in api.client().warnings() {
            ledger.warn(warning);
        }
        inventory.coverage = ledger.finish();
        inventory.requests = api.client().requests();
        inventory.scan.finished_at += Utc::now() - began;
        api.client().stopped().map_or(Ok(looked), Err)
    }

    /// Drafts of the candidates' owners, each once: where a candidate is newer than what was published, the draft may
    /// be what it was uploaded for.
    async fn drafts(&mut self, crawl: &Crawl<'_>, inventory: &mut Inventory, candidates: &[usize]) -> usize {
        let published = published_owners(inventory);
        let mut wanted = BTreeSet::new();
        for file in candidates.iter().filter_map(|&index| inventory.attachments.get(index)) {
            let Some(&owner) = file.container.id().and_then(|id| published.get(id)) else { continue };
            let content = &inventory.contents[owner];
            let newer = is_newer(file, content);
            if (newer || crawl.options.verify_all) && self.drafts.insert(content.id.clone()) {
                wanted.insert(owner);
            }
        }
        crawl.progress.phase("drafts", Some(wanted.len() as u64));
        let contents = &inventory.contents;
        let wanted: Vec<&Content> = wanted.into_iter().map(|owner| &contents[owner]).collect();
        let mut found = Vec::new();
        for group in wanted.chunks(GROUP) {
            found.extend(crawl.all(group.iter().map(|&owner| draft(crawl, owner)).collect()).await);
        }
        put_all(&mut inventory.contents, found.into_iter().flatten().collect())
    }

    /// Every owner of a candidate, published, with its properties, each once (`--verify all`).
    async fn owners_alone(&mut self, crawl: &Crawl<'_>, inventory: &mut Inventory, candidates: &[usize]) -> usize {
        let published = published_owners(inventory);
        let files = candidates.iter().filter_map(|&index| inventory.attachments.get(index));
        let owners: BTreeSet<usize> = files.filter_map(|file| published.get(file.container.id()?).copied()).collect();
        let owners: Vec<&Content> = owners
            .into_iter()
            .map(|owner| &inventory.contents[owner])
            .filter(|content| self.alone.insert(content.id.clone()))
            .collect();
        crawl.progress.phase("owners of candidates", Some(owners.len() as u64));
        let mut read = Vec::new();
        for group in owners.chunks(GROUP) {
            read.extend(crawl.all(group.iter().map(|&content| alone(crawl, content)).collect()).await);
        }
        put_all(&mut inventory.contents, read.into_iter().flatten().collect())
    }
}

/// Places of the published pages and posts outside the trash, by id.
fn published_owners(inventory: &Inventory) -> HashMap<ContentId, usize> {
    let contents = inventory.contents.iter().enumerate();
    contents
        .filter(|(_, content)| header_images::has_header(content) && content.status != Status::Draft)
        .map(|(index, content)| (content.id.clone(), index))
        .collect()
}

/// Whether a file came after its owner was last published; an unknown time may well be later.
fn is_newer(file: &Attachment, owner: &Content) -> bool {
    match (file.modified_at.or(file.created_at), owner.modified_at) {
        (Some(uploaded), Some(published)) => uploaded > published,
        _ => true,
    }
}

/// The draft of a published page or post, where there is one that differs from what is published.
async fn draft(crawl: &Crawl<'_>, published: &Content) -> Option<Content> {
    let which = single(published.kind)?;
    let id = published.id.as_str();
    let unit = crawl.ledger.enter(UnitKind::Draft, format!("draft of {}", subject(published)));
    let result = crawl.twice(|| crawl.api.content(which, id, true)).await;
    crawl.progress.advance(1);
    let sent = match result {
        Ok(sent) => sent,
        Err(error) if error.is_not_found() => {
            crawl.settle_missing(unit, which, id).await;
            return None;
        }
        Err(error) => {
            unit.refused(&error);
            return None;
        }
    };
    if sent.storage().is_none() {
        unit.failed("the answer bears no body");
        return None;
    }
    unit.ok();
    let mut draft = lists::content(crawl, sent, published.kind);
    // without a draft the published content comes back; what it names decides, whatever it calls itself
    let same = match (&draft.body, &published.body) {
        (Some(draft), Some(published)) => {
            draft.references == published.references && draft.reading == published.reading
        }
        _ => false,
    };
    if draft.status != Status::Draft && (same || draft.status.is_trash()) {
        return None;
    }
    draft.status = Status::Draft;
    Some(draft)
}

/// One published owner read again alone, with its header images.
async fn alone(crawl: &Crawl<'_>, known: &Content) -> Option<Content> {
    let which = single(known.kind)?;
    let unit = crawl.ledger.enter(UnitKind::SecondLook, subject(known));
    let result = crawl.twice(|| crawl.api.content(which, known.id.as_str(), false)).await;
    crawl.progress.advance(1);
    match result {
        Ok(sent) => {
            let mut content = lists::content(crawl, sent, known.kind);
            if content.body.is_none() && !content.status.is_trash() {
                unit.failed("the answer bears no body");
                return None;
            }
            unit.ok();
            content.header_images.clone_from(&known.header_images);
            header_images::read_alone(crawl, &mut content).await;
            Some(content)
        }
        Err(error) if error.is_not_found() => {
            crawl.settle_missing(unit, which, known.id.as_str()).await;
            None
        }
        Err(error) => {
            unit.refused(&error);
            None
        }
    }
}

/// Reads again what was changed since the run began; gives how much differs from what was read before.
async fn changed_contents(crawl: &Crawl<'_>, inventory: &mut Inventory, first_round: bool) -> usize {
    crawl.progress.phase("changes since the start", None);
    let since = inventory.scan.started_at - CLOCK_MARGIN;
    let (mut changed, posts, footer, inline) = tokio::join!(
        changes(crawl, ContentKind::Page, since),
        changes(crawl, ContentKind::BlogPost, since),
        changes(crawl, ContentKind::FooterComment, since),
        changes(crawl, ContentKind::InlineComment, since),
    );
    changed.extend(posts);
    changed.extend(footer);
    changed.extend(inline);
    let known: HashMap<(ContentKind, &ContentId), &Content> = inventory
        .contents
        .iter()
        .filter(|content| content.status != Status::Draft)
        .map(|content| ((content.kind, &content.id), content))
        .collect();
    changed.retain_mut(|content| {
        let Some(known) = known.get(&(content.kind, &content.id)) else { return true };
        content.header_images.clone_from(&known.header_images);
        content.container = content.container.take().or_else(|| known.container.clone());
        first_round || differs(known, content)
    });
    let mut changed = bodies::settle(crawl, changed).await;
    let with_header = changed.iter_mut().filter(|content| header_images::has_header(content));
    crawl.all(with_header.map(|content| header_images::read_alone(crawl, content)).collect()).await;
    put_all(&mut inventory.contents, changed)
}

/// Contents of one kind changed since a time, each in its newest state.
async fn changes(crawl: &Crawl<'_>, kind: ContentKind, since: DateTime<Utc>) -> Vec<Content> {
    let unit = crawl.ledger.enter(UnitKind::ChangesSinceStart, format!("changed {}s", kind.label()));
    let mut changed = BTreeMap::new();
    let take = |sent: model::Content| {
        let content = lists::content(crawl, sent, kind);
        if content.modified_at.is_some_and(|modified| modified < since) {
            return ControlFlow::Break(());
        }
        changed.insert(content.id.clone(), content);
        ControlFlow::Continue(())
    };
    let walked = match single(kind) {
        Some(Single::BlogPost) => crawl.api.changed_blog_posts(take).await,
        Some(Single::FooterComment) => crawl.api.changed_comments(CommentKind::Footer, take).await,
        Some(Single::InlineComment) => crawl.api.changed_comments(CommentKind::Inline, take).await,
        _ => crawl.api.changed_pages(take).await,
    };
    unit.settle(&walked.end);
    changed.into_values().collect()
}

/// Attachments changed since the run began, with the versions they gained.
async fn changed_attachments(crawl: &Crawl<'_>, inventory: &mut Inventory) -> usize {
    let since = inventory.scan.started_at - CLOCK_MARGIN;
    let unit = crawl.ledger.enter(UnitKind::ChangesSinceStart, "changed attachments");
    let mut changed = Vec::new();
    let walked = crawl
        .api
        .changed_attachments(|sent| {
            let file = convert::attachment(sent);
            if file.modified_at.is_some_and(|modified| modified < since) {
                return ControlFlow::Break(());
            }
            changed.push(file);
            ControlFlow::Continue(())
        })
        .await;
    unit.settle(&walked.end);
    let places: HashMap<_, _> =
        inventory.attachments.iter().enumerate().map(|(index, file)| (file.id.clone(), index)).collect();
    let mut touched = BTreeSet::new();
    for mut file in changed {
        let Some(&place) = places.get(&file.id) else {
            touched.insert(inventory.attachments.len());
            inventory.attachments.push(file);
            continue;
        };
        let known = &mut inventory.attachments[place];
        let same = (file.version, &file.title, &file.status, &file.container)
            == (known.version, &known.title, &known.status, &known.container);
        if !same {
            file.labels.clone_from(&known.labels);
            file.old_versions = std::mem::take(&mut known.old_versions);
            if file.version > known.version {
                file.old_versions.push(convert::became_old(known));
            }
            *known = file;
            touched.insert(place);
        }
    }
    let touched: Vec<usize> = touched.into_iter().collect();
    versions::read_of(crawl, &mut inventory.attachments, &touched).await;
    if matches!(inventory.scan.old_sizes, OldSizes::Unproved { .. }) {
        for &place in &touched {
            inventory.attachments[place].old_versions.iter_mut().for_each(|version| version.size = None);
        }
    }
    touched.len()
}

/// Whether a content is another state than the one read before.
fn differs(known: &Content, now: &Content) -> bool {
    (known.version, known.modified_at, &known.status) != (now.version, now.modified_at, &now.status)
}

/// Puts contents in the places of those they are newer states of, or adds them; gives how many brought something new.
/// A draft is a content of its own. A body that could not be read again does not push out the one read before.
fn put_all(contents: &mut Vec<Content>, newer: Vec<Content>) -> usize {
    let key = |content: &Content| (content.kind, content.id.clone(), content.status == Status::Draft);
    let mut places: HashMap<_, usize> =
        contents.iter().enumerate().map(|(place, content)| (key(content), place)).collect();
    let mut news = 0;
    for mut content in newer {
        if let Some(&place) = places.get(&key(&content)) {
            let known = &mut contents[place];
            news += usize::from(differs(known, &content) || known.header_images != content.header_images);
            if content.body.is_none() && !content.status.is_trash() {
                content.body = known.body.take();
            }
            *known = content;
        } else {
            news += 1;
            places.insert(key(&content), contents.len());
            contents.push(content);
        }
    }
    news
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::AttachmentId;
    use crate::inventory::Container;
    use crate::storage_format::Body;

    fn page(id: &str, version: u32, status: Status, body: bool) -> Content {
        let sent = serde_json::json!({"id": id, "title": "T", "version": {"number": version}});
        let mut page =
            convert::content(serde_json::from_value(sent).unwrap(), ContentKind::Page, body.then(Body::default));
        page.status = status;
        page
    }

    #[test]
    fn a_draft_stands_beside_its_page_and_a_newer_state_replaces_the_older() {
        let mut contents = vec![page("1", 3, Status::Current, true)];
        assert_eq!(put_all(&mut contents, vec![page("1", 4, Status::Draft, true)]), 1);
        assert_eq!(contents.len(), 2);
        assert_eq!(put_all(&mut contents, vec![page("1", 3, Status::Current, true)]), 0);
        assert_eq!(
            put_all(&mut contents, vec![page("1", 4, Status::Current, true), page("2", 1, Status::Current, true)]),
            2
        );
        assert_eq!(contents.iter().map(|page| page.version.unwrap()).collect::<Vec<_>>(), [4, 4, 1]);
    }

    #[test]
    fn what_could_not_be_read_again_keeps_the_uses_read_before() {
        let mut contents = vec![page("1", 3, Status::Current, true)];
        put_all(&mut contents, vec![page("1", 4, Status::Current, false)]);
        assert!(contents[0].body.is_some());
        put_all(&mut contents, vec![page("1", 5, Status::Trashed, false)]);
        assert!(contents[0].body.is_none());
    }

    #[test]
    fn a_file_of_unknown_age_counts_as_newer_than_its_page() {
        let sent = serde_json::json!({"id": "att1", "pageId": "1", "version": {"number": 1}});
        let mut file = convert::attachment(serde_json::from_value(sent).unwrap());
        assert_eq!(file.container, Container::Page(ContentId::new("1")));
        assert_eq!(file.id, AttachmentId::new("att1"));
        let mut owner = page("1", 1, Status::Current, true);
        let at = |hour: u32| convert::time(Some(&format!("2026-11-21T{hour:02}:00:00Z")));
        assert!(is_newer(&file, &owner));
        (file.modified_at, owner.modified_at) = (at(9), at(10));
        assert!(!is_newer(&file, &owner));
        file.modified_at = at(11);
        assert!(is_newer(&file, &owner));
    }
}
