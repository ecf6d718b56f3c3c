//! Companion files: what an app keeps next to the file that its macro names, such as the picture of a diagram, another
//! format of it, or its source. The naming scheme of the app is not always known, so a file that looks like a companion
//! is undetermined.

use super::macro_filters::is_image;
use super::site_index::fold;
use crate::inventory::Attachment;

/// Extensions of source files that apps render pictures from.
const SOURCES: [&str; 21] = [
    "bpmn",
    "cmmn",
    "csv",
    "dmn",
    "dot",
    "drawio",
    "excalidraw",
    "gliffy",
    "gv",
    "iuml",
    "json",
    "mermaid",
    "mmd",
    "plantuml",
    "pu",
    "puml",
    "uml",
    "vsd",
    "vsdx",
    "xml",
    "yaml",
];

/// Longest macro value that may be the beginning of a file name.
const MAX_STEM_BYTES: usize = 255;

/// Returns what the names of this file's companions begin with.
pub(super) fn companion_stems(file: &Attachment) -> impl Iterator<Item = String> {
    let name = file.title.as_str();
    // a picture is not the source of another one
    let has_companions =
        is_image(file).is_none() || extension(name).is_some_and(|extension| extension.eq_ignore_ascii_case("svg"));
    let stem = extension(name).map(|extension| &name[..name.len() - extension.len() - 1]);
    has_companions.then_some(name).into_iter().chain(stem).map(|stem| fold(stem.trim()))
}

/// Returns what file names may begin with, given a macro value that is not the name of any file.
pub(super) fn stem_of_value(value: &str) -> Option<String> {
    let value = value.trim();
    let is_word = !value.is_empty() && value.len() <= MAX_STEM_BYTES && !value.contains(['/', '<', '{']);
    (is_word && !value.bytes().all(|byte| byte.is_ascii_digit())).then(|| fold(value))
}

/// Returns what this file's own names begin with, if it is a picture or a source.
pub(super) fn own_stems(file: &Attachment) -> impl Iterator<Item = String> {
    const KINDS: [&str; 5] = ["jgraph", "drawio", "gliffy", "xml", "json"];
    let is_picture = is_image(file).is_some();
    let kind = file.media_type.as_deref().unwrap_or_default().to_ascii_lowercase();
    let is_source_by_type = KINDS.iter().any(|word| kind.contains(word));
    file.names().into_iter().filter_map(move |name| match extension(name) {
        Some(extension) => {
            let is_source = SOURCES.contains(&extension.to_ascii_lowercase().as_str());
            (is_picture || is_source || is_source_by_type)
                .then(|| fold(name[..name.len() - extension.len() - 1].trim()))
        }
        // diagrams of draw.io and Gliffy have no extension
        None => (is_picture || is_source_by_type).then(|| fold(name.trim())),
    })
}

fn extension(name: &str) -> Option<&str> {
    let (stem, extension) = name.rsplit_once('.')?;
    let is_extension = !stem.is_empty()
        && (1..=10).contains(&extension.len())
        && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_extension.then_some(extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_short_words() {
        assert_eq!(extension("a.b.png"), Some("png"));
        assert_eq!(extension(".env"), None);
        assert_eq!(extension("Release 1. draft"), None);
    }

    #[test]
    fn a_value_that_cannot_be_a_name_has_no_stem() {
        assert_eq!(stem_of_value(" Order Process ").as_deref(), Some("order process"));
        for value in ["", "  ", "500", "a/b", "{x"] {
            assert_eq!(stem_of_value(value), None, "{value}");
        }
    }
}
