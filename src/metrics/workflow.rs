//! Workflow state of a page, completed from earlier snapshots.

use chrono::{DateTime, TimeDelta, Utc};

use super::columns::SnapshotFrame;
use super::page_row::{SinceFrom, Workflow};
use super::previous_snapshots::{EarlierState, StateHistory, StateSince};
use crate::inventory::workflow::{WorkflowState, state_key};

/// Longest time between two snapshots of consecutive weeks. A change between such snapshots is known to the week.
const TWO_WEEKS: TimeDelta = TimeDelta::days(14);

/// Returns the workflow of a page as its source reports it. If the source has no date for the state, the date is inferred
/// from earlier snapshots. Account ids of reviewers are replaced by the names that `name_of` knows.
pub(super) fn workflow(
    state: Option<&WorkflowState>,
    earlier: StateHistory<'_>,
    frame: &SnapshotFrame,
    name_of: impl Fn(&str) -> Option<String>,
) -> Workflow {
    let Some(state) = state else { return Workflow::default() };
    let now = frame.taken_at;
    let seen = |of: fn(&super::EarlierStates) -> &EarlierState| earlier.seen.map(|seen| (of(seen), seen.at));
    let absent_at = earlier.absent_at;
    let since = since(state.since, state.state.as_deref(), seen(|seen| &seen.workflow), absent_at, now);
    let content_since = self::since(
        state.content_state_since,
        state.content_state.as_deref(),
        seen(|seen| &seen.content),
        absent_at,
        now,
    );
    Workflow {
        name: state.name.clone(),
        state: state.state.clone(),
        is_final: state.is_final,
        since: since.map(|since| since.at),
        since_from: since.map(|since| since.from),
        since_is_at_least: since.map(|since| since.is_at_least),
        days_in_state: since.map(|since| (now - since.at).num_days().max(0)),
        due: state.due,
        overdue_days: state.due.map(|due| overdue_days(due, frame.taken_at)),
        pending_reviewers: state.pending_reviewers.as_ref().filter(|reviewers| !reviewers.is_empty()).map(
            |reviewers| {
                reviewers
                    .iter()
                    .map(|reviewer| without_semicolons(&name_of(reviewer).unwrap_or_else(|| reviewer.clone())))
                    .collect()
            },
        ),
        owner: state.owner.clone(),
        relevance: state.relevance.clone(),
        parameters: state.parameters.iter().map(|(name, value)| (name.clone(), without_semicolons(value))).collect(),
        edits_since_final: state.edits_since_final.map(u64::from),
        source: Some(state.source.clone()),
        due_within: state.due_within,
        content_state: state.content_state.clone(),
        content_state_since: content_since.map(|since| since.at),
        content_state_since_from: content_since.map(|since| since.from),
        content_state_since_is_at_least: content_since.map(|since| since.is_at_least),
    }
}

/// Returns since when a page is in a state. The date of the source comes first. If there is none and the last snapshot
/// found the page in the same state, the date is that of the first of the consecutive snapshots that did. If the last
/// snapshot found another state, the date is that of this snapshot, accurate to the week. `None` if there is no earlier
/// snapshot, or if the state changed in more than two weeks without one.
fn since(
    reported: Option<DateTime<Utc>>,
    state: Option<&str>,
    seen: Option<(&EarlierState, DateTime<Utc>)>,
    absent_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<StateSince> {
    if let Some(at) = reported {
        return Some(StateSince { at, from: SinceFrom::Source, is_at_least: false });
    }
    let state = state_key(state?);
    let from = SinceFrom::Snapshots;
    let entered =
        |looked: DateTime<Utc>| (now - looked <= TWO_WEEKS).then_some(StateSince { at: now, from, is_at_least: false });
    match seen {
        Some((seen, at)) if seen.state.as_deref().map(state_key) == Some(state) => {
            let first = StateSince { at, from, is_at_least: true };
            Some(seen.since.map_or(first, |since| StateSince { from, ..since }))
        }
        Some((_, at)) => entered(at),
        None => entered(absent_at?),
    }
}

/// Replaces semicolons, which separate the texts of a list in a cell.
fn without_semicolons(text: &str) -> String {
    text.replace(';', ",")
}

/// Returns the days past a due date, started days included; before it, the full days as a negative number.
fn overdue_days(due: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    const DAY: i64 = 24 * 60 * 60;
    let seconds = (now - due).num_seconds();
    if seconds > 0 { seconds.unsigned_abs().div_ceil(DAY.unsigned_abs()).cast_signed() } else { seconds / DAY }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        format!("{text}T12:00:00Z").parse().unwrap()
    }

    fn seen(state: &str, since: Option<(&str, bool)>) -> EarlierState {
        let since = since.map(|(day, is_at_least)| StateSince { at: at(day), from: SinceFrom::Snapshots, is_at_least });
        EarlierState { state: Some(state.to_owned()), since }
    }

    /// Returns since when a page is in the state `Review`: the day, and whether it may have entered the state earlier.
    fn in_review_since(
        reported: Option<&str>,
        seen: Option<(&EarlierState, &str)>,
        absent_at: Option<&str>,
    ) -> Option<(String, bool)> {
        let seen = seen.map(|(seen, day)| (seen, at(day)));
        let since = since(reported.map(at), Some("Review"), seen, absent_at.map(at), at("2026-11-20"))?;
        Some((since.at.format("%m-%d").to_string(), since.is_at_least))
    }

    #[test]
    fn a_first_snapshot_claims_no_duration_and_later_ones_only_what_they_saw() {
        let since = |day: &str, is_at_least| Some((day.to_owned(), is_at_least));
        assert_eq!(in_review_since(None, None, None), None, "this is the first snapshot");
        let first = seen("Review", None);
        assert_eq!(
            in_review_since(None, Some((&first, "2026-11-13")), None),
            since("11-13", true),
            "the earlier snapshot found it there"
        );
        let later = seen(" REVIEW", Some(("2026-10-01", true)));
        assert_eq!(in_review_since(None, Some((&later, "2026-11-13")), None), since("10-01", true));
        let known = seen("review", Some(("2026-10-01", false)));
        assert_eq!(in_review_since(None, Some((&known, "2026-11-13")), None), since("10-01", false));
        let other = seen("Draft", Some(("2026-10-01", true)));
        assert_eq!(
            in_review_since(None, Some((&other, "2026-11-13")), None),
            since("11-20", false),
            "the page entered the state this week"
        );
        assert_eq!(
            in_review_since(None, Some((&other, "2026-10-13")), None),
            None,
            "it entered the state some time in five weeks"
        );
        assert_eq!(in_review_since(None, Some((&EarlierState::default(), "2026-11-13")), None), since("11-20", false));
        assert_eq!(in_review_since(None, None, Some("2026-11-13")), since("11-20", false), "the page is new");
        assert_eq!(in_review_since(None, None, Some("2026-10-13")), None);
        assert_eq!(
            in_review_since(Some("2026-11-18"), Some((&known, "2026-11-13")), None),
            since("11-18", false),
            "the page left the state and came back"
        );
    }

    #[test]
    fn a_content_state_has_its_own_history_whatever_the_source_of_the_workflow() {
        let frame = SnapshotFrame { taken_at: at("2026-11-20"), ..super::super::tests::frame() };
        let states = super::super::EarlierStates {
            at: at("2026-11-13"),
            version: None,
            workflow: seen("Review", Some(("2026-11-01", false))),
            content: seen("Verified", None),
        };
        let earlier = StateHistory { seen: Some(&states), absent_at: None };
        let content_since = |content_state: Option<&str>| {
            let state = WorkflowState {
                state: Some("Review".to_owned()),
                content_state: content_state.map(str::to_owned),
                ..WorkflowState::default()
            };
            let measured = workflow(Some(&state), earlier, &frame, |_| None);
            assert_eq!((measured.since, measured.days_in_state), (Some(at("2026-11-01")), Some(19)));
            (measured.content_state_since, measured.content_state_since_is_at_least)
        };
        assert_eq!(content_since(Some("Verified")), (Some(at("2026-11-13")), Some(true)));
        assert_eq!(content_since(Some("Rough draft")), (Some(frame.taken_at), Some(false)));
        assert_eq!(content_since(None), (None, None));
    }

    #[test]
    fn a_text_with_a_semicolon_stays_one_item_of_its_list() {
        let frame = super::super::tests::frame();
        let state = WorkflowState {
            pending_reviewers: Some(vec!["bea".to_owned(), "Cem; Legal".to_owned()]),
            parameters: [("Region".to_owned(), "North;South".to_owned())].into(),
            ..WorkflowState::default()
        };
        let measured = workflow(Some(&state), StateHistory::default(), &frame, |id| {
            (id == "bea").then(|| "Bea; Sales".to_owned())
        });
        assert_eq!(measured.pending_reviewers.unwrap(), ["Bea, Sales", "Cem, Legal"]);
        assert_eq!(measured.parameters["Region"], "North,South");
    }

    #[test]
    fn a_started_day_counts_after_the_due_date_and_not_before_it() {
        let due: DateTime<Utc> = "2026-11-20T12:00:00Z".parse().unwrap();
        let at = |text: &str| overdue_days(due, text.parse().unwrap());
        assert_eq!(at("2026-11-20T12:00:00Z"), 0);
        assert_eq!(at("2026-11-20T12:00:01Z"), 1);
        assert_eq!(at("2026-11-21T12:00:00Z"), 1);
        assert_eq!(at("2026-11-21T12:00:01Z"), 2);
        assert_eq!(at("2026-11-20T00:00:00Z"), 0);
        assert_eq!(at("2026-11-18T12:00:00Z"), -2);
    }
}
