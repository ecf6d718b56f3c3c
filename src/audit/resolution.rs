//! Result of resolving a reference: the attachments it means on this site, and what stays uncertain.

use storage_format::Certainty;

#[derive(Debug, Default)]
pub(super) struct Resolution {
    /// The attachments that the reference means.
    pub(super) hits: Vec<Hit>,
    /// A container that is not in the inventory: any file of these names may be meant.
    pub(super) unknown_container: Option<UnknownContainer>,
    /// Contents that may use files, but it is not known which.
    pub(super) uncertain: Vec<UncertainContainer>,
    /// Possible meaning of an address on an unknown host.
    pub(super) on_unknown_host: Option<UnknownHostMatch>,
    /// The contents that were searched for the file, for a reference by name.
    pub(super) containers: Vec<String>,
}

/// A content any of whose files may be used.
#[derive(Debug)]
pub(super) struct UncertainContainer {
    pub(super) container: String,
    pub(super) cause: Uncertainty,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Uncertainty {
    /// A macro keeps its data in files whose names only its app knows.
    AppFileNames,
    /// The content exceeds the work limit.
    WorkLimit,
}

/// What an address on a host that is not known as a host of this site would mean here.
#[derive(Debug)]
pub(super) struct UnknownHostMatch {
    pub(super) host: String,
    /// File names in the address.
    pub(super) names: Vec<String>,
    /// The attachments that the address would mean if the host were one of the site's.
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
    /// For the report, e.g. `page id 9999`.
    pub(super) description: String,
    /// The file names that the reference may mean there.
    pub(super) names: Vec<String>,
}
