//! What the audit says of one attachment: its usage, and every use that proves it.

use serde::{Deserialize, Serialize};

use crate::inventory::{Attachment, SpaceId};
use storage_format::{Certainty, Construct, Display};

/// The usage of one attachment, first that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Usage {
    /// In the trash, on a page in the trash, or owned by no page or post.
    NotJudged,
    /// Its own page or post shows it.
    Embedded,
    /// Its own page or post links to it, nothing shows it.
    Linked,
    /// Other contents use it.
    LinkedElsewhere,
    /// Only an attachments macro lists it.
    Listed,
    /// No use found, but something that could hold one was not read or not resolved.
    Undetermined,
    /// No use found, and everything that could hold one was read.
    Unreferenced,
}

impl Usage {
    /// All usages, in the order of the contract.
    pub const ALL: [Self; 7] = [
        Self::NotJudged,
        Self::Embedded,
        Self::Linked,
        Self::LinkedElsewhere,
        Self::Listed,
        Self::Undetermined,
        Self::Unreferenced,
    ];

    /// The word of the contract, as in the CSV.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotJudged => "not-judged",
            Self::Embedded => "embedded",
            Self::Linked => "linked",
            Self::LinkedElsewhere => "linked-elsewhere",
            Self::Listed => "listed",
            Self::Undetermined => "undetermined",
            Self::Unreferenced => "unreferenced",
        }
    }
}

/// What was found out about one attachment.
#[derive(Debug, Clone)]
pub struct FileVerdict {
    /// Index into `Inventory::attachments`.
    pub attachment: usize,
    /// The usage.
    pub usage: Usage,
    /// Every use found, the own page's first, then by content id; uses in the trash are not among them.
    pub uses: Vec<Use>,
    /// Why a file is `undetermined` or `not-judged`, or remarks such as "named only in the trash".
    pub reasons: Vec<String>,
    /// The surest of its uses.
    pub certainty: Option<Certainty>,
    /// The rule that protects it, e.g. `label keep` or `name *.key`.
    pub protected: Option<String>,
    /// The rule by which an app finds it without any markup that names it.
    pub kept_by_app: Option<&'static str>,
    /// Number of its duplicate group (index into `Audit::duplicates` + 1).
    pub duplicate_group: Option<usize>,
    /// The space of its container.
    pub space: Option<SpaceId>,
    /// Whether its space is among the reported ones.
    pub reported: bool,
    /// Whether the page or post it belongs to is in the trash.
    pub owner_in_trash: bool,
}

impl FileVerdict {
    /// The usage as every list shows it: an incomplete run never says `unreferenced`, whatever the verdict.
    pub fn shown_usage(&self, complete: bool) -> Usage {
        match self.usage {
            Usage::Unreferenced if !complete => Usage::Undetermined,
            usage => usage,
        }
    }

    /// Belongs into the `*_unreferenced` lists.
    pub fn is_candidate(&self) -> bool {
        self.usage == Usage::Unreferenced && self.protected.is_none()
    }

    /// In the trash itself, or on a page in the trash.
    pub fn is_in_trash(&self, file: &Attachment) -> bool {
        file.status.is_trash() || self.owner_in_trash
    }
}

/// One use of an attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Index into `Inventory::contents`.
    pub content: usize,
    /// Whether the owning page or post itself (published) uses it.
    pub on_owner: bool,
    /// How it is written there.
    pub construct: Construct,
    /// The name or id under which it is named there.
    pub name: String,
    /// Shown, linked or listed.
    pub display: Display,
    /// How sure.
    pub certainty: Certainty,
}
