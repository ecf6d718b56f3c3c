//! Addresses inside what is not storage format: rendered HTML (the ADF fallback, the bodies of html and markdown macros),
//! styles, scripts, Markdown, and running text or code.

use std::sync::LazyLock;

use html_escape::decode_html_entities;
use memchr::memmem::Finder;
use scraper::{Html, Selector};

use crate::reference::Display;
use crate::tokens;
use crate::url::OwnSite;

/// Attributes that hold a URL.
const URL_ATTRIBUTES: [&str; 6] = ["src", "href", "poster", "data", "background", "xlink:href"];

/// A fragment with more tags is not built up as a tree: that takes time and memory beyond measure on hostile nesting.
const MOST_TAGS_IN_TREE: usize = 1_000;

/// Every URL in the attributes and styles of an HTML fragment, with whether it is shown or linked.
pub(crate) fn html(fragment: &str) -> Vec<(String, Display)> {
    match memchr::memchr_iter(b'<', fragment.as_bytes()).take(MOST_TAGS_IN_TREE + 1).count() {
        0 => Vec::new(),
        1..=MOST_TAGS_IN_TREE => tree_urls(fragment),
        _ => tag_urls(fragment),
    }
}

/// By the rules of HTML.
fn tree_urls(fragment: &str) -> Vec<(String, Display)> {
    let mut urls = Vec::new();
    let document = Html::parse_fragment(fragment);
    let Ok(everything) = Selector::parse("*") else { return tag_urls(fragment) };
    for element in document.select(&everything) {
        let element = element.value();
        for (key, value) in element.attrs() {
            push_urls(element.name(), key, value, &mut urls);
        }
    }
    urls
}

/// Tag by tag, whatever their nesting.
fn tag_urls(fragment: &str) -> Vec<(String, Display)> {
    let mut urls = Vec::new();
    for (name, attributes) in tokens::start_tags(fragment) {
        let name = name.to_ascii_lowercase();
        for (key, value) in attributes.iter() {
            push_urls(&name, &key.to_ascii_lowercase(), &decode_html_entities(value), &mut urls);
        }
    }
    urls
}

fn push_urls(element: &str, key: &str, value: &str, urls: &mut Vec<(String, Display)>) {
    // scripts that load pictures late keep the address in `data-src` and the like
    if URL_ATTRIBUTES.contains(&key) || key.starts_with("data-") {
        let display = if matches!(element, "a" | "area") { Display::Linked } else { Display::Shown };
        urls.push((value.to_owned(), display));
    } else if key == "srcset" {
        urls.extend(srcset(value).map(|url| (url.to_owned(), Display::Shown)));
    } else if key == "style" {
        urls.extend(style(value).map(|url| (url.to_owned(), Display::Shown)));
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
pub(crate) fn style(style: &str) -> impl Iterator<Item = &str> {
    memchr::memchr_iter(b'(', style.as_bytes()).filter_map(|at| {
        let function = style.as_bytes().get(at.checked_sub(3)?..at)?;
        if !function.eq_ignore_ascii_case(b"url") {
            return None;
        }
        let rest = style[at + 1..].trim_start();
        let url = match rest.as_bytes().first()? {
            b'"' => rest[1..].split('"').next()?,
            b'\'' => rest[1..].split('\'').next()?,
            _ => rest.split(')').next()?,
        };
        Some(url.trim())
    })
}

/// What stands in quotes in the scripts of an HTML fragment: any of it may be an address that the script loads.
pub(crate) fn script(fragment: &str) -> impl Iterator<Item = &str> {
    let scripts = fragment.split("<script").skip(1).filter_map(|rest| rest.split("</script").next());
    scripts.flat_map(|script| script.split(['"', '\'', '`'])).filter(|text| text.contains('/'))
}

/// The URLs of Markdown links, images and definitions: `[text](url "title")`, `![alt](url)`, `[id]: url`, `<url>`.
pub(crate) fn markdown(text: &str) -> Vec<(String, Display)> {
    let mut urls = Vec::new();
    for (at, _) in text.match_indices("](") {
        let rest = text[at + 2..].trim_start();
        let url = match rest.strip_prefix('<') {
            Some(rest) => rest.split('>').next().unwrap_or_default(),
            None => balanced(rest),
        };
        let is_image = text[..at].rfind('[').is_some_and(|open| text[..open].ends_with('!'));
        urls.push((url.to_owned(), if is_image { Display::Shown } else { Display::Linked }));
    }
    for (at, _) in text.match_indices("]:") {
        if let Some(url) = text[at + 2..].split_whitespace().next() {
            urls.push((url.trim_matches(['<', '>']).to_owned(), Display::Linked));
        }
    }
    urls
}

/// Up to the parenthesis that closes the link, or a blank.
fn balanced(rest: &str) -> &str {
    let mut depth = 0usize;
    for (at, character) in rest.char_indices() {
        match character {
            '(' => depth += 1,
            ')' if depth == 0 => return &rest[..at],
            ')' => depth -= 1,
            c if c.is_whitespace() => return &rest[..at],
            _ => {}
        }
    }
    rest
}

/// Calls `found` with every complete own-site URL in running text and code, the only thing there that may be a use: as far
/// as it could reach, and up to where the text around it may have begun, which is told nowhere.
pub(crate) fn text(text: &str, site: &OwnSite, mut found: impl FnMut(&str)) {
    static SCHEME_END: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("://"));
    let mut from = 0;
    while let Some(at) = text.as_bytes().get(from..).and_then(|rest| SCHEME_END.find(rest)) {
        let colon = from + at;
        from = colon + 3;
        let scheme_start = text[..colon].bytes().rev().take(5).take_while(u8::is_ascii_alphabetic).count();
        let scheme = &text[colon - scheme_start..colon];
        // a letter glued to the scheme (`xhttps://`) makes it five letters that are no scheme
        let Some(scheme) = ["https", "http"].into_iter().find(|known| {
            scheme.len() >= known.len() && scheme[scheme.len() - known.len()..].eq_ignore_ascii_case(known)
        }) else {
            continue;
        };
        let rest = &text[colon - scheme.len()..];
        let end = rest
            .find(|c: char| {
                c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '<' | '>' | '`' | '|' | '\\')
            })
            .unwrap_or(rest.len());
        let url = &rest[..end];
        if !site.is_complete_own_url(url) {
            continue;
        }
        found(url);
        // writing without blanks, or an address glued to the next
        let foreign = url.find(|c: char| !c.is_ascii()).unwrap_or(url.len());
        let next = SCHEME_END.find(&url.as_bytes()[scheme.len() + 3..]).map_or(url.len(), |at| {
            let scheme_end = scheme.len() + 3 + at;
            url[..scheme_end].trim_end_matches(|c: char| c.is_ascii_alphabetic()).len()
        });
        let mut ends = vec![url.len()];
        for end in [url.len(), foreign, next] {
            for end in [end, without_punctuation(&url[..end])] {
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

    #[test]
    fn urls_of_html_in_both_readings() {
        let html = r#"<DIV style="background:url('/a.png')"><A HREF="/b&amp;x">x</a>
            <img src=/c srcset="/d,1.png 1x, /e.png, /f.png 2x"/><br><p>open</div>"#;
        let sorted = |mut urls: Vec<(String, Display)>| {
            urls.sort();
            urls.into_iter().map(|(url, _)| url).collect::<Vec<_>>()
        };
        assert_eq!(sorted(tree_urls(html)), ["/a.png", "/b&x", "/c", "/d,1.png", "/e.png", "/f.png"]);
        assert_eq!(sorted(tree_urls(html)), sorted(tag_urls(html)));
    }

    #[test]
    fn deep_html_ends_quickly() {
        let html = "<div><b>".repeat(200_000) + r#"<img src="/a.png">"#;
        assert_eq!(super::html(&html), [("/a.png".to_owned(), Display::Shown)]);
    }

    #[test]
    fn urls_of_markdown() {
        let text = "![x](/a(1).png) [y](</b c> \"t\") [z](/d \"t\")\n[ref]: /e \"t\"";
        assert_eq!(
            markdown(text),
            [
                ("/a(1).png".to_owned(), Display::Shown),
                ("/b c".to_owned(), Display::Linked),
                ("/d".to_owned(), Display::Linked),
                ("/e".to_owned(), Display::Linked),
            ]
        );
    }

    #[test]
    fn complete_urls_of_the_own_site_only() {
        let site = OwnSite::new("https://acme.atlassian.net/wiki", &[]);
        let mut urls = Vec::new();
        let text = "see https://acme.atlassian.net/wiki/download/attachments/1/a(1).pdf, or \
                    (HTTP://acme.atlassian.net/x/y) not https://evil.example/https://acme.atlassian.net.evil/ \
                    nor /wiki/download/attachments/1/b.pdf ://";
        super::text(text, &site, |url| urls.push(url.to_owned()));
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
