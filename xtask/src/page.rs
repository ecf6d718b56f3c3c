//! What a page says, rendered by Chromium.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::step::program;

/// The text of a page once its script has run: one line for each text between two tags, with what is folded away.
pub(crate) fn text(file: &Path) -> Result<String> {
    let url = format!("file://{}", fs::canonicalize(file)?.display());
    let arguments =
        ["--headless=new", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000", "--dump-dom", url.as_str()];
    let mut refused = None;
    for name in ["chromium", "chromium-browser", "google-chrome"] {
        match program(name, &arguments).output() {
            Ok(document) if document.contains("</html>") => return Ok(texts(&document)),
            Ok(_) => bail!("{name} shows nothing of {}", file.display()),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    Err(refused.context("a browser")?)
}

fn texts(document: &str) -> String {
    let mut lines = String::new();
    let mut rest = document;
    while let Some(open) = rest.find('<') {
        let text = rest[..open].trim();
        if !text.is_empty() {
            lines.push_str(text);
            lines.push('\n');
        }
        rest = &rest[open..];
        // what they hold is nothing to read
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
    fn only_what_can_be_read_is_text() {
        let document = "<html><style>a > b {}</style><p title='x'>One <b>two</b>\n</p><script>if (1 < 2) f('<p>')</script><i>3</i>";
        assert_eq!(texts(document), "One\ntwo\n3\n");
    }
}
