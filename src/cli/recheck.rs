//! Options of `recheck`.

use std::path::PathBuf;

use clap::Args;

use super::{AuditArgs, CrawlArgs, Verify};

/// Options of `recheck`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct RecheckArgs {
    /// Folder of a complete audit that contains scan.json.gz
    pub folder: PathBuf,
    /// Recheck only the files in FILE: a table with the column Attachment ID,
    /// such as a CSV file of the report or a copied cleanup list, or one id per
    /// line
    #[arg(long, value_name = "FILE", help_heading = "Recheck")]
    pub files: Option<PathBuf>,
    /// Accept that these pages, posts or spaces of the report were deleted for
    /// good, and not hidden from the account (repeatable; separated by commas)
    #[arg(long, value_name = "ID|KEY", value_delimiter = ',', help_heading = "Recheck")]
    pub accept_deleted: Vec<String>,
    /// Read the content that owns a file once more before the file is called
    /// unreferenced
    #[arg(long, value_name = "all", hide_possible_values = true, help_heading = "Recheck")]
    pub verify: Option<Verify>,
    #[command(flatten)]
    pub crawl: CrawlArgs,
}

impl RecheckArgs {
    /// Returns the options of an audit that reads the same.
    pub fn as_audit(&self) -> AuditArgs {
        AuditArgs { verify: self.verify, crawl: self.crawl.clone(), ..AuditArgs::default() }
    }
}
