//! Complete own-site URLs in running text and code (`storage-format.md` 2.1): the only thing there that may be a use.

use super::OwnSite;

/// Calls `found` with every complete own-site URL in `text`, once as far as it could reach and once without trailing
/// punctuation.
pub(super) fn each(text: &str, site: &OwnSite, mut found: impl FnMut(&str)) {
    let mut from = 0;
    let finder = memchr::memmem::Finder::new("://");
    while let Some(at) = text.as_bytes().get(from..).and_then(|rest| finder.find(rest)) {
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
        let trimmed = url.trim_end_matches([')', ']', '}', '.', ',', ';', ':', '!', '?', '*']);
        if trimmed.len() < url.len() {
            found(trimmed);
        }
    }
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
