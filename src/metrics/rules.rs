//! What the configuration says about judging pages.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::row::{PageRow, Place};

/// Rules of a snapshot, with exceptions per space and per label.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// For all spaces.
    pub usual: Thresholds,
    /// For single spaces, by key.
    pub by_space: BTreeMap<String, Thresholds>,
    /// For pages with a label, the first that counts first.
    #[serde(default)]
    pub by_label: Vec<LabelRule>,
    /// Account ids of bots, whose edits say nothing about care.
    pub bots: Vec<String>,
}

impl Rules {
    /// The thresholds of a page: those of its space, changed by those of its labels. Where its labels were not read, those
    /// of its space.
    pub fn of(&self, place: &Place) -> Cow<'_, Thresholds> {
        let space = self.by_space.get(&place.space_key).unwrap_or(&self.usual);
        // the first is applied last, so that it has the last word
        let labels = self.of_labels(place).rev();
        labels.fold(Cow::Borrowed(space), |thresholds, rule| Cow::Owned(thresholds.with(&rule.changes)))
    }

    /// What holds for the pages of a space, whatever holds for others.
    #[must_use]
    pub fn of_space(&self, key: &str) -> Self {
        let usual = self.by_space.get(key).unwrap_or(&self.usual).clone();
        Self { usual, by_label: self.by_label.clone(), ..Self::default() }
    }

    /// The days after which the pages of a space are aging, stale and expired: of all, and of those with each of these
    /// folded labels ([`folded_label`]).
    pub(super) fn ages(&self, labels: &BTreeSet<String>) -> Vec<(String, [Option<u32>; 3])> {
        let Thresholds { aging_days, stale_days, expired_days, .. } = self.usual;
        self.in_force([aging_days, stale_days, expired_days].map(Some), labels, ThresholdChanges::days)
    }

    /// The words below which the pages of a space are stubs: of all, and of those with each of these folded labels.
    pub(super) fn stub_words(&self, labels: &BTreeSet<String>) -> Vec<(String, Option<u32>)> {
        self.in_force(Some(self.usual.stub_words), labels, |changes| changes.stub_words)
    }

    fn in_force<T: Default + PartialEq>(
        &self,
        usual: T,
        labels: &BTreeSet<String>,
        of: impl Fn(&ThresholdChanges) -> T,
    ) -> Vec<(String, T)> {
        let rules = self.by_label.iter().map(|rule| (folded(&rule.label), of(&rule.changes)));
        let rules = rules.filter(|(label, set)| labels.contains(label) && *set != T::default());
        std::iter::once((String::new(), usual)).chain(rules).collect()
    }

    /// The sections that set thresholds for a page, the one that counts first first, as the configuration names them.
    pub fn sections(&self, place: &Place) -> Vec<String> {
        let labels = self.of_labels(place).map(|rule| format!("label {}", rule.label));
        let space = self.by_space.contains_key(&place.space_key).then(|| format!("space {}", place.space_key));
        labels.chain(space).collect()
    }

    /// Labels with rules that none of these pages has. A page whose labels were not read may have any.
    pub fn labels_without_effect(&self, pages: &[PageRow]) -> Vec<&str> {
        let is_borne =
            |rule: &&LabelRule| pages.iter().any(|page| page.place.labels.is_none() || rule.is_of(&page.place));
        self.by_label.iter().filter(|rule| !is_borne(rule)).map(|rule| rule.label.as_str()).collect()
    }

    fn of_labels(&self, place: &Place) -> impl DoubleEndedIterator<Item = &LabelRule> {
        self.by_label.iter().filter(move |rule| rule.is_of(place))
    }
}

/// What holds for the pages with a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelRule {
    /// The label, in any case.
    pub label: String,
    /// What is other for them.
    pub changes: ThresholdChanges,
}

impl LabelRule {
    fn is_of(&self, place: &Place) -> bool {
        let wanted = folded(&self.label);
        place.labels.iter().flatten().any(|label| folded(label) == wanted)
    }
}

/// A label, so that its spellings compare equal.
fn folded(label: &str) -> String {
    label.nfc().collect::<String>().to_lowercase()
}

/// The label of a section that [`Rules::sections`] names, folded; `None` for one of a space.
pub(super) fn folded_label(section: &str) -> Option<String> {
    section.strip_prefix("label ").map(folded)
}

/// From where on something counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Days without an edit after which a page is aging.
    pub aging_days: u32,
    /// Days without an edit after which a page is stale, and listed as outdated.
    pub stale_days: u32,
    /// Days without an edit after which a page is expired.
    pub expired_days: u32,
    /// A stub has fewer words.
    pub stub_words: u32,
    /// Days in a state that is not final after which a workflow stalls.
    pub stalled_days: u32,
    /// Megabytes of files from which on a page without views is listed.
    pub unread_mb: u32,
}

/// The thresholds that one section of the configuration sets; the others are as they are without it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThresholdChanges {
    /// See [`Thresholds::aging_days`].
    pub aging_days: Option<u32>,
    /// See [`Thresholds::stale_days`].
    pub stale_days: Option<u32>,
    /// See [`Thresholds::expired_days`].
    pub expired_days: Option<u32>,
    /// See [`Thresholds::stub_words`].
    pub stub_words: Option<u32>,
    /// See [`Thresholds::stalled_days`].
    pub stalled_days: Option<u32>,
    /// See [`Thresholds::unread_mb`].
    pub unread_mb: Option<u32>,
}

impl ThresholdChanges {
    /// The days after which a page is aging, stale and expired, as far as they are set.
    pub fn days(&self) -> [Option<u32>; 3] {
        [self.aging_days, self.stale_days, self.expired_days]
    }
}

impl Thresholds {
    /// Bytes of files from which on a page without views is listed.
    pub fn unread_bytes(&self) -> u64 {
        u64::from(self.unread_mb) * 1024 * 1024
    }

    /// With what a section sets. A page is aging before it is stale, and stale before it is expired: of these days, those
    /// that the section leaves alone follow the ones that it sets, up or down, as far as they have to.
    #[must_use]
    pub fn with(&self, changes: &ThresholdChanges) -> Self {
        let set = changes.days();
        let follow = |at: usize, days: u32| {
            let least = set[..at].iter().flatten().max().copied().unwrap_or(0);
            let most = set[at + 1..].iter().flatten().min().copied().unwrap_or(u32::MAX);
            set[at].unwrap_or(days.max(least).min(most))
        };
        Self {
            aging_days: follow(0, self.aging_days),
            stale_days: follow(1, self.stale_days),
            expired_days: follow(2, self.expired_days),
            stub_words: changes.stub_words.unwrap_or(self.stub_words),
            stalled_days: changes.stalled_days.unwrap_or(self.stalled_days),
            unread_mb: changes.unread_mb.unwrap_or(self.unread_mb),
        }
    }
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { aging_days: 180, stale_days: 365, expired_days: 730, stub_words: 50, stalled_days: 30, unread_mb: 10 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn days([aging_days, stale_days, expired_days]: [Option<u32>; 3]) -> ThresholdChanges {
        ThresholdChanges { aging_days, stale_days, expired_days, ..ThresholdChanges::default() }
    }

    fn place(space: &str, labels: &[&str]) -> Place {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        Place { space_key: space.to_owned(), labels: Some(labels), ..Place::default() }
    }

    #[test]
    fn thresholds_that_a_section_leaves_alone_follow_those_that_it_sets() {
        for (set, expected) in [
            ([None, Some(90), None], [90, 90, 730]),
            ([None, Some(1_000), None], [180, 1_000, 1_000]),
            ([Some(400), None, None], [400, 400, 730]),
            ([None, None, Some(100)], [100, 100, 100]),
            ([Some(10), None, Some(20)], [10, 20, 20]),
            ([None, None, None], [180, 365, 730]),
        ] {
            let Thresholds { aging_days, stale_days, expired_days, .. } = Thresholds::default().with(&days(set));
            assert_eq!([aging_days, stale_days, expired_days], expected, "{set:?}");
        }
    }

    proptest! {
        #[test]
        fn days_grow_whatever_a_section_sets(
            usual in prop::array::uniform3(0_u32..99), set in prop::array::uniform3(prop::option::of(0_u32..99)),
        ) {
            let (mut usual, mut growing) = (usual, set.iter().flatten().copied().collect::<Vec<_>>());
            usual.sort_unstable();
            growing.sort_unstable();
            let mut growing = growing.into_iter();
            let set = set.map(|days| days.and_then(|_| growing.next()));
            let with = Thresholds::default().with(&days(usual.map(Some))).with(&days(set));
            prop_assert!(with.aging_days <= with.stale_days && with.stale_days <= with.expired_days, "{:?}", with);
        }
    }

    #[test]
    fn a_label_counts_before_a_space_and_of_labels_the_first() {
        let rule = |label: &str, changes: ThresholdChanges| LabelRule { label: label.to_owned(), changes };
        let usual = Thresholds::default();
        let rules = Rules {
            by_space: [(
                "ENG".to_owned(),
                usual.with(&ThresholdChanges { stub_words: Some(7), ..days([None, Some(300), None]) }),
            )]
            .into(),
            by_label: vec![
                rule("How-To", days([None, Some(60), None])),
                rule("archive", ThresholdChanges { unread_mb: Some(1), ..days([Some(900), None, None]) }),
            ],
            usual,
            ..Rules::default()
        };
        for (space, labels, expected, sections) in [
            ("OPS", &[][..], [180, 365, 730, 50, 10], &[][..]),
            ("ENG", &["other"], [180, 300, 730, 7, 10], &["space ENG"]),
            ("ENG", &["how-to"], [60, 60, 730, 7, 10], &["label How-To", "space ENG"]),
            ("OPS", &["archive"], [900, 900, 900, 50, 1], &["label archive"]),
            ("OPS", &["archive", "how-to"], [60, 60, 900, 50, 1], &["label How-To", "label archive"]),
        ] {
            let place = place(space, labels);
            let of = rules.of(&place);
            assert_eq!(
                [of.aging_days, of.stale_days, of.expired_days, of.stub_words, of.unread_mb],
                expected,
                "{labels:?}"
            );
            assert_eq!(rules.sections(&place), sections);
        }
        let unread = Place { labels: None, ..place("ENG", &[]) };
        assert_eq!((rules.of(&unread).stale_days, rules.sections(&unread)), (300, vec!["space ENG".to_owned()]));
        let pages = [place("OPS", &["ARCHIVE"]), unread].map(|place| PageRow { place, ..PageRow::default() });
        assert_eq!(rules.labels_without_effect(&pages[..1]), ["How-To"]);
        assert_eq!(rules.labels_without_effect(&pages), [""; 0], "the other page may have it");
    }

    #[test]
    fn rules_of_weeks_that_knew_no_labels_are_read() {
        let mut saved = serde_json::to_value(Rules::default()).unwrap();
        saved.as_object_mut().unwrap().remove("by_label").unwrap();
        assert_eq!(serde_json::from_value::<Rules>(saved).unwrap(), Rules::default());
    }
}
