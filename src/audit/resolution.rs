//! What a reference means on this site.

use storage_format::Certainty;

/// What a reference means on this site.
#[derive(Debug, Default)]
pub(super) struct Resolution {
    /// The attachments it means.
    pub(super) hits: Vec<Hit>,
    /// A container that is not in the inventory: every file of these names might be the one meant.
    pub(super) unknown_container: Option<UnknownContainer>,
    /// Contents of whose files it cannot be told which are used.
    pub(super) untold: Vec<Untold>,
}

/// A content any of whose files may be used.
#[derive(Debug)]
pub(super) struct Untold {
    pub(super) container: String,
    pub(super) why: WhyUntold,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhyUntold {
    /// A macro keeps its data in files under names of its own.
    NamesOfAnApp,
    /// Finding out would take more work than one content may ask for.
    TooMuchWork,
}

#[derive(Debug)]
pub(super) struct Hit {
    pub(super) attachment: usize,
    pub(super) name: String,
    pub(super) certainty: Certainty,
}

#[derive(Debug)]
pub(super) struct UnknownContainer {
    /// For people, e.g. `page id 9999`.
    pub(super) description: String,
    /// The names the reference may mean there.
    pub(super) names: Vec<String>,
}
