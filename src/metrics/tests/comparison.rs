//! Which figures of two weeks are compared, and which are left out.

use std::collections::BTreeMap;

use super::super::comparison::{
    ComparedWeek, Comparison, ComparisonObstacle, FigureBasis, Reach, SpaceScope, ThresholdBasis, unread,
};
use super::super::summary::{PageFigures, TableFigures, WeekPoint, WeekStatus};
use super::super::{LabelRule, Rules, ThresholdChanges};
use crate::inventory::snapshot::MetricGroup;

const BY_LINKS: FigureBasis =
    FigureBasis { groups: &[MetricGroup::Links], reach: true, thresholds: ThresholdBasis::No };

fn pages(pages: u64, orphans: Option<u64>) -> PageFigures {
    PageFigures { pages, orphans_links: orphans, health_sum: Some((pages * 80, pages)), ..PageFigures::default() }
}

fn week(name: &str, spaces: &[(&str, WeekStatus, PageFigures)]) -> WeekPoint {
    let mut figures = TableFigures::default();
    for (key, _, of_space) in spaces {
        figures.total.add_all(of_space);
        if of_space.pages > 0 {
            figures.spaces.insert((*key).to_owned(), of_space.clone());
        }
    }
    let scopes = spaces.iter().map(|(key, status, _)| ((*key).to_owned(), SpaceScope::whole(*status)));
    let status = spaces.iter().map(|(_, status, _)| *status).find(|status| !status.is_in_trends());
    let status = status.unwrap_or(WeekStatus::Complete);
    WeekPoint { week: name.to_owned(), status, figures: Some(figures), spaces: scopes.collect() }
}

fn compare<'a>(then: &'a WeekPoint, now: &'a WeekPoint) -> Comparison<'a> {
    Comparison { then: ComparedWeek::of(then).unwrap(), now: ComparedWeek::of(now).unwrap() }
}

const COMPLETE: WeekStatus = WeekStatus::Complete;

#[test]
fn a_space_that_only_one_week_has_is_neither_growth_nor_loss() {
    let then = week("W46", &[("ENG", COMPLETE, pages(10, Some(4))), ("OLD", COMPLETE, pages(70, Some(1)))]);
    let now = week("W47", &[("ENG", COMPLETE, pages(11, Some(3))), ("NEW", COMPLETE, pages(500, Some(90)))]);
    let both = compare(&then, &now);
    let compared = both.of(&BY_LINKS).unwrap();
    assert_eq!((compared.then.pages, compared.now.pages), (10, 11));
    assert_eq!((compared.then.orphans_links, compared.now.orphans_links), (Some(4), Some(3)));
    assert_eq!((compared.spaces, compared.of_spaces, compared.is_whole()), (1, 3, false));
    assert_eq!(
        both.report().sentence().unwrap(),
        "Not compared with W46: space NEW (not in W46); space OLD (not in W47)."
    );
    assert_eq!(both.unlike(), []);
}

#[test]
fn a_figure_is_not_compared_if_one_week_did_not_read_the_group_it_needs() {
    let then = week("W46", &[("ENG", COMPLETE, pages(10, None)), ("OPS", COMPLETE, pages(5, Some(2)))]);
    let now = week("W47", &[("ENG", COMPLETE, pages(10, Some(9))), ("OPS", COMPLETE, pages(5, Some(1)))]);
    let both = compare(&then, &now);
    assert!(both.of(&FigureBasis::default()).unwrap().is_whole(), "the number of pages needs no group");
    let compared = both.of(&BY_LINKS).unwrap();
    assert_eq!((compared.then.orphans_links, compared.now.orphans_links, compared.spaces), (Some(2), Some(1), 1));
    let expected =
        "pages that nothing links to, broken links and mean health of space ENG (links were read only in W47)";
    assert_eq!(both.left_out().iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
    let narrow = week("W46", &[("ENG", COMPLETE, pages(10, None))]);
    assert_eq!(compare(&narrow, &now).of(&BY_LINKS), Err(ComparisonObstacle::UnreadThen(MetricGroup::Links)));
    assert_eq!(compare(&now, &narrow).of(&BY_LINKS), Err(ComparisonObstacle::UnreadNow(MetricGroup::Links)));
}

#[test]
fn figures_with_links_from_fewer_spaces_or_other_thresholds_are_not_compared() {
    let now = week("W47", &[("ENG", COMPLETE, pages(10, Some(4)))]);
    let mut then = now.clone();
    let of_one = Reach::Spaces(["ENG".to_owned()].into());
    then.spaces.get_mut("ENG").unwrap().reach = of_one.clone();
    assert_eq!(compare(&then, &now).of(&BY_LINKS), Err(ComparisonObstacle::Reach));
    assert!(compare(&then, &then).of(&BY_LINKS).unwrap().is_whole(), "the same spaces in both weeks");
    then.spaces.get_mut("ENG").unwrap().rules.usual.stale_days = 90;
    let by_age = FigureBasis { thresholds: ThresholdBasis::Ages, ..FigureBasis::default() };
    assert_eq!(compare(&then, &now).of(&by_age), Err(ComparisonObstacle::Thresholds));
    let whys: Vec<String> = compare(&then, &now).left_out().into_iter().map(|left| left.why).collect();
    assert_eq!(whys, ["links were followed from a different set of spaces", "judged by different thresholds"]);
}

#[test]
fn unused_thresholds_and_labels_that_no_page_has_do_not_prevent_a_comparison() {
    let now = week("W47", &[("ENG", COMPLETE, pages(10, None))]);
    let change = |change: &dyn Fn(&mut Rules)| {
        let mut then = now.clone();
        change(&mut then.spaces.get_mut("ENG").unwrap().rules);
        then
    };
    let by = |thresholds| FigureBasis { thresholds, ..FigureBasis::default() };
    let of = |then: &WeekPoint, now: &WeekPoint| {
        [ThresholdBasis::Ages, ThresholdBasis::Health].map(|judged| compare(then, now).of(&by(judged)).err())
    };
    let stalled = change(&|rules| (rules.usual.stalled_days, rules.usual.unread_mb) = (5, 1));
    assert_eq!(of(&stalled, &now), [None, None]);
    let stubs = change(&|rules| rules.usual.stub_words = 9);
    assert_eq!(of(&stubs, &now), [None, Some(ComparisonObstacle::StubWords)]);
    assert_eq!(
        compare(&stubs, &now).report().sentence().unwrap(),
        "Not compared with W46: mean health of space ENG (judged by a different stub_words).".replace("W46", "W47")
    );
    let label = change(&|rules| {
        let changes = ThresholdChanges { stale_days: Some(9), ..ThresholdChanges::default() };
        rules.by_label.push(LabelRule { label: "How-To".to_owned(), changes });
    });
    assert_eq!(of(&label, &now), [None, None], "no page has the label");
    let mut with = now.clone();
    let figures = with.figures.as_mut().unwrap().spaces.get_mut("ENG").unwrap();
    figures.labels_with_rules.insert("how-to".to_owned());
    assert_eq!(of(&label, &with), [Some(ComparisonObstacle::Thresholds); 2]);
}

#[test]
fn only_spaces_that_are_complete_in_both_weeks_are_compared() {
    let cut = WeekStatus::Incomplete;
    let then = week("W46", &[("ENG", COMPLETE, pages(10, Some(1))), ("OPS", COMPLETE, pages(5, Some(1)))]);
    let now = week("W47", &[("ENG", COMPLETE, pages(12, Some(1))), ("OPS", cut, pages(1, Some(1)))]);
    assert!(now.is_in_trends() && now.status == cut);
    assert_eq!((now.sound().unwrap().pages, now.figures.as_ref().unwrap().total.pages), (12, 13));
    let compared = compare(&then, &now).of(&FigureBasis::default()).unwrap();
    assert_eq!((compared.then.pages, compared.now.pages), (10, 12));
    let sentence = compare(&then, &now).report().sentence().unwrap();
    assert_eq!(sentence, "Not compared with W46: space OPS (incomplete in W47).");
    let all_cut = week("W47", &[("ENG", cut, pages(1, None))]);
    assert!(!all_cut.is_in_trends());
    assert_eq!(compare(&then, &all_cut).of(&FigureBasis::default()), Err(ComparisonObstacle::IncompleteNow));
}

#[test]
fn the_week_to_compare_with_is_the_newest_that_shares_a_space() {
    let weeks = [
        week("W44", &[("ENG", COMPLETE, pages(1, None))]),
        week("W45", &[("ENG", COMPLETE, pages(2, None))]),
        week("W46", &[("OPS", COMPLETE, pages(3, None))]),
    ];
    let now = week("W47", &[("ENG", COMPLETE, pages(4, None))]);
    let with =
        |weeks, now| Comparison::with_last(weeks, ComparedWeek::of(now).unwrap()).map(|both| both.then.week.to_owned());
    assert_eq!(with(&weeks, &now).unwrap(), "W45");
    let other = week("W47", &[("HR", COMPLETE, pages(4, None))]);
    assert_eq!(with(&weeks, &other).unwrap(), "W46");
    assert_eq!(with(&[], &now), None);
}

#[test]
fn groups_that_were_read_for_some_spaces_only_are_reported() {
    let posts = PageFigures { posts: 2, ..PageFigures::default() };
    let spaces = [("ENG", pages(1, Some(0))), ("OPS", pages(1, None)), ("NEWS", posts.clone())];
    let spaces = spaces.map(|(key, figures)| (key.to_owned(), figures));
    let figures = TableFigures { spaces: BTreeMap::from(spaces), ..TableFigures::default() };
    let expected = "Links to pages are not known for space OPS: figures that need them cover the other spaces only.";
    assert_eq!(unread(&figures), [expected]);
    let mut then = week("W46", &[("NEWS", COMPLETE, pages(0, None)), ("ENG", COMPLETE, pages(1, Some(0)))]);
    then.figures.as_mut().unwrap().spaces.insert("NEWS".to_owned(), posts);
    let now = week("W47", &[("NEWS", COMPLETE, pages(1, Some(0))), ("ENG", COMPLETE, pages(1, Some(0)))]);
    assert_eq!(compare(&then, &now).left_out(), [], "blog posts do not show what was read of pages");
}
