//! References found in a body: which file, in which container, by which construct and how certain; and links to pages.

use serde::{Deserialize, Serialize};

use crate::macros::{keeps_companions, shows_one_file};

/// One place in a body (or content property) that may use attachments.
///
/// It holds what is written there. To find the attachment, the caller looks up the container and then the name in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// The file or files that it names.
    pub target: Target,
    /// The markup that names them; becomes the evidence.
    pub construct: Construct,
    /// Whether the files are shown, linked or listed.
    pub display: Display,
    /// Whether the construct certainly means a file.
    pub certainty: Certainty,
}

impl Reference {
    /// Whether the body certainly shows or links to a file here, so that a missing file leaves a gap in the page. In
    /// other constructs, the name may be something else than a file name, or one of several possible names.
    pub fn certainly_means_file(&self) -> bool {
        self.certainty == Certainty::Proven
            && match &self.construct {
                Construct::Image | Construct::Link | Construct::BareIdentifier | Construct::Url => true,
                Construct::Macro(name) => shows_one_file(name),
                _ => false,
            }
    }
}

/// The file or files that a reference names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// A file by name in a container.
    File {
        /// The name as written, decoded once.
        name: String,
        /// Other decodings of the name, tried in order if `name` matches no file (`+` as space, a second
        /// percent-decoding).
        other_readings: Vec<String>,
        /// The content that owns the file.
        container: ContainerRef,
        /// How far the name may differ from that of the file.
        matching: NameMatching,
    },
    /// An attachment by id (without the `att` prefix).
    Attachment {
        /// Digits of the attachment id.
        id: String,
        /// Page id and file name in the same address; tried if the id is unknown.
        fallback: Option<(String, String)>,
    },
    /// A media file id (UUID in lower case).
    FileId {
        /// The UUID.
        id: String,
    },
    /// A gallery macro: every matching image of the pages.
    Gallery(FileFilter),
    /// An attachments macro: lists every matching file of the page to readers.
    AttachmentList(FileFilter),
    /// A macro that keeps its data in files of its page under names that only its app knows: any file of the page may
    /// be used.
    #[serde(rename = "untold-names")]
    UnknownNames,
    /// A macro that shows search results, which may include attachments: not a use of any file, only a notice.
    SearchResults,
    /// An address in the form of a Confluence file on an unknown host: a former host of the site, or another site. Not
    /// a use, but the file may be meant.
    OnUnknownHost {
        /// The host, in lower case.
        host: String,
        /// What each decoding of the address would mean on this site.
        targets: Vec<Target>,
    },
    /// Wiki markup that was never migrated, without its code samples. The name of a file of the content's own page in
    /// it is a possible use, because Confluence's wiki renderer knows more forms than this parser.
    #[serde(rename = "names-in")]
    NamesInText {
        /// The markup.
        text: String,
    },
    /// A `space-attachments` macro, which lists an entire space: not a use of any file, only a notice.
    SpaceAttachments {
        /// Space key as written; `None` means the content's own space.
        space: Option<String>,
    },
}

impl Target {
    /// Returns how readers see the files, given the display of the construct.
    pub(crate) fn display_in(&self, construct: Display) -> Display {
        if matches!(self, Self::AttachmentList(_)) { Display::Listed } else { construct }
    }
}

/// How far a name in a reference may differ from the name of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameMatching {
    /// Exact, then NFC, then without regard to case.
    Loose,
    /// Exact or NFC only: the generic rule for parameters of unknown macros.
    Exact,
}

/// The content that owns a named file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContainerRef {
    /// The content that holds the body; for a comment its page or post.
    Own,
    /// A content by id.
    Content(String),
    /// A content by the id in a diagram macro. A copied macro keeps the id of the page it was copied from: if that page
    /// has no such file, the file of the content's own page is meant.
    CopiedFrom(String),
    /// A content by the id it had on a former host of the site. The content's own page may be meant too, or any other.
    FormerId(String),
    /// Broken markup that should name a container: the content's own page may be meant, or any other.
    Unreadable,
    /// A page by title; without a space key, in the space of the referring content.
    Page {
        /// Title as written.
        title: String,
        /// Space key as written.
        space: Option<String>,
    },
    /// A content by id, with the title it had when the reference was written. The title counts only if no content has
    /// the id.
    Known {
        /// Content id as written.
        id: String,
        /// The page or post by title.
        otherwise: Box<ContainerRef>,
    },
    /// A blog post by title and posting day.
    BlogPost {
        /// Title as written.
        title: String,
        /// `yyyy/mm/dd` as written.
        day: Option<String>,
        /// Space key as written.
        space: Option<String>,
    },
    /// The space itself (its description or logo): never a file of a page.
    Space {
        /// Space key as written.
        space: Option<String>,
    },
}

/// Which files of which pages a gallery or attachments macro selects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FileFilter {
    /// The pages; empty means the content's own page.
    pub pages: Vec<ContainerRef>,
    /// Only files with one of these names (gallery `include`); empty means all.
    pub include: Vec<String>,
    /// Not files with one of these names (gallery `exclude`).
    pub exclude: Vec<String>,
    /// Only files that have all of these labels.
    pub include_labels: Vec<String>,
    /// Not files that have all of these labels.
    pub exclude_labels: Vec<String>,
    /// Only files whose complete name matches one of these regular expressions (attachments `patterns`); empty means
    /// all.
    pub patterns: Vec<String>,
}

impl FileFilter {
    /// Whether the macro filters by labels, so that the caller has to read them.
    pub fn needs_labels(&self) -> bool {
        !self.include_labels.is_empty() || !self.exclude_labels.is_empty()
    }
}

/// A link to another content of the site, or to one of its spaces.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageLink {
    /// A page by title.
    Title {
        /// Title as written.
        title: String,
        /// Space key as written; `None` means the content's own space.
        space: Option<String>,
    },
    /// A blog post by title.
    Post {
        /// Title as written.
        title: String,
        /// Space key as written.
        space: Option<String>,
    },
    /// A page or post by content id.
    Id(String),
    /// By the id of a page or of anything else with an address, such as a whiteboard or a folder.
    Any(String),
    /// By an id in a form of address that drafts and apps use too: there may be no content with this id.
    Perhaps(String),
    /// By the content id on a former host of the site: the id may belong to a different content here, or to none.
    Former(String),
    /// A page or post by content id, with the title it had when the link was written. The title counts only if no
    /// content has the id.
    Known {
        /// Content id as written.
        id: String,
        /// Title as written.
        title: String,
        /// Space key as written.
        space: Option<String>,
        /// Whether it is a blog post.
        post: bool,
    },
    /// A space by key.
    Space(String),
}

/// Whether a title is one of the keywords by which page tree macros name a page by its position.
pub(crate) fn is_relative(title: &str) -> bool {
    ["@self", "@home", "@parent", "@none"].iter().any(|word| title.trim().eq_ignore_ascii_case(word))
}

impl PageLink {
    /// Returns the link to the page, post or space that an identifier element names.
    pub(crate) fn to(container: ContainerRef) -> Option<Self> {
        match container {
            ContainerRef::Page { title, .. } if is_relative(&title) => None,
            ContainerRef::Page { title, space } => Some(Self::Title { title, space }),
            ContainerRef::BlogPost { title, space, .. } => Some(Self::Post { title, space }),
            ContainerRef::Content(id) => Some(Self::Any(id)),
            ContainerRef::Known { id, otherwise } => match *otherwise {
                ContainerRef::Page { title, space } => Some(Self::Known { id, title, space, post: false }),
                ContainerRef::BlogPost { title, space, .. } => Some(Self::Known { id, title, space, post: true }),
                _ => Some(Self::Any(id)),
            },
            // `@self` and similar keywords have a meaning in macros only
            ContainerRef::Space { space: Some(key) } if !key.starts_with('@') => Some(Self::Space(key)),
            _ => None,
        }
    }

    /// Whether the link leads to a content, not to a space.
    pub fn is_of_content(&self) -> bool {
        !matches!(self, Self::Space(_))
    }

    /// Returns the content id that the link names on this site.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Id(id) | Self::Any(id) | Self::Known { id, .. } => Some(id),
            Self::Title { .. } | Self::Post { .. } | Self::Perhaps(_) | Self::Former(_) | Self::Space(_) => None,
        }
    }
}

/// A link to an anchor in a page: a heading, or one set by an author.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AnchorLink {
    /// The page; `None` means the page that holds the link.
    pub page: Option<PageLink>,
    /// The name of the anchor as written, decoded once.
    pub anchor: String,
}

/// The markup by which a reference is written. Its `Display` form is the name shown in reports:
///
/// ```
/// use storage_format::Construct;
///
/// assert_eq!(Construct::Image.to_string(), "image");
/// assert_eq!(Construct::Macro("view-file".to_owned()).to_string(), "macro view-file");
/// assert_eq!(Construct::UrlInText.to_string(), "URL in text");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Construct {
    /// `ac:image` around `ri:attachment` or `ri:url`.
    Image,
    /// `ac:link` around `ri:attachment`.
    Link,
    /// `ri:attachment` directly in text.
    BareIdentifier,
    /// A macro, by name (in lower case).
    Macro(String),
    /// A Forge or Connect extension in ADF, by extension key or title where known.
    Extension(String),
    /// `a href`, `img src` and other URLs of the site.
    Url,
    /// A URL in the rendered HTML of an ADF fallback.
    Fallback,
    /// An absolute URL of the site in text or code.
    UrlInText,
    /// Header image property.
    HeaderImage,
    /// A content property of an app, by key.
    Property(String),
    /// Media node of an ADF body.
    Media,
}

impl Construct {
    /// Whether it belongs to an app that may keep files next to the one it names: pictures of a source, sources of a
    /// picture.
    pub fn keeps_companions(&self) -> bool {
        match self {
            Self::Macro(name) => keeps_companions(name),
            Self::Extension(_) => true,
            _ => false,
        }
    }
}

impl std::fmt::Display for Construct {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Image => f.write_str("image"),
            Self::Link => f.write_str("link"),
            Self::BareIdentifier => f.write_str("attachment"),
            Self::Macro(name) => write!(f, "macro {name}"),
            Self::Extension(name) => write!(f, "app {name}"),
            Self::Url => f.write_str("URL"),
            Self::Fallback => f.write_str("fallback URL"),
            Self::UrlInText => f.write_str("URL in text"),
            Self::HeaderImage => f.write_str("header image"),
            Self::Property(key) => write!(f, "property {key}"),
            Self::Media => f.write_str("media"),
        }
    }
}

/// How readers see a used file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Display {
    /// The content shows the file.
    Shown,
    /// The content links to it.
    Linked,
    /// An attachments macro lists it.
    Listed,
}

/// How certain a use is. Both values count as used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// A structured reference, URL or id that resolves to one file.
    Proven,
    /// A guess: unknown macro, inexact name, several matches, URL in code.
    Possible,
}

impl Certainty {
    /// Returns `proven` or `possible`.
    pub fn label(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Possible => "possible",
        }
    }
}
