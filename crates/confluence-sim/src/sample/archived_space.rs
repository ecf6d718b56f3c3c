//! Quality documents of the Classic line: an archived space whose pages went through an approval workflow.

use chrono::TimeDelta;
use serde_json::json;

use super::markup::paragraph;
use super::outlines::PEOPLE_LIST;
use super::writer::Writer;
use crate::site::ContentVersion;
use crate::workflow::{Approval, Decision, PageWorkflow};

/// Title of the parent page of the others.
const MANUAL: &str = "Classic quality manual";

/// A page of the quality manual.
struct QualityDocument {
    title: &'static str,
    text: &'static str,
    state: &'static str,
    is_final: bool,
    /// Days until the state expires.
    due: Option<i64>,
}

const DOCUMENTS: [QualityDocument; 4] = [
    // published, and overdue for its next review
    QualityDocument {
        title: MANUAL,
        text: "How Classic devices are built, tested and repaired for as long as anyone owns one.",
        state: "Published",
        is_final: true,
        due: Some(-30),
    },
    QualityDocument {
        title: "Classic incoming inspection",
        text: "Ten boards of every delivery are measured before any of them goes into stock.",
        state: "Approved",
        is_final: true,
        due: Some(200),
    },
    QualityDocument {
        title: "Classic calibration",
        text: "Every sensor is compared with the reference at three temperatures.",
        state: "In Approval",
        is_final: false,
        due: Some(-5),
    },
    QualityDocument {
        title: "Classic complaints",
        text: "Who answers a complaint about a device that is no longer sold.",
        state: "Draft",
        is_final: false,
        due: None,
    },
];

pub(super) fn write(writer: &mut Writer) {
    for (nth, document) in DOCUMENTS.iter().enumerate() {
        let parent = if document.title == MANUAL { "Larkspur Classic" } else { MANUAL };
        let id = writer.page_below(parent, document.title, &paragraph(document.text));
        let person = |at: usize| PEOPLE_LIST[at % PEOPLE_LIST.len()].0;
        let now = writer.now;
        writer.change(&id, |page| {
            // the last edits were made shortly before the space was archived
            page.created_at = now - TimeDelta::days(500);
            person(nth).clone_into(&mut page.author);
            page.owner = Some(page.author.clone());
            let edits = (1..).zip([(500, 0), (70, 3), (20, 5)]);
            page.versions = edits
                .map(|(number, (days, who))| {
                    ContentVersion::new(number, now - TimeDelta::days(days), person(nth + who))
                })
                .collect();
            page.labels = vec!["quality".to_owned(), format!("classic-{}", nth + 1)];
            let ready = json!({"id": 104, "name": "Ready for review", "color": "#2684ff"});
            page.properties.insert("content-state-published".to_owned(), ready);
            match nth {
                0 => page.restrictions.update.groups.push("larkspur-leads".to_owned()),
                2 => page.restrictions.read.users.push(person(nth).to_owned()),
                _ => {}
            }
        });
        let approver = (document.state == "In Approval").then(|| (person(nth + 3).to_owned(), Decision::Pending));
        let workflow = PageWorkflow {
            due: document.due.map(|days| now + TimeDelta::days(days)),
            approvals: vec![Approval { name: "Quality".to_owned(), approvers: approver.into_iter().collect() }],
            ..PageWorkflow::new("Quality documents", document.state, document.is_final)
        };
        writer.site.workflow.pages.insert(id, workflow);
    }
}
