//! The lists of the chosen spaces: a narrow inventory, for when no audit is wanted.

use std::collections::{BTreeMap, HashSet};

use tokio::join;

use super::threads::{self, Replies};
use super::{MetricGroup, MetricGroups, plan, second_opinions};
use crate::inventory::crawl::Crawl;
use crate::inventory::frame::{CrawlError, Frame, Read};
use crate::inventory::last_run::Figures;
use crate::inventory::memory::{Memory, Remembered};
use crate::inventory::options::CrawlOptions;
use crate::inventory::owners_to_ask::OwnersToAsk;
use crate::inventory::site::{Attachment, Content, ContentId, OldVersion, Space};
use crate::inventory::{
    FilesElsewhere, Inventory, OldSizes, bodies, comments, list_comparison, lists, people, plausibility, version_list,
};
use crate::progress::Progress;
use confluence_client::Api;
use confluence_client::api::{Bodies, Single};

/// Reads what a snapshot of the chosen spaces needs of the lists: their pages of all statuses with bodies and the files
/// of these, with [`MetricGroup::Links`] their blog posts and comments too, and where blog posts are measured their blog
/// posts.
///
/// Every list is taken once more in its other view, so that a hole in one does not pass unseen.
///
/// Names of people are among it unless [`MetricGroup::People`] is asked for: then `read_facts` reads them together with
/// the state of the accounts. Sizes of old versions are those that earlier audits have read; the others are unknown.
/// Fails and stops as [`take_inventory`](crate::inventory::take_inventory) does. No file can be judged by what this
/// gives, and it says so (`references_within`).
pub async fn take_pages(
    api: &Api,
    options: &CrawlOptions,
    groups: &MetricGroups,
    progress: &Progress,
) -> Result<Inventory, CrawlError> {
    let mut inventory = read(api, options, groups, progress, Depth::Whole).await?;
    match second_opinions::take(api, &mut inventory, &measuring(options), groups, progress).await {
        Ok(()) => Ok(inventory),
        Err(cause) => Err(CrawlError::Stopped { inventory: Box::new(inventory), cause }),
    }
}

/// The lists of [`take_pages`] alone, believed as they came: enough to plan what a snapshot takes. Nothing is asked of single
/// pages, files, comments or people; where the lists show no replies, one search counts them.
pub async fn list_pages(
    api: &Api,
    options: &CrawlOptions,
    groups: &MetricGroups,
    progress: &Progress,
) -> Result<Inventory, CrawlError> {
    read(api, options, groups, progress, Depth::Lists).await
}

/// How far a reading goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// Lists alone, to plan a run.
    Lists,
    /// With what single things tell.
    Whole,
}

async fn read(
    api: &Api,
    options: &CrawlOptions,
    groups: &MetricGroups,
    progress: &Progress,
    depth: Depth,
) -> Result<Inventory, CrawlError> {
    let options = measuring(options);
    let frame = Frame::open(api, &options, progress).await?;
    let read = Box::pin(read_lists(&frame.crawl(), &frame.spaces, frame.reported.as_deref(), groups, depth)).await;
    frame.close(read).await
}

/// The texts of bodies are measured, whatever the caller asks for.
fn measuring(options: &CrawlOptions) -> CrawlOptions {
    CrawlOptions { measures: Some(options.measures.clone().unwrap_or_default()), ..options.clone() }
}

/// Reads the lists; `reported` are the keys of the chosen spaces.
async fn read_lists(
    crawl: &Crawl<'_>,
    spaces: &[Space],
    reported: Option<&[String]>,
    groups: &MetricGroups,
    depth: Depth,
) -> Read {
    crawl.phase("pages and attachments", None);
    let chosen: Vec<&Space> =
        spaces.iter().filter(|space| reported.is_none_or(|keys| keys.contains(&space.key))).collect();
    let with_links = groups.has(MetricGroup::Links);
    let with_posts = with_links || crawl.options.blog_post_rows;
    let posts = async {
        if with_posts { lists::in_spaces(crawl, Single::BlogPost, &chosen, Bodies::Included).await } else { Vec::new() }
    };
    let (mut contents, posts, mut files) =
        join!(lists::in_spaces(crawl, Single::Page, &chosen, Bodies::Included), posts, lists::attachments(crawl));
    contents.extend(posts);
    let mut listed = plan::Listed::of(&contents, files.len());
    // the contents of other spaces were not listed: their number stays what an audit has counted
    let counted_before = crawl.last_run.map_or(0, |last| last.figures.contents);
    let figures = Figures { contents: counted_before, ..Figures::of(spaces, &[], &files) };
    plausibility::check_without_contents(crawl, figures);
    let owners: HashSet<ContentId> = contents.iter().map(|content| content.id.clone()).collect();
    let is_owned = |file: &Attachment| file.container.id().is_some_and(|id| owners.contains(id));
    if with_links {
        let files = files.iter().filter(|file| is_owned(file)).map(|file| file.id.digits()).collect();
        contents.extend(comments_on(crawl, &chosen, &owners, &files, depth, &mut listed).await);
    }
    if depth == Depth::Whole {
        contents = bodies::settle(crawl, contents).await;
    }
    let to_ask = OwnersToAsk::of(&contents, &files);
    listed.owners_to_ask = to_ask.without_listed_files(crawl.started_at).len() as u64;
    if depth == Depth::Whole {
        list_comparison::attachments_in_brief(crawl, &files, &to_ask).await;
    }
    let files_elsewhere = FilesElsewhere::of(files.iter().filter(|file| !is_owned(file)));
    files.retain(is_owned);
    comments::complete(&mut contents, &files);
    contents.retain(|content| {
        !content.kind.is_comment() || content.container.as_ref().is_some_and(|id| owners.contains(id))
    });
    for file in &mut files {
        remember_versions(crawl.memory, file);
    }
    listed.count_comments(&contents);
    let mut people = BTreeMap::new();
    if !groups.has(MetricGroup::People) {
        listed.people = people::met(&contents, &files).len();
        if depth == Depth::Whole {
            people = people::read(crawl, &contents, &files).await;
        }
    }
    let plan = listed.plan(crawl, &chosen, reported.is_none(), with_links);
    Read {
        contents,
        attachments: files,
        files_elsewhere,
        people,
        old_sizes: OldSizes::NothingToProve,
        app_content_types: Vec::new(),
        plan,
        figures,
        // a use of a file in what such a reading leaves out would not be seen
        references_within: true,
    }
}

/// Comments on the chosen pages and posts, and on their files.
async fn comments_on(
    crawl: &Crawl<'_>,
    chosen: &[&Space],
    owners: &HashSet<ContentId>,
    files: &HashSet<&str>,
    depth: Depth,
    listed: &mut plan::Listed,
) -> Vec<Content> {
    crawl.phase("comments", None);
    let digits = |id: &ContentId| files.contains(id.as_str().strip_prefix("att").unwrap_or(id.as_str()));
    let keep = |id: &ContentId| owners.contains(id) || digits(id);
    let replies = if depth == Depth::Whole { Replies::Read } else { Replies::Counted };
    let read = threads::read(crawl, chosen, keep, replies).await;
    (listed.footer_comments, listed.inline_comments) = (read.footer.listed, read.inline.listed);
    (listed.comment_sweeps, listed.replies) = (read.sweeps, read.reply_lists);
    let mut comments = read.footer.list;
    comments.extend(read.inline.list);
    comments
}

/// Takes the old versions of a file that an audit has read; no request is sent for the others, so they stay unknown.
/// What an earlier run found deleted is unknown too: it may not have been visible only.
pub(super) fn remember_versions(memory: Memory<'_>, file: &mut Attachment) {
    // a complete audit has proved that sizes of old versions are what they seem; without one they may not be
    let proved = memory.sizes_are_proved();
    file.version = file.version.max(1);
    let unknown =
        |number| OldVersion { number, title: None, size: None, file_id: None, created_at: None, author: None };
    let versions = version_list::old_numbers(file).map(|number| match memory.version(file, number) {
        Some(Remembered::Read(version)) if proved => version,
        _ => unknown(number),
    });
    file.old_versions = versions.collect();
}
