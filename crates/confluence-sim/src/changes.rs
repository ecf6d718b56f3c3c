//! What people do to a site while it is read, as typed values.
//!
//! Each does what Confluence does: some make a new version with a date, others leave every version and every date as it
//! was. Together with [`crate::Fault::Change`] they happen before a chosen request.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::references::refactor;
use crate::site::{Attachment, Container, Content, ContentVersion, Draft, Kind, Site, Space, Status, Template};

/// A change of the site, and when it was made.
#[derive(Debug, Clone)]
pub struct Moment {
    /// Place in the log of the request before whose answer it was made.
    pub request: usize,
    /// What was done.
    pub change: Change,
    /// The site after it.
    pub site: Site,
}

/// A change of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// More text at the end.
    Append(String),
    /// This text is taken out, wherever it stands.
    Remove(String),
}

impl Edit {
    fn apply(&self, text: &mut String) {
        match self {
            Self::Append(more) => text.push_str(more),
            Self::Remove(part) => *text = text.replace(part, ""),
        }
    }
}

/// One thing that is done to a site. What it names and the site does not hold is left alone.
#[derive(Debug, Clone)]
pub enum Change {
    /// A new version of a page, post, comment, reply or app content. What was a draft is published with it.
    EditContent {
        /// Id.
        id: String,
        /// What changes in its body.
        edit: Edit,
    },
    /// A new content of any kind, made now.
    AddContent(Box<Content>),
    /// A new version of a page or post under another title; what refers to it is rewritten without new versions.
    RenameContent {
        /// Id.
        id: String,
        /// The new title.
        title: String,
    },
    /// Another status without a new version or date: to the trash, out of it, archived, purged.
    SetStatus {
        /// Id.
        id: String,
        /// The new status.
        status: Status,
    },
    /// An inline comment is resolved or reopened, without a new version.
    Resolve {
        /// Id.
        id: String,
        /// `resolved`, `reopened`.
        resolution: String,
    },
    /// A page or post goes to another space, without a new version; what refers to it is rewritten.
    MoveContent {
        /// Id.
        id: String,
        /// Id of the space.
        space: String,
    },
    /// A restriction is set or lifted: the account sees the content no more, or again, with its old dates.
    HideContent {
        /// Id.
        id: String,
        /// Whether it is out of sight.
        hidden: bool,
    },
    /// The account's unpublished changes of a page or post, saved now.
    SaveDraft {
        /// Id of the page or post.
        id: String,
        /// What changes in its draft; a first draft begins with what is published.
        edit: Edit,
    },
    /// A property is set or removed, without a new version: a header image, or what an app keeps.
    SetProperty {
        /// Id of the content.
        id: String,
        /// Key.
        key: String,
        /// Its value; none removes it.
        value: Option<Value>,
    },
    /// A label is given to a file or a content, or taken away, without a new version.
    SetLabel {
        /// Id of the file or content.
        id: String,
        /// Its name.
        label: String,
        /// Given rather than taken away.
        given: bool,
    },
    /// A file gets another name without a new version; structured references are rewritten, addresses are not.
    RenameFile {
        /// Id.
        id: String,
        /// The new name.
        name: String,
    },
    /// A file goes to another page or post without a new version; structured references are rewritten.
    MoveFile {
        /// Id.
        id: String,
        /// Id of the page or post.
        to: String,
    },
    /// A new version of a file, uploaded now.
    UploadVersion {
        /// Id.
        id: String,
    },
    /// A new file, uploaded now.
    AddFile(Box<Attachment>),
    /// A file goes to the trash or comes back, without a new version.
    SetFileStatus {
        /// Id.
        id: String,
        /// The new status.
        status: Status,
    },
    /// A template gets another body; templates have no versions.
    EditTemplate {
        /// Id.
        id: String,
        /// What changes in its body.
        edit: Edit,
    },
    /// A new template.
    AddTemplate(Box<Template>),
    /// A new space.
    AddSpace(Box<Space>),
    /// A space is archived, or brought back.
    ArchiveSpace {
        /// Id.
        id: String,
        /// Archived rather than current.
        archived: bool,
    },
    /// The account may not see a space any more, or may see it again.
    HideSpace {
        /// Id.
        id: String,
        /// Whether it is out of sight.
        hidden: bool,
    },
    /// A space gets another key; what refers to its pages is rewritten.
    RenameSpace {
        /// Id.
        id: String,
        /// The new key.
        key: String,
    },
    /// A space gets a second key.
    SetAlias {
        /// Id.
        id: String,
        /// The second key.
        alias: String,
    },
}

impl Change {
    /// The lists that show it to whom begins them afterwards, as globs of paths. Empty where more than one request could
    /// show it.
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

    /// Does it, at a time.
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

/// Does something where there is something to do it to.
fn with<T>(there: Option<T>, change: impl FnOnce(T)) {
    if let Some(there) = there {
        change(there);
    }
}

/// A new version, now; the draft becomes it.
fn publish(content: &mut Content, now: DateTime<Utc>) {
    let number = content.version().map_or(1, |version| version.number + 1);
    content.versions.push(ContentVersion::new(number, now, &content.author));
    content.draft = None;
}

fn save_draft(content: &mut Content, edit: &Edit, now: DateTime<Utc>) {
    let (title, body) = (content.title.clone(), content.body.clone());
    let draft = content.draft.get_or_insert(Draft { title, body, saved_at: now });
    edit.apply(&mut draft.body);
    draft.saved_at = now;
}

/// With its comments.
fn move_content(site: &mut Site, id: &str, space: &str) {
    let belongs = |content: &&mut Content| content.id == id || content.container.as_deref() == Some(id);
    for content in site.contents.iter_mut().filter(belongs) {
        space.clone_into(&mut content.space_id);
    }
}

fn move_file(site: &mut Site, id: &str, to: &str) {
    let container = match site.contents.iter().find(|content| content.id == to).map(|content| content.kind) {
        Some(Kind::Page) => Container::Page(to.to_owned()),
        Some(Kind::BlogPost) => Container::BlogPost(to.to_owned()),
        _ => return,
    };
    with(file(site, id), |file| file.container = container);
}
