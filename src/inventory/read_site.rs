//! Reads a whole site: the order of the lists, and what holds them together.

use std::collections::HashSet;

use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::frame::{CrawlError, Frame, Read};
use super::last_run::Figures;
use super::options::CrawlOptions;
use super::owners_to_ask::OwnersToAsk;
use super::pass::Pass;
use super::plan::{ON_TOP, SiteCounts};
use super::site::{ContentId, ContentKind, Space, SpaceId};
use super::{
    FilesElsewhere, Inventory, bodies, comments, custom_content, drafts, header_images, labels, list_comparison, lists,
    newer, old_sizes, owners, people, plausibility, search_comparison, unread, versions,
};
use crate::progress::Progress;
use confluence_client::Api;

/// Reads everything the account can see.
///
/// Fails when nothing usable could be read. Single gaps do not fail it: they are in the coverage of the inventory.
/// A run that had to stop gives what it had read inside the error.
pub async fn take_inventory(api: &Api, options: &CrawlOptions, progress: &Progress) -> Result<Inventory, CrawlError> {
    let frame = Frame::open(api, options, progress).await?;
    // on the heap: the futures of all callers hold this one
    let read = Box::pin(read(&frame.crawl(), &frame.spaces, frame.reported.as_deref())).await?;
    frame.close(read).await
}

async fn read(crawl: &Crawl<'_>, spaces: &[Space], reported: Option<&[String]>) -> Result<Read, CrawlError> {
    let (mut contents, lists::Attachments { mut files, owners }) =
        lists::contents_and_attachments(crawl, spaces, reported).await;
    let figures = Figures::of(spaces, &contents, &files);
    plausibility::check(crawl, figures);
    let mut counts = SiteCounts::of(crawl, spaces, reported, &contents, &files, &owners);
    counts.reply_lists = crawl.ledger.planned(UnitKind::Replies);
    let plan = counts.plan(crawl.api.client(), crawl.last_run);
    if crawl.api.client().stopped().is_none() {
        crawl.progress.note(&plan);
        crawl.progress.note(ON_TOP);
    }
    let to_ask = OwnersToAsk::of(&contents, &files);
    crawl.phase("header images and owners", None);
    let ((), found, (), listed_drafts) = tokio::join!(
        header_images::sweep(crawl, &mut contents, reported.filter(|_| crawl.options.references_within), spaces),
        owners::find(crawl, &owners),
        list_comparison::attachments(crawl, &files, &to_ask),
        drafts::listed(crawl),
    );
    let (app_content, app_content_types) = custom_content::read(crawl, found).await;
    // the sweep for header images may have met an owner that no list shows, too
    let met: HashSet<(ContentKind, ContentId)> =
        contents.iter().map(|content| (content.kind, content.id.clone())).collect();
    contents.extend(app_content.into_iter().filter(|found| !met.contains(&(found.kind, found.id.clone()))));
    let is_read = |id: &SpaceId| {
        let space = spaces.iter().find(|space| space.id == *id);
        !crawl.options.references_within
            || space.is_none_or(|space| reported.is_none_or(|keys| keys.contains(&space.key)))
    };
    let drafts = drafts::read(crawl, listed_drafts, &contents, is_read).await;
    newer::put_all(&mut contents, &mut files, drafts);
    let unknown = unread::unknown(crawl, &contents, &files);
    if !unknown.is_empty() {
        return Err(CrawlError::UnknownAccepted(unknown));
    }
    comments::complete(&mut contents, &files);
    let comments = search_comparison::compare(crawl, &contents, &files).await;
    contents.extend(bodies::settle(crawl, comments).await);
    versions::read(crawl, &mut files, &contents, spaces, reported).await;
    let old_sizes = old_sizes::prove(crawl, &mut files).await;
    labels::read(crawl, Pass::FIRST, &contents, &mut files).await;
    let people = people::read(crawl, &contents, &files).await;
    let references_within = crawl.options.references_within && reported.is_some();
    Ok(Read {
        contents,
        attachments: files,
        files_elsewhere: FilesElsewhere::default(),
        people,
        old_sizes,
        app_content_types,
        plan,
        figures,
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
