//! What a body names: a file, in which container, by which construct, how sure; or a page.

use serde::{Deserialize, Serialize};

use crate::macros::{keeps_companions, shows_one_file};

/// One place in a body (or property) that may use attachments.
///
/// It says what is written, not which attachment that is: the container is looked up first, then the name in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// What is named.
    pub target: Target,
    /// How it is written; becomes the evidence.
    pub construct: Construct,
    /// Shown, linked or listed.
    pub display: Display,
    /// Whether the construct surely means a file.
    pub certainty: Certainty,
}

impl Reference {
    /// Whether the body surely shows or links to a file here, so that the page lacks something where the file is not
    /// there. What other macros name may be something else than a file, or one of several names.
    pub fn surely_means_a_file(&self) -> bool {
        self.certainty == Certainty::Proven
            && match &self.construct {
                Construct::Image | Construct::Link | Construct::BareIdentifier | Construct::Url => true,
                Construct::Macro(name) => shows_one_file(name),
                _ => false,
            }
    }
}

/// What a reference names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// A file by name in a container.
    File {
        /// The name as written, decoded once.
        name: String,
        /// Other readings of an encoded name, tried in order when the first names nothing (`+` as blank, a second
        /// percent-decoding).
        other_readings: Vec<String>,
        /// Where the file lives.
        container: ContainerRef,
        /// How far the name may differ from the file's.
        matching: NameMatching,
    },
    /// An attachment by id (without the `att` prefix).
    Attachment {
        /// Digits of the attachment id.
        id: String,
        /// Page id and file name the address also bears; tried when the id is unknown.
        fallback: Option<(String, String)>,
    },
    /// A media file id (UUID in lower case).
    FileId {
        /// The UUID.
        id: String,
    },
    /// A gallery macro: every matching image of the pages.
    Gallery(FileFilter),
    /// An attachments macro: every matching file of the page is listed to readers.
    AttachmentList(FileFilter),
    /// A macro that keeps its data in files of its page under names that cannot be told: none of them can be judged.
    UntoldNames,
    /// A macro that shows what a search finds, attachments among it: counts for no file, only as a notice.
    SearchResults,
    /// Addresses in the form of a Confluence file on a host that is not known as the site's own: where the site was
    /// before, or another site altogether. Counts for no file, but the file may be meant.
    OnUnknownHost {
        /// The host, in lower case.
        host: String,
        /// What the address would mean on this site, in each of its readings.
        targets: Vec<Target>,
    },
    /// Wiki markup that was never migrated, without its samples: a name of a file of the own page in it is a possible
    /// use, for its renderer knows more forms than are known here.
    NamesIn {
        /// The markup.
        text: String,
    },
    /// A `space-attachments` macro: lists the whole space; counts for no file, only as a notice.
    SpaceAttachments {
        /// Space key as written; the own space where absent.
        space: Option<String>,
    },
}

impl Target {
    /// How a use of this appears to readers, in a place that shows or links what it names.
    pub(crate) fn display_in(&self, place: Display) -> Display {
        if matches!(self, Self::AttachmentList(_)) { Display::Listed } else { place }
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

/// Where a named file lives.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContainerRef {
    /// The content that holds the body; for a comment the page or post commented on.
    Own,
    /// A content by id.
    Content(String),
    /// A content by the id a diagram macro bears. Copied macros keep the id of the page they were copied from, so where
    /// that page holds no such file the own page's is meant.
    CopiedFrom(String),
    /// A content by the id it bore where the site was before. There the own page may be meant too, or any other.
    FormerId(String),
    /// Markup that should say, but cannot be read: the own page, or any other.
    Unreadable,
    /// A page by title; without a space key, of the referring content's space.
    Page {
        /// Title as written.
        title: String,
        /// Space key as written.
        space: Option<String>,
    },
    /// A content by id, with the title it bore when that was written: the title counts where nothing bears the id.
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
    /// The space itself (its description or logo): never a page's file.
    Space {
        /// Space key as written.
        space: Option<String>,
    },
}

/// Which files of which pages a gallery or attachments macro takes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FileFilter {
    /// The pages; empty means the own page.
    pub pages: Vec<ContainerRef>,
    /// Only these names (gallery `include`).
    pub include: Vec<String>,
    /// Not these names (gallery `exclude`).
    pub exclude: Vec<String>,
    /// All of these labels.
    pub include_labels: Vec<String>,
    /// Not what bears all of these labels.
    pub exclude_labels: Vec<String>,
    /// Regular expressions over the whole name (attachments `patterns`), any of which may match.
    pub patterns: Vec<String>,
}

impl FileFilter {
    /// Whether the macro filters by labels, which then have to be read.
    pub fn needs_labels(&self) -> bool {
        !self.include_labels.is_empty() || !self.exclude_labels.is_empty()
    }
}

/// A link to another content of the site, or to one of its spaces.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageLink {
    /// By title, in a space or the own one.
    Title {
        /// Title as written.
        title: String,
        /// Space key as written.
        space: Option<String>,
    },
    /// A blog post by title, in a space or the own one.
    Post {
        /// Title as written.
        title: String,
        /// Space key as written.
        space: Option<String>,
    },
    /// By content id.
    Id(String),
    /// By an id that may be a page's, or that of anything else with an address of its own: a whiteboard, a folder.
    Any(String),
    /// By an id in an address that drafts and parts of apps have, too: it may be nobody's.
    Perhaps(String),
    /// By the content id it bore where the site was before: it may be another content's here, or nobody's.
    Former(String),
    /// A page or post by content id, with the title it bore when that was written: the title counts where nothing bears
    /// the id.
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

/// Whether a title means a page by its place, as macros that show trees of pages name theirs.
pub(crate) fn is_relative(title: &str) -> bool {
    ["@self", "@home", "@parent", "@none"].iter().any(|word| title.trim().eq_ignore_ascii_case(word))
}

impl PageLink {
    /// The link to a page, post or space named by an identifier element.
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
            // `@self` and the like are for macros
            ContainerRef::Space { space: Some(key) } if !key.starts_with('@') => Some(Self::Space(key)),
            _ => None,
        }
    }

    /// Whether it leads to a content, as opposed to a space.
    pub fn is_of_content(&self) -> bool {
        !matches!(self, Self::Space(_))
    }

    /// The id it names on this site.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Id(id) | Self::Any(id) | Self::Known { id, .. } => Some(id),
            Self::Title { .. } | Self::Post { .. } | Self::Perhaps(_) | Self::Former(_) | Self::Space(_) => None,
        }
    }
}

/// A link to a place in a page: a heading, or an anchor that somebody set.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PlaceLink {
    /// The page; the own one where absent.
    pub page: Option<PageLink>,
    /// The place as written, decoded once.
    pub anchor: String,
}

/// How a reference is written. As text it is a few words that people know:
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
    /// `a href`, `img src` and other URLs of the own site.
    Url,
    /// Rendered HTML in an ADF fallback.
    Fallback,
    /// A complete own-site URL in text or code.
    UrlInText,
    /// Header image property.
    HeaderImage,
    /// A content property of an app, by key.
    Property(String),
    /// Media node of an ADF body.
    Media,
}

impl Construct {
    /// Whether it is of an app that may keep files beside the one it names: pictures of a source, sources of a picture.
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

/// How a use appears to readers.
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

/// How sure a use is. Both count as used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// A structured reference, URL or id that resolves to one file.
    Proven,
    /// A best reading: unknown macro, looser name match, ambiguity, URL in code.
    Possible,
}

impl Certainty {
    /// `proven` or `possible`.
    pub fn label(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Possible => "possible",
        }
    }
}
