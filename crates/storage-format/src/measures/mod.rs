//! What a body measures: words, structure and links. A new measure is a field of [`Measures`] and the place below where the
//! [`Gatherer`] takes it down.
//!
//! The scanner tells the gatherer what it meets; the text is counted when the body is read. An audit needs none of it and
//! makes no gatherer.

mod links;
mod sketch;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::attributes::Attributes;
use crate::elements::joins_words;
use crate::macros::call::MacroCall;
use crate::macros::table::{Part, is_own, part};
use crate::reference::{ContainerRef, PageLink};
use crate::steps::Site;

pub use sketch::Sketch;
pub use text::TodoMarkers;

/// Counts and marks of one body.
///
/// *Visible text* is what the body itself shows to readers: paragraphs, headings, cells, captions, link texts, tasks
/// and the rich text inside macros. It is not what Confluence or a macro fills in when the page is shown (the titles of
/// links without a text, names in mentions, dates, emoticons, lists of children), and not macro parameters,
/// placeholders, code, or the rendered copy that the editor keeps of its own nodes (`ac:adf-fallback`).
///
/// Of a body that is not well-formed the measures are approximate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measures {
    /// Words of visible text: the segments of Unicode's UAX #29 that hold a letter or digit. By that rule each Han,
    /// Hiragana and Thai character is a word of its own, a run of Katakana is one word, and Korean is counted by its
    /// blanks.
    pub words: u32,
    /// Characters of visible text as people see them (grapheme clusters of UAX #29). Blanks at both ends do not count,
    /// and a run of blanks, line breaks included, counts as one.
    pub characters: u32,
    /// `code` and `noformat` macros.
    pub code_blocks: u32,
    /// Words in them, by the same rule; they are not in `words`.
    pub code_words: u32,
    /// Characters in them, by the same rule; they are not in `characters`.
    pub code_characters: u32,
    /// Size of the raw body in bytes of UTF-8.
    pub body_bytes: u64,
    /// `h1`–`h6` elements.
    pub headings: u32,
    /// The deepest level among them, 1–6; 0 without headings.
    pub max_heading_level: u8,
    /// Headings more than one level below the heading before them. The first heading skips nothing.
    pub heading_skips: u32,
    /// `table` elements, those inside other tables too.
    pub tables: u32,
    /// `td` and `th` elements of all tables.
    pub table_cells: u32,
    /// Rows of the longest table; the rows of a table inside it are not its own.
    pub max_table_rows: u32,
    /// `ac:image` and `img` elements.
    pub images: u32,
    /// Those whose `ac:alt` or `alt` is missing or blank.
    pub images_without_alt: u32,
    /// Macros `info`, `note`, `tip`, `warning` and `panel`, and the new editor's panel nodes.
    pub panels: u32,
    /// `expand` macros.
    pub expands: u32,
    /// Uses of each macro, by name in lower case, and of each app extension, by extension key in lower case.
    pub macros: BTreeMap<String, u32>,
    /// Tasks whose status is not `complete`.
    pub tasks_open: u32,
    /// Tasks whose status is `complete`.
    pub tasks_done: u32,
    /// Mentions of people: `ri:user` outside macro parameters.
    pub mentions: u32,
    /// `jira` and `jiraissues` macros, and links to `…/browse/KEY-1` on any host.
    pub jira_links: u32,
    /// Addresses on other hosts that the body links to (`http` and `https`), each once, without the part behind `#`.
    pub external_links: BTreeSet<String>,
    /// Pages that `include` and `excerpt-include` macros show, each once. They are among the body's page links too.
    pub includes: Vec<PageLink>,
    /// `ac:placeholder` elements: parts of a template that nobody has filled in.
    pub placeholders: u32,
    /// The words of [`TodoMarkers`] in visible text, as whole words and in their case.
    pub todo_markers: u32,
    /// Equal for texts of the same words, whatever their case, markup, blanks and punctuation: 128 bits of SHA-256 in
    /// hexadecimal. `None` below 20 words.
    pub text_hash: Option<String>,
    /// For texts that are nearly the same. `None` below 20 words.
    pub sketch: Option<Sketch>,
    /// Language of the visible text as ISO 639-3 code (`eng`, `deu`, `jpn`). `None` below 20 words, and where the
    /// text leaves a doubt.
    pub language: Option<String>,
}

impl Measures {
    /// Whether a macro or extension, by its name in lower case, is not Confluence's own: of an app, or left behind by one.
    pub fn is_foreign(name: &str) -> bool {
        !is_own(name)
    }

    /// Uses of macros and extensions that are not Confluence's own.
    pub fn foreign_macros(&self) -> u64 {
        self.macros.iter().filter(|(name, _)| Self::is_foreign(name)).map(|(_, uses)| u64::from(*uses)).sum()
    }
}

/// What is known of a body's measures before its end.
pub(crate) struct Gatherer<'a> {
    site: Site<'a>,
    todo: &'a TodoMarkers,
    measures: Measures,
    page_links: Vec<PageLink>,
    /// Visible text with its entities undecoded.
    text: String,
    /// Text of the code blocks, decoded.
    code: String,
    /// Whether a macro is open whose body is such text.
    in_code: bool,
    /// Open elements whose content readers do not see: parameters, rendered copies, machine text.
    unseen: usize,
    /// Open `ac:placeholder` elements.
    placeholders: usize,
    /// Rows of each open table, the innermost last.
    open_tables: Vec<u32>,
    last_heading: Option<u8>,
    tasks: u32,
    /// Length of `text` where the open link began.
    link_start: usize,
}

impl<'a> Gatherer<'a> {
    pub(crate) fn new(site: Site<'a>, todo: &'a TodoMarkers) -> Self {
        Self {
            site,
            todo,
            measures: Measures::default(),
            page_links: Vec::new(),
            text: String::new(),
            code: String::new(),
            in_code: false,
            unseen: 0,
            placeholders: 0,
            open_tables: Vec::new(),
            last_heading: None,
            tasks: 0,
            link_start: 0,
        }
    }

    /// An element begins.
    pub(crate) fn open(&mut self, name: &str, attributes: Attributes<'_>) {
        if self.unseen > 0 {
            return;
        }
        if !joins_words(name) {
            self.text.push(' ');
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(name.as_bytes()[1] - b'0'),
            "table" => {
                self.measures.tables += 1;
                self.open_tables.push(0);
            }
            "tr" => self.table_row(),
            "td" | "th" => self.measures.table_cells += 1,
            "ac:image" => self.image(attributes, "ac:alt"),
            "img" => self.image(attributes, "alt"),
            "ac:task" => self.tasks += 1,
            "ac:placeholder" => {
                self.measures.placeholders += 1;
                self.placeholders += 1;
            }
            "ac:adf-node" if attributes.get("type").as_deref() == Some("panel") => self.measures.panels += 1,
            "ri:user" => self.measures.mentions += 1,
            "ac:link" => self.link_start = self.text.len(),
            "a" | "area" => {
                if let Some(href) = attributes.get("href") {
                    self.link(&href);
                }
            }
            _ => {}
        }
    }

    /// An element ends.
    pub(crate) fn close(&mut self, name: &str) {
        if self.unseen > 0 {
            return;
        }
        match name {
            "table" => drop(self.open_tables.pop()),
            "ac:placeholder" => self.placeholders = self.placeholders.saturating_sub(1),
            _ => {}
        }
        // a link without a text of its own shows a title or a name, which parts the words around it
        if !joins_words(name) || (name == "ac:link" && self.text.len() == self.link_start) {
            self.text.push(' ');
        }
    }

    /// An element begins whose content readers do not see.
    pub(crate) fn unseen_begins(&mut self) {
        self.unseen += 1;
    }

    /// Such an element ends.
    pub(crate) fn unseen_ends(&mut self) {
        self.unseen -= 1;
    }

    /// Text of the page, its entities undecoded.
    pub(crate) fn visible(&mut self, raw: &str) {
        if self.unseen == 0 && self.placeholders == 0 {
            self.site.steps.copy(raw.len());
            self.text.push_str(raw);
        }
    }

    /// The text of `ac:task-status`.
    pub(crate) fn task_status(&mut self, raw: &str) {
        if self.unseen == 1 && raw.trim() == "complete" {
            self.measures.tasks_done += 1;
        }
    }

    /// What stands in the body of a macro that is no markup.
    pub(crate) fn plain_text_body(&mut self, macro_name: &str, text: &str) {
        if self.in_code && part(macro_name) == Part::Code {
            self.site.steps.copy(text.len());
            self.code.push_str(text);
        }
    }

    /// A macro begins; `name` is in lower case.
    pub(crate) fn macro_begins(&mut self, name: &str) {
        if self.unseen > 0 || name.is_empty() {
            return;
        }
        *self.measures.macros.entry(name.to_owned()).or_default() += 1;
        match part(name) {
            Part::Panel => self.measures.panels += 1,
            Part::Expand => self.measures.expands += 1,
            Part::Jira => self.measures.jira_links += 1,
            Part::Code => {
                self.measures.code_blocks += 1;
                self.in_code = true;
            }
            Part::Include | Part::Other => {}
        }
    }

    /// A macro ends: the pages it names are links, as Confluence itself counts them.
    pub(crate) fn macro_ends(&mut self, call: &MacroCall) {
        if self.unseen > 0 {
            return;
        }
        let part = part(&call.name);
        if part == Part::Code {
            self.in_code = false;
            // the words of two code blocks never make up one
            self.code.push('\n');
        }
        let pages = call.parameters.iter().flat_map(|parameter| &parameter.pages);
        let mut pages: Vec<PageLink> = pages.cloned().filter_map(PageLink::to).collect();
        if part == Part::Include {
            if pages.is_empty() {
                pages.extend(links::included_page(call));
            }
            self.measures.includes.extend_from_slice(&pages);
        }
        self.page_links.append(&mut pages);
    }

    /// An app extension ends.
    pub(crate) fn extension_ends(&mut self, call: &MacroCall) {
        if self.unseen > 0 {
            return;
        }
        if let Some(key) = call.text("extensionkey") {
            *self.measures.macros.entry(key.trim().to_lowercase()).or_default() += 1;
        }
    }

    /// An identifier element that is no part of another one.
    pub(crate) fn page(&mut self, container: ContainerRef) {
        if self.unseen == 0 {
            self.page_links.extend(PageLink::to(container));
        }
    }

    /// An address that readers can follow, decoded.
    pub(crate) fn link(&mut self, address: &str) {
        if self.unseen > 0 {
            return;
        }
        // a page of the site, another host, and an issue, each told from the whole address
        self.site.steps.copy(address.len());
        self.measures.jira_links += u32::from(links::is_jira_issue(address));
        self.page_links.extend(links::own_page(address, self.site));
        self.measures.external_links.extend(links::external_target(address, &self.site));
    }

    /// The body is read.
    pub(crate) fn finish(mut self, body_bytes: usize) -> (Measures, Vec<PageLink>) {
        let mut measures = self.measures;
        let steps = self.site.steps;
        // words, characters and language, each by the rules of Unicode
        steps.copy(4 * (self.text.len() + self.code.len()));
        let text = steps.decode(&self.text);
        let (words, code) = (text::Words::of(&text, self.todo), text::Words::of(&self.code, self.todo));
        (measures.words, measures.characters) = (words.count, text::characters(&text));
        (measures.code_words, measures.code_characters) = (code.count, text::characters(&self.code));
        measures.todo_markers = words.todo_markers;
        measures.text_hash = words.hash();
        measures.sketch = words.sketch();
        measures.language = words.are_enough().then(|| text::language(&text)).flatten();
        measures.body_bytes = body_bytes as u64;
        measures.tasks_open = self.tasks.saturating_sub(measures.tasks_done);
        links::deduplicate(&mut measures.includes);
        links::deduplicate(&mut self.page_links);
        (measures, self.page_links)
    }

    fn heading(&mut self, level: u8) {
        self.measures.headings += 1;
        self.measures.max_heading_level = self.measures.max_heading_level.max(level);
        if self.last_heading.is_some_and(|last| level > last + 1) {
            self.measures.heading_skips += 1;
        }
        self.last_heading = Some(level);
    }

    fn table_row(&mut self) {
        if let Some(rows) = self.open_tables.last_mut() {
            *rows += 1;
            self.measures.max_table_rows = self.measures.max_table_rows.max(*rows);
        }
    }

    fn image(&mut self, attributes: Attributes<'_>, alt: &str) {
        self.measures.images += 1;
        if attributes.get(alt).is_none_or(|text| text.trim().is_empty()) {
            self.measures.images_without_alt += 1;
        }
    }
}

#[cfg(test)]
mod tests;
