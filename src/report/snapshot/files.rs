//! The files beside the dashboard, with what each is for (product contract 4).

use crate::report::text::snapshot as say;

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DataFile {
    /// Relative address, and name.
    pub(super) path: String,
    pub(super) purpose: &'static str,
}

/// All files, the ones for a spreadsheet first.
pub(super) fn files(week: &str) -> Vec<DataFile> {
    let file = |path: &str, purpose| DataFile { path: path.to_owned(), purpose };
    vec![
        file("confluence_data_current.csv", say::CURRENT_FILE),
        file(&format!("confluence_data_{week}.csv"), say::WEEK_FILE),
        file("confluence_data_history.csv", say::HISTORY_FILE),
        file("history.json", say::HISTORY_JSON),
        file("model/fact_page_week.csv", say::FACT_FILE),
        file("model/dim_page.csv", say::PAGE_FILE),
        file("model/dim_space.csv", say::SPACE_FILE),
        file("model/dim_user.csv", say::USER_FILE),
        file("model/dim_week.csv", say::WEEKS_FILE),
        file("model/data_dictionary.csv", say::DICTIONARY_FILE),
    ]
}
