//! The state of a page in its workflow, with what own history adds.

use chrono::{DateTime, Utc};

use super::columns::Frame;
use super::previous::PreviousPage;
use super::row::{SinceFrom, Workflow};
use crate::inventory::workflow::WorkflowState;

/// What the providers told, completed from the snapshot before: where no source says since when a page is in its
/// state, it is the first of the snapshots in a row that saw it there. Reviewers bear their names, where `name_of` an
/// account id knows one.
pub(super) fn workflow(
    state: Option<&WorkflowState>,
    before: Option<&PreviousPage>,
    frame: &Frame,
    name_of: impl Fn(&str) -> Option<String>,
) -> Workflow {
    let Some(state) = state else { return Workflow::default() };
    let same_state = before.filter(|before| Some(&before.workflow_state) == state.state.as_ref());
    let (since, since_from) = match (state.since, &state.state) {
        (Some(since), _) => (Some(since), Some(SinceFrom::Source)),
        (None, None) => (None, None),
        (None, Some(_)) => {
            let seen_before = same_state.and_then(|before| before.workflow_since);
            (Some(seen_before.unwrap_or(frame.taken_at)), Some(SinceFrom::Snapshots))
        }
    };
    let same_content_state = before.filter(|before| Some(&before.content_state) == state.content_state.as_ref());
    let bore_before = same_content_state.and_then(|before| before.content_state_since);
    Workflow {
        name: state.name.clone(),
        state: state.state.clone(),
        is_final: state.is_final,
        since,
        since_from,
        days_in_state: since.map(|since| (frame.taken_at - since).num_days().max(0)),
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
        content_state_since: state.content_state.as_ref().map(|_| bore_before.unwrap_or(frame.taken_at)),
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

    #[test]
    fn a_content_state_has_a_history_of_its_own_whatever_tells_the_workflow() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let frame = Frame {
            week: "2026-W47".to_owned(),
            taken_at: at("2026-11-20T12:00:00Z"),
            run_id: "r".to_owned(),
            complete: true,
        };
        let before = PreviousPage {
            workflow_state: "Review".to_owned(),
            workflow_since: Some(at("2026-11-01T12:00:00Z")),
            content_state: "Verified".to_owned(),
            content_state_since: Some(at("2026-10-01T12:00:00Z")),
            ..PreviousPage::default()
        };
        let since = |content_state: Option<&str>| {
            let state = WorkflowState {
                state: Some("Review".to_owned()),
                content_state: content_state.map(str::to_owned),
                ..WorkflowState::default()
            };
            let told = workflow(Some(&state), Some(&before), &frame, |_| None);
            assert_eq!(told.since, before.workflow_since);
            told.content_state_since
        };
        assert_eq!(since(Some("Verified")), before.content_state_since);
        assert_eq!(since(Some("Rough draft")), Some(frame.taken_at));
        assert_eq!(since(None), None);
    }

    #[test]
    fn no_text_of_a_list_is_taken_for_two() {
        let frame = super::super::tests::frame();
        let state = WorkflowState {
            pending_reviewers: Some(vec!["bea".to_owned(), "Cem; Legal".to_owned()]),
            parameters: [("Region".to_owned(), "North;South".to_owned())].into(),
            ..WorkflowState::default()
        };
        let told = workflow(Some(&state), None, &frame, |id| (id == "bea").then(|| "Bea; Sales".to_owned()));
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
