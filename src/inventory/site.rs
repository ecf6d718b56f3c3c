//! The program's own types for what a Confluence site has, in Confluence's terms: spaces, contents, attachments,
//! versions.
//!
//! The types of the API's JSON are in `confluence_client::model` and are used only by the crawl.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::api_enums::{ParentKind, Resolution, SpaceKind, SpaceStatus, Subtype};
pub use super::ids::{AccountId, AttachmentId, ContentId, SpaceId};
use confluence_client::api::SearchScope;
use storage_format::Body;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Space {
    /// Numeric id, to which contents refer.
    pub id: SpaceId,
    /// The key, such as `ENG` or `~557058…`.
    pub key: String,
    /// A second key that its URLs have, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    pub name: String,
    pub kind: SpaceKind,
    pub status: SpaceStatus,
    pub homepage: Option<ContentId>,
    /// Path below the base URL of the space in a browser.
    pub webui: Option<String>,
    /// Whether the account sees it with the admin key only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_with_admin_key: bool,
}

impl Space {
    /// Returns whether the space is archived: the search for contents does not show its contents.
    pub fn is_archived(&self) -> bool {
        self.status == SpaceStatus::Archived
    }

    /// Returns which search covers this space.
    pub fn searched(&self) -> SearchScope {
        if self.is_archived() { SearchScope::Archived } else { SearchScope::Current }
    }
}

/// Kind of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContentKind {
    Page,
    BlogPost,
    /// A comment below a page or post, or a reply to one.
    FooterComment,
    /// A comment on a passage of a page or post, or a reply to one.
    InlineComment,
    /// A page template or blueprint template.
    Template,
    /// Content of an app.
    CustomContent,
}

impl ContentKind {
    /// Label for people, such as "footer comment".
    pub fn label(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::BlogPost => "blog post",
            Self::FooterComment => "footer comment",
            Self::InlineComment => "inline comment",
            Self::Template => "template",
            Self::CustomContent => "custom content",
        }
    }

    /// Returns whether this is a page or blog post: only their attachments are judged.
    pub fn owns_attachments(self) -> bool {
        matches!(self, Self::Page | Self::BlogPost)
    }

    pub fn is_comment(self) -> bool {
        matches!(self, Self::FooterComment | Self::InlineComment)
    }
}

/// Status of a content or attachment in its life cycle.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Published and visible.
    Current,
    /// Archived: still shown to readers who open it, so its uses count.
    Archived,
    /// In the trash: its uses do not count.
    Trashed,
    /// Deleted from the trash but still listed.
    Deleted,
    /// The unpublished draft of a page or post; it has the id of its page.
    Draft,
    /// A status that this program does not know; its uses count.
    Other(String),
}

impl Status {
    /// Returns the status as the API spells it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Current => "current",
            Self::Archived => "archived",
            Self::Trashed => "trashed",
            Self::Deleted => "deleted",
            Self::Draft => "draft",
            Self::Other(word) => word,
        }
    }

    /// Parses a status of the API; unknown ones are kept.
    pub fn parse(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "current" => Self::Current,
            "archived" => Self::Archived,
            "trashed" => Self::Trashed,
            "deleted" => Self::Deleted,
            "draft" => Self::Draft,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Returns whether it is in the trash or deleted.
    pub fn is_trash(&self) -> bool {
        matches!(self, Self::Trashed | Self::Deleted)
    }
}

/// Anything with a body that can use an attachment: page, blog post, comment, template, custom content, draft.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Content {
    /// Id; a draft has the id of its page.
    pub id: ContentId,
    pub kind: ContentKind,
    /// Status; `Draft` marks the unpublished draft of the page with the same id.
    pub status: Status,
    /// Title as Confluence stores it. It is never trimmed: some titles end in invisible characters.
    pub title: String,
    /// The space it is in; comments have the space of their container, global templates have none.
    pub space: Option<SpaceId>,
    /// For comments: the page or post commented on (replies: that of the thread). For custom content: its container.
    pub container: Option<ContentId>,
    /// For pages: id and type of the parent.
    pub parent: Option<(ContentId, ParentKind)>,
    pub created_at: Option<DateTime<Utc>>,
    pub author: Option<AccountId>,
    /// Owner of a page, if the API returns one.
    pub owner: Option<AccountId>,
    /// Number of the version that was read.
    pub version: Option<u32>,
    pub modified_at: Option<DateTime<Utc>>,
    /// The account that published that version.
    pub last_editor: Option<AccountId>,
    /// Path below the base URL of the content in a browser.
    pub webui: Option<String>,
    /// The parsed body. `None` if it could not be read: the coverage says why, except for contents in the trash, whose
    /// uses do not count.
    pub body: Option<Body>,
    /// Header images, from content properties.
    #[serde(default)]
    pub header_images: Vec<HeaderImage>,
    /// Whether it is a live doc: readers see edits at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub live: bool,
    /// Whether the account sees it with the admin key only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_with_admin_key: bool,
    /// Why it is unknown what the content uses, even in a complete run: files of this content cannot be judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
    /// Fields for the page metrics; read only by `snapshot`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Box<ContentDetails>>,
}

/// Fields of a content that the audit does not need.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentDetails {
    /// Subtype of a page, such as a live doc.
    pub subtype: Option<Subtype>,
    /// Position among the children of its parent.
    pub position: Option<i64>,
    /// The previous owner.
    pub last_owner: Option<AccountId>,
    /// Whether the version that was read was published as a minor edit.
    pub minor_edit: Option<bool>,
    /// Comment of the version that was read.
    pub message: Option<String>,
    /// Path of the tiny link below the base URL.
    pub tiny_link: Option<String>,
    /// For inline comments that begin a thread: its resolution status.
    pub resolution: Option<Resolution>,
    /// For comments: whether it is a reply. Not in a saved scan.
    #[serde(skip)]
    pub is_reply: bool,
}

/// The picture above the title of a page or post, stored in the content properties `cover-picture-id-published` and
/// `-draft`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderImage {
    /// Whether it is from the draft property, not from the published one.
    pub draft: bool,
    /// The property's `id`: the file id of an attachment or the URL of a picture.
    pub id: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Attachment {
    pub id: AttachmentId,
    /// Media file id (a UUID), which ADF and header images use.
    pub file_id: Option<String>,
    /// File name of the current version.
    pub title: String,
    pub status: Status,
    pub container: Container,
    /// Media type, such as `image/png`.
    pub media_type: Option<String>,
    /// Size of the current version in bytes; `None` if unknown, never 0 instead.
    pub size: Option<u64>,
    /// When its first version was uploaded.
    pub created_at: Option<DateTime<Utc>>,
    pub version: u32,
    /// When the current version was uploaded.
    pub modified_at: Option<DateTime<Utc>>,
    /// The account that uploaded the current version.
    pub author: Option<AccountId>,
    /// Comment of the current version.
    pub comment: Option<String>,
    /// Download path below the base URL, as the API returns it.
    pub download: Option<String>,
    /// Path below the base URL of the file in a browser.
    pub webui: Option<String>,
    /// Older versions in ascending order, without deleted ones.
    pub old_versions: Vec<OldVersion>,
    /// Labels, if they came along with the list, or had to be read because a gallery or a protect rule filters by them.
    pub labels: Option<Vec<String>>,
    /// Why it could not be read, if the user accepts that: it cannot be judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
    /// SHA-256 of the current version in hexadecimal, if it was downloaded to verify duplicates.
    #[serde(default)]
    pub sha256: Option<String>,
    /// Why it cannot be judged although it was read.
    #[serde(default)]
    pub unsettled: Option<Unsettled>,
}

/// What happened to a file during the crawl, so that it cannot be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unsettled {
    /// The first pass did not show it, or showed an older version.
    New,
    /// The file got another name or owner, its page another title or space, or it changed in the last round.
    Changing,
    /// The file lost its last use at the end, after which nothing was read.
    LostItsUse,
}

impl Attachment {
    /// Returns the number of existing versions: the old ones that were found and the current one.
    pub fn versions(&self) -> usize {
        self.old_versions.len() + 1
    }

    /// Returns the bytes of all old versions; `None` if the size of one is unknown.
    pub fn old_bytes(&self) -> Option<u64> {
        self.old_versions.iter().map(|version| version.size).sum()
    }

    /// Returns the bytes of all versions; `None` if the size of one is unknown.
    pub fn all_bytes(&self) -> Option<u64> {
        Some(self.size? + self.old_bytes()?)
    }

    /// Returns the known bytes of the versions that would be deleted if only the newest `keep` were kept.
    pub fn bytes_beyond(&self, keep: u32) -> u64 {
        let kept_old = usize::try_from(keep.max(1) - 1).unwrap_or(usize::MAX);
        self.old_versions.iter().rev().skip(kept_old).filter_map(|version| version.size).sum()
    }

    /// Returns all names that the file has had, the current one first, without duplicates.
    pub fn names(&self) -> Vec<&str> {
        let mut names = vec![self.title.as_str()];
        for version in self.old_versions.iter().rev() {
            if let Some(name) = version.title.as_deref()
                && !names.contains(&name)
            {
                names.push(name);
            }
        }
        names
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Container {
    Page(ContentId),
    BlogPost(ContentId),
    CustomContent(ContentId),
    /// The API returned none, such as for a space logo.
    None,
}

impl Container {
    /// Returns the id of the owning content.
    pub fn id(&self) -> Option<&ContentId> {
        match self {
            Self::Page(id) | Self::BlogPost(id) | Self::CustomContent(id) => Some(id),
            Self::None => None,
        }
    }

    /// Returns whether a page or blog post owns the file.
    pub fn is_page_or_post(&self) -> bool {
        matches!(self, Self::Page(_) | Self::BlogPost(_))
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OldVersion {
    pub number: u32,
    /// Its file name; `None` if it could not be read.
    pub title: Option<String>,
    /// Its size in bytes; `None` if unknown.
    pub size: Option<u64>,
    /// Its media file id.
    pub file_id: Option<String>,
    pub created_at: Option<DateTime<Utc>>,
    pub author: Option<AccountId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageVersion {
    pub number: u32,
    pub at: Option<DateTime<Utc>>,
    pub author: Option<AccountId>,
    /// Whether it was published as a minor edit.
    pub minor: bool,
}
