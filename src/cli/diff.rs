//! Options of `diff`.

use std::path::PathBuf;

use clap::Args;

/// Options of `diff`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct DiffArgs {
    /// The earlier audit: its folder, or its scan.json.gz
    pub old: PathBuf,
    /// The later audit: its folder, or its scan.json.gz
    pub new: PathBuf,
    /// Create the folder with the comparison in DIR [default: working directory]
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}
