//! The places that a body has, and the links to places that it holds, gathered while it is read.

use super::anchors::{self, Anchors};
use super::{Measures, links};
use crate::attributes::Attributes;
use crate::macros::call::MacroCall;
use crate::macros::table::sets_no_anchors;
use crate::reference::{PageLink, PlaceLink};
use crate::steps::{LONGEST_KEY, Steps, beginning};

/// What is known of them before the end of the body.
pub(super) struct Places<'a> {
    steps: &'a Steps,
    links: Vec<PlaceLink>,
    anchors: Anchors,
    open_links: Vec<OpenLink>,
    /// Length of the visible text where the open heading began.
    heading_start: Option<usize>,
}

/// An `ac:link` that is open.
struct OpenLink {
    /// The place it leads to, as written.
    anchor: Option<String>,
    /// It names what it leads to; one that does not leads to the own page.
    has_target: bool,
}

impl<'a> Places<'a> {
    pub(super) fn new(steps: &'a Steps) -> Self {
        Self { steps, links: Vec::new(), anchors: Anchors::default(), open_links: Vec::new(), heading_start: None }
    }

    /// An element begins.
    pub(super) fn open(&mut self, name: &str, attributes: Attributes<'_>) {
        if name == "ac:link" {
            self.may_show_a_card(attributes, "ac:card-appearance");
            let anchor = attributes.get("ac:anchor").map(|anchor| beginning(&anchor, LONGEST_KEY).to_owned());
            let anchor = anchor.filter(|anchor| !anchors::is_of_every_page(anchor));
            self.open_links.push(OpenLink { anchor, has_target: false });
        } else if name.starts_with("ri:") {
            if let Some(link) = self.open_links.last_mut() {
                link.has_target = true;
            }
            // without a text of its own the link shows the name of that
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
                self.steps.copy(anchor.len());
                self.anchors.add(&anchor);
            }
        }
    }

    /// A link that is shown as a card bears the name of what it leads to.
    fn may_show_a_card(&mut self, attributes: Attributes<'_>, key: &str) {
        if self.heading_start.is_some() && attributes.get(key).is_some() {
            self.heading_is_not_known();
        }
    }

    /// An `ac:link` ends: one that names no target leads to a place of its own page.
    pub(super) fn link_ends(&mut self) {
        if let Some(OpenLink { anchor: Some(anchor), has_target: false }) = self.open_links.pop() {
            self.link(None, anchor);
        }
    }

    /// A page that the open link names.
    pub(super) fn page(&mut self, page: &PageLink) {
        if page.is_of_content()
            && let Some(anchor) = self.open_links.last().and_then(|link| link.anchor.clone())
        {
            self.link(Some(page.clone()), anchor);
        }
    }

    /// An address that readers can follow, with the page of the own site that it leads to.
    pub(super) fn address(&mut self, address: &str, page: Option<&PageLink>) {
        let is_shown = |page: &PageLink| page.is_of_content() && !matches!(page, PageLink::Perhaps(_));
        let is_own = page.is_some_and(is_shown) || address.trim_start().starts_with('#');
        if let Some(anchor) = links::place(address).filter(|_| is_own) {
            self.link(page.cloned(), anchor);
        }
    }

    fn link(&mut self, page: Option<PageLink>, anchor: String) {
        self.steps.copy(size_of::<PlaceLink>() + anchor.len());
        self.links.push(PlaceLink { page, anchor });
    }

    /// A heading begins where the visible text has this length.
    pub(super) fn heading_begins(&mut self, at: usize) {
        self.heading_start = Some(at);
    }

    /// A heading ends; `visible` is the text so far, its entities undecoded.
    pub(super) fn heading_ends(&mut self, visible: &str) {
        let Some(start) = self.heading_start.take() else { return };
        let raw = visible.get(start..).unwrap_or_default();
        let name = self.steps.decode(beginning(raw, 4 * LONGEST_KEY));
        self.steps.copy(name.len());
        self.anchors.add(&name);
    }

    /// Something in the open heading shows a text that the body does not hold, which is part of its name.
    pub(super) fn heading_is_not_known(&mut self) {
        if self.heading_start.is_some() {
            self.anchors.are_not_all_known();
        }
    }

    /// A macro begins; `name` is in lower case.
    pub(super) fn macro_begins(&mut self, name: &str) {
        if name != "anchor" {
            self.heading_is_not_known();
        }
        if !sets_no_anchors(name) {
            self.anchors.are_not_all_known();
        }
    }

    /// A macro ends.
    pub(super) fn macro_ends(&mut self, call: &MacroCall) {
        if call.name == "anchor"
            && let Some(anchor) = ["", "defaultparameter", "name"].into_iter().find_map(|name| call.text(name))
        {
            self.anchors.add(anchor);
        }
    }

    /// An app extension shows what it likes.
    pub(super) fn extension_ends(&mut self) {
        self.anchors.are_not_all_known();
    }

    /// The body is read.
    pub(super) fn finish(mut self, measures: &mut Measures) {
        links::deduplicate(&mut self.links);
        (measures.place_links, measures.anchors) = (self.links, self.anchors);
    }
}
