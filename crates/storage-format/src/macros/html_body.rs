//! Addresses of files anywhere in the body of a macro that renders HTML: in attributes that hold no address by their
//! nature (`onclick`, `content`, `value`), in `@import`, in scripts, and relative to a `<base>`. Browsers and scripts use
//! them in more ways than can be told, so each is a possible use.
//!
//! The text is cut at marks that end an address, so that each part is looked at once.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::steps::Steps;
use crate::tokens;
use crate::urls_in;

/// What the address of a file holds.
const SIGNS: [&str; 4] = ["download/", "preview", "attachment", "/file/"];

/// Longest base that addresses are joined to.
const MAX_BASE_BYTES: usize = 512;

/// Calls `found` with every part of the text that may be the address of a file.
pub(super) fn addresses(text: &str, steps: &Steps, mut found: impl FnMut(&str)) {
    let text = &*without_comments(text, steps);
    // for what is looked for before each spelling is made
    steps.look(3 * text.len());
    let decoded = steps.decode(text);
    let mut spellings = vec![Cow::Borrowed(text)];
    if *decoded != *text {
        spellings.push(decoded);
    }
    // as scripts write slashes, and as addresses within addresses do
    if text.contains("\\/") {
        steps.copy(text.len());
        spellings.push(Cow::Owned(text.replace("\\/", "/")));
    }
    if text.contains("%2F") || text.contains("%2f") {
        steps.copy(text.len());
        spellings.push(percent_decode_str(text).decode_utf8_lossy());
    }
    for spelling in &spellings {
        for quoted in spelling.split(['"', '\'', '`', '<', '>']) {
            if steps.are_used_up() {
                return;
            }
            candidate(quoted, steps, &mut found);
            // a name in quotes may hold what ends an address without them
            if quoted.contains(ends_address) {
                quoted.split(ends_address).for_each(|part| candidate(part, steps, &mut found));
            }
        }
    }
    relative_to_base(text, steps, found);
}

/// The text without its comments. One that never ends hides nothing.
fn without_comments<'a>(text: &'a str, steps: &Steps) -> Cow<'a, str> {
    steps.look(text.len());
    let Some(first) = text.find("<!--") else { return Cow::Borrowed(text) };
    steps.copy(text.len());
    let mut kept = text[..first].to_owned();
    let mut rest = &text[first..];
    while let Some(end) = rest.find("-->") {
        let behind = &rest[end + 3..];
        let next = behind.find("<!--").unwrap_or(behind.len());
        kept.push_str(&behind[..next]);
        rest = &behind[next..];
    }
    kept.push_str(rest);
    Cow::Owned(kept)
}

fn ends_address(character: char) -> bool {
    character.is_whitespace() || matches!(character, '(' | ')' | '{' | '}' | ',' | ';')
}

/// An address, where the text holds one: whole, and without what stands before it (`0; url=/wiki/…`).
fn candidate(text: &str, steps: &Steps, found: &mut impl FnMut(&str)) {
    // once for each sign, and once for what ends it
    steps.look((SIGNS.len() + 1) * (text.len() + 1));
    if !SIGNS.iter().any(|sign| text.contains(sign)) {
        return;
    }
    found(text);
    let begin = text.find("http").into_iter().chain(text.find('/')).min();
    if let Some(begin) = begin.filter(|&begin| begin > 0) {
        found(&text[begin..]);
        // `url=download/…`
        let before = text[..begin].rfind(['=', ':']).map(|at| &text[at + 1..]);
        before.into_iter().for_each(found);
    }
}

/// Calls `found` with the addresses without a slash at their beginning, behind the base that the document gives them.
fn relative_to_base(text: &str, steps: &Steps, mut found: impl FnMut(&str)) {
    let base = tokens::start_tags(text, steps).find(|(name, _)| name.eq_ignore_ascii_case("base"));
    let Some(base) = base.and_then(|(_, attributes)| {
        let href = attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case("href"));
        href.map(|(_, value)| steps.decode(value))
    }) else {
        return;
    };
    // up to the last slash of its path
    let path = base.split(['?', '#']).next().unwrap_or_default();
    let Some(folder) = path.rfind('/').map(|end| &path[..=end]).filter(|folder| folder.len() <= MAX_BASE_BYTES) else {
        return;
    };
    let is_relative = |url: &Cow<'_, str>| !url.starts_with(['/', '#', '?']) && !url.contains(':') && !url.is_empty();
    let urls = urls_in::html(text, steps).into_iter().map(|(url, _)| Cow::Owned(url));
    let styles = urls_in::style(text, steps).map(Cow::Borrowed);
    for url in urls.chain(styles).filter(is_relative) {
        if steps.are_used_up() {
            return;
        }
        steps.copy(folder.len() + url.len());
        found(&format!("{folder}{url}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let mut urls = Vec::new();
        addresses(text, &Steps::unlimited(), |url| urls.push(url.to_owned()));
        urls
    }

    #[test]
    fn addresses_wherever_they_stand() {
        let wanted = "/wiki/download/attachments/1/a.png";
        for text in [
            "<object><param name=\"movie\" value=\"/wiki/download/attachments/1/a.png\"></object>",
            "<style>@import '/wiki/download/attachments/1/a.png';</style>",
            "<p onclick=\"location.href='/wiki/download/attachments/1/a.png'\">",
            "<p onclick=\"open(&quot;/wiki/download/attachments/1/a.png&quot;)\">",
            "<meta http-equiv=refresh content=\"0; url=/wiki/download/attachments/1/a.png\">",
            "<meta http-equiv=refresh content=\"0;url='/wiki/download/attachments/1/a.png'\">",
            "<i data-x='{\"src\":\"\\/wiki\\/download\\/attachments\\/1\\/a.png\"}'>",
            "<i data-x=%2Fwiki%2Fdownload%2Fattachments%2F1%2Fa.png>",
            "<base href=\"/wiki/download/attachments/1/\"><img src=a.png>",
            "<base href='/wiki/download/attachments/1/x.html'><p style='background: url(a.png)'>",
        ] {
            assert!(found(text).contains(&wanted.to_owned()), "{text}: {:?}", found(text));
        }
        assert!(found("see a.png and <b>download</b>").is_empty());
        assert!(found("<p><!-- /download/attachments/1/a.png --></p>").is_empty());
        assert!(!found("<p><!-- /download/attachments/1/a.png").is_empty());
    }
}
