//! Structured references to files in bodies: finds and resolves them, and rewrites them when their targets are renamed
//! or moved, as Confluence does.
//!
//! Supports the markup that test sites use. Shares nothing with the program's scanner, so the meaning of a body is
//! determined by two independent implementations.

use std::collections::HashMap;
use std::ops::Range;

use html_escape::{decode_html_entities, encode_double_quoted_attribute};

use crate::site::{Attachment, Content, ContentType, Site};

/// An `<ri:attachment …>` element in a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileReference {
    range: Range<usize>,
    pub(crate) name: String,
    pub(crate) container: Option<PageName>,
}

/// The name of a page or post in a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageName {
    kind: ContentType,
    space: Option<String>,
    title: String,
    /// `YYYY/MM/DD` of a post.
    day: Option<String>,
}

/// Returns the references of a body in order. CDATA sections are text and have none.
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

/// Returns the end of the CDATA section that begins at or after `from` and contains `position`.
fn end_of_cdata(body: &str, from: usize, position: usize) -> Option<usize> {
    let begin = from + body[from..position].find("<![CDATA[")?;
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

fn named(inner: &str) -> Option<PageName> {
    let kind = if inner.contains("<ri:page ") { ContentType::Page } else { ContentType::BlogPost };
    Some(PageName {
        kind,
        space: attribute(inner, "ri:space-key"),
        title: attribute(inner, "ri:content-title")?,
        day: attribute(inner, "ri:posting-day"),
    })
}

/// Writes an `<ri:attachment …>` for a file of the body's own page or of another one.
fn written(name: &str, container: Option<&PageName>) -> String {
    let name = encode_double_quoted_attribute(name);
    let Some(container) = container else { return format!(r#"<ri:attachment ri:filename="{name}"/>"#) };
    let tag = if container.kind == ContentType::Page { "ri:page" } else { "ri:blog-post" };
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

/// Returns the name by which other bodies refer to a page or post.
fn name_of(site: &Site, content: &Content) -> PageName {
    let space = site.spaces.iter().find(|space| space.id == content.space_id);
    PageName {
        kind: content.kind,
        space: space.map(|space| space.alias.as_ref().unwrap_or(&space.key).clone()),
        title: content.title.clone(),
        day: (content.kind == ContentType::BlogPost).then(|| content.created_at.format("%Y/%m/%d").to_string()),
    }
}

/// The context that names in a body are resolved in: the page or post that owns files without a container, and the
/// space of titles without a space key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyOwner<'s> {
    pub(crate) owner: Option<&'s str>,
    pub(crate) space: Option<&'s str>,
}

impl<'s> BodyOwner<'s> {
    /// The context of a content's body; that of a comment is the content it is on.
    pub(crate) fn of(content: &'s Content) -> Self {
        let owner = if content.kind.is_comment() { content.container.as_deref() } else { Some(content.id.as_str()) };
        Self { owner, space: Some(&content.space_id) }
    }
}

/// Resolves a reference to a file.
pub(crate) fn resolve<'s>(site: &'s Site, context: BodyOwner<'_>, reference: &FileReference) -> Option<&'s Attachment> {
    let owner = match &reference.container {
        None => context.owner?.to_owned(),
        Some(named) => owner_named(site, context, named)?.id.clone(),
    };
    file_of(site, &owner, &reference.name)
}

fn owner_named<'s>(site: &'s Site, context: BodyOwner<'_>, named: &PageName) -> Option<&'s Content> {
    let space = match &named.space {
        None => context.space?,
        Some(key) => {
            let has_key = |space: &&crate::site::Space| space.key == *key || space.alias.as_ref() == Some(key);
            &site.spaces.iter().find(has_key)?.id
        }
    };
    site.contents.iter().find(|content| {
        content.kind == named.kind
            && content.space_id == space
            && content.title == named.title
            && named.day.as_ref().is_none_or(|day| content.created_at.format("%Y/%m/%d").to_string() == *day)
    })
}

/// Finds a file of a page or post by its current name, or else by the name of an older version.
pub(crate) fn file_of<'s>(site: &'s Site, owner: &str, name: &str) -> Option<&'s Attachment> {
    let files = || site.attachments.iter().filter(|file| file.container.id() == Some(owner));
    let now = files().find(|file| file.current().is_some_and(|version| version.title == name));
    now.or_else(|| files().find(|file| file.existing_versions().any(|version| version.title == name)))
}

/// Changes a site and keeps the targets of all references in published bodies, as Confluence does after a rename or
/// move: without new versions.
pub(crate) fn refactor(site: &mut Site, change: impl FnOnce(&mut Site)) {
    let mut meanings: HashMap<String, Vec<Option<String>>> = HashMap::new();
    for content in &site.contents {
        let references = file_references(&content.body);
        let files = references.iter().map(|reference| resolve(site, BodyOwner::of(content), reference));
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

/// Returns the body of a content with its references pointing to these files.
fn relinked(site: &Site, content: &Content, files: &[Option<String>]) -> String {
    let mut body = content.body.clone();
    let references = file_references(&content.body);
    // from the end, so that the positions of earlier references stay valid
    for (reference, file) in references.iter().zip(files).rev() {
        let Some(id) = file else { continue };
        if resolve(site, BodyOwner::of(content), reference).is_some_and(|file| file.id == *id) {
            continue;
        }
        let Some(file) = site.attachments.iter().find(|file| file.id == *id) else { continue };
        let (Some(current), Some(owner)) = (file.current(), file.container.id()) else { continue };
        let own = BodyOwner::of(content).owner == Some(owner);
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
    fn references_are_written_exactly_as_they_were_found() {
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
    fn references_follow_moved_and_renamed_targets() {
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
