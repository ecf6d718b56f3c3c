//! Findings whose pages depend on what is known and on the rules of each space.

use super::super::Rules;
use super::super::findings::{find, find_in_spaces};
use super::super::page_row::{PageRow, SinceFrom};
use crate::inventory::workflow::WorkflowSource;

/// In a first snapshot the number of stalled approvals is not known: it must not be 0.
#[test]
fn an_approval_is_stalled_only_if_it_is_known_for_how_long_it_waits() {
    let waiting = |id: &str, days: Option<i64>, is_at_least| {
        let mut row = PageRow { id: id.to_owned(), ..PageRow::default() };
        row.workflow.state = Some("Review".to_owned());
        (row.workflow.is_final, row.workflow.days_in_state) = (Some(false), days);
        row.workflow.since_is_at_least = days.map(|_| is_at_least);
        row.workflow.source = Some(WorkflowSource::Labels);
        row
    };
    let counts = |rows: &[PageRow]| {
        let found = find(rows, &Rules::default());
        let found = found.iter().find(|found| found.finding.id == "workflow_stalled").unwrap();
        (found.pages.len(), found.undecided, found.unknown)
    };
    let (first, short) = (waiting("1", None, false), waiting("2", Some(7), true));
    let (long, known) = (waiting("3", Some(30), true), waiting("4", Some(7), false));
    assert_eq!(counts(&[first.clone(), known.clone()]), (0, 1, true));
    assert_eq!(counts(&[short.clone(), known.clone()]), (0, 1, true), "seven days or longer");
    assert_eq!(counts(&[long.clone(), first.clone()]), (1, 1, false));
    assert_eq!(counts(std::slice::from_ref(&known)), (0, 0, false));
    let mut done = waiting("5", Some(900), false);
    done.workflow.is_final = Some(true);
    let mut draft = waiting("6", Some(900), false);
    (draft.workflow.state, draft.workflow.source) =
        (Some("Rough  Draft".to_owned()), Some(WorkflowSource::NativeState));
    assert_eq!(counts(&[done, draft.clone()]), (0, 0, false), "no one has to act on them");
    draft.workflow.source = Some(WorkflowSource::ComalaCloudCql);
    assert_eq!(counts(&[draft]), (1, 0, false), "the same state in an approval workflow");
}

/// One week with two spaces from runs with different thresholds.
#[test]
fn each_space_is_judged_by_the_rules_of_the_run_that_measured_it() {
    let waiting = |id: &str, space: &str| {
        let mut row = PageRow { id: id.to_owned(), ..PageRow::default() };
        row.place.space_key = space.to_owned();
        row.workflow.state = Some("Review".to_owned());
        row.workflow.since_from = Some(SinceFrom::Source);
        row.workflow.days_in_state = Some(40);
        row
    };
    let rows = [waiting("1", "ENG"), waiting("2", "OPS")];
    let (usual, mut patient) = (Rules::default(), Rules::default());
    patient.usual.stalled_days = 90;
    let found = find_in_spaces(&rows, &|space| if space == "OPS" { &patient } else { &usual });
    let stalled = found.iter().find(|found| found.finding.id == "workflow_stalled").unwrap();
    assert_eq!(stalled.pages.iter().map(|listed| listed.row.id.as_str()).collect::<Vec<_>>(), ["1"]);
    assert_eq!(stalled.undecided, 0);
}
