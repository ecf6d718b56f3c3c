//! The text of a page as Chromium renders it.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::process::program;

/// Returns the text of a page after its script has run: one line for each text between two tags, collapsed parts
/// included.
pub(crate) fn rendered_text(file: &Path) -> Result<String> {
    let url = format!("file://{}", fs::canonicalize(file)?.display());
    let arguments =
        ["--headless=new", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000", "--dump-dom", url.as_str()];
    let mut refused = None;
    for name in ["chromium", "chromium-browser", "google-chrome"] {
        match program(name, &arguments).output() {
            Ok(document) if document.contains("</html>") => return Ok(text_between_tags(&document)),
            Ok(_) => bail!("{name} returned no page for {}", file.display()),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    Err(refused.context("no browser found")?)
}

fn text_between_tags(document: &str) -> String {
    let mut lines = String::new();
    let mut rest = document;
    while let Some(open) = rest.find('<') {
        let text = rest[..open].trim();
        if !text.is_empty() {
            lines.push_str(text);
            lines.push('\n');
        }
        rest = &rest[open..];
        // the contents of these elements are not shown
        let end = ["script", "style"]
            .iter()
            .find(|name| rest[1..].starts_with(**name))
            .and_then(|name| Some(rest.find(&format!("</{name}"))? + name.len() + 2));
        rest = &rest[end.unwrap_or(0)..];
        rest = rest.find('>').map_or("", |close| &rest[close + 1..]);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_and_styles_are_not_text() {
        let document = "<html><style>a > b {}</style><p title='x'>One <b>two</b>\n</p><script>if (1 < 2) f('<p>')</script><i>3</i>";
        assert_eq!(text_between_tags(document), "One\ntwo\n3\n");
    }
}
