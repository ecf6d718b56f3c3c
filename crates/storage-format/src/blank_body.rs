//! Detects bodies that show nothing at all. The API is known to return such a body for pages on which readers see text,
//! so the caller must not rely on it.

/// Elements that show nothing by themselves. An emptied page keeps them.
const SHOW_NOTHING: [&str; 7] = ["p", "br", "div", "span", "ac:layout", "ac:layout-section", "ac:layout-cell"];

/// Whether a body in storage format holds only empty paragraphs. Stops at the first visible content.
pub(crate) fn is_blank(body: &str) -> bool {
    let mut rest = body;
    loop {
        rest = rest.trim_start_matches(is_unseen);
        if rest.is_empty() {
            return true;
        }
        let Some(after) = after_tag(rest).or_else(|| after_space_entity(rest)) else { return false };
        rest = after;
    }
}

/// Whether a character is whitespace or has no width.
pub(crate) fn is_unseen(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// Strips the tag of an element that shows nothing.
fn after_tag(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('<')?;
    let (tag, after) = inside.split_once('>')?;
    let name = tag.trim_start_matches('/').split(|c: char| c.is_ascii_whitespace() || c == '/').next()?;
    SHOW_NOTHING.contains(&name).then_some(after)
}

fn after_space_entity(text: &str) -> Option<&str> {
    ["&nbsp;", "&#160;", "&#xa0;", "&#xA0;"].iter().find_map(|entity| text.strip_prefix(entity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_empty_paragraphs_are_blank() {
        let blank = [
            "",
            " \n",
            "<p></p>",
            "<p />",
            "<p/>",
            r#"<p local-id="0b1c" />"#,
            "<p>&nbsp;</p>\n<p>\u{a0}\u{200b}</p>",
            "<p><br /></p>",
            r#"<ac:layout><ac:layout-section ac:type="fixed-width"><ac:layout-cell><p /></ac:layout-cell></ac:layout-section></ac:layout>"#,
        ];
        for body in blank {
            assert!(is_blank(body), "{body}");
        }
        let shown = ["x", "<p>.</p>", "<hr />", "<p><ac:image></ac:image></p>", "<pre></pre>", "&amp;", "<p", "<"];
        for body in shown {
            assert!(!is_blank(body), "{body}");
        }
    }
}
