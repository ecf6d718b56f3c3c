//! URLs in rendered HTML: the ADF fallback and the bodies of html and markdown macros. Never used on storage format.

use scraper::{Html, Selector};

use super::Display;

/// Attributes that hold a URL.
const URL_ATTRIBUTES: [&str; 5] = ["src", "href", "poster", "data", "background"];

/// Every URL in the attributes and styles of an HTML fragment, with whether it is shown or linked.
pub(super) fn urls(fragment: &str) -> Vec<(String, Display)> {
    if memchr::memchr(b'<', fragment.as_bytes()).is_none() {
        return Vec::new();
    }
    let mut urls = Vec::new();
    let document = Html::parse_fragment(fragment);
    let Ok(everything) = Selector::parse("*") else { return urls };
    for element in document.select(&everything) {
        let element = element.value();
        let display = if matches!(element.name(), "a" | "area") { Display::Linked } else { Display::Shown };
        for key in URL_ATTRIBUTES {
            if let Some(value) = element.attr(key) {
                urls.push((value.to_owned(), display));
            }
        }
        if let Some(value) = element.attr("srcset") {
            urls.extend(srcset_urls(value).map(|url| (url.to_owned(), Display::Shown)));
        }
        if let Some(value) = element.attr("style") {
            urls.extend(style_urls(value).map(|url| (url.to_owned(), Display::Shown)));
        }
    }
    urls
}

/// The URLs of a `srcset`: before each descriptor.
pub(super) fn srcset_urls(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').filter_map(|candidate| candidate.split_whitespace().next())
}

/// The URLs in `url(…)` of a style.
pub(super) fn style_urls(style: &str) -> impl Iterator<Item = &str> {
    style.split("url(").skip(1).filter_map(|rest| {
        let rest = rest.trim_start();
        let url = match rest.as_bytes().first()? {
            b'"' => rest[1..].split('"').next()?,
            b'\'' => rest[1..].split('\'').next()?,
            _ => rest.split(')').next()?,
        };
        Some(url.trim())
    })
}

/// The URLs of Markdown links, images and definitions: `[text](url "title")`, `![alt](url)`, `[id]: url`, `<url>`.
pub(super) fn markdown_urls(text: &str) -> Vec<(String, Display)> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_html() {
        let html =
            r#"<div style="background:url('/a.png')"><a href="/b">x</a><img src=/c srcset="/d 1x, /e 2x"/></div>"#;
        let urls: Vec<_> = urls(html).into_iter().map(|(url, _)| url).collect();
        assert_eq!(urls, ["/a.png", "/b", "/c", "/d", "/e"]);
    }

    #[test]
    fn urls_of_markdown() {
        let text = "![x](/a(1).png) [y](</b c> \"t\") [z](/d \"t\")\n[ref]: /e \"t\"";
        assert_eq!(
            markdown_urls(text),
            [
                ("/a(1).png".to_owned(), Display::Shown),
                ("/b c".to_owned(), Display::Linked),
                ("/d".to_owned(), Display::Linked),
                ("/e".to_owned(), Display::Linked),
            ]
        );
    }
}
