//! A site with indexes that keep lookups fast on large sites.

use std::collections::HashMap;

use super::paging;
use super::sorted_indexes::SortedIndexes;
use crate::site::{Attachment, AttachmentVersion, Content, Site, Space};

/// Who sends a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Viewer {
    /// The account of the site.
    Account,
    /// The account of the site with the administrator's key, which shows hidden content too.
    Administrator,
    /// An anonymous visitor, who sees public spaces only.
    Anonymous,
}

impl Viewer {
    /// Whether the viewer may see a space.
    pub(crate) fn sees_space(self, space: &Space) -> bool {
        match self {
            Self::Administrator => true,
            Self::Account => !space.hidden,
            Self::Anonymous => !space.hidden && space.public,
        }
    }

    /// Whether the viewer is logged in.
    pub(crate) fn is_account(self) -> bool {
        self != Self::Anonymous
    }

    /// Whether the viewer sees content that is hidden from the account.
    pub(crate) fn sees_hidden(self) -> bool {
        self == Self::Administrator
    }
}

/// A site, indexed.
#[derive(Debug)]
pub(crate) struct IndexedSite {
    pub(crate) site: Site,
    /// Address of the server, for example `http://127.0.0.1:4711/wiki`; the value of `_links.base` unless the site sets
    /// another one.
    pub(crate) address: String,
    spaces: HashMap<String, usize>,
    contents: HashMap<String, usize>,
    attachments: HashMap<String, usize>,
    children: HashMap<String, Vec<usize>>,
    files: HashMap<String, Vec<usize>>,
    file_ids: HashMap<String, (usize, usize)>,
    pub(crate) orders: SortedIndexes,
}

impl IndexedSite {
    /// Indexes a site.
    pub(crate) fn new(site: Site, address: String) -> Self {
        let mut indexed = Self {
            site,
            address,
            spaces: HashMap::new(),
            contents: HashMap::new(),
            attachments: HashMap::new(),
            children: HashMap::new(),
            files: HashMap::new(),
            file_ids: HashMap::new(),
            orders: SortedIndexes::default(),
        };
        indexed.index();
        indexed
    }

    /// Rebuilds the indexes after a change.
    pub(crate) fn index(&mut self) {
        let site = &self.site;
        self.orders = SortedIndexes::of(site);
        self.spaces = site.spaces.iter().enumerate().map(|(at, space)| (space.id.clone(), at)).collect();
        self.contents = site.contents.iter().enumerate().map(|(at, content)| (content.id.clone(), at)).collect();
        self.attachments = site.attachments.iter().enumerate().map(|(at, file)| (file.id.clone(), at)).collect();
        self.children.clear();
        for (at, content) in site.contents.iter().enumerate() {
            let parent = content.parent.as_ref().map(|(id, _)| id).or(content.container.as_ref());
            if let Some(parent) = parent {
                self.children.entry(parent.clone()).or_default().push(at);
            }
        }
        self.files.clear();
        self.file_ids.clear();
        for (at, file) in site.attachments.iter().enumerate() {
            if let Some(owner) = file.container.id() {
                self.files.entry(owner.to_owned()).or_default().push(at);
            }
            for (version_at, version) in file.versions.iter().enumerate() {
                self.file_ids.insert(version.file_id.clone(), (at, version_at));
            }
        }
    }

    /// Returns the value of `_links.base`.
    pub(crate) fn base(&self) -> &str {
        self.site.public_base.as_deref().unwrap_or(&self.address)
    }

    /// Returns the context path of the site, `/wiki` on Cloud; the value of `_links.context`.
    pub(crate) fn context(&self) -> &str {
        let host = self.address.find("://").map_or(0, |at| at + 3);
        self.address[host..].find('/').map_or("", |at| &self.address[host + at..])
    }

    /// Returns the settings of the site for its lists.
    pub(crate) fn lists(&self) -> paging::ListSettings<'_> {
        paging::ListSettings { base: self.base(), cap: self.site.behaviour.page_cap }
    }

    /// Returns a space by id.
    pub(crate) fn space(&self, id: &str) -> Option<&Space> {
        self.spaces.get(id).map(|at| &self.site.spaces[*at])
    }

    /// Returns a content by id, visible or not.
    pub(crate) fn content(&self, id: &str) -> Option<&Content> {
        self.contents.get(id).map(|at| &self.site.contents[*at])
    }

    /// Returns a content if the viewer may see it.
    pub(crate) fn visible_content(&self, viewer: Viewer, id: &str) -> Option<&Content> {
        self.content(id).filter(|content| self.sees_content(viewer, content))
    }

    /// Returns an attachment if the viewer may see it; `att123` and `123` are the same id.
    pub(crate) fn visible_attachment(&self, viewer: Viewer, id: &str) -> Option<&Attachment> {
        let at = self.attachments.get(id).or_else(|| self.attachments.get(&format!("att{id}")))?;
        Some(&self.site.attachments[*at]).filter(|file| self.sees_attachment(viewer, file))
    }

    /// Returns the comments of a page or post, the replies to a comment, or the children of a page.
    pub(crate) fn children(&self, id: &str) -> impl Iterator<Item = &Content> {
        self.children.get(id).into_iter().flatten().map(|at| &self.site.contents[*at])
    }

    /// Returns the files of a content.
    pub(crate) fn files_of(&self, id: &str) -> impl Iterator<Item = &Attachment> {
        self.files.get(id).into_iter().flatten().map(|at| &self.site.attachments[*at])
    }

    /// Returns a version by media file id.
    pub(crate) fn file(&self, file_id: &str) -> Option<(&Attachment, &AttachmentVersion)> {
        let (at, version_at) = self.file_ids.get(file_id)?;
        let attachment = &self.site.attachments[*at];
        Some((attachment, attachment.versions.get(*version_at)?))
    }

    /// Whether the viewer may see a content: it is not hidden, and its space and container are visible.
    pub(crate) fn sees_content(&self, viewer: Viewer, content: &Content) -> bool {
        let is_space_visible = match self.space(&content.space_id) {
            Some(space) => viewer.sees_space(space),
            None => viewer.is_account(),
        };
        let container = content.container.as_deref().and_then(|id| self.content(id));
        let is_hidden = content.hidden || container.is_some_and(|container| container.hidden);
        is_space_visible && (viewer.sees_hidden() || !is_hidden)
    }

    /// Whether the viewer may see an attachment.
    pub(crate) fn sees_attachment(&self, viewer: Viewer, file: &Attachment) -> bool {
        let owner = file.container.id().and_then(|id| self.content(id));
        let is_owner_visible = owner.is_some_and(|owner| self.sees_content(viewer, owner));
        !file.versions.is_empty() && (is_owner_visible || (file.visible_without_container && viewer.is_account()))
    }
}
