//! Formats of the files with tables.

use clap::Args;

/// Options about the files with tables.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct FormatArgs {
    /// Files with tables in addition to CSV: xlsx, parquet, both separated by a
    /// comma, or csv for no others [default: xlsx]
    #[arg(long, value_name = "FORMATS")]
    pub formats: Vec<String>,
}
