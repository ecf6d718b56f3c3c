//! Newer states of contents, put in the places of those read before.

use std::collections::HashMap;

use super::site::{Content, Status};

/// Puts contents in the places of those they are newer states of, or adds them; gives how many brought something new.
/// A draft is a content of its own. A body that could not be read again does not push out the one read before.
pub(super) fn put_all(contents: &mut Vec<Content>, newer: Vec<Content>) -> usize {
    if newer.is_empty() {
        return 0;
    }
    let key = |content: &Content| (content.kind, content.id.clone(), content.status == Status::Draft);
    let mut places: HashMap<_, usize> =
        contents.iter().enumerate().map(|(place, content)| (key(content), place)).collect();
    let mut news = 0;
    for mut content in newer {
        if let Some(&place) = places.get(&key(&content)) {
            let known = &mut contents[place];
            if content.body.is_none() {
                content.body = known.body.take();
            }
            news += usize::from(is_news(known, &content));
            *known = content;
        } else {
            news += 1;
            places.insert(key(&content), contents.len());
            contents.push(content);
        }
    }
    news
}

/// Whether a content is another state than the one known.
fn is_news(known: &Content, now: &Content) -> bool {
    (known.version, known.modified_at, &known.status) != (now.version, now.modified_at, &now.status)
        || (&known.title, &known.space, &known.container) != (&now.title, &now.space, &now.container)
        || known.header_images != now.header_images
        || known.body != now.body
}

/// The word for the status of what was deleted or hidden since it was read.
const NOT_FOUND: &str = "not found";

/// A content that was deleted or hidden since it was read. What it named still counts; nobody knows any more what else it
/// would name, so no file of it is judged.
pub(super) fn out_of_sight(known: &Content) -> Content {
    Content { status: Status::Other(NOT_FOUND.to_owned()), ..known.clone() }
}

/// Whether a content was deleted or hidden since it was read.
pub(super) fn is_out_of_sight(content: &Content) -> bool {
    matches!(&content.status, Status::Other(word) if word == NOT_FOUND)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{ContentKind, convert};
    use storage_format::Body;

    fn page(id: &str, version: u32, status: Status, body: bool) -> Content {
        let sent = serde_json::json!({"id": id, "title": "T", "version": {"number": version}});
        let mut page =
            convert::content(serde_json::from_value(sent).unwrap(), ContentKind::Page, body.then(Body::default));
        page.status = status;
        page
    }

    #[test]
    fn a_draft_stands_beside_its_page_and_a_newer_state_replaces_the_older() {
        let mut contents = vec![page("1", 3, Status::Current, true)];
        assert_eq!(put_all(&mut contents, vec![page("1", 4, Status::Draft, true)]), 1);
        assert_eq!(contents.len(), 2);
        assert_eq!(put_all(&mut contents, vec![page("1", 3, Status::Current, true)]), 0);
        assert_eq!(
            put_all(&mut contents, vec![page("1", 4, Status::Current, true), page("2", 1, Status::Current, true)]),
            2
        );
        assert_eq!(contents.iter().map(|page| page.version.unwrap()).collect::<Vec<_>>(), [4, 4, 1]);
    }

    #[test]
    fn what_could_not_be_read_again_keeps_the_uses_read_before() {
        let mut contents = vec![page("1", 3, Status::Current, true)];
        put_all(&mut contents, vec![page("1", 4, Status::Current, false)]);
        assert!(contents[0].body.is_some());
        let hidden = out_of_sight(&contents[0]);
        assert!(is_out_of_sight(&hidden) && !hidden.status.is_trash());
        assert_eq!(put_all(&mut contents, vec![hidden.clone()]), 1);
        assert_eq!(put_all(&mut contents, vec![hidden]), 0);
        assert!(contents[0].body.is_some());
    }
}
