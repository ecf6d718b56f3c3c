//! Check of candidates: reads what may still use a file and is in no list, before the file is called unreferenced.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::account_check::confirm_account;
use super::bodies::{NO_BODY, other_form};
use super::coverage::UnitKind;
use super::crawl::{Crawl, GROUP, content_type_of, subject};
use super::drafts::unread_edition;
use super::options::CrawlOptions;
use super::resumed_crawl::ResumedCrawl;
use super::site::{Attachment, Content, ContentId, Status};
use super::unread::UnreadReason;
use super::{Inventory, content_updates, drafts, header_images};
use crate::progress::Progress;
use confluence_client::api::Edition;
use confluence_client::{Api, RequestError};

/// The published owners that were read again, so that further rounds skip them. Drafts are read in every round, because
/// no list shows that one was saved again.
#[derive(Debug, Default)]
pub struct CandidateCheck {
    owners_read: HashSet<ContentId>,
}

impl CandidateCheck {
    /// Creates a check that has not read any owner yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads what may use the candidates (indexes into `inventory.attachments`) and is in no list: the drafts of their
    /// owners, and with `--verify all` the owners themselves.
    ///
    /// Indexes of attachments are invalid afterwards. An error means that the run had to stop; the coverage of the
    /// inventory then says what is missing, as it does for single gaps.
    pub async fn run(
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
        let resumed = ResumedCrawl::of(inventory, api, options, progress);
        let crawl = resumed.crawl();
        if options.verify_all {
            self.read_owners(&crawl, inventory, candidates).await;
        }
        drafts_of_owners(&crawl, inventory, candidates).await;
        inventory.sort();
        // a visitor reads the published version where the account reads its draft
        confirm_account(api, &resumed.ledger, &inventory.scan.account.id).await;
        resumed.close(inventory)
    }

    /// Reads every published owner of a candidate again, with its properties (`--verify all`).
    async fn read_owners(&mut self, crawl: &Crawl<'_>, inventory: &mut Inventory, candidates: &[usize]) {
        let published = published_owners(inventory);
        let files = candidates.iter().filter_map(|&index| inventory.attachments.get(index));
        let indexes: BTreeSet<usize> = files.filter_map(|file| published.get(file.container.id()?).copied()).collect();
        let contents: Vec<&Content> = indexes
            .into_iter()
            .map(|index| &inventory.contents[index])
            .filter(|content| self.owners_read.insert(content.id.clone()))
            .collect();
        crawl.phase("owners of candidates", Some(contents.len() as u64));
        let mut read = Vec::new();
        for group in contents.chunks(GROUP) {
            read.extend(crawl.all(group.iter().map(|&content| read_owner(crawl, content)).collect()).await);
        }
        content_updates::apply_updates(
            &mut inventory.contents,
            &mut inventory.attachments,
            read.into_iter().flatten().collect(),
        );
    }
}

/// Reads the drafts of owners with a candidate that is newer than the published page, because it may have been uploaded
/// for the draft. With `--verify all`, reads the drafts of all owners of candidates.
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
    content_updates::apply_updates(
        &mut inventory.contents,
        &mut inventory.attachments,
        found.into_iter().flatten().collect(),
    );
}

/// Returns the indexes of the published pages and posts outside the trash, by id.
fn published_owners(inventory: &Inventory) -> HashMap<ContentId, usize> {
    let contents = inventory.contents.iter().enumerate();
    contents
        .filter(|(_, content)| header_images::can_have_header_image(content) && content.status != Status::Draft)
        .filter(|(_, content)| !content_updates::has_status_not_found(content))
        .map(|(index, content)| (content.id.clone(), index))
        .collect()
}

/// Returns whether a file may be newer than the published state of its owner. The same or an unknown time counts as
/// newer.
fn is_newer(file: &Attachment, owner: &Content) -> bool {
    match (file.modified_at.or(file.created_at), owner.modified_at) {
        (Some(uploaded), Some(published)) => uploaded >= published,
        _ => true,
    }
}

/// Reads one published owner again, with its header images.
async fn read_owner(crawl: &Crawl<'_>, known: &Content) -> Option<Content> {
    let which = content_type_of(known.kind)?;
    let unit = crawl.ledger.enter(UnitKind::CandidateCheck, subject(known));
    let result = crawl.retry_not_found(|| crawl.api.content(which, known.id.as_str(), Edition::Published)).await;
    crawl.progress.advance(1);
    match result {
        Ok(sent) => {
            let mut content = crawl.content(sent, known.kind);
            if let Err(why) = other_form(crawl, &mut content, Edition::Published).await {
                return unread_edition(crawl, unit, known, UnreadReason::Request(&why));
            }
            if content.body.is_none() && !content.status.is_trash() {
                return unread_edition(crawl, unit, known, UnreadReason::Lacking(NO_BODY));
            }
            unit.ok();
            content.header_images.clone_from(&known.header_images);
            header_images::read_alone(crawl, &mut content).await;
            Some(content)
        }
        Err(error) if error.is_not_found() => crawl
            .settle_missing(unit, which, known.id.as_str())
            .await
            .then(|| content_updates::with_status_not_found(known)),
        Err(error) => unread_edition(crawl, unit, known, UnreadReason::Request(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::content_updates::tests::page;
    use crate::inventory::convert;
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
