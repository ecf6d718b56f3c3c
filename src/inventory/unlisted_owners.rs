//! Owners of attachments that are in no list: drafts that were never published, custom content, and contents that are
//! hidden or deleted.

use super::bodies::settle_forms;
use super::coverage::UnitKind;
use super::crawl::{Crawl, GROUP};
use super::custom_content::is_diagram_index;
use super::header_images;
use super::ledger::WorkUnit;
use super::not_found::ItemKind;
use super::site::{Container, Content, ContentId, ContentKind, Status};
use confluence_client::api::{ContentType, Edition};

/// Reads these owners one by one. Those that are not found stay unknown, because other people's unpublished drafts and
/// deleted owners look the same. Their files are undetermined.
pub(super) async fn find(crawl: &Crawl<'_>, owners: &[Container]) -> Vec<UnlistedOwner> {
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for group in owners.chunks(GROUP) {
        for result in crawl.all(group.iter().map(|owner| read_owner(crawl, owner)).collect()).await {
            match result {
                OwnerResult::Found(owner) => found.push(*owner),
                OwnerResult::NotFound(unit, kind, id) => missing.push((unit, kind, id)),
                OwnerResult::Unread => {}
            }
        }
    }
    let mut any_found = !found.is_empty();
    for (unit, kind, id) in missing {
        if any_found {
            unit.gone();
        } else {
            any_found = crawl.settle_gone(unit, ItemKind::Content(kind), id.as_str()).await;
        }
    }
    found
}

/// The result of reading an owner.
enum OwnerResult<'c> {
    Found(Box<UnlistedOwner>),
    /// Two requests did not find it.
    NotFound(WorkUnit<'c>, ContentKind, &'c ContentId),
    Unread,
}

/// An owner that is in no list.
pub(super) struct UnlistedOwner {
    pub(super) content: Content,
    /// Type of a custom content, as its app named it.
    pub(super) custom_type: Option<String>,
}

async fn read_owner<'c>(crawl: &Crawl<'c>, owner: &'c Container) -> OwnerResult<'c> {
    let (which, kind, id) = match owner {
        Container::Page(id) => (ContentType::Page, ContentKind::Page, id),
        Container::BlogPost(id) => (ContentType::BlogPost, ContentKind::BlogPost, id),
        Container::CustomContent(id) => (ContentType::CustomContent, ContentKind::CustomContent, id),
        Container::None => return OwnerResult::Unread,
    };
    let unit = crawl.ledger.enter(UnitKind::ContainerLookup, format!("{} {id}, which owns attachments", kind.label()));
    let edition = if which == ContentType::CustomContent { Edition::Published } else { Edition::Draft };
    let sent = match crawl.retry_not_found(|| crawl.api.content(which, id.as_str(), edition)).await {
        Ok(sent) => sent,
        Err(error) if error.is_not_found() => return OwnerResult::NotFound(unit, kind, id),
        Err(error) => {
            unit.refused(&error);
            return OwnerResult::Unread;
        }
    };
    let custom_type = sent.kind.clone().filter(|_| kind == ContentKind::CustomContent);
    let mut content = crawl.content(sent, kind);
    // it may have been published after the list was read, or the list has a hole: the final pass shows which
    if custom_type.as_deref().is_some_and(is_diagram_index) {
        unit.ok();
    } else {
        settle_forms(crawl, unit, &mut content, edition).await;
    }
    if header_images::can_have_header_image(&content) && content.status != Status::Draft {
        header_images::read_alone(crawl, &mut content).await;
    }
    OwnerResult::Found(Box::new(UnlistedOwner { content, custom_type }))
}
