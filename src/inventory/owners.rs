//! Owners of attachments that are in no list: never published drafts, app content, invisible or deleted contents.

use super::bodies::settle_forms;
use super::coverage::UnitKind;
use super::crawl::{Crawl, GROUP};
use super::custom_content::is_index;
use super::header_images;
use super::ledger::Unit;
use super::site::{Container, Content, ContentId, ContentKind, Status};
use super::witnesses::Kind;
use confluence_client::api::{Edition, Single};

/// Reads these owners one by one. Those that cannot be found stay unknown: never published drafts of others and deleted
/// owners look the same. Their files are undetermined.
pub(super) async fn find(crawl: &Crawl<'_>, owners: &[Container]) -> Vec<Owner> {
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for group in owners.chunks(GROUP) {
        for answer in crawl.all(group.iter().map(|owner| find_one(crawl, owner)).collect()).await {
            match answer {
                Found::Owner(owner) => found.push(*owner),
                Found::Nothing(unit, kind, id) => missing.push((unit, kind, id)),
                Found::Unread => {}
            }
        }
    }
    let mut others_are_found = !found.is_empty();
    for (unit, kind, id) in missing {
        if others_are_found {
            unit.gone();
        } else {
            others_are_found = crawl.settle_gone(unit, Kind::Content(kind), id.as_str()).await;
        }
    }
    found
}

/// What came of looking for an owner.
enum Found<'c> {
    Owner(Box<Owner>),
    /// It was not found twice.
    Nothing(Unit<'c>, ContentKind, &'c ContentId),
    Unread,
}

/// An owner that is in no list.
pub(super) struct Owner {
    pub(super) content: Content,
    /// App content: the app's type.
    pub(super) custom_type: Option<String>,
}

async fn find_one<'c>(crawl: &Crawl<'c>, owner: &'c Container) -> Found<'c> {
    let (which, kind, id) = match owner {
        Container::Page(id) => (Single::Page, ContentKind::Page, id),
        Container::BlogPost(id) => (Single::BlogPost, ContentKind::BlogPost, id),
        Container::CustomContent(id) => (Single::CustomContent, ContentKind::CustomContent, id),
        Container::None => return Found::Unread,
    };
    let unit = crawl.ledger.enter(UnitKind::ContainerLookup, format!("{} {id}, which owns attachments", kind.label()));
    let edition = if which == Single::CustomContent { Edition::Published } else { Edition::Draft };
    let sent = match crawl.twice(|| crawl.api.content(which, id.as_str(), edition)).await {
        Ok(sent) => sent,
        Err(error) if error.is_not_found() => return Found::Nothing(unit, kind, id),
        Err(error) => {
            unit.refused(&error);
            return Found::Unread;
        }
    };
    let custom_type = sent.kind.clone().filter(|_| kind == ContentKind::CustomContent);
    let mut content = crawl.content(sent, kind);
    // one that is published was so after the list was walked, or the list has a hole: the closing walk tells
    if custom_type.as_deref().is_some_and(is_index) {
        unit.ok();
    } else {
        settle_forms(crawl, unit, &mut content, edition).await;
    }
    if header_images::has_header(&content) && content.status != Status::Draft {
        header_images::read_alone(crawl, &mut content).await;
    }
    Found::Owner(Box::new(Owner { content, custom_type }))
}
