//! Formats in which tables are written in addition to CSV.

/// Which files are written in addition to CSV files, which always are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableFormats {
    /// A workbook, for Excel and other spreadsheets.
    pub workbook: bool,
    /// Parquet files, for query engines.
    pub parquet: bool,
}

impl TableFormats {
    /// No other files.
    pub const CSV_ONLY: Self = Self { workbook: false, parquet: false };
    /// The words of `--formats`.
    pub const WORDS: [&str; 3] = ["csv", "xlsx", "parquet"];

    /// Parses the words of `--formats`; the error is the first unknown word.
    pub fn parse<'w>(words: impl IntoIterator<Item = &'w str>) -> Result<Self, &'w str> {
        words.into_iter().try_fold(Self::CSV_ONLY, |formats, word| match word.to_ascii_lowercase().as_str() {
            "csv" => Ok(formats),
            "xlsx" => Ok(Self { workbook: true, ..formats }),
            "parquet" => Ok(Self { parquet: true, ..formats }),
            _ => Err(word),
        })
    }
}

impl Default for TableFormats {
    /// The default of `--formats`.
    fn default() -> Self {
        Self { workbook: true, parquet: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_files_are_always_written_and_other_files_on_request() {
        let both = TableFormats { workbook: true, parquet: true };
        assert_eq!(TableFormats::parse(["xlsx"]), Ok(TableFormats::default()));
        assert_eq!(TableFormats::parse(["Parquet", "csv", "XLSX"]), Ok(both));
        assert_eq!(TableFormats::parse(["csv"]), Ok(TableFormats::CSV_ONLY));
        assert_eq!(TableFormats::parse(TableFormats::WORDS), Ok(both));
        assert_eq!(TableFormats::parse(["xlsx", "ods"]), Err("ods"));
    }
}
