//! Workflows of the sample: Comala in Engineering, labels as workflow states in People & Culture. Pages in
//! other spaces have content states, which [`super::generated`] adds.

use chrono::TimeDelta;

use super::writer::Writer;
use crate::site::{ContentType, Status};
use crate::workflow::{Approval, Decision, PageWorkflow, WorkflowApp};

/// States of the workflow in Engineering, with the days until each expires.
const STATES: [(&str, Option<i64>); 5] = [
    ("Draft", None),
    ("Review", Some(5)),
    ("In Approval", Some(-12)),
    ("Approved", Some(60)),
    ("Architecture check", None),
];
/// The final state.
const FINAL: &str = "Approved";
/// Labels that mean a workflow state.
const LABELS: [&str; 2] = ["approved", "in-approval"];

/// Adds workflows to pages. Draws no random numbers, so the rest of the sample does not change.
pub(super) fn write(writer: &mut Writer) {
    writer.site.workflow.app = WorkflowApp::ComalaCloud;
    for (nth, page) in pages(writer, "ENG").into_iter().enumerate() {
        // every sixth page has no workflow
        if let Some((state, days)) = STATES.get(nth % (STATES.len() + 1)) {
            let now = writer.now;
            let reviewer = writer.site.people.get(nth % 3).map(|person| person.account_id.clone());
            let approvers = reviewer.into_iter().filter(|_| *state != FINAL);
            let workflow = PageWorkflow {
                due: days.map(|days| now + TimeDelta::days(days)),
                approvals: vec![Approval {
                    name: "Review".to_owned(),
                    approvers: approvers.map(|reviewer| (reviewer, Decision::Pending)).collect(),
                }],
                ..PageWorkflow::new("Engineering documents", state, *state == FINAL)
            };
            writer.site.workflow.pages.insert(page, workflow);
        }
    }
    for (nth, page) in pages(writer, "HR").into_iter().enumerate() {
        if let Some(label) = LABELS.get(nth % (LABELS.len() + 1)) {
            writer.change(&page, |content| content.labels.push((*label).to_owned()));
        }
    }
}

/// Returns the current pages of a space.
fn pages(writer: &Writer, key: &str) -> Vec<String> {
    let space = writer.site.spaces.iter().find(|space| space.key == key).map(|space| space.id.as_str());
    let contents = writer.site.contents.iter();
    let pages = contents.filter(|content| content.kind == ContentType::Page && content.status == Status::Current);
    pages.filter(|page| Some(page.space_id.as_str()) == space).map(|page| page.id.clone()).collect()
}
