//! Collects the measures of a body while the scanner reads it.

use super::anchor_collector::AnchorCollector;
use super::text::TodoMarkers;
use super::{Measures, links, text};
use crate::attributes::Attributes;
use crate::elements::joins_words;
use crate::macros::call::MacroCall;
use crate::macros::table::{MacroCategory, category};
use crate::reference::{ContainerRef, PageLink};
use crate::steps::CountedSite;

/// The measures of a body so far.
pub(crate) struct MeasureCollector<'a> {
    site: CountedSite<'a>,
    todo: &'a TodoMarkers,
    measures: Measures,
    page_links: Vec<PageLink>,
    /// Visible text with its entities undecoded.
    text: String,
    /// Text of the code blocks, decoded.
    code: String,
    /// Whether a code macro is open.
    in_code: bool,
    /// Number of open `pre` elements, whose text is code too.
    preformatted: usize,
    /// Number of open elements whose content readers do not see: parameters, rendered copies, machine text.
    unseen: usize,
    /// Number of open `ac:placeholder` elements.
    placeholders: usize,
    /// Rows of each open table, innermost last.
    open_tables: Vec<u32>,
    last_heading: Option<u8>,
    tasks: u32,
    /// Length of the text where the open link began.
    link_start: usize,
    anchors: AnchorCollector<'a>,
}

impl<'a> MeasureCollector<'a> {
    pub(crate) fn new(site: CountedSite<'a>, todo: &'a TodoMarkers) -> Self {
        Self {
            site,
            todo,
            measures: Measures::default(),
            page_links: Vec::new(),
            text: String::new(),
            code: String::new(),
            in_code: false,
            preformatted: 0,
            unseen: 0,
            placeholders: 0,
            open_tables: Vec::new(),
            last_heading: None,
            tasks: 0,
            link_start: 0,
            anchors: AnchorCollector::new(site.steps),
        }
    }

    /// Called when an element begins.
    pub(crate) fn open(&mut self, name: &str, attributes: Attributes<'_>) {
        if self.unseen > 0 {
            return;
        }
        if !joins_words(name) {
            self.shown_text().push(' ');
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
            "ac:link" => self.link_start = self.shown_text().len(),
            "pre" => {
                self.measures.code_blocks += 1;
                self.preformatted += 1;
            }
            "a" | "area" => {
                if let Some(href) = attributes.get("href") {
                    self.link(&href);
                }
            }
            _ => {}
        }
        self.anchors.open(name, attributes);
    }

    /// Called when an element ends.
    pub(crate) fn close(&mut self, name: &str) {
        if self.unseen > 0 {
            return;
        }
        match name {
            "table" => drop(self.open_tables.pop()),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.anchors.heading_ends(&self.text),
            "ac:link" => self.anchors.link_ends(),
            "ac:placeholder" => self.placeholders = self.placeholders.saturating_sub(1),
            "pre" => {
                self.preformatted = self.preformatted.saturating_sub(1);
                self.code_block_ends();
            }
            _ => {}
        }
        // a link without a text shows a title or a name, which separates the words around it
        let shows_a_name = name == "ac:link" && self.shown_text().len() == self.link_start;
        if shows_a_name {
            self.anchors.heading_is_not_known();
        }
        if shows_a_name || !joins_words(name) {
            self.shown_text().push(' ');
        }
    }

    /// Called when an element begins whose content readers do not see.
    pub(crate) fn unseen_begins(&mut self) {
        self.unseen += 1;
    }

    pub(crate) fn unseen_ends(&mut self) {
        self.unseen -= 1;
    }

    /// Called for text of the page, with its entities undecoded.
    pub(crate) fn visible(&mut self, raw: &str) {
        if self.unseen == 0 && self.placeholders == 0 {
            self.site.steps.count_copy(raw.len());
            if self.preformatted > 0 {
                self.code.push_str(&self.site.steps.decode(raw));
            } else {
                self.text.push_str(raw);
            }
        }
    }

    /// Called for the text of `ac:task-status`.
    pub(crate) fn task_status(&mut self, raw: &str) {
        if self.unseen == 1 && raw.trim() == "complete" {
            self.measures.tasks_done += 1;
        }
    }

    /// Called for the plain text body of a macro.
    pub(crate) fn plain_text_body(&mut self, macro_name: &str, text: &str) {
        if self.in_code && category(macro_name) == MacroCategory::Code {
            self.site.steps.count_copy(text.len());
            self.code.push_str(text);
        }
    }

    /// Called when a macro begins. `name` is in lower case.
    pub(crate) fn macro_begins(&mut self, name: &str) {
        if self.unseen > 0 || name.is_empty() {
            return;
        }
        *self.measures.macros.entry(name.to_owned()).or_default() += 1;
        self.anchors.macro_begins(name);
        match category(name) {
            MacroCategory::Panel => self.measures.panels += 1,
            MacroCategory::Expand => self.measures.expands += 1,
            MacroCategory::Jira => self.measures.jira_links += 1,
            MacroCategory::Code => {
                self.measures.code_blocks += 1;
                self.in_code = true;
            }
            MacroCategory::Include | MacroCategory::Other => {}
        }
    }

    /// Called when a macro ends. The pages that it names are links, as in Confluence itself.
    pub(crate) fn macro_ends(&mut self, call: &MacroCall) {
        if self.unseen > 0 {
            return;
        }
        let category = category(&call.name);
        if category == MacroCategory::Code {
            self.in_code = false;
            self.code_block_ends();
        }
        let pages = call.parameters.iter().flat_map(|parameter| &parameter.pages);
        // a space in a parameter is a scope, not a link
        let mut pages: Vec<PageLink> =
            pages.cloned().filter_map(PageLink::to).filter(PageLink::is_of_content).collect();
        self.anchors.macro_ends(call);
        if category == MacroCategory::Include {
            if pages.is_empty() {
                pages.extend(links::included_page(call));
            }
            self.measures.includes.extend_from_slice(&pages);
        }
        self.page_links.append(&mut pages);
    }

    /// Called when an app extension ends.
    pub(crate) fn extension_ends(&mut self, call: &MacroCall) {
        if self.unseen > 0 {
            return;
        }
        self.anchors.extension_ends();
        if let Some(key) = call.text("extensionkey") {
            *self.measures.macros.entry(key.trim().to_lowercase()).or_default() += 1;
        }
    }

    /// Called for an identifier element that is not part of another one.
    pub(crate) fn page(&mut self, container: ContainerRef) {
        if self.unseen == 0
            && let Some(page) = PageLink::to(container)
        {
            self.anchors.page(&page);
            self.page_links.push(page);
        }
    }

    /// Called for a decoded address that readers can follow.
    pub(crate) fn link(&mut self, address: &str) {
        if self.unseen > 0 {
            return;
        }
        // checks for a page of the site, another host, and an issue, each of the entire address
        self.site.steps.count_copy(address.len());
        self.measures.jira_links += u32::from(links::is_jira_issue(address));
        let page = links::own_page(address, self.site);
        self.anchors.address(address, page.as_ref());
        self.page_links.extend(page);
        self.measures.external_links.extend(links::external_target(address, &self.site));
    }

    /// Called at the end of the body. Returns the measures and page links.
    pub(crate) fn finish(mut self, body_bytes: usize) -> (Measures, Vec<PageLink>) {
        let mut measures = self.measures;
        let steps = self.site.steps;
        // passes for words, characters and language
        steps.count_copy(4 * (self.text.len() + self.code.len()));
        let text = steps.decode(&self.text);
        let (words, code) = (text::TextWords::of(&text, self.todo), text::TextWords::of(&self.code, self.todo));
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
        self.anchors.finish(&mut measures);
        (measures, self.page_links)
    }

    /// Returns the buffer for visible text: code blocks have a separate one.
    fn shown_text(&mut self) -> &mut String {
        if self.preformatted > 0 { &mut self.code } else { &mut self.text }
    }

    /// Separates code blocks, so that words of two blocks are never joined.
    fn code_block_ends(&mut self) {
        self.code.push('\n');
    }

    fn heading(&mut self, level: u8) {
        self.measures.headings += 1;
        self.measures.max_heading_level = self.measures.max_heading_level.max(level);
        if self.last_heading.is_some_and(|last| level > last + 1) {
            self.measures.heading_skips += 1;
        }
        self.last_heading = Some(level);
        self.anchors.heading_begins(self.text.len());
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
