//! Extracts URLs from text that is not storage format: rendered HTML (the ADF fallback, the bodies of html and markdown
//! macros), styles, scripts, Markdown, and running text or code.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::reference::Display;
use crate::steps::{CountedSite, MAX_ADDRESS_BYTES, Steps, prefix};
use crate::tokenizer::{self, DelimiterFinder};

/// Attributes that hold a URL.
const URL_ATTRIBUTES: [&str; 6] = ["src", "href", "poster", "data", "background", "xlink:href"];

/// Returns every URL in the attributes and styles of an HTML fragment, and whether it is shown or linked. Reads tag by
/// tag without building a tree, because hostile nesting would take unlimited time and memory.
pub(crate) fn html(fragment: &str, steps: &Steps) -> Vec<(String, Display)> {
    let mut urls = Vec::new();
    for (name, attributes) in tokenizer::start_tags(fragment, steps) {
        let name = name.to_ascii_lowercase();
        for (key, value) in attributes.iter() {
            push_urls(&name, &key.to_ascii_lowercase(), &steps.decode(value), &mut urls, steps);
        }
    }
    urls
}

fn push_urls(element: &str, key: &str, value: &str, urls: &mut Vec<(String, Display)>, steps: &Steps) {
    // scripts that load images lazily keep the address in `data-src` and similar attributes
    if URL_ATTRIBUTES.contains(&key) || key.starts_with("data-") {
        let display = if matches!(element, "a" | "area") { Display::Linked } else { Display::Shown };
        steps.count_copy(value.len());
        urls.push((value.to_owned(), display));
    } else if key == "srcset" {
        steps.count_copy(value.len());
        urls.extend(srcset(value).map(|url| (url.to_owned(), Display::Shown)));
    } else if key == "style" {
        urls.extend(style(value, steps).map(|url| (url.to_owned(), Display::Shown)));
    }
}

/// Iterates over the URLs of a `srcset`: each up to whitespace, then a descriptor up to a comma. A URL may contain
/// commas, but not end in one.
pub(crate) fn srcset(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = value;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (url, after) = rest.split_at(end);
        let bare = url.trim_end_matches(',');
        rest = if bare.len() < url.len() { after } else { after.split_once(',').map_or("", |(_, next)| next) };
        (!bare.is_empty()).then_some(bare)
    })
}

/// Iterates over the URLs in `url(…)` of a style, in any case.
pub(crate) fn style<'a>(style: &'a str, steps: &'a Steps) -> impl Iterator<Item = &'a str> {
    steps.count_read(style.len());
    let mut ends = [DelimiterFinder::new("\""), DelimiterFinder::new("'"), DelimiterFinder::new(")")];
    let functions = memchr::memchr_iter(b'(', style.as_bytes()).take_while(|_| !steps.are_exhausted());
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
        let url = prefix(&style[start..end], MAX_ADDRESS_BYTES);
        steps.count_copy(url.len());
        Some(url.trim())
    })
}

/// Iterates over the quoted strings in the scripts of an HTML fragment: any of them may be an address that the script
/// loads.
pub(crate) fn script<'a>(fragment: &'a str, steps: &Steps) -> impl Iterator<Item = &'a str> {
    // one pass for the scripts, one for their strings
    steps.count_read(2 * fragment.len());
    let scripts = fragment.split("<script").skip(1).filter_map(|rest| rest.split("</script").next());
    scripts.flat_map(|script| script.split(['"', '\'', '`'])).filter(|text| text.contains('/'))
}

/// Returns the URLs of Markdown links, images and definitions: `[text](url "title")`, `![alt](url)`, `[id]: url`,
/// `<url>`.
pub(crate) fn markdown<'a>(text: &'a str, steps: &Steps) -> Vec<(&'a str, Display)> {
    let mut urls = Vec::new();
    let mut images = ImageBrackets { text, read: 0, is_image: false };
    let mut angle_end = DelimiterFinder::new(">");
    steps.count_read(3 * text.len());
    for LinkDestination { at, start, end } in destinations(text) {
        if steps.are_exhausted() {
            break;
        }
        let url = match text[start..].strip_prefix('<') {
            Some(rest) => match angle_end.find(text, start + 1, steps) {
                Some(end) => &text[start + 1..end],
                None => rest,
            },
            None => &text[start..end],
        };
        let url = prefix(url, MAX_ADDRESS_BYTES);
        steps.count_copy(url.len());
        urls.push((url, if images.closes_image(at) { Display::Shown } else { Display::Linked }));
    }
    let mut space = ForwardSearch::new(text, char::is_whitespace);
    for (at, _) in text.match_indices("]:").take_while(|_| !steps.are_exhausted()) {
        let start = text.len() - text[at + 2..].trim_start().len();
        let url = prefix(&text[start..space.find(start, steps)], MAX_ADDRESS_BYTES);
        steps.count_copy(url.len());
        urls.push((url.trim_matches(['<', '>']), Display::Linked));
    }
    urls
}

/// The destination of a Markdown link, as byte offsets.
struct LinkDestination {
    /// Its `](`.
    at: usize,
    /// Its address: after any whitespace, up to whitespace or the closing parenthesis.
    start: usize,
    end: usize,
}

/// Finds the destinations of Markdown links in one pass.
fn destinations(text: &str) -> Vec<LinkDestination> {
    let mut found: Vec<LinkDestination> = Vec::new();
    // open parentheses; those of links with their index in `found`
    let mut open: Vec<Option<usize>> = Vec::new();
    for (at, character) in text.char_indices() {
        match character {
            '(' if text[..at].ends_with(']') => {
                open.push(Some(found.len()));
                found.push(LinkDestination { at: at - 1, start: at + 1, end: text.len() });
            }
            // other parentheses matter only inside an address
            '(' if !open.is_empty() => open.push(None),
            ')' => {
                if let Some(Some(link)) = open.pop() {
                    found[link].end = at;
                }
            }
            space if space.is_whitespace() => {
                let innermost = open.last().copied().flatten().filter(|link| found[*link].start == at);
                for link in open.drain(..).flatten() {
                    found[link].end = at;
                }
                // the address of the innermost link has not begun
                if let Some(link) = innermost {
                    found[link].start = at + space.len_utf8();
                    found[link].end = text.len();
                    open.push(innermost);
                }
            }
            _ => {}
        }
    }
    found
}

/// Distinguishes the brackets of Markdown images from those of links. Reads the text once.
struct ImageBrackets<'a> {
    text: &'a str,
    /// How far the text is read.
    read: usize,
    /// Whether the last `[` before that follows a `!`.
    is_image: bool,
}

impl ImageBrackets<'_> {
    /// Whether the bracket that closes at `at` was opened by `![`. `at` must not decrease between calls.
    fn closes_image(&mut self, at: usize) -> bool {
        if let Some(open) = self.text[self.read..at].rfind('[') {
            self.is_image = self.text[..self.read + open].ends_with('!');
        }
        self.read = at;
        self.is_image
    }
}

/// Search for characters that reads each part of a text only once, however often it is called.
struct ForwardSearch<'a, F> {
    text: &'a str,
    found: usize,
    matches: F,
}

impl<'a, F: Fn(char) -> bool> ForwardSearch<'a, F> {
    fn new(text: &'a str, matches: F) -> Self {
        Self { text, found: 0, matches }
    }

    /// Returns the first matching offset at or after `from`, or the end of the text. `from` must not decrease between
    /// calls.
    fn find(&mut self, from: usize, steps: &Steps) -> usize {
        let is_valid = self.found >= from && self.text[self.found..].starts_with(&self.matches);
        if !is_valid && self.found < self.text.len() {
            let rest = &self.text[from..];
            self.found = rest.find(&self.matches).map_or(self.text.len(), |at| from + at);
            steps.count_read(self.found - from);
        }
        self.found
    }
}

/// Calls `found` with every absolute URL in running text or code that may name a file. Where the URL ends is not
/// certain, so `found` gets it at full length, and once more for each point where the surrounding text may begin.
pub(crate) fn text(text: &str, site: CountedSite<'_>, mut found: impl FnMut(&str)) {
    static SCHEME_END: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("://"));
    let steps = site.steps;
    steps.count_read(text.len());
    let mut run_end = ForwardSearch::new(text, |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '<' | '>' | '`' | '|' | '\\')
    });
    let mut foreign = ForwardSearch::new(text, |c: char| !c.is_ascii());
    let mut colons = SCHEME_END.find_iter(text.as_bytes()).peekable();
    while let Some(colon) = colons.next() {
        if steps.are_exhausted() {
            return;
        }
        let scheme_start = text[..colon].bytes().rev().take(5).take_while(u8::is_ascii_alphabetic).count();
        let scheme = &text[colon - scheme_start..colon];
        // letters directly before the scheme (`xhttps://`) do not belong to it
        let Some(scheme) = ["https", "http"].into_iter().find(|known| {
            scheme.len() >= known.len() && scheme[scheme.len() - known.len()..].eq_ignore_ascii_case(known)
        }) else {
            continue;
        };
        let start = colon - scheme.len();
        let url = prefix(&text[start..run_end.find(start, steps)], MAX_ADDRESS_BYTES);
        if !site.begins_with_address(url) {
            continue;
        }
        found(url);
        // text in a script without spaces, or another address, may follow directly
        let foreign = (foreign.find(start, steps) - start).min(url.len());
        let next = colons.peek().and_then(|next| url.get(..next - start)).map_or(url.len(), |before| {
            let before_scheme = before.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
            steps.count_read(before.len() - before_scheme);
            before_scheme
        });
        let mut ends = vec![url.len()];
        for end in [url.len(), foreign, next] {
            let bare = without_punctuation(&url[..end]);
            steps.count_read(end - bare);
            for end in [end, bare] {
                if !ends.contains(&end) {
                    ends.push(end);
                    found(&url[..end]);
                }
            }
        }
    }
}

/// Returns the length of an address without the punctuation at its end.
fn without_punctuation(url: &str) -> usize {
    url.trim_end_matches([')', ']', '}', '.', ',', ';', ':', '!', '?', '*']).len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::url::OwnSite;

    #[test]
    fn urls_are_found_in_html() {
        let html = r#"<DIV style="background:url('/a.png')"><A HREF="/b&amp;x">x</a>
            <img src=/c srcset="/d,1.png 1x, /e.png, /f.png 2x"/><br><p>open</div>"#;
        assert_eq!(urls(html), ["/a.png", "/b&x", "/c", "/d,1.png", "/e.png", "/f.png"]);
    }

    #[test]
    fn html_is_parsed_like_in_browsers() {
        for (html, expected) in [
            (r#"<a title="1 < 2 > 0" href="/a">"#, &["/a"][..]),
            (r"<a title=it's href='/a'> it's", &["/a"]),
            ("<img src=/a/>", &["/a/"]),
            (r#"<!--><img src="/a"><!-- <img src="/hidden"> -->"#, &["/a"]),
            (r#"<!--[if !mso]><!--><img src="/a"><!--<![endif]-->"#, &["/a"]),
            (r#"<![CDATA[><img src="/a">]]>"#, &["/a"]),
            (r#"<script>w('<img src="/a">')</script>"#, &["/a"]),
            // a browser loses what a missing quote swallows; here it is kept
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
    fn deeply_nested_html_is_parsed_quickly() {
        let html = "<div><b>".repeat(200_000) + r#"<img src="/a.png">"#;
        assert_eq!(urls(&html), ["/a.png"]);
    }

    #[test]
    fn urls_are_found_in_markdown() {
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
    fn text_is_searched_for_absolute_urls_of_the_site_only() {
        let site = OwnSite::new("https://acme.atlassian.net/wiki", &[]);
        let mut urls = Vec::new();
        let text = "see https://acme.atlassian.net/wiki/download/attachments/1/a(1).pdf, or \
                    (HTTP://acme.atlassian.net/x/y) not https://evil.example/https://acme.atlassian.net.evil/ \
                    nor /wiki/download/attachments/1/b.pdf ://";
        let steps = Steps::unlimited();
        super::text(text, CountedSite::new(&site, &steps), |url| urls.push(url.to_owned()));
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
