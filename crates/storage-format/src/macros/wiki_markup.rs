//! Wiki markup of old: `!image.png!` and `[^file.pdf]`, found in bodies that were never migrated, and the caret form
//! `SPACE:Page^name` in macro parameters.

use crate::reference::{ContainerRef, Display};

/// `^name`, `Page^name`, `SPACE:Page^name` → the name and the page, where one is given.
pub(super) fn caret(text: &str) -> Option<(String, Option<ContainerRef>)> {
    let (page, name) = text.rsplit_once('^')?;
    if name.is_empty() {
        return None;
    }
    let container = match page.trim() {
        "" => None,
        page => Some(match page.split_once(':') {
            Some((space, title)) if !space.is_empty() && !title.is_empty() => {
                ContainerRef::Page { title: title.to_owned(), space: Some(space.to_owned()) }
            }
            _ => ContainerRef::Page { title: page.to_owned(), space: None },
        }),
    };
    Some((name.to_owned(), container))
}

/// The files named by `!image!` and `[text|^file]` in wiki markup.
pub(super) fn files(text: &str) -> Vec<(String, ContainerRef, Display)> {
    let mut files = Vec::new();
    for line in text.lines() {
        let pieces: Vec<&str> = line.split('!').collect();
        for piece in pieces.iter().skip(1).take(pieces.len().saturating_sub(2)) {
            let name = piece.split('|').next().unwrap_or_default();
            if name.is_empty() || name.starts_with(char::is_whitespace) || name.contains("://") {
                continue;
            }
            let (name, container) = caret(name).unwrap_or_else(|| (name.to_owned(), None));
            files.push((name, container.unwrap_or(ContainerRef::Own), Display::Shown));
        }
        for link in line.split('[').skip(1).filter_map(|rest| rest.split(']').next()) {
            let target = link.rsplit('|').next().unwrap_or_default();
            if let Some((name, container)) = caret(target) {
                files.push((name, container.unwrap_or(ContainerRef::Own), Display::Linked));
            }
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caret_forms() {
        let page = |title: &str, space: Option<&str>| {
            Some(ContainerRef::Page { title: title.to_owned(), space: space.map(str::to_owned) })
        };
        assert_eq!(caret("^a.pdf"), Some(("a.pdf".to_owned(), None)));
        assert_eq!(caret("Plan^a.pdf"), Some(("a.pdf".to_owned(), page("Plan", None))));
        assert_eq!(caret("ENG:Plan^a.pdf"), Some(("a.pdf".to_owned(), page("Plan", Some("ENG")))));
        assert_eq!(caret("a.pdf"), None);
        assert_eq!(caret("a^"), None);
    }

    #[test]
    fn images_and_links() {
        let names: Vec<_> = files("Look! !a.png|width=3! and [the spec|^b.pdf] [^c.txt] [Page] !https://x/d.png!")
            .into_iter()
            .map(|(name, _, display)| (name, display))
            .collect();
        assert!(names.contains(&("a.png".to_owned(), Display::Shown)), "{names:?}");
        assert!(names.contains(&("b.pdf".to_owned(), Display::Linked)), "{names:?}");
        assert!(names.contains(&("c.txt".to_owned(), Display::Linked)), "{names:?}");
        assert!(names.iter().all(|(name, _)| !name.contains("://") && name != "Page"), "{names:?}");
    }
}
