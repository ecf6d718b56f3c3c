//! What a caller of the endpoints can choose, and how much one request holds.

use super::kind::RequestKind;

/// Space ids in one request at most.
pub const SPACE_IDS_PER_REQUEST: usize = 100;
/// Account ids in one request for people at most.
pub const PEOPLE_PER_REQUEST: usize = 100;
/// Account ids in one request for accounts at most.
pub const ACCOUNTS_PER_REQUEST: usize = 250;
/// Content ids in one request at most.
pub const CONTENT_IDS_PER_REQUEST: usize = 250;
/// Labels inside a search hit beyond which they may have been cut without a sign (CONFCLOUD-71415).
pub const INNER_LABELS: usize = 200;
/// Items of a list inside a v2 entity beyond which they may have been cut.
pub const INNER_LIST: usize = 50;
/// Content property of the published header image.
pub const HEADER_IMAGE_PUBLISHED: &str = "cover-picture-id-published";
/// Content property of the header image of the draft.
pub const HEADER_IMAGE_DRAFT: &str = "cover-picture-id-draft";

/// What the search index is walked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Searched {
    /// Comments and attachments.
    CommentsAndAttachments,
    /// Comments alone.
    Comments,
}

impl Searched {
    /// The condition of the query.
    pub(crate) fn condition(self) -> &'static str {
        match self {
            Self::CommentsAndAttachments => "type in (comment,attachment)",
            Self::Comments => "type = comment",
        }
    }
}

/// Which list of spaces. No list shows them all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpaceList {
    /// Those in use.
    Current,
    /// Those put away.
    Archived,
}

impl SpaceList {
    /// The status of its spaces, as the API spells it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Archived => "archived",
        }
    }
}

/// Which spaces a search looks into. No documented search looks into both and expands as far for both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SearchedSpaces {
    /// Those in use: the search for contents.
    Current,
    /// Those put away: the general search, which can be asked for them. A server that does not know the parameter answers
    /// as if it had not been sent, so what it leaves out says nothing until it has shown something.
    Archived,
}

/// A member of the tree of pages that is no page.
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

/// Which comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommentKind {
    /// Below a page or post.
    Footer,
    /// On a passage of it.
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

/// Whether a list brings the bodies of its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bodies {
    /// In storage format.
    Included,
    /// Not asked for.
    LeftOut,
}

/// The order in which a list comes. Lists that an order can be chosen for are sorted by id, or by creation where the API
/// offers no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Order {
    /// The first first.
    Forward,
    /// The last first.
    Backward,
}

impl Order {
    /// The other order.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Forward => Self::Backward,
            Self::Backward => Self::Forward,
        }
    }

    /// The value of `sort` for this order by a field.
    pub(crate) fn by(self, field: &str) -> String {
        match self {
            Self::Forward => field.to_owned(),
            Self::Backward => format!("-{field}"),
        }
    }
}

/// The forms in which a body can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyForm {
    /// Storage format.
    Storage,
    /// Atlassian document format.
    Document,
    /// As an app wrote it: app content only.
    Raw,
}

impl BodyForm {
    /// The API's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Storage => "storage",
            Self::Document => "atlas_doc_format",
            Self::Raw => "raw",
        }
    }
}

/// Which state of a page or post is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// What readers see.
    Published,
    /// The unpublished draft, where there is one.
    Draft,
}

/// A content that can be read alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Single {
    /// A page.
    Page,
    /// A blog post.
    BlogPost,
    /// A footer comment.
    FooterComment,
    /// An inline comment.
    InlineComment,
    /// App content.
    CustomContent,
}

impl Single {
    pub(crate) fn request_kind(self) -> RequestKind {
        match self {
            Self::Page => RequestKind::OnePage,
            Self::BlogPost => RequestKind::OneBlogPost,
            Self::FooterComment | Self::InlineComment => RequestKind::OneComment,
            Self::CustomContent => RequestKind::OneCustomContent,
        }
    }
}

/// Which number of views or viewers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Analytics {
    /// How often a page was viewed.
    Views,
    /// By how many people.
    Viewers,
}
