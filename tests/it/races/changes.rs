//! Short constructors for the changes in the table.

use confluence_sim::site::{ContentType, Status, Template};
use confluence_sim::{Change, Site, TextEdit};
use serde_json::{Value, json};

use super::site::{ENG, used};

pub(crate) fn edit(id: &str, more: &str) -> Change {
    Change::EditContent { id: id.to_owned(), edit: TextEdit::Append(more.to_owned()) }
}

pub(crate) fn remove_use(id: &str) -> Change {
    Change::EditContent { id: id.to_owned(), edit: TextEdit::Remove(used()) }
}

pub(crate) fn new(site: &Site, kind: ContentType, id: &str, space: &str, body: &str) -> Change {
    let mut content = site.new_content(kind, id, &format!("New {id}"), body);
    space.clone_into(&mut content.space_id);
    Change::AddContent(Box::new(content))
}

pub(crate) fn comment(site: &Site, kind: ContentType, parent: Option<&str>) -> Change {
    let mut content = site.new_content(kind, "9001", "Re: Discussed", &used());
    ENG.clone_into(&mut content.space_id);
    content.container = Some("1008".to_owned());
    content.parent = parent.map(|id| (id.to_owned(), kind));
    content.resolution = (kind == ContentType::InlineComment).then(|| "open".to_owned());
    Change::AddContent(Box::new(content))
}

pub(crate) fn status(id: &str, status: Status) -> Change {
    Change::SetStatus { id: id.to_owned(), status }
}

pub(crate) fn rename(id: &str) -> Change {
    Change::RenameFile { id: id.to_owned(), name: format!("another name of {id}.png") }
}

pub(crate) fn move_file(id: &str, to: &str) -> Change {
    Change::MoveFile { id: id.to_owned(), to: to.to_owned() }
}

pub(crate) fn file_status(id: &str, status: Status) -> Change {
    Change::SetFileStatus { id: id.to_owned(), status }
}

pub(crate) fn move_page(id: &str, space: &str) -> Change {
    Change::MoveContent { id: id.to_owned(), space: space.to_owned() }
}

pub(crate) fn archive(id: &str, archived: bool) -> Change {
    Change::ArchiveSpace { id: id.to_owned(), archived }
}

pub(crate) fn hide(id: &str, hidden: bool) -> Change {
    Change::HideContent { id: id.to_owned(), hidden }
}

pub(crate) fn label(id: &str, given: bool) -> Change {
    Change::SetLabel { id: id.to_owned(), label: "show".to_owned(), given }
}

pub(crate) fn template(id: &str) -> Change {
    Change::EditTemplate { id: id.to_owned(), edit: TextEdit::Append(used()) }
}

pub(crate) fn new_template(space: Option<&str>) -> Change {
    Change::AddTemplate(Box::new(Template {
        id: "7009".to_owned(),
        name: "New".to_owned(),
        space_key: space.map(str::to_owned),
        body: used(),
        blueprint: false,
    }))
}

pub(crate) fn draft(id: &str, more: &str) -> Change {
    Change::SaveDraft { id: id.to_owned(), edit: TextEdit::Append(more.to_owned()) }
}

pub(crate) fn header(site: &Site, page: &str, which: &str, file: &str) -> Change {
    let file = site.attachments.iter().find(|one| one.id == file).unwrap();
    let value = json!({"id": file.current().unwrap().file_id, "position": 10}).to_string();
    let key = format!("cover-picture-id-{which}");
    Change::SetProperty { id: page.to_owned(), key, value: Some(Value::from(value)) }
}
