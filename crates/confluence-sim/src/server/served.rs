//! The site with the indexes that keep single look-ups cheap on large sites.

use std::collections::HashMap;

use super::orders::Orders;
use super::paging;
use crate::site::{Attachment, AttachmentVersion, Content, Site, Space};

/// For whom an answer is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Viewer {
    /// The account of the site.
    Account,
    /// Nobody in particular: sees public spaces only.
    Anonymous,
}

impl Viewer {
    /// Whether the viewer may see a space.
    pub(crate) fn sees_space(self, space: &Space) -> bool {
        !space.hidden && (self == Self::Account || space.public)
    }
}

/// A site, indexed.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) site: Site,
    /// Where the server listens, e.g. `http://127.0.0.1:4711/wiki`; claimed as `_links.base` unless the site says
    /// otherwise.
    pub(crate) address: String,
    spaces: HashMap<String, usize>,
    contents: HashMap<String, usize>,
    attachments: HashMap<String, usize>,
    children: HashMap<String, Vec<usize>>,
    files: HashMap<String, Vec<usize>>,
    file_ids: HashMap<String, (usize, usize)>,
    pub(crate) orders: Orders,
}

impl Served {
    /// Indexes a site.
    pub(crate) fn new(site: Site, address: String) -> Self {
        let mut served = Self {
            site,
            address,
            spaces: HashMap::new(),
            contents: HashMap::new(),
            attachments: HashMap::new(),
            children: HashMap::new(),
            files: HashMap::new(),
            file_ids: HashMap::new(),
            orders: Orders::default(),
        };
        served.index();
        served
    }

    /// Indexes again after a change.
    pub(crate) fn index(&mut self) {
        let site = &self.site;
        self.orders = Orders::of(site);
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

    /// What `_links.base` says.
    pub(crate) fn base(&self) -> &str {
        self.site.public_base.as_deref().unwrap_or(&self.address)
    }

    /// What the site says of its lists.
    pub(crate) fn lists(&self) -> paging::Site<'_> {
        paging::Site { base: self.base(), cap: self.site.behaviour.page_cap }
    }

    /// A space by id.
    pub(crate) fn space(&self, id: &str) -> Option<&Space> {
        self.spaces.get(id).map(|at| &self.site.spaces[*at])
    }

    /// A content by id, whether or not anybody may see it.
    pub(crate) fn content(&self, id: &str) -> Option<&Content> {
        self.contents.get(id).map(|at| &self.site.contents[*at])
    }

    /// A content the viewer may see.
    pub(crate) fn visible_content(&self, viewer: Viewer, id: &str) -> Option<&Content> {
        self.content(id).filter(|content| self.sees_content(viewer, content))
    }

    /// An attachment the viewer may see; `att123` and `123` are the same.
    pub(crate) fn visible_attachment(&self, viewer: Viewer, id: &str) -> Option<&Attachment> {
        let at = self.attachments.get(id).or_else(|| self.attachments.get(&format!("att{id}")))?;
        Some(&self.site.attachments[*at]).filter(|file| self.sees_attachment(viewer, file))
    }

    /// Comments of a page or post, replies of a comment, children of a page.
    pub(crate) fn children(&self, id: &str) -> impl Iterator<Item = &Content> {
        self.children.get(id).into_iter().flatten().map(|at| &self.site.contents[*at])
    }

    /// Files of a content.
    pub(crate) fn files_of(&self, id: &str) -> impl Iterator<Item = &Attachment> {
        self.files.get(id).into_iter().flatten().map(|at| &self.site.attachments[*at])
    }

    /// A version by media file id.
    pub(crate) fn file(&self, file_id: &str) -> Option<(&Attachment, &AttachmentVersion)> {
        let (at, version_at) = self.file_ids.get(file_id)?;
        let attachment = &self.site.attachments[*at];
        Some((attachment, attachment.versions.get(*version_at)?))
    }

    /// Whether the viewer may see a content: not hidden, in a visible space, on a visible container.
    pub(crate) fn sees_content(&self, viewer: Viewer, content: &Content) -> bool {
        let in_sight = match self.space(&content.space_id) {
            Some(space) => viewer.sees_space(space),
            None => viewer == Viewer::Account,
        };
        let container = content.container.as_deref().and_then(|id| self.content(id));
        in_sight && !content.hidden && container.is_none_or(|container| !container.hidden)
    }

    /// Whether the viewer may see an attachment.
    pub(crate) fn sees_attachment(&self, viewer: Viewer, file: &Attachment) -> bool {
        let owner = file.container.id().and_then(|id| self.content(id));
        let owner_in_sight = owner.is_some_and(|owner| self.sees_content(viewer, owner));
        !file.versions.is_empty() && (owner_in_sight || (file.visible_without_container && viewer == Viewer::Account))
    }
}
