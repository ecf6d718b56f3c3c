//! Titles and spaces of pages and blog posts, listed before any body is read.
//!
//! When a page gets another title or space, Confluence rewrites the bodies that name it without a new version. A body
//! that was read before the change has the old name, one that was read after it has the new one, and its version does
//! not show which. Names are therefore listed before the first body: a page with the same name then and in the final
//! pass had that name whenever a body was read.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use tokio::join;

use super::content_updates;
use super::crawl::Crawl;
use super::lists::read_in_spaces;
use super::pass::Pass;
use super::site::{Attachment, Content, ContentId, Space, SpaceId};
use confluence_client::api::ContentType;
use confluence_client::model;

/// Names of pages and blog posts before their bodies were read.
#[derive(Debug, Default)]
pub(super) struct ContentNames(HashMap<ContentId, Name>);

/// Title and space.
type Name = (String, Option<SpaceId>);

/// Lists the names of all pages and blog posts of these spaces.
pub(super) async fn list(crawl: &Crawl<'_>, spaces: &[&Space]) -> ContentNames {
    let names: Mutex<HashMap<ContentId, Name>> = Mutex::default();
    // returns None, so that the contents themselves are not kept
    let note = |sent: model::Content| {
        let name = (sent.title.unwrap_or_default(), sent.space_id.map(|id| SpaceId::new(id.0)));
        names.lock().unwrap_or_else(PoisonError::into_inner).insert(ContentId::new(sent.id.0), name);
        None
    };
    join!(
        read_in_spaces(crawl, Pass::TITLES, ContentType::Page, spaces, note),
        read_in_spaces(crawl, Pass::TITLES, ContentType::BlogPost, spaces, note),
    );
    ContentNames(names.into_inner().unwrap_or_else(PoisonError::into_inner))
}

impl ContentNames {
    /// Marks as unsettled the files of all pages and posts that now have another name or are in only one of the two
    /// lists.
    pub(super) fn settle(mut self, contents: &[Content], files: &mut [Attachment]) {
        let mut renamed: HashSet<ContentId> = HashSet::new();
        for content in contents.iter().filter(|content| content.kind.owns_attachments()) {
            let is_same =
                self.0.remove(&content.id).is_some_and(|name| name == (content.title.clone(), content.space.clone()));
            if !is_same {
                renamed.insert(content.id.clone());
            }
        }
        renamed.extend(self.0.into_keys());
        content_updates::mark_unsettled(&renamed, files);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{ContentKind, Unsettled, convert};
    use serde_json::json;

    fn page(id: &str, title: &str, space: &str) -> Content {
        let sent = json!({"id": id, "title": title, "spaceId": space});
        convert::content(serde_json::from_value(sent).unwrap(), ContentKind::Page, None)
    }

    #[test]
    fn files_are_unsettled_if_their_page_was_renamed_moved_created_or_deleted() {
        let before = [("1", "Same", "9"), ("2", "Before", "9"), ("3", "Moved", "9"), ("4", "Gone", "9")];
        let of = |(id, title, space): (&str, &str, &str)| {
            (ContentId::new(id), (title.to_owned(), Some(SpaceId::new(space))))
        };
        let names = ContentNames(before.into_iter().map(of).collect());
        let now = [page("1", "Same", "9"), page("2", "Now", "9"), page("3", "Moved", "8"), page("5", "New", "9")];
        let file = |page: &str| {
            convert::attachment(serde_json::from_value(json!({"id": format!("att{page}"), "pageId": page})).unwrap())
        };
        let mut files = ["1", "2", "3", "4", "5"].map(file);
        names.settle(&now, &mut files);
        let open = files.map(|file| file.unsettled == Some(Unsettled::Changing));
        assert_eq!(open, [false, true, true, true, true]);
    }
}
