//! Removes from a site what Data Center cannot hold, so that every product can serve the same site.

use std::collections::{HashMap, HashSet};

use crate::readership::Readership;
use crate::site::{Container, Content, ContentType, Site, Status};
use crate::workflow::WorkflowApp;

/// Length of a media file id.
const ID_LENGTH: usize = 36;
/// Beginnings of the keys of content properties that only Cloud has.
const CLOUD_PROPERTIES: [&str; 2] = ["cover-picture", "content-state"];

impl Site {
    /// Returns the site without what Data Center cannot hold or does not list. A client then sees the same contents and
    /// files, whichever product serves it.
    ///
    /// - Folders, whiteboards, databases, smart links and custom content do not exist; pages below them move to the
    ///   nearest page above.
    /// - Archived pages and files are current ones, as after a migration. What was purged does not exist, nor do drafts
    ///   that were never published, which no list of Data Center has with their files.
    /// - Header images, content states, live docs, documents in Atlassian document format, aliases of spaces, owners,
    ///   views and likes are removed, and so are media file ids from all texts.
    /// - Comala for Cloud becomes Comala for Data Center, with the same workflows.
    /// - Files without a visible container are not listed.
    #[must_use]
    pub fn without_cloud_features(mut self) -> Self {
        self.move_pages_out_of_folders();
        self.contents.retain(|content| {
            let is_known = content.kind.is_page_or_post() || content.kind.is_comment();
            is_known && !matches!(content.status, Status::Deleted | Status::Draft)
        });
        let owners: HashSet<String> = self.contents.iter().map(|content| content.id.clone()).collect();
        self.contents.retain(|content| content.container.as_ref().is_none_or(|container| owners.contains(container)));
        self.attachments.retain(|file| {
            let is_on_content =
                matches!(&file.container, Container::Page(id) | Container::BlogPost(id) if owners.contains(id));
            is_on_content && file.status != Status::Deleted
        });
        for file in &mut self.attachments {
            file.visible_without_container = false;
            if file.status == Status::Archived {
                file.status = Status::Current;
            }
        }
        let file_ids: HashSet<String> =
            self.attachments.iter().flat_map(|file| &file.versions).map(|version| version.file_id.clone()).collect();
        for content in &mut self.contents {
            remove_features(content, &file_ids);
        }
        for template in &mut self.templates {
            remove_ids(&mut template.body, &file_ids);
        }
        for space in &mut self.spaces {
            space.alias = None;
            if space.kind != "personal" {
                "global".clone_into(&mut space.kind);
            }
        }
        if self.workflow.app == WorkflowApp::ComalaCloud {
            self.workflow.app = WorkflowApp::ComalaDataCenter;
        }
        self
    }

    /// Makes the nearest page above each page its parent.
    fn move_pages_out_of_folders(&mut self) {
        let parents: HashMap<String, (ContentType, Option<String>)> = self
            .contents
            .iter()
            .map(|content| (content.id.clone(), (content.kind, content.parent.as_ref().map(|(id, _)| id.clone()))))
            .collect();
        for page in self.contents.iter_mut().filter(|content| content.kind == ContentType::Page) {
            let mut above = page.parent.as_ref().map(|(id, _)| id.clone());
            let mut seen = HashSet::new();
            page.parent = None;
            while let Some(id) = above.take().filter(|id| seen.insert(id.clone())) {
                let Some((kind, next)) = parents.get(&id) else { break };
                if *kind == ContentType::Page {
                    page.parent = Some((id, ContentType::Page));
                    break;
                }
                above.clone_from(next);
            }
        }
    }
}

fn remove_features(content: &mut Content, file_ids: &HashSet<String>) {
    if content.status == Status::Archived {
        content.status = Status::Current;
    }
    content.live = false;
    content.document = None;
    content.owner = None;
    content.last_owner = None;
    content.properties.retain(|key, _| !CLOUD_PROPERTIES.iter().any(|beginning| key.starts_with(beginning)));
    content.readers = Readership { watchers: std::mem::take(&mut content.readers.watchers), ..Readership::default() };
    let drafts = content.draft.iter_mut().map(|draft| &mut draft.body);
    for text in content.earlier_bodies.values_mut().chain(drafts).chain([&mut content.body]) {
        remove_ids(text, file_ids);
    }
}

/// Removes media file ids from a text.
fn remove_ids(text: &mut String, file_ids: &HashSet<String>) {
    let is_id = |id: &[u8]| {
        [8, 13, 18, 23].iter().all(|at| id.get(*at) == Some(&b'-'))
            && std::str::from_utf8(id).is_ok_and(|id| file_ids.contains(&id.to_ascii_lowercase()))
    };
    let found: Vec<String> = text
        .as_bytes()
        .windows(ID_LENGTH)
        .filter(|id| is_id(id))
        .map(|id| String::from_utf8_lossy(id).into_owned())
        .collect();
    for id in found {
        *text = text.replace(&id, "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_move_to_the_nearest_page_above() {
        let below = |id: &str, kind| Some((id.to_owned(), kind));
        let site = Site::new()
            .space("ENG", "Engineering")
            .page("1", "Top", "")
            .folder("2", "Folder")
            .with_content(|folder| folder.parent = below("1", ContentType::Page))
            .folder("3", "Inner folder")
            .with_content(|folder| folder.parent = below("2", ContentType::Folder))
            .page("4", "Page", "")
            .with_content(|page| page.parent = below("3", ContentType::Folder))
            .folder("5", "Folder at the root")
            .page("6", "Other page", "")
            .with_content(|page| page.parent = below("5", ContentType::Folder))
            .without_cloud_features();
        let parents: Vec<_> = site.contents.iter().map(|page| (page.id.as_str(), page.parent.clone())).collect();
        assert_eq!(parents, [("1", None), ("4", below("1", ContentType::Page)), ("6", None)]);
    }

    #[test]
    fn only_what_data_center_holds_is_left() {
        let mut site = Site::new().space("ENG", "Engineering").page("1", "Page", "");
        site = site.property("cover-picture-id-published", "{}".into()).attachment("att10", "a.png", 1);
        let id = site.attachments[0].versions[0].file_id.clone();
        site = site.with_content(|page| {
            page.body = format!("<p>{id}</p>");
            page.live = true;
        });
        site = site.page("2", "Draft", "").with_content(|page| page.status = Status::Draft).footer_comment("20", "");
        site = site.attachment("att11", "b.png", 1);
        site = site.page("3", "Archived", "").with_content(|page| page.status = Status::Archived);
        site = site.attachment_of(Container::None, "att12", "logo.png", 1).without_cloud_features();
        let kept: Vec<_> = site.contents.iter().map(|content| (content.id.as_str(), content.status)).collect();
        assert_eq!(kept, [("1", Status::Current), ("3", Status::Current)]);
        assert_eq!(site.attachments.iter().map(|file| file.id.as_str()).collect::<Vec<_>>(), ["att10"]);
        let page = &site.contents[0];
        assert_eq!((page.body.as_str(), page.live, page.properties.len()), ("<p></p>", false, 0));
    }
}
