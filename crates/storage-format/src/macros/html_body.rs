//! Finds file addresses anywhere in the body of a macro that renders HTML: in attributes that are not meant for
//! addresses (`onclick`, `content`, `value`), in `@import`, in scripts, and relative to a `<base>`. It is not known how
//! browsers and scripts use them all, so each is a possible use.
//!
//! The text is split at characters that end an address, so that each part is read once.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::extract_urls;
use crate::steps::Steps;
use crate::tokenizer;

/// Every file address contains one of these.
const FILE_ADDRESS_PARTS: [&str; 4] = ["download/", "preview", "attachment", "/file/"];

/// Longest `<base>` that addresses are joined to.
const MAX_BASE_BYTES: usize = 512;

/// Calls `found` with every part of the text that may be a file address.
pub(super) fn addresses(text: &str, steps: &Steps, mut found: impl FnMut(&str)) {
    let text = &*without_comments(text, steps);
    // the text is read for each of the three spellings that are checked below
    steps.count_read(3 * text.len());
    let decoded = steps.decode(text);
    let mut spellings = vec![Cow::Borrowed(text)];
    if *decoded != *text {
        spellings.push(decoded);
    }
    // scripts escape slashes with a backslash, addresses within addresses with a percent sign
    if text.contains("\\/") {
        steps.count_copy(text.len());
        spellings.push(Cow::Owned(text.replace("\\/", "/")));
    }
    if text.contains("%2F") || text.contains("%2f") {
        steps.count_copy(text.len());
        spellings.push(percent_decode_str(text).decode_utf8_lossy());
    }
    for spelling in &spellings {
        for quoted in spelling.split(['"', '\'', '`', '<', '>']) {
            if steps.are_exhausted() {
                return;
            }
            candidate(quoted, steps, &mut found);
            // a quoted name may contain characters that end an unquoted address
            if quoted.contains(ends_address) {
                quoted.split(ends_address).for_each(|part| candidate(part, steps, &mut found));
            }
        }
    }
    relative_to_base(text, steps, found);
}

/// Removes comments. A comment without an end is kept.
fn without_comments<'a>(text: &'a str, steps: &Steps) -> Cow<'a, str> {
    steps.count_read(text.len());
    let Some(first) = text.find("<!--") else { return Cow::Borrowed(text) };
    steps.count_copy(text.len());
    let mut kept = text[..first].to_owned();
    let mut rest = &text[first..];
    while let Some(end) = rest.find("-->") {
        let after = &rest[end + 3..];
        let next = after.find("<!--").unwrap_or(after.len());
        kept.push_str(&after[..next]);
        rest = &after[next..];
    }
    kept.push_str(rest);
    Cow::Owned(kept)
}

fn ends_address(character: char) -> bool {
    character.is_whitespace() || matches!(character, '(' | ')' | '{' | '}' | ',' | ';')
}

/// Calls `found` if the text may contain an address: with the entire text, and without what precedes the address
/// (`0; url=/wiki/…`).
fn candidate(text: &str, steps: &Steps, found: &mut impl FnMut(&str)) {
    // one pass for each of the parts, and one for the characters that end an address
    steps.count_read((FILE_ADDRESS_PARTS.len() + 1) * (text.len() + 1));
    if !FILE_ADDRESS_PARTS.iter().any(|part| text.contains(part)) {
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

/// Calls `found` with addresses that do not begin with a slash, joined to the `<base>` of the document.
fn relative_to_base(text: &str, steps: &Steps, mut found: impl FnMut(&str)) {
    let base = tokenizer::start_tags(text, steps).find(|(name, _)| name.eq_ignore_ascii_case("base"));
    let Some(base) = base.and_then(|(_, attributes)| {
        let href = attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case("href"));
        href.map(|(_, value)| steps.decode(value))
    }) else {
        return;
    };
    // relative addresses replace what follows the last slash of the path
    let path = base.split(['?', '#']).next().unwrap_or_default();
    let Some(folder) = path.rfind('/').map(|end| &path[..=end]).filter(|folder| folder.len() <= MAX_BASE_BYTES) else {
        return;
    };
    let is_relative = |url: &Cow<'_, str>| !url.starts_with(['/', '#', '?']) && !url.contains(':') && !url.is_empty();
    let urls = extract_urls::html(text, steps).into_iter().map(|(url, _)| Cow::Owned(url));
    let styles = extract_urls::style(text, steps).map(Cow::Borrowed);
    for url in urls.chain(styles).filter(is_relative) {
        if steps.are_exhausted() {
            return;
        }
        steps.count_copy(folder.len() + url.len());
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
    fn file_addresses_are_found_anywhere_outside_comments() {
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
