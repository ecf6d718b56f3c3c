//! Determines which files of a site are in use, from the site itself.

use std::collections::BTreeSet;

use html_escape::decode_html_entities;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::file_references::{BodyOwner, file_of, file_references, resolve};
use crate::site::{Attachment, Content, Site, Status};

/// Returns the ids of all files that published contents, drafts or templates use, as far as the account may see these.
/// Files in the trash are treated like others.
///
/// Supports the markup that test sites use: structured references, download URLs, header images, and macros that list
/// the files of their page, by one label or all.
pub fn files_in_use(site: &Site) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for content in site.contents.iter().filter(|content| is_live(site, content)) {
        body_uses(site, BodyOwner::of(content), &content.body, &mut |file| {
            used.insert(file.id.clone());
        });
        used.extend(listed(site, content));
        used.extend(header_images(site, content));
        let published = content.modified_at();
        for draft in content.draft.iter().filter(|draft| draft.saved_at > published) {
            // an older file is either used by the published page or was removed from it
            let is_newer = |file: &&Attachment| file.current().is_some_and(|version| version.created_at >= published);
            body_uses(site, BodyOwner::of(content), &draft.body, &mut |file| {
                used.extend(Some(file).filter(is_newer).map(|file| file.id.clone()));
            });
        }
    }
    for template in &site.templates {
        let space = site.spaces.iter().find(|space| Some(&space.key) == template.space_key.as_ref());
        if space.is_none_or(|space| !space.hidden) {
            let context = BodyOwner { owner: None, space: space.map(|space| space.id.as_str()) };
            body_uses(site, context, &template.body, &mut |file| {
                used.insert(file.id.clone());
            });
        }
    }
    used
}

/// Whether a content and everything it belongs to are visible and not in the trash.
fn is_live(site: &Site, content: &Content) -> bool {
    let is_space_visible =
        site.spaces.iter().find(|space| space.id == content.space_id).is_none_or(|space| !space.hidden);
    let above = content.container.iter().chain(content.parent.iter().map(|(id, _)| id));
    let mut above = above.filter_map(|id| site.contents.iter().find(|content| content.id == *id));
    let is_out = |content: &Content| content.hidden || content.status.is_trash();
    is_space_visible
        && !is_out(content)
        && content.status != Status::Draft
        && (!content.kind.is_comment() || above.all(|content| !is_out(content)))
}

fn body_uses(site: &Site, context: BodyOwner<'_>, body: &str, found: &mut impl FnMut(&Attachment)) {
    for reference in file_references(body) {
        resolve(site, context, &reference).into_iter().for_each(&mut *found);
    }
    for address in body.split("/download/attachments/").skip(1) {
        let address = decode_html_entities(address.split(['"', '<', '?']).next().unwrap_or_default()).into_owned();
        let Some((owner, name)) = address.split_once('/') else { continue };
        let name = percent_decode_str(name).decode_utf8_lossy();
        file_of(site, owner, &name).into_iter().for_each(&mut *found);
    }
}

/// Returns the files that macros on a page list.
fn listed(site: &Site, content: &Content) -> Vec<String> {
    let mut files = Vec::new();
    for (name, parameter) in [("attachments", "labels"), ("gallery", "includeLabel")] {
        for call in content.body.split(&format!(r#"ac:name="{name}""#)).skip(1) {
            let inside = if call.starts_with("/>") {
                ""
            } else {
                call.split("</ac:structured-macro>").next().unwrap_or_default()
            };
            let label = inside.split_once(&format!(r#"<ac:parameter ac:name="{parameter}">"#));
            let label = label.and_then(|(_, value)| Some(value.split_once('<')?.0.to_owned()));
            let own = site.attachments.iter().filter(|file| file.container.id() == Some(content.id.as_str()));
            let shown = own.filter(|file| label.as_ref().is_none_or(|label| file.labels.contains(label)));
            let shown = shown.filter(|file| name == "attachments" || file.media_type.starts_with("image/"));
            files.extend(shown.map(|file| file.id.clone()));
        }
    }
    files
}

fn header_images(site: &Site, content: &Content) -> Vec<String> {
    let keys = ["cover-picture-id-published", "cover-picture-id-draft"];
    let values = keys.iter().filter_map(|key| content.properties.get(*key)?.as_str());
    let ids = values.filter_map(|text| Some(serde_json::from_str::<Value>(text).ok()?["id"].as_str()?.to_owned()));
    let has_id = |file: &&Attachment, id: &str| file.existing_versions().any(|version| version.file_id == id);
    ids.filter_map(|id| Some(site.attachments.iter().find(|file| has_id(file, &id))?.id.clone())).collect()
}
