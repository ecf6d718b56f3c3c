//! What makes two runs incomparable.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::inventory::{Coverage, Scan, Space};

/// Number of spaces, contents or hosts that a sentence names; the rest is counted.
const NAMED: usize = 3;

/// What decides whether a run can be compared with another one.
#[derive(Debug, Clone, Copy)]
pub struct RunConditions<'a> {
    pub scan: &'a Scan,
    /// All visible spaces.
    pub spaces: &'a [Space],
    pub coverage: &'a Coverage,
    /// Why the run is incomplete; empty if it is complete.
    pub incomplete_reasons: &'a [String],
}

impl RunConditions<'_> {
    fn reports(&self, space: &Space) -> bool {
        self.scan.reported_spaces.as_ref().is_none_or(|keys| keys.contains(&space.key))
    }

    /// Returns the ids of the contents and files that the user accepted as unread.
    fn accepted(&self) -> BTreeSet<&str> {
        self.coverage.accepted().into_iter().map(|unread| unread.id.as_str()).collect()
    }

    /// Returns the hosts whose addresses counted as addresses of the site.
    fn hosts(&self) -> BTreeSet<String> {
        self.scan.own_hosts.iter().map(|host| host.to_ascii_lowercase()).collect()
    }
}

/// Why differences between the verdicts of two runs say nothing about the files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Obstacle {
    pub kind: ObstacleKind,
    /// The reason, for people.
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObstacleKind {
    IncompleteOld,
    IncompleteNew,
    /// Account, admin key or scopes differ.
    Visibility,
    /// A space is reported by one of the runs only.
    ReportedSpaces,
    /// The runs searched different spaces for uses.
    SearchedSpaces,
    /// The user accepted different contents as unread.
    AcceptedUnread,
    /// Different versions of the program read the site.
    Program,
    /// Addresses on a host counted as addresses of the site in one of the runs only.
    Hosts,
}

impl ObstacleKind {
    /// Whether a file that only the new run lists may have existed before.
    pub(super) fn hides_new_files(self) -> bool {
        matches!(self, Self::IncompleteOld | Self::Visibility | Self::SearchedSpaces)
    }

    /// Whether a file that only the old run lists may still exist.
    pub(super) fn hides_gone_files(self) -> bool {
        matches!(self, Self::IncompleteNew | Self::Visibility | Self::SearchedSpaces)
    }

    /// Whether the old run may have missed a use that the new run found. An incomplete new run misses uses, but those
    /// that it found exist.
    pub(super) fn hides_new_uses(self) -> bool {
        !matches!(self, Self::IncompleteNew | Self::ReportedSpaces)
    }
}

/// Returns why the verdicts of two runs cannot be compared; empty if they can.
pub fn obstacles(old: RunConditions<'_>, new: RunConditions<'_>) -> Vec<Obstacle> {
    let incomplete = |kind, name: &str, run: RunConditions<'_>| {
        let reasons = run.incomplete_reasons;
        (!reasons.is_empty()).then(|| (kind, format!("the {name} run is incomplete: {}", reasons.join(", "))))
    };
    let found = [
        incomplete(ObstacleKind::IncompleteOld, "old", old),
        incomplete(ObstacleKind::IncompleteNew, "new", new),
        visibility(old, new).map(|text| (ObstacleKind::Visibility, text)),
        reported_spaces(old, new),
        accepted(old, new).map(|text| (ObstacleKind::AcceptedUnread, text)),
        program(old, new).map(|text| (ObstacleKind::Program, text)),
        hosts(old, new).map(|text| (ObstacleKind::Hosts, text)),
    ];
    found.into_iter().flatten().map(|(kind, text)| Obstacle { kind, text }).collect()
}

fn visibility(old: RunConditions<'_>, new: RunConditions<'_>) -> Option<String> {
    let differences = new.scan.visibility().differences(&old.scan.visibility());
    (!differences.is_empty()).then(|| format!("the new run saw the site differently: {}", differences.join(", ")))
}

/// Compares the chosen spaces. A space that exists in one of the runs only does not count: it is a change of the site.
fn reported_spaces(old: RunConditions<'_>, new: RunConditions<'_>) -> Option<(ObstacleKind, String)> {
    let before: BTreeMap<&str, bool> = old.spaces.iter().map(|space| (space.id.as_str(), old.reports(space))).collect();
    let (mut only_old, mut only_new) = (Vec::new(), Vec::new());
    for space in new.spaces {
        match (before.get(space.id.as_str()), new.reports(space)) {
            (Some(true), false) => only_old.push(space.key.as_str()),
            (Some(false), true) => only_new.push(space.key.as_str()),
            _ => {}
        }
    }
    let differ = !only_old.is_empty() || !only_new.is_empty();
    let (within_old, within_new) = (old.scan.references_within, new.scan.references_within);
    if within_old != within_new {
        let which = if within_new { "new" } else { "old" };
        return Some((
            ObstacleKind::SearchedSpaces,
            format!("the {which} run searched only the chosen spaces for uses"),
        ));
    }
    let sides = [("old", only_old), ("new", only_new)].into_iter().filter(|(_, keys)| !keys.is_empty());
    let sides: Vec<String> = sides.map(|(which, keys)| format!("{} only by the {which} run", named(&keys))).collect();
    let kind = if within_new { ObstacleKind::SearchedSpaces } else { ObstacleKind::ReportedSpaces };
    differ.then(|| (kind, format!("spaces reported {}", sides.join(", "))))
}

fn accepted(old: RunConditions<'_>, new: RunConditions<'_>) -> Option<String> {
    let (before, now) = (old.accepted(), new.accepted());
    let differing: Vec<&str> = before.symmetric_difference(&now).copied().collect();
    (!differing.is_empty()).then(|| format!("accepted as unread in one run only: {}", named(&differing)))
}

fn program(old: RunConditions<'_>, new: RunConditions<'_>) -> Option<String> {
    let (before, now) = (&old.scan.program, &new.scan.program);
    (before != now).then(|| {
        format!("version {before} of this program read the old run and {now} the new one: one may find more uses")
    })
}

fn hosts(old: RunConditions<'_>, new: RunConditions<'_>) -> Option<String> {
    let (before, now) = (old.hosts(), new.hosts());
    let differing: Vec<&str> = before.symmetric_difference(&now).map(String::as_str).collect();
    (!differing.is_empty()).then(|| format!("addresses on {} count in one run only (alias_hosts)", named(&differing)))
}

/// Returns `ENG, OPS, DOC and 4 more`.
fn named(names: &[&str]) -> String {
    let more = names.len().saturating_sub(NAMED);
    let shown = names[..names.len() - more].join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}
