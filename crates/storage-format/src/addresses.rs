//! Addresses in elements, styles and text, and what they name on the own site (`storage-format.md` 2.3).

use std::sync::LazyLock;

use html_escape::decode_html_entities;
use memchr::memmem::Finder;

use super::attributes::Attributes;
use super::frame::Kind;
use super::scanner::Scanner;
use super::url::UrlMeaning;
use super::{Certainty, Construct, Display, Reference, html, text_urls};

impl<'a> Scanner<'a> {
    /// The addresses an HTML element shows or links to.
    pub(super) fn element_urls(&mut self, name: &str, attributes: Attributes<'a>) {
        let (keys, mut display): (&[&str], Display) = match name {
            "a" | "area" => (&["href"], Display::Linked),
            "img" | "iframe" | "embed" | "source" | "video" | "audio" | "track" | "input" => {
                (&["src", "srcset", "poster", "href"], Display::Shown)
            }
            "object" => (&["data"], Display::Shown),
            // no other element of storage format is known to hold one; what does is an address all the same
            _ if attributes.0.contains("href=") => (&["href", "xlink:href"], Display::Linked),
            _ => return,
        };
        // a smart link as block or embed shows the file itself
        if name == "a" && matches!(attributes.get("data-card-appearance").as_deref(), Some("block" | "embed")) {
            display = Display::Shown;
        }
        let in_fallback = self.frames.iter().any(|frame| matches!(frame.kind, Kind::Fallback { .. }));
        let construct = if in_fallback { Construct::Fallback } else { Construct::Url };
        for key in keys {
            let Some(value) = attributes.get(key) else { continue };
            if *key == "srcset" {
                for url in html::srcset_urls(&value) {
                    self.url(url, &construct, display, Certainty::Proven);
                }
            } else {
                self.url(&value, &construct, display, Certainty::Proven);
            }
        }
    }

    /// The address an image links to, and the copy of its own that the new editor writes beside `ri:url`.
    pub(super) fn image_urls(&mut self, attributes: Attributes<'a>) {
        for (key, display) in [("ac:href", Display::Linked), ("ac:src", Display::Shown)] {
            if let Some(url) = attributes.get(key) {
                self.url(&url, &Construct::Image, display, Certainty::Proven);
            }
        }
    }

    /// `style="…url(…)…"` and attributes that name a background.
    pub(super) fn attribute_urls(&mut self, attributes: Attributes<'a>) {
        // searched for on every tag, so the searcher is made once
        static BACKGROUND: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("ackground"));
        let raw = attributes.0.as_bytes();
        // a tag with neither letter of what is looked for, as most are, takes one look
        if memchr::memchr2(b'(', b'k', raw).is_none() {
            return;
        }
        if memchr::memchr(b'(', raw).is_none() && BACKGROUND.find(raw).is_none() {
            return;
        }
        for (name, value) in attributes.iter() {
            let value = decode_html_entities(value);
            if name.contains("background") {
                self.url(&value, &Construct::Url, Display::Shown, Certainty::Possible);
            }
            for url in html::style_urls(&value) {
                self.url(url, &Construct::Url, Display::Shown, Certainty::Possible);
            }
        }
    }

    /// `ri:url`: what it is for depends on the element around it.
    pub(super) fn resource_url(&mut self, attributes: Attributes<'a>) {
        let Some(url) = attributes.get("ri:value") else { return };
        for at in (0..self.frames.len()).rev() {
            match &mut self.frames[at].kind {
                Kind::Parameter(parameter) => return parameter.urls.push(url.into_owned()),
                Kind::Image => return self.url(&url, &Construct::Image, Display::Shown, Certainty::Proven),
                Kind::Link => {
                    if let Some(gatherer) = &mut self.gatherer {
                        gatherer.link(&url);
                    }
                    return self.url(&url, &Construct::Link, Display::Linked, Certainty::Proven);
                }
                _ => {}
            }
        }
        self.url(&url, &Construct::Url, Display::Linked, Certainty::Proven);
    }

    /// Complete own-site URLs in text or code.
    pub(super) fn text_urls(&mut self, text: &str) {
        let site = self.site;
        text_urls::each(text, site, |url| self.url(url, &Construct::UrlInText, Display::Linked, Certainty::Possible));
    }

    /// Notes what an address names. `certainty` is the most that its place allows.
    pub(super) fn url(&mut self, url: &str, construct: &Construct, display: Display, certainty: Certainty) {
        if let Some(UrlMeaning::Files(targets)) = self.site.meaning(url) {
            for (target, own) in targets {
                let certainty = certainty.max(own);
                self.body.references.push(Reference { target, construct: construct.clone(), display, certainty });
            }
        }
    }
}
