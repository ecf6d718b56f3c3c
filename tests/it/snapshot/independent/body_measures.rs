//! Measures of a body, computed from its tree by the definitions of the columns.

use std::collections::{BTreeMap, BTreeSet};

use icu_segmenter::options::WordBreakInvariantOptions;
use icu_segmenter::{GraphemeClusterSegmenter, WordSegmenter};
use unicode_normalization::UnicodeNormalization;

use super::addresses::{Address, Hosts};
use super::tree::{Element, Node, tree};

/// Inline elements, which do not separate words.
const WITHIN_WORDS: [&str; 35] = [
    "a",
    "abbr",
    "acronym",
    "b",
    "bdi",
    "bdo",
    "big",
    "cite",
    "code",
    "del",
    "dfn",
    "em",
    "font",
    "i",
    "ins",
    "kbd",
    "label",
    "mark",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "tt",
    "u",
    "var",
    "wbr",
    "ac:link",
    "ac:link-body",
    "ac:plain-text-link-body",
    "ac:inline-comment-marker",
];
/// Macros in the tests that are part of Confluence; all others are of apps.
const OWN_MACROS: [&str; 39] = [
    "anchor",
    "attachments",
    "chart",
    "children",
    "code",
    "contentbylabel",
    "details",
    "excerpt",
    "excerpt-include",
    "expand",
    "gallery",
    "html",
    "iframe",
    "include",
    "info",
    "jira",
    "livesearch",
    "multimedia",
    "noformat",
    "note",
    "panel",
    "profile",
    "profile-picture",
    "roadmap",
    "search",
    "space-attachments",
    "status",
    "tip",
    "toc",
    "unmigrated-wiki-markup",
    "userlister",
    "view-file",
    "viewdoc",
    "viewfile",
    "viewpdf",
    "viewppt",
    "viewxls",
    "warning",
    "widget",
];
const TODO_MARKERS: [&str; 5] = ["TODO", "TBD", "WIP", "FIXME", "DRAFT"];

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Link {
    Id(String),
    /// Without a space, the title is in the space of the body.
    Title {
        title: String,
        space: Option<String>,
        of_post: bool,
    },
}

/// The measures of one body.
#[derive(Debug, Default)]
pub(super) struct BodyMeasures {
    /// Values of the columns that depend on the body alone.
    pub(super) columns: BTreeMap<&'static str, String>,
    /// Words in lower case.
    pub(super) words: Vec<String>,
    pub(super) links: Vec<Link>,
    pub(super) includes: Vec<Link>,
    /// Whether it has images or tables, which a stub must not have.
    pub(super) has_more_than_text: bool,
}

/// Measures a body; `None` if it is not well-formed.
pub(super) fn measure_body(body: &str, hosts: &Hosts) -> Option<BodyMeasures> {
    let root = tree(body)?;
    let mut measures = BodyMeasures::default();
    let mut texts = Texts::default();
    texts.take(&root, false, false);
    let words = words(&texts.shown);
    let seen = root.below(|element| !element.is_unseen());
    let count = |is: &dyn Fn(&Element) -> bool| seen.iter().filter(|(element, _)| is(element)).count();
    let named = |names: &[&str]| count(&|element| element.is(names));
    let images = named(&["ac:image", "img"]);
    let tables = named(&["table"]);
    let macros = macros(&root);
    let uses = |names: &[&str]| macros.iter().filter(|name| names.contains(&name.as_str())).count();
    let panel_nodes = count(&|element| element.name == "ac:adf-node" && element.attribute("type") == Some("panel"));
    let (open, done) = tasks(&root);
    let addresses = addresses(&root, hosts);
    let issues = addresses.iter().filter(|(_, is_issue)| *is_issue).count();
    let outside: BTreeSet<&String> = addresses
        .iter()
        .filter_map(|(address, _)| if let Address::Outside(url) = address { Some(url) } else { None })
        .collect();
    let (levels, skips) = headings(&root);
    let distinct: BTreeSet<&str> = macros.iter().map(String::as_str).collect();
    let marked = words.iter().filter(|word| TODO_MARKERS.contains(&word.as_str())).count();
    for (column, value) in [
        ("body_bytes", body.len()),
        ("word_count", words.len()),
        ("char_count", characters(&texts.shown)),
        ("reading_minutes", words.len().div_ceil(238)),
        ("heading_count", levels.len()),
        ("max_heading_level", levels.iter().copied().max().unwrap_or(0)),
        ("heading_skips", skips),
        ("table_count", tables),
        ("table_cells", named(&["td", "th"])),
        ("max_table_rows", longest_table(&root)),
        ("image_count", images),
        ("images_without_alt", count(&lacks_alternative_text)),
        ("code_block_count", uses(&["code", "noformat"]) + named(&["pre"])),
        ("code_char_count", characters(&texts.code)),
        ("panel_count", uses(&["info", "note", "tip", "warning", "panel"]) + panel_nodes),
        ("expand_count", uses(&["expand"])),
        ("macro_count", macros.len()),
        ("unknown_macro_count", macros.iter().filter(|name| !OWN_MACROS.contains(&name.as_str())).count()),
        ("task_open", open),
        ("task_done", done),
        ("mention_count", named(&["ri:user"])),
        ("jira_link_count", uses(&["jira", "jiraissues"]) + issues),
        ("links_out_external", outside.len()),
        ("todo_markers", marked),
        ("template_residue", named(&["ac:placeholder"])),
    ] {
        measures.columns.insert(column, value.to_string());
    }
    measures.columns.insert("macro_names", distinct.into_iter().collect::<Vec<_>>().join(";"));
    measures.words = words.iter().map(|word| word.to_lowercase()).collect();
    measures.has_more_than_text = images + tables > 0;
    measures.includes = included(&root);
    measures.links = named_pages(&root);
    measures.links.extend(addresses.into_iter().filter_map(|(address, _)| match address {
        Address::Page(link) => Some(link),
        Address::Outside(_) | Address::Other => None,
    }));
    measures.links.extend(measures.includes.clone());
    Some(measures)
}

/// The visible text and the text of code.
#[derive(Default)]
struct Texts {
    shown: String,
    code: String,
}

impl Texts {
    fn take(&mut self, element: &Element, in_link: bool, in_code: bool) {
        for child in &element.children {
            match child {
                Node::Text(text) => self.put(text, in_code),
                // outside of a link, it is the text of a macro
                Node::Cdata(text) if in_link => self.put(text, in_code),
                Node::Cdata(_) => {}
                Node::Element(child) => self.take_child(element, child, in_link, in_code),
            }
        }
    }

    fn take_child(&mut self, parent: &Element, child: &Element, in_link: bool, in_code: bool) {
        let separates_words = !child.is(&WITHIN_WORDS) && !child.name.starts_with("ri:");
        if separates_words {
            self.put(" ", in_code);
        }
        let before = self.shown.len() + self.code.len();
        if child.name == "ac:plain-text-body" && parent.macro_name().is_some_and(|name| is_code(&name)) {
            self.code.push_str(&child.whole_text());
            self.code.push('\n');
        } else if child.name == "pre" {
            self.take(child, in_link, true);
            self.code.push('\n');
        } else if !child.is_unseen() && child.name != "ac:placeholder" {
            let in_link = in_link || child.is(&["ac:link-body", "ac:plain-text-link-body"]);
            self.take(child, in_link, in_code);
        }
        // for a link without a text, Confluence shows a default text
        if separates_words || (child.name == "ac:link" && self.shown.len() + self.code.len() == before) {
            self.put(" ", in_code);
        }
    }

    fn put(&mut self, text: &str, in_code: bool) {
        if in_code { self.code.push_str(text) } else { self.shown.push_str(text) }
    }
}

fn is_code(name: &str) -> bool {
    matches!(name, "code" | "noformat")
}

/// Splits a text into words with ICU.
fn words(text: &str) -> Vec<String> {
    let text: String = text.nfc().collect();
    let segmenter = WordSegmenter::new_dictionary(WordBreakInvariantOptions::default());
    let mut start = 0;
    let mut words = Vec::new();
    for (end, kind) in segmenter.segment_str(&text).iter_with_word_type() {
        if kind.is_word_like() {
            words.push(text[start..end].to_owned());
        }
        start = end;
    }
    words
}

/// Counts characters as people see them; consecutive white space counts as one.
fn characters(text: &str) -> usize {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    GraphemeClusterSegmenter::new().segment_str(&text).count().saturating_sub(1)
}

/// Returns the levels of the headings, and how many headings skip a level.
fn headings(root: &Element) -> (Vec<usize>, usize) {
    let level = |element: &Element| match element.name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(usize::from(level - b'0')),
        _ => None,
    };
    let levels: Vec<usize> =
        root.below(|element| !element.is_unseen()).into_iter().filter_map(|(element, _)| level(element)).collect();
    let skips = levels.windows(2).filter(|pair| pair[1] > pair[0] + 1).count();
    (levels, skips)
}

fn longest_table(root: &Element) -> usize {
    let seen = root.below(|element| !element.is_unseen());
    let rows_of = |table: &Element| {
        let rows = seen.iter().filter(|(element, _)| element.name == "tr");
        let own = rows.filter(|(_, around)| {
            around.iter().rfind(|element| element.name == "table").is_some_and(|nearest| std::ptr::eq(*nearest, table))
        });
        own.count()
    };
    seen.iter().filter(|(element, _)| element.name == "table").map(|(table, _)| rows_of(table)).max().unwrap_or(0)
}

fn lacks_alternative_text(element: &Element) -> bool {
    let text = match element.name.as_str() {
        "ac:image" => element.attribute("ac:alt"),
        "img" => element.attribute("alt"),
        _ => return false,
    };
    text.is_none_or(|text| text.trim().is_empty())
}

/// Returns the names of all macros and the keys of all extensions, once per use.
fn macros(root: &Element) -> Vec<String> {
    let name = |element: &Element| {
        if element.name != "ac:adf-extension" {
            return element.macro_name();
        }
        let values = element.below(|_| true);
        let key = values.iter().find(|(value, _)| value.attribute("key") == Some("extension-key"))?;
        Some(key.0.whole_text().trim().to_lowercase())
    };
    root.below(|element| !element.is_unseen()).into_iter().filter_map(|(element, _)| name(element)).collect()
}

/// Counts the open and the completed tasks.
fn tasks(root: &Element) -> (usize, usize) {
    let seen = root.below(|element| !element.is_unseen());
    let tasks: Vec<&Element> = seen.into_iter().map(|(element, _)| element).filter(|e| e.name == "ac:task").collect();
    let is_done = |task: &&&Element| {
        task.elements().any(|child| child.name == "ac:task-status" && child.whole_text().trim() == "complete")
    };
    let done = tasks.iter().filter(is_done).count();
    (tasks.len() - done, done)
}

/// Returns the addresses that readers can follow, and whether each is a Jira issue.
fn addresses(root: &Element, hosts: &Hosts) -> Vec<(Address, bool)> {
    let seen = root.below(|element| !element.is_unseen());
    let address = |(element, around): &(&Element, Vec<&Element>)| match element.name.as_str() {
        "a" | "area" => element.attribute("href").map(str::to_owned),
        "ri:url" if around.last().is_some_and(|parent| parent.name == "ac:link") => {
            element.attribute("ri:value").map(str::to_owned)
        }
        _ => None,
    };
    seen.iter().filter_map(address).map(|url| (hosts.address(&url), Hosts::is_issue(&url))).collect()
}

/// Returns whether a title is a keyword of macros for a page by its position in the tree.
fn is_tree_keyword(title: &str) -> bool {
    matches!(title.trim().to_lowercase().as_str(), "@self" | "@home" | "@parent" | "@none")
}

/// Returns the page that an element identifies.
fn page(element: &Element) -> Option<Link> {
    if !element.is(&["ri:page", "ri:blog-post", "ri:content-entity"]) {
        return None;
    }
    let filled = |name| element.attribute(name).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    if let Some(id) = filled("ri:content-id") {
        return Some(Link::Id(id));
    }
    let title = element.attribute("ri:content-title")?.to_owned();
    if element.name == "ri:page" && is_tree_keyword(&title) {
        return None;
    }
    Some(Link::Title { title, space: filled("ri:space-key"), of_post: element.name == "ri:blog-post" })
}

/// Returns the pages that identifiers in the text and in parameters of macros name. Identifiers within a file are left out:
/// they name the container of the file.
fn named_pages(root: &Element) -> Vec<Link> {
    let all = root.below(|element| element.name != "ri:attachment");
    let is_link = |around: &[&Element]| {
        let hidden = around.iter().position(|element| element.is_unseen());
        // a parameter of a macro that is itself visible
        hidden.is_none_or(|at| at > 0 && around[at].name == "ac:parameter" && around[at - 1].macro_name().is_some())
    };
    all.into_iter().filter(|(_, around)| is_link(around)).filter_map(|(element, _)| page(element)).collect()
}

/// Returns the pages that macros include.
fn included(root: &Element) -> Vec<Link> {
    let mut pages = Vec::new();
    for (element, _) in root.below(|element| !element.is_unseen()) {
        if !element.macro_name().is_some_and(|name| matches!(name.as_str(), "include" | "excerpt-include")) {
            continue;
        }
        let parameters: Vec<&Element> = element.elements().filter(|child| child.name == "ac:parameter").collect();
        let named: Vec<Link> = parameters
            .iter()
            .flat_map(|parameter| parameter.below(|_| true))
            .filter_map(|(element, _)| page(element))
            .collect();
        if !named.is_empty() {
            pages.extend(named);
            continue;
        }
        // the format of the old editor: a title, or a space key and a title
        let is_default = |parameter: &&&Element| {
            matches!(parameter.attribute("ac:name").unwrap_or_default(), "" | "default-parameter")
        };
        let text = parameters.iter().find(is_default);
        let Some(text) = text.map(|text| text.whole_text().trim().to_owned()) else { continue };
        let (space, title) = match text.split_once(':') {
            // a space character after the colon makes it part of the title
            Some((space, title)) if !space.contains(' ') && !title.starts_with(char::is_whitespace) => {
                (Some(space.to_owned()), title.to_owned())
            }
            _ => (None, text),
        };
        // an identifier has no text
        if title.is_empty() || is_tree_keyword(&title) {
            continue;
        }
        pages.push(Link::Title { title, space, of_post: false });
    }
    pages
}
