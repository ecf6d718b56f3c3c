//! Options of `explain`.

use std::path::PathBuf;

use clap::Args;

/// Options of `explain`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(after_help = EXAMPLES)]
pub struct ExplainArgs {
    /// The file: its attachment id, a name that a version of it has or had, or
    /// its address (download, preview, attachments screen, API)
    pub file: String,
    /// Use the saved scan of this audit: its folder, or its scan.json.gz
    /// [default: the newest audit]
    #[arg(long = "in", value_name = "FOLDER", conflicts_with = "output")]
    pub folder: Option<PathBuf>,
    /// Look for the newest audit in DIR [default: working directory]
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  confluence-storage-analyzer explain att70010
  confluence-storage-analyzer explain 'release plan.png'
  confluence-storage-analyzer explain \\
    'https://acme.atlassian.net/wiki/download/attachments/1001/plan.png'
  confluence-storage-analyzer explain plan.png --in REPORT_FOLDER
  confluence-storage-analyzer explain -- -2.csv

It reads no configuration and sends nothing: what it says is as old as the scan.
Several files that match are listed, with status 2.";
