//! Which figures of two weeks may be compared.
//!
//! A week may hold spaces that the other does not, and each space may come from a different run: with fewer groups of
//! metrics, with links followed from fewer spaces, with other thresholds. Figures are compared over the spaces that both
//! weeks hold and that were measured alike; the report says what is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Rules;
use super::summary::{PageFigures, TableFigures, WeekPoint, WeekStatus};
use crate::inventory::Visibility;
use crate::inventory::snapshot::MetricGroup;

/// Number of spaces that a sentence names; the rest is counted.
const MAX_NAMED_SPACES: usize = 5;

/// The spaces from which links were followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Every space that the account sees.
    WholeSite,
    /// The spaces with these keys.
    Spaces(BTreeSet<String>),
}

/// How a space was measured in a week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpaceScope {
    pub status: WeekStatus,
    /// The spaces from which links to its pages were followed.
    pub reach: Reach,
    /// The rules that its pages were judged by.
    pub rules: Rules,
    /// What the run could see; `None` without conditions.
    pub visibility: Option<Visibility>,
}

impl SpaceScope {
    /// Returns the scope of a space in a run over the complete site with default thresholds.
    pub fn whole(status: WeekStatus) -> Self {
        Self { status, reach: Reach::WholeSite, rules: Rules::default(), visibility: None }
    }

    /// Returns what the run could see beyond what its account sees, and what it could not.
    fn conditions(&self) -> Vec<String> {
        self.visibility.as_ref().map(Visibility::conditions).unwrap_or_default()
    }
}

/// What a figure depends on, in addition to the pages. Both sides of a comparison have to agree on it.
#[derive(Debug, Clone, Copy, Default)]
pub struct FigureBasis {
    /// The groups of metrics that the figure is based on.
    pub groups: &'static [MetricGroup],
    /// Whether it depends on links from other spaces.
    pub reach: bool,
    pub thresholds: ThresholdBasis,
}

/// The thresholds that a figure depends on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ThresholdBasis {
    #[default]
    No,
    /// The days after which a page is aging, stale and expired.
    Ages,
    /// As `Ages`, and the number of words below which a page is a stub.
    Health,
}

/// Why a space is left out of a comparison. The order is by priority: of several reasons the last one is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ComparisonObstacle {
    /// The earlier week does not hold the space.
    NotThen,
    /// The later week does not hold the space.
    NotNow,
    IncompleteThen,
    IncompleteNow,
    /// Only one week was read with the admin key, or the tokens lacked different scopes.
    Rights,
    /// The group was read in the later week only.
    UnreadThen(MetricGroup),
    /// The group was read in the earlier week only.
    UnreadNow(MetricGroup),
    /// Links were followed from a different set of spaces.
    Reach,
    /// The thresholds for the age of pages differ.
    Thresholds,
    /// The threshold for stubs differs.
    StubWords,
}

/// The groups that may not have been read, each with the compared figures that need it.
const GROUPS: [(MetricGroup, &[&str]); 4] = [
    (MetricGroup::People, &["edits", "mean health"]),
    (MetricGroup::Links, &["pages that nothing links to", "broken links", "mean health"]),
    (MetricGroup::Workflow, &["overdue reviews", "mean health"]),
    (MetricGroup::Engagement, &["outdated pages", "mean health"]),
];
const BY_LINKS: &[&str] = &["pages that nothing links to", "broken links", "mean health"];
const BY_THRESHOLDS: &[&str] = &["outdated pages", "mean health"];
const BY_STUB_WORDS: &[&str] = &["mean health"];
const ALL_FIGURES: &[&str] = &["all figures"];

/// One week of a comparison.
#[derive(Debug, Clone, Copy)]
pub struct ComparedWeek<'a> {
    /// `2026-W47`.
    pub week: &'a str,
    pub figures: &'a TableFigures,
    /// How each space was measured, by key.
    pub spaces: &'a BTreeMap<String, SpaceScope>,
}

impl<'a> ComparedWeek<'a> {
    /// `None` if the week has no snapshot.
    pub fn of(point: &'a WeekPoint) -> Option<Self> {
        Some(Self { week: &point.week, figures: point.figures.as_ref()?, spaces: &point.spaces })
    }

    /// Returns the figures of a space; `None` if it has no pages. Blog posts alone have no figures.
    fn figures(&self, space: &str) -> Option<&'a PageFigures> {
        self.figures.spaces.get(space).filter(|figures| figures.pages > 0)
    }

    /// Returns whether a group was read for a space; `None` if the space has no pages, because then nothing shows it.
    fn reads(&self, space: &str, group: MetricGroup) -> Option<bool> {
        self.figures(space).map(|figures| figures.has(group))
    }
}

/// Two weeks whose figures are compared.
#[derive(Debug, Clone, Copy)]
pub struct Comparison<'a> {
    /// The earlier week.
    pub then: ComparedWeek<'a>,
    /// The later week.
    pub now: ComparedWeek<'a>,
}

/// The figures of both weeks, over the spaces that may be compared.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedFigures {
    pub then: PageFigures,
    pub now: PageFigures,
    /// Spaces with pages that are in both sums.
    pub spaces: usize,
    /// Spaces with pages in at least one of the weeks.
    pub of_spaces: usize,
}

impl ComparedFigures {
    /// Returns whether no space was left out.
    pub fn is_whole(&self) -> bool {
        self.spaces == self.of_spaces
    }
}

impl<'a> Comparison<'a> {
    /// Compares with the newest earlier week that shares a space with this one, else with the newest that is in trends.
    pub fn with_last(before: &'a [WeekPoint], now: ComparedWeek<'a>) -> Option<Self> {
        let in_trends = || before.iter().rev().filter(|point| point.is_in_trends()).filter_map(ComparedWeek::of);
        let all = || in_trends().map(|then| Self { then, now });
        all().find(|both| both.of(&FigureBasis::default()).is_ok()).or_else(|| all().next())
    }

    /// Adds up the figures of the spaces that agree on `basis`. Returns the reason if no space does.
    pub fn of(&self, basis: &FigureBasis) -> Result<ComparedFigures, ComparisonObstacle> {
        let mut compared =
            ComparedFigures { then: PageFigures::default(), now: PageFigures::default(), spaces: 0, of_spaces: 0 };
        let (mut why, mut is_any) = (ComparisonObstacle::NotThen, false);
        for space in self.spaces() {
            let sides = (self.then.figures(space), self.now.figures(space));
            let has_pages = usize::from(sides.0.or(sides.1).is_some());
            compared.of_spaces += has_pages;
            match self.fits(space, basis) {
                Ok(()) => {
                    is_any = true;
                    compared.spaces += has_pages;
                    sides.0.into_iter().for_each(|figures| compared.then.add_all(figures));
                    sides.1.into_iter().for_each(|figures| compared.now.add_all(figures));
                }
                Err(unlike) => why = why.max(unlike),
            }
        }
        if is_any { Ok(compared) } else { Err(why) }
    }

    /// Returns the keys of all spaces of both weeks.
    fn spaces(&self) -> BTreeSet<&'a str> {
        let sides = [self.then, self.now];
        sides.into_iter().flat_map(|side| side.spaces.keys().map(String::as_str)).collect()
    }

    /// Checks whether the figures of a space that depend on `basis` may be compared.
    fn fits(&self, space: &str, basis: &FigureBasis) -> Result<(), ComparisonObstacle> {
        let then = self.then.spaces.get(space).ok_or(ComparisonObstacle::NotThen)?;
        let now = self.now.spaces.get(space).ok_or(ComparisonObstacle::NotNow)?;
        if !then.status.is_in_trends() {
            return Err(ComparisonObstacle::IncompleteThen);
        }
        if !now.status.is_in_trends() {
            return Err(ComparisonObstacle::IncompleteNow);
        }
        if then.conditions() != now.conditions() {
            return Err(ComparisonObstacle::Rights);
        }
        for group in basis.groups {
            match (self.then.reads(space, *group), self.now.reads(space, *group)) {
                (Some(false), Some(true)) => return Err(ComparisonObstacle::UnreadThen(*group)),
                (Some(true), Some(false)) => return Err(ComparisonObstacle::UnreadNow(*group)),
                _ => {}
            }
        }
        if basis.reach && then.reach != now.reach {
            return Err(ComparisonObstacle::Reach);
        }
        if basis.thresholds > ThresholdBasis::No {
            // a rule for a label that no page has changes nothing
            let sides = [self.then, self.now].into_iter().filter_map(|side| side.figures(space));
            let labels = sides.flat_map(|figures| figures.labels_with_rules.iter().cloned()).collect();
            if then.rules.ages(&labels) != now.rules.ages(&labels) {
                return Err(ComparisonObstacle::Thresholds);
            }
            let are_stubs_alike = then.rules.stub_words(&labels) == now.rules.stub_words(&labels);
            if basis.thresholds == ThresholdBasis::Health && !are_stubs_alike {
                return Err(ComparisonObstacle::StubWords);
            }
        }
        Ok(())
    }

    /// Returns everything that is not compared, with the spaces and the reason.
    pub fn left_out(&self) -> Vec<Exclusion> {
        let mut left: BTreeMap<ComparisonObstacle, (&'static [&'static str], Vec<String>)> = BTreeMap::new();
        let shared: Vec<&str> =
            self.spaces().into_iter().filter(|space| self.fits(space, &FigureBasis::default()).is_ok()).collect();
        let mut add = |space: &str, basis: &FigureBasis, figures: &'static [&'static str]| {
            if let Err(unlike) = self.fits(space, basis) {
                left.entry(unlike).or_insert_with(|| (figures, Vec::new())).1.push(space.to_owned());
            }
        };
        for space in self.spaces() {
            add(space, &FigureBasis::default(), ALL_FIGURES);
        }
        for space in shared.into_iter().filter(|space| self.now.figures(space).is_some()) {
            for (group, figures) in &GROUPS {
                add(space, &FigureBasis { groups: std::slice::from_ref(group), ..FigureBasis::default() }, figures);
            }
            let reads_links = self.now.reads(space, MetricGroup::Links) == Some(true);
            let reads_links = reads_links && self.then.reads(space, MetricGroup::Links) == Some(true);
            if reads_links {
                add(space, &FigureBasis { reach: true, ..FigureBasis::default() }, BY_LINKS);
            }
            // an imported week has neither staleness nor health
            if self.then.figures(space).is_some_and(|figures| figures.health_sum.is_some()) {
                let ages = FigureBasis { thresholds: ThresholdBasis::Ages, ..FigureBasis::default() };
                add(space, &ages, BY_THRESHOLDS);
                if self.fits(space, &ages).is_ok() {
                    add(
                        space,
                        &FigureBasis { thresholds: ThresholdBasis::Health, ..FigureBasis::default() },
                        BY_STUB_WORDS,
                    );
                }
            }
        }
        let left = left.into_iter().map(|(unlike, (figures, spaces))| Exclusion {
            figures: figures.iter().map(|figure| (*figure).to_owned()).collect(),
            why: self.why(unlike),
            spaces,
        });
        left.collect()
    }

    /// Returns what is not compared in spaces that both weeks hold, because they were measured differently.
    pub fn unlike(&self) -> Vec<Exclusion> {
        self.left_out().into_iter().filter(|left| left.figures != ALL_FIGURES).collect()
    }

    fn why(&self, unlike: ComparisonObstacle) -> String {
        let (then, now) = (self.then.week, self.now.week);
        match unlike {
            ComparisonObstacle::NotThen => format!("not in {then}"),
            ComparisonObstacle::NotNow => format!("not in {now}"),
            ComparisonObstacle::IncompleteThen => format!("incomplete in {then}"),
            ComparisonObstacle::IncompleteNow => format!("incomplete in {now}"),
            ComparisonObstacle::Rights => "read with other rights: admin key or scopes".to_owned(),
            ComparisonObstacle::UnreadThen(group) => format!("{} read only in {now}", read(group)),
            ComparisonObstacle::UnreadNow(group) => format!("{} read only in {then}", read(group)),
            ComparisonObstacle::Reach => "links were followed from a different set of spaces".to_owned(),
            ComparisonObstacle::Thresholds => "judged by different thresholds".to_owned(),
            ComparisonObstacle::StubWords => "judged by a different stub_words".to_owned(),
        }
    }

    pub fn report(&self) -> ComparisonReport {
        ComparisonReport { week: self.now.week.to_owned(), with: self.then.week.to_owned(), left_out: self.left_out() }
    }
}

/// Returns one sentence for each group that was read for only some spaces of a week: its figures cover only those spaces.
pub fn unread(figures: &TableFigures) -> Vec<String> {
    let sentence = |(group, _): &(MetricGroup, _)| {
        let spaces = figures.spaces.iter().filter(|(_, figures)| figures.pages > 0);
        let (read_in, unread): (Vec<_>, Vec<_>) = spaces.partition(|(_, figures)| figures.has(*group));
        let unread: Vec<String> = unread.into_iter().map(|(key, _)| key.clone()).collect();
        let is_part = !read_in.is_empty() && !unread.is_empty();
        is_part.then(|| {
            format!(
                "{} are not known for {}: figures that need them cover the other spaces only.",
                known(*group),
                named(&unread)
            )
        })
    };
    GROUPS.iter().filter_map(sentence).collect()
}

fn known(group: MetricGroup) -> &'static str {
    match group {
        MetricGroup::Engagement => "Views",
        MetricGroup::Workflow => "Workflow states",
        MetricGroup::People => "Authors and edit dates",
        MetricGroup::Links => "Links to pages",
        MetricGroup::Core => "Pages",
    }
}

/// What a group reads, with the verb.
fn read(group: MetricGroup) -> &'static str {
    match group {
        MetricGroup::Engagement => "views were",
        MetricGroup::Workflow => "workflow states were",
        MetricGroup::People => "authors were",
        MetricGroup::Links => "links were",
        MetricGroup::Core => "pages were",
    }
}

/// Figures that are not compared in some spaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exclusion {
    /// Names of the figures, for people.
    pub figures: Vec<String>,
    /// Space keys.
    pub spaces: Vec<String>,
    /// The reason, for people.
    pub why: String,
}

impl fmt::Display for Exclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.figures != ALL_FIGURES {
            write!(f, "{} of ", joined(&self.figures))?;
        }
        write!(f, "{} ({})", named(&self.spaces), self.why)
    }
}

/// The two weeks of a comparison, and what it left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComparisonReport {
    /// The later week.
    pub week: String,
    /// The earlier week, which it is compared with.
    pub with: String,
    pub left_out: Vec<Exclusion>,
}

impl ComparisonReport {
    /// Returns one sentence about what was left out; `None` if nothing was.
    pub fn sentence(&self) -> Option<String> {
        let parts: Vec<String> = self.left_out.iter().map(ToString::to_string).collect();
        (!parts.is_empty()).then(|| format!("Not compared with {}: {}.", self.with, parts.join("; ")))
    }
}

/// Names spaces by their keys: `space ENG`, `spaces ENG, OPS and 7 more`.
pub fn named(keys: &[String]) -> String {
    let noun = if keys.len() == 1 { "space" } else { "spaces" };
    match keys.len().checked_sub(MAX_NAMED_SPACES).filter(|more| *more > 0) {
        Some(more) => format!("{noun} {} and {more} more", keys[..MAX_NAMED_SPACES].join(", ")),
        None => format!("{noun} {}", keys.join(", ")),
    }
}

/// Joins words: `a`, `a and b`, `a, b and c`.
fn joined(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
