//! Decides whether "not found" means "deleted". An account without permission gets that response for everything, so it
//! counts only while another item that a list has shown is still found: one of the same kind, or a page if there is
//! none.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::crawl::{Crawl, content_type_of};
use super::ledger::WorkUnit;
use super::site::{Attachment, Content, ContentKind, Status};
use confluence_client::RequestError;
use confluence_client::api::Edition;

/// Number of ids that are kept of each kind: one may have been deleted, too.
const OF_EACH: usize = 3;

/// Kinds of items that can be requested by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum ItemKind {
    /// A page, post, comment or custom content.
    Content(ContentKind),
    File,
}

/// Ids of current contents and files that lists have shown.
#[derive(Debug, Default)]
pub(super) struct VisibleItems {
    ids: Mutex<HashMap<ItemKind, Vec<String>>>,
}

impl VisibleItems {
    /// Records some of these contents.
    pub(super) fn note<'c>(&self, contents: impl IntoIterator<Item = &'c Content>) {
        for content in contents.into_iter().filter(|content| content.status == Status::Current) {
            self.note_id(ItemKind::Content(content.kind), content.id.as_str());
        }
    }

    /// Records some of these files.
    pub(super) fn note_files(&self, files: &[Attachment]) {
        for file in files.iter().filter(|file| file.status == Status::Current) {
            self.note_id(ItemKind::File, file.id.as_str());
        }
    }

    /// Records this id, unless enough of its kind are known.
    pub(super) fn note_id(&self, kind: ItemKind, id: &str) {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        let known = ids.entry(kind).or_default();
        if known.len() < OF_EACH && !known.iter().any(|known| known == id) {
            known.push(id.to_owned());
        }
    }

    /// Returns the other ids of this kind, or those of pages if there are none.
    fn others(&self, kind: ItemKind, id: &str) -> Vec<(ItemKind, String)> {
        let ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |kind: ItemKind| {
            let known = ids.get(&kind).into_iter().flatten();
            known.filter(|known| *known != id).map(|known| (kind, known.clone())).collect::<Vec<_>>()
        };
        Some(of(kind)).filter(|others| !others.is_empty()).unwrap_or_else(|| of(ItemKind::Content(ContentKind::Page)))
    }
}

impl Crawl<'_> {
    /// Returns whether another item of this kind is found, so that `id`, which is not, was deleted.
    pub(super) async fn finds_other_items(&self, kind: ItemKind, id: &str) -> Result<bool, RequestError> {
        for (kind, other) in self.visible_items.others(kind, id) {
            let found = match kind {
                ItemKind::File => self.api.attachment(&other).await.map(drop),
                ItemKind::Content(kind) => match content_type_of(kind) {
                    Some(which) => self.api.content(which, &other, Edition::Published).await.map(drop),
                    None => continue,
                },
            };
            match found {
                Err(error) if error.is_not_found() => {}
                found => return found.map(|()| true),
            }
        }
        Ok(false)
    }

    /// Ends the unit of an item that was not found twice and is in no list: as `gone` if others of its kind are found,
    /// else as `denied`. Returns whether it is gone.
    pub(super) async fn settle_gone(&self, unit: WorkUnit<'_>, kind: ItemKind, id: &str) -> bool {
        match self.finds_other_items(kind, id).await {
            Ok(true) => {
                unit.gone();
                return true;
            }
            Ok(false) => unit.denied("not found, and no other listed item is found either"),
            Err(error) => unit.refused(&error),
        }
        false
    }

    /// Turns "not found" into `None` if others of the kind are found; otherwise returns the error.
    pub(super) async fn unless_gone<T>(
        &self,
        kind: ItemKind,
        id: &str,
        result: Result<T, RequestError>,
    ) -> Result<Option<T>, RequestError> {
        match result {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.is_not_found() => {
                if self.finds_other_items(kind, id).await? {
                    Ok(None)
                } else {
                    Err(error)
                }
            }
            Err(error) => Err(error),
        }
    }
}
