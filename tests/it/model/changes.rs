//! Random changes of a random site.

use confluence_sim::site::{Attachment, Content, ContentType, Status, Template};
use confluence_sim::{Change, Site, TextEdit};
use fastrand::Rng;
use serde_json::{Value, json};

use super::site::xml;

/// Number of kinds of changes that the date of a new version reveals; they come first.
const DATED: u8 = 5;
/// Number of all kinds of changes.
const KINDS: u8 = 20;

/// Draws changes of a site, in order. With `dated`, only changes that the date of a version reveals; other changes may
/// need preparation: a page is hidden first so that its restriction can be lifted.
pub(crate) fn draw(random: &mut Rng, site: &mut Site, dated: bool) -> Vec<Change> {
    draw_with_ids(random, site, dated, 9_000_000)
}

/// Does the same; what is new on the site has ids from `first_id` on.
pub(crate) fn draw_with_ids(random: &mut Rng, site: &mut Site, dated: bool, first_id: u32) -> Vec<Change> {
    let mut changes = Vec::new();
    for number in 0..random.choice([0, 1, 1, 2, 3]).unwrap() {
        let kind = random.u8(..if dated { DATED } else { KINDS });
        changes.extend(one(random, site, kind, &(first_id + number).to_string()));
    }
    changes
}

fn one(random: &mut Rng, site: &mut Site, kind: u8, new_id: &str) -> Option<Change> {
    let pages: Vec<Content> = site.contents.iter().filter(|content| content.kind.is_page_or_post()).cloned().collect();
    let comments: Vec<Content> = site.contents.iter().filter(|content| content.kind.is_comment()).cloned().collect();
    let (page, other) = (random.choice(&pages)?.clone(), random.choice(&pages)?.clone());
    let file = random.choice(&site.attachments)?.clone();
    let space = random.choice(&site.spaces)?.clone();
    let shows_it = use_of(site, &file);
    let (id, file_id) = (page.id.clone(), file.id.clone());
    Some(match kind {
        0 => Change::EditContent { id, edit: TextEdit::Append(shows_it) },
        1 => {
            let paragraphs: Vec<&str> = page.body.split_inclusive("</p>").collect();
            Change::EditContent { id, edit: TextEdit::Remove((*random.choice(&paragraphs)?).to_owned()) }
        }
        2 => {
            let kind = if random.bool() { ContentType::Page } else { ContentType::BlogPost };
            let mut new = site.new_content(kind, new_id, &format!("New {new_id}"), &shows_it);
            new.space_id.clone_from(&page.space_id);
            Change::AddContent(Box::new(new))
        }
        3 => comment(site, new_id, &page, None, &shows_it, random.bool()),
        4 => Change::UploadVersion { id: file_id },
        5 => Change::RenameContent { id, title: format!("Another title {new_id}") },
        6 => match page.status {
            Status::Current if page.kind == ContentType::Page && random.bool() => {
                Change::SetStatus { id, status: Status::Archived }
            }
            Status::Current => Change::SetStatus { id, status: Status::Trashed },
            _ => Change::SetStatus { id, status: Status::Current },
        },
        7 => Change::MoveContent { id, space: space.id },
        8 => {
            let hidden = random.bool();
            site.contents.iter_mut().find(|content| content.id == id)?.hidden = !hidden;
            Change::HideContent { id, hidden }
        }
        9 => {
            let own = file.container.id()?.to_owned();
            Change::SaveDraft { id: own, edit: TextEdit::Append(shows_it) }
        }
        10 => {
            // archived content is not edited, and the search does not show it
            let space = site.spaces.iter().find(|space| space.id == page.space_id)?;
            if page.status == Status::Archived || space.archived {
                return None;
            }
            let value = json!({"id": file.current()?.file_id, "position": 10}).to_string();
            let key = "cover-picture-id-published".to_owned();
            Change::SetProperty { id, key, value: Some(Value::from(value)).filter(|_| random.u8(..4) > 0) }
        }
        11 => Change::RenameFile { id: file_id, name: format!("another name {new_id}.png") },
        12 => Change::MoveFile { id: file_id, to: other.id },
        13 => {
            let status = if file.status == Status::Current { Status::Trashed } else { Status::Current };
            Change::SetFileStatus { id: file_id, status }
        }
        14 => {
            let id = random.choice(&site.templates)?.id.clone();
            Change::EditTemplate { id, edit: TextEdit::Append(shows_it) }
        }
        15 => Change::AddTemplate(Box::new(Template {
            id: new_id.to_owned(),
            name: "New".to_owned(),
            space_key: random.bool().then_some(space.key),
            body: shows_it,
            blueprint: random.bool(),
        })),
        16 => Change::ArchiveSpace { id: space.id, archived: !space.archived },
        17 => Change::RenameSpace { id: space.id, key: format!("NEW{new_id}") },
        18 => {
            let on = random.choice(&comments)?.clone();
            let page = pages.iter().find(|page| Some(&page.id) == on.container.as_ref())?;
            // the lists of the loopback site do not show replies to replies
            let root = on.parent.as_ref().map_or(&on.id, |(id, _)| id).clone();
            comment(site, new_id, page, Some(root), &shows_it, on.kind == ContentType::FooterComment)
        }
        _ => Change::EditContent { id: random.choice(&comments)?.id.clone(), edit: TextEdit::Append(shows_it) },
    })
}

fn comment(site: &Site, id: &str, page: &Content, parent: Option<String>, body: &str, footer: bool) -> Change {
    let kind = if footer { ContentType::FooterComment } else { ContentType::InlineComment };
    let mut new = site.new_content(kind, id, "Re: it", body);
    new.space_id.clone_from(&page.space_id);
    new.container = Some(page.id.clone());
    new.parent = parent.map(|id| (id, kind));
    new.resolution = (!footer).then(|| "open".to_owned());
    Change::AddContent(Box::new(new))
}

/// Returns markup that shows a file and works in any body.
fn use_of(site: &Site, file: &Attachment) -> String {
    let owner = site.contents.iter().find(|content| Some(content.id.as_str()) == file.container.id()).unwrap();
    let space = site.spaces.iter().find(|space| space.id == owner.space_id).unwrap();
    let (key, title) = (xml(&space.key), xml(&owner.title));
    let container = if owner.kind == ContentType::BlogPost {
        let day = owner.created_at.format("%Y/%m/%d");
        format!(r#"<ri:blog-post ri:space-key="{key}" ri:content-title="{title}" ri:posting-day="{day}"/>"#)
    } else {
        format!(r#"<ri:page ri:space-key="{key}" ri:content-title="{title}"/>"#)
    };
    let name = xml(&file.current().unwrap().title);
    format!(r#"<p><ac:image><ri:attachment ri:filename="{name}">{container}</ri:attachment></ac:image></p>"#)
}
