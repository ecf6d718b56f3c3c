//! Reads the lists of the chosen spaces only: a narrow inventory for a snapshot without an audit.

use std::collections::{BTreeMap, HashSet};

use tokio::join;

use super::comment_threads::{self, ReplyMode};
use super::{MetricGroup, MetricGroups, cross_checks, plan};
use crate::inventory::crawl::Crawl;
use crate::inventory::inventory_cache::{CachedVersion, InventoryCache};
use crate::inventory::last_run::SiteFigures;
use crate::inventory::list_requests::DataCenterCounts;
use crate::inventory::lists::ListedAttachments;
use crate::inventory::new_crawl::{CrawlError, NewCrawl, SiteContents};
use crate::inventory::options::CrawlOptions;
use crate::inventory::owners_to_check::OwnersToCheck;
use crate::inventory::site::{Attachment, Content, ContentId, OldVersion, Space};
use crate::inventory::{
    ExcludedFiles, Inventory, VersionSizeCheck, bodies, comments, list_comparison, lists, people, version_list,
};
use crate::progress::Progress;
use confluence_client::Api;
use confluence_client::api::{Bodies, ContentType};

/// Reads the lists that a snapshot of the chosen spaces needs: pages of all statuses with their bodies and files; with
/// [`MetricGroup::Links`] also blog posts and comments; and blog posts if they are measured.
///
/// Every list is cross-checked, so a hole in one does not go unnoticed.
///
/// Names of people are included unless [`MetricGroup::People`] is requested: `read_page_facts` then reads them together
/// with the account statuses. Sizes of old versions are those that earlier audits read; the others are unknown. Fails
/// and stops like [`take_inventory`](crate::inventory::take_inventory). Such an inventory cannot be used to judge
/// files, and says so (`references_within`).
pub async fn read_page_inventory(
    api: &Api,
    options: &CrawlOptions,
    groups: &MetricGroups,
    progress: &Progress,
) -> Result<Inventory, CrawlError> {
    let mut inventory = read(api, options, groups, progress, ListDepth::Full).await?;
    match cross_checks::run(api, &mut inventory, &measuring(options), groups, progress).await {
        Ok(()) => Ok(inventory),
        Err(cause) => Err(CrawlError::Stopped { inventory: Box::new(inventory), cause }),
    }
}

/// Reads the lists of [`read_page_inventory`] without cross-checks: enough to plan a snapshot. Sends no requests for
/// single pages, files, comments or people; if the lists have no replies, one search counts them.
pub async fn list_pages(
    api: &Api,
    options: &CrawlOptions,
    groups: &MetricGroups,
    progress: &Progress,
) -> Result<Inventory, CrawlError> {
    read(api, options, groups, progress, ListDepth::Lists).await
}

/// How much of the lists is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ListDepth {
    /// The lists only, to plan a run.
    Lists,
    /// Lists and the requests for single items.
    Full,
}

async fn read(
    api: &Api,
    options: &CrawlOptions,
    groups: &MetricGroups,
    progress: &Progress,
    depth: ListDepth,
) -> Result<Inventory, CrawlError> {
    let options = measuring(options);
    let new_crawl = NewCrawl::open(api, &options, progress).await?;
    let read =
        Box::pin(read_lists(&new_crawl.crawl(), &new_crawl.spaces, new_crawl.reported.as_deref(), groups, depth)).await;
    new_crawl.close(read).await
}

/// Enables measuring body texts, whatever the caller asks for.
fn measuring(options: &CrawlOptions) -> CrawlOptions {
    CrawlOptions { measures: Some(options.measures.clone().unwrap_or_default()), ..options.clone() }
}

/// Reads the lists; `reported` are the keys of the chosen spaces.
async fn read_lists(
    crawl: &Crawl<'_>,
    spaces: &[Space],
    reported: Option<&[String]>,
    groups: &MetricGroups,
    depth: ListDepth,
) -> SiteContents {
    crawl.phase("pages and attachments", None);
    let chosen: Vec<&Space> =
        spaces.iter().filter(|space| reported.is_none_or(|keys| keys.contains(&space.key))).collect();
    let with_links = groups.has(MetricGroup::Links);
    let with_posts = with_links || crawl.options.blog_post_rows;
    let posts = async {
        if with_posts {
            lists::in_spaces(crawl, ContentType::BlogPost, &chosen, Bodies::Included).await
        } else {
            Vec::new()
        }
    };
    let (mut contents, posts, ListedAttachments { mut files, unread_trash }) =
        join!(lists::in_spaces(crawl, ContentType::Page, &chosen, Bodies::Included), posts, lists::attachments(crawl));
    contents.extend(posts);
    let mut listed = plan::ListCounts::of(&contents, files.len());
    if !crawl.api.deployment().is_cloud() {
        listed.data_center = Some(DataCenterCounts::of(spaces, &contents, &files));
    }
    let figures = SiteFigures::of(spaces, &[], &files);
    let owners: HashSet<ContentId> = contents.iter().map(|content| content.id.clone()).collect();
    let is_owned = |file: &Attachment| file.container.id().is_some_and(|id| owners.contains(id));
    if with_links {
        let files = files.iter().filter(|file| is_owned(file)).map(|file| file.id.digits()).collect();
        contents.extend(comments_on(crawl, &chosen, &owners, &files, depth, &mut listed).await);
    }
    if depth == ListDepth::Full {
        contents = bodies::settle(crawl, contents).await;
    }
    let to_check = OwnersToCheck::of(&contents, &files);
    listed.owners_to_check = to_check.without_listed_files(crawl.started_at).len() as u64;
    if depth == ListDepth::Full {
        list_comparison::attachments_in_brief(crawl, &files, &to_check).await;
    }
    let files_elsewhere = ExcludedFiles::of(files.iter().filter(|file| !is_owned(file)));
    files.retain(is_owned);
    comments::complete(&mut contents, &files);
    contents.retain(|content| {
        !content.kind.is_comment() || content.container.as_ref().is_some_and(|id| owners.contains(id))
    });
    for file in &mut files {
        remember_versions(crawl.cache, file);
    }
    listed.count_comments(&contents);
    let mut people = BTreeMap::new();
    if !groups.has(MetricGroup::People) {
        listed.people = people::account_ids(&contents, &files).len();
        if depth == ListDepth::Full {
            people = people::read(crawl, &contents, &files).await;
        }
    }
    let plan = listed.plan(crawl, &chosen, reported.is_none(), with_links);
    SiteContents {
        contents,
        attachments: files,
        files_elsewhere,
        unread_trash,
        people,
        old_sizes: VersionSizeCheck::NothingToProve,
        custom_content_types: Vec::new(),
        plan,
        figures,
        counts_contents: false,
        site_pages: None,
        retention_spaces: Vec::new(),
        // uses of a file outside the chosen spaces would not be found
        references_within: true,
    }
}

/// Comments on the chosen pages and posts, and on their files.
async fn comments_on(
    crawl: &Crawl<'_>,
    chosen: &[&Space],
    owners: &HashSet<ContentId>,
    files: &HashSet<&str>,
    depth: ListDepth,
    listed: &mut plan::ListCounts,
) -> Vec<Content> {
    crawl.phase("comments", None);
    let digits = |id: &ContentId| files.contains(id.as_str().strip_prefix("att").unwrap_or(id.as_str()));
    let keep = |id: &ContentId| owners.contains(id) || digits(id);
    let replies = if depth == ListDepth::Full { ReplyMode::Read } else { ReplyMode::Counted };
    let read = comment_threads::read(crawl, chosen, keep, replies).await;
    (listed.footer_comments, listed.inline_comments) = (read.footer.listed, read.inline.listed);
    (listed.comment_searches, listed.replies) = (read.searches, read.reply_lists);
    let mut comments = read.footer.list;
    comments.extend(read.inline.list);
    comments
}

/// Adds the old versions of a file that an audit read. No requests are sent for others, so they stay unknown; so do
/// those that an earlier run found deleted, because they may just not have been visible.
pub(super) fn remember_versions(cache: InventoryCache<'_>, file: &mut Attachment) {
    // a complete audit has verified the sizes of old versions; without one they may be wrong
    let are_verified = cache.sizes_are_verified();
    file.version = file.version.max(1);
    let unknown =
        |number| OldVersion { number, title: None, size: None, file_id: None, created_at: None, author: None };
    let versions = version_list::old_numbers(file).map(|number| match cache.version(file, number) {
        Some(CachedVersion::Read(version)) if are_verified => version,
        _ => unknown(number),
    });
    file.old_versions = versions.collect();
}
