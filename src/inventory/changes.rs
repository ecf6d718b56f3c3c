//! What was changed while the run went on: lists by modification date, read until they are older than the run.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;

use chrono::{DateTime, Duration, Utc};

use super::coverage::UnitKind;
use super::crawl::{Crawl, single};
use super::site::{Content, ContentId, ContentKind, Status};
use super::{Inventory, OldSizes, bodies, convert, header_images, versions};
use confluence_client::api::{CommentKind, Single};
use confluence_client::model;

/// How far before the start of the run changes are read again: times come from several computers of the site.
const CLOCK_MARGIN: Duration = Duration::minutes(2);

/// Reads again what was changed since the run began; gives how much differs from what was read before.
pub(super) async fn of_contents(crawl: &Crawl<'_>, inventory: &mut Inventory, first_round: bool) -> usize {
    crawl.phase("changes since the start", None);
    let since = inventory.scan.started_at - CLOCK_MARGIN;
    let (mut changed, posts, footer, inline) = tokio::join!(
        of_kind(crawl, ContentKind::Page, since),
        of_kind(crawl, ContentKind::BlogPost, since),
        of_kind(crawl, ContentKind::FooterComment, since),
        of_kind(crawl, ContentKind::InlineComment, since),
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
async fn of_kind(crawl: &Crawl<'_>, kind: ContentKind, since: DateTime<Utc>) -> Vec<Content> {
    let unit = crawl.ledger.enter(UnitKind::ChangesSinceStart, format!("changed {}s", kind.label()));
    let mut changed = BTreeMap::new();
    let take = |sent: model::Content| {
        let content = crawl.content(sent, kind);
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
pub(super) async fn of_attachments(crawl: &Crawl<'_>, inventory: &mut Inventory) -> usize {
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
pub(super) fn put_all(contents: &mut Vec<Content>, newer: Vec<Content>) -> usize {
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
    use storage_format::Body;

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
}
