//! What a reference means on this site.

use storage_format::Certainty;

/// What a reference means on this site.
#[derive(Debug, Default)]
pub(super) struct Resolution {
    /// The attachments it means.
    pub(super) hits: Vec<Hit>,
    /// A container that is not in the inventory: every file of these names might be the one meant.
    pub(super) unknown_container: Option<UnknownContainer>,
    /// A content whose files are used under names that cannot be told.
    pub(super) untold_container: Option<String>,
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
