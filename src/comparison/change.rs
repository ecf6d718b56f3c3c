//! Changes of files.

use serde::{Deserialize, Serialize};

/// How a file differs between two runs. One file can differ in several ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileChangeKind {
    /// Unreferenced and not protected now, and not unreferenced before.
    NewlyUnreferenced,
    /// No use was found before, and one is found now.
    NewlyUsed,
    /// Its usage, or its protection, changed in another way.
    UsageChanged,
    /// Its usage differs, but the runs saw different things: see the obstacles.
    NotComparable,
    /// Did not exist, or was not visible, before.
    New,
    /// Does not exist any more, or is not visible any more.
    Gone,
    /// It, or its page, was moved to the trash.
    Trashed,
    /// It, or its page, was restored from the trash.
    Restored,
    /// All of its versions together have more bytes.
    Grown,
    /// All of its versions together have fewer bytes.
    Shrunk,
    Renamed,
    /// Belongs to another page or blog post, or its page was moved to another space.
    Moved,
    NewVersions,
    DeletedVersions,
    /// Only the old run lists it, and the new run could not see everything.
    OnlyInOld,
    /// Only the new run lists it, and the old run could not see everything.
    OnlyInNew,
}

impl FileChangeKind {
    /// All kinds, in the order in which they are shown.
    pub const ALL: [Self; 16] = [
        Self::NewlyUnreferenced,
        Self::NewlyUsed,
        Self::UsageChanged,
        Self::NotComparable,
        Self::New,
        Self::Gone,
        Self::Trashed,
        Self::Restored,
        Self::Grown,
        Self::Shrunk,
        Self::Renamed,
        Self::Moved,
        Self::NewVersions,
        Self::DeletedVersions,
        Self::OnlyInOld,
        Self::OnlyInNew,
    ];

    /// Returns the kind as written in CSV and JSON files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NewlyUnreferenced => "newly-unreferenced",
            Self::NewlyUsed => "newly-used",
            Self::UsageChanged => "usage-changed",
            Self::NotComparable => "not-comparable",
            Self::New => "new",
            Self::Gone => "gone",
            Self::Trashed => "trashed",
            Self::Restored => "restored",
            Self::Grown => "grown",
            Self::Shrunk => "shrunk",
            Self::Renamed => "renamed",
            Self::Moved => "moved",
            Self::NewVersions => "new-versions",
            Self::DeletedVersions => "deleted-versions",
            Self::OnlyInOld => "only-in-old",
            Self::OnlyInNew => "only-in-new",
        }
    }

    /// Returns the kind in words: `newly unreferenced`.
    pub fn label(self) -> &'static str {
        match self {
            Self::NewlyUnreferenced => "newly unreferenced",
            Self::NewlyUsed => "newly used",
            Self::UsageChanged => "other change of usage",
            Self::NotComparable => "usage not comparable",
            Self::New => "new",
            Self::Gone => "gone",
            Self::Trashed => "moved to the trash",
            Self::Restored => "restored from the trash",
            Self::Grown => "grown",
            Self::Shrunk => "shrunk",
            Self::Renamed => "renamed",
            Self::Moved => "moved",
            Self::NewVersions => "with new versions",
            Self::DeletedVersions => "with deleted versions",
            Self::OnlyInOld => "only in the old run",
            Self::OnlyInNew => "only in the new run",
        }
    }

    /// Returns the meaning in one line, with what its bytes are.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::NewlyUnreferenced => {
                "unreferenced and not protected now, and not unreferenced before; bytes of all versions"
            }
            Self::NewlyUsed => "no use was found before, and one is found now; bytes of all versions",
            Self::UsageChanged => "another difference in usage or protection; bytes of all versions",
            Self::NotComparable => "its usage differs, but the runs cannot be compared; bytes of all versions",
            Self::New => "did not exist, or was not visible, before; bytes of all versions",
            Self::Gone => "deleted, purged from the trash, or not visible any more; bytes that all versions had",
            Self::Trashed => "it, or its page, is in the trash now; bytes of all versions",
            Self::Restored => "it, or its page, is not in the trash any more; bytes of all versions",
            Self::Grown => "all versions together have more bytes; the increase",
            Self::Shrunk => "all versions together have fewer bytes; the decrease",
            Self::Renamed => "another file name; bytes of all versions",
            Self::Moved => "on another page or post, or in another space with its page; bytes of all versions",
            Self::NewVersions => "versions that did not exist before; bytes of these versions",
            Self::DeletedVersions => "versions that do not exist any more; bytes that these versions had",
            Self::OnlyInOld => "only the old run lists it, and the new run did not see everything that the old run saw",
            Self::OnlyInNew => "only the new run lists it, and the old run did not see everything that the new run saw",
        }
    }

    /// Returns the kind that the change has if the runs are exchanged; `None` if that depends on the usages.
    pub fn mirrored(self) -> Option<Self> {
        Some(match self {
            Self::NewlyUnreferenced | Self::NewlyUsed | Self::UsageChanged | Self::NotComparable => return None,
            Self::New => Self::Gone,
            Self::Gone => Self::New,
            Self::Trashed => Self::Restored,
            Self::Restored => Self::Trashed,
            Self::Grown => Self::Shrunk,
            Self::Shrunk => Self::Grown,
            Self::NewVersions => Self::DeletedVersions,
            Self::DeletedVersions => Self::NewVersions,
            Self::OnlyInOld => Self::OnlyInNew,
            Self::OnlyInNew => Self::OnlyInOld,
            Self::Renamed | Self::Moved => self,
        })
    }
}

/// One way in which one file differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileChange {
    pub kind: FileChangeKind,
    /// Index of the file in the old inventory.
    pub old: Option<usize>,
    /// Index of the file in the new inventory.
    pub new: Option<usize>,
    /// The bytes of the change, see [`FileChangeKind::meaning`].
    pub bytes: u64,
    /// Whether `bytes` has the size of every version; if not, it is a lower bound.
    pub is_exact: bool,
    /// The number of new or deleted versions; 0 for other kinds.
    pub versions: u32,
}
