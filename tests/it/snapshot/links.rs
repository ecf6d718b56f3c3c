//! Lists of broken links, links to archived content and external links, written by the real command over HTTP.
//!
//! The expected broken links are computed from the site by an independent implementation that shares no code with the
//! program.

use std::collections::{BTreeMap, BTreeSet};

use confluence_sim::site::{Content, ContentType, Status};
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern, Site};

use super::harness::{Harness, Row, rows, weeks_ago};

mod targets;

const PUBLIC: &str = "https://acme.atlassian.net/wiki";

/// A broken link: page, kind of target, target.
type BrokenLink = (String, String, String);

fn tiny(id: u64) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    let bits = id.to_le_bytes().into_iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
    let bits: Vec<u8> = bits.collect();
    let code: String = bits
        .chunks(6)
        .map(|six| (0..6).fold(0, |value, at| value << 1 | six.get(at).copied().unwrap_or(0)))
        .map(|value| char::from(LETTERS[usize::from(value)]))
        .collect();
    code.trim_end_matches('A').to_owned()
}

fn href(address: &str) -> String {
    format!("<a href=\"{}\">x</a>", address.replace('&', "&amp;"))
}

/// Links of all forms, with existing and missing targets.
fn forms() -> Vec<String> {
    let titles = ["Page 1", "page 2", "Trashed", "Archived", "Nowhere", "Über uns"];
    let ids = ["101", "102", "190", "191", "4001", "4002", "77001", "77002"];
    let mut forms = Vec::new();
    for title in titles {
        for space in ["", " ri:space-key=\"KB\"", " ri:space-key=\"HR\"", " ri:space-key=\"GONE\""] {
            forms.push(format!("<ac:link><ri:page ri:content-title=\"{title}\"{space}/></ac:link>"));
        }
        let plus = title.replace(' ', "+");
        forms.push(href(&format!("{PUBLIC}/display/KB/{plus}")));
        forms.push(href(&format!("/wiki/pages/viewpage.action?spaceKey=KB&title={plus}")));
    }
    for id in ids {
        forms.push(href(&format!("{PUBLIC}/pages/viewpage.action?pageId={id}")));
        forms.push(href(&format!("/wiki/spaces/KB/pages/{id}/Any+title")));
        forms.push(href(&format!("{PUBLIC}/x/{}", tiny(id.parse().unwrap()))));
        for name in ["there.pdf", "gone.pdf"] {
            forms.push(href(&format!("{PUBLIC}/download/attachments/{id}/{name}?version=1")));
        }
    }
    for name in ["own.png", "gone.png"] {
        forms.push(format!("<ac:image><ri:attachment ri:filename=\"{name}\"/></ac:image>"));
        forms.push(format!(
            "<ac:structured-macro ac:name=\"view-file\"><ac:parameter ac:name=\"name\"><ri:attachment \
             ri:filename=\"{name}\"/></ac:parameter></ac:structured-macro>"
        ));
    }
    for place in ["First-steps", "Nowhere"] {
        forms.push(href(&format!("#{place}")));
        forms.push(href(&format!("{PUBLIC}/spaces/KB/pages/101/x#{place}")));
        forms.push(format!("<ac:link ac:anchor=\"{place}\"><ri:page ri:content-title=\"Page 2\"/></ac:link>"));
    }
    for key in ["KB", "HR", "GONE"] {
        forms.push(href(&format!("{PUBLIC}/spaces/{key}/overview")));
        forms.push(format!("<ac:link><ri:space ri:space-key=\"{key}\"/></ac:link>"));
    }
    forms
}

/// Pages with an increasing number of the forms, each beginning at another one.
fn site() -> Site {
    let forms = forms();
    let mut site = Site::new().space("KB", "Knowledge Base");
    for number in 0..30 {
        let heading = if number % 3 == 1 { "<h2>First steps</h2>" } else { "<h2>Second &amp; last</h2>" };
        let links = forms.iter().cycle().skip(number * 17).step_by(1 + number % 7).take(number * 4);
        let body = format!("{heading}<p>{}</p>", links.cloned().collect::<Vec<_>>().join(" "));
        site = site.page(&(100 + number).to_string(), &format!("Page {number}"), &body);
        site = site.attachment(&format!("att9{number:03}"), "own.png", 10);
    }
    site = site.page("150", "Über uns", "").attachment("att9900", "there.pdf", 10);
    site = site.page("190", "Trashed", "").with_content(|page| page.status = Status::Trashed);
    site = site.page("191", "Archived", "").with_content(|page| page.status = Status::Archived);
    site = site.space("HR", "People").page("4001", "Policy", "").attachment("att9901", "there.pdf", 10);
    site = site.page("4002", "Away", "").with_content(|page| page.status = Status::Trashed);
    site.public_base = Some(PUBLIC.to_owned());
    site
}

/// Returns the start tags with their attributes; entities are decoded.
fn tags(body: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let decoded = |text: &str| text.replace("&quot;", "\"").replace("&amp;", "&");
    let tag = |text: &str| {
        let text = text.split('>').next().unwrap_or_default().trim_end_matches('/');
        let (name, mut rest) = text.split_once(' ').unwrap_or((text, ""));
        let mut attributes = BTreeMap::new();
        while let Some((key, after)) = rest.split_once("=\"") {
            let (value, after) = after.split_once('"').unwrap();
            attributes.insert(key.trim().to_owned(), decoded(value));
            rest = after;
        }
        (name.to_owned(), attributes)
    };
    body.split('<').skip(1).map(tag).collect()
}

struct IndependentReader<'s> {
    site: &'s Site,
    read: &'s [&'s str],
}

impl IndependentReader<'_> {
    fn by_id(&self, id: &str) -> Option<&Content> {
        self.site.contents.iter().find(|content| content.id == id)
    }

    fn space_id(&self, key: &str) -> Option<&str> {
        self.site.spaces.iter().find(|space| space.key.eq_ignore_ascii_case(key)).map(|space| space.id.as_str())
    }

    /// Returns whether a link by title is broken, and the page if it is known.
    fn title(&self, key: &str, title: &str) -> (bool, Option<&Content>) {
        let Some(space) = self.space_id(key) else { return (true, None) };
        let is_meant =
            |content: &&Content| content.space_id == space && content.title.to_lowercase() == title.to_lowercase();
        let found = self.site.contents.iter().find(is_meant).filter(|content| content.status != Status::Trashed);
        (found.is_none() && self.read.contains(&key), found.filter(|_| self.read.contains(&key)))
    }

    fn lacks_file(&self, page: &str, name: &str) -> bool {
        match self.by_id(page) {
            None => true,
            Some(content) if content.status == Status::Trashed => true,
            Some(content) => {
                let is_read = self.read.iter().any(|key| self.space_id(key) == Some(&*content.space_id));
                let is_there = |file: &confluence_sim::site::Attachment| {
                    file.container.id() == Some(page) && file.current().is_some_and(|version| version.title == name)
                };
                is_read && !self.site.attachments.iter().any(is_there)
            }
        }
    }

    /// Returns the broken links of a page.
    fn broken(&self, page: &Content) -> BTreeSet<BrokenLink> {
        let mut found = BTreeSet::new();
        let mut add = |is_broken: bool, kind: &str, what: String| {
            if is_broken {
                found.insert((page.id.clone(), kind.to_owned(), what.to_lowercase()));
            }
        };
        let mut anchor: Option<String> = None;
        let has_place =
            |content: &Content, place: &str| content.body.contains(&format!("<h2>{}</h2>", place.replace('-', " ")));
        for (name, attributes) in tags(&page.body) {
            let get = |key: &str| attributes.get(key).cloned().unwrap_or_default();
            match name.as_str() {
                "ac:link" => anchor = attributes.get("ac:anchor").cloned(),
                "ri:page" => {
                    let key = attributes.get("ri:space-key").map_or("KB", String::as_str);
                    let (is_broken, content) = self.title(key, &get("ri:content-title"));
                    add(is_broken, "page", format!("{key}:{}", get("ri:content-title")));
                    if let (Some(place), Some(content)) = (anchor.take(), content) {
                        add(!has_place(content, &place), "anchor", format!("{}#{place}", content.id));
                    }
                }
                "ri:space" => {
                    add(self.space_id(&get("ri:space-key")).is_none(), "space", get("ri:space-key"));
                }
                "ri:attachment" => {
                    let file = get("ri:filename");
                    add(self.lacks_file(&page.id, &file), "file", format!("{}/{file}", page.id));
                }
                "a" => self.address(&get("href"), page, &mut add, &has_place),
                _ => {}
            }
        }
        found
    }

    fn address(
        &self,
        address: &str,
        page: &Content,
        add: &mut impl FnMut(bool, &str, String),
        has_place: &impl Fn(&Content, &str) -> bool,
    ) {
        let (path, place) = address.split_once('#').unwrap_or((address, ""));
        let path = path.trim_start_matches(PUBLIC).trim_start_matches("/wiki");
        if path.is_empty() {
            return add(!has_place(page, place), "anchor", format!("{}#{place}", page.id));
        }
        let parts: Vec<&str> = path.split(['/', '?', '&']).filter(|part| !part.is_empty()).collect();
        let nowhere = |id: &str| self.by_id(id).is_none_or(|content| content.status == Status::Trashed);
        let by_title = |key: &str, title: &str| (self.title(key, &title.replace('+', " ")).0, title.replace('+', " "));
        match parts[..] {
            ["display", key, title] => {
                let (is_broken, title) = by_title(key, title);
                add(is_broken, "page", format!("{key}:{title}"));
            }
            ["pages", "viewpage.action", space, title] => {
                let (key, title) = (space.split_once('=').unwrap().1, title.split_once('=').unwrap().1);
                let (is_broken, title) = by_title(key, title);
                add(is_broken, "page", format!("{key}:{title}"));
            }
            ["pages", "viewpage.action", id] => {
                let id = id.split_once('=').unwrap().1;
                add(nowhere(id), "content", id.to_owned());
            }
            ["spaces", _, "pages", id, _] => {
                add(nowhere(id), "content", id.to_owned());
                if let Some(content) = self.by_id(id).filter(|_| !place.is_empty()) {
                    add(!has_place(content, place), "anchor", format!("{id}#{place}"));
                }
            }
            ["x", code] => {
                let id = self.all_ids().find(|id| tiny(*id) == code).unwrap().to_string();
                add(nowhere(&id), "content", id);
            }
            ["download", "attachments", id, name, _] => add(self.lacks_file(id, name), "file", format!("{id}/{name}")),
            ["spaces", key, "overview"] => add(self.space_id(key).is_none(), "space", key.to_owned()),
            _ => panic!("{address}"),
        }
    }

    /// Returns all ids that links of the test name.
    fn all_ids(&self) -> impl Iterator<Item = u64> + '_ {
        self.site.contents.iter().filter_map(|content| content.id.parse().ok()).chain([77_001, 77_002])
    }
}

/// Returns the rows of a list of links in the form of the independent implementation.
fn listed(harness: &Harness, file: &str) -> Vec<BrokenLink> {
    let list = rows(&harness.data().join("findings").join(file));
    let titles: BTreeMap<String, String> = harness
        .server
        .site(|site| site.contents.iter().map(|content| (content.title.to_lowercase(), content.id.clone())).collect());
    let what = |row: &Row| {
        let id = || match (row["target_id"].as_str(), row["target_title"].to_lowercase()) {
            ("", title) => titles.get(&title).unwrap_or(&row["page_id"]).clone(),
            (id, _) => id.to_owned(),
        };
        match row["target_kind"].as_str() {
            "page" => format!("{}:{}", row["target_space"], row["target_title"]),
            "file" => format!("{}/{}", id(), row["target_file"]),
            "anchor" => format!("{}#{}", id(), row["target_anchor"]),
            "space" => row["target_space"].clone(),
            _ => row["target_id"].clone(),
        }
    };
    list.iter().map(|row| (row["page_id"].clone(), row["target_kind"].clone(), what(row).to_lowercase())).collect()
}

#[test]
fn an_independent_implementation_finds_the_same_broken_links() {
    for (arguments, read) in [(&[][..], &["KB", "HR"][..]), (&["--space", "KB"], &["KB"])] {
        let harness = Harness::start(site(), FaultPlan::none());
        assert_eq!(harness.snapshot(arguments).exits_with(0).json()["complete"], true);
        let found = listed(&harness, "broken_links.csv");
        let expected: BTreeSet<BrokenLink> = harness.server.site(|site| {
            let other = IndependentReader { site, read };
            let is_measured = |content: &&Content| {
                content.kind == ContentType::Page
                    && content.status == Status::Current
                    && read.iter().any(|key| other.space_id(key) == Some(&*content.space_id))
            };
            site.contents.iter().filter(is_measured).flat_map(|page| other.broken(page)).collect()
        });
        let unique: BTreeSet<BrokenLink> = found.iter().cloned().collect();
        assert_eq!(unique.difference(&expected).collect::<Vec<_>>(), Vec::<&BrokenLink>::new(), "not expected");
        assert_eq!(expected.difference(&unique).collect::<Vec<_>>(), Vec::<&BrokenLink>::new(), "not found");
        assert_eq!(unique.len(), found.len(), "each link once");
        assert!(found.len() > 300, "{}", found.len());
        for (id, page) in harness.pages() {
            let links = found.iter().filter(|(of, ..)| *of == id).count();
            assert_eq!(page["broken_internal_links"], links.to_string(), "{id}");
        }
        let archived = listed(&harness, "archived_links.csv");
        assert!(archived.iter().all(|(_, _, what)| ["kb:archived", "191"].contains(&what.as_str())), "{archived:?}");
        assert!(archived.len() > 10, "{}", archived.len());
    }
}

/// The lists are derived from the weeks: they can be written again, and a run of one space keeps the links of others.
#[test]
fn lists_of_links_are_written_again_and_keep_the_links_of_other_spaces() {
    let harness = Harness::start(site(), FaultPlan::none());
    harness.snapshot(&[]).exits_with(0);
    let files = ["broken_links.csv", "archived_links.csv", "external_links.csv"];
    let read = || files.map(|file| std::fs::read_to_string(harness.data().join("findings").join(file)).unwrap());
    let before = read();
    std::fs::remove_dir_all(harness.data().join("findings")).unwrap();
    harness.run(&["history", "export"]).exits_with(0);
    assert_eq!(read(), before);
    harness.snapshot(&["--space", "HR"]).exits_with(0);
    assert_eq!(read(), before);
    // a week restored from its CSV file has the number of links, but not the links
    let week = std::fs::read_dir(harness.data().join("history")).unwrap().next().unwrap().unwrap().path();
    std::fs::write(week.join("pages.parquet"), "damaged").unwrap();
    let repaired = harness.run(&["history", "repair"]).exits_with(0);
    assert!(repaired.stderr.contains("without its lists of links"), "{}", repaired.stderr);
    harness.run(&["history", "export"]).exits_with(0);
    assert_eq!(listed(&harness, "broken_links.csv"), []);
    let page = std::fs::read_to_string(harness.data().join("index.html")).unwrap();
    assert!(page.contains("are not known: only the number was kept"));
    let counts = rows(&harness.data().join(format!("confluence_data_{}.csv", weeks_ago(0))));
    assert!(counts.iter().any(|page| page["broken_internal_links"] != "0"));
    harness.snapshot(&[]).exits_with(0);
    assert_eq!(read(), before);
}

/// A tiny link may lead to content that no list shows, not only to pages and posts.
#[test]
fn a_tiny_link_may_lead_to_a_folder() {
    let body =
        format!("{}{}", href(&format!("{PUBLIC}/x/{}", tiny(1900))), href(&format!("{PUBLIC}/x/{}", tiny(77_001))));
    let of = |faults: FaultPlan| {
        let mut site = Site::new().space("KB", "KB").folder("1900", "Runbooks").page("101", "Home", &body);
        site.public_base = Some(PUBLIC.to_owned());
        let harness = Harness::start(site, faults);
        let run = harness.snapshot(&[]).exits_with(0);
        assert_eq!(run.json()["complete"], true);
        let note = "2 short links whose targets are in no list are not judged: the account may not read whiteboards";
        (listed(&harness, "broken_links.csv"), run.stderr.contains(note))
    };
    let named = |id: &str| ("101".to_owned(), "content".to_owned(), id.to_owned());
    assert_eq!(of(FaultPlan::none()), (vec![named("77001")], false));
    // an account that may not read whiteboards does not know
    let denied = RoutePattern::path("/wiki/api/v2/whiteboards/*").unwrap();
    assert_eq!(of(FaultPlan::none().on(denied, Occurrence::From(1), Fault::status(403))), (vec![], true));
}

/// The list has each address once, for link checkers. The program opens none of them.
#[test]
fn external_links_are_listed_without_credentials_fragments_and_formulas() {
    let long = format!("https://long.example/{}", "a".repeat(100_000));
    let addresses = [
        "https://docs.example/a?b=1&c=2",
        "https://docs.example/a?b=1&c=2#part",
        "https://ann:s3cret@docs.example/private",
        "HTTP://docs.example/=1+1",
        "//cdn.example/@x,\"y\"",
        "javascript:alert(1)",
        "data:text/html,<b>https://x.example</b>",
        "=HYPERLINK(1)",
        "mailto:ann@docs.example",
        &long,
    ];
    let escaped = |address: &str| {
        let address = address.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        format!("<a href=\"{address}\">x</a>")
    };
    let body: String = addresses.iter().map(|address| escaped(address)).collect();
    let mut site = Site::new().space("KB", "KB").page("101", "=1+1", &body).page("102", "Two", &escaped(addresses[0]));
    site.public_base = Some(PUBLIC.to_owned());
    let harness = Harness::start(site, FaultPlan::none());
    harness.snapshot(&["--metrics", "core"]).exits_with(0);
    let list = rows(&harness.data().join("findings/external_links.csv"));
    let of = |id: &str| -> Vec<&str> {
        list.iter().filter(|row| row["page_id"] == id).map(|row| row["external_url"].as_str()).collect()
    };
    let found = of("101");
    assert_eq!(
        found[..4],
        [
            "//cdn.example/@x,\"y\"",
            "HTTP://docs.example/=1+1",
            "https://docs.example/a?b=1&c=2",
            "https://docs.example/private",
        ]
    );
    assert!(found.len() == 5 && found[4].ends_with("a…") && found[4].len() < 10_000, "{}", found.len());
    assert_eq!(of("102"), ["https://docs.example/a?b=1&c=2"]);
    for (id, page) in harness.pages() {
        assert_eq!(page["links_out_external"], of(&id).len().to_string());
        assert!(!page.contains_key("external_links"), "the list is not a column of the CSV files of the weeks");
    }
    let all: Vec<u8> = std::fs::read(harness.data().join("findings/external_links.csv")).unwrap();
    let text = String::from_utf8(all).unwrap();
    assert!(text.contains("\"'=1+1\"") && !text.contains("s3cret"));
}
