//! URL templates: parts of a URL that repeat columns of the row (id, name, page, version) become placeholders, which the
//! script fills in. So thousands of URLs share one text.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::inventory::{Attachment, ContentId};
use confluence_client::SiteLinks;

/// Encodes like `encodeURIComponent` in a browser.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Begins a placeholder; a valid URL cannot contain this character.
const MARK: char = '\u{1}';

/// Percent-encodes a value for the fragment of a URL, as the script decodes it.
pub(in super::super) fn component(text: &str) -> String {
    utf8_percent_encode(text, COMPONENT).to_string()
}

/// Returns the value of each placeholder letter for one file.
fn values(file: &Attachment) -> [(char, String); 5] {
    // the script concatenates the digits of seconds and milliseconds, which fails for negative numbers
    let milliseconds = file.modified_at.map(|moment| moment.timestamp_millis()).filter(|time| *time >= 0);
    [
        // the longest first: they may contain the others
        ('n', component(&file.title)),
        ('p', component(&file.title).replace("%20", "+")),
        ('m', milliseconds.map(|time| time.to_string()).unwrap_or_default()),
        ('i', file.id.to_string()),
        ('c', file.container.id().map(ToString::to_string).unwrap_or_default()),
    ]
}

/// Returns the template of a path and `true`, or the unchanged path and `false` if the template would not restore it.
pub(super) fn template(path: &str, file: &Attachment) -> (String, bool) {
    let values = values(file);
    let mut template = path.to_owned();
    for (letter, value) in &values {
        if !value.is_empty() {
            template = replace_outside_marks(&template, value, *letter);
        }
    }
    if template.contains(MARK) && !path.contains(MARK) && expand(&template, &values) == path {
        (template, true)
    } else {
        (path.to_owned(), false)
    }
}

/// Returns the template of the endpoints that delete single versions of a file, with `v` for the version number.
pub(super) fn version_template(links: &SiteLinks, file: &Attachment) -> String {
    let number = u32::MAX;
    let container = file.container.id().map(ContentId::as_str);
    let url = links.delete_version(container, file.id.as_str(), number);
    let path = url.strip_prefix(links.base()).unwrap_or_default();
    match path.rsplit_once(&number.to_string()) {
        Some((before, after)) => {
            let mut template = replace_outside_marks(before, file.id.as_str(), 'i');
            if let Some(container) = container {
                template = replace_outside_marks(&template, container, 'c');
            }
            format!("{template}{MARK}v{after}")
        }
        None => String::new(),
    }
}

/// Replaces a value with its placeholder where it is a complete word of the path, so that `1` does not match in `v12`.
fn replace_outside_marks(template: &str, value: &str, letter: char) -> String {
    let mut made = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find(value) {
        let (before, found) = rest.split_at(at);
        let after = &found[value.len()..];
        made.push_str(before);
        let is_inside = |character: char| character.is_ascii_alphanumeric() || character == MARK;
        if made.ends_with(is_inside) || after.starts_with(is_inside) {
            made.push_str(value);
        } else {
            made.push(MARK);
            made.push(letter);
        }
        rest = after;
    }
    made.push_str(rest);
    made
}

/// Fills in a template as the script does.
fn expand(template: &str, values: &[(char, String)]) -> String {
    let mut path = String::with_capacity(template.len());
    let mut characters = template.chars();
    while let Some(character) = characters.next() {
        if character != MARK {
            path.push(character);
            continue;
        }
        let letter = characters.next();
        let value = values.iter().find(|(known, _)| Some(*known) == letter);
        path.push_str(value.map_or("", |(_, value)| value));
    }
    path
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use confluence_client::Deployment;
    use proptest::prelude::*;

    use super::*;
    use crate::inventory::{AttachmentId, Container, Status};

    fn file(id: &str, name: &str, container: &str) -> Attachment {
        Attachment {
            id: AttachmentId::new(id),
            file_id: None,
            title: name.to_owned(),
            status: Status::Current,
            container: Container::Page(ContentId::new(container)),
            media_type: None,
            size: None,
            created_at: None,
            version: 1,
            modified_at: DateTime::from_timestamp_millis(1_700_000_000_093),
            author: None,
            comment: None,
            download: None,
            webui: None,
            old_versions: Vec::new(),
            labels: None,
            unread: None,
            sha256: None,
            unsettled: None,
        }
    }

    #[test]
    fn values_of_the_row_become_placeholders() {
        let file = file("att77", "Größe 1.png", "1001");
        let path = "/download/attachments/1001/Gr%C3%B6%C3%9Fe%201.png?version=1&modificationDate=1700000000093";
        let (template, is_template) = template(path, &file);
        assert_eq!(template, "/download/attachments/\u{1}c/\u{1}n?version=1&modificationDate=\u{1}m");
        assert!(is_template);
    }

    #[test]
    fn the_endpoints_of_versions_have_the_same_template_for_all_files() {
        for (deployment, template) in [
            (Deployment::Cloud, "/rest/api/content/\u{1}i/version/\u{1}v"),
            (Deployment::DataCenter, "/rest/api/content/\u{1}c/child/attachment/\u{1}i/version/\u{1}v"),
        ] {
            let links = SiteLinks::new("https://acme.example/wiki", deployment);
            for file in [file("att77", "a", "1001"), file("att5", "a", "77")] {
                assert_eq!(version_template(&links, &file), template);
            }
        }
    }

    #[test]
    fn a_path_without_values_of_the_row_is_unchanged() {
        assert_eq!(template("/x/y", &file("att77", "a", "1")), ("/x/y".to_owned(), false));
        let marked = "/download/\u{1}c/att77";
        assert_eq!(template(marked, &file("att77", "a", "1001")), (marked.to_owned(), false));
    }

    proptest! {
        #[test]
        fn every_path_can_be_restored(path in "/[a1/n%.\u{1}]{0,30}", id in "[a1]{0,4}", name in "[a1n% ]{0,6}") {
            let file = file(&id, &name, "11");
            let (template, is_template) = template(&path, &file);
            let restored = if is_template { expand(&template, &values(&file)) } else { template };
            prop_assert_eq!(restored, path);
        }
    }
}
