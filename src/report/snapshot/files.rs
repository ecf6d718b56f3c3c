//! The files beside the dashboard, with what each is for (product contract 4).

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
        file("confluence_data_current.csv", "One row per page, with all measures of this snapshot: for a spreadsheet."),
        file(&format!("confluence_data_{week}.csv"), "The same rows under the name of their week."),
        file("confluence_data_history.csv", "One row per page and week, over all weeks: for pivot tables over time."),
        file("history.json", "Which weeks there are, how complete each is, and the checksums of their files."),
        file("model/fact_page_week.csv", "The measures of every page in every week: the facts of the star schema."),
        file("model/dim_page.csv", "The pages: titles, addresses, first and last week."),
        file("model/dim_space.csv", "The spaces."),
        file("model/dim_user.csv", "The people: creators, owners, editors."),
        file("model/dim_week.csv", "The weeks, with their Mondays; weeks without a snapshot too."),
        file("model/data_dictionary.csv", "What every column means, where it comes from and when it is empty."),
    ]
}
