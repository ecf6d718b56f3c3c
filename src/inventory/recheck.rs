//! The second look: before a file is called unreferenced, what could still use it is read again.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::bodies::{NO_BODY, other_form};
use super::continued::Continued;
use super::coverage::UnitKind;
use super::crawl::{Crawl, GROUP, single, subject};
use super::drafts::unread_edition;
use super::options::CrawlOptions;
use super::site::{Attachment, Content, ContentId, Status};
use super::unread::Why;
use super::{Inventory, drafts, header_images, newer};
use crate::progress::Progress;
use confluence_client::api::Edition;
use confluence_client::{Api, RequestError};

/// Remembers the published owners that have been read again, so that further looks do not repeat it. Drafts are read in
/// every look: no list shows that one was saved again.
#[derive(Debug, Default)]
pub struct SecondLook {
    alone: HashSet<ContentId>,
}

impl SecondLook {
    /// Nothing read again yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads what could use the candidates (places in `inventory.attachments`) and comes with no list: the drafts of
    /// their owners, and with `--verify all` the owners themselves.
    ///
    /// Afterwards the attachments may be in other places. An error means that the run had to stop; the coverage of the
    /// inventory then says what is missing, as it does for single gaps.
    pub async fn look_again(
        &mut self,
        api: &Api,
        inventory: &mut Inventory,
        candidates: &[usize],
        options: &CrawlOptions,
        progress: &Progress,
    ) -> Result<(), RequestError> {
        if candidates.is_empty() {
            return Ok(());
        }
        let continued = Continued::of(inventory, api, options, progress);
        let crawl = continued.crawl();
        if options.verify_all {
            self.owners_alone(&crawl, inventory, candidates).await;
        }
        drafts_of_owners(&crawl, inventory, candidates).await;
        inventory.sort();
        continued.close(inventory)
    }

    /// Every owner of a candidate, published, with its properties (`--verify all`).
    async fn owners_alone(&mut self, crawl: &Crawl<'_>, inventory: &mut Inventory, candidates: &[usize]) {
        let published = published_owners(inventory);
        let files = candidates.iter().filter_map(|&index| inventory.attachments.get(index));
        let places: BTreeSet<usize> = files.filter_map(|file| published.get(file.container.id()?).copied()).collect();
        let contents: Vec<&Content> = places
            .into_iter()
            .map(|place| &inventory.contents[place])
            .filter(|content| self.alone.insert(content.id.clone()))
            .collect();
        crawl.phase("owners of candidates", Some(contents.len() as u64));
        let mut read = Vec::new();
        for group in contents.chunks(GROUP) {
            read.extend(crawl.all(group.iter().map(|&content| alone(crawl, content)).collect()).await);
        }
        newer::put_all(&mut inventory.contents, &mut inventory.attachments, read.into_iter().flatten().collect());
    }
}

/// Drafts of the candidates' owners: where a candidate is newer than what was published, the draft may be what it was
/// uploaded for.
async fn drafts_of_owners(crawl: &Crawl<'_>, inventory: &mut Inventory, candidates: &[usize]) {
    let published = published_owners(inventory);
    let mut wanted = BTreeSet::new();
    for file in candidates.iter().filter_map(|&index| inventory.attachments.get(index)) {
        let Some(&owner) = file.container.id().and_then(|id| published.get(id)) else { continue };
        let content = &inventory.contents[owner];
        let newer = is_newer(file, content);
        if newer || crawl.options.verify_all {
            wanted.insert(owner);
        }
    }
    crawl.phase("drafts", Some(wanted.len() as u64));
    let contents = &inventory.contents;
    let wanted: Vec<&Content> = wanted.into_iter().map(|owner| &contents[owner]).collect();
    let mut found = Vec::new();
    for group in wanted.chunks(GROUP) {
        found.extend(crawl.all(group.iter().map(|&owner| drafts::of_published(crawl, owner)).collect()).await);
    }
    newer::put_all(&mut inventory.contents, &mut inventory.attachments, found.into_iter().flatten().collect());
}

/// Places of the published pages and posts outside the trash, by id.
fn published_owners(inventory: &Inventory) -> HashMap<ContentId, usize> {
    let contents = inventory.contents.iter().enumerate();
    contents
        .filter(|(_, content)| header_images::has_header(content) && content.status != Status::Draft)
        .filter(|(_, content)| !newer::is_out_of_sight(content))
        .map(|(index, content)| (content.id.clone(), index))
        .collect()
}

/// Whether a file came after its owner was last published; one of the same moment or of an unknown one may well be later.
fn is_newer(file: &Attachment, owner: &Content) -> bool {
    match (file.modified_at.or(file.created_at), owner.modified_at) {
        (Some(uploaded), Some(published)) => uploaded >= published,
        _ => true,
    }
}

/// One published owner read again alone, with its header images.
async fn alone(crawl: &Crawl<'_>, known: &Content) -> Option<Content> {
    let which = single(known.kind)?;
    let unit = crawl.ledger.enter(UnitKind::SecondLook, subject(known));
    let result = crawl.twice(|| crawl.api.content(which, known.id.as_str(), Edition::Published)).await;
    crawl.progress.advance(1);
    match result {
        Ok(sent) => {
            let mut content = crawl.content(sent, known.kind);
            if let Err(why) = other_form(crawl, &mut content, Edition::Published).await {
                return unread_edition(crawl, unit, known, Why::Request(&why));
            }
            if content.body.is_none() && !content.status.is_trash() {
                return unread_edition(crawl, unit, known, Why::Lacking(NO_BODY));
            }
            unit.ok();
            content.header_images.clone_from(&known.header_images);
            header_images::read_alone(crawl, &mut content).await;
            Some(content)
        }
        Err(error) if error.is_not_found() => {
            crawl.settle_missing(unit, which, known.id.as_str()).await.then(|| newer::out_of_sight(known))
        }
        Err(error) => unread_edition(crawl, unit, known, Why::Request(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::convert;
    use crate::inventory::newer::tests::page;
    use crate::inventory::{AttachmentId, Container};

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
        file.modified_at = at(10);
        assert!(is_newer(&file, &owner));
        file.modified_at = at(11);
        assert!(is_newer(&file, &owner));
    }
}
