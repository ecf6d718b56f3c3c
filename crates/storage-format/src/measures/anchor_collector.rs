//! Collects the anchors of a body, and its links to anchors, while the scanner reads it.

use super::anchors::{Anchors, is_built_in};
use super::{Measures, links};
use crate::attributes::Attributes;
use crate::macros::call::MacroCall;
use crate::macros::table::sets_no_anchors;
use crate::reference::{AnchorLink, PageLink};
use crate::steps::{MAX_KEY_BYTES, Steps, prefix};

/// The anchors and links found so far.
pub(super) struct AnchorCollector<'a> {
    steps: &'a Steps,
    links: Vec<AnchorLink>,
    anchors: Anchors,
    open_links: Vec<OpenLink>,
    /// Length of the visible text where the open heading began.
    heading_start: Option<usize>,
}

/// An `ac:link` that is open.
struct OpenLink {
    /// The anchor that it leads to, as written.
    anchor: Option<String>,
    /// Whether it names a target. A link without one leads to its own page.
    has_target: bool,
}

impl<'a> AnchorCollector<'a> {
    pub(super) fn new(steps: &'a Steps) -> Self {
        Self { steps, links: Vec::new(), anchors: Anchors::default(), open_links: Vec::new(), heading_start: None }
    }

    /// Called when an element begins.
    pub(super) fn open(&mut self, name: &str, attributes: Attributes<'_>) {
        if name == "ac:link" {
            self.may_show_a_card(attributes, "ac:card-appearance");
            let anchor = attributes.get("ac:anchor").map(|anchor| prefix(&anchor, MAX_KEY_BYTES).to_owned());
            let anchor = anchor.filter(|anchor| !is_built_in(anchor));
            self.open_links.push(OpenLink { anchor, has_target: false });
        } else if name.starts_with("ri:") {
            if let Some(link) = self.open_links.last_mut() {
                link.has_target = true;
            }
            // a link without a text shows the name of its target
            if !self.open_links.is_empty() {
                self.heading_is_not_known();
            }
        } else if matches!(name, "ac:emoticon" | "ac:placeholder" | "time") {
            self.heading_is_not_known();
        } else if attributes.0.len() > 4 && !name.contains(':') {
            if name == "a" {
                self.may_show_a_card(attributes, "data-card-appearance");
            }
            for anchor in ["id", "name"].into_iter().filter_map(|key| attributes.get(key)) {
                self.steps.count_copy(anchor.len());
                self.anchors.add(&anchor);
            }
        }
    }

    /// Checks whether a link is shown as a card, which shows the name of its target.
    fn may_show_a_card(&mut self, attributes: Attributes<'_>, key: &str) {
        if self.heading_start.is_some() && attributes.get(key).is_some() {
            self.heading_is_not_known();
        }
    }

    /// Called when an `ac:link` ends. A link without a target leads to an anchor of its own page.
    pub(super) fn link_ends(&mut self) {
        if let Some(OpenLink { anchor: Some(anchor), has_target: false }) = self.open_links.pop() {
            self.link(None, anchor);
        }
    }

    /// Called for the page that the open link names.
    pub(super) fn page(&mut self, page: &PageLink) {
        if page.is_of_content()
            && let Some(anchor) = self.open_links.last().and_then(|link| link.anchor.clone())
        {
            self.link(Some(page.clone()), anchor);
        }
    }

    /// Called for an address that readers can follow, with the page of the site that it leads to.
    pub(super) fn address(&mut self, address: &str, page: Option<&PageLink>) {
        let is_shown = |page: &PageLink| page.is_of_content() && !matches!(page, PageLink::Perhaps(_));
        let is_own = page.is_some_and(is_shown) || address.trim_start().starts_with('#');
        if let Some(anchor) = links::anchor_of(address).filter(|_| is_own) {
            self.link(page.cloned(), anchor);
        }
    }

    fn link(&mut self, page: Option<PageLink>, anchor: String) {
        self.steps.count_copy(size_of::<AnchorLink>() + anchor.len());
        self.links.push(AnchorLink { page, anchor });
    }

    /// Called when a heading begins. `at` is the length of the visible text so far.
    pub(super) fn heading_begins(&mut self, at: usize) {
        self.heading_start = Some(at);
    }

    /// Called when a heading ends. `visible` is the text so far, with its entities undecoded.
    pub(super) fn heading_ends(&mut self, visible: &str) {
        let Some(start) = self.heading_start.take() else { return };
        let raw = visible.get(start..).unwrap_or_default();
        let name = self.steps.decode(prefix(raw, 4 * MAX_KEY_BYTES));
        self.steps.count_copy(name.len());
        self.anchors.add(&name);
    }

    /// Called when the open heading contains something whose text is not in the body: its anchor is not known.
    pub(super) fn heading_is_not_known(&mut self) {
        if self.heading_start.is_some() {
            self.anchors.are_not_all_known();
        }
    }

    /// Called when a macro begins. `name` is in lower case.
    pub(super) fn macro_begins(&mut self, name: &str) {
        if name != "anchor" {
            self.heading_is_not_known();
        }
        if !sets_no_anchors(name) {
            self.anchors.are_not_all_known();
        }
    }

    pub(super) fn macro_ends(&mut self, call: &MacroCall) {
        if call.name == "anchor"
            && let Some(anchor) = ["", "defaultparameter", "name"].into_iter().find_map(|name| call.text(name))
        {
            self.anchors.add(anchor);
        }
    }

    /// Called when an app extension ends. It may show any headings.
    pub(super) fn extension_ends(&mut self) {
        self.anchors.are_not_all_known();
    }

    pub(super) fn finish(mut self, measures: &mut Measures) {
        links::deduplicate(&mut self.links);
        (measures.place_links, measures.anchors) = (self.links, self.anchors);
    }
}
