//! Assessment of one page from its measures: stub, orphan, staleness, health score. The data dictionary documents the
//! weights of the score, and `health_reasons` names each reason that applies.

use super::page_row::{Judgement, PageRow};
use super::rules::{Rules, Thresholds};
use super::staleness::Staleness;

/// A reason that lowers the health score: its name, its weight, and whether it applies.
type Reason = (&'static str, u64, fn(&PageRow, &Judgement) -> bool);

const REASONS: &[Reason] = &[
    ("expired", 30, |_, judgement| judgement.staleness == Some(Staleness::Expired)),
    ("stale", 20, |_, judgement| judgement.staleness == Some(Staleness::Stale)),
    ("aging", 5, |_, judgement| judgement.staleness == Some(Staleness::Aging)),
    ("no readable parent", 15, |_, judgement| judgement.is_orphan_tree == Some(true)),
    ("nothing links to it", 10, |_, judgement| judgement.is_orphan_link == Some(true)),
    ("stub", 15, |_, judgement| judgement.is_stub == Some(true)),
    ("owner's account inactive", 15, |row, _| {
        row.people.owner.as_ref().is_some_and(|owner| owner.active == Some(false))
    }),
    ("review overdue", 15, |row, _| row.workflow.is_overdue()),
    ("broken links", 10, |row, _| row.links.broken_internal.is_some_and(|links| links > 0)),
    ("same text as another page", 10, |_, judgement| judgement.duplicate_group.is_some()),
    ("no labels", 5, |row, _| row.place.labels.as_ref().is_some_and(Vec::is_empty)),
    ("single contributor", 5, |row, _| row.people.contributors == Some(1)),
    ("placeholders left", 5, |row, _| row.measures.as_ref().is_some_and(|measures| measures.placeholders > 0)),
    ("todo markers", 5, |row, _| row.measures.as_ref().is_some_and(|measures| measures.todo_markers > 0)),
    ("images without text", 5, |row, _| row.measures.as_ref().is_some_and(|measures| measures.images_without_alt > 0)),
];

/// Returns the reasons of the health score with their weights, for the data dictionary.
pub fn health_weights() -> impl Iterator<Item = (&'static str, u64)> {
    REASONS.iter().map(|(reason, weight, _)| (*reason, *weight))
}

/// Judges a row that has all its measures. `sees_parent` is whether the parent can be read, if that is known.
pub(super) fn judge(
    row: &PageRow,
    duplicate_group: Option<u64>,
    rules: &Rules,
    sees_parent: Option<bool>,
) -> Judgement {
    let thresholds = &*rules.of(&row.place);
    let views = row.engagement.views_90d;
    let mut judgement = Judgement {
        is_stub: is_stub(row, thresholds),
        is_orphan_tree: match row.place.is_space_home {
            _ if row.place.is_blog_post() => None,
            Some(true) => Some(false),
            _ => sees_parent.map(|sees| !sees),
        },
        is_orphan_link: row
            .links
            .incoming
            .filter(|_| !row.place.is_blog_post())
            .map(|incoming| incoming == 0 && row.place.is_space_home != Some(true) && !row.place.is_root_child),
        // blog posts are news and are not kept up to date
        staleness: row
            .people
            .days_since_update
            .filter(|_| !row.place.is_blog_post())
            .map(|days| Staleness::of(days, views, thresholds)),
        duplicate_group,
        health_score: 100,
        health_reasons: Vec::new(),
        impact_score: None,
        thresholds_from: rules.sections(&row.place),
    };
    for (reason, weight, holds) in REASONS {
        if holds(row, &judgement) {
            judgement.health_reasons.push((*reason).to_owned());
            judgement.health_score = judgement.health_score.saturating_sub(*weight);
        }
    }
    judgement.impact_score = views.map(|views| (100 - judgement.health_score) * views);
    judgement
}

fn is_stub(row: &PageRow, thresholds: &Thresholds) -> Option<bool> {
    let measures = row.measures.as_ref()?;
    // a page whose files were not read may have some
    let has_files = row.files.count.map(|count| count > 0)?;
    // a page whose children could not be counted may have some
    let has_children = match row.place.child_pages {
        Some(children) => children > 0,
        None if row.place.is_blog_post() => false,
        None => return None,
    };
    Some(
        measures.words < thresholds.stub_words
            && measures.images == 0
            && measures.tables == 0
            && !has_files
            && row.links.includes_nothing()
            && !has_children,
    )
}

impl super::page_row::PageLinks {
    fn includes_nothing(&self) -> bool {
        self.include_out.unwrap_or(0) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_lowers_the_score_once_and_the_score_is_never_negative() {
        let mut row = PageRow::default();
        row.people.days_since_update = Some(10);
        let judgement = judge(&row, None, &Rules::default(), Some(true));
        assert_eq!((judgement.health_score, judgement.health_reasons.len()), (100, 0));
        row.people.days_since_update = Some(1_000);
        row.place.labels = Some(Vec::new());
        let judgement = judge(&row, Some(1), &Rules::default(), Some(false));
        assert_eq!(
            judgement.health_reasons,
            ["expired", "no readable parent", "same text as another page", "no labels"]
        );
        assert_eq!(judgement.health_score, 100 - 30 - 15 - 10 - 5);
        let all: u64 = health_weights().map(|(_, weight)| weight).sum();
        assert!(all > 100, "the score saturates: {all}");
    }

    #[test]
    fn a_stub_has_little_text_and_nothing_else() {
        let mut row = PageRow { measures: Some(Box::default()), ..PageRow::default() };
        let stub = |row: &PageRow| is_stub(row, &Thresholds::default());
        assert_eq!(stub(&row), None, "its files were not read");
        row.files.count = Some(0);
        assert_eq!(stub(&row), None, "its children could not be counted");
        row.place.child_pages = Some(0);
        assert_eq!(stub(&row), Some(true));
        row.place.child_pages = Some(1);
        assert_eq!(stub(&row), Some(false));
        row.measures = None;
        assert_eq!(stub(&row), None);
    }
}
