//! Why a file is undetermined or not judged, and other remarks on a verdict.

use serde::Serialize;

/// One reason, in words and by kind: the kind decides what people can do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub kind: ReasonKind,
    /// For people, in lower case and without a full stop.
    pub text: String,
}

/// Kind of a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReasonKind {
    /// The file is in the trash.
    InTrash,
    /// Its page or post is in the trash.
    OwnerInTrash,
    /// No page or blog post owns it.
    NotOfPage,
    /// The run did not read everything.
    Incomplete,
    /// Only the chosen spaces were read.
    OtherSpaces,
    /// A former host was configured after the site was read.
    NewAliasHost,
    /// Its page or post was not found.
    OwnerNotFound,
    /// Its page or post was never published.
    NeverPublished,
    /// A content that may use it was accepted as unread.
    UnreadContent,
    /// The server left out a field, or sent an unknown value.
    UnreadField,
    /// It was uploaded after the scan began.
    UploadedDuringScan,
    /// It, its page or its user changed during the run.
    ChangedDuringScan,
    /// A content names it in a place that was not found.
    UnresolvedName,
    /// An address that may mean it is on a host that is not known as one of this site.
    UnknownHost,
    /// An app may keep it next to the file that its macro names.
    Companion,
    /// A content names a file by an unknown media id.
    UnknownMediaId,
    /// The macro of an app keeps its data in files whose names are not known.
    AppFiles,
    /// A content lists more files than can be looked up.
    WorkLimit,
    /// An app uses it although no page names it.
    AppRule,
    /// A content could not be parsed, and its text may name it.
    Unparsed,
    /// A content in the trash names it: a remark, no doubt.
    NamedInTrash,
}

impl ReasonKind {
    /// All kinds.
    pub const ALL: [Self; 21] = [
        Self::InTrash,
        Self::OwnerInTrash,
        Self::NotOfPage,
        Self::Incomplete,
        Self::OtherSpaces,
        Self::NewAliasHost,
        Self::OwnerNotFound,
        Self::NeverPublished,
        Self::UnreadContent,
        Self::UnreadField,
        Self::UploadedDuringScan,
        Self::ChangedDuringScan,
        Self::UnresolvedName,
        Self::UnknownHost,
        Self::Companion,
        Self::UnknownMediaId,
        Self::AppFiles,
        Self::WorkLimit,
        Self::AppRule,
        Self::Unparsed,
        Self::NamedInTrash,
    ];

    /// Returns the reason with this text.
    pub fn because(self, text: impl Into<String>) -> Reason {
        Reason { kind: self, text: text.into() }
    }
}
