//! Comparison of the rows with an independent implementation that shares no code with the program: a parser that builds a
//! tree, other code for each measure, and ICU for words and characters. Both use the dictionaries of ICU.
//!
//! Broken links and languages are not compared here.

mod addresses;
mod body_measures;
mod cases;
mod generated;
mod tree;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::Utc;
use confluence_sim::site::{Content, ContentType, Status};
use confluence_sim::{FaultPlan, SAMPLE_BASE, Site, sample_site};

use self::addresses::Hosts;
use self::body_measures::{BodyMeasures, Link, measure_body};
use super::harness::{Harness, Row};

#[test]
fn rows_of_the_sample_equal_those_of_the_independent_implementation() {
    let harness = measured(sample_site(Utc::now()));
    let compared = compare(&harness, &[SAMPLE_BASE]);
    assert!(compared > 120, "{compared} pages");
}

#[test]
fn rows_of_generated_sites_equal_those_of_the_independent_implementation() {
    let seeds =
        std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).map_or(2, |cases: u64| cases / 256);
    for seed in 0..seeds.max(2) {
        let harness = measured(generated::site(seed));
        let compared = compare(&harness, &[generated::BASE]);
        assert_eq!(compared, generated::PAGES, "every page is well-formed");
        every_column_has_several_values(&harness);
    }
}

#[test]
fn rows_of_all_reference_cases_equal_those_of_the_independent_implementation() {
    let harness = measured(cases::site());
    let compared = compare(&harness, &[generated::BASE]);
    assert!(compared > 300, "{compared} of {} are well-formed", harness.pages().len());
}

/// Checks that every column varies: a construct that never occurs would not be compared.
fn every_column_has_several_values(harness: &Harness) {
    let rows = harness.pages();
    let columns = measure_body("", &Hosts::of(&[generated::BASE])).expect("nothing").columns;
    for column in columns.into_keys().chain(["links_out_internal", "links_in", "include_out", "include_in", "is_stub"])
    {
        let values: BTreeSet<&String> = rows.values().map(|row| &row[column]).collect();
        assert!(values.len() > 1, "{column} is {values:?} everywhere");
    }
}

fn measured(site: Site) -> Harness {
    let harness = Harness::start(site, FaultPlan::none());
    harness.snapshot(&["--metrics", "core,links"]).exits_with(0);
    harness
}

/// Compares all rows and reports all differences at once. Returns the number of compared pages.
fn compare(harness: &Harness, bases: &[&str]) -> usize {
    let site = harness.server.site(Clone::clone);
    let rows = harness.pages();
    let hosts = Hosts::of(&[bases, &[harness.server.base_url()]].concat());
    let index = Index::new(&site, &hosts);
    let pages: Vec<&Content> =
        site.contents.iter().filter(|page| page.kind == ContentType::Page && page.status == Status::Current).collect();
    let ids: BTreeSet<&String> = pages.iter().map(|page| &page.id).collect();
    assert_eq!(rows.keys().collect::<BTreeSet<_>>(), ids, "a row for every current page");
    let mut wrong = Vec::new();
    let mut compared = 0;
    for page in pages {
        let Some(measures) = index.measures.get(page.id.as_str()) else { continue };
        compared += 1;
        let row = &rows[&page.id];
        for (column, expected) in index.columns(page, measures) {
            if row[column] != expected {
                let actual = &row[column];
                let title = &page.title;
                wrong.push(format!("{} {title:?} {column}: expected {expected:?}, found {actual:?}", page.id));
            }
        }
    }
    wrong.extend(index.groups_that_differ(&rows));
    assert!(wrong.is_empty(), "{} cells\n{}", wrong.len(), wrong.join("\n"));
    compared
}

/// All bodies of a site and the targets of their links.
struct Index<'s> {
    site: &'s Site,
    /// By id; without bodies that are not well-formed.
    measures: HashMap<&'s str, BodyMeasures>,
    /// Pages and posts by space key and title, both in lower case.
    titles: HashMap<(String, String, bool), &'s str>,
    keys: HashMap<&'s str, String>,
}

/// The target of a link, independent of how it is written, so that each target counts once.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum LinkTarget {
    Id(String),
    Title(Option<String>, String, bool),
}

impl<'s> Index<'s> {
    fn new(site: &'s Site, hosts: &Hosts) -> Self {
        let keys: HashMap<&str, String> =
            site.spaces.iter().map(|space| (space.id.as_str(), space.key.to_lowercase())).collect();
        let is_there = |content: &&Content| matches!(content.status, Status::Current | Status::Archived);
        let contents = || site.contents.iter().filter(is_there);
        let measures =
            contents().filter_map(|content| Some((content.id.as_str(), measure_body(&content.body, hosts)?))).collect();
        let mut titles = HashMap::new();
        for content in contents().filter(|content| content.kind.is_page_or_post()) {
            let is_post = content.kind == ContentType::BlogPost;
            let place = (keys[content.space_id.as_str()].clone(), content.title.to_lowercase());
            titles.insert((place.0, place.1, is_post), content.id.as_str());
        }
        Self { site, measures, titles, keys }
    }

    fn target(&self, from: &Content, link: &Link) -> LinkTarget {
        match link {
            Link::Id(id) => LinkTarget::Id(id.clone()),
            Link::Title { title, space, of_post } => {
                let own = || self.keys.get(from.space_id.as_str()).cloned();
                let space = space.as_ref().map(|key| key.to_lowercase()).or_else(own);
                let place = |of_post| (space.clone().unwrap_or_default(), title.to_lowercase(), of_post);
                // a link to a page may have the title of a post, but not the other way round
                let found = self.titles.get(&place(*of_post)).or_else(|| self.titles.get(&place(true)));
                match found {
                    Some(id) => LinkTarget::Id((*id).to_owned()),
                    None => LinkTarget::Title(space, title.to_lowercase(), *of_post),
                }
            }
        }
    }

    fn targets(&self, from: &Content, links: &[Link]) -> BTreeSet<LinkTarget> {
        links.iter().map(|link| self.target(from, link)).collect()
    }

    /// Counts the contents of some kinds with a link to this page.
    fn leading_to(
        &self,
        page: &Content,
        is_counted: fn(ContentType) -> bool,
        links: fn(&BodyMeasures) -> &[Link],
    ) -> usize {
        let this = LinkTarget::Id(page.id.clone());
        let others = self.site.contents.iter().filter(|from| from.id != page.id && is_counted(from.kind));
        let leads = |from: &&Content| {
            let measures = self.measures.get(from.id.as_str());
            measures.is_some_and(|measures| self.targets(from, links(measures)).contains(&this))
        };
        others.filter(leads).count()
    }

    fn columns(&self, page: &Content, measures: &BodyMeasures) -> BTreeMap<&'static str, String> {
        let mut columns = measures.columns.clone();
        let included = self.targets(page, &measures.includes).len();
        columns.insert("links_out_internal", self.targets(page, &measures.links).len().to_string());
        columns.insert("include_out", included.to_string());
        let any = |kind: ContentType| kind.is_page_or_post() || kind.is_comment();
        columns.insert("links_in", self.leading_to(page, any, |measures| &measures.links).to_string());
        columns.insert(
            "include_in",
            self.leading_to(page, ContentType::is_page_or_post, |measures| &measures.includes).to_string(),
        );
        let files = self.site.attachments.iter().filter(|file| !file.status.is_trash());
        let has_files = files.filter_map(|file| file.container.id()).any(|id| id == page.id);
        let has_children = self.site.contents.iter().any(|child| {
            child.kind == ContentType::Page
                && child.status == Status::Current
                && child.parent.as_ref().is_some_and(|(id, _)| *id == page.id)
        });
        let is_stub =
            measures.words.len() < 50 && !measures.has_more_than_text && !has_files && included == 0 && !has_children;
        columns.insert("is_stub", u8::from(is_stub).to_string());
        columns
    }

    /// Returns pages with the same text that are not in one group, and pages in a group that are similar to no other page.
    fn groups_that_differ(&self, rows: &BTreeMap<String, Row>) -> Vec<String> {
        let group = |id: &str| rows[id]["duplicate_group"].as_str();
        let texts: Vec<(&str, &[String])> = rows
            .keys()
            .filter_map(|id| Some((id.as_str(), self.measures.get(id.as_str())?.words.as_slice())))
            .filter(|(_, words)| words.len() >= 20)
            .collect();
        let runs: Vec<BTreeSet<&[String]>> = texts.iter().map(|(_, words)| words.windows(5).collect()).collect();
        let mut wrong = Vec::new();
        for (at, (id, words)) in texts.iter().enumerate() {
            let shares = texts.iter().enumerate().filter(|(other, _)| *other != at).map(|(other, (name, text))| {
                if text == words && (group(id).is_empty() || group(id) != group(name)) {
                    wrong.push(format!("{id} and {name} have the same text but are not in the same group"));
                }
                let common = runs[at].intersection(&runs[other]).count();
                common as f64 / (runs[at].len() + runs[other].len() - common) as f64
            });
            let most = shares.fold(0.0, f64::max);
            if most < 0.5 && !group(id).is_empty() {
                wrong.push(format!("{id} is in a group, but shares at most {most:.2} of its text with another page"));
            }
        }
        wrong
    }
}
