//! Crawls an entire site: the sequence of all lists, comparisons and single requests.

use std::collections::{BTreeMap, HashSet};

use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::last_run::SiteFigures;
use super::new_crawl::{CrawlError, NewCrawl, SiteContents};
use super::options::CrawlOptions;
use super::owners_to_check::OwnersToCheck;
use super::pass::Pass;
use super::plan::{ON_TOP, SiteCounts};
use super::site::{ContentId, ContentKind, Space, SpaceId};
use super::{
    ExcludedFiles, Inventory, VersionSizeCheck, bodies, comments, content_updates, custom_content, drafts,
    header_images, labels, list_comparison, lists, old_versions, people, search_comparison, site_facts,
    unlisted_owners, unread, verify_version_sizes,
};
use crate::progress::Progress;
use confluence_client::Api;

/// Reads everything that the account can see.
///
/// Returns an error if nothing usable could be read. Single gaps are not an error: they are in the coverage of the
/// inventory. If a run had to stop, the error carries what it read.
pub async fn take_inventory(api: &Api, options: &CrawlOptions, progress: &Progress) -> Result<Inventory, CrawlError> {
    let new_crawl = NewCrawl::open(api, options, progress).await?;
    // on the heap, because the futures of all callers contain this one
    let read = Box::pin(read(&new_crawl.crawl(), &new_crawl.spaces, new_crawl.reported.as_deref())).await?;
    new_crawl.close(read).await
}

async fn read(crawl: &Crawl<'_>, spaces: &[Space], reported: Option<&[String]>) -> Result<SiteContents, CrawlError> {
    let (mut contents, lists::AttachmentsAndOwners { mut files, owners, unread_trash }) =
        lists::contents_and_attachments(crawl, spaces, reported).await;
    let figures = SiteFigures::of(spaces, &contents, &files);
    let mut counts = SiteCounts::of(crawl, spaces, reported, &contents, &files, &owners);
    counts.reply_lists = crawl.ledger.planned(UnitKind::Replies);
    let plan = counts.plan(crawl.api, crawl.last_run);
    if crawl.api.client().stopped().is_none() {
        crawl.progress.note(&plan);
        crawl.progress.note(ON_TOP);
    }
    let to_check = OwnersToCheck::of(&contents, &files);
    crawl.phase("header images and file owners", None);
    let ((), found, (), listed_drafts) = tokio::join!(
        header_images::read_all(crawl, &mut contents, reported.filter(|_| crawl.options.references_within), spaces),
        unlisted_owners::find(crawl, &owners),
        list_comparison::attachments(crawl, &files, &to_check),
        drafts::listed(crawl),
    );
    let site = site_facts::read(crawl).await;
    let (custom_contents, custom_content_types) = custom_content::read(crawl, found).await;
    // the search for header images may have read the same unlisted owner
    let known: HashSet<(ContentKind, ContentId)> =
        contents.iter().map(|content| (content.kind, content.id.clone())).collect();
    contents.extend(custom_contents.into_iter().filter(|found| !known.contains(&(found.kind, found.id.clone()))));
    let is_read = |id: &SpaceId| {
        let space = spaces.iter().find(|space| space.id == *id);
        !crawl.options.references_within
            || space.is_none_or(|space| reported.is_none_or(|keys| keys.contains(&space.key)))
    };
    let drafts = drafts::read(crawl, listed_drafts, &contents, is_read).await;
    content_updates::apply_updates(&mut contents, &mut files, drafts);
    let unknown = unread::unknown_accepted(crawl, &contents, &files);
    if !unknown.is_empty() {
        return Err(CrawlError::UnknownAccepted(unknown));
    }
    comments::complete(&mut contents, &files);
    let comments = search_comparison::compare(crawl, &contents, &files).await;
    contents.extend(bodies::settle(crawl, comments).await);
    old_versions::read(crawl, &mut files, &contents, spaces, reported).await;
    // a recheck shows neither the sizes of old versions nor names of people
    let is_recheck = crawl.options.earlier_files.is_some();
    let old_sizes = if is_recheck {
        VersionSizeCheck::NothingToProve
    } else {
        verify_version_sizes::verify(crawl, &mut files).await
    };
    labels::read(crawl, Pass::FIRST, &contents, &mut files).await;
    let people = if is_recheck { BTreeMap::new() } else { people::read(crawl, &contents, &files).await };
    let references_within = crawl.options.references_within && reported.is_some();
    Ok(SiteContents {
        contents,
        attachments: files,
        files_elsewhere: ExcludedFiles::default(),
        unread_trash,
        people,
        old_sizes,
        custom_content_types,
        plan,
        figures,
        counts_contents: true,
        site_pages: site.pages,
        retention_spaces: site.retention_spaces,
        references_within,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_send<T: Send>(_: &T) {}

    #[test]
    fn a_crawl_can_be_spawned() {
        let settings = confluence_client::ConnectionSettings::new(
            "http://localhost:1",
            confluence_client::Credentials::basic("me", "token".into()),
        );
        let api = Api::new(settings).unwrap();
        let (options, progress) = (CrawlOptions::default(), Progress::silent());
        assert_send(&take_inventory(&api, &options, &progress));
    }
}
