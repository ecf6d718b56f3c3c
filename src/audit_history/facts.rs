//! What a report says about the audit history. The saved scan keeps it, so that a report that is rendered again does not
//! need the history.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{CountedRun, Streak};
use crate::inventory::AttachmentId;

/// What the audit history says about the files of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditHistoryFacts {
    /// What is wrong with the history, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// The counted runs of the series that report the same spaces, the oldest first. The run itself is the last one if it
    /// is counted.
    pub runs: Vec<CountedRun>,
    /// The files that the run calls unreferenced.
    pub unreferenced: Vec<StreakGroup>,
}

/// Files that are unreferenced since the same run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreakGroup {
    /// When the first run of the streak began.
    pub since: DateTime<Utc>,
    /// Number of complete runs in a row.
    pub runs: u32,
    pub files: Vec<AttachmentId>,
}

impl AuditHistoryFacts {
    /// Returns the facts of a run that cannot be counted, because of a problem with the history.
    pub fn not_counted(problem: &str) -> Self {
        let remark = format!("This run is not counted in the audit history: {problem}.");
        Self { remark: Some(remark), ..Self::default() }
    }

    /// Returns the streak of each file.
    pub fn streaks(&self) -> HashMap<&str, Streak> {
        let streaks = self.unreferenced.iter().flat_map(|group| {
            let streak = Streak { since: group.since, runs: group.runs };
            group.files.iter().map(move |file| (file.as_str(), streak))
        });
        streaks.collect()
    }
}

impl StreakGroup {
    /// Groups the files, those with the longest streaks first.
    pub(super) fn of(streaks: Option<&BTreeMap<AttachmentId, Streak>>) -> Vec<Self> {
        let mut groups: BTreeMap<Streak, Vec<AttachmentId>> = BTreeMap::new();
        for (file, streak) in streaks.into_iter().flatten() {
            groups.entry(*streak).or_default().push(file.clone());
        }
        let groups = groups.into_iter();
        groups.map(|(Streak { since, runs }, files)| Self { since, runs, files }).collect()
    }
}
