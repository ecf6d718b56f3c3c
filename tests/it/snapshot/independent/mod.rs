//! What the rows say of bodies, against a second reader that shares no code with the program: another parser, that makes a
//! tree, other code for each measure, and ICU for words and characters. Only the dictionaries of ICU are common to both.
//!
//! Links that lead nowhere are not counted here, and languages neither.

mod addresses;
mod cases;
mod generated;
mod reading;
mod tree;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::Utc;
use confluence_sim::site::{Content, Kind, Status};
use confluence_sim::{FaultPlan, SAMPLE_BASE, Site, sample_site};

use self::addresses::Hosts;
use self::reading::{Link, Reading, read};
use super::bench::{Bench, Row};

#[test]
fn the_rows_of_the_sample_are_those_of_the_second_reader() {
    let bench = measured(sample_site(Utc::now()));
    let compared = compare(&bench, &[SAMPLE_BASE]);
    assert!(compared > 120, "{compared} pages");
}

#[test]
fn the_rows_of_generated_sites_are_those_of_the_second_reader() {
    let seeds =
        std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).map_or(2, |cases: u64| cases / 256);
    for seed in 0..seeds.max(2) {
        let bench = measured(generated::site(seed));
        let compared = compare(&bench, &[generated::BASE]);
        assert_eq!(compared, generated::PAGES, "every page is well-formed");
        every_column_has_several_values(&bench);
    }
}

#[test]
fn the_rows_of_bodies_of_all_kinds_are_those_of_the_second_reader() {
    let bench = measured(cases::site());
    let compared = compare(&bench, &[generated::BASE]);
    assert!(compared > 300, "{compared} of {} are well-formed", bench.pages().len());
}

/// What never occurs is not compared.
fn every_column_has_several_values(bench: &Bench) {
    let rows = bench.pages();
    let columns = read("", &Hosts::of(&[generated::BASE])).expect("nothing").columns;
    for column in columns.into_keys().chain(["links_out_internal", "links_in", "include_out", "include_in", "is_stub"])
    {
        let values: BTreeSet<&String> = rows.values().map(|row| &row[column]).collect();
        assert!(values.len() > 1, "{column} is {values:?} everywhere");
    }
}

fn measured(site: Site) -> Bench {
    let bench = Bench::start(site, FaultPlan::none());
    bench.snapshot(&["--metrics", "core,links"]).ends(0);
    bench
}

/// Compares all rows and tells everything that differs at once; gives the number of pages compared.
fn compare(bench: &Bench, bases: &[&str]) -> usize {
    let site = bench.server.site(Clone::clone);
    let rows = bench.pages();
    let hosts = Hosts::of(&[bases, &[bench.server.base_url()]].concat());
    let index = Index::new(&site, &hosts);
    let pages: Vec<&Content> =
        site.contents.iter().filter(|page| page.kind == Kind::Page && page.status == Status::Current).collect();
    let ids: BTreeSet<&String> = pages.iter().map(|page| &page.id).collect();
    assert_eq!(rows.keys().collect::<BTreeSet<_>>(), ids, "a row for every current page");
    let mut wrong = Vec::new();
    let mut compared = 0;
    for page in pages {
        let Some(reading) = index.readings.get(page.id.as_str()) else { continue };
        compared += 1;
        let row = &rows[&page.id];
        for (column, expected) in index.columns(page, reading) {
            if row[column] != expected {
                let actual = &row[column];
                let title = &page.title;
                wrong.push(format!("{} {title:?} {column}: the reader {expected:?}, the row {actual:?}", page.id));
            }
        }
    }
    wrong.extend(index.groups_that_differ(&rows));
    assert!(wrong.is_empty(), "{} cells\n{}", wrong.len(), wrong.join("\n"));
    compared
}

/// All bodies of a site, and where their links lead.
struct Index<'s> {
    site: &'s Site,
    /// By id; a body that is not well-formed has none.
    readings: HashMap<&'s str, Reading>,
    /// Pages and posts by space key and title, both in lower case.
    titles: HashMap<(String, String, bool), &'s str>,
    keys: HashMap<&'s str, String>,
}

/// What a link means, so that links that are written differently count once.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Meaning {
    Id(String),
    Title(Option<String>, String, bool),
}

impl<'s> Index<'s> {
    fn new(site: &'s Site, hosts: &Hosts) -> Self {
        let keys: HashMap<&str, String> =
            site.spaces.iter().map(|space| (space.id.as_str(), space.key.to_lowercase())).collect();
        let is_there = |content: &&Content| matches!(content.status, Status::Current | Status::Archived);
        let contents = || site.contents.iter().filter(is_there);
        let readings =
            contents().filter_map(|content| Some((content.id.as_str(), read(&content.body, hosts)?))).collect();
        let mut titles = HashMap::new();
        for content in contents().filter(|content| content.kind.is_page_or_post()) {
            let is_post = content.kind == Kind::BlogPost;
            let place = (keys[content.space_id.as_str()].clone(), content.title.to_lowercase());
            titles.insert((place.0, place.1, is_post), content.id.as_str());
        }
        Self { site, readings, titles, keys }
    }

    fn meaning(&self, from: &Content, link: &Link) -> Meaning {
        match link {
            Link::Id(id) => Meaning::Id(id.clone()),
            Link::Title { title, space, of_post } => {
                let own = || self.keys.get(from.space_id.as_str()).cloned();
                let space = space.as_ref().map(|key| key.to_lowercase()).or_else(own);
                let place = |of_post| (space.clone().unwrap_or_default(), title.to_lowercase(), of_post);
                // a title in a link to a page may be that of a post, but not the other way round
                let found = self.titles.get(&place(*of_post)).or_else(|| self.titles.get(&place(true)));
                match found {
                    Some(id) => Meaning::Id((*id).to_owned()),
                    None => Meaning::Title(space, title.to_lowercase(), *of_post),
                }
            }
        }
    }

    fn meanings(&self, from: &Content, links: &[Link]) -> BTreeSet<Meaning> {
        links.iter().map(|link| self.meaning(from, link)).collect()
    }

    /// The contents of some kinds whose links of some kind mean this page.
    fn leading_to(&self, page: &Content, is_asked: fn(Kind) -> bool, links: fn(&Reading) -> &[Link]) -> usize {
        let this = Meaning::Id(page.id.clone());
        let others = self.site.contents.iter().filter(|from| from.id != page.id && is_asked(from.kind));
        let leads = |from: &&Content| {
            let reading = self.readings.get(from.id.as_str());
            reading.is_some_and(|reading| self.meanings(from, links(reading)).contains(&this))
        };
        others.filter(leads).count()
    }

    fn columns(&self, page: &Content, reading: &Reading) -> BTreeMap<&'static str, String> {
        let mut columns = reading.columns.clone();
        let included = self.meanings(page, &reading.includes).len();
        columns.insert("links_out_internal", self.meanings(page, &reading.links).len().to_string());
        columns.insert("include_out", included.to_string());
        let any = |kind: Kind| kind.is_page_or_post() || kind.is_comment();
        columns.insert("links_in", self.leading_to(page, any, |reading| &reading.links).to_string());
        columns.insert(
            "include_in",
            self.leading_to(page, Kind::is_page_or_post, |reading| &reading.includes).to_string(),
        );
        let files = self.site.attachments.iter().filter(|file| !file.status.is_trash());
        let has_files = files.filter_map(|file| file.container.id()).any(|id| id == page.id);
        let has_children = self.site.contents.iter().any(|child| {
            child.kind == Kind::Page
                && child.status == Status::Current
                && child.parent.as_ref().is_some_and(|(id, _)| *id == page.id)
        });
        let is_stub =
            reading.words.len() < 50 && !reading.has_more_than_text && !has_files && included == 0 && !has_children;
        columns.insert("is_stub", u8::from(is_stub).to_string());
        columns
    }

    /// Pages with the same text that are in different groups, and pages in a group that are like no other.
    fn groups_that_differ(&self, rows: &BTreeMap<String, Row>) -> Vec<String> {
        let group = |id: &str| rows[id]["duplicate_group"].as_str();
        let texts: Vec<(&str, &[String])> = rows
            .keys()
            .filter_map(|id| Some((id.as_str(), self.readings.get(id.as_str())?.words.as_slice())))
            .filter(|(_, words)| words.len() >= 20)
            .collect();
        let runs: Vec<BTreeSet<&[String]>> = texts.iter().map(|(_, words)| words.windows(5).collect()).collect();
        let mut wrong = Vec::new();
        for (at, (id, words)) in texts.iter().enumerate() {
            let shares = texts.iter().enumerate().filter(|(other, _)| *other != at).map(|(other, (name, text))| {
                if text == words && (group(id).is_empty() || group(id) != group(name)) {
                    wrong.push(format!("{id} and {name} have the same text and are in no group together"));
                }
                let common = runs[at].intersection(&runs[other]).count();
                common as f64 / (runs[at].len() + runs[other].len() - common) as f64
            });
            let most = shares.fold(0.0, f64::max);
            if most < 0.5 && !group(id).is_empty() {
                wrong.push(format!("{id} is in a group, though it shares at most {most:.2} of its text with another"));
            }
        }
        wrong
    }
}
