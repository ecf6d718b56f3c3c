//! What is kept of a run beside its rows, so that the dashboard can be written again from the weeks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::config::SnapshotConfig;
use crate::history::{Extent, Retention, Run, Status, Week};
use crate::inventory::snapshot::{MetricGroup, MetricGroups};
use crate::inventory::{Coverage, Inventory};
use crate::metrics::changes::Vanished;
use crate::metrics::comparison::{Reach, SpaceScope, named};
use crate::metrics::summary::WeekStatus;
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
    /// From where links were followed; older runs tell it by their spaces.
    pub(super) reach: Option<Reach>,
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
    /// What is to be kept of a run that measured the `chosen` spaces and followed the links of those `read`.
    pub(super) fn of(
        inventory: &Inventory,
        snapshot: &SnapshotConfig,
        (chosen, read): (&[String], &[String]),
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
            reach: Some(if read.len() == inventory.spaces.len() {
                Reach::WholeSite
            } else {
                Reach::Spaces(read.iter().cloned().collect())
            }),
            groups: snapshot.metrics.clone(),
            vanished,
            coverage,
            notes: notes.to_vec(),
            rules: snapshot.rules.clone(),
            retention: snapshot.retention,
        }
    }

    /// How much the run read of each page.
    pub(super) fn extent(&self) -> Extent {
        let groups = self.groups.iter().map(|group| group.name().to_owned()).collect();
        match self.reach.as_ref().filter(|_| self.groups.has(MetricGroup::Links)) {
            None => Extent { groups, ..Extent::default() },
            Some(Reach::WholeSite) => Extent { groups, from_all_spaces: true, ..Extent::default() },
            Some(Reach::Spaces(spaces)) => Extent { groups, from_spaces: spaces.clone(), ..Extent::default() },
        }
    }

    /// What is kept of the runs that the rows of a week are of, together: the last of them says what only one can say.
    pub(super) fn of_week(week: &Week) -> Self {
        let mut runs: Vec<_> = week.runs.values().collect();
        runs.sort_by_key(|run| run.taken_at);
        let mut runs = runs.into_iter().map(Self::of_run);
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

    /// What was kept of one run.
    fn of_run(run: &Run) -> Self {
        serde_json::from_value(run.facts.clone()).unwrap_or_default()
    }

    /// Whether rows of a run can say in which state a page is. A run that left nothing may have asked.
    pub(super) fn may_tell_workflow(run: &Run) -> bool {
        let groups = run.facts.get("groups").and_then(|groups| MetricGroups::deserialize(groups).ok());
        groups.is_none_or(|groups| groups.has(MetricGroup::Workflow))
    }

    /// Whether a space that a run did not find was not there. Of a run that left nothing, nothing else is known.
    pub(super) fn looked_at_all_spaces(run: &Run) -> bool {
        let is_of_this_program =
            run.facts.get("base_url").and_then(serde_json::Value::as_str).is_some_and(|url| !url.is_empty());
        !is_of_this_program || run.facts.get("whole_site").and_then(serde_json::Value::as_bool) == Some(true)
    }

    /// How each space of a week was measured.
    pub(super) fn scopes(week: &Week) -> BTreeMap<String, SpaceScope> {
        let runs: BTreeMap<&String, Self> = week.runs.iter().map(|(id, run)| (id, Self::of_run(run))).collect();
        let nothing = Self::default();
        let scope = |key: &String, run: &String, status| {
            let facts = runs.get(run).unwrap_or(&nothing);
            let reach = facts.reach.clone().unwrap_or_else(|| {
                let own = || Reach::Spaces(week.spaces_of(run).map(str::to_owned).collect());
                if facts.whole_site { Reach::WholeSite } else { own() }
            });
            SpaceScope { status: week_status(status), reach, rules: facts.rules.of_space(key) }
        };
        week.spaces.iter().map(|(key, space)| (key.clone(), scope(key, &space.run, space.status))).collect()
    }

    /// Which spaces of a week are of runs before its last one, for people.
    pub(super) fn earlier_runs(week: &Week) -> Vec<String> {
        let mut runs: Vec<(&String, &Run)> = week.runs.iter().filter(|(id, _)| **id != week.run_id).collect();
        runs.sort_by_key(|(_, run)| run.taken_at);
        let sentence = |(id, run): (&String, &Run)| {
            let spaces: Vec<String> = week.spaces_of(id).map(str::to_owned).collect();
            let began = run.taken_at.format("%Y-%m-%d %H:%M UTC");
            (!spaces.is_empty()).then(|| {
                let verb = if spaces.len() == 1 { "is" } else { "are" };
                format!("The {} of this week {verb} of an earlier run, which began at {began}.", named(&spaces))
            })
        };
        runs.into_iter().filter_map(sentence).collect()
    }
}

/// What a week, or a space of it, is worth in figures.
pub(super) fn week_status(status: Status) -> WeekStatus {
    match status {
        Status::Complete => WeekStatus::Complete,
        Status::Incomplete => WeekStatus::Incomplete,
        Status::Imported => WeekStatus::Imported,
    }
}
