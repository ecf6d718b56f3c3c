//! Options of the audit that do not affect the crawl.

use std::collections::BTreeMap;

/// The default of `migration_throughput`. An assumption: Atlassian publishes how many pages its assistant copies in a
/// day, but no bytes per second.
pub const MIGRATION_BYTES_PER_SECOND: u64 = 10_000_000;

#[derive(Debug, Clone)]
pub struct AuditOptions {
    /// Labels that keep a file out of the unreferenced lists.
    pub protect_labels: Vec<String>,
    /// File name globs that keep a file out of the unreferenced lists.
    pub protect_names: Vec<String>,
    /// Sheets, or folders of sheets, in which people decided about files.
    pub protect_from: Vec<String>,
    /// What they keep: names of the sheets by attachment id.
    pub kept: BTreeMap<String, String>,
    /// How many of the newest versions "keeping N frees X" keeps; at least 1.
    pub keep_versions: u32,
    /// Bytes per second that a migration is assumed to copy; at least 1.
    pub migration_bytes_per_second: u64,
    /// Further hosts of the site, as configured now. If the site was read without one of them, uses by addresses on
    /// that host are missing, and no file without a use can be called unreferenced.
    pub alias_hosts: Vec<String>,
}

impl Default for AuditOptions {
    fn default() -> Self {
        Self {
            protect_labels: Vec::new(),
            protect_names: Vec::new(),
            protect_from: Vec::new(),
            kept: BTreeMap::new(),
            keep_versions: 1,
            migration_bytes_per_second: MIGRATION_BYTES_PER_SECOND,
            alias_hosts: Vec::new(),
        }
    }
}
