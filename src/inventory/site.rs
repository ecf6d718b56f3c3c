//! What a Confluence site holds, in Confluence's own words: spaces, contents, attachments, versions.
//!
//! These are the program's own types. What the API sends is in `confluence::model` and does not leave that
//! module and the crawl.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use super::ids::{AccountId, AttachmentId, ContentId, SpaceId};
use super::words::{ParentKind, Resolution, SpaceKind, SpaceStatus, Subtype};
use confluence_client::api::SearchedSpaces;
use storage_format::Body;

/// A space, current or archived.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Space {
    /// Numeric id; contents point to it.
    pub id: SpaceId,
    /// The key people see, e.g. `ENG` or `~557058…`.
    pub key: String,
    /// A second key, which its addresses bear, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// Display name.
    pub name: String,
    /// What it is for.
    pub kind: SpaceKind,
    /// Whether it is in use.
    pub status: SpaceStatus,
    /// The space's home page.
    pub homepage: Option<ContentId>,
    /// Path below the base URL that opens the space in a browser.
    pub webui: Option<String>,
}

impl Space {
    /// Whether it is archived: the search for contents does not show what is in it.
    pub fn is_archived(&self) -> bool {
        self.status == SpaceStatus::Archived
    }

    /// Which search looks into it.
    pub fn searched(&self) -> SearchedSpaces {
        if self.is_archived() { SearchedSpaces::Archived } else { SearchedSpaces::Current }
    }
}

/// What kind of content holds a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContentKind {
    /// A page.
    Page,
    /// A blog post.
    BlogPost,
    /// A comment below a page or post, or a reply to one.
    FooterComment,
    /// A comment on a passage of a page or post, or a reply to one.
    InlineComment,
    /// A page template or blueprint template.
    Template,
    /// App content that owns attachments.
    CustomContent,
}

impl ContentKind {
    /// Words for people: "page", "blog post", "footer comment"…
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

    /// Pages and blog posts own attachments that the audit judges.
    pub fn owns_attachments(self) -> bool {
        matches!(self, Self::Page | Self::BlogPost)
    }

    /// Footer and inline comments.
    pub fn is_comment(self) -> bool {
        matches!(self, Self::FooterComment | Self::InlineComment)
    }
}

/// Life-cycle status of a content or an attachment.
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
    /// The unpublished draft of a page or post; it bears the id of its page.
    Draft,
    /// A status this program does not know; treated as a possible referrer.
    Other(String),
}

impl Status {
    /// The API's word for it.
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

    /// Reads the API's word; unknown words are kept.
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

    /// In the trash or deleted.
    pub fn is_trash(&self) -> bool {
        matches!(self, Self::Trashed | Self::Deleted)
    }
}

/// Anything with a body that can use an attachment: page, blog post, comment, template, draft.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Content {
    /// Id; a draft bears the id of its page.
    pub id: ContentId,
    /// Page, blog post, comment…
    pub kind: ContentKind,
    /// Life-cycle status; `Draft` marks the unpublished draft of the page with the same id.
    pub status: Status,
    /// Title as Confluence keeps it (never trimmed: real titles end in invisible characters).
    pub title: String,
    /// The space it lives in; comments have the space of their container; global templates have none.
    pub space: Option<SpaceId>,
    /// For comments: the page or post commented on (replies: that of the whole thread). For app content: what holds it.
    pub container: Option<ContentId>,
    /// For pages: the parent's id and what it is.
    pub parent: Option<(ContentId, ParentKind)>,
    /// When it was created.
    pub created_at: Option<DateTime<Utc>>,
    /// Creator.
    pub author: Option<AccountId>,
    /// Owner of a page, where the API tells one.
    pub owner: Option<AccountId>,
    /// Number of the version read.
    pub version: Option<u32>,
    /// When that version was published.
    pub modified_at: Option<DateTime<Utc>>,
    /// Who published that version.
    pub last_editor: Option<AccountId>,
    /// Path below the base URL that opens it in a browser.
    pub webui: Option<String>,
    /// What its body names and measures; `None` when it could not be obtained: the coverage says why, except for
    /// contents in the trash, whose uses do not count.
    pub body: Option<Body>,
    /// Header images, from content properties outside the body.
    #[serde(default)]
    pub header_images: Vec<HeaderImage>,
    /// A live doc: edits are seen at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub live: bool,
    /// Why nobody can tell what it uses, though the run may be complete: files of this content cannot be judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
    /// What only the page metrics ask for; read by `snapshot` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Box<Details>>,
}

/// What lists tell of a content beyond what the audit needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Whether a page is a live doc.
    pub subtype: Option<Subtype>,
    /// Place among the children of its parent.
    pub position: Option<i64>,
    /// Who owned it before the owner.
    pub last_owner: Option<AccountId>,
    /// Whether the version read was published as a minor edit.
    pub minor_edit: Option<bool>,
    /// Comment of the version read.
    pub message: Option<String>,
    /// Path below the base URL of the tiny link.
    pub tiny_link: Option<String>,
    /// For inline comments that begin a thread: whether it is settled.
    pub resolution: Option<Resolution>,
    /// For comments: it answers another one. Not in a saved scan.
    #[serde(skip)]
    pub is_reply: bool,
}

/// The picture over a page or post, kept in the content properties `cover-picture-id-published` and `-draft`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderImage {
    /// From the draft property rather than the published one.
    pub draft: bool,
    /// The property's `id`: the attachment's file id, or the URL of a picture.
    pub id: String,
}

/// An attachment in its current version.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Attachment {
    /// Attachment id.
    pub id: AttachmentId,
    /// Media file id (UUID), which ADF and header images use.
    pub file_id: Option<String>,
    /// File name of the current version.
    pub title: String,
    /// Current, archived or trashed.
    pub status: Status,
    /// Who owns the file.
    pub container: Container,
    /// Media type, e.g. `image/png`.
    pub media_type: Option<String>,
    /// Bytes of the current version; `None` is unknown, never zero.
    pub size: Option<u64>,
    /// When the attachment was created (its first version).
    pub created_at: Option<DateTime<Utc>>,
    /// Number of the current version.
    pub version: u32,
    /// When the current version was uploaded.
    pub modified_at: Option<DateTime<Utc>>,
    /// Who uploaded the current version.
    pub author: Option<AccountId>,
    /// Comment of the current version.
    pub comment: Option<String>,
    /// Download path below the base URL, as the API says.
    pub download: Option<String>,
    /// Path below the base URL that opens the file in a browser.
    pub webui: Option<String>,
    /// Versions older than the current one, ascending; those that were deleted are absent.
    pub old_versions: Vec<OldVersion>,
    /// Labels, when they had to be read (a gallery or a protect rule asks for them).
    pub labels: Option<Vec<String>>,
    /// Why it could not be read, where the user accepts that: it cannot be judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
    /// SHA-256 of the current version in hexadecimal, when it was downloaded to compare duplicates.
    #[serde(default)]
    pub sha256: Option<String>,
    /// Why it cannot be judged although it was read.
    #[serde(default)]
    pub unsettled: Option<Unsettled>,
}

/// What happened to a file while the site was read, so that it cannot be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unsettled {
    /// The first lists did not show it, or showed an older version.
    New,
    /// It got another name or owner, its page another title or space, or it changed in the last round.
    Changing,
    /// It lost its last use at the end, and nothing was read after that.
    LostItsUse,
}

impl Attachment {
    /// Number of versions that exist: the old ones found and the current one.
    pub fn versions(&self) -> usize {
        self.old_versions.len() + 1
    }

    /// Bytes of all old versions, or `None` when the size of at least one is unknown.
    pub fn old_bytes(&self) -> Option<u64> {
        self.old_versions.iter().map(|version| version.size).sum()
    }

    /// Bytes of all versions, or `None` when the size of at least one is unknown.
    pub fn all_bytes(&self) -> Option<u64> {
        Some(self.size? + self.old_bytes()?)
    }

    /// Known bytes of the versions that would go if only the newest `keep` were kept.
    pub fn bytes_beyond(&self, keep: u32) -> u64 {
        let kept_old = usize::try_from(keep.max(1) - 1).unwrap_or(usize::MAX);
        self.old_versions.iter().rev().skip(kept_old).filter_map(|version| version.size).sum()
    }

    /// Every name the file has had, the current one first, without repeats.
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

/// What owns an attachment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Container {
    /// A page.
    Page(ContentId),
    /// A blog post.
    BlogPost(ContentId),
    /// App content.
    CustomContent(ContentId),
    /// The API named none (a space logo, for example).
    None,
}

impl Container {
    /// Id of the owning content.
    pub fn id(&self) -> Option<&ContentId> {
        match self {
            Self::Page(id) | Self::BlogPost(id) | Self::CustomContent(id) => Some(id),
            Self::None => None,
        }
    }

    /// Whether a page or blog post owns the file.
    pub fn is_page_or_post(&self) -> bool {
        matches!(self, Self::Page(_) | Self::BlogPost(_))
    }
}

/// One old version of an attachment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OldVersion {
    /// Version number.
    pub number: u32,
    /// File name that version had; `None` when it could not be read.
    pub title: Option<String>,
    /// Bytes of that version; `None` is unknown.
    pub size: Option<u64>,
    /// Media file id of that version.
    pub file_id: Option<String>,
    /// When it was uploaded.
    pub created_at: Option<DateTime<Utc>>,
    /// Who uploaded it.
    pub author: Option<AccountId>,
}

/// One version of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageVersion {
    /// Number, from 1.
    pub number: u32,
    /// When it was published.
    pub at: Option<DateTime<Utc>>,
    /// Who published it.
    pub author: Option<AccountId>,
    /// Published as a minor edit.
    pub minor: bool,
}
