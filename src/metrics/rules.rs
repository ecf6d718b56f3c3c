//! Rules from the configuration: thresholds for all pages, per space and per label, and the accounts of bots.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::page_row::{PagePosition, PageRow};

/// The rules of a snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Thresholds of spaces that are not in `by_space`.
    pub usual: Thresholds,
    /// Thresholds by space key.
    pub by_space: BTreeMap<String, Thresholds>,
    /// Rules for pages with a label. The first matching rule takes precedence.
    #[serde(default)]
    pub by_label: Vec<LabelRule>,
    /// Account ids of bots. Their edits do not show that people maintain a page.
    pub bots: Vec<String>,
}

impl Rules {
    /// Returns the thresholds of a page: those of its space, overridden by those of its labels. If its labels were not read,
    /// those of its space.
    pub fn of(&self, place: &PagePosition) -> Cow<'_, Thresholds> {
        let space = self.by_space.get(&place.space_key).unwrap_or(&self.usual);
        // the first rule takes precedence, so it is applied last
        let labels = self.of_labels(place).rev();
        labels.fold(Cow::Borrowed(space), |thresholds, rule| Cow::Owned(thresholds.with(&rule.changes)))
    }

    /// Returns the rules that can apply to pages of a space.
    #[must_use]
    pub fn of_space(&self, key: &str) -> Self {
        let usual = self.by_space.get(key).unwrap_or(&self.usual).clone();
        Self { usual, by_label: self.by_label.clone(), ..Self::default() }
    }

    /// Returns the days after which pages of a space are aging, stale and expired: for all pages, and for those with each of
    /// these folded labels ([`folded_label`]).
    pub(super) fn ages(&self, labels: &BTreeSet<String>) -> Vec<(String, [Option<u32>; 3])> {
        let Thresholds { aging_days, stale_days, expired_days, .. } = self.usual;
        self.in_force([aging_days, stale_days, expired_days].map(Some), labels, ThresholdChanges::days)
    }

    /// Returns the number of words below which pages of a space are stubs: for all pages, and for those with each of these
    /// folded labels.
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

    /// Returns the sections of the configuration that set thresholds for a page, in the order of precedence.
    pub fn sections(&self, place: &PagePosition) -> Vec<String> {
        let labels = self.of_labels(place).map(|rule| format!("label {}", rule.label));
        let space = self.by_space.contains_key(&place.space_key).then(|| format!("space {}", place.space_key));
        labels.chain(space).collect()
    }

    /// Returns the labels with rules that none of these pages has. A page whose labels were not read may have any label.
    pub fn labels_without_effect(&self, pages: &[PageRow]) -> Vec<&str> {
        let may_apply =
            |rule: &&LabelRule| pages.iter().any(|page| page.place.labels.is_none() || rule.is_of(&page.place));
        self.by_label.iter().filter(|rule| !may_apply(rule)).map(|rule| rule.label.as_str()).collect()
    }

    fn of_labels(&self, place: &PagePosition) -> impl DoubleEndedIterator<Item = &LabelRule> {
        self.by_label.iter().filter(move |rule| rule.is_of(place))
    }
}

/// Thresholds for pages with a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelRule {
    /// The label, compared without regard to case.
    pub label: String,
    pub changes: ThresholdChanges,
}

impl LabelRule {
    fn is_of(&self, place: &PagePosition) -> bool {
        let wanted = folded(&self.label);
        place.labels.iter().flatten().any(|label| folded(label) == wanted)
    }
}

/// Normalizes a label, so that all its spellings are equal.
fn folded(label: &str) -> String {
    label.nfc().collect::<String>().to_lowercase()
}

/// Returns the folded label of a section that [`Rules::sections`] names; `None` for the section of a space.
pub(super) fn folded_label(section: &str) -> Option<String> {
    section.strip_prefix("label ").map(folded)
}

/// The limits that pages are judged by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Days without an edit after which a page is aging.
    pub aging_days: u32,
    /// Days without an edit after which a page is stale, and listed as outdated.
    pub stale_days: u32,
    /// Days without an edit after which a page is expired.
    pub expired_days: u32,
    /// A stub has fewer words than this.
    pub stub_words: u32,
    /// Days in a state that is not final after which an approval is stalled.
    pub stalled_days: u32,
    /// Megabytes of files at which a page without views is listed.
    pub unread_mb: u32,
}

/// The thresholds that one section of the configuration sets. The others keep their values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThresholdChanges {
    pub aging_days: Option<u32>,
    pub stale_days: Option<u32>,
    pub expired_days: Option<u32>,
    pub stub_words: Option<u32>,
    pub stalled_days: Option<u32>,
    pub unread_mb: Option<u32>,
}

impl ThresholdChanges {
    /// Returns the days after which a page is aging, stale and expired; `None` for those that are not set.
    pub fn days(&self) -> [Option<u32>; 3] {
        [self.aging_days, self.stale_days, self.expired_days]
    }
}

impl Thresholds {
    /// Returns [`Self::unread_mb`] in bytes.
    pub fn unread_bytes(&self) -> u64 {
        u64::from(self.unread_mb) * 1024 * 1024
    }

    /// Applies the thresholds of a section. The days for aging, stale and expired must not decrease in this order, so those
    /// that the section does not set are raised or lowered as far as those that it sets require.
    #[must_use]
    pub fn with(&self, changes: &ThresholdChanges) -> Self {
        let set = changes.days();
        let adjusted = |at: usize, days: u32| {
            let least = set[..at].iter().flatten().max().copied().unwrap_or(0);
            let most = set[at + 1..].iter().flatten().min().copied().unwrap_or(u32::MAX);
            set[at].unwrap_or(days.max(least).min(most))
        };
        Self {
            aging_days: adjusted(0, self.aging_days),
            stale_days: adjusted(1, self.stale_days),
            expired_days: adjusted(2, self.expired_days),
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

    fn place(space: &str, labels: &[&str]) -> PagePosition {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        PagePosition { space_key: space.to_owned(), labels: Some(labels), ..PagePosition::default() }
    }

    #[test]
    fn days_that_a_section_does_not_set_are_adjusted_to_those_it_sets() {
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
        fn days_never_decrease_from_aging_to_expired_whatever_a_section_sets(
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
    fn labels_take_precedence_over_the_space_and_the_first_label_over_others() {
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
        let unread = PagePosition { labels: None, ..place("ENG", &[]) };
        assert_eq!((rules.of(&unread).stale_days, rules.sections(&unread)), (300, vec!["space ENG".to_owned()]));
        let pages = [place("OPS", &["ARCHIVE"]), unread].map(|place| PageRow { place, ..PageRow::default() });
        assert_eq!(rules.labels_without_effect(&pages[..1]), ["How-To"]);
        assert_eq!(rules.labels_without_effect(&pages), [""; 0], "the other page may have it");
    }

    #[test]
    fn rules_saved_before_label_rules_existed_can_be_read() {
        let mut saved = serde_json::to_value(Rules::default()).unwrap();
        saved.as_object_mut().unwrap().remove("by_label").unwrap();
        assert_eq!(serde_json::from_value::<Rules>(saved).unwrap(), Rules::default());
    }
}
