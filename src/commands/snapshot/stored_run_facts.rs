//! Facts about a run that the history stores with its rows, so that the dashboard can be rewritten from the history.

use std::collections::BTreeMap;

use indexmap::IndexSet;
use serde::{Deserialize, Serialize};

use crate::config::SnapshotConfig;
use crate::history::{Extent, Retention, SnapshotStatus, WeekMetadata, WeekRun, WeekVisibility};
use crate::inventory::site::AccountId;
use crate::inventory::snapshot::{MetricGroup, MetricGroups};
use crate::inventory::{Coverage, Inventory, Visibility};
use crate::metrics::changes::UnlistedPages;
use crate::metrics::comparison::{Reach, SpaceScope, named};
use crate::metrics::summary::WeekStatus;
use crate::metrics::{PreviousSnapshots, Rules};
use confluence_client::Deployment;

/// Number of gaps that are stored; all of them are counted.
const GAPS: usize = 1_000;

/// Facts about a run. An imported run of the legacy script has none.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct StoredRunFacts {
    pub(super) base_url: String,
    /// Display name of the account.
    pub(super) account: String,
    pub(super) deployment: Deployment,
    /// What the run could see; runs of older versions had no conditions.
    pub(super) visibility: Option<Visibility>,
    /// Key and name of each space that was measured.
    pub(super) spaces: BTreeMap<String, String>,
    /// These are all spaces that the account can see.
    pub(super) whole_site: bool,
    /// The spaces whose links were followed; for runs of older versions it is derived from `spaces`.
    pub(super) reach: Option<Reach>,
    /// The metric groups that were measured.
    pub(super) groups: MetricGroups,
    /// Pages of the previous week without a row in this one.
    pub(super) vanished: UnlistedPages,
    pub(super) coverage: Coverage,
    /// Notes for the dashboard.
    pub(super) notes: Vec<String>,
    pub(super) rules: Rules,
    pub(super) retention: Retention,
    /// The run was to write no workbook.
    pub(super) without_workbook: bool,
}

impl StoredRunFacts {
    /// Collects the facts of a run that measured the `chosen` spaces and followed the links of those `read`.
    pub(super) fn of(
        inventory: &Inventory,
        snapshot: &SnapshotConfig,
        (chosen, read): (&[String], &[String]),
        previous: Option<&PreviousSnapshots>,
        notes: &[String],
    ) -> Self {
        let spaces = inventory.spaces.iter().filter(|space| chosen.contains(&space.key));
        let mut vanished = UnlistedPages::of(inventory);
        vanished.archived.retain(|page| previous.is_some_and(|previous| previous.pages.contains_key(page)));
        let mut coverage = inventory.coverage.clone();
        coverage.gaps.truncate(GAPS);
        Self {
            base_url: inventory.scan.base_url.clone(),
            account: inventory.scan.account.name.clone(),
            deployment: inventory.scan.deployment,
            visibility: Some(inventory.scan.visibility()),
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
            without_workbook: false,
        }
    }

    /// Returns how much the run read of each page.
    pub(super) fn extent(&self) -> Extent {
        let groups = self.groups.iter().map(|group| group.name().to_owned()).collect();
        let visibility = self.visibility.as_ref().map_or_else(WeekVisibility::default, week_visibility);
        match self.reach.as_ref().filter(|_| self.groups.has(MetricGroup::Links)) {
            None => Extent { groups, visibility, ..Extent::default() },
            Some(Reach::WholeSite) => Extent { groups, visibility, from_all_spaces: true, ..Extent::default() },
            Some(Reach::Spaces(spaces)) => {
                Extent { groups, visibility, from_spaces: spaces.clone(), ..Extent::default() }
            }
        }
    }

    /// Merges the facts of all runs that contributed rows to a week; single values come from the last run.
    pub(super) fn of_week(week: &WeekMetadata) -> Self {
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
            last.visibility = last.visibility.map(|seen| seen.and(before.visibility.as_ref()));
            last.vanished.archived.extend(before.vanished.archived);
            Self {
                coverage,
                groups: MetricGroups::new(before.groups.iter().chain(last.groups.iter())),
                // links between spaces of different runs were not counted
                whole_site: before.whole_site && last.whole_site,
                vanished: UnlistedPages {
                    lists_whole: before.vanished.lists_whole && last.vanished.lists_whole,
                    archived: last.vanished.archived,
                },
                ..last
            }
        })
    }

    /// Reads the facts of one run.
    fn of_run(run: &WeekRun) -> Self {
        serde_json::from_value(run.facts.clone()).unwrap_or_default()
    }

    /// Returns whether rows of a run can have workflow states. A run without facts may have read them.
    pub(super) fn may_have_workflow_states(run: &WeekRun) -> bool {
        let groups = run.facts.get("groups").and_then(|groups| MetricGroups::deserialize(groups).ok());
        groups.is_none_or(|groups| groups.has(MetricGroup::Workflow))
    }

    /// Returns whether a space without rows in this run did not exist. Assumed for a run without facts, since nothing
    /// else is known.
    pub(super) fn measured_all_spaces(run: &WeekRun) -> bool {
        let is_of_this_program =
            run.facts.get("base_url").and_then(serde_json::Value::as_str).is_some_and(|url| !url.is_empty());
        !is_of_this_program || run.facts.get("whole_site").and_then(serde_json::Value::as_bool) == Some(true)
    }

    /// Returns how each space of a week was measured.
    pub(super) fn scopes(week: &WeekMetadata) -> BTreeMap<String, SpaceScope> {
        let runs: BTreeMap<&String, Self> = week.runs.iter().map(|(id, run)| (id, Self::of_run(run))).collect();
        let nothing = Self::default();
        let scope = |key: &String, run: &String, status| {
            let facts = runs.get(run).unwrap_or(&nothing);
            let reach = facts.reach.clone().unwrap_or_else(|| {
                let own = || Reach::Spaces(week.spaces_of(run).map(str::to_owned).collect());
                if facts.whole_site { Reach::WholeSite } else { own() }
            });
            let visibility = facts.visibility.clone();
            SpaceScope { status: week_status(status), reach, rules: facts.rules.of_space(key), visibility }
        };
        week.spaces.iter().map(|(key, space)| (key.clone(), scope(key, &space.run, space.status))).collect()
    }

    /// Returns a sentence for each earlier run of a week that some of its spaces come from.
    pub(super) fn earlier_runs(week: &WeekMetadata) -> Vec<String> {
        let mut runs: Vec<(&String, &WeekRun)> = week.runs.iter().filter(|(id, _)| **id != week.run_id).collect();
        runs.sort_by_key(|(_, run)| run.taken_at);
        let last = week.runs.get(&week.run_id).and_then(|run| Self::of_run(run).visibility);
        let sentence = |(id, run): (&String, &WeekRun)| {
            let spaces: Vec<String> = week.spaces_of(id).map(str::to_owned).collect();
            let began = run.taken_at.format("%Y-%m-%d %H:%M UTC");
            let seen = Self::of_run(run).visibility.zip(last.as_ref());
            let differences = seen.map(|(seen, last)| seen.differences(last)).unwrap_or_default();
            (!spaces.is_empty()).then(|| {
                let verb = if spaces.len() == 1 { "comes" } else { "come" };
                let spaces = named(&spaces);
                let began = [vec![began.to_string()], differences].concat().join("; ");
                format!("The {spaces} of this week {verb} from an earlier run, which began at {began}.")
            })
        };
        runs.into_iter().filter_map(sentence).collect()
    }
}

/// Returns what a run could see in addition to site and account, as the history keeps it.
pub(super) fn week_visibility(visibility: &Visibility) -> WeekVisibility {
    let missing_scopes = visibility.missing_scopes.iter().cloned().collect();
    WeekVisibility { admin_key: visibility.admin_key, missing_scopes }
}

/// Returns a sentence if a week was not seen with the same account and rights as the week before: its pages may differ
/// for that reason alone.
pub(super) fn visibility_change(week: &WeekMetadata, before: &WeekMetadata) -> Option<String> {
    let seen = |week: &WeekMetadata, by: &WeekVisibility| {
        let of_account = Visibility::of_account("", &AccountId::new(week.account.clone()));
        of_account.with_admin_key(by.admin_key).without_scopes(by.missing_scopes.iter().cloned())
    };
    // spaces of a week can come from several runs
    let of_spaces = week.spaces.iter().filter_map(|(key, space)| Some((space, before.spaces.get(key)?)));
    let of_spaces = of_spaces.map(|(space, before)| (&space.extent.visibility, &before.extent.visibility));
    let pairs = of_spaces.chain([(&week.visibility, &before.visibility)]);
    let all = pairs.flat_map(|(now, then)| seen(week, now).differences(&seen(before, then)));
    let differences: IndexSet<String> = all.collect();
    // an imported week does not say who measured it
    let is_known = !before.account.is_empty() && before.status != SnapshotStatus::Imported && !differences.is_empty();
    is_known.then(|| {
        let (week, before) = (week.week, before.week);
        format!(
            "{week} does not show the same part of the site as {before}: {}. Pages that only one of them shows are not \
             necessarily new, deleted or moved.",
            differences.into_iter().collect::<Vec<_>>().join("; ")
        )
    })
}

/// Converts the status of a week, or of a space in it, for the figures.
pub(super) fn week_status(status: SnapshotStatus) -> WeekStatus {
    match status {
        SnapshotStatus::Complete => WeekStatus::Complete,
        SnapshotStatus::Incomplete => WeekStatus::Incomplete,
        SnapshotStatus::Imported => WeekStatus::Imported,
    }
}
