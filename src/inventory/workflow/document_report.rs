//! Parses Comala's Document Report, a CSV file that is exported by hand: a source without any API, which also has
//! owners. Columns are found by name, in any order and in several spellings.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::json_values;
use super::rows::WorkflowRows;
use super::state::{WorkflowSource, WorkflowState};
use crate::spreadsheet::{CsvTable, CsvTableError};
use crate::support::formatting::plural;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentReport {
    rows: BTreeMap<String, ReportRow>,
    /// Names of unknown columns.
    unknown_columns: Vec<String>,
    /// Number of content ids that occur more than once.
    repeated: usize,
    /// Number of invalid expiry dates.
    invalid_dates: usize,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct ReportRow {
    name: Option<String>,
    state: Option<String>,
    owner: Option<String>,
    reviewers: Option<Vec<String>>,
    due: Option<DateTime<Utc>>,
}

/// Meaning of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ReportColumn {
    Id,
    Name,
    State,
    Owner,
    Reviewers,
    Expires,
    /// Known but not needed.
    Other,
}

/// Spellings of column names, in lower case and with letters and digits only.
const COLUMNS: &[(ReportColumn, &[&str])] = &[
    (ReportColumn::Id, &["contentid", "pageid", "documentid", "id"]),
    (ReportColumn::Name, &["workflowname", "workflow"]),
    (ReportColumn::State, &["state", "workflowstate", "currentstate", "workflowstatus"]),
    (ReportColumn::Owner, &["owner", "contentowner", "pageowner"]),
    (ReportColumn::Reviewers, &["reviewers", "reviewer", "approvers", "assignedreviewers", "assignees"]),
    (ReportColumn::Expires, &["expiration", "expirationdate", "expires", "expirydate", "expiry", "duedate"]),
    (
        ReportColumn::Other,
        &[
            "space",
            "spacename",
            "spacekey",
            "contenttype",
            "type",
            "contenttitle",
            "title",
            "contentversion",
            "version",
            "creator",
            "createdby",
            "created",
            "createddate",
            "creationdate",
            "updated",
            "updateddate",
            "lastupdated",
            "lastmodified",
            "workflowscope",
            "scope",
            "appliedworkflowversion",
            "workflowversion",
        ],
    ),
];

impl DocumentReport {
    /// Parses the bytes of a CSV file. Fails if it is not a table or has no column with content ids.
    pub fn parse(bytes: &[u8]) -> Result<Self, CsvTableError> {
        let table = CsvTable::parse(bytes)?;
        let columns: Vec<Option<ReportColumn>> = table.header.iter().map(|name| column(name)).collect();
        let place = |wanted: ReportColumn| columns.iter().position(|column| *column == Some(wanted));
        let id = place(ReportColumn::Id).ok_or_else(|| CsvTableError {
            line: 1,
            problem: format!("no column \"Content ID\" among {}", table.header.join(", ")),
        })?;
        let unknown = table.header.iter().zip(&columns).filter(|(_, column)| column.is_none());
        let mut report = Self { unknown_columns: unknown.map(|(name, _)| name.clone()).collect(), ..Self::default() };
        let places = [
            ReportColumn::Name,
            ReportColumn::State,
            ReportColumn::Owner,
            ReportColumn::Reviewers,
            ReportColumn::Expires,
        ]
        .map(place);
        for cells in &table.rows {
            let [name, state, owner, reviewers, expires] = places
                .map(|at| at.and_then(|at| cells.get(at)).map(|cell| cell.trim()).filter(|cell| !cell.is_empty()));
            let Some(id) = cells.get(id).map(|id| id.trim()).filter(|id| !id.is_empty()) else { continue };
            let due = expires.and_then(json_values::iso);
            report.invalid_dates += usize::from(expires.is_some() && due.is_none());
            let row = ReportRow {
                name: name.map(str::to_owned),
                state: state.map(str::to_owned),
                owner: owner.map(str::to_owned),
                reviewers: reviewers.map(people),
                due,
            };
            report.repeated += usize::from(report.rows.insert(id.to_owned(), row).is_some());
        }
        Ok(report)
    }

    /// Number of pages in the report.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Fills the rows by content id.
    pub(super) fn apply(&self, rows: &mut WorkflowRows<'_>) {
        let mut unmatched = 0_usize;
        for (id, row) in &self.rows {
            let Some(at) = rows.find(id) else {
                unmatched += 1;
                continue;
            };
            let state = WorkflowState {
                name: row.name.clone(),
                state: row.state.clone(),
                owner: row.owner.clone(),
                pending_reviewers: row.reviewers.clone(),
                due: row.due,
                source: WorkflowSource::Import,
                ..WorkflowState::default()
            };
            // a page listed without a workflow has none
            if state.name.is_some() || state.state.is_some() {
                rows.fill(at, state);
            }
        }
        let mut note = |count: usize, one: &str, many: &str| {
            if count > 0 {
                rows.notes.push(format!("imported report: {}", plural(count as u64, one, many)));
            }
        };
        note(unmatched, "page was not read in this run", "pages were not read in this run");
        note(
            self.repeated,
            "page occurs more than once; its last row is used",
            "pages occur more than once; their last row is used",
        );
        note(self.invalid_dates, "invalid expiry date; use YYYY-MM-DD", "invalid expiry dates; use YYYY-MM-DD");
        if !self.unknown_columns.is_empty() {
            let columns = self.unknown_columns.join(", ");
            rows.notes.push(format!("imported report: unknown columns are ignored: {columns}"));
        }
    }
}

fn column(header: &str) -> Option<ReportColumn> {
    let spelling: String =
        header.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    COLUMNS.iter().find(|(_, spellings)| spellings.contains(&spelling.as_str())).map(|(column, _)| *column)
}

/// Splits a cell with several people.
fn people(cell: &str) -> Vec<String> {
    cell.split([',', ';']).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name_in_any_order() {
        let file = b"\xEF\xBB\xBFState,Colour,Content Id,Owner,Workflow Name,Expiration Date,Reviewers\r\n\
            Draft,red,7,Ann,Docs,2026-12-01,\"Ben; Cai\"\r\n,,8,,,soon,\r\n,,,,,,\r\n";
        let report = DocumentReport::parse(file).unwrap();
        assert_eq!((report.len(), report.invalid_dates), (2, 1));
        assert_eq!(report.unknown_columns, ["Colour"]);
        let row = &report.rows["7"];
        assert_eq!(
            (row.state.as_deref(), row.owner.as_deref(), row.name.as_deref()),
            (Some("Draft"), Some("Ann"), Some("Docs"))
        );
        assert_eq!(row.reviewers.as_deref(), Some(&["Ben".to_owned(), "Cai".to_owned()][..]));
        assert_eq!(row.due, Some("2026-12-01T00:00:00Z".parse().unwrap()));
        assert_eq!(report.rows["8"], ReportRow::default());
    }

    #[test]
    fn a_table_without_content_ids_is_refused() {
        let error = DocumentReport::parse(b"Title,State\r\nHome,Draft\r\n").unwrap_err();
        assert_eq!(error.to_string(), "line 1: no column \"Content ID\" among Title, State");
        assert!(DocumentReport::parse(b"").is_err());
    }
}
