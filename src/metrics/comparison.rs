//! Which figures of two weeks may stand beside each other.
//!
//! A week may hold spaces that another does not, and each of its spaces may be of another run: with fewer groups of
//! metrics, links followed from fewer spaces, other thresholds. Figures are compared over the spaces that both weeks hold
//! and measured alike; what that leaves out is said.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Rules;
use super::summary::{Figures, TableFigures, WeekPoint, WeekStatus};
use crate::inventory::snapshot::MetricGroup;

/// Spaces that a sentence names; of more it says how many.
const NAMED: usize = 5;

/// From where links were followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// From every space that the account sees.
    WholeSite,
    /// From the spaces of these keys.
    Spaces(BTreeSet<String>),
}

/// How a space was measured in a week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpaceScope {
    /// What its rows are worth.
    pub status: WeekStatus,
    /// From where links to its pages were followed.
    pub reach: Reach,
    /// How its pages were judged.
    pub rules: Rules,
}

impl SpaceScope {
    /// A space of a run of the whole site, judged by the usual thresholds.
    pub fn whole(status: WeekStatus) -> Self {
        Self { status, reach: Reach::WholeSite, rules: Rules::default() }
    }
}

/// What a figure depends on beside the pages: both sides of a comparison have to agree in it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Basis {
    /// Groups of metrics that go into it.
    pub groups: &'static [MetricGroup],
    /// Links from other spaces go into it.
    pub reach: bool,
    /// Which thresholds go into it.
    pub thresholds: ByThresholds,
}

/// Which thresholds go into a figure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ByThresholds {
    /// None.
    #[default]
    No,
    /// Those by which pages age.
    Ages,
    /// Those of ages and of stubs.
    Health,
}

/// Why a space is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unlike {
    /// The week before does not hold the space.
    NotThen,
    /// This week does not hold it.
    NotNow,
    /// It is incomplete in the week before.
    IncompleteThen,
    /// It is incomplete in this week.
    IncompleteNow,
    /// A group was read in this week only.
    UnreadThen(MetricGroup),
    /// A group was read in the week before only.
    UnreadNow(MetricGroup),
    /// Links were followed from other spaces.
    Reach,
    /// Other thresholds of ages.
    Thresholds,
    /// Other thresholds of stubs.
    StubWords,
}

/// The groups that figures can lack, each with those of its figures that are compared.
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
pub struct Side<'a> {
    /// `2026-W47`.
    pub week: &'a str,
    /// Its figures.
    pub figures: &'a TableFigures,
    /// How each of its spaces was measured.
    pub spaces: &'a BTreeMap<String, SpaceScope>,
}

impl<'a> Side<'a> {
    /// The side of a week that has a snapshot.
    pub fn of(point: &'a WeekPoint) -> Option<Self> {
        Some(Self { week: &point.week, figures: point.figures.as_ref()?, spaces: &point.spaces })
    }

    /// The figures of a space that has pages: blog posts alone have none.
    fn figures(&self, space: &str) -> Option<&'a Figures> {
        self.figures.spaces.get(space).filter(|figures| figures.pages > 0)
    }

    /// Whether it says of a group what it says of a space. A space without a page says nothing of any.
    fn reads(&self, space: &str, group: MetricGroup) -> Option<bool> {
        self.figures(space).map(|figures| figures.has(group))
    }
}

/// Two weeks, of which the later one is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Comparison<'a> {
    /// The earlier one.
    pub then: Side<'a>,
    /// The later one.
    pub now: Side<'a>,
}

/// The same figures of both weeks, over the spaces that may be compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// Of the earlier week.
    pub then: Figures,
    /// Of the later one.
    pub now: Figures,
    /// Spaces with pages that are in both sums.
    pub spaces: usize,
    /// Spaces with pages in one of the weeks.
    pub of_spaces: usize,
}

impl Compared {
    /// Nothing was left out.
    pub fn is_whole(&self) -> bool {
        self.spaces == self.of_spaces
    }
}

impl<'a> Comparison<'a> {
    /// The newest of the weeks before that shares a space with this one, else the newest that can be in a comparison.
    pub fn with_last(before: &'a [WeekPoint], now: Side<'a>) -> Option<Self> {
        let in_trends = || before.iter().rev().filter(|point| point.is_in_trends()).filter_map(Side::of);
        let all = || in_trends().map(|then| Self { then, now });
        all().find(|both| both.of(&Basis::default()).is_ok()).or_else(|| all().next())
    }

    /// The figures that rest on `basis`, added up over the spaces that agree in it; why there is none, where there is none.
    pub fn of(&self, basis: &Basis) -> Result<Compared, Unlike> {
        let mut compared = Compared { then: Figures::default(), now: Figures::default(), spaces: 0, of_spaces: 0 };
        let (mut why, mut is_any) = (Unlike::NotThen, false);
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

    /// The keys of all spaces of both weeks.
    fn spaces(&self) -> BTreeSet<&'a str> {
        let sides = [self.then, self.now];
        sides.into_iter().flat_map(|side| side.spaces.keys().map(String::as_str)).collect()
    }

    /// Whether the figures of a space that rest on `basis` may be compared.
    fn fits(&self, space: &str, basis: &Basis) -> Result<(), Unlike> {
        let then = self.then.spaces.get(space).ok_or(Unlike::NotThen)?;
        let now = self.now.spaces.get(space).ok_or(Unlike::NotNow)?;
        if !then.status.is_in_trends() {
            return Err(Unlike::IncompleteThen);
        }
        if !now.status.is_in_trends() {
            return Err(Unlike::IncompleteNow);
        }
        for group in basis.groups {
            match (self.then.reads(space, *group), self.now.reads(space, *group)) {
                (Some(false), Some(true)) => return Err(Unlike::UnreadThen(*group)),
                (Some(true), Some(false)) => return Err(Unlike::UnreadNow(*group)),
                _ => {}
            }
        }
        if basis.reach && then.reach != now.reach {
            return Err(Unlike::Reach);
        }
        if basis.thresholds > ByThresholds::No {
            // a rule for a label that no page has judges nothing
            let sides = [self.then, self.now].into_iter().filter_map(|side| side.figures(space));
            let labels = sides.flat_map(|figures| figures.labels_with_rules.iter().cloned()).collect();
            if then.rules.ages(&labels) != now.rules.ages(&labels) {
                return Err(Unlike::Thresholds);
            }
            let are_stubs_alike = then.rules.stub_words(&labels) == now.rules.stub_words(&labels);
            if basis.thresholds == ByThresholds::Health && !are_stubs_alike {
                return Err(Unlike::StubWords);
            }
        }
        Ok(())
    }

    /// Everything that is not compared, with the spaces and the reason.
    pub fn left_out(&self) -> Vec<LeftOut> {
        let mut left: BTreeMap<Unlike, (&'static [&'static str], Vec<String>)> = BTreeMap::new();
        let shared: Vec<&str> =
            self.spaces().into_iter().filter(|space| self.fits(space, &Basis::default()).is_ok()).collect();
        let mut add = |space: &str, basis: &Basis, figures: &'static [&'static str]| {
            if let Err(unlike) = self.fits(space, basis) {
                left.entry(unlike).or_insert_with(|| (figures, Vec::new())).1.push(space.to_owned());
            }
        };
        for space in self.spaces() {
            add(space, &Basis::default(), ALL_FIGURES);
        }
        for space in shared.into_iter().filter(|space| self.now.figures(space).is_some()) {
            for (group, figures) in &GROUPS {
                add(space, &Basis { groups: std::slice::from_ref(group), ..Basis::default() }, figures);
            }
            let reads_links = self.now.reads(space, MetricGroup::Links) == Some(true);
            let reads_links = reads_links && self.then.reads(space, MetricGroup::Links) == Some(true);
            if reads_links {
                add(space, &Basis { reach: true, ..Basis::default() }, BY_LINKS);
            }
            // an imported week knows neither age nor health
            if self.then.figures(space).is_some_and(|figures| figures.health_sum.is_some()) {
                let ages = Basis { thresholds: ByThresholds::Ages, ..Basis::default() };
                add(space, &ages, BY_THRESHOLDS);
                if self.fits(space, &ages).is_ok() {
                    add(space, &Basis { thresholds: ByThresholds::Health, ..Basis::default() }, BY_STUB_WORDS);
                }
            }
        }
        let left = left.into_iter().map(|(unlike, (figures, spaces))| LeftOut {
            figures: figures.iter().map(|figure| (*figure).to_owned()).collect(),
            why: self.why(unlike),
            spaces,
        });
        left.collect()
    }

    /// What is not compared in the spaces of both weeks, because they were not measured alike.
    pub fn unlike(&self) -> Vec<LeftOut> {
        self.left_out().into_iter().filter(|left| left.figures != ALL_FIGURES).collect()
    }

    /// A reason in words.
    fn why(&self, unlike: Unlike) -> String {
        let (then, now) = (self.then.week, self.now.week);
        match unlike {
            Unlike::NotThen => format!("not in {then}"),
            Unlike::NotNow => format!("not in {now}"),
            Unlike::IncompleteThen => format!("incomplete in {then}"),
            Unlike::IncompleteNow => format!("incomplete in {now}"),
            Unlike::UnreadThen(group) => format!("{} read in {now} only", read(group)),
            Unlike::UnreadNow(group) => format!("{} read in {then} only", read(group)),
            Unlike::Reach => "links were followed from other spaces".to_owned(),
            Unlike::Thresholds => "judged by other thresholds".to_owned(),
            Unlike::StubWords => "judged by another stub_words".to_owned(),
        }
    }

    /// What was compared with which week, and what was left out.
    pub fn report(&self) -> ComparisonReport {
        ComparisonReport { week: self.now.week.to_owned(), with: self.then.week.to_owned(), left_out: self.left_out() }
    }
}

/// What was read of some spaces of a week only, one sentence for each group: its figures are of the others.
pub fn unread(figures: &TableFigures) -> Vec<String> {
    let sentence = |(group, _): &(MetricGroup, _)| {
        let spaces = figures.spaces.iter().filter(|(_, figures)| figures.pages > 0);
        let (read_in, unread): (Vec<_>, Vec<_>) = spaces.partition(|(_, figures)| figures.has(*group));
        let unread: Vec<String> = unread.into_iter().map(|(key, _)| key.clone()).collect();
        let is_part = !read_in.is_empty() && !unread.is_empty();
        is_part.then(|| {
            format!("Not known of {}: {}. Figures that need it are of the other spaces.", named(&unread), known(*group))
        })
    };
    GROUPS.iter().filter_map(sentence).collect()
}

/// What is known with a group.
fn known(group: MetricGroup) -> &'static str {
    match group {
        MetricGroup::Engagement => "views",
        MetricGroup::Workflow => "the workflow",
        MetricGroup::People => "who wrote the pages and when",
        MetricGroup::Links => "links to the pages",
        MetricGroup::Core => "the pages",
    }
}

/// What is read with a group, with its verb.
fn read(group: MetricGroup) -> &'static str {
    match group {
        MetricGroup::Engagement => "views were",
        MetricGroup::Workflow => "the workflow was",
        MetricGroup::People => "who wrote the pages was",
        MetricGroup::Links => "links were",
        MetricGroup::Core => "pages were",
    }
}

/// Figures of some spaces that are not compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Which figures, in words.
    pub figures: Vec<String>,
    /// Keys of the spaces.
    pub spaces: Vec<String>,
    /// Why.
    pub why: String,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.figures != ALL_FIGURES {
            write!(f, "{} of ", joined(&self.figures))?;
        }
        write!(f, "{} ({})", named(&self.spaces), self.why)
    }
}

/// What a comparison left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComparisonReport {
    /// The week that is looked at.
    pub week: String,
    /// The week it is compared with.
    pub with: String,
    /// What is not compared.
    pub left_out: Vec<LeftOut>,
}

impl ComparisonReport {
    /// One sentence; `None` when nothing was left out.
    pub fn sentence(&self) -> Option<String> {
        let parts: Vec<String> = self.left_out.iter().map(ToString::to_string).collect();
        (!parts.is_empty()).then(|| format!("Not compared with {}: {}.", self.with, parts.join("; ")))
    }
}

/// Spaces by their keys: `space ENG`, `spaces ENG, OPS and 7 more`.
pub fn named(keys: &[String]) -> String {
    let noun = if keys.len() == 1 { "space" } else { "spaces" };
    match keys.len().checked_sub(NAMED).filter(|more| *more > 0) {
        Some(more) => format!("{noun} {} and {more} more", keys[..NAMED].join(", ")),
        None => format!("{noun} {}", keys.join(", ")),
    }
}

/// `a`, `a and b`, `a, b and c`.
fn joined(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
