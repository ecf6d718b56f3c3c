//! All attachments of the site: those that come along with their pages and posts, and those in the trash.
//!
//! There is no list of the attachments of a site or a space. Each page or post comes with its first 25 files and says
//! whether there are more; only then its own list is read. Trashed files are in the trash of their space, which takes a
//! space administrator: where it is refused, the outcome names the space.

use super::convert::{self, Owner};
use super::memory::KnownSpace;
use super::merge::{SharedList, each_space};
use super::space_list::{SpaceContents, is_refusal};
use super::v1::V1Content;
use super::{ATTACHMENT, DataCenter};
use crate::error::RequestError;
use crate::list_item::{ListItem, item_id};
use crate::list_outcome::ListOutcome;
use crate::model;
use crate::parameters::{Bodies, ListOrder};
use crate::request::Request;
use crate::request_kind::RequestKind;

/// Expansions of pages and posts of which only the attachments are needed.
pub(super) const WITH_FILES: &str = "children.attachment.version,children.attachment.history,children.attachment.extensions,\
                          children.attachment.metadata.labels";

/// Attachments that could not be parsed.
#[derive(Debug, Default)]
struct BadFiles {
    count: usize,
    first: String,
}

impl BadFiles {
    fn note(&mut self, id: Option<&str>, error: &serde_json::Error) {
        if self.count == 0 {
            self.first = format!("{}: {error}", id.unwrap_or("item without id"));
        }
        self.count += 1;
    }

    fn end(self) -> Result<(), RequestError> {
        match self {
            Self { count: 0, .. } => Ok(()),
            Self { count, first } => {
                Err(RequestError::BadItems { endpoint: "/rest/api/content (attachments)".to_owned(), count, first })
            }
        }
    }
}

impl DataCenter {
    pub(crate) async fn attachments(&self, order: ListOrder, take: impl FnMut(model::Attachment)) -> ListOutcome {
        let spaces = match self.known_spaces().await {
            Ok(spaces) => spaces,
            Err(error) => return ListOutcome::ended(Err(error)),
        };
        let list = SharedList::new(take);
        each_space(&spaces, async |space| {
            for content_type in ["page", "blogpost"] {
                if !list.is_over() {
                    self.files_of_space(&list, space, content_type, order).await;
                }
            }
            if !list.is_over() {
                self.trashed_files(&list, space, order).await;
            }
        })
        .await;
        list.into_parts().0.finish()
    }

    /// Lists the files of all pages or posts of one space.
    async fn files_of_space(
        &self,
        list: &SharedList<impl FnMut(model::Attachment)>,
        space: &KnownSpace,
        content_type: &'static str,
        order: ListOrder,
    ) {
        let kind = RequestKind::Attachments;
        let expand = WITH_FILES.to_owned();
        let wanted = SpaceContents { kind, space, content_type, expand, bodies: Bodies::LeftOut, order };
        let (mut bad, mut with_more) = (BadFiles::default(), Vec::new());
        let outcome = self
            .contents_of_space(&wanted, |mut content| {
                let owner = Owner { id: content.id.clone(), is_post: content_type == "blogpost" };
                let Some(files) = content.children.take().and_then(|children| children.attachment) else {
                    // files of trashed pages may not come along; those of all others have to
                    if content.status.as_deref() != Some("trashed") {
                        with_more.push(owner);
                    }
                    return;
                };
                let next = files.links.as_ref().and_then(|links| links.next.as_ref());
                let has_more = next.is_some_and(|next| !next.is_empty());
                for file in files.results {
                    let id = item_id(&file);
                    match serde_json::from_value::<V1Content>(file) {
                        Ok(file) => self.pass_on(list, file, Some(&owner)),
                        Err(error) => bad.note(id.as_deref(), &error),
                    }
                }
                if has_more {
                    with_more.push(owner);
                }
            })
            .await;
        list.add(outcome);
        list.add(ListOutcome::ended(bad.end()));
        for owner in with_more {
            if list.is_over() {
                return;
            }
            let outcome = self.files_of_owner(&owner, |file| self.pass_on(list, file, Some(&owner))).await;
            let is_deleted = outcome.end.as_ref().is_err_and(RequestError::is_not_found)
                && self.was_deleted(RequestKind::AttachmentsOfOneOwner, &owner.id.0).await;
            if !is_deleted {
                list.add(outcome);
            }
        }
    }

    fn pass_on(&self, list: &SharedList<impl FnMut(model::Attachment)>, file: V1Content, owner: Option<&Owner>) {
        self.memory.note_people(&file);
        let (id, version) = (file.id.0.clone(), file.version());
        list.pass(&id, version, || convert::attachment(file, owner));
    }

    /// Returns whether a page or post was deleted after the list showed it: then what is on it is in the trash.
    pub(super) async fn was_deleted(&self, kind: RequestKind, id: &str) -> bool {
        let request = Request::v1(kind, &["content", id]);
        let response = self.client.get::<V1Content>(&request).await;
        response.is_err_and(|error| error.is_not_found())
    }

    /// Lists the files in the trash of one space.
    async fn trashed_files(
        &self,
        list: &SharedList<impl FnMut(model::Attachment)>,
        space: &KnownSpace,
        order: ListOrder,
    ) {
        let kind = RequestKind::SpaceTrash;
        let request = Request::v1(kind, &["space", &space.key, "trash"])
            .with("expand", ATTACHMENT)
            .with("limit", self.page_size(kind, Bodies::LeftOut, order));
        let outcome = self
            .by_cursor(&request, |mut file: V1Content| {
                if file.kind.as_deref() == Some("attachment") {
                    file.status.get_or_insert_with(|| "trashed".to_owned());
                    self.pass_on(list, file, None);
                }
            })
            .await;
        match &outcome.end {
            Err(error) if error.is_denied() || is_refusal(error) => list.is_denied(&space.key),
            _ => list.add(outcome),
        }
    }
}
