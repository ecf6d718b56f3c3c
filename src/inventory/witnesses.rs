//! What "not found" is held against: a visitor without rights gets that answer to everything, so it says that something
//! was deleted only while something else, which a list has shown, is found.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::crawl::{Crawl, single};
use super::ledger::Unit;
use super::site::{Attachment, Content, ContentKind, Status};
use confluence_client::RequestError;
use confluence_client::api::Edition;

/// Things of each kind that are kept: one may have been deleted, too.
const OF_EACH: usize = 3;

/// What can be asked for alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// A page, post, comment or app content.
    Content(ContentKind),
    /// An attachment.
    File,
}

/// Ids of current contents and files that lists have shown.
#[derive(Debug, Default)]
pub(super) struct Witnesses {
    ids: Mutex<HashMap<Kind, Vec<String>>>,
}

impl Witnesses {
    /// Remembers some of these contents.
    pub(super) fn note<'c>(&self, contents: impl IntoIterator<Item = &'c Content>) {
        for content in contents.into_iter().filter(|content| content.status == Status::Current) {
            self.note_id(Kind::Content(content.kind), content.id.as_str());
        }
    }

    /// Remembers some of these files.
    pub(super) fn note_files(&self, files: &[Attachment]) {
        for file in files.iter().filter(|file| file.status == Status::Current) {
            self.note_id(Kind::File, file.id.as_str());
        }
    }

    /// Remembers this one, unless enough of its kind are known.
    pub(super) fn note_id(&self, kind: Kind, id: &str) {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        let known = ids.entry(kind).or_default();
        if known.len() < OF_EACH && !known.iter().any(|known| known == id) {
            known.push(id.to_owned());
        }
    }

    /// Those of a kind but for one; pages where there are none.
    fn others(&self, kind: Kind, id: &str) -> Vec<(Kind, String)> {
        let ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |kind: Kind| {
            let known = ids.get(&kind).into_iter().flatten();
            known.filter(|known| *known != id).map(|known| (kind, known.clone())).collect::<Vec<_>>()
        };
        Some(of(kind)).filter(|others| !others.is_empty()).unwrap_or_else(|| of(Kind::Content(ContentKind::Page)))
    }
}

impl Crawl<'_> {
    /// Whether something else of this kind is found, so that `id`, which is not, was deleted.
    pub(super) async fn finds_others(&self, kind: Kind, id: &str) -> Result<bool, RequestError> {
        for (kind, other) in self.witnesses.others(kind, id) {
            let found = match kind {
                Kind::File => self.api.attachment(&other).await.map(drop),
                Kind::Content(kind) => match single(kind) {
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

    /// Ends the unit of a thing that was not found twice and that no list shows: it is gone as long as others of its kind
    /// are found. Gives whether it is gone.
    pub(super) async fn settle_gone(&self, unit: Unit<'_>, kind: Kind, id: &str) -> bool {
        match self.finds_others(kind, id).await {
            Ok(true) => {
                unit.gone();
                return true;
            }
            Ok(false) => unit.denied("not found, and neither is anything else that a list shows"),
            Err(error) => unit.refused(&error),
        }
        false
    }

    /// What is left of a thing that was not found: nothing, when others of its kind are found; else its own error.
    pub(super) async fn unless_gone<T>(
        &self,
        kind: Kind,
        id: &str,
        result: Result<T, RequestError>,
    ) -> Result<Option<T>, RequestError> {
        match result {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.is_not_found() => {
                if self.finds_others(kind, id).await? {
                    Ok(None)
                } else {
                    Err(error)
                }
            }
            Err(error) => Err(error),
        }
    }
}
