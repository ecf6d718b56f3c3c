//! The Document Report that Comala exports as CSV by hand: a way without any API, which also brings owners. Its columns are found by name, in any order and in several spellings.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::json;
use super::rows::Rows;
use super::state::{WorkflowSource, WorkflowState};
use crate::spreadsheet::{Table, TableError};

/// A Document Report, by content id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentReport {
    rows: BTreeMap<String, ReportRow>,
    /// Columns whose meaning is not known.
    unknown_columns: Vec<String>,
    /// Content ids that occur more than once.
    repeated: usize,
    /// Expiry dates that could not be read.
    unread_dates: usize,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct ReportRow {
    name: Option<String>,
    state: Option<String>,
    owner: Option<String>,
    reviewers: Option<Vec<String>>,
    due: Option<DateTime<Utc>>,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Id,
    Name,
    State,
    Owner,
    Reviewers,
    Expires,
    /// Known, and not needed.
    Other,
}

/// Spellings of column names, without blanks, signs and capitals.
const COLUMNS: &[(Column, &[&str])] = &[
    (Column::Id, &["contentid", "pageid", "documentid", "id"]),
    (Column::Name, &["workflowname", "workflow"]),
    (Column::State, &["state", "workflowstate", "currentstate", "workflowstatus"]),
    (Column::Owner, &["owner", "contentowner", "pageowner"]),
    (Column::Reviewers, &["reviewers", "reviewer", "approvers", "assignedreviewers", "assignees"]),
    (Column::Expires, &["expiration", "expirationdate", "expires", "expirydate", "expiry", "duedate"]),
    (
        Column::Other,
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
    /// Reads the bytes of a CSV file. Fails when it is no table, or has no column with content ids.
    pub fn parse(bytes: &[u8]) -> Result<Self, TableError> {
        let table = Table::parse(bytes)?;
        let columns: Vec<Option<Column>> = table.header.iter().map(|name| column(name)).collect();
        let place = |wanted: Column| columns.iter().position(|column| *column == Some(wanted));
        let id = place(Column::Id).ok_or_else(|| TableError {
            line: 1,
            problem: format!("no column \"Content ID\" among {}", table.header.join(", ")),
        })?;
        let unknown = table.header.iter().zip(&columns).filter(|(_, column)| column.is_none());
        let mut report = Self { unknown_columns: unknown.map(|(name, _)| name.clone()).collect(), ..Self::default() };
        let places = [Column::Name, Column::State, Column::Owner, Column::Reviewers, Column::Expires].map(place);
        for cells in &table.rows {
            let [name, state, owner, reviewers, expires] = places
                .map(|at| at.and_then(|at| cells.get(at)).map(|cell| cell.trim()).filter(|cell| !cell.is_empty()));
            let Some(id) = cells.get(id).map(|id| id.trim()).filter(|id| !id.is_empty()) else { continue };
            let due = expires.and_then(json::iso);
            report.unread_dates += usize::from(expires.is_some() && due.is_none());
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

    /// Pages in the report.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether the report holds no page.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Fills the rows by content id.
    pub(super) fn apply(&self, rows: &mut Rows<'_>) {
        let mut strangers = 0_usize;
        for (id, row) in &self.rows {
            let Some(at) = rows.find(id) else {
                strangers += 1;
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
            // a page that is listed without any workflow has none
            if state.name.is_some() || state.state.is_some() {
                rows.fill(at, state);
            }
        }
        let mut note = |count: usize, what: &str| {
            if count > 0 {
                rows.notes.push(format!("imported report: {count} {what}"));
            }
        };
        note(strangers, "of its pages are not among the pages that were read");
        note(self.repeated, "pages occur more than once; the last row counts");
        note(self.unread_dates, "expiry dates could not be read; they have to begin with YYYY-MM-DD");
        if !self.unknown_columns.is_empty() {
            let columns = self.unknown_columns.join(", ");
            rows.notes.push(format!("imported report: the columns {columns} are not known and were not used"));
        }
    }
}

fn column(header: &str) -> Option<Column> {
    let spelling: String =
        header.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    COLUMNS.iter().find(|(_, spellings)| spellings.contains(&spelling.as_str())).map(|(column, _)| *column)
}

/// Several people in one cell.
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
        assert_eq!((report.len(), report.unread_dates), (2, 1));
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
    fn a_table_without_content_ids_is_no_report() {
        let error = DocumentReport::parse(b"Title,State\r\nHome,Draft\r\n").unwrap_err();
        assert_eq!(error.to_string(), "line 1: no column \"Content ID\" among Title, State");
        assert!(DocumentReport::parse(b"").is_err());
    }
}
