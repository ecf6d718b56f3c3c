//! The data model of the server: a site as a plain value.
//!
//! Only the server uses these types. They hold what Confluence itself would store, including data that no API response
//! has (bytes of files, contents the token may not see), so a test can describe an entire situation in one value.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::credentials::AcceptedCredentials;
use super::readership::{Readership, Restrictions};
pub use super::site_behaviour::{ArchivedSearch, BasicAuth, Behaviour, DataCenterBehaviour, ScanSupport};
use super::workflow::Workflow;

/// A site with the account that reads it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Site {
    /// The account whose token the server accepts.
    pub account: Person,
    /// The e-mail address of that account, the user name of Basic authentication.
    pub email: String,
    /// The API token the server accepts.
    pub token: String,
    /// The other credentials that the site accepts.
    #[serde(default)]
    pub credentials: AcceptedCredentials,
    /// When the administrator's key of the account expires; `None` means that it has no key.
    #[serde(default)]
    pub admin_key: Option<DateTime<Utc>>,
    /// The value of `_links.base`; `None` is the address of the server itself.
    pub public_base: Option<String>,
    /// Everyone who ever wrote something, except the account.
    pub people: Vec<Person>,
    /// Accounts that are not active, by account id: `inactive`, `closed`, `unknown`.
    #[serde(default)]
    pub account_statuses: BTreeMap<String, String>,
    /// Account ids of apps.
    #[serde(default)]
    pub apps: BTreeSet<String>,
    /// Account ids of the users who administer a space, by its id; a group administers every space.
    #[serde(default)]
    pub space_administrators: BTreeMap<String, Vec<String>>,
    /// All spaces.
    pub spaces: Vec<Space>,
    /// Pages, blog posts, comments, folders and other tree members, custom content.
    pub contents: Vec<Content>,
    /// Page templates and blueprint templates.
    pub templates: Vec<Template>,
    /// All attachments.
    pub attachments: Vec<Attachment>,
    /// Behaviour that differs between sites or is not known.
    pub behaviour: Behaviour,
    /// The workflow app, with its data on pages.
    #[serde(default)]
    pub workflow: Workflow,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Atlassian account id.
    pub account_id: String,
    /// Display name.
    pub name: String,
}

/// A space.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Space {
    /// Numeric id.
    pub id: String,
    /// Key, `~…` for personal spaces.
    pub key: String,
    /// Display name.
    pub name: String,
    /// `global`, `personal`, `knowledge_base`, …
    pub kind: String,
    /// Archived rather than current.
    pub archived: bool,
    /// Home page id.
    pub homepage: Option<String>,
    /// Who created it.
    pub author: String,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// Readable without logging in, if the site allows that.
    pub public: bool,
    /// A second key that references may use.
    #[serde(default)]
    pub alias: Option<String>,
    /// The token may not see it, nor anything in it.
    #[serde(default)]
    pub hidden: bool,
    /// What Data Center deletes by itself in this space.
    #[serde(default)]
    pub retention: Option<RetentionPolicy>,
}

/// What Data Center deletes by itself in a space; `None` is kept for ever.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RetentionPolicy {
    /// Number of versions of a page that are kept.
    pub page_versions: Option<u32>,
    /// Number of versions of an attachment that are kept.
    pub attachment_versions: Option<u32>,
    /// Days that the trash is kept.
    pub trash_days: Option<u32>,
}

/// Type of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContentType {
    /// A page.
    Page,
    /// A blog post.
    BlogPost,
    /// A comment below a page or post, or a reply to one.
    FooterComment,
    /// A comment on a passage, or a reply to one.
    InlineComment,
    /// A folder of the page tree.
    Folder,
    /// A whiteboard of the page tree.
    Whiteboard,
    /// A database of the page tree.
    Database,
    /// A smart link of the page tree.
    Embed,
    /// Custom content of an app.
    CustomContent,
}

impl ContentType {
    /// The name in v2 responses, as in `parentType`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::BlogPost => "blogpost",
            Self::FooterComment | Self::InlineComment => "comment",
            Self::Folder => "folder",
            Self::Whiteboard => "whiteboard",
            Self::Database => "database",
            Self::Embed => "embed",
            Self::CustomContent => "custom-content",
        }
    }

    /// Whether this is a page or post, which own attachments and comments.
    pub fn is_page_or_post(self) -> bool {
        matches!(self, Self::Page | Self::BlogPost)
    }

    /// Whether this is a footer or inline comment.
    pub fn is_comment(self) -> bool {
        matches!(self, Self::FooterComment | Self::InlineComment)
    }
}

/// Life-cycle status of a content or attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Published.
    Current,
    /// Archived.
    Archived,
    /// In the trash.
    Trashed,
    /// Purged but still listed.
    Deleted,
    /// Never published; in no list.
    Draft,
}

impl Status {
    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Archived => "archived",
            Self::Trashed => "trashed",
            Self::Deleted => "deleted",
            Self::Draft => "draft",
        }
    }

    /// Whether this is in the trash or purged.
    pub fn is_trash(self) -> bool {
        matches!(self, Self::Trashed | Self::Deleted)
    }
}

/// A page, post, comment, tree member or custom content.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Content {
    /// Numeric id.
    pub id: String,
    /// Its type.
    pub kind: ContentType,
    /// Its status; [`Status::Draft`] if it was never published.
    pub status: Status,
    /// Title.
    pub title: String,
    /// Id of its space.
    pub space_id: String,
    /// Pages: id and kind of the parent. Replies: the comment replied to.
    pub parent: Option<(String, ContentType)>,
    /// Comments: the page or post commented on. Custom content: the page or post that holds it.
    pub container: Option<String>,
    /// Who created it.
    pub author: String,
    /// Who owns it now; pages only.
    pub owner: Option<String>,
    /// Who owned it before.
    #[serde(default)]
    pub last_owner: Option<String>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// All versions, ascending; the last is the published one.
    pub versions: Vec<ContentVersion>,
    /// Published body in storage format.
    pub body: String,
    /// The published body in Atlassian document format, as JSON text. `None` is served as an empty document if the body
    /// is empty, and as no document otherwise.
    #[serde(default)]
    pub document: Option<String>,
    /// Bodies of earlier versions in storage format; a version without an entry has the current body.
    #[serde(default)]
    pub earlier_bodies: BTreeMap<u32, String>,
    /// Whether this is a live doc.
    #[serde(default)]
    pub live: bool,
    /// Unpublished changes of the account.
    pub draft: Option<Draft>,
    /// Labels (prefix `global`).
    pub labels: Vec<String>,
    /// Content properties by key.
    pub properties: BTreeMap<String, Value>,
    /// Likes, views and watchers.
    #[serde(default)]
    pub readers: Readership,
    /// Restrictions on reading and editing.
    #[serde(default)]
    pub restrictions: Restrictions,
    /// Inline comments: `open`, `resolved`, `dangling`, `reopened`.
    pub resolution: Option<String>,
    /// Custom content: the app's type.
    pub custom_type: Option<String>,
    /// Not visible to the token: absent from lists, 404 when requested. Its attachments follow
    /// [`Attachment::visible_without_container`].
    pub hidden: bool,
}

impl Content {
    /// The published version.
    pub fn version(&self) -> Option<&ContentVersion> {
        self.versions.last()
    }

    /// When the published version was made.
    pub fn modified_at(&self) -> DateTime<Utc> {
        self.version().map_or(self.created_at, |version| version.created_at)
    }
}

/// One version of a content.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ContentVersion {
    /// Version number, from 1.
    pub number: u32,
    /// When it was published.
    pub created_at: DateTime<Utc>,
    /// Who published it.
    pub author: String,
    /// Version comment.
    pub message: String,
    /// Published without notification.
    pub minor: bool,
}

/// Unpublished changes of a page or post.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Draft {
    /// Title in the draft.
    pub title: String,
    /// Body in the draft.
    pub body: String,
    /// When the draft was last saved.
    pub saved_at: DateTime<Utc>,
}

/// A page template or blueprint template.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Template {
    /// Template id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Key of its space; `None` is global.
    pub space_key: Option<String>,
    /// Storage body with `at:` elements.
    pub body: String,
    /// Listed under `template/blueprint` rather than `template/page`.
    pub blueprint: bool,
}

/// What owns an attachment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Container {
    /// A page, by id; it need not be in the site (deleted meanwhile, someone else's draft).
    Page(String),
    /// A blog post, by id.
    BlogPost(String),
    /// Custom content, by id.
    CustomContent(String),
    /// None of these, for example the logo of a space.
    None,
}

impl Container {
    /// Id of the owning content.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Page(id) | Self::BlogPost(id) | Self::CustomContent(id) => Some(id),
            Self::None => None,
        }
    }
}

/// An attachment with all its versions.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Attachment {
    /// `att` and digits.
    pub id: String,
    /// Current, archived or trashed.
    pub status: Status,
    /// Who owns the file.
    pub container: Container,
    /// Media type.
    pub media_type: String,
    /// Comment of the current version.
    pub comment: String,
    /// Labels (prefix `global`).
    pub labels: Vec<String>,
    /// All versions that were ever made, ascending; the last is the current one and is never deleted.
    pub versions: Vec<AttachmentVersion>,
    /// Listed although its container is hidden or absent, as files of other people's drafts are.
    pub visible_without_container: bool,
}

impl Attachment {
    /// The current version; an attachment without versions is not served.
    pub fn current(&self) -> Option<&AttachmentVersion> {
        self.versions.last()
    }

    /// The versions that still exist, current one included.
    pub fn existing_versions(&self) -> impl Iterator<Item = &AttachmentVersion> {
        self.versions.iter().filter(|version| !version.deleted)
    }

    /// A version that still exists, by number.
    pub fn existing_version(&self, number: u32) -> Option<&AttachmentVersion> {
        self.existing_versions().find(|version| version.number == number)
    }
}

/// One version of an attachment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AttachmentVersion {
    /// Version number, from 1.
    pub number: u32,
    /// File name of that version.
    pub title: String,
    /// Bytes.
    pub size: u64,
    /// When it was uploaded.
    pub created_at: DateTime<Utc>,
    /// Who uploaded it.
    pub author: String,
    /// Media file id (UUID).
    pub file_id: String,
    /// Seed of its bytes: files with equal seeds and sizes are identical.
    pub seed: u64,
    /// Removed from the history: the server returns 404.
    pub deleted: bool,
}
