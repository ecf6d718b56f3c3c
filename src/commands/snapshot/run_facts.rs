//! What is kept of a run beside its rows, so that the dashboard can be written again from the weeks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::config::SnapshotConfig;
use crate::history::{Retention, Week};
use crate::inventory::snapshot::MetricGroups;
use crate::inventory::{Coverage, Inventory};
use crate::metrics::changes::Vanished;
use crate::metrics::{Previous, Rules};

/// Gaps that are kept; all of them are counted.
const GAPS: usize = 1_000;

/// What is kept of a run. A run of an older script left nothing.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct RunFacts {
    /// Address of the site.
    pub(super) base_url: String,
    /// Name of the account that read.
    pub(super) account: String,
    /// Key and name of each space that was measured.
    pub(super) spaces: BTreeMap<String, String>,
    /// Those are all spaces the account sees.
    pub(super) whole_site: bool,
    /// The groups of metrics that were asked for.
    pub(super) groups: MetricGroups,
    /// Pages of the week before that are in no row any more.
    pub(super) vanished: Vanished,
    /// What was read and what was not.
    pub(super) coverage: Coverage,
    /// Remarks for people.
    pub(super) notes: Vec<String>,
    /// How pages are judged.
    pub(super) rules: Rules,
    /// What becomes of the files.
    pub(super) retention: Retention,
}

impl RunFacts {
    /// What is to be kept of a run that measured the `chosen` spaces.
    pub(super) fn of(
        inventory: &Inventory,
        snapshot: &SnapshotConfig,
        chosen: &[String],
        previous: Option<&Previous>,
        notes: &[String],
    ) -> Self {
        let spaces = inventory.spaces.iter().filter(|space| chosen.contains(&space.key));
        let mut vanished = Vanished::of(inventory);
        vanished.archived.retain(|page| previous.is_some_and(|previous| previous.pages.contains_key(page)));
        let mut coverage = inventory.coverage.clone();
        coverage.gaps.truncate(GAPS);
        Self {
            base_url: inventory.scan.base_url.clone(),
            account: inventory.scan.account.name.clone(),
            spaces: spaces.map(|space| (space.key.clone(), space.name.clone())).collect(),
            whole_site: chosen.len() == inventory.spaces.len(),
            groups: snapshot.metrics.clone(),
            vanished,
            coverage,
            notes: notes.to_vec(),
            rules: snapshot.rules.clone(),
            retention: snapshot.retention,
        }
    }

    /// What is kept of the runs that the rows of a week are of, together: the last of them says what only one can say.
    pub(super) fn of_week(week: &Week) -> Self {
        let mut runs: Vec<_> = week.runs.values().collect();
        runs.sort_by_key(|run| run.taken_at);
        let read = |facts: &serde_json::Value| serde_json::from_value(facts.clone()).unwrap_or_default();
        let mut runs = runs.into_iter().map(|run| read(&run.facts));
        let first: Self = runs.next().unwrap_or_default();
        runs.fold(first, |before, mut last: Self| {
            let mut coverage = before.coverage;
            coverage.absorb(last.coverage);
            let added = before.notes.into_iter().filter(|note| !last.notes.contains(note)).collect::<Vec<_>>();
            last.notes.extend(added);
            last.spaces.extend(before.spaces);
            last.vanished.archived.extend(before.vanished.archived);
            Self {
                coverage,
                groups: MetricGroups::new(before.groups.iter().chain(last.groups.iter())),
                // links into spaces that only another run read were not counted
                whole_site: before.whole_site && last.whole_site,
                vanished: Vanished {
                    lists_whole: before.vanished.lists_whole && last.vanished.lists_whole,
                    archived: last.vanished.archived,
                },
                ..last
            }
        })
    }
}
