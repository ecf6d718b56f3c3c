//! Complete own-site URLs in running text and code (`storage-format.md` 2.1): the only thing there that may be a use.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::OwnSite;

/// Calls `found` with every complete own-site URL in `text`: as far as it could reach, and up to where the text around it
/// may have begun, which is told nowhere.
pub(super) fn each(text: &str, site: &OwnSite, mut found: impl FnMut(&str)) {
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
    fn complete_urls_of_the_own_site_only() {
        let site = OwnSite::new("https://acme.atlassian.net/wiki", &[]);
        let mut urls = Vec::new();
        let text = "see https://acme.atlassian.net/wiki/download/attachments/1/a(1).pdf, or \
                    (HTTP://acme.atlassian.net/x/y) not https://evil.example/https://acme.atlassian.net.evil/ \
                    nor /wiki/download/attachments/1/b.pdf ://";
        each(text, &site, |url| urls.push(url.to_owned()));
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
