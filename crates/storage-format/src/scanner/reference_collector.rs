//! Collects the references of a body, and extracts addresses from elements, styles and text.

use std::collections::HashSet;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::attributes::Attributes;
use crate::extract_urls;
use crate::reference::{Certainty, Construct, ContainerRef, Display, Reference, Target};
use crate::steps::CountedSite;
use crate::url::attachment_digits;

/// The references found in a body so far.
pub(super) struct ReferenceCollector<'a> {
    pub(super) site: CountedSite<'a>,
    references: Vec<Reference>,
}

impl<'a> ReferenceCollector<'a> {
    pub(super) fn new(site: CountedSite<'a>) -> Self {
        Self { site, references: Vec::new() }
    }

    pub(super) fn push(&mut self, reference: Reference) {
        if self.site.steps.are_exhausted() {
            return;
        }
        self.site.steps.count_reference(&reference);
        self.references.push(reference);
    }

    /// Adds the references of a macro or extension. A damaged one may have lost the parameter that names its page.
    pub(super) fn append(&mut self, mut references: Vec<Reference>, damaged: bool) {
        if damaged {
            for reference in &mut references {
                if let Target::File { container: container @ ContainerRef::Own, .. } = &mut reference.target {
                    *container = ContainerRef::Unreadable;
                }
            }
        }
        self.references.append(&mut references);
    }

    /// Adds the files that an address names. `certainty` is the highest that the construct allows.
    pub(super) fn url(&mut self, url: &str, construct: &Construct, display: Display, certainty: Certainty) {
        if self.site.steps.are_exhausted() {
            return;
        }
        for (target, own) in self.site.files(url) {
            let (certainty, display) = (certainty.max(own), target.display_in(display));
            self.push(Reference { target, construct: construct.clone(), display, certainty });
        }
    }

    /// Adds the addresses that an HTML element shows or links to.
    pub(super) fn element_urls(&mut self, name: &str, attributes: Attributes<'_>, in_fallback: impl Fn() -> bool) {
        let (keys, mut display): (&[&str], Display) = match name {
            "a" | "area" => (&["href"], Display::Linked),
            "img" | "iframe" | "embed" | "source" | "video" | "audio" | "track" | "input" => {
                // HTML rendered by Confluence has the address in `data-image-src` too, and copies of it may have it
                // only there
                (&["src", "srcset", "poster", "href", "data-image-src"], Display::Shown)
            }
            "object" => (&["data"], Display::Shown),
            // no other element of storage format is known to have an address, but one with `href` counts
            _ if attributes.0.contains("href=") => (&["href", "xlink:href"], Display::Linked),
            _ => return,
        };
        // a smart link as block or embed shows the file itself
        if name == "a" && matches!(attributes.get("data-card-appearance").as_deref(), Some("block" | "embed")) {
            display = Display::Shown;
        }
        let construct = if in_fallback() { Construct::Fallback } else { Construct::Url };
        if name == "img" && attributes.get("data-linked-resource-type").as_deref() == Some("attachment") {
            let id = attributes.get("data-linked-resource-id");
            if let Some(id) = id.as_deref().and_then(attachment_digits) {
                let target = Target::Attachment { id: id.to_owned(), fallback: None };
                let (construct, certainty) = (construct.clone(), Certainty::Possible);
                self.push(Reference { target, construct, display, certainty });
            }
        }
        for key in keys {
            let Some(value) = attributes.get(key) else { continue };
            if *key == "srcset" {
                self.site.steps.count_read(value.len());
                for url in extract_urls::srcset(&value) {
                    self.url(url, &construct, display, Certainty::Proven);
                }
            } else {
                self.url(&value, &construct, display, Certainty::Proven);
            }
        }
    }

    /// Adds the address that an image links to, and the copy of its own address that the new editor writes next to
    /// `ri:url`.
    pub(super) fn image_urls(&mut self, attributes: Attributes<'_>) {
        for (key, display) in [("ac:href", Display::Linked), ("ac:src", Display::Shown)] {
            if let Some(url) = attributes.get(key) {
                self.url(&url, &Construct::Image, display, Certainty::Proven);
            }
        }
    }

    /// Adds the addresses in `style="…url(…)…"` and in background attributes.
    pub(super) fn attribute_urls(&mut self, attributes: Attributes<'_>) {
        // used for every tag, so it is built only once
        static BACKGROUND: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("ackground"));
        self.site.steps.count_read(attributes.0.len());
        let raw = attributes.0.as_bytes();
        // quick exit for most tags: neither character occurs
        if memchr::memchr2(b'(', b'k', raw).is_none() {
            return;
        }
        if memchr::memchr(b'(', raw).is_none() && BACKGROUND.find(raw).is_none() {
            return;
        }
        for (name, value) in attributes.iter() {
            let value = self.site.steps.decode(value);
            if name.contains("background") {
                self.url(&value, &Construct::Url, Display::Shown, Certainty::Possible);
            }
            for url in extract_urls::style(&value, self.site.steps) {
                self.url(url, &Construct::Url, Display::Shown, Certainty::Possible);
            }
        }
    }

    /// Adds absolute URLs of the site in text or code.
    pub(super) fn text_urls(&mut self, text: &str) {
        let site = self.site;
        extract_urls::text(text, site, |url| {
            self.url(url, &Construct::UrlInText, Display::Linked, Certainty::Possible);
        });
    }

    /// Returns the references without duplicates, in the order of their first occurrence. All wiki markup of a body
    /// becomes one reference.
    pub(super) fn into_references(mut self) -> Vec<Reference> {
        let (mut markup, mut last) = (String::new(), None);
        self.references.retain_mut(|reference| {
            let Target::NamesInText { text } = &mut reference.target else { return true };
            markup.push_str(text);
            markup.push('\n');
            last = Some(reference.construct.clone());
            false
        });
        self.references.extend(last.map(|construct| {
            let target = Target::NamesInText { text: markup };
            Reference { target, construct, display: Display::Linked, certainty: Certainty::Possible }
        }));
        let mut seen = HashSet::with_capacity(self.references.len());
        let first: Vec<bool> = self.references.iter().map(|reference| seen.insert(reference)).collect();
        let mut first = first.into_iter();
        self.references.retain(|_| first.next() == Some(true));
        self.references
    }
}
