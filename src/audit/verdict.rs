//! Verdict on one attachment: its usage category, the uses that prove it, and the reasons for doubt.

use serde::{Deserialize, Serialize};

use super::reason::Reason;
use crate::inventory::{Attachment, SpaceId};
use storage_format::{Certainty, Construct, Display};

/// The usage category of one attachment: the first that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Usage {
    /// In the trash, on a page in the trash, or owned by no page or post.
    NotJudged,
    /// Its own page or post shows it.
    Embedded,
    /// Its own page or post links to it, but does not show it.
    Linked,
    /// Only other contents, or the draft of its own page or post, show it or link to it.
    LinkedElsewhere,
    /// Only an attachments macro lists it.
    Listed,
    /// No use found, but something that could hold one was not read or not resolved.
    Undetermined,
    /// No use found, and everything that could hold one was read.
    Unreferenced,
}

impl Usage {
    /// All categories, in the order in which they are tried and shown.
    pub const ALL: [Self; 7] = [
        Self::NotJudged,
        Self::Embedded,
        Self::Linked,
        Self::LinkedElsewhere,
        Self::Listed,
        Self::Undetermined,
        Self::Unreferenced,
    ];

    /// The category as written in the CSV files and `run.json`.
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

/// The verdict on one attachment.
#[derive(Debug, Clone)]
pub struct FileVerdict {
    /// Index into `Inventory::attachments`.
    pub attachment: usize,
    pub usage: Usage,
    /// Every use found, those of its own page first, then by content id; without uses in the trash.
    pub uses: Vec<Use>,
    /// Why a file is `undetermined` or `not-judged`, or remarks such as "named only in the trash".
    pub reasons: Vec<Reason>,
    /// The highest certainty among its uses.
    pub certainty: Option<Certainty>,
    /// The rule that protects it, e.g. `label keep` or `name *.key`.
    pub protected: Option<String>,
    /// The rule by which an app uses it without any markup that names it.
    pub kept_by_app: Option<&'static str>,
    /// Number of its duplicate group (index into `Audit::duplicates` + 1).
    pub duplicate_group: Option<usize>,
    /// The space of its container.
    pub space: Option<SpaceId>,
    /// Whether the report includes its space.
    pub reported: bool,
    /// Whether the page or post it belongs to is in the trash.
    pub owner_in_trash: bool,
}

impl FileVerdict {
    /// Returns the usage that reports show: an incomplete run never says `unreferenced`, whatever the verdict.
    pub fn shown_usage(&self, complete: bool) -> Usage {
        match self.usage {
            Usage::Unreferenced if !complete => Usage::Undetermined,
            usage => usage,
        }
    }

    /// Whether it belongs in the lists of unreferenced files.
    pub fn is_candidate(&self) -> bool {
        self.usage == Usage::Unreferenced && self.protected.is_none()
    }

    /// Whether it is in the trash itself, or on a page in the trash.
    pub fn is_in_trash(&self, file: &Attachment) -> bool {
        file.status.is_trash() || self.owner_in_trash
    }
}

/// One use of an attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Index into `Inventory::contents`.
    pub content: usize,
    /// Whether the user is the page or post that owns the file, in its published form.
    pub on_owner: bool,
    pub construct: Construct,
    /// The name or id by which the content refers to the file.
    pub name: String,
    pub display: Display,
    pub certainty: Certainty,
}
