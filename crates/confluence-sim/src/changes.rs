//! Changes that people make to a site while it is read, as typed values.
//!
//! Each does what Confluence does: some create a new version with a date, others leave every version and date as they
//! are. [`crate::Fault::Change`] applies them before a chosen request.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::file_references::refactor;
use crate::site::{Attachment, Container, Content, ContentType, ContentVersion, Draft, Site, Space, Status, Template};

/// A change of the site, and when it was applied.
#[derive(Debug, Clone)]
pub struct AppliedChange {
    /// Index in the request log of the request before whose response the change was applied.
    pub request: usize,
    /// The change.
    pub change: Change,
    /// The site after the change.
    pub site: Site,
}

/// An edit of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextEdit {
    /// Appends text at the end.
    Append(String),
    /// Removes every occurrence of a text.
    Remove(String),
}

impl TextEdit {
    fn apply(&self, text: &mut String) {
        match self {
            Self::Append(more) => text.push_str(more),
            Self::Remove(part) => *text = text.replace(part, ""),
        }
    }
}

/// One change of a site. Changes of items that the site does not have do nothing.
#[derive(Debug, Clone)]
pub enum Change {
    /// Publishes a new version of a page, post, comment, reply or custom content. Its draft does not exist
    /// afterwards.
    EditContent {
        /// Id of the content.
        id: String,
        /// What changes in its body.
        edit: TextEdit,
    },
    /// Creates a content of any kind, dated with the time of the change.
    AddContent(Box<Content>),
    /// Publishes a new version of a page or post under another title. References to files of that content are rewritten
    /// without new versions.
    RenameContent {
        /// Id of the page or post.
        id: String,
        /// The new title.
        title: String,
    },
    /// Changes the status without a new version or date: to the trash, restored, archived, purged.
    SetStatus {
        /// Id of the content.
        id: String,
        /// The new status.
        status: Status,
    },
    /// Resolves or reopens an inline comment, without a new version.
    Resolve {
        /// Id of the comment.
        id: String,
        /// `resolved`, `reopened`.
        resolution: String,
    },
    /// Moves a page or post to another space, without a new version; references to its files are rewritten.
    MoveContent {
        /// Id of the page or post.
        id: String,
        /// Id of the space.
        space: String,
    },
    /// Sets or lifts a restriction: the account can no longer see the content, or sees it again with its old dates.
    HideContent {
        /// Id of the content.
        id: String,
        /// Whether the content is hidden from the account.
        hidden: bool,
    },
    /// Saves the account's unpublished changes of a page or post.
    SaveDraft {
        /// Id of the page or post.
        id: String,
        /// What changes in its draft; a first draft starts from the published body.
        edit: TextEdit,
    },
    /// Sets or removes a content property, without a new version: a header image, or data of an app.
    SetProperty {
        /// Id of the content.
        id: String,
        /// Key of the property.
        key: String,
        /// Its value; `None` removes it.
        value: Option<Value>,
    },
    /// Adds a label to a file or content or removes it, without a new version.
    SetLabel {
        /// Id of the file or content.
        id: String,
        /// Name of the label.
        label: String,
        /// `true` adds the label, `false` removes it.
        given: bool,
    },
    /// Renames a file without a new version; structured references are rewritten, URLs are not.
    RenameFile {
        /// Id of the file.
        id: String,
        /// The new name.
        name: String,
    },
    /// Moves a file to another page or post without a new version; structured references are rewritten.
    MoveFile {
        /// Id of the file.
        id: String,
        /// Id of the page or post.
        to: String,
    },
    /// Uploads a new version of a file.
    UploadVersion {
        /// Id of the file.
        id: String,
    },
    /// Uploads a new file, dated with the time of the change.
    AddFile(Box<Attachment>),
    /// Moves a file to the trash or restores it, without a new version.
    SetFileStatus {
        /// Id of the file.
        id: String,
        /// The new status.
        status: Status,
    },
    /// Edits the body of a template; templates have no versions.
    EditTemplate {
        /// Id of the template.
        id: String,
        /// What changes in its body.
        edit: TextEdit,
    },
    /// Creates a template.
    AddTemplate(Box<Template>),
    /// Creates a space.
    AddSpace(Box<Space>),
    /// Archives a space, or restores it.
    ArchiveSpace {
        /// Id of the space.
        id: String,
        /// `true` archives the space, `false` restores it.
        archived: bool,
    },
    /// Hides a space from the account, or shows it again.
    HideSpace {
        /// Id of the space.
        id: String,
        /// Whether the space is hidden from the account.
        hidden: bool,
    },
    /// Changes the key of a space; references to files of its pages are rewritten.
    RenameSpace {
        /// Id of the space.
        id: String,
        /// The new key.
        key: String,
    },
    /// Adds a second key to a space.
    SetAlias {
        /// Id of the space.
        id: String,
        /// The second key.
        alias: String,
    },
}

impl Change {
    /// Returns the lists that show the change to a client that starts reading them afterwards, as path globs. Empty if
    /// more than one request could show it.
    pub fn shown_by(&self) -> &'static [&'static str] {
        match self {
            Self::RenameFile { .. }
            | Self::MoveFile { .. }
            | Self::UploadVersion { .. }
            | Self::SetFileStatus { .. } => &["/wiki/api/v2/attachments"],
            Self::EditTemplate { .. } | Self::AddTemplate(_) => &["/wiki/rest/api/template/page"],
            Self::AddSpace(_) | Self::ArchiveSpace { .. } | Self::RenameSpace { .. } => &["/wiki/api/v2/spaces"],
            _ => &[],
        }
    }

    /// Applies the change to the site, with `now` as its time.
    pub fn apply(&self, site: &mut Site, now: DateTime<Utc>) {
        match self {
            Self::EditContent { id, edit } => {
                with(content(site, id), |content| {
                    edit.apply(&mut content.body);
                    publish(content, now);
                });
            }
            Self::AddContent(new) => {
                let mut new = Content::clone(new);
                new.created_at = now;
                new.versions.iter_mut().for_each(|version| version.created_at = now);
                site.contents.push(new);
            }
            Self::RenameContent { id, title } => refactor(site, |site| {
                with(content(site, id), |content| {
                    content.title.clone_from(title);
                    publish(content, now);
                });
            }),
            Self::SetStatus { id, status } => with(content(site, id), |content| content.status = *status),
            Self::Resolve { id, resolution } => {
                with(content(site, id), |content| content.resolution = Some(resolution.clone()));
            }
            Self::MoveContent { id, space } => refactor(site, |site| move_content(site, id, space)),
            Self::HideContent { id, hidden } => with(content(site, id), |content| content.hidden = *hidden),
            Self::SaveDraft { id, edit } => with(content(site, id), |content| save_draft(content, edit, now)),
            Self::SetProperty { id, key, value } => with(content(site, id), |content| match value {
                Some(value) => drop(content.properties.insert(key.clone(), value.clone())),
                None => drop(content.properties.remove(key)),
            }),
            Self::SetLabel { id, label, given } => {
                let labels = match site.attachments.iter_mut().find(|file| file.id == *id) {
                    Some(file) => Some(&mut file.labels),
                    None => content(site, id).map(|content| &mut content.labels),
                };
                with(labels, |labels| {
                    labels.retain(|one| one != label);
                    labels.extend(given.then(|| label.clone()));
                });
            }
            Self::RenameFile { id, name } => refactor(site, |site| {
                with(file(site, id).and_then(|file| file.versions.last_mut()), |version| {
                    version.title.clone_from(name);
                });
            }),
            Self::MoveFile { id, to } => refactor(site, |site| move_file(site, id, to)),
            Self::UploadVersion { id } => with(file(site, id), |file| {
                if let Some(current) = file.current().cloned() {
                    file.upload(&current.title, current.size + 1, now, None);
                }
            }),
            Self::AddFile(new) => {
                let mut new = Attachment::clone(new);
                new.versions.iter_mut().for_each(|version| version.created_at = now);
                site.attachments.push(new);
            }
            Self::SetFileStatus { id, status } => with(file(site, id), |file| file.status = *status),
            Self::EditTemplate { id, edit } => {
                let template = site.templates.iter_mut().find(|template| template.id == *id);
                with(template, |template| edit.apply(&mut template.body));
            }
            Self::AddTemplate(new) => site.templates.push(Template::clone(new)),
            Self::AddSpace(new) => site.spaces.push(Space { created_at: now, ..Space::clone(new) }),
            Self::ArchiveSpace { id, archived } => with(space(site, id), |space| space.archived = *archived),
            Self::HideSpace { id, hidden } => with(space(site, id), |space| space.hidden = *hidden),
            Self::RenameSpace { id, key } => refactor(site, |site| {
                let Some(space) = space(site, id) else { return };
                let old = std::mem::replace(&mut space.key, key.clone());
                for template in site.templates.iter_mut().filter(|template| template.space_key.as_ref() == Some(&old)) {
                    template.space_key = Some(key.clone());
                }
            }),
            Self::SetAlias { id, alias } => with(space(site, id), |space| space.alias = Some(alias.clone())),
        }
    }
}

fn content<'s>(site: &'s mut Site, id: &str) -> Option<&'s mut Content> {
    site.contents.iter_mut().find(|content| content.id == id)
}

fn file<'s>(site: &'s mut Site, id: &str) -> Option<&'s mut Attachment> {
    site.attachments.iter_mut().find(|file| file.id == id)
}

fn space<'s>(site: &'s mut Site, id: &str) -> Option<&'s mut Space> {
    site.spaces.iter_mut().find(|space| space.id == id)
}

/// Calls `change` if the item exists.
fn with<T>(item: Option<T>, change: impl FnOnce(T)) {
    if let Some(item) = item {
        change(item);
    }
}

/// Publishes a new version, which replaces the draft.
fn publish(content: &mut Content, now: DateTime<Utc>) {
    let number = content.version().map_or(1, |version| version.number + 1);
    content.versions.push(ContentVersion::new(number, now, &content.author));
    content.draft = None;
}

fn save_draft(content: &mut Content, edit: &TextEdit, now: DateTime<Utc>) {
    let (title, body) = (content.title.clone(), content.body.clone());
    let draft = content.draft.get_or_insert(Draft { title, body, saved_at: now });
    edit.apply(&mut draft.body);
    draft.saved_at = now;
}

/// Moves a content together with its comments.
fn move_content(site: &mut Site, id: &str, space: &str) {
    let belongs = |content: &&mut Content| content.id == id || content.container.as_deref() == Some(id);
    for content in site.contents.iter_mut().filter(belongs) {
        space.clone_into(&mut content.space_id);
    }
}

fn move_file(site: &mut Site, id: &str, to: &str) {
    let container = match site.contents.iter().find(|content| content.id == to).map(|content| content.kind) {
        Some(ContentType::Page) => Container::Page(to.to_owned()),
        Some(ContentType::BlogPost) => Container::BlogPost(to.to_owned()),
        _ => return,
    };
    with(file(site, id), |file| file.container = container);
}
