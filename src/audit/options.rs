//! Options of the audit that do not affect the crawl.

#[derive(Debug, Clone)]
pub struct AuditOptions {
    /// Labels that keep a file out of the unreferenced lists.
    pub protect_labels: Vec<String>,
    /// File name globs that keep a file out of the unreferenced lists.
    pub protect_names: Vec<String>,
    /// How many of the newest versions "keeping N frees X" keeps; at least 1.
    pub keep_versions: u32,
    /// Further hosts of the site, as configured now. If the site was read without one of them, uses by addresses on
    /// that host are missing, and no file without a use can be called unreferenced.
    pub alias_hosts: Vec<String>,
}

impl Default for AuditOptions {
    fn default() -> Self {
        Self { protect_labels: Vec::new(), protect_names: Vec::new(), keep_versions: 1, alias_hosts: Vec::new() }
    }
}
