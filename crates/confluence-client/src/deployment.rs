//! Kinds of sites, and what each of them offers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How a site is reached: the kind of Confluence, and for Cloud the host that serves its API.
///
/// Serialized as [`Self::word`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Deployment {
    /// Confluence Cloud at the site's own host.
    #[default]
    Cloud,
    /// Confluence Cloud through Atlassian's gateway, the only way for scoped tokens and service accounts.
    Gateway,
    /// Confluence Data Center or Server.
    DataCenter,
}

impl Deployment {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Cloud, Self::Gateway, Self::DataCenter];

    /// Returns the value of the configuration key `deployment`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cloud => "cloud",
            Self::Gateway => "gateway",
            Self::DataCenter => "datacenter",
        }
    }

    /// Returns whether the site is Confluence Cloud.
    pub const fn is_cloud(self) -> bool {
        matches!(self, Self::Cloud | Self::Gateway)
    }

    /// Returns what sites of this kind offer.
    pub const fn features(self) -> Features {
        Features::of(self)
    }
}

impl fmt::Display for Deployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Deployment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|deployment| deployment.word().eq_ignore_ascii_case(text.trim()));
        known.ok_or_else(|| "expected cloud, gateway or datacenter".to_owned())
    }
}

/// What the API of a kind of site offers beyond the lists that all have. A crawl leaves out what the site lacks: nothing
/// is missing then.
#[expect(clippy::struct_excessive_bools, reason = "each feature is independent")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Features {
    /// Pages and posts can have header images.
    pub header_images: bool,
    /// Apps can store custom content that owns or uses files.
    pub custom_content: bool,
    /// The page tree can have folders, whiteboards, databases and smart links.
    pub tree_members: bool,
    /// Pages can have native content states.
    pub content_states: bool,
    /// Views, viewers and likes of pages can be read.
    pub readership: bool,
    /// Lists of comments include all replies.
    pub replies_in_lists: bool,
    /// Lists have an order, and the reverse of it.
    pub sorted_lists: bool,
    /// The trash is read space by space, which takes a space administrator.
    pub trash_by_space: bool,
}

impl Features {
    const fn of(deployment: Deployment) -> Self {
        let cloud = deployment.is_cloud();
        Self {
            header_images: cloud,
            custom_content: cloud,
            tree_members: cloud,
            content_states: cloud,
            readership: cloud,
            replies_in_lists: !cloud,
            sorted_lists: cloud,
            trash_by_space: !cloud,
        }
    }
}
