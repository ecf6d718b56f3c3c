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
    /// What an address on a host that is not known may mean.
    pub(super) on_unknown_host: Option<OnUnknownHost>,
    /// The contents looked into, of a reference by name.
    pub(super) containers: Vec<String>,
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

/// What an address on a host that is not known as the site's own would mean here.
#[derive(Debug)]
pub(super) struct OnUnknownHost {
    /// The host.
    pub(super) host: String,
    /// The names it bears.
    pub(super) names: Vec<String>,
    /// The attachments that it would mean if it were the site's.
    pub(super) files: Vec<usize>,
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
