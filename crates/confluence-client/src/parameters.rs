//! Parameters of the endpoints, and limits of one request.

use super::request_kind::RequestKind;

/// Maximum number of space ids in one request.
pub const SPACE_IDS_PER_REQUEST: usize = 100;
/// Maximum number of account ids in one request for people.
pub const PEOPLE_PER_REQUEST: usize = 100;
/// Maximum number of account ids in one request for accounts.
pub const ACCOUNTS_PER_REQUEST: usize = 250;
/// Maximum number of content ids in one request.
pub const CONTENT_IDS_PER_REQUEST: usize = 250;
/// A search hit with this number of labels may lack some, without saying so.
pub const EMBEDDED_LABELS: usize = 200;
/// A list embedded in a v2 entity with this number of items may lack some.
pub const EMBEDDED_ITEMS: usize = 50;
/// Content property of the published header image.
pub const HEADER_IMAGE_PUBLISHED: &str = "cover-picture-id-published";
/// Content property of the header image of the draft.
pub const HEADER_IMAGE_DRAFT: &str = "cover-picture-id-draft";

/// Which types of content are listed from the search index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexedTypes {
    /// Comments and attachments.
    CommentsAndAttachments,
    /// Comments only.
    Comments,
}

impl IndexedTypes {
    /// Returns the CQL condition.
    pub(crate) fn condition(self) -> &'static str {
        match self {
            Self::CommentsAndAttachments => "type in (comment,attachment)",
            Self::Comments => "type = comment",
        }
    }
}

/// Which list of spaces; no single list contains both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpaceList {
    /// Current spaces.
    Current,
    /// Archived spaces.
    Archived,
}

impl SpaceList {
    /// Returns the status of its spaces, as the API spells it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Archived => "archived",
        }
    }
}

/// Which spaces a search covers. No documented search covers both and supports the same expansions for both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SearchScope {
    /// Current spaces: uses the content search.
    Current,
    /// Archived spaces: uses the general search with a parameter for archived spaces. A server that does not know the
    /// parameter ignores it, so missing hits mean nothing until the search has returned one from an archived space.
    Archived,
}

/// An item in the page tree that is not a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TreeKind {
    /// A folder.
    Folder,
    /// A whiteboard.
    Whiteboard,
    /// A database.
    Database,
    /// A smart link.
    Embed,
}

/// Kind of comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommentKind {
    /// Below a page or post.
    Footer,
    /// On a passage of the text.
    Inline,
}

impl CommentKind {
    pub(crate) fn request_kind(self) -> RequestKind {
        match self {
            Self::Footer => RequestKind::FooterComments,
            Self::Inline => RequestKind::InlineComments,
        }
    }
}

/// Whether a list includes the bodies of its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bodies {
    /// In storage format.
    Included,
    /// Not requested.
    LeftOut,
}

/// Order of a list. Lists are sorted by id, or by creation time where the API cannot sort by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListOrder {
    /// Ascending.
    Forward,
    /// Descending.
    Backward,
}

impl ListOrder {
    /// Returns the opposite order.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Forward => Self::Backward,
            Self::Backward => Self::Forward,
        }
    }

    /// Returns the value of the `sort` parameter for a field.
    pub(crate) fn by(self, field: &str) -> String {
        match self {
            Self::Forward => field.to_owned(),
            Self::Backward => format!("-{field}"),
        }
    }
}

/// Representation in which a body can be requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyForm {
    /// Storage format.
    Storage,
    /// Atlassian document format.
    Document,
    /// As the app wrote it; custom content only.
    Raw,
}

impl BodyForm {
    /// Returns the API's name of the representation.
    pub fn word(self) -> &'static str {
        match self {
            Self::Storage => "storage",
            Self::Document => "atlas_doc_format",
            Self::Raw => "raw",
        }
    }
}

/// Which edition of a page or blog post is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// The published version.
    Published,
    /// The unpublished draft, if there is one.
    Draft,
}

/// Type of a content that can be requested by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentType {
    /// A page.
    Page,
    /// A blog post.
    BlogPost,
    /// A footer comment.
    FooterComment,
    /// An inline comment.
    InlineComment,
    /// Custom content.
    CustomContent,
}

impl ContentType {
    pub(crate) fn request_kind(self) -> RequestKind {
        match self {
            Self::Page => RequestKind::OnePage,
            Self::BlogPost => RequestKind::OneBlogPost,
            Self::FooterComment | Self::InlineComment => RequestKind::OneComment,
            Self::CustomContent => RequestKind::OneCustomContent,
        }
    }
}

/// Which analytics figure of a page is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Analytics {
    /// Number of views.
    Views,
    /// Number of people who viewed it.
    Viewers,
}
