//! Which pages a finding lists, where that hangs on what is known.

use super::super::Rules;
use super::super::findings::{find, find_in_spaces};
use super::super::row::{PageRow, SinceFrom};
use crate::inventory::workflow::WorkflowSource;

/// The count of a first snapshot is not 0.
#[test]
fn approvals_stall_as_far_as_it_is_known_since_when_they_wait() {
    let waiting = |id: &str, days: Option<i64>, is_at_least| {
        let mut row = PageRow { id: id.to_owned(), ..PageRow::default() };
        row.workflow.state = Some("Review".to_owned());
        (row.workflow.is_final, row.workflow.days_in_state) = (Some(false), days);
        row.workflow.since_is_at_least = days.map(|_| is_at_least);
        row.workflow.source = Some(WorkflowSource::Labels);
        row
    };
    let told = |rows: &[PageRow]| {
        let found = find(rows, &Rules::default());
        let found = found.iter().find(|found| found.finding.id == "workflow_stalled").unwrap();
        (found.pages.len(), found.undecided, found.unknown)
    };
    let (first, short) = (waiting("1", None, false), waiting("2", Some(7), true));
    let (long, known) = (waiting("3", Some(30), true), waiting("4", Some(7), false));
    assert_eq!(told(&[first.clone(), known.clone()]), (0, 1, true));
    assert_eq!(told(&[short.clone(), known.clone()]), (0, 1, true), "seven days or many more");
    assert_eq!(told(&[long.clone(), first.clone()]), (1, 1, false));
    assert_eq!(told(std::slice::from_ref(&known)), (0, 0, false));
    let mut done = waiting("5", Some(900), false);
    done.workflow.is_final = Some(true);
    let mut draft = waiting("6", Some(900), false);
    (draft.workflow.state, draft.workflow.source) =
        (Some("Rough  Draft".to_owned()), Some(WorkflowSource::NativeState));
    assert_eq!(told(&[done, draft.clone()]), (0, 0, false), "nobody waits for them");
    draft.workflow.source = Some(WorkflowSource::ComalaCloudCql);
    assert_eq!(told(&[draft]), (1, 0, false), "the same word in an approval workflow");
}

/// Two spaces of runs with other thresholds, in one week.
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
