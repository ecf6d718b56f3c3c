//! Workflows of the sample: Comala on Cloud in Engineering, labels that stand for states in People & Culture. The other
//! spaces have native content states, as [`super::bulk`] gives them.

use chrono::TimeDelta;

use super::writer::Writer;
use crate::site::{Kind, Status};
use crate::workflow::{Approval, Decision, PageWorkflow, WorkflowApp};

/// The states of the workflow in Engineering, with the days until each expires.
const STATES: [(&str, Option<i64>); 5] = [
    ("Draft", None),
    ("Review", Some(5)),
    ("In Approval", Some(-12)),
    ("Approved", Some(60)),
    ("Architecture check", None),
];
/// The state that is final.
const FINAL: &str = "Approved";
/// Labels that stand for a state.
const LABELS: [&str; 2] = ["approved", "in-approval"];

/// Gives pages their workflows. Takes nothing from the dice, so that the rest of the sample stays as it is.
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

/// The current pages of a space.
fn pages(writer: &Writer, key: &str) -> Vec<String> {
    let space = writer.site.spaces.iter().find(|space| space.key == key).map(|space| space.id.as_str());
    let contents = writer.site.contents.iter();
    let pages = contents.filter(|content| content.kind == Kind::Page && content.status == Status::Current);
    pages.filter(|page| Some(page.space_id.as_str()) == space).map(|page| page.id.clone()).collect()
}
