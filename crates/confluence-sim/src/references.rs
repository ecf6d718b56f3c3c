//! The structured references to files in bodies, as Confluence itself keeps them: found, understood, and rewritten when
//! what they name gets another name or place.
//!
//! It knows the forms that the sites of tests write, and shares nothing with the scanner of the program, so that what a
//! body means is known from two sides.

use std::collections::HashMap;
use std::ops::Range;

use html_escape::{decode_html_entities, encode_double_quoted_attribute};

use crate::site::{Attachment, Content, Kind, Site};

/// `<ri:attachment …>` in a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileReference {
    range: Range<usize>,
    pub(crate) name: String,
    pub(crate) container: Option<Named>,
}

/// A page or post as bodies name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    kind: Kind,
    space: Option<String>,
    title: String,
    /// `YYYY/MM/DD` of a post.
    day: Option<String>,
}

/// The references of a body in their order. What stands in CDATA is text.
pub(crate) fn file_references(body: &str) -> Vec<FileReference> {
    const TAG: &str = "<ri:attachment ";
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(begin) = body[at..].find(TAG).map(|offset| at + offset) {
        if let Some(end) = end_of_cdata(body, at, begin) {
            at = end;
            continue;
        }
        let Some((tag, mut end)) = tag_at(body, begin) else { break };
        let mut container = None;
        if !tag.ends_with("/>") {
            const CLOSE: &str = "</ri:attachment>";
            let Some(close) = body[end..].find(CLOSE).map(|offset| end + offset) else { break };
            container = named(&body[end..close]);
            end = close + CLOSE.len();
        }
        if let Some(name) = attribute(tag, "ri:filename") {
            found.push(FileReference { range: begin..end, name, container });
        }
        at = end;
    }
    found
}

/// The end of the CDATA section that begins at or behind `from` and holds `place`.
fn end_of_cdata(body: &str, from: usize, place: usize) -> Option<usize> {
    let begin = from + body[from..place].find("<![CDATA[")?;
    Some(body[begin..].find("]]>").map_or(body.len(), |offset| begin + offset + 3))
}

fn tag_at(body: &str, begin: usize) -> Option<(&str, usize)> {
    let end = begin + body[begin..].find('>')? + 1;
    Some((&body[begin..end], end))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split_once(&format!("{name}=\""))?.1.split_once('"')?.0;
    Some(decode_html_entities(value).into_owned())
}

fn named(inner: &str) -> Option<Named> {
    let kind = if inner.contains("<ri:page ") { Kind::Page } else { Kind::BlogPost };
    Some(Named {
        kind,
        space: attribute(inner, "ri:space-key"),
        title: attribute(inner, "ri:content-title")?,
        day: attribute(inner, "ri:posting-day"),
    })
}

/// `<ri:attachment …>` for a file by name, of the body's own owner or of another one.
fn written(name: &str, container: Option<&Named>) -> String {
    let name = encode_double_quoted_attribute(name);
    let Some(container) = container else { return format!(r#"<ri:attachment ri:filename="{name}"/>"#) };
    let tag = if container.kind == Kind::Page { "ri:page" } else { "ri:blog-post" };
    let mut inner = format!("<{tag}");
    for (key, value) in [
        ("ri:space-key", container.space.as_ref()),
        ("ri:content-title", Some(&container.title)),
        ("ri:posting-day", container.day.as_ref()),
    ] {
        if let Some(value) = value {
            inner += &[" ", key, "=\"", &encode_double_quoted_attribute(value), "\""].concat();
        }
    }
    format!(r#"<ri:attachment ri:filename="{name}">{inner}/></ri:attachment>"#)
}

/// How other bodies name a page or post.
fn name_of(site: &Site, content: &Content) -> Named {
    let space = site.spaces.iter().find(|space| space.id == content.space_id);
    Named {
        kind: content.kind,
        space: space.map(|space| space.alias.as_ref().unwrap_or(&space.key).clone()),
        title: content.title.clone(),
        day: (content.kind == Kind::BlogPost).then(|| content.created_at.format("%Y/%m/%d").to_string()),
    }
}

/// Where a body stands: the page or post whose files its bare names are, and the space that titles without a key mean.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'s> {
    pub(crate) owner: Option<&'s str>,
    pub(crate) space: Option<&'s str>,
}

impl<'s> Place<'s> {
    /// That of a content's body: comments stand on what they are about.
    pub(crate) fn of(content: &'s Content) -> Self {
        let owner = if content.kind.is_comment() { content.container.as_deref() } else { Some(content.id.as_str()) };
        Self { owner, space: Some(&content.space_id) }
    }
}

/// The file that a reference means.
pub(crate) fn meant<'s>(site: &'s Site, place: Place<'_>, reference: &FileReference) -> Option<&'s Attachment> {
    let owner = match &reference.container {
        None => place.owner?.to_owned(),
        Some(named) => owner_named(site, place, named)?.id.clone(),
    };
    file_of(site, &owner, &reference.name)
}

fn owner_named<'s>(site: &'s Site, place: Place<'_>, named: &Named) -> Option<&'s Content> {
    let space = match &named.space {
        None => place.space?,
        Some(key) => {
            let bears = |space: &&crate::site::Space| space.key == *key || space.alias.as_ref() == Some(key);
            &site.spaces.iter().find(bears)?.id
        }
    };
    site.contents.iter().find(|content| {
        content.kind == named.kind
            && content.space_id == space
            && content.title == named.title
            && named.day.as_ref().is_none_or(|day| content.created_at.format("%Y/%m/%d").to_string() == *day)
    })
}

/// A file of an owner by its name, or else by one that an older version has.
pub(crate) fn file_of<'s>(site: &'s Site, owner: &str, name: &str) -> Option<&'s Attachment> {
    let files = || site.attachments.iter().filter(|file| file.container.id() == Some(owner));
    let now = files().find(|file| file.current().is_some_and(|version| version.title == name));
    now.or_else(|| files().find(|file| file.existing_versions().any(|version| version.title == name)))
}

/// Changes a site and lets the references in published bodies mean what they meant before, as Confluence does after a
/// rename or a move: without new versions.
pub(crate) fn refactor(site: &mut Site, change: impl FnOnce(&mut Site)) {
    let mut meanings: HashMap<String, Vec<Option<String>>> = HashMap::new();
    for content in &site.contents {
        let references = file_references(&content.body);
        let files = references.iter().map(|reference| meant(site, Place::of(content), reference));
        let files: Vec<Option<String>> = files.map(|file| Some(file?.id.clone())).collect();
        meanings.insert(content.id.clone(), files);
    }
    change(site);
    let rewritten: Vec<String> = site
        .contents
        .iter()
        .map(|content| match meanings.get(&content.id) {
            Some(files) => relinked(site, content, files),
            None => content.body.clone(),
        })
        .collect();
    for (content, body) in site.contents.iter_mut().zip(rewritten) {
        content.body = body;
    }
}

/// The body of a content whose references mean these files.
fn relinked(site: &Site, content: &Content, files: &[Option<String>]) -> String {
    let mut body = content.body.clone();
    let references = file_references(&content.body);
    // from the end, so that the places of those before stay
    for (reference, file) in references.iter().zip(files).rev() {
        let Some(id) = file else { continue };
        if meant(site, Place::of(content), reference).is_some_and(|file| file.id == *id) {
            continue;
        }
        let Some(file) = site.attachments.iter().find(|file| file.id == *id) else { continue };
        let (Some(current), Some(owner)) = (file.current(), file.container.id()) else { continue };
        let own = Place::of(content).owner == Some(owner);
        let owner = site.contents.iter().find(|content| content.id == owner).map(|owner| name_of(site, owner));
        let text = written(&current.title, owner.as_ref().filter(|_| !own));
        body.replace_range(reference.range.clone(), &text);
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_and_written_as_they_were() {
        let bare = r#"<ri:attachment ri:filename="a &amp; b.png"/>"#;
        let full =
            r#"<ri:attachment ri:filename="c.png"><ri:page ri:space-key="ENG" ri:content-title="T"/></ri:attachment>"#;
        let body = format!("<p>{bare}</p><![CDATA[{bare}]]><p>{full}</p>");
        let found = file_references(&body);
        assert_eq!(found.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["a & b.png", "c.png"]);
        for reference in &found {
            assert_eq!(written(&reference.name, reference.container.as_ref()), body[reference.range.clone()]);
        }
    }

    #[test]
    fn what_moves_or_gets_another_name_is_still_meant() {
        let body = r#"<p><ri:attachment ri:filename="old.png"><ri:page ri:space-key="ENG" ri:content-title="Home"/></ri:attachment></p>"#;
        let mut site = Site::new()
            .space("ENG", "Engineering")
            .page("1", "Home", r#"<ri:attachment ri:filename="old.png"/>"#)
            .attachment("att9", "old.png", 1)
            .page("2", "Other", body);
        refactor(&mut site, |site| {
            site.spaces[0].key = "NEW".to_owned();
            "Start".clone_into(&mut site.contents[0].title);
            "new & shiny.png".clone_into(&mut site.attachments[0].versions[0].title);
        });
        assert_eq!(site.contents[0].body, r#"<ri:attachment ri:filename="new &amp; shiny.png"/>"#);
        assert_eq!(
            site.contents[1].body,
            r#"<p><ri:attachment ri:filename="new &amp; shiny.png"><ri:page ri:space-key="NEW" ri:content-title="Start"/></ri:attachment></p>"#
        );
    }
}
