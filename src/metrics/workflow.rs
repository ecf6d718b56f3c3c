//! The state of a page in its workflow, with what own history adds.

use chrono::{DateTime, TimeDelta, Utc};

use super::columns::Frame;
use super::previous::{Earlier, SeenState, Since};
use super::row::{SinceFrom, Workflow};
use crate::inventory::workflow::{WorkflowState, state_key};

/// Two snapshots of consecutive weeks are not farther apart: what changed between them is known to the week.
const TWO_WEEKS: TimeDelta = TimeDelta::days(14);

/// What the providers told, completed from the snapshots before, where no source says since when a page is in its state.
/// Reviewers bear their names, where `name_of` an account id knows one.
pub(super) fn workflow(
    state: Option<&WorkflowState>,
    earlier: Earlier<'_>,
    frame: &Frame,
    name_of: impl Fn(&str) -> Option<String>,
) -> Workflow {
    let Some(state) = state else { return Workflow::default() };
    let now = frame.taken_at;
    let seen = |of: fn(&super::SeenStates) -> &SeenState| earlier.seen.map(|seen| (of(seen), seen.at));
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
                    .map(|reviewer| listed(&name_of(reviewer).unwrap_or_else(|| reviewer.clone())))
                    .collect()
            },
        ),
        owner: state.owner.clone(),
        relevance: state.relevance.clone(),
        parameters: state.parameters.iter().map(|(name, value)| (name.clone(), listed(value))).collect(),
        edits_since_final: state.edits_since_final.map(u64::from),
        source: Some(state.source.clone()),
        due_within: state.due_within,
        content_state: state.content_state.clone(),
        content_state_since: content_since.map(|since| since.at),
        content_state_since_from: content_since.map(|since| since.from),
        content_state_since_is_at_least: content_since.map(|since| since.is_at_least),
    }
}

/// Since when a page is in a state: as its source tells; else since it was seen to come into it, to the week; else at least
/// since the first of the snapshots in a row that saw it there. `None` when nothing tells: this snapshot is the first to
/// look, or the first after a while.
fn since(
    told: Option<DateTime<Utc>>,
    state: Option<&str>,
    seen: Option<(&SeenState, DateTime<Utc>)>,
    absent_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<Since> {
    if let Some(at) = told {
        return Some(Since { at, from: SinceFrom::Source, is_at_least: false });
    }
    let state = state_key(state?);
    let from = SinceFrom::Snapshots;
    let entered =
        |looked: DateTime<Utc>| (now - looked <= TWO_WEEKS).then_some(Since { at: now, from, is_at_least: false });
    match seen {
        Some((seen, at)) if seen.state.as_deref().map(state_key) == Some(state) => {
            let first = Since { at, from, is_at_least: true };
            Some(seen.since.map_or(first, |since| Since { from, ..since }))
        }
        Some((_, at)) => entered(at),
        None => entered(absent_at?),
    }
}

/// A text as one of a list, in which semicolons stand between texts.
fn listed(text: &str) -> String {
    text.replace(';', ",")
}

/// Days beyond a due date, begun ones too; before it, whole days as a negative number.
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

    fn seen(state: &str, since: Option<(&str, bool)>) -> SeenState {
        let since = since.map(|(day, is_at_least)| Since { at: at(day), from: SinceFrom::Snapshots, is_at_least });
        SeenState { state: Some(state.to_owned()), since }
    }

    /// What the state `Review` lasts, by the day and whether it may be longer.
    fn lasts(told: Option<&str>, seen: Option<(&SeenState, &str)>, absent_at: Option<&str>) -> Option<(String, bool)> {
        let seen = seen.map(|(seen, day)| (seen, at(day)));
        let since = since(told.map(at), Some("Review"), seen, absent_at.map(at), at("2026-11-20"))?;
        Some((since.at.format("%m-%d").to_string(), since.is_at_least))
    }

    #[test]
    fn a_first_snapshot_claims_nothing_about_time_and_later_ones_no_more_than_they_saw() {
        let told = |day: &str, is_at_least| Some((day.to_owned(), is_at_least));
        assert_eq!(lasts(None, None, None), None, "nobody looked before");
        let first = seen("Review", None);
        assert_eq!(lasts(None, Some((&first, "2026-11-13")), None), told("11-13", true), "the first week saw it");
        let later = seen(" REVIEW", Some(("2026-10-01", true)));
        assert_eq!(lasts(None, Some((&later, "2026-11-13")), None), told("10-01", true));
        let known = seen("review", Some(("2026-10-01", false)));
        assert_eq!(lasts(None, Some((&known, "2026-11-13")), None), told("10-01", false));
        let other = seen("Draft", Some(("2026-10-01", true)));
        assert_eq!(lasts(None, Some((&other, "2026-11-13")), None), told("11-20", false), "it came into it this week");
        assert_eq!(lasts(None, Some((&other, "2026-10-13")), None), None, "some time in five weeks");
        assert_eq!(lasts(None, Some((&SeenState::default(), "2026-11-13")), None), told("11-20", false));
        assert_eq!(lasts(None, None, Some("2026-11-13")), told("11-20", false), "the page is new");
        assert_eq!(lasts(None, None, Some("2026-10-13")), None);
        assert_eq!(lasts(Some("2026-11-18"), Some((&known, "2026-11-13")), None), told("11-18", false), "it came back");
    }

    #[test]
    fn a_content_state_has_a_history_of_its_own_whatever_tells_the_workflow() {
        let frame = Frame { taken_at: at("2026-11-20"), ..super::super::tests::frame() };
        let states = super::super::SeenStates {
            at: at("2026-11-13"),
            version: None,
            workflow: seen("Review", Some(("2026-11-01", false))),
            content: seen("Verified", None),
        };
        let earlier = Earlier { seen: Some(&states), absent_at: None };
        let told = |content_state: Option<&str>| {
            let state = WorkflowState {
                state: Some("Review".to_owned()),
                content_state: content_state.map(str::to_owned),
                ..WorkflowState::default()
            };
            let told = workflow(Some(&state), earlier, &frame, |_| None);
            assert_eq!((told.since, told.days_in_state), (Some(at("2026-11-01")), Some(19)));
            (told.content_state_since, told.content_state_since_is_at_least)
        };
        assert_eq!(told(Some("Verified")), (Some(at("2026-11-13")), Some(true)));
        assert_eq!(told(Some("Rough draft")), (Some(frame.taken_at), Some(false)));
        assert_eq!(told(None), (None, None));
    }

    #[test]
    fn no_text_of_a_list_is_taken_for_two() {
        let frame = super::super::tests::frame();
        let state = WorkflowState {
            pending_reviewers: Some(vec!["bea".to_owned(), "Cem; Legal".to_owned()]),
            parameters: [("Region".to_owned(), "North;South".to_owned())].into(),
            ..WorkflowState::default()
        };
        let told =
            workflow(Some(&state), Earlier::default(), &frame, |id| (id == "bea").then(|| "Bea; Sales".to_owned()));
        assert_eq!(told.pending_reviewers.unwrap(), ["Bea, Sales", "Cem, Legal"]);
        assert_eq!(told.parameters["Region"], "North,South");
    }

    #[test]
    fn a_begun_day_is_overdue_and_a_begun_day_before_is_not() {
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
