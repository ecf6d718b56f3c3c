//! The figures of a complete audit by space and usage.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use crate::audit::{Audit, FileVerdict, Usage};
use crate::inventory::{Attachment, Inventory, Space, SpaceId, SpaceKind};
use crate::support::visible_text::visible;

/// Maximum number of spaces with a label of their own; the others share [`OTHER`].
const MAX_SPACES: usize = 1_000;
/// The label of all personal spaces: their keys name people, and a site can have one for each employee.
const PERSONAL: &str = "(personal)";
/// The label of files in no visible space.
const NO_SPACE: &str = "(none)";
/// The label of the spaces beyond [`MAX_SPACES`], those with the fewest bytes.
const OTHER: &str = "(other)";
/// The usage of files that are unreferenced and protected by a rule.
const PROTECTED: &str = "protected";

/// Figures by value of the label `space`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageMetrics {
    pub(super) spaces: BTreeMap<String, LabelFigures>,
    /// Storage that the plan includes, in bytes.
    pub(super) quota: Option<u64>,
}

/// The figures of the spaces that have one label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LabelFigures {
    /// Files outside the trash by usage. Usages that the run could not find are missing.
    pub(super) by_usage: BTreeMap<&'static str, UsageFigures>,
    pub(super) old_bytes: u64,
    /// `None` if not all of the trash could be listed.
    pub(super) trash: Option<UsageFigures>,
    /// Versions whose size is unknown, including those in the trash.
    pub(super) unknown_sizes: u64,
}

/// A number of files, and the bytes of all their versions whose size is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct UsageFigures {
    pub(super) files: u64,
    pub(super) bytes: u64,
}

impl StorageMetrics {
    /// Adds up the reported files. `None` unless the run that reports them is `complete`: a part of a figure looks like
    /// all of it in a graph.
    pub fn of(inventory: &Inventory, audit: &Audit, quota: Option<u64>, complete: bool) -> Option<Self> {
        (complete && audit.complete).then(|| Self { spaces: Self::by_label(inventory, audit), quota })
    }

    fn by_label(inventory: &Inventory, audit: &Audit) -> BTreeMap<String, LabelFigures> {
        let usages = possible_usages(inventory.scan.references_within);
        let is_reported = |key: &String| inventory.scan.reported_spaces.as_ref().is_none_or(|keys| keys.contains(key));
        let reported: HashMap<&SpaceId, &Space> =
            inventory.spaces.iter().filter(|space| is_reported(&space.key)).map(|space| (&space.id, space)).collect();
        let mut labels: BTreeMap<String, LabelFigures> = BTreeMap::new();
        for space in reported.values() {
            let figures = labels.entry(label(Some(space))).or_insert_with(|| LabelFigures::empty(&usages));
            if inventory.scan.unread_trash.contains(&space.key) {
                figures.trash = None;
            }
        }
        for verdict in audit.files.iter().filter(|verdict| verdict.reported) {
            let space = verdict.space.as_ref().and_then(|id| reported.get(id).copied());
            let figures = labels.entry(label(space)).or_insert_with(|| LabelFigures::empty(&usages));
            figures.add(&inventory.attachments[verdict.attachment], verdict);
        }
        with_label_for_the_rest(labels, MAX_SPACES)
    }
}

/// Returns the usages that a file can have in a run. Reading the chosen spaces only finds no unreferenced file.
fn possible_usages(references_within: bool) -> Vec<&'static str> {
    let usages = Usage::ALL.into_iter().filter(|usage| !references_within || *usage != Usage::Unreferenced);
    usages.map(Usage::as_str).chain((!references_within).then_some(PROTECTED)).collect()
}

/// Returns the label of a space.
fn label(space: Option<&Space>) -> String {
    match space {
        None => NO_SPACE.to_owned(),
        Some(space) if space.kind == SpaceKind::Personal || space.key.starts_with('~') => PERSONAL.to_owned(),
        Some(space) => visible(&space.key).into_owned(),
    }
}

/// Sums the labels with the fewest bytes if there are too many.
fn with_label_for_the_rest(labels: BTreeMap<String, LabelFigures>, max: usize) -> BTreeMap<String, LabelFigures> {
    if labels.len() <= max {
        return labels;
    }
    let mut ranked: Vec<(String, LabelFigures)> = labels.into_iter().collect();
    ranked.sort_by_key(|(_, figures)| Reverse(figures.bytes()));
    let rest = ranked.split_off(max);
    let mut labels: BTreeMap<String, LabelFigures> = ranked.into_iter().collect();
    for (_, figures) in rest {
        labels.entry(OTHER.to_owned()).and_modify(|sum| sum.absorb(&figures)).or_insert(figures);
    }
    labels
}

impl LabelFigures {
    fn empty(usages: &[&'static str]) -> Self {
        let by_usage = usages.iter().map(|usage| (*usage, UsageFigures::default())).collect();
        Self { by_usage, old_bytes: 0, trash: Some(UsageFigures::default()), unknown_sizes: 0 }
    }

    fn add(&mut self, file: &Attachment, verdict: &FileVerdict) {
        let old = file.old_versions.iter().map(|version| version.size);
        let unknown = old.clone().chain([file.size]).filter(Option::is_none).count();
        let old_bytes: u64 = old.flatten().sum();
        let sums = UsageFigures { files: 1, bytes: old_bytes + file.size.unwrap_or(0) };
        self.unknown_sizes += unknown as u64;
        if verdict.is_in_trash(file) {
            if let Some(trash) = &mut self.trash {
                trash.absorb(sums);
            }
            return;
        }
        let is_protected = verdict.usage == Usage::Unreferenced && verdict.protected.is_some();
        let usage = if is_protected { PROTECTED } else { verdict.usage.as_str() };
        self.by_usage.entry(usage).or_default().absorb(sums);
        self.old_bytes += old_bytes;
    }

    fn bytes(&self) -> u64 {
        self.by_usage.values().map(|sums| sums.bytes).sum()
    }

    fn absorb(&mut self, other: &Self) {
        for (usage, sums) in &other.by_usage {
            self.by_usage.entry(usage).or_default().absorb(*sums);
        }
        self.old_bytes += other.old_bytes;
        self.unknown_sizes += other.unknown_sizes;
        self.trash = self.trash.zip(other.trash).map(|(mut sum, trash)| {
            sum.absorb(trash);
            sum
        });
    }
}

impl UsageFigures {
    fn absorb(&mut self, other: Self) {
        self.files += other.files;
        self.bytes += other.bytes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::SpaceStatus;

    fn space(key: &str, kind: SpaceKind) -> Space {
        Space {
            id: SpaceId::new("1"),
            key: key.to_owned(),
            alias: None,
            name: "Jane Doe".to_owned(),
            kind,
            status: SpaceStatus::Current,
            homepage: None,
            webui: None,
            only_with_admin_key: false,
        }
    }

    #[test]
    fn the_label_of_a_personal_space_names_no_one() {
        assert_eq!(label(Some(&space("ENG", SpaceKind::Global))), "ENG");
        assert_eq!(label(Some(&space("~jdoe", SpaceKind::Global))), "(personal)");
        assert_eq!(label(Some(&space("JDOE", SpaceKind::Personal))), "(personal)");
        assert_eq!(label(None), "(none)");
    }

    #[test]
    fn spaces_beyond_the_limit_are_summed_and_their_trash_is_known_only_if_that_of_all_is() {
        let of = |bytes, trash: Option<u64>| LabelFigures {
            by_usage: BTreeMap::from([("linked", UsageFigures { files: 1, bytes })]),
            old_bytes: 1,
            trash: trash.map(|bytes| UsageFigures { files: 1, bytes }),
            unknown_sizes: 2,
        };
        let labels = || BTreeMap::from(["A", "B", "C"].map(str::to_owned).map(|key| (key, of(5, Some(7)))));
        assert_eq!(with_label_for_the_rest(labels(), 3), labels());
        let mut labels = labels();
        labels.insert("D".to_owned(), of(9, Some(1)));
        labels.insert("E".to_owned(), of(1, None));
        let summed = with_label_for_the_rest(labels, 2);
        assert_eq!(summed.keys().collect::<Vec<_>>(), ["(other)", "A", "D"]);
        let rest = &summed["(other)"];
        assert_eq!(rest.by_usage["linked"], UsageFigures { files: 3, bytes: 11 });
        assert_eq!((rest.old_bytes, rest.unknown_sizes, rest.trash), (3, 6, None));
    }

    #[test]
    fn a_run_that_reads_the_chosen_spaces_only_does_not_say_that_nothing_is_unreferenced() {
        assert!(possible_usages(false).contains(&"unreferenced") && possible_usages(false).contains(&"protected"));
        assert!(!possible_usages(true).contains(&"unreferenced") && !possible_usages(true).contains(&"protected"));
    }
}
