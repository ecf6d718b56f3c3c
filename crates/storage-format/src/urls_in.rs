//! Addresses inside what is not storage format: rendered HTML (the ADF fallback, the bodies of html and markdown macros),
//! styles, scripts, Markdown, and running text or code.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::reference::Display;
use crate::steps::{LONGEST_ADDRESS, Site, Steps, beginning};
use crate::tokens::{self, Mark};

/// Attributes that hold a URL.
const URL_ATTRIBUTES: [&str; 6] = ["src", "href", "poster", "data", "background", "xlink:href"];

/// Every URL in the attributes and styles of an HTML fragment, with whether it is shown or linked. Tag by tag, whatever
/// their nesting: as a tree, hostile nesting takes time and memory beyond measure.
pub(crate) fn html(fragment: &str, steps: &Steps) -> Vec<(String, Display)> {
    let mut urls = Vec::new();
    for (name, attributes) in tokens::start_tags(fragment, steps) {
        let name = name.to_ascii_lowercase();
        for (key, value) in attributes.iter() {
            push_urls(&name, &key.to_ascii_lowercase(), &steps.decode(value), &mut urls, steps);
        }
    }
    urls
}

fn push_urls(element: &str, key: &str, value: &str, urls: &mut Vec<(String, Display)>, steps: &Steps) {
    // scripts that load pictures late keep the address in `data-src` and the like
    if URL_ATTRIBUTES.contains(&key) || key.starts_with("data-") {
        let display = if matches!(element, "a" | "area") { Display::Linked } else { Display::Shown };
        steps.copy(value.len());
        urls.push((value.to_owned(), display));
    } else if key == "srcset" {
        steps.copy(value.len());
        urls.extend(srcset(value).map(|url| (url.to_owned(), Display::Shown)));
    } else if key == "style" {
        urls.extend(style(value, steps).map(|url| (url.to_owned(), Display::Shown)));
    }
}

/// The URLs of a `srcset`: each up to a blank, then a descriptor up to a comma. A URL may hold commas, but not end in one.
pub(crate) fn srcset(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = value;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (url, behind) = rest.split_at(end);
        let bare = url.trim_end_matches(',');
        rest = if bare.len() < url.len() { behind } else { behind.split_once(',').map_or("", |(_, next)| next) };
        (!bare.is_empty()).then_some(bare)
    })
}

/// The URLs in `url(…)` of a style, in any case.
pub(crate) fn style<'a>(style: &'a str, steps: &'a Steps) -> impl Iterator<Item = &'a str> {
    steps.look(style.len());
    let mut ends = [Mark::new("\""), Mark::new("'"), Mark::new(")")];
    let functions = memchr::memchr_iter(b'(', style.as_bytes()).take_while(|_| !steps.are_used_up());
    functions.filter_map(move |at| {
        let function = style.as_bytes().get(at.checked_sub(3)?..at)?;
        if !function.eq_ignore_ascii_case(b"url") {
            return None;
        }
        let rest = style[at + 1..].trim_start();
        let [double, single, parenthesis] = &mut ends;
        let (end, quoted) = match rest.as_bytes().first()? {
            b'"' => (double, 1),
            b'\'' => (single, 1),
            _ => (parenthesis, 0),
        };
        let start = style.len() - rest.len() + quoted;
        let end = end.find(style, start, steps).unwrap_or(style.len());
        let url = beginning(&style[start..end], LONGEST_ADDRESS);
        steps.copy(url.len());
        Some(url.trim())
    })
}

/// What stands in quotes in the scripts of an HTML fragment: any of it may be an address that the script loads.
pub(crate) fn script<'a>(fragment: &'a str, steps: &Steps) -> impl Iterator<Item = &'a str> {
    // once for the scripts, once for their strings
    steps.look(2 * fragment.len());
    let scripts = fragment.split("<script").skip(1).filter_map(|rest| rest.split("</script").next());
    scripts.flat_map(|script| script.split(['"', '\'', '`'])).filter(|text| text.contains('/'))
}

/// The URLs of Markdown links, images and definitions: `[text](url "title")`, `![alt](url)`, `[id]: url`, `<url>`.
pub(crate) fn markdown<'a>(text: &'a str, steps: &Steps) -> Vec<(&'a str, Display)> {
    let mut urls = Vec::new();
    let mut images = Images { text, read: 0, is_image: false };
    let mut angle_end = Mark::new(">");
    steps.look(3 * text.len());
    for Destination { at, start, end } in destinations(text) {
        if steps.are_used_up() {
            break;
        }
        let url = match text[start..].strip_prefix('<') {
            Some(rest) => match angle_end.find(text, start + 1, steps) {
                Some(end) => &text[start + 1..end],
                None => rest,
            },
            None => &text[start..end],
        };
        let url = beginning(url, LONGEST_ADDRESS);
        steps.copy(url.len());
        urls.push((url, if images.closes_image(at) { Display::Shown } else { Display::Linked }));
    }
    let mut blank = Ahead::new(text, char::is_whitespace);
    for (at, _) in text.match_indices("]:").take_while(|_| !steps.are_used_up()) {
        let start = text.len() - text[at + 2..].trim_start().len();
        let url = beginning(&text[start..blank.find(start, steps)], LONGEST_ADDRESS);
        steps.copy(url.len());
        urls.push((url.trim_matches(['<', '>']), Display::Linked));
    }
    urls
}

/// Where a link of Markdown leads.
struct Destination {
    /// Its `](`.
    at: usize,
    /// Its address, behind any blanks, up to the parenthesis that closes it or a blank.
    start: usize,
    end: usize,
}

/// The destinations of links, found in one pass: the parentheses that are open are kept, those of links by number.
fn destinations(text: &str) -> Vec<Destination> {
    let mut found: Vec<Destination> = Vec::new();
    let mut open: Vec<Option<usize>> = Vec::new();
    for (at, character) in text.char_indices() {
        match character {
            '(' if text[..at].ends_with(']') => {
                open.push(Some(found.len()));
                found.push(Destination { at: at - 1, start: at + 1, end: text.len() });
            }
            // others count inside an address only
            '(' if !open.is_empty() => open.push(None),
            ')' => {
                if let Some(Some(link)) = open.pop() {
                    found[link].end = at;
                }
            }
            blank if blank.is_whitespace() => {
                let innermost = open.last().copied().flatten().filter(|link| found[*link].start == at);
                for link in open.drain(..).flatten() {
                    found[link].end = at;
                }
                // its address has not begun
                if let Some(link) = innermost {
                    found[link].start = at + blank.len_utf8();
                    found[link].end = text.len();
                    open.push(innermost);
                }
            }
            _ => {}
        }
    }
    found
}

/// The brackets of Markdown, read once from the beginning.
struct Images<'a> {
    text: &'a str,
    /// How far it is read.
    read: usize,
    /// Whether the last `[` before stands behind a `!`.
    is_image: bool,
}

impl Images<'_> {
    /// Whether the bracket that closes at `at`, which never goes back, was opened by `![`.
    fn closes_image(&mut self, at: usize) -> bool {
        if let Some(open) = self.text[self.read..at].rfind('[') {
            self.is_image = self.text[..self.read + open].ends_with('!');
        }
        self.read = at;
        self.is_image
    }
}

/// A place in a text that is looked for from the beginning, and only once however often it is asked for.
struct Ahead<'a, F> {
    text: &'a str,
    found: usize,
    is_it: F,
}

impl<'a, F: Fn(char) -> bool> Ahead<'a, F> {
    fn new(text: &'a str, is_it: F) -> Self {
        Self { text, found: 0, is_it }
    }

    /// The first such place at or behind `from`, which never goes back; else the end of the text.
    fn find(&mut self, from: usize, steps: &Steps) -> usize {
        let is_there = self.found >= from && self.text[self.found..].starts_with(&self.is_it);
        if !is_there && self.found < self.text.len() {
            let rest = &self.text[from..];
            self.found = rest.find(&self.is_it).map_or(self.text.len(), |at| from + at);
            steps.look(self.found - from);
        }
        self.found
    }
}

/// Calls `found` with every complete URL in running text and code that may name a file, the only thing there that may be a use: as far
/// as it could reach, and up to where the text around it may have begun, which is told nowhere.
pub(crate) fn text(text: &str, site: Site<'_>, mut found: impl FnMut(&str)) {
    static SCHEME_END: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("://"));
    let steps = site.steps;
    steps.look(text.len());
    let mut run_end = Ahead::new(text, |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '<' | '>' | '`' | '|' | '\\')
    });
    let mut foreign = Ahead::new(text, |c: char| !c.is_ascii());
    let mut colons = SCHEME_END.find_iter(text.as_bytes()).peekable();
    while let Some(colon) = colons.next() {
        if steps.are_used_up() {
            return;
        }
        let scheme_start = text[..colon].bytes().rev().take(5).take_while(u8::is_ascii_alphabetic).count();
        let scheme = &text[colon - scheme_start..colon];
        // a letter glued to the scheme (`xhttps://`) makes it five letters that are no scheme
        let Some(scheme) = ["https", "http"].into_iter().find(|known| {
            scheme.len() >= known.len() && scheme[scheme.len() - known.len()..].eq_ignore_ascii_case(known)
        }) else {
            continue;
        };
        let start = colon - scheme.len();
        let url = beginning(&text[start..run_end.find(start, steps)], LONGEST_ADDRESS);
        if !site.begins_with_address(url) {
            continue;
        }
        found(url);
        // writing without blanks, or an address glued to the next
        let foreign = (foreign.find(start, steps) - start).min(url.len());
        let next = colons.peek().and_then(|next| url.get(..next - start)).map_or(url.len(), |before| {
            let before_scheme = before.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
            steps.look(before.len() - before_scheme);
            before_scheme
        });
        let mut ends = vec![url.len()];
        for end in [url.len(), foreign, next] {
            let bare = without_punctuation(&url[..end]);
            steps.look(end - bare);
            for end in [end, bare] {
                if !ends.contains(&end) {
                    ends.push(end);
                    found(&url[..end]);
                }
            }
        }
    }
}

/// The length of an address without the punctuation at its end.
fn without_punctuation(url: &str) -> usize {
    url.trim_end_matches([')', ']', '}', '.', ',', ';', ':', '!', '?', '*']).len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::url::OwnSite;

    #[test]
    fn urls_of_html() {
        let html = r#"<DIV style="background:url('/a.png')"><A HREF="/b&amp;x">x</a>
            <img src=/c srcset="/d,1.png 1x, /e.png, /f.png 2x"/><br><p>open</div>"#;
        assert_eq!(urls(html), ["/a.png", "/b&x", "/c", "/d,1.png", "/e.png", "/f.png"]);
    }

    #[test]
    fn html_is_read_as_browsers_read_it() {
        for (html, expected) in [
            (r#"<a title="1 < 2 > 0" href="/a">"#, &["/a"][..]),
            (r"<a title=it's href='/a'> it's", &["/a"]),
            ("<img src=/a/>", &["/a/"]),
            (r#"<!--><img src="/a"><!-- <img src="/hidden"> -->"#, &["/a"]),
            (r#"<!--[if !mso]><!--><img src="/a"><!--<![endif]-->"#, &["/a"]),
            (r#"<![CDATA[><img src="/a">]]>"#, &["/a"]),
            (r#"<script>w('<img src="/a">')</script>"#, &["/a"]),
            // what a missing quote swallows in a browser is kept
            (r#"<a title="open><img src='/a'>"#, &["/a"]),
            (
                r#"<A
                HREF = "/a" checked DATA-SRC=/b />"#,
                &["/a", "/b"],
            ),
        ] {
            assert_eq!(urls(html), expected, "{html}");
        }
    }

    fn urls(html: &str) -> Vec<String> {
        let mut urls: Vec<String> = super::html(html, &Steps::unlimited()).into_iter().map(|(url, _)| url).collect();
        urls.sort();
        urls
    }

    #[test]
    fn deep_html_ends_quickly() {
        let html = "<div><b>".repeat(200_000) + r#"<img src="/a.png">"#;
        assert_eq!(urls(&html), ["/a.png"]);
    }

    #[test]
    fn urls_of_markdown() {
        let text = "![x](/a(1).png) [y](</b c> \"t\") [z](/d \"t\")\n[ref]: /e \"t\"";
        assert_eq!(
            markdown(text, &Steps::unlimited()),
            [
                ("/a(1).png", Display::Shown),
                ("/b c", Display::Linked),
                ("/d", Display::Linked),
                ("/e", Display::Linked),
            ]
        );
        let links = |text: &'static str| {
            markdown(text, &Steps::unlimited()).into_iter().map(|(url, _)| url).collect::<Vec<_>>()
        };
        assert_eq!(links("[a](  /b (c)) [d](/e"), ["/b", "/e"]);
        assert_eq!(links("[a]( [b](/c) )"), ["[b](/c)", "/c"]);
        assert_eq!(links("(x) [a](/b(c(d)e) f) [g](/h)"), ["/b(c(d)e)", "/h"]);
        assert_eq!(links("[![p](/q.png)](/r)"), ["/q.png", "/r"]);
    }

    #[test]
    fn complete_urls_of_the_own_site_only() {
        let site = OwnSite::new("https://acme.atlassian.net/wiki", &[]);
        let mut urls = Vec::new();
        let text = "see https://acme.atlassian.net/wiki/download/attachments/1/a(1).pdf, or \
                    (HTTP://acme.atlassian.net/x/y) not https://evil.example/https://acme.atlassian.net.evil/ \
                    nor /wiki/download/attachments/1/b.pdf ://";
        let steps = Steps::unlimited();
        super::text(text, Site::new(&site, &steps), |url| urls.push(url.to_owned()));
        assert_eq!(
            urls,
            [
                "https://acme.atlassian.net/wiki/download/attachments/1/a(1).pdf,",
                "https://acme.atlassian.net/wiki/download/attachments/1/a(1).pdf",
                "HTTP://acme.atlassian.net/x/y)",
                "HTTP://acme.atlassian.net/x/y",
            ]
        );
    }
}
